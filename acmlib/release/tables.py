"""The kinds of swaps that a release allows: which counts, in which tables, in which months."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from acmlib.measures.table import ALL, ALL_PARTICIPANTS, CROSS, IN_COMBINATION
from acmlib.release.book import Book, Span
from acmlib.release.circuits import Circuit, circuits
from acmlib.release.links import AND_OTHERS
from acmlib.release.swaps import Halves, Places

#: How many edges of periods apart people may be swapped, besides from one edge to the end.
APART = 2
#: Most counts that change together: in a table of groups, in the totals.
LONGEST, LONGEST_OF_ALL = 14, 8
#: Most ways in which one table and the pairs that hang on it may change together.
MOST_VARIANTS = 48
#: Totals swap people between the months of a quarter, and between quarters of the same longer periods: lengths in months.
NESTED = (1, 3)

#: A table that changes, with which sign, and what stands before and after a group's name there.
Layer = tuple[str, int, str, str]


@dataclass
class _Index:
    """Where the counts of a book are, by table."""

    groups: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    entries: dict[tuple[str, str], dict[Span, dict[str, int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    whoms: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def rows(self, circuit: Circuit, layers: Sequence[Layer], groups: Sequence[str]) -> tuple[list[list[int]], list[Span], list[int]]:
        """Return positions by group (-1: no such count), span and sign of everything that a circuit changes in these tables."""
        rows, when, signs = [], [], []
        for table, sign, before, after in layers:
            names = [f"{before}{group}{after}" for group in groups]
            for whom, change in circuit.items():
                for span, found in self.entries.get((whom, table), {}).items():
                    row = [found.get(name, -1) for name in names]
                    if max(row) >= 0:
                        rows.append(row)
                        when.append(span)
                        signs.append(sign * change)
        return rows, when, signs


def _index(book: Book) -> _Index:
    found = _Index()
    for (whom, dimension, group, span), at in book.position.items():
        found.groups[dimension][group] = None
        found.whoms[dimension][whom] = None
        found.entries[whom, dimension][span][group] = at
    return found


def swap_halves(book: Book) -> Halves:
    """List the halves of all swaps: what changes in one group (of totals: in one month), and which halves are partners.

    Parameters
    ----------
    book : Book

    Returns
    -------
    Halves
    """
    index = _index(book)
    halves = Halves()
    for dimension in list(index.groups):
        if dimension.endswith((IN_COMBINATION, AND_OTHERS)) or CROSS in dimension:
            continue  # they change together with the table they hang on
        layers = [(whole, parts) for whole, parts in book.layers if whole in index.whoms[dimension]]
        seen: set[bytes] = set()
        for circuit in circuits(layers, index.whoms[dimension], longest=LONGEST_OF_ALL if dimension == ALL else LONGEST):
            if dimension == ALL:
                _swap_months(index, circuit, halves, book.between)
            else:
                _swap_groups(index, dimension, circuit, halves, seen)
    return halves


def _swap_months(index: _Index, circuit: Circuit, halves: Halves, between: set[int]) -> None:
    """Add swaps of totals between single periods that lie in the same longer ones. What no cell shows may change always."""
    rows, when, signs = index.rows(circuit, [(ALL, 1, "", "")], [ALL_PARTICIPANTS])
    dated = [span for span in when if span is not None]
    if len(dated) < len(when):  # without dates there is one total, which no month can share
        return
    starts, ends = np.array([span[0] for span in dated], dtype=np.intp), np.array([span[1] for span in dated], dtype=np.intp)
    edges = np.unique(np.concatenate([starts, ends + 1]))
    inside = (starts <= edges[:-1, None]) & (edges[:-1, None] <= ends)
    positions, sign = np.array(rows, dtype=np.intp).reshape(-1), np.array(signs, dtype=np.int8)
    free = np.isin(positions, list(between))
    for length in NESTED:
        moved = inside & (free | (ends - starts < length))
        longer = inside & ~moved
        for pattern in np.unique(longer, axis=0):
            atoms = np.flatnonzero((longer == pattern).all(axis=1) & moved.any(axis=1))
            if len(atoms) > 1:
                atom, row = np.nonzero(moved[atoms])
                halves.add(
                    positions[row],
                    sign[row],
                    np.bincount(atom),
                    kinds=np.zeros(len(atoms), dtype=int),
                    slots=np.arange(len(atoms)),
                    partner=True,
                )


def _swap_groups(index: _Index, dimension: str, circuit: Circuit, halves: Halves, seen: set[bytes]) -> None:
    """Add swaps between groups, in all tables that must change with them."""
    groups = list(index.groups[dimension])
    for choices, partner in _variants(index, dimension, circuit):
        made = [index.rows(circuit, layers, groups) for layers in choices]
        edges = _edges([span for _, when, _ in made for span in when])
        number = None
        for rows, when, signs in made:
            if rows:
                changes = _changes(when, edges) * np.array(signs, dtype=np.int8)
                positions = np.array(rows, dtype=np.intp)
                if number is None:
                    number = halves.kinds
                    fresh = _new(positions, changes, seen)
                _add(halves, positions, changes, fresh, number, partner)


def _variants(index: _Index, dimension: str, circuit: Circuit) -> Iterator[tuple[list[list[Layer]], bool]]:
    """Yield the ways in which a table can change so that the tables that hang on it stay true; of several lists a group takes any."""
    present = {table for table in index.groups if any((whom, table) in index.entries for whom in circuit)}
    base: Layer = (dimension, 1, "", "")
    answers: list[list[Layer]] = [[]]
    among, others = f"{dimension}{IN_COMBINATION}", f"{dimension}{AND_OTHERS}"
    if among in present:
        answers = [[(among, 1, "", "")], [(others, -1, "", "")], []]
        yield [[(among, 1, "", ""), (others, 1, "", "")]], False
    choices = []
    for table in sorted(present):
        first, _, second = table.partition(CROSS)
        if second and dimension in (first, second):
            other = second if first == dimension else first
            pairs = [("", f"{CROSS}{name}") if first == dimension else (f"{name}{CROSS}", "") for name in index.groups[other]]
            choices.append([(table, 1, *pair) for pair in pairs])
            for one, two in itertools.combinations(pairs, 2):
                yield [[(table, 1, *one), (table, -1, *two)]], True
    for chosen in itertools.islice(itertools.product(*choices), MOST_VARIANTS):
        yield [[base, *chosen, *answer] for answer in answers], True


def _edges(when: Sequence[Span]) -> NDArray[np.int_]:
    """Return the first months of all periods, and the months after their last ones."""
    return np.array(sorted({edge for span in when if span is not None for edge in (span[0], span[1] + 1)}), dtype=int)


def _changes(when: Sequence[Span], edges: NDArray[np.int_]) -> NDArray[np.int8]:
    """Return for each way to move people between months what changes in each span: 1, -1 or 0. Last: what has no dates."""
    undated = np.array([[span is None for span in when]], dtype=np.int8)
    # People are numbered along time: from the edge `first` up to before `stop`, one more has come.
    ranges = [(i, j) for i in range(1, len(edges)) for j in range(i + 1, len(edges) + 1) if j - i <= APART or j == len(edges)]
    if not ranges:
        return undated
    first, stop = (np.array(ends)[:, None] for ends in zip(*ranges, strict=True))
    start = np.searchsorted(edges, [span[0] if span else edges[0] for span in when])
    after = np.searchsorted(edges, [span[1] + 1 if span else edges[0] for span in when])
    moved = ((after >= first) & (after < stop)).astype(np.int8) - ((start >= first) & (start < stop)).astype(np.int8)
    return np.concatenate([moved, undated])


def _new(rows: Places, changes: NDArray[np.int8], seen: set[bytes]) -> NDArray[np.intp]:
    """Choose the changes that have not been listed yet: two circuits may differ only in months that stay as they are."""
    chosen = []
    name = rows.max(axis=1)
    for number, change in enumerate(changes):
        moved = np.flatnonzero(change)
        moved = moved[np.argsort(name[moved])]
        key = name[moved].tobytes() + change[moved].tobytes()
        if len(moved) and key not in seen:
            seen.add(key)
            chosen.append(number)
    return np.array(chosen, dtype=np.intp)


def _add(halves: Halves, rows: Places, changes: NDArray[np.int8], chosen: NDArray[np.intp], first: int, partner: bool) -> None:
    """Add the halves of all groups for the changes chosen, which are the kinds from number `first` on."""
    changes = changes[chosen]
    kind, row = np.nonzero(changes)
    groups = rows.shape[1]
    order = np.argsort((kind[:, None] * groups + np.arange(groups)).ravel(), kind="stable")
    sizes = np.repeat(np.bincount(kind, minlength=len(chosen)), groups)
    numbers = np.repeat(np.arange(len(chosen)), groups)
    slots = np.tile(np.arange(groups), len(chosen))
    some = sizes > 0
    halves.add(
        rows[row].ravel()[order], np.repeat(changes[kind, row], groups)[order], sizes[some], kinds=numbers[some], slots=slots[some],
        partner=partner, first=first, count=len(chosen),
    )  # fmt: skip
