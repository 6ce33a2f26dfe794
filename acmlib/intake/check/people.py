"""Is everybody in a table once? Rows that are the same throughout, ids in two spellings, rows that are visits or sums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from acmlib.contract.model import Contract
from acmlib.intake.check.rows import count_rows, numbers, own_columns, places, sent
from acmlib.intake.connection import quoted
from acmlib.intake.findings import Finding, counted_message, message
from acmlib.intake.read.dates import BIRTH
from acmlib.intake.read.forms import NUMBERS

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: Of a table with fewer columns two people can well be the same in all of them.
COLUMNS = 5

#: So many rows that are the same as another, or such a share of them, are no chance.
SAME_ROWS, SAME_SHARE = 3, 0.01

#: So many rows of the same values are expected, if the columns had nothing to do with each other, that two can be two people.
BY_CHANCE = 0.01

#: Of more rows it is first estimated how many are different: only if fewer than nine in ten seem to be are they counted.
MANY_ROWS = 500_000

_PERSON = re.compile(
    r"(^|_)(client|person|participant|student|pupil|member|patient|individual|customer|applicant|case|hh|household|personal)_?"
    r"(id|no|nr|num|number|key|identifier)$|^(person|client|participant|student)$|^(dedup|unique)_?.*id$",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"(^|_)(count|counts|number|num|total|n|clients|cases|patients|participants|people|persons|served|visits|admissions)($|_)|^(n|count)_",
    re.IGNORECASE,
)
_MONTH = re.compile(r"(^|_)(month|quarter|year|period|week|fy|fiscal)($|_)", re.IGNORECASE)


def check_people(tables: Tables, contract: Contract, name: str, rows: int) -> Iterator[Finding]:
    """Yield findings about whether each row of a table is a person, and each person a row."""
    table = contract.tables[name]
    columns = own_columns(tables, name)
    yield from _near_ids(tables, contract, name)
    unique = table.id is not None and numbers(tables, name, f"count(DISTINCT {quoted(table.id)})")[0] == rows
    if not unique and len(columns) >= COLUMNS:
        yield from _same_rows(tables, name, list(columns), rows)
    elif unique and table.id is not None and table.person is None and any(BIRTH.search(one) for one in columns):
        yield from _second_ids(tables, name, table.id, [one for one in columns if one != table.id], rows)
    if table.person is None:
        yield from _persons(tables, contract, name, columns, rows)
    else:
        yield from _nobody(tables, contract, name, table.person)
    yield from _sums(tables, contract, name, columns)


def _same_rows(tables: Tables, name: str, columns: list[str], rows: int) -> Iterator[Finding]:
    key = f"hash({', '.join(quoted(column) for column in columns)})"
    if rows > MANY_ROWS and numbers(tables, name, f"approx_count_distinct({key})")[0] > 0.9 * rows:
        return
    again = rows - numbers(tables, name, f"count(DISTINCT {key})")[0]
    if again < SAME_ROWS or again < SAME_SHARE * rows:
        return
    test = f"{key} IN (SELECT k FROM (SELECT {key} AS k FROM {sent(tables, name)}) GROUP BY 1 HAVING count(*) > 1)"
    maybe = rows <= MANY_ROWS and _by_chance(tables, name, columns, test, rows)
    yield Finding(
        "warning" if maybe else "error", name, None,
        counted_message("same_rows", "{count} the same as another in every column ({examples})", again, "row",
             examples=places(tables, name, test)), again,
        message("same_maybe_why",
        "Nothing in the rows tells one person from another, so that it is not known whether they are counted twice")
        if maybe else message("same_id_why", "These people are counted more than once"), (),
        message("same_maybe_fix", "send a column that is different for each person, and name it as id") if maybe
        else message("same_rows_fix", "send each row once; of exports that each hold everything, keep the last one"), "provider",
    )  # fmt: skip


def _second_ids(tables: Tables, name: str, column: str, others: list[str], rows: int) -> Iterator[Finding]:
    """Yield a warning if people are there again under another id: all the rest is the same, their day of birth as well."""
    key = f"hash({', '.join(map(quoted, others))})"
    if len(others) < COLUMNS or (rows > MANY_ROWS and numbers(tables, name, f"approx_count_distinct({key})")[0] > 0.9 * rows):
        return
    again = rows - numbers(tables, name, f"count(DISTINCT {key})")[0]
    test = f"{key} IN (SELECT k FROM (SELECT {key} AS k FROM {sent(tables, name)}) GROUP BY 1 HAVING count(*) > 1)"
    if again < SAME_ROWS or (rows <= MANY_ROWS and _by_chance(tables, name, others, test, rows)):
        return
    yield Finding(
        "warning", name, column,
        counted_message("second_ids", "{count} the same as another in every column but {column} ({examples})", again, "row",
             examples=places(tables, name, test), column=column), again,
        message("second_ids_why", "If they are people who were given a second id, they are counted twice"), (),
        message("second_ids_fix", "compare them with the case files, and send each person under one id"), "provider",
    )  # fmt: skip


def _by_chance(tables: Tables, name: str, columns: list[str], test: str, rows: int) -> bool:
    """Whether rows like the repeated ones may well come up twice: by how common each of their values is."""
    shares = " + ".join(f"ln(count(*) OVER (PARTITION BY {quoted(column)}) / {rows}.0)" for column in columns)
    sql = (
        f"SELECT median(expected) FROM (SELECT exp({shares}) * {rows} AS expected, ({test}) AS again FROM {sent(tables, name)}) WHERE again"
    )
    return bool(tables.connection.execute(sql).fetchall()[0][0] >= BY_CHANCE)


def _near_ids(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield an error if ids of rows or people are the same but for capitals, signs and leading zeros."""
    for column in dict.fromkeys((contract.tables[name].id, contract.tables[name].person)):
        if column is not None:
            yield from _near(tables, name, column)


