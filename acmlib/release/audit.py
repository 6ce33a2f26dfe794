"""The attacker inside the product: which small counts follow, or nearly follow, from what a public table shows.

A reader knows every number shown, how numbers add up, which are parts of others, and that none is negative. The feasibility interval of a
hidden count runs from the smallest to the largest value that agrees with all of this, found by linear programming. A count is protected
if the interval holds at least three values: `PROTECTION_LEVEL` is the distance of the first from the last.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from acmlib.release.counts import SAME, Floats, Number
from acmlib.release.knowledge import Knowledge

#: Width of the feasibility interval of a protected count: three values at least.
PROTECTION_LEVEL = 2
#: The attacker looks no further from the true count than this, in people; whoever could look further knows less.
REACH = 100.0
#: So many programs look for other values of all small counts at once, before each is looked at by itself.
TOGETHER = 8


@dataclass(frozen=True)
class Weak:
    """A small count that is not protected."""

    about: Number  #: What it is a part of.
    value: float
    pinned_by: tuple[Number, ...]  #: Shown numbers by which it follows.
    target: int | None = None  #: Row of `Knowledge.targets`, if it is one.


def attack(knowledge: Knowledge, shown: Collection[Number], among: Iterable[int]) -> tuple[list[Weak], set[int]]:
    """Return small counts that have fewer than three feasible values if these numbers are shown, and which targets to look at again.

    Parameters
    ----------
    shown : collection of Number
        Which of its numbers readers see.
    among : iterable of int
        Targets that are looked at. Whoever sees less knows less: what was protected once need not be looked at again.
    """
    program = _Program(knowledge, shown)
    wanted = np.array(sorted(among), dtype=np.int64)
    found = program.subtracted(wanted)
    if found:
        return found, set(among)
    found = program.bounded(wanted)
    return found or list(_repeated(knowledge, shown)), {one.target for one in found if one.target is not None}


def _repeated(knowledge: Knowledge, shown: Collection[Number]) -> Iterator[Weak]:
    """Yield small numbers of people who are counted in several times that make up one, all of these shown."""
    for times, whole in knowledge.repeats(shown):
        if knowledge.is_small((times, whole)):
            yield Weak(whole[0], knowledge.true((times, whole)), (*times, *whole))


class _Program:
    """The linear program of one attack: unknowns that are not shown outright, and all that ties them together."""

    def __init__(self, knowledge: Knowledge, shown: Collection[Number]) -> None:
        self._all, self._shown = knowledge, np.array([at for at, one in enumerate(knowledge.numbers) if one in shown], dtype=np.int64)
        self._numbers = numbers = knowledge.rows[self._shown]
        self._rows_of = np.repeat(np.arange(len(self._shown)), np.diff(numbers.indptr))  #: Of each entry of these.
        fixed = np.zeros(len(knowledge.truth), dtype=bool)
        fixed[numbers[np.flatnonzero(np.diff(numbers.indptr) == 1)].indices] = True
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

    def subtracted(self, wanted: NDArray[np.int64]) -> list[Weak]:
        """Return those of some targets that follow by subtraction, one unknown after the other, without any program."""
        entries, free, row_of = self._told.tocoo(), np.ones(len(self._all.truth), dtype=bool), dict[int, int]()
        free[np.setdiff1d(np.arange(len(free)), self._free)] = False
        while True:
            open_ = np.bincount(entries.row, free[entries.col], self._told.shape[0])
            last = (open_[entries.row] == 1) & free[entries.col]
            if not last.any():
                break
            row_of |= dict(zip(entries.col[last].tolist(), entries.row[last].tolist(), strict=True))
            free[entries.col[last]] = False
        targets = self._all.targets[wanted]
        known = np.bincount(targets.tocoo().row, free[targets.indices], len(wanted)) == 0
        found = []
        for at in np.flatnonzero(known).tolist():
            columns = waiting = set(_row(targets, at))
            while waiting:
                waiting = {one for own in waiting if own in row_of for one in _row(self._told, row_of[own])} - columns
                columns = columns | waiting
            found.append(self._weak(int(wanted[at]), columns))
        return found

    def bounded(self, wanted: NDArray[np.int64]) -> list[Weak]:
        """Return those of some targets whose feasibility interval is too narrow."""
        picked = self._targets[wanted]
        low = high = picked @ self._true
        draw = np.random.default_rng(0)
        narrow = np.diff(picked.indptr) > 0
        for _ in range(TOGETHER):
            if not narrow.any():
                break
            x, _ = self._solve(picked.T @ (draw.choice([-1.0, 1.0], len(wanted)) * narrow))
            if _is_whole(x):
                low, high = np.minimum(low, picked @ x), np.maximum(high, picked @ x)
                narrow &= high - low < PROTECTION_LEVEL - SAME
        found = []
        for at in np.flatnonzero(high - low < PROTECTION_LEVEL - SAME):
            least, most, binding = self._interval(picked[[at]].toarray().ravel())
            if most - least < PROTECTION_LEVEL - SAME:
                columns = [one for row in self._kept[binding].tolist() for one in _row(self._told, row)]
                found.append(self._weak(int(wanted[at]), [*_row(self._all.targets, int(wanted[at])), *columns]))
        return found

    def _interval(self, row: Floats) -> tuple[float, float, NDArray[np.intp]]:
        """Return the least and the most that a sum of unknowns can be in whole people, and the rows of the program that keep it there."""
        ends, binding = [float(row @ self._true)] * 2, np.zeros(len(self._kept), dtype=bool)
        for side, sign in enumerate((1.0, -1.0) if row.any() else ()):
            x, costs = self._solve(sign * row)
            binding |= np.abs(costs[: len(binding)]) > SAME
            ends[side] = float(row @ (x if _is_whole(x) else self._solve(sign * row, whole=True)[0]))
        return ends[0], ends[1], np.flatnonzero(binding)

    @cached_property
    def _solver(self) -> highspy.Highs:
        """The program in the solver: it stays there, only its objective changes. Through scipy each solution takes six times as long."""
        matrix = sparse.csr_array(sparse.vstack([self._equal, self._parts]))
        matrix.sum_duplicates()  # people of a part and of its whole: what stands on both sides of a row cancels out
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = matrix.shape
        model.col_cost_ = np.zeros(len(self._true))
        model.col_lower_, model.col_upper_ = np.maximum(self._true - REACH, 0.0), self._true + REACH
        model.row_lower_ = np.concatenate([self._right, self._least])
        model.row_upper_ = np.concatenate([self._right, np.full(len(self._least), np.inf)])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)
        model.a_matrix_.value_ = matrix.data
        with _standard_output_closed():
            solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1)):
            solver.setOptionValue(option, value)
        if solver.passModel(model) == highspy.HighsStatus.kError:
            raise RuntimeError(f"the solver does not take the program of the audit ({model.num_row_} rows, {model.num_col_} unknowns)")
        return solver

    def _solve(self, objective: Floats, *, whole: bool = False) -> tuple[Floats, Floats]:
        """Return the unknowns at which an objective is smallest, and what the rows of the program cost there."""
        size, solver = len(self._true), self._solver
        kind = highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
        solver.changeColsIntegrality(size, np.arange(size, dtype=np.int32), np.full(size, int(kind), dtype=np.uint8))
        solver.changeColsCost(size, np.arange(size, dtype=np.int32), np.asarray(objective, dtype=float))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            solver.clearSolver()  # the way from the last solution may have ended in rounding: from the beginning
            solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return self._true, np.zeros(solver.getNumRow())  # only the true counts are known to be feasible: more is hidden, not less
        found = solver.getSolution()
        return np.asarray(found.col_value), np.asarray(found.row_dual)

    def _weak(self, target: int, columns: Collection[int]) -> Weak:
        """Return a target with the shown numbers that have any of these unknowns."""
        touched = np.zeros(len(self._all.truth), dtype=bool)
        touched[[*columns]] = True
        rows = self._shown[np.flatnonzero(np.bincount(self._rows_of, touched[self._numbers.indices], len(self._shown)))]
        return Weak(self._all.about[target], self._all.values[target], tuple(self._all.numbers[one] for one in rows), target)


def _row(matrix: sparse.csr_array, at: int) -> list[int]:
    return list(matrix.indices[matrix.indptr[at] : matrix.indptr[at + 1]].tolist())


def _is_whole(x: Floats) -> bool:
    return bool(np.abs(x - np.round(x)).max(initial=0.0) < SAME)


@contextmanager
def _standard_output_closed() -> Iterator[None]:
    """Send what C++ prints nowhere: highspy 1.16 writes its licence when a solver is made, before `output_flag` can be set."""
    if sys.stdout is None:  # closed when the program began: file 1 may be any other by now
        yield
        return
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
