"""The months that cells cover, counted from the contract's first month."""

from __future__ import annotations

import datetime as dt
from typing import TypeAlias

import pandas as pd

from acmlib.contract.model import Contract
from acmlib.contract.periods import contract_period
from acmlib.measures.table import ALL, ALL_PARTICIPANTS

#: A dimension and a group.
Place: TypeAlias = tuple[str, str]
#: First month, and the one after the last.
Span: TypeAlias = tuple[int, int]

EVERYBODY: Place = (ALL, ALL_PARTICIPANTS)


def month_of(day: dt.date, starts: dt.date) -> int:
    """Number a month from the contract's first one.

    Examples
    --------
    >>> month_of(dt.date(2026, 5, 31), dt.date(2025, 12, 1))
    5
    """
    return (day.year - starts.year) * 12 + day.month - starts.month


def spans_of(cells: pd.DataFrame, contract: Contract) -> list[Span]:
    """Return the months that each cell covers, within the contract; the whole contract for ``term``.

    Parameters
    ----------
    cells : DataFrame
        With `period`.
    """
    starts, ends = contract.contract.starts, contract.contract.ends
    months: dict[str, Span] = {}
    for text in cells["period"].unique():
        one = contract_period(contract, text)
        months[text] = max(month_of(one.start, starts), 0), month_of(min(one.end, ends), starts) + 1
    return [months[text] for text in cells["period"]]
