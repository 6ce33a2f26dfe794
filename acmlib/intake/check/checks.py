"""Checks of what was sent. Nothing is refused here: findings say what to look at, why it matters, and who can correct it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from acmlib.contract.model import Contract
from acmlib.contract.periods import add_months, month_text, months_between, parse_period, report_period
from acmlib.contract.targets import steps
from acmlib.intake.build.categories import band_labels
from acmlib.intake.build.usage import metrics_using
from acmlib.intake.check.amounts import check_amounts
from acmlib.intake.check.bases import check_bases
from acmlib.intake.check.freshness import check_freshness
from acmlib.intake.check.groups import GroupRows, check_groups, silences
from acmlib.intake.check.joins import check_joins
from acmlib.intake.check.outcomes import check_outcomes
from acmlib.intake.check.people import check_people
from acmlib.intake.check.rows import count_rows, joined_columns, numbers, own_columns, places, sent
from acmlib.intake.check.times import check_times
from acmlib.intake.connection import literal, quoted
from acmlib.intake.findings import Finding, Severity, amount, listed, worst_first
from acmlib.intake.read.forms import DATES

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: From this share of people without a recorded group on, comparisons of groups may turn around (as NCES Standard 4-4 asks for item
#: response below 85% to be examined; 10% is the stricter round number).
MANY_UNKNOWN = 0.10

#: A month without rows is strange if so few would be expected in fewer than 1 of 100 months: Poisson, -log(0.01) rows a month.
RARE_EMPTY_MONTH = -math.log(0.01)

#: Dates this many days after the last day of the data are typing errors rather than plans.
FAR_AHEAD = 366

#: Where so many dates lie within the year ahead, and such a share of the column ahead at all (or most of it), those further on are plans
#: as well, up to this many days.
FEW_PLANS, PLANS, BEYOND_PLANS = 2, 0.1, 50 * 366

#: This many files with a month in their name are a series of months.
FILES_A_SERIES = 3

#: Of fewer dates than this nothing is concluded about what their column holds.
FEW_DATES = 10

#: No participant's date lies before this day.
OLDEST = dt.date(1900, 1, 1)

_BIRTH = re.compile(r"birth|born|(^|_)dob($|_)", re.IGNORECASE)


def check_tables(tables: Tables, contract: Contract) -> tuple[Finding, ...]:
    """Return everything that somebody should look at, worst first.

    Among these is what was noticed while reading (`Tables.noticed`). Looked for are: no rows; ids missing or twice; dates in the future,
    before 1900, or before entry; many people whose group is not recorded; numbers below the lowest band; months without rows; dates
    that stop long before the report's last day.

    Returns
    -------
    tuple of Finding
        Each names the metrics that it touches. None holds a participant's id or a value of a private column.
    """
    found = list(tables.noticed)
    for name in tables.names:
        if contract.tables[name].kind == "counts":
            found += _submissions(tables, contract, name)
            continue
        rows = count_rows(tables, name, "true")
        if rows == 0:
            found.append(_empty(contract, name))
            continue
        found += _ids(tables, contract, name)
        found += _dates(tables, contract, name)
        found += _groups(tables, contract, name, rows)
        found += check_groups(tables, contract, name)
        found += check_outcomes(tables, contract, name)
        found += check_joins(tables, contract, name)
        found += check_people(tables, contract, name, rows)
        found += check_amounts(tables, contract, name, rows)
        found += check_times(tables, contract, name)
        found += _months(tables, contract, name)
        found += check_freshness(tables, contract, name)
    for name in contract.tables:
        found += _files(tables, contract, name)
    found += [*check_bases(tables, contract), *_targets(contract)]
    return worst_first([one if one.metrics else replace(one, metrics=metrics_using(contract, one.table, one.column)) for one in found])


def _targets(contract: Contract) -> Iterator[Finding]:
    """Yield a warning about each metric of which no target is in force at the end of the report's period, or of the contract's term."""
    day = min(report_period(contract).end, contract.contract.ends)
    for key, metric in contract.metrics.items():
        agreed = steps(metric)
        if agreed and (agreed[-1].end < day or agreed[0].start > contract.contract.ends):
            when = listed([f"{one.value:g} ({one.from_ or ''} - {one.to or ''})" for one in metric.target])
            yield Finding.of(
                "no_target_now", "warning", "agency", metric.from_, metrics=(key,), metric=key, day=str(day), list=when,
                place=f"metrics.{key}.target",
            )  # fmt: skip


def _empty(contract: Contract, name: str) -> Finding:
    if contract.tables[name].where is not None:
        return Finding.of("empty_filtered", "error", "agency", name, why="empty_why", fix="empty_fix", place=f"tables.{name}.where")
    return Finding.of("empty", "warning", "provider", name, place=f"tables.{name}.source")


def _ids(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    column = contract.tables[name].id
    if column is None:
        return
    key = quoted(column)
    missing = count_rows(tables, name, f"{key} IS NULL")
    if missing:
        yield Finding.of("no_id", "error", "provider", name, column, missing, examples=places(tables, name, f"{key} IS NULL"))
    again = f"{key} IN (SELECT {key} FROM {quoted(name)} GROUP BY 1 HAVING count(*) > 1)"
    rows = count_rows(tables, name, again)
    if rows:
        yield Finding.of("same_id", "error", "provider", name, column, rows, examples=places(tables, name, again))


def _dates(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    table, as_of = contract.tables[name], tables.period.end
    last, far, beyond = (f"DATE '{as_of + dt.timedelta(days=days)}'" for days in (0, FAR_AHEAD, BEYOND_PLANS))
    entered = f"{quoted(table.entered)}::DATE" if table.entered else "NULL"
    made = {*table.derive, *joined_columns(tables, name)}  # of a joined column the table that sent it is told, by its own entry
    tests: dict[str, tuple[str, ...]] = {}
    for column in [one for one, kind in own_columns(tables, name).items() if kind.startswith(DATES) and one not in made]:
        day = f"{quoted(column)}::DATE"
        later, soon = f"{day} > {far}", f"{day} > {last} AND {day} <= {far}"
        absurd, planned = f"{day} > {beyond}", f"{day} > {last} AND {day} <= {beyond}"
        tests[column] = (later, soon, f"{day} < DATE '{OLDEST}'", f"{day} < {entered}", absurd, planned)
    counts = [f"count({quoted(one)}), " + ", ".join(f"count(*) FILTER ({test})" for test in given) for one, given in tests.items()]
    found = iter(numbers(tables, name, *counts) if counts else ())
    for column, (later, soon, before, under, absurd, planned) in tests.items():
        filled, typos, ahead, old, early, *of_plans = islice(found, 1 + len(tests[column]))
        if _are_plans(filled, ahead, ahead + typos):
            later, soon, (typos, ahead) = absurd, planned, of_plans
        find = partial(_date, tables, name, column)
        if typos:
            yield find("typing_error", later, typos, day=str(as_of))
        if ahead and (column == table.entered or metrics_using(contract, name, column)):  # what nothing uses misleads nobody
            yield find("ahead", soon, ahead, severity="note", day=str(as_of))
        if old:
            yield find("too_old", before, old, day=str(OLDEST.year))
        # A column of many dates of which most dates lie before entry is no outcome: a birth, a first contact.
        if early and column != table.entered and (early <= filled / 2 or filled < FEW_DATES) and not _BIRTH.search(column):
            yield find("early", under, early, column=str(table.entered))


def _are_plans(filled: int, soon: int, later: int) -> bool:
    """Whether dates after the report's last day are ends of contracts, or the report is for a much earlier time: most, or many soon."""
    return 2 * later > filled > 1 or (soon >= FEW_PLANS and later >= PLANS * filled)


