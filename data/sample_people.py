"""Invented participants of a youth-employment programme, with exactly the gaps that a sample contract plants and no others.

Monthly totals are random draws, as in life; groups are not. Who gets which life is arranged afterwards so that every group has
the outcomes its plan says (the same as everybody's, unless a gap is planted): thirty groups drawn freely would show a "clear" gap
somewhere by chance, and the training material would then teach a wrong answer. Only `random.Random` draws, so that a seed gives
the same files everywhere.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

#: Last day that any invented file knows about.
AS_OF = dt.date(2026, 6, 30)
#: First month of all invented contracts.
FIRST_MONTH = dt.date(2024, 7, 1)
MONTHS = 24
#: Days after enrolment within which a placement counts in the samples.
WINDOW = 183
#: Last day of the last month whose placements are all known at `AS_OF`.
LAST_CLOSED = dt.date(2025, 12, 31)
#: Times at which group shares of "still in the programme" are kept even.
KEPT_AT = (30, 90, 180, 365)


@dataclass(frozen=True)
class Plan:
    """What one invented provider is like.

    Shares of each dimension add up to 1. `planted_started` gives the groups of `planted_dimension` whose chance to start after
    enrolment differs from `started`; `planted_placed` is what share of them ("" is everybody else) must then be placed in `WINDOW`.
    """

    seed: int
    referred_a_month: float
    dimensions: Mapping[str, Mapping[str, float]]
    assessed: float = 0.90
    enrolled: float = 0.88
    started: float = 0.82
    placed: float = 0.52
    leaves_early: float = 0.34
    days_to_enrol: Callable[[int], float] = lambda month: 9.0
    chance_enrolled: Callable[[int], float] | None = None
    wage: float = 15.5
    planted_dimension: str | None = None
    planted_started: Mapping[str, float] = field(default_factory=dict)
    planted_placed: Mapping[str, float] = field(default_factory=dict)
    even_pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Life:
    """One person's way through the programme; None is a step not (yet) reached."""

    month: int
    planted: str
    referred: dt.date
    assessed: dt.date | None = None
    enrolled: dt.date | None = None
    started: dt.date | None = None
    placed: dt.date | None = None
    left: dt.date | None = None
    reason: str = ""
    wage: float | None = None


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the first of the month `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)


def workday(day: dt.date) -> dt.date:
    """Return `day`, or the Monday after it if it is on a weekend."""
    return day + dt.timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


def after(day: dt.date, days: float) -> dt.date:
    """Return the working day about `days` after `day`."""
    return workday(day + dt.timedelta(days=round(days)))


def quotas(shares: Mapping[str, float], people: int) -> dict[str, int]:
    """Return whole numbers of people by group that add up to `people` (largest remainders)."""
    exact = {group: share * people / sum(shares.values()) for group, share in shares.items()}
    whole = {group: math.floor(number) for group, number in exact.items()}
    for group in sorted(exact, key=lambda name: whole[name] - exact[name])[: people - sum(whole.values())]:
        whole[group] += 1
    return whole


def spread(shares: Mapping[str, float], people: int, draw: random.Random, block: int = 40) -> list[str]:
    """Return one group for each person, in the promised shares not only overall but in every stretch of about `block` people."""
    names: list[str] = []
    given = dict.fromkeys(shares, 0)
    while len(names) < people:
        upto = min(people, len(names) + block)
        wanted = quotas(shares, upto)
        part = [group for group in shares for _ in range(max(0, wanted[group] - given[group]))]
        draw.shuffle(part)
        for group in part[: upto - len(names)]:
            given[group] += 1
            names.append(group)
    return names


def enter(plan: Plan, month: int, draw: random.Random) -> Life:
    """Draw the way into the programme of somebody referred in `month`: the same for every group."""
    referred = workday(add_months(FIRST_MONTH, month) + dt.timedelta(days=draw.randrange(0, 17)))
    life = Life(month, "", referred)
    typical = plan.days_to_enrol(month)
    wait = min(max(2.0, draw.gauss(typical, typical / 4)), 2.2 * typical)
    if draw.random() > plan.assessed:
        return life
    life = replace(life, assessed=after(referred, wait * 0.5))
    chance = plan.chance_enrolled(month) if plan.chance_enrolled else plan.enrolled
    return known(replace(life, enrolled=after(referred, wait)) if draw.random() < chance else life)


def go_on(plan: Plan, life: Life, draw: random.Random) -> Life:
    """Draw what follows enrolment, up to `AS_OF`. As many leave early in a class that is placed less often as in the others."""
    if life.enrolled is None:
        return life
    enrolled, chance = life.enrolled, plan.planted_started.get(life.planted, plan.started)
    started = after(enrolled, draw.uniform(8, 30)) if draw.random() < chance else None
    placed = None
    if started and draw.random() < plan.placed:
        placed = after(started, draw.uniform(25, 140))
    elif started and draw.random() < 0.05:
        placed = after(enrolled, draw.uniform(195, 300))
    if placed:
        left, reason = after(placed, draw.uniform(60, 120)), "Completed"
    elif draw.random() < plan.leaves_early / (1 - chance * (plan.placed + 0.05 * (1 - plan.placed))):
        earliest = (started - enrolled).days + 1 if started else 12
        left = after(enrolled, max(earliest, 12 + draw.expovariate(1 / 110)))
        reason = draw.choice(("Left early", "Left early", "Moved away"))
    else:
        left, reason = after(enrolled, draw.uniform(370, 420)), "Completed"
    wage = round(draw.gauss(plan.wage, 1.6) * 4) / 4 if placed else None
    return known(replace(life, started=started, placed=placed, left=left, reason=reason, wage=wage))


def known(life: Life) -> Life:
    """Blank what lies after `AS_OF`."""
    cut = {name: None for name in ("assessed", "enrolled", "started", "placed", "left") if (getattr(life, name) or AS_OF) > AS_OF}
    life = replace(life, **cut)
    return replace(life, reason=life.reason if life.left else "", wage=life.wage if life.placed else None)


def months_of(values: Sequence[tuple[dt.date | None, float]], last: int) -> list[list[float]]:
    """Sort values into months of the contract up to month number `last`."""
    months: list[list[float]] = [[] for _ in range(last + 1)]
    for day, value in values:
        if day is not None:
            index = (day.year - FIRST_MONTH.year) * 12 + day.month - FIRST_MONTH.month
            if 0 <= index <= last:
                months[index].append(value)
    return months


def series(lives: Sequence[Life]) -> dict[str, list[float]]:
    """Return the monthly totals that dashboards draw; those with a window stop at the last closed month."""

    def share(pairs: Sequence[tuple[dt.date | None, float]], last: int) -> list[float]:
        return [sum(month) / len(month) if month else 0.0 for month in months_of(pairs, last)]

    entered = [life for life in lives if life.enrolled]
    waits = months_of([(life.referred, float((life.enrolled - life.referred).days)) for life in entered if life.enrolled], 22)
    wages = months_of([(life.placed, life.wage) for life in lives if life.placed and life.wage], 23)
    return {
        "referred": [float(len(month)) for month in months_of([(life.referred, 1.0) for life in lives], 23)],
        "enrolled": [float(len(month)) for month in months_of([(life.enrolled, 1.0) for life in entered], 23)],
        "enrolled_30d": share([(life.referred, within(life.referred, life.enrolled, 30)) for life in lives], 22),
        "days_to_enrol": [float(np.median(month)) if month else 0.0 for month in waits],
        "placed_6m": share([(life.enrolled, within(life.enrolled, life.placed, WINDOW)) for life in entered], 17),
        "in_programme@90d": share([(life.enrolled, 1 - early(life, 90)) for life in entered], 20),
        "in_programme@180d": share([(life.enrolled, 1 - early(life, 180)) for life in entered], 17),
        "wage": [sum(month) / len(month) if month else plan_wage(wages) for month in wages[5:]],
    }


def plan_wage(months: Sequence[Sequence[float]]) -> float:
    """Return the mean over all months, for a month without anybody."""
    every = [value for month in months for value in month]
    return sum(every) / len(every) if every else 0.0


def within(start: dt.date | None, end: dt.date | None, days: int) -> float:
    """Return 1 if `end` is at most `days` after `start`, else 0."""
    return float(start is not None and end is not None and (end - start).days <= days)


def early(life: Life, days: int) -> float:
    """Return 1 for who left early within `days` of enrolling, else 0."""
    return within(life.enrolled, life.left, days) if life.reason != "Completed" else 0.0


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


def draw_lives(plan: Plan, changed_in: int | None = None, *, loud: Sequence[str] = ()) -> list[Life]:
    """Draw months until no control chart signals what was not planted.

    `loud` are the series with a planted change in month number `changed_in`; they must be quiet before and after it.
    """
    for attempt in range(20_000):
        draw = random.Random(plan.seed * 100_000 + attempt)
        sizes = month_sizes(plan.referred_a_month, round(plan.referred_a_month * MONTHS), draw)
        lives = [enter(plan, month, draw) for month, people in enumerate(sizes) for _ in range(people)]
        lives = [go_on(plan, life, draw) for life in with_classes(lives, plan, draw)]
        if alike(lives, plan) and all(
            quiet(values) if name not in loud or changed_in is None else quiet(values[:changed_in]) and quiet(values[changed_in:])
            for name, values in series(lives).items()
        ):
            return sorted(lives, key=lambda life: (life.month, life.referred))
    raise RuntimeError(f"seed {plan.seed}: no quiet months in 20000 draws")


def with_classes(lives: Sequence[Life], plan: Plan, draw: random.Random) -> list[Life]:
    """Mark the planted group and the others, in the same shares among those enrolled, assessed only and referred only."""
    if plan.planted_dimension is None:
        return list(lives)
    shares = plan.dimensions[plan.planted_dimension]
    classes = {group: shares[group] for group in plan.planted_started}
    classes[""] = 1 - sum(classes.values())
    marked = list(lives)
    for far in range(3):
        places = [i for i, life in enumerate(lives) if (life.assessed is not None) + (life.enrolled is not None) == far]
        for place, planted in zip(places, spread(classes, len(places), draw), strict=True):
            marked[place] = replace(lives[place], planted=planted)
    return marked


def alike(lives: Sequence[Life], plan: Plan, *, within_points: float = 0.02) -> bool:
    """Tell whether the planted classes are placed as planned and stay in the programme alike, so that only the planted gap is there."""
    entered = [life for life in lives if life.enrolled]
    for planted, wanted in plan.planted_placed.items():
        closed = [life for life in entered if life.planted == planted and life.enrolled <= LAST_CLOSED]  # type: ignore[operator]
        if abs(sum(within(life.enrolled, life.placed, WINDOW) for life in closed) / len(closed) - wanted) > 0.01:
            return False
    for days in KEPT_AT[:3]:
        rates = []
        for planted in {life.planted for life in entered}:
            flags = [early(life, days) for life in entered if life.planted == planted]
            rates.append(sum(flags) / len(flags))
        if rates and max(rates) - min(rates) > within_points:
            return False
    return True


def month_sizes(mean: float, total: int, draw: random.Random) -> list[int]:
    """Return referrals by month: noisy, adding up to `total`."""
    sizes = [max(1, round(draw.gauss(mean, math.sqrt(mean) * 0.8))) for _ in range(MONTHS)]
    while sum(sizes) != total:
        sizes[draw.randrange(MONTHS)] += 1 if sum(sizes) < total else -1
    return [max(1, size) for size in sizes]


def outcomes(lives: Sequence[Life]) -> np.ndarray:
    """Return one column per outcome whose group shares must be right, each split by half-year of the contract."""
    base = [
        [
            float(life.assessed is not None),
            float(life.enrolled is not None),
            within(life.referred, life.enrolled, 30),
            within(life.referred, life.enrolled, 14),
            float(life.started is not None),
            float(life.placed is not None),
            within(life.enrolled, life.placed, WINDOW),
            *(early(life, days) for days in KEPT_AT),
            float(life.reason == "Completed"),
            (life.wage - 15.5) / 3 if life.wage else 0.0,
        ]
        for life in lives
    ]
    halves = np.array([[float(life.month // 6 == half) for half in range(4)] for life in lives])
    columns = np.array(base)
    return (columns[:, :, None] * halves[:, None, :]).reshape(len(lives), -1)


def groups_of(people: Sequence[Mapping[str, str]], plan: Plan) -> np.ndarray:
    """Return one 0/1 column per group of every dimension and of every pair that must come out even."""
    names = sorted({(dimension, person[dimension]) for person in people for dimension in plan.dimensions})
    pairs = sorted({(a, person[a], b, person[b]) for person in people for a, b in plan.even_pairs})
    columns = [[float(person[dimension] == group) for person in people] for dimension, group in names]
    columns += [[float(person[a] == one and person[b] == two) for person in people] for a, one, b, two in pairs]
    return np.array(columns).T


def by_quota(plan: Plan, classes: Mapping[str, Sequence[int]], draw: random.Random) -> list[dict[str, str]]:
    """Return somebody for each place: a group in every dimension, in the plan's shares within each planted class."""
    people: list[dict[str, str]] = [{} for _ in range(sum(map(len, classes.values())))]
    for planted, places in classes.items():
        for dimension, shares in plan.dimensions.items():
            if dimension == plan.planted_dimension:
                others = {group: share for group, share in shares.items() if group not in plan.planted_started}
                shares = {planted: 1.0} if planted else others
            for place, group in zip(places, spread(shares, len(places), draw), strict=True):
                people[place][dimension] = group
    return people


def arrange(lives: Sequence[Life], plan: Plan, *, proposals: int = 40_000) -> list[dict[str, str]]:
    """Decide who each life belongs to: quotas for every dimension, then exchanges within a month until group outcomes are as planned."""
    draw = random.Random(plan.seed)
    classes = {c: [i for i, life in enumerate(lives) if life.planted == c] for c in sorted({life.planted for life in lives})}
    people = by_quota(plan, classes, draw)
    x, y = groups_of(people, plan), outcomes(lives)
    expected = sum(np.outer(x[rows].mean(axis=0), y[rows].sum(axis=0)) for rows in classes.values())
    off = x.T @ y - expected
    weight = 1.0 / (np.abs(expected) + 1.0)
    cells: dict[tuple[int, str], list[int]] = {}
    for index, life in enumerate(lives):
        cells.setdefault((life.month, life.planted), []).append(index)
    choices = [rows for rows in cells.values() if len(rows) > 1]
    order = list(range(len(lives)))
    for _ in range(proposals):
        i, j = draw.sample(draw.choice(choices), 2)
        change = np.outer(x[order[i]] - x[order[j]], y[j] - y[i])
        if (weight * change * (2 * off + change)).sum() < 0:
            off += change
            order[i], order[j] = order[j], order[i]
    return [people[index] for index in order]
