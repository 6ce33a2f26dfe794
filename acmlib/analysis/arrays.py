"""Turning what callers give (lists, arrays, Series) into checked arrays of floats; every error names the place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: What the statistics accept for a column of numbers.
Numbers = Sequence[float] | Array | pd.Series


def floats(given: Any, name: str) -> Array:
    """Return a one-dimensional float array; NaN (also None and pandas' NA) is kept as "not available".

    Parameters
    ----------
    given : sequence, array or Series of numbers
    name : str
        The argument's name, for messages.

    Raises
    ------
    ValueError
        If there is text, an infinite number, or more than one dimension.

    Examples
    --------
    >>> floats([1, None, 3], "values").tolist()
    [1.0, nan, 3.0]
    """
    series = given if isinstance(given, pd.Series) else pd.Series(list(given) if not isinstance(given, np.ndarray) else given, dtype=None)
    try:
        array = series.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}; use numbers, NaN where there is none") from error
    bad = np.flatnonzero(np.isinf(array))
    if len(bad):
        raise ValueError(f"{name}: entry {series.index[bad[0]]!r} is infinite; use numbers, NaN where there is none")
    return array


def counts(given: Any, name: str, *, whole: bool = True) -> Array:
    """Return `floats`, refusing negative numbers and, if `whole`, fractions.

    Raises
    ------
    ValueError
        Naming the first entry that is no count.

    Examples
    --------
    >>> counts([3, -1], "numerator")
    Traceback (most recent call last):
    ValueError: numerator: entry 1 is -1; use counts of 0 and more
    """
    array = floats(given, name)
    labels = given.index if isinstance(given, pd.Series) else pd.RangeIndex(len(array))
    for wrong, allowed in ((array < 0, "counts of 0 and more"), (whole & (array != np.round(array)) & ~np.isnan(array), "whole counts")):
        if wrong.any():
            place = int(np.flatnonzero(wrong)[0])
            raise ValueError(f"{name}: entry {labels[place]!r} is {array[place]:g}; use {allowed}")
    return array


def shares(numerator: Any, denominator: Any, *, whole: bool = True) -> tuple[Array, Array]:
    """Return numerator and denominator as `counts` of equal length, no numerator above its denominator.

    Raises
    ------
    ValueError
        Naming the first entry that is wrong.

    Examples
    --------
    >>> shares([1, 9], [2, 8])
    Traceback (most recent call last):
    ValueError: numerator: entry 1 is 9 of 8; use at most the denominator
    """
    above, below = counts(numerator, "numerator", whole=whole), counts(denominator, "denominator", whole=whole)
    if len(above) != len(below):
        raise ValueError(f"numerator has {len(above)} entries, denominator {len(below)}; use as many of one as of the other")
    labels = numerator.index if isinstance(numerator, pd.Series) else pd.RangeIndex(len(above))
    wrong = np.flatnonzero(above > below)
    if len(wrong):
        place = int(wrong[0])
        raise ValueError(f"numerator: entry {labels[place]!r} is {above[place]:g} of {below[place]:g}; use at most the denominator")
    return above, below
