"""One verdict per metric: its result, whether it meets its target, and whether it has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from acmlib.analysis import overview
from acmlib.analysis.benchmarks import target_at, track
from acmlib.analysis.control_charts import Rebase
from acmlib.analysis.views import View
from acmlib.contract.model import Contract
from acmlib.measures.table import ALL


@dataclass(frozen=True)
class TargetVerdict:
    """Whether a metric meets the target in force.

    Attributes
    ----------
    value : float
        The target of the window: dated targets weighted by the window's people; NaN if none was agreed.
    in_force : float
        The target on the last day.
    state : str
        ``met``, ``missed``, ``none agreed``, ``no direction`` or ``not judged``.
    certain : bool
        The whole interval lies on that side: clearly met, clearly missed.
    months_met, months_judged : int
        Months that met their own target, of those judged: since `since`.
    since : str
        The month from which months are counted: the last change of the chart, else its first month; empty if none is judged.
    """

    value: float = np.nan
    in_force: float = np.nan
    state: str = "none agreed"
    certain: bool = False
    months_met: int = 0
    months_judged: int = 0
    since: str = ""


@dataclass(frozen=True)
class ChangeVerdict:
    """Whether a metric has changed over the window shown.

    Attributes
    ----------
    state : str
        ``better``, ``worse``, ``higher``, ``lower`` (where neither is better), ``no clear change`` or ``not judged``.
    basis : str
        ``phases`` (before and after an agreed action), ``shift`` (found on the chart, the search allowed for), ``12 months`` (against the
        12 before) or empty.
    since : str
        Month in which the change begins; empty if there is none.
    before, after, difference, low, high : float
        Means in the metric's unit and the limits of their difference; NaN if not judged.
    before_period, after_period : str
        What is compared.
    actions : tuple of str
        Ids of the actions behind a rebase.
    marked : tuple of str
        Months that the rules of the chart mark; a mark is not a verdict.
    reason : str
        Why it is not judged: ``no dates``, ``too few months``, ``too few people``.
    """

    state: str = "not judged"
    basis: str = ""
    since: str = ""
    before: float = np.nan
    after: float = np.nan
    difference: float = np.nan
    low: float = np.nan
    high: float = np.nan
    before_period: str = ""
    after_period: str = ""
    actions: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class MetricVerdict:
    """Everything that is decided about one metric: the one object that headings, tables, figures and questions read.

    Attributes
    ----------
    metric, period : str
        Metric id, and the window that `value` is of.
    numerator, denominator, value, low, high, status
        The total in that window, as in the metric table.
    target : TargetVerdict
    change : ChangeVerdict
    points : DataFrame
        Control chart by month (quarter or year where there are no months): columns of `acmlib.analysis.control_charts.xmr`, and
        `denominator`, `status`, `target` (of that month), `open` (of fewer than 5 people), `unfinished`. Empty where there are no dates.
    """

    metric: str
    period: str = ""
    numerator: float = np.nan
    denominator: float = np.nan
    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    status: str = "no data"
    target: TargetVerdict = field(default_factory=TargetVerdict)
    change: ChangeVerdict = field(default_factory=ChangeVerdict)
    points: pd.DataFrame = field(default_factory=pd.DataFrame)


#: What `track` calls the states of a target.
_STATES = {
    "on track": "met", "off track": "missed", "no target agreed": "none agreed", "no direction agreed": "no direction",
    "not judged": "not judged",
}  # fmt: skip


def metric_verdicts(
    table: pd.DataFrame,
    cells: pd.DataFrame,
    contract: Contract,
    *,
    date: dt.date,
    rebases: Mapping[str, Sequence[Rebase]],
    view: View,
) -> dict[str, MetricVerdict]:
    """Return the verdict on every metric id that has totals.

    Parameters
    ----------
    table : DataFrame
        The whole metric table: verdicts on change rest on its months, whatever a view shows.
    cells : DataFrame
        The cells of a view.
    contract : Contract
    date : date
        The data cut-off.
    rebases : mapping
        Metric to the changes agreed and made, from `acmlib.analysis.actions.rebases`.
    view : {"rolling", "years"}
        ``years`` charts quarters instead of months.

    Returns
    -------
    dict
        Metric id to `MetricVerdict`.
    """
    totals = cells[cells["dimension"].eq(ALL)]
    latest = overview.latest_periods(cells)
    last = overview.in_periods(totals, latest)
    judged = track(last, contract.metrics, as_of=date).set_index("metric").to_dict("index")
    verdicts = {}
    for metric in dict.fromkeys(totals["metric"]):
        name = str(metric)
        own = name.partition("@")[0]
        points = overview.trend(totals, name, contract, date=date, rebases=rebases.get(own, ()))
        if name not in judged:
            verdicts[name] = MetricVerdict(name, points=points)
            continue
        row = judged[name]
        target = TargetVerdict(
            value=float(row["target"]),
            in_force=target_at(contract.metrics[own], date) if own in contract.metrics else np.nan,
            state=_STATES[str(row["track"])],
            certain=bool(row["certain"]),
        )
        verdicts[name] = MetricVerdict(
            metric=name,
            period=str(row["period"]),
            numerator=float(row["numerator"]),
            denominator=float(row["denominator"]),
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            status=str(row["status"]),
            target=target,
            points=points,
        )
    return verdicts
