"""The facts that a page says first, the worst clear one first: without wording, and independent of the edition.

`facts` decides; `acmlib.display.verdict` finds the words. The order is the second law of the product: the missed main target, the clear
gap, who is under-served; then what is well; then what cannot be judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from acmlib.analysis.verdicts import MetricVerdict
from acmlib.contract.ids import MetricId
from acmlib.contract.model import Contract
from acmlib.display.comparisons import Comparison, comparisons
from acmlib.display.rows import Row, number

#: The kinds of fact in the order in which they are told.
BAD = ("missed", "gap", "served", "missed other", "worse")
WEAK = ("recovered", "short", "possible", "recovered other", "short other")
GOOD = ("met", "met other", "gap closed", "better", "changed")
OPEN = ("no target", "not judged", "no gap", "nobody")
#: What became of a gap that is told on a first screen: it is gone, or the group is ahead.
CLOSED = ("closed", "turned")
ORDER = (*BAD, *WEAK, *GOOD, *OPEN)


@dataclass(frozen=True)
class Fact:
    """One thing that the numbers say."""

    kind: str  #: One of `ORDER`.
    metric: str = ""  #: Metric id; empty where it is about none.
    verdict: MetricVerdict | None = None  #: The verdict on the metric, of facts about a target or a change.
    comparison: Comparison | None = None  #: The comparison, of a gap.
    rows: tuple[Row, ...] = ()  #: Rows of ``served``, of who is under-served; the row of ``cohorts`` of a gap that closed.
    reason: str = ""  #: Why nothing can be said: ``hidden``, ``immature``, ``too few``, ``no data``.


def facts(
    verdicts: Mapping[str, MetricVerdict],
    gaps: pd.DataFrame,
    served: pd.DataFrame,
    contract: Contract,
    *,
    main: str,
    headline: tuple[str, ...],
    cohorts: pd.DataFrame | None = None,
    compared: Sequence[Comparison] | None = None,
) -> tuple[Fact, ...]:
    """Return what is known, worst clear thing first.

    Parameters
    ----------
    gaps, served : DataFrame
        As the edition may show them.
    main : str
        Metric id of the contract's purpose; empty if there is none.
    cohorts : DataFrame, optional
        First cohort of the contract against the last (`acmlib.analysis.cohorts`): gaps of headline figures that closed are told.
    compared : sequence of Comparison, optional
        What `comparisons` makes of `gaps`, if it is known already.

    Returns
    -------
    tuple of Fact
        In the order of `ORDER`; facts of one kind in the order of the headline figures, gaps by the people they concern.
    """
    found: list[Fact] = []
    for metric in dict.fromkeys(name for name in (main, *headline) if name):
        known = verdicts.get(metric)
        found += [Fact("nobody", metric, reason="no data")] if known is None else [_target(known, is_main=metric == main), *_change(known)]
    every = comparisons(gaps, contract, main=main, headline=headline) if compared is None else compared
    for one in every:
        if not MetricId.parse(one.metric).step and contract_kind(contract, one.dimension) != "reason":
            found.append(Fact(_weight(one, (main, *headline)), one.metric, comparison=one))
    found += _under_served(served)
    found += _closed(cohorts, (main, *headline)) if cohorts is not None else []
    if every and not any(one.kind == "gap" for one in found):
        found.append(Fact("no gap"))
    found = [one for one in found if one.kind]
    found.sort(key=lambda one: ORDER.index(one.kind))
    return tuple(found)


def _weight(comparison: Comparison, headline: tuple[str, ...]) -> str:
    """Return the kind of fact that a comparison is.

    A possible gap is told only of a headline figure, and if its own interval excludes zero: of dozens of comparisons with whichever group
    is best, another one looks like that each month.
    """
    if comparison.outcome == "clear":
        return "gap"
    row = comparison.worst
    low, high = (number(row, name) or 0.0 for name in ("gap_low", "gap_high")) if row is not None else (0.0, 0.0)
    told = comparison.outcome == "possible" and comparison.metric in headline and (low > 0 or high < 0)
    return "possible" if told else ""


def contract_kind(contract: Contract, dimension: str) -> str:
    """Return the kind of a dimension; ``people`` if the contract says none."""
    return str(getattr(contract.dimensions.get(dimension), "kind", None) or "people")


def _target(known: MetricVerdict, *, is_main: bool) -> Fact:
    """Return what is known of a metric against its target."""
    metric, target = known.metric, known.target
    if known.status in ("hidden", "immature", "no data", "unreliable", "in error") and known.value != known.value:
        reason = {"unreliable": "too few", "no data": "no data"}.get(known.status, known.status)
        return Fact("nobody" if reason == "no data" else "not judged", metric, known, reason=reason)
    if target.state in ("met", "missed"):
        bad = target.state == "missed"
        if bad and _has_recovered(known):
            return Fact("recovered" if is_main else "recovered other", metric, known)
        name = "missed" if bad and target.certain else "short" if bad else "met"
        return Fact(name if is_main else f"{name} other", metric, known)
    if target.state == "not judged":
        return Fact("not judged", metric, known, reason="too few")
    return Fact("no target" if is_main else "", metric, known)


def _has_recovered(known: MetricVerdict) -> bool:
    """Return whether a target that the whole window misses is on the right side since a change for the better."""
    change, target = known.change, known.target.in_force
    return change.state == "better" and bool(change.since) and (change.after - target) * (known.value - target) < 0


def _change(known: MetricVerdict) -> list[Fact]:
    """Return a change of a metric that more than chance explains."""
    kind = {"worse": "worse", "better": "better", "higher": "changed", "lower": "changed"}.get(known.change.state)
    return [Fact(kind, known.metric, known)] if kind else []


def _closed(cohorts: pd.DataFrame, metrics: tuple[str, ...]) -> list[Fact]:
    """Return the gaps of these metrics that closed from the first cohort to the last, beyond chance; the largest first."""
    if cohorts.empty:
        return []
    rows = cohorts[cohorts["verdict"].isin(CLOSED) & cohorts["metric"].isin(metrics) & cohorts["value_after"].notna()]
    rows = rows.sort_values("gap_change", key=lambda change: -change.abs(), kind="stable")
    return [Fact("gap closed", str(row["metric"]), rows=(row,)) for row in rows.to_dict("records")]


def _under_served(served: pd.DataFrame) -> list[Fact]:
    """Return the groups that clearly take part less often than the others, one fact a base and dimension: largest shortfall first."""
    if served.empty:
        return []
    behind = served[served["verdict"].eq("clear") & served["participation_ratio"].lt(1)]
    found = []
    for _, rows in behind.groupby(["base", "dimension"], sort=False):
        ordered = sorted(rows.to_dict("records"), key=lambda row: number(row, "representation_gap") or 0.0)
        found.append(Fact("served", str(ordered[0]["metric"]), rows=tuple(ordered)))
    found.sort(key=lambda one: number(one.rows[0], "representation_gap") or 0.0)
    return found