def _date(
    tables: Tables, name: str, place: str, key: str, test: str, rows: int, severity: Severity = "warning", day: str = "", column: str = ""
) -> Finding:
    examples = places(tables, name, test)
    return Finding.of(key, severity, "provider", name, place, rows, noun="date", fix="date_fix", examples=examples, day=day, column=column)


def _groups(tables: Tables, contract: Contract, name: str, rows: int) -> Iterator[Finding]:
    for key in tables.dimensions(name):
        dimension, column = contract.dimensions[key], quoted(f"dim_{key}")
        named = ", ".join(literal(group) for group in dimension.not_recorded)
        kinds = tables.connection.execute(
            f"SELECT {column}, count(*) FROM {sent(tables, name)} WHERE {column} IN ({named}) GROUP BY 1 ORDER BY count(*) DESC, 1"
        ).fetchall()
        unknown = sum(count for _, count in kinds)
        if unknown >= MANY_UNKNOWN * rows and dimension.kind != "reason":  # most rows need no reason
            shares = listed([(group, count / rows) for group, count in kinds], of="share")
            yield Finding.of(
                "unknown", "warning", "provider", name, dimension.column or key, unknown,
                count=amount(unknown, "row", share=f"{unknown / rows:.0%}"), examples=shares, dimension=key,
            )  # fmt: skip
        population = tables.populations.get(key)
        if population is not None:
            bases = {*population["group"], *dimension.not_recorded}
            found = tables.connection.execute(
                f"SELECT {column}, count(*) FROM {sent(tables, name)} GROUP BY 1 ORDER BY count(*) DESC, 1"
            ).fetchall()
            without = [(group, count) for group, count in found if group not in bases]
            if without:
                yield Finding.of(
                    "no_population", "warning", "agency", name, dimension.column or key, sum(count for _, count in without), dimension=key,
                    list=listed([group for group, _ in without]), place=f"dimensions.{key}.population",
                )  # fmt: skip
        if dimension.bands:
            lowest = band_labels(dimension.bands)[0]
            below = count_rows(tables, name, f"{column} = {literal(lowest)}")
            if below:
                yield Finding.of(
                    "below_band", "warning", "provider", name, dimension.column or key, below,
                    examples=places(tables, name, f"{column} = {literal(lowest)}"), dimension=key, group=lowest,
                    place=f"dimensions.{key}.bands",
                )  # fmt: skip


