"""Sums, medians and different people, from rows: what months add up to, and what they do not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acmlib.contract.load import load_contract
from acmlib.contract.periods import report_period
from acmlib.intake import open_tables
from acmlib.measures.collect import Values
from acmlib.measures.compute import metric_table
from acmlib.measures.listed import different, medians

CONTRACT = """
contract: {title: Visits, provider: A, agency: B, program: visits, starts: 2025-01-01, ends: 2025-12-31}
tables: {participants: {source: data/visits/visits.csv, person: who, household: home}}
dimensions: {site: {column: site, kind: site}}
metrics:
  visits: {title: Visits, kind: count, date: day}
  people: {title: People visited, kind: count, distinct: person, date: day}
  homes: {title: Households visited, kind: count, distinct: household, that: cost > 0, date: day}
  paid: {title: Paid, kind: sum, value: cost, date: day, unit: dollars}
  typical: {title: Typical cost, kind: median, value: cost, date: day, unit: dollars}
period: 2025-12
"""


@pytest.fixture(scope="module")
def visits(tmp_path_factory):
    root = tmp_path_factory.mktemp("visits")
    rng = np.random.default_rng(8)
    who = rng.integers(0, 40, 300)
    days = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 365, 300), unit="D")
    cost = np.where(rng.random(300) < 0.1, np.nan, rng.gamma(2, 30, 300).round(2))
    keys = {"who": [f"P{one}" if one else None for one in who], "home": [f"H{one // 3}" for one in who], "day": days.strftime("%Y-%m-%d")}
    rows = pd.DataFrame(keys | {"site": rng.choice(["North", "South"], 300), "cost": cost})
    (root / "data" / "visits").mkdir(parents=True)
    rows.to_csv(root / "data" / "visits" / "visits.csv", index=False)
    (root / "params" / "visits").mkdir(parents=True)
    (root / "params" / "visits" / "contract.yml").write_text(CONTRACT, encoding="utf-8")
    contract = load_contract("visits", root=root)
    period = report_period(contract)
    with open_tables(contract, root=root, period=period) as tables:
        return rows.assign(month=rows["day"].str[:7]), metric_table(contract, tables, period)


def cell(table, metric, period="term", dimension="all", group="All participants"):
    keys = table["metric"].eq(metric) & table["period"].eq(period) & table["dimension"].eq(dimension) & table["group"].eq(group)
    (row,) = table[keys].to_dict("records")
    return row


def test_different_people_are_counted_once_in_each_window_whatever_months_say(visits):
    rows, table = visits
    assert cell(table, "people")["value"] == rows["who"].nunique()
    assert cell(table, "people", "2025-03")["value"] == rows.loc[rows["month"].eq("2025-03"), "who"].nunique()
    quarter = rows[rows["month"].isin(["2025-04", "2025-05", "2025-06"])]
    assert cell(table, "people", "2025Q2")["value"] == quarter["who"].nunique()
    north = rows[rows["site"].eq("North") & rows["month"].le("2025-06")]
    assert cell(table, "people", "P6M/2025-06", "site", "North")["value"] == north["who"].nunique()
    assert cell(table, "people")["value"] < cell(table, "visits")["value"]
    assert cell(table, "homes")["value"] == rows.loc[rows["cost"].gt(0), "home"].nunique()


def test_sums_add_up_and_medians_are_those_of_the_rows(visits):
    rows, table = visits
    for months, period in ((["2025-05"], "2025-05"), (["2025-10", "2025-11", "2025-12"], "2025Q4")):
        own = rows[rows["month"].isin(months)]["cost"].dropna()
        total, typical = cell(table, "paid", period), cell(table, "typical", period)
        assert total["value"] == pytest.approx(own.sum())
        assert total["denominator"] == typical["denominator"] == len(own)
        assert total["high"] - total["value"] == pytest.approx(1.959964 * np.sqrt((own**2).sum()), rel=1e-6)
        assert typical["value"] == pytest.approx(own.median())
        assert typical["low"] <= typical["value"] <= typical["high"]
    south = rows.loc[rows["site"].eq("South"), "cost"].dropna()
    assert cell(table, "typical", dimension="site", group="South")["value"] == pytest.approx(south.median())


def test_the_interval_of_a_median_holds_it_as_often_as_it_says():
    rng = np.random.default_rng(9)
    draws = rng.exponential(10.0, (400, 51))
    held = 0
    for one in draws:
        _, _, low, high = medians(Values(np.zeros(51, int), np.zeros(51, int), one, np.ones(51)), 1, np.ones((1, 1)), 0.95)
        held += low[0, 0] <= 10.0 * np.log(2) <= high[0, 0]
    assert held / 400 >= 0.93


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5), st.integers(0, 4)), max_size=40), st.integers(0, 4), st.integers(1, 6))
def test_different_people_are_those_of_a_set(rows, first, length):
    triples = sorted(set(rows))
    group, tick, value = (np.array([one[at] for one in triples], dtype=np.int64) for at in range(3))
    stop = min(first + length, 6)
    matrix = np.zeros((6, 1))
    matrix[first:stop] = 1.0
    found = different(Values(group, tick, value.astype(float), np.ones(len(triples))), 2, matrix)
    for one in range(2):
        assert found[one, 0] == len({v for g, t, v in triples if g == one and first <= t < stop})


def test_different_people_need_a_key(tmp_path):
    from acmlib.contract.errors import ContractError
    from acmlib.contract.load import parse_contract

    with pytest.raises(ContractError, match=r"tables\.participants names no household"):
        parse_contract("visits", CONTRACT.replace(", household: home", ""))
