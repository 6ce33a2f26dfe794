"""The public rule: small counts are hidden, then the smallest beside them, until the attacker of `acmlib.release.audit` finds nothing.

*Primary suppression* hides what is small by itself. The audit then names the counts that are not protected yet,
and the smallest shown number that each of them follows from is hidden too (*secondary suppression*). A few cells too many are better than
a rule that nobody can explain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd

from acmlib.contract.kinds import main_id
from acmlib.contract.model import Contract, Privacy
from acmlib.measures.counting import Counted
from acmlib.measures.meanings import Meaning
from acmlib.measures.persons import PERSON_COLUMNS, Ends
from acmlib.measures.spans import Place
from acmlib.measures.table import ALL, KEY_COLUMNS, SUPPRESSED_BY_SENDER
from acmlib.release.audit import Weak, attack
from acmlib.release.counts import Number, as_counts, count_people, value_counts
from acmlib.release.knowledge import Knowledge
from acmlib.release.offer import fine_enough
from acmlib.release.past import Past, ReleaseError

KEYS = list(KEY_COLUMNS)
Counts = TypeVar("Counts", pd.Series, pd.DataFrame)


class Decision(NamedTuple):
    """What of a public table is hidden."""

    #: Metric table of the cells that are offered, with true numbers.
    cells: pd.DataFrame
    hidden: pd.Series
    #: Cells whose earlier figure stays, because the correction is too small to be shown.
    stays: pd.Series


def decide(cells: pd.DataFrame, counted: Counted, contract: Contract, *, last: Collection[Place], past: Past) -> Decision:
    """Decide what of a public table is shown.

    Parameters
    ----------
    cells : DataFrame
        Metric table of what is offered (`acmlib.release.offer`), with true numbers.
    last : collection of (dimension, group)
        Groups that are hidden last: those that the contract's goals and actions name.

    Raises
    ------
    ReleaseError
        If small counts follow from what earlier editions have shown, whatever is hidden now.
    """
    privacy, (meanings, ends) = contract.privacy, value_counts(counted, contract)
    people, past = as_counts(cells, ends), replace(past, ends=ends)
    small, extreme = primary(people, meanings, privacy, ends=ends, minimum_n=contract.statistics.minimum_n)
    few = _is_small(cells[KEYS].merge(counted.persons, on=KEYS, how="left")[PERSON_COLUMNS].astype(float), privacy).any(axis=1)
    kept = fine_enough(cells, small | extreme | few, past.splits)
    beyond = ((extreme | few) & ~small)[kept].reset_index(drop=True)
    cells, people = cells[kept].reset_index(drop=True), people[kept].reset_index(drop=True)
    hidden, stays = past.applied(people, small[kept].reset_index(drop=True) | beyond, counted.table)
    told_by = counted.table["dimension"].isin({ALL, *cells["dimension"], *past.cells["dimension"]})
    counts = count_people(as_counts(counted.table[told_by], ends), contract, meanings)
    shown_by, withheld = counts.shown_by(cells, contract, meanings), cells["status"].eq(SUPPRESSED_BY_SENDER)
    secret = [number for at in np.flatnonzero(withheld) for number in shown_by[at].values() if not np.isnan(counts.true(number))]
    told = [{} if gone else own for own, gone in zip(shown_by, withheld, strict=True)]
    headline = {main_id(contract, name) for name, metric in contract.metrics.items() if metric.headline}
    suppression = _Suppression(cells, hidden.tolist(), told, last=last, headline=headline)
    # Hidden though they are no small count, or for a sum: neither may follow.
    unsaid = np.flatnonzero(stays | beyond | (hidden & cells["metric"].isin(list(ends))))
    given = past.numbers(counts, meanings)
    numbers = list(dict.fromkeys([*(number for own in suppression.numbers for number in own), *secret, *given]))
    further = [*secret, *(number for at in unsaid for number in suppression.numbers[at])]
    suppression.protect(Knowledge(counts, numbers, counted, meanings, privacy, further), given, stays.tolist(), past)
    return Decision(cells, pd.Series(suppression.hidden, index=cells.index, dtype=bool), stays)


def primary(
    cells: pd.DataFrame, meanings: Mapping[str, Meaning], privacy: Privacy, *, ends: Mapping[str, Ends], minimum_n: int = 30
) -> tuple[pd.Series, pd.Series]:
    """Say which cells may not be shown by themselves: a small numerator, denominator or difference of the two, or an extreme share.

    Of a mean or sum these are the most people who can have another value than the lowest, and another than the highest: if they are few,
    the sum says of nearly everybody what they answered.

    Parameters
    ----------
    meanings : mapping
        Of each metric, what it counts: sums of wages and months of exposure are no counts of people.
    minimum_n : int
        Groups of fewer people are small where shares are extreme.

    Examples
    --------
    >>> cells = pd.DataFrame({"numerator": [5.0, 40.0, 40.0, 12.0], "denominator": [50.0, 45.0, 80.0, 12.0]})
    >>> cells = cells.assign(metric="placed", dimension="site")
    >>> [one.tolist() for one in primary(cells, {"placed": Meaning("met", "all")}, Privacy(), ends={})]
    [[True, True, False, False], [False, False, False, True]]
    """
    parts, people = (cells["metric"].map({name: getattr(one, of) for name, one in meanings.items()}) for of in ("parts", "people"))
    above, below = cells["numerator"].where(people | parts), cells["denominator"]
    rest = (below - above).where(parts)
    for name, (lowest, next_, last_but_one, highest, _) in ends.items():
        own = cells["metric"].eq(name) & ~parts
        above = above.mask(own, ((cells["numerator"] - lowest * below) / (next_ - lowest)).round(6))
        rest = rest.mask(own, ((highest * below - cells["numerator"]) / (highest - last_but_one)).round(6))
    group = cells["dimension"].ne(ALL) & below.gt(0) & below.lt(minimum_n)
    extreme = group & pd.concat([above, rest], axis=1).min(axis=1, skipna=False).lt(privacy.extreme_share * below)
    small = _is_small(above, privacy) | ((parts | ~people) & _is_small(below, privacy))
    return small | (_is_small(rest, privacy) & privacy.protect_complement), extreme


def _is_small(counts: Counts, privacy: Privacy) -> Counts:
    too_small = counts.lt(privacy.minimum_count) & counts.gt(0)
    return too_small if privacy.show_zeros else too_small | counts.eq(0)


class _Suppression:
    """Cells, the numbers of people that they show, and which of them are hidden so far."""

    def __init__(
        self,
        cells: pd.DataFrame,
        hidden: list[bool],
        numbers: Sequence[Mapping[str, Number]],
        *,
        last: Collection[Place],
        headline: Collection[str],
    ) -> None:
        size = cells["denominator"].fillna(cells["numerator"]).fillna(0.0)
        self._about = list(zip(cells["metric"], cells["dimension"], cells["group"], size, strict=True))
        self.hidden, self._last, self._headline = hidden, last, headline
        self.numbers = [tuple(own.values()) for own in numbers]
        self._cells_of: dict[Number, list[int]] = {}
        self._base: dict[Number, list[int]] = {}
        for cell, own in enumerate(numbers):
            for number in own.values():
                self._cells_of.setdefault(number, []).append(cell)
            if own and self._about[cell][1] != ALL:
                self._base.setdefault(own.get("denominator") or own["numerator"], []).append(cell)
        for cell in np.flatnonzero(hidden).tolist():
            self._spread(cell)

    def protect(self, knowledge: Knowledge, given: set[Number], stays: Sequence[bool], past: Past) -> None:
        """Hide the smallest number from which a small one follows until none does; what stays as it was is not today's number."""
        open_, accepted = set(range(knowledge.targets.shape[0])), set[Weak]()
        while True:
            visible = [cell for cell, old in enumerate(stays) if not old and not self.hidden[cell]]
            weak, open_ = attack(knowledge, {*given, *(number for cell in visible for number in self.numbers[cell])}, open_)
            if not set(weak) - accepted:
                return
            for one in weak:
                pins = [number for number in one.pinned_by if number not in given]
                if pins:
                    self._unpin(pins)
                elif one.value < past.least and not (past.entries and past.contract.privacy.given_away):
                    raise ReleaseError([past.gives_away(self._told_of(one.about))])
                else:  # readers know it: a lower threshold showed it, or it was given away
                    accepted.add(one)
                    open_.discard(one.target)

    def _told_of(self, number: Number) -> str:
        """Say which figure tells a number of people."""
        cells = [cell for other, found in self._cells_of.items() if other[:2] == number[:2] for cell in found]
        metric, dimension, group, _ = self._about[cells[0]] if cells else ("a figure that is offered no more", ALL, "", 0.0)
        return metric if dimension == ALL else f"{metric}, {dimension}: {group}"

    def _unpin(self, numbers: Sequence[Number]) -> None:
        """Hide the smallest of the numbers from which a small count follows, unless one of them was hidden just now."""
        visible = [number for number in numbers if any(not self.hidden[cell] for cell in self._cells_of[number])]
        if len(visible) < len(numbers) or not visible:
            return
        chosen = min(visible, key=lambda number: max(self._order(cell) for cell in self._cells_of[number]))
        for cell in self._cells_of[chosen]:
            if not self.hidden[cell]:
                self.hidden[cell] = True
                self._spread(cell)

    def _spread(self, cell: int) -> None:
        """Hide a group in all metrics on the same base."""
        for number in self.numbers[cell]:
            mine = self._base.get(number, ())
            for other in mine if cell in mine else ():
                if not self.hidden[other]:
                    self.hidden[other] = True

    def _order(self, cell: int) -> tuple[bool, bool, bool, float, int]:
        """Hide groups that nobody named before named ones, groups before totals, other figures before headline ones, the smallest first."""
        metric, dimension, group, size = self._about[cell]
        return (dimension, group) in self._last, dimension == ALL, metric in self._headline, size, cell
