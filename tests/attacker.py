"""Somebody who has every release of a contract and a computer: works out hidden counts by linear programming, and with whole people only.

Nothing here is taken from the code that decides what is hidden. The attacker is told more than any reader knows: which cohorts are the same
people is read off the true counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

#: A cohort, or a part of one, in one group: its months are unknowns.
Line = tuple[int, str, str]


@dataclass
class Attacker:
    """What somebody knows about a contract, all its dimensions and their pairs together.

    Parameters
    ----------
    truth : DataFrame
        The whole metric table: says which months there are, which cohorts are the same, and afterwards whether a guess is right.
    parted : set of str
        Metrics whose numerator is a part of their denominator.
    dimensions : sequence of str
        Pairs included; other cells are not read.
    minimum : int
        The smallest count that may be shown.
    """

    truth: pd.DataFrame
    parted: set[str]
    dimensions: Sequence[str]
    minimum: int = 11
    _lines: dict[Line, int] = field(default_factory=dict)
    _rows: dict[tuple[Line, int, int], float] = field(default_factory=dict)
    _hidden: dict[tuple[Line, int, int], float] = field(default_factory=dict)
    #: What codes say: how often each line counts, and what the sum is not less than.
    _codes: list[tuple[dict[tuple[Line, int, int], float], float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows = self.truth[self.truth["period"].str.fullmatch(r"\d{4}-\d{2}") & self.truth["dimension"].isin(["all", *self.dimensions])]
        texts = sorted(rows["period"].unique())
        self.months = {text: at for at, text in enumerate(texts)}
        self.start = int(texts[0][:4]) * 12 + int(texts[0][5:]) - 1
        self.places = list(dict.fromkeys(zip(rows["dimension"], rows["group"], strict=True)))
        place = {key: at for at, key in enumerate(self.places)}
        at = (
            [place[key] for key in zip(rows["dimension"], rows["group"], strict=True)],
            [self.months[text] for text in rows["period"]],
        )
        self.counts: list[np.ndarray] = []
        self.cohort: dict[tuple[str, str], int] = {}
        for metric in rows["metric"].unique():
            mine = rows["metric"].eq(metric).to_numpy()
            where = (np.array(at[0])[mine], np.array(at[1])[mine])
            open_ = rows.loc[mine, "status"].eq("immature").to_numpy()
            columns = {}
            for column in ("numerator", "denominator"):
                columns[column] = np.zeros((len(place), len(texts)))
                columns[column][where] = np.where(open_, np.nan, rows.loc[mine, column].fillna(0.0))
            columns["rest"] = columns["denominator"] - columns["numerator"]
            for column, counts in columns.items():
                if np.nansum(counts) and (column != "rest" or metric in self.parted):
                    self.cohort[metric, column] = self._same(counts)

    def _same(self, counts: np.ndarray) -> int:
        """Return the number of a cohort, one that is known already if it is the same people everywhere."""
        for number, other in enumerate(self.counts):
            if np.nansum(np.abs(other - counts)) == 0 and (np.isnan(counts) == np.isnan(other)).all():
                return number
        self.counts.append(counts)
        return len(self.counts) - 1

    def read(self, cells: pd.DataFrame, minimum: int | None = None) -> None:
        """Read a release: columns first and last are the months of each cell, as numbers; its threshold if it is another one."""
        mine = cells[cells["dimension"].isin(["all", *self.dimensions]) & cells["first"].notna()]
        for cell in mine.itertuples(index=False):
            first, after = int(cell.first) - self.start, int(cell.last) + 1 - self.start
            shown = {"numerator": cell.numerator, "denominator": cell.denominator, "rest": cell.denominator - cell.numerator}
            for column, number in shown.items():
                cohort = self.cohort.get((cell.metric, column))
                if cohort is None:
                    continue
                line = (cohort, cell.dimension, cell.group)
                true = self.counts[cohort][self.places.index((cell.dimension, cell.group)), max(first, 0) : after].sum()
                if cell.status == "hidden" and true == true:
                    self._hidden[line, max(first, 0), after] = true
                elif number == number and abs(number - true) < 1e-6:  # what was corrected since is not the same number
                    self._rows[line, max(first, 0), after] = number
            plain = cell.dimension != "all" and " x " not in cell.dimension and "combination" not in cell.dimension
            if cell.status == "hidden" and hasattr(cell, "share_code") and cell.metric in self.parted and plain:
                self._decode(cell, max(first, 0), after, minimum or self.minimum)

    def _decode(self, cell: tuple, first: int, after: int, minimum: int) -> None:
        """Note what the code of a hidden share says, or that it has none; how wide it would be is known from how many there are."""
        place = self.places.index((cell.dimension, cell.group))
        met, people = (self.cohort.get((cell.metric, column)) for column in ("numerator", "denominator"))
        if met is None or people is None:
            return
        line = {part: ((cohort, cell.dimension, cell.group), first, after) for part, cohort in (("met", met), ("people", people))}
        number = self.counts[people][place, first:after].sum()
        room = max(minimum - 1, 2)
        fits = {width: -(-100 * room // width) for width in (50, 40, 30, 25, 20, 10, 5)}  # people it takes
        width = min((one for one, least in fits.items() if number >= least), default=None)
        if width is None:
            self._codes.append(({line["people"]: -1.0}, 1.0 - fits[50]))
            assert cell.share_code == "", "a code in which not all fits that must be possible"
            return
        self._codes.append(({line["people"]: 1.0}, fits[width]))
        if width > 5:
            self._codes.append(({line["people"]: -1.0}, 1.0 - fits[max(one for one in fits if one < width)]))
        below, above = {line["met"]: -100.0, line["people"]: width}, {line["met"]: 100.0, line["people"]: width - 100.0}
        assert cell.share_code in ("", f"<={width}%", f">={100 - width}%")
        if cell.share_code:
            self._codes.append((below if cell.share_code.startswith("<") else above, 0.0))
        else:  # shares beyond the width differ from it by five hundredths of a person at least
            self._codes += [({row: -one for row, one in side.items()}, 5.0) for side in (below, above)]

    def recovered(self) -> tuple[int, list[tuple[str, ...]]]:
        """Return how many small counts were hidden, and those of which only one value is possible."""
        targets = self._targets()
        if not targets:
            return 0, []
        low, high = self._search(self._system(), targets)
        found = [key for key, least, most in zip(targets, low, high, strict=True) if most - least < 1 - 1e-6]
        return len(targets), [(str(key), str(self._hidden[key])) for key in found]

    def recovered_of_whole_people(self) -> list[tuple[str, ...]]:
        """Return the small hidden counts of which only one value is possible to who knows that there are no fractions of people."""
        targets = self._targets()
        matrix, right, solution = self._system()
        known, pick = [LinearConstraint(matrix, right, right)], self._pick(targets, len(solution))
        said, least_said = self._said(len(solution))
        if said.shape[0]:
            known.append(LinearConstraint(said, least_said, np.inf))
        left = dict.fromkeys(range(len(targets)))
        found = []
        while left:
            target = next(iter(left))
            true = self._hidden[targets[target]]
            for least, most in ((true + 1, np.inf), (0, true - 1)):
                other = LinearConstraint(pick[[target]], least, most)
                answer = milp(np.zeros(len(solution)), constraints=[*known, other], integrality=1, bounds=Bounds(0, 1e4))
                if answer.x is not None:
                    moved = np.abs(pick @ (answer.x - solution)) > 0.5
                    left = {one: None for one in left if not moved[one]}
                    break
                assert answer.status == 2, answer.message
            else:
                found.append((str(targets[target]), str(true)))
                del left[target]
        return found

    def _targets(self) -> list[tuple[Line, int, int]]:
        return [key for key, value in self._hidden.items() if 0 < value < self.minimum and key not in self._rows]

    def _system(self) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
        """Return the equations of what is known, and the true counts, which solve them."""
        cohorts, months = len(self.counts), len(self.months)
        truth = np.array(self.counts)
        known = ~np.isnan(truth)
        number = np.arange(truth.size).reshape(truth.shape)
        rows: list[list[tuple[int, float]]] = []
        for (metric, column), part in self.cohort.items():
            whole, rest = self.cohort.get((metric, "denominator")), self.cohort.get((metric, "rest"))
            if column == "numerator" and rest is not None and whole is not None:
                good = (known[whole] & known[part] & known[rest]).ravel()
                triples = zip(number[whole].ravel()[good], number[part].ravel()[good], number[rest].ravel()[good], strict=True)
                rows += [[(a, 1.0), (b, -1.0), (c, -1.0)] for a, b, c in triples]
        for whole_place, parts in self._sums():
            for cohort in range(cohorts):
                for month in range(months):
                    if (
                        known[cohort, [whole_place, *parts], month].all()
                        and truth[cohort, parts, month].sum() == truth[cohort, whole_place, month]
                    ):
                        rows.append([(number[cohort, whole_place, month], 1.0), *((number[cohort, at, month], -1.0) for at in parts)])
        for (cohort, dimension, group), first, after in self._rows:
            at = self.places.index((dimension, group))
            rows.append([(one, 1.0) for one in number[cohort, at, first:after]])
        columns = [at for row in rows for at, _ in row]
        values = [value for row in rows for _, value in row]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
        matrix = sparse.csr_array((values, columns, starts), shape=(len(rows), truth.size))
        solution = np.nan_to_num(truth).ravel()
        return matrix, matrix @ solution, solution

    def _said(self, size: int) -> tuple[sparse.csr_array, np.ndarray]:
        """Return what codes say as inequalities: each row times the counts is not less than a number."""
        said = [sum(times * self._pick([line], size) for line, times in sides.items()) for sides, _ in self._codes]
        matrix = sparse.csr_array(sparse.vstack(said)) if said else sparse.csr_array((0, size))
        return matrix, np.array([least for _, least in self._codes])

    def _sums(self) -> list[tuple[int, list[int]]]:
        """Return which places are made of which others: everybody of the groups of a dimension, a group of its pairs."""
        place = {key: at for at, key in enumerate(self.places)}
        found = []
        for dimension in self.dimensions:
            mine = [at for (name, _), at in place.items() if name == dimension]
            if " x " not in dimension:
                found.append((place["all", "All participants"], mine))
                continue
            for side, name in enumerate(dimension.split(" x ")):
                for (one, group), at in place.items():
                    if one == name:
                        found.append((at, [pair for pair in mine if self.places[pair][1].split(" x ")[side] == group]))
        return [(whole, parts) for whole, parts in found if parts]

    def _search(
        self, system: tuple[sparse.csr_array, np.ndarray, np.ndarray], targets: Sequence[tuple[Line, int, int]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and highest value found for each target; exact where they are less than one apart."""
        matrix, right, solution = system
        said, least_said = self._said(len(solution))
        assert (said @ solution >= least_said - 1e-6).all(), "what is said of hidden shares is not true"
        pick = self._pick(targets, len(solution))
        low, high = pick @ solution, pick @ solution
        limits = {"A_eq": matrix, "b_eq": right, "A_ub": -said, "b_ub": -least_said, "bounds": (0, 1e4), "method": "highs"}
        draw = np.random.default_rng(7)
        for _ in range(12):
            open_ = high - low < 1 - 1e-6
            if not open_.any():
                return low, high
            wanted = pick[open_].T @ draw.choice([-1.0, 1.0], int(open_.sum()))
            found = linprog(wanted, **limits)
            assert found.success, "what is shown contradicts itself"
            low, high = np.minimum(low, pick @ found.x), np.maximum(high, pick @ found.x)
        for row in np.flatnonzero(high - low < 1 - 1e-6):
            for sign in (1, -1):
                found = linprog(sign * pick[[row]].toarray().ravel(), **limits)
                low, high = np.minimum(low, pick @ found.x), np.maximum(high, pick @ found.x)
        return low, high

    def _pick(self, targets: Sequence[tuple[Line, int, int]], size: int) -> sparse.csr_array:
        """Return the matrix that adds up the months of each target."""
        pick, months = sparse.lil_array((len(targets), size)), len(self.months)
        for row, ((cohort, dimension, group), first, after) in enumerate(targets):
            start = (cohort * len(self.places) + self.places.index((dimension, group))) * months
            pick[row, start + first : start + after] = 1.0
        return pick.tocsr()
