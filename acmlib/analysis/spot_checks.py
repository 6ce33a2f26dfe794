"""Spot checks of records: how many of a sample must be right, and how often that rule decides wrongly (Lot Quality Assurance Sampling)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from acmlib.contract.replies import SpotCheck

#: Share of records that should be right, and share at which the data cannot be relied on, by the name of the target.
TARGETS = {"90/60": (0.90, 0.60), "85/55": (0.85, 0.55), "80/50": (0.80, 0.50)}


@dataclass(frozen=True)
class Rule:
    """When a sample passes, and how often that is wrong."""

    records: int  #: Records in the sample.
    least: int  #: Right records with which it passes.
    #: `good`, `bad`: shares of right records of a set that should pass, and of one that should not.
    good: float
    bad: float
    wrong_fail: float  #: Chance that a good set fails.
    wrong_pass: float  #: Chance that a bad set passes.

    def passes(self, right: int) -> bool:
        """Return whether so many right records are enough."""
        return right >= self.least


def has_passed(check: SpotCheck) -> bool:
    """Return whether enough of the sample was right."""
    return decision_rule(check.records, check.target).passes(check.records - check.errors)


def last_failed(checks: Sequence[SpotCheck]) -> dict[str, SpotCheck]:
    """Return the last spot check of each metric if it was not passed: what pages say of these rests on records that were not right.

    Examples
    --------
    >>> checked = {"what": "Files", "records": 19, "by": "Ana", "metric": "placed_6m"}
    >>> list(last_failed([SpotCheck(date="2026-01-10", errors=5, **checked)]))
    ['placed_6m']
    >>> last_failed([SpotCheck(date="2026-01-10", errors=5, **checked), SpotCheck(date="2026-03-10", errors=1, **checked)])
    {}
    """
    last = {check.metric: check for check in sorted(checks, key=lambda check: check.date) if check.metric is not None}
    return {metric: check for metric, check in last.items() if not has_passed(check)}


@cache
def decision_rule(records: int, target: str = "90/60") -> Rule:
    """Return the rule for a sample of this size whose larger chance of deciding wrongly is smallest.

    Parameters
    ----------
    records : int
        Records in the sample.
    target : str
        ``90/60``, ``85/55`` or ``80/50``: pass a set of which 90% are right, fail one of which 60% are.

    Raises
    ------
    ValueError
        If there are no records, or the target is none of these.

    Notes
    -----
    With 19 records these are the rules of Valadez (1991), *Assessing Child Survival Programs in Developing Countries*: both chances
    stay below 10%.

    Examples
    --------
    >>> rule = decision_rule(19)
    >>> rule.least, round(rule.wrong_fail, 3), round(rule.wrong_pass, 3)
    (15, 0.035, 0.07)
    >>> decision_rule(19, "85/55").least, decision_rule(19, "80/50").least
    (14, 13)
    """
    if records < 1:
        raise ValueError(f"records is {records}; a sample has at least one")
    if target not in TARGETS:
        raise ValueError(f"target is {target!r}; use {', '.join(TARGETS)}")
    good, bad = TARGETS[target]
    rules = [
        Rule(records, least, good, bad, _fewer(least, records, good), 1 - _fewer(least, records, bad)) for least in range(1, records + 1)
    ]
    return min(rules, key=lambda rule: max(rule.wrong_fail, rule.wrong_pass))


def _fewer(least: int, records: int, share: float) -> float:
    """Return the chance of fewer than `least` right records of a sample when this share of all is right."""
    return math.fsum(math.comb(records, right) * share**right * (1 - share) ** (records - right) for right in range(least))
