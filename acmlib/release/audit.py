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
class _Remainder:
    """The system as the reader of one release has it: shown counts put in, one part that hangs together."""

    members: NDArray[np.intp]
    equations: sparse.csr_array
    right: Floats
    inequalities: sparse.csr_array | None
    at_least: Floats
    lower: Floats


def _parts(system: System, unknown: Flags) -> list[_Remainder]:
    """Split what is hidden into parts that share no equation: each is a small problem of its own."""
    where = np.flatnonzero(unknown)
    equations = system.equations[:, where]
    right = -(system.equations[:, np.flatnonzero(~unknown)] @ system.truth[~unknown])
    # An equation may have coefficients that cancel nothing here but rounding dust of rates: keep rows with unknowns.
    used = np.flatnonzero(np.diff(equations.indptr) > 0)
    equations, right = equations[used], right[used]
    unequal = at_least = None
    links = abs(equations)
    if system.inequalities is not None:
        unequal = system.inequalities[:, where]
        at_least = -(system.inequalities[:, np.flatnonzero(~unknown)] @ system.truth[~unknown])
        some = np.flatnonzero(np.diff(unequal.indptr) > 0)
        unequal, at_least = unequal[some], at_least[some]
        links = sparse.vstack([links, abs(unequal)]).tocsr()
    _, label = sparse.csgraph.connected_components(links.T @ links, directed=False)
    parts = []
    for number in range(label.max(initial=-1) + 1):
        inside = np.flatnonzero(label == number)
        block = equations[:, inside]
        rows = np.flatnonzero(np.diff(block.indptr) > 0)
        bounds_block = bounds_right = None
        if unequal is not None and at_least is not None:
            bounds_block = unequal[:, inside]
            limits = np.flatnonzero(np.diff(bounds_block.indptr) > 0)
            bounds_block, bounds_right = bounds_block[limits], at_least[limits]
        parts.append(
            _Remainder(where[inside], block[rows], right[rows], bounds_block, np.zeros(0) if bounds_right is None else bounds_right,
                       system.lower[where[inside]])
        )  # fmt: skip
    return parts


def _extreme(part: _Remainder, position: int, sign: int, integer: bool) -> Floats | None:
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


@dataclass
class Witnesses:
    """Counts other than the true ones that agree with every equation: each proves something uncertain.

    They stay true whatever is shown, so an audit after a small change searches only for what is no longer proven.
    """

    changes: list[tuple[NDArray[np.intp], Floats]] = field(default_factory=list)

    def add(self, system: System, members: NDArray[np.intp], values: Floats) -> None:
        """Keep the counts of one part that differ from the truth."""
        differs = np.abs(values - system.truth[members]) > SOLVER_TOLERANCE
        self.changes.append((members[differs], values[differs]))

    def intervals(self, system: System, known: Flags) -> tuple[Floats, Floats]:
        """Give the interval that the witnesses who agree with all known counts prove for each count."""
        low, high = system.truth.astype(float).copy(), system.truth.astype(float).copy()
        for where, values in self.changes:
            if not known[where].any():
                low[where] = np.minimum(low[where], values)
                high[where] = np.maximum(high[where], values)
        return low, high


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
    for part in _parts(system, ~known):
        for position, count in enumerate(part.members):
            least, most = _extreme(part, position, 1, integer), _extreme(part, position, -1, integer)
            low[count] = -np.inf if least is None else np.ceil(least[position] - SOLVER_TOLERANCE) + 0.0
            high[count] = np.inf if most is None else np.floor(most[position] + SOLVER_TOLERANCE) + 0.0
    return low, high


