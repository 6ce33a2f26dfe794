"""Our own result beside others: benchmarks and peers as dots with intervals, each with its name and where it is from."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, ORANGE, nice_range, text_width
from acmlib.display.charts.strips import StripRow, across, lay_out
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.rows import Row, number, records
from acmlib.display.voice import FRACTIONS, Voice

#: Shape, size, colour and hollow of our own value and of the others.
OWN, OTHER = ("s", 9.0, BLUE, False), ("o", 8.0, GREY, True)


def beside_others(
    values: pd.DataFrame, *, metric: str, voice: Voice, period: str, target: float | None = None, caption: str | None = None
) -> Chart:
    """Return one metric's own value with what it is held against, a row each.

    Parameters
    ----------
    values : DataFrame
        Columns ``label``, ``value``, ``own`` (True for this contract's own value), and where known ``low``, ``high``, ``detail`` (source,
        date, whom it counts). In the order to be shown.
    target : float, optional
        Drawn as a line through all rows.

    Raises
    ------
    ValueError
        If there are fewer than two values: nothing stands beside anything.
    """
    rows = [row for row in records(values) if number(row, "value") is not None]
    if len(rows) < 2:
        raise ValueError(f"beside_others of {metric}: {len(rows)} values; with fewer than two say it in a sentence")
    words = voice.words
    named = caption or words("figure.beside_caption", metric=voice.metric(metric), period=period)
    sentences = [
        words("figure.beside_one", label=str(row["label"]), value=voice.value(metric, number(row, "value") or 0.0)) for row in rows
    ]
    return Chart(
        svg=_draw(rows, metric, voice, target),
        alt=words("figure.beside_alt", metric=voice.metric(metric), list=" ".join(sentences)),
        long_description=" ".join(sentences),
        data=_table(rows, metric, named, voice),
        caption=named,
        notes=voice.fine_print(
            period=words.period(period),
            metric=None if target is None else metric,  # one that is a row among others has its date there
            target=target,
            intervals=any(number(row, "low") is not None for row in rows),
        ),
        label=words("page.data_details"),
    )


def _draw(rows: Sequence[Row], metric: str, voice: Voice, target: float | None) -> str:
    ends = [one for row in rows for name in ("value", "low", "high") if (one := number(row, name)) is not None]
    ceiling = 1 if voice.kind(metric) in FRACTIONS else None
    low, high, ticks = nice_range([*ends, *([] if target is None else [target])], floor=0, ceiling=ceiling, unit=voice.unit(metric))
    entries = [StripRow(str(row["label"]), _detail(row), voice.value(metric, number(row, "value") or 0.0)) for row in rows]
    strips = lay_out(
        entries,
        low=low,
        high=high,
        ticks=ticks,
        tick_text=lambda one: voice.value(metric, one),
        header=4 + (LINE if target is not None else 0),
    )
    if target is not None:
        text, place = voice.words("chart.target", value=voice.value(metric, target)), strips.x(target)
        strips.sheet.segments([across(place, middle) for middle in strips.places], color=ORANGE, width=1.3, dash=(3, 2))
        half = text_width(text) / 2
        strips.sheet.text(min(max(place, half), strips.sheet.width - half), LINE - 3, text, align="center", color=INK)
    for row, middle in zip(rows, strips.places, strict=True):
        shape, size, color, hollow = OWN if row.get("own") else OTHER
        least, most = number(row, "low"), number(row, "high")
        if least is not None and most is not None:
            strips.sheet.line([strips.x(least), strips.x(most)], [middle] * 2, color=color, width=2)
        title = f"{row['label']}: {voice.value(metric, number(row, 'value') or 0.0)}"
        strips.sheet.mark(
            [strips.x(number(row, "value") or 0.0)], [middle], shape=shape, size=size, color=color, hollow=hollow, titles=[title]
        )
    return strips.sheet.svg()


def _detail(row: Row) -> str:
    detail = row.get("detail")
    return str(detail) if isinstance(detail, str) else ""


def _table(rows: Sequence[Row], metric: str, caption: str, voice: Voice) -> DataTable:
    words = voice.words
    columns = (Column(words("figure.whose")), Column(words("table.value"), "number"), Column(words("table.interval"), "number"))

    def interval(row: Row) -> str | Cell:
        low, high = number(row, "low"), number(row, "high")
        if low is None or high is None:
            return Cell(words("table.no_value"), muted=True)
        return words("long.interval_range", low=voice.value(metric, low), high=voice.value(metric, high))

    body = tuple(
        (Cell(str(row["label"]), detail=_detail(row)), voice.value(metric, number(row, "value") or 0.0), interval(row)) for row in rows
    )
    return DataTable(caption, columns, body)
