"""Groups that were cut anew: readers who have figures of the old groups put them beside those of the new ones.

Whoever knows that 30 are 14 or 15 years old, and is now told that 36 are 14 to 17, knows how many are 16 or 17. Which groups are parts of
which follows from the bands and merges of the contract, then and now; what they were then stands in the ledger. Old and new groups that
overlap hang together, and are decided together: what is shown of them must tell readers nothing of old groups that were hidden, nor of new
ones that are.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract
from acmlib.intake.build.categories import band_labels
from acmlib.measures.table import CROSS, HIDDEN, IN_COMBINATION
from acmlib.release.counts import Counted
from acmlib.release.ledger import Entry, grouping
from acmlib.release.primary import primary
from acmlib.release.spans import Span

#: Of more groups than this beside each other, single ones and all together are looked at, not every choice of some.
MOST_BESIDE = 8
#: Who is in a group, in parts that no group of either time divides.
People = Callable[[str], frozenset[object]]
#: People of a group now, and then.
Cuts = tuple[People, People]
COUNTS = ["numerator", "denominator"]


def cuts(now: Mapping[str, Any], then: Mapping[str, Any]) -> Cuts:
    """Return what says who is in a group of a dimension now, and who was in one then.

    Parameters
    ----------
    now, then : mapping
        What decides who is in which group, as `acmlib.release.ledger.grouping` gives it.

    Examples
    --------
    >>> now, then = cuts({"bands": [14, 18]}, {"bands": [14, 16, 18]})
    >>> then("14-15") < now("14-17"), then("18 and over") == now("18 and over"), then("under 14") < now("14-17")
    (True, True, False)
    >>> now, then = cuts({"merge": {"Asian or another": ["Asian", "Another"]}}, {"merge": {}})
    >>> then("Asian") < now("Asian or another"), then("White") == now("White")
    (True, True)
    """
    edges = sorted({*(now.get("bands") or ()), *(then.get("bands") or ())})

    def people(given: Mapping[str, Any]) -> People:
        bands, merge = list(given.get("bands") or ()), given.get("merge") or {}
        labels = band_labels(bands) if bands else ()
        limits = [-np.inf, *bands, np.inf]

        def inside(group: str) -> frozenset[object]:
            if group in labels:
                low, high = limits[labels.index(group)], limits[labels.index(group) + 1]
                return frozenset(edge for edge in (-np.inf, *edges) if low <= edge < high)
            return frozenset(merge.get(group, [group]))

        return inside

    return people(now), people(then)


def changed(contract: Contract, entry: Entry) -> dict[str, Cuts]:
    """Return the dimensions whose groups were others when an entry was made, with who is in a group now and who was then.

    Parameters
    ----------
    contract : Contract
    entry : Entry
    """
    today = grouping(contract)
    return {name: cuts(today[name], then) for name, then in entry.grouping.items() if name in today and today[name] != then}


def of_the_same_people(contract: Contract, entries: Sequence[Entry]) -> list[Entry]:
    """Return what readers were given of groups that are the same people today: a name that stands for others now says nothing of them.

    Parameters
    ----------
    contract : Contract
    entries : sequence of Entry
    """
    kept = []
    for entry in entries:
        different = changed(contract, entry)
        same = {
            (dimension, group): now(group) == then(group)
            for dimension, group in entry.cells[["dimension", "group"]].drop_duplicates().itertuples(index=False)
            if (sides := _sides(dimension, different))
            for now, then in [sides]
        }
        keys = zip(entry.cells["dimension"], entry.cells["group"], strict=True)
        kept.append(replace(entry, cells=entry.cells[[same.get(key, True) for key in keys]]) if different else entry)
    return kept


def _sides(dimension: str, different: Mapping[str, Cuts]) -> Cuts | None:
    """Return who is in a group of a dimension, or of two crossed, now and then; None if it is the same."""
    names = dimension.removesuffix(IN_COMBINATION).split(CROSS)
    if not different.keys() & set(names):
        return None

    def people(time: int) -> People:
        def inside(group: str) -> frozenset[object]:
            sides = zip(names, group.split(CROSS), strict=False)
            parts = [different[name][time](side) if name in different else frozenset([side]) for name, side in sides]
            return frozenset(itertools.product(*parts))

        return inside

    return people(0), people(1)


@dataclass(frozen=True)
class Tied:
    """Cells of new groups that hang together.

    Parameters
    ----------
    cells : tuple of int
        Positions of the cells.
    closed : bool
        They are hidden in any case; else all of them are as soon as one is.
    """

    cells: tuple[int, ...]
    closed: bool

    def further(self, hidden: np.ndarray) -> list[int]:
        """Return the cells that must be hidden too."""
        one = self.closed or hidden[list(self.cells)].any()
        return [cell for cell in self.cells if one and not hidden[cell]]


def tied_cells(
    cells: pd.DataFrame, when: Sequence[Span], contract: Contract, meanings: Mapping[str, Counted], entries: Sequence[Entry]
) -> list[Tied]:
    """Return which cells hang together because readers have figures of the groups as they were.

    Parameters
    ----------
    cells : DataFrame
        The cells that pages may show, with true counts.
    when : sequence of spans
        The months of each cell.
    contract : Contract
    meanings : mapping
        From `acmlib.release.counts.counted`.
    entries : sequence of Entry

    Returns
    -------
    list of Tied
    """
    found: list[Tied] = []
    mine = cells.reset_index(drop=True).assign(span=list(map(str, when)))
    for entry in entries:
        different = changed(contract, entry)
        old = entry.cells.assign(span=list(map(str, entry.when))) if different else entry.cells.iloc[:0].assign(span="")
        theirs = dict(list(old.groupby(["metric", "dimension", "span"], sort=False)))
        for (metric, dimension, span), rows in mine.groupby(["metric", "dimension", "span"], sort=False):
            before, sides = theirs.get((metric, dimension, span)), _sides(str(dimension), different)
            if before is not None and sides is not None:
                found += _tied(rows, before, sides, contract, meanings)
    return found


def _tied(rows: pd.DataFrame, before: pd.DataFrame, sides: Cuts, contract: Contract, meanings: Mapping[str, Counted]) -> Iterator[Tied]:
    """Yield what hangs together of one metric, dimension and time."""
    now, then = ({group: people(group) for group in table["group"]} for people, table in zip(sides, (rows, before), strict=True))
    hidden = set(before.loc[before["status"].eq(HIDDEN), "group"])
    for new, old in overlapping(now, then):
        if not old or (len(new) == len(old) == 1 and new == old):
            continue
        mine, theirs = rows[rows["group"].isin(new)], before[before["group"].isin(old)]
        # What was hidden may be told as one sum with nothing else in doubt: that sum was known already, from the total.
        told = hidden.isdisjoint(old) or (len(new) == 1 and hidden <= old)
        parts = not str(rows["dimension"].iloc[0]).endswith(IN_COMBINATION)
        closed = not (told and parts) or _gives_away(mine, theirs[~theirs["group"].isin(hidden)], now, then, contract, meanings)
        if closed or len(new) > 1:
            yield Tied(tuple(mine.index), closed)


def overlapping(now: Mapping[str, frozenset[object]], then: Mapping[str, frozenset[object]]) -> list[tuple[set[str], set[str]]]:
    """Return new and old groups that hang together, because they share people.

    Examples
    --------
    >>> now = {"14-17": frozenset("ab"), "18 and over": frozenset("c")}
    >>> found = overlapping(now, {"14-15": frozenset("a"), "16-17": frozenset("b"), "18 and over": frozenset("c")})
    >>> [(sorted(new), sorted(old)) for new, old in found]
    [(['14-17'], ['14-15', '16-17']), (['18 and over'], ['18 and over'])]
    """
    found: list[tuple[set[str], set[str], frozenset[object]]] = [({group}, set(), people) for group, people in now.items()]
    for group, people in then.items():
        touched = [one for one in found if one[2] & people]
        if touched:
            joined = (set().union(*(one[0] for one in touched)), {group}.union(*(one[1] for one in touched)),
                      people.union(*(one[2] for one in touched)))  # fmt: skip
            found = [joined if one is touched[0] else one for one in found if one is touched[0] or one not in touched]
    return [(new, old) for new, old, _ in found]


def _gives_away(
    mine: pd.DataFrame, theirs: pd.DataFrame, now: Mapping[str, frozenset[object]], then: Mapping[str, frozenset[object]],
    contract: Contract, meanings: Mapping[str, Counted],
) -> bool:  # fmt: skip
    """Say whether a small count is the difference of a group, old or new, and of others that are parts of it."""
    groups = [(then[group], numbers) for group, numbers in zip(theirs["group"], theirs[COUNTS].to_numpy(dtype=float), strict=True)]
    groups += [(now[group], numbers) for group, numbers in zip(mine["group"], mine[COUNTS].to_numpy(dtype=float), strict=True)]
    differences = [
        number - sum(numbers for _, numbers in some)
        for whole, number in groups
        for some in _choices([one for one in groups if one[0] < whole])
        if some and _apart([people for people, _ in some])
    ]
    if not differences:
        return False
    table = pd.DataFrame(np.array(differences), columns=COUNTS).assign(metric=mine["metric"].iloc[0], dimension=mine["dimension"].iloc[0])
    return bool(primary(table, meanings, contract.privacy, minimum_n=0).ne("").any())


def _choices(some: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the choices of some of them."""
    sizes = range(len(some) + 1) if len(some) <= MOST_BESIDE else (1, 2, len(some))
    for size in sizes:
        yield from itertools.combinations(some, size)


def _apart(some: Sequence[frozenset[object]]) -> bool:
    """Say whether nobody is in two of these groups."""
    return sum(map(len, some)) == len(frozenset().union(*some))
