"""Targets on figures over time: a step where what was agreed changes, nothing where nothing was agreed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from acmlib.display.charts.canvas import ORANGE, LinearScale, Sheet
from acmlib.display.rows import number
from acmlib.display.voice import Voice


def targets_of(rows: Sequence[Mapping[str, object]]) -> list[float]:
    """Return the targets of the points that have one."""
    return [one for row in rows if (one := number(row, "target")) is not None]


def target_steps(rows: Sequence[Mapping[str, object]], metric: str, voice: Voice) -> str:
    """Return what was agreed from when on, where it is not one target for all points; empty where it is."""
    found: list[str] = []
    runs = [(value, list(run)) for value, run in itertools.groupby(rows, key=lambda row: number(row, "target"))]
    for value, run in runs:
        if value is not None:
            found.append(voice.words("chart.target_from", value=voice.value(metric, value), month=str(run[0]["month"])))
    return voice.words("chart.target_steps", list=voice.words.list(found)) if found and len(runs) > 1 else ""


def draw_target(sheet: Sheet, rows: Sequence[Mapping[str, object]], x: LinearScale, y: LinearScale) -> None:
    """Draw the target of each point, half a step to either side of it."""
    half = (x(1) - x(0)) / 2
    for target, run in itertools.groupby(enumerate(rows), key=lambda one: number(one[1], "target")):
        members = [place for place, _ in run]
        if target is not None:
            ends = (max(x(members[0]) - half, x.start - 3), min(x(members[-1]) + half, x.end + 3))
            sheet.line(ends, [y(target)] * 2, color=ORANGE, width=1.4, dash=(3, 2))
