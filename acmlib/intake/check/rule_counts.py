"""The table of rule counts: how many rows each rule kept or left out. It counts people, so only the analyst sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from acmlib.contract.model import Contract, Metric
from acmlib.contract.periods import add_months, month_text
from acmlib.contract.syntax import compared
from acmlib.intake.build.early import early, starts_of
from acmlib.intake.build.moments import elapsed
from acmlib.intake.check.groups import first_day, seen_groups
from acmlib.intake.check.joins import matched_rows
from acmlib.intake.check.outcomes import results_of
from acmlib.intake.check.rows import numbers, own_columns
from acmlib.intake.connection import literal, quoted
from acmlib.intake.read.forms import DATES

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

COLUMNS = ("of", "name", "rule", "rows", "detail")


def rule_counts(tables: Tables, contract: Contract) -> pd.DataFrame:
    """Return how many rows of a contract's files each rule kept or left out.

    Returns
    -------
    DataFrame
        Columns ``of`` (file, join, metric, text, group), ``name``, ``rule``, ``rows``, ``detail``. Of a file: rows, first and last date.
        Of a join: rows with and without a match on both sides. Of a metric: rows read, in its cohort, with a date, dated in the term and
        known by the report's last day, with a result, with a result before its start, mature, counted. Of a text that an expression
        compares with: rows that have it. Of a group: rows in the term, first and last month.
    """
    rows = [row for name in tables.names for row in _of_table(tables, contract, name)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"rows": "int64"})


def _of_table(tables: Tables, contract: Contract, name: str) -> Iterator[tuple[str, str, str, int, str]]:
    for given in tables.inputs:
        if given.table == name:
            yield "file", given.path, "rows", given.rows, ""
    if contract.tables[name].kind == "counts":
        sql = f"SELECT measure, count(*), min(period), max(period) FROM {quoted(name)} GROUP BY 1 ORDER BY 1"
        for measure, number, first, last in tables.connection.execute(sql).fetchall():
            yield "measure", f"{name}.{measure}", "counts", number, f"{first} to {last}"
        return
    for column, kind in own_columns(tables, name).items():
        if kind.startswith(DATES):
            cell = quoted(column)
            filled, first, last = numbers(tables, name, f"count({cell})", f"min({cell}::DATE)", f"max({cell}::DATE)")
            yield "date", f"{name}.{column}", "filled", filled, f"{first} to {last}" if filled else ""
    for one in matched_rows(tables, contract, name):
        where = f"{name} with {one.other} by {', '.join(one.on)}"
        yield "join", where, "rows with a match", one.matched, ""
        yield "join", where, "rows without a match", one.rows - one.matched, ""
        yield "join", where, f"rows of {one.other} that no row matches", one.unused, ""
    for key, metric in contract.metrics.items():
        if metric.from_ == name:
            yield from _of_metric(tables, contract, key, metric)
    yield from _of_groups(tables, contract, name)


def _of_metric(tables: Tables, contract: Contract, key: str, metric: Metric) -> Iterator[tuple[str, str, str, int, str]]:
    """Yield how many rows are left after each rule of a metric; each is counted among those before it."""
    name, last = metric.from_, tables.period.end
    types = tables.columns(name)
    conditions = [elapsed(text, types) or text if text else None for text in (metric.of, metric.that)]
    of = f"coalesce(({conditions[0]}), false)" if conditions[0] else "true"
    dated = inside = mature = of
    if metric.date:
        day = f"({metric.date})::DATE"
        dated = f"{of} AND {day} IS NOT NULL"
        inside = f"{dated} AND {day} BETWEEN DATE '{contract.contract.starts}' AND DATE '{last}'"
        mature = f"{inside} AND {day} <= DATE '{_mature_until(tables, metric)}'" if metric.window else inside
    rules = [("rows read", "true"), ("in its cohort (of)", of), ("with a date", dated), (f"dated in the term, up to {last}", inside)]
    results = [quoted(column) for column in results_of(contract, metric) if column in tables.columns(name)]
    if results:
        rules.append(("with a result", f"{inside} AND ({' OR '.join(f'{column} IS NOT NULL' for column in results)})"))
    early_ones = [early(*pair) for pair in starts_of(contract, metric, tables.columns(name))]
    if early_ones:
        rules.append(("with a result before its start", f"{inside} AND ({' OR '.join(early_ones)})"))
    if metric.window:
        rules.append(("not yet knowable (immature)", f"{inside} AND NOT ({mature})"))
    rules.append(("counted", mature))
    if conditions[1]:
        reached = f"{mature} AND coalesce(({conditions[1]}), false)" + "".join(f" AND NOT coalesce({test}, false)" for test in early_ones)
        rules.append(("counted as reached (that)", reached))
    counts = numbers(tables, name, *(f"count(*) FILTER ({test})" for _, test in rules))
    for (rule, _), number in zip(rules, counts, strict=True):
        yield "metric", key, rule, number, ""
    yield from _of_texts(tables, key, metric, of, max(counts[1], 1))


def _of_texts(tables: Tables, key: str, metric: Metric, of: str, whole: int) -> Iterator[tuple[str, str, str, int, str]]:
    """Yield how many rows of the cohort have each text that the expressions of a metric compare with."""
    for text in dict.fromkeys(text for text in (metric.of, metric.that) if text):
        for column, value in compared(text):
            if column in tables.columns(metric.from_):
                equal = numbers(tables, metric.from_, f"count(*) FILTER ({quoted(column)}::VARCHAR = {literal(value)} AND {of})")[0]
                yield "text", f"{key}: {column} = '{value}'", "rows of the cohort that have it", equal, f"{equal / whole:.0%}"


def _mature_until(tables: Tables, metric: Metric) -> str:
    """Return the last day of the last month whose window is over by the report's last day."""
    end = pd.Timestamp(tables.period.end) - pd.Timedelta(days=metric.window or 0)
    last = pd.Timestamp(end) + pd.offsets.MonthEnd(0)
    if last > end:
        last = pd.Timestamp(f"{add_months(month_text(end.date()), -1)}-01") + pd.offsets.MonthEnd(0)
    return last.date().isoformat()


def _of_groups(tables: Tables, contract: Contract, name: str) -> Iterator[tuple[str, str, str, int, str]]:
    day = first_day(tables, contract, name)
    for key in tables.dimensions(name):
        for one in seen_groups(tables, name, key, day):
            yield "group", f"{name}.{key}: {one.group}", "rows in the term", one.rows, f"{one.first} to {one.last}" if one.first else ""