def _many(part: _Remainder, positions: NDArray[np.intp], sign: int, asked: Floats) -> Floats | None:
    """Find counts that agree with all that is shown and bring as many counts as can be to what is asked for at once."""
    size, extra = len(part.members), len(positions)
    pick = sparse.csr_array((np.ones(extra), (np.arange(extra), positions)), shape=(extra, size))
    # One further variable a count: how far it gets towards what is asked, counted no further than that.
    reached = sparse.hstack([-sign * pick, sparse.eye_array(extra)])
    unequal, right = reached, np.zeros(extra)
    if part.inequalities is not None and part.inequalities.shape[0]:
        unequal = sparse.vstack([reached, sparse.hstack([-part.inequalities, sparse.csr_array((part.inequalities.shape[0], extra))])])
        right = np.concatenate([right, -part.at_least])
    bounds = np.column_stack([np.concatenate([part.lower, np.full(extra, -np.inf)]), np.concatenate([np.full(size, np.inf), sign * asked])])
    equations = sparse.hstack([part.equations, sparse.csr_array((part.equations.shape[0], extra))]).tocsr()
    cost = np.concatenate([np.zeros(size), -np.ones(extra)])
    found = linprog(cost, A_eq=equations, b_eq=part.right, A_ub=sparse.csr_array(unequal), b_ub=right, bounds=bounds, method="highs")
    return np.asarray(found.x[:size], dtype=float) if found.success else None


@dataclass
class _Search:
    """The search for witnesses in one part: what has been proven so far."""

    system: System
    part: _Remainder
    low: Floats
    high: Floats
    witnesses: Witnesses

    def note(self, found: Floats) -> None:
        """Keep a witness and what it proves."""
        members = self.part.members
        self.witnesses.add(self.system, members, found)
        self.low[members] = np.minimum(self.low[members], np.ceil(found - SOLVER_TOLERANCE) + 0.0)
        self.high[members] = np.maximum(self.high[members], np.floor(found + SOLVER_TOLERANCE) + 0.0)

    def lacking(self, asked: Floats, sign: int, among: Flags) -> NDArray[np.intp]:
        """Give the positions in the part that do not reach what is asked yet."""
        members = self.part.members
        short = self.high[members] < asked[members] if sign > 0 else self.low[members] > asked[members]
        return np.flatnonzero(short & among[members])

    def run(self, asked: Floats, sign: int, among: Flags) -> None:
        """Search until each count reaches what is asked or is known not to."""
        positions = self.lacking(asked, sign, among)
        while len(positions) > 1:
            found = _many(self.part, positions, sign, asked[self.part.members[positions]])
            if found is None:
                break
            self.note(found)
            left = self.lacking(asked, sign, among)
            if len(left) == len(positions):
                break
            positions = left
        for position in positions:
            if position in self.lacking(asked, sign, among):
                found = _extreme(self.part, int(position), -sign, False)
                if found is None:
                    self.high[self.part.members[position]] = np.inf
                else:
                    self.note(found)


def proven_intervals(
    system: System, known: Flags, *, low: Floats, high: Floats, witnesses: Witnesses, among: Flags
) -> tuple[Floats, Floats]:
    """Give intervals inside the feasible ones, searched only until each count can be as low and as high as asked.

    Parameters
    ----------
    system : System
    known : array of bool, shape (n,)
        Which counts are shown.
    low, high : arrays of float, shape (n,)
        A count that can be at most `low` and at least `high` is not searched further.
    witnesses : Witnesses
        What earlier calls found; this call adds to it.
    among : array of bool, shape (n,)
        Search for these counts only.

    Returns
    -------
    low, high : arrays of float, shape (n,)
        The feasible limit wherever it does not reach what was asked for.

    Examples
    --------
    >>> system, pool = from_sums([10, 3, 7], [(0, [1, 2])]), Witnesses()
    >>> known = np.array([True, False, False])
    >>> low, high = proven_intervals(system, known, low=system.truth - 2, high=system.truth + 2, witnesses=pool, among=~known)
    >>> low[1] <= 1, high[1] >= 5, len(pool.changes)
    (np.True_, np.True_, 2)
    """
    seen_low, seen_high = witnesses.intervals(system, known)
    lacking = among & ~known & ((seen_low > low) | (seen_high < high))
    for part in _parts(system, ~known) if lacking.any() else []:
        if lacking[part.members].any():
            search = _Search(system, part, seen_low, seen_high, witnesses)
            search.run(high, 1, among)
            search.run(low, -1, among)
    return seen_low, seen_high
