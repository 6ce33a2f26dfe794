"""The same groups at two times, and the steps of a pathway for a group and its comparator."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from acmlib.contract.ids import MetricId
from acmlib.display.charts.frames import not_drawn, one_of, records, released, value_cell
from acmlib.display.charts.paired import Pair, draw_pairs
from acmlib.display.charts.strips import StripRow
from acmlib.display.objects import Chart, Column, DataTable
from acmlib.display.rows import Row, number
from acmlib.display.voice import Voice


def _missing(chosen: Sequence[tuple[str, Row | None, Row | None]], voice: Voice, dimension: str) -> tuple[str, ...]:
    """Name the groups that are not drawn: once where neither period can be shown, with the period where one cannot."""
    neither = [row for _, then, now in chosen for row in [now or then] if row is not None and not _drawable(then) and not _drawable(now)]
    one = [row for _, then, now in chosen for row in (then, now) if row is not None and not _drawable(row) and row not in neither]
    single = [row for row in one if not any(row["group"] == other["group"] for other in neither)]
    return (*not_drawn(neither, voice, dimension), *not_drawn(single, voice, dimension, period=True))


def _drawable(row: Row | None) -> bool:
    return row is not None and released(row)


def _value(row: Row | None) -> float | None:
    return number(row, "value") if row is not None and released(row) else None


def _difference(first: Row | None, second: Row | None, metric: str, voice: Voice) -> str:
    """Return second minus first, or in words that there is none."""
    one, other = _value(first), _value(second)
    return voice.words("table.unjudged") if one is None or other is None else voice.gap(metric, other - one)


def _pair(name: str, then: Row | None, now: Row | None, metric: str, voice: Voice) -> Pair:
    people = number(now, "denominator") if now is not None and released(now) else None
    remark = voice.words("chart.n", n=people) if people is not None else ""
    return Pair(StripRow(name, remark, _difference(then, now, metric, voice)), _value(now), _value(then))


def _sentence(name: str, then: Row | None, now: Row | None, metric: str, voice: Voice) -> str:
    one, other = _value(then), _value(now)
    if one is None or other is None:
        return voice.words("long.no_pair", group=name)
    return voice.words(
        "long.change", group=name, before=voice.value(metric, one), after=voice.value(metric, other), gap=voice.gap(metric, other - one)
    )


def pathway(cells: pd.DataFrame, *, group: str, comparator: str, voice: Voice, caption: str | None = None) -> Chart:
    """Return the share going on at each step of the pathway, for a group and what it is compared with.

    Parameters
    ----------
    cells : DataFrame
        Rows ``stage:<name>`` of the metric table of one period and dimension.
    group, comparator : str
        Two of its groups.
    voice : Voice
        Words and labels; its contract gives the order of steps and their owners.
    caption : str, optional
        Instead of *share going on at each step, group and comparator, period*.
    """
    period, dimension = one_of(cells, "period"), one_of(cells, "dimension")
    words = voice.words
    steps = voice.contract.pathway.stages if voice.contract.pathway else ()
    by_place = {(str(row["metric"]), str(row["group"])): row for row in records(cells)}
    labels = {"group": voice.group(dimension, group), "comparator": voice.group(dimension, comparator)}
    named = caption or words("caption.pathway", period=period, **labels)
    chosen = [
        (
            step,
            by_place.get((str(MetricId(step.stage, step="stage")), group)),
            by_place.get((str(MetricId(step.stage, step="stage")), comparator)),
        )
        for step in steps[1:]
    ]
    chosen = [(step, one, other) for step, one, other in chosen if one is not None or other is not None]
    pairs = [
        Pair(
            StripRow(
                voice.stage(step.stage), words.party(step.owner), _difference(other, one, str(MetricId(step.stage, step="stage")), voice)
            ),
            _value(one),
            _value(other),
        )
        for step, one, other in chosen
    ]
    sentences = [
        _step_sentence(voice.stage(step.stage), one, other, labels, str(MetricId(step.stage, step="stage")), voice)
        for step, one, other in chosen
    ]
    return Chart(
        svg=draw_pairs(pairs, first=labels["group"], second=labels["comparator"], text=words.percent, ceiling=1),
        alt=_pathway_alt(pairs, labels, voice),
        long_description=" ".join(sentences),
        data=_pathway_table(chosen, labels, named, voice),
        caption=named,
        notes=voice.fine_print(period=words.period(period), comparator=labels["comparator"], caption=named),
        label=words("page.data_details"),
    )


def _step_sentence(step: str, one: Row | None, other: Row | None, labels: dict[str, str], metric: str, voice: Voice) -> str:
    first, second = _value(one), _value(other)
    if first is None or second is None:
        return voice.words("long.no_pair", group=step)
    return voice.words(
        "long.step",
        step=step,
        first=voice.value(metric, first),
        second=voice.value(metric, second),
        gap=voice.gap(metric, first - second),
        **labels,
    )


def _pathway_alt(pairs: Sequence[Pair], labels: dict[str, str], voice: Voice) -> str:
    words = voice.words
    gaps = [
        (pair.first - pair.second if pair.first is not None and pair.second is not None else math.nan, pair.entry.name) for pair in pairs
    ]
    known = [one for one in gaps if not math.isnan(one[0])]
    if not known:
        return words("alt.pathway_none", **labels)
    gap, step = min(known)
    return words("alt.pathway", n=len(pairs), step=step, gap=words.points(gap), **labels)


def _pathway_table(
    chosen: Sequence[tuple[object, Row | None, Row | None]], labels: dict[str, str], caption: str, voice: Voice
) -> DataTable:
    words = voice.words
    columns = (
        Column(words("table.stage")),
        Column(words("table.owner")),
        Column(labels["group"], "number"),
        Column(words("table.of_group", group=labels["group"]), "number"),
        Column(labels["comparator"], "number"),
        Column(words("table.of_group", group=labels["comparator"]), "number"),
        Column(words("table.gap"), "number"),
    )
    body = []
    for step, one, other in chosen:
        metric = str(MetricId(step.stage, step="stage"))  # type: ignore[attr-defined]
        cells = [value for row in (one, other) for value in (value_cell(row or {"status": "no data"}, voice, metric), _people(row, voice))]
        body.append((voice.stage(step.stage), words.party(step.owner), *cells, _difference(other, one, metric, voice)))  # type: ignore[attr-defined]
    return DataTable(caption, columns, tuple(body))


def _people(row: Row | None, voice: Voice) -> str:
    people = number(row, "denominator") if row is not None and released(row) else None
    return voice.words.number(people) if people is not None else voice.words("table.no_value")
