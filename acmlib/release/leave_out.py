"""An edition's part of what is known: the assessment without the cells that it does not show, and all that is derived from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import fields, replace
from itertools import repeat
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.analysis.action_outcomes import TO_COME
from acmlib.analysis.assessment import Assessment
from acmlib.analysis.earlier_report import EarlierReport
from acmlib.analysis.equity.families import is_known
from acmlib.analysis.overview import not_recorded
from acmlib.analysis.verdicts import ChangeVerdict, MetricVerdict
from acmlib.contract.periods import month_end
from acmlib.intake.check.newest import Newest
from acmlib.measures.spans import EVERYBODY
from acmlib.measures.table import ALL, HIDDEN, IMMATURE, KEY_COLUMNS, NUMBER_COLUMNS

_KEYS = list(KEY_COLUMNS)
#: Keys of the cells that an edition shows: metric, period, dimension, group.
Shown: TypeAlias = Set[tuple[str, ...]]
#: Metric, period and dimension.
Secret: TypeAlias = Set[tuple[str, ...]]
#: Columns that tell how many people are of unknown group.
UNKNOWN = ("unknown", "value_lowest", "value_highest", "gap_lowest", "gap_highest", "share_lowest", "share_highest")

#: Columns besides limits that tell the spread of values.
SPREADS = ("needed", "could_hide")
#: What stands in the place of words about a cell that is not shown: in a table, and in a chart.
_WORDS = {"status": HIDDEN, "verdict": "not judged", "state": "not judged"}
_CHART_WORDS = {"status": HIDDEN, "variation": "missing", "assurance": "none", "signal": ""}


def leave_out(assessment: Assessment, cells: pd.DataFrame) -> Assessment:
    """Return the assessment as an edition may show it.

    Parameters
    ----------
    assessment : Assessment
        With true numbers.
    cells : DataFrame
        Metric table of the edition: what is not in it, or hidden in it, is not shown.

    Returns
    -------
    Assessment
        Rows about such cells have NaN for every number and status ``hidden``; their verdicts, and whether they
        met a target, are ``not judged``. A result of the whole
        contract that is not offered, because some of it is not known yet, has status ``immature``.
    """
    waiting = set(cells["metric"]) - set(cells.loc[cells["period"].eq("term"), "metric"])
    shown = _keys_of(cells[cells["status"].ne(HIDDEN)])
    secret, bare = _secret(assessment, shown), _without_limits(assessment, cells)
    masked: dict[str, Any] = {}
    for field in fields(assessment):
        value = getattr(assessment, field.name)
        if isinstance(value, pd.DataFrame) and set(_KEYS) <= set(value.columns):
            masked[field.name] = _mask(value, shown, waiting, secret, years=assessment.view == "years", bare=bare)
        elif field.name == "action_outcomes" and assessment.view == "years":
            masked[field.name] = _of_actions(value)
        elif isinstance(value, pd.DataFrame) and assessment.view == "years":  # of no cell in particular: it may rest on hidden ones
            masked[field.name] = value.iloc[:0]
    metrics = {name: _of_metric(one, shown, years=assessment.view == "years", bare=bare) for name, one in assessment.metrics.items()}
    return replace(assessment, metrics=metrics, **masked)


def leave_out_of_before(before: EarlierReport, shown: pd.DataFrame, assessment: Assessment) -> EarlierReport:
    """Return the state at the previous edition, without what readers of a public edition may not see.

    Parameters
    ----------
    before : EarlierReport
        With true numbers.
    shown : DataFrame
        Metric table of the cells that may be told.
    assessment : Assessment
        Of today, with true numbers.
    """
    keys = _keys_of(shown)
    secret = _secret(assessment, keys)
    bare = _without_limits(assessment, shown)
    metrics = {name: _of_metric(one, keys, years=True, bare=bare) for name, one in before.metrics.items()}
    gaps, served = (_mask(frame, keys, (), secret, years=True, bare=bare) for frame in (before.gaps, before.served))
    return replace(before, metrics=metrics, gaps=gaps, served=served)


def newest_for(found: Sequence[Newest], rule: str, cells: pd.DataFrame) -> tuple[Newest, ...]:
    """Return how far the data reach, as far as an edition may say it.

    The newest day of a small site is a day of one person: by the public rule only the quarter of a whole table is told, and where small
    groups are put together only sites that are groups of their own.

    Parameters
    ----------
    rule : str
        ``true``, ``groups`` or ``public``.
    cells : DataFrame
        Metric table of the edition.
    """
    if rule == "public":
        whole = [one for one in found if not one.group]
        return tuple(replace(one, day=month_end(one.day.replace(month=(one.day.month + 2) // 3 * 3, day=1))) for one in whole)
    shown = cells.loc[cells[list(NUMBER_COLUMNS)].notna().any(axis=1), ["dimension", "group"]].drop_duplicates()
    known = set(shown.itertuples(index=False, name=None))
    return tuple(one for one in found if rule == "true" or not one.group or (one.dimension, one.group) in known)


def _keys_of(cells: pd.DataFrame) -> Shown:
    return frozenset(zip(*(cells[name].tolist() for name in _KEYS), strict=True))


def _secret(assessment: Assessment, shown: Shown) -> Secret:
    """Return metric, period and dimension where the sum of the known groups would tell how many are of unknown group."""
    cells = assessment.cells
    people = cells["denominator"].fillna(cells["numerator"])
    unknown = cells[~is_known(cells, not_recorded(assessment.contract)) & cells["dimension"].ne(ALL) & people.gt(0)]
    keys = zip(*(unknown[name].tolist() for name in _KEYS), strict=True)
    return frozenset(key[:3] for key in keys if key not in shown)


def _without_limits(assessment: Assessment, cells: pd.DataFrame) -> Collection[str]:
    """Return metrics that a public edition tells without limits: from the spread of few different answers follows how many gave each."""
    known = cells[cells["value"].notna() & (assessment.view == "years")]  # an earlier figure that stays may be the only one without
    return set(known["metric"]) - set(known.loc[known["low"].notna(), "metric"])


def _mask(
    frame: pd.DataFrame, shown: Shown, waiting: Collection[str], secret: Secret, *, years: bool, bare: Collection[str]
) -> pd.DataFrame:
    if frame.empty:  # of a contract without populations: no columns either
        return frame
    gone, small = _gone(frame, shown, secret, years=years), _in_family(frame, secret)
    left: dict[str, Any] = {}
    for name, column in frame.items():
        if pd.api.types.is_numeric_dtype(column.dtype):
            spread = str(name).endswith(("low", "high")) or name in SPREADS
            also = small if name in UNKNOWN else frame["metric"].isin(bare).to_numpy() if spread else False
            numbers = np.where(gone | also, np.nan, column.to_numpy(dtype=np.float64))
            # To their last digit tests would tell the numbers of other groups in their family.
            left[str(name)] = np.round(numbers, 2) if years and name in ("p_value", "p_adjusted") else numbers
        else:
            left[str(name)] = column.mask(gone, _WORDS[str(name)]) if name in _WORDS and gone.any() else column
    if "status" in left and waiting and gone.any():
        open_yet = gone & frame["period"].eq("term").to_numpy() & frame["metric"].isin(waiting).to_numpy()
        left["status"] = left["status"].mask(open_yet, IMMATURE)
    return pd.DataFrame(left, index=frame.index)


def _gone(frame: pd.DataFrame, shown: Shown, secret: Secret, *, years: bool) -> NDArray[np.bool_]:
    """Tell which rows are about cells that are not shown, or rest on some."""
    gone = ~_among(frame, shown) | _rests_on_hidden(frame, shown, secret, years=years)
    others = [name for name in ("comparator", "comparator_group") if name in frame]
    for other in others:
        of_group = frame["basis"].isin(["best", "group"]) if "basis" in frame else frame[other].notna()
        gone |= of_group.to_numpy() & ~_among(frame, shown, group=other)
    if "earlier_period" in frame:
        gone |= ~_among(frame, shown, period="earlier_period")
        for other in others:
            gone |= frame[other].notna().to_numpy() & ~_among(frame, shown, period="earlier_period", group=other)
    return gone


def _rests_on_hidden(frame: pd.DataFrame, shown: Shown, secret: Secret, *, years: bool) -> NDArray[np.bool_]:
    """Tell which rows hold numbers that follow from more than the cells they name: everybody, all groups together, all steps of a way."""
    rests = np.zeros(len(frame), dtype=bool)
    if "final_gap" in frame:  # what is left at the end is the product of all steps
        for step in frame["metric"].unique():
            for group in ("group", "comparator"):
                rests |= ~_among(frame, shown, group=group, fixed={"metric": step})
    nothing = np.zeros(len(frame), dtype=bool)
    overall, rest = (frame["basis"].eq(one).to_numpy() if "basis" in frame else nothing for one in ("overall", "rest"))
    if "base_share" in frame and years:  # a share of all who are known and in the base; other editions tell it rounded
        overall, rest = ~nothing, ~nothing
        uncovered = frame[frame["base_share"].isna() & ~_among(frame, shown)]
        secret |= frozenset(uncovered[_KEYS[:3]].itertuples(index=False, name=None))
    if not (overall | rest).any():
        return rests
    totals = _among(frame, shown, fixed=dict(zip(_KEYS[2:], EVERYBODY, strict=True)))
    return rests | ((overall | rest) & ~totals) | (rest & _in_family(frame, secret))


def _in_family(frame: pd.DataFrame, families: Secret) -> NDArray[np.bool_]:
    """Tell for each row whether it is of one of these metrics, periods and dimensions."""
    keys = zip(*(frame[name].tolist() for name in _KEYS[:3]), strict=True)
    return np.array([key in families for key in keys], dtype=bool)


def _of_actions(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Keep what is judged of each action, the same in every edition; its numbers, months and windows rest on figures that are not shown.

    That some months are still to come is kept, without their number.
    """
    nothing = {name: float("nan") for name in ("change", "low", "high", "to_go")}
    return outcomes.assign(**nothing, reason=outcomes["reason"].mask(outcomes["to_go"].notna(), TO_COME), since="", signal="")


