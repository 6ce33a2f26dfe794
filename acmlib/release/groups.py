"""The provider edition: true totals, and groups of at least `minimum_group` people. Smaller ones are put together as "other groups".

Its readers hold the records themselves, so that months inside a window are not protected. What is promised is that nobody can tell from a
window's results that a group has fewer people: as far as these say, each could have `minimum_group`. Where one could not, the smallest of
the groups that this follows from is put to the others too.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from acmlib.contract.ids import DimensionId
from acmlib.contract.model import Contract
from acmlib.measures.cells import result_of
from acmlib.measures.collect import significant
from acmlib.measures.counting import Counted
from acmlib.measures.meanings import Meaning, counted
from acmlib.measures.nests import meetings
from acmlib.measures.spans import EVERYBODY, Place
from acmlib.measures.table import (
    ALL,
    IMMATURE,
    KEY_COLUMNS,
    METRIC_COLUMNS,
    NO_DATA,
    NUMBER_COLUMNS,
    OTHER_GROUPS,
    SHOWN,
    UNRELIABLE,
)
from acmlib.release.counts import SAME, Floats

#: Status of `scipy.optimize.linprog`: a number may be as large as one likes.
_WITHOUT_END = 3
#: Places that hold the same people as other places.
Equal = tuple[list[Place], list[Place]]


def merge_small(cells: pd.DataFrame, contract: Contract, data: Counted) -> pd.DataFrame:
    """Return the cells of a provider edition: small groups are gone, and `OTHER_GROUPS` stands in their place with their sums.

    A group *alone or in combination* is gone, too, if the group alone is, or if too few people are in combination only. Where people are in
    several groups, their numbers of different people do not add up: nothing stands in the place of these.
    """
    meanings = counted(contract)
    people = cells[list(_Row._fields)]
    if len(data.persons):
        known = people[list(KEY_COLUMNS)].merge(data.persons, on=list(KEY_COLUMNS), how="left").set_index(people.index)
        people = people.assign(**{name: known[name].combine_first(people[name]) for name in ("numerator", "denominator")})
    rows = [_Row(*row) for row in zip(*(people[name].tolist() for name in _Row._fields), strict=True)]
    family = _families(meanings, data.nested)
    pages: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        pages[row.period, family[row.metric]].append(at)
    sums = functools.cache(lambda places: _sums(places, data.crossed))  # most pages have the same groups
    by_person = {*data.persons["metric"], *(name for name, meaning in meanings.items() if not meaning.adds_up)}
    overlapping = _overlapping([row for row in rows if row.metric in by_person], meanings)
    few = {key for key, people in overlapping.items() if people < contract.privacy.minimum_group and not meanings[key[0]].adds_up}
    gone, told = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    for page in pages.values():
        own = [rows[at] for at in page]
        places = tuple(dict.fromkeys(row.place for row in own if row.dimension != ALL))
        shared = {row.dimension for row in own if (row.metric, row.period, row.dimension) in overlapping}
        small = _Page(*_sizes(own, meanings), sums(places), contract.privacy.minimum_group, shared, data.nested).small()
        left = {dimension for dimension, group in places if (dimension, group) not in small}
        gone[page] = [row.place in small or _alone(row.place) in small for row in own]
        # The groups less everybody would tell how few people are in several.
        for key in few - {(row.metric, row.period, row.dimension) for row in own if row.place in small}:
            told_of = [at for at in page if rows[at].place[0] == key[2] and rows[at][:2] == key[:2] and rows[at].numerator > 0]
            gone[min(told_of, key=lambda at: rows[at].numerator, default=page[:0])] = True
        # A dimension of small groups only says no more than the total.
        told[page] = [
            row.place in small
            and row.dimension in left
            and not _is_combined(row.place)
            and (meanings[row.metric].adds_up or row.dimension not in shared)
            for row in own
        ]
    together = _together(cells[told], contract)
    return pd.concat([cells[~gone], together]).sort_index(kind="stable").reset_index(drop=True)[list(METRIC_COLUMNS)]


class _Row(NamedTuple):
    """What a row of the metric table says of how many people a group has."""

    metric: str
    period: str
    dimension: str
    group: str
    numerator: float
    denominator: float
    status: str

    @property
    def place(self) -> Place:
        return self.dimension, self.group


def _both(sides: Equal) -> list[Place]:
    return [*sides[0], *sides[1]]


def _is_combined(place: Place) -> bool:
    return DimensionId.parse(place[0]).combined


def _alone(place: Place) -> Place:
    return DimensionId.parse(place[0]).alone, place[1]


def _families(meanings: Mapping[str, Meaning], nested: Collection[tuple[str, str]]) -> dict[str, int]:
    """Number the metrics so that those that count any of the same people, in the same words or in others, have the same number."""
    first: dict[str, str] = {}
    for metric, meaning in meanings.items():
        for text in meaning.cohorts.values():
            first.setdefault(text, metric)
    links = [(metric, first[text]) for metric, meaning in meanings.items() for text in meaning.cohorts.values()]
    links += [(first[one], first[other]) for one, other in nested if (other, one) in nested and {one, other} <= {*first}]
    at = {metric: number for number, metric in enumerate(meanings)}
    ends = np.array([(at[one], at[two]) for one, two in links], dtype=np.int64).reshape(-1, 2).T
    graph = sparse.coo_array((np.ones(ends.shape[1]), tuple(ends)), shape=(len(at), len(at)))
    return dict(zip(at, csgraph.connected_components(graph, directed=False)[1].tolist(), strict=True))


def _overlapping(rows: Sequence[_Row], meanings: Mapping[str, Meaning]) -> dict[tuple[str, str, str], float]:
    """Return metric, period and dimension wherever fewer people are counted altogether than in all groups: how many are in several."""
    unknown = (float("nan"),) * 2
    everybody: dict[tuple[str, str], tuple[float, ...]] = {}
    groups: dict[tuple[str, str, str], list[tuple[float, ...]]] = defaultdict(list)
    for row in rows:
        counts = meanings[row.metric].cohorts
        people = tuple(getattr(row, name) if name in counts else float("nan") for name in ("numerator", "denominator"))
        if row.dimension == ALL:
            everybody[row.metric, row.period] = people
        elif not _is_combined(row.place):
            groups[row.metric, row.period, row.dimension].append(people)
    several = {key: np.nansum(people, axis=0) - np.array(everybody.get(key[:2], unknown)) for key, people in groups.items()}
    return {key: float(np.nanmax(people)) for key, people in several.items() if (people > SAME).any()}


def _sizes(rows: Sequence[_Row], meanings: Mapping[str, Meaning]) -> tuple[dict[str, dict[Place, float]], Collection[tuple[str, str]]]:
    """Return how many people every cohort has in each place, and of which dimensions it is a base: what a rate is a rate of, or a count."""
    found: dict[str, dict[Place, float]] = defaultdict(dict)
    cohorts = {metric: meanings[metric].cohorts for metric in dict.fromkeys(row.metric for row in rows)}
    bases = {(row.dimension, cohorts[row.metric].get("denominator") or meanings[row.metric].numerator) for row in rows}
    for row in rows:
        if row.status != IMMATURE:
            for column, text in cohorts[row.metric].items():
                people = row.numerator if column == "numerator" else row.denominator
                found[text][row.place] = 0.0 if np.isnan(people) else people
    return found, bases


def _sums(places: Sequence[Place], crossed: pd.DataFrame) -> list[Equal]:
    """Return which groups add up to the same as which others: to everybody (no group), to a group of another dimension, to its pairs."""
    groups: dict[str, list[str]] = defaultdict(list)
    for dimension, group in places:
        groups[dimension].append(group)
    ids = {name: DimensionId.parse(name) for name in groups}
    plain = [name for name, own in ids.items() if not own.crossed and not own.combined]
    sums: list[Equal] = [([], [(name, group) for group in groups[name]]) for name in plain]
    for name, own in ids.items():
        if own.crossed and not own.combined:
            sums += [
                ([(dimension, group)], [(name, one) for one in groups[name] if own.groups(one)[side:][:1] == (group,)])
                for side, dimension in enumerate(own.names)
                for group in groups.get(dimension, ())
            ]
    known = {(name, group) for name in plain for group in groups[name]}
    return [*sums, *meetings(crossed, known)[0]]


@dataclass
class _Page:
    """The groups of one window and one family of metrics, as somebody sees them who can compute."""

    cohorts: Mapping[str, Mapping[Place, float]]
    bases: Collection[tuple[str, str]]  #: Dimension and cohort.
    sums: Sequence[Equal]
    minimum: int
    #: Dimensions in which a person may be in several groups: together these have at least as many people as the largest of them.
    overlapping: Collection[str]
    nested: Collection[tuple[str, str]]

    def __post_init__(self) -> None:
        self.sizes = [
            {place: people for place, people in cohort.items() if (place[0], text) in self.bases} for text, cohort in self.cohorts.items()
        ]

    def small(self) -> set[Place]:
        """Return the groups that are put together, and those alone or in combination that are left out."""
        places = [place for place in dict.fromkeys(itertools.chain(*self.sizes)) if place != EVERYBODY]
        found = {place for place in places if self._is_small(place)}
        combined = {place for place in places if _is_combined(place)}
        found |= {place for place in combined if self._is_close(place)}
        adding = [place for place in places if place not in combined]
        large = set[tuple[str, Place]]()  # could be, whatever else is put together
        while True:
            more = {one for name in {name for name, _ in found - combined} for one in self._joining(name, adding, found)}
            more = more or self._telling(found - combined, large)
            if not more:
                return found
            found |= more

    def _is_small(self, place: Place, beside: Iterable[Place] = ()) -> bool:
        together = max if place[0] in self.overlapping else sum
        return any(0 < together([base.get(one, 0.0) for one in (place, *beside)]) < self.minimum for base in self.sizes)

    def _is_close(self, place: Place) -> bool:
        """Say whether too few people are in a group in combination with others only."""
        return any(0 < base.get(place, 0.0) - base.get(_alone(place), 0.0) < self.minimum for base in self.sizes)

    def _joining(self, dimension: str, places: Sequence[Place], found: set[Place]) -> set[Place]:
        """Return the next smallest group of a dimension, if what is put together is still one group, or still small."""
        mine, rest = ([one for one in places if one[0] == dimension and (one in found) == inside] for inside in (True, False))
        if not rest or (len([one for one in mine if self._size(one)]) > 1 and not self._is_small(mine[0], mine[1:])):
            return set()
        return {min((one for one in rest if self._size(one)), key=self._size, default=rest[0])}

    def _telling(self, hidden: set[Place], large: set[tuple[str, Place]]) -> set[Place]:
        """Return the smallest shown group by which a hidden one is known to be small; nothing if all could be large.

        `large` are those that could be, with their bases: what else is put together does not change that. Where it follows from no shown
        group, totals alone say it, and these are true in this edition: fewer than `minimum` people altogether are fewer in each group.
        """
        from scipy.optimize import linprog  # a fifth of a second, which most pages can do without

        small = [
            (text, place)
            for text, own in self.cohorts.items()
            for place in hidden
            if (place[0], text) in self.bases and 0 < own.get(place, 0.0) < self.minimum
        ]
        sums = [one for one in self.sums if one[0] and not hidden.isdisjoint(one[0] + one[1])]
        touched = {name for one in sums for name, _ in _both(one)}
        sums += [([EVERYBODY], groups) for whole, groups in self.sums if not whole and groups[0][0] in touched]
        places = dict.fromkeys(itertools.chain(*map(_both, sums)))
        # All people of groups that are only put together could be in any one of these.
        wanted = [key for key in small if key not in large and key[1] in places]
        if not wanted:
            return set()
        at = {key: number for number, key in enumerate(itertools.product(self.cohorts, places))}
        true = np.array([self.cohorts[text].get(place, np.nan) for text, place in at])
        unknown = np.isnan(true) | np.array([place in hidden for _, place in at])
        known, column = np.where(unknown, 0.0, true), np.cumsum(unknown) - 1
        (equal, right, about), least = self._equations(sums, at, true), self._parts(at)
        limits = (-least[:, unknown], least @ known, equal[:, unknown], right - equal @ known)
        for key in wanted:
            if key in large:
                continue
            aim = np.array([-1.0 if one == key else 0.0 for one in at])[unknown]
            best = linprog(aim, *limits, method="highs")
            if best.status == 0:  # what one solution makes large all could be
                large |= {one for one in wanted if best.x[column[at[one]]] > self.minimum - SAME}
            elif best.status == _WITHOUT_END:
                large.add(key)
            if key in large:
                continue
            binding = np.abs(best.eqlin.marginals) > SAME if best.status == 0 else np.ones(len(about), dtype=bool)
            used = {place for row in np.flatnonzero(binding) for place in _both(sums[about[row]])}
            shown = used - hidden - {EVERYBODY}
            if shown:
                return {min(sorted(shown), key=lambda one: (not self._size(one), self._size(one)))}
        return set()

    def _equations(
        self, sums: Sequence[Equal], at: Mapping[tuple[str, Place], int], true: Floats
    ) -> tuple[sparse.csr_array, Floats, list[int]]:
        """Return what adds up in every cohort: rows, what each comes to, and of which sum it is.

        Different people of several groups do not add up to those of all: by how much is known where all numbers are.
        """
        rows, right, about = list[dict[int, float]](), list[float](), list[int]()
        for number, (whole, parts) in enumerate(sums):
            columns = np.array([[at[text, place] for place in (*parts, *whole)] for text in self.cohorts])
            signs = [1.0] * len(parts) + [-1.0] * len(whole)
            over = true[columns] @ signs
            told = ~np.isnan(over) | bool((np.abs(over[~np.isnan(over)]) < SAME).all())
            rows += [dict(zip(own, signs, strict=True)) for own in columns[told].tolist()]
            right, about = [*right, *np.nan_to_num(over[told]).tolist()], [*about, *[number] * int(told.sum())]
        return _matrix(rows, len(at)), np.array(right), about

    def _parts(self, at: Mapping[tuple[str, Place], int]) -> sparse.csr_array:
        """Return those who are in a whole and not in its part, one a row: no number of them is negative."""
        places = dict.fromkeys(place for _, place in at)
        pairs = [(at[part, one], at[whole, one]) for part, whole in self.nested for one in places if {part, whole} <= {*self.cohorts}]
        return _matrix([{whole: 1.0, part: -1.0} for part, whole in pairs], len(at))

    def _size(self, place: Place) -> float:
        return max((base.get(place, 0.0) for base in self.sizes), default=0.0)


def _matrix(rows: Sequence[Mapping[int, float]], width: int) -> sparse.csr_array:
    columns = np.array([at for row in rows for at in row], dtype=np.int64)
    values = np.array([value for row in rows for value in row.values()], dtype=np.float64)
    return sparse.csr_array((values, columns, np.cumsum([0, *map(len, rows)])), shape=(len(rows), width))


def _together(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return one row of the metric table for several groups of each metric, period and dimension; it has the index of the first of them."""
    if rows.empty:
        return rows
    keys = [rows[name] for name in KEY_COLUMNS[:3]]
    is_counted = rows["status"].isin([SHOWN, UNRELIABLE])
    sums = significant(rows[["numerator", "denominator"]].where(is_counted).groupby(keys, sort=False).sum(min_count=1).to_numpy())
    counted_any = is_counted.groupby(keys, sort=False).any().to_numpy()
    first = rows[~rows.duplicated(list(KEY_COLUMNS[:3]))]
    results = []
    for name, status, known, (above, below) in zip(first["metric"], first["status"], counted_any, sums.tolist(), strict=True):
        value, low, high = result_of(contract, name, above, below)
        state = SHOWN if value == value else (UNRELIABLE if below > 0 else NO_DATA)
        results.append((OTHER_GROUPS, above, below, value, low, high, state if known else status))
    made = first.copy()
    made[["group", *NUMBER_COLUMNS, "status"]] = pd.DataFrame(results, columns=["group", *NUMBER_COLUMNS, "status"], index=made.index)
    return made
