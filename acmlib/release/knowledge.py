"""What readers of the public table may know: which counts there are, how they add up, which are parts of others, and which are small."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from acmlib.contract.model import Privacy
from acmlib.measures.counting import Counted
from acmlib.measures.meanings import Meaning
from acmlib.measures.nests import meetings
from acmlib.measures.spans import EVERYBODY, Span
from acmlib.measures.table import ALL
from acmlib.release.counts import SAME, Counts, Number

#: Numbers that are added up, and those that are taken away from them.
Sum = tuple[Sequence[Number], Sequence[Number]]
#: A cohort in a place.
Who = tuple[int, int]


class Knowledge:
    """The unknowns of an attacker, and what is known of them whatever is hidden.

    Parameters
    ----------
    numbers : sequence of Number
        Each number of people that a cell shows, or an earlier edition showed, once.
    further : iterable of Number
        Further numbers that nobody may work out, however large: a correction that is too small to be shown.

    Attributes
    ----------
    truth : array of float, shape (n,)
        The true counts, one for each cohort, place and stretch of months that cells tell apart.
    equations : sparse array, shape (m, n)
        Each row times the counts is zero: groups add up to everybody, parts of a group to the group.
    parts : sparse array, shape (k, n)
        Each row times the counts is not negative: what is counted in a whole and not in its part.
    rows : sparse array, shape (r, n)
        The `numbers`, in terms of the counts.
    targets : sparse array, shape (t, n)
        Small counts, shown or implied: nobody may work one out.
    about : sequence of Number
        Of each target a number that it is a part of.
    values : sequence of float
        The true count of each target.
    """

    def __init__(
        self,
        counts: Counts,
        numbers: Sequence[Number],
        counted: Counted,
        meanings: Mapping[str, Meaning],
        privacy: Privacy,
        further: Iterable[Number] = (),
    ) -> None:
        self.numbers, self._counts, self._privacy = numbers, counts, privacy
        self._everybody = counts.places[EVERYBODY]
        self._groups: dict[str, list[int]] = defaultdict(list)
        for (dimension, _), place in counts.places.items():
            self._groups[dimension].append(place)
        self._spans: dict[Who, list[Span]] = defaultdict(list)
        for cohort, place, span in numbers:
            self._spans[cohort, place].append(span)
        self._atoms = {total: self._stretches(total=total) for total in (True, False)}
        self._periods = {cohort: [span] for cohort, _, span in numbers if cohort in counts.apart}
        self._at: dict[Who, NDArray[np.int64]] = {}
        self._unknowns_of = cache(self._added_up)
        self.truth = np.array(list(self._unknowns()))
        same, within = meetings(counted.crossed, counts.places)
        nested = counted.nested | {(one.numerator, one.denominator) for one in meanings.values() if one.parts and one.denominator}
        pairs, different = list(self._pairs(nested, within)), list(self._different())
        small = [one for one in (*self._shown(), *self._beside(pairs), *different) if self.is_small(one)]
        targets = [*small, *(((number,), ()) for number in further)]
        parts = self._matrix([*self._parts(pairs), *different])
        self.parts = parts[np.flatnonzero(parts @ self.truth > -SAME)]  # dated differently, a part can be larger than its whole in a month
        self.equations = self._matrix(self._equations(same))
        self.rows = self._matrix([((number,), ()) for number in numbers])
        self.targets, self.about = self._matrix(targets), [plus[0] for plus, _ in targets]
        self.values: list[float] = (self.targets @ self.truth).tolist()

    def is_small(self, one: Sum) -> bool:
        """Say whether nobody may work out a sum."""
        true = self.true(one)
        return SAME < true < self._privacy.minimum_count - SAME or (not one[1] and not self._privacy.show_zeros and abs(true) < SAME)

    def repeats(self, shown: Collection[Number]) -> Iterator[Sum]:
        """Yield who is counted in several of the times that make up one: of different people the sum of the times is more than the one.

        Of all ways to make up a time from those that are shown, the longest steps and the shortest are enough: any other is a sum of these
        and of ways to make up one of the steps.
        """
        for found in self._times(shown):
            for whole, longest in itertools.product(found, (True, False)):
                inside = [one for one in found if one != whole and _is_in(one[2], whole[2])]
                step = {one[2][0]: one for one in sorted(inside, key=lambda one: one[2][1], reverse=not longest)}
                chain, at = list[Number](), whole[2][0]
                while at in step:
                    chain.append(step[at])
                    at = step[at][2][1]
                if at == whole[2][1]:
                    yield chain, [whole]

    def _stretches(self, *, total: bool) -> list[Span]:
        """Return the months that no number tells apart. Those of everybody are at least as fine as those of groups."""
        spans = {span for _, place, span in self.numbers if total or place != self._everybody}
        return list(itertools.pairwise(sorted({edge for span in spans for edge in span})))

    def _atoms_of(self, cohort: int, place: int) -> list[Span]:
        """Return the months that are told apart of a cohort in a place; different people of one period are one number."""
        return self._periods.get(cohort) or self._atoms[place == self._everybody]

    def _unknowns(self) -> Iterator[float]:
        """Yield the true counts, and number them: cohort and place to one for each stretch, -1 where nothing is known yet."""
        found = 0
        names = {at: dimension for (dimension, _), at in self._counts.places.items()}
        told = {(cohort, names[place]) for cohort, place, _ in self.numbers}
        for cohort in dict.fromkeys(cohort for cohort, *_ in self.numbers):
            for place, dimension in names.items():
                if dimension == ALL or (cohort, dimension) in told:
                    true = np.array([self._counts.true((cohort, place, span)) for span in self._atoms_of(cohort, place)])
                    known = ~np.isnan(true)
                    self._at[cohort, place] = np.where(known, found + np.cumsum(known) - 1, -1)
                    found += int(known.sum())
                    yield from true[known].tolist()

    def _matrix(self, sums: Sequence[Sum]) -> sparse.csr_array:
        """Return sums and differences of numbers, one a row, in terms of the unknowns."""
        rows = [([self._unknowns_of(one) for one in plus], [self._unknowns_of(one) for one in minus]) for plus, minus in sums]
        columns = [np.concatenate([*plus, *minus]) for plus, minus in rows]
        signs = [np.repeat([1.0, -1.0], [sum(map(len, side)) for side in row]) for row in rows]
        starts, nothing = np.cumsum([0, *map(len, columns)]), np.zeros(0, dtype=np.int64)
        values = np.concatenate([[], *signs]), np.concatenate([nothing, *columns]), starts
        return sparse.csr_array(values, shape=(len(rows), len(self.truth)))

    def _added_up(self, number: Number) -> NDArray[np.int64]:
        """Return the unknowns that a number adds up."""
        cohort, place, (first, after) = number
        found = self._at[cohort, place][[first <= start and end <= after for start, end in self._atoms_of(cohort, place)]]
        if (found < 0).any():
            raise ValueError(f"counts of {list(self._counts.places)[place]} in months {first} to {after} are not known")
        return found

    def _equations(self, same: Iterable[tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]]) -> list[Sum]:
        """Groups of a dimension add up to everybody, and so do other places that are known to, wherever they really do."""
        places = self._counts.places
        sums = [([self._everybody], groups) for name, groups in self._groups.items() if name != ALL]
        sums += [([places[one] for one in whole], [places[one] for one in parts]) for whole, parts in same]
        rows: list[Sum] = []
        for cohort, (whole, parts) in itertools.product({cohort for cohort, _ in self._at}, sums):
            if all((cohort, place) in self._at for place in (*whole, *parts)):
                for span in self._atoms_of(cohort, parts[0]):
                    one = [(cohort, place, span) for place in whole], [(cohort, place, span) for place in parts]
                    rows += [one] if self.true(one) == 0.0 else []
        return rows

    def _pairs(
        self, nested: Collection[tuple[str, str]], within: Iterable[tuple[tuple[str, str], tuple[str, str]]]
    ) -> Iterator[tuple[Who, Who]]:
        """Yield part and whole: of cohorts in every place, of places in every cohort, of groups in everybody."""
        places, cohorts = self._counts.places, self._counts.cohorts
        own = dict.fromkeys(cohort for cohort, _ in self._at)
        known = {(cohorts[part], cohorts[whole]) for part, whole in nested if part in cohorts and whole in cohorts}
        inside = [(places[part], places[whole]) for part, whole in within]
        inside += [(place, self._everybody) for place in places.values() if place != self._everybody]
        yield from (((part, place), (whole, place)) for part, whole in sorted(known) if part != whole for place in places.values())
        yield from (((cohort, part), (cohort, whole)) for part, whole in inside for cohort in own)

    def _parts(self, pairs: Iterable[tuple[Who, Who]]) -> Iterator[Sum]:
        """Yield what is in a whole and not in its part, in every stretch: it is no negative number."""
        for part, whole in pairs:
            # Where groups add up to everybody, that none is larger follows.
            follows = whole[1] == self._everybody != part[1] and part[0] not in self._counts.apart
            if part in self._at and whole in self._at and not follows:
                both: Iterable[Sum] = (([(*whole, span)], [(*part, span)]) for span in self._atoms_of(*part))
                yield from (one for one in both if not np.isnan(self.true(one)))

    def _shown(self) -> Iterator[Sum]:
        """Yield every number that is shown, what it adds up, and the differences of two times of which one is in the other."""
        for (cohort, place), own in self._spans.items():
            atoms = [one for one in self._atoms_of(cohort, place) if any(_is_in(one, span) for span in own)]
            yield from (([(cohort, place, span)], []) for span in dict.fromkeys((*own, *atoms)))
            yield from (
                ([(cohort, place, whole)], [(cohort, place, part)]) for part, whole in itertools.permutations(own, 2) if _is_in(part, whole)
            )

    def _beside(self, pairs: Iterable[tuple[Who, Who]]) -> Iterator[Sum]:
        """Yield the differences of two cohorts, or of two places, of which one is a part of the other."""
        for part, whole in pairs:
            if part in self._spans and whole in self._spans:
                yield from (([(*whole, span)], [(*part, span)]) for span in set(self._spans[part]) & set(self._spans[whole]))

    def _different(self) -> Iterator[Sum]:
        """Yield what follows from numbers of different people, which do not add up.

        Of those who came in the term, who did not come in its first year; who is counted in several times that make up one; and in several
        groups of a dimension.
        """
        for found in self._times(self.numbers):
            yield from (([whole], [part]) for whole, part in itertools.permutations(found, 2) if _is_in(part[2], whole[2]))
            for cohort, place, span in found:
                for groups in self._groups.values() if place == self._everybody else ():
                    if place not in groups and all(span in self._spans.get((cohort, group), ()) for group in groups):
                        yield [(cohort, group, span) for group in groups], [(cohort, place, span)]
        yield from self.repeats(self.numbers)

    def _times(self, numbers: Iterable[Number]) -> Collection[list[Number]]:
        """Return numbers of different people by who is counted, and where."""
        found: dict[tuple[str, int], list[Number]] = defaultdict(list)
        for number in numbers:
            if number[0] in self._counts.apart:
                found[self._counts.apart[number[0]], number[1]].append(number)
        return found.values()

    def true(self, one: Sum) -> float:
        """Return how many people a sum is."""
        return sum(map(self._counts.true, one[0])) - sum(map(self._counts.true, one[1]))


def _is_in(part: Span, whole: Span) -> bool:
    return whole[0] <= part[0] and part[1] <= whole[1]