def _of_metric(one: MetricVerdict, shown: Shown, *, years: bool, bare: Collection[str]) -> MetricVerdict:
    points = _of_chart(one, shown)
    if one.metric in bare:
        nan = float("nan")
        one = replace(one, low=nan, high=nan, change=replace(one.change, low=nan, high=nan))
    windows = [(one.metric, period, *EVERYBODY) in shown for period in (one.change.before_period, one.change.after_period)]
    if years and not all(windows):
        # Windows that are not on the page, and months, would tell apart what longer periods keep together.
        nothing = float("nan")
        change = replace(one.change, before=nothing, after=nothing, difference=nothing, low=nothing, high=nothing, marked=())
        one = replace(one, change=change)
    if years:
        one = replace(one, target=replace(one.target, months_met=0, months_judged=0, since=""))
    if (one.metric, one.period, *EVERYBODY) in shown or not one.period:
        return replace(one, points=points)
    return MetricVerdict(one.metric, one.period, status=HIDDEN, change=ChangeVerdict(reason=HIDDEN), points=points)


def _of_chart(one: MetricVerdict, shown: Shown) -> pd.DataFrame:
    """Leave hidden points out of a chart, and its limits with them: the mean of all points and all but one give that one away."""
    points = one.points
    told = np.array([(one.metric, period, *EVERYBODY) in shown for period in points.index], dtype=bool)
    if told.all():
        return points
    left: dict[str, Any] = {}
    for name, column in points.items():
        if name in ("mean", "lower", "upper"):
            left[str(name)] = np.full(len(points), np.nan)
        elif pd.api.types.is_float_dtype(column.dtype) and name != "target":
            left[str(name)] = column.where(told)
        else:
            left[str(name)] = column.where(told, _CHART_WORDS[str(name)]) if name in _CHART_WORDS else column
    return pd.DataFrame(left, index=points.index)


def _among(
    frame: pd.DataFrame, shown: Shown, *, period: str = "period", group: str = "group", fixed: Mapping[str, str] | None = None
) -> NDArray[np.bool_]:
    """Tell for each row whether the cell is shown whose period and group stand in the columns that are named, but for `fixed` parts."""
    parts = {"metric": "metric", "period": period, "dimension": "dimension", "group": group}
    keys = zip(*(repeat(fixed[key]) if fixed and key in fixed else frame[name].tolist() for key, name in parts.items()), strict=False)
    return np.fromiter(map(shown.__contains__, keys), dtype=bool, count=len(frame))
