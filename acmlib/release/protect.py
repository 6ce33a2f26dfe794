"""Which further cells must be hidden so that no hidden count can be worked out: few, small and unimportant ones first.

`protect` starts from the cells that the rule hides, asks `acmlib.release.audit` what a reader could still work out,
and for each count that is not protected finds the cheapest further cells that protect it. At the end every hidden
cell that turned out to be unnecessary is shown again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from acmlib.release.audit import Flags, Floats, System
from acmlib.release.search import Witnesses, proven_intervals

#: Weight from which a cell is a last resort: totals of everybody and headline figures.
LAST_RESORT = 100.0
#: The alternative counts that make a cell safe may differ from the true ones by so many times the movement needed.
REACH = 8.0


@dataclass(frozen=True)
class Cells:
    """The counts of a release and the cells that show them.

    Parameters
    ----------
    system : System
        All counts and how they add up.
    shows : sparse array, shape (cells, counts)
        True where a cell shows a count; a rate shows its numerator, denominator and the difference.
    weight : array of float, shape (cells,)
        What it costs to hide a cell; infinite for a cell that cannot be hidden any more.
    need_low, need_high : arrays of float, shape (counts,)
        A hidden count is safe if for all a reader knows it can be as low and as high as this; the count itself where
        no range is asked for.
    least_values : int
        And if its interval holds at least so many whole numbers.
    """

    system: System
    shows: sparse.csr_array
    weight: Floats
    need_low: Floats
    need_high: Floats
    least_values: int = 3
    witnesses: Witnesses = field(default_factory=Witnesses, compare=False)

    def known(self, hidden: Flags) -> Flags:
        """Say which counts a reader sees when these cells are hidden."""
        return np.asarray(self.shows[np.flatnonzero(~hidden)].sum(axis=0) > 0).ravel()

    def intervals(self, hidden: Flags, among: Flags, *, exact: bool = True) -> tuple[Floats, Floats]:
        """Give intervals that lie inside the feasible ones and are as wide as those wherever they are too narrow.

        Not `exact`: counts are moved together only, so that some may seem narrower than they are.
        """
        spare = self.least_values - 1
        low, high = np.minimum(self.need_low, self.system.truth - spare), np.maximum(self.need_high, self.system.truth + spare)
        return proven_intervals(self.system, self.known(hidden), low=low, high=high, witnesses=self.witnesses, among=among, exact=exact)


@dataclass(frozen=True)
class Protection:
    """The outcome of `protect`: which cells are hidden, why, and what could not be protected."""

    hidden: Flags
    because: dict[int, int]
    unsafe: tuple[int, ...]


def is_unsafe(cells: Cells, low: Floats, high: Floats) -> Flags:
    """Compare intervals with what each count needs."""
    return (low > cells.need_low) | (high < cells.need_high) | (high - low + 1 < cells.least_values)


def unsafe_counts(cells: Cells, hidden: Flags, *, ignore: frozenset[int] = frozenset()) -> np.ndarray:
    """Name the counts that are hidden in every cell and can be narrowed down all the same.

    Parameters
    ----------
    cells : Cells
    hidden : array of bool, shape (cells,)
    ignore : set of int
        Counts that need not be looked at.

    Returns
    -------
    array of int
        Positions of counts, the smallest counts first.

    Examples
    --------
    >>> from acmlib.release.audit import from_sums
    >>> system = from_sums([90, 4, 46, 40], [(0, [1, 2, 3])])
    >>> cells = Cells(system, sparse.eye_array(4, format="csr"), np.ones(4), np.array([90.0, 1, 46, 40]), np.array([90.0, 10, 46, 40]))
    >>> unsafe_counts(cells, np.array([False, True, False, False])).tolist()
    [1]
    >>> unsafe_counts(cells, np.array([False, True, True, False])).tolist()
    []
    """
    among = np.asarray(cells.shows.sum(axis=0) > 0).ravel() & ~cells.known(hidden)
    among[list(ignore)] = False
    low, high = cells.intervals(hidden, among)
    where = np.flatnonzero(among & is_unsafe(cells, low, high))
    return where[np.argsort(cells.system.truth[where], kind="stable")]


def _near(cells: Cells, count: int, walls: Flags) -> tuple[np.ndarray, np.ndarray]:
    """Give the equations and counts that hang together with one count, without passing through a wall."""
    equations = cells.system.equations
    by_count = equations.tocsc()
    counts, rows, queue = {count}, set[int](), [count]
    while queue:
        now = queue.pop()
        for row in by_count.indices[by_count.indptr[now] : by_count.indptr[now + 1]]:
            if row in rows:
                continue
            rows.add(int(row))
            for other in equations.indices[equations.indptr[row] : equations.indptr[row + 1]]:
                if other not in counts:
                    counts.add(int(other))
                    if not walls[other]:
                        queue.append(int(other))
    return np.array(sorted(rows), dtype=int), np.array(sorted(counts), dtype=int)


def _cheapest_cover(cells: Cells, hidden: Flags, count: int, move: float, walls: Flags) -> np.ndarray | None:
    """Find the cheapest cells whose hiding lets one count be `move` higher (or lower) for all a reader knows."""
    rows, near = _near(cells, count, walls)
    equations = cells.system.equations[rows][:, near]
    shows = cells.shows[:, near].tocoo()
    open_ = ~hidden[shows.row]
    pairs_cell, pairs_count = shows.row[open_], shows.col[open_]
    used, cell_number = np.unique(pairs_cell, return_inverse=True)
    size, many = len(near), len(used)
    reach = REACH * abs(move)
    truth, lower = cells.system.truth[near], cells.system.lower[near]
    fixed = walls[near]
    least = np.where(fixed, 0.0, np.maximum(-reach, lower - truth))
    most = np.where(fixed, 0.0, reach)
    at = int(np.searchsorted(near, count))
    least[at] = most[at] = move
    blocked = np.isinf(cells.weight[used])
    cost = np.concatenate([np.zeros(size), np.where(blocked, 0.0, cells.weight[used])])
    number = np.arange(len(pairs_cell))
    moves = sparse.csr_array((np.ones(len(number)), (number, pairs_count)), shape=(len(number), size))
    opens = sparse.csr_array((np.full(len(number), reach), (number, cell_number)), shape=(len(number), many))
    still = LinearConstraint(sparse.hstack([equations, sparse.csr_array((len(rows), many))]).tocsr(), 0, 0)
    constraints = [
        still,
        LinearConstraint(sparse.vstack([sparse.hstack([moves, -opens]), sparse.hstack([-moves, -opens])]).tocsr(), -np.inf, 0),
    ]
    if cells.system.inequalities is not None and cells.system.inequalities.shape[0]:
        unequal = cells.system.inequalities
        constraints.append(
            LinearConstraint(
                sparse.hstack([unequal[:, near], sparse.csr_array((unequal.shape[0], many))]).tocsr(),
                -(unequal @ cells.system.truth),
                np.inf,
            )
        )
    bounds = Bounds(np.concatenate([least, np.zeros(many)]), np.concatenate([most, np.where(blocked, 0.0, 1.0)]))
    found = milp(
        cost,
        constraints=constraints,
        integrality=np.concatenate([np.zeros(size), np.ones(many)]),
        bounds=bounds,
        options={"mip_rel_gap": 0.0},
    )
    if not found.success:
        return None
    return used[np.asarray(found.x)[size:] > 0.5]


def moves(cells: Cells, count: int, low: float, high: float) -> list[float]:
    """List the movements that one unsafe count still lacks."""
    truth = cells.system.truth[count]
    moves = []
    if high < cells.need_high[count]:
        moves.append(cells.need_high[count] - truth)
    if low > cells.need_low[count]:
        moves.append(cells.need_low[count] - truth)
    if not moves:
        moves.append(float(cells.least_values - 1))
    return moves


def _guard(cells: Cells, hidden: Flags, count: int, because: dict[int, int], walls: Flags) -> bool:
    """Hide what protects one count, if it still needs it; say whether it is safe now."""
    alone = np.arange(len(walls)) == count
    for _ in range(2):  # at most one movement up and one down
        low, high = cells.intervals(hidden, alone)
        if cells.known(hidden)[count] or not is_unsafe(cells, low, high)[count]:
            return True
        move = moves(cells, count, low[count], high[count])[0]
        for barrier in (walls, np.zeros_like(walls)):
            found = None if barrier[count] else _cheapest_cover(cells, hidden, count, move, barrier)
            if found is not None:
                hidden[found] = True
                because.update((int(cell), count) for cell in found)
                break
    low, high = cells.intervals(hidden, alone)
    return not is_unsafe(cells, low, high)[count]


def _show_again(cells: Cells, hidden: Flags, because: dict[int, int], unsafe: frozenset[int]) -> None:
    """Show every cell again that protects nothing after all, the dearest first."""
    for cell in sorted(because, key=lambda number: (-cells.weight[number], number)):
        hidden[cell] = False
        if len(unsafe_counts(cells, hidden, ignore=unsafe)):
            hidden[cell] = True
        else:
            del because[cell]


def protect(cells: Cells, must_hide: Flags) -> Protection:
    """Hide the cells that must be hidden and the fewest further ones that keep them hidden.

    Parameters
    ----------
    cells : Cells
    must_hide : array of bool, shape (cells,)
        What the rule hides by itself.

    Returns
    -------
    Protection
        `because` maps each further cell to the count that it protects; `unsafe` names counts that no hiding protects
        (they follow from what was released before).

    Notes
    -----
    The cheapest cover of one count at a time is the heuristic of Kelly, Golden and Assad (1992), Networks 22:397-417,
    here with a fixed charge a cell; the audit after it is exact.

    Examples
    --------
    >>> from acmlib.release.audit import from_sums
    >>> system = from_sums([90, 4, 46, 40], [(0, [1, 2, 3])])
    >>> cells = Cells(
    ...     system,
    ...     sparse.eye_array(4, format="csr"),
    ...     np.array([100.0, 1.0, 1.2, 1.1]),
    ...     np.array([90.0, 1, 46, 40]),
    ...     np.array([90.0, 10, 46, 40]),
    ... )
    >>> protect(cells, np.array([False, True, False, False])).hidden.tolist()
    [False, True, False, True]
    """
    hidden = must_hide.copy()
    because: dict[int, int] = {}
    hopeless: set[int] = set()
    last_resort = cells.weight >= LAST_RESORT
    walls = np.asarray(cells.shows[np.flatnonzero(last_resort & ~hidden)].sum(axis=0) > 0).ravel()
    while open_counts := unsafe_counts(cells, hidden, ignore=frozenset(hopeless)).tolist():
        hopeless.update(count for count in open_counts if not _guard(cells, hidden, count, because, walls))
    _show_again(cells, hidden, because, frozenset(hopeless))
    return Protection(hidden, because, tuple(sorted(hopeless)))
