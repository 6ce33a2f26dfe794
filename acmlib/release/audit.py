"""The attacker inside the product: which small counts follow, or nearly follow, from what a public table shows.

A reader knows every number shown, how numbers add up, which are parts of others, and that none is negative. The feasibility interval of a
hidden count runs from the smallest to the largest value that agrees with all of this, found by linear programming. A count is protected
if the interval holds at least three values: `PROTECTION_LEVEL` is the distance of the first from the last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp

from acmlib.release.counts import Floats
from acmlib.release.knowledge import SAME, Knowledge

Flags = NDArray[np.bool_]
#: Width of the feasibility interval of a protected count: three values at least.
PROTECTION_LEVEL = 2
#: The attacker looks no further from the true count than this, in people; whoever could look further knows less.
REACH = 100.0
#: So many programs look for other values of all small counts at once, before each is looked at by itself.
TOGETHER = 8


@dataclass(frozen=True)
class Weak:
    """A small count that is not protected.

    Attributes
    ----------
    target : int
        Row of `Knowledge.targets`.
    value : float
        The count.
    pinned_by : tuple of int
        Rows of `Knowledge.numbers`, shown, by which it follows.
    """

    target: int
    value: float
    pinned_by: tuple[int, ...]


def attack(knowledge: Knowledge, shown: Flags, *, skip: Iterable[int] = ()) -> list[Weak]:
    """Return the small counts that have fewer than three feasible values if these numbers are shown.

    Parameters
    ----------
    knowledge : Knowledge
    shown : array of bool, shape (r,)
        Which of its numbers readers see.
    skip : iterable of int
        Targets that are not looked at: readers know them already.
    """
    program = _Program(knowledge, shown)
    wanted = np.ones(knowledge.targets.shape[0], dtype=bool)
    wanted[list(skip)] = False
    values = knowledge.targets @ knowledge.truth
    return [Weak(int(at), float(values[at]), program.pins(int(at))) for at in program.unprotected(np.flatnonzero(wanted))]


class _Program:
    """The linear program of one attack: unknowns that are not shown outright, and all that ties them together."""

    def __init__(self, knowledge: Knowledge, shown: Flags) -> None:
        self._all, self._shown = knowledge, np.flatnonzero(shown)
        numbers = knowledge.numbers[self._shown]
        single = np.diff(numbers.indptr) == 1
        fixed = np.zeros(len(knowledge.truth), dtype=bool)
        fixed[numbers[np.flatnonzero(single)].indices] = True
        self._free = np.flatnonzero(~fixed)
        self._true = knowledge.truth[self._free]
        told = sparse.vstack([knowledge.equations, numbers]).tocsr()
        self._kept = np.flatnonzero(np.diff(told[:, self._free].tocsr().indptr))
        self._told = told
        self._equal = sparse.csr_array(told[self._kept][:, self._free])
        parts = sparse.csr_array(knowledge.parts[:, self._free])
        some = np.flatnonzero(np.diff(parts.indptr))
        self._parts, self._least = parts[some], (parts @ self._true - knowledge.parts @ knowledge.truth)[some]
        self._targets = sparse.csr_array(knowledge.targets[:, self._free])
        self._right = self._equal @ self._true

    def unprotected(self, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those of some targets whose feasibility interval is too narrow."""
        picked = self._targets[wanted]
        low = high = picked @ self._true
        draw = np.random.default_rng(0)
        for _ in range(TOGETHER):
            narrow = high - low < PROTECTION_LEVEL - SAME
            if not narrow.any() or not len(self._free):
                break
            signs = draw.choice([-1.0, 1.0], len(wanted)) * narrow
            found = self._solve(picked.T @ signs)
            if np.abs(found.x - np.round(found.x)).max() < SAME:
                low, high = np.minimum(low, picked @ found.x), np.maximum(high, picked @ found.x)
        for at in np.flatnonzero(high - low < PROTECTION_LEVEL - SAME):
            row = picked[[at]].toarray().ravel()
            if row.any():
                low[at], high[at] = (row @ self._whole(sign * row) for sign in (1.0, -1.0))
        unprotected: NDArray[np.int64] = wanted[high - low < PROTECTION_LEVEL - SAME]
        return unprotected

    def _solve(self, objective: Floats) -> OptimizeResult:
        found = linprog(
            objective, A_eq=self._equal, b_eq=self._right, A_ub=-self._parts, b_ub=-self._least,
            bounds=np.column_stack([np.maximum(self._true - REACH, 0), self._true + REACH]), method="highs",
        )  # fmt: skip
        if found.x is None:  # the true counts are a solution
            raise RuntimeError(f"the audit of the public table failed: {found.message}")
        return found

    def _whole(self, objective: Floats) -> Floats:
        """Return the whole people at which an objective is smallest."""
        x: Floats = self._solve(objective).x
        if np.abs(x - np.round(x)).max() < SAME:
            return x
        found = milp(
            objective, integrality=1, bounds=Bounds(np.maximum(self._true - REACH, 0), self._true + REACH),
            constraints=[LinearConstraint(self._equal, self._right, self._right), LinearConstraint(self._parts, self._least, np.inf)],
        )  # fmt: skip
        return self._true if found.x is None else np.round(found.x)

    def pins(self, target: int) -> tuple[int, ...]:
        """Return the shown numbers by which a target follows."""
        row = self._targets[[target]].toarray().ravel()
        columns = {int(one) for one in self._all.targets[[target]].indices}
        if row.any():
            for sign in (1.0, -1.0):
                binding = np.abs(self._solve(sign * row).eqlin.marginals) > SAME
                columns |= {int(one) for one in self._told[self._kept[binding]].indices}
        known = self._all.numbers[self._shown]
        touched = np.isin(known.indices, list(columns))
        rows = np.unique(np.searchsorted(known.indptr, np.flatnonzero(touched), side="right") - 1)
        return tuple(int(one) for one in self._shown[rows])
