"""Checks of what was sent. Nothing is refused here: findings say what to look at, why it matters, and who can correct it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from acmlib.contract.model import Contract
from acmlib.contract.periods import add_months, month_text, months_between, parse_period, report_period
from acmlib.contract.targets import steps
from acmlib.intake.build.categories import band_labels
from acmlib.intake.build.usage import metrics_using
from acmlib.intake.check.amounts import check_amounts
from acmlib.intake.check.bases import check_bases
from acmlib.intake.check.freshness import check_freshness
from acmlib.intake.check.groups import check_groups
from acmlib.intake.check.joins import check_joins
from acmlib.intake.check.outcomes import check_outcomes
from acmlib.intake.check.people import check_people
from acmlib.intake.check.rows import count_rows, own_columns, places, sent
from acmlib.intake.check.times import check_times
from acmlib.intake.connection import literal, quoted
from acmlib.intake.findings import Finding, Message, Severity, amount, counted_message, listed, message, worst_first
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

    Parameters
    ----------
    tables
        Open tables.
    contract
        Their contract.

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
            yield Finding(
                "warning", metric.from_, None,
                message("no_target_now", "{metric}: no target is in force on {day}; agreed were {list}", metric=key, day=str(day),
                        list=when), 0, message("no_target_now_why", "Pages say that no target was agreed for it"), (key,),
                message("no_target_now_fix", "give the target that holds now: {place}", place=f"metrics.{key}.target"), "agency",
            )  # fmt: skip


def _empty(contract: Contract, name: str) -> Finding:
    filtered = contract.tables[name].where is not None
    what = message("empty_filtered", "no rows that 'where' lets in") if filtered else message("empty", "no rows")
    return Finding(
        "error" if filtered else "warning", name, None, what, 0, message("empty_why", "Nothing can be said about its metrics"), (),
        message("empty_fix", "check {place}, or send the file again", place=f"tables.{name}.{'where' if filtered else 'source'}"),
        "agency" if filtered else "provider",
    )  # fmt: skip


def _ids(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    column = contract.tables[name].id
    if column is None:
        return
    key = quoted(column)
    missing = count_rows(tables, name, f"{key} IS NULL")
    if missing:
        yield Finding(
            "error", name, column,
            counted_message("no_id", "{count} without an id ({examples})", missing, "row", examples=places(tables, name, f"{key} IS NULL")),
            missing, message("no_id_why", "It cannot be told whether these are people counted elsewhere"), (),
            message("no_id_fix", "fill in the id, or remove rows that are no person"), "provider",
        )  # fmt: skip
    again = f"{key} IN (SELECT {key} FROM {quoted(name)} GROUP BY 1 HAVING count(*) > 1)"
    rows = count_rows(tables, name, again)
    if rows:
        yield Finding(
            "error", name, column,
            counted_message("same_id", "{count} share an id with another row ({examples})", rows, "row", examples=places(tables, name,
            again)), rows,
            message("same_id_why", "These people are counted more than once"), (),
            message("same_id_fix", "send one row per person, or name the column that is different in each row as id"), "provider",
        )  # fmt: skip


def _dates(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    table, as_of = contract.tables[name], tables.period.end
    last, far, beyond = (f"DATE '{as_of + dt.timedelta(days=days)}'" for days in (0, FAR_AHEAD, BEYOND_PLANS))
    entered = f"{quoted(table.entered)}::DATE" if table.entered else "NULL"
    for column in [one for one, kind in own_columns(tables, name).items() if kind.startswith(DATES) and one not in table.derive]:
        day = f"{quoted(column)}::DATE"
        later, soon = f"{day} > {far}", f"{day} > {last} AND {day} <= {far}"
        absurd, planned = f"{day} > {beyond}", f"{day} > {last} AND {day} <= {beyond}"
        tests = (later, soon, f"{day} < DATE '{OLDEST}'", f"{day} < {entered}", absurd, planned)
        counts = ", ".join(f"count(*) FILTER ({test})" for test in tests)
        row = tables.connection.execute(f"SELECT count({quoted(column)}), {counts} FROM {sent(tables, name)}").fetchall()[0]
        filled, typos, ahead, old, early, *of_plans = row
        if _are_plans(filled, ahead, ahead + typos):
            later, soon, (typos, ahead) = absurd, planned, of_plans
        find = partial(_date, tables, name, column)
        if typos:
            what = ("typing_error", "{count} more than a year after {day} ({examples})")
            why = message("typing_error_why", "Probably typing errors; not counted yet")
            yield find(later, typos, what, why, day=str(as_of))
        if ahead and (column == table.entered or metrics_using(contract, name, column)):  # what nothing uses misleads nobody
            what = ("ahead", "{count} after {day}, the last day of the report's period ({examples})")
            why = message("ahead_why", "They are not counted yet: right if the report is for an earlier time, else typing errors")
            yield find(soon, ahead, what, why, severity="note", day=str(as_of))
        if old:
            what = ("too_old", "{count} before {day} ({examples})")
            yield find(tests[2], old, what, message("too_old_why", "Ages and waiting times are wrong"), day=str(OLDEST.year))
        # A column of many dates of which most dates lie before entry is no outcome: a birth, a first contact.
        if early and column != table.entered and (early <= filled / 2 or filled < FEW_DATES) and not _BIRTH.search(column):
            why = message("early_why", "These people reached something before they entered: times are negative and left out")
            what = ("early", "{count} before {column} ({examples})")
            yield find(tests[3], early, what, why, column=str(table.entered))


def _are_plans(filled: int, soon: int, later: int) -> bool:
    """Whether dates after the report's last day are ends of contracts, or the report is for a much earlier time: most, or many soon."""
    return 2 * later > filled > 1 or (soon >= FEW_PLANS and later >= PLANS * filled)


