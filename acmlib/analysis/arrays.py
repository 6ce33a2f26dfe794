"""What the units or months of an analysis are given as: columns of counts, checked; every error names the place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from acmlib.measures.arrays import Array, numbers, refuse

#: What the functions of this package accept for a column of numbers.
Numbers = Sequence[float] | Array | pd.Series


def columns(place: str, *, signed: Sequence[str] = (), whole: Sequence[str] = (), **given: Any) -> tuple[pd.Index, list[Array]]:
    """Return the given columns as float arrays of one length, and the labels of their rows.

    Parameters
    ----------
    place : str
        Name of the function, for messages.
    signed, whole : sequence of str
        Columns that may be negative; columns that must be whole numbers.
    **given
        Each column by its name; NaN (also None) is "not available". A column `numerator` may not be above `denominator`.

    Raises
    ------
    ValueError
        If there is text, an infinite, negative, fractional or too large number, lengths or indexes differ, or a column is a table.

    Examples
    --------
    >>> columns("funnel", numerator=[1, 9], denominator=[2, 8])
    Traceback (most recent call last):
    ValueError: funnel: numerator at 1 is 9; use at most denominator, here 8
    """
    sizes = {name: np.shape(value) for name, value in given.items()}
    first = next(iter(sizes.values()))
    if len(first) != 1 or len(set(sizes.values())) > 1:
        found = ", ".join(f"{name} has {'x'.join(map(str, size)) or 'one number for'}" for name, size in sizes.items())
        raise ValueError(f"{place}: {found} entries; use columns of the same length")
    arrays, _ = numbers(place, given, signed=signed, at_most={"numerator": "denominator"} if "denominator" in given else None)
    index: pd.Index = next((value.index for value in given.values() if isinstance(value, pd.Series)), pd.RangeIndex(first[0]))
    for name, array in zip(given, arrays, strict=True):
        if name in whole:
            refuse(place, name, array, ~np.isnan(array) & (array != np.round(array)), "whole counts", index)
    return index, arrays
