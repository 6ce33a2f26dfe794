"""The same groups at two times, and the steps of a pathway for a group and its comparator."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from acmlib.contract.ids import MetricId, stage_ids
from acmlib.display.charts.frames import chart_of, one_of, released, value_cell
from acmlib.display.charts.paired import GROUPS, Pair, draw_pairs
from acmlib.display.charts.strips import StripRow
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.rounding import places_of
from acmlib.display.rows import Row, number, records
from acmlib.display.tables import heads
from acmlib.display.voice import Voice


def _known(row: Row | None, name: str = "value") -> float | None:
    return number(row, name) if row is not None and released(row) else None


def _difference(first: Row | None, second: Row | None, metric: str, voice: Voice, places: int) -> str:
    """Return second minus first, or in words that there is none."""
    one, other = _known(first), _known(second)
    return voice.words("table.unjudged") if one is None or other is None else voice.apart(metric, other, one, places)


def both_sides(steps: pd.DataFrame) -> pd.DataFrame:
    """Turn where a gap opens, a row a step, into cells of the metric table: the group's and its comparator's."""
    common = steps[["period", "dimension"]].assign(metric=stage_ids(steps["stage"]), status="shown")
    parts = [
        common.assign(group=steps[group], numerator=steps[reached], denominator=steps[of], value=steps[reached] / steps[of])
        for group, reached, of in (("group", "reached", "of"), ("comparator", "comparator_reached", "comparator_of"))
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
    ids = [(step, str(MetricId(step.stage, step="stage"))) for step in steps[1:]]
    both = [(step, metric, by_place.get((metric, group)), by_place.get((metric, comparator))) for step, metric in ids]
    chosen = [found for found in both if found[2] is not None or found[3] is not None]
    places = places_of((_known(one), _known(other)) for *_, one, other in chosen)
    pairs, told, body = [], [], []
    for step, metric, one, other in chosen:
        name, owner, gap = voice.stage(step.stage), words.party(step.owner), _difference(other, one, metric, voice, places)
        pairs.append(Pair(StripRow(name, owner, gap), _known(one), _known(other)))
        told.append(_step_sentence(name, one, other, labels, metric, voice, places))
        body.append((name, owner, *_cells(one, metric, voice, places), *_cells(other, metric, voice, places), gap))
    svg = draw_pairs(
        pairs, first=labels["group"], second=labels["comparator"], text=lambda one: words.percent(one, places), tick_text=words.percent,
        ceiling=1, marks=GROUPS,
    )  # fmt: skip
    sides = [Column(text, "number") for one in labels.values() for text in (one, words("table.of_group", group=one))]
    columns = (*heads(words, "table.stage", "table.owner"), *sides, *heads(words, numbers=("table.gap",)))
    notes = voice.fine_print(period=words.period(period), comparator=voice.people(dimension, comparator), caption=named)
    return chart_of(svg, _pathway_alt(pairs, labels, voice), told, DataTable(named, columns, tuple(body)), named, notes, voice)


def _step_sentence(step: str, one: Row | None, other: Row | None, labels: dict[str, str], metric: str, voice: Voice, places: int) -> str:
    first, second = _known(one), _known(other)
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


def _cells(row: Row | None, metric: str, voice: Voice, places: int) -> tuple[str | Cell, str]:
    """Return the value of one side at a step, and how many people it is of."""
    people = _known(row, "denominator")
    shown = voice.words.number(people) if people is not None else voice.words("table.no_value")
    return value_cell(row or {"status": "no data"}, voice, metric, places), shown
