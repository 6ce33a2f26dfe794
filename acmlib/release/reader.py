"""What a reader can work out, and what must be hidden so that he cannot: two linear programs over the same counts.

The counts of a `Block` could all be others. `Reader.together` searches for such other counts, many at once, that agree with what is shown.
`Reader.price` asks which shown cells would have to be hidden for one count to be able to move, and finds the cheapest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from acmlib.release.program import FAR, NOTHING, Floats, Places, Program

Flags = NDArray[np.bool_]
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
    of : array of int, shape (3, n), optional
        Whom, where and in which month each count counts.
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
    of: Places | None = None

    def known(self, hidden: Flags) -> Flags:
        """Say which rows a reader sees if these cells are hidden."""
        known = self.given.copy()
        known[self.row[~hidden[self.cell]]] = True
        return known


class _Told:
    """A program in which rows that a reader sees stay as they are; any other may move.

    Parameters
    ----------
    program : Program
        Of a reader who sees nothing yet.
    first, shown : int
        Where its rows begin that can be seen, and how many there are.
    """

    def __init__(self, program: Program, first: int, shown: int) -> None:
        self._program, self._first, self._known = program, first, np.zeros(shown, dtype=bool)

    def knowing(self, known: Flags) -> Program:
        """Return the program of a reader who sees these rows."""
        changed = np.flatnonzero(known != self._known)
        far = np.where(known[changed], 0.0, np.inf)
        self._program.limit_rows(self._first + changed, -far, far)
        self._known = known.copy()
        return self._program


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
        free = ~block.given[block.row]
        #: Cells that could still be hidden, and the row that each of them shows, one pair after the other.
        self._cells, self._cell_of_pair = np.unique(block.cell[free], return_inverse=True)
        self._row_of_pair = block.row[free]

    @cached_property
    def _reading(self) -> _Told:
        return _Told(self._program(np.zeros(self._shown, dtype=bool)), self._first, self._shown)

    @cached_property
    def _sparing(self) -> _Told:
        """The same, with a variable for each count that rises and one for each that falls, all of which have a price."""
        program = self._program(np.zeros(self._shown, dtype=bool), apart=True)
        return _Told(program, self._first, self._shown)

    @cached_property
    def _open(self) -> Program:
        """The same if everything were hidden that readers do not have already."""
        return self._program(self.block.given)

    def _program(self, known: Flags, *, apart: bool = False) -> Program:
        block, far = self.block, np.where(known, 0.0, np.inf)
        none, free = np.zeros(block.equations.shape[0]), np.full(self._counts, np.inf)
        matrix = sparse.vstack([block.equations, block.limits, block.rows]).tocsr()
        low, high = np.concatenate([none, -block.spare, -far]), np.concatenate([none, np.full(len(block.spare), np.inf), far])
        if apart:
            nobody = np.zeros(2 * self._counts)
            return Program(sparse.hstack([matrix, -matrix]).tocsr(), low, high, nobody, np.concatenate([free, -block.least]))
        return Program(matrix, low, high, block.least, free)

    def together(self, known: Flags, which: Places, signs: Floats, far: Floats) -> Floats:
        """Move many rows at once, each the way that its sign says and no further than `far`; return how far every row moved."""
        program = self._reading.knowing(known)
        program.limit_rows(self._first + which, -far, far)
        prices = np.asarray(self.block.rows[which].T @ signs)
        values = program.most(np.arange(self._counts), prices)
        program.limit_rows(self._first + which, -np.inf, np.inf)
        # No change at all is always possible.
        return np.zeros(self._shown) if values is None else np.asarray(self.block.rows @ values)

    def reach(self, known: Flags, row: int, move: float) -> Floats | None:
        """Move one row so far; return how far every row moved, None if that cannot be."""
        values = self._moved(self._reading.knowing(known), row, move, move, 0.0)
        return None if values is None else np.asarray(self.block.rows @ values)

    def reach_by_few(self, known: Flags, row: int, move: float) -> Floats | None:
        """Move one row so far, and everything else as little as can be; return how far each count moved, None if that cannot be."""
        program, target, both = self._sparing.knowing(known), np.array([self._first + row]), np.arange(2 * self._counts)
        program.limit_rows(target, move, move)
        values = program.most(both, np.full(len(both), -1.0))
        program.limit_rows(target, -np.inf, np.inf)
        return None if values is None else values[: self._counts] - values[self._counts :]

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
