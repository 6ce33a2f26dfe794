"""Reaches the verdicts of `acmlib.analysis.verdicts`: the target of the window, and change over the window shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from acmlib.analysis import overview
from acmlib.analysis.change_verdict import MetricContext, change_of
from acmlib.analysis.chart_rules import LIMIT, assurance_of
from acmlib.analysis.chart_rules import limits as chart_limits
from acmlib.analysis.control_charts import Rebase
from acmlib.analysis.over_time import MONTHLY, QUARTERLY, period_of, points_over_time
from acmlib.analysis.verdicts import ChangeVerdict, MetricVerdict, TargetVerdict
from acmlib.analysis.views import View
from acmlib.contract.ids import MetricId
from acmlib.contract.model import Contract
from acmlib.contract.periods import parse_period
from acmlib.contract.targets import target_on, window_target
from acmlib.measures.table import ALL, grain

#: Results as good as the target but for rounding meet it.
ROUNDING = 1e-12
#: What a chart's `variation` is called after the verdict on change.
_CHART_WORDS = {
    "better": "improvement", "worse": "concern", "higher": "neutral high", "lower": "neutral low", "no clear change": "common cause",
}  # fmt: skip


def metric_verdicts(
    table: pd.DataFrame, cells: pd.DataFrame, contract: Contract, *, date: dt.date, rebases: Mapping[str, Sequence[Rebase]], view: View
) -> dict[str, MetricVerdict]:
    """Return the verdict on every metric id that has totals.

    Parameters
    ----------
    table : DataFrame
        The whole metric table: verdicts on change rest on its months, whatever a view shows.
    date : date
        The data cut-off.
    rebases : mapping
        Metric to the changes agreed and made, from `acmlib.analysis.actions.rebases`.
    view : {"rolling", "years"}
        ``years`` charts quarters instead of months; its verdicts are those of the months all the same.

    Returns
    -------
    dict
        Metric id to `MetricVerdict`.
    """
    wanted = set(cells.loc[cells["dimension"].eq(ALL), "metric"])
    totals = table[table["dimension"].eq(ALL) & table["metric"].isin(wanted)]
    last = overview.in_periods(totals, overview.latest_periods(cells)).set_index("metric")
    rows = {str(name): {str(key): value for key, value in row.items()} for name, row in last.to_dict("index").items()}
    better = overview.directions(contract)
    verdicts = {}
    for name, own in _by_metric(totals).items():
        key = MetricId.parse(name).key
        given = MetricContext(contract, name, contract.metrics.get(key), better[name], date, tuple(rebases.get(key, ())))
        verdicts[name] = _verdict(given, own, rows.get(name, {}), view)
    return verdicts


def _by_metric(totals: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of each metric id, in the order in which they first occur."""
    codes, names = pd.factorize(totals["metric"])
    ordered = totals.iloc[np.argsort(codes, kind="stable")]
    ends = np.cumsum(np.bincount(codes, minlength=len(names))).tolist()
    return {str(name): ordered.iloc[first:end] for name, first, end in zip(names, [0, *ends], ends, strict=False)}


def term_results(table: pd.DataFrame, contract: Contract, *, date: dt.date) -> pd.DataFrame:
    """Return every metric over the whole contract so far against its targets, weighted by the people of each month.

    Parameters
    ----------
    date : date
        The data cut-off.

    Returns
    -------
    DataFrame
        Rows of the metric table (period ``term``, everyone together), with `target, distance` (value - target), `state` and `certain` as in
        `acmlib.analysis.verdicts.TargetVerdict`.
    """
    totals = table[table["dimension"].eq(ALL)]
    rows = totals[totals["period"].eq("term")]
    better, found = overview.directions(contract), []
    by_metric = _by_metric(totals)
    for row in rows.to_dict("records"):
        name = str(row["metric"])
        given = MetricContext(contract, name, contract.metrics.get(MetricId.parse(name).key), better[name], date, ())
        known = {str(key): value for key, value in row.items()}
        found.append(_target(given, by_metric[name], pd.DataFrame(), known, ChangeVerdict()))
    values = np.array([one.value for one in found], dtype=np.float64)
    return rows.reset_index(drop=True).assign(
        target=values,
        distance=rows["value"].to_numpy() - values,
        state=pd.Series([one.state for one in found], dtype="str"),
        certain=[one.certain for one in found],
    )


