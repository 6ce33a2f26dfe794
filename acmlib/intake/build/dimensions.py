"""Dimension columns of a table: ``dim_<name>``, one text per row, and ``dimalone_<name>`` where people gave several answers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import duckdb
import pandas as pd
import pyarrow as pa

from acmlib.contract.model import NOT_RECORDED, Dimension
from acmlib.intake.build.categories import CategoryGroup, band_labels, grouped, missing_kind
from acmlib.intake.build.place_findings import place_findings
from acmlib.intake.connection import literal, quoted
from acmlib.intake.findings import Finding, amount, listed
from acmlib.intake.read.forms import NUMBERS, WHY

#: A dimension splits people into groups; a column with more values than this is an id, a date or a free text.
MAX_VALUES = 2000

#: What may stand between several answers in one cell; from so many different lists on they are no names of groups.
LISTS, LISTED = (", ", ",", " | ", "|", "/", "\n"), 3
#: Columns of the log of what a standard's crosswalk did.
CROSSWALK = ("table", "dimension", "before", "after", "rows")


#: Nobody is older: such an age is a code or an error.
OLDEST_AGE = 110

_AGE = re.compile(r"(^|_)(age|ages|edad)($|_)", re.IGNORECASE)
#: Units of ages that are not counted in years, and how many of them a year has.
_UNITS = ((re.compile(r"(^|_)(months?|mos?|meses)($|_)"), 12), (re.compile(r"(^|_)(weeks?|semanas)($|_)"), 53),
          (re.compile(r"(^|_)(days?|d[ií]as)($|_)"), 366))  # fmt: skip


def oldest_age(dimension: str, column: str) -> int | None:
    """Return the highest age that a dimension of bands can hold, in the unit that its name or its column's says; None if it is no age.

    Examples
    --------
    >>> oldest_age("age", "age_at_entry"), oldest_age("age", "age_months"), oldest_age("income", "income")
    (110, 1320, None)
    """
    name = f"{dimension}_{column}".lower()
    if not _AGE.search(name):
        return None
    return OLDEST_AGE * next((times for unit, times in _UNITS if unit.search(name)), 1)


class DimensionError(ValueError):
    """A dimension cannot be made from its column; the message says why."""


@dataclass
class DimensionSql:
    """SQL that adds a dimension to a table."""

    columns: list[str]  #: ``expression AS dim_name``.
    groups: int  #: How many groups there are.
    join: str = ""  #: LEFT JOIN of the values' groups; empty for bands, and where every value is the name of its own group.
    #: (before, after, rows) of each value that a standard gave another name.
    crosswalk: list[tuple[str, str, int]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def add_dimension(
    name: str, dimension: Dimension, relation: str, types: Mapping[str, str], connection: duckdb.DuckDBPyConnection, *,
    table: str, recode: Mapping[str, str],
) -> DimensionSql:  # fmt: skip
    """Return what adds the dimension `name` to `relation`.

    The column's distinct values are looked up once, in Python, where the rules are plain to read; rows are then joined to the answers,
    unless the column says them as it stands (a join of millions of rows costs as much as counting them).

    Parameters
    ----------
    relation
        View of the table, called ``t`` in the SQL that is returned.
    types
        DuckDB type of each of its columns.
    table
        The table's name, for findings.
    recode
        Recode of the dimension's column, for parts of values with several answers.

    Raises
    ------
    DimensionError
        If there are bands and the column is no number, or there are more than `MAX_VALUES` values.
    """
    column = dimension.column or name
    if f"dim_{name}" in types:
        raise DimensionError(f"has the column 'dim_{name}' made for it, and the file has one of that name; rename that under columns")
    if dimension.bands:
        reasons = _reasons(column, dimension, relation, connection) if f"{WHY}{column}" in types else {}
        banded = _banded(name, column, dimension.bands, types[column], reasons)
        return DimensionSql([f"{banded} AS {quoted('dim_' + name)}"], len(dimension.bands) + 2 + len(reasons))
    values, as_written = _values(name, column, dimension, relation, connection)
    groups = {key: grouped(key[0], dimension, recode=recode, ethnicity=key[1]) for key in values}
    groups, one_spelling = _in_one_spelling(table, column, values, groups)
    number = len({found.group for found in groups.values()})
    if as_written and not dimension.standard and all(found.group == key[0] for key, found in groups.items() if key[0] is not None):
        blank = groups[None, None].group if (None, None) in groups else NOT_RECORDED
        sql = f"coalesce(t.{quoted(column)}::VARCHAR, {literal(blank)}) AS {quoted('dim_' + name)}"
        noticed = [*place_findings(dimension, table, column, values, groups), *_lists(name, dimension, table, column, values)]
        return DimensionSql([sql], number, findings=noticed)
    lookup = f"groups.{quoted(f'{table}/{name}')}"
    _store(lookup, groups, connection)
    alias = quoted(f"g_{name}")
    second = f" AND {alias}.ethnicity IS NOT DISTINCT FROM {_text(dimension.ethnicity)}" if dimension.ethnicity else ""
    made = DimensionSql(
        [f"coalesce({alias}.answer, {literal(NOT_RECORDED)}) AS {quoted('dim_' + name)}"],
        number,
        f"LEFT JOIN {lookup} AS {alias} ON {alias}.given IS NOT DISTINCT FROM {_text(column)}{second}",
    )
    if dimension.standard:
        made.columns.append(f"coalesce({alias}.alone, []) AS {quoted('dimalone_' + name)}")
        made.crosswalk = [(_said(*key), groups[key].group, rows) for key, rows in values.items() if _said(*key) != groups[key].group]
    made.findings = [
        *one_spelling,
        *place_findings(dimension, table, column, values, groups),
        *_strangers(table, column, values, groups),
        *_lists(name, dimension, table, column, values),
    ]
    return made


def _in_one_spelling(
    table: str,
    column: str,
    values: Mapping[tuple[str | None, str | None], int],
    groups: Mapping[tuple[str | None, str | None], CategoryGroup],
) -> tuple[dict[tuple[str | None, str | None], CategoryGroup], list[Finding]]:
    """Return the groups with one name where names differ by capitals, blanks or the encoding of accents only: the most frequent one."""
    rows: Counter[str] = Counter()
    for key, found in groups.items():
        rows[found.group] += values[key]
    spelled: dict[str, list[str]] = {}
    for group, _ in rows.most_common():
        spelled.setdefault(" ".join(unicodedata.normalize("NFKC", group).casefold().split()), []).append(group)
    several = {names[0]: names[1:] for names in spelled.values() if len(names) > 1}
    if not several:
        return dict(groups), []
    right = {other: name for name, others in several.items() for other in others}
    changed = {
        key: replace(
            found,
            group=right.get(found.group, found.group),
            alone_or_in_combination=tuple(dict.fromkeys(right.get(part, part) for part in found.alone_or_in_combination)),
        )
        for key, found in groups.items()
    }
    merged = sum(rows[other] for other in right)
    named = listed([f"{name} = {', '.join(others)}" for name, others in several.items()])
    finding = Finding.of("one_spelling", "note", "agency", table, column, merged, examples=named, place=f"tables.{table}.recode.{column}")
    return changed, [finding]


def _text(column: str | None) -> str:
    return f"nullif(trim(t.{quoted(column or '')}::VARCHAR), '')"


def _said(value: str | None, ethnicity: str | None) -> str:
    """Return what somebody said in one or two questions, as words for the crosswalk."""
    return " + ".join(part for part in (value, ethnicity) if part) or "(blank)"


def _reasons(column: str, dimension: Dimension, relation: str, connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the reasons why numbers of a column are missing, with the group that each stands for."""
    rows = connection.execute(f"SELECT DISTINCT {quoted(WHY + column)} AS why FROM {relation} WHERE why IS NOT NULL ORDER BY 1").fetchall()
    return {str(why): missing_kind(why, dimension) or NOT_RECORDED for (why,) in rows}


