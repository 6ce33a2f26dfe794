"""Our own result beside others: benchmarks and peers as dots with intervals, each with its name and where it is from."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from acmlib.display.charts.canvas import BLUE, GREY
from acmlib.display.charts.frames import bounds, chart_of, in_words, known_numbers, range_in_words, value_of, value_range
from acmlib.display.charts.strips import StripRow, lay_out
from acmlib.display.objects import Cell, Chart, DataTable
from acmlib.display.rows import Row, number, records
from acmlib.display.tables import heads
from acmlib.display.voice import Voice

#: Shape, size, colour and hollow of our own value and of the others.
OWN, OTHER = ("s", 9.0, BLUE, False), ("o", 8.0, GREY, True)


def beside_others(values: pd.DataFrame, *, metric: str, voice: Voice, period: str, caption: str | None = None) -> Chart:
    """Return one metric's own value with what it is held against, a row each.

    Parameters
    ----------
    values : DataFrame
        Columns ``label``, ``value``, ``own`` (True for this contract's own value), and where known ``low``, ``high``, ``detail`` (source,
        date, whom it counts). In the order to be shown.

    Raises
    ------
    ValueError
        If fewer than two rows have a value: one alone is beside nothing.
    """
    rows = [row for row in records(values) if number(row, "value") is not None]
    if len(rows) < 2:
        raise ValueError(f"beside_others of {metric}: {len(rows)} values; with fewer than two say it in a sentence")
    words = voice.words
    named = caption or words("figure.beside_caption", metric=voice.metric(metric), period=period)
    told = [words("figure.beside_one", label=str(row["label"]), value=in_words(row, metric, voice)) for row in rows]
    alt = words("figure.beside_alt", metric=voice.metric(metric), list=" ".join(told))
    notes = voice.fine_print(period=words.period(period), intervals=any(number(row, "low") is not None for row in rows))
    return chart_of(_draw(rows, metric, voice), alt, told, _table(rows, metric, named, voice), named, notes, voice)


def _draw(rows: Sequence[Row], metric: str, voice: Voice) -> str:
    low, high, ticks = value_range(known_numbers(rows, "value", "low", "high"), metric, voice)
    entries = [StripRow(str(row["label"]), _detail(row), in_words(row, metric, voice)) for row in rows]
    strips = lay_out(entries, low=low, high=high, ticks=ticks, tick_text=lambda one: voice.value(metric, one), header=4)
    for row, middle in zip(rows, strips.places, strict=True):
        shape, size, color, hollow = OWN if row.get("own") else OTHER
        if ends := bounds(row):
            strips.sheet.line([strips.x(one) for one in ends], [middle] * 2, color=color, width=2)
        title = f"{row['label']}: {in_words(row, metric, voice)}"
        strips.sheet.mark([strips.x(value_of(row))], [middle], shape=shape, size=size, color=color, hollow=hollow, titles=[title])
    return strips.sheet.svg()


def _detail(row: Row) -> str:
    detail = row.get("detail")
    return str(detail) if isinstance(detail, str) else ""


def _table(rows: Sequence[Row], metric: str, caption: str, voice: Voice) -> DataTable:
    columns = heads(voice.words, "figure.whose", numbers=("table.value", "table.interval"))
    nothing = Cell(voice.words("table.no_value"), muted=True)
    intervals = [range_in_words(ends, metric, voice) if (ends := bounds(row)) else nothing for row in rows]
    body = tuple(
        (Cell(str(row["label"]), detail=_detail(row)), in_words(row, metric, voice), shown)
        for row, shown in zip(rows, intervals, strict=True)
    )
    return DataTable(caption, columns, body)
