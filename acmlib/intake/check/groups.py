"""Groups of a dimension: one group under two spellings, totals and dates among groups, groups that come, go and fall silent."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from acmlib.contract.model import Contract
from acmlib.contract.periods import add_months, month_text
from acmlib.contract.standards import OMB_2024_GROUPS
from acmlib.intake.build.spellings import is_alike
from acmlib.intake.build.totals import is_total
from acmlib.intake.connection import quoted
from acmlib.intake.findings import Finding, ListText, listed

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: A silence is said if it would come by chance in fewer than 1 of 1,000 such times: so many rows were to be expected in it.
EXPECTED = -math.log(0.001)

#: Fewest months of silence that are said, and fewest months that a group must have been there to end or begin.
MONTHS = 3

#: Fewest months without a row between others that are said; of the last months such a share of what was usual is said.
GAP, FEWER = 2, 0.2

#: Of more groups than this no spellings are compared: their pairs would be too many to look at.
MOST_COMPARED = 200

#: A group with so small a share of the rows of another may be that one with a typing error, where a letter is another.
RARE = 0.1

_RANGE, _DAY_NUMBER = re.compile(r"\d{1,2} ?[-–] ?\d{1,2}"), re.compile(r"4\d{4}")
#: What questionnaires write for "don't know", "declined" and "not asked".
_CODE = re.compile(r"-?(7|8|9)|-?(77|88|97|98|99|777|888|99[789]|9999)|-1")
_DATE = re.compile(r"\d{4}-\d\d-\d\d( .*)?|\d{1,2}[-/][A-Za-z]{3}|[A-Za-z]{3}[-/ ]\d{1,2}")


@dataclass(frozen=True)
class GroupRows:
    """A group: how many rows it has, in how many months, the first and the last of them, and how many in each (12 * year + month - 1)."""

    group: str
    rows: int
    months: int
    first: str
    last: str
    by_month: Mapping[int, float] = field(default_factory=dict)

    @classmethod
    def of(cls, group: str, by_month: Mapping[int, float]) -> GroupRows:
        """Return a group with so many rows, or people of a submission, in each month."""
        return cls(group, round(sum(by_month.values())), len(by_month), _text(min(by_month)), _text(max(by_month)), by_month)


def check_groups(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield findings about the groups of each dimension of a table of rows."""
    day = first_day(tables, contract, name)
    for key in tables.dimensions(name):
        dimension = contract.dimensions[key]
        column = dimension.column or key
        seen = seen_groups(tables, name, key, day)
        groups = [one for one in seen if one.group not in dimension.not_recorded]
        at = f"tables.{name}.recode.{column}"
        yield from _strange(name, column, at, [one.group for one in groups], contract)
        known = {*(dimension.order or ()), *dimension.merge, *(OMB_2024_GROUPS if dimension.standard else ())}
        if len(groups) <= MOST_COMPARED and not dimension.bands:
            pairs = [
                (a.group, b.group)
                for a, b in combinations(groups, 2)
                if not {a.group, b.group} <= known and is_alike(a.group, b.group, rare=b.rows < RARE * a.rows)
            ]
            if pairs:
                yield _spellings(name, column, at, pairs, sum(min(_rows(groups, a), _rows(groups, b)) for a, b in pairs))
        if day and len(groups) <= MOST_COMPARED and not dimension.bands:  # people grow out of bands of age
            yield from _renamed(tables, contract, name, column, at, groups)
            yield from silences(name, column, groups)


def _rows(groups: Sequence[GroupRows], name: str) -> int:
    return next(one.rows for one in groups if one.group == name)


def first_day(tables: Tables, contract: Contract, name: str) -> str | None:
    """Return SQL for the date that puts a row of a table into a month."""
    table = contract.tables[name]
    dates = [quoted(table.entered)] if table.entered and table.entered in tables.columns(name) else []
    dates += [f"({metric.date})" for metric in contract.metrics.values() if metric.from_ == name and metric.date]
    return next(iter(dates), None)