def _banded(name: str, column: str, bands: tuple[float, ...], kind: str, reasons: Mapping[str, str]) -> str:
    if not kind.startswith(NUMBERS):
        held = "no numbers" if kind == "VARCHAR" else f"values of type {kind}"
        raise DimensionError(f"has bands, and the column '{column}' holds {held}; use a column of numbers, or leave bands out")
    labels = band_labels(bands)
    cases = " ".join(f"WHEN t.{quoted(column)} < {edge!r} THEN {literal(label)}" for edge, label in zip(bands, labels, strict=False))
    oldest = oldest_age(name, column)
    impossible = f" OR t.{quoted(column)} > {oldest} OR t.{quoted(column)} < 0" if oldest else ""
    why = " ".join(f"WHEN t.{quoted(WHY + column)} = {literal(given)} THEN {literal(group)}" for given, group in reasons.items())
    return f"CASE {why} WHEN t.{quoted(column)} IS NULL{impossible} THEN {literal(NOT_RECORDED)} {cases} ELSE {literal(labels[-1])} END"


def _values(
    name: str, column: str, dimension: Dimension, relation: str, connection: duckdb.DuckDBPyConnection
) -> tuple[dict[tuple[str | None, str | None], int], bool]:
    """Return the rows of each pair of answers, and whether the column holds them just so: no blanks around them, no second column."""
    second = _text(dimension.ethnicity) if dimension.ethnicity else "NULL::VARCHAR"
    written = f"t.{quoted(column)}::VARCHAR"
    rows = connection.execute(
        f"SELECT a, b, sum(rows)::BIGINT, bool_and(raw IS NOT DISTINCT FROM a) FROM (SELECT raw, nullif(trim(raw), '') AS a, b, rows FROM "
        f"(SELECT {written} AS raw, {second} AS b, count(*) AS rows FROM {relation} AS t GROUP BY ALL)) "
        f"GROUP BY ALL ORDER BY ALL LIMIT {MAX_VALUES + 1}"
    ).fetchall()
    if len(rows) > MAX_VALUES:
        raise DimensionError(f"has more than {MAX_VALUES:,} different values in the column '{column}'; use a column that holds groups")
    return {(row[0], row[1]): row[2] for row in rows}, not dimension.ethnicity and all(row[3] for row in rows)