def _months(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield a finding if months of the contract have no row although rows are frequent."""
    table = contract.tables[name]
    dates = [table.entered, *(metric.date for metric in contract.metrics.values() if metric.from_ == name)]
    column = next((date for date in dates if date and date in tables.columns(name)), None)
    if column is None:
        return
    rows = tables.connection.execute(
        f"SELECT strftime({quoted(column)}, '%Y-%m'), count(*) FROM {quoted(name)} WHERE {quoted(column)} IS NOT NULL GROUP BY 1"
    ).fetchall()
    starts, ends = contract.contract.starts, min(contract.contract.ends, tables.period.end)
    counts = {month: count for month, count in rows if month_text(starts) <= month <= month_text(ends)}
    if not counts:
        return
    # Before the first row the programme may not have begun; after the last one nobody may enter: a silence at the end is `check_freshness`.
    span = [month for month in months_between(starts, ends) if min(counts) <= month <= max(counts)]
    empty = [month for month in span if month not in counts]
    if empty and sum(counts.values()) / len(span) >= RARE_EMPTY_MONTH:
        yield Finding.of("no_row", "warning", "provider", name, column, list=listed(empty), count=amount(len(empty), "month"))


def _files(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield a finding if one file a month is sent, named by its month, and a month is missing."""
    paths = [one.path.rpartition("/")[2] for one in tables.inputs if one.table == name]
    months = [found[0].replace("_", "-") for path in paths if (found := re.search(r"(?<!\d)\d{4}[-_](0[1-9]|1[0-2])(?![\d-])", path))]
    if len(months) < len(paths) or len(set(months)) < len(months) or len(months) < FILES_A_SERIES:
        return
    missing = _gaps(months, min(contract.contract.ends, tables.period.end))
    if missing:
        yield Finding.of("no_file", "warning", "provider", name, list=listed(missing))


def _submissions(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield findings about periods that an aggregated submission leaves out."""
    rows = tables.connection.execute(f"SELECT DISTINCT measure, period FROM {quoted(name)} ORDER BY ALL").fetchall()
    if not rows:
        yield _empty(contract, name)
    known = {"all", *contract.dimensions}
    dimensions = [row[0] for row in tables.connection.execute(f"SELECT DISTINCT dimension FROM {quoted(name)} ORDER BY 1").fetchall()]
    for dimension in dimensions:
        if dimension not in known:
            yield Finding.of(
                "no_dimension", "warning", "agency", name, "dimension", dimension=dimension,
                list=listed(list(contract.dimensions), most=20) or "–",
            )  # fmt: skip
    sent: dict[str, list[str]] = {}
    for measure, period in rows:
        sent.setdefault(measure, []).append(period)
    for key, metric in contract.metrics.items():
        if rows and metric.from_ == name and (metric.measure or key) not in sent:
            yield Finding.of(
                "no_measure", "error", "agency", name, "measure", metrics=(key,), measure=metric.measure or key,
                list=listed(list(sent), most=10), place=f"metrics.{key}.measure",
            )  # fmt: skip
    yield from _group_gaps(tables, name)
    for measure, periods in sent.items():
        missing = _gaps(periods, min(contract.contract.ends, tables.period.end))
        if missing:
            metrics = tuple(key for key, one in contract.metrics.items() if one.from_ == name and (one.measure or key) == measure)
            yield Finding.of("no_period", "warning", "provider", name, "period", metrics=metrics, measure=measure, list=listed(missing))


def _group_gaps(tables: Tables, name: str) -> Iterator[Finding]:
    """Yield warnings about groups that months or quarters of an aggregated submission leave out; a quarter is its last month."""
    rows = tables.connection.execute(
        f'SELECT measure, dimension, "group", length(period), 12 * left(period, 4)::INT + '
        "(CASE WHEN period LIKE '%Q%' THEN 3 * right(period, 1)::INT ELSE right(period, 2)::INT END) - 1, sum(numerator) "
        f"FROM {quoted(name)} WHERE dimension <> 'all' AND regexp_full_match(period, '\\d{{4}}(-\\d\\d|Q[1-4])') GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    found: dict[tuple[str, int], dict[str, dict[int, float]]] = {}
    for _, dimension, group, grain, month, number in sorted(rows, key=lambda row: row[5] or 0):  # of several measures the largest tells
        found.setdefault((dimension, grain), {}).setdefault(group, {})[month] = number or 0
    for (dimension, _), groups in found.items():
        yield from silences(name, dimension, [GroupRows.of(group, months) for group, months in groups.items()])


def _gaps(periods: Sequence[str], last: dt.date) -> list[str]:
    """Return the periods of the same length that are missing from the first to the last that is over."""
    parsed = [parse_period(text) for text in periods]
    grain = min((one.grain for one in parsed), key=("month", "quarter", "year", "rolling", "term").index)
    step = {"month": 1, "quarter": 3, "year": 12}.get(grain)
    mine = sorted(one for one in parsed if one.grain == grain)
    if step is None:
        return []
    missing: list[str] = []
    month, sent = month_text(mine[0].start), {one.text for one in mine}
    while True:
        year, number = int(month[:4]), int(month[5:])
        text = {"month": month, "quarter": f"{year}Q{(number + 2) // 3}", "year": str(year)}[grain]
        if parse_period(text).end > last:
            return missing
        if text not in sent:
            missing.append(text)
        month = add_months(month, step)
