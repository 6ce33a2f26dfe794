"""The same groups at two times, and the steps of a pathway for a group and its comparator."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from acmlib.contract.ids import MetricId, stage_ids
from acmlib.display.charts.frames import one_of, released, value_cell
from acmlib.display.charts.paired import GROUPS, Pair, draw_pairs
from acmlib.display.charts.strips import StripRow
from acmlib.display.objects import Chart, Column, DataTable
from acmlib.display.rounding import places_of
from acmlib.display.rows import Row, number, records
from acmlib.display.voice import Voice


def _drawable(row: Row | None) -> bool:
    return row is not None and released(row)


def _value(row: Row | None) -> float | None:
    return number(row, "value") if row is not None and released(row) else None


def _difference(first: Row | None, second: Row | None, metric: str, voice: Voice, places: int) -> str:
    """Return second minus first, or in words that there is none."""
    one, other = _value(first), _value(second)
    return voice.words("table.unjudged") if one is None or other is None else voice.apart(metric, other, one, places)


def both_sides(steps: pd.DataFrame) -> pd.DataFrame:
    """Turn where a gap opens, a row a step, into cells of the metric table: the group's and its comparator's."""
    sides = [("group", "reached", "of"), ("comparator", "comparator_reached", "comparator_of")]
    parts = [
        pd.DataFrame(
            {
                "metric": stage_ids(steps["stage"]),
                "period": steps["period"],
                "dimension": steps["dimension"],
                "group": steps[group],
                "numerator": steps[reached],
                "denominator": steps[of],
                "value": steps[reached] / steps[of],
                "status": "shown",
            }
        )
        for group, reached, of in sides
    ]
    return pd.concat(parts, ignore_index=True)


def pathway(cells: pd.DataFrame, *, group: str, comparator: str, voice: Voice, caption: str | None = None) -> Chart:
    """Return the share going on at each step of the pathway, for a group and what it is compared with.

    Parameters
    ----------
    cells : DataFrame
        Rows ``stage:<name>`` of the metric table of one period and dimension.
    voice : Voice
        Words and labels; its contract gives the order of steps and their owners.
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
    places = places_of((_value(one), _value(other)) for _, one, other in chosen)
    rows = [(step, str(MetricId(step.stage, step="stage")), one, other) for step, one, other in chosen]
    pairs = [
        Pair(
            StripRow(voice.stage(step.stage), words.party(step.owner), _difference(other, one, metric, voice, places)),
            _value(one),
            _value(other),
        )
        for step, metric, one, other in rows
    ]
    sentences = [_step_sentence(voice.stage(step.stage), one, other, labels, metric, voice, places) for step, metric, one, other in rows]
    return Chart(
        svg=draw_pairs(
            pairs,
            first=labels["group"],
            second=labels["comparator"],
            text=lambda one: words.percent(one, places),
            tick_text=words.percent,
            ceiling=1,
            marks=GROUPS,
        ),
        alt=_pathway_alt(pairs, labels, voice),
        long_description=" ".join(sentences),
        data=_pathway_table(chosen, labels, named, voice, places),
        caption=named,
        notes=voice.fine_print(period=words.period(period), comparator=voice.people(dimension, comparator), caption=named),
        label=words("page.data_details"),
    )


def _step_sentence(step: str, one: Row | None, other: Row | None, labels: dict[str, str], metric: str, voice: Voice, places: int) -> str:
    first, second = _value(one), _value(other)
    if first is None or second is None:
        return voice.words("long.no_pair", group=step)
    return voice.words(
        "long.step",
        step=step,
        first=voice.value(metric, first, places),
        second=voice.value(metric, second, places),
        gap=voice.apart(metric, first, second, places),
        **labels,
    )


def _pathway_alt(pairs: Sequence[Pair], labels: dict[str, str], voice: Voice) -> str:
    words = voice.words
    known = [pair for pair in pairs if pair.first is not None and pair.second is not None]
    if not known:
        return words("alt.pathway_none", **labels)
    widest = min(known, key=lambda pair: (pair.first or 0.0) - (pair.second or 0.0))
    return words("alt.pathway", n=len(pairs), step=widest.entry.name, gap=widest.entry.value, **labels)


def _pathway_table(
    chosen: Sequence[tuple[object, Row | None, Row | None]], labels: dict[str, str], caption: str, voice: Voice, places: int
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
        cells = [
            value
            for row in (one, other)
            for value in (value_cell(row or {"status": "no data"}, voice, metric, places), _people(row, voice))
        ]
        gap = _difference(other, one, metric, voice, places)
        body.append((voice.stage(step.stage), words.party(step.owner), *cells, gap))  # type: ignore[attr-defined]
    return DataTable(caption, columns, tuple(body))


def _people(row: Row | None, voice: Voice) -> str:
    people = number(row, "denominator") if row is not None and released(row) else None
    return voice.words.number(people) if people is not None else voice.words("table.no_value")
