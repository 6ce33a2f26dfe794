"""The public rule: small counts are hidden, then the smallest beside them, until the attacker of `acmlib.release.audit` finds nothing.

*Primary suppression* (`acmlib.release.primary`) hides what is small by itself. *Secondary suppression* hides, in each family of cells that
add up, the smallest others. The audit then names the counts that are not protected yet, and the smallest shown number that each of them
follows from is hidden too. A few cells too many are better than a rule that nobody can explain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract
from acmlib.measures.counting import Counted
from acmlib.measures.meanings import Meaning
from acmlib.measures.meanings import counted as meanings_of
from acmlib.measures.nests import meetings
from acmlib.measures.persons import PERSON_COLUMNS
from acmlib.measures.spans import spans_of
from acmlib.measures.table import ALL, KEY_COLUMNS, SUPPRESSED_BY_SENDER
from acmlib.release.audit import attack
from acmlib.release.counts import Counts, Number, count_people, counting_people, in_longer_time, with_withheld
from acmlib.release.knowledge import Table
from acmlib.release.offer import fine_enough
from acmlib.release.past import Past, ReleaseError
from acmlib.release.primary import primary, small

KEYS = list(KEY_COLUMNS)
#: Why a cell is hidden that is not small itself.
FEW = "few people in many rows"
LINKED, FAMILY, AUDIT = "same people as a hidden cell", "smallest beside a hidden cell", "a small count would follow from it"


@dataclass(frozen=True)
class Decision:
    """What of a public table is hidden, and why.

    Attributes
    ----------
    cells : DataFrame
        Metric table of the cells that are offered, with true numbers.
    reason : Series of str
        Why a cell is hidden; empty where it is shown.
    stays : Series of bool
        Cells whose earlier figure stays, because the correction is too small to be shown.
    """

    cells: pd.DataFrame
    reason: pd.Series
    stays: pd.Series

    @property
    def hidden(self) -> pd.Series:
        """Which cells are hidden."""
        return self.reason.ne("")


def decide(cells: pd.DataFrame, counted: Counted, contract: Contract, *, last: Mapping[tuple[str, str], int], past: Past) -> Decision:
    """Decide what of a public table is shown.

    Parameters
    ----------
    cells : DataFrame
        Metric table of what is offered (`acmlib.release.offer`), with true numbers.
    counted : Counted
        The whole metric table, and who is a part of whom.
    contract : Contract
    last : mapping
        Dimension and group to how late it is hidden: those that the contract's goals and actions name come last.
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
    meanings = counting_people(meanings_of(contract), counted.table)
    parted = {(one.numerator, one.denominator) for one in meanings.values() if one.parts and one.denominator is not None}
    reason = primary(cells, meanings, contract.privacy, minimum_n=contract.statistics.minimum_n)
    few = small(cells[KEYS].merge(counted.persons, on=KEYS, how="left")[PERSON_COLUMNS].astype(float), contract.privacy).any(axis=1)
    reason[few & reason.eq("")] = FEW
    kept = fine_enough(cells, reason, past.splits)
    cells, reason = cells[kept].reset_index(drop=True), reason[kept].reset_index(drop=True)
    reason, stays = past.applied(cells, reason)
    suppression = _Suppression(cells, reason.tolist(), stays, last)
    counts = count_people(with_withheld(counted.table), contract, meanings)
    suppression.number(counts, contract, meanings)
    same, within = meetings(counted.crossed, counts.places)
    given = past.numbers(counts, meanings)
    suppression.families(given, contract.privacy.minimum_count)
    numbers = [*(number for own in (*suppression.numbers, *suppression.withheld) for number in own), *given]
    privacy = contract.privacy
    longer, nested = in_longer_time(numbers, counts, meanings), parted | counted.nested
    public = Table(counts, numbers, same, within, nested, privacy.minimum_count, show_zeros=privacy.show_zeros, longer=longer)
    secret = [own[0] for own in suppression.withheld]
    unsaid = np.flatnonzero(stays | reason.eq(FEW))
    knowledge = public.knowledge([*secret, *(number for at in unsaid for number in suppression.numbers[at])])
    open_ = set(range(knowledge.targets.shape[0]))
    while True:
        shown = np.zeros(len(knowledge.number_of), dtype=bool)
        shown[[knowledge.number_of[number] for number in (*suppression.shown(), *given)]] = True
        weak, open_ = attack(knowledge, shown, open_)
        if not weak:
            return Decision(cells, pd.Series(suppression.reason, index=cells.index, dtype=str), stays)
        of_row = {row: number for number, row in knowledge.number_of.items()}
        for one in weak:
            pins = [of_row[row] for row in one.pinned_by if of_row[row] not in given]
            if pins:
                suppression.unpin(pins)
            elif one.value < past.least:
                raise ReleaseError([past.gives_away()])
            else:  # a threshold that was raised since: readers know what a lower one showed
                open_.discard(one.target)


