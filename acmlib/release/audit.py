"""What a reader can work out about each hidden count, by linear programming.

A reader knows every shown count, that counts are not negative, and how counts add up. `feasible_intervals` gives, for
each hidden count, the smallest and largest value that agrees with all of this. If the two are equal, the count is not
hidden at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: The solver's results are whole numbers up to this much (its own feasibility tolerance is 1e-7).
SOLVER_TOLERANCE = 1e-6


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
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    number = 0
    for total, parts in sums:
        for column, value in [(total, 1.0), *((part, -1.0) for part in parts)]:
            rows.append(number)
            columns.append(column)
            values.append(value)
        number += 1
    return System(counts, sparse.csr_array((values, (rows, columns)), shape=(number, len(counts))))


@dataclass(frozen=True)
class Remainder:
    """The system as the reader of one release has it: shown counts put in, one part that hangs together."""

    members: NDArray[np.intp]
    equations: sparse.csr_array
    right: Floats
    inequalities: sparse.csr_array | None
    at_least: Floats
    lower: Floats


def split(system: System, unknown: Flags, *, wanted: Flags | None = None) -> list[Remainder]:
    """Split what is hidden into parts that share no equation: each is a small problem of its own.

    Parameters
    ----------
    system : System
    unknown : array of bool, shape (n,)
        Counts that the reader does not see.
    wanted : array of bool, shape (n,), optional
        Give only the parts that hold one of these.

    Returns
    -------
    list of Remainder
    """
    where = np.flatnonzero(unknown)
    shown = np.where(unknown, 0.0, system.truth)
    equations = _rows_in_use(system.equations[:, where], -(system.equations @ shown))
    unequal = None
    if system.inequalities is not None:
        unequal = _rows_in_use(system.inequalities[:, where], -(system.inequalities @ shown))
    links = abs(sparse.vstack([equations[0], unequal[0]]) if unequal else equations[0]).tocsr()
    _, label = sparse.csgraph.connected_components(links.T @ links, directed=False)
    found = []
    for number in range(label.max(initial=-1) + 1) if wanted is None else np.unique(label[wanted[where]]):
        inside = np.flatnonzero(label == number)
        block, right = _rows_in_use(equations[0][:, inside], equations[1])
        limits, at_least = _rows_in_use(unequal[0][:, inside], unequal[1]) if unequal else (None, np.zeros(0))
        found.append(Remainder(where[inside], block, right, limits, at_least, system.lower[where[inside]]))
    return found


def _rows_in_use(matrix: sparse.csr_array, right: Floats) -> tuple[sparse.csr_array, Floats]:
    """Drop the rows without any unknown."""
    used = np.flatnonzero(np.diff(matrix.indptr) > 0)
    return matrix[used], right[used]


def extreme(part: Remainder, position: int, sign: int, integer: bool) -> Floats | None:
    """Find counts that agree with all that is shown and make one of them as small (sign 1) or large (-1) as can be."""
    size = len(part.members)
    cost = np.zeros(size)
    cost[position] = sign
    if integer:
        constraints = [LinearConstraint(part.equations, part.right, part.right)]
        if part.inequalities is not None and part.inequalities.shape[0]:
            constraints.append(LinearConstraint(part.inequalities, part.at_least, np.inf))
        found = milp(cost, constraints=constraints, integrality=np.ones(size), bounds=Bounds(part.lower, np.inf))
    else:
        unequal = part.inequalities is not None and part.inequalities.shape[0] > 0
        found = linprog(
            cost, A_eq=part.equations, b_eq=part.right, bounds=np.column_stack([part.lower, np.full(size, np.inf)]), method="highs",
            A_ub=-part.inequalities if unequal and part.inequalities is not None else None, b_ub=-part.at_least if unequal else None,
        )  # fmt: skip
    if found.status == 3:  # unbounded: nothing shown limits it
        return None
    if not found.success:
        raise ValueError(f"audit: the shown counts contradict each other ({found.message})")
    return np.asarray(found.x, dtype=float)


def feasible_intervals(system: System, known: Flags, *, integer: bool = False) -> tuple[Floats, Floats]:
    """Give the smallest and largest value that each count can have for a reader who knows some of them.

    Parameters
    ----------
    system : System
        All counts and how they add up.
    known : array of bool, shape (n,)
        Which counts are shown.
    integer : bool
        Search whole numbers only: slower, never wider. Without it the interval of a fractional solution is
        given, rounded inwards: in tables without loops of odd length the two are the same.

    Returns
    -------
    low, high : arrays of float, shape (n,)
        For shown counts both are the count; `high` is infinite where nothing limits a count.

    Raises
    ------
    ValueError
        If the shown counts contradict the equations.

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
    for part in split(system, ~known):
        for position, count in enumerate(part.members):
            least, most = extreme(part, position, 1, integer), extreme(part, position, -1, integer)
            low[count] = -np.inf if least is None else np.ceil(least[position] - SOLVER_TOLERANCE) + 0.0
            high[count] = np.inf if most is None else np.floor(most[position] + SOLVER_TOLERANCE) + 0.0
    return low, high