def _verdict(given: MetricContext, totals: pd.DataFrame, row: Mapping[str, object], view: View) -> MetricVerdict:
    def charted(grains: Sequence[str]) -> pd.DataFrame:
        return points_over_time(totals, given.contract, given.promised, given.better, date=given.date, rebases=given.rebases, grains=grains)

    judged = charted(MONTHLY) if given.is_charted else pd.DataFrame()
    change = change_of(judged, given, dated=any(text != "term" for text in totals["period"].tolist()))
    target = _target(given, totals, judged, row, change)
    points = charted(QUARTERLY) if view == "years" and len(judged) and grain(str(judged.index[0])) == "month" else judged
    numbers = {name: float(str(row.get(name, np.nan))) for name in ("numerator", "denominator", "value", "low", "high")}
    return MetricVerdict(
        metric=given.name,
        period=str(row.get("period", "")),
        status=str(row.get("status", "no data")),
        target=target,
        change=change,
        points=_with_words(points, judged, change, target, given),
        **numbers,
    )


def _target(
    given: MetricContext, totals: pd.DataFrame, points: pd.DataFrame, row: Mapping[str, object], change: ChangeVerdict
) -> TargetVerdict:
    """Return the verdict on the target of a window, and how many months met their own since the last change."""
    metric = given.promised
    if metric is None or not metric.target:
        return TargetVerdict()
    period = str(row.get("period", "term"))
    people = _people(totals, period, given) if len(metric.target) > 1 else {}
    value = window_target(metric, people, as_of=_last_day(period, given.date))
    verdict = TargetVerdict(value=value, in_force=target_on(metric, given.date))
    if np.isnan(value):
        return verdict
    if given.better == "neither":
        return replace(verdict, state="no direction")
    result, low, high = (float(str(row.get(name, np.nan))) for name in ("value", "low", "high"))
    sign = -1.0 if given.better == "lower" else 1.0
    if np.isnan(result):
        verdict = replace(verdict, state="not judged")
    else:
        met = sign * (result - value) >= -ROUNDING * max(abs(value), 1)
        sides = sorted((sign * (low - value), sign * (high - value)))
        verdict = replace(verdict, state="met" if met else "missed", certain=bool(sides[0] >= 0 if met else sides[1] < 0))
    if points.empty:
        return verdict
    since = change.since or str(points.index[0])
    labels = points.index.tolist()
    results, targets = (points[name].to_numpy(dtype=np.float64) for name in ("value", "target"))
    known = ~np.isnan(results) & ~np.isnan(targets) & ~points["unfinished"].to_numpy(dtype=bool)
    known &= np.array([one >= since for one in labels])
    good = sign * (results - targets) >= -ROUNDING * np.abs(targets).clip(min=1)
    first = next((one for one, judged in zip(labels, known.tolist(), strict=True) if judged), "")
    return replace(verdict, months_met=int((good & known).sum()), months_judged=int(known.sum()), since=first)


def _last_day(period: str, date: dt.date) -> dt.date:
    return date if period == "term" else min(parse_period(period).end, date)


def _people(totals: pd.DataFrame, period: str, given: MetricContext) -> dict[str, float]:
    """Return the people of each month (quarter, year) of a window, from the finest grain there is."""
    starts_on, ends_on = given.contract.contract.starts, given.date
    window = parse_period(period, starts=starts_on, ends=max(starts_on, ends_on))
    people = dict(zip(totals["period"].tolist(), totals["denominator"].fillna(0.0).tolist(), strict=True))
    for wanted in (*MONTHLY, "rolling"):  # fiscal years are rolling windows, of which nothing finer was sent
        inside = {text: period_of(text) for text in people if grain(text) == wanted}
        if inside:
            return {text: people[text] for text, one in inside.items() if one.start <= window.end and window.start <= one.end}
    return {}


def _with_words(
    points: pd.DataFrame, judged: pd.DataFrame, change: ChangeVerdict, target: TargetVerdict, given: MetricContext
) -> pd.DataFrame:
    """Make the chart agree with the verdict: take `variation` from the verdict, `assurance` from the points since the change."""
    if points.empty:
        return points
    variation = _CHART_WORDS.get(change.state, "missing")
    values = judged["value"].to_numpy(dtype=np.float64)
    after = np.array([label >= change.since for label in judged.index.tolist()])
    since = values[after & ~np.isnan(values) & ~judged["unfinished"].to_numpy(dtype=bool)]
    assurance = "none"
    if len(since) >= given.contract.statistics.control_chart_points:
        mean, typical = chart_limits(since, None, screen=True)
        reach = LIMIT * typical
        assurance = assurance_of(given.better, target.in_force, mean - reach, mean + reach)
    return points.assign(variation=variation, assurance=assurance)


__all__ = ["change_of", "metric_verdicts", "term_results"]
