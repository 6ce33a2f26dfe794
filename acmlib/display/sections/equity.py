"""Whether results are equal: gaps with their certainty, what they mean in people, and what is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from acmlib.analysis import overview
from acmlib.analysis.benchmarks import side_by_side
from acmlib.contract.kinds import main_id
from acmlib.contract.values import Text
from acmlib.display.charts.beside import beside_others
from acmlib.display.charts.frames import released, value_cell
from acmlib.display.comparisons import comparisons
from acmlib.display.judgements import flip_sentence, gap_sentence, is_better_off, not_legal, unknown_bounds_sentence, worst_off
from acmlib.display.objects import Bullets, Cell, Chart, Column, DataTable, Display, Prose, Section
from acmlib.display.pictures import results_picture
from acmlib.display.report import Report
from acmlib.display.rows import number, records
from acmlib.display.sections.contents import label
from acmlib.display.sections.depth import if_all_matched
from acmlib.display.sections.heading import comparison_heading
from acmlib.display.words import sentence_start


def outcomes(report: Report, metric: str, dimension: str) -> Section:
    """Return the results of one metric by group, whatever its kind: figure, a sentence a gap, what it means in people."""
    voice = report.voice.about(metric)
    words = voice.words
    gaps = report.gaps[report.gaps["metric"].eq(metric) & report.gaps["dimension"].eq(dimension)].reset_index(drop=True)
    contents = label(report, "results", metric=voice.metric(metric), dimension=voice.dimension(dimension))
    if gaps.empty:
        return _uncompared(report, metric, dimension, contents)
    rows = records(gaps)
    body: list[Display] = [results_picture(report, gaps)]
    verdict, worst = worst_off(rows, voice)
    sentences = [gap_sentence(row, voice) for row in worst]
    body += [Bullets(tuple(sentences))] if sentences else []
    body.append(Prose((*if_all_matched(report, gaps), *_flips(report, gaps), *_unknown(report, gaps), not_legal(voice))))
    # Where there is no gap, no question asks to close one.
    question = words("outcomes.question", metric=voice.short(metric)) if verdict in ("clear", "possible") else ""
    found = next(iter(comparisons(gaps, report.contract)), None)
    return Section(comparison_heading(report, metric, dimension, found), tuple(body), question=question, contents=contents)


def _uncompared(report: Report, metric: str, dimension: str, contents: str) -> Section:
    """Return the numbers of a metric whose groups are not compared with each other: counts are set beside a base instead."""
    words, voice = report.words, report.voice
    cells = report.cells
    period = overview.latest_periods(cells).get(metric)
    rows = cells[cells["metric"].eq(metric) & cells["dimension"].eq(dimension) & cells["period"].eq(period or "")]
    heading = words("dive.heading_uncompared", metric=voice.short(metric), dimension=voice.dimension(dimension))
    if rows.empty:
        return Section(heading, (Prose((words("outcomes.nothing_why"),)),), contents=contents)
    ordered = records(report.in_order(rows))
    columns = (Column(voice.dimension(dimension).capitalize()), Column(words("table.value"), "number"))
    body = tuple((voice.group(dimension, str(row["group"])), value_cell(row, voice, metric)) for row in ordered)
    caption = words("caption.outcomes", metric=voice.metric(metric), dimension=voice.dimension(dimension), period=str(period))
    return Section(heading, (DataTable(caption, columns, body),), contents=contents)


def _flips(report: Report, gaps: pd.DataFrame) -> list[str]:
    """Say for which groups the verdict would be another one against the target."""
    voice, sentences = report.voice.about(str(gaps["metric"].iloc[0])), []
    other = report.gaps_to_target
    for row in records(gaps[gaps["verdict"].isin(["clear", "possible", "not seen"])]):
        same = other["metric"].eq(row["metric"]) & other["dimension"].eq(row["dimension"]) & other["group"].eq(row["group"])
        against = records(other[same & other["basis"].eq("target") & other["outcome_gap"].notna()])
        clear = [one for one in (row, *against) if one["verdict"] == "clear" and not is_better_off(one, voice)]
        if against and len(clear) == 1:
            name = sentence_start(voice.people(row["dimension"], row["group"]))
            told = flip_sentence(comparator=report.words("comparator.target"), verdict=against[0]["verdict"], voice=voice)
            sentences.append(f"{name}: {told}")
    return sentences


def _unknown(report: Report, gaps: pd.DataFrame) -> list[str]:
    """Return how people of unknown group could change the surest gap; said once, not for every gap."""
    bounds, metric, dimension = report.assessment.bounds, str(gaps["metric"].iloc[0]), str(gaps["dimension"].iloc[0])
    if bounds.empty:
        return []
    own = bounds[bounds["metric"].eq(metric) & bounds["dimension"].eq(dimension) & bounds["verdict"].isin(["clear", "possible"])]
    rows = records(own.sort_values("verdict", kind="stable"))
    return [sentence for row in rows if (sentence := unknown_bounds_sentence(row, report.voice))][:1]


def certainty(report: Report, gaps: pd.DataFrame) -> pd.Series:
    """Rank metrics and dimensions by their surest gap to a group's disadvantage: 0 clear, 1 possible, 2 not seen, 3 not judged."""
    worse = [not is_better_off(row, report.voice) for row in records(gaps)]
    rank = gaps["verdict"].map({"clear": 0, "possible": 1, "not seen": 2}).fillna(3)
    rank = rank.where(pd.Series(worse, index=gaps.index, dtype=bool) | rank.ge(2), 2)
    return gaps.assign(_rank=rank).groupby(["metric", "dimension"], sort=False)["_rank"].min().sort_values(kind="stable")


