"""Whether results are equal: gaps with their certainty, what they mean in people, and what is not known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from acmlib.analysis import overview
from acmlib.analysis.benchmarks import side_by_side
from acmlib.analysis.equity import levelling_down, unknown_bounds
from acmlib.display.charts.change import change_by_group
from acmlib.display.charts.frames import records
from acmlib.display.charts.outcomes import gap_table, outcomes_by_group
from acmlib.display.judgements import (
    flip_sentence,
    gap_heading,
    gap_sentence,
    is_better_off,
    levelling_sentence,
    not_legal,
    unknown_bounds_sentence,
    worst_off,
)
from acmlib.display.objects import Bullets, Cell, Chart, Column, DataTable, Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.contents import label
from acmlib.display.sections.depth import if_all_matched
from acmlib.display.words import sentence_start


def outcomes(report: Report, metric: str, dimension: str) -> Section:
    """Return the results of one metric by group: figure, a sentence a gap, unknown groups, change since the window before.

    Parameters
    ----------
    report : Report
    metric, dimension : str
        Ids of the contract.
    """
    words, voice = report.words, report.voice
    gaps = report.gaps_of(metric, dimension).reset_index(drop=True)
    body: list[Display] = [outcomes_by_group(gaps, voice=voice)]
    _, worst = worst_off(records(gaps), voice)
    sentences = [gap_sentence(row, voice) for row in worst]
    body += [Bullets(tuple(sentences))] if sentences else []
    further = [
        *if_all_matched(report, gaps),
        *_flips(report, gaps),
        *_unknown(report, gaps),
        *_levelling(report, metric, dimension),
        not_legal(voice),
    ]
    body.append(Prose(tuple(further)))
    question = words("outcomes.question", metric=voice.metric(metric))
    contents = label(report, "results", metric=voice.metric(metric), dimension=voice.dimension(dimension))
    return Section(gap_heading(gaps, voice), tuple(body), question=question, contents=contents)


def _flips(report: Report, gaps: pd.DataFrame) -> list[str]:
    """Say for which groups the verdict would be another one against the target."""
    voice, sentences = report.voice, []
    other = report.gaps_to_target
    for row in records(gaps[gaps["verdict"].isin(["clear", "possible", "not seen"])]):
        same = other["metric"].eq(row["metric"]) & other["dimension"].eq(row["dimension"]) & other["group"].eq(row["group"])
        against = records(other[same & other["basis"].eq("target")])
        clear = [one for one in (row, *against) if one["verdict"] == "clear" and not is_better_off(one, voice)]
        if against and len(clear) == 1:
            name = sentence_start(voice.people(row["dimension"], row["group"]))
            told = flip_sentence(comparator=report.words("comparator.target"), verdict=against[0]["verdict"], voice=voice)
            sentences.append(f"{name}: {told}")
    return sentences


def _unknown(report: Report, gaps: pd.DataFrame) -> list[str]:
    """Say what the people of unknown group could change about the gaps that are clear or possible."""
    dimension = str(gaps["dimension"].iloc[0])
    unknown = gaps["group"].isin(report.contract.dimensions[dimension].not_recorded) & gaps["denominator"].gt(0)
    judged = gaps["verdict"].isin(["clear", "possible"])
    if not unknown.any() or not judged.any():
        return []
    bounds = unknown_bounds(gaps, not_recorded=overview.not_recorded(report.contract))
    return [sentence for row in records(bounds[judged.to_numpy()]) if (sentence := unknown_bounds_sentence(row, report.voice))]


def _levelling(report: Report, metric: str, dimension: str) -> list[str]:
    """Say of each gap that shrank whether the group gained or the best group only fell."""
    rows = _both_windows(report, metric, dimension)
    if rows is None or report.voice.kind(metric) != "proportion":
        return []
    cells, earlier, later = rows
    found = levelling_down(
        cells,
        earlier,
        later,
        better=overview.directions(report.contract),
        level=report.contract.statistics.level,
        minimum_n=report.contract.statistics.minimum_n,
        not_recorded=overview.not_recorded(report.contract),
    )
    return list(dict.fromkeys(sentence for row in records(found) if (sentence := levelling_sentence(row, report.voice))))


def _both_windows(report: Report, metric: str, dimension: str) -> tuple[pd.DataFrame, str, str] | None:
    """Return the cells of the window before and of the last one, with their periods; None where there is no window before."""
    before = report.earlier_gaps[report.earlier_gaps["metric"].eq(metric) & report.earlier_gaps["dimension"].eq(dimension)]
    if before["value"].notna().sum() == 0:
        return None
    now = report.gaps_of(metric, dimension)
    return pd.concat([now, before], ignore_index=True), str(before["period"].iloc[0]), str(now["period"].iloc[0])


def certainty(report: Report, gaps: pd.DataFrame) -> pd.Series:
    """Rank metrics and dimensions by their surest gap to a group's disadvantage: 0 clear, 1 possible, 2 not seen, 3 not judged."""
    worse = [not is_better_off(row, report.voice) for row in records(gaps)]
    rank = gaps["verdict"].map({"clear": 0, "possible": 1, "not seen": 2}).fillna(3)
    rank = rank.where(pd.Series(worse, index=gaps.index, dtype=bool) | rank.ge(2), 2)
    return gaps.assign(_rank=rank).groupby(["metric", "dimension"], sort=False)["_rank"].min().sort_values(kind="stable")


