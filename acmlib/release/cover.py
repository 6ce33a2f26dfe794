"""Choosing what to hide in large releases: the cheapest swap that would make a count uncertain says which cells must go.

Every count that is hidden at the end is proven uncertain, by swaps (`acmlib.release.swaps`) or by linear programming; that nothing
more than necessary is hidden is not proven here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acmlib.release.audit import Flags, Floats
from acmlib.release.protect import LAST_RESORT, Cells, Protection, is_unsafe, moves
from acmlib.release.swaps import Places, Swaps

#: Rounds of proving and hiding; each hides further cells or is the last.
MOST_ROUNDS = 20
#: Stands for the price of what cannot be hidden.
NEVER = 1e12
#: How many equations away cells are hidden, in the end, for a count that is certain all the same.
FARTHEST = 3
#: Ways looked at for each count, the cheapest first.
MOST_WAYS = 40


def protect_by_swaps(cells: Cells, swaps: Swaps, must_hide: Flags, *, among: Flags | None = None) -> Protection:
    """Hide the cells that must be hidden and further ones until every hidden count is proven uncertain.

    Parameters
    ----------
    cells : Cells
    swaps : Swaps
    must_hide : array of bool, shape (cells,)
    among : array of bool, shape (counts,), optional
        Counts that are to be uncertain; all that cells show if absent.

    Returns
    -------
    Protection
    """
    hidden = must_hide.copy()
    because: dict[int, int] = {}
    shown_by_some = np.asarray(cells.shows.sum(axis=0) > 0).ravel() & (True if among is None else among)
    given_up, tried = np.zeros(len(shown_by_some), dtype=bool), np.zeros(len(shown_by_some), dtype=int)
    for _ in range(MOST_ROUNDS):
        open_ = unproven(cells, swaps, hidden, shown_by_some & ~given_up)
        if not len(open_):
            break
        before = hidden.sum()
        for count in open_:
            _cover(cells, swaps, hidden, int(count), because)
        if hidden.sum() == before:
            _escalate(cells, hidden, open_, tried, because)
        given_up[open_[tried[open_] > FARTHEST]] = True
    return Protection(hidden, because, tuple(np.flatnonzero(given_up & _uncertain_less(cells, hidden, given_up)).tolist()))


def unproven(cells: Cells, swaps: Swaps, hidden: Flags, among: Flags) -> Places:
    """Return the hidden counts that neither swaps nor linear programs prove uncertain, the smallest first."""
    known = cells.known(hidden)
    low, high = swaps.intervals(known)
    lacking = among & ~known & is_unsafe(cells, low, high)
    if lacking.any():
        further_low, further_high = cells.intervals(hidden, lacking, exact=False)
        lacking &= is_unsafe(cells, np.minimum(low, further_low), np.maximum(high, further_high))
    where = np.flatnonzero(lacking)
    return where[np.argsort(cells.system.truth[where], kind="stable")]


def _cover(cells: Cells, swaps: Swaps, hidden: Flags, count: int, because: dict[int, int]) -> None:
    """Hide the cheapest cells that let a count move as far as it must, up and down."""
    truth = cells.system.truth[count]
    for move in moves(cells, count, truth, truth):
        price = np.where(hidden, 0.0, np.where(np.isfinite(cells.weight), cells.weight, NEVER))
        cost = swaps.opens @ price
        chosen = _cheapest(swaps, cost, count, move)
        for half in chosen:
            needed = swaps.opens.indices[swaps.opens.indptr[half] : swaps.opens.indptr[half + 1]]
            for cell in needed[~hidden[needed]]:
                hidden[cell] = True
                because[int(cell)] = count


def _uncertain_less(cells: Cells, hidden: Flags, among: Flags) -> Flags:
    """Say which counts can have fewer values than asked for, by linear programs of their own."""
    if not among.any():
        return among
    low, high = cells.intervals(hidden, among)
    return among & (high - low + 1 < cells.least_values)


def _escalate(cells: Cells, hidden: Flags, open_: Places, tried: NDArray[np.int_], because: dict[int, int]) -> None:
    """Hide what stands beside counts for which there is no swap; totals of everybody only where fewer values than asked for are left."""
    among = np.zeros(len(tried), dtype=bool)
    among[open_] = True
    low, high = cells.intervals(hidden, among)
    certain = (high - low + 1 < cells.least_values)[open_] & (tried[open_] <= FARTHEST)
    for count in open_[certain]:
        dearest = LAST_RESORT if tried[count] == 0 else NEVER
        _hide_around(cells, hidden, int(count), because, dearest=dearest, steps=max(1, int(tried[count])))
    tried[open_] = np.where(certain, tried[open_] + 1, FARTHEST + 1)


def _hide_around(cells: Cells, hidden: Flags, count: int, because: dict[int, int], *, dearest: float, steps: int = 1) -> None:
    """Hide every cell that stands in an equation with a count for which there is no swap: more than necessary, never less."""
    system = cells.system
    near = np.array([count])
    for _ in range(steps):
        rows = np.flatnonzero(np.diff(system.equations[:, near].indptr))
        near = np.unique(system.equations[rows].indices)
    for cell in np.flatnonzero(np.asarray(cells.shows[:, near].sum(axis=1)).ravel() > 0):
        if not hidden[cell] and cells.weight[cell] < dearest:
            hidden[cell] = True
            because[int(cell)] = count


def _cheapest(swaps: Swaps, cost: Floats, count: int, move: float) -> list[int]:
    """Return the halves of the cheapest swap that moves a count so far; none if there is no such swap."""
    halves, signs = swaps.through(count)
    best: list[int] = []
    least = NEVER
    gains = signs * move > 0
    reach = np.where(gains, swaps.capacity.gain[halves], swaps.capacity.loss[halves])
    fit = (reach >= abs(move)) & (cost[halves] < NEVER)
    halves, gains = halves[fit], gains[fit]
    for at in np.argsort(cost[halves], kind="stable")[:MOST_WAYS]:
        half = int(halves[at])
        if cost[half] >= least:
            break
        mates, price = _partners(swaps, cost, half, abs(move), lose=bool(gains[at])) if swaps.partner[half] else ([], 0.0)
        if cost[half] + price < least:
            best, least = [half, *mates], cost[half] + price
    return best


def _partners(swaps: Swaps, cost: Floats, half: int, move: float, *, lose: bool) -> tuple[list[int], float]:
    """Return the cheapest partners that together lose (or gain) so many, and their price."""
    mates = swaps.others(half)
    room = (swaps.capacity.loss if lose else swaps.capacity.gain)[mates]
    usable = (room > 0) & (cost[mates] < NEVER)
    mates, room = mates[usable], room[usable]
    price = cost[mates]
    one = mates[room >= move]
    single = min(price[room >= move], default=NEVER)
    order = np.lexsort((-room, price / np.minimum(room, move)))
    several, total = _several(swaps, mates[order], room[order], price[order], move)
    return ([int(one[np.argmin(cost[one])])], single) if single <= total and len(one) else (several, total)


def _several(swaps: Swaps, mates: Places, room: Floats, price: Floats, move: float) -> tuple[list[int], float]:
    """Return the first of these halves, one a group, that have room enough together."""
    chosen: list[int] = []
    groups: set[int] = set()
    left, total = move, 0.0
    for mate, space, cost in zip(mates, room, price, strict=True):
        if left > 0 and int(swaps.slot[mate]) not in groups:
            groups.add(int(swaps.slot[mate]))
            chosen.append(int(mate))
            left, total = left - space, total + cost
    return (chosen, total) if left <= 0 else ([], 2 * NEVER)
