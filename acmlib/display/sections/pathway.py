"""The way through the programme: where people are lost, where a gap opens and whose stage that is, and who stays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from acmlib.analysis import overview
from acmlib.analysis.pathway import stages
from acmlib.analysis.visible_stages import visible_gap_opens
from acmlib.contract.model import Pathway
from acmlib.display.charts import change as paired
from acmlib.display.charts.frames import records
from acmlib.display.charts.retention import retention_curves
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Prose, Section
from acmlib.display.report import Report

#: More lines than this cannot be told apart without colour.
MOST_CURVES = 4


def _current(report: Report, dimension: str) -> pd.DataFrame:
    """Return the cells of pathway and retention in their latest window, for one dimension."""
    cells = report.cells
    return overview.in_periods(cells, overview.latest_periods(cells)).query("dimension == @dimension")


def _no_pathway(report: Report) -> Section:
    words = report.words
    return Section(words("pathway.none"), (Prose((words("pathway.none_why"),)),), contents=words("pathway.short"))


def pathway(report: Report) -> Section:
    """Return the stages for everyone together: how many reached each, of how many, and whose stage it is."""
    way = report.contract.pathway
    if way is None:
        return _no_pathway(report)
    words, voice = report.words, report.voice
    cells = report.cells
    latest = overview.latest_periods(cells)
    totals = overview.in_periods(cells, latest).query("dimension == 'all'")
    found = _reached(records(stages(totals, way)))
    columns = tuple(
        Column(words(f"pathway.column_{one}"), "text" if one in ("stage", "owner") else "number")
        for one in ("stage", "owner", "reached", "conversion", "of_all")
    )
    rows = tuple(
        (
            voice.stage(row["stage"]),
            words(f"party.{row['owner']}") if words.has(f"party.{row['owner']}") else str(row["owner"]),
            _number(report, row, "reached"),
            _share(report, row, "conversion"),
            _share(report, row, "of_all"),
        )
        for row in found
    )
    known = [row for row in found if row["conversion"] == row["conversion"]]
    period = words.period(str(found[0]["period"])) if found else ""
    caption = words("pathway.caption", period=period)
    if known:
        lowest = min(known, key=lambda row: float(row["conversion"]))
        key = "heading" if len(known) == len(found) - 1 else "heading_partly"
        heading = words(f"pathway.{key}", stage=voice.stage(lowest["stage"]), share=lowest["conversion"])
    else:
        heading = words("pathway.heading_hidden")
    return Section(heading, (DataTable(caption, columns, rows),), contents=words("pathway.short"))


def _reached(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the stages with how many reached one that is hidden itself, where the next one shows it as those it is a share of."""
    rows = [dict(row) for row in found]
    for row, after in pairwise(rows):
        if row["reached"] != row["reached"] and after["of"] == after["of"]:
            row["reached"] = after["of"]
    return rows


def _number(report: Report, row: dict[str, Any], name: str) -> str | Cell:
    """Return a count, or why there is none."""
    value = row[name]
    return report.words.number(value) if value == value else Cell(report.voice.status(str(row["status"])), muted=True)


def _share(report: Report, row: dict[str, Any], name: str) -> str | Cell:
    """Return a share; a dash where it does not apply, a word where it is hidden."""
    value = row[name]
    if value == value:
        return report.words.percent(value)
    hidden = row["position"] > 0 and row["status"] == "hidden"
    return Cell(report.voice.status("hidden") if hidden else report.words("table.unjudged"), muted=True)


def gap_opens(report: Report, dimension: str) -> Section:
    """Return at which stage the largest gap at the end of the pathway opens, and whose stage that is.

    Parameters
    ----------
    report : Report
    dimension : str
    """
    way = report.contract.pathway
    if way is None:
        return _no_pathway(report)
    words, voice = report.words, report.voice
    cells = _current(report, dimension)
    opened = visible_gap_opens(
        cells, way, minimum_n=report.contract.statistics.minimum_n, not_recorded=overview.not_recorded(report.contract)
    )
    name = voice.dimension(dimension)
    behind = opened if opened.empty else opened[opened["opens"].eq(True) & opened["final_gap"].le(-report.contract.statistics.materiality)]
    if behind.empty:
        return Section(
            words("pathway.no_gap", dimension=name),
            (Prose((words("pathway.no_gap_why"),)),),
            contents=words("pathway.opens_short", dimension=name),
        )
    behind = behind.sort_values("final_gap", kind="stable")
    sentences = tuple(_opening_sentence(report, way, row) for row in records(behind))
    worst = behind.iloc[0]
    steps = opened[opened["group"].eq(worst["group"])]
    figure = paired.pathway(_both(steps), group=str(worst["group"]), comparator=str(worst["comparator"]), voice=voice)
    together = [_stages(report, names) for names in steps["stages"] if len(names) > 1]
    merged = [Prose((words("pathway.merged", list="; ".join(together)),))] if together else []
    heading = words("pathway.opens", group=voice.people(dimension, str(worst["group"])), stage=_stages(report, worst["stages"]))
    question = words("pathway.question", stage=_stages(report, worst["stages"]), owner=_owners(report, way, worst["stages"]))
    return Section(heading, (figure, *merged, Bullets(sentences)), question=question, contents=words("pathway.opens_short", dimension=name))


