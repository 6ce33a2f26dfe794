"""Rows of frames as mappings, as every figure, sentence and section reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import pandas as pd

#: A row of a frame, whatever its keys are typed as.
Row: TypeAlias = Mapping[Any, Any]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as mappings."""
    names = [str(name) for name in frame.columns]
    columns = [column.tolist() for _, column in frame.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def number(row: Row, name: str) -> float | None:
    """Return a number of a row, None where there is none."""
    value = row.get(name)
    return None if value is None or value is pd.NA or value != value else float(value)


def is_comparator(row: Row) -> bool:
    """Return whether this row is the group that the others are compared with."""
    return str(row.get("basis", "group")) in ("best", "group") and str(row.get("comparator")) == str(row["group"])
