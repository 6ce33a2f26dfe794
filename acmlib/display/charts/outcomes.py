"""Are outcomes equal? One row a group: its result as a mark, its interval as a line, its verdict in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, ORANGE, nice_range, text_width
from acmlib.display.charts.frames import count_cell, hover, interval_cell, not_drawn, one_of, released, value_cell
from acmlib.display.charts.strips import StripRow, Strips, across, lay_out
from acmlib.display.judgements import (
    comparator_name,
    comparator_statement,
    gap_sentence,
    is_better_off,
    key_of,
    verdict_words,
    worst_off,
)
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.rows import Row, is_comparator, number, records
from acmlib.display.voice import FRACTIONS, Voice

#: Shape, colour, hollow by verdict: a filled square for a clear gap, hollow marks for what is not certain.
MARKS = {
    "comparator": ("D", INK, False), "clear": ("s", ORANGE, False), "possible": ("s", ORANGE, True), "clear_better": ("^", BLUE, False),
    "possible_better": ("^", BLUE, True), "not_seen": ("o", BLUE, False), "not_judged": ("o", GREY, True),
}  # fmt: skip


def outcomes_by_group(gaps: pd.DataFrame, *, voice: Voice, caption: str | None = None) -> Chart:
    """Return the results of one metric by the groups of one dimension.

    Parameters
    ----------
    gaps : DataFrame
        Rows of `acmlib.analysis.equity.disparities` of one metric, period and dimension, in the order to be shown. Rows that are hidden or
        without data are named under the figure, not drawn.
    """
    metric, period, dimension = (one_of(gaps, name) for name in ("metric", "period", "dimension"))
    rows = records(gaps)
    drawn = [row for row in rows if released(row)]
    words = voice.words
    target = voice.target(metric, period)
    named = words("caption.outcomes", metric=voice.metric(metric), dimension=voice.dimension(dimension), period=period)
    comparator = next((comparator_statement(row, voice) for row in rows if number(row, "comparator_value") is not None), None)
    bounded = any(number(row, "low") is not None and number(row, "high") is not None for row in drawn)
    notes = (*not_drawn(rows, voice, dimension),
             *voice.fine_print(period=words.period(period), metric=metric, comparator=comparator, intervals=bounded,
                               caption=caption or named, target=target))  # fmt: skip
    return Chart(
        svg=_draw(drawn, metric, dimension, voice, target), alt=_alt(drawn, metric, dimension, voice),
        long_description=" ".join(gap_sentence(row, voice) for row in rows), data=gap_table(gaps, voice=voice, caption=named),
        caption=caption or named, notes=notes, label=words("page.data_details"),
    )  # fmt: skip


def kind_of_mark(row: Row, voice: Voice) -> str:
    """Return which of `MARKS` a row is drawn with."""
    if is_comparator(row):
        return "comparator"
    verdict = key_of(row.get("verdict", "not judged"))
    if verdict in ("clear", "possible") and is_better_off(row, voice):
        return f"{verdict}_better"
    return verdict if verdict in MARKS else "not_judged"


def _draw(rows: Sequence[Row], metric: str, dimension: str, voice: Voice, target: float | None) -> str:
    fraction = voice.kind(metric) in FRACTIONS
    comparator = next((one for row in rows if (one := number(row, "comparator_value")) is not None), None)
    values = [one for row in rows for name in ("value", "low", "high") if (one := number(row, name)) is not None]
    values += [one for one in (target, comparator) if one is not None]
    low, high, ticks = nice_range(values, floor=0, ceiling=1 if fraction else None, unit=voice.unit(metric))
    entries = [
        StripRow(
            voice.group(dimension, str(row["group"])),
            _people(row, voice),
            voice.value(metric, number(row, "value") or 0.0),
            verdict_words(row, voice),
        )
        for row in rows
    ]
    lines = [] if comparator is None else [(comparator, _line_text(rows, metric, voice), INK, (1.5, 2.0))]
    if target is not None and not (comparator is not None and rows and rows[0].get("basis") == "target"):
        lines.append((target, voice.words("chart.target", value=voice.value(metric, target)), ORANGE, (5.0, 3.0)))
    header = 4 + LINE * len(lines)
    strips = lay_out(entries, low=low, high=high, ticks=ticks, tick_text=lambda one: voice.value(metric, one), header=header)
    for level, (value, text, color, dash) in enumerate(lines):
        _reference(strips, value, text, color, dash, level)
    for row, place in zip(rows, strips.places, strict=True):
        shape, color, hollow = MARKS[kind_of_mark(row, voice)]
        ends = [number(row, "low"), number(row, "high")]
        if ends[0] is not None and ends[1] is not None:
            strips.sheet.line([strips.x(ends[0]), strips.x(ends[1])], [place] * 2, color=color, width=2)
        title = hover(voice.group(dimension, str(row["group"])), row, voice, metric)
        at = strips.x(number(row, "value") or 0.0)
        strips.sheet.mark([at], [place], shape=shape, size=8.5, color=color, hollow=hollow, titles=[title])
    return strips.sheet.svg()


def _people(row: Row, voice: Voice) -> str:
    people = number(row, "denominator")
    return voice.words("chart.n", n=people) if people is not None else ""


def _line_text(rows: Sequence[Row], metric: str, voice: Voice) -> str:
    row = next(row for row in rows if number(row, "comparator_value") is not None)
    return voice.words(
        "chart.comparator", group=comparator_name(row, voice), value=voice.value(metric, number(row, "comparator_value") or 0.0)
    )


def _reference(strips: Strips, value: float, text: str, color: str, dash: tuple[float, ...], level: int) -> None:
    """Draw a vertical line through every strip, with its text above; names are left free."""
    x = strips.x(value)
    baseline = LINE * (level + 1) - 3
    half = text_width(text) / 2
    strips.sheet.segments([across(x, place) for place in strips.places], color=color, width=1.3, dash=dash)
    strips.sheet.text(min(max(x, half), strips.sheet.width - half), baseline, text, align="center")


def _alt(rows: Sequence[Row], metric: str, dimension: str, voice: Voice) -> str:
    words = voice.words
    labels = {"metric": voice.metric(metric), "dimension": voice.dimension(dimension)}
    if not rows:
        return words("alt.outcomes_none", **labels)
    ranked = sorted(rows, key=lambda row: number(row, "value") or 0.0)
    low, high = ranked[0], ranked[-1]
    verdict, found = worst_off(rows, voice)
    groups = [voice.group(dimension, str(row["group"])) for row in found]
    return words(
        "alt.outcomes",
        n=len(rows),
        **labels,
        best=voice.group(dimension, str(high["group"])),
        best_value=voice.value(metric, number(high, "value") or 0.0),
        worst=voice.group(dimension, str(low["group"])),
        worst_value=voice.value(metric, number(low, "value") or 0.0),
        verdict=words(f"gaps.{key_of(verdict)}", n=len(groups), list=words.list(groups)),
    )


def gap_table(gaps: pd.DataFrame, *, voice: Voice, caption: str, notes: tuple[str, ...] = ()) -> DataTable:
    """Return the results and gaps of one metric and dimension as a table, hidden groups included in words."""
    words, rows = voice.words, records(gaps)
    metric, dimension = one_of(gaps, "metric"), one_of(gaps, "dimension")
    # The sum behind a mean says nothing that its table is read for.
    counts = {"n": "denominator"} if voice.kind(metric) in ("mean", "median") else {one: one for one in ("numerator", "denominator")}
    names = ("group", "value", *counts, "interval", "gap", "ratio", "verdict")
    columns = tuple(Column(words(f"table.{one}"), "text" if one in ("group", "verdict") else "number") for one in names)
    body = []
    places = voice.places(metric, [(number(row, "value"), number(row, "comparator_value")) for row in rows if released(row)])
    for row in rows:
        gap, ratio = number(row, "outcome_gap"), number(row, "outcome_ratio")
        value, other = (number(row, name) or 0.0 for name in ("value", "comparator_value"))
        compared = released(row) and not is_comparator(row)
        nothing = Cell(words("table.unjudged"), muted=True)
        body.append(
            (
                voice.group(dimension, str(row["group"])),
                value_cell(row, voice, metric, places),
                *(count_cell(row, voice, one) for one in counts.values()),
                interval_cell(row, voice, metric),
                voice.apart(metric, value, other, places) if compared and gap is not None else nothing,
                words.ratio(ratio) if compared and ratio is not None else nothing,
                verdict_words(row, voice),
            )
        )
    return DataTable(caption, columns, tuple(body), notes=notes)
