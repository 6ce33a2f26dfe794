"""Working days: Monday to Friday without the holidays of a named calendar, numbered so that they can be subtracted.

From one day to another there are as many working days as lie after the first, up to and including the second. Friday to Monday is one, a
day to itself none, Saturday to Monday one, Saturday to Sunday none. Backwards there is no number: a result before its start is a mistake.
numpy, pandas and others count otherwise (findings/working-days-four-answers.sh).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from acmlib.contract.errors import ContractError, choose
from acmlib.contract.model import CALENDAR_NAME, NO_HOLIDAYS, Contract
from acmlib.contract.values import FrozenMap
from acmlib.intake.connection import literal
from acmlib.intake.read.delimited import csv_form, csv_rows
from acmlib.intake.read.files import SourceError, find_files

#: A Monday before every date that data hold; years before the term and after it for which holidays are known.
_MONDAY = dt.date(1600, 1, 3)
BEFORE, AFTER = 10, 2


def add_calendar(contract: Contract, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Give the expressions of a contract that names a calendar ``working_days(from, to)`` and ``working_day(date)``, a running number.

    Raises
    ------
    ContractError
        If the calendar is not known, or its file cannot be read.
    """
    if contract.holidays is None:
        return
    free = ", ".join(f"DATE '{day}'" for day in holidays_of(contract, root) if day.weekday() < 5)
    days = f"(date_diff('day', DATE '{_MONDAY}', d::DATE) + 1)"
    passed = f"- len(list_filter([{free}], lambda x: x <= d::DATE))" if free else ""
    connection.execute(f"CREATE MACRO working_day(d) AS ({days} // 7 * 5 + least({days} % 7, 5) {passed})::BIGINT")
    connection.execute("CREATE MACRO working_days(a, b) AS CASE WHEN b::DATE >= a::DATE THEN working_day(b) - working_day(a) END")


def holidays_of(contract: Contract, root: Path) -> tuple[dt.date, ...]:
    """Return the holidays of a contract's calendar, from ten years before its term to two after it; from a file all that it names.

    Raises
    ------
    ContractError
        As `add_calendar`.
    """
    name = str(contract.holidays)
    try:
        if name == NO_HOLIDAYS:
            return ()
        years = range(contract.contract.starts.year - BEFORE, contract.contract.ends.year + AFTER + 1)
        return _of_place(name, years) if CALENDAR_NAME.fullmatch(name) else _of_file(name, root)
    except SourceError as error:
        raise ContractError([contract.located("holidays", f"is '{name}'; {error}")]) from None


def _of_place(name: str, years: range) -> tuple[dt.date, ...]:
    try:
        import holidays
    except ImportError:
        raise SourceError("is a calendar of the package holidays: pip install holidays; or give a CSV file with a column date") from None
    country, _, part = name.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        raise SourceError(f"there is no calendar of this country; {choose(country, known)}")
    if part and part not in known[country]:
        raise SourceError(f"there is no calendar of this part of {country}; {choose(part, known[country])}")
    return tuple(sorted(holidays.country_holidays(country, subdiv=part or None, years=years)))


def _of_file(name: str, root: Path) -> tuple[dt.date, ...]:
    file = find_files(name, root=root)[0]
    if file.kind != "csv" or "date" not in csv_form(file).columns:
        raise SourceError("use a CSV file with a column date, a holiday a row, as 2026-07-03")
    found = set()
    for number, row in csv_rows(file):
        try:
            found.add(dt.date.fromisoformat(row["date"].strip()))
        except ValueError:
            raise SourceError(f"has no date in row {number}; write it as 2026-07-03") from None
    return tuple(sorted(found))


def in_working_days(contract: Contract, as_of: dt.date) -> Contract:
    """Return the contract with its durations in working days between numbers of working days.

    Parameters
    ----------
    as_of : date
        Last day that is known: what begins after it is not counted, and what ends after it is open.
    """
    metrics = dict(contract.metrics)
    last = f"DATE {literal(as_of.isoformat())}"
    for name, metric in contract.metrics.items():
        if metric.in_working_days:
            start, end = f"({metric.start})::DATE", f"({metric.end})::DATE"
            until = f"least(coalesce(({metric.until})::DATE, {last}), {last})" if metric.until else last
            metrics[name] = metric.model_copy(update={
                "of": " AND ".join(f"({one})" for one in (metric.of, f"{start} <= {last}") if one),
                "start": f"working_day({start})",
                "end": f"CASE WHEN {end} < {start} THEN -1 WHEN {end} <= {last} THEN working_day({end}) END",
                "until": f"working_day({until})",
            })  # fmt: skip
    return contract.model_copy(update={"metrics": FrozenMap(metrics)}) if metrics != contract.metrics else contract