def compared(report: Report, gaps: pd.DataFrame, *, most: int = 3) -> tuple[tuple[str, str], ...]:
    """Return the (metric, dimension) pairs with the surest gaps, at most so many; headline metrics first among equals."""
    return tuple((str(pair[0]), str(pair[1])) for pair in certainty(report, gaps).index.tolist()[:most])


def half_year(report: Report, metric: str) -> str:
    """Return the id under which a metric's groups are compared: a retention metric's time nearest to half a year, else the metric."""
    return next((one for one in overview.compared_metrics(report.contract) if one.partition("@")[0] == metric), metric)


def subject(report: Report) -> tuple[str, str]:
    """Return metric and dimension of a deep dive: what the roadmap names, else the surest gap.

    Raises
    ------
    ValueError
        If the report has no topic, or nothing can be compared.
    """
    if report.topic is None:
        raise ValueError("a deep dive needs a topic: the id of a line in roadmap.yml")
    pairs = compared(report, report.gaps, most=1)
    metric = report.topic.metric or (pairs[0][0] if pairs else None)
    dimension = report.topic.dimension or (pairs[0][1] if pairs else None)
    if metric is None or dimension is None:
        raise ValueError(
            f"roadmap.yml: topic '{report.topic.id}' names no metric and dimension, and nothing else can be compared; give both"
        )
    if half_year(report, metric) not in set(report.gaps["metric"]):
        # A number of people is no result; who is served has a section of its own, and results are those of the first share compared.
        metric = next(iter(overview.compared_metrics(report.contract)), metric).partition("@")[0]
    return metric, dimension


