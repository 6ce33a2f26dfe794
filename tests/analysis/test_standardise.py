"""Standardisation promises: the expected number that a reference would have given, with an interval."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from goldens import compare, read
from hypothesis import given, settings
from hypothesis import strategies as st

from acmlib.analysis.benchmarks import indirect

LEVELS = {"95": 0.95, "99_8": 0.998}
strata = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 500), st.integers(0, 50), st.integers(1, 500)), min_size=1, max_size=8)


def golden_value(row: pd.Series, area: pd.DataFrame) -> float:
    level = LEVELS[row["quantity"].removeprefix("lower").removeprefix("upper")] if row["quantity"][:5] in ("lower", "upper") else 0.95
    reference_rate = area["refcount"].sum() / area["refpop"].sum() if row["method"].startswith("isr") else 1
    per = row["multiplier"] * reference_rate
    found = indirect(area["count"], area["pop"], area["refcount"], area["refpop"], per=per, level=level)
    field = {"isr": "value", "smr": "value", "lower": "low", "upper": "high"}
    return float(getattr(found, field.get(row["quantity"][:5], field.get(row["quantity"], row["quantity"]))))


def test_standardised_rates_of_public_health_england(shared: Path) -> None:
    given, expected = read(shared, "b2", "input.csv"), read(shared, "b2")
    expected = expected[expected["method"] != "dsr_dobson"].reset_index(drop=True)  # direct standardisation is on no page of ours
    given["count"] = given["count"].fillna(0)  # strata without events are left blank there
    got = [golden_value(row, given[given["area"] == row["area"]]) for _, row in expected.iterrows()]
    compare("b2", expected, got).check()


def test_worked_by_hand() -> None:
    found = indirect([10, 5], [100, 50], [10, 40], [100, 100])
    assert (found.observed, found.expected, found.value) == (15, 30, 0.5)


def test_none_expected_is_not_available_rather_than_infinite() -> None:
    assert np.isnan(indirect([0], [10], [0], [100]).value)
    assert np.isnan(indirect([3], [10], [0], [100]).high)


@settings(deadline=None, max_examples=50)
@given(strata)
def test_the_reference_against_itself_is_one(rows: list[tuple[int, int, int, int]]) -> None:
    x, n = [row[0] for row in rows], [row[1] for row in rows]
    found = indirect(x, n, x, n)
    assert found.expected == pytest.approx(sum(x))
    if sum(x):
        assert found.value == pytest.approx(1)
        assert found.low <= 1 <= found.high


@settings(deadline=None, max_examples=50)
@given(strata, st.randoms())
def test_the_order_of_strata_changes_nothing(rows: list[tuple[int, int, int, int]], shuffle: object) -> None:
    mixed = list(rows)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    there, back = (indirect(*(list(column) for column in zip(*some, strict=True))) for some in (rows, mixed))
    assert there == pytest.approx(back, nan_ok=True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: indirect([1], [10], [5], [0]), "indirect: stratum 0 has no reference rate"),
        (lambda: indirect([1], pd.Series({"14-15": np.nan}), [5], [9]), "indirect: stratum 14-15 has no reference rate or no count"),
        (lambda: indirect([-1], [10], [5], [9]), "indirect: observed at 0 is -1"),
    ],
)
def test_a_stratum_without_numbers_is_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
