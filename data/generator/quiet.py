"""Months without a false alarm: what control charts of the invented totals would say."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from generator.lives import KEPT_AT, WINDOW, Life, Plan, early, within

#: Days after referral in which all stages are normally reached; the contracts say the same.
PATHWAY = 240

Months = list[list[Life]]


def by_month(plan: Plan, lives: Iterable[Life], day: Callable[[Life], dt.date | None]) -> Months:
    """Sort lives into the months of the contract by one of their dates."""
    months: Months = [[] for _ in range(plan.months)]
    for life in lives:
        on = day(life)
        if on is not None and 0 <= plan.month_of(on) < plan.months:
            months[plan.month_of(on)].append(life)
    return months


def shares(months: Sequence[Sequence[Life]], that: Callable[[Life], float], of: Callable[[Life], bool] = bool) -> list[float]:
    """Return the share of each month in which `that` holds, of those in which `of` holds; NaN of nobody."""
    kept = [[that(life) for life in month if of(life)] for month in months]
    return [sum(month) / len(month) if month else math.nan for month in kept]


def entry_series(plan: Plan, lives: Sequence[Life]) -> dict[str, list[float]]:
    """Return the monthly totals that are settled once people have enrolled, as charts draw them."""
    referred = by_month(plan, lives, lambda life: life.referred)
    closed, done = referred[: plan.closed(30) + 1], referred[: plan.closed(PATHWAY) + 1]
    return {
        "enrolled": [float(len(month)) for month in by_month(plan, lives, lambda life: life.enrolled)],
        "enrolled_30d": shares(closed, lambda life: within(life.referred, life.enrolled, 30)),
        "days_to_enrol": [median_wait(month) for month in referred],
        "stage:assessed": shares(done, lambda life: float(life.assessed is not None)),
        "stage:enrolled": shares(done, lambda life: float(life.enrolled is not None), lambda life: life.assessed is not None),
    }


def later_series(plan: Plan, lives: Sequence[Life]) -> dict[str, list[float]]:
    """Return the monthly totals of what follows enrolment, as charts draw them; those with a window stop at the last closed month."""
    entered = by_month(plan, lives, lambda life: life.enrolled)
    done = by_month(plan, lives, lambda life: life.referred)[: plan.closed(PATHWAY) + 1]
    paid = by_month(plan, lives, lambda life: life.placed)
    return {
        "placed_6m": shares(entered[: plan.closed(WINDOW) + 1], lambda life: within(life.enrolled, life.placed, WINDOW)),
        "stage:started": shares(done, lambda life: float(life.started is not None), lambda life: life.enrolled is not None),
        "stage:placed": shares(done, lambda life: float(life.placed is not None), lambda life: life.started is not None),
        "placements_per_day": placements_per_day(entered[: plan.closed(WINDOW) + 1]),
        "wage": shares(paid, lambda life: life.wage or 0.0),
        **{f"in_programme@{days}d": [still_in(plan, month, days) for month in entered] for days in KEPT_AT[:3]},
    }


def placements_per_day(months: Months) -> list[float]:
    """Return by month of enrolment the placements in `WINDOW` for each day that people were not yet placed or gone."""
    rates = []
    for month in months:
        stays = [(life.placed or life.left) for life in month]
        days = sum(
            min((end - life.enrolled).days if end and life.enrolled else WINDOW, WINDOW) for life, end in zip(month, stays, strict=True)
        )
        rates.append(sum(within(life.enrolled, life.placed, WINDOW) for life in month) / days if days else math.nan)
    return rates


def median_wait(month: Sequence[Life]) -> float:
    """Return the day by which half of those referred have enrolled; NaN if not half do. Who never enrols is still waiting."""
    waits = sorted((life.enrolled - life.referred).days if life.enrolled else math.inf for life in month)
    middle = (waits[(len(waits) - 1) // 2] + waits[len(waits) // 2]) / 2 if waits else math.inf
    return middle if math.isfinite(middle) else math.nan


def still_in(plan: Plan, month: Sequence[Life], days: int) -> float:
    """Return the Kaplan-Meier share not yet gone `days` after enrolling; NaN if nobody was followed for so long."""
    followed = [(plan.as_of - life.enrolled).days for life in month if life.enrolled]
    gone = [(life.left - life.enrolled).days if early(life, days) and life.left and life.enrolled else math.inf for life in month]
    if not followed or max(followed) < days:
        return math.nan
    still = 1.0
    for day in sorted({day for day in gone if day <= days}):
        at_risk = sum(min(f, g) >= day for f, g in zip(followed, gone, strict=True))
        still *= 1 - gone.count(day) / at_risk
    return still


def all_quiet(series: Mapping[str, Sequence[float]], changed_in: int | None, loud: Sequence[str]) -> bool:
    """Tell whether no series signals; those in `loud` have a planted change in month `changed_in` and must be quiet on both sides of it."""
    return all(
        quiet(values[:changed_in]) and quiet(values[changed_in:]) if name in loud and changed_in is not None else quiet(values)
        for name, values in series.items()
    )


def all_heard(series: Mapping[str, Sequence[float]], heard: Sequence[str]) -> bool:
    """Tell whether every series in `heard` has a run of 8 on one side of its mean, which every chart reports."""
    for name in heard:
        x = np.asarray([value for value in series[name] if not math.isnan(value)])
        side = np.sign(x - x.mean())
        if not any(abs(side[i : i + 8].sum()) == 8 for i in range(len(x) - 7)):
            return False
    return True


def quiet(values: Sequence[float]) -> bool:
    """Tell whether a control chart of `values` has nothing to report.

    No point outside the limits, no run or trend of 7, no 2 of 3 near a limit; slightly stricter than the charts are, to be safe.
    """
    x = np.asarray(values, dtype=float)
    x = x[~np.isnan(x)]
    if len(x) < 3:
        return True
    moving = np.abs(np.diff(x))
    kept = moving[moving < 3.267 * moving.mean()] if moving.mean() > 0 else moving
    reach, middle = 2.66 * kept.mean(), x.mean()
    if (np.abs(x - middle) > 0.97 * reach).any():
        return False
    side, step = np.sign(x - middle), np.sign(np.diff(x))
    runs = any(abs(side[i : i + 7].sum()) == 7 for i in range(len(x) - 6))
    trends = any(abs(step[i : i + 6].sum()) == 6 for i in range(len(step) - 5))
    near = np.where(x - middle > 0.62 * reach, 1, np.where(middle - x > 0.62 * reach, -1, 0))
    return not runs and not trends and not any(abs(near[i : i + 3].sum()) >= 2 for i in range(len(x) - 2))
