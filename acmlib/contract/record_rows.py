"""Checks of the files beside a contract: periods and days that are impossible, and rows that appear twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from acmlib.contract.errors import choose
from acmlib.contract.figures import figure_ids
from acmlib.contract.model import Contract
from acmlib.contract.periods import Period, contract_period
from acmlib.contract.records import Peer, Plan, Records, Roadmap
from acmlib.contract.replies import Deliverable, Response, SpotCheck
from acmlib.contract.values import Model

#: Lines of the rows of CSV files, by file.
Lines = Mapping[str, Sequence[int]]

#: A file, where in it (for the end of a message), and what is written there.
RecordRow = tuple[str, str, Any]

#: A reply, or a meeting about a period, comes within a year of it.
A_YEAR = dt.timedelta(days=366)

#: Years before the contract starts, and after it ends, in which something may be agreed, done or held.
BEFORE, AFTER = 1, 2

#: Columns that identify a row of a file: a second row with the same values is a mistake.
KEYS: Mapping[str, tuple[str, ...]] = {
    "responses.csv": ("period", "figure", "by", "on"),
    "deliverables.csv": ("kind", "period", "party", "what"),
    "spot_checks.csv": ("date", "metric", "period"),
    "peers.csv": ("contract", "metric", "period"),
    "coding.csv": ("excerpt", "coder", "theme"),
}


def row_contradictions(records: Records, folder: str, contract: Contract, lines: Lines) -> Iterator[str]:
    """Yield a message for each row with an impossible figure, period or day, and for each that appears twice.

    Parameters
    ----------
    folder : str
        Of the contract, as messages name it.
    lines : mapping
        Lines of the rows of CSV files.
    """
    rows = list(_rows(records, folder, lines))
    for where, at, row in [*rows, *_dated(records, folder)]:
        yield from (f"{where}: {told}{at}" for told in _period(row, contract))
    for where, at, record in [*rows, *_dated(records, folder), *_others(records, folder)]:
        yield from _days(where, at, record, contract)
    known = figure_ids(contract)
    for where, at, row in rows:
        if isinstance(row, Response) and row.figure not in known:
            yield f"{where}: figure is '{row.figure}'; there is no such figure in the pre-read; {choose(row.figure, known)}{at}"
        if isinstance(row, Peer):
            yield from (f"{where}: {told}; run acm peers again{at}" for told in _peer(row, contract))
    yield from _twice(rows)


def _peer(row: Peer, contract: Contract) -> Iterator[str]:
    shares = [name for name, metric in contract.metrics.items() if metric.kind == "proportion"]
    if row.metric not in shares:
        yield f"metric is '{row.metric}'; there is no such metric of kind proportion in contract.yml; {choose(row.metric, shares)}"
    if row.adjusted_by is not None and row.adjusted_by not in contract.dimensions:
        dimensions = contract.dimensions
        yield f"adjusted_by is '{row.adjusted_by}'; there is no such dimension in contract.yml; {choose(row.adjusted_by, dimensions)}"


def _twice(rows: Sequence[RecordRow]) -> Iterator[str]:
    seen: dict[tuple[str, ...], str] = {}
    for where, at, row in rows:
        columns = KEYS.get(where.rpartition("/")[2], ())
        if isinstance(row, SpotCheck) and row.metric is None:
            columns = ("date", "what")
        key = (where, *(str(getattr(row, column)) for column in columns))
        if columns and key in seen:
            yield f"{where}: a row has the {', '.join(columns)} of an earlier one{seen[key]}; keep one of them{at}"
        seen.setdefault(key, at)


def _rows(records: Records, folder: str, lines: Lines) -> Iterator[RecordRow]:
    """Yield the rows of all CSV files, each with its file and its line."""
    files: tuple[tuple[str, Sequence[Any]], ...] = (
        ("actions.csv", records.actions), ("responses.csv", records.responses), ("deliverables.csv", records.deliverables),
        ("spot_checks.csv", records.spot_checks), ("coding.csv", records.coded), ("peers.csv", records.peers),
    )  # fmt: skip
    for file, found in files:
        places = lines.get(file) or [0] * len(found)
        for line, row in zip(places, found, strict=True):
            yield f"{folder}/{file}", f" (line {line})" if line else "", row


def _others(records: Records, folder: str) -> Iterator[RecordRow]:
    """Yield the files that hold one record. Notes may have any day: some are written long after the contract."""
    yield f"{folder}/roadmap.yml", "", Roadmap(topics=records.roadmap)
    yield f"{folder}/plan.yml", "", Plan(questions=records.plan, calendar=records.calendar)
    yield f"{folder}/voice.yml", "", records.voices
    if records.review is not None:
        yield f"{folder}/review.yml", "", records.review


def _dated(records: Records, folder: str) -> list[RecordRow]:
    """Return the meetings, whose files name a period."""
    return [(f"{folder}/meetings/{one.date}.yml", "", one) for one in records.meetings]


def _period(row: Any, contract: Contract) -> Iterator[str]:
    """Check that a period can be read, lies in the term, and was over when somebody answered or met about it."""
    text, term = getattr(row, "period", None), contract.contract
    if text is None:
        return
    try:
        period: Period = contract_period(contract, text)
    except ValueError as error:
        yield f"period is '{text}';{str(error).partition(':')[2]}"
        return
    if period.end < term.starts or period.start > term.ends:
        yield f"period is '{text}', outside the term; use one from {term.starts} to {term.ends}"
    for name in ("on", "date"):
        day = getattr(row, name, None)
        if day is not None and day <= period.start:
            yield f"{name} is {day}, before the period {text} began; correct one of them"
        elif day is not None and not isinstance(row, SpotCheck) and day > period.end + A_YEAR:
            yield f"{name} is {day}, more than a year after the period {text}; correct one of them"
    if isinstance(row, Deliverable):
        yield from _obligation(row, period)


def _obligation(row: Deliverable, period: Period) -> Iterator[str]:
    """Check that a report or an invoice is of a period before it: it was not due, received or paid before that began."""
    if row.kind not in ("report", "invoice"):
        return
    for name in ("due", "received_on", "done_on"):
        day = getattr(row, name)
        if day is not None and day <= period.start:
            yield f"{name} is {day}, before the period {row.period} began; correct one of them"
    if row.kind == "report" and row.done_on is not None and row.done_on < period.end <= row.due:
        yield f"done_on is {row.done_on}, before the period {row.period} was over on {period.end}; correct one of them"


def _days(where: str, at: str, record: Any, contract: Contract) -> Iterator[str]:
    """Check that every day of a record lies in the years around the term: others are typing errors."""
    starts, ends = contract.contract.starts, contract.contract.ends
    first, last = starts.replace(year=starts.year - BEFORE, day=1), ends.replace(year=ends.year + AFTER, day=1)
    for name, day in _days_of(record):
        if not first <= day <= last:
            use = f"use a day from {first}, a year before the contract starts, to {last}, two after it ends"
            yield f"{where}: {name} is {day}; {use}{at}"


def _days_of(record: Any, prefix: str = "") -> Iterator[tuple[str, dt.date]]:
    """Yield the days in a record, and in what it is made of, each with its key."""
    for name in type(record).model_fields:
        value = getattr(record, name)
        if isinstance(value, dt.date):
            yield f"{prefix}{name}", value
        elif isinstance(value, Model):
            yield from _days_of(value, f"{prefix}{name}.")
        elif isinstance(value, tuple):
            for number, one in enumerate(value):
                if isinstance(one, Model):
                    yield from _days_of(one, f"{prefix}{name}.{getattr(one, 'id', number)}.")
