"""Goldens: numbers that others computed, in ``tests/data/golden``, and how we compare with them.

A test reads a folder, computes the same rows, and says ``compare(...).check()``. Every comparison is remembered,
so that the end of a run shows how many values were compared and how many were missed (`summary`).

    expected = read(shared, "a1", "expected.csv")
    got = ...                                    # one number (or text) a row of expected
    compare("a1", expected, got).check()
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

#: Closeness asked for where a row states no precision of its own (`abs_tol`).
TOLERANCE = 1e-9

#: What this run has compared so far, in order.
COMPARISONS: list[Comparison] = []


@dataclass(frozen=True)
class Comparison:
    """What one comparison found."""

    folder: str
    compared: int
    misses: pd.DataFrame

    @property
    def missed(self) -> int:
        """How many values were not met."""
        return len(self.misses)

    def __str__(self) -> str:
        return f"golden {self.folder}: {self.compared} values compared, {self.missed} missed"

    def check(self) -> None:
        """Fail, showing the rows missed; an empty comparison proves nothing and fails too."""
        assert self.compared, f"{self}: nothing was compared"
        assert not self.missed, f"{self}\n{self.misses.head(20).to_string()}"


def folder(shared: Path, name: str) -> Path:
    """Return the golden folder that starts with `name` (``a1``)."""
    (found,) = (shared / "golden").glob(f"{name}_*")
    return found


def read(shared: Path, name: str, file: str = "expected.csv") -> pd.DataFrame:
    """Read one file of a golden folder; rows that their own makers got wrong (`trust` other than ok) are left out."""
    rows = pd.read_csv(folder(shared, name) / file)
    if "trust" in rows:
        rows = rows[rows["trust"].fillna("ok") == "ok"].reset_index(drop=True)
    return rows


def compare(
    folder: str, expected: pd.DataFrame, got: Iterable[object], tol: float | Iterable[float] | None = None, *, value: str = "value"
) -> Comparison:
    """Compare `got` with the column `value` of `expected`, row by row, and remember the result.

    Numbers are equal within `tol`: one for all, one a row, or (None) the row's `abs_tol` where it is larger than 1e-9, else 1e-9.
    NaN equals NaN and nothing else; text equals the same text.
    """
    got = pd.Series(list(got), index=expected.index)
    assert len(got) == len(expected), f"{folder}: {len(got)} values for {len(expected)} rows"
    wanted = expected[value]
    if pd.api.types.is_numeric_dtype(wanted):
        if tol is None:
            own = expected["abs_tol"].fillna(0) if "abs_tol" in expected else 0
            tol = np.maximum(own, TOLERANCE)
        met = np.isclose(got.astype(float), wanted.astype(float), rtol=0, atol=tol, equal_nan=True)
    else:
        met = got.fillna("").astype(str) == wanted.fillna("").astype(str)
    found = Comparison(folder, len(expected), expected.assign(got=got)[~np.asarray(met, dtype=bool)])
    COMPARISONS.append(found)
    return found


def summary() -> list[str]:
    """One line a folder: values compared and missed in this run."""
    lines = []
    for name in sorted({done.folder for done in COMPARISONS}):
        those = [done for done in COMPARISONS if done.folder == name]
        lines.append(f"golden {name}: {sum(done.compared for done in those)} values compared, {sum(done.missed for done in those)} missed")
    return lines
