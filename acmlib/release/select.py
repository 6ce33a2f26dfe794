"""Which cells of the metric table any page of a contract may show: gathered before anything is decided."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from acmlib.analysis.views import charted_metrics, group_windows
from acmlib.contract.model import Contract
from acmlib.contract.periods import Period
from acmlib.measures.table import ALL, grain_of
from acmlib.release.waits import duration_times

__all__ = ["charted_metrics", "grain_of", "group_windows", "one_grain", "select_cells"]

#: Share of a metric's months (or quarters) that the rule hides by itself above which none of them are shown.
TOO_FINE = 0.2


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
