"""The public rule: small counts are hidden, then the smallest beside them, until the attacker of `acmlib.release.audit` finds nothing.

*Primary suppression* (`acmlib.release.primary`) hides what is small by itself. The audit then names the counts that are not protected yet,
and the smallest shown number that each of them follows from is hidden too (*secondary suppression*). A few cells too many are better than
a rule that nobody can explain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from acmlib.contract.kinds import main_id
from acmlib.contract.model import Contract
from acmlib.measures.counting import Counted
from acmlib.measures.meanings import counted as meanings_of
from acmlib.measures.nests import meetings
from acmlib.measures.persons import PERSON_COLUMNS
from acmlib.measures.spans import Place
from acmlib.measures.table import ALL, KEY_COLUMNS, SUPPRESSED_BY_SENDER
from acmlib.release.audit import attack
from acmlib.release.counts import Number, as_counts, count_people, people_of, with_sums, with_withheld
from acmlib.release.knowledge import Table
from acmlib.release.offer import fine_enough
from acmlib.release.past import Past, ReleaseError
from acmlib.release.primary import EXTREME, primary, small

KEYS = list(KEY_COLUMNS)
#: Why a cell is hidden that is not small itself.
FEW, LINKED, AUDIT = "few people in many rows", "same people as a hidden cell", "a small count would follow from it"


class Decision(NamedTuple):
    """What of a public table is hidden, and why."""

    #: Metric table of the cells that are offered, with true numbers.
    cells: pd.DataFrame
    #: Why a cell is hidden; empty where it is shown.
    reason: pd.Series
    #: Cells whose earlier figure stays, because the correction is too small to be shown.
    stays: pd.Series

    @property
    def hidden(self) -> pd.Series:
        """Which cells are hidden."""
        return self.reason.ne("")


def decide(cells: pd.DataFrame, counted: Counted, contract: Contract, *, last: Collection[Place], past: Past) -> Decision:
    """Decide what of a public table is shown.

    Parameters
    ----------
    cells : DataFrame
        Metric table of what is offered (`acmlib.release.offer`), with true numbers.
    counted : Counted
        The whole metric table, and who is a part of whom.
    last : collection of (dimension, group)
        Groups that are hidden last: those that the contract's goals and actions name.
    past : Past
        What earlier public editions have shown.

    Returns
    -------
    Decision

    Raises
    ------
    ReleaseError
        If small counts follow from what earlier editions have shown, whatever is hidden now.
    """
    privacy, ends = contract.privacy, with_sums(counted.ends, counted.table, contract)
    meanings, past = people_of(meanings_of(contract), ends), replace(past, ends=ends)
    people = as_counts(cells, ends)
    reason = primary(people, meanings, privacy, ends=ends, minimum_n=contract.statistics.minimum_n)
    few = small(cells[KEYS].merge(counted.persons, on=KEYS, how="left")[PERSON_COLUMNS].astype(float), privacy).any(axis=1)
    reason[few & reason.eq("")] = FEW
    kept = fine_enough(cells, reason, past.splits)
    cells, people = cells[kept].reset_index(drop=True), people[kept].reset_index(drop=True)
    reason, stays = past.applied(people, reason[kept].reset_index(drop=True))
    counts = count_people(with_withheld(as_counts(counted.table, ends)), contract, meanings)
    shown_by, withheld = counts.shown_by(cells, contract, meanings), cells["status"].eq(SUPPRESSED_BY_SENDER)
    secret = [number for at in np.flatnonzero(withheld) for number in shown_by[at].values() if not np.isnan(counts.true(number))]
    told = [{} if gone else own for own, gone in zip(shown_by, withheld, strict=True)]
    headline = {main_id(contract, name) for name, metric in contract.metrics.items() if metric.headline}
    suppression = _Suppression(cells, reason.tolist(), told, last=last, headline=headline)
    # Hidden though they are no small count, or for a sum: neither may follow.
    unsaid = np.flatnonzero(stays | reason.isin([FEW, EXTREME]) | (reason.ne("") & cells["metric"].isin(list(ends))))
    given = past.numbers(counts, meanings)
    numbers = list(dict.fromkeys([*(number for own in suppression.numbers for number in own), *secret, *given]))
    same, within = meetings(counted.crossed, counts.places)
    nested = counted.nested | {(one.numerator, one.denominator) for one in meanings.values() if one.parts and one.denominator is not None}
    public = Table(counts, numbers, same, within, nested, privacy.minimum_count, privacy.show_zeros)
    suppression.protect(public, [*secret, *(number for at in unsaid for number in suppression.numbers[at])], given, stays.tolist(), past)
    return Decision(cells, pd.Series(suppression.reason, index=cells.index, dtype=str), stays)


class _Suppression:
    """Cells, the numbers of people that they show, and which of them are hidden so far."""

    def __init__(
        self,
        cells: pd.DataFrame,
        reason: list[str],
        numbers: Sequence[Mapping[str, Number]],
        *,
        last: Collection[Place],
        headline: Collection[str],
    ) -> None:
        size = cells["denominator"].fillna(cells["numerator"]).fillna(0.0)
        self._about = list(zip(cells["metric"], cells["dimension"], cells["group"], size, strict=True))
        self.reason, self._last, self._headline = reason, last, headline
        self.numbers = [tuple(own.values()) for own in numbers]
        self._cells_of: dict[Number, list[int]] = {}
        self._base: dict[Number, list[int]] = {}
        for cell, own in enumerate(numbers):
            for number in own.values():
                self._cells_of.setdefault(number, []).append(cell)
            if own and self._about[cell][1] != ALL:
                self._base.setdefault(own.get("denominator") or own["numerator"], []).append(cell)
        for cell in [cell for cell, why in enumerate(reason) if why]:
            self._spread(cell)

    def protect(self, table: Table, further: Sequence[Number], given: set[Number], stays: Sequence[bool], past: Past) -> None:
        """Hide the smallest number from which a small one follows until none does; what stays as it was is not today's number."""
        knowledge = table.knowledge(further)
        open_ = set(range(knowledge.targets.shape[0]))
        while True:
            visible = [cell for cell, old in enumerate(stays) if not old and not self.reason[cell]]
            told = {*given, *(number for cell in visible for number in self.numbers[cell])}
            weak, open_ = attack(knowledge, np.array([number in told for number in table.numbers], dtype=bool), open_)
            if not weak:
                return
            for one in weak:
                pins = [table.numbers[row] for row in one.pinned_by if table.numbers[row] not in given]
                if pins:
                    self._unpin(pins)
                elif one.value < past.least and not (past.entries and past.contract.privacy.given_away):
                    raise ReleaseError([past.gives_away(self._told_of(knowledge.about[one.target]))])
                else:  # readers know it: a lower threshold showed it, or it was given away
                    open_.discard(one.target)

    def _told_of(self, number: Number) -> str:
        """Say which figure tells a number of people."""
        cells = [cell for other, found in self._cells_of.items() if other[:2] == number[:2] for cell in found]
        metric, dimension, group, _ = self._about[cells[0]] if cells else ("a figure that is offered no more", ALL, "", 0.0)
        return metric if dimension == ALL else f"{metric}, {dimension}: {group}"

    def _unpin(self, numbers: Sequence[Number]) -> None:
        """Hide the smallest of the numbers from which a small count follows, unless one of them was hidden just now."""
        visible = [number for number in numbers if any(not self.reason[cell] for cell in self._cells_of[number])]
        if len(visible) < len(numbers) or not visible:
            return
        chosen = min(visible, key=lambda number: max(self._order(cell) for cell in self._cells_of[number]))
        for cell in self._cells_of[chosen]:
            if not self.reason[cell]:
                self.reason[cell] = AUDIT
                self._spread(cell)

    def _spread(self, cell: int) -> None:
        """Hide a group in all metrics on the same base."""
        for number in self.numbers[cell]:
            mine = self._base.get(number, ())
            for other in mine if cell in mine else ():
                if not self.reason[other]:
                    self.reason[other] = LINKED

    def _order(self, cell: int) -> tuple[bool, bool, bool, float, int]:
        """Hide groups that nobody named before named ones, groups before totals, other figures before headline ones, the smallest first."""
        metric, dimension, group, size = self._about[cell]
        return (dimension, group) in self._last, dimension == ALL, metric in self._headline, size, cell
