"""Are outcomes equal? One row a group: its result as a mark, its interval as a line, its verdict in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, ORANGE, text_width
from acmlib.display.charts.frames import (
    bounds,
    chart_of,
    count_cell,
    hover,
    in_words,
    interval_cell,
    known_numbers,
    most_telling,
    not_drawn,
    one_of,
    released,
    value_cell,
    value_of,
    value_range,
)
from acmlib.display.charts.strips import StripRow, Strips, across, lay_out
from acmlib.display.judgements import comparator_name, comparator_statement, gap_sentence, is_better_off, key_of, verdict_words, worst_off
from acmlib.display.objects import Cell, Chart, DataTable
from acmlib.display.rows import Row, is_comparator, number, records
from acmlib.display.tables import heads
from acmlib.display.voice import Voice

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
    voice, every, (gaps, more) = voice.about(metric), records(gaps), most_telling(gaps)
    rows, words, target = records(gaps), voice.words, voice.target(metric, period)
    drawn = [row for row in rows if released(row)]
    named = words("caption.outcomes", metric=voice.metric(metric), dimension=voice.dimension(dimension), period=period)
    comparator = comparator_statement(rows, voice)
    notes = (*_left_out(more, voice), *not_drawn(rows, voice, dimension),
             *voice.fine_print(period=words.period(period), metric=metric, comparator=comparator, intervals=any(map(bounds, drawn)),
                               caption=caption or named, target=target))  # fmt: skip
    svg = _draw(drawn, metric, dimension, voice, target)
    alt = _alt(drawn, [row for row in every if released(row)], metric, dimension, voice)
    told = [gap_sentence(row, voice) for row in rows]
    return chart_of(svg, alt, told, gap_table(gaps, voice=voice, caption=named), caption or named, notes, voice)


def kind_of_mark(row: Row, voice: Voice) -> str:
    """Return which of `MARKS` a row is drawn with."""
    if is_comparator(row):
        return "comparator"
    verdict = key_of(row.get("verdict", "not judged"))
    if verdict in ("clear", "possible") and is_better_off(row, voice):
        return f"{verdict}_better"
    return verdict if verdict in MARKS else "not_judged"


def _draw(rows: Sequence[Row], metric: str, dimension: str, voice: Voice, target: float | None) -> str:
    lines = _lines(rows, metric, voice, target)
    comparators = known_numbers(rows, "comparator_value")[:1]
    values = [*known_numbers(rows, "value", "low", "high"), *([] if target is None else [target]), *comparators]
    low, high, ticks = value_range(values, metric, voice)
    names = [voice.group(dimension, str(row["group"])) for row in rows]
    entries = [
        StripRow(name, _people(row, voice), in_words(row, metric, voice), verdict_words(row, voice))
        for name, row in zip(names, rows, strict=True)
    ]
    header = 4 + LINE * len(lines)
    strips = lay_out(entries, low=low, high=high, ticks=ticks, tick_text=lambda one: voice.value(metric, one), header=header)
    for level, (value, text, color, dash) in enumerate(lines):
        _reference(strips, value, text, color, dash, level)
    for name, row, place in zip(names, rows, strips.places, strict=True):
        shape, color, hollow = MARKS[kind_of_mark(row, voice)]
        if ends := bounds(row):
            strips.sheet.line([strips.x(one) for one in ends], [place] * 2, color=color, width=2)
        title = hover(name, row, voice, metric)
        strips.sheet.mark([strips.x(value_of(row))], [place], shape=shape, size=8.5, color=color, hollow=hollow, titles=[title])
    return strips.sheet.svg()


def _people(row: Row, voice: Voice) -> str:
    people = number(row, "denominator")
    return voice.words("chart.n", n=people) if people is not None else ""


def _lines(rows: Sequence[Row], metric: str, voice: Voice, target: float | None) -> list[tuple[float, str, str, tuple[float, float]]]:
    """Return the lines through all strips, each with value, text, colour and dash: the comparator, and a target that is another line."""
    row = next((row for row in rows if number(row, "comparator_value") is not None), None)
    found = []
    if row is not None:
        value = number(row, "comparator_value") or 0.0
        text = voice.words("chart.comparator", group=comparator_name(row, voice), value=voice.value(metric, value))
        found.append((value, text, INK, (1.5, 2.0)))
    if target is not None and not (row is not None and rows[0].get("basis") == "target"):
        found.append((target, voice.words("chart.target", value=voice.value(metric, target)), ORANGE, (5.0, 3.0)))
    return found


def _reference(strips: Strips, value: float, text: str, color: str, dash: tuple[float, ...], level: int) -> None:
    """Draw a vertical line through every strip, with its text above; names are left free."""
    x = strips.x(value)
    baseline = LINE * (level + 1) - 3
    half = text_width(text) / 2
    strips.sheet.segments([across(x, place) for place in strips.places], color=color, width=1.3, dash=dash)
    strips.sheet.text(min(max(x, half), strips.sheet.width - half), baseline, text, align="center")


def _left_out(more: int, voice: Voice) -> tuple[str, ...]:
    return (voice.words("chart.more_groups", n=more),) if more else ()


def _alt(rows: Sequence[Row], every: Sequence[Row], metric: str, dimension: str, voice: Voice) -> str:
    words = voice.words
    labels = {"metric": voice.metric(metric), "dimension": voice.dimension(dimension)}
    if not rows:
        return words("alt.outcomes_none", **labels)
    ranked = sorted(rows, key=value_of)
    for name, row in (("worst", ranked[0]), ("best", ranked[-1])):
        labels |= {name: voice.group(dimension, str(row["group"])), f"{name}_value": in_words(row, metric, voice)}
    verdict, found = worst_off(every, voice)
    groups = [voice.group(dimension, str(row["group"])) for row in found]
    return words("alt.outcomes", n=len(rows), verdict=words(f"gaps.{key_of(verdict)}", n=len(groups), list=words.list(groups)), **labels)


def gap_table(gaps: pd.DataFrame, *, voice: Voice, caption: str) -> DataTable:
    """Return the results and gaps of one metric and dimension as a table, hidden groups included in words."""
    gaps, more = most_telling(gaps)
    metric, dimension = one_of(gaps, "metric"), one_of(gaps, "dimension")
    voice, rows = voice.about(metric), records(gaps)
    words = voice.words
    # The sum behind a mean says nothing that its table is read for.
    counts = {"n": "denominator"} if voice.kind(metric) in ("mean", "median") else {one: one for one in ("numerator", "denominator")}
    numbers = [f"table.{one}" for one in ("value", *counts, "interval", "gap", "ratio")]
    body, nothing = [], Cell(words("table.unjudged"), muted=True)
    places = voice.places(metric, [(number(row, "value"), number(row, "comparator_value")) for row in rows if released(row)])
    for row in rows:
        gap, ratio = number(row, "outcome_gap"), number(row, "outcome_ratio")
        compared = released(row) and not is_comparator(row)
        body.append((
            voice.group(dimension, str(row["group"])),
            value_cell(row, voice, metric, places),
            *(count_cell(row, voice, one) for one in counts.values()),
            interval_cell(row, voice, metric),
            voice.apart(metric, value_of(row), number(row, "comparator_value") or 0.0, places) if compared and gap is not None else nothing,
            words.decimal(ratio) if compared and ratio is not None else nothing,
            verdict_words(row, voice),
        ))  # fmt: skip
    return DataTable(
        caption, heads(words, "table.group", numbers=numbers, then=("table.verdict",)), tuple(body), notes=_left_out(more, voice)
    )
