"""Somebody who has every public release of a contract and a computer: works out hidden counts by linear programming, and with whole people.

Nothing here is taken from the code that decides what is hidden. The attacker is told more than any reader knows: which numbers count the
same people, and what adds up to what, is read off the true counts.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

#: Who is counted (a number of `Attacker.counts`), in which place, from which month to which.
Number = tuple[int, int, int, int]


def months_of(period: str, first: str, last: str) -> tuple[int, int]:
    """Return the months of a period, counted from the first of the contract."""
    start = pd.Period(first, "M")
    if period == "term":
        return 0, (pd.Period(last, "M") - start).n + 1
    if period.startswith("P"):
        length, end = int(period[1:].split("M")[0]), (pd.Period(period.split("/")[1], "M") - start).n + 1
        return max(end - length, 0), end
    one = pd.Period(period.replace("Q", "-Q") if "Q" in period else period)
    return max((one.asfreq("M", "start") - start).n, 0), min((one.asfreq("M", "end") - start).n, (pd.Period(last, "M") - start).n) + 1


@dataclass
class Attacker:
    """What somebody knows about a contract.

    Parameters
    ----------
    truth : DataFrame
        The whole metric table with months: says what is the same, and afterwards whether a guess is right.
    parted : set of str
        Metrics whose numerator is a part of their denominator.
    first, last : str
        The contract's first and last month.
    minimum : int
        The smallest count that may be shown.
    apart : pairs of dimensions
        A dimension that is made of another one: its groups are sums of those of the other wherever the true counts say so.
    """

    truth: pd.DataFrame
    parted: set[str]
    first: str
    last: str
    minimum: int = 11
    apart: Sequence[tuple[str, str]] = ()
    shown: dict[Number, float] = field(default_factory=dict)
    hidden: dict[Number, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = self.truth[self.truth["period"].str.fullmatch(r"\d{4}-\d{2}")]
        self.places = list(dict.fromkeys(zip(rows["dimension"], rows["group"], strict=True)))
        at = {place: number for number, place in enumerate(self.places)}
        place = np.array([at[key] for key in zip(rows["dimension"], rows["group"], strict=True)])
        month = np.array([months_of(text, self.first, self.last)[0] for text in rows["period"]])
        length = months_of("term", self.first, self.last)[1]
        self.counts: list[np.ndarray] = []
        self.who: dict[tuple[str, str], int] = {}
        for metric in rows["metric"].unique():
            mine = (rows["metric"] == metric).to_numpy()
            open_ = rows.loc[mine, "status"].eq("immature").to_numpy()
            for column in ("numerator", "denominator"):
                counts = np.full((len(self.places), length), np.nan)
                counts[place[mine]] = 0.0
                counts[place[mine], month[mine]] = np.where(open_, np.nan, rows.loc[mine, column].fillna(0.0))
                self.who[metric, column] = self._number(counts)

    def _number(self, counts: np.ndarray) -> int:
        for number, other in enumerate(self.counts):
            if np.array_equal(other, counts, equal_nan=True):
                return number
        self.counts.append(counts)
        return len(self.counts) - 1

    def true(self, number: Number) -> float:
        """Return the true count."""
        who, place, start, after = number
        return float(self.counts[who][place, start:after].sum())

    def read(self, cells: Iterable[tuple]) -> None:
        """Read a release: metric, period, dimension, group, numerator, denominator, status of each cell."""
        for metric, period, dimension, group, numerator, denominator, status in cells:
            if (metric, "numerator") not in self.who:
                continue
            place, span = self.places.index((dimension, group)), months_of(period, self.first, self.last)
            for column, number in (("numerator", numerator), ("denominator", denominator)):
                key = (self.who[metric, column], place, *span)
                true = self.true(key)
                if column == "denominator" and metric not in self.parted:
                    continue
                if status == "hidden":
                    self.hidden.setdefault(key, true)
                elif number is not None and number == number and abs(number - true) < 1e-6:  # what was corrected is not the same number
                    self.shown[key] = true
            if metric in self.parted and status == "hidden":
                part, whole = ((self.who[metric, one], place, *span) for one in ("numerator", "denominator"))
                self.rests.append((whole, part))

    @property
    def rests(self) -> list[tuple[Number, Number]]:
        """Those in a hidden denominator and not in its numerator."""
        return self.__dict__.setdefault("_rests", [])

    def targets(self) -> list[tuple[Number, Number | None]]:
        """Return the small counts that were hidden, and small differences of parts and wholes."""
        small = [(key, None) for key, value in self.hidden.items() if 0 < value < self.minimum and key not in self.shown]
        rests = [pair for pair in dict.fromkeys(self.rests) if 0 < self.true(pair[0]) - self.true(pair[1]) < self.minimum]
        return [*small, *rests]

    def recovered(self, *, whole: bool = False) -> tuple[int, list[str]]:
        """Return how many small counts were hidden, and those of which only one value is possible; to who counts whole people, if asked."""
        targets = self.targets()
        if not targets:
            return 0, []
        edges = sorted({edge for numbers in (self.shown, self.hidden) for *_, start, after in numbers for edge in (start, after)})
        atoms = list(itertools.pairwise(edges))
        truth = np.array([[self.counts[who][:, a:b].sum(axis=1) for a, b in atoms] for who in range(len(self.counts))]).transpose(0, 2, 1)
        known, index = ~np.isnan(truth), np.arange(truth.size).reshape(truth.shape)
        rows: list[dict[int, float]] = [*self._sums(truth, known, index)]

        def adding(number: Number, sign: float = 1.0) -> dict[int, float]:
            who, place, start, after = number
            return {int(index[who, place, at]): sign for at, (a, b) in enumerate(atoms) if start <= a and b <= after}

        rows += [adding(number) for number in self.shown]
        least = [adding(whole_) | adding(part, -1.0) for whole_, part in self._parts(atoms) if whole_ != part]
        picks = [adding(one) | ({} if other is None else adding(other, -1.0)) for one, other in targets]
        solution = np.nan_to_num(truth).ravel()
        matrices = [_matrix(one, truth.size) for one in (rows, least, picks)]
        search = _whole if whole else _fractions
        return len(targets), [str((self.places[targets[at][0][1]], targets[at])) for at in search(*matrices, solution)]

    def _parts(self, atoms: Sequence[tuple[int, int]]) -> Iterable[tuple[Number, Number]]:
        for metric in self.parted:
            whole, part = self.who[metric, "denominator"], self.who[metric, "numerator"]
            for place, (a, b) in itertools.product(range(len(self.places)), atoms):
                if not np.isnan(self.counts[whole][place, a:b].sum() + self.counts[part][place, a:b].sum()):
                    yield (whole, place, a, b), (part, place, a, b)

    def _sums(self, truth: np.ndarray, known: np.ndarray, index: np.ndarray) -> Iterable[dict[int, float]]:
        """Yield what adds up: groups of a dimension to everybody, groups to merged ones."""
        by = {
            name: [at for at, (one, _) in enumerate(self.places) if one == name] for name in dict.fromkeys(name for name, _ in self.places)
        }
        everybody = by["all"][0]
        sums = [(everybody, groups) for name, groups in by.items() if name != "all"]
        for fine, coarse in self.apart:
            for whole in by[coarse]:
                for size in range(2, len(by[fine])):
                    sums += [(whole, list(parts)) for parts in itertools.combinations(by[fine], size)
                             if np.allclose(truth[:, parts].sum(axis=1), truth[:, whole], equal_nan=True)]  # fmt: skip
        for (whole, parts), who, at in itertools.product(sums, range(truth.shape[0]), range(truth.shape[2])):
            if known[who, [whole, *parts], at].all() and truth[who, parts, at].sum() == truth[who, whole, at]:
                yield {int(index[who, whole, at]): 1.0} | {int(index[who, part, at]): -1.0 for part in parts}


def _matrix(rows: Sequence[dict[int, float]], width: int) -> sparse.csr_array:
    columns = [at for row in rows for at in row]
    values = [value for row in rows for value in row.values()]
    return sparse.csr_array((values, columns, np.cumsum([0, *map(len, rows)])), shape=(len(rows), width))


def _fractions(equal: sparse.csr_array, least: sparse.csr_array, pick: sparse.csr_array, solution: np.ndarray) -> list[int]:
    """Return the targets of which only one value is possible, fractions of people included."""
    limits = {"A_eq": equal, "b_eq": equal @ solution, "A_ub": -least, "b_ub": np.zeros(least.shape[0]), "bounds": (0, 1e4)}
    low = high = pick @ solution
    draw = np.random.default_rng(7)
    for _ in range(8):
        open_ = high - low < 1 - 1e-6
        if not open_.any():
            return []
        found = linprog(pick[open_].T @ draw.choice([-1.0, 1.0], int(open_.sum())), method="highs", **limits)
        assert found.success, "what is shown contradicts itself"
        low, high = np.minimum(low, pick @ found.x), np.maximum(high, pick @ found.x)
    for row in np.flatnonzero(high - low < 1 - 1e-6):
        for sign in (1, -1):
            found = linprog(sign * pick[[row]].toarray().ravel(), method="highs", **limits)
            low, high = np.minimum(low, pick @ found.x), np.maximum(high, pick @ found.x)
    return [int(row) for row in np.flatnonzero(high - low < 1 - 1e-6)]


def _whole(equal: sparse.csr_array, least: sparse.csr_array, pick: sparse.csr_array, solution: np.ndarray) -> list[int]:
    """Return the targets of which only one value is possible to who knows that there are no fractions of people."""
    right = equal @ solution
    known = [LinearConstraint(equal, right, right), *([LinearConstraint(least, 0, np.inf)] if least.shape[0] else [])]
    left, found, true = dict.fromkeys(range(pick.shape[0])), [], pick @ solution
    draw = np.random.default_rng(11)
    for _ in range(8):  # where a linear program ends with whole people, it has found others who could be there
        signs = draw.choice([-1.0, 1.0], pick.shape[0])
        answer = linprog(
            pick.T @ signs, A_eq=equal, b_eq=right, A_ub=-least, b_ub=np.zeros(least.shape[0]), bounds=(0, 1e4), method="highs"
        )
        if answer.x is not None and np.abs(answer.x - np.round(answer.x)).max() < 1e-6:
            left = {one: None for one in left if abs(pick[[one]] @ answer.x - true[one]).item() < 0.5}
    while left:
        target = next(iter(left))
        for low, high in ((true[target] + 1, np.inf), (-np.inf, true[target] - 1)):
            other = LinearConstraint(pick[[target]], low, high)
            answer = milp(np.zeros(len(solution)), constraints=[*known, other], integrality=1, bounds=Bounds(0, 1e4))
            if answer.x is not None:
                moved = np.abs(pick @ answer.x - true) > 0.5
                left = {one: None for one in left if not moved[one]}
                break
        else:
            found.append(target)
            del left[target]
    return found


def brought_back(cells: pd.DataFrame, truth: pd.DataFrame, minimum: int, other: str) -> list[str]:
    """Return the groups of fewer people than a minimum that somebody can work out who subtracts within one page.

    Parameters
    ----------
    cells : DataFrame
        What the page shows: metric table, small groups put together as `other`.
    truth : DataFrame
        The same cells with true numbers and all groups.
    minimum : int
    other : str
    """
    found = []
    for (metric, period), true in truth.groupby(["metric", "period"]):
        own = cells[cells["metric"].eq(metric) & cells["period"].eq(period) & cells["status"].isin(["shown", "unreliable", "no data"])]
        for column in ("denominator", "numerator"):
            people = true[true["dimension"].ne("all")].set_index(["dimension", "group"])[column].fillna(0.0)
            if column == "numerator" and true["denominator"].notna().any():
                continue
            names = list(people.index)
            total = float(true.loc[true["dimension"].eq("all"), column].sum())
            said = own[own["dimension"].ne("all")].set_index(["dimension", "group"])[column].fillna(0.0)
            rows = _page_rows(names, people, said, total, other)
            matrix = np.array([[row.get(name, 0.0) for name in names] for row in rows]).reshape(len(rows), len(names))
            for at, name in enumerate(names):
                unit = np.eye(len(names))[at]
                way = np.linalg.lstsq(matrix.T, unit, rcond=None)[0] if len(rows) else np.zeros(0)
                if 0 < people[name] < minimum and np.abs(matrix.T @ way - unit).max() < 1e-6:
                    found.append(f"{metric} {period} {name}: {people[name]:.0f}")
    return found


def _page_rows(names: list, people: pd.Series, said: pd.Series, total: float, other: str) -> list[dict]:
    """Return what a page says as sums of groups: groups themselves, groups put together, everybody, margins of pairs."""
    rows: list[dict] = [{name: 1.0} for name in names if name in said.index]
    for dimension in dict.fromkeys(name for name, _ in names):
        groups = [name for name in names if name[0] == dimension]
        if "(" not in dimension and people[groups].sum() == total:
            rows.append(dict.fromkeys(groups, 1.0))
        if (dimension, other) in said.index:
            rows.append({name: 1.0 for name in groups if name not in said.index})
        for side, one in enumerate(dimension.split(" x ") if " x " in dimension else ()):
            for group in [group for name, group in names if name == one]:
                pairs = [name for name in groups if name[1].split(" x ")[side] == group]
                if people[pairs].sum() == people[one, group]:
                    rows.append({**dict.fromkeys(pairs, 1.0), (one, group): -1.0})
    return rows


def given_away_in_combination(cells: Iterable[tuple], minimum: int, ending: str) -> list[str]:
    """Return the small counts of people in a group in combination only: the group in combination or alone, less the group alone.

    Parameters
    ----------
    cells : iterable of tuple
        metric, period, dimension, group, numerator, denominator, status of each cell shown or hidden.
    minimum : int
    ending : str
        What the name of a dimension ends with that counts people in more than one group.
    """
    told = {tuple(row[:4]): row[4:6] for row in cells if row[6] != "hidden"}
    found = []
    for (metric, period, dimension, group), pair in told.items():
        alone = told.get((metric, period, dimension.removesuffix(ending), group))
        if dimension.endswith(ending) and alone is not None:
            less = [more - one for more, one in zip(pair, alone, strict=True) if more == more and one == one and None not in (more, one)]
            found += [f"{metric} {period} {group}: {one:.0f}" for one in less if 0 < one < minimum]
    return found
