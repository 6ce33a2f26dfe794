"""What the numbers show since an action was done: on the control chart of everyone, or in the rolling windows of one group."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.analysis.chart_rules import LIMIT, MINIMUM_POINTS, NEAR, ROUNDING, RUN, SIGNALS, limits, signals
from acmlib.analysis.control_charts import RANGE_OF_TWO, starts
from acmlib.analysis.equity.sizes import difference_limits
from acmlib.contract.kinds import KINDS, MetricKind
from acmlib.contract.periods import months_between, parse_period
from acmlib.measures.distributions import t_isf
from acmlib.measures.intervals import newcombe
from acmlib.measures.table import SHOWN, UNRELIABLE

VERDICTS = ("signal", "not yet", "opposite", "not judged")
#: Reason for ``not yet`` in editions that do not say how many months are still to come.
TO_COME = "months to come"
#: Why there is no verdict.
REASONS = (
    "",
    "no metric or direction agreed",
    "not done",
    "dropped",
    "too little before it",
    "no figures",
    "not a share",
    "ends too soon",
    TO_COME,
)
#: With fewer months before the action there is nothing to compare with; up to 13 the limits are trial limits.
MINIMUM_BEFORE = 7
#: Chance that a change of the mean is called one when there is none.
CHANCE = 0.05
#: Degrees of freedom of a standard deviation taken from moving ranges, for each range (D. J. Wheeler, Advanced Topics in SPC, 1995).
PER_RANGE = 0.62
#: Share of a window that must lie after the action before it is compared at all.
HALF = 0.5
#: A value that differs less from numerator / denominator is their share.
SAME = 1e-9
#: Rolling windows that are compared for groups.
_ROLLING = r"P\d+M/\d{4}-\d{2}"


@dataclass(frozen=True)
class ActionOutcome:
    """What the numbers say about one action."""

    #: ``signal``: a change in the direction expected, beyond the usual ups and downs. ``not yet``: none so far. ``opposite``: the latest
    #: signal goes the other way. ``not judged``: see `reason`.
    verdict: str
    #: ``not yet``: how many more months on the expected side make a signal, or until the 12 months lie wholly after the action; NaN where
    #: they do and show no difference.
    to_go: float = np.nan
    since: str = ""  #: First month (or the window) that shows the signal, else empty.
    signal: str = ""  #: The rule of the control chart that gave it, ``difference`` for windows, else empty.
    #: `change`, `low`, `high`: mean after less mean before, with 95% limits. NaN if not known.
    change: float = np.nan
    low: float = np.nan
    high: float = np.nan
    trial: bool = False  #: Few months before the action: take it with care.
    reason: str = ""  #: One of `REASONS`.


def chart_outcome(points: pd.DataFrame, *, expected: str, date: dt.date) -> ActionOutcome:
    """Return whether a control chart shows an action done on a day.

    Parameters
    ----------
    points : DataFrame
        From `acmlib.analysis.control_charts.xmr`, its index dated.
    expected : {"higher", "lower"}
        Where the action should move the metric.
    date : datetime.date
        When it was done. Months that start on it or later count as after it.

    Raises
    ------
    ValueError
        If `expected` is no direction or the points are not dated.

    Notes
    -----
    Mean and limits come from the measured points before the action, since the last rebase before it; the rules of the chart are applied to
    the points after it alone, up to the next rebase, so that no run reaches back across the action. Over a year of months one of the rules
    is broken by chance every tenth time, so a signal also has to last: the mean of all months after the action must differ from the mean
    before it by more than chance (95%, t with 0.62 degrees of freedom a moving range). Simulated without any effect, at most 2.5% of
    reports then call ``signal``, with 8 to 24 months before and 3 to 16 after (tests/analysis/test_actions.py).

    Examples
    --------
    >>> from acmlib.analysis.control_charts import xmr
    >>> months = pd.period_range("2025-01", periods=20, freq="M").astype(str)
    >>> chart = xmr(pd.Series([5, 6, 5, 4, 5, 6, 5, 4, 5, 6, 5, 4, 5, 6, 6, 7, 6, 7, 6, 6.0], index=months), "higher")
    >>> outcome = chart_outcome(chart, expected="higher", date=dt.date(2026, 1, 20))
    >>> outcome.verdict, outcome.signal, outcome.since
    ('signal', '7 above mean', '2026-02')
    >>> chart_outcome(chart.iloc[:16], expected="higher", date=dt.date(2026, 1, 20)).to_go
    4.0
    """
    wanted = _sign(expected)
    measured = points[points["value"].notna()]
    after_date = starts(measured.index) >= pd.Timestamp(date)
    before, after = measured[~after_date], measured[after_date]
    before = before[before["phase"] == before["phase"].max()]
    after = after[after["phase"] == after["phase"].min()]
    if len(before) < MINIMUM_BEFORE:
        return ActionOutcome("not judged", reason="too little before it" if len(measured) else "no figures")
    trial = len(before) < MINIMUM_POINTS
    if after.empty:
        return ActionOutcome("not yet", to_go=float(RUN), trial=trial)
    values = after["value"].to_numpy()
    mean, typical = limits(before["value"].to_numpy(), None, True)
    signal, side = _signals_after(values, mean, typical)
    change = float(values.mean() - mean)
    margin = _margin(typical, len(before), len(after))
    low, high = change - margin, change + margin
    flagged = np.flatnonzero(signal != "none")
    directions = np.where(np.isin(signal[flagged], SIGNALS[::2]), 1, -1)
    if not len(flagged) or not directions[-1] * change > margin:
        return ActionOutcome("not yet", to_go=_to_go(side, wanted), change=change, low=low, high=high, trial=trial)
    # The latest signal speaks: an early success that has turned is no success.
    same = flagged[directions == directions[-1]]
    verdict = "signal" if directions[-1] == wanted else "opposite"
    since = str(after.index[same[0]])
    return ActionOutcome(verdict, since=since, signal=str(signal[same[0]]), change=change, low=low, high=high, trial=trial)


def _sign(expected: str) -> int:
    if expected not in ("higher", "lower"):
        raise ValueError(f"expected is {expected!r}; use higher or lower")
    return 1 if expected == "higher" else -1


def _margin(typical: float, before: int, after: int) -> float:
    """Return how far chance alone moves the mean of the months after from that of the months before."""
    spread = typical / RANGE_OF_TWO
    return float(t_isf(CHANCE / 2, PER_RANGE * (before - 1)) * spread * np.sqrt(1 / before + 1 / after))


def _signals_after(values: NDArray[np.float64], mean: float, typical: float) -> tuple[NDArray[np.str_], NDArray[np.int8]]:
    """Return each later point's signal against the mean and limits from before, and its side of that mean."""
    distance = values - mean
    outside = np.abs(distance) > LIMIT * typical
    near = ~outside & (np.abs(distance) > NEAR * typical)
    side = np.where(np.isclose(values, mean, rtol=ROUNDING, atol=0), 0, np.sign(distance)).astype(np.int8)
    return signals(values, side, outside, near), side


