"""Code lists of a contract: inline or in a CSV of code and label, made part of what its tables recode."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from acmlib.contract.errors import ContractError
from acmlib.contract.model import Contract, Table
from acmlib.contract.values import FrozenMap
from acmlib.intake.read.delimited import csv_rows
from acmlib.intake.read.files import SourceError, find_files

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
