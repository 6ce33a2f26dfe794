"""What stands behind a gap: whether it depends on the comparator, what it is in people, whether it lies in where people are served."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from acmlib.analysis import overview
from acmlib.analysis.equity import decompose, summary_measures
from acmlib.display.charts.frames import records
from acmlib.display.charts.shares import decomposition
from acmlib.display.judgements import comparator_name, verdict_words, worst_off
from acmlib.display.objects import Cell, Column, DataTable, Display, Prose, Section
from acmlib.display.report import Report
from acmlib.measures.table import CROSS, pair


def comparisons(report: Report, metric: str, dimension: str) -> Section:
    """Return the gaps of one metric by one dimension under every comparator: target, best group, everyone, all others.

    Parameters
    ----------
    report : Report
    metric, dimension : str
        Ids of the contract.
    """
    words, voice = report.words, report.voice
    found = overview.by_comparator(report.cells, report.contract, date=report.date)
    found = found[found["metric"].eq(metric) & found["dimension"].eq(dimension)]
    name = voice.dimension(dimension)
    short = words("comparisons.short", dimension=name)
    if found.empty:
        return Section(words("comparisons.none"), (Prose((words("comparisons.none_why"),)),), contents=short)
    bases = list(dict.fromkeys(found["basis"]))
    heads = {basis: _base_name(report, found[found["basis"].eq(basis)].iloc[0].to_dict()) for basis in bases}
    groups = [group for group in report.gaps_of(metric, dimension)["group"] if group in set(found["group"])]
    body = tuple(
        (voice.group(dimension, group), *(_against(report, found, group, basis) for basis in bases)) for group in groups
    )  # fmt: skip
    caption = words("comparisons.caption", metric=voice.metric(metric), dimension=name)
    table = DataTable(caption, (Column(name.capitalize()), *(Column(heads[basis]) for basis in bases)), body)
    behind = found["worse"] & found["verdict"].eq("clear")
    always = [group for group in groups if behind[found["group"].eq(group)].all()]
    depends = [group for group in groups if behind[found["group"].eq(group)].any() and group not in always]
    return Section(_heading(report, dimension, always, depends), (table, Prose((words("comparisons.why"),))), contents=short)


def _base_name(report: Report, row: Mapping[Any, Any]) -> str:
    """Return what a column compares with."""
    words = report.words
    if row["basis"] == "best":
        return words("comparisons.best")
    return words("comparisons.against", comparator=comparator_name(row, report.voice))


def _against(report: Report, found: pd.DataFrame, group: str, basis: str) -> str | Cell:
    """Return one gap with its verdict, or that it was not judged."""
    rows = found[found["group"].eq(group) & found["basis"].eq(basis)]
    if rows.empty:
        return Cell(report.words("table.unjudged"), muted=True)
    row = rows.iloc[0].to_dict()
    gap = report.voice.gap(str(row["metric"]), float(row["outcome_gap"]))
    return report.words("comparisons.cell", gap=gap, verdict=verdict_words(row, report.voice))


def _heading(report: Report, dimension: str, always: list[str], depends: list[str]) -> str:
    words, voice = report.words, report.voice
    if depends:
        return words("comparisons.depends", list=[voice.people(dimension, group) for group in depends])
    if always:
        return words("comparisons.holds", list=[voice.people(dimension, group) for group in always])
    return words("comparisons.nobody")


def places(report: Report, metric: str, dimension: str) -> tuple[Section, ...]:
    """Return how much of the largest gap lies in where people are served; nothing where the contract crosses the dimension with no other.

    Parameters
    ----------
    report : Report
    metric, dimension : str
        Ids of the contract.
    """
    crossed = [other for one, two in report.contract.pairs for mine, other in ((one, two), (two, one)) if mine == dimension]
    _, worst = worst_off(records(report.gaps_of(metric, dimension)), report.voice)
    worst = [row for row in worst if row["basis"] in ("best", "group")]
    if not crossed or not worst or report.voice.kind(metric) != "proportion":
        return ()
    return tuple(_places(report, worst[0], dimension, by) for by in crossed)


def _places(report: Report, row: Mapping[Any, Any], dimension: str, by: str) -> Section:
    words, voice = report.words, report.voice
    metric, group, comparator, period = (str(row[name]) for name in ("metric", "group", "comparator", "period"))
    cells = report.cells
    there = {pair(dimension, by), pair(by, dimension)}
    own = cells[cells["metric"].eq(metric) & cells["period"].eq(period) & cells["dimension"].isin(there)]
    labels = {"group": voice.people(dimension, group), "comparator": voice.people(dimension, comparator), "by": voice.dimension(by)}
    short = words("places.short", by=labels["by"])
    both = own["group"].map(lambda name: {group, comparator} & set(name.split(CROSS)) != set()) if len(own) else own.index
    shown = own[both]
    if shown.empty or shown["status"].isin(["hidden", "immature"]).any():
        return Section(words("places.unknown", **labels), (Prose((words("places.unknown_why", **labels),)),), contents=short)
    parts = decompose(own, group, comparator, by=by)
    total = parts.iloc[-1]
    figure: list[Display] = [
        decomposition(parts, metric=metric, group=group, comparator=comparator, dimension=dimension, by=by, period=period, voice=voice)
    ]
    key = "places.where" if abs(total["where_served"]) > abs(total["results"]) else "places.results"
    told = {name: voice.gap(metric, float(total[name])) for name in ("where_served", "results", "gap")}
    body = (*figure, Prose((words("places.sentence", **told, **labels), words("places.caution"))))
    return Section(words(key, **labels), body, question=words("places.question", **labels), contents=short)


def if_all_matched(report: Report, gaps: pd.DataFrame) -> list[str]:
    """Say how many more people would have the result if every group matched the best; nothing unless a gap is clear.

    Parameters
    ----------
    report : Report
    gaps : DataFrame
        Rows of `acmlib.analysis.equity.disparities` of one metric and dimension.
    """
    voice, metric = report.voice, str(gaps["metric"].iloc[0])
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
    return [report.words(f"matched.{better}", n=round(fewer * number), low=round(low), high=round(high), group=name)]
