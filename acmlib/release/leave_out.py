"""An edition's part of what is known: the assessment without the cells that it does not show, and all that is derived from them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

from acmlib.analysis.assessment import Assessment
from acmlib.analysis.before import Before
from acmlib.analysis.verdicts import MetricVerdict
from acmlib.measures.table import HIDDEN, IMMATURE, KEY_COLUMNS
from acmlib.release.spans import EVERYBODY

_KEYS = list(KEY_COLUMNS)


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
        Rows about such cells have NaN for every number and status ``hidden``; their verdicts are ``not judged``. A result of the whole
        contract that is not offered, because some of it is not known yet, has status ``immature``.
    """
    waiting = set(cells["metric"]) - set(cells.loc[cells["period"].eq("term"), "metric"])
    shown = pd.MultiIndex.from_frame(cells.loc[cells["status"].ne(HIDDEN), _KEYS])
    masked: dict[str, Any] = {}
    for field in fields(assessment):
        value = getattr(assessment, field.name)
        if isinstance(value, pd.DataFrame) and set(_KEYS) <= set(value.columns):
            masked[field.name] = _mask(value, shown, waiting)
        elif field.name == "action_outcomes" and assessment.view == "years":
            masked[field.name] = _of_actions(value)
        elif isinstance(value, pd.DataFrame) and assessment.view == "years":  # of no cell in particular: it may rest on hidden ones
            masked[field.name] = value.iloc[:0]
    metrics = {name: _of_metric(one, shown, years=assessment.view == "years") for name, one in assessment.metrics.items()}
    return replace(assessment, metrics=metrics, **masked)


def leave_out_of_before(before: Before, shown: pd.DataFrame) -> Before:
    """Return what was known at the edition before, as readers of a public edition may be told it.

    Parameters
    ----------
    before : Before
        With true numbers.
    shown : DataFrame
        Key columns of the cells that may be told.
    """
    keys = pd.MultiIndex.from_frame(shown[_KEYS])
    metrics = {name: _of_metric(one, keys, years=True) for name, one in before.metrics.items()}
    return replace(before, metrics=metrics, gaps=_mask(before.gaps, keys, ()), served=_mask(before.served, keys, ()))


def _mask(frame: pd.DataFrame, shown: pd.MultiIndex, waiting: Collection[str]) -> pd.DataFrame:
    gone = ~_among(frame, "group", shown)
    for other in ("comparator", "comparator_group"):
        if other in frame:
            of_group = frame["basis"].isin(["best", "group"]) if "basis" in frame else frame[other].notna()
            gone |= of_group & ~_among(frame, other, shown)
    if "earlier_period" in frame:
        before = frame.assign(period=frame["earlier_period"])
        gone |= ~_among(before, "group", shown)
        for other in ("comparator", "comparator_group"):
            if other in frame:
                gone |= before[other].notna() & ~_among(before, other, shown)
    result = frame.copy()
    numbers = [name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name].dtype)]
    result[numbers] = result[numbers].astype("float64").mask(gone)
    for name, word in (("status", HIDDEN), ("verdict", "not judged")):
        if name in result:
            result.loc[gone, name] = word
    if "status" in result:
        result.loc[gone & result["period"].eq("term") & result["metric"].isin(waiting), "status"] = IMMATURE
    return result


def _of_actions(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Keep what is judged of each action, the same in every edition; its numbers, months and windows rest on figures that are not shown."""
    nothing = {name: float("nan") for name in ("change", "low", "high", "to_go")}
    return outcomes.assign(**nothing, since="", signal="")


def _of_metric(one: MetricVerdict, shown: pd.MultiIndex, *, years: bool) -> MetricVerdict:
    points = _of_chart(one, shown)
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
    return replace(MetricVerdict(one.metric, one.period, status=HIDDEN), points=points)


def _of_chart(one: MetricVerdict, shown: pd.MultiIndex) -> pd.DataFrame:
    """Leave hidden points out of a chart, and its limits with them: the mean of all points and all but one give that one away."""
    points = one.points
    told = np.array([(one.metric, period, *EVERYBODY) in shown for period in points.index], dtype=bool)
    if told.all():
        return points
    points = points.copy()
    numbers = [name for name in points.columns if pd.api.types.is_float_dtype(points[name].dtype) and name != "target"]
    points.loc[~told, numbers] = np.nan
    points[[name for name in ("mean", "lower", "upper") if name in points]] = np.nan
    for name, empty in (("status", HIDDEN), ("variation", "missing"), ("assurance", "none"), ("signal", "")):
        if name in points:
            points.loc[~told, name] = empty
    return points


def _among(frame: pd.DataFrame, group: str, shown: pd.MultiIndex) -> pd.Series:
    """Tell for each row whether the cell of the group that it names is shown."""
    keys = frame[_KEYS[:3]].assign(group=frame[group]).astype("str")
    return pd.Series(pd.MultiIndex.from_frame(keys).isin(shown), index=frame.index, dtype=bool)
