"""What a reader can work out, and what must be hidden so that he cannot: two linear programs over the same counts.

The counts of a `Block` could all be others. `Reader.moves` searches for such other counts, many at once, that agree with what is shown.
`Reader.price` asks which shown cells would have to be hidden for one count to be able to move, and finds the cheapest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from acmlib.release.program import FAR, NOTHING, Floats, Places, Program

Flags = NDArray[np.bool_]
#: From so many other groups people could be of one.
MOST_GIVERS = 5


@dataclass(frozen=True)
class Block:
    """Counts that hang together, what of them can be shown, and by which cells.

    Parameters
    ----------
    least : array of float, shape (n,)
        By how much each count can change at the least: down to nobody.
    equations : sparse array, shape (m, n)
        Changes that keep every sum true: each row times the changes is zero.
    limits : sparse array, shape (k, n)
    spare : array of float, shape (k,)
        Each row of limits times the changes is at least the negative of this.
    rows : sparse array, shape (r, n)
        The sums of counts that cells show: a year of a group, a month of the total.
    cell, row : arrays of int, shape (p,)
        Which cell shows which row.
    given : array of bool, shape (r,)
        Rows that readers have already.
    groups : array of int, shape (g, k, m), optional
        The counts of each group, the same one at the same place, month by month; -1 where there is none. People of one group could be of
        another instead.
    """

    least: Floats
    equations: sparse.csr_array
    limits: sparse.csr_array
    spare: Floats
    rows: sparse.csr_array
    cell: Places
    row: Places
    given: Flags
    groups: Places | None = None

    def known(self, hidden: Flags) -> Flags:
        """Say which rows a reader sees if these cells are hidden."""
        known = self.given.copy()
        known[self.row[~hidden[self.cell]]] = True
        return known


def exchanges(block: Block, known: Flags) -> Iterator[Floats]:
    """Yield other counts that need no searching: people of groups of which a reader sees nothing in some months are of another such group.

    Parameters
    ----------
    block : Block
    known : array of bool, shape (r,)
        Rows that a reader sees.

    Yields
    ------
    array of float, shape (r,)
        How far every row moves.
    """
    if block.groups is None or len(block.groups) < 2:
        return
    seen = np.append(abs(block.rows).T @ known.astype(float) > 0, False)  # a count that there is not is at the end, position -1
    free = ~seen[block.groups].any(axis=1)
    people = np.append(-block.least, 0.0)
    size = people[block.groups].sum(axis=(1, 2))

    def moved(giver: int, taker: int) -> Floats:
        """Return the change by which as many as can be of one group are of another."""
        months = free[giver] & free[taker]
        source, target = block.groups[giver][:, months], block.groups[taker][:, months]
        fits = ((target >= 0) | (people[source] == 0)).all(axis=0)  # who has no place in the other group stays
        change = np.zeros(len(people))
        change[source[:, fits]] = -people[source[:, fits]]
        change[target[:, fits]] += people[source[:, fits]]
        return change[:-1] * _step(block, change[:-1])

    for number in range(len(block.groups)):
        common = (free & free[number]).sum(axis=1)
        common[number] = 0
        others = [one for one in np.lexsort((-size, -common))[:MOST_GIVERS].tolist() if common[one]]
        if others:
            yield np.asarray(block.rows @ moved(number, others[0]))
            yield np.asarray(block.rows @ np.sum([moved(other, number) for other in others], axis=0))


def _step(block: Block, change: Floats) -> float:
    """Return how much of a change is possible, from nothing (0) to all of it (1)."""
    if np.abs(block.equations @ change).max(initial=0.0) > NOTHING:
        return 0.0
    limits, spare = np.concatenate([block.limits @ change, change]), np.concatenate([block.spare, -block.least])
    falling = limits < -NOTHING
    return float(min(1.0, (spare[falling] / -limits[falling]).min(initial=1.0)))


@dataclass
class Reader:
    """Somebody who knows the shown rows of a block, and how its counts add up."""

    block: Block
    _reading: Program | None = field(default=None, init=False)
    _pricing: Program | None = field(default=None, init=False)
    _known: Flags | None = field(default=None, init=False)

    def _body(self) -> tuple[sparse.csr_array, Floats, Floats]:
        """Return the rows that every program of this block begins with: sums, limits, and a variable for each row that can be shown."""
        block = self.block
        shown, counts = block.rows.shape
        none = sparse.csr_array((block.equations.shape[0] + block.limits.shape[0], shown))
        upper = sparse.hstack([sparse.vstack([block.equations, block.limits]), none])
        lower = sparse.hstack([block.rows, -sparse.eye_array(shown)])
        low = np.concatenate([np.zeros(block.equations.shape[0]), -block.spare, np.zeros(shown)])
        high = np.concatenate([np.zeros(block.equations.shape[0]), np.full(len(block.spare), np.inf), np.zeros(shown)])
        return sparse.vstack([upper, lower]).tocsr(), low, high

    def know(self, known: Flags) -> Program:
        """Return the program of a reader who sees these rows."""
        shown, counts = self.block.rows.shape
        if self._reading is None:
            matrix, low, high = self._body()
            self._reading = Program(
                matrix, low, high, np.concatenate([self.block.least, np.full(shown, -FAR)]), np.full(counts + shown, FAR)
            )
            self._known = np.zeros(shown, dtype=bool)
        assert self._known is not None
        for state in (True, False):
            changed = np.flatnonzero((known == state) & (self._known != state))
            self._reading.limit(counts + changed, 0.0 if state else -FAR, 0.0 if state else FAR)
        self._known = known.copy()
        return self._reading

    def together(self, known: Flags, which: Places, signs: Floats, far: Floats) -> Floats | None:
        """Move many rows at once, each the way that its sign says and no further than `far`; return how far every row of the block moved."""
        program, counts = self.know(known), self.block.rows.shape[1]
        program.limit(counts + which, -far, far)
        values = program.most(counts + which, signs)
        program.limit(counts + which, -FAR, FAR)
        return None if values is None else values[counts:]

    def alone(self, known: Flags, row: int, sign: int) -> Floats | None:
        """Move one row as far as can be."""
        program, counts = self.know(known), self.block.rows.shape[1]
        values = program.most(np.array([counts + row]), np.array([float(sign)]))
        return None if values is None else values[counts:]

    def price(self, hidden: Flags, weight: Floats, row: int, move: float) -> tuple[Floats, Places] | None:
        """Find the cheapest cells that must be hidden so that a row can move so far; None if nothing helps.

        Parameters
        ----------
        hidden : array of bool
            Cells hidden already: they cost nothing.
        weight : array of float
            Costs of the others.
        row : int
        move : float

        Returns
        -------
        moved : array of float, shape (r,)
            How far every row of the block moves then.
        cells : array of int
            Cells to be hidden further.
        """
        program, cells, place = self._open()
        counts, shown = self.block.rows.shape[1], self.block.rows.shape[0]
        costs = counts + shown + np.arange(len(cells))
        program.limit(np.array([counts + row]), move, move)
        prices = np.where(hidden[cells], 0.0, weight[cells])
        values = program.most(costs, -prices)
        used = np.zeros(0, dtype=np.intp)
        if values is not None and (values[costs] * prices > NOTHING).any():
            # The sum of amounts is what is smallest; a second look makes few large amounts of many small ones.
            values = program.most(costs, -prices / (values[costs] + 0.1))
        if values is not None:
            used = cells[(values[costs] > NOTHING) & ~hidden[cells]]
        program.limit(np.array([counts + row]), -FAR, FAR)
        return None if values is None else (values[counts : counts + shown], used)

    def furthest(self, row: int, sign: int) -> float:
        """Return how far a row could move if everything were hidden that readers do not have already."""
        program, cells, _ = self._open()
        counts = self.block.rows.shape[1]
        values = program.most(np.array([counts + row]), np.array([float(sign)]))
        return 0.0 if values is None else abs(float(values[counts + row]))

    def _open(self) -> tuple[Program, Places, Places]:
        """Return the program in which each cell that moves has a price; its cells, and where each pair of cell and row has its cell."""
        block = self.block
        free = ~block.given[block.row]
        cells, place = np.unique(block.cell[free], return_inverse=True)
        if self._pricing is None:
            shown, counts = block.rows.shape
            matrix, low, high = self._body()
            pairs, number = int(free.sum()), np.arange(int(free.sum()))
            moved = sparse.csr_array((np.ones(pairs), (number, counts + block.row[free])), shape=(pairs, counts + shown))
            prices = sparse.csr_array((np.ones(pairs), (number, place)), shape=(pairs, len(cells)))
            wide = sparse.hstack([matrix, sparse.csr_array((matrix.shape[0], len(cells)))])
            held = sparse.vstack([sparse.hstack([moved, prices]), sparse.hstack([-moved, prices])])
            at_most = np.where(block.given, 0.0, FAR)
            self._pricing = Program(
                sparse.vstack([wide, held]).tocsr(),
                np.concatenate([low, np.zeros(2 * pairs)]),
                np.concatenate([high, np.full(2 * pairs, np.inf)]),
                np.concatenate([block.least, -at_most, np.zeros(len(cells))]),
                np.concatenate([np.full(counts, FAR), at_most, np.full(len(cells), FAR)]),
            )
        return self._pricing, cells, place
