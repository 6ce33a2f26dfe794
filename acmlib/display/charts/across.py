"""One metric of several contracts over time: a small panel each, all on one scale, so that they can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from acmlib.display.charts.canvas import GREY, LINE, RULE, WIDTH, LinearScale, Sheet, nice_range, text_width, wrap
from acmlib.display.charts.frames import monthly
from acmlib.display.charts.small import draw_line
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.rows import Row, number
from acmlib.display.voice import FRACTIONS, Voice

#: Size of a panel in points, and the space between two.
WIDE, GAP, HIGH = (WIDTH - 20) / 2, 20.0, 40.0

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
        If no contract has a monthly value.
    """
    drawn = [(name, [row for row in monthly(points) if _is_drawn(row)]) for name, points in series]
    drawn = [(name, rows) for name, rows in drawn if rows]
    if not drawn:
        raise ValueError(f"across_contracts of {metric}: no contract has a monthly value; leave the figure out")
    words = voice.words
    ends = [
        words(
            "portfolio.series",
            contract=name,
            first=voice.value(metric, number(rows[0], "value") or 0.0),
            first_month=rows[0]["month"],
            last=voice.value(metric, number(rows[-1], "value") or 0.0),
            last_month=rows[-1]["month"],
        )
        for name, rows in drawn
    ]
    return Chart(
        svg=_draw(drawn, metric, voice),
        alt=words("portfolio.over_time_alt", n=len(drawn), metric=voice.metric(metric)),
        long_description=" ".join(ends),
        data=_table(drawn, metric, caption, voice),
        caption=caption,
        notes=(words("portfolio.small_months", minimum=FEWEST),),
        label=words("page.data_details"),
    )


def has_months(points: pd.DataFrame) -> bool:
    """Return whether any month of a contract would be drawn."""
    return any(_is_drawn(row) for row in monthly(points))


def _is_drawn(row: Mapping[str, object]) -> bool:
    """Return whether a month has a value of enough people; what is counted without a denominator has no such limit."""
    people = number(row, "denominator")
    return number(row, "value") is not None and (people is None or people >= FEWEST)


def _draw(drawn: Panels, metric: str, voice: Voice) -> str:
    values = [number(row, "value") or 0.0 for _, rows in drawn for row in rows]
    fraction = voice.kind(metric) in FRACTIONS
    low, high, _ = nice_range(values, floor=0, ceiling=1 if fraction else None, unit=voice.unit(metric))
    months = sorted({str(row["month"]) for _, rows in drawn for row in rows})
    rows_of_panels = [drawn[start : start + 2] for start in range(0, len(drawn), 2)]
    heights = [max(len(wrap(name, WIDE)) for name, _ in panels) * LINE + HIGH + 2 * LINE for panels in rows_of_panels]
    sheet = Sheet(sum(heights))
    ends = voice.value(metric, low), voice.value(metric, high)
    margin = max(text_width(end) for end in ends) + 6
    top = 0.0
    for panels, height in zip(rows_of_panels, heights, strict=True):
        base = top + height - HIGH - 2 * LINE
        for side, (name, rows) in enumerate(panels):
            left = side * (WIDE + GAP)
            for line, text in enumerate(wrap(name, WIDE), start=1):
                sheet.text(left, top + LINE * line - 4, text)
            _panel(sheet, rows, months, (left, left + WIDE, base + 6, base + HIGH), (low, high, margin), metric, voice)
        top += height
    return sheet.svg()


def _panel(
    sheet: Sheet,
    rows: list[dict[str, Any]],
    months: Sequence[str],
    box: tuple[float, float, float, float],
    scale: tuple[float, float, float],
    metric: str,
    voice: Voice,
) -> None:
    """Draw one contract: its line, its last value, the ends of the common scales."""
    (left, right, top, bottom), (low, high, margin) = box, scale
    known = {str(row["month"]): row for row in rows}
    last = max(known)
    said = voice.value(metric, number(known[last], "value") or 0.0)
    x = LinearScale(0, max(len(months) - 1, 1), left + margin, right - text_width(said, "bold") - 10)
    y = LinearScale(low, high, bottom, top)
    for end in (low, high):
        sheet.line([left + margin, x.end], [y(end)] * 2, color=RULE, width=0.6)
        sheet.text(left + margin - 4, y(end), voice.value(metric, end), color=GREY, align="right", middle=True)
    draw_line(sheet, [dict(known.get(month, {})) for month in months], x, y)
    sheet.text(x(months.index(last)) + 6, y(number(known[last], "value") or 0.0), said, bold=True, middle=True)
    sheet.text(left + margin, bottom + LINE + 2, voice.words.short_month(months[0]), color=GREY)
    if len(months) > 1:
        sheet.text(right, bottom + LINE + 2, voice.words.short_month(months[-1]), color=GREY, align="right")


def _table(drawn: Panels, metric: str, caption: str, voice: Voice) -> DataTable:
    """Return a row a contract with its first and its last month; all months stand in each contract's own dashboard."""
    words = voice.words
    columns = (
        Column(words("table.contract")),
        Column(words("portfolio.first"), "number"),
        Column(words("portfolio.last"), "number"),
    )
    body = tuple((name, _end(rows[0], metric, voice), _end(rows[-1], metric, voice)) for name, rows in drawn)
    return DataTable(caption, columns, body)


def _end(row: Row, metric: str, voice: Voice) -> Cell:
    return Cell(voice.value(metric, number(row, "value") or 0.0), detail=voice.words.month(str(row["month"])))
