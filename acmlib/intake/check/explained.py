"""The first rows of a metric as they are counted: for the analyst who wrote the expressions, on the console alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from acmlib.contract.consistency import METRIC_EXPRESSIONS
from acmlib.contract.errors import ContractError, choose
from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract
from acmlib.intake.connection import quoted
from acmlib.intake.read.files import FILE_COLUMN, ROW_COLUMN

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: Rows that are shown.
FIRST = 5


def explained_rows(tables: Tables, contract: Contract, metric: str) -> pd.DataFrame:
    """Return the first rows of a metric's cohort and what each of its expressions says of them.

    Parameters
    ----------
    metric : str
        Id of a metric over a table of rows.

    Returns
    -------
    DataFrame
        At most five rows, in the order of the files: ``row`` (file and number), the columns that the metric uses, but for ids and private
        ones, and ``of``, ``that``, ``value`` and so on as they come out. All as texts.

    Raises
    ------
    ContractError
        If there is no such metric, or it stands on a table of counts.
    """
    if metric not in contract.metrics:
        raise ContractError([f"--explain '{metric}': there is no such metric in {contract.id}; {choose(metric, sorted(contract.metrics))}"])
    settings = contract.metrics[metric]
    table = contract.tables[settings.from_]
    if table.kind == "counts":
        raise ContractError([f"--explain '{metric}': stands on a table of counts; its rows are what was sent; use a metric over rows"])
    parts = {part: str(text) for part in METRIC_EXPRESSIONS if (text := getattr(settings, part)) is not None}
    secret = {name.casefold() for name in (table.id, table.person, table.household, *table.private) if name}
    used = [name for one in check_expressions(parts.values()).values() for name in one.columns if name.casefold() not in secret]
    shown = [f"{quoted(name)}::VARCHAR AS {quoted(name)}" for name in dict.fromkeys(used)]
    # A part that is a column alone is shown once, and one that is a secret column not at all.
    told = [f"({text})::VARCHAR AS {quoted(f'= {part}')}" for part, text in parts.items() if text not in tables.columns(settings.from_)]
    where = f" WHERE coalesce(({settings.of}), false)" if settings.of else ""
    sql = (
        f"SELECT regexp_extract({FILE_COLUMN}, '[^/]*$') || ' ' || {ROW_COLUMN} AS row, {', '.join([*shown, *told]) or 'NULL AS nothing'} "
        f"FROM {quoted(settings.from_)}{where} ORDER BY {FILE_COLUMN}, {ROW_COLUMN} LIMIT {FIRST}"
    )
    return tables.connection.execute(sql).df().astype("object").fillna("").astype(str)
