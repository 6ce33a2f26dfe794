"""Parts of a gap: where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from acmlib.display.charts.canvas import BLUE, INK, RULE, nice_range
from acmlib.display.charts.frames import RELEASED, chart_of
from acmlib.display.charts.strips import StripRow, across, lay_out
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.rows import number, records
from acmlib.display.tables import heads
from acmlib.display.voice import Voice


def decomposition(
    places: pd.DataFrame, *, metric: str, group: str, comparator: str, dimension: str, by: str, period: str, voice: Voice
) -> Chart:
    """Return where the gap between two groups comes from: where people are served, and different results in the same place.

    Parameters
    ----------
    places : DataFrame
        What `acmlib.analysis.equity.decompose` returned: a row a place and a last row with the sums.
    by : str
        The dimension that the gap is taken apart by: ``site``.

    Raises
    ------
    ValueError
        If the parts are not known because a cell is hidden.
    """
    words = voice.words
    labels = {"group": voice.group(dimension, group), "comparator": voice.group(dimension, comparator)}
    named = words("caption.decomposition", period=period, **labels)
    total = records(places)[-1]
    parts = {name: one for name in ("where_served", "results", "gap") if (one := number(total, name)) is not None}
    if len(parts) < 3:
        raise ValueError(
            f"decomposition of {metric} by {by}: a cell is hidden, so the parts are not known; show a sentence instead of a figure"
        )
    names = {name: words(f"decomposition.{name}", by=voice.dimension(by)) for name in parts}
    largest = max(("where_served", "results"), key=lambda name: abs(parts[name]))
    sizes = {name: voice.gap(metric, value) for name, value in parts.items()}
    alt = words("alt.decomposition", gap=sizes["gap"], part=names[largest], size=sizes[largest], **labels)
    told = [words("long.part", part=names[name], gap=size) for name, size in sizes.items()]
    notes = voice.fine_print(period=words.period(period), window=period, metric=metric, comparator=labels["comparator"])
    svg, table = _draw_parts(parts, names, metric, voice), _place_table(places, metric, by, labels, named, voice)
    return chart_of(svg, alt, told, table, named, notes, voice)


def _draw_parts(parts: Mapping[str, float], names: Mapping[str, str], metric: str, voice: Voice) -> str:
    low, high, ticks = nice_range([0.0, *parts.values()], unit=voice.unit(metric))
    entries = [StripRow(names[name], "", voice.gap(metric, value)) for name, value in parts.items()]
    strips = lay_out(entries, low=low, high=high, ticks=ticks, tick_text=lambda one: voice.gap(metric, one).split()[0], header=4)
    strips.sheet.segments([across(strips.x(0), place) for place in strips.places], color=RULE, width=1)
    for (name, value), place in zip(parts.items(), strips.places, strict=True):
        color, shape = (INK, "D") if name == "gap" else (BLUE, "o")
        strips.sheet.line([strips.x(0), strips.x(value)], [place] * 2, color=color, width=2.4)
        strips.sheet.mark([strips.x(value)], [place], shape=shape, size=8, color=color)
    return strips.sheet.svg()


def _place_table(places: pd.DataFrame, metric: str, by: str, labels: Mapping[str, str], caption: str, voice: Voice) -> DataTable:
    words = voice.words
    columns = [Column(voice.dimension(by).capitalize())]
    columns += [Column(words("decomposition.share_of", group=one), "number") for one in labels.values()]
    columns += [Column(words("decomposition.result_of", group=one), "number") for one in labels.values()]
    columns += heads(words, numbers=("decomposition.column_where", "decomposition.column_results", "table.gap"))
    rows = records(places)
    body = []
    for place, row in enumerate(rows):
        name = words("decomposition.all_places") if place == len(rows) - 1 else voice.group(by, str(row["place"]))
        row = row if row.get("status", "shown") in RELEASED else {}
        cells = [_known(number(row, one), words.percent, voice) for one in ("share_group", "share_comparator")]
        cells += [_known(number(row, one), lambda value: voice.value(metric, value), voice) for one in ("value_group", "value_comparator")]
        cells += [_known(number(row, one), lambda value: voice.gap(metric, value), voice) for one in ("where_served", "results", "gap")]
        body.append((name, *cells))
    return DataTable(caption, tuple(columns), tuple(body))


def _known(value: float | None, form: Callable[[float], str], voice: Voice) -> str | Cell:
    return Cell(voice.words("table.unjudged"), muted=True) if value is None else form(value)
