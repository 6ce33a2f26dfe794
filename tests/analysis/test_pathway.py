"""The pathway promises: each stage with its owner and its waits, open cases included, and a gap that is exactly the sum of its stages."""

import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acmlib.analysis.pathway import shapley_of_product, stages, where_gap_opens
from acmlib.contract.model import Pathway

STAGES = ("referred", "assessed", "enrolled", "placed")
OWNERS = ("agency", "agency", "provider", "provider")
WAY = Pathway.model_validate({"stages": [{"stage": s, "owner": o, "reached": "true"} for s, o in zip(STAGES, OWNERS, strict=True)]})
AS_OF = dt.date(2026, 6, 30)

falling = st.lists(st.integers(0, 400), min_size=4, max_size=4).map(lambda steps: sorted(steps, reverse=True))
conversions = st.integers(1, 6).flatmap(lambda k: st.tuples(*[st.lists(st.floats(0, 1), min_size=k, max_size=k)] * 2))


def cells(reached: dict[str, list[float]], dimension: str = "race_ethnicity", status: str = "shown") -> pd.DataFrame:
    rows = []
    for group, counts in reached.items():
        for at, (stage, x) in enumerate(zip(STAGES, counts, strict=True)):
            n = counts[at - 1] if at else np.nan
            said = "no data" if at and n == 0 else status
            share = x / n if at and n else np.nan
            rows.append((f"stage:{stage}", group, x if said == status else np.nan, n, x if at == 0 else share, said))
            if at and counts[0]:
                rows.append((f"reached:{stage}", group, x, counts[0], x / counts[0], status))
    frame = pd.DataFrame(rows, columns=["metric", "group", "numerator", "denominator", "value", "status"])
    return frame.assign(period="P12M/2026-06", dimension=dimension, low=0.0, high=1.0)


def test_each_stage_shows_who_owns_it_how_many_came_and_how_many_did_not() -> None:
    table = stages(cells({"A": [100, 80, 60, 30]}), WAY)
    assert table[["stage", "owner", "reached", "of", "conversion", "not_reached"]].iloc[3].tolist() == [
        "placed",
        "provider",
        30,
        60,
        0.5,
        30,
    ]
    assert table["of_all"].tolist()[1:] == [0.8, 0.6, 0.3]
    assert table[["of", "conversion", "of_all"]].iloc[0].isna().all()


def test_a_hidden_stage_gives_no_number_away_and_a_missing_one_is_said_to_be() -> None:
    given = cells({"A": [100, 80, 60, 30]})
    given.loc[given["metric"] == "stage:assessed", "status"] = "hidden"
    table = stages(given[given["metric"] != "stage:placed"], WAY).set_index("stage")
    assert table["status"].to_dict() == {"referred": "shown", "assessed": "hidden", "enrolled": "shown", "placed": "no data"}
    assert table.loc[["assessed", "placed"], ["reached", "conversion", "not_reached", "of_all"]].isna().all().all()


@settings(deadline=None, max_examples=30)
@given(conversions)
def test_the_parts_are_the_mean_over_all_orders_and_sum_to_the_difference(rows: tuple[list[float], list[float]]) -> None:
    group, other = (np.array(row) for row in rows)
    parts = shapley_of_product(group, other)
    assert parts.sum() == pytest.approx(np.prod(group) - np.prod(other), abs=1e-12)
    np.testing.assert_allclose(parts, -shapley_of_product(other, group), atol=1e-12)
    if len(group) <= 4:
        slow = np.zeros(len(group))
        orders = list(itertools.permutations(range(len(group))))
        for order in orders:
            now = other.copy()
            for stage in order:
                before = np.prod(now)
                now[stage] = group[stage]
                slow[stage] += (np.prod(now) - before) / len(orders)
        np.testing.assert_allclose(parts, slow, atol=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.lists(falling, min_size=2, max_size=5))
