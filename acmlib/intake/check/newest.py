"""How far what was sent reaches: the newest date of each table, and of each site in it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from acmlib.contract.model import Contract
from acmlib.contract.periods import contract_period
from acmlib.intake.check.rows import own_columns
from acmlib.intake.connection import quoted
from acmlib.intake.read.forms import DATES

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: A silence is strange if it would come by chance in fewer than 1 of 100 such times: Poisson, -log(0.01) dates expected.
RARE = -math.log(0.01)
#: How many days back the usual number of dates is counted, and how many days of silence are no news in a monthly routine.
USUAL_DAYS, LATE_DAYS = 365, 35


@dataclass(frozen=True)
class Newest:
    """The newest date of a table, or of one site in it, up to the last day of the period."""

    table: str  #: Of the contract.
    day: dt.date  #: Of a counts table the last day of its newest period.
    #: `dimension`, `group`: A dimension of kind ``site`` and the site; empty for the whole table.
    dimension: str = ""
    group: str = ""
    behind: bool = False  #: Whether a site has been silent, since the newest date of the table, longer than chance explains.


def newest_dates(tables: Tables, contract: Contract) -> tuple[Newest, ...]:
    """Return how far each table reaches that has dates, each followed by its sites, the oldest first.

    Columns that the contract calls private, and those of joined tables, are left out; so are groups that mean *not recorded*.
    """
    found: list[Newest] = []
    for name in tables.names:
        found += _of_counts(tables, contract, name) if contract.tables[name].kind == "counts" else _of_rows(tables, contract, name)
    return tuple(found)


def _sites(tables: Tables, contract: Contract, name: str) -> list[str]:
    return [one for one in tables.dimensions(name) if contract.dimensions[one].kind == "site"]


def _of_rows(tables: Tables, contract: Contract, name: str) -> Iterator[Newest]:
    columns = _event_columns(tables, contract, name)
    for dimension in ("", *_sites(tables, contract, name)) if columns else ():
        group = quoted(f"dim_{dimension}") if dimension else "''"
        days = " UNION ALL ".join(f"SELECT {group} AS site, {quoted(one)}::DATE AS day FROM {quoted(name)}" for one in columns)
        sql = (
            f"WITH days AS MATERIALIZED (SELECT site, day, count(*) AS n FROM ({days}) WHERE day <= DATE '{tables.period.end}' "
            "GROUP BY ALL), "
            "last AS (SELECT site, max(day) AS day FROM days GROUP BY site) "
            "SELECT site, last.day, sum(days.n) FROM days JOIN last USING (site) "
            f"WHERE days.day > last.day - {USUAL_DAYS} GROUP BY ALL ORDER BY last.day, site"
        )
        seen = tables.connection.execute(sql).fetchall()
        newest = max((day for _, day, _ in seen), default=dt.date.min)
        for site, day, usual in seen:
            silent = (newest - day).days
            behind = silent > LATE_DAYS and usual / USUAL_DAYS * silent >= RARE
            if not dimension or site not in contract.dimensions[dimension].not_recorded:
                yield Newest(name, day, dimension, site if dimension else "", behind)


def _event_columns(tables: Tables, contract: Contract, name: str) -> list[str]:
    """Return the date columns of a table whose values may be shown: its own ones, except private columns."""
    table = contract.tables[name]
    own = {*table.columns, *table.derive, *(column for given in tables.inputs if given.table == name for column in given.columns)}
    joined = {column for join in table.join for column in tables.columns(join.table)} - own
    dates = [column for column, kind in own_columns(tables, name).items() if kind.startswith(DATES)]
    return [column for column in dates if column not in joined and column not in table.private]


def _of_counts(tables: Tables, contract: Contract, name: str) -> Iterator[Newest]:
    sql = f'SELECT DISTINCT dimension, "group", period FROM {quoted(name)}'
    ends: dict[tuple[str, str], dt.date] = {}
    sites = _sites(tables, contract, name)
    for dimension, group, text in tables.connection.execute(sql).fetchall():
        end = contract_period(contract, text).end
        if end > tables.period.end:
            continue
        ends["", ""] = max(ends.get(("", ""), end), end)
        if dimension in sites and group not in contract.dimensions[dimension].not_recorded:
            ends[dimension, group] = max(ends.get((dimension, group), end), end)
    for (dimension, group), end in sorted(ends.items(), key=lambda one: (one[0][0], one[1], one[0][1])):
        yield Newest(name, end, dimension, group, behind=(ends["", ""] - end).days > LATE_DAYS)
