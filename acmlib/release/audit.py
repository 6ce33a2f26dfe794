"""What a reader can work out about each hidden count, by linear programming.

A reader knows every shown count, that counts are not negative, and how counts add up. `feasible_intervals` gives, for
each hidden count, the smallest and largest value that agrees with all of this. If the two are equal, the count is not
hidden at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from acmlib.release.program import FAR, NOTHING, Floats
from acmlib.release.reader import Block, Flags, Reader


@dataclass(frozen=True)
class System:
    """Counts and how they hang together.

    Parameters
    ----------
    truth : array of float, shape (n,)
        The true counts.
    equations : sparse array, shape (m, n)
        Each row times the counts is zero: ``total - part - part = 0``.
    inequalities : sparse array, shape (k, n)
        Each row times the counts is at least zero: ``reached before - reached after >= 0``.
    lower : array of float, shape (n,)
        What every reader knows each count to reach at least; zero if not given.
    """

    truth: Floats
    equations: sparse.csr_array
    inequalities: sparse.csr_array | None = None
    lower: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if self.equations.shape[1] != len(self.truth):
            raise ValueError(f"System: equations have {self.equations.shape[1]} columns; there are {len(self.truth)} counts")
        if len(self.lower) == 0:
            object.__setattr__(self, "lower", np.zeros(len(self.truth)))

    def block(self) -> Block:
        """Return the counts as a block of which each count can be shown by a cell of its own."""
        size = len(self.truth)
        limits = sparse.csr_array((0, size)) if self.inequalities is None else self.inequalities
        number = np.arange(size)
        return Block(
            least=self.lower - self.truth, equations=self.equations, limits=limits, spare=limits @ self.truth,
            rows=sparse.eye_array(size, format="csr"), cell=number, row=number, given=np.zeros(size, dtype=bool),
        )  # fmt: skip


def from_sums(truth: Iterable[float], sums: Iterable[tuple[int, Iterable[int]]]) -> System:
    """Make a system from sums: each says which count is the total of which others.

    Parameters
    ----------
    truth : iterable of float
        The true counts.
    sums : iterable of (int, iterable of int)
        Position of a total and positions of its parts.

    Returns
    -------
    System

    Examples
    --------
    >>> from_sums([5, 2, 3], [(0, [1, 2])]).equations.toarray().tolist()
    [[1.0, -1.0, -1.0]]
    """
    counts = np.asarray(list(truth), dtype=float)
    terms = [
        (number, at, value) for number, (total, parts) in enumerate(sums) for at, value in [(total, 1.0), *((part, -1.0) for part in parts)]
    ]
    rows, columns, values = zip(*terms, strict=True) if terms else ((), (), ())
    return System(counts, sparse.csr_array((values, (rows, columns)), shape=(max(rows, default=-1) + 1, len(counts))))


def feasible_intervals(system: System, known: Flags) -> tuple[Floats, Floats]:
    """Give the smallest and largest value that each count can have for a reader who knows some of them.

    Parameters
    ----------
    system : System
        All counts and how they add up.
    known : array of bool, shape (n,)
        Which counts are shown.

    Returns
    -------
    low, high : arrays of float, shape (n,)
        For shown counts both are the count; `high` is infinite where nothing limits a count. Limits of fractional solutions,
        rounded inwards to whole numbers: in tables without loops of odd length, those of whole-number solutions.

    Notes
    -----
    Method: the attacker's problems of cell suppression, Fischetti and Salazar (2001), Management Science 47:1008-1027.

    Examples
    --------
    >>> system = from_sums([10, 3, 7], [(0, [1, 2])])
    >>> low, high = feasible_intervals(system, np.array([True, False, False]))
    >>> low.tolist(), high.tolist()
    ([10.0, 0.0, 0.0], [10.0, 10.0, 10.0])
    """
    low, high = system.truth.astype(float).copy(), system.truth.astype(float).copy()
    reader = Reader(system.block())
    for count in np.flatnonzero(~known):
        down, up = (reader.alone(known, int(count), sign)[count] for sign in (-1, 1))
        low[count] = np.ceil(low[count] + down - NOTHING) + 0.0
        high[count] = np.inf if up > FAR / 2 else np.floor(high[count] + up + NOTHING) + 0.0
    return low, high
