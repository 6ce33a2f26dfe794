"""Every row that a provider sends is counted, or named with the reason why not: over invented messy files."""

from __future__ import annotations

import io
import random

import openpyxl
import pytest

from acmlib.intake.check.checks import check_tables
from acmlib.intake.check.rule_counts import rule_counts
from acmlib.measures.compute import metric_table

TOP = """\
dimensions: {site: {}, age: {bands: [0, 18, 65]}}
metrics:
  came: {title: Came, kind: count, from: people, date: came}
  all: {title: Rows, kind: count, from: people}
"""
DAYS = ("2025-01-31", "2025-12-31", "2024-06-01", "2026-03-01", "", "1900-01-01", "not a day", "2025-02-30")
SITES = ("North", "South", "north ", "", "#N/A", "Unknown", 'O\'Hare, "B"', "Zoë", "two\nlines")
AGES = ("17", "98", "99", "", "old", "-3", "200", "44.0")
#: Lines among the rows: what is no row of people, and rows that are none because they cannot be read.
LINES = {
    "blank": ["", "", "", ""],
    "names": ["id", "came", "site", "age"],
    "total": ["Total", "", "", "61"],
    "other sign": ["x2|2025-01-31|North|20"],
    "wide": ["x1", "2025-01-31", "North", "20", "more"],
}


def csv_text(rows, delimiter, newline):
    def cell(text):
        return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in f'{delimiter}"\n') else text

    return newline.join(delimiter.join(map(cell, row)) for row in rows) + newline


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("seed", range(6))
def test_every_row_is_counted_or_named(bench, seed):
    """Rows of every kind of day, site and age; among them lines that are no rows, and a title above in every second file."""
    rng = random.Random(seed)
    form, newline = (",", ";", "\t", "xlsx")[seed % 4], ("\n", "\r\n")[seed % 3 == 0]
    sent = [(rng.choice(DAYS), rng.choice(SITES), rng.choice(AGES)) for _ in range(40)]
    between = [(rng.randrange(41), rng.choice(sorted(LINES))) for _ in range(6)]
    titled = bool(seed % 2)
    rows = [[f"p{at}", *row] for at, row in enumerate(sent)]
    wide = form != "xlsx"
    put = [(min(at, len(rows)), what) for at, what in between if wide or what not in ("wide", "other sign")]
    for at, what in sorted(put, reverse=True):
        rows.insert(at, LINES[what])
    table = [["id", "came", "site", "age"], *rows]
    if titled:
        table = [["Export of 2025", "", "", ""], *table]
    name = "data/people.xlsx" if form == "xlsx" else "data/people.csv"
    bench.write(name, workbook(table) if form == "xlsx" else csv_text(table, form, newline))
    more = "types: {came: date, age: number}, missing: {age: {98: Don't know, 99: Declined}}"
    contract = f"tables: {{people: {{source: {name}, id: id, {more}}}}}\n{TOP}"
    with bench.open(contract, period="2025") as tables:
        told = {(one.what.key, one.column): one.rows for one in check_tables(tables, tables.contract) if hasattr(one.what, "key")}
        counts = rule_counts(tables, tables.contract)
        cells = metric_table(tables.contract, tables, tables.period)
    noise = [what for _, what in put]
    assert told.get(("footer", None), 0) == sum(what in ("names", "total") for what in noise)
    assert told.get(("rejected", None), 0) == noise.count("wide")
    assert told.get(("other_delimiter", None), 0) == noise.count("other sign")
    everybody = cells[cells["metric"].eq("all") & cells["period"].eq("term")]
    assert everybody.groupby("dimension")["numerator"].sum().to_dict() == {"all": len(sent), "site": len(sent), "age": len(sent)}
    rule = counts[counts["name"].eq("came")].set_index("rule")["rows"]
    days = [day for day, _, _ in sent]
    real = sum(day[:3] == "202" and day != "2025-02-30" for day in days)
    assert rule["rows read"] == len(sent) and rule["with a date"] == real
    assert rule["counted"] == sum(day in ("2025-01-31", "2025-12-31") for day in days)
    # Cells that hold something and have no value are named: no date, a day that is none, a word for a number, an error of a formula.
    ages = [age for *_, age in sent]
    named = {("placeholder", "came"): days.count("1900-01-01"), ("unreadable", "came"): days.count("not a day") + days.count("2025-02-30"),
             ("unreadable", "age"): ages.count("old"), ("sheet_error", "site"): [site for _, site, _ in sent].count("#N/A")}  # fmt: skip
    assert {key: told.get(key, 0) for key in named} == named
    groups = everybody[everybody["dimension"].eq("age")].set_index("group")["numerator"]
    assert (groups["Don't know"], groups["Declined"]) == (ages.count("98"), ages.count("99"))