def _to_go(side: NDArray[np.int8], wanted: int) -> float:
    """Return how many more points on the expected side complete a run; a month on the other side starts it over."""
    run = 0
    for one in side[::-1]:
        if one != wanted:
            break
        run += 1
    return float(max(RUN - run, 1))


def window_outcome(
    cells: pd.DataFrame, *, expected: str, date: dt.date, level: float = 0.95, kind: MetricKind = "proportion"
) -> ActionOutcome:
    """Return whether the latest rolling window of one group differs from the last one before an action.

    Parameters
    ----------
    cells : DataFrame
        Rows of the metric table of one metric and group; its windows ``P12M/...`` are used.
    date : datetime.date
        When the action was done.
    kind : str
        Of the metric: only shares are compared by their counts.

    Returns
    -------
    Outcome
        `change` is the difference of the two shares with Newcombe's limits, of waits, means and rates with limits from those of the two;
        counts and sums are not compared; `to_go`
        the months until half of the window lies after the action, so that it can be compared, and then until all of it does. Months
        from before the action that still stand in the window make a difference smaller, never larger: what is seen through them is a
        signal, what is not seen is ``not yet``.

    Raises
    ------
    ValueError
        If `expected` is no direction or a window is there twice (give one metric and group).

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {"period": ["P12M/2025-06", "P12M/2026-06"], "numerator": [30.0, 60], "denominator": [100.0, 100], "status": "shown"}
    ... )
    >>> window_outcome(cells, expected="higher", date=dt.date(2025, 7, 1)).verdict
    'signal'
    >>> window_outcome(cells, expected="higher", date=dt.date(2026, 2, 4)).to_go
    1.0
    """
    wanted = _sign(expected)
    rolling = cells[cells["period"].str.fullmatch(_ROLLING) & cells["status"].isin((SHOWN, UNRELIABLE))]
    if rolling["period"].duplicated().any():
        raise ValueError(
            f"window_outcome: {rolling['period'][rolling['period'].duplicated()].iloc[0]} is there twice; give one metric and group"
        )
    usable = rolling[rolling["numerator"].notna()]
    if usable.empty:
        return ActionOutcome("not judged", reason="no figures")
    if KINDS[kind].compared == "none" or usable["denominator"].isna().all():
        return ActionOutcome("not judged", reason="not a share")
    spans = sorted((parse_period(str(period)), place) for place, period in enumerate(usable["period"]))
    earlier = [place for span, place in spans if span.end < date]
    last_span, last = max(spans, key=lambda one: one[0].end)
    mixed = max(len(months_between(last_span.start, date)) - 1, 0)
    if mixed > HALF * len(last_span.months):
        return ActionOutcome("not yet", to_go=float(np.ceil(mixed - HALF * len(last_span.months))))
    if not earlier:
        return ActionOutcome("not judged", reason="too little before it")
    before, after = usable.iloc[max(earlier, key=lambda place: parse_period(str(usable["period"].iloc[place])).end)], usable.iloc[last]
    if not (after["denominator"] > 0 and before["denominator"] > 0):
        return ActionOutcome("not judged", reason="no figures")
    difference = _difference(after, before, level, is_share=KINDS[kind].is_share)
    if difference is None:
        return ActionOutcome("not judged", reason="not a share")
    change, low, high = difference
    found = 1 if low > 0 else -1 if high < 0 else 0
    verdict = "not yet" if found == 0 else "signal" if found == wanted else "opposite"
    since, signal = (str(after["period"]), "difference") if found else ("", "")
    to_go = float(mixed) if mixed and verdict == "not yet" else np.nan
    return ActionOutcome(verdict, to_go=to_go, since=since, signal=signal, change=change, low=float(low), high=float(high))


def _difference(after: pd.Series, before: pd.Series, level: float, *, is_share: bool) -> tuple[float, float, float] | None:
    """Return how much a figure is higher than before, with limits; None where neither counts nor limits of its own are known."""
    (x1, n1), (x0, n0) = ((float(one["numerator"]), float(one["denominator"])) for one in (after, before))
    shares = ((x1 / n1, after.get("value", np.nan)), (x0 / n0, before.get("value", np.nan)))
    if is_share and all(np.isnan(value) or abs(share - value) <= SAME for share, value in shares):
        if not (x1 <= n1 and x0 <= n0):
            return None
        low, high = newcombe(x1, n1, x0, n0, level)
        return float(x1 / n1 - x0 / n0), float(low), float(high)
    (v1, l1, h1), (v0, l0, h0) = (
        [np.array([row.get(name, np.nan)], dtype=float) for name in ("value", "low", "high")] for row in (after, before)
    )
    low, high = difference_limits((v1, l1, h1), (v0, l0, h0))
    found = float(v1[0] - v0[0]), float(low[0]), float(high[0])
    return None if any(np.isnan(found)) else found