def _near(tables: Tables, name: str, column: str) -> Iterator[Finding]:
    key = quoted(column)
    bare = rf"regexp_replace(regexp_replace(lower({key}::VARCHAR), '\.0$', ''), '[^\p{{L}}\p{{N}}]+', '-', 'g')"
    signed = f"regexp_replace(rtrim({bare}, '-'), '^[0-]+', '')"
    folded = f"replace({signed}, '-', '')"
    different, alike = numbers(tables, name, f"count(DISTINCT {key})", f"count(DISTINCT {folded})")
    if alike == different:
        return
    # 1-12 and 11-2 are two ids: with signs at other places they are no spellings of one, 112 without any is.
    spellings = f"count(DISTINCT {key}) > if(bool_and(contains({signed}, '-')), count(DISTINCT {signed}), 1)"
    test = f"{folded} IN (SELECT {folded} FROM {sent(tables, name)} WHERE {key} IS NOT NULL GROUP BY 1 HAVING {spellings})"
    if rows := count_rows(tables, name, test):
        yield Finding(
            "error", name, column,
            counted_message("near_ids",
            "{count} with an id that another row has in another spelling: capitals, signs or leading zeros ({examples})",
                 rows, "row", examples=places(tables, name, test)), rows,
            message("same_id_why", "These people are counted more than once"), (),
            message("near_ids_fix", "write each id in one way; spreadsheets drop leading zeros from numbers"), "provider",
        )  # fmt: skip


def _persons(tables: Tables, contract: Contract, name: str, columns: dict[str, str], rows: int) -> Iterator[Finding]:
    """Yield a note if a column names people and fewer people than rows are there."""
    table = contract.tables[name]
    for column in columns:
        if not _PERSON.search(column) or column == table.id:
            continue
        counted = f"approx_count_distinct({quoted(column)})" if rows > MANY_ROWS else f"count(DISTINCT {quoted(column)})"
        people, filled = numbers(tables, name, counted, f"count({quoted(column)})")
        if rows > MANY_ROWS and people > 0.9 * filled:
            continue
        if filled >= 0.9 * rows and 1 < people < 0.98 * filled:
            yield Finding(
                "warning", name, column,
                counted_message("rows_of_people", "{count} of {people} different {column}", filled, "row", people=f"{people:,}",
                column=column), 0,
                message("rows_of_people_why", "Counts are of rows, not of people: whoever is there twice is counted twice"), (),
                message("rows_of_people_fix", "name the column: {place}; a metric of kind count with distinct: person counts people",
                     place=f"tables.{name}.person: {column}"), "agency",
            )  # fmt: skip
            return


def _nobody(tables: Tables, contract: Contract, name: str, column: str) -> Iterator[Finding]:
    """Yield a warning if rows do not say whose they are."""
    test = f"{quoted(column)} IS NULL"
    if rows := count_rows(tables, name, test):
        metrics = tuple(one for one, metric in contract.metrics.items() if metric.from_ == name and metric.distinct == "person")
        yield Finding(
            "warning", name, column,
            counted_message("blank_person", "{count} without {column} ({examples})", rows, "row", examples=places(tables, name, test),
                            column=column), rows,
            message("blank_person_why", "They are in no number of people, and of two of them nobody knows whether they are of one person"),
            metrics, message("blank_person_fix", "send whose rows they are"), "provider",
        )  # fmt: skip


def _sums(tables: Tables, contract: Contract, name: str, columns: dict[str, str]) -> Iterator[Finding]:
    """Yield a warning if rows look like sums over a month or a place, read as people."""
    table = contract.tables[name]
    used = any(metric.from_ == name and (metric.value or metric.exposure) for metric in contract.metrics.values())
    if table.id is not None or used or not any(_MONTH.search(column) for column in columns):
        return
    for column, kind in columns.items():
        if not kind.startswith(NUMBERS) or not _SUM.search(column):
            continue
        filled, below, mean, whole = numbers(
            tables, name, f"count({quoted(column)})", f"count(*) FILTER ({quoted(column)} < 0)", f"avg({quoted(column)})",
            f"count(*) FILTER ({quoted(column)} % 1 <> 0)",
        )  # fmt: skip
        if filled and not below and not whole and mean and mean > 1:
            yield Finding(
                "warning", name, column, message("rows_of_sums", "each row seems to be a sum ({column}), not a person", column=column), 0,
                message("rows_of_sums_why", "Counts are of rows: of months or places, not of people"), (),
                message("rows_of_sums_fix", "use kind: counts for the table, with numerator: {column}", column=column), "agency",
            )  # fmt: skip
            return
