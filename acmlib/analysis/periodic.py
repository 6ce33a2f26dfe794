"""Results of each half-year of a contract (each contract year in the view of everybody), against the targets of that time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from acmlib.analysis.overview import directions
from acmlib.analysis.verdicts import MetricVerdict
from acmlib.analysis.views import contract_years, half_years
from acmlib.contract.ids import MetricId
from acmlib.contract.kinds import main_id
from acmlib.contract.model import Contract
from acmlib.contract.periods import parse_period
from acmlib.contract.targets import window_target
from acmlib.measures.table import ALL, METRIC_COLUMNS, grain_of

COLUMNS = (*METRIC_COLUMNS, "target", "state", "certain", "months_met", "months_judged")
#: Rounding of a target and a result that print alike.
ROUNDING = 1e-9


def periodic_results(table: pd.DataFrame, contract: Contract, verdicts: Mapping[str, MetricVerdict], *, date: dt.date) -> pd.DataFrame:
    """Return every metric in each half-year, or contract year where there are no half-years, against the targets of that time.

    Parameters
    ----------
    verdicts : mapping
        Metric id to its verdict: its chart says which months met their own target.
    date : date
        The data cut-off.

    Returns
    -------
    DataFrame
        Totals of the metric table with `target` (that of the time, weighted by its people; NaN: none), `state` (``met``, ``missed``,
        ``none agreed``, ``no direction``, ``not judged``), `certain` (the whole interval lies on that side), and of how many months with a
        figure and a target how many met it. Metrics in the contract's order, periods in theirs.
    """
    wanted = [main_id(contract, name) for name in contract.metrics]
    grain, known = grain_of(table["period"]), set(table["period"])
    spans = next((found for of in (half_years(contract), contract_years(contract)) if (found := known & set(of))), set())
    rows = table[table["dimension"].eq(ALL) & table["metric"].isin(wanted) & table["period"].isin(spans)]
    rows = rows[rows["status"].ne("no data")].drop_duplicates(["metric", "period"])
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = rows.assign(_place=rows["metric"].map(wanted.index), _end=rows["period"].str.partition("/")[2])
    rows = rows.sort_values(["_place", "_end"], kind="stable").drop(columns=["_place", "_end"])
    people = _people_by_month(table[grain.eq("month") & table["dimension"].eq(ALL)])
    better = directions(contract)
    met = {name: _months_met(verdicts.get(name), better[name]) for name in rows["metric"].unique()}
    judged = []
    for row in rows.to_dict("records"):
        name = str(row["metric"])
        judged.append(_judged(row, contract, better[name], met[name], people.get(name, {}), date))
    verdict = pd.DataFrame(judged, index=rows.index, columns=list(COLUMNS[len(METRIC_COLUMNS) :]))
    return rows[list(METRIC_COLUMNS)].join(verdict).reset_index(drop=True)


def _people_by_month(months: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Give, for each metric, the people of its months."""
    found: dict[str, dict[str, float]] = {}
    for metric, period, people in zip(months["metric"], months["period"], months["denominator"].fillna(0.0), strict=True):
        found.setdefault(str(metric), {})[str(period)] = float(people)
    return found


def _judged(
    row: Mapping[Any, object], contract: Contract, better: str, months: Mapping[str, bool], people: Mapping[str, float], date: dt.date
) -> tuple[float, str, bool, int, int]:
    """Return target, state, certainty, and months met of months judged, of one metric in one period."""
    metric, period = str(row["metric"]), str(row["period"])
    term, definition = contract.contract, contract.metrics[MetricId.parse(metric).key]
    window = parse_period(period, starts=term.starts, ends=max(term.starts, min(term.ends, date)))
    inside = {month: n for month, n in people.items() if window.start.strftime("%Y-%m") <= month <= window.end.strftime("%Y-%m")}
    target = window_target(definition, inside, as_of=min(window.end, date))
    value, low, high = (float(str(row[name])) for name in ("value", "low", "high"))
    if np.isnan(target) or better == "neither" or np.isnan(value):
        state = "none agreed" if np.isnan(target) else "no direction" if better == "neither" else "not judged"
        return target, state, False, 0, 0
    sign = _sign(better)
    met = sign * (value - target) >= -ROUNDING
    sides = sorted((sign * (low - target), sign * (high - target)))
    own = [months[month] for month in inside if month in months]
    return target, "met" if met else "missed", bool(sides[0] >= 0 if met else sides[1] < 0), sum(own), len(own)


def _sign(better: str) -> float:
    return -1.0 if better == "lower" else 1.0


def _months_met(verdict: MetricVerdict | None, better: str) -> dict[str, bool]:
    """Tell of each month with a figure and a target whether it met its own target."""
    if verdict is None or verdict.points.empty or "target" not in verdict.points:
        return {}
    value, target = (verdict.points[name].to_numpy(dtype=np.float64) for name in ("value", "target"))
    judged = ~np.isnan(value) & ~np.isnan(target) & ~verdict.points["unfinished"].to_numpy(dtype=bool)
    met = _sign(better) * (value - target) >= -ROUNDING
    return {str(month): good for month, good, one in zip(verdict.points.index, met.tolist(), judged.tolist(), strict=True) if one}