def seen_groups(tables: Tables, name: str, key: str, day: str | None) -> list[GroupRows]:
    """Return the groups of a dimension within the contract's term, the largest first."""
    first, last = tables.contract.contract.starts, min(tables.contract.contract.ends, tables.period.end)
    month = f"12 * year({day}::DATE) + month({day}::DATE) - 1" if day else "0"
    within = f"{day}::DATE BETWEEN DATE '{first}' AND DATE '{last}'" if day else "true"
    rows = tables.connection.execute(
        f"SELECT {quoted(f'dim_{key}')} AS g, {month} AS m, count(*) FROM {quoted(name)} WHERE {within} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    found: dict[str, list[tuple[int, int]]] = {}
    for group, at, number in rows:
        found.setdefault(str(group), []).append((at, number))
    return sorted([GroupRows.of(group, dict(months)) for group, months in found.items()], key=lambda one: -one.rows)


def _text(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}" if month else ""


def _strange(name: str, column: str, at: str, groups: Sequence[str], contract: Contract) -> Iterator[Finding]:
    """Yield findings about totals and dates among the names of groups."""
    totals = [group for group in groups if is_total(group)]
    if totals and len(groups) > 1:
        yield Finding.of("total_group", "error", "provider", name, column, list=listed(totals), place=f"tables.{name}.where")
    ranges = any(map(_RANGE.fullmatch, groups))
    dates = [group for group in groups if _DATE.fullmatch(group) or (ranges and _DAY_NUMBER.fullmatch(group))]
    codes = [group for group in groups if _CODE.fullmatch(group)]
    if codes and not any(group.lstrip("-").isdigit() for group in groups if group not in codes):
        yield Finding.of(
            "code_groups", "warning", "agency", name, column, fix="no_age_fix", list=listed(codes), place=f"tables.{name}.missing.{column}"
        )
    if dates and len(dates) < len(groups):
        yield Finding.of("date_group", "warning", "provider", name, column, list=listed(dates), place=at)


def _spellings(name: str, column: str, at: str, pairs: Sequence[tuple[str, str]], rows: int) -> Finding:
    return Finding.of(
        "spellings", "warning", "agency", name, column, rows, fix="near_misses_fix", list=listed([f"{a} / {b}" for a, b in pairs]), place=at
    )


def _renamed(tables: Tables, contract: Contract, name: str, column: str, at: str, groups: Sequence[GroupRows]) -> Iterator[Finding]:
    """Yield a finding if a group ends where another begins: it may have got another name."""
    end = month_text(min(contract.contract.ends, tables.period.end))
    start = min((one.first for one in groups), default="")
    gone = [one for one in groups if one.months >= MONTHS and one.last < add_months(end, -MONTHS)]
    new = [one for one in groups if one.months >= MONTHS and one.first > add_months(start, MONTHS)]
    pairs = [(a, b) for a in gone for b in new if a.last <= b.first <= add_months(a.last, 2) and a is not b and _same_size(a, b)]
    if pairs:
        shown = listed([f"{a.group} ({a.last}), {b.group} ({b.first})" for a, b in pairs])
        yield Finding.of("renamed", "warning", "agency", name, column, fix="near_misses_fix", list=shown, place=at)


def _same_size(one: GroupRows, other: GroupRows) -> bool:
    a, b = one.rows / one.months, other.rows / other.months
    return max(a, b) <= 2.5 * min(a, b)


def silences(name: str, column: str, groups: Sequence[GroupRows]) -> Iterator[Finding]:
    """Yield warnings about groups of which nothing, or far less than before, came at the end, or nothing for months in between."""
    yield from _silent(name, column, groups)
    yield from _gaps(name, column, groups)
    yield from _fewer(name, column, groups)


def _silent(name: str, column: str, groups: Sequence[GroupRows]) -> Iterator[Finding]:
    """Yield a finding about groups that have had no row for months in which rows were to be expected."""
    newest = max((one.last for one in groups), default="")
    silent = []
    for one in groups:
        months = months_between_texts(one.last, newest)
        present = max(months_between_texts(one.first, one.last) + 1, 1)
        if months >= MONTHS and one.rows / present * months >= EXPECTED:
            silent.append(one)
    if silent and len(silent) < len(groups):
        shown: ListText = listed([f"{one.group} ({one.last})" for one in silent])
        yield Finding.of("silent_group", "warning", "provider", name, column, list=shown)


def _gaps(name: str, column: str, groups: Sequence[GroupRows]) -> Iterator[Finding]:
    """Yield a warning about groups without a row for months in a row that have rows later, where the others' rows let expect some."""
    everyone: dict[int, float] = {}
    for months in (one.by_month for one in groups):
        everyone = {month: everyone.get(month, 0) + months.get(month, 0) for month in {*everyone, *months}}
    every, found = sorted(everyone), []
    for group, months in ((one.group, one.by_month) for one in groups):
        run, others = list[int](), sum(everyone.values()) - sum(months.values())
        for month in every:
            if month not in months:
                run.append(month)
                continue
            meanwhile = sum(everyone[one] for one in run)  # of others alone: how busy these months were
            expected = sum(months.values()) * meanwhile / (others - meanwhile) if others > meanwhile else 0
            if len(run) >= GAP and expected >= EXPECTED and len(months) >= MONTHS and len(run) < len(months):
                found.append(f"{group} ({_text(run[0])} - {_text(run[-1])})")
            run = []
    if found:
        yield Finding.of("gap_group", "warning", "provider", name, column, why="silent_group_why", fix="silent_group_fix",
                         list=listed(found))  # fmt: skip


def _fewer(name: str, column: str, groups: Sequence[GroupRows]) -> Iterator[Finding]:
    """Yield a warning about groups of which in the last months a fifth or less came of what was usual, though of the others most did."""
    every = sorted({month for one in groups for month in one.by_month})
    since, found = every[-MONTHS:], []
    if len(every) < 3 * MONTHS:
        return
    whole, late = (sum(n for one in groups for month, n in one.by_month.items() if month in months) for months in (every[:-MONTHS], since))
    for one in groups:
        now = sum(one.by_month.get(month, 0) for month in since)
        before = one.rows - now
        expected = before / (len(every) - MONTHS) * MONTHS
        others = (whole - before) / (len(every) - MONTHS) * MONTHS
        if now and expected >= 3 * EXPECTED and now <= FEWER * expected and others and late - now >= others / 2:
            found.append(f"{one.group} ({_text(since[0])})")
    if found:
        yield Finding.of("fewer_group", "warning", "provider", name, column, why="silent_group_why", fix="silent_group_fix",
                         list=listed(found))  # fmt: skip


def months_between_texts(first: str, last: str) -> int:
    """Return how many months lie from one month to another.

    Examples
    --------
    >>> months_between_texts("2025-11", "2026-02")
    3
    """
    return 12 * (int(last[:4]) - int(first[:4])) + int(last[5:7]) - int(first[5:7]) if first and last else 0
