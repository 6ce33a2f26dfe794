"""One metric of several contracts over time: a small panel each, all on one scale, so that they can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from acmlib.display.charts.canvas import GREY, LINE, RULE, LinearScale, Sheet, text_width
from acmlib.display.charts.frames import chart_of, in_words, monthly, value_of, value_range
from acmlib.display.charts.small import Box, draw_line, draw_panels, first_and_last
from acmlib.display.objects import Cell, Chart, DataTable
from acmlib.display.rows import Row, number
from acmlib.display.tables import heads
from acmlib.display.voice import Voice

#: Height of a panel in points.
HIGH = 40.0

#: Months of fewer people are not drawn: one of one would be 100%, and set the scale of all panels.
FEWEST = 5

#: A panel each.
Panels = Sequence[tuple[str, list[dict[str, Any]]]]


def across_contracts(series: Sequence[tuple[str, pd.DataFrame]], *, metric: str, voice: Voice, caption: str) -> Chart:
    """Return one metric month by month, a panel for each contract, all on one scale of values and of months.

    Parameters
    ----------
    series : sequence of (name, DataFrame)
        Contracts in the order to be shown, each with ``value``, ``denominator`` and ``status``, indexed by month.
        Without any month to draw one is left out.

    Raises
    ------
    ValueError
        If no contract has a month to draw: leave the figure out.
    """
    drawn = [(name, [row for row in monthly(points) if _is_drawn(row)]) for name, points in series]
    drawn = [(name, rows) for name, rows in drawn if rows]
    if not drawn:
        raise ValueError(f"across_contracts of {metric}: no contract has a monthly value; leave the figure out")
    words = voice.words
    ends = [
        words("portfolio.series" if len(rows) > 1 else "portfolio.series_one", contract=name, **first_and_last(rows, metric, voice))
        for name, rows in drawn
    ]
    alt = words("portfolio.over_time_alt", n=len(drawn), metric=voice.metric(metric))
    notes = [words("portfolio.small_months", minimum=FEWEST)]
    return chart_of(_draw(drawn, metric, voice), alt, ends, _table(drawn, metric, caption, voice), caption, notes, voice)


def has_months(points: pd.DataFrame) -> bool:
    """Return whether any month of a contract would be drawn."""
    return any(_is_drawn(row) for row in monthly(points))


def _is_drawn(row: Mapping[str, object]) -> bool:
    """Return whether a month has a value of enough people; what is counted without a denominator has no such limit."""
    people = number(row, "denominator")
    return number(row, "value") is not None and (people is None or people >= FEWEST)


def _draw(drawn: Panels, metric: str, voice: Voice) -> str:
    low, high, _ = value_range([value_of(row) for _, rows in drawn for row in rows], metric, voice)
    months = sorted({str(row["month"]) for _, rows in drawn for row in rows})
    margin = max(text_width(voice.value(metric, end)) for end in (low, high)) + 6

    def panel(sheet: Sheet, place: int, box: Box) -> None:
        _panel(sheet, drawn[place][1], months, box, (low, high, margin), metric, voice)

    return draw_panels([name for name, _ in drawn], HIGH, panel)


def _panel(
    sheet: Sheet, rows: list[dict[str, Any]], months: Sequence[str], box: Box, scale: tuple[float, float, float], metric: str, voice: Voice
) -> None:
    """Draw one contract: its line, its last value, the ends of the common scales."""
    (left, right, top, bottom), (low, high, margin) = box, scale
    known = {str(row["month"]): row for row in rows}
    last = max(known)
    said = in_words(known[last], metric, voice)
    x = LinearScale(0, max(len(months) - 1, 1), left + margin, right - text_width(said, "bold") - 10)
    y = LinearScale(low, high, bottom, top)
    for end in (low, high):
        sheet.line([left + margin, x.end], [y(end)] * 2, color=RULE, width=0.6)
        sheet.text(left + margin - 4, y(end), voice.value(metric, end), color=GREY, align="right", middle=True)
    draw_line(sheet, [dict(known.get(month, {})) for month in months], x, y)
    sheet.text(x(months.index(last)) + 6, y(value_of(known[last])), said, bold=True, middle=True)
    sheet.text(left + margin, bottom + LINE + 2, voice.words.short_month(months[0]), color=GREY)
    if len(months) > 1:
        sheet.text(right, bottom + LINE + 2, voice.words.short_month(months[-1]), color=GREY, align="right")


def _table(drawn: Panels, metric: str, caption: str, voice: Voice) -> DataTable:
    """Return a row a contract with its first and its last month; all months stand in each contract's own dashboard."""
    columns = heads(voice.words, "table.contract", numbers=("portfolio.first", "portfolio.last"))
    return DataTable(caption, columns, tuple((name, *(_end(row, metric, voice) for row in (rows[0], rows[-1]))) for name, rows in drawn))


def _end(row: Row, metric: str, voice: Voice) -> Cell:
    return Cell(in_words(row, metric, voice), detail=voice.words.month(str(row["month"])))
