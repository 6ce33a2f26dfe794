"""What a reader can work out, and what must be hidden so that he cannot: two linear programs over the same counts.

The counts of a `Block` could all be others. `Reader.together` searches for such other counts, many at once, that agree with what is shown.
`Reader.price` asks which shown cells would have to be hidden for one count to be able to move, and finds the cheapest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from acmlib.release.program import FAR, NOTHING, Floats, Places, Program

Flags = NDArray[np.bool_]
#: From so many other groups people could be of one.
MOST_GIVERS = 5
#: Nothing is moved further than this when a price is asked: far more than a count ever needs.
WIDE = 1000.0
#: Added to an amount before prices are divided by it: the smaller, the fewer cells.
EVEN = 0.1


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
    # A count that there is not is at the end, position -1.
    seen: Flags = np.append(np.asarray(abs(block.rows).T @ known.astype(float)) > 0, False)
    free: Flags = np.asarray(~seen[block.groups].any(axis=1))
    people: Floats = np.append(-block.least, 0.0)
    size = people[block.groups].sum(axis=(1, 2))

    groups = block.groups

    def moved(giver: int, taker: int) -> Floats:
        """Return the change by which as many as can be of one group are of another."""
        months = free[giver] & free[taker]
        source, target = groups[giver][:, months], groups[taker][:, months]
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


class Reader:
    """Somebody who knows the shown rows of a block, and how its counts add up.

    Parameters
    ----------
    block : Block
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self._shown, self._counts = block.rows.shape
        self._first = block.equations.shape[0] + block.limits.shape[0]
        self._known = np.zeros(self._shown, dtype=bool)
        free = ~block.given[block.row]
        #: Cells that could still be hidden, and the row that each of them shows, one pair after the other.
        self._cells, self._cell_of_pair = np.unique(block.cell[free], return_inverse=True)
        self._row_of_pair = block.row[free]

    @cached_property
    def _reading(self) -> Program:
        """The program in which rows that are known stay as they are; any other may move."""
        return self._program(np.zeros(self._shown, dtype=bool))

    @cached_property
    def _open(self) -> Program:
        """The same if everything were hidden that readers do not have already."""
        return self._program(self.block.given)

    def _program(self, known: Flags) -> Program:
        block, far = self.block, np.where(known, 0.0, np.inf)
        none = np.zeros(block.equations.shape[0])
        return Program(
            sparse.vstack([block.equations, block.limits, block.rows]).tocsr(),
            np.concatenate([none, -block.spare, -far]),
            np.concatenate([none, np.full(len(block.spare), np.inf), far]),
            block.least, np.full(self._counts, np.inf),
        )  # fmt: skip

    def _know(self, known: Flags) -> Program:
        program, changed = self._reading, np.flatnonzero(known != self._known)
        far = np.where(known[changed], 0.0, np.inf)
        program.limit_rows(self._first + changed, -far, far)
        self._known = known.copy()
        return program

    def together(self, known: Flags, which: Places, signs: Floats, far: Floats) -> Floats:
        """Move many rows at once, each the way that its sign says and no further than `far`; return how far every row moved."""
        program = self._know(known)
        program.limit_rows(self._first + which, -far, far)
        prices = np.asarray(self.block.rows[which].T @ signs)
        values = program.most(np.arange(self._counts), prices)
        program.limit_rows(self._first + which, -np.inf, np.inf)
        # No change at all is always possible.
        return np.zeros(self._shown) if values is None else np.asarray(self.block.rows @ values)

    def reach(self, known: Flags, row: int, move: float) -> Floats | None:
        """Move one row so far; return how far every row moved, None if that cannot be."""
        values = self._moved(self._know(known), row, move, move, 0.0)
        return None if values is None else np.asarray(self.block.rows @ values)

    def _moved(self, program: Program, row: int, low: float, high: float, price: float) -> Floats | None:
        """Return counts with which a row moves between two limits, as far as it can if it has a price."""
        target = np.array([self._first + row])
        program.limit_rows(target, low, high)
        priced = self.block.rows[[row]] if price else sparse.csr_array((1, 0))
        values = program.most(priced.indices, price * priced.data)
        program.limit_rows(target, -np.inf, np.inf)
        return values

    def could_reach(self, row: int, move: float) -> bool:
        """Say whether a row could move so far if everything were hidden that readers do not have already."""
        return self._moved(self._open, row, move, move, 0.0) is not None

    def furthest(self, row: int, move: float) -> float:
        """Return how far a row could move that way, up to `move`, if everything were hidden that readers do not have already."""
        values = self._moved(self._open, row, min(move, 0.0), max(move, 0.0), np.sign(move))
        return 0.0 if values is None else abs(float((self.block.rows[[row]] @ values)[0]))

    def alone(self, known: Flags, row: int, sign: int) -> Floats:
        """Move one row as far as can be; return how far every row moved."""
        return self.together(known, np.array([row]), np.array([float(sign)]), np.array([FAR]))

    @cached_property
    def _pricing(self) -> Program:
        """The program in which each cell that could still be hidden has a variable: how far it lets its rows move."""
        block, sums = self.block, self.block.equations.shape[0]
        none = sparse.csr_array((sums + block.limits.shape[0], self._shown))
        upper = sparse.hstack([sparse.vstack([block.equations, block.limits]), none])
        matrix = sparse.vstack([upper, sparse.hstack([block.rows, -sparse.eye_array(self._shown)])])
        low = np.concatenate([np.zeros(sums), -block.spare, np.zeros(self._shown)])
        high = np.concatenate([np.zeros(sums), np.full(len(block.spare), np.inf), np.zeros(self._shown)])
        pairs, number = len(self._row_of_pair), np.arange(len(self._row_of_pair))
        moved = sparse.csr_array((np.ones(pairs), (number, self._counts + self._row_of_pair)), shape=(pairs, self._counts + self._shown))
        let = sparse.csr_array((np.ones(pairs), (number, self._cell_of_pair)), shape=(pairs, len(self._cells)))
        wide = sparse.hstack([matrix, sparse.csr_array((matrix.shape[0], len(self._cells)))])
        far = np.where(self.block.given, 0.0, WIDE)
        return Program(
            sparse.vstack([wide, sparse.hstack([moved, let]), sparse.hstack([-moved, let])]).tocsr(),
            np.concatenate([low, np.zeros(2 * pairs)]),
            np.concatenate([high, np.full(2 * pairs, np.inf)]),
            np.concatenate([self.block.least, -far, np.zeros(len(self._cells))]),
            np.concatenate([np.full(self._counts, WIDE), far, np.full(len(self._cells), WIDE)]),
        )

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
            Cells to be hidden further; none if the row can move as it is.
        """
        target, costs = np.array([self._counts + row]), self._counts + self._shown + np.arange(len(self._cells))
        prices = np.where(hidden[self._cells], 0.0, weight[self._cells])
        self._pricing.limit(target, move, move)
        values = self._pricing.most(costs, -prices)
        if values is not None and (values[costs] * prices > NOTHING).sum() > 1:
            # The sum of amounts is what is smallest; a second look makes few large amounts of many small ones.
            values = self._pricing.most(costs, -prices / (values[costs] + EVEN))
        self._pricing.limit(target, -WIDE, WIDE)
        if values is None:
            return None
        return values[self._counts : self._counts + self._shown], self._cells[(values[costs] > NOTHING) & ~hidden[self._cells]]
