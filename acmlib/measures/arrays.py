"""Numbers as given (one, a list, an array, a Series), checked, computed with as arrays, and handed back in the form they came in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

#: Hands two arrays back as two floats, Series or arrays: what was given decides.
Form: TypeAlias = Callable[[Array, Array], tuple[Any, Any]]


def numbers(
    place: str, given: Mapping[str, Any], *, signed: Collection[str] = (), at_most: Mapping[str, str] | None = None
) -> tuple[list[Array], Form]:
    """Check what was given to the function `place` and make arrays of one shape of it.

    Parameters
    ----------
    place : str
        Name of the function, for messages.
    given : mapping
        Name of each argument and its value. None and pandas' NA are "not available", NaN.
    signed : collection of str
        Arguments that may be negative.
    at_most : mapping or None
        ``{"x": "n"}``: no entry of x is above the one of n.

    Returns
    -------
    list of arrays, form
        The arrays, and the function that turns two results into the form of the input.

    Raises
    ------
    ValueError
        If there is text, an infinite number, a negative one or one too large, or the shapes or indexes do not fit; the message
        names the place.

    Examples
    --------
    >>> (x, n), form = numbers("wilson", {"x": [1, None], "n": 4})
    >>> x.tolist(), n.tolist()
    ([1.0, nan], [4.0, 4.0])
    >>> numbers("wilson", {"x": [1, 5], "n": 4}, at_most={"x": "n"})
    Traceback (most recent call last):
    ValueError: wilson: x at 1 is 5; use at most n, here 4
    """
    arrays = [_floats(place, name, value) for name, value in given.items()]
    try:
        arrays = [np.array(one) for one in np.broadcast_arrays(*arrays)]
    except ValueError as error:
        sizes = ", ".join(f"{name} has {array.size}" for name, array in zip(given, arrays, strict=True))
        raise ValueError(f"{place}: {sizes} entries; use one number or as many of each") from error
    index = _index(place, given)
    named = dict(zip(given, arrays, strict=True))
    for name, array in named.items():
        refuse(place, name, array, np.isinf(array), "finite numbers", index)
        if name not in signed:
            refuse(place, name, array, array < 0, "numbers of 0 and more", index)
    for small, large in (at_most or {}).items():
        above = named[small] > named[large]
        limit = named[large][above]
        refuse(place, small, named[small], above, f"at most {large}, here {limit[0]:.12g}" if limit.size else "", index)
    return arrays, _form(index, arrays[0].ndim)


def refuse(place: str, name: str, array: Array, wrong: NDArray[np.bool_], allowed: str, index: pd.Index[Any] | None = None) -> None:
    """Raise a ValueError that names the first `wrong` entry of `array`, if there is one.

    Parameters
    ----------
    place, name : str
        The function and its argument.
    array, wrong : array
        The numbers, and which of them are not allowed.
    allowed : str
        What to use instead.
    index : index or None
        Labels of the entries; numbered from 0 without.

    Raises
    ------
    ValueError
        *where: what was given; what is allowed*.

    Examples
    --------
    >>> refuse("byar", "x", np.array([3.0, -1.0]), np.array([False, True]), "numbers of 0 and more")
    Traceback (most recent call last):
    ValueError: byar: x at 1 is -1; use numbers of 0 and more
    """
    found = np.flatnonzero(wrong)
    if found.size:
        label = "" if array.ndim == 0 else f" at {found[0] if index is None else index[found[0]]}"
        raise ValueError(f"{place}: {name}{label} is {array.flat[found[0]]:.12g}; use {allowed}")


def _floats(place: str, name: str, value: Any) -> Array:
    try:
        if isinstance(value, pd.Series):
            return np.asarray(value.to_numpy(dtype=np.float64, na_value=np.nan))
        if value is pd.NA:
            return np.array(np.nan)
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{place}: {name} is not numbers ({error}); use numbers, NaN where there is none") from error


def _index(place: str, given: Mapping[str, Any]) -> pd.Index[Any] | None:
    series = [(name, value.index) for name, value in given.items() if isinstance(value, pd.Series)]
    for name, index in series[1:]:
        if not index.equals(series[0][1]):
            raise ValueError(f"{place}: {name} and {series[0][0]} have different indexes; use Series of the same rows")
    return series[0][1] if series else None


def _form(index: pd.Index[Any] | None, dimensions: int) -> Form:
    if index is not None:
        return lambda low, high: (pd.Series(low, index=index), pd.Series(high, index=index))
    if dimensions == 0:
        return lambda low, high: (float(low), float(high))
    return lambda low, high: (low, high)