def _store(lookup: str, groups: Mapping[tuple[str | None, str | None], CategoryGroup], connection: duckdb.DuckDBPyConnection) -> None:
    table = pa.table(
        {
            "given": pa.array([key[0] for key in groups], pa.string()),
            "ethnicity": pa.array([key[1] for key in groups], pa.string()),
            "answer": pa.array([found.group for found in groups.values()], pa.string()),
            "alone": pa.array([list(found.alone_or_in_combination) for found in groups.values()], pa.list_(pa.string())),
        }
    )
    connection.register("new_groups", table)
    connection.execute(f"CREATE TABLE {lookup} AS SELECT * FROM new_groups")
    connection.unregister("new_groups")


def _strangers(
    table: str,
    column: str,
    values: Mapping[tuple[str | None, str | None], int],
    groups: Mapping[tuple[str | None, str | None], CategoryGroup],
) -> list[Finding]:
    """Return a finding if values name categories that the standard does not have."""
    rows: Counter[str] = Counter()
    for key, found in groups.items():
        for part in found.strange:
            rows[part] += values[key]
    if not rows:
        return []
    named = listed([f"'{part}'" for part, _ in rows.most_common()])
    return [
        Finding.of(
            "not_standard", "warning", "agency", table, column, sum(rows.values()), count=amount(len(rows), "category"), examples=named,
            place=f"tables.{table}.recode.{column}",
        )
    ]  # fmt: skip


def _lists(name: str, dimension: Dimension, table: str, column: str, values: Mapping[tuple[str | None, str | None], int]) -> list[Finding]:
    """Return a finding if cells list several answers that the dimension does not take apart: each list would be a group of its own."""
    if dimension.standard:
        return []
    answers = {value: rows for (value, _), rows in values.items() if value}
    for sign in (sign for sign in LISTS if sign.strip() != dimension.separator.strip()):
        lists = [value for value in answers if sign in value and all(part.strip() in answers for part in value.split(sign))]
        if len(lists) >= LISTED:
            rows, place = sum(answers[value] for value in lists), f"dimensions.{name}.separator: '{sign.strip()}'"
            return [
                Finding.of("lists", "warning", "agency", table, column, rows, examples=listed(lists), place=place)
            ]  # fmt: skip
    return []


def crosswalk_frame(rows: list[tuple[str, str, str, str, int]]) -> pd.DataFrame:
    """Return the log of a crosswalk: how many rows said what before, and which group they are in after. Not for release: small counts."""
    return pd.DataFrame(rows, columns=list(CROSSWALK)).astype({"rows": "int64"})
