"""The cheap rule for large releases: within every sum, what is hidden hides something else with it, and enough people together.

It looks at one sum at a time, so it hides more than `acmlib.release.protect` would, and takes milliseconds instead of minutes.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acmlib.release.audit import Flags, Floats, System

#: What is hidden in one sum has at least so many people more than the largest count that the rule hides.
ROOM = 2


def hide_by_pattern(system: System, shows: Sequence[Sequence[int]], weight: Floats, must_hide: Flags, *, minimum: int) -> Flags:
    """Hide, in every sum with something hidden, further cells until at least two counts and enough people are hidden in it.

    Parameters
    ----------
    system : System
        All counts and how they add up.
    shows : sequence of sequence of int
        The counts that each cell shows.
    weight : array of float, shape (cells,)
        Cells with small weights are hidden first; infinite ones never.
    must_hide : array of bool, shape (cells,)
    minimum : int
        Smallest count that may be shown.

    Returns
    -------
    array of bool, shape (cells,)

    Examples
    --------
    >>> from acmlib.release.audit import from_sums
    >>> system = from_sums([90, 4, 46, 40], [(0, [1, 2, 3])])
    >>> hide_by_pattern(
    ...     system, [[0], [1], [2], [3]], np.array([100.0, 1, 1.2, 1.1]), np.array([False, True, False, False]), minimum=11
    ... ).tolist()
    [False, True, False, True]
    """
    hidden = must_hide.copy()
    cells_of: list[list[int]] = [[] for _ in system.truth]
    showing = np.zeros(len(system.truth), dtype=int)
    for cell, counts in enumerate(shows):
        for count in counts:
            cells_of[count].append(cell)
            showing[count] += not hidden[cell]
    families = _members(system)
    # Hiding in one sum may leave another short: go on until none is.
    waiting = True
    while waiting:
        waiting = False
        for family in families:
            for cell in _lacking(family, showing > 0, system.truth, cells_of, weight, hidden, minimum):
                hidden[cell] = waiting = True
                showing[list(shows[cell])] -= 1
    return hidden


def _members(system: System) -> list[NDArray[np.intp]]:
    """Return the counts of every equation that has more than a total, a part and their difference."""
    pointers, indices = system.equations.indptr, system.equations.indices
    return [indices[start:end] for start, end in itertools.pairwise(pointers)]


def _lacking(
    counts: NDArray[np.intp], known: Flags, truth: Floats, cells_of: list[list[int]], weight: Floats, hidden: Flags, minimum: int
) -> list[int]:
    """Return the cells that one sum needs hidden in addition."""
    unknown = counts[~known[counts]]
    if not len(unknown) or (len(unknown) >= 2 and truth[unknown].sum() >= ROOM * minimum):
        return []
    candidates = [(max(weight[cell] for cell in cells_of[count]), int(count)) for count in counts if known[count] and cells_of[count]]
    for cost, count in sorted(candidates):
        if np.isfinite(cost):
            return [cell for cell in cells_of[count] if not hidden[cell]]
    return []