def test_the_gap_at_the_end_is_the_sum_of_its_stages(counts: list[list[int]]) -> None:
    reached = {f"group {number}": [float(x) for x in row] for number, row in enumerate(counts)}
    table = where_gap_opens(cells(reached), WAY, minimum_n=1)
    assert not np.isinf(table.select_dtypes("number").to_numpy()).any()
    for group, part in table.groupby("group"):
        gap = part["final_gap"].iloc[0]
        entered, ended = reached[str(group)][0], reached[str(group)][-1]
        if entered == 0 or max(row[0] for row in counts) == 0:
            assert part["contribution"].isna().all()
            continue
        assert part["final"].iloc[0] == pytest.approx(ended / entered)
        assert part["contribution"].sum() == pytest.approx(gap, abs=1e-12)
        if abs(gap) > 1e-9:
            assert part["share"].sum() == pytest.approx(1)
            assert part["opens"].sum() == 1
        assert (part["comparator_final"] >= part["final"] - 1e-12).all()


def test_the_stage_where_a_planted_gap_opens_is_found_with_its_owner_and_the_people_it_costs() -> None:
    table = where_gap_opens(cells({"A": [200, 160, 128, 64], "B": [100, 80, 40, 20]}), WAY).query("group == 'B'")
    opened = table[table["opens"]].iloc[0]
    assert (opened["stage"], opened["owner"], opened["comparator"]) == ("enrolled", "provider", "A")
    assert opened["share"] == pytest.approx(1)
    assert opened["people"] == pytest.approx(100 * 0.32 - 20)
    assert opened["equal_gap"] == pytest.approx(0)
    assert opened["difference"] == pytest.approx(-0.3)
    assert opened["difference_low"] < -0.3 < opened["difference_high"] < 0


def test_the_comparator_is_the_one_that_is_given_else_the_best_that_is_large_enough_and_known() -> None:
    reached = {"tiny": [10, 10, 10, 10], "Declined": [90, 90, 90, 90], "best": [90, 80, 70, 60], "worst": [90, 50, 40, 30]}
    for wanted, found in (("worst", "worst"), ("tiny", "best"), ("Declined", "best"), ("not here", "best")):
        table = where_gap_opens(cells(reached), WAY, comparators={"race_ethnicity": wanted})
        assert set(table["comparator"]) == {found}, wanted
    assert set(where_gap_opens(cells(reached), WAY, comparators={"site": "worst"})["comparator"]) == {"best"}


def test_without_a_comparator_or_with_a_hidden_stage_nothing_is_claimed() -> None:
    nobody = where_gap_opens(cells({"A": [10, 8, 6, 3], "B": [9, 3, 2, 1]}), WAY)
    assert nobody["contribution"].isna().all()
    assert not nobody["opens"].any()
    given = cells({"A": [100, 80, 60, 30], "B": [100, 60, 30, 10]})
    given.loc[(given["metric"] == "stage:enrolled") & (given["group"] == "B"), "status"] = "hidden"
    hidden = where_gap_opens(given, WAY).query("group == 'B'")
    assert hidden.select_dtypes("number")[["reached", "conversion", "final_gap", "contribution", "people"]].isna().all().all()
    assert hidden["status"].tolist() == ["shown", "hidden", "shown"]
    assert where_gap_opens(given.iloc[:0], WAY).empty


def test_a_group_of_whom_nobody_gets_past_a_stage_loses_it_all_there() -> None:
    table = where_gap_opens(cells({"A": [100, 80, 60, 30], "B": [50, 40, 0, 0]}), WAY).query("group == 'B'")
    assert table["share"].tolist() == pytest.approx([0, 1, 0])
    assert np.isnan(table["conversion"].iloc[2])
    assert table["people"].iloc[1] == pytest.approx(40 * 0.75 * 0.5)


def test_the_order_of_rows_changes_nothing() -> None:
    given = cells({"A": [100, 80, 60, 30], "B": [100, 60, 30, 10], "C": [50, 20, 10, 9]})
    there = where_gap_opens(given, WAY).sort_values(["group", "stage"], ignore_index=True)
    back = where_gap_opens(given[::-1], WAY).sort_values(["group", "stage"], ignore_index=True)
    pd.testing.assert_frame_equal(there, back)
