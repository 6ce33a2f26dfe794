"""One person's way through a programme, and what a provider is like.

Monthly totals are random draws, as in life; groups are not. Who gets which life is arranged afterwards (`generator.people`) so that
every group has the outcomes its plan says (the same as everybody's, unless a gap is planted): thirty groups drawn freely would show
a "clear" gap somewhere by chance, and the training material would then teach a wrong answer. Only `random.Random` draws, so that a
seed gives the same files everywhere.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

#: Days after enrolment within which an outcome (a job, a reading goal) counts in the samples.
WINDOW = 183
#: Times after enrolment at which group shares of "still in the programme" are kept as planned.
KEPT_AT = (30, 90, 180, 365)
#: Share of those who started who are placed after the window.
LATE = 0.05


@dataclass(frozen=True)
class Plan:
    """What one invented provider is like.

    Shares of each dimension add up to 1. A planted group (of `planted_dimension`) differs from everybody else ("") in its chance to
    start after enrolment, or to leave early, up to month number `planted_until`; `planted_placed` and `planted_early` are the shares
    placed in `WINDOW` and gone after 180 days that must then come out. With `shown_monthly` so many enrol every month, and so many
    do not, that a release hides neither, and the median wait is always reached.
    """

    seed: int
    referred_a_month: float
    dimensions: Mapping[str, Mapping[str, float]]
    first: dt.date = dt.date(2024, 7, 1)
    months: int = 24
    as_of: dt.date = dt.date(2026, 6, 30)
    assessed: float = 0.90
    started: float = 0.82
    placed: float = 0.52
    leaves_early: float = 0.34
    days_to_enrol: Callable[[int], float] = lambda month: 9.0
    enrolled: Callable[[int], float] = lambda month: 0.88
    wage: float = 15.5
    planted_dimension: str | None = None
    planted_started: Mapping[str, float] = field(default_factory=dict)
    planted_leaves: Mapping[str, float] = field(default_factory=dict)
    planted_placed: Mapping[str, float] = field(default_factory=dict)
    planted_early: Mapping[str, float] = field(default_factory=dict)
    planted_until: int = 99
    even_pairs: tuple[tuple[str, str], ...] = ()
    shown_monthly: bool = False

    @property
    def planted(self) -> tuple[str, ...]:
        """The groups with a plan of their own."""
        return tuple(dict.fromkeys((*self.planted_started, *self.planted_leaves)))

    def month_of(self, day: dt.date) -> int:
        """Return the number of the contract's month that `day` is in; the first is 0."""
        return (day.year - self.first.year) * 12 + day.month - self.first.month

    def closed(self, days: int) -> int:
        """Return the last month whose cohort is known in full, `days` after its last day, at `as_of`."""
        return max(month for month in range(self.months) if add_months(self.first, month + 1) + dt.timedelta(days=days - 1) <= self.as_of)


class Life(NamedTuple):
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
    referred = workday(add_months(plan.first, month) + dt.timedelta(days=draw.randrange(0, 17)))
    life = Life(month, "", referred)
    typical = plan.days_to_enrol(month)
    wait = min(max(2.0, draw.gauss(typical, typical / 4)), 2.2 * typical)
    if draw.random() > plan.assessed:
        return life
    life = life._replace(assessed=after(referred, wait * 0.5))
    return known(life._replace(enrolled=after(referred, wait)) if draw.random() < plan.enrolled(month) else life, plan.as_of)


def go_on(plan: Plan, life: Life, draw: random.Random) -> Life:
    """Draw what follows enrolment, up to the day the data end. Who is placed less often does not leave early more often."""
    if life.enrolled is None:
        return life
    planted = life.planted if life.month < plan.planted_until else ""
    enrolled, chance = life.enrolled, plan.planted_started.get(planted, plan.started)
    leaves = plan.planted_leaves.get(planted, plan.leaves_early) / (1 - chance * (plan.placed + LATE * (1 - plan.placed)))
    started = after(enrolled, draw.uniform(8, 30)) if draw.random() < chance else None
    placed = None
    if started and draw.random() < plan.placed:
        placed = after(started, draw.uniform(25, 140))
    elif started and draw.random() < LATE:
        placed = after(enrolled, draw.uniform(195, 300))
    if placed:
        left, reason = after(placed, draw.uniform(60, 120)), "Completed"
    elif draw.random() < leaves:
        earliest = (started - enrolled).days + 1 if started else 12
        left = after(enrolled, max(earliest, 12 + draw.expovariate(1 / 110)))
        reason = draw.choice(("Left early", "Left early", "Moved away"))
    else:
        left, reason = after(enrolled, draw.uniform(370, 420)), "Completed"
    wage = round(draw.gauss(plan.wage, 1.6) * 4) / 4 if placed else None
    return known(life._replace(started=started, placed=placed, left=left, reason=reason, wage=wage), plan.as_of)


def known(life: Life, as_of: dt.date) -> Life:
    """Blank what lies after `as_of`."""
    cut: dict[str, Any] = {
        name: None for name in ("assessed", "enrolled", "started", "placed", "left") if (getattr(life, name) or as_of) > as_of
    }
    if "left" in cut or life.left is None:
        cut["reason"] = ""
    if "placed" in cut or life.placed is None:
        cut["wage"] = None
    return life._replace(**cut) if cut else life


def within(start: dt.date | None, end: dt.date | None, days: int) -> float:
    """Return 1 if `end` is at most `days` after `start`, else 0."""
    return float(start is not None and end is not None and (end - start).days <= days)


def early(life: Life, days: int) -> float:
    """Return 1 for who left early within `days` of enrolling, else 0."""
    return within(life.enrolled, life.left, days) if life.reason != "Completed" else 0.0
