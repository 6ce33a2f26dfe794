"""The metric table: the one shape in which numbers travel from `measures` to a page."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.contract import ids, kinds

#: Columns of the metric table, always these, in this order. Later steps add columns after them and change none.
METRIC_COLUMNS = ("metric", "period", "dimension", "group", "numerator", "denominator", "value", "low", "high", "status")
#: What identifies a cell.
KEY_COLUMNS = METRIC_COLUMNS[:4]
#: Numbers of a cell; NaN is "not available".
NUMBER_COLUMNS = METRIC_COLUMNS[4:9]

SHOWN = "shown"
#: Hidden by privacy rules (`acmlib.release`).
HIDDEN = "hidden"
#: Too few people for a percentage (`acmlib.measures.reliability`).
UNRELIABLE = "unreliable"
#: The outcome's window is still open: not yet knowable, never a failure.
IMMATURE = "immature"
#: Nothing was sent, or nobody is in the cohort.
NO_DATA = "no data"
#: The sender of an aggregated submission hid the count itself.
SUPPRESSED_BY_SENDER = "suppressed by sender"
#: The check of the data found an error in what the figure is made of: it is not published.
IN_ERROR = kinds.IN_ERROR
STATUSES = (SHOWN, HIDDEN, UNRELIABLE, IMMATURE, NO_DATA, SUPPRESSED_BY_SENDER, IN_ERROR)

#: Dimension and group of everyone together.
ALL, ALL_PARTICIPANTS = ids.ALL, ids.ALL_PARTICIPANTS
#: Group of the small groups of an edition, put together.
OTHER_GROUPS = "Other groups"

#: Columns of a part of a metric table.
Columns: TypeAlias = Mapping[str, NDArray[Any]]
#: Setting of pandas: texts are Python's own. Frames are small and many; half the time would go into converting texts to Arrow and back.
PLAIN_TEXTS = ("mode.string_storage", "python")


def different_rows(table: pd.DataFrame, *names: str) -> tuple[list[tuple[str, ...]], NDArray[np.intp]]:
    """Return what stands in some columns of texts, each combination once, and for each row which of them it has.

    Examples
    --------
    >>> rows, which = different_rows(pd.DataFrame({"metric": ["a", "b", "a"], "status": "shown"}), "metric", "status")
    >>> rows, which.tolist()
    ([('a', 'shown'), ('b', 'shown')], [0, 1, 0])
    """
    coded = [pd.factorize(table[name]) for name in names]
    numbers = np.ravel_multi_index([codes for codes, _ in coded], [max(len(texts), 1) for _, texts in coded])
    _, first, which = np.unique(numbers, return_index=True, return_inverse=True)
    return list(zip(*(texts[codes[first]].tolist() for codes, texts in coded), strict=True)), which


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
    # A table has thousands of cells and a few dozen periods.
    return periods.map({period: grain(period) for period in periods.unique()}).astype("str")


@functools.lru_cache(maxsize=4096)
def grain(period: str) -> str:
    """Name the grain of one period text.

    Examples
    --------
    >>> grain("2026Q2"), grain("P12M/2026-05")
    ('quarter', 'rolling')
    """
    if period == "term":
        return "term"
    if period.startswith("P"):
        return "rolling"
    if "Q" in period:
        return "quarter"
    return "year" if len(period) == 4 else "month"


def empty_metric_table() -> pd.DataFrame:
    """Metric table without rows, each column with its type.

    Examples
    --------
    >>> len(empty_metric_table()), empty_metric_table()["value"].dtype.name
    (0, 'float64')
    """
    return _typed(pd.DataFrame(columns=list(METRIC_COLUMNS)))


def metric_rows(parts: Sequence[Columns]) -> pd.DataFrame:
    """Metric table from the columns of its parts, one below the other.

    Parameters
    ----------
    parts : sequence of mappings
        Each with one array a column of `METRIC_COLUMNS`, of equal lengths.

    Returns
    -------
    DataFrame
        With `METRIC_COLUMNS`.

    Examples
    --------
    >>> part = {name: np.array([1.0]) if name in NUMBER_COLUMNS else np.array(["shown"]) for name in METRIC_COLUMNS}
    >>> metric_rows([part, part])["value"].tolist()
    [1.0, 1.0]
    """
    if not parts:
        return empty_metric_table()
    return _typed(pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in METRIC_COLUMNS}))


def check_metric_table(table: pd.DataFrame, *, place: str = "metric table") -> pd.DataFrame:
    """Return `table` if it is a metric table, and refuse it otherwise.

    Further columns after `METRIC_COLUMNS` are fine.

    Parameters
    ----------
    table : DataFrame
        What should be a metric table.
    place : str
        Who asks, for the message.

    Raises
    ------
    ValueError
        If columns are missing or in another order, a number column holds text or infinities, a status is none of `STATUSES`,
        a hidden, immature or missing cell has a value, or a cell stands there twice.

    Examples
    --------
    >>> check_metric_table(pd.DataFrame({"metric": ["placed"]}), place="disparities")
    Traceback (most recent call last):
    ValueError: disparities: columns are metric; use metric, period, dimension, group, numerator, denominator, value, low, high, status
    """
    given = list(table.columns[: len(METRIC_COLUMNS)])
    if given != list(METRIC_COLUMNS):
        raise ValueError(f"{place}: columns are {', '.join(map(str, given))}; use {', '.join(METRIC_COLUMNS)}")
    for name in NUMBER_COLUMNS:
        if table[name].dtype != np.float64:
            raise ValueError(f"{place}: column {name} is of type {table[name].dtype}; use float64, NaN where there is no number")
        endless = np.isinf(table[name])
        if endless.any():
            raise ValueError(f"{place}: column {name} is infinite for {_first(table, endless)}; use NaN where there is no number")
    strange = ~table["status"].isin(STATUSES)
    if strange.any():
        given_status = table.loc[strange, "status"].iloc[0]
        raise ValueError(f"{place}: status of {_first(table, strange)} is '{given_status}'; use {', '.join(STATUSES)}")
    told = table["value"].notna() & table["status"].isin((HIDDEN, IMMATURE, NO_DATA, SUPPRESSED_BY_SENDER, IN_ERROR))
    if told.any():
        raise ValueError(f"{place}: {_first(table, told)} is '{table.loc[told, 'status'].iloc[0]}' and has a value; use NaN")
    twice = table.duplicated(list(KEY_COLUMNS))
    if twice.any():
        raise ValueError(f"{place}: {_first(table, twice)} stands there twice; use one row a metric, period, dimension and group")
    return table


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    types = {name: "float64" if name in NUMBER_COLUMNS else "str" for name in METRIC_COLUMNS}
    return table.loc[:, list(METRIC_COLUMNS)].astype(types)


def _first(table: pd.DataFrame, marked: pd.Series) -> str:
    row = table.loc[marked, list(KEY_COLUMNS)].iloc[0]
    return f"{row['metric']}, {row['period']}, {row['dimension']}, {row['group']}"
