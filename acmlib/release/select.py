"""Which cells of the metric table any page of a contract may show: gathered before anything is decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pandas as pd

from acmlib.contract.model import Contract
from acmlib.contract.periods import Period, parse_period
from acmlib.measures.table import ALL
from acmlib.release.waits import duration_times

#: Retention is compared between groups at one time only, the one nearest to half a year.
HALF_YEAR = 182
#: A window that would be cut short by the contract's begin is the contract's first half-year instead, or first quarter: it must not grow
#: from release to release, because two of them would show the month that came on.
FIRST_MONTHS = (6, 3)
#: Share of a metric's months (or quarters) that the rule hides by itself above which none of them are shown.
TOO_FINE = 0.2


def grain_of(periods: pd.Series) -> pd.Series:
    """Name the grain of each period text.

    Parameters
    ----------
    periods : Series of str
        Period texts of a metric table.

    Returns
    -------
    Series of str
        ``month``, ``quarter``, ``year``, ``rolling`` or ``term``.

    Examples
    --------
    >>> grain_of(pd.Series(["2026-05", "2026Q2", "2026", "P12M/2026-05", "term"])).tolist()
    ['month', 'quarter', 'year', 'rolling', 'term']
    """
    # A table has thousands of cells and a few dozen periods; assignment through masks took half the time of a dashboard.
    return periods.map({period: _grain(period) for period in periods.unique()}).astype("str")


def _grain(period: str) -> str:
    if period == "term":
        return "term"
    if period.startswith("P"):
        return "rolling"
    if "Q" in period:
        return "quarter"
    return "year" if len(period) == 4 else "month"


def _months_back(period: str, months: int) -> str:
    """Move the end of a rolling window, ``P12M/2026-05``, back by so many months."""
    length, _, end = period.partition("/")
    year, month = (int(part) for part in end.split("-"))
    number = year * 12 + month - 1 - months
    return f"{length}/{number // 12:04d}-{number % 12 + 1:02d}"


def _uncut(window: str, contract: Contract) -> str:
    """Return a rolling window; if the contract's begin cuts it short, the one that ends with the contract's first half-year, or quarter."""
    held = len(parse_period(window, starts=contract.contract.starts).months)
    first = next((months for months in FIRST_MONTHS if months <= held), held)
    return window if held == contract.statistics.rolling_months else _months_back(window, held - first)


def group_windows(cells: pd.DataFrame, contract: Contract, period: Period) -> dict[str, tuple[str, ...]]:
    """Name the periods in which groups of each metric are shown, latest first.

    These are the last rolling window and the one that ends where the last one begins; while the contract is too young for them, its first
    half-year or quarter. The whole contract is added when it has ended: shown every month, it would give each month away by subtraction.
    A metric of yearly counts is shown by calendar year; one without dates for the whole contract only.

    Parameters
    ----------
    cells : DataFrame
        Metric table.
    contract : Contract
    period : Period
        The period reported on.

    Returns
    -------
    dict
        Metric id to period texts.

    Examples
    --------
    >>> from acmlib.contract.periods import parse_period
    >>> cells = pd.DataFrame({"metric": "placed", "period": ["P12M/2025-06", "P12M/2026-05", "P12M/2026-06", "term"], "status": "shown"})
    >>> contract = Contract.model_validate(
    ...     {
    ...         "id": "demo",
    ...         "contract": {
    ...             "title": "Demo",
    ...             "provider": "A",
    ...             "agency": "B",
    ...             "program": "jobs",
    ...             "starts": "2024-07-01",
    ...             "ends": "2026-06-30",
    ...         },
    ...         "tables": {"participants": {"source": "data/demo.csv"}},
    ...         "metrics": {"placed": {"title": "Placed", "kind": "count"}},
    ...     }
    ... )
    >>> group_windows(cells, contract, parse_period("2026-06"))
    {'placed': ('P12M/2026-06', 'P12M/2025-06', 'term')}
    >>> group_windows(cells, contract, parse_period("2026-05"))
    {'placed': ('P12M/2026-06', 'P12M/2025-06')}
    """
    windows: dict[str, tuple[str, ...]] = {}
    for metric, rows in cells.groupby("metric", sort=False):
        known = rows[rows["status"].ne("immature")]["period"]
        grain = grain_of(known)
        rolling, years = sorted(set(known[grain == "rolling"])), sorted(set(known[grain == "year"]), reverse=True)
        chosen: list[str] = []
        if rolling:
            last = _uncut(rolling[-1], contract)
            earlier = _uncut(_months_back(rolling[-1], contract.statistics.rolling_months), contract)
            long_enough = len(parse_period(earlier, starts=contract.contract.starts).months) >= FIRST_MONTHS[0]
            chosen = [one for one in dict.fromkeys((last, earlier) if long_enough else (last,)) if one in rolling]
        ended = period.end >= contract.contract.ends
        windows[str(metric)] = (*chosen, *years, *(["term"] if ended or not (chosen or years) else []))
    for members in _seen_together(contract, windows):
        windows |= dict.fromkeys(members, min(windows[metric] for metric in members))
    return windows


def _seen_together(contract: Contract, metrics: Iterable[str]) -> list[list[str]]:
    """Name the metrics that one figure shows side by side, so that they need one window: the last in which all are known.

    These are the stages of the pathway, and the times of a retention metric up to the one at which groups are compared.
    """
    known = list(metrics)
    families = [[metric for metric in known if metric.startswith(("stage:", "reached:"))]]
    for name, metric in contract.metrics.items():
        last = min(metric.at, key=lambda days: abs(days - HALF_YEAR), default=0)
        families.append([one for days in metric.at if days <= last and (one := f"{name}@{days}d") in known])
    return [family for family in families if family]


def charted_metrics(contract: Contract) -> set[str]:
    """Name the metric ids that charts show over time: all but stages of the pathway and, of retention, other times than half a year.

    Parameters
    ----------
    contract : Contract
    """
    return {
        f"{name}@{min(metric.at, key=lambda days: abs(days - HALF_YEAR))}d" if metric.at else name
        for name, metric in contract.metrics.items()
    }


def select_cells(cells: pd.DataFrame, contract: Contract, period: Period) -> pd.DataFrame:
    """Keep the cells that pages may show: totals where they are charted, groups in `group_windows`; no times of waits (`released_waits`).

    Parameters
    ----------
    cells : DataFrame
        Metric table.
    contract : Contract
    period : Period
        The period reported on.

    Returns
    -------
    DataFrame
        Metric table with fewer rows, in the order given.
    """
    cells = cells[~cells["metric"].isin(duration_times(contract))]
    windows = group_windows(cells, contract, period)
    allowed = pd.DataFrame(
        [(metric, period, True) for metric, periods in windows.items() for period in periods], columns=["metric", "period", "_allowed"]
    )
    marked = cells.merge(allowed, on=["metric", "period"], how="left", validate="many_to_one")
    last = {metric: periods[0] for metric, periods in windows.items()}
    # Totals of older rolling windows overlap the newer ones month by month, the whole contract so far grows by a month; the monthly totals
    # say the same.
    grain = grain_of(marked["period"])
    stale = grain.isin(["rolling", "term"]) & marked["_allowed"].isna()
    uncharted = grain.isin(["month", "quarter"]) & ~marked["metric"].isin(charted_metrics(contract))
    total = marked["dimension"].eq("all") & ~stale & ~uncharted
    pairs = marked["dimension"].str.contains(" x ", regex=False) & marked["period"].ne(marked["metric"].map(last))
    keep = (total | marked["_allowed"].notna()) & ~pairs
    return marked.loc[keep].drop(columns="_allowed").reset_index(drop=True)


def one_grain(cells: pd.DataFrame, reason: pd.Series, by_quarter: Collection[str] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep one grain of each metric's totals over time: months, or quarters where too many months are small, or neither.

    Of two grains that overlap a reader would know more than of one, and a chart shows one only.

    Parameters
    ----------
    cells : DataFrame
        Metric table.
    reason : Series of str
        Why the rule hides a cell; empty where it does not.
    by_quarter : collection of str
        Metrics that were shown by quarter before: they stay so.

    Returns
    -------
    kept, left : DataFrame
        Metric tables. What is left is no cell of the release; its small counts are to be protected all the same.

    Examples
    --------
    >>> periods = ["2026-01", "2026-02", "2026-03", "2026Q1"]
    >>> cells = pd.DataFrame({"metric": "placed", "period": periods, "dimension": "all", "status": "shown"})
    >>> one_grain(cells, pd.Series(["", "", "", ""]))[0]["period"].tolist()
    ['2026-01', '2026-02', '2026-03']
    >>> one_grain(cells, pd.Series(["small numerator", "", "", ""]))[0]["period"].tolist()
    ['2026Q1']
    """
    grain = grain_of(cells["period"]).where(cells["dimension"].eq(ALL))
    known = cells["status"].ne("immature")
    left = pd.Series(False, index=cells.index)
    for metric, rows in cells[grain.isin(["month", "quarter"])].groupby("metric", sort=False):
        months, quarters = (rows.index[grain[rows.index].eq(one)] for one in ("month", "quarter"))
        months_small, quarters_small = (reason[at[known[at]]].ne("").mean() for at in (months, quarters))
        coarse = metric in by_quarter or months_small > TOO_FINE
        left[months if coarse else quarters] = True
        if coarse and quarters_small > TOO_FINE:
            left[quarters] = True
    return cells[~left].reset_index(drop=True), cells[left].reset_index(drop=True)
