"""Headline figures at a glance: value, mark and word, target, interval, the months as a line, change."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from acmlib.display.charts.frames import monthly
from acmlib.display.charts.small import sparkline
from acmlib.display.objects import Tile, Tiles
from acmlib.display.rows import number
from acmlib.display.voice import Voice

#: Size of the line in a tile, in points.
LINE_WIDTH, LINE_HEIGHT = 49.0, 24.0

#: Target states of `acmlib.analysis` to what a tile marks; all others are neutral.
STATES = {"met": "met", "missed": "missed"}


def tile(
    *, metric: str, voice: Voice, value: str, state: str, verdict: str, details: Sequence[str] = (), points: pd.DataFrame | None = None,
    badge: str = "",
) -> Tile:  # fmt: skip
    """Return one tile.

    Parameters
    ----------
    metric : str
        Metric id; the tile bears its short name.
    value : str
        As it is read: *34%*, or in words why there is none.
    state : str
        State of the target verdict: ``met``, ``missed``, or any other for neutral.
    verdict : str
        The same in words, with the target: *missed, target 40%*.
    details : sequence of str
        Interval, people, change against the 12 months before: a line each.
    points : DataFrame, optional
        The months (`report.trend`), with ``target`` for the steps of the target; no line where fewer than two months have a value.
    badge : str
        *main goal*.
    """
    known = sum(number(row, "value") is not None for row in monthly(points)) if points is not None and len(points) else 0
    line = sparkline(points, metric=metric, voice=voice, width=LINE_WIDTH, height=LINE_HEIGHT) if points is not None and known > 1 else None
    mark = STATES.get(state, "neutral")
    return Tile(voice.short(metric), value, mark, verdict, tuple(details), line, badge)  # type: ignore[arg-type]


def tiles(items: Sequence[Tile]) -> Tiles:
    """Return tiles beside each other; at most five.

    Raises
    ------
    ValueError
        If there is none, or more than five.
    """
    return Tiles(tuple(items))
