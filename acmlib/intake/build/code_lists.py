"""Code lists of a contract, inline or in a CSV of code and label: made part of what its tables recode; and codes that none of them has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from acmlib.contract.errors import ContractError
from acmlib.contract.geography import place_code
from acmlib.contract.model import Contract, Dimension, Table
from acmlib.contract.standards import canonical
from acmlib.contract.values import FrozenMap
from acmlib.intake.build.categories import missing_kind
from acmlib.intake.connection import literal, quoted
from acmlib.intake.findings import Finding, amount, listed
from acmlib.intake.read.columns import Column
from acmlib.intake.read.delimited import csv_rows
from acmlib.intake.read.files import SourceError, find_files
from acmlib.intake.read.reading import RawTable

#: Columns of a file of codes; it may have more, as a source or a group.
CODE, LABEL = "code", "label"


def with_code_lists(contract: Contract, root: Path) -> Contract:
    """Return a contract whose tables recode what their code lists name.

    A recode comes first: what it makes of a text is looked up in the list. A code that the list does not name stays and is reported.

    Parameters
    ----------
    root : Path
        The workspace, from whose root files of codes are named.

    Raises
    ------
    ContractError
        With every file of codes that is missing or is none.
    """
    errors: list[str] = []
    tables = dict(contract.tables)
    for name, table in contract.tables.items():
        if table.codes:
            recode = dict(table.recode)
            for column, given in table.codes.items():
                try:
                    codes = read_codes(given, root) if isinstance(given, str) else given
                except SourceError as error:
                    errors.append(contract.located(f"tables.{name}.codes.{column}", f"is '{given}'; {error}"))
                    continue
                recode[column] = _together(table, column, codes)
            tables[name] = table.model_copy(update={"recode": FrozenMap(recode)})
    if errors:
        raise ContractError(errors)
    return contract if tables == contract.tables else contract.model_copy(update={"tables": FrozenMap(tables)})


def _together(table: Table, column: str, codes: Mapping[str, str]) -> Mapping[str, str]:
    """Return codes with their labels, whole numbers also as ``4.0``, after what the column's own recode does."""
    forms = {f"{code}.0": label for code, label in codes.items() if code.isdecimal()} | dict(codes)
    return FrozenMap(forms | {theirs: forms.get(ours, ours) for theirs, ours in table.recode.get(column, {}).items()})


def read_codes(name: str, root: Path) -> dict[str, str]:
    """Read a file of codes: a CSV with the columns code and label.

    Parameters
    ----------
    name : str
        From the root of the workspace.

    Returns
    -------
    dict
        Label of each code.

    Raises
    ------
    SourceError
        If there is no such file, it has no such columns, or a code stands in it twice with different labels.
    """
    file = find_files(name, root=root)[0]
    if file.kind != "csv":
        raise SourceError(f"is no CSV file; use a CSV with the columns {CODE} and {LABEL}")
    found: dict[str, str] = {}
    for number, row in csv_rows(file):
        code, label = ({name.strip().lower(): value for name, value in row.items()}.get(column) for column in (CODE, LABEL))
        if not code or not label:
            raise SourceError(f"has no {CODE} and {LABEL} in row {number}; its columns are {', '.join(row)}; use {CODE},{LABEL}")
        if found.setdefault(code, label) != label:
            raise SourceError(f"gives the code {code} two labels (row {number}); use each code once")
    if not found:
        raise SourceError(f"has no row; use a CSV with the columns {CODE} and {LABEL}")
    return found


def unknown_codes(
    name: str, table: Table, columns: Sequence[Column], raw: RawTable, connection: duckdb.DuckDBPyConnection, contract: Contract
) -> Iterator[Finding]:
    """Yield a finding for each recoded column with values that its recode does not know; they were kept as they are."""
    for column in columns:
        recode = table.recode.get(column.name)
        if not recode:
            continue
        recode = {**recode, **table.missing.get(column.name, {})}
        dimensions = [dimension for key, dimension in contract.dimensions.items() if (dimension.column or key) == column.name] or [
            Dimension()
        ]
        source = f"nullif(trim({quoted(column.source)}::VARCHAR), '')"
        # Several answers in one cell are recoded one by one.
        source = f"trim(unnest(string_split({source}, {literal(dimensions[0].separator)})))"
        counts = dict(
            connection.execute(f"SELECT {source} AS v, count(*) FROM ({raw.query}) GROUP BY v ORDER BY count(*) DESC, v").fetchall()
        )
        strange = {value: rows for value, rows in counts.items() if value and not any(_is_known(value, recode, one) for one in dimensions)}
        if strange:
            named = len(counts) - len(strange)
            secret = column.name == table.id or column.name in table.private
            listed_in = "codes" if column.name in table.codes else "recode"
            values = "" if secret else listed([f"'{value}'" for value in strange])
            # A recode of a few values corrects spellings; one of most values is a list of codes, and a code not in it is a gap.
            yield Finding.of(
                "not_recoded", "warning" if named >= len(strange) or column.name in table.codes else "note", "agency", name, column.name,
                sum(strange.values()), count=amount(len(strange), "value"), examples=values, list=listed_in,
                place=f"tables.{name}.{listed_in}.{column.name}",
            )  # fmt: skip


def _is_known(value: str, recode: Mapping[str, str], dimension: Dimension) -> bool:
    """Whether a value needs no recode: it is in it, the contract names it as a group, or it is a standard's or a missing answer."""
    if value in recode or value in recode.values() or value in dimension.labels or value in (dimension.order or ()):
        return True
    if dimension.geography and place_code(value, dimension.geography):
        return True
    return bool(dimension.standard and canonical(value)) or missing_kind(value, dimension) is not None
