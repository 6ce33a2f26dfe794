"""The counts of a contract along time, divided into blocks: cohorts that hang together, by the groups of one dimension.

Each block is complete in itself. Other counts that are found in it, by which nothing shown changes, are other counts of the whole
contract: groups of other dimensions stay as they are, or, where the total changes, one group a dimension changes as it does,
its stand-in. What a reader of everything knows is therefore never more than what the block says.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from acmlib.measures.table import CROSS, IN_COMBINATION
from acmlib.release.building import Building, Part
from acmlib.release.coding import Promise
from acmlib.release.lines import Lines, Row, families, is_among, is_pair, tables_of, total_place
from acmlib.release.program import NOTHING

Places = NDArray[np.intp]
#: So many choices of groups that change as others do are tried, where pairs must exist.
MOST_TRIED = 60
#: Groups are parts of the total if they add up to it in this share of the months.
MOSTLY = 0.5
#: For a total that is lost, so many other choices are tried.
OTHER_TURNS = 3
#: Longer periods than a quarter are windows, years and the whole contract.
QUARTER = 3


class Blocks:
    """All blocks of a contract.

    Parameters
    ----------
    lines : Lines
    shows : sequence of tuples of rows
        What each cell counts.
    given : set of rows
        What readers have already.
    hold : set of int
        Cells that cannot be hidden.
    more : set of rows
        Further counts to be protected, which no cell shows.
    full : set of int
        Whoms of which a hidden row is known to hold somebody, as rows of nobody are shown.
    promises : list of Promise
        What readers know of hidden shares.
    """

    def __init__(self, lines: Lines, shows: Sequence[tuple[Row, ...]], *, given: frozenset[Row], hold: frozenset[int],
                 more: frozenset[Row], full: frozenset[int], promises: Sequence[Promise] = ()) -> None:  # fmt: skip
        self.lines, self.more, self.full, self.promises = lines, more, full, promises
        self.tables = tables_of(lines)
        self.total = total_place(lines)
        self.families = [tuple(family) for family in families(lines)]
        self.truth = np.nan_to_num(lines.counts)
        self.open = ~np.isnan(lines.counts)
        #: Whether a cohort is counted by a place's dimension at all; how long waits are is counted of everybody only.
        self.divided = np.zeros(self.truth.shape[:2], dtype=bool)
        for places in (list(groups.values()) for groups in self.tables.values()):
            self.divided[:, places] = np.asarray(self.truth[:, places].any(axis=(1, 2))).reshape(-1, 1)
        self.cells: dict[Row, list[int]] = {}
        for cell, rows in enumerate(shows):
            for row in rows:
                self.cells.setdefault(row, []).append(cell)
        self.held = given | {row for cell in hold for row in shows[cell]}
        self.by_place: dict[tuple[int, int], list[Row]] = {}
        for row in dict.fromkeys([*self.cells, *sorted(given), *sorted(more)]):
            self.by_place.setdefault(row[:2], []).append(row)
        self._plain = [
            name for name, groups in self.tables.items() if self.total not in groups.values() and not is_pair(name) and not is_among(name)
        ]

    def of_totals(self) -> list[Part]:
        """Return the blocks of everybody."""
        return [] if self.total is None else [part for family in self.families for part in self._make(family, None, moving=True)]

    def of_groups(self, hidden: NDArray[np.bool_]) -> list[Part]:
        """Return the blocks of groups and pairs, in which the total moves only if a longer period of it is hidden already."""
        found: list[Part] = []
        for family in self.families:
            moving = self._total_hidden(family, hidden)
            for name in self.tables:
                if name in self._plain:
                    found += self._make(family, name, moving=moving)
                elif is_pair(name):
                    found += self._pairs(family, name)
        return found

    def wider(self, rows: Iterable[Row]) -> list[Part]:
        """Return other blocks for rows that are lost in theirs: in these the total can be hidden too, and what a pair hangs on."""
        where = {place: (name, group) for name, groups in self.tables.items() for group, place in groups.items()}
        family = {whom: family for family in self.families for whom in family}
        lost: dict[tuple[tuple[int, ...], str, frozenset[tuple[str, str]]], set[int]] = {}
        for whom, place, *_ in rows:
            table, group = where[place]
            names, groups = table.removesuffix(IN_COMBINATION).split(CROSS), group.split(CROSS)
            through = frozenset(zip(names[1:], groups[1:], strict=True))
            lost.setdefault((family[whom], names[0], through), set()).add(place)
        found: list[Part] = []
        for (kin, name, through), places in lost.items():
            if name in self._plain:
                found += self._make(kin, name, moving=True, own=places, through=through)
            elif not is_pair(name):  # the total: other groups may change as it does
                for turn in range(1, OTHER_TURNS + 1):
                    found += self._make(kin, None, moving=True, turn=turn)
        return found

    def _total_hidden(self, family: Sequence[int], hidden: NDArray[np.bool_]) -> bool:
        rows = [row for whom in family for row in self.by_place.get((whom, -1 if self.total is None else self.total), ())]
        return any(row[3] - row[2] > QUARTER and all(hidden[cell] for cell in self.cells.get(row, ())) for row in rows)

    def _make(
        self, family: tuple[int, ...], dimension: str | None, *, moving: bool,
        own: Collection[int] | None = None, through: Collection[tuple[str, str]] = (), turn: int = 0,
    ) -> list[Part]:  # fmt: skip
        """Build the blocks of a family by one dimension: one, or as many as it takes for each group to be able to change in one of them."""
        groups = {} if dimension is None else self.tables[dimension]
        among = self.tables.get(f"{dimension}{IN_COMBINATION}", {}).values()
        choices = [names for names in self._stand_ins(family, dimension, turn) if all(names.get(name) == group for name, group in through)]
        left, found = dict(groups), []
        # At first, groups change with pairs that are free to; then with any, so that every group is looked after.
        for names, willing in [*((names, False) for names in choices), *((names, True) for names in choices)]:
            hanging = {place: self._pairs_of(dimension or "", group, names) for group, place in groups.items()}
            alike = {place: pairs for place, pairs in hanging.items() if pairs is not None}
            ready = {
                group: place
                for group, place in left.items()
                if place in alike and (willing or not any(self._is_held(pair, place, family) for pair in alike[place]))
            }
            total = self._hanging_on(names) if moving and self.total is not None else None
            if not ready and (dimension is not None or total is None):
                continue
            if total is not None and self.total is not None:
                alike[self.total] = total
            mine = {*(ready.values() if dimension is not None else alike), *among}
            mine |= {pair for place in ready.values() for pair in alike[place]} if own is not None else set()
            building = Building(self, family, [*alike, *among], alike, mine if own is None else mine.intersection(own))
            if building.size:
                found.append(building.finish(dimension))
            left = {group: place for group, place in left.items() if group not in ready}
            if not left:
                break
        return found

    def _is_held(self, other: int, place: int, family: Collection[int]) -> bool:
        """Say whether something of another place cannot be hidden that could be of this one."""
        return any(
            row in self.held and (whom, place, *row[2:]) not in self.held for whom in family for row in self.by_place.get((whom, other), ())
        )

    def _pairs(self, family: tuple[int, ...], table: str) -> list[Part]:
        """Build the block of a dimension crossed with another: groups of one side can change with their pairs, those of the other not."""
        first = table.partition(CROSS)[0]
        beside = self.tables.get(f"{first}{IN_COMBINATION}", {})
        others = [name for name in self.tables if is_pair(name) and first in name.split(CROSS) and name != table]
        # What else hangs on a group would have to change too: such a group stays as it is.
        margins = {place: [beside[group]] if group in beside else [] for group, place in self.tables[first].items() if not others}
        pairs = list(self.tables[table].values())
        building = Building(self, family, [*margins, *pairs], margins, pairs)
        return [building.finish(table)] if building.size else []

    def _stand_ins(self, family: Sequence[int], without: str | None, turn: int) -> Iterable[dict[str, str]]:
        """Return choices of one group in each other dimension whose pairs exist, the largest first (or another in turn)."""
        largest: dict[str, list[str]] = {}
        for name in self._plain:
            groups = self.tables[name]
            # Where several answers may be given, groups are not parts of the total.
            if name != without and self._adds_up(list(groups.values()), family):
                people = {group: float(self.truth[np.ix_(list(family), [at])].sum()) for group, at in groups.items()}
                stuck = {group: self.total is not None and self._is_held(at, self.total, family) for group, at in groups.items()}
                order = [(stuck[group], -people[group], group) for group in groups]
                ranked = [group for *_, group in sorted(order)]
                largest[name] = [*ranked[turn % len(ranked) :], *ranked[: turn % len(ranked)]]
        crossed = {name for table in self.tables if is_pair(table) for name in table.split(CROSS)}
        choices = [groups if name in crossed else groups[:1] for name, groups in largest.items()]
        tried = (dict(zip(largest, choice, strict=True)) for choice in itertools.product(*choices))
        return (names for names in itertools.islice(tried, MOST_TRIED) if self._hanging_on(names) is not None)

    def _hanging_on(self, names: Mapping[str, str]) -> list[int] | None:
        """Return the places of one group a dimension, of those who gave other answers too, and of their pairs; None if one is missing."""
        wanted = [(name, group) for name, group in names.items()]
        wanted += [(beside, group) for name, group in names.items() if (beside := f"{name}{IN_COMBINATION}") in self.tables]
        pairs = [table.split(CROSS) for table in self.tables if is_pair(table)]
        wanted += [(CROSS.join(pair), CROSS.join(names[name] for name in pair)) for pair in pairs if all(name in names for name in pair)]
        found = [self.tables[table].get(group) for table, group in wanted]
        return None if None in found else [at for at in found if at is not None]

    def _pairs_of(self, dimension: str, group: str, names: Mapping[str, str]) -> list[int] | None:
        """Return the pairs of a group with the chosen groups of other dimensions, which change as it does; None if one is missing."""
        found: list[int | None] = []
        for table in (table for table in self.tables if is_pair(table) and dimension in table.split(CROSS)):
            sides = [group if name == dimension else names.get(name) for name in table.split(CROSS)]
            if None not in sides:
                found.append(self.tables[table].get(CROSS.join(str(side) for side in sides)))
        return None if None in found else [at for at in found if at is not None]

    def _adds_up(self, groups: Sequence[int], family: Sequence[int]) -> bool:
        """Say whether groups are parts of the total: wherever they are counted at all, and in most months at least."""
        counted = [whom for whom in family if self.divided[whom, list(groups)].any()]
        if self.total is None or not counted:
            return False
        parts, total = self.truth[np.ix_(counted, list(groups))].sum(axis=1), self.truth[counted, self.total]
        return bool((np.abs(parts - total)[total > 0] < NOTHING).mean() >= MOSTLY) if (total > 0).any() else False
