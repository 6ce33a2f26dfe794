"""Groups of a dimension: one group under two spellings, totals and dates among groups, groups that come, go and fall silent."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import TYPE_CHECKING

from acmlib.contract.model import Contract
from acmlib.contract.periods import add_months, month_text
from acmlib.contract.standards import OMB_2024_GROUPS
from acmlib.intake.build.totals import is_total
from acmlib.intake.connection import quoted
from acmlib.intake.findings import Finding, ListText, listed

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: A silence is said if it would come by chance in fewer than 1 of 1,000 such times: so many rows were to be expected in it.
EXPECTED = -math.log(0.001)

#: Fewest months of silence that are said, and fewest months that a group must have been there to end or begin.
MONTHS = 3

#: Of more groups than this no spellings are compared: their pairs would be too many to look at.
MOST_COMPARED = 200

#: Two names of which so much is alike (difflib) may be one.
LIKENESS = 0.88

_SUFFIX = re.compile(
    r"\b(ctr|cntr|center|centre|centro|street|st|avenue|ave|building|bldg|office|site|branch|campus|school|sch|inc|llc|the|of)\b"
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d( .*)?|\d{1,2}[-/][A-Za-z]{3}|[A-Za-z]{3}[-/ ]\d{1,2}")


@dataclass(frozen=True)
class GroupRows:
    """A group: how many rows it has, in how many months, the first and the last of them."""

    group: str
    rows: int
    months: int
    first: str
    last: str


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
                (a.group, b.group) for a, b in combinations(groups, 2) if not {a.group, b.group} <= known and is_alike(a.group, b.group)
            ]
            if pairs:
                yield _spellings(name, column, at, pairs, sum(min(_rows(groups, a), _rows(groups, b)) for a, b in pairs))
        if day and len(groups) <= MOST_COMPARED and not dimension.bands:  # people grow out of bands of age
            yield from _renamed(tables, contract, name, column, at, groups)
            yield from _silent(tables, contract, name, column, groups)


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
    seen = [
        GroupRows(group, sum(n for _, n in months), len(months), _text(months[0][0]), _text(months[-1][0]))
        for group, months in found.items()
    ]
    return sorted(seen, key=lambda one: -one.rows)


def _text(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}" if month else ""


def _strange(name: str, column: str, at: str, groups: Sequence[str], contract: Contract) -> Iterator[Finding]:
    """Yield findings about totals and dates among the names of groups."""
    totals = [group for group in groups if is_total(group)]
    if totals and len(groups) > 1:
        yield Finding.of("total_group", "error", "provider", name, column, list=listed(totals), place=f"tables.{name}.where")
    dates = [group for group in groups if _DATE.fullmatch(group)]
    if dates and len(dates) < len(groups):
        yield Finding.of("date_group", "warning", "provider", name, column, list=listed(dates), place=at)


#: Letters of a name in which two that changed places are a typing error.
MIN_EXCHANGED = 5
#: Words that tell places apart although they look alike; of words up to this length a letter does.
_OPPOSITES, SHORT = frozenset({"north", "south", "east", "west", "upper", "lower", "inner", "outer"}), 3


def is_alike(one: str, other: str) -> bool:
    """Whether two names of groups may be one, spelled differently: capitals, signs, accents, an abbreviation, a letter.

    Examples
    --------
    >>> is_alike("North Ctr.", "North Center"), is_alike("Male", "Female"), is_alike("District 4", "District 5")
    (True, False, False)
    >>> is_alike("Nroth", "North"), is_alike("Ward AB", "Ward BA")
    (True, False)
    >>> is_alike("West Midlands Region", "East Midlands Region"), is_alike("Migrant HS", "Migrant EHS")
    (False, False)
    """
    a, b = (" ".join(re.sub(r"[^\w]+", " ", _bare(name)).split()) for name in (one, other))
    if a == b:
        return True
    if re.findall(r"\d+", a) != re.findall(r"\d+", b) or not a or not b:
        return False
    short, long = ("".join(_SUFFIX.sub(" ", name).split()) for name in (a, b))
    if short and short == long:
        return True
    pairs = list(zip(a.split(), b.split(), strict=True)) if len(a.split()) == len(b.split()) else []
    if len(pairs) > 1 and all(_abbreviates(x, y) for x, y in pairs):
        return True
    if any(x != y and ({x, y} <= _OPPOSITES or max(len(x), len(y)) <= SHORT) for x, y in pairs):
        return False
    close = min(len(a), len(b)) >= 6 and abs(len(a) - len(b)) <= 2 and SequenceMatcher(None, a, b).ratio() >= LIKENESS
    return close or _exchanged(a, b)


def _exchanged(one: str, other: str) -> bool:
    """Whether two names differ in two neighboring letters that changed places."""
    apart = [at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b] if len(one) == len(other) >= MIN_EXCHANGED else []
    return len(apart) == 2 and apart[1] == apart[0] + 1 and one[apart[0]] == other[apart[1]] and one[apart[1]] == other[apart[0]]


def _abbreviates(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (short == long or len(short) >= 2)


def _bare(name: str) -> str:
    """Return a name in small letters without accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))


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


def _silent(tables: Tables, contract: Contract, name: str, column: str, groups: Sequence[GroupRows]) -> Iterator[Finding]:
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


def months_between_texts(first: str, last: str) -> int:
    """Return how many months lie from one month to another.

    Examples
    --------
    >>> months_between_texts("2025-11", "2026-02")
    3
    """
    return 12 * (int(last[:4]) - int(first[:4])) + int(last[5:7]) - int(first[5:7]) if first and last else 0
