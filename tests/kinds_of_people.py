"""Somebody who thinks of every kind of person there could be: the unknowns are how many people each kind has.

A kind is a site with its region, a race, what was reached, and a stretch of months. Whatever a page prints as a number of people is a sum
of kinds, so that nothing has to be known of metrics, cohorts, parts or wholes. Nothing here is taken from the product.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from attacker import months_of
from scipy.optimize import linprog

#: Which of all kinds a number counts.
Mask = Callable[[pd.DataFrame], pd.Series]


@dataclass
class TypeAttacker:
    """What somebody knows who reads pages.

    Parameters
    ----------
    people : DataFrame
        Everybody: a column for each dimension, each condition, and ``month`` from the first of the contract.
    together : sequence of sequences of str
        Columns of which readers know which values go together: which site is in which region.
    counts : mapping
        Metric to who is in its numerator and in its denominator (None where there is no such number).
    first, last : str
        The contract's first and last month.
    """

    people: pd.DataFrame
    together: Sequence[Sequence[str]]
    counts: Mapping[str, tuple[Mask | None, Mask | None]]
    first: str
    last: str
    shown: dict[tuple[str, str, str, str, str], float] = field(default_factory=dict)

    def read(self, cells: pd.DataFrame, names: Mapping[str, str] | None = None, other: str = "") -> None:
        """Read a metric table as it is printed; `names` says what its metrics are called here, `other` what small groups together are."""
        self.other = other
        for row in cells[cells["metric"].isin([*self.counts, *(names or {})])].itertuples():
            metric = (names or {}).get(row.metric, row.metric)
            for column, number, of in zip(("numerator", "denominator"), (row.numerator, row.denominator), self.counts[metric], strict=True):
                if of is not None and number == number:
                    self.shown[metric, column, row.period, row.dimension, row.group] = number

    def kinds(self, spans: Sequence[tuple[int, int]]) -> pd.DataFrame:
        """Return every kind of person that there could be, with how many there are, as `n`."""
        edges = sorted({edge for span in spans for edge in span})
        stretch = pd.cut(self.people["month"], [*(edge - 0.5 for edge in edges)], labels=edges[:-1]).astype(float)
        people = self.people.assign(month=stretch)[self.people["month"].between(edges[0], edges[-1] - 1)]
        blocks = [list(people[list(names)].drop_duplicates().itertuples(index=False, name=None)) for names in self.together]
        blocks.append([(float(edge),) for edge in edges[:-1]])
        columns = [*itertools.chain.from_iterable(self.together), "month"]
        kinds = pd.DataFrame([sum(one, ()) for one in itertools.product(*blocks)], columns=columns)
        there = people.groupby(columns, dropna=False).size().rename("n").reset_index()
        return kinds.merge(there, on=columns, how="left").fillna({"n": 0.0})

    def row(self, kinds: pd.DataFrame, key: tuple[str, str, str, str, str]) -> np.ndarray:
        """Return which kinds a number counts."""
        metric, column, period, dimension, group = key
        first, after = months_of(period, self.first, self.last)
        of = self.counts[metric][column == "denominator"]
        assert of is not None
        inside = of(kinds) & kinds["month"].ge(first) & kinds["month"].lt(after)
        if group == self.other and dimension != "all":
            told = {one[4] for one in self.shown if (one[0], *one[2:4]) == (metric, period, dimension)}
            return (inside & ~kinds[dimension].isin(told)).to_numpy(dtype=float)
        return (inside & (kinds[dimension].eq(group) if dimension != "all" else True)).to_numpy(dtype=float)

    def intervals(self, secrets: Mapping[str, tuple[str, str, str, str, str]]) -> dict[str, tuple[float, float, float]]:
        """Return of each secret number the smallest and the largest value that agrees with all that was read, and the true one."""
        spans = [months_of(key[2], self.first, self.last) for key in (*self.shown, *secrets.values())]
        kinds = self.kinds(spans)
        told = np.array([self.row(kinds, key) for key in self.shown])
        right = np.array(list(self.shown.values()))
        truth = kinds["n"].to_numpy()
        own = np.abs(told @ truth - right) < 1e-6  # what was corrected since is not the same number
        told, right = told[own], right[own]
        rows = {name: self.row(kinds, key) for name, key in secrets.items()}
        found = {name: [float(row @ truth)] * 2 for name, row in rows.items()}
        draw = np.random.default_rng(5)
        wanted = list(rows)
        for turn in itertools.count():
            wanted = [name for name in wanted if found[name][1] - found[name][0] < 2 - 1e-6 or turn < 0]
            if turn == 4 or not wanted:
                break
            self._try(sum(draw.choice([-1.0, 1.0]) * rows[name] for name in wanted), told, right, rows, found)
        for name in wanted:
            for sign in (1.0, -1.0):
                self._try(sign * rows[name], told, right, rows, found)
        return {name: (low, high, float(rows[name] @ truth)) for name, (low, high) in found.items()}

    @staticmethod
    def _try(aim: np.ndarray, told: np.ndarray, right: np.ndarray, rows: Mapping[str, np.ndarray], found: dict[str, list[float]]) -> None:
        answer = linprog(aim, A_eq=told, b_eq=right, bounds=(0, 1e4), method="highs")
        assert answer.x is not None, "what is shown contradicts itself"
        for name, row in rows.items():
            value = float(row @ answer.x)
            found[name] = [min(found[name][0], value), max(found[name][1], value)]

    def most(self, key: tuple[str, str, str, str, str]) -> float:
        """Return the largest value of a number that agrees with all that was read."""
        kinds = self.kinds([months_of(one[2], self.first, self.last) for one in (*self.shown, key)])
        told = np.array([self.row(kinds, one) for one in self.shown])
        row = self.row(kinds, key)
        answer = linprog(-row, A_eq=told, b_eq=told @ kinds["n"].to_numpy(), bounds=(0, 1e4), method="highs")
        return float(row @ answer.x)
