"""Months without a false alarm: what a control chart of the invented totals would say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from generator.lives import WINDOW, Life, Plan, early, within


def months_of(plan: Plan, values: Sequence[tuple[dt.date | None, float]], last: int) -> list[list[float]]:
    """Sort values into months of the contract up to month number `last`."""
    months: list[list[float]] = [[] for _ in range(last + 1)]
    for day, value in values:
        if day is not None:
            index = plan.month_of(day)
            if 0 <= index <= last:
                months[index].append(value)
    return months


def series(plan: Plan, lives: Sequence[Life]) -> dict[str, list[float]]:
    """Return the monthly totals that dashboards draw; those with a window stop at the last closed month."""

    def share(pairs: Sequence[tuple[dt.date | None, float]], last: int) -> list[float]:
        return [sum(month) / len(month) if month else 0.0 for month in months_of(plan, pairs, last)]

    entered, last = [life for life in lives if life.enrolled], plan.months - 1
    waited = [(life.referred, float((life.enrolled - life.referred).days)) for life in entered if life.enrolled]
    waits = months_of(plan, waited, plan.closed(30))
    wages = months_of(plan, [(life.placed, life.wage) for life in lives if life.placed and life.wage], last)
    return {
        "referred": [float(len(month)) for month in months_of(plan, [(life.referred, 1.0) for life in lives], last)],
        "enrolled": [float(len(month)) for month in months_of(plan, [(life.enrolled, 1.0) for life in entered], last)],
        "enrolled_30d": share([(life.referred, within(life.referred, life.enrolled, 30)) for life in lives], plan.closed(30)),
        "days_to_enrol": [float(np.median(month)) if month else 0.0 for month in waits],
        "placed_6m": share([(life.enrolled, within(life.enrolled, life.placed, WINDOW)) for life in entered], plan.closed(WINDOW)),
        "in_programme@90d": share([(life.enrolled, 1 - early(life, 90)) for life in entered], plan.closed(90)),
        "in_programme@180d": share([(life.enrolled, 1 - early(life, 180)) for life in entered], plan.closed(WINDOW)),
        "wage": [sum(month) / len(month) if month else overall(wages) for month in wages[5:]],
    }


def overall(months: Sequence[Sequence[float]]) -> float:
    """Return the mean over all months, for a month without anybody."""
    every = [value for month in months for value in month]
    return sum(every) / len(every) if every else 0.0


def quiet(values: Sequence[float]) -> bool:
    """Tell whether a control chart of `values` has nothing to report.

    No point outside the limits, no run or trend of 7, no 2 of 3 near a limit; slightly stricter than the charts are, to be safe.
    """
    x = np.asarray(values, dtype=float)
    moving = np.abs(np.diff(x))
    kept = moving[moving < 3.267 * moving.mean()] if moving.mean() > 0 else moving
    spread_, middle = 2.66 * kept.mean(), x.mean()
    if (np.abs(x - middle) > 0.97 * spread_).any():
        return False
    side, step = np.sign(x - middle), np.sign(np.diff(x))
    runs = any(abs(side[i : i + 7].sum()) == 7 for i in range(len(x) - 6))
    trends = any(abs(step[i : i + 6].sum()) == 6 for i in range(len(step) - 5))
    near = np.where(x - middle > 0.62 * spread_, 1, np.where(middle - x > 0.62 * spread_, -1, 0))
    return not runs and not trends and not any(abs(near[i : i + 3].sum()) >= 2 for i in range(len(x) - 2))
