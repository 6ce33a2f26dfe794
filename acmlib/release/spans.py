"""The months that cells cover, as numbers, so that periods can be compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TypeAlias

import pandas as pd

from acmlib.contract.model import Contract
from acmlib.contract.periods import parse_period

#: First and last month, as numbers; None for what has no dates.
Span: TypeAlias = tuple[int, int] | None


def month_number(day: dt.date) -> int:
    """Number the months, so that spans can be compared.

    Examples
    --------
    >>> month_number(dt.date(2026, 5, 31)) - month_number(dt.date(2025, 12, 1))
    5
    """
    return day.year * 12 + day.month - 1


def spans(cells: pd.DataFrame, contract: Contract) -> list[Span]:
    """Give the months that each cell covers, as numbers; None for what has no dates.

    ``term`` runs from the metric's first month to the last whose outcomes are known. A curve over the whole contract (metric
    ids with ``@``) and a cohort of which nothing is known yet hold everybody.

    Parameters
    ----------
    cells : DataFrame
        Metric table, also with months that no page shows.
    contract : Contract

    Returns
    -------
    list of (int, int) or None
    """
    starts = contract.contract.starts
    cached: dict[str, tuple[int, int]] = {}
    for text in cells["period"].unique():
        if text != "term":
            period = parse_period(text, starts=starts)
            cached[text] = (month_number(period.start), month_number(period.end))
    term = _terms(cells, cached)
    return [cached.get(text) or term.get(metric) for metric, text in zip(cells["metric"], cells["period"], strict=True)]


def months_of(cells: pd.DataFrame, table: pd.DataFrame, contract: Contract) -> list[Span]:
    """Give the months that each of some cells of a metric table covers.

    Parameters
    ----------
    cells : DataFrame
        Some cells of `table`.
    table : DataFrame
        The whole metric table.
    contract : Contract

    Returns
    -------
    list of (int, int) or None
    """
    everything = pd.concat([table[table["dimension"].eq("all")], cells], ignore_index=True)
    return spans(everything, contract)[len(everything) - len(cells) :]


def _terms(cells: pd.DataFrame, cached: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Give the months of each metric's whole contract."""
    single = cells[cells["dimension"].eq("all") & ~cells["period"].str.startswith("P") & cells["period"].ne("term")]
    found: dict[str, tuple[int, int]] = {}
    for metric, rows in single.groupby("metric", sort=False):
        known = rows["period"] if "@" in str(metric) else rows.loc[rows["status"].ne("immature"), "period"]
        periods: Iterable[str] = known if len(known) else rows["period"]
        found[str(metric)] = (min(cached[text][0] for text in periods), max(cached[text][1] for text in periods))
    return found
