"""What a reader of several releases can work out: other counts by month that agree with everything that was ever shown.

A hidden count is safe if such counts exist in which it differs. Most are found at once: people of two groups that nothing shown tells
apart could be exchanged, or their outcomes. For the others a linear program searches among a few groups at a time, the rest taken as
known to the reader. Whatever is proven here holds for a reader who knows less.

A corrected figure is taken as if readers knew what was corrected: an earlier figure tells them as much as the figure of today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from acmlib.measures.table import CROSS, IN_COMBINATION
from acmlib.release.lines import Floats, Lines, Row, families, is_among, is_pair, tables_of, total_place
from acmlib.release.program import FAR, SOLVER_TOLERANCE, Program

Flags = NDArray[np.bool_]
#: Groups among which a linear program searches: the count's own and so many others, those of which least is shown first.
PARTNERS = 3
#: A search ends when so many programs in a row have brought no further count as far as needed.
MOST_IDLE = 2


@dataclass(frozen=True)
class Room:
    """How far each count can move up and down in each month, by exchanges that change nothing shown."""

    up: Floats
    down: Floats


class Readers:
    """What readers know of the counts of a contract, along time.

    Parameters
    ----------
    lines : Lines
    known : iterable of rows
        All counts that any release shows.
    """

    def __init__(self, lines: Lines, known: Iterable[Row]) -> None:
        self.lines = lines
        self.tables = tables_of(lines)
        self.families = families(lines)
        self.total = total_place(lines)
        self.dimension = {at: name for name, groups in self.tables.items() for at in groups.values()}
        self.known: dict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
        for whom, place, start, after in known:
            self.known[whom, place].add((start, after))
        self.truth = np.nan_to_num(lines.counts)

    @cached_property
    def shown(self) -> Flags:
        """Say for each count and month whether anything shown covers it."""
        covered = np.zeros(self.lines.counts.shape, dtype=bool)
        for (whom, place), spans in self.known.items():
            for start, after in spans:
                covered[whom, place, start:after] = True
        return covered | np.isnan(self.lines.counts)

    def hanging_on(self, place: int) -> list[int]:
        """Return the places that change with a group: the group beside other answers, and its pairs."""
        name = self.dimension[place]
        group = next(group for group, at in self.tables[name].items() if at == place)
        found = [self.tables.get(f"{name}{IN_COMBINATION}", {}).get(group)]
        for table, groups in self.tables.items():
            first, cross, second = table.partition(CROSS)
            if cross and name in (first, second):
                side = 0 if name == first else 1
                found += [at for pair, at in groups.items() if pair.split(CROSS)[side] == group]
        return [at for at in found if at is not None]

    @cached_property
    def room(self) -> Room:
        """How far counts can move by exchanging people, or their outcomes, between groups of which nothing is shown."""
        room = Room(np.zeros_like(self.truth), np.zeros_like(self.truth))
        for name, groups in self.tables.items():
            if is_pair(name) or self.total in groups.values():
                continue
            for family in self.families:
                if is_among(name):
                    self._beside(name, groups, family, room)
                else:
                    self._people(groups, family, room)
            if not is_among(name):
                for layer in self.lines.layers:
                    self._outcomes(groups, layer, room)
        return room

    def _free(self, places: Sequence[int], whoms: Sequence[int]) -> Flags:
        """Say for each place and month whether nothing is shown of these whoms there, nor of what hangs on it."""
        free = [~self.shown[np.ix_(whoms, [place, *self.hanging_on(place)])].any(axis=(0, 1)) for place in places]
        return np.array(free).reshape(len(places), -1)

    def _people(self, groups: Mapping[str, int], family: Sequence[int], room: Room) -> None:
        """People of one group could be of another."""
        places = list(groups.values())
        free = self._free(places, family)
        several = free.sum(axis=0) > 1
        for whom in family:
            mine = self.truth[whom, places] * free
            others = (mine.sum(axis=0) - mine) * free
            self._widen(room, whom, places, others, mine * several)
            for place, open_ in zip(places, free, strict=True):
                for pair in self.hanging_on(place):
                    if not is_among(self.dimension[pair]):
                        alike = self._alike(pair, place)
                        fit = [at for at, other in alike if free[places.index(other)].any()]
                        there = np.sum([self.truth[whom, at] * free[places.index(other)] for at, other in alike if at in fit], axis=0)
                        self._widen(
                            room, whom, [pair], np.atleast_2d(there * open_), np.atleast_2d(self.truth[whom, pair] * open_ * several)
                        )

    def _alike(self, pair: int, place: int) -> list[tuple[int, int]]:
        """Return the pairs with the same second group as a pair, and the first group of each, without the one of `place`."""
        table, name = self.dimension[pair], self.dimension[place]
        first, _, second = table.partition(CROSS)
        side = 0 if name == first else 1
        text = next(text for text, at in self.tables[table].items() if at == pair).split(CROSS)
        same = [(at, one.split(CROSS)) for one, at in self.tables[table].items() if one.split(CROSS)[1 - side] == text[1 - side]]
        margin = self.tables[first if side == 0 else second]
        return [(at, margin[parts[side]]) for at, parts in same if parts[side] in margin and margin[parts[side]] != place]

    def _outcomes(self, groups: Mapping[str, int], layer: tuple[int, int, int], room: Room) -> None:
        """Somebody of one group could have reached what somebody of another has not."""
        _, part, rest = layer
        places = list(groups.values())
        free = self._free(places, [part, rest])
        met, unmet = self.truth[part, places], self.truth[rest, places]
        more, fewer = unmet.copy(), met.copy()
        for big, small in self.lines.nested:
            if small == part:
                more = np.minimum(more, self.truth[big, places] - met)
            if big == part:
                fewer = np.minimum(fewer, met - self.truth[small, places])
        more, fewer = np.maximum(more, 0) * free, np.maximum(fewer, 0) * free
        up, down = np.minimum(more, fewer.sum(axis=0) - fewer), np.minimum(fewer, more.sum(axis=0) - more)
        self._widen(room, part, places, up, down)
        self._widen(room, rest, places, down, up)

    def _beside(self, name: str, groups: Mapping[str, int], family: Sequence[int], room: Room) -> None:
        """Of those in a group who gave other answers too there could be more, or fewer."""
        alone = self.tables.get(name.removesuffix(IN_COMBINATION), {})
        for group, place in groups.items():
            if group in alone:
                free = ~self.shown[family, place].any(axis=0)
                for whom in family:
                    more = np.maximum(self.truth[whom, place] - self.truth[whom, alone[group]], 0)
                    self._widen(room, whom, [place], np.atleast_2d(np.where(free, FAR, 0.0)), np.atleast_2d(more * free))

    @staticmethod
    def _widen(room: Room, whom: int, places: Sequence[int], up: Floats, down: Floats) -> None:
        room.up[whom, places] = np.maximum(room.up[whom, places], up)
        room.down[whom, places] = np.maximum(room.down[whom, places], down)

    def moved(self, rows: Sequence[Row]) -> tuple[Floats, Floats]:
        """Return how far exchanges alone move each row down and up."""
        start = np.zeros((*self.truth.shape[:2], 1))
        up, down = (np.concatenate([start, np.cumsum(one, axis=2)], axis=2) for one in (self.room.up, self.room.down))
        whom, place, first, after = np.array(rows, dtype=np.intp).reshape(-1, 4).T
        return down[whom, place, after] - down[whom, place, first], up[whom, place, after] - up[whom, place, first]

    def partners(self, place: int, whoms: Sequence[int]) -> list[int]:
        """Return the other groups of the same dimension of which something is not shown, those of which least is shown first."""
        others = [at for at in self.tables[self.dimension[place]].values() if at != place]
        hidden = {at: int((~self.shown[np.ix_(whoms, [at])]).sum()) for at in others}
        people = {at: float(self.truth[np.ix_(whoms, [at])].sum()) for at in others}
        return sorted((at for at in others if hidden[at]), key=lambda at: (-hidden[at], -people[at]))

    def base_of(self, place: int) -> int:
        """Return the group that a pair or a group beside other answers hangs on; itself if it hangs on none."""
        name = self.dimension[place]
        group = next(group for group, at in self.tables[name].items() if at == place)
        if is_pair(name):
            return self.tables.get(name.partition(CROSS)[0], {}).get(group.split(CROSS)[0], place)
        return self.tables.get(name.removesuffix(IN_COMBINATION), {}).get(group, place)

    def free_places(self, place: int, whoms: Sequence[int], partners: int) -> list[int]:
        """Return the places among which to search for another value of a count: its group, partners, and what hangs on them."""
        if place == self.total:
            plain = [
                groups
                for name, groups in self.tables.items()
                if self.total not in groups.values() and not is_pair(name) and not is_among(name)
            ]
            chosen = [at for groups in plain for at in self._movable(list(groups.values()), whoms, partners)]
            return list(dict.fromkeys([place, *chosen, *(more for at in chosen for more in self.hanging_on(at))]))
        base = self.base_of(place)
        chosen = [base, *self.partners(base, whoms)[:partners]]
        return list(dict.fromkeys([place, *chosen, *(more for at in chosen for more in self.hanging_on(at))]))

    def _movable(self, places: Sequence[int], whoms: Sequence[int], partners: int) -> list[int]:
        """Return the groups of one dimension that can stand for a change of the total: of which least is shown, and the largest."""
        people = {at: float(self.truth[np.ix_(whoms, [at])].sum()) for at in places}
        hidden = {at: int((~self.shown[np.ix_(whoms, [at])]).sum()) for at in places}
        by_hidden = sorted(places, key=lambda at: (-hidden[at], -people[at]))
        return list(dict.fromkeys([*by_hidden[:partners], max(places, key=lambda at: people[at])]))

    def stand_ins(self, whoms: Sequence[int], choice: int) -> list[int] | None:
        """Return groups, one a dimension, that could change as the total does: those of which least more is shown, and large ones, first.

        With them what hangs on them, and the pairs of two of them; None if there is no such pair.
        """
        shown = {whom: self.known.get((whom, self.total), set()) for whom in whoms} if self.total is not None else {}
        names: dict[str, str] = {}
        for name, groups in self.tables.items():
            if self.total not in groups.values() and not is_pair(name) and not is_among(name):
                more = {group: sum(len(self.known.get((whom, at), set()) - shown[whom]) for whom in whoms) for group, at in groups.items()}
                people = {group: float(self.truth[np.ix_(whoms, [at])].sum()) for group, at in groups.items()}
                order = sorted((group for group in groups if people[group]), key=lambda one: (more[one] * 30 - people[one], one))
                if not order:
                    return None
                names[name] = order[choice % len(order)]
        pairs = [name.split(CROSS) for name in self.tables if is_pair(name)]
        found = [self.tables[CROSS.join(pair)].get(CROSS.join(names.get(one, "") for one in pair)) for pair in pairs]
        found += [
            self.tables[f"{name}{IN_COMBINATION}"].get(group) for name, group in names.items() if f"{name}{IN_COMBINATION}" in self.tables
        ]
        found += [self.tables[name][group] for name, group in names.items()]
        return None if None in found else [at for at in found if at is not None]

    def search(
        self, rows: Sequence[Row], places: Sequence[int], whoms: Sequence[int], *, enough: float, choice: int | None = None
    ) -> tuple[Floats, Floats]:
        """Search for other counts, among these places only, in which rows are lower and higher.

        Parameters
        ----------
        rows : sequence of rows
            Counts of these places and whoms.
        places, whoms : sequences of int
        enough : float
            A row that was moved so far, down and up together, is not searched further.
        choice : int, optional
            Of the total: one group a dimension changes as it does, these the so many-th best (`stand_ins`).

        Returns
        -------
        down, up : arrays of float
            How far each row was moved.
        """
        down, up = np.zeros(len(rows)), np.zeros(len(rows))
        stand_ins = None if choice is None else self.stand_ins(whoms, choice)
        if choice is not None and stand_ins is None:
            return down, up
        program = Program(self, places, whoms, stand_ins=stand_ins)
        draw, idle = np.random.default_rng(1), 0
        ways = np.ones(len(rows))
        while program.size and idle < MOST_IDLE and (down + up < enough).any():
            short = np.flatnonzero(down + up < enough)
            # What one count gains others lose: some are asked up and some down, and the other way round the next time.
            ways = draw.choice([-1.0, 1.0], len(rows)) if idle % 2 == 0 else -ways
            far = program.move([rows[at] for at in short.tolist()], ways[short], enough)
            down[short] = np.maximum(down[short], np.floor(-far + SOLVER_TOLERANCE))
            up[short] = np.maximum(up[short], np.floor(far + SOLVER_TOLERANCE))
            idle = 0 if (down + up >= enough)[short].any() else idle + 1
        return down, up
