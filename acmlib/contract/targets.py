"""The one target in force: dated steps, each day has its own, a window the target weighted by its people."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from acmlib.contract.model import Metric, Target
from acmlib.contract.periods import parse_period

NO_TARGET = math.nan
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """A target and the days on which it is in force, both included; the target as it was agreed is `target`."""

    value: float
    start: dt.date
    end: dt.date
    target: Target


def steps(metric: Metric) -> tuple[Step, ...]:
    """Return the targets of a metric in order of time: one without `to` holds until the next one begins.

    Returns
    -------
    tuple of Step
        Empty if no target was agreed. `acmlib.contract.consistency` has refused gaps and overlaps.

    Examples
    --------
    >>> agreed = [{"value": 0.3, "from": "2024-07-01"}, {"value": 0.5, "from": "2026-01-01"}]
    >>> [(one.value, one.end.isoformat()) for one in steps(Metric(title="Placed", kind="proportion", that="x", target=agreed))]
    [(0.3, '2025-12-31'), (0.5, '9999-12-31')]
    """
    ordered = sorted(metric.target, key=lambda one: one.from_ or dt.date.min)
    following = [one.from_ for one in ordered[1:]] + [None] * bool(ordered)
    return tuple(
        Step(one.value, one.from_ or dt.date.min, one.to or (then - ONE_DAY if then else dt.date.max), one)
        for one, then in zip(ordered, following, strict=True)
    )


def step_problems(metric: Metric) -> Iterator[tuple[int, str]]:
    """Yield the position of each target that does not follow the one before it without gap or overlap, and what is wrong.

    Examples
    --------
    >>> agreed = [{"value": 0.3, "to": "2025-06-30"}, {"value": 0.5, "from": "2026-01-01"}]
    >>> [at for at, _ in step_problems(Metric(title="Placed", kind="proportion", that="x", target=agreed))]
    [1]
    """
    for one, then in pairwise(steps(metric)):
        at = metric.target.index(then.target)
        if then.start <= max(one.start, one.end) or then.target.from_ is None:
            other = metric.target.index(one.target)
            yield at, f"overlaps target.{other} in time; one target is in force at a time: end one on the day before the other begins"
        elif then.start > one.end + ONE_DAY:
            first, last = one.end + ONE_DAY, then.start - ONE_DAY
            mend = f"begin it on {first}, or let the one before it last until {last}"
            yield at, f"begins on {then.start}, and from {first} to {last} no target would be in force; {mend}"


def target_on(metric: Metric, day: dt.date) -> float:
    """Return the target in force on a day; NaN where none was agreed for it.

    Returns
    -------
    float
        In the unit of the metric (a fraction for shares).

    Examples
    --------
    >>> metric = Metric(title="Placed", kind="proportion", that="x", target=[{"value": 0.4, "from": "2025-07-01"}])
    >>> target_on(metric, dt.date(2026, 1, 1)), target_on(metric, dt.date(2025, 1, 1))
    (0.4, nan)
    """
    return targets_on(metric, [day])[0]


def targets_on(metric: Metric, days: Sequence[dt.date]) -> list[float]:
    """Return `target_on` for each of several days."""
    agreed = steps(metric)
    return [next((one.value for one in agreed if one.start <= day <= one.end), NO_TARGET) for day in days]


def target_in_force(metric: Metric, day: dt.date) -> Target | None:
    """Return the target that is in force on a day, as it was agreed, with its label; None where there is none."""
    return next((one.target for one in steps(metric) if one.start <= day <= one.end), None)


def target_of(metric: Metric, period: str, *, as_of: dt.date) -> float:
    """Return the target of a month, quarter or year: the one in force on its last day, or on the last day of the data.

    Parameters
    ----------
    as_of : date
        Last day of the data.
    """
    return target_on(metric, min(parse_period(period).end, as_of))


def window_target(metric: Metric, people: Mapping[str, float], *, as_of: dt.date) -> float:
    """Return the target of a window: the targets of its months, weighted by the people of each month.

    Parameters
    ----------
    people : mapping
        Month (quarter, year) of the window to its people; months for which no target was agreed are left out.
    as_of : date
        Last day of the data.

    Returns
    -------
    float
        NaN where no month has a target. Months count alike where nobody is in any.

    Examples
    --------
    >>> agreed = [{"value": 0.3, "from": "2024-07-01"}, {"value": 0.5, "from": "2026-01-01"}]
    >>> metric = Metric(title="Placed", kind="proportion", that="x", target=agreed)
    >>> window_target(metric, {"2025-12": 30.0, "2026-01": 10.0}, as_of=dt.date(2026, 1, 31))
    0.35
    """
    if len({one.value for one in steps(metric)}) <= 1:
        return target_on(metric, as_of)
    agreed = {period: target_of(metric, period, as_of=as_of) for period in people}
    known = {period: value for period, value in agreed.items() if not math.isnan(value)}
    if not known:
        return target_on(metric, as_of)
    weights = {period: people[period] if people[period] > 0 else 0.0 for period in known}
    if not any(weights.values()):
        weights = dict.fromkeys(known, 1.0)
    return sum(value * weights[period] for period, value in known.items()) / sum(weights.values())
