"""The axis of a drawing read back: its ticks and their labels map positions to values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from acmlib.display.charts.canvas import text_width
from acmlib.publish.scan.drawings import drawn_texts
from acmlib.publish.scan.marks import NEAR
from acmlib.publish.scan.numbers import printed_numbers
from acmlib.publish.scan.tree import Node

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_UPRIGHT = re.compile(rf"M{_NUMBER} {_NUMBER}L{_NUMBER} {_NUMBER}(?=M|\s*$)")
#: A number stands below its tick: no further down than this, and its middle no further to a side.
_BELOW, _BESIDE = 20.0, 0.6


@dataclass(frozen=True)
class Axis:
    """What places across a drawing mean."""

    #: `start`, `step`: where zero is, and how far from it one is: a share of 1 where the numbers are percentages.
    start: float
    step: float
    percent: bool
    rows: tuple[tuple[float, float], ...]  #: Top and bottom of the strips that have the same ticks; marks elsewhere are no values.


def axis_of(drawing: Node) -> Axis | None:
    """Return the axis across a drawing; None if it has none."""
    labels: dict[float, list[tuple[float, float, bool]]] = defaultdict(list)
    for x, y, text in drawn_texts(drawing):
        numbers = list(printed_numbers(text))
        if len(numbers) == 1 and text[:1].isdigit():
            percent = numbers[0].kind == "percent"
            labels[y].append((x + text_width(text) / 2, numbers[0].values[0] / (100 if percent else 1), percent))
    lines = _upright_lines(drawing)
    for (_, bottom), places in lines.items():
        for y, row in labels.items():
            if bottom <= y <= bottom + _BELOW and len({percent for *_, percent in row}) == 1:
                ticks = {place: value for place in places for middle, value, _ in row if abs(middle - place) <= _BESIDE}
                scale, rows = _scale(ticks), [span for span, other in lines.items() if set(places) <= set(other) and span[1] < bottom]
                if scale:
                    return Axis(*scale, row[0][2], tuple(rows))
    return None


def _upright_lines(drawing: Node) -> dict[tuple[float, float], tuple[float, ...]]:
    """Return where upright lines stand, by top and bottom."""
    found: dict[tuple[float, float], set[float]] = defaultdict(set)
    for node in drawing.all("path"):
        for one in _UPRIGHT.findall(" ".join(node.attributes.get("d", "").split()).replace(" M", "M").replace(" L", "L")):
            x, top, end, bottom = map(float, one)
            if x == end:
                found[min(top, bottom), max(top, bottom)].add(x)
    return {span: tuple(sorted(places)) for span, places in found.items()}


def _scale(ticks: dict[float, float]) -> tuple[float, float] | None:
    """Return where zero is and how far one is from it, if ticks lie on one straight scale."""
    if len(set(ticks.values())) < 2:
        return None
    first, last = min(ticks), max(ticks)
    step = (last - first) / (ticks[last] - ticks[first]) if ticks[last] != ticks[first] else 0.0
    start = first - step * ticks[first]
    straight = all(abs(start + step * value - place) <= 2 * NEAR for place, value in ticks.items())
    return (start, step) if step and straight else None


def values_on(axis: Axis, positions: Sequence[tuple[float, float]], released: Iterable[float], hidden: Iterable[float]) -> frozenset[float]:
    """Return which hidden values have a mark on an axis at which no released value lies.

    Parameters
    ----------
    positions : sequence of (x, y)
        Of all marks.

    Examples
    --------
    >>> axis = Axis(8.0, 400.0, True, ((36.0, 56.0), (78.0, 98.0)))
    >>> values_on(axis, [(168.0, 46.0), (40.43, 88.0), (128.0, 8.0)], released=[0.4], hidden=[3 / 37, 0.3])
    frozenset({0.08108108108108109})
    """
    near = 1.5 * NEAR
    known = [axis.start + axis.step * value for value in set(released)]
    marks = [x for x, y in positions if any(top <= y <= bottom for top, bottom in axis.rows)]
    free = [x for x in marks if all(abs(x - one) > near for one in known)]
    return frozenset(value for value in hidden if any(abs(axis.start + axis.step * value - x) <= near for x in free))
