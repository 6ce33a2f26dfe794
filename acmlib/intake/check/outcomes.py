"""Is what a metric counts as its result in the data at all? Blank columns, columns no longer filled, results before their start."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from acmlib.contract.expressions import check_expression
from acmlib.contract.model import Contract, Metric
from acmlib.contract.syntax import compared
from acmlib.intake.build.early import early, starts_of
from acmlib.intake.build.moments import moment
from acmlib.intake.check.rows import count_rows, is_secret, numbers, places
from acmlib.intake.connection import quoted
from acmlib.intake.findings import Finding, listed
from acmlib.intake.read.forms import DATES

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: Of fewer people in the cohort nothing is concluded from an empty column.
FEW = 5

#: A column counts as no longer filled if so many values were to be expected since: by chance in fewer than 1 of 1,000 such times.
EXPECTED = -math.log(0.001)

#: Without a window the results of the last months may still come: fewer months of silence say nothing.
MONTHS_OPEN = 6

#: Most different values of a column that is compared with texts.
MOST_VALUES = 200

#: Spellings of yes and no that people and programs mix.
_ALIKE = (
    frozenset({"yes", "y", "true", "t", "1", "1.0", "x", "si", "sí", "checked", "ja", "oui"}),
    frozenset({"no", "n", "false", "f", "0", "0.0", "unchecked", "nein", "non"}),
)


def check_outcomes(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield findings about what the metrics of a table of rows take for their result."""
    for key, metric in contract.metrics.items():
        if metric.from_ == name:
            yield from _blank(tables, contract, key, metric)
            yield from _blank_groups(tables, contract, key, metric)
            yield from _before_start(tables, contract, key, metric)
            if metric.kind in ("duration", "retention") and metric.start and metric.end:
                yield from _below_zero(tables, key, metric, metric.start, metric.end)
            yield from _texts(tables, contract, key, metric)


def results_of(contract: Contract, metric: Metric) -> tuple[str, ...]:
    """Return the columns that hold outcomes, not those that define the cohort."""
    outcome = [text for text in (metric.that, metric.end, metric.value) if text]
    cohort = [text for text in (metric.of, metric.date, metric.start) if text]
    known = {column.casefold() for text in cohort for column in check_expression(text).columns}
    return tuple(dict.fromkeys(c for text in outcome for c in check_expression(text).columns if c.casefold() not in known))


def _blank(tables: Tables, contract: Contract, key: str, metric: Metric) -> Iterator[Finding]:
    """Yield an error if a column that says the result is empty for the whole cohort, or from some month on."""
    name, results = metric.from_, results_of(contract, metric)
    cohort = f"({metric.of})" if metric.of else "true"
    people = numbers(tables, name, "count(*)", where=cohort)[0]
    if people < FEW or not results or metric.kind == "retention":  # nobody may have left yet
        return
    counts = numbers(tables, name, *(f"count({quoted(column)})" for column in results), where=cohort)
    empty = [column for column, filled in zip(results, counts, strict=True) if not filled]
    for column in empty:
        yield Finding.of("blank_result", "error", "provider", name, column, people, noun="person", metrics=(key,), metric=key)
    if metric.date and metric.that and not empty:
        for column in results:
            yield from _stopped(tables, contract, key, metric, column, cohort)


def _blank_groups(tables: Tables, contract: Contract, key: str, metric: Metric) -> Iterator[Finding]:
    """Yield a warning about sites and places of which not one result was sent, though the others have many."""
    name, cohort = metric.from_, f"({metric.of})" if metric.of else "true"
    if metric.kind != "proportion":
        return
    for dimension in tables.dimensions(name):
        if contract.dimensions[dimension].kind not in ("site", "place"):
            continue
        for column in results_of(contract, metric):
            asked = f"SELECT {quoted(f'dim_{dimension}')}, count(*), count({quoted(column)}) FROM {quoted(name)} WHERE {cohort}"
            rows = tables.connection.execute(f"{asked} GROUP BY 1 ORDER BY 1").fetchall()
            people, filled = sum(row[1] for row in rows if row[2]), sum(row[2] for row in rows)
            silent = [
                (str(group), number) for group, number, found in rows if people and not found and number * filled / people >= EXPECTED
            ]
            if silent:
                count = sum(number for _, number in silent)
                yield Finding.of(
                    "blank_group", "warning", "provider", name, column, count, noun="person", metrics=(key,),
                    examples=listed([group for group, _ in silent]), metric=key,
                )  # fmt: skip


