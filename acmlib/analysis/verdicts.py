"""One verdict per metric: its result, whether it meets its target, and whether it has changed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class TargetVerdict:
    """Whether a metric meets the target in force."""

    value: float = np.nan  #: The target of the window: dated targets weighted by the window's people; NaN if none was agreed.
    in_force: float = np.nan  #: The target on the last day.
    state: str = "none agreed"  #: ``met``, ``missed``, ``none agreed``, ``no direction`` or ``not judged``.
    certain: bool = False  #: The whole interval lies on that side: clearly met, clearly missed.
    #: `months_met`, `months_judged`: months that met their own target, of those judged: since `since`.
    months_met: int = 0
    months_judged: int = 0
    #: The month from which months are counted: the last change of the chart, else its first month; empty if none is judged.
    since: str = ""


@dataclass(frozen=True)
class ChangeVerdict:
    """Whether a metric has changed over the window shown."""

    #: ``better``, ``worse``, ``higher``, ``lower`` (where neither is better), ``no clear change`` or ``not judged``.
    state: str = "not judged"
    #: ``phases`` (before and after an agreed action), ``shift`` (found on the chart, the search allowed for), ``12 months`` (against the 12
    #: before) or empty.
    basis: str = ""
    since: str = ""  #: Month in which the change begins; empty if there is none.
    #: `before`, `after`, `difference`, `low`, `high`: means in the metric's unit and the limits of their difference; NaN if not judged.
    before: float = np.nan
    after: float = np.nan
    difference: float = np.nan
    low: float = np.nan
    high: float = np.nan
    #: `before_period`, `after_period`: what is compared.
    before_period: str = ""
    after_period: str = ""
    actions: tuple[str, ...] = ()  #: Ids of the actions behind a rebase.
    marked: tuple[str, ...] = ()  #: Months that the rules of the chart mark; a mark is not a verdict.
    #: Why it is not judged: ``no dates``, ``too few months``, ``too few months since`` (the agreed action), ``too few people``; in a
    #: release also ``hidden``.
    reason: str = ""
    grain: str = "month"  #: For counts, the unit that `before` and `after` are means of: ``month``, ``quarter`` or ``year``.


@dataclass(frozen=True)
class MetricVerdict:
    """Everything that is decided about one metric: the one object that headings, tables, figures and questions read."""

    #: `metric`, `period`: metric id, and the window that `value` is of.
    metric: str
    period: str = ""
    #: `numerator`, `denominator`, `value`, `low`, `high`, `status`: the total in that window, as in the metric table.
    numerator: float = np.nan
    denominator: float = np.nan
    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    status: str = "no data"
    target: TargetVerdict = field(default_factory=TargetVerdict)
    change: ChangeVerdict = field(default_factory=ChangeVerdict)
    #: Control chart by month (quarter or year where there are no months): columns of `acmlib.analysis.control_charts.xmr`, and
    #: `denominator`, `status`, `target` (of that month), `open` (of fewer than 5 people), `unfinished`. Empty where there are no dates.
    points: pd.DataFrame = field(default_factory=pd.DataFrame)
