"""A block with fewer counts: months that no cell tells apart are one, so that two years of a group are two counts and not 24.

Whatever is possible month by month is possible there, but not the converse, as people of one month cannot take the place of another's.
So it is soon known that a count cannot move; where it can, it is found which groups take part and which cells would have to be hidden, and
the months of these are asked whether it is so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from acmlib.release.program import NOTHING, Floats, Places
from acmlib.release.reader import Block, Flags, Reader

#: Where more of the counts than this would be left, it does not pay.
WORTH = 1 / 3


@dataclass(frozen=True)
class Merged:
    """A block with fewer counts.

    Attributes
    ----------
    block : Block
        With the same rows and cells.
    into, where : arrays of int, shape (n,)
        Which of its counts each count of the other block is a part of, and of which place it is.
    """

    block: Block
    into: Places
    where: Places


def merged(block: Block) -> Merged | None:
    """Return a block with months merged that its rows do not tell apart; None if hardly any can be.

    Parameters
    ----------
    block : Block

    Returns
    -------
    Merged or None

    Examples
    --------
    Two groups of 4 and 5 people, three months of each; a year of each is shown, and in each month they stay as many together.

    >>> month = np.eye(3)
    >>> block = Block(
    ...     least=-np.array([1.0, 2, 1, 2, 2, 1]),
    ...     equations=sparse.csr_array(np.hstack([month, month])),
    ...     limits=sparse.csr_array((0, 6)),
    ...     spare=np.zeros(0),
    ...     rows=sparse.csr_array([[1.0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]]),
    ...     cell=np.arange(2),
    ...     row=np.arange(2),
    ...     given=np.zeros(2, dtype=bool),
    ...     of=np.array([[0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]]),
    ... )
    >>> smaller = merged(block).block
    >>> smaller.least.tolist(), smaller.equations.toarray().tolist(), smaller.rows.toarray().tolist()
    ([-4.0, -5.0], [[1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]])
    """
    return None if block.of is None else _Merging(block, block.of).finish()


class Rough:
    """What is possible in a block if its months are merged.

    Parameters
    ----------
    merged : Merged
    """

    def __init__(self, merged: Merged) -> None:
        self._merged, self._reader = merged, Reader(merged.block)

    def taking_part(self, known: Flags, row: int, move: float) -> tuple[Places, Places] | None:
        """Say which counts of the other block may have to change so that a row moves so far, and all of these places; None if it cannot.

        Parameters
        ----------
        known : array of bool, shape (r,)
            Rows that a reader sees.
        row : int
        move : float
        """
        moved = self._reader.reach_by_few(known, row, move)
        if moved is None:
            return None
        part, where = np.abs(moved[self._merged.into]) > NOTHING, self._merged.where
        return np.flatnonzero(part), np.flatnonzero(np.isin(where, where[part]))

    def price(self, hidden: Flags, weight: Floats, row: int, move: float) -> Places | None:
        """Return which cells are cheapest to hide so that a row moves so far if months are merged; None if that cannot be."""
        found = self._reader.price(hidden, weight, row, move)
        return None if found is None else found[1]


class _Merging:
    """The months of a block, and which of them are alike."""

    def __init__(self, block: Block, of: Places) -> None:
        self._block, (_, self._where, self._month) = block, of
        self._line = np.unique(of[:2], axis=1, return_inverse=True)[1].reshape(-1)
        self._sums = sparse.vstack([block.equations, block.limits]).tocsr()
        #: The month of each sum or limit that holds in one month alone; -1 where it holds in several.
        self._alone = np.array([self._only_month(at) for at in range(self._sums.shape[0])], dtype=np.intp)

    def _only_month(self, at: int) -> int:
        months = self._month[self._sums.indices[self._sums.indptr[at] : self._sums.indptr[at + 1]]]
        return int(months[0]) if len(months) and (months == months[0]).all() else -1

    @cached_property
    def _pattern(self) -> list[bytes]:
        """What each sum and limit is of which lines, whichever month it is."""
        by_line = self._sums.copy()
        by_line.indices = self._line[self._sums.indices]
        found = []
        for start, end in zip(by_line.indptr[:-1], by_line.indptr[1:], strict=True):
            order = np.argsort(by_line.indices[start:end], kind="stable")
            found.append(by_line.indices[start:end][order].tobytes() + by_line.data[start:end][order].tobytes())
        return found

    def _classes(self) -> dict[int, int]:
        """Return the class of each month: months in one have the same lines, the same sums and limits, and the same part in all others."""
        wide = sparse.vstack([self._sums[self._alone < 0], self._block.rows]).tocsc()
        within: dict[int, list[bytes]] = defaultdict(list)
        for at, month in enumerate(self._alone.tolist()):
            if month >= 0:
                side = b"=" if at < self._block.equations.shape[0] else b">"
                within[month].append(side + self._pattern[at])
        number: dict[tuple[bytes, ...], int] = {}
        found = {}
        for month in np.unique(self._month).tolist():
            columns = np.flatnonzero(self._month == month)
            columns = columns[np.argsort(self._line[columns])]
            part = wide[:, columns]
            part.sort_indices()
            of_all = (self._line[columns].tobytes(), part.indptr.tobytes(), part.indices.tobytes(), part.data.tobytes())
            found[month] = number.setdefault((*of_all, *sorted(within[month])), len(number))
        return found

    def finish(self) -> Merged | None:
        """Return the block of classes."""
        block, classes = self._block, self._classes()
        key = self._line * (max(classes.values()) + 1) + np.array([classes[one] for one in self._month.tolist()])
        _, into, size = np.unique(key, return_inverse=True, return_counts=True)
        if len(size) > WORTH * len(into):
            return None
        sums = sparse.csr_array((np.ones(len(into)), (np.arange(len(into)), into)), shape=(len(into), len(size)))
        means = sums @ sparse.diags_array(1 / size)
        equal = block.equations.shape[0]
        # Sums and limits of single months, which are the same in all of a class, hold for the class.
        alike: dict[tuple[int, bytes], list[int]] = defaultdict(list)
        for at, month in enumerate(self._alone.tolist()):
            alike[(classes[month], self._pattern[at] + (b"=" if at < equal else b">")) if month >= 0 else (-1 - at, b"")].append(at)
        kept = np.array([some[0] for some in alike.values()], dtype=np.intp)
        spare: Floats = np.concatenate([np.zeros(equal), block.spare])
        together = np.array([spare[some].sum() for some in alike.values()])
        single = self._alone[kept] >= 0
        of_all = self._sums[kept]
        matrix = sparse.csr_array(sparse.diags_array(1.0 * single) @ of_all @ sums + sparse.diags_array(1.0 * ~single) @ of_all @ means)
        smaller = Block(
            least=np.asarray(sums.T @ block.least),
            equations=matrix[kept < equal],
            limits=matrix[kept >= equal],
            spare=together[kept >= equal],
            rows=sparse.csr_array(block.rows @ means),
            cell=block.cell, row=block.row, given=block.given,
        )  # fmt: skip
        return Merged(smaller, into, self._where)
