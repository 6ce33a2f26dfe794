"""Swaps: other counts that agree with everything shown, written down instead of searched for.

Let one more person of a group be counted as placed and one fewer as not placed, and in another group the other way round: all
totals stay true. If no count that changes is shown, a reader cannot tell. Every swap is of one *kind*: which counts change
(`acmlib.release.circuits`), in which table, and from which months to which others. Within a kind, what one group gains its
partners lose, so that how far each count can move follows from the counts alone, for all groups and kinds at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from acmlib.release.audit import Flags, Floats, System

Places = NDArray[np.intp]
#: Moves beyond this are not told apart; nothing is limited more widely.
FAR = 1e9


@dataclass
class Halves:
    """What changes in one group when it gains one person, many times over.

    Attributes
    ----------
    counts, signs : lists of arrays
        Positions of the counts that change (-1: there is no such count), up (1) or down (-1), half by half.
    sizes : list of arrays
        How many counts change in each half.
    kind : list of arrays
        Which halves are of one kind: what one of them gains others lose.
    slot : list of arrays
        Within a kind, which halves are of the same group, which takes one of them.
    partner : list of arrays
        False where a group can gain without that another loses.
    kinds : int
        How many kinds there are.
    """

    counts: list[Places] = field(default_factory=list)
    signs: list[NDArray[np.int8]] = field(default_factory=list)
    sizes: list[Places] = field(default_factory=list)
    kind: list[Places] = field(default_factory=list)
    slot: list[Places] = field(default_factory=list)
    partner: list[Flags] = field(default_factory=list)
    kinds: int = 0

    def add(
        self, counts: Places, signs: NDArray[np.int8], sizes: Places, *, kinds: Places, slots: Places, partner: bool,
        first: int | None = None, count: int = 1,
    ) -> None:  # fmt: skip
        """Add halves; their kinds are new ones, or `count` kinds from the number `first` on."""
        start = self.kinds if first is None else first
        self.counts.append(counts)
        self.signs.append(signs)
        self.sizes.append(sizes)
        self.kind.append(start + kinds)
        self.slot.append(slots)
        self.partner.append(np.full(len(sizes), partner))
        self.kinds = max(self.kinds, start + count)

    def sorted(self) -> tuple[Places, NDArray[np.int8], Places, Places, Places, Flags]:
        """Return counts, signs, sizes, kind, slot and partner, one kind after the other and one group after the other."""
        if not self.sizes:
            none = np.zeros(0, dtype=np.intp)
            return none, none.astype(np.int8), none, none, none, none.astype(bool)
        counts, signs, sizes = np.concatenate(self.counts), np.concatenate(self.signs), np.concatenate(self.sizes)
        kind, slot, partner = np.concatenate(self.kind), np.concatenate(self.slot), np.concatenate(self.partner)
        order = np.lexsort((slot, kind))
        starts = np.cumsum(sizes) - sizes
        within = np.arange(len(counts)) - np.repeat(np.cumsum(sizes[order]) - sizes[order], sizes[order])
        take = np.repeat(starts[order], sizes[order]) + within
        real = counts[take] >= 0
        left = np.add.reduceat(real, np.cumsum(sizes[order]) - sizes[order])
        some = left > 0
        return counts[take][real], signs[take][real], left[some], kind[order][some], slot[order][some], partner[order][some]


@dataclass(frozen=True)
class Capacity:
    """How far each half can move: gaining and losing, if nothing shown forbids it."""

    gain: Floats
    loss: Floats


class Swaps:
    """All swaps of a release.

    Parameters
    ----------
    system : System
    shows : sparse array, shape (cells, counts)
        True where a cell shows a count.
    halves : Halves
        From `acmlib.release.tables.swap_halves`.
    """

    def __init__(self, system: System, shows: sparse.csr_array, halves: Halves) -> None:
        self.system = system
        self.counts, self.signs, sizes, kind, slot, self.partner = halves.sorted()
        self.starts = (np.cumsum(sizes) - sizes).astype(np.intp)
        self.half = np.repeat(np.arange(len(sizes)), sizes)
        #: First half of each kind and of each group in a kind; and to which of these a half belongs.
        self.first, self.kind = _runs(kind)
        self.first_slot, self.slot = _runs(kind * (int(slot.max(initial=0)) + 1) + slot)
        self._again = np.ones(len(kind), dtype=bool)
        self._again[self.first_slot] = False
        #: Halves that are no swap: a count is missing, or an equation is broken.
        self.void = self._broken()
        self._room = np.floor(system.truth - system.lower + 1e-6)
        self.capacity = self._capacity()
        self.opens = self._cells(shows)
        order = np.argsort(self.counts, kind="stable")
        self._entries, self._entry = order, np.searchsorted(self.counts[order], np.arange(len(system.truth) + 1))

    def __len__(self) -> int:
        return len(self.starts)

    def _matrix(self, values: NDArray[np.int8]) -> sparse.csr_array:
        """Return halves by counts; what is missing is left out."""
        size = len(self.system.truth)
        return sparse.csr_array((values.astype(float), (self.half, self.counts)), shape=(len(self), size))

    def _broken(self) -> Flags:
        """Say which halves do not fit: what changes in the equations is the same in all groups of a kind, and nothing without a partner."""
        if not len(self):
            return np.zeros(0, dtype=bool)
        changed = (self._matrix(self.signs) @ self.system.equations.T).tocsr()
        off = changed - changed[self.first[self.kind]]  # the first half of a kind is the measure for the others
        off.eliminate_zeros()
        changed.eliminate_zeros()
        wrong = np.where(self.partner, np.diff(off.indptr) > 0, np.diff(changed.indptr) > 0)
        return np.asarray(wrong)

    def _capacity(self) -> Capacity:
        """Return how far each half can move before a count becomes too small."""
        if not len(self):
            return Capacity(np.zeros(0), np.zeros(0))
        room = self._room[self.counts]
        gain = np.minimum.reduceat(np.where(self.signs < 0, room, FAR), self.starts)
        loss = np.minimum.reduceat(np.where(self.signs > 0, room, FAR), self.starts)
        return Capacity(np.where(self.void, 0.0, gain), np.where(self.void, 0.0, loss))

    def _cells(self, shows: sparse.csr_array) -> sparse.csr_array:
        """Return halves by cells: which must be hidden for the half to be free."""
        opens = (self._matrix(np.ones_like(self.signs)) @ shows.T).tocsr()
        opens.data[:] = 1.0
        return opens

    def blocked(self, known: Flags) -> Flags:
        """Say which halves change a count that a reader sees."""
        if not len(self):
            return np.zeros(0, dtype=bool)
        return np.asarray(self.void | np.logical_or.reduceat(known[self.counts], self.starts))

    def moves(self, known: Flags) -> Capacity:
        """Return how far each half can gain and lose for all that a reader knows."""
        if not len(self):
            return self.capacity
        blocked = self.blocked(known)
        gain, loss = np.where(blocked, 0.0, self.capacity.gain), np.where(blocked, 0.0, self.capacity.loss)
        partners = self._of_partners(Capacity(gain, loss))
        return Capacity(
            np.where(self.partner, np.minimum(gain, partners.loss), gain), np.where(self.partner, np.minimum(loss, partners.gain), loss)
        )

    def _of_partners(self, moves: Capacity) -> Capacity:
        """Return what the other groups of the same kind can gain and lose together."""
        summed = []
        for one in (moves.gain, moves.loss):
            best = np.maximum.reduceat(one, self.first_slot)
            of_kind = np.add.reduceat(best[self.slot], self.first) - np.add.reduceat(
                np.where(self._again, best[self.slot], 0.0), self.first
            )
            summed.append(of_kind[self.kind] - best[self.slot])
        return Capacity(*summed)

    def intervals(self, known: Flags) -> tuple[Floats, Floats]:
        """Return the lowest and highest value that single kinds of swaps prove possible for each count.

        They lie within the limits of `acmlib.release.audit.feasible_intervals`.
        """
        moved = self.moves(known)
        gain, loss = moved.gain[self.half], moved.loss[self.half]
        up, down = np.zeros_like(self.system.truth), np.zeros_like(self.system.truth)
        np.maximum.at(up, self.counts, np.where(self.signs > 0, gain, loss))
        np.maximum.at(down, self.counts, np.where(self.signs > 0, loss, gain))
        return self.system.truth - down, self.system.truth + up

    def through(self, count: int) -> tuple[Places, NDArray[np.int8]]:
        """Return the halves that change a count, and with which sign."""
        entries = self._entries[self._entry[count] : self._entry[count + 1]]
        halves = self.half[entries]
        fit = ~self.void[halves]
        return halves[fit], self.signs[entries][fit]

    def others(self, half: int) -> Places:
        """Return the halves of the same kind in other groups: the partners."""
        kind = self.kind[half]
        stop = self.first[kind + 1] if kind + 1 < len(self.first) else len(self)
        mates = np.arange(self.first[kind], stop)
        return np.asarray(mates[self.slot[mates] != self.slot[half]])


def _runs(labels: Places) -> tuple[Places, Places]:
    """Return where each run of equal labels begins, and the number of the run of each entry."""
    begins = np.append(True, labels[1:] != labels[:-1])[: len(labels)]
    return np.flatnonzero(begins), np.cumsum(begins) - 1
