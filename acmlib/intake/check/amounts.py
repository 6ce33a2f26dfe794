"""Numbers that cannot be what they say: ages of 999, wages a year among wages an hour, zeros and nines for "unknown"."""

from __future__ import annotations

import re
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

#: The median of pay an hour lies between these, in dollars.
HOURLY = (2, 300)

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
    reached = {one for metric in used if metric.that for one in check_expression(metric.that).columns}
    hours = [metric.value for metric in used if metric.value and "hour" in f"{metric.unit} {metric.value}"]
    hourly = {one for text in hours for one in check_expression(text).columns}
    for column in columns:
        if column in values | reached and columns[column].startswith(NUMBERS):
            found = list(_units(tables, name, column)) if column in values else []
            yield from found
            if not any(one.rows for one in found):
                yield from _two_units(tables, name, column)
                yield from _lone_codes(tables, name, column)
            if column in hourly and re.search(r"wage|pay|salar|earn|income|rate", column):
                yield from _hourly(tables, name, column)


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


def _two_units(tables: Tables, name: str, column: str) -> Iterator[Finding]:
    """Yield a warning if nothing lies between small and large numbers: hours and years, 0.45 and 45."""
    value = quoted(column)
    low, high, filled = numbers(
        tables, name, f"quantile_disc({value}, 0.03)", f"quantile_disc({value}, 0.97)", "count(*)", where=f"{value} > 0"
    )
    if filled < 2 * FEW or not low:
        return
    steps = (
        f"SELECT {value} AS above, lag({value}) OVER (ORDER BY {value}) AS below FROM {sent(tables, name)} "
        f"WHERE {value} BETWEEN {low} AND {high}"
    )
    found = tables.rows(
        f"SELECT below, above FROM ({steps}) WHERE below > 0 AND above >= {TIMES} * below ORDER BY above / below DESC LIMIT 1"
    )
    for below, above in found:
        test = f"{value} >= {above}"
        yield Finding.of(
            "two_units", "warning", "provider", name, column, count_rows(tables, name, test), noun="value", why="other_unit_why",
            fix="other_unit_fix", examples=places(tables, name, test), below=f"{below:,.6g}", above=f"{above:,.6g}",
        )  # fmt: skip


def _lone_codes(tables: Tables, name: str, column: str) -> Iterator[Finding]:
    """Yield a warning about a code that comes again and again far from all other values: 99, 1 or 0.01 among wages."""
    value = quoted(column)
    given = tables.rows(f"SELECT {value}, count(*) FROM {sent(tables, name)} WHERE {value} > 0 GROUP BY 1 ORDER BY 1")
    if sum(number for _, number in given) < 2 * FEW or len(given) < FEW:
        return
    (low, fewest), (next_low, _), (next_high, _), (high, most) = given[0], given[1], given[-2], given[-1]
    codes = [low] if low in (0.01, 0.1, 1, 9) and fewest >= 3 and next_low >= 3 * low else []
    codes += [high] if high in CODES and most >= 3 and high >= 1.5 * next_high else []
    if codes:
        test = f"{value} IN ({', '.join(map(str, codes))})"
        yield Finding.of(
            "lone_codes", "warning", "provider", name, column, count_rows(tables, name, test), noun="value", fix="code_values_fix",
            examples=places(tables, name, test), list=listed([f"{code:g}" for code in codes]),
            place=f"tables.{name}.missing.{column}: {{{codes[0]:g}: Not recorded}}",
        )  # fmt: skip


def _hourly(tables: Tables, name: str, column: str) -> Iterator[Finding]:
    """Yield a warning if most pay an hour is no pay of an hour."""
    middle = numbers(tables, name, f"median({quoted(column)})", where=f"{quoted(column)} > 0")[0]
    if middle and not HOURLY[0] <= middle <= HOURLY[1]:
        yield Finding.of(
            "not_hourly", "warning", "provider", name, column, why="other_unit_why", fix="other_unit_fix", middle=f"{middle:,.6g}"
        )


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
