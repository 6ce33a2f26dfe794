"""What readers of the public table may know: which counts there are, how they add up, which are parts of others, and which are small."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from acmlib.measures.spans import EVERYBODY, Place, Span
from acmlib.measures.table import ALL
from acmlib.release.counts import Counts, Floats, Number

#: Counts are whole; sums are stored as floats.
SAME = 1e-6
Ints = NDArray[np.int64]
#: Unknowns that are added up, and unknowns that are taken away from them.
Row = tuple[Ints, Ints]
NONE: Ints = np.zeros(0, dtype=np.int64)


def _matrix(rows: Sequence[Row], width: int) -> sparse.csr_array:
    """Return sums and differences of unknown counts, one a row, as a matrix."""
    columns = [np.concatenate(row) for row in rows]
    signs = [np.repeat([1.0, -1.0], [len(plus), len(minus)]) for plus, minus in rows]
    starts = np.cumsum([0, *(len(one) for one in columns)])
    return sparse.csr_array((np.concatenate([[], *signs]), np.concatenate([NONE, *columns]), starts), shape=(len(rows), width))


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
        The numbers of people that cells show.
    number_of : mapping
        Cohort, place and months to the row of `numbers`.
    targets : sparse array, shape (t, n)
        Small counts, shown or implied: nobody may work one out.
    """

    truth: Floats
    equations: sparse.csr_array
    parts: sparse.csr_array
    numbers: sparse.csr_array
    number_of: Mapping[Number, int]
    targets: sparse.csr_array


