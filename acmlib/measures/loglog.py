"""Limits of an estimated share on the log-log scale, as curves of time to event use them."""

from __future__ import annotations

import numpy as np

from acmlib.measures.arrays import Array
from acmlib.measures.distributions import normal_isf


def log_log_limits(share: Array, error: Array, level: float = 0.95) -> tuple[Array, Array]:
    """Limits of a share between 0 and 1, made on the scale of log(-log share) so that they stay between 0 and 1.

    Parameters
    ----------
    share : array
        Estimates, between 0 and 1.
    error : array
        Their standard errors.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    (low, high) : arrays
        NaN where the share is 0 or 1: there the scale has no place for it.

    Raises
    ------
    ValueError
        If `level` is not between 0 and 1.

    Notes
    -----
    Kalbfleisch JD, Prentice RL, The Statistical Analysis of Failure Time Data, 1980.

    Examples
    --------
    >>> low, high = log_log_limits(np.array([0.6, 1.0]), np.array([0.219, 0.0]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.126, nan], [0.882, nan])
    """
    if not 0 < level < 1:
        raise ValueError(f"level: {level!r}; use a number between 0 and 1, such as 0.95")
    inside = np.where((share > 0) & (share < 1), share, np.nan)
    reach = np.exp(normal_isf((1 - level) / 2) * error / (inside * np.abs(np.log(inside))))
    return np.asarray(inside**reach), np.asarray(inside ** (1 / reach))