def unequal(report: Report, gaps: pd.DataFrame) -> tuple[Section, ...]:
    """Return the dashboard's section on unequal results: the surest gap with a figure, the other gaps as tables, the rest as a list.

    Parameters
    ----------
    report : Report
    gaps : DataFrame
        ``report.gaps``, or a part of it.
    """
    words, voice = report.words, report.voice
    families = certainty(report, gaps)
    ranks = {(str(pair[0]), str(pair[1])): int(rank) for pair, rank in zip(families.index.tolist(), families, strict=True)}
    if not ranks:
        return (Section(words("outcomes.nothing"), (Prose((words("outcomes.nothing_why"),)),), contents=words("outcomes.short")),)
    first, *others = ranks
    names = {pair: words("outcomes.by", metric=voice.metric(pair[0]), dimension=voice.dimension(pair[1])) for pair in others}
    body: list[Display] = [
        gap_table(gaps[gaps["metric"].eq(pair[0]) & gaps["dimension"].eq(pair[1])].reset_index(drop=True), voice=voice, caption=names[pair])
        for pair in others
        if ranks[pair] <= 1
    ]
    quiet: dict[str, list[str]] = {}
    for metric, dimension in others:
        if ranks[metric, dimension] > 1:
            quiet.setdefault(metric, []).append(voice.dimension(dimension))
    signals = len(body)
    if quiet:
        items = (words("outcomes.compared_by", metric=voice.metric(metric), list=words.list(by)) for metric, by in quiet.items())
        body.append(Bullets(tuple(items), heading=words("outcomes.no_signal")))
    heading = words("outcomes.others_possible", n=signals) if signals else words("outcomes.others_none")
    sections = (outcomes(report, *first), Section(heading, tuple(body), contents=words("outcomes.others_short")))
    return sections if body else sections[:1]


def benchmarks(report: Report, metric: str) -> Section:
    """Return the result of one metric beside its target and every benchmark, each with source, date, population and comparability."""
    words, voice = report.words, report.voice
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
    every = records(side_by_side(definition, value, date=report.date, language=voice.language))
    rows = [row for row in every if row["value"] == row["value"]]
    none = [words(f"benchmark.kind_{_kind(row)}") for row in every if row["value"] != row["value"]]
    notes = (words("benchmark.none_of_kind", list=words.list(none)),) if none else ()
    columns = tuple(
        Column(words(f"benchmark.column_{one}"), "number" if one == "value" else "text")
        for one in ("kind", "value", "source", "population", "note")
    )
    body = tuple(_benchmark_row(report, metric, row) for row in rows)
    shown = DataTable(words("benchmark.caption", metric=name), columns, body, notes=notes)
    lower = sum(value < float(row["value"]) for row in rows)
    heading = words("benchmark.heading_hidden", metric=name)
    if value == value:
        told = voice.value(metric, value)
        heading = words("benchmark.heading", metric=name, value=told, n=lower, of=len(rows)) if lower else words(
            "benchmark.heading_none", metric=name, value=told)  # fmt: skip
    return Section(heading, (shown,), contents=label(report, "benchmarks", metric=name))


def _written(report: Report, value: object) -> str:
    """Return a source, a year or a day as it is read."""
    return report.words.date(value) if isinstance(value, dt.date) else str(value)


def _kind(row: dict[str, Any]) -> str:
    """Return the kind of a benchmark as a key of the catalogues."""
    return str(row["kind"]).replace(" ", "_").replace("-", "_")


def _benchmark_row(report: Report, metric: str, row: dict[str, Any]) -> tuple[str | Cell, ...]:
    """Return one benchmark as it is read."""
    words, voice = report.words, report.voice
    number = float(row["value"])
    if row["kind"] == "target" and row["source"] == "contract":
        row = {**row, "source": words("benchmark.contract")}
    source = ", ".join(_written(report, row[one]) for one in ("source", "date") if not pd.isna(row[one]))
    known = [None if pd.isna(row[one]) else str(row[one]) for one in ("population", "comparability")]
    return (
        words(f"benchmark.kind_{_kind(row)}"),
        voice.value(metric, number),
        source or words("table.no_value"),
        known[0] or words("table.no_value"),
        known[1] or words("table.no_value"),
    )


def change(report: Report, metric: str, dimension: str) -> Chart | None:
    """Return the results of one metric by group in the window before and in the last one; None where there is no window before."""
    rows = _both_windows(report, metric, dimension)
    if rows is None:
        return None
    cells, earlier, later = rows
    return change_by_group(cells[cells["period"].eq(earlier)], cells[cells["period"].eq(later)], voice=report.voice)
