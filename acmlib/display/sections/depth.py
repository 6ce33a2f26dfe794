"""What stands behind a gap: whether it depends on the comparator, how two dimensions cross, whether it lies in where people are served."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from acmlib.analysis import overview
from acmlib.analysis.equity import summary_measures
from acmlib.contract.ids import DimensionId, pair
from acmlib.display.charts.decomposition import decomposition
from acmlib.display.claims import Claim
from acmlib.display.judgements import comparator_name, verdict_words, worst_off
from acmlib.display.objects import Cell, Column, DataTable, Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.rows import records

#: Verdicts of a gap that was judged.
JUDGED = ("clear", "possible", "not seen")


def comparisons(report: Report, metric: str, dimension: str) -> Section | None:
    """Return the gaps of one metric by one dimension under every comparator: target, best group, everyone, all others.

    None where the groups of this metric are not compared with each other (counts are set beside a base), and where this edition shows the
    gaps under one comparator only: nothing can depend on the choice then that readers see.
    """
    words, voice = report.words, report.voice
    gaps = _gaps(report, metric, dimension)
    if gaps.empty:
        return None
    found = report.assessment.by_comparator
    found = found[found["metric"].eq(metric) & found["dimension"].eq(dimension)]
    name = voice.dimension(dimension)
    short = words("comparisons.short", dimension=name)
    if not found["outcome_gap"].notna().any():
        hidden = gaps["status"].eq("hidden").any()
        why = "comparisons.none_hidden" if hidden else "comparisons.none_why"
        return Section(words("comparisons.hidden" if hidden else "comparisons.none"), (Prose((words(why),)),), contents=short)
    bases = list(dict.fromkeys(found.loc[found["outcome_gap"].notna(), "basis"]))
    if len(bases) < 2:
        return None
    heads = {basis: _base_name(report, found[found["basis"].eq(basis)].iloc[0].to_dict()) for basis in bases}
    unknown = report.contract.dimensions[dimension].not_recorded
    # Nothing is said about a group with too few people: comparing it with a target does not change that.
    compared = gaps[gaps["verdict"].isin(JUDGED) | gaps["group"].eq(gaps["comparator"])]
    groups = [str(group) for group in compared["group"] if group in set(found["group"]) and group not in unknown]
    judged = found[found["verdict"].isin(JUDGED) & found["group"].isin(groups)]
    judged = judged[judged.groupby("group")["basis"].transform("nunique").gt(1)]
    if judged.empty:  # no group was judged under more than one comparator
        return None
    body = tuple(
        (voice.group(dimension, group), *(_against(report, gaps, found, group, basis) for basis in bases)) for group in groups
    )  # fmt: skip
    caption = words("comparisons.caption", metric=voice.metric(metric), dimension=name)
    table = DataTable(caption, (Column(name.capitalize()), *(Column(heads[basis]) for basis in bases)), body)
    known = [str(group) for group in gaps["group"] if group not in unknown]
    heading = _heading(report, judged, known)
    return Section(heading, (table, Prose((words("comparisons.why"),))), contents=short)


def _gaps(report: Report, metric: str, dimension: str) -> pd.DataFrame:
    return report.gaps[report.gaps["metric"].eq(metric) & report.gaps["dimension"].eq(dimension)].reset_index(drop=True)


def _base_name(report: Report, row: Mapping[Any, Any]) -> str:
    """Return what a column compares with."""
    words = report.words
    if row["basis"] == "best":
        return words("comparisons.best")
    return words("comparisons.against", comparator=comparator_name(row, report.voice))


def _against(report: Report, gaps: pd.DataFrame, found: pd.DataFrame, group: str, basis: str) -> str | Cell:
    """Return one gap with its verdict, or that it was not judged."""
    rows = found[found["group"].eq(group) & found["basis"].eq(basis) & found["outcome_gap"].notna()]
    if rows.empty:
        return Cell(report.words("table.unjudged"), muted=True)
    row, voice = rows.iloc[0].to_dict(), report.voice
    metric, value = str(row["metric"]), float(gaps.loc[gaps["group"].eq(group), "value"].iloc[0])
    other = value - float(row["outcome_gap"])
    gap = voice.apart(metric, value, other, voice.places(metric, [(value, other)]))  # as the sentence about this gap
    return report.words("comparisons.cell", gap=gap, verdict=verdict_words(row, voice))


def _heading(report: Report, judged: pd.DataFrame, groups: list[str]) -> str:
    """Return the heading: groups with worse results under every comparator; *none* only if all of `groups` were judged under several."""
    words, voice = report.words, report.voice
    metric, period, dimension = (str(judged[name].iloc[0]) for name in ("metric", "period", "dimension"))
    behind = judged["worse"].eq(True) & judged["verdict"].eq("clear")
    always = [group for group in groups if (own := behind[judged["group"].eq(group)]).any() and own.all()]
    depends = [group for group in groups if behind[judged["group"].eq(group)].any() and group not in always]
    if depends or always:
        named, key = (depends, "depends") if depends else (always, "holds")
        claims = [Claim("gaps", metric, period, dimension, (group,), verdict="clear", about=key) for group in named]
        return words(f"comparisons.{key}", claim=claims, list=[voice.people(dimension, group) for group in named])
    every = set(groups) <= set(judged["group"])
    claim = Claim("gaps", metric, period, dimension, verdict="none clear", about="any comparator", shown_only=not every)
    return words("comparisons.nobody" if every else "comparisons.nobody_shown", claim=claim)


def crossed(report: Report, metric: str, dimension: str) -> tuple[DataTable, ...]:
    """Return the results of one metric by the groups of two dimensions, for each dimension that the contract pairs with this one.

    Results of few people are left out: a table of two dimensions goes on only until its cells become too small.
    """
    voice, cells = report.voice.about(metric), report.cells
    words = voice.words
    tables = []
    for by in _paired_with(report, dimension):
        own = cells[
            cells["metric"].eq(metric) & cells["dimension"].isin([pair(dimension, by), pair(by, dimension)]) & cells["value"].notna()
        ]
        own = own[own["denominator"].ge(report.contract.statistics.minimum_n)]
        found = {parts: row for row in records(own) if len(parts := DimensionId.parse(row["dimension"]).groups(str(row["group"]))) == 2}
        first = own["dimension"].eq(pair(dimension, by)).any()
        places = {(mine, other) if first else (other, mine): row for (mine, other), row in found.items()}
        mine, others = (list(dict.fromkeys(key[side] for key in places)) for side in (0, 1))
        if len(mine) < 2 or len(others) < 2:
            continue
        nothing = Cell(words("dive.too_few_cell"), muted=True)
        rows = tuple(
            (
                voice.group(dimension, group),
                *(_result(report, metric, places[group, other]) if (group, other) in places else nothing for other in others),
            )
            for group in mine
        )
        columns = (Column(voice.dimension(dimension).capitalize()), *(Column(voice.group(by, other), "number") for other in others))
        caption = words("dive.crossed", metric=voice.metric(metric), first=voice.dimension(dimension), second=voice.dimension(by))
        tables.append(DataTable(caption, columns, rows, notes=(words("dive.crossed_note"),)))
    return tuple(tables)


def _result(report: Report, metric: str, row: Mapping[str, Any]) -> str:
    return report.voice.result(metric, float(row["value"]), float(row["numerator"]), float(row["denominator"]))


def _paired_with(report: Report, dimension: str) -> list[str]:
    return [other for one, two in report.contract.pairs for mine, other in ((one, two), (two, one)) if mine == dimension]


def places(report: Report, metric: str, dimension: str) -> tuple[Section, ...]:
    """Return how much of the largest gap lies in where people are served; nothing where the contract crosses it with no other dimension."""
    frame = report.assessment.decompositions
    own = frame[frame["metric"].eq(metric) & frame["dimension"].eq(dimension)] if len(frame) else frame
    _, worst = worst_off(records(_gaps(report, metric, dimension)), report.voice)
    groups = [str(row["group"]) for row in worst]
    chosen = next((group for group in groups if len(own) and own["group"].eq(group).any()), None)
    tables = crossed(report, metric, dimension)
    if chosen is None:
        if not tables:
            return ()
        return (Section(tables[0].caption, tables, contents=report.words("dive.crossed_short")),)
    parts = own[own["group"].eq(chosen)]
    return tuple(_places(report, parts[parts["by"].eq(by)], str(by), tables) for by in dict.fromkeys(parts["by"]))


def _places(report: Report, parts: pd.DataFrame, by: str, tables: tuple[DataTable, ...]) -> Section:
    words, voice = report.words, report.voice
    row = parts.iloc[0]
    metric, dimension, group, comparator, period = (
        str(row[name]) for name in ("metric", "dimension", "group", "comparator_group", "period")
    )
    labels = {"group": voice.people(dimension, group), "comparator": voice.people(dimension, comparator), "by": voice.dimension(by)}
    short = words("places.short", by=labels["by"])
    if not parts[["where_served", "results", "gap"]].notna().all().all():
        return Section(words("places.unknown", **labels), (Prose((words("places.unknown_why", **labels),)), *tables), contents=short)
    total = parts.iloc[-1]
    plain = parts.drop(columns=["metric", "period", "dimension", "group", "comparator_group", "by"]).reset_index(drop=True)
    figure: list[Display] = [
        decomposition(plain, metric=metric, group=group, comparator=comparator, dimension=dimension, by=by, period=period, voice=voice)
    ]
    key = "places.where" if abs(total["where_served"]) > abs(total["results"]) else "places.results"
    told = {name: voice.gap(metric, float(total[name])) for name in ("where_served", "results", "gap")}
    body = (*figure, Prose((words("places.sentence", **told, **labels), words("places.caution"))), *tables)
    return Section(words(key, **labels), body, question=words("places.question", **labels), contents=short)


def if_all_matched(report: Report, gaps: pd.DataFrame) -> list[str]:
    """Say how many more people would have the result if every group matched the best; nothing unless a gap is clear.

    Parameters
    ----------
    gaps : DataFrame
        Rows of `acmlib.analysis.equity.disparities` of one metric and dimension.
    """
    metric = str(gaps["metric"].iloc[0])
    voice = report.voice.about(metric)
    verdict, worst = worst_off(records(gaps), voice)
    best = next((row for row in worst if row["basis"] == "best"), None)
    enough = gaps["denominator"].ge(report.contract.statistics.minimum_n) & gaps["value"].notna()
    known = gaps[enough & ~gaps["group"].isin(report.contract.dimensions[str(gaps["dimension"].iloc[0])].not_recorded)]
    if verdict != "clear" or best is None or voice.kind(metric) != "proportion" or len(known) < 2:
        return []
    better = overview.directions(report.contract)[metric]
    level = report.contract.statistics.level
    found = summary_measures(known["value"], known["denominator"], better=better, level=level).set_index("measure")
    name = voice.people(str(best["dimension"]), str(best["comparator"]))
    number, *limits = (float(one) for one in found.loc[["people"], ["value", "low", "high"]].to_numpy()[0])
    if any(math.isnan(one) for one in (number, *limits)):
        return []
    fewer = -1.0 if better == "lower" else 1.0
    low, high = sorted(max(0.0, fewer * one) for one in limits)
    return [voice.words(f"matched.{better}", n=round(fewer * number), low=round(low), high=round(high), group=name)]
