"""Who is who: draws the lives of one provider, then decides which life is whose so that groups come out as planned."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

import numpy as np

from generator.lives import KEPT_AT, WINDOW, Life, Plan, early, enter, go_on, spread, within
from generator.quiet import all_heard, all_quiet, entry_series, later_series, quiet

#: Smallest number of people that a release shows.
LEAST = 11
#: Class of everybody referred once the planted gap is closed.
LATER = "later"


def draw_lives(plan: Plan, changed_in: int | None = None, *, loud: Sequence[str] = (), heard: Sequence[str] = ()) -> list[Life]:
    """Draw months until no control chart signals what was not planted: first the way in, then what follows.

    `loud` are the series with a planted change in month number `changed_in`; they must be quiet before and after it.
    Those in `heard` must tell of it.
    """
    draw = random.Random(plan.seed)
    for _ in range(20_000):
        sizes = month_sizes(plan, draw)
        if not quiet(sizes) or (plan.shown_monthly and min(sizes) < 3 * LEAST):
            continue
        entries = [life for month, people in enumerate(sizes) for life in enter_month(plan, month, people, draw)]
        series = entry_series(plan, entries)
        if all_quiet(series, changed_in, loud) and all_heard(series, heard):
            break
    entries = with_classes(entries, plan, draw)
    for _ in range(20_000):
        lives = [go_on(plan, life, draw) for life in entries]
        if alike(lives, plan) and all_quiet(later_series(plan, lives), changed_in, loud):
            return sorted(lives, key=lambda life: (life.month, life.referred))
    raise RuntimeError(f"seed {plan.seed}: no quiet months in 20000 draws")


def enter_month(plan: Plan, month: int, people: int, draw: random.Random) -> list[Life]:
    """Draw the way in of everybody referred in one month."""
    while True:
        lives = [enter(plan, month, draw) for _ in range(people)]
        soon = sum(within(life.referred, life.enrolled, 30) for life in lives)
        if not plan.shown_monthly or month == plan.months - 1 or (soon > people / 2 and people - soon >= LEAST):
            return lives


def with_classes(lives: Sequence[Life], plan: Plan, draw: random.Random) -> list[Life]:
    """Mark the planted group and the others, in the same shares among those enrolled, assessed only and referred only."""
    if plan.planted_dimension is None:
        return list(lives)
    shares = plan.dimensions[plan.planted_dimension]
    classes = {group: shares[group] for group in plan.planted}
    classes[""] = 1 - sum(classes.values())
    marked = [life if life.month < plan.planted_until else life._replace(planted=LATER) for life in lives]
    for far in range(3):
        reached = [(life.assessed is not None) + (life.enrolled is not None) for life in lives]
        places = [i for i, life in enumerate(marked) if reached[i] == far and life.planted != LATER]
        for place, planted in zip(places, spread(classes, len(places), draw), strict=True):
            marked[place] = lives[place]._replace(planted=planted)
    return marked


def alike(lives: Sequence[Life], plan: Plan) -> bool:
    """Tell whether the planted groups differ from the others as planned, and in nothing else."""
    entered = [life for life in lives if life.enrolled]
    classes = ("", *plan.planted) if plan.planted else ()
    kept: dict[int, list[float]] = {days: [] for days in KEPT_AT[:3]}
    for planted in classes:
        ours = [life for life in entered if life.planted == planted]
        last = min(plan.closed(WINDOW), plan.planted_until - 1)
        closed = [life for life in ours if plan.month_of(life.enrolled or plan.as_of) <= last]
        placed = mean([within(life.enrolled, life.placed, WINDOW) for life in closed])
        if abs(placed - plan.planted_placed.get(planted, placed)) > max(0.012, 0.6 / len(closed)):
            return False
        if planted in plan.planted_early and abs(mean([early(life, 180) for life in closed]) - plan.planted_early[planted]) > 0.015:
            return False
        for days, rates in kept.items():
            rates.append(mean([early(life, days) for life in ours]))
    least = min((sum(life.planted == planted for life in entered) for planted in classes), default=1)
    return bool(plan.planted_early) or all(max(rates) - min(rates) < max(0.02, 1.6 / least) for rates in kept.values() if rates)


def mean(values: Sequence[float]) -> float:
    """Return the mean, 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def month_sizes(plan: Plan, draw: random.Random) -> list[int]:
    """Return referrals by month: noisy, adding up to the planned total, nobody's month empty."""
    mean, total = plan.referred_a_month, round(plan.referred_a_month * plan.months)
    sizes = [max(1, round(draw.gauss(mean, math.sqrt(mean) * 0.8))) for _ in range(plan.months)]
    while sum(sizes) != total:
        month = draw.randrange(plan.months)
        sizes[month] += 1 if sum(sizes) < total else -int(sizes[month] > 1)
    return sizes


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
    halves = np.array([[float(life.month // 6 == half) for half in range(1 + lives[-1].month // 6)] for life in lives])
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
                others = {group: share for group, share in shares.items() if group not in plan.planted}
                shares = {"": others, LATER: shares}.get(planted, {planted: 1.0})
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
        if (weight * change * (2 * off + change)).sum() < -1e-9:  # a rounding error would differ between machines
            off += change
            order[i], order[j] = order[j], order[i]
    return [people[index] for index in order]
