"""Targets on figures over time: a step where what was agreed changes, nothing where nothing was agreed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from acmlib.display.charts.canvas import ORANGE, Scale, Sheet
from acmlib.display.charts.frames import number


def targets_of(rows: Sequence[Mapping[str, object]]) -> list[float]:
    """Return the targets of the points that have one."""
    return [one for row in rows if (one := number(row, "target")) is not None]


def draw_target(sheet: Sheet, rows: Sequence[Mapping[str, object]], x: Scale, y: Scale) -> None:
    """Draw the target of each point, half a step to either side of it."""
    half = (x(1) - x(0)) / 2
    for target, run in itertools.groupby(enumerate(rows), key=lambda one: number(one[1], "target")):
        members = [place for place, _ in run]
        if target is not None:
            ends = (max(x(members[0]) - half, x.start - 3), min(x(members[-1]) + half, x.end + 3))
            sheet.line(ends, [y(target)] * 2, color=ORANGE, width=1.4, dash=(3, 2))
