"""All counts of a release, each once, and how they hang together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract
from acmlib.contract.periods import parse_period
from acmlib.release.audit import System, from_sums

#: Counts are whole; sums of wages are not, and are stored as floats.
SAME = 1e-6

#: First and last month, as numbers; None for what has no dates.
Span: TypeAlias = tuple[int, int] | None
#: Whom (a text of `acmlib.release.counts.Counted`), where (dimension, group), when.
Key: TypeAlias = tuple[str, str, str, Span]


@dataclass
class Book:
    """All counts that are shown, hidden or implied, each once, and the sums that link them.

    Attributes
    ----------
    position : dict
        Key to position in `truth`.
    truth : list of float
    least : list of float
        What every reader knows a count to reach at least.
    sums : list of (int, list of int)
        Positions of a total and of its parts.
    layers : dict
        Whom to the whoms that it is divided into, several ways: everybody in a cohort into those who met and those who did not.
    between : set of int
        Counts that no cell shows but that follow from two that are: who is in the longer of two periods and not in the shorter.
    """

    position: dict[Key, int] = field(default_factory=dict)
    truth: list[float] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    sums: list[tuple[int, list[int]]] = field(default_factory=list)
    layers: dict[tuple[str, tuple[str, ...]], None] = field(default_factory=dict)
    between: set[int] = field(default_factory=set)

    def enter(self, key: Key, value: float) -> int | None:
        """Give the position of a count, entering it if it is new; None if the same count is known with another value."""
        at = self.position.get(key)
        if at is None:
            at = self.position[key] = len(self.truth)
            self.truth.append(float(value))
            self.least.append(0.0)
        return at if abs(self.truth[at] - value) <= SAME else None

    def link(self, total: int, parts: list[int]) -> bool:
        """Note a sum, if it is one: what does not hold in the true counts is no knowledge of a reader's."""
        holds = bool(parts) and abs(self.truth[total] - sum(self.truth[part] for part in parts)) <= SAME * max(1.0, abs(self.truth[total]))
        if holds:
            self.sums.append((total, parts))
        return holds

    def system(self) -> System:
        """Return the counts and sums as a system of equations."""
        linked = from_sums(self.truth, self.sums)
        return System(linked.truth, linked.equations, lower=np.asarray(self.least))


def month_number(day: dt.date) -> int:
    """Number the months, so that spans can be compared.

    Examples
    --------
    >>> month_number(dt.date(2026, 5, 31)) - month_number(dt.date(2025, 12, 1))
    5
    """
    return day.year * 12 + day.month - 1


def spans(cells: pd.DataFrame, contract: Contract) -> list[Span]:
    """Give the months that each cell covers, as numbers; None for what has no dates.

    ``term`` runs from the metric's first month to the last whose outcomes are known. A curve over the whole contract (metric
    ids with ``@``) and a cohort of which nothing is known yet hold everybody.

    Parameters
    ----------
    cells : DataFrame
        Metric table, also with months that no page shows.
    contract : Contract

    Returns
    -------
    list of (int, int) or None
    """
    starts = contract.contract.starts
    cached: dict[str, tuple[int, int]] = {}
    for text in cells["period"].unique():
        if text != "term":
            period = parse_period(text, starts=starts)
            cached[text] = (month_number(period.start), month_number(period.end))
    term = _terms(cells, cached)
    return [cached.get(text) or term.get(metric) for metric, text in zip(cells["metric"], cells["period"], strict=True)]


def months_of(cells: pd.DataFrame, table: pd.DataFrame, contract: Contract) -> list[Span]:
    """Give the months that each of some cells of a metric table covers.

    Parameters
    ----------
    cells : DataFrame
        Some cells of `table`.
    table : DataFrame
        The whole metric table.
    contract : Contract

    Returns
    -------
    list of (int, int) or None
    """
    everything = pd.concat([table[table["dimension"].eq("all")], cells], ignore_index=True)
    return spans(everything, contract)[len(everything) - len(cells) :]


def _terms(cells: pd.DataFrame, cached: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Give the months of each metric's whole contract."""
    single = cells[cells["dimension"].eq("all") & ~cells["period"].str.startswith("P") & cells["period"].ne("term")]
    found: dict[str, tuple[int, int]] = {}
    for metric, rows in single.groupby("metric", sort=False):
        known = rows["period"] if "@" in str(metric) else rows.loc[rows["status"].ne("immature"), "period"]
        periods: Iterable[str] = known if len(known) else rows["period"]
        found[str(metric)] = (min(cached[text][0] for text in periods), max(cached[text][1] for text in periods))
    return found
