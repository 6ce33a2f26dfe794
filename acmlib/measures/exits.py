"""Competing exits (finished, dropped out): cumulative incidence of each. Public name: `acmlib.measures.survival.cumulative_incidence`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from acmlib.measures.arrays import Array
from acmlib.measures.durations import checked_times, count_durations
from acmlib.measures.loglog import log_log_limits

COLUMNS = ["cause", "time", "at_risk", "events", "incidence", "se", "low", "high"]


def cumulative_incidence(durations: Any, cause: Any, *, weights: Any = None, level: float = 0.95) -> pd.DataFrame:
    """Share that has left by each way out at each time, when leaving by one way rules out the others.

    One minus a Kaplan-Meier curve that treats the other exit as "still in" overstates drop-out; this does not. The shares of all
    causes and of those still in add up to one.

    Parameters
    ----------
    durations : array or Series of numbers
        Time from entry to the exit or to the last day known, 0 and more.
    cause : array or Series of numbers or text
        The way out; 0 or missing for those still in (censored).
    weights : array or Series of numbers, optional
        How many each row stands for; 1 without.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    DataFrame
        ``cause, time, at_risk, events, incidence, se, low, high``: a row a cause and distinct duration, sorted. `events` are exits
        by this cause. Limits are NaN where the incidence is 0 or 1. No rows when nobody has left.

    Raises
    ------
    ValueError
        If a duration is missing, negative or infinite, or lengths differ; the message names the place.

    Notes
    -----
    Aalen OO, Johansen S, Scand J Stat 1978;5:141-150. Standard error: the infinitesimal jackknife (how much each person moves the
    estimate), which for one cause is Greenwood's.

    Examples
    --------
    >>> left = cumulative_incidence([1, 2, 3, 4], ["finished", "dropped out", None, "finished"])
    >>> left[left["cause"] == "finished"][["time", "at_risk", "incidence"]]
       time  at_risk  incidence
    4   1.0      4.0       0.25
    5   2.0      3.0       0.25
    6   3.0      2.0       0.25
    7   4.0      1.0       0.75
    """
    time = checked_times("cumulative_incidence", durations)
    ways = pd.Series(cause).reset_index(drop=True)
    if len(ways) != len(time):
        raise ValueError(f"cumulative_incidence: cause has {len(ways)} entries, durations {len(time)}; use as many of each")
    left = (ways.notna() & (ways != 0)).fillna(False).to_numpy(dtype=bool)
    everyone = count_durations(time, left, weights=weights)
    total, censored = everyone["events"].to_numpy(), everyone["censored"].to_numpy()
    at_risk = (total + censored)[::-1].cumsum()[::-1]
    parts = []
    for name in sorted(ways[left].unique()):
        own = count_durations(time, left & (ways == name).fillna(False).to_numpy(dtype=bool), weights=weights)["events"].to_numpy()
        share, error = _incidence(at_risk, total, own, censored)
        columns = (name, everyone["time"], at_risk, own, share, error, *log_log_limits(share, error, level))
        parts.append(pd.DataFrame(dict(zip(COLUMNS, columns, strict=True))))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _incidence(at_risk: Array, total: Array, own: Array, censored: Array) -> tuple[Array, Array]:
    """Incidence of one cause and its standard error at each time.

    A person moves the estimate in two ways: by being at risk (`waited`, the same for all who got as far), and by the way they
    left (`step`); what comes later then grows or shrinks with the share that is left (`tilt`). Squares of these, summed over people.
    """
    staying = np.where(at_risk > total, at_risk - total, np.inf)
    before = np.concatenate([[1.0], np.cumprod(1 - total / at_risk)[:-1]])
    share = np.cumsum(before * own / at_risk)
    diluted = np.cumsum(total / (at_risk * staying))
    earlier = np.concatenate([[0.0], diluted[:-1]])
    waited = np.cumsum(before * own / at_risk * (earlier - 1 / at_risk))
    still_in = at_risk - total - censored
    variance = still_in * waited**2
    for people, step, tilt in (
        (censored, waited, diluted),
        (own, waited + before / at_risk, diluted - 1 / staying),
        (total - own, waited, diluted - 1 / staying),
    ):
        start = step - tilt * share
        variance = variance + np.cumsum(people * start**2)
        variance += 2 * share * np.cumsum(people * start * tilt) + share**2 * np.cumsum(people * tilt**2)
    return share, np.sqrt(np.maximum(variance, 0))
