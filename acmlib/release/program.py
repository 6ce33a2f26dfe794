"""One linear program, changed a little and solved again many times: each solution begins where the last one ended (HiGHS).

Variables are changes: by how much counts differ from the true ones while everything that a reader knows stays true.
"""

from __future__ import annotations

from collections.abc import Iterable

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
#: Further than this nothing is moved.
FAR = 1e6
#: Changes below this are none: the solver's own tolerance is 1e-7.
NOTHING = 1e-6
#: A program of more variables is solved through its inside, until there is a solution from which to go on along its edges: a first
#: solution, or that there is none, takes a tenth to a half of the time then (6,912 variables).
INSIDE = 3000
#: A search of more steps is given up, as if there were nothing to find.
MOST_STEPS = 50_000


class Program:
    """A linear program that stays in the solver.

    Parameters
    ----------
    matrix : sparse array, shape (m, n)
    low, high : arrays of float, shape (m,)
        Limits of each row.
    least, most : arrays of float, shape (n,)
        Limits of each variable.

    Examples
    --------
    >>> program = Program(sparse.csr_array([[1.0, 1.0]]), [0], [0], [-3, -5], [FAR, FAR])
    >>> program.most(np.array([0]), np.array([1.0])).tolist()
    [5.0, -5.0]
    >>> program.limit(np.array([0]), 0, 2)
    >>> program.most(np.array([0]), np.array([1.0])).tolist()
    [2.0, -2.0]
    """

    def __init__(
        self, matrix: sparse.csr_array, low: Iterable[float], high: Iterable[float], least: Iterable[float], most: Iterable[float]
    ):
        rows, self.size = matrix.shape
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.size, rows
        model.col_cost_ = np.zeros(self.size)
        model.col_lower_, model.col_upper_ = np.asarray(least, dtype=float), np.asarray(most, dtype=float)
        model.row_lower_, model.row_upper_ = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)
        model.a_matrix_.value_ = matrix.data.astype(float)
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        options: dict[str, bool | int | str] = {
            "output_flag": False,
            "threads": 1,
            "parallel": "off",
            "random_seed": 1,
            "simplex_iteration_limit": MOST_STEPS,
        }
        for option, value in options.items():
            self._solver.setOptionValue(option, value)
        self._solver.passModel(model)
        self._priced: Places = np.zeros(0, dtype=np.intp)

    def limit(self, which: Places, least: float | Floats, most: float | Floats) -> None:
        """Give some variables other limits."""
        size = len(which)
        if size:
            self._solver.changeColsBounds(size, which.astype(np.int32), np.full(size, least, dtype=float), np.full(size, most, dtype=float))

    def limit_rows(self, which: Places, low: float | Floats, high: float | Floats) -> None:
        """Give some rows other limits."""
        size = len(which)
        if size:
            limits = np.full(size, low, dtype=float), np.full(size, high, dtype=float)
            self._solver.changeRowsBounds(size, which.astype(np.int32), *limits)  # type: ignore[attr-defined]  # missing in its stubs

    def _price(self, which: Places, prices: Floats) -> None:
        self._solver.changeColsCost(len(self._priced), self._priced.astype(np.int32), np.zeros(len(self._priced)))
        self._solver.changeColsCost(len(which), which.astype(np.int32), prices.astype(float))
        self._priced = which

    def most(self, which: Places, weights: Floats) -> Floats | None:
        """Return the values of all variables that make a weighted sum of some as large as can be; None if there are none at all."""
        self._price(which, -weights)
        inside = self.size > INSIDE and not self._solver.getBasis().valid
        self._solver.setOptionValue("solver", "ipm" if inside else "simplex")
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(self._solver.getSolution().col_value)
