"""Numbers that cannot be what they say: ages of 999, wages a year among wages an hour, zeros and nines for "unknown"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from acmlib.contract.expressions import check_expression
from acmlib.contract.model import Contract
from acmlib.intake.build.dimensions import OLDEST_AGE, oldest_age
from acmlib.intake.check.rows import count_rows, numbers, own_columns, places, sent
from acmlib.intake.connection import quoted
from acmlib.intake.findings import EXAMPLES, Finding, listed
from acmlib.intake.read.dates import BIRTH
from acmlib.intake.read.forms import DATES, NUMBERS

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: Values so many times the median are in another unit, perhaps; of fewer values nothing is concluded.
TIMES, FEW = 10, 10

#: So large a share of zeros among numbers that are otherwise far from zero stands for "unknown", perhaps.
ZEROS = 0.03

#: Codes that questionnaires use for "don't know", "declined" and "not asked".
CODES = (8, 9, 88, 97, 98, 99, 888, 997, 998, 999, 8888, 9998, 9999, -1, -8, -9, -99, -999)

#: Ages that questionnaires use for "don't know", "declined" and "not asked".
AGE_CODES = (77, 88, 97, 98, 99)

#: A day of birth that so many people share (and such a share of them) is a placeholder.
BIRTHS, BIRTH_SHARE = 5, 0.02


def check_amounts(tables: Tables, contract: Contract, name: str, rows: int) -> Iterator[Finding]:
    """Yield findings about numbers and days of birth of a table of rows."""
    yield from _ages(tables, contract, name)
    yield from _births(tables, contract, name, rows)
    columns = own_columns(tables, name)
    used = [metric for metric in contract.metrics.values() if metric.from_ == name]
    values = {one for metric in used for text in (metric.value, metric.exposure) if text for one in check_expression(text).columns}
    for column in columns:
        if column in values and columns[column].startswith(NUMBERS):
            yield from _units(tables, name, column)


def _ages(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    for key in tables.dimensions(name):
        dimension = contract.dimensions[key]
        column = dimension.column or key
        oldest = oldest_age(key, column)
        if dimension.bands and oldest == OLDEST_AGE and column in own_columns(tables, name):
            yield from _age_codes(tables, name, column)
        if dimension.bands and oldest:
            test = f"({quoted(column)} > {oldest} OR {quoted(column)} < 0)"
            rows = count_rows(tables, name, test)
            if rows:
                yield Finding.of(
                    "no_age", "warning", "provider", name, column, rows, examples=places(tables, name, test), most=str(oldest),
                    place=f"tables.{name}.missing.{column}",
                )  # fmt: skip


def _age_codes(tables: Tables, name: str, column: str) -> Iterator[Finding]:
    """Yield a warning if an age that questionnaires use for silence comes up again and again, and nobody is a little younger."""
    value = quoted(column)
    counted = numbers(tables, name, *(f"count(*) FILTER ({value} = {code})" for code in AGE_CODES))
    near = f"{value} BETWEEN {{0}} - 10 AND {{0}} - 1 AND {value} NOT IN ({', '.join(map(str, AGE_CODES))})"
    codes = [
        str(code)
        for code, rows in zip(AGE_CODES, counted, strict=True)
        if rows >= BIRTHS and not count_rows(tables, name, near.format(code))
    ]
    if codes:
        test = f"{value} IN ({', '.join(codes)})"
        rows = count_rows(tables, name, test)
        yield Finding.of(
            "age_codes", "warning", "provider", name, column, rows, fix="no_age_fix", examples=places(tables, name, test),
            list=listed(codes), place=f"tables.{name}.missing.{column}",
        )  # fmt: skip


def _births(tables: Tables, contract: Contract, name: str, rows: int) -> Iterator[Finding]:
    for column, kind in own_columns(tables, name).items():
        if not kind.startswith(DATES) or not BIRTH.search(column) or column in contract.tables[name].derive:
            continue
        day = f"{quoted(column)}::DATE"
        found = tables.connection.execute(
            f"SELECT {day}, count(*) FROM {sent(tables, name)} WHERE {day} IS NOT NULL GROUP BY 1 HAVING count(*) >= {BIRTHS} "
            f"AND count(*) >= {BIRTH_SHARE * rows} ORDER BY 2 DESC LIMIT {EXAMPLES}"
        ).fetchall()
        shared = sum(number for _, number in found)
        if found:
            yield Finding.of("shared_birth", "warning", "provider", name, column, shared, noun="person", fix="placeholder_fix")


def _units(tables: Tables, name: str, column: str) -> Iterator[Finding]:
    value = quoted(column)
    nines = f"regexp_full_match({value}::VARCHAR, '9{{3,}}(\\.[09]+)?')"  # 999999.99 stands for no number, however often it comes up
    filled, middle, low, zeros = numbers(
        tables, name, f"count({value})", f"median({value}) FILTER ({value} > 0 AND NOT {nines})",
        f"quantile_cont({value}, 0.05) FILTER ({value} > 0)",
        f"count(*) FILTER ({value} = 0)",
    )  # fmt: skip
    if filled < FEW or not middle:
        return
    yield from _below_zero(tables, name, column)
    far = f"{value} > {TIMES} * {middle}"
    rows = count_rows(tables, name, far)
    codes = [str(code) for code in CODES if count_rows(tables, name, f"{far} AND {value} = {code}") >= 2] if rows else []
    again = f"SELECT {value}::VARCHAR FROM {sent(tables, name)} WHERE {far} AND {nines} GROUP BY 1 HAVING count(*) >= 2 ORDER BY 1"
    codes += [code for (given,) in tables.connection.execute(again).fetchall() if (code := given.removesuffix(".0")) not in codes]
    if codes:
        yield Finding.of(
            "code_values", "error", "agency", name, column, rows, noun="value", examples=places(tables, name, far), times=str(TIMES),
            list=listed(codes), place=f"tables.{name}.missing.{column}: {{{codes[0]}: Not asked}}",
        )  # fmt: skip
    elif rows:
        yield Finding.of(
            "other_unit", "error" if rows >= 0.02 * filled else "warning", "provider", name, column, rows, noun="value",
            examples=places(tables, name, far), times=str(TIMES), middle=f"{middle:,.6g}",
        )  # fmt: skip
    if low and zeros >= ZEROS * filled and low > middle / 4:
        test = f"{value} = 0"
        yield Finding.of(
            "zeros", "warning", "provider", name, column, zeros, noun="value", examples=places(tables, name, test), low=f"{low:,.6g}",
            place=f"tables.{name}.missing.{column}: {{0: Not recorded}}",
        )  # fmt: skip


def _below_zero(tables: Tables, name: str, column: str) -> Iterator[Finding]:
    """Yield an error if all numbers below zero are codes of questionnaires, as -9 among wages."""
    value = quoted(column)
    test = f"{value} < 0"
    below, coded = numbers(
        tables, name, f"count(*) FILTER ({test})", f"count(*) FILTER ({test} AND {value} IN ({', '.join(map(str, CODES))}))"
    )
    if below >= 2 and coded == below:
        given = tables.connection.execute(
            f"SELECT DISTINCT {value}::BIGINT FROM {sent(tables, name)} WHERE {test} ORDER BY 1 DESC"
        ).fetchall()
        codes = [str(code) for (code,) in given]
        yield Finding.of(
            "negative_codes", "error", "agency", name, column, below, noun="value", why="code_values_why", fix="code_values_fix",
            examples=places(tables, name, test), list=listed(codes), place=f"tables.{name}.missing.{column}: {{{codes[0]}: Not asked}}",
        )  # fmt: skip
