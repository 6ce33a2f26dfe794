"""Waits are told with the cases nobody has answered yet, and agree with a spreadsheet where all are answered."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from goldens import compare, folder, read
from hypothesis import given, settings
from hypothesis import strategies as st

from acmlib.analysis.timeliness import EVERYONE, response_times

DAY = pd.Timestamp("2026-01-01")


def _dates(days):
    return pd.Series([None if day is None else DAY + pd.Timedelta(days=day) for day in days], dtype="datetime64[ns]")


def test_waits_that_are_all_over_are_those_of_r(shared):
    data = pd.read_csv(folder(shared, "r1") / "input.csv")
    opened = _dates([0] * len(data))
    everyone = response_times(opened, _dates(data["days"]), standard=7, as_of="2027-01-01")
    by_group = response_times(opened, _dates(data["days"]), standard=7, as_of="2027-01-01", groups=data["group"])
    found = pd.concat([everyone.replace({EVERYONE: "ALL"}), by_group]).set_index("group")
    names = {
        "n": "cases",
        "q50_type7": "median_days",
        "q90_type7": "p90_days",
        "share_le_7": "share_within",
        "share_le_7_wilson_lower": "low",
        "share_le_7_wilson_upper": "high",
    }
    rows = read(shared, "r1")
    rows = rows[rows["quantity"].isin(list(names))]
    compare("r1", rows, [found.loc[row.group, names[row.quantity]] for row in rows.itertuples()]).check()


def test_leaving_people_waiting_never_looks_like_being_fast():
    opened, closed = [0, 0, 0, 0], [3, 3, 3, None]
    honest = response_times(_dates(opened), _dates(closed), standard=7, as_of="2026-02-01").iloc[0]
    assert (honest["cases"], honest["open"], honest["overdue"]) == (4, 1, 1)
    assert honest["share_within"] == 0.75
    assert math.isnan(honest["p90_days"])  # a quarter are still waiting: nobody can know when nine of ten will be done


def test_a_case_whose_days_are_not_used_up_is_undecided_even_when_answered():
    found = response_times(_dates([0, 28, 28]), _dates([3, 29, None]), standard=7, as_of="2026-01-31").iloc[0]
    assert (found["decided"], found["undecided"], found["within"], found["overdue"]) == (1, 2, 1, 0)
    assert found["share_within"] == 1


def test_the_last_day_allowed_is_within_and_is_over_when_the_day_is():
    found = response_times(_dates([0, 0]), _dates([7, None]), standard=7, as_of=DAY + pd.Timedelta(days=7)).iloc[0]
    assert (found["decided"], found["within"], found["overdue"]) == (2, 1, 1)


def test_an_answer_after_the_last_day_of_the_data_was_not_known_then():
    as_of = DAY + pd.Timedelta(days=20)
    found = response_times(_dates([0]), _dates([30]), standard=7, as_of=as_of).iloc[0]
    assert (found["closed"], found["open"], found["overdue"], found["share_within"]) == (0, 1, 1, 0)


def test_the_hour_of_an_answer_does_not_matter():
    found = response_times(["2026-01-01 16:00"], ["2026-01-08 09:00"], standard=7, as_of="2026-01-08").iloc[0]
    assert (found["closed"], found["within"], found["median_days"]) == (1, 1, 7)


def test_no_cases_give_no_rows_and_nothing_decided_gives_no_share():
    assert response_times([], [], standard=7, as_of="2026-01-31").empty
    found = response_times(["2026-01-30"], [None], standard=7, as_of="2026-01-31").iloc[0]
    assert found[["share_within", "low", "high", "median_days", "p90_days"]].isna().all()


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 90), st.sampled_from(["a", "b"])), min_size=1, max_size=40))
def test_every_case_is_counted_once_and_groups_add_up_in_any_order(cases):
    def times(rows, **options):
        opened, wait, groups = zip(*rows, strict=True)
        closed = [None if days is None else start + days for start, days in zip(opened, wait, strict=True)]
        return response_times(
            _dates(opened), _dates(closed), standard=10, as_of=DAY + pd.Timedelta(days=60), groups=pd.Series(groups), **options
        )

    found = times(cases)
    total = times([(start, wait, "a") for start, wait, _ in cases]).iloc[0]
    for count in ("cases", "closed", "open", "overdue", "undecided", "decided", "within"):
        assert found[count].sum() == total[count]
    assert (found["cases"] == found["closed"] + found["open"]).all()
    assert (found["cases"] == found["decided"] + found["undecided"]).all()
    assert (found["within"] + found["overdue"] <= found["decided"]).all()
    pd.testing.assert_frame_equal(times(cases[::-1]), found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"opened": [None]}, "opened at 0 is missing; use a date for every case"),
        ({"opened": ["2026-03-01"]}, "opened at 0 is 2026-03-01; use days up to 2026-01-31 (as_of)"),
        (
            {"closed": pd.Series(["2025-12-31"], index=["case 7"])},
            "closed at case 7 is 2025-12-31; use days on or after the case was opened",
        ),
        ({"closed": ["soon"]}, "closed has an entry that is no date"),
        ({"closed": [None, None]}, "closed has 2 entries, opened 1"),
        ({"standard": -1}, "standard is -1; use a number of days"),
        ({"standard": np.nan}, "standard is nan"),
        ({"as_of": "never"}, "as_of is 'never'; use a date"),
        ({"groups": [None]}, "groups at 0 is missing; use a name for everyone"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(change, message):
    given = {"opened": ["2026-01-01"], "closed": ["2026-01-03"], "standard": 7, "as_of": "2026-01-31"} | change
    with pytest.raises(ValueError, match="response_times: " + re.escape(message)):
        response_times(given.pop("opened"), given.pop("closed"), **given)
