"""Is what a metric counts as its result in the data at all? Blank columns, columns no longer filled, results before their start."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from acmlib.contract.expressions import check_expression
from acmlib.contract.model import Contract, Metric
from acmlib.contract.syntax import compared, loosely_compared
from acmlib.intake.build.early import early, starts_of
from acmlib.intake.build.moments import moment
from acmlib.intake.build.spellings import MOST_VALUES, other_spellings
from acmlib.intake.check.rows import count_rows, is_secret, numbers, places
from acmlib.intake.connection import quoted
from acmlib.intake.findings import Finding, listed
from acmlib.intake.read.forms import DATES, NUMBERS

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: Of fewer people in the cohort nothing is concluded from an empty column.
FEW = 5

#: A column counts as no longer filled if so many values were to be expected since: by chance in fewer than 1 of 1,000 such times.
EXPECTED = -math.log(0.001)

#: Share of exceptions among those with and without a date up to which the date itself is taken to tell who reached the result.
CLEAN = 0.05

#: Without a window the results of the last months may still come: fewer months of silence say nothing.
MONTHS_OPEN = 6

_DAYS = re.compile(r"(^|_)(days?|weeks?|months?|hours?|wait|d[ií]as)($|_)", re.IGNORECASE)
#: A time in which below zero means before what was agreed.
_BOTH_WAYS = re.compile(r"late|early|due|delay|over|ahead|change|gain|diff|variance", re.IGNORECASE)


def check_outcomes(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield findings about what the metrics of a table of rows take for their result."""
    for key, metric in contract.metrics.items():
        if metric.from_ == name:
            yield from _blank(tables, contract, key, metric)
            yield from _blank_groups(tables, contract, key, metric)
            yield from _before_start(tables, contract, key, metric)
            yield from _undated(tables, key, metric)
            yield from _days_below(tables, key, metric)
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
    if not results or metric.kind == "retention":  # nobody may have left yet
        return
    people, *counts = numbers(tables, name, "count(*)", *(f"count({quoted(column)})" for column in results), where=cohort)
    if people < FEW:
        return
    empty = [column for column, filled in zip(results, counts, strict=True) if not filled]
    for column in empty:
        yield Finding.of("blank_result", "error", "provider", name, column, people, noun="person", metrics=(key,), metric=key)
    if metric.date and metric.that and not empty:
        for column in results:
            yield from _stopped(tables, contract, key, metric, column, cohort)


