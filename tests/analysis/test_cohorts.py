"""First against last: cohorts that never overlap, words that signs and chance decide."""

import numpy as np
import pandas as pd
import pytest

from acmlib.analysis.cohorts import cohort_changes
from acmlib.contract.model import Contract
from acmlib.measures.intervals import wilson

CONTRACT = {
    "id": "demo",
    "contract": {"title": "Demo", "provider": "A", "agency": "B", "program": "jobs", "starts": "2024-07-01", "ends": "2026-06-30"},
    "tables": {"participants": {"source": "data/demo.csv"}},
    "dimensions": {"race": {"column": "race"}},
    "metrics": {"placed": {"title": "Placed", "kind": "proportion", "that": "placed", "date": "left"}},
}


def contract(**metric):
    given = {**CONTRACT, "metrics": {"placed": {**CONTRACT["metrics"]["placed"], **metric}}}
    return Contract.model_validate(given)


def cells(windows):
    """Metric table of one metric by race and for everyone, from {period: {group: (x, n)}}."""
    rows = []
    for period, groups in windows.items():
        everyone = tuple(np.sum(list(groups.values()), axis=0))
        for dimension, group, (x, n) in [("all", "All participants", everyone), *(("race", name, one) for name, one in groups.items())]:
            low, high = wilson(x, n)
            rows.append(("placed", period, dimension, group, x, n, x / n, low, high, "shown"))
    names = ["metric", "period", "dimension", "group", "numerator", "denominator", "value", "low", "high", "status"]
    return pd.DataFrame(rows, columns=names)


def change(windows, last, *, named=True, **metric):
    gaps = pd.DataFrame({"metric": ["placed"], "dimension": ["race"], "period": [last]})
    found = cohort_changes(cells(windows), gaps, contract(**metric), named={("placed", "race")} if named else set())
    return found.set_index("group")


#: The planted story of Summit: one group far behind in the first half-year, level with everyone else since.
STORY = {
    "P6M/2024-12": {"Hispanic": (11, 52), "White": (24, 58), "Black": (15, 35)},
    "P12M/2025-11": {"Hispanic": (44, 106), "White": (48, 112), "Black": (31, 73)},
    "term": {"Hispanic": (52, 147), "White": (70, 164), "Black": (45, 104)},
}


def test_where_the_last_window_overlaps_the_first_cohort_everybody_since_is_compared():
    row = change(STORY, "P12M/2025-11").loc["Hispanic"]
    assert (row["x_before"], row["n_before"], row["x_after"], row["n_after"]) == (11, 52, 41, 95)
    assert (row["period"], row["earlier_period"], row["cohort"]) == ("term", "P6M/2024-12", "since 2025-01")
    assert row["value_comparator_before"] == pytest.approx(39 / 93)
    assert (row["verdict"], row["levelling"]) == ("closed", "up")


def test_a_window_after_the_first_cohort_is_the_last_one():
    windows = {**STORY, "P12M/2026-05": {"Hispanic": (60, 120), "White": (60, 120), "Black": (30, 60)}}
    assert set(change(windows, "P12M/2026-05")["cohort"]) == {"P12M/2026-05"}


def test_without_two_cohorts_nothing_is_compared():
    assert change({"P6M/2024-12": STORY["P6M/2024-12"]}, "P6M/2024-12").empty


def test_a_change_within_chance_has_no_word_although_the_signs_turned():
    windows = {"P6M/2024-12": {"A": (30, 60), "B": (31, 60)}, "P12M/2026-05": {"A": (63, 120), "B": (60, 120)}}
    assert set(change(windows, "P12M/2026-05")["verdict"]) == {"no clear change"}


def test_a_gap_that_shrank_because_everyone_else_fell_is_levelling_down():
    windows = {"P6M/2024-12": {"A": (60, 300), "B": (180, 300)}, "P12M/2026-05": {"A": (60, 300), "B": (63, 300)}}
    row = change(windows, "P12M/2026-05").loc["A"]
    assert (row["verdict"], row["levelling"]) == ("closed", "down")


def test_now_clearly_ahead_is_said_to_be_turned_not_closed():
    windows = {"P6M/2024-12": {"A": (60, 300), "B": (180, 300)}, "P12M/2026-05": {"A": (180, 300), "B": (60, 300)}}
    assert change(windows, "P12M/2026-05")["verdict"].to_dict() == {"A": "turned", "B": "opened"}


def test_lower_is_better_turns_the_reading_round():
    windows = {"P6M/2024-12": {"A": (60, 300), "B": (180, 300)}, "P12M/2026-05": {"A": (60, 300), "B": (66, 300)}}
    found = change(windows, "P12M/2026-05", better="lower")["verdict"]
    assert (found["B"], found["A"]) == ("closed", "no clear change")


def test_fewer_people_than_the_minimum_are_not_judged():
    windows = {"P6M/2024-12": {"A": (2, 29), "B": (180, 300)}, "P12M/2026-05": {"A": (60, 100), "B": (180, 300)}}
    assert change(windows, "P12M/2026-05").loc["A", "verdict"] == "not judged"
