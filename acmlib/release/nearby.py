"""Small programs for large blocks: the counts of one group, and of a few others that could have its people.

What can be moved there can be moved in the whole block, where all else stays as it is; most counts are proven so in a fraction of the
time. And what a group's own limits forbid, whatever becomes of the others, the whole block need not be asked.
"""

from __future__ import annotations

import itertools
from functools import cached_property

import numpy as np
from scipy import sparse

from acmlib.release.program import Floats, Places, Program
from acmlib.release.reader import Block, Flags


class Nearby:
    """The groups of a block, a few at a time.

    Parameters
    ----------
    block : Block

    Attributes
    ----------
    group : array of int, shape (r,)
        The group whose counts each row is the sum of; -1 for none.

    Examples
    --------
    Three groups of 4, 5 and 6 people; together they stay 15, of each group somebody stays, and a reader sees the third.

    >>> block = Block(
    ...     least=np.array([-4.0, -5.0, -6.0]),
    ...     equations=sparse.csr_array([[1.0, 1.0, 1.0]]),
    ...     limits=sparse.csr_array(np.eye(3)),
    ...     spare=np.array([3.0, 4.0, 5.0]),
    ...     rows=sparse.csr_array(np.eye(3)),
    ...     cell=np.arange(3),
    ...     row=np.arange(3),
    ...     given=np.zeros(3, dtype=bool),
    ...     groups=np.array([[[0]], [[1]], [[2]]]),
    ... )
    >>> near = Nearby(block)
    >>> few = near.few(np.array([False, False, True]), 0, np.array([0]), others=2)
    >>> few.move(0, -3.0).tolist()
    [-3.0, 3.0, 0.0]
    >>> near.cannot(0, -4.0), near.cannot(0, -3.0)
    (True, False)
    """

    def __init__(self, block: Block) -> None:
        self._block = block
        self._groups = np.zeros((0, 0, 0), dtype=np.intp) if block.groups is None else block.groups
        self._people = np.append(-block.least, 0.0)[self._groups].sum(axis=(1, 2))
        #: Sums, then limits, then rows.
        matrix = sparse.vstack([block.equations, block.limits, block.rows])
        self._columns, self._width = matrix.tocsc(), np.diff(matrix.tocsr().indptr)
        self._before = block.equations.shape[0] + block.limits.shape[0]
        sums, rows = np.zeros(block.equations.shape[0]), np.full(block.rows.shape[0], np.inf)
        self._low = np.concatenate([sums, -block.spare, -rows])
        self._high = np.concatenate([sums, np.full(len(block.spare), np.inf), rows])
        self.group = self._group_of_rows()
        self._alone: dict[int, Few] = {}

    def _group_of_rows(self) -> Places:
        rows = self._block.rows
        whose = np.full(rows.shape[1], -1)
        for number, counts in enumerate(self._groups):
            whose[counts[counts >= 0]] = number
        found = np.full(rows.shape[0], -1)
        for row in range(rows.shape[0]):
            of = whose[rows.indices[rows.indptr[row] : rows.indptr[row + 1]]]
            if len(of) and (of == of[0]).all():
                found[row] = of[0]
        return found

    @cached_property
    def _pattern(self) -> list[bytes]:
        """What each row counts of its group, whichever group that is."""
        where = np.zeros(self._block.rows.shape[1], dtype=np.intp)
        places = np.broadcast_to(np.arange(self._groups[0].size).reshape(self._groups[0].shape), self._groups.shape)
        where[self._groups[self._groups >= 0]] = places[self._groups >= 0]
        rows, found = self._block.rows, []
        for start, end in itertools.pairwise(rows.indptr):
            order = np.argsort(where[rows.indices[start:end]])
            found.append(where[rows.indices[start:end]][order].tobytes() + rows.data[start:end][order].tobytes())
        return found

    @cached_property
    def _alike(self) -> dict[bytes, list[int]]:
        """The rows that count the same of different groups."""
        found: dict[bytes, list[int]] = {}
        for row, pattern in enumerate(self._pattern):
            if self.group[row] >= 0:
                found.setdefault(pattern, []).append(row)
        return found

    def alike(self, row: int) -> list[int]:
        """Return the rows that count of other groups what a row counts of its own."""
        mine = self.group[row]
        return [other for other in self._alike[self._pattern[row]] if self.group[other] != mine] if mine >= 0 else []

    def few(self, known: Flags, group: int, rows: Places, others: int) -> Few:
        """Return the program in which a group and a few others have each other's people.

        Parameters
        ----------
        known : array of bool, shape (r,)
            Rows that a reader sees.
        group : int
        rows : array of int
            Rows of the group that are to be moved: the others have most of what these count unseen too.
        others : int
            So many of them.

        Returns
        -------
        Few
        """
        counts = np.unique(self._groups[[group, *self._nearest(known, group, rows)[:others]]])
        return self.of(known, counts[counts >= 0])

    def of(self, known: Flags, counts: Places) -> Few:
        """Return the program in which some counts change and all else stays as it is.

        Parameters
        ----------
        known : array of bool, shape (r,)
            Rows that a reader sees.
        counts : array of int

        Returns
        -------
        Few
        """
        return self._few(counts, known, np.ones(len(self._width), dtype=bool))

    def _nearest(self, known: Flags, group: int, rows: Places) -> list[int]:
        """Return the groups with which one has most in common of what rows count and readers do not see; of several the largest."""
        block = self._block
        seen: Flags = np.append(np.asarray(abs(block.rows).T @ known.astype(float)) > 0, True)
        counted: Flags = np.append(np.asarray(abs(block.rows[rows]).sum(axis=0)).ravel() > 0, False)
        common = (~seen[self._groups] & counted[self._groups[group]]).sum(axis=(1, 2))
        common[group] = 0
        nearest = np.lexsort((-self._people, -common))
        return [int(one) for one in nearest if common[one]]

    def cannot(self, row: int, move: float) -> bool:
        """Say whether a row certainly cannot move so far, even if everything were hidden that readers do not have already."""
        group = int(self.group[row])
        if group < 0:
            return False
        if group not in self._alone:
            counts = self._groups[group]
            counts = counts[counts >= 0]
            # What other groups have a part in may be true whatever this one does.
            own = np.diff(self._columns[:, counts].tocsr().indptr) == self._width
            self._alone[group] = self._few(counts, self._block.given, own)
        return not self._alone[group].can(row, move)

    def _few(self, counts: Places, known: Flags, kept: Flags) -> Few:
        """Return the program of some counts, with those sums, limits and rows of the block that are kept."""
        part = self._columns[:, counts].tocsr()
        used = np.flatnonzero(kept & (np.diff(part.indptr) > 0))
        sure = np.concatenate([np.zeros(self._before, dtype=bool), known])
        low, high = np.where(sure, 0.0, self._low)[used], np.where(sure, 0.0, self._high)[used]
        place = np.full(len(self._width), -1)
        place[used] = np.arange(len(used))
        program = Program(part[used], low, high, self._block.least[counts], np.full(len(counts), np.inf))
        return Few(part[self._before :], place[self._before :], program)


class Few:
    """The program of some counts of a block.

    Parameters
    ----------
    rows : sparse array, shape (r, n)
        What the rows of the block are of these counts.
    place : array of int, shape (r,)
        Where each of them stands in the program; -1 for nowhere.
    program : Program
    """

    def __init__(self, rows: sparse.csr_array, place: Places, program: Program) -> None:
        self._rows, self._place, self._program = rows, place, program

    def move(self, row: int, far: float) -> Floats | None:
        """Move a row so far; return how far every row of the block moves, None if it cannot."""
        values = self._moved(row, far)
        return None if values is None else np.asarray(self._rows @ values)

    def can(self, row: int, far: float) -> bool:
        """Say whether a row can move so far."""
        return self._moved(row, far) is not None

    def _moved(self, row: int, far: float) -> Floats | None:
        place = self._place[[row]]
        self._program.limit_rows(place, far, far)
        values = self._program.most(np.zeros(0, dtype=np.intp), np.zeros(0))
        self._program.limit_rows(place, -np.inf, np.inf)
        return values
