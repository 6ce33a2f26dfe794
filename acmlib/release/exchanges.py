"""Other counts that need no program: people of one group are of another instead.

Everything that they yield agrees with what a reader sees; most hidden counts can be seen to move by them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from acmlib.release.program import NOTHING, Floats
from acmlib.release.reader import Block, Flags

#: From so many other groups people could be of one.
MOST_GIVERS = 5
#: Where nothing limits how many more a count could be.
MANY = 1000.0


def exchanges(block: Block, known: Flags) -> Iterator[Floats]:
    """Yield other counts that need no searching: people of groups of which a reader sees nothing in some months are of another such group.

    Parameters
    ----------
    block : Block
    known : array of bool, shape (r,)
        Rows that a reader sees.

    Yields
    ------
    array of float, shape (r,)
        How far every row moves.
    """
    if block.groups is None or len(block.groups) < 2:
        return
    # A count that there is not is at the end, position -1.
    seen: Flags = np.append(np.asarray(abs(block.rows).T @ known.astype(float)) > 0, False)
    free: Flags = np.asarray(~seen[block.groups].any(axis=1))
    people: Floats = np.append(-block.least, 0.0)
    size = people[block.groups].sum(axis=(1, 2))

    groups = block.groups

    def moved(giver: int, taker: int) -> Floats:
        """Return the change by which as many as can be of one group are of another."""
        months = free[giver] & free[taker]
        source, target = groups[giver][:, months], groups[taker][:, months]
        fits = ((target >= 0) | (people[source] == 0)).all(axis=0)  # who has no place in the other group stays
        change = np.zeros(len(people))
        change[source[:, fits]] = -people[source[:, fits]]
        change[target[:, fits]] += people[source[:, fits]]
        return change[:-1] * _step(block, change[:-1])

    for number in range(len(block.groups)):
        common = (free & free[number]).sum(axis=1)
        common[number] = 0
        others = [one for one in np.lexsort((-size, -common))[:MOST_GIVERS].tolist() if common[one]]
        if others:
            yield np.asarray(block.rows @ moved(number, others[0]))
            yield np.asarray(block.rows @ np.sum([moved(other, number) for other in others], axis=0))


def swaps(block: Block, known: Flags) -> Iterator[Floats]:
    """Yield other counts in which one count of a group changes, as much as can be, and the same one of other groups the other way.

    Who was placed in one group was not, and as many in other groups were, in the same months: nobody's number changes but theirs.

    Parameters
    ----------
    block : Block
    known : array of bool, shape (r,)
        Rows that a reader sees.

    Yields
    ------
    array of float, shape (r,)
        How far every row moves.
    """
    if block.groups is None or len(block.groups) < 2:
        return
    rise, fall = _alone(block, known)
    for places in block.groups.transpose(1, 0, 2):
        more, less = rise[places], fall[places]
        for group in range(len(places)):
            for sign, mine, theirs in ((1.0, more, less), (-1.0, less, more)):
                others = theirs.copy()
                others[group] = 0
                all_others = others.sum(axis=0)
                moved = np.minimum(mine[group], all_others)
                shares = -sign * others * np.divide(moved, all_others, out=np.zeros_like(moved), where=all_others > 0)
                shares[group] = sign * moved
                change = np.zeros(len(rise))
                change[places] = shares
                step = _step(block, change[:-1]) if moved.sum() >= 1 else 0.0
                if step:
                    yield np.asarray(block.rows @ (step * change[:-1]))


def _alone(block: Block, known: Flags) -> tuple[Floats, Floats]:
    """Return how far each count can rise and fall if no other one of its group changes; a count that there is not is at the end."""
    seen: Flags = np.asarray(abs(block.rows).T @ known.astype(float)) > 0
    rise, fall = np.full(len(block.least), MANY), -block.least
    limits = block.limits.tocoo()
    for least, way in ((rise, limits.data < 0), (fall, limits.data > 0)):
        np.minimum.at(least, limits.col[way], block.spare[limits.row[way]] / np.abs(limits.data[way]))
    return np.append(np.where(seen, 0.0, rise), 0.0), np.append(np.where(seen, 0.0, fall), 0.0)


def _step(block: Block, change: Floats) -> float:
    """Return how much of a change is possible, from nothing (0) to all of it (1)."""
    if np.abs(block.equations @ change).max(initial=0.0) > NOTHING:
        return 0.0
    limits, spare = np.concatenate([block.limits @ change, change]), np.concatenate([block.spare, -block.least])
    falling = limits < -NOTHING
    return float(min(1.0, (spare[falling] / -limits[falling]).min(initial=1.0)))
