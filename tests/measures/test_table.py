"""What is and what is not a metric table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from acmlib.measures.table import METRIC_COLUMNS, check_metric_table, empty_metric_table, metric_rows


def table(**changes: object) -> pd.DataFrame:
    row = {
        "metric": "placed", "period": "2026-05", "dimension": "all", "group": "All participants", "numerator": 4.0, "denominator": 10.0,
        "value": 0.4, "low": 0.17, "high": 0.69, "status": "shown",
    }  # fmt: skip
    return metric_rows([{name: np.array([value]) for name, value in (row | changes).items()}])


def test_columns_have_their_order_and_types_even_without_rows() -> None:
    for made in (table(), empty_metric_table(), metric_rows([])):
        assert tuple(made.columns) == METRIC_COLUMNS
        assert [str(made[name].dtype) for name in ("metric", "value", "status")] == ["str", "float64", "str"]
        check_metric_table(made)


def test_further_columns_are_welcome() -> None:
    check_metric_table(table().assign(outcome_gap=-0.2))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: table().rename(columns={"group": "groups"}), "columns are metric, period, dimension, groups"),
        (lambda: table().assign(value="0.4"), "column value is of type"),
        (lambda: table(value=np.inf), "column value is infinite for placed, 2026-05, all, All participants; use NaN"),
        (lambda: table(status="secret"), "is 'secret'; use shown, hidden, unreliable, immature, no data"),
        (lambda: table(status="hidden"), "is 'hidden' and has a value; use NaN"),
        (lambda: pd.concat([table(), table()]), "stands there twice; use one row"),
    ],
)
def test_what_is_no_metric_table_is_refused_by_name_and_place(wrong: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"disparities: .*{message}"):
        check_metric_table(wrong(), place="disparities")  # type: ignore[operator]
