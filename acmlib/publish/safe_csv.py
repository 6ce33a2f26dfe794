"""The release as a CSV file whose cells a spreadsheet does not run as formulas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from acmlib.contract.spreadsheets import guarded, unguarded
from acmlib.measures.table import METRIC_COLUMNS


def release_csv(cells: pd.DataFrame) -> str:
    """Return the metric table as CSV: texts guarded, numbers plain, what is hidden empty."""
    table = cells.loc[:, list(METRIC_COLUMNS)]
    texts = {column: table[column].map(guarded) for column in ("metric", "period", "dimension", "group", "status")}
    # With the line ends of RFC 4180 a text that holds one is put in quotes, a lone carriage return too: it begins no row of its own.
    return table.assign(**texts).to_csv(index=False, lineterminator="\r\n")


def read_release(path: Path) -> pd.DataFrame:
    """Read the metric table back as it was released, with every text as it was before it was guarded.

    Returns
    -------
    DataFrame
        Metric table; what is hidden is NaN.
    """
    table = pd.read_csv(path, keep_default_na=False, na_values={column: [""] for column in METRIC_COLUMNS[4:9]}, dtype={"period": str})
    texts = {column: table[column].astype(str).map(unguarded) for column in ("metric", "period", "dimension", "group", "status")}
    return table.assign(**texts)
