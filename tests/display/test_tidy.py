"""What an analyst gets: tidy frames with documented columns, and rows only in the working paper."""

import pandas as pd
import pytest
from opened import opened

from acmlib.display.report import open_report
from acmlib.display.tidy import BY_GROUP, OVER_TIME, OVER_TIME_BY_GROUP


@pytest.fixture(scope="module")
def harbor(repository):
    return opened("harbor-youth-jobs")


def test_a_notebook_opens_the_working_paper(harbor):
    assert harbor.release.edition == "internal"
    assert harbor.cells["status"].ne("hidden").all()


def test_a_metric_over_time_is_a_row_a_month(harbor):
    months = harbor.over_time("enrolled_30d")
    assert tuple(months.columns) == OVER_TIME
    assert months["period"].str.fullmatch(r"\d{4}-\d{2}").all()
    assert months["start"].is_monotonic_increasing
    assert (months["numerator"] / months["denominator"]).sub(months["value"]).abs().max() < 1e-9


def test_groups_over_time_are_half_years_that_follow_each_other(harbor):
    halves = harbor.over_time("placed_6m", by="race_ethnicity")
    assert tuple(halves.columns) == OVER_TIME_BY_GROUP
    assert halves["period"].str.startswith("P6M/").all()
    whole = harbor.cells.query("metric == 'placed_6m' and dimension == 'all'").set_index("period")["denominator"]
    first = halves[halves["start"].eq(halves["start"].min())]
    assert first["denominator"].sum() == whole[whole.index.isin([f"2024-{month:02d}" for month in range(7, 13)])].sum()


def test_a_run_ends_where_a_number_is_missing():
    months = opened("prairie-youth-jobs", edition="provider").over_time("wage")
    missing = months["value"].isna()
    assert missing.any()
    for _, run in months[~missing].groupby("run"):
        assert (run["start"].dt.to_period("M").diff().dropna() == pd.offsets.MonthEnd(1)).all()


def test_a_gap_is_computed_in_one_line_and_is_ours(harbor):
    groups = harbor.by_group("placed_6m", "race_ethnicity")
    assert tuple(groups.columns) == BY_GROUP
    gap = groups["value"] - groups["comparator_value"]
    assert gap.dropna().sub(groups["outcome_gap"]).abs().max() < 1e-9
    assert set(harbor.by_group("enrolled", "race_ethnicity")["verdict"]) == {"not judged"}


def test_names_that_are_none_are_answered_with_those_that_are(harbor):
    with pytest.raises(ValueError, match="placed_6m"):
        harbor.over_time("placed_6")
    with pytest.raises(ValueError, match="race_ethnicity"):
        harbor.by_group("placed_6m", "race")


def test_rows_are_for_the_working_paper_only(harbor, repository, monkeypatch):
    monkeypatch.chdir(repository)
    rows = harbor.rows("participants")
    assert {"dim_race_ethnicity", "referred_on"} <= set(rows.columns)
    provider = opened("harbor-youth-jobs", edition="provider")
    with pytest.raises(ValueError, match="open it with 'internal'"):
        provider.rows("participants")
    with pytest.raises(ValueError, match="participants"):
        harbor.rows("people")


@pytest.mark.parametrize(
    ("selectors", "said"),
    [
        ({"contract": 7}, "contract: 7 is no text; write it in quotes, or with papermill: -r contract 7 instead of -p"),
        ({"contract": "harbor-youth-jobs", "period": 2026}, "period: 2026 is no text.*-r period 2026"),
        ({"contract": "harbor-youth-jobs", "topic": 3.5}, "topic: 3.5 is no text"),
        ({"contract": "harbor-youth-jobs", "edition": True}, "edition: True is no text"),
        ({"contract": "harbor-youth-jobs", "language": 1}, "language: 1 is no text"),
    ],
)
def test_a_selector_that_is_no_text_is_refused_with_what_to_do(repository, selectors, said):
    with pytest.raises(TypeError, match=said):
        open_report(**selectors, root=repository)
