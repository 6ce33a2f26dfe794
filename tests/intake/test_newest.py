"""How far the data reach: the newest date of each table and site, and the site that fell behind."""

import datetime as dt

import pandas as pd

from acmlib.intake.check.newest import Newest, newest_dates

TOP = """\
period: 2025-06
dimensions: {race: {}, site: {kind: site}}
metrics:
  enrolled: {title: E, kind: count, from: people, date: joined}
"""


def test_a_site_that_fell_behind_is_told_from_one_where_little_happens(bench):
    ends = (("North", "2D", "2025-06-29"), ("South", "2D", "2025-04-20"), ("Rare", "60D", "2025-05-02"))
    days = [(site, day) for site, freq, last in ends for day in pd.date_range("2025-01-01", last, freq=freq)]
    rows = [f"{site}{day:%m%d},AB,{site},{day:%Y-%m-%d}" for site, day in days]
    late = ["x1,AB,Not asked,2025-02-01", "x2,AB,North,2025-09-01"]  # no site; after the period
    tables = bench.people("\n".join(["pid,race,site,joined", *rows, *late]) + "\n", "id: pid\nentered: joined\n", top=TOP)
    whole, *sites = newest_dates(tables, tables.contract)
    assert whole == Newest("people", dt.date(2025, 6, 28))
    assert sites == [
        Newest("people", dt.date(2025, 4, 19), "site", "South", behind=True),
        Newest("people", dt.date(2025, 5, 1), "site", "Rare"),
        Newest("people", dt.date(2025, 6, 28), "site", "North"),
    ]


def test_a_private_date_and_one_of_a_joined_table_are_not_told(bench):
    bench.write("data/visits.csv", "pid,visited\nP1,2025-06-20\nP2,2025-06-21\n")
    bench.write("data/people.csv", "pid,race,joined,served_on\nP1,AB,2025-03-01,2025-06-28\nP2,AB,2025-04-02,2025-06-29\n")
    people = "people: {source: data/people.csv, id: pid, private: [served_on], join: {table: visits, on: [pid]}}"
    tables = bench.open(f"tables:\n  {people}\n  visits: {{source: data/visits.csv}}\n{TOP.replace(', site: {kind: site}', '')}")
    assert {one.table: one.day for one in newest_dates(tables, tables.contract)} == {
        "people": dt.date(2025, 4, 2),
        "visits": dt.date(2025, 6, 21),
    }


def test_of_counts_the_newest_period_counts_and_a_site_without_it_fell_behind(bench):
    lines = ["period,dimension,group,measure,numerator,denominator"]
    for month in ("2025-03", "2025-04", "2025-05", "2025-06", "2025-07"):
        lines.append(f"{month},all,All participants,placed,30,60")
        lines += [f"{month},site,{site},placed,15,30" for site in ("North", "South") if site == "North" or month < "2025-05"]
    bench.write("data/sent.csv", "\n".join(lines) + "\n")
    tables = bench.open(
        "tables: {sent: {kind: counts, source: data/sent.csv}}\nperiod: 2025-06\ndimensions: {site: {kind: site}}\n"
        "metrics: {placed: {title: P, kind: proportion, from: sent, measure: placed}}"
    )
    found = newest_dates(tables, tables.contract)
    assert [(one.group, one.day, one.behind) for one in found] == [
        ("", dt.date(2025, 6, 30), False),
        ("South", dt.date(2025, 4, 30), True),
        ("North", dt.date(2025, 6, 30), False),
    ]