@dataclass
class Table:
    """All numbers that are to be decided on together, in terms of counts.

    Attributes
    ----------
    counts : Counts
    numbers : sequence of Number
        Each number of people that a cell shows, or an earlier edition showed.
    same : sequence of (places, places)
        Places whose counts add up to the same: a merged group and its parts, an area and its sites (`acmlib.measures.nests.meetings`).
    within : sequence of (place, place)
        Places of which the first is a part of the second, in another dimension.
    nested : collection of (text, text)
        Cohorts of which the first is a part of the second.
    longer : sequence of (number, number)
        Numbers of different people of which the first are among the second: of a quarter in those of the year.
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
    longer: Sequence[tuple[Number, Number]] = ()
    _at: dict[tuple[int, int], NDArray[np.int64]] = field(default_factory=dict)

    def knowledge(self, further: Iterable[Number] = ()) -> Knowledge:
        """Return what is known of these numbers.

        Parameters
        ----------
        further : iterable of Number
            Further numbers that nobody may work out, however large: a correction that is too small to be shown.
        """
        places = self.counts.places
        self._everybody = places[EVERYBODY]
        self._same = [tuple([places[one] for one in side] for side in sides) for sides in self.same]
        cohorts = self.counts.cohorts
        pairs = {(cohorts[part], cohorts[whole]) for part, whole in self.nested if part in cohorts and whole in cohorts}
        self._nested = sorted(pair for pair in pairs if pair[0] != pair[1])
        self._within = [(places[part], places[whole]) for part, whole in self.within]
        self._atoms = {True: self._stretches(total=True), False: self._stretches(total=False)}
        truth = self._unknowns()
        number_of = {number: at for at, number in enumerate(dict.fromkeys(self.numbers))}
        targets = [(self._sum(plus), NONE if minus is None else self._sum(minus)) for plus, minus in self._small()]
        targets += [(np.concatenate([self._sum(one), self._sum(next_)]), self._sum(whole)) for one, next_, whole in self._in_both()]
        targets += [(self._sum(number), NONE) for number in further]
        width = len(truth)
        return Knowledge(
            truth,
            _matrix(self._equations(truth), width),
            _true_of(_matrix(self._parts(), width), truth),
            _matrix([(self._sum(number), NONE) for number in number_of], width),
            number_of,
            _matrix(targets, width),
        )

    def _stretches(self, *, total: bool) -> list[Span]:
        """Return the months that no number tells apart. Those of everybody are at least as fine as those of groups."""
        spans = {span for _, place, span in self.numbers if total or place != self._everybody}
        edges = sorted({edge for span in spans for edge in span})
        return list(itertools.pairwise(edges))

    def _unknowns(self) -> Floats:
        """Number the unknowns: cohort and place to one for each stretch, -1 where nothing is known yet."""
        truth: list[float] = []
        dimensions: dict[int, set[str]] = defaultdict(set)
        names = {at: place for place, at in self.counts.places.items()}
        for cohort, place, _ in self.numbers:
            dimensions[cohort].add(names[place][0])
        for cohort, wanted in dimensions.items():
            for place, (dimension, _) in names.items():
                if dimension in wanted or dimension == ALL:
                    stretches = self._atoms[place == self._everybody]
                    true = np.array([self.counts.numbers[cohort, place, first:after].sum() for first, after in stretches])
                    known = ~np.isnan(true)
                    self._at[cohort, place] = np.where(known, len(truth) + np.cumsum(known) - 1, -1)
                    truth += true[known].tolist()
        return np.array(truth)

    def _sum(self, number: Number) -> NDArray[np.int64]:
        """Return the unknowns that a number adds up."""
        cohort, place, (first, after) = number
        inside = [first <= start and end <= after for start, end in self._atoms[place == self._everybody]]
        found = self._at[cohort, place][inside]
        if (found < 0).any():
            raise ValueError(f"counts of {list(self.counts.places)[place]} in months {first} to {after} are not known")
        return found

    def _equations(self, truth: Floats) -> list[Row]:
        """Groups of a dimension add up to everybody, and so do other places that are known to, wherever they really do."""
        rows: list[Row] = []
        dimensions: dict[str, list[int]] = defaultdict(list)
        for (dimension, _), place in self.counts.places.items():
            dimensions[dimension].append(place)
        sums = [((self._everybody,), groups) for name, groups in dimensions.items() if name != ALL]
        for cohort in {cohort for cohort, _ in self._at}:
            for whole, parts in (*sums, *self._same):
                if all((cohort, place) in self._at for place in (*whole, *parts)):
                    for span in self._atoms[False]:
                        known = not np.isnan([self._true((cohort, place, span)) for place in (*whole, *parts)]).any()
                        sides = [np.concatenate([self._sum((cohort, place, span)) for place in side]) for side in (whole, parts) if known]
                        if known and truth[sides[0]].sum() == truth[sides[1]].sum():
                            rows.append((sides[0], sides[1]))
        return rows

    def _parts(self) -> list[Row]:
        """What is in a whole and not in its part is no negative number: of cohorts, and of places."""
        at, cohorts = self._at, {cohort for cohort, _ in self._at}
        pairs = [((whole, place), (part, place)) for part, whole in self._nested for place in self.counts.places.values()]
        pairs += [((cohort, whole), (cohort, part)) for part, whole in self._within for cohort in cohorts]
        both = (zip(at[whole], at[part], strict=True) for whole, part in pairs if whole in at and part in at)
        rows = [(np.array([one]), np.array([other])) for pair in both for one, other in pair if one >= 0 and other >= 0]
        return [*rows, *((self._sum(whole), self._sum(part)) for part, whole in self.longer)]

    def _small(self) -> Iterable[tuple[Number, Number | None]]:
        """Yield every small number of people: those shown, and the difference of two of which one is a part of the other."""
        spans: dict[tuple[int, int], list[Span]] = defaultdict(list)
        for cohort, place, span in dict.fromkeys(self.numbers):
            spans[cohort, place].append(span)
        for (cohort, place), own in spans.items():
            atoms = [one for one in self._atoms[place == self._everybody] if any(a <= one[0] and one[1] <= b for a, b in own)]
            for span in dict.fromkeys((*own, *atoms)):
                if self._is_small((cohort, place, span)):
                    yield (cohort, place, span), None
            for part, whole in itertools.permutations(own, 2):
                if whole[0] <= part[0] and part[1] <= whole[1]:
                    yield from self._difference((cohort, place, whole), (cohort, place, part))
        yield from self._small_beside(spans)

    def _small_beside(self, spans: Mapping[tuple[int, int], Sequence[Span]]) -> Iterable[tuple[Number, Number]]:
        """Yield the small differences of two cohorts, or of two places, of which one is a part of the other."""
        for part, whole in self._nested:
            for place in self.counts.places.values():
                for span in set(spans.get((part, place), ())) & set(spans.get((whole, place), ())):
                    yield from self._difference((whole, place, span), (part, place, span))
        for shorter, longer in self.longer:
            yield from self._difference(longer, shorter)
        everybody = [(place, self._everybody) for place in self.counts.places.values() if place != self._everybody]
        for part, whole in (*self._within, *everybody):
            for cohort in {cohort for cohort, _ in spans}:
                for span in set(spans.get((cohort, part), ())) & set(spans.get((cohort, whole), ())):
                    yield from self._difference((cohort, whole, span), (cohort, part, span))

    def _in_both(self) -> Iterable[tuple[Number, Number, Number]]:
        """Yield the different people of two periods, and those of the time that these make up, where few are in both."""
        parts: dict[Number, list[Number]] = defaultdict(list)
        for part, whole in self.longer:
            parts[whole].append(part)
        for whole, own in parts.items():
            for one, next_ in itertools.permutations(own, 2):
                makes_up = (one[2][0], next_[2][1]) == whole[2] and one[2][1] == next_[2][0]
                if makes_up and SAME < self._true(one) + self._true(next_) - self._true(whole) < self.minimum - SAME:
                    yield one, next_, whole

    def _difference(self, whole: Number, part: Number) -> Iterable[tuple[Number, Number]]:
        if self._is_small(whole, part):
            yield whole, part

    def _is_small(self, number: Number, less: Number | None = None) -> bool:
        true = self._true(number) - (0.0 if less is None else self._true(less))
        return SAME < true < self.minimum - SAME or (less is None and not self.show_zeros and abs(true) < SAME)

    def _true(self, number: Number) -> float:
        cohort, place, (first, after) = number
        return float(self.counts.numbers[cohort, place, first:after].sum())


def _true_of(parts: sparse.csr_array, truth: Floats) -> sparse.csr_array:
    """Return the rows that are true of the counts.

    A part can be larger than its whole in a single month where the two are dated differently. Nobody can know what is not so, and a
    program that holds it has no solution.
    """
    return parts[np.flatnonzero(parts @ truth > -SAME)]