def _blank_groups(tables: Tables, contract: Contract, key: str, metric: Metric) -> Iterator[Finding]:
    """Yield a warning about sites, places and groups of people of which not one result was sent, though the others have many."""
    name, cohort = metric.from_, f"({metric.of})" if metric.of else "true"
    if metric.kind != "proportion":
        return
    for dimension in tables.dimensions(name):
        if contract.dimensions[dimension].kind in ("reason", "service"):  # not every service has every result
            continue
        for column in results_of(contract, metric):
            asked = f"SELECT {quoted(f'dim_{dimension}')}, count(*), count({quoted(column)}) FROM {quoted(name)} WHERE {cohort}"
            rows = tables.rows(f"{asked} GROUP BY 1 ORDER BY 1")
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
    """Yield an error if a column is no longer filled, and a warning about months in which nobody has a value, or nobody a success."""
    name, day = metric.from_, f"({metric.date})::DATE"
    last = tables.period.end
    rows = tables.connection.execute(
        f"SELECT 12 * year({day}) + month({day}) - 1 AS month, count(*), count({quoted(column)}), "
        f"count(*) FILTER (({metric.that})) FROM {quoted(name)} WHERE {cohort} "
        f"AND {day} BETWEEN DATE '{contract.contract.starts}' AND DATE '{last}' - {metric.window or 0} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    few = 2 if metric.window else MONTHS_OPEN
    filled = _silent([(month, people, number) for month, people, number, _ in rows])
    reached = _silent([(month, people, number) for month, people, _, number in rows])
    silence = filled or reached
    if silence is None or (silence.at_the_end and silence.months < few):
        return
    ended = silence.at_the_end and filled is not None
    yield Finding.of(
        "stopped" if ended else "silence" if filled else "no_success", "error" if ended else "warning", "provider", name, column,
        silence.people, noun="person", metrics=(key,), why="stopped_why" if filled else "no_success_why",
        fix="stopped_fix" if ended else "silence_fix", month=silence.first, last=silence.last, metric=key,
    )  # fmt: skip


class _Silence(NamedTuple):
    """Months in a row in which nobody has a value, though the share of the others that has one would make many."""

    people: int
    months: int
    first: str
    last: str
    at_the_end: bool


def _silent(rows: Sequence[tuple[int, int, int]]) -> _Silence | None:
    """Return the longest silence of a series of (month, people, values) that is no chance."""
    runs = [list(run) for silent, run in groupby(rows, key=lambda row: row[2] == 0) if silent]
    run = max(runs, key=lambda run: sum(row[1] for row in run), default=[])
    people, rest = sum(row[1] for row in run), sum(row[1] for row in rows) - sum(row[1] for row in run)
    share = sum(row[2] for row in rows) / rest if rest else 0.0
    if people * share < EXPECTED:
        return None
    first, last = (f"{month // 12}-{month % 12 + 1:02d}" for month in (run[0][0], run[-1][0]))
    return _Silence(people, len(run), first, last, run[-1] is rows[-1])


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


def _undated(tables: Tables, key: str, metric: Metric) -> Iterator[Finding]:
    """Yield an error if only those who reached it (or only the others) have the date by which the metric counts: 100% or 0% by design."""
    if metric.kind != "proportion" or not metric.that or not metric.date:
        return
    name, of, dated = metric.from_, f"({metric.of})" if metric.of else "true", f"({metric.date}) IS NOT NULL"
    yes, no = (f"({metric.that})" if wanted else f"NOT ({metric.that})" for wanted in (True, False))
    tests = [f"count(*) FILTER ({result} AND {day})" for day in (dated, f"NOT ({dated})") for result in (yes, no)]
    reached, failed, undated_reached, undated_failed = numbers(tables, name, *tests, where=of)
    if reached + failed < FEW or undated_reached + undated_failed < FEW:
        return
    shares = reached / (reached + failed), undated_reached / (undated_reached + undated_failed)
    if max(shares) >= 1 - CLEAN and min(shares) <= CLEAN:
        without = undated_reached + undated_failed
        column = next(iter(check_expression(metric.date).columns), None)
        yield Finding.of(
            "undated", "error", "agency", name, column, without, noun="person", metrics=(key,), metric=key, date=metric.date,
            place=f"metrics.{key}.date",
        )  # fmt: skip


def _days_below(tables: Tables, key: str, metric: Metric) -> Iterator[Finding]:
    """Yield a warning about numbers of days below zero in what says that a result was reached: a result before its start."""
    name, kinds = metric.from_, tables.columns(metric.from_)
    for column in check_expression(metric.that).columns if metric.that else ():
        if kinds.get(column, "").startswith(NUMBERS) and _DAYS.search(column) and not _BOTH_WAYS.search(column):
            test = f"{quoted(column)} < 0 AND ({metric.that})"
            if rows := count_rows(tables, name, test):
                yield Finding.of("days_below", "warning", "provider", name, column, rows, metrics=(key,), fix="date_fix",
                                 examples=places(tables, name, test))  # fmt: skip


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
        for column, value in (*compared(text), *loosely_compared(text)):
            asked.setdefault(column, []).append(value)
    loose = {pair for text in filter(None, (metric.of, metric.that)) for pair in loosely_compared(text)}
    for column, wanted in asked.items():
        if not tables.columns(name).get(column, "").startswith("VARCHAR"):
            continue
        rows = tables.rows(
            f"SELECT {quoted(column)}, count(*) FROM {quoted(name)} WHERE {quoted(column)} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 "
            f"LIMIT {MOST_VALUES}"
        )
        values = {str(value): number for value, number in rows}
        begun = tuple(value.casefold() for one, value in loose if one == column)
        values = {value: number for value, number in values.items() if not begun or not value.strip().casefold().startswith(begun)}
        near, may = other_spellings(values, wanted)
        near = near or may
        held = listed([] if is_secret(contract, name, column) else [f"'{value}'" for value in near or values])
        if near and len(values) < MOST_VALUES:
            yield Finding.of(
                "near_maybe" if near is may else "near_misses", "warning" if near is may else "error", "agency", name, column,
                sum(near.values()), metrics=(key,), why="near_misses_why", fix="near_misses_fix", examples=held,
                wanted=listed([f"'{one}'" for one in wanted]), metric=key, place=f"tables.{name}.recode.{column}",
            )  # fmt: skip
        elif values and not begun and not set(wanted) & set(values):
            yield Finding.of(
                "no_such_text", "error", "agency", name, column, metrics=(key,), fix="near_misses_fix",
                wanted=listed([f"'{one}'" for one in wanted]), list=held or "–", metric=key, place=f"tables.{name}.recode.{column}",
            )  # fmt: skip