def _both(steps: pd.DataFrame) -> pd.DataFrame:
    """Turn the comparison of two groups, a row a step, into cells of the metric table."""
    sides = [("group", "reached", "of"), ("comparator", "comparator_reached", "comparator_of")]
    parts = [
        pd.DataFrame(
            {
                "metric": "stage:" + steps["stage"],
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


def _stages(report: Report, names: Sequence[str]) -> str:
    """Return the stages that are taken together, in words."""
    return report.words.list([report.voice.stage(name) for name in names])


def _owners(report: Report, way: Pathway, names: Sequence[str]) -> str:
    """Return whose stages these are, in words."""
    owners = dict.fromkeys(stage.owner for stage in way.stages if stage.stage in names)
    return report.words.list([report.words(f"party.{owner}") if report.words.has(f"party.{owner}") else owner for owner in owners])


def _opening_sentence(report: Report, way: Pathway, row: dict[str, Any]) -> str:
    """Say for one group where the gap opens and what would follow if that stage were equal."""
    voice, dimension = report.voice, str(row["dimension"])
    return report.words(
        "pathway.opens_sentence",
        group=voice.people(dimension, str(row["group"])),
        comparator=voice.people(dimension, str(row["comparator"])),
        final=row["final"],
        comparator_final=row["comparator_final"],
        stage=_stages(report, row["stages"]),
        owner=_owners(report, way, row["stages"]),
        conversion=row["conversion"],
        comparator_conversion=row["comparator_conversion"],
        n=math.ceil(row["people"]),
    )


def retention(report: Report, metric: str, dimension: str) -> Section:
    """Return how many are still in the programme over time, by the groups of one dimension.

    Parameters
    ----------
    report : Report
    metric : str
        Id of a retention metric.
    dimension : str
    """
    words, voice = report.words, report.voice
    cells = _current(report, dimension)
    rows = cells[cells["metric"].str.partition("@")[0].eq(metric)]
    compared = next((one for one in overview.compared_metrics(report.contract) if one.partition("@")[0] == metric), metric)
    rows = rows[rows["period"].isin(rows.loc[rows["metric"].eq(compared), "period"])].reset_index(drop=True)
    name = voice.metric(metric)
    shown = rows[rows["value"].notna()]
    if shown.empty:
        return Section(words("retention.none", metric=name), (Prose((words("retention.none_why"),)),), contents=name)
    size = shown.groupby("group", sort=False)["denominator"].max().sort_values(ascending=False, kind="stable")
    known = [group for group in size.index if group not in report.contract.dimensions[dimension].not_recorded]
    figure = retention_curves(rows, voice=voice, groups=[str(group) for group in known[:MOST_CURVES]])
    heading = _range(report, shown[shown["group"].isin(known)], dimension) or words(
        "retention.heading_one", metric=name, dimension=voice.dimension(dimension)
    )
    body = (figure, Prose((words("retention.censored"),)))
    return Section(
        heading, body, question=words("retention.question"), contents=words("retention.short", dimension=voice.dimension(dimension))
    )


def _range(report: Report, shown: pd.DataFrame, dimension: str) -> str:
    """Say at the last time with two groups or more how many stay in the lowest and in the highest; nothing where there is none."""
    rows = sorted(records(shown), key=lambda row: (int(str(row["metric"]).partition("@")[2].rstrip("d")), float(row["value"])))
    last = [row for row in rows if row["metric"] == rows[-1]["metric"]]
    if len(last) < 2:
        return ""
    metric, _, time = str(last[0]["metric"]).partition("@")
    low, high = last[0], last[-1]
    return report.words(
        "retention.heading",
        metric=report.voice.metric(metric),
        days=int(time.rstrip("d")),
        low=report.voice.value(metric, low["value"]),
        high=report.voice.value(metric, high["value"]),
        low_group=report.voice.group(dimension, str(low["group"])),
        high_group=report.voice.group(dimension, str(high["group"])),
    )
