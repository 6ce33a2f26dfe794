"""Comparing providers that serve different people: what the same rates, or the same mix of people, would have given."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from acmlib.analysis.arrays import Numbers, columns
from acmlib.measures.intervals import poisson_interval

#: Directly standardised rates of fewer events are not published (Public Health England).
MINIMUM_EVENTS = 10


class Standardised(NamedTuple):
    """A standardised result: `observed` events, `expected` ones (NaN for direct), and the `value` with its limits."""

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


def direct(events: Numbers, exposure: Numbers, standard: Numbers, *, per: float = 1, level: float = 0.95) -> Standardised:
    """Return the rate this provider would have if it served the standard mix of people (Dobson's limits).

    Parameters
    ----------
    events, exposure : columns of numbers
        Events and people by stratum.
    standard : column of numbers
        Weights of the strata: a standard population.
    per : float
        Units of the rate.

    Returns
    -------
    Standardised
        All NaN but `observed` below 10 events: too few for the weights to make sense.

    Raises
    ------
    ValueError
        If a number is negative or infinite, lengths differ, one is missing, or a weighted stratum has nobody in it.

    Notes
    -----
    Rate = sum(w events/exposure) / sum(w); limits: rate + sqrt(var(rate)/events) x (limit of the count - events). Source: A. J. Dobson
    et al., Statistics in Medicine 10 (1991) 457-462.

    Examples
    --------
    >>> found = direct([10, 30], [100, 100], [1, 1], per=100)
    >>> found.value, round(found.low, 2), round(found.high, 2)
    (20.0, 14.29, 27.24)
    """
    index, (x, n, weights) = columns("direct", events=events, exposure=exposure, standard=standard)
    missing = np.flatnonzero((weights > 0) & ~(n > 0) | np.isnan(x + n + weights))
    if len(missing):
        raise ValueError(
            f"direct: stratum {index[missing[0]]} has nobody or no count; give people for every stratum of the standard, or merge"
        )
    total = float(x.sum())
    if total < MINIMUM_EVENTS:
        return Standardised(total, np.nan, np.nan, np.nan, np.nan)
    used = weights > 0
    share = weights[used] / weights[used].sum()
    value = float(np.sum(share * x[used] / n[used]))
    spread = float(np.sqrt(np.sum(share**2 * x[used] / n[used] ** 2) / total))
    low, high = poisson_interval(total, level)
    return Standardised(total, np.nan, per * value, per * (value + spread * (low - total)), per * (value + spread * (high - total)))
