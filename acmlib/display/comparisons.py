"""All comparisons of groups in one place: one row for each metric and dimension, with its surest verdict.

The verdicts are those of `acmlib.analysis`; here they are only ordered and told apart. *No gap seen* is said of a comparison only if
every group of known people in it could be compared and none is hidden from the readers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from acmlib.analysis.overview import directions
from acmlib.contract.model import Contract
from acmlib.display.rows import Row, is_comparator, number, records
from acmlib.measures.table import IMMATURE, NO_DATA

#: What a comparison can come to, worst first. ``partly``: no gap among the groups that can be judged, others are too few or hidden;
#: ``open``: people enough, but so many of them still wait that nothing bounds the results; ``immature``: no group's time is over.
OUTCOMES = ("clear", "possible", "not seen", "partly", "hidden", "open", "immature", "too few")

#: Outcomes that judge nothing.
UNJUDGED = ("hidden", "open", "immature", "too few")


@dataclass(frozen=True)
class Comparison:
    """One metric by one dimension."""

    metric: str
    dimension: str
    outcome: str  #: One of `OUTCOMES`.
    behind: tuple[Row, ...]  #: Rows of the groups with the gap that `outcome` names, to their disadvantage: most people first.
    rows: tuple[Row, ...]  #: Every row, the comparator and unknown groups included.

    @property
    def worst(self) -> Row | None:
        """The row with the gap that concerns most people, if there is a gap."""
        return self.behind[0] if self.behind else None


def comparisons(gaps: pd.DataFrame, contract: Contract, *, main: str = "", headline: Iterable[str] = ()) -> tuple[Comparison, ...]:
    """Return every comparison, worst first; among equals the main metric, then the headline metrics; of clear gaps then most people.

    Of gaps that are not certain chance decides which is the largest, another one each month: they keep the order of the contract.

    Parameters
    ----------
    gaps : DataFrame
        ``report.gaps`` or another frame of `acmlib.analysis.equity.disparities`, as an edition may show it.
    contract : Contract
        Gives the direction of improvement and the groups that are not known.
    main : str
        Metric id of the contract's purpose.
    """
    if gaps.empty:
        return ()
    better, first = directions(contract), list(headline)
    families: dict[tuple[str, str], list[Row]] = {}
    for row in records(gaps):
        families.setdefault((str(row["metric"]), str(row["dimension"])), []).append(row)
    found = [_comparison(*key, rows, better.get(key[0], "higher"), contract) for key, rows in families.items()]
    places = {metric: number for number, metric in enumerate(first, start=1)} | {main: 0}
    by = list(contract.dimensions)
    found.sort(
        key=lambda one: (
            OUTCOMES.index(one.outcome),
            places.get(one.metric, len(places)),
            -people_behind(one) if one.outcome == "clear" else 0,
            by.index(one.dimension) if one.dimension in by else len(by),
        )
    )
    return tuple(found)


def worst_first(row: Row) -> tuple[float, float]:
    """Return what sorts gaps of one verdict, everywhere alike: most people first, then the largest gap."""
    return -(number(row, "to_parity_fixed") or 0.0), -abs(number(row, "outcome_gap") or 0.0)


def people_behind(comparison: Comparison) -> float:
    """Return how many people the gaps of a comparison mean: those it would take to the comparator's level."""
    return sum(number(row, "to_parity_fixed") or 0.0 for row in comparison.behind)


def _comparison(metric: str, dimension: str, rows: Sequence[Row], better: str, contract: Contract) -> Comparison:
    unknown = contract.dimensions[dimension].not_recorded if dimension in contract.dimensions else ()
    judged = [row for row in rows if row["group"] not in unknown and not is_comparator(row)]
    behind: list[Row] = []
    outcome = ""
    for verdict in ("clear", "possible"):
        behind = [row for row in judged if row.get("verdict") == verdict and is_behind(row, better)]
        if behind:
            outcome = verdict
            break
    behind.sort(key=worst_first)
    return Comparison(metric, dimension, outcome or _quiet(judged, contract.statistics.minimum_n), tuple(behind), tuple(rows))


def _quiet(judged: list[Row], minimum_n: float) -> str:
    """Return the outcome of a comparison without a gap to any group's disadvantage: no gap seen, or too little known."""
    known = [row for row in judged if str(row.get("status", "shown")) not in (NO_DATA, IMMATURE)]
    settled = [row for row in known if row.get("verdict") in ("clear", "possible", "not seen") and _is_large(row, minimum_n)]
    if not settled:
        if known and all(_is_hidden(row) for row in known):
            return "hidden"
        if not known and any(row.get("status") == IMMATURE for row in judged):
            return "immature"
        return "open" if any(is_open(row, minimum_n) for row in known) else "too few"
    return "not seen" if len(settled) == len(known) else "partly"


def _is_large(row: Row, minimum_n: float) -> bool:
    """Return whether a group has people enough for *no gap seen* to mean anything."""
    people = number(row, "denominator")
    return people is None or people >= minimum_n


def is_open(row: Row, minimum_n: float) -> bool:
    """Return whether a result of people enough has no interval: half of them have come through, and too few more to bound the median."""
    people = number(row, "denominator")
    unbounded = number(row, "low") is None or number(row, "high") is None
    return number(row, "value") is not None and unbounded and people is not None and people >= minimum_n


def _is_hidden(row: Row) -> bool:
    return row.get("verdict") == "hidden" or row.get("status") == "hidden"


def is_behind(row: Row, better: str) -> bool:
    """Return whether a gap is to the group's disadvantage; never where neither direction is better."""
    gap = number(row, "outcome_gap") or 0.0
    return gap > 0 if better == "lower" else gap < 0 if better == "higher" else False
