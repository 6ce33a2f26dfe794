"""Groups of one dimension that are parts of groups of another: sites of an area, bands of an age, groups that a contract merges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import pandas as pd

from acmlib.release.spans import Place


def meetings(crossed: pd.DataFrame, known: Collection[Place]) -> tuple[list[tuple[list[Place], list[Place]]], list[tuple[Place, Place]]]:
    """Return the places of two dimensions that add up to the same, and those of which one is a part of the other.

    Parameters
    ----------
    crossed : DataFrame
        From `acmlib.measures.nests.crossed_groups`.
    known : collection of (dimension, group)
        The places that there are.

    Returns
    -------
    same : list of (places, places)
        The groups of one dimension and those of another in which the same people are, where these are not all there are.
    within : list of (place, place)
        Part and whole.

    Examples
    --------
    >>> columns = ["first", "second", "first_group", "second_group"]
    >>> rows = [("site", "area", "Pier", "Shore"), ("site", "area", "Mill", "Shore"), ("site", "area", "Hill", "Upland")]
    >>> known = [("site", "Pier"), ("site", "Mill"), ("site", "Hill"), ("area", "Shore"), ("area", "Upland")]
    >>> same, within = meetings(pd.DataFrame(rows, columns=columns), known)
    >>> sorted((sorted(parts), wholes) for parts, wholes in same)[0]
    ([('site', 'Hill')], [('area', 'Upland')])
    >>> within
    [(('site', 'Pier'), ('area', 'Shore')), (('site', 'Mill'), ('area', 'Shore'))]
    """
    same: list[tuple[list[Place], list[Place]]] = []
    within: list[tuple[Place, Place]] = []
    for (first, second), rows in crossed.groupby(["first", "second"], sort=False):
        meets: dict[Place, set[Place]] = defaultdict(set)
        for one, two in zip(rows["first_group"], rows["second_group"], strict=True):
            places = (str(first), str(one)), (str(second), str(two))
            if places[0] in known and places[1] in known:
                meets[places[0]].add(places[1])
                meets[places[1]].add(places[0])
        within += [(place, next(iter(others))) for place, others in meets.items() if len(others) == 1]
        groups = _connected(meets)
        if len(groups) > 1:
            same += [([at for at in group if at[0] == first], [at for at in group if at[0] == second]) for group in groups]
    return same, [(part, whole) for part, whole in within if (whole, part) not in within]


def _connected(meets: Mapping[Place, set[Place]]) -> list[list[Place]]:
    """Return the groups of two dimensions that hang together."""
    found: list[list[Place]] = []
    left = dict.fromkeys(meets)
    while left:
        group, waiting = dict[Place, None](), [next(iter(left))]
        while waiting:
            one = waiting.pop()
            group[one] = None
            waiting += [other for other in meets[one] if other not in group]
        left = {one: None for one in left if one not in group}
        found.append(list(group))
    return found
