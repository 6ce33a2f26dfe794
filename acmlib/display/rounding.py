"""Percents and the differences beside them: what is printed adds up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_EVEN, Decimal

#: Differences as small as this come of binary fractions.
ALIKE = 1e-9
#: Most decimals of a percent, or decimals more of another value.
FINEST = 2


def needs_decimal(value: float) -> bool:
    """Return whether a fraction is printed with a decimal in any case: below 1% and above 99%, but not none or all."""
    return 0 < abs(value) < 0.01 or 0.99 < value < 1


def percent_points(value: float, places: int = 0) -> float:
    """Return a fraction in percent, rounded as Babel prints it.

    Examples
    --------
    >>> percent_points(0.4228), percent_points(0.9555, 1)
    (42.0, 95.6)
    """
    exact = Decimal(repr(float(value))) * 100
    return float(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)) + 0.0


def places_of(pairs: Iterable[tuple[float | None, float | None]], material: float = 0.0) -> int:
    """Return to how many places of a percent pairs of fractions are printed, so that each difference beside them is that of what is read.

    Whole percents where that holds for all of them, else one decimal: 42.28% and 19.71% read *42.3%, 19.7%, 22.6 points*, not
    *42%, 20%, 23 points*. A difference below what is agreed to matter is not printed as one that matters, nor the other way round: of 5
    points, 63.89% and 68.52% read *63.9%, 68.5%, 4.6 points*.

    Parameters
    ----------
    material : float
        The smallest difference that matters, as a fraction; 0 if none was agreed.

    Examples
    --------
    >>> places_of([(0.2, 0.4), (0.53, 0.82)]), places_of([(0.4228, 0.1971)]), places_of([(0.2, None)])
    (0, 1, 0)
    >>> places_of([(23 / 36, 37 / 54)]), places_of([(23 / 36, 37 / 54)], material=0.05)
    (0, 1)
    """
    known = [(one, other) for one, other in pairs if one is not None and other is not None and one == one and other == other]
    whole = all(
        percent_points(one) - percent_points(other) == percent_points(one - other)
        and not (needs_decimal(one) or needs_decimal(other))
        and (abs(one - other) >= material - ALIKE) == (abs(percent_points(one - other)) >= 100 * material - ALIKE)
        for one, other in known
    )
    return 0 if whole else 1


def difference(value: float, other: float, places: int) -> float:
    """Return the difference in percentage points of two fractions that are printed to so many places.

    Examples
    --------
    >>> difference(0.4228, 0.1971, 1), difference(0.53, 0.82, 0), difference(0.404, 0.4, 0)
    (22.6, -29.0, 0.0)
    """
    return round(percent_points(value, places) - percent_points(other, places), places) + 0.0


def decimals_apart(printed: Callable[[float, int], str], value: float, against: Iterable[float]) -> int:
    """Return how many decimals it takes so that a value reads like none of the others that it does not equal.

    Examples
    --------
    >>> decimals_apart(lambda one, places: f"{one:.{places}%}", 0.349, [0.35, 0.2])
    1
    """
    apart = [one for one in against if not math.isnan(one) and not math.isclose(one, value, abs_tol=ALIKE)]
    tried = (few for few in range(FINEST) if all(printed(value, few) != printed(one, few) for one in apart))
    return next(tried, FINEST)