@dataclass
class _Suppression:
    """Cells, the numbers of people that they show, and which of them are hidden so far."""

    cells: pd.DataFrame
    reason: list[str]
    stays: pd.Series
    last: Mapping[tuple[str, str], int]
    numbers: list[tuple[Number, ...]] = field(default_factory=list)
    withheld: list[tuple[Number, ...]] = field(default_factory=list)
    _cells_of: dict[Number, list[int]] = field(default_factory=dict)
    _base: dict[Number, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        size = self.cells["denominator"].fillna(self.cells["numerator"]).fillna(0.0)
        self._about: list[tuple[str, str, float]] = [
            *self.cells[["dimension", "group"]].assign(size=size).itertuples(index=False, name=None)
        ]

    def number(self, counts: Counts, contract: Contract, meanings: Mapping[str, Meaning]) -> None:
        """Note which numbers of people each cell shows, and hide what counts the same people as a hidden cell."""
        names = (self.cells[column] for column in ("metric", "period", "dimension", "group", "status"))
        for cell, (metric, period, dimension, group, status, span) in enumerate(zip(*names, spans_of(self.cells, contract), strict=True)):
            found = {
                column: (cohort, counts.places[dimension, group], span)
                for column, text in meanings[metric].cohorts.items()
                if (cohort := counts.cohort(text, period)) is not None
            }
            if status == SUPPRESSED_BY_SENDER:
                if "numerator" in found and all(counts.is_known(one) for one in found.values()):
                    self.withheld.append(tuple(found.values()))
                found = {}
            self.numbers.append(tuple(found.values()))
            for number in self.numbers[-1]:
                self._cells_of.setdefault(number, []).append(cell)
            if found and dimension != ALL:
                self._base.setdefault(found.get("denominator") or found["numerator"], []).append(cell)
        for cell in [cell for cell, why in enumerate(self.reason) if why]:
            self._spread(cell)

    def shown(self) -> list[Number]:
        """Return the numbers that readers see: what stays as it was is not today's number."""
        visible = [cell for cell, stays in enumerate(self.stays.tolist()) if not stays and not self.reason[cell]]
        return [number for cell in visible for number in self.numbers[cell]]

    def families(self, given: set[Number], minimum_count: int) -> None:
        """Hide the smallest beside every cell that is hidden alone among those that add up with it; what readers have stays.

        What the sender withholds, nobody here knows: beside it, groups of at least `minimum_count` people together are hidden.
        """
        withheld = self.cells["status"].eq(SUPPRESSED_BY_SENDER).tolist()
        families: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for cell, key in enumerate(self.cells[KEYS[:3]].itertuples(index=False, name=None)):
            if key[2] != ALL and (self._about[cell][2] > 0 or withheld[cell]):
                families[key].append(cell)
        for family in families.values():
            hidden = [cell for cell in family if self.reason[cell]]
            others = (cell for cell in family if not self.reason[cell] and not withheld[cell])
            new = sorted((cell for cell in others if not given.issuperset(self.numbers[cell])), key=self._order)
            if any(withheld[cell] for cell in family):
                covered = sum(self._about[cell][2] for cell in hidden)
                for cell in new:
                    if covered < minimum_count:
                        covered += self._about[cell][2]
                        self._hide(cell, FAMILY)
            elif len(hidden) == 1 and new:
                self._hide(new[0], FAMILY)

    def unpin(self, numbers: Sequence[Number]) -> None:
        """Hide the smallest of the numbers from which a small count follows, unless one of them was hidden just now."""
        visible = [number for number in numbers if any(not self.reason[cell] for cell in self._cells_of[number])]
        if len(visible) < len(numbers) or not visible:
            return
        chosen = min(visible, key=lambda number: max(self._order(cell) for cell in self._cells_of[number]))
        for cell in self._cells_of[chosen]:
            self._hide(cell, AUDIT)

    def _hide(self, cell: int, why: str) -> None:
        if not self.reason[cell]:
            self.reason[cell] = why
            self._spread(cell)

    def _spread(self, cell: int) -> None:
        """Hide a group in all metrics on the same base."""
        for number in self.numbers[cell]:
            mine = self._base.get(number, ())
            for other in mine if cell in mine else ():
                if not self.reason[other]:
                    self.reason[other] = LINKED

    def _order(self, cell: int) -> tuple[int, bool, float, int]:
        """Hide groups that nobody named before named ones, groups before totals, the smallest first."""
        dimension, group, size = self._about[cell]
        return self.last.get((dimension, group), 0), dimension == ALL, size, cell
