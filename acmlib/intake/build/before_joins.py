"""What is done to the rows of one table before it meets others: only the newest kept, codes of silence blanked, answers gathered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from acmlib.contract.errors import ContractError
from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract, Table
from acmlib.intake.build.binding import missing_columns
from acmlib.intake.build.usage import newest_by
from acmlib.intake.connection import literal, quoted
from acmlib.intake.findings import Finding
from acmlib.intake.read.forms import TIME

#: What a column of a question with several boxes holds where the box is ticked.
TICKED = ("1", "1.0", "yes", "y", "true", "t", "x", "checked", "si", "sí")


def prepared(
    contract: Contract, name: str, table: Table, types: Mapping[str, str], connection: duckdb.DuckDBPyConnection
) -> tuple[str, dict[str, str], list[Finding]]:
    """Return SQL for ``typed.<name>`` after `keep`, `missing_when` and `any_of`, its columns with their types, and what was noticed.

    Raises
    ------
    ContractError
        If these name columns that the table does not have.
    """
    problems = list(_problems(contract, name, table, types))
    if problems:
        raise ContractError(problems)
    sql, known, findings = f"SELECT * FROM typed.{quoted(name)}", dict(types), []
    if table.keep:
        column = newest_by(table.keep)
        key = quoted(str(table.id))
        whole = connection.execute(f"SELECT count(*) - count(DISTINCT {key}) FROM ({sql}) WHERE {key} IS NOT NULL").fetchall()[0][0]
        order = f"{quoted(f'{TIME}{column}' if f'{TIME}{column}' in types else column)} DESC NULLS LAST, _file DESC, _row DESC"
        sql = f"{sql} QUALIFY {key} IS NULL OR row_number() OVER (PARTITION BY {key} ORDER BY {order}) = 1"
        if whole:
            findings.append(Finding.of("older_rows", "note", "agency", name, table.id, whole, column=column))
    if table.missing_when:
        given = [(one, test) for column, test in table.missing_when.items() for one in (column, f"{TIME}{column}") if one in types]
        cells = (f"CASE WHEN ({test}) THEN NULL ELSE {quoted(column)} END AS {quoted(column)}" for column, test in given)
        sql = f"SELECT * REPLACE ({', '.join(cells)}) FROM ({sql})"
    for new, answers in table.any_of.items():
        ticked = ", ".join(map(literal, TICKED))
        parts = (
            f"CASE WHEN lower({quoted(column)}::VARCHAR) IN ({ticked}) THEN {literal(answer)} END" for answer, column in answers.items()
        )
        sql = f"SELECT *, nullif(concat_ws(';', {', '.join(parts)}), '') AS {quoted(new)} FROM ({sql})"
        known[new] = "VARCHAR"
    return sql, known, findings


def _problems(contract: Contract, name: str, table: Table, types: Mapping[str, str]) -> Iterator[str]:
    at = f"tables.{name}"
    if table.keep:
        if table.id is None:
            yield contract.located(f"{at}.keep", "keeps the newest row of each id, and the table has no id; set id")
        for problem in missing_columns([newest_by(table.keep)], types):
            yield contract.located(f"{at}.keep", problem)
    checked = check_expressions(table.missing_when.values())
    for column, test in table.missing_when.items():
        for problem in missing_columns([column, *checked[test].columns], types):
            yield contract.located(f"{at}.missing_when.{column}", problem)
    for new, answers in table.any_of.items():
        if new in types:
            yield contract.located(f"{at}.any_of.{new}", "is the name of a column already; use a new name")
        for answer, column in answers.items():
            for problem in missing_columns([column], types):
                yield contract.located(f"{at}.any_of.{new}.{answer}", problem)
