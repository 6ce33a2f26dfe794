"""Percentages and counts too unsteady to be shown are those that NCHS's own rules name."""

import re

import pandas as pd
import pytest
from goldens import compare, folder, read
from hypothesis import given
from hypothesis import strategies as st

from acmlib.measures.reliability import FLAGS, proportion_reliability, proportion_status


def test_percentages_are_flagged_as_by_the_cdc(shared):
    rows = read(shared, "j1").merge(pd.read_csv(folder(shared, "j1") / "input.csv"), on="case_id", validate="one_to_one")
    got = proportion_reliability(rows["x"], rows["n"])
    names = {"p": "proportion", "lower_cp": "low", "upper_cp": "high", "ci_width": "width", "rel_ci_width": "relative_width"}
    for theirs, ours in names.items():
        compare("j1", rows, got[ours], value=theirs).check()
    compare("j1", rows, got["flag"].replace("", "none"), value="flags").check()
    compare("j1", rows, (got["status"] == "shown").astype(int), value="display").check()


@pytest.mark.parametrize(
    ("x", "n", "flag"),
    [
        (14, 29, "Px"),  # fewer than 30 people (Series 2 no. 175, first rule)
        (15, 30, "Px"),  # interval of 30 points or more
        (2, 100, "Px"),  # interval wider than 130% of the percentage
        (98, 100, "Pc"),  # the same of its complement
        (0, 30, "P0"),
        (30, 30, "P0"),
        (4, 1000, ""),  # an interval of at most 5 points is narrow enough whatever the percentage
        (50, 100, ""),
    ],
)
def test_each_rule_for_percentages(x, n, flag):
    assert proportion_reliability(x, n)["flag"].item() == flag
    assert flag in FLAGS


@given(st.integers(0, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_every_percentage_has_one_of_three_words_and_few_people_never_pass(case):
    x, n = case
    status = proportion_status(x, n).item()
    assert status == ("no data" if n == 0 else "unreliable" if n < 30 else status)
    assert status in {"shown", "unreliable", "no data"}
    assert (proportion_reliability(n - x, n)["flag"].item() == "P0") == (proportion_reliability(x, n)["flag"].item() == "P0")


def test_what_is_missing_has_no_data_and_what_cannot_be_is_refused():
    people = pd.Series([40, None, 0], index=["Asian", "White", "Not asked"])
    assert proportion_status(people / 2, people).to_dict() == {"Asian": "unreliable", "White": "no data", "Not asked": "no data"}
    with pytest.raises(ValueError, match=re.escape("proportion_reliability: x at 1 is 5; use at most n, here 4")):
        proportion_status([1, 5], 4)


def test_a_contract_may_ask_for_more_people():
    assert proportion_status(30, 60, minimum_n=100).item() == "unreliable"
