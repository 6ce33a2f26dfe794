"""Who stays: the share still in the program over time, by group."""

from __future__ import annotations

from typing import Any

import pandas as pd

from acmlib.analysis import overview
from acmlib.contract.ids import MetricId
from acmlib.contract.kinds import main_id
from acmlib.display.charts.retention import retention_curves
from acmlib.display.claims import Claim
from acmlib.display.objects import Column, DataTable, Prose, Section
from acmlib.display.report import Report
from acmlib.display.rows import records

#: More lines than this cannot be told apart without colour.
MOST_CURVES = 4


def retention(report: Report, metric: str, dimension: str) -> Section:
    """Return how many are still in the program over time, by the groups of one dimension."""
    words, voice = report.words, report.voice
    cells = report.cells
    current = overview.in_periods(cells, overview.latest_periods(cells))
    rows = current[current["dimension"].eq(dimension) & current["metric"].map(lambda one: MetricId.parse(one).key).eq(metric)]
    compared = main_id(report.contract, metric)
    rows = rows[rows["period"].isin(rows.loc[rows["metric"].eq(compared), "period"])].reset_index(drop=True)
    name, short = voice.metric(metric), words("retention.short", dimension=voice.dimension(dimension))
    shown = rows[rows["value"].notna()]
    if shown.empty:
        why = "none_hidden" if rows["status"].eq("hidden").any() else "none"
        return Section(words(f"retention.{why}", metric=name), (Prose((words(f"retention.{why}_why"),)),), contents=short)
    unknown = report.contract.dimensions[dimension].not_recorded
    size = shown.groupby("group", sort=False)["denominator"].max().sort_values(ascending=False, kind="stable")
    known = [group for group in size.index if group not in unknown]
    figure = retention_curves(rows, voice=voice, groups=[str(group) for group in known[:MOST_CURVES]])
    heading = _range(report, rows[~rows["group"].isin(unknown)], dimension) or words(
        "retention.heading_one", metric=name, dimension=voice.dimension(dimension)
    )
    return Section(heading, (figure, Prose((words("retention.censored"),))), question=words("retention.question"), contents=short)


def _range(report: Report, rows: pd.DataFrame, dimension: str) -> str:
    """Say at the last time with two groups or more how many stay in the lowest and in the highest; nothing where there is none.

    Of those shown here, if some are not; and of results that are the same once rounded, that they are.
    """
    words, voice = report.words, report.voice
    ordered = sorted(records(rows[rows["value"].notna()]), key=lambda row: (_days(row), float(row["value"])))
    last = [row for row in ordered if row["metric"] == ordered[-1]["metric"]]
    if len(last) < 2:
        return ""
    metric = str(last[0]["metric"])
    low, high = last[0], last[-1]
    values = {"low": voice.value(metric, low["value"]), "high": voice.value(metric, high["value"])}
    names = {"metric": voice.metric(MetricId.parse(metric).key), "days": _days(low)}
    some = bool(rows.loc[rows["metric"].eq(metric), "value"].isna().any())
    if values["low"] == values["high"]:
        return words("retention.heading_same", value=values["low"], dimension=voice.dimension(dimension), **names)
    claims = [
        Claim(
            "largest",
            metric,
            str(row["period"]),
            dimension,
            (str(row["group"]),),
            direction=side,
            numbers=(("value", float(row["value"])),),
            shown_only=some,
        )
        for row, side in ((low, "lower"), (high, "higher"))
    ]
    groups = {"low_group": voice.people(dimension, str(low["group"])), "high_group": voice.people(dimension, str(high["group"]))}
    return words("retention.heading_shown" if some else "retention.heading", claim=claims, **values, **groups, **names)


def _days(row: dict[str, Any]) -> int:
    return MetricId.parse(row["metric"]).days or 0


def reasons_to_leave(report: Report, metric: str) -> Section | None:
    """Return for which reasons people left, where the contract counts reasons; None where it does not, or none is shown."""
    words, voice = report.words, report.voice
    reasons = [name for name, one in report.contract.dimensions.items() if getattr(one, "kind", None) == "reason"]
    counts = [name for name, one in report.contract.metrics.items() if one.kind == "count"]
    cells = overview.in_periods(report.cells, overview.latest_periods(report.cells))
    rows = cells[cells["dimension"].isin(reasons) & cells["metric"].isin(counts) & cells["numerator"].notna()]
    if rows.empty:
        return None
    rows = rows[rows["metric"].eq(rows["metric"].iloc[0])].sort_values("numerator", ascending=False, kind="stable")
    dimension = str(rows["dimension"].iloc[0])
    columns = (Column(voice.dimension(dimension).capitalize()), Column(words("table.numerator"), "number"))
    body = tuple((voice.group(dimension, str(row["group"])), words.number(row["numerator"])) for row in records(rows))
    caption = words("retention.reasons_caption", metric=voice.metric(str(rows["metric"].iloc[0])), period=str(rows["period"].iloc[0]))
    return Section(words("retention.reasons"), (DataTable(caption, columns, body),), contents=words("retention.reasons"))