def _date(
    tables: Tables,
    name: str,
    place: str,
    test: str,
    rows: int,
    what: tuple[str, str],
    why: Message,
    *,
    severity: Severity = "warning",
    day: str = "",
    column: str = "",
) -> Finding:
    return Finding(
        severity, name, place, counted_message(*what, rows, "date", examples=places(tables, name, test), day=day, column=column), rows,
        why, (),
        message("date_fix", "compare these rows with the case files"), "provider",
    )  # fmt: skip


def _groups(tables: Tables, contract: Contract, name: str, rows: int) -> Iterator[Finding]:
    for key in tables.dimensions(name):
        dimension, column = contract.dimensions[key], quoted(f"dim_{key}")
        named = ", ".join(literal(group) for group in dimension.not_recorded)
        kinds = tables.connection.execute(
            f"SELECT {column}, count(*) FROM {sent(tables, name)} WHERE {column} IN ({named}) GROUP BY 1 ORDER BY count(*) DESC, 1"
        ).fetchall()
        unknown = sum(count for _, count in kinds)
        if unknown >= MANY_UNKNOWN * rows:
            shares = listed([(group, count / rows) for group, count in kinds], of="share")
            yield Finding(
                "warning", name, dimension.column or key,
                counted_message("unknown", "{dimension} is not known of {count} ({examples})", unknown, "row", examples=shares,
                     written=f"{unknown / rows:.0%} of rows", dimension=key,
                     of_rows=f"{unknown / rows:.0%}"), unknown,
                message("unknown_why", "Gaps between groups may be smaller, larger or the other way round"), (),
                message("unknown_fix", "ask again at the next contact, and let people answer for themselves"), "provider",
            )  # fmt: skip
        population = tables.populations.get(key)
        if population is not None:
            bases = {*population["group"], *dimension.not_recorded}
            found = tables.connection.execute(
                f"SELECT {column}, count(*) FROM {sent(tables, name)} GROUP BY 1 ORDER BY count(*) DESC, 1"
            ).fetchall()
            without = [(group, count) for group, count in found if group not in bases]
            if without:
                yield Finding(
                    "warning", name, dimension.column or key,
                    message("no_population", "no population for {list} of {dimension}", dimension=key,
                         list=listed([group for group, _ in without])),
                    sum(count for _, count in without),
                    message("no_population_why", "It cannot be said whether these groups are served in proportion"), (),
                    message("no_population_fix", "add them to {place}, or give both the same names (recode, merge)",
                         place=f"dimensions.{key}.population"), "agency",
                )  # fmt: skip
        if dimension.bands:
            lowest = band_labels(dimension.bands)[0]
            below = count_rows(tables, name, f"{column} = {literal(lowest)}")
            if below:
                yield Finding(
                    "warning", name, dimension.column or key,
                    counted_message("below_band", "{count} below the lowest band of {dimension} ({examples})", below, "row",
                         examples=places(tables, name, f"{column} = {literal(lowest)}"), dimension=key), below,
                    message("below_band_why", "They are the group '{group}'", group=lowest), (),
                    message("below_band_fix", "correct the values, or begin {place} lower", place=f"dimensions.{key}.bands"), "provider",
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
        yield Finding(
            "warning", name, column, message("no_row", "no row in {list}", list=listed(empty)), 0,
            message("no_row_why", "{count} count as zero and pull limits down", count=amount(len(empty), "month")), (),
            message("no_row_fix", "send these months, or say that nobody came"), "provider",
        )  # fmt: skip


def _files(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield a finding if one file a month is sent, named by its month, and a month is missing."""
    paths = [one.path.rpartition("/")[2] for one in tables.inputs if one.table == name]
    months = [found[0].replace("_", "-") for path in paths if (found := re.search(r"(?<!\d)\d{4}[-_](0[1-9]|1[0-2])(?![\d-])", path))]
    if len(months) < len(paths) or len(set(months)) < len(months) or len(months) < FILES_A_SERIES:
        return
    missing = _gaps(months, min(contract.contract.ends, tables.period.end))
    if missing:
        yield Finding(
            "warning", name, None, message("no_file", "no file for {list}", list=listed(missing)), 0,
            message("no_file_why", "These months are empty"), (),
            message("no_file_fix", "send these files, or a file without rows if nobody came"), "provider",
        )  # fmt: skip


def _submissions(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield findings about periods that an aggregated submission leaves out."""
    rows = tables.connection.execute(f"SELECT DISTINCT measure, period FROM {quoted(name)} ORDER BY ALL").fetchall()
    if not rows:
        yield _empty(contract, name)
    known = {"all", *contract.dimensions}
    dimensions = [row[0] for row in tables.connection.execute(f"SELECT DISTINCT dimension FROM {quoted(name)} ORDER BY 1").fetchall()]
    for dimension in dimensions:
        if dimension not in known:
            yield Finding(
                "warning", name, "dimension", message("no_dimension", "'{dimension}' is no dimension of the contract",
                dimension=dimension), 0,
                message("no_dimension_why", "Its rows are in no number"), (),
                message("no_dimension_fix", "recode it to one of these, or add it to dimensions: {list}",
                     list=listed(list(contract.dimensions), most=20) or "–"), "agency",
            )  # fmt: skip
    sent: dict[str, list[str]] = {}
    for measure, period in rows:
        sent.setdefault(measure, []).append(period)
    for key, metric in contract.metrics.items():
        if rows and metric.from_ == name and (metric.measure or key) not in sent:
            yield Finding(
                "error", name, "measure",
                message("no_measure", "nothing was sent of {measure}; sent are {list}", measure=metric.measure or key,
                     list=listed(list(sent), most=10)), 0,
                message("no_measure_why", "The metric has no data"), (key,),
                message("no_measure_fix", "set {place} to what is sent, or recode the measure", place=f"metrics.{key}.measure"), "agency",
            )  # fmt: skip
    for measure, periods in sent.items():
        missing = _gaps(periods, min(contract.contract.ends, tables.period.end))
        if missing:
            metrics = tuple(key for key, one in contract.metrics.items() if one.from_ == name and (one.measure or key) == measure)
            yield Finding(
                "warning", name, "period",
                message("no_period", "nothing was sent of {measure} for {list}", measure=measure, list=listed(missing)), 0,
                message("no_period_why", "These periods are no data, and what spans them is incomplete"), metrics,
                message("no_period_fix", "send these periods"), "provider",
            )  # fmt: skip


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