def _stopped(tables: Tables, contract: Contract, key: str, metric: Metric, column: str, cohort: str) -> Iterator[Finding]:
    name, day = metric.from_, f"({metric.date})::DATE"
    last = tables.period.end
    rows = tables.connection.execute(
        f"SELECT 12 * year({day}) + month({day}) - 1 AS month, count(*), count({quoted(column)}) FROM {quoted(name)} WHERE {cohort} "
        f"AND {day} BETWEEN DATE '{contract.contract.starts}' AND DATE '{last}' - {metric.window or 0} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    rows = [(f"{month // 12}-{month % 12 + 1:02d}", people, filled) for month, people, filled in rows]
    silent: list[tuple[str, int, int]] = []
    while rows and rows[-1][2] == 0:
        silent.insert(0, rows.pop())
    before, filled = sum(row[1] for row in rows), sum(row[2] for row in rows)
    since = sum(row[1] for row in silent)
    few = 2 if metric.window else MONTHS_OPEN
    if len(silent) < few or not filled or since * filled / before < EXPECTED:
        return
    yield Finding.of(
        "stopped", "error", "provider", name, column, since, noun="person", metrics=(key,), month=silent[0][0],
        share=f"{filled / before:.0%}", metric=key,
    )  # fmt: skip


def _before_start(tables: Tables, contract: Contract, key: str, metric: Metric) -> Iterator[Finding]:
    """Yield findings about results that are dated before their own start."""
    name, of = metric.from_, f"({metric.of})" if metric.of else "true"
    for result, start in starts_of(contract, metric, tables.columns(name)):
        test = f"{of} AND ({metric.that}) AND {early(result, start)}"
        rows = count_rows(tables, name, test)
        if rows:
            most = rows >= FEW and 2 * rows > count_rows(tables, name, f"{of} AND ({metric.that})")  # then the dates are of something else
            yield Finding.of(
                "before_start", "error" if most else "warning", "provider", name, result, rows, noun="date", metrics=(key,),
                examples=places(tables, name, test), column=start, metric=key, result=result,
            )  # fmt: skip


def _below_zero(tables: Tables, key: str, metric: Metric, start: str, end: str) -> Iterator[Finding]:
    """Yield a finding about times whose end lies before their start."""
    name, of = metric.from_, f"({metric.of})" if metric.of else "true"
    kinds = tables.connection.execute(f"DESCRIBE SELECT ({start}) AS a, ({end}) AS b FROM {quoted(name)}").fetchall()
    types = tables.columns(name)
    moments = [moment(text, types) for text in (end, start)] if metric.kind == "duration" else []
    cast = "::DATE" if all(str(row[1]).startswith(DATES) for row in kinds) else ""
    test = f"{of} AND ({end}){cast} < ({start}){cast}"
    if moments and all(moments) and not metric.in_working_days:  # with times of day an end may lie before its start on the same day
        test = f"{of} AND ({moments[0]})::TIMESTAMP < ({moments[1]})::TIMESTAMP"
    rows = count_rows(tables, name, test)
    if rows:
        ends = [one for one in check_expression(end).columns if one in types]
        column = next((one for one in ends if types[one].startswith(DATES)), next(iter(ends), None))
        yield Finding.of(
            "ends_early", "warning", "provider", name, column, rows, metrics=(key,), fix="date_fix", examples=places(tables, name, test),
            metric=key,
        )  # fmt: skip


def _texts(tables: Tables, contract: Contract, key: str, metric: Metric) -> Iterator[Finding]:
    """Yield findings about columns that are compared with texts they do not hold, or hold in other spellings."""
    name = metric.from_
    asked: dict[str, list[str]] = {}
    for text in filter(None, (metric.of, metric.that)):
        for column, value in compared(text):
            asked.setdefault(column, []).append(value)
    for column, wanted in asked.items():
        if not tables.columns(name).get(column, "").startswith("VARCHAR"):
            continue
        rows = tables.connection.execute(
            f"SELECT {quoted(column)}, count(*) FROM {quoted(name)} WHERE {quoted(column)} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 "
            f"LIMIT {MOST_VALUES}"
        ).fetchall()
        values = {str(value): number for value, number in rows}
        near = {value: number for value, number in values.items() if value not in wanted and any(is_near(value, one) for one in wanted)}
        held = listed([] if is_secret(contract, name, column) else [f"'{value}'" for value in near or values])
        if near and len(values) < MOST_VALUES:
            yield Finding.of(
                "near_misses", "error", "agency", name, column, sum(near.values()), metrics=(key,), examples=held,
                wanted=listed([f"'{one}'" for one in wanted]), metric=key, place=f"tables.{name}.recode.{column}",
            )  # fmt: skip
        elif values and not set(wanted) & set(values):
            yield Finding.of(
                "no_such_text", "error", "agency", name, column, metrics=(key,), fix="near_misses_fix",
                wanted=listed([f"'{one}'" for one in wanted]), list=held or "–", metric=key, place=f"tables.{name}.recode.{column}",
            )  # fmt: skip


def is_near(value: str, wanted: str) -> bool:
    """Whether two texts are the same but for capitals, blanks and signs, or are both yes, or both no.

    Examples
    --------
    >>> is_near("YES", "Yes"), is_near("1", "Yes"), is_near("Placed - full time", "Placed (full-time)"), is_near("No", "Yes")
    (True, True, True, False)
    """
    one, other = value.strip().casefold(), wanted.strip().casefold()
    if one == other or any(one in group and other in group for group in _ALIKE):
        return True
    bare = ["".join(sign for sign in text if sign.isalnum()) for text in (one, other)]
    return bool(bare[0]) and bare[0] == bare[1]
