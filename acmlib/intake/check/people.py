"""Is everybody in a table once? Rows that are the same throughout, ids in two spellings, rows that are visits or sums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from acmlib.contract.model import Contract
from acmlib.intake.check.rows import count_rows, numbers, own_columns, places, sent
from acmlib.intake.connection import quoted
from acmlib.intake.findings import Finding, amount
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
    r"(^|_)(client|person|participant|student|pupil|member|patient|individual|customer|applicant|case|hh|household|personal|youth|child|resident"
    r"|tenant|veteran|consumer|learner|family|unique)[_ ]?(id|no|nr|num|number|key|identifier|guid|uuid|uid|code|#)$"
    r"|^(person|client|participant|student|youth|child|resident|pid|uid|guid|mrn|ssn.*|(full_?|client_?)?name)$|^(dedup|unique)_?.*id$",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"^((client|participant|person|student|member|youth|child)_?)?(full|first|last|given|family|sur)?[_ ]?name$|^surname$", re.IGNORECASE
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
    if unique and table.id is not None and table.person is None:
        yield from _same_person(tables, name, table.id, [one for one in columns if one != table.id])
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
    yield Finding.of(
        "same_rows", "warning" if maybe else "error", "provider", name, None, again, why="same_maybe_why" if maybe else "same_id_why",
        fix="same_maybe_fix" if maybe else "same_rows_fix", examples=places(tables, name, test),
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
    yield Finding.of("second_ids", "warning", "provider", name, column, again, examples=places(tables, name, test), column=column)


def _same_person(tables: Tables, name: str, column: str, others: list[str]) -> Iterator[Finding]:
    """Yield a warning if a name and a day of birth are there under several ids, whatever the dates of the service."""
    names, births = [one for one in others if _NAME.search(one)], [one for one in others if BIRTH.search(one)]
    if not names or not births:
        return
    known = " AND ".join(f"{quoted(one)} IS NOT NULL" for one in (*names, births[0]))
    key = ", ".join(f"lower(trim({quoted(one)}::VARCHAR))" for one in (*names, births[0]))
    again = f"SELECT {key} FROM {sent(tables, name)} WHERE {known} GROUP BY ALL HAVING count(*) > 1"
    test = f"{known} AND ({key}) IN ({again})"
    if rows := count_rows(tables, name, test):
        yield Finding.of("same_person", "warning", "provider", name, column, rows, why="second_ids_why", fix="second_ids_fix",
                         examples=places(tables, name, test), column=column)  # fmt: skip


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
        yield Finding.of("near_ids", "error", "provider", name, column, rows, why="same_id_why", examples=places(tables, name, test))


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
            yield Finding.of(
                "rows_of_people", "warning", "agency", name, column, count=amount(filled, "row"), people=f"{people:,}", column=column,
                place=f"tables.{name}.person: {column}",
            )  # fmt: skip
            return


def _nobody(tables: Tables, contract: Contract, name: str, column: str) -> Iterator[Finding]:
    """Yield a warning if rows do not say whose they are."""
    test = f"{quoted(column)} IS NULL"
    if rows := count_rows(tables, name, test):
        metrics = tuple(one for one, metric in contract.metrics.items() if metric.from_ == name and metric.distinct == "person")
        yield Finding.of(
            "blank_person", "warning", "provider", name, column, rows, metrics=metrics, examples=places(tables, name, test), column=column
        )


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
            yield Finding.of("rows_of_sums", "warning", "agency", name, column, column=column)
            return