def compared(report: Report, gaps: pd.DataFrame, *, most: int = 3) -> tuple[tuple[str, str], ...]:
    """Return the (metric, dimension) pairs with the surest gaps, at most so many; headline metrics first among equals."""
    return tuple((str(pair[0]), str(pair[1])) for pair in certainty(report, gaps).index.tolist()[:most])


def benchmarks(report: Report, metric: str) -> Section:
    """Return the result of one metric beside its target and every benchmark, each with source, date, population and comparability."""
    words, voice = report.words, report.voice
    metric = main_id(report.contract, metric) if metric in report.contract.metrics else metric  # of staying, at the time it is judged by
    latest = report.latest(metric)
    definition = voice.definition(metric)
    value = float(str(latest.get("value", float("nan"))))
    name = voice.metric(metric)
    if definition is None or not definition.benchmarks:
        return Section(
            words("benchmark.none", metric=name),
            (Prose((words("benchmark.none_why"),)),),
            contents=label(report, "benchmarks", metric=name),
        )
    target = voice.target(metric, str(latest.get("period", "")))
    every = records(side_by_side(definition, value, date=report.date, target=target))
    rows = [row for row in every if row["value"] == row["value"]]
    none = [words(f"benchmark.kind_{_kind(row)}") for row in every if row["value"] != row["value"]]
    notes = (words("benchmark.none_of_kind", list=words.list(none)),) if none else ()
    columns = tuple(
        Column(words(f"benchmark.column_{one}"), "number" if one == "value" else "text")
        for one in ("kind", "value", "source", "population", "note")
    )
    body = tuple(_benchmark_row(report, metric, row) for row in rows)
    shown = DataTable(words("benchmark.caption", metric=name), columns, body, notes=notes)
    # Compared as they are read: 40.8% is not lower than the 41% beside it, which both read 41%.
    lower = sum(value < float(row["value"]) and voice.value(metric, value) != voice.value(metric, float(row["value"])) for row in rows)
    heading = words("benchmark.heading_hidden", metric=name)
    if value == value:
        told = voice.value(metric, value)
        heading = words("benchmark.heading", metric=name, value=told, n=lower, of=len(rows)) if lower else words(
            "benchmark.heading_none", metric=name, value=told)  # fmt: skip
    return Section(heading, (_drawn(report, metric, latest, rows, shown),), contents=label(report, "benchmarks", metric=name))


def _drawn(report: Report, metric: str, latest: Mapping[str, object], rows: list[dict[str, Any]], table: DataTable) -> Chart | DataTable:
    """Return our own value and the benchmarks as dots, with the table behind them; the table where our own value is not shown."""
    words = report.words
    if number(latest, "value") is None or not released(latest):
        return table
    own = {"label": words("peers.this"), "own": True, "detail": words.period(str(latest["period"]))}
    kinds = [words(f"benchmark.kind_{_kind(row)}") for row in rows]
    others = [
        {"label": kind, "own": False, "detail": _source(report, row), "value": row["value"]} for kind, row in zip(kinds, rows, strict=True)
    ]
    frame = pd.DataFrame([{**own, **{name: number(latest, name) for name in ("value", "low", "high")}}, *others])
    drawn = beside_others(frame, metric=metric, voice=report.voice, period=str(latest["period"]))
    return replace(drawn, data=table, notes=(*table.notes, *drawn.notes))


def _source(report: Report, row: dict[str, Any]) -> str:
    """Return where a benchmark is from, and from when."""
    source = report.words("benchmark.contract") if row["kind"] == "target" and row["source"] == "contract" else row["source"]
    return ", ".join(_written(report, one) for one in (source, row["date"]) if not pd.isna(one))


def _written(report: Report, value: object) -> str:
    """Return a text that somebody wrote, a year or a day as it is read."""
    if isinstance(value, Text):
        return report.voice.written(value)
    return report.words.date(value) if isinstance(value, dt.date) else str(value)


def _kind(row: dict[str, Any]) -> str:
    """Return the kind of a benchmark as a key of the catalogues."""
    return str(row["kind"]).replace(" ", "_").replace("-", "_")


def _benchmark_row(report: Report, metric: str, row: dict[str, Any]) -> tuple[str | Cell, ...]:
    """Return one benchmark as it is read."""
    words, voice = report.words, report.voice
    number = float(row["value"])
    source = _source(report, row)
    known = [None if pd.isna(row[one]) else _written(report, row[one]) for one in ("population", "comparability")]
    return (
        words(f"benchmark.kind_{_kind(row)}"),
        voice.value(metric, number),
        source or words("table.no_value"),
        known[0] or words("table.no_value"),
        known[1] or words("table.no_value"),
    )
