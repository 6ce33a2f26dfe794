"""Do units differ from each other by more than chance? The additive random-effects model behind widened funnels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from acmlib.measures.arrays import Array
from acmlib.measures.distributions import chi2_sf

#: Share of units at each end whose deviation does not count in full (or at all) towards over-dispersion.
TRIM = 0.1
#: Over-dispersion is taken as seen below this p.
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Dispersion:
    """How much units differ beyond chance: `phi` (1 is chance alone), variance between units `tau2`, and the test behind it."""

    phi: float
    tau2: float
    units: int
    p_value: float
    z: Array

    @property
    def found(self) -> bool:
        """Whether the test says that units differ by more than chance."""
        return self.p_value < SIGNIFICANT


def dispersion(z: Array, weight: Array, *, trim: float = TRIM, drop: bool = False) -> Dispersion:
    """Return how much units differ from each other beyond chance, by the additive random-effects model.

    Parameters
    ----------
    z : array
        Standardised deviation of each unit from the benchmark; NaN units take no part.
    weight : array
        1 / (standard error)² of each unit, on the scale of `z`'s deviations.
    trim : float
        Deviations beyond these quantiles are pulled in to them (winsorised), so that a few outliers do not hide themselves.
    drop : bool
        Leave the units in the outer `trim` of each end out instead (the SHMI way).

    Returns
    -------
    Dispersion
        phi = mean z²; tau2 = max(0, (n phi - (n - 1)) / (sum w - sum w² / sum w)); p from chi² with n - 1 degrees of freedom; `z` after
        trimming, NaN where left out.

    Raises
    ------
    ValueError
        If `trim` is not between 0 and 0.5.

    Notes
    -----
    Source: D. J. Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202; NHS Digital, SHMI methodology, for `drop`.

    Examples
    --------
    >>> wide = dispersion(np.array([-4.0, -3, -2, 0, 1, 2, 3, 4]), np.full(8, 100.0))
    >>> round(wide.phi, 2), wide.found
    (6.1, True)
    """
    if not 0 < trim < 0.5:
        raise ValueError(f"trim is {trim}; use a share above 0 and below 0.5")
    known = ~np.isnan(z)
    trimmed = np.where(known, z, np.nan)
    if drop:
        groups = round(1 / trim)
        group = np.floor(pd.Series(z[known]).rank().to_numpy() * groups / (known.sum() + 1))
        trimmed[np.flatnonzero(known)[(group == 0) | (group == groups - 1)]] = np.nan
    elif known.any():
        trimmed = np.clip(trimmed, *np.quantile(z[known], [trim, 1 - trim]))
    used = ~np.isnan(trimmed)
    units, w = int(used.sum()), weight[used]
    if units < 2:
        return Dispersion(np.nan, 0.0, units, np.nan, trimmed)
    squares = float((trimmed[used] ** 2).sum())
    tau2 = max(0.0, (squares - (units - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    return Dispersion(squares / units, float(tau2), units, float(chi2_sf(squares, units - 1)), trimmed)
