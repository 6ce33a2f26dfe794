"""Searching for other counts by month that agree with everything shown, by linear programming among a few groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from acmlib.measures.table import CROSS, IN_COMBINATION
from acmlib.release.lines import Floats, Row, is_among, is_pair

if TYPE_CHECKING:
    from acmlib.release.joint import Readers

#: Further than this a count is not moved.
FAR = 1e6
SOLVER_TOLERANCE = 1e-6


class Program:
    """The changes of counts that keep every sum true and everything shown as it is, for some places and whoms."""

    def __init__(self, readers: Readers, places: Sequence[int], whoms: Sequence[int], *, stand_ins: Sequence[int] | None = None) -> None:
        self.readers, self.places, self.whoms = readers, list(places), list(whoms)
        counts = readers.lines.counts[np.ix_(self.whoms, self.places)]
        self.at = np.full(counts.shape, -1)
        self.at[~np.isnan(counts)] = np.arange((~np.isnan(counts)).sum())
        self.truth = counts[~np.isnan(counts)]
        self._alike = [[place] for place in self.places] if stand_ins is None else [[*self.places, *stand_ins]]
        if stand_ins is not None:  # they change as the total does, as long as they hold somebody
            fewest = readers.truth[np.ix_(self.whoms, stand_ins)].min(axis=1, keepdims=True)
            self.truth = np.minimum(self.truth, fewest[~np.isnan(counts)])
        self.size = len(self.truth)
        self._where = {place: at for at, place in enumerate(self.places)}
        self._whom = {whom: at for at, whom in enumerate(self.whoms)}
        self._rows: list[tuple[NDArray[np.intp], Floats]] = []
        self._limits: list[tuple[NDArray[np.intp], Floats, float]] = []
        self._layers()
        if stand_ins is None:
            self._groups()
        self._shown()

    def _layers(self) -> None:
        for layer in self.readers.lines.layers:
            if all(whom in self._whom for whom in layer):
                at = self.at[[self._whom[whom] for whom in layer]].reshape(3, -1)
                for triple in at[:, (at >= 0).all(axis=0)].T:
                    self._rows.append((triple, np.array([1.0, -1.0, -1.0])))
        for big, small in self.readers.lines.nested:
            if big in self._whom and small in self._whom:
                truth = self.readers.truth
                spare = np.array([(truth[big, alike] - truth[small, alike]).min(axis=0) for alike in self._alike])
                self._at_most(self.at[self._whom[small]].ravel(), self.at[self._whom[big]].ravel(), spare.ravel())

    def _at_most(self, small: NDArray[np.intp], big: NDArray[np.intp], spare: Floats) -> None:
        """One count is never more than another."""
        for one, other, space in zip(small, big, spare, strict=True):
            if one >= 0 and other >= 0:
                self._limits.append((np.array([other, one]), np.array([1.0, -1.0]), -max(space, 0.0)))
            elif one >= 0:  # the other does not change
                self._limits.append((np.array([one]), np.array([-1.0]), -max(space, 0.0)))

    def _groups(self) -> None:
        """Groups add up to the total, pairs to their margins; a group beside other answers holds the group alone."""
        tables, total = self.readers.tables, self.readers.total
        for name, groups in tables.items():
            if total in groups.values():
                continue
            if is_among(name):
                alone = tables.get(name.removesuffix(IN_COMBINATION), {})
                for group, place in groups.items():
                    if group in alone and alone[group] in self._where:
                        self._among(alone[group], place)
            elif is_pair(name):
                for side, margin in enumerate(name.split(CROSS)):
                    for group, place in tables.get(margin, {}).items():
                        self._sum(place, [at for pair, at in groups.items() if pair.split(CROSS)[side] == group])
            elif total is not None:
                self._sum(total, list(groups.values()))

    def _among(self, alone: int, place: int) -> None:
        truth = self.readers.truth
        for whom, number in self._whom.items():
            for month, one in enumerate(self.at[number, self._where[alone]]):
                other = self.at[number, self._where[place], month] if place in self._where else -1
                if one >= 0:
                    spare = truth[whom, place, month] - truth[whom, alone, month]
                    positions, signs = (
                        (np.array([other, one]), np.array([1.0, -1.0])) if other >= 0 else (np.array([one]), np.array([-1.0]))
                    )
                    self._limits.append((positions, signs, -max(spare, 0.0)))

    def _sum(self, total: int, parts: Sequence[int]) -> None:
        """Note that parts add up to a total in every month in which they do; places that are not searched do not change."""
        inside = [self._where[part] for part in parts if part in self._where]
        if not inside and total not in self._where:
            return
        truth = self.readers.truth
        for whom, number in self._whom.items():
            holds = np.abs(truth[whom, list(parts)].sum(axis=0) - truth[whom, total]) < SOLVER_TOLERANCE
            for month in np.flatnonzero(holds):
                positions = self.at[number, inside, month]
                signs = np.ones(len(positions))
                if total in self._where:
                    positions, signs = np.append(positions, self.at[number, self._where[total], month]), np.append(signs, -1.0)
                self._rows.append((positions[positions >= 0], signs[positions >= 0]))

    def _shown(self) -> None:
        for whom, number in self._whom.items():
            for where in self._where.values():
                for start, after in set().union(*(self.readers.known.get((whom, one), ()) for one in self._alike[where])):
                    positions = self.at[number, where, start:after]
                    if (positions >= 0).all():
                        self._rows.append((positions, np.ones(len(positions))))

    def move(self, rows: Sequence[Row], signs: Floats, enough: float) -> Floats:
        """Move rows together, each up (1) or down (-1) as its sign says, as many as can be; return how far each was moved."""
        extra = len(rows)
        wanted = [self.at[self._whom[whom], self._where[place], start:after] for whom, place, start, after in rows]
        # One further variable a row: how far it gets the way asked, counted no further than enough.
        reached = [
            (np.append(at, self.size + number), np.append(np.full(len(at), -signs[number]), 1.0)) for number, at in enumerate(wanted)
        ]
        limits = [(positions, -values) for positions, values, _ in self._limits]
        found = linprog(
            np.append(np.zeros(self.size), -np.ones(extra)),
            A_eq=_matrix(self._rows, self.size + extra) if self._rows else None,
            b_eq=np.zeros(len(self._rows)) if self._rows else None,
            A_ub=_matrix([*reached, *limits], self.size + extra),
            b_ub=np.append(np.zeros(extra), [-least for *_, least in self._limits]),
            bounds=np.column_stack([np.append(-self.truth, np.full(extra, -FAR)), np.repeat([FAR, enough], [self.size, extra])]),
            method="highs",
        )  # fmt: skip
        return np.array([found.x[at].sum() for at in wanted]) if found.success else np.zeros(extra)


def _matrix(rows: Sequence[tuple[NDArray[np.intp], Floats]], size: int) -> sparse.csr_array:
    """Return rows of positions and values as a matrix."""
    lengths = [len(positions) for positions, _ in rows]
    start = np.concatenate([[0], np.cumsum(lengths)])
    columns, values = np.concatenate([one for one, _ in rows]), np.concatenate([one for _, one in rows])
    return sparse.csr_array((values, columns, start), shape=(len(rows), size))
