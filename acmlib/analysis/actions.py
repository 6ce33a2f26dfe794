"""Did an agreed action work? What the numbers show since it was done, and how long until they can show it.

Totals are judged on the control chart: limits from the months before the action, rules on the months after it. A group has too few people a
month for that; its last 12 months are compared with 12 months before the action, once at least half of them lie after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd

from acmlib.analysis.action_outcomes import REASONS, VERDICTS, ActionOutcome, chart_outcome, window_outcome
from acmlib.analysis.control_charts import CHARTED, MONTH, Rebase, xmr
from acmlib.contract.ids import MetricId
from acmlib.contract.kinds import MetricKind
from acmlib.contract.periods import months_between, parse_period
from acmlib.contract.records import Action
from acmlib.measures.table import ALL, ALL_PARTICIPANTS, grain

__all__ = ["REASONS", "TOGETHER", "VERDICTS", "ActionOutcome", "chart_outcome", "judge", "rebases", "window_outcome"]

#: Actions done within so many days of each other cannot be told apart by monthly figures.
TOGETHER = 92


def rebases(actions: Iterable[Action], metric: str, *, language: str = "en") -> tuple[Rebase, ...]:
    """Return where the limits of a metric's chart start anew: at actions that say so and are done, and nowhere else.

    Parameters
    ----------
    language : str
        Of the reason: the action's note, else what was agreed.

    Returns
    -------
    tuple of Rebase
        In order of their dates. Actions for a single group do not rebase the chart of everyone.

    Examples
    --------
    >>> done = Action(
    ...     id="a3",
    ...     agreed_on="2025-12-04",
    ...     what="Employ a second job coach",
    ...     owner="Ana Ruiz",
    ...     party="provider",
    ...     status="done",
    ...     done_on="2026-01-12",
    ...     metric="placed_6m",
    ...     expected="higher",
    ...     rebase=True,
    ... )
    >>> rebases([done], "placed_6m")
    (Rebase(date=datetime.date(2026, 1, 12), reason='Employ a second job coach', action='a3'),)
    """
    own = [one for one in actions if one.rebase and one.status == "done" and one.metric == metric and one.group is None]
    made = [Rebase(one.done_on, (one.note or one.what).in_language(language), one.id) for one in own if one.done_on is not None]
    return tuple(sorted(made, key=lambda rebase: rebase.date))


def judge(
    actions: Sequence[Action],
    cells: pd.DataFrame,
    *,
    charts: Mapping[str, pd.DataFrame] | None = None,
    level: float = 0.95,
    ends: dt.date | None = None,
    kinds: Mapping[str, MetricKind] | None = None,
) -> pd.DataFrame:
    """Return for each agreed action whether the numbers show it.

    Parameters
    ----------
    actions : sequence of Action
        All of the contract, whoever may read of them, in the order in which they are to be shown.
    cells : DataFrame
        Metric table; monthly totals for actions for everyone, rolling windows by group for actions for a group.
    charts : mapping, optional
        Metric to its chart from `xmr`, indexed by month; made from `cells` without rebases if absent.
    ends : date, optional
        Last day of the contract: an action that needs more months than are left until then is ``not judged``.
    kinds : mapping, optional
        Metric to its kind; shares if absent.

    Returns
    -------
    DataFrame
        `id, metric, dimension, group, expected, date` (done on) and the fields of `ActionOutcome`: `verdict, to_go, since, signal, change,
        low, high, trial, reason`. An action that is not done, or that names no metric or direction, is ``not judged``. `together`
        says that a figure changed as expected, but another action of the same weeks may be what changed it.

    Examples
    --------
    >>> planned = Action(
    ...     id="H3",
    ...     agreed_on="2026-04-16",
    ...     what="List the employers",
    ...     owner="Dana Cole",
    ...     party="provider",
    ...     status="open",
    ...     metric="placed_6m",
    ...     expected="higher",
    ... )
    >>> cells = pd.DataFrame(columns=["metric", "period", "dimension", "group", "numerator", "denominator", "value", "status"], dtype="str")
    >>> judge([planned], cells)[["id", "verdict", "reason"]].values.tolist()
    [['H3', 'not judged', 'not done']]
    """
    rows, of_metric = [], {metric: cells[_is_metric(cells["metric"], metric)] for metric in {one.metric for one in actions} if metric}
    for one in actions:
        own = of_metric.get(one.metric or "", cells[:0])
        kind = (kinds or {}).get(MetricId.parse(one.metric).key, "proportion") if one.metric else "proportion"
        outcome = _in_time(_outcome(one, own, charts or {}, level, kind), one, own, ends)
        agreed = {"id": one.id, "metric": one.metric, "dimension": one.dimension, "group": one.group, "expected": one.expected}
        rows.append(agreed | {"date": one.done_on} | vars(outcome))
    names = ["id", "metric", "dimension", "group", "expected", "date", *ActionOutcome.__dataclass_fields__]
    found = pd.DataFrame(rows, columns=names)
    signal = {one.id for one in actions if found.loc[found["id"].eq(one.id), "verdict"].eq("signal").any()}
    return found.assign(together=[one.id in signal and any(_alike(one, other, signal) for other in actions) for one in actions])


def _alike(action: Action, other: Action, signal: Collection[str]) -> bool:
    """Return whether another action was done in the same weeks, and was to change the same figure or seems to have changed one."""
    if action.id == other.id or action.done_on is None or other.done_on is None:
        return False
    if abs((action.done_on - other.done_on).days) > TOGETHER:
        return False
    same_group = action.group == other.group or None in (action.group, other.group)
    return other.id in signal or (other.metric == action.metric and other.expected is not None and same_group)


def _outcome(action: Action, own: pd.DataFrame, charts: Mapping[str, pd.DataFrame], level: float, kind: MetricKind) -> ActionOutcome:
    if action.metric is None or action.expected is None:
        return ActionOutcome("not judged", reason="no metric or direction agreed")
    if action.status != "done" or action.done_on is None:
        return ActionOutcome("not judged", reason="dropped" if action.status == "dropped" else "not done")
    if action.group is not None:
        group = own[(own["group"] == action.group) & (own["dimension"] == action.dimension)]
        return window_outcome(group, expected=action.expected, date=action.done_on, level=level, kind=kind)
    points = charts.get(action.metric)
    if points is None:
        monthly = own[(own["dimension"] == ALL) & (own["group"] == ALL_PARTICIPANTS) & own["period"].str.fullmatch(MONTH)].sort_values(
            "period"
        )
        if monthly.empty:
            return ActionOutcome("not judged", reason="no figures")
        values = monthly.set_index("period")["value"].where(monthly["status"].isin(CHARTED).to_numpy())
        points = xmr(values, action.expected)
    return chart_outcome(points, expected=action.expected, date=action.done_on)


def _in_time(outcome: ActionOutcome, action: Action, own: pd.DataFrame, ends: dt.date | None) -> ActionOutcome:
    """Return what is said of an action; that the contract ends too soon, where it does before so many more months are over."""
    compared = action.group is not None and outcome.change == outcome.change  # the window of a group has been compared: nothing is missing
    if ends is None or outcome.verdict != "not yet" or outcome.to_go != outcome.to_go or compared:
        return outcome
    months = [
        text for text, known in zip(own["period"].tolist(), own["value"].notna().tolist(), strict=True) if known and grain(text) == "month"
    ]
    left = len(months_between(parse_period(max(months)).end, ends)) - 1 if months else outcome.to_go
    return ActionOutcome("not judged", reason="ends too soon") if outcome.to_go > left else outcome


def _is_metric(metrics: pd.Series, metric: str) -> pd.Series:
    """Return where a row is of the metric; retention is judged at its first time: ``in_programme@90d`` before ``@180d``."""
    own = metrics == metric
    if own.any():
        return own
    days = {known.days for known in map(MetricId.parse, metrics.unique()) if known.key == metric and known.days is not None}
    return metrics == str(MetricId(metric, min(days))) if days else own
