"""What readers of the public table may know: which counts there are, how they add up, which are parts of others, and which are small."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from acmlib.measures.spans import EVERYBODY, Place, Span
from acmlib.measures.table import ALL
from acmlib.release.counts import SAME, Counts, Floats, Number

#: Numbers that are added up, and those that are taken away from them.
Sum = tuple[Sequence[Number], Sequence[Number]]
#: A cohort in a place.
Who = tuple[int, int]


@dataclass(frozen=True)
class Knowledge:
    """The unknowns of an attacker, and what is known of them whatever is hidden.

    Attributes
    ----------
    truth : array of float, shape (n,)
        The true counts, one for each cohort, place and stretch of months that cells tell apart.
    equations : sparse array, shape (m, n)
        Each row times the counts is zero: groups add up to everybody, parts of a group to the group.
    parts : sparse array, shape (k, n)
        Each row times the counts is not negative: what is counted in a whole and not in its part.
    numbers : sparse array, shape (r, n)
        The numbers of people that cells show, as in `Table.numbers`.
    targets : sparse array, shape (t, n)
        Small counts, shown or implied: nobody may work one out.
    about : sequence of Number
        Of each target a number that it is a part of.
    """

    truth: Floats
    equations: sparse.csr_array
    parts: sparse.csr_array
    numbers: sparse.csr_array
    targets: sparse.csr_array
    about: Sequence[Number]


@dataclass
class Table:
    """All numbers that are to be decided on together, in terms of counts.

    Attributes
    ----------
    counts : Counts
    numbers : sequence of Number
        Each number of people that a cell shows, or an earlier edition showed, once.
    same : sequence of (places, places)
        Places whose counts add up to the same: a merged group and its parts, an area and its sites (`acmlib.measures.nests.meetings`).
    within : sequence of (place, place)
        Places of which the first is a part of the second, in another dimension.
    nested : collection of (text, text)
        Cohorts of which the first is a part of the second.
    minimum : int
        The smallest count that is shown.
    show_zeros : bool
    """

    counts: Counts
    numbers: Sequence[Number]
    same: Sequence[tuple[Sequence[Place], Sequence[Place]]]
    within: Sequence[tuple[Place, Place]]
    nested: Collection[tuple[str, str]]
    minimum: int
    show_zeros: bool = True
    _at: dict[Who, NDArray[np.int64]] = field(default_factory=dict)

    def knowledge(self, further: Iterable[Number] = ()) -> Knowledge:
        """Return what is known of these numbers.

        Parameters
        ----------
        further : iterable of Number
            Further numbers that nobody may work out, however large: a correction that is too small to be shown.
        """
        places = self.counts.places
        self._everybody = places[EVERYBODY]
        self._dimensions: dict[str, list[int]] = defaultdict(list)
        for (dimension, _), place in places.items():
            self._dimensions[dimension].append(place)
        self._atoms = {total: self._stretches(total=total) for total in (True, False)}
        truth = np.array(list(self._unknowns()))
        self._spans: dict[Who, list[Span]] = defaultdict(list)
        for cohort, place, span in self.numbers:
            self._spans[cohort, place].append(span)
        pairs, different = list(self._pairs()), list(self._different())
        targets = [one for one in (*self._counts(), *self._beside(pairs), *different) if self._is_small(one)]
        targets += [((number,), ()) for number in further]
        parts = self._matrix([*self._parts(pairs), *different], len(truth))
        return Knowledge(
            truth,
            self._matrix(self._equations(), len(truth)),
            parts[np.flatnonzero(parts @ truth > -SAME)],  # dated differently, a part can be larger than its whole in a month
            self._matrix([((number,), ()) for number in self.numbers], len(truth)),
            self._matrix(targets, len(truth)),
            [plus[0] for plus, _ in targets],
        )

    def _stretches(self, *, total: bool) -> list[Span]:
        """Return the months that no number tells apart. Those of everybody are at least as fine as those of groups."""
        spans = {span for _, place, span in self.numbers if total or place != self._everybody}
        return list(itertools.pairwise(sorted({edge for span in spans for edge in span})))

    def _atoms_of(self, place: int) -> list[Span]:
        return self._atoms[place == self._everybody]

    def _unknowns(self) -> Iterator[float]:
        """Yield the true counts, and number them: cohort and place to one for each stretch, -1 where nothing is known yet."""
        found = 0
        names = {at: dimension for (dimension, _), at in self.counts.places.items()}
        told = {(cohort, names[place]) for cohort, place, _ in self.numbers}
        for cohort in dict.fromkeys(cohort for cohort, *_ in self.numbers):
            for place, dimension in names.items():
                if dimension == ALL or (cohort, dimension) in told:
                    true = np.array([self.counts.true((cohort, place, span)) for span in self._atoms_of(place)])
                    known = ~np.isnan(true)
                    self._at[cohort, place] = np.where(known, found + np.cumsum(known) - 1, -1)
                    found += int(known.sum())
                    yield from true[known].tolist()

    def _matrix(self, sums: Sequence[Sum], width: int) -> sparse.csr_array:
        """Return sums and differences of numbers, one a row, in terms of the unknowns."""
        rows = [([self._unknowns_of(one) for one in plus], [self._unknowns_of(one) for one in minus]) for plus, minus in sums]
        columns = [np.concatenate([*plus, *minus]) for plus, minus in rows]
        signs = [np.repeat([1.0, -1.0], [sum(map(len, side)) for side in row]) for row in rows]
        starts = np.cumsum([0, *map(len, columns)])
        nothing = np.zeros(0, dtype=np.int64)
        return sparse.csr_array((np.concatenate([[], *signs]), np.concatenate([nothing, *columns]), starts), shape=(len(rows), width))

    def _unknowns_of(self, number: Number) -> NDArray[np.int64]:
        """Return the unknowns that a number adds up."""
        cohort, place, (first, after) = number
        found = self._at[cohort, place][[first <= start and end <= after for start, end in self._atoms_of(place)]]
        if (found < 0).any():
            raise ValueError(f"counts of {list(self.counts.places)[place]} in months {first} to {after} are not known")
        return found

    def _equations(self) -> list[Sum]:
        """Groups of a dimension add up to everybody, and so do other places that are known to, wherever they really do."""
        places = self.counts.places
        sums = [([self._everybody], groups) for name, groups in self._dimensions.items() if name != ALL]
        sums += [([places[one] for one in whole], [places[one] for one in parts]) for whole, parts in self.same]
        rows: list[Sum] = []
        for cohort, (whole, parts) in itertools.product({cohort for cohort, _ in self._at}, sums):
            if all((cohort, place) in self._at for place in (*whole, *parts)):
                for span in self._atoms[False]:
                    one = [(cohort, place, span) for place in whole], [(cohort, place, span) for place in parts]
                    rows += [one] if self._true(one) == 0.0 else []
        return rows

    def _pairs(self) -> Iterator[tuple[Who, Who]]:
        """Yield part and whole: of cohorts in every place, of places in every cohort, of groups in everybody."""
        places, cohorts = self.counts.places, self.counts.cohorts
        own = dict.fromkeys(cohort for cohort, _ in self._at)
        nested = {(cohorts[part], cohorts[whole]) for part, whole in self.nested if part in cohorts and whole in cohorts}
        within = [(places[part], places[whole]) for part, whole in self.within]
        within += [(place, self._everybody) for place in places.values() if place != self._everybody]
        yield from (((part, place), (whole, place)) for part, whole in sorted(nested) if part != whole for place in places.values())
        yield from (((cohort, part), (cohort, whole)) for part, whole in within for cohort in own)

    def _parts(self, pairs: Iterable[tuple[Who, Who]]) -> Iterator[Sum]:
        """Yield what is in a whole and not in its part, in every stretch: it is no negative number."""
        for part, whole in pairs:
            # Where groups add up to everybody, that none is larger follows.
            follows = whole[1] == self._everybody != part[1] and part[0] not in self.counts.apart
            if part in self._at and whole in self._at and not follows:
                both: Iterable[Sum] = (([(*whole, span)], [(*part, span)]) for span in self._atoms_of(part[1]))
                yield from (one for one in both if not np.isnan(self._true(one)))

    def _counts(self) -> Iterator[Sum]:
        """Yield every number that is shown, what it adds up, and the differences of two times of which one is in the other."""
        for (cohort, place), own in self._spans.items():
            atoms = [one for one in self._atoms_of(place) if any(a <= one[0] and one[1] <= b for a, b in own)]
            yield from (([(cohort, place, span)], []) for span in dict.fromkeys((*own, *atoms)))
            yield from (
                ([(cohort, place, whole)], [(cohort, place, part)]) for part, whole in itertools.permutations(own, 2) if _is_in(part, whole)
            )

    def _beside(self, pairs: Iterable[tuple[Who, Who]]) -> Iterator[Sum]:
        """Yield the differences of two cohorts, or of two places, of which one is a part of the other."""
        for part, whole in pairs:
            for span in set(self._spans.get(part, ())) & set(self._spans.get(whole, ())):
                yield [(*whole, span)], [(*part, span)]

    def _different(self) -> Iterator[Sum]:
        """Yield what follows from numbers of different people, which do not add up.

        Of those who came in the term, who did not come in its first year; who is counted in several times that make up one; and in several
        groups of a dimension.
        """
        times: dict[tuple[str, int], list[Number]] = defaultdict(list)
        for cohort, place, span in self.numbers:
            if cohort in self.counts.apart:
                times[self.counts.apart[cohort], place].append((cohort, place, span))
                for groups in self._dimensions.values() if place == self._everybody else ():
                    if place not in groups and all(span in self._spans.get((cohort, group), ()) for group in groups):
                        yield [(cohort, group, span) for group in groups], [(cohort, place, span)]
        for found in times.values():
            for whole in found:
                parts = [one for one in found if one != whole and _is_in(one[2], whole[2])]
                yield from (([whole], [part]) for part in parts)
                yield from ((chain, [whole]) for chain in _chains(parts, *whole[2]) if len(chain) > 1)

    def _true(self, one: Sum) -> float:
        return sum(map(self.counts.true, one[0])) - sum(map(self.counts.true, one[1]))

    def _is_small(self, one: Sum) -> bool:
        true = self._true(one)
        return SAME < true < self.minimum - SAME or (not one[1] and not self.show_zeros and abs(true) < SAME)


def _is_in(part: Span, whole: Span) -> bool:
    return whole[0] <= part[0] and part[1] <= whole[1]


def _chains(parts: Sequence[Number], start: int, end: int) -> Iterator[list[Number]]:
    """Yield the ways in which times, one after the other, make up a longer one."""
    if start == end:
        yield []
    for part in parts:
        if part[2][0] == start:
            yield from ([part, *rest] for rest in _chains(parts, part[2][1], end))
