"""Comparing providers that serve different people: what the same rates would have given."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from acmlib.analysis.arrays import Numbers, columns
from acmlib.measures.intervals import poisson_interval


class Standardised(NamedTuple):
    """A standardised result: `observed` events, `expected` ones, and the `value` with its limits."""

    observed: float
    expected: float
    value: float
    low: float
    high: float


def indirect(
    observed: Numbers | float,
    exposure: Numbers,
    reference_events: Numbers,
    reference_exposure: Numbers,
    *,
    per: float = 1,
    level: float = 0.95,
) -> Standardised:
    """Return observed over expected events: what the reference's rates would have given with this provider's mix of people.

    Parameters
    ----------
    observed : number or column of counts
        Events seen, in all or by stratum (only the sum counts).
    exposure : column of numbers
        People (or person-time) of this provider by stratum: age band, site, risk level.
    reference_events, reference_exposure : columns of numbers
        Of the reference, in the same strata. A stratum without people in the reference has no rate: an error if this provider serves it.
    per : float
        1 gives the ratio (1: as expected); 100 a percentage; the reference's overall rate gives an indirectly standardised rate.

    Returns
    -------
    Standardised
        `value` = per x observed / expected, with Byar's limits of the observed count (exact below 10). NaN when nothing is expected.

    Raises
    ------
    ValueError
        If a number is negative or infinite, lengths differ, one is missing, or a stratum served has no reference.

    Notes
    -----
    Expected = sum of exposure x reference events / reference exposure. Source: N. E. Breslow and N. E. Day (1987), Statistical Methods in
    Cancer Research II.

    Examples
    --------
    >>> found = indirect(30, [100, 50], [20, 40], [200, 100])
    >>> found.expected, found.value, round(found.low, 3), round(found.high, 3)
    (30.0, 1.0, 0.675, 1.428)
    """
    total = float(np.sum(columns("indirect", observed=np.atleast_1d(np.asarray(observed)))[1][0]))
    index, (people, events, base) = columns(
        "indirect", exposure=exposure, reference_events=reference_events, reference_exposure=reference_exposure
    )
    missing = np.flatnonzero((people > 0) & ~(base > 0) | np.isnan(people + events))
    if len(missing):
        raise ValueError(f"indirect: stratum {index[missing[0]]} has no reference rate or no count; give numbers for every stratum served")
    expected = float(np.sum(people[people > 0] * events[people > 0] / base[people > 0]))
    low, high = poisson_interval(total, level)
    scale = per / expected if expected else np.nan
    return Standardised(total, expected, total * scale, low * scale, high * scale)
