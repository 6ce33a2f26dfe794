"""Searching for what proves that hidden counts are uncertain: other counts that agree with everything shown.

`acmlib.release.audit.feasible_intervals` gives exact limits, at the price of two linear programs a count. To decide what to
hide it is enough to know that limits lie far enough apart, and one set of other counts (a witness) proves that for many counts
at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from acmlib.release.audit import SOLVER_TOLERANCE, Flags, Floats, Remainder, System, extreme, split


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


def _many(part: Remainder, positions: NDArray[np.intp], sign: int, asked: Floats) -> Floats | None:
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
    part: Remainder
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

    def run(self, asked: Floats, sign: int, among: Flags, *, exact: bool) -> None:
        """Search until each count reaches what is asked or, if `exact`, is known not to."""
        positions = self.lacking(asked, sign, among)
        while len(positions) > (1 if exact else 0):
            found = _many(self.part, positions, sign, asked[self.part.members[positions]])
            if found is None:
                break
            self.note(found)
            left = self.lacking(asked, sign, among)
            if len(left) == len(positions):
                break
            positions = left
        for position in positions if exact else ():
            if position in self.lacking(asked, sign, among):
                found = extreme(self.part, int(position), -sign, False)
                if found is None:
                    self.high[self.part.members[position]] = np.inf
                else:
                    self.note(found)


def proven_intervals(
    system: System, known: Flags, *, low: Floats, high: Floats, witnesses: Witnesses, among: Flags, exact: bool = True
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
    exact : bool
        Search for every count by itself in the end.

    Returns
    -------
    low, high : arrays of float, shape (n,)
        The feasible limit wherever it does not reach what was asked for.

    Examples
    --------
    >>> from acmlib.release.audit import from_sums
    >>> system, pool = from_sums([10, 3, 7], [(0, [1, 2])]), Witnesses()
    >>> known = np.array([True, False, False])
    >>> low, high = proven_intervals(system, known, low=system.truth - 2, high=system.truth + 2, witnesses=pool, among=~known)
    >>> low[1] <= 1, high[1] >= 5, len(pool.changes)
    (np.True_, np.True_, 2)
    """
    seen_low, seen_high = witnesses.intervals(system, known)
    lacking = among & ~known & ((seen_low > low) | (seen_high < high))
    for part in split(system, ~known, wanted=lacking) if lacking.any() else []:
        search = _Search(system, part, seen_low, seen_high, witnesses)
        search.run(high, 1, among, exact=exact)
        search.run(low, -1, among, exact=exact)
    return seen_low, seen_high
