"""The metric table: every number on every page comes from here."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from measures.programmes import METRICS, InMemory, contract, people, tables, windows

from acmlib.contract.errors import ContractError
from acmlib.contract.periods import parse_period
from acmlib.measures.compute import metric_table
from acmlib.measures.intervals import mean_interval, poisson_interval, wilson
from acmlib.measures.survival import kaplan_meier, median_time, survival_at
from acmlib.measures.table import METRIC_COLUMNS, check_metric_table

KEYS = ["metric", "period", "dimension", "group"]
PERIOD = parse_period("2026-03")
AS_OF = pd.Timestamp(PERIOD.end)
SPLITS = {
    "all": lambda frame: pd.Series("All participants", index=frame.index),
    "race_ethnicity": lambda frame: frame["dim_race_ethnicity"],
    "site": lambda frame: frame["dim_site"],
    "race_ethnicity x site": lambda frame: frame["dim_race_ethnicity"] + " x " + frame["dim_site"],
}


def cell(table: pd.DataFrame, metric: str, period: str, dimension: str = "all", group: str = "All participants") -> pd.Series:
    found = table[(table["metric"] == metric) & (table["period"] == period) & (table["dimension"] == dimension) & (table["group"] == group)]
    assert len(found) == 1, f"{len(found)} rows for {metric}, {period}, {dimension}, {group}"
    return found.iloc[0]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return metric_table(contract(), tables(people(1)), PERIOD)


def naive(metric: str, rows: pd.DataFrame) -> tuple[float, float, float, float, float]:
    """Return numerator, denominator, value, low and high of one cell by hand, from the people in it."""
    nan = np.nan
    if metric in ("completed", "placed_90d"):
        met = rows["completed"].eq(True) if metric == "completed" else rows["placed_on"] <= rows["enrolled_on"] + pd.Timedelta(days=90)
        x, n = float(met.sum()), float(len(rows))
        return x, n, x / n if n else nan, *wilson(x, n)
    if metric in ("enrolled", "placed"):
        x = float(len(rows))
        return x, nan, x, *poisson_interval(x)
    if metric == "incidents":
        exposed = rows[rows["sessions"].notna()]
        x, n = float(exposed["incident"].sum()), float(exposed["sessions"].sum())
        low, high = poisson_interval(x)
        return (x, n, 100 * x / n, 100 * low / n, 100 * high / n) if n else (x, n, nan, nan, nan)
    if metric == "wage":
        wages = rows["wage"].dropna()
        low, high = mean_interval(wages.sum(), (wages**2).sum(), len(wages))
        return float(wages.sum()), float(len(wages)), float(wages.mean()) if len(wages) else nan, low, high
    start, end = ("referred_on", "enrolled_on") if metric == "days_to_enrol" else ("enrolled_on", "left_on")
    rows = rows[~(rows[end] < rows[start])]
    ended = rows[end] <= AS_OF
    days = (rows[end].where(ended, AS_OF) - rows[start]).dt.days
    curve = kaplan_meier(days, ended)
    if metric == "days_to_enrol":
        middle = median_time(curve).iloc[0] if len(curve) else pd.Series({"median": nan, "low": nan, "high": nan})
        return float(ended.sum()), float(len(rows)), middle["median"], middle["low"], middle["high"]
    then = survival_at(curve, int(metric.removesuffix("d").partition("@")[2])).iloc[0] if len(curve) else None
    if then is None or (then["at_risk"] == 0 and then["survival"] > 0):
        return nan, float(len(rows)), nan, nan, nan
    return then["followed"], float(len(rows)), then["survival"], then["low"], then["high"]


def expected(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the cells that have numbers, made one by one with pandas."""
    cells = []
    for name in [*(name for name in METRICS if name != "still_in"), "still_in@30d", "still_in@180d"]:
        given = METRICS[name.partition("@")[0]]
        day = int(name.removesuffix("d").partition("@")[2] or 0)
        date = given.get("date")
        cohort = frame if date is None else frame[frame[date].notna() & (frame[date] <= AS_OF)]
        if name in ("placed_90d", "enrolled") or day:
            cohort = cohort[cohort["enrolled_on"].notna()]
        if name in ("placed", "wage"):
            cohort = cohort[cohort["placed_on"].notna()]
        spans = [("term", None, None, True)] if date is None else list(windows(PERIOD.end, given.get("window", day)))
        # Every ninth period and the term: seconds instead of minutes by hand.
        for text, first, last, known in [*spans[:-1][::9], spans[-1]]:
            if date is not None and text == "term" and day:
                last, known = AS_OF + pd.Timedelta(hours=23), True
            inside = cohort if first is None else cohort[(cohort[date] >= first) & (cohort[date] <= last)]
            for split, label in SPLITS.items():
                if name == "placed" and split not in ("all", "site"):
                    continue
                for group, rows in inside.groupby(label(inside)):
                    if known:
                        cells.append((name, text, split, group, *naive(name, rows)))
    return pd.DataFrame(cells, columns=list(METRIC_COLUMNS[:-1]))


@pytest.mark.parametrize(("seed", "number"), [(1, 3), (3, 120)])
def test_every_kind_agrees_with_the_same_number_worked_out_person_by_person(seed: int, number: int) -> None:
    frame = people(seed, number)
    table = metric_table(contract(), tables(frame), PERIOD)
    table = table[~table["metric"].str.contains(":")]
    both = expected(frame).merge(table, on=KEYS, how="left", suffixes=("_by_hand", ""), validate="one_to_one")
    assert both["status"].notna().all(), f"cells are missing: {both[both['status'].isna()][KEYS].head()}"
    lacking = both["value_by_hand"].isna() & ~both["metric"].eq("days_to_enrol")
    assert not (both["status"].eq("shown") & lacking).any()
    assert both[~lacking]["status"].eq("shown").all()
    for name in METRIC_COLUMNS[4:9]:
        shown = both[both["status"] == "shown"]
        np.testing.assert_allclose(shown[name], shown[f"{name}_by_hand"], rtol=1e-9, atol=1e-9, err_msg=name)
    others = table[table["period"].isin(both["period"])].merge(both[KEYS], on=KEYS, how="left", indicator=True)
    others = others[(others["_merge"] == "left_only") & others["period"].isin(both["period"])]
    assert others["value"].fillna(0).eq(0).all(), "a number that nobody stands for"


@settings(max_examples=5, deadline=None, derandomize=True, phases=(Phase.generate,))
@given(st.integers(0, 10_000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    frame = people(seed, 120)
    mixed = frame.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(
        metric_table(contract(), tables(frame), PERIOD), metric_table(contract(), tables(mixed), PERIOD), check_exact=True
    )


@settings(max_examples=5, deadline=None, derandomize=True, phases=(Phase.generate,))
@given(st.integers(0, 10_000))
def test_totals_are_the_sum_of_their_groups_and_windows_of_their_months(seed: int) -> None:
    table = metric_table(contract(), tables(people(seed)), PERIOD)
    table = table[table["metric"].isin(["placed_90d", "completed", "enrolled", "incidents", "wage", "stage:enrolled", "days_to_enrol"])]
    sums = table.groupby(["metric", "period", "dimension"])[["numerator", "denominator"]].sum().reset_index()
    parts = sums[sums["dimension"] != "all"].merge(sums[sums["dimension"] == "all"], on=["metric", "period"], suffixes=("", "_all"))
    np.testing.assert_allclose(parts["denominator"], parts["denominator_all"], rtol=1e-9)
    defined = parts[parts["metric"] != "incidents"]  # a group with incidents and no sessions has no rate, and so no numerator
    np.testing.assert_allclose(defined["numerator"], defined["numerator_all"], rtol=1e-9)
    total = table[(table["dimension"] == "all") & (table["metric"] == "enrolled")].set_index("period")["value"]
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    assert total["P12M/2025-12"] == total[months].sum()
    assert total["2025Q3"] == total[["2025-07", "2025-08", "2025-09"]].sum()


def test_columns_and_statuses_are_those_of_the_metric_table(table: pd.DataFrame) -> None:
    assert tuple(table.columns) == METRIC_COLUMNS
    assert check_metric_table(table) is table
    assert set(table["status"]) == {"shown", "immature", "no data"}
    assert table["value"][table["status"] != "shown"].isna().all()


def test_metrics_stand_in_the_contracts_order_and_unknown_groups_last(table: pd.DataFrame) -> None:
    metrics = [name for name in dict.fromkeys(table["metric"].str.partition("@")[0]) if ":" not in name]
    assert metrics == list(METRICS)
    groups = list(dict.fromkeys(table.loc[table["dimension"] == "race_ethnicity", "group"]))
    assert groups == ["Asian", "Black or African American", "White", "Not recorded"]


def test_periods_are_months_finished_quarters_rolling_twelve_months_half_years_of_the_contract_and_the_term(table: pd.DataFrame) -> None:
    enrolled = table[(table["metric"] == "enrolled") & (table["dimension"] == "all")]["period"].tolist()
    assert enrolled[:2] == ["2024-07", "2024-08"]
    assert enrolled[20] == "2026-03"
    assert [text for text in enrolled if "Q" in text] == ["2024Q3", "2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1"]
    assert [text for text in enrolled if text.startswith("P12M")][-1] == "P12M/2026-03"
    assert [text for text in enrolled if text.startswith("P6M")] == ["P6M/2024-12", "P6M/2025-06", "P6M/2025-12"]
    assert enrolled[-1] == "term"
    assert set(table.loc[table["metric"] == "completed", "period"]) == {"term"}


def test_an_outcome_whose_window_is_open_waits_and_is_no_failure(table: pd.DataFrame) -> None:
    frame = people(1)
    waiting = cell(table, "placed_90d", "2026-02")
    assert waiting["status"] == "immature"
    assert np.isnan([waiting["numerator"], waiting["value"], waiting["low"], waiting["high"]]).all()
    assert waiting["denominator"] == frame["enrolled_on"].between("2026-02-01", "2026-02-28").sum() > 0
    assert cell(table, "placed_90d", "2025-12")["status"] == "shown"
    assert cell(table, "placed_90d", "2026Q1")["status"] == "immature"
    rolling = table[(table["metric"] == "placed_90d") & table["period"].str.startswith("P12M")]["period"]
    assert rolling.max() == "P12M/2025-12"
    mature = frame["enrolled_on"].between("2024-07-01", "2025-12-31")
    assert cell(table, "placed_90d", "term")["denominator"] == mature.sum()


def test_a_report_before_any_outcome_is_known_says_how_many_wait() -> None:
    early = metric_table(contract(), tables(people(1)), parse_period("2024-08"))
    term = cell(early, "placed_90d", "term")
    assert term["status"] == "immature"
    assert term["denominator"] > 0
    assert np.isnan(term["value"])


def test_a_month_without_any_row_is_no_data_and_a_real_zero_is_zero() -> None:
    frame = people(2, 400)
    gone = frame[~frame["referred_on"].between("2025-03-01", "2025-03-31") & ~frame["enrolled_on"].between("2025-03-01", "2025-03-31")]
    gone = gone[~gone["placed_on"].between("2025-05-01", "2025-05-31")]
    table = metric_table(contract(), tables(gone), PERIOD)
    missing = cell(table, "enrolled", "2025-03")
    assert missing["status"] == "no data"
    assert missing[["numerator", "denominator", "value"]].isna().all()
    nobody = cell(table, "placed", "2025-05")
    assert (nobody["status"], nobody["value"]) == ("shown", 0.0), "people were referred in May: nobody placed is a result"
    none_met = frame.assign(completed=False)
    zero = cell(metric_table(contract(), tables(none_met), PERIOD), "completed", "term")
    assert (zero["status"], zero["numerator"], zero["value"], zero["low"]) == ("shown", 0.0, 0.0, 0.0)


def test_a_group_that_is_absent_from_a_window_has_a_denominator_of_zero_and_no_value() -> None:
    frame = people(3)
    frame.loc[frame["enrolled_on"] >= "2025-01-01", "dim_site"] = "North"
    absent = cell(metric_table(contract(), tables(frame), PERIOD), "placed_90d", "2025-10", "site", "South")
    assert (absent["status"], absent["denominator"]) == ("no data", 0.0)
    assert np.isnan(absent["value"])


def test_rows_dated_after_the_period_are_not_counted() -> None:
    frame = people(4)
    cut = frame[frame["enrolled_on"].isna() | (frame["enrolled_on"] <= AS_OF)]
    late, without = (metric_table(contract(), tables(one), PERIOD) for one in (frame, cut))
    for metric in ("enrolled", "placed_90d", "still_in@30d"):
        pd.testing.assert_series_equal(cell(late, metric, "term")[4:], cell(without, metric, "term")[4:], check_names=False)


def test_a_condition_that_is_unknown_is_not_true() -> None:
    frame = people(5)
    term = cell(metric_table(contract(), tables(frame), PERIOD), "completed", "term")
    assert term["denominator"] == len(frame), "whether they completed is unknown for some: they stay in the cohort"
    assert term["numerator"] == frame["completed"].eq(True).sum()


def test_who_reached_a_stage_has_reached_the_stages_before_it() -> None:
    frame = people(6)
    frame["enrolled_on"] = frame["enrolled_on"].where(frame["placed_on"].isna() | (frame.index % 2 == 0))
    table = metric_table(contract(), tables(frame), PERIOD)
    first = cell(table, "stage:referred", "term")
    assert first["value"] == frame["referred_on"].between("2024-07-01", AS_OF).sum()
    cohort = frame[frame["referred_on"].between("2024-07-01", "2025-11-30")]
    enrolled = (cohort["enrolled_on"].notna() & (cohort["enrolled_on"] <= AS_OF)) | (cohort["placed_on"] <= AS_OF)
    row = cell(table, "stage:placed", "term")
    assert (row["numerator"], row["denominator"]) == ((cohort["placed_on"] <= AS_OF).sum(), enrolled.sum())
    reached = cell(table, "reached:placed", "term")
    assert (reached["numerator"], reached["denominator"]) == (row["numerator"], len(cohort))


def test_people_of_several_races_count_in_each_alone_or_in_combination() -> None:
    frame = people(7)
    races = enumerate(frame["dim_race_ethnicity"])
    frame["dimalone_race_ethnicity"] = [["White", "Asian"] if at % 3 == 0 else [race] for at, race in races]
    table = metric_table(contract(), tables(frame), PERIOD)
    inside = frame[frame["enrolled_on"].between("2024-07-01", AS_OF)]
    for race in ("White", "Asian", "Not recorded"):
        n = sum(race in races for races in inside["dimalone_race_ethnicity"])
        row = cell(table, "enrolled", "term", "race_ethnicity (alone or in combination)", race)
        assert row["value"] == n
    both = cell(table, "days_to_enrol", "term", "race_ethnicity (alone or in combination)", "Asian")
    assert both["denominator"] > cell(table, "days_to_enrol", "term", "race_ethnicity", "Asian")["denominator"]


def test_who_gave_no_answer_is_in_no_group_alone_or_in_combination() -> None:
    frame = people(4)
    frame["dimalone_race_ethnicity"] = [[] if at % 4 == 0 else ["Asian"] for at in range(len(frame))]
    table = metric_table(contract(), tables(frame), PERIOD)
    groups = table.loc[table["dimension"].eq("race_ethnicity (alone or in combination)"), "group"]
    assert set(groups) == {"Asian"}


def test_day_numbers_serve_where_there_are_no_dates() -> None:
    frame = pd.DataFrame({"begun": [0, 0, 5, 0], "out": [10, None, 20, None], "seen": [50, 40, 50, 8], "dim_site": "North"})
    metrics = {
        "stayed": {"title": "Stayed", "kind": "retention", "start": "begun", "end": "out", "until": "seen", "at": [12, 60]},
        "days": {"title": "Days", "kind": "duration", "start": "begun", "end": "out", "until": "seen"},
    }
    made = contract(metrics=metrics, dimensions={"site": {}}, pairs=[], pathway=None)
    table = metric_table(made, tables(frame), PERIOD)
    stayed = cell(table, "stayed@12d", "term")
    assert (stayed["numerator"], stayed["denominator"]) == (2, 4)
    assert stayed["value"] == pytest.approx(2 / 3)
    assert cell(table, "stayed@60d", "term")["status"] == "immature", "nobody was followed for 60 days"
    days = cell(table, "days", "term")
    assert (days["numerator"], days["denominator"], days["value"]) == (2, 4, 15)


def test_an_expression_that_does_not_fit_its_column_is_named_with_its_table() -> None:
    metrics = {"odd": {"title": "Odd", "kind": "proportion", "that": "participant_id + 1 > 3"}}
    with pytest.raises(ContractError, match=r"params/test-programme/contract.yml: tables.participants cannot be computed .*; use"):
        metric_table(contract(metrics=metrics, pathway=None), tables(people(1)), PERIOD)


def submissions(grain: str, dimensions: dict[str, list[str]]) -> pd.DataFrame:
    periods = [str(period) for period in pd.period_range("2024-07", "2026-03", freq=grain)]
    rows = [
        (period, dimension, group, "placed", float(3 + at % 4), float(10 + place))
        for at, period in enumerate(periods) for dimension, groups in dimensions.items() for place, group in enumerate(groups)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["period", "dimension", "group", "measure", "numerator", "denominator"]).assign(withheld=False)


def counted(frame: pd.DataFrame, **metric: object) -> pd.DataFrame:
    given = {"title": "Placed", "kind": "proportion", "from": "submitted"} | metric
    made = contract(
        tables={"submitted": {"source": "data/test/submitted.csv", "kind": "counts"}}, metrics={"placed": given}, pathway=None, pairs=[]
    )
    return metric_table(made, InMemory({"submitted": frame}), PERIOD)


def test_aggregated_submissions_give_the_same_table() -> None:
    table = counted(submissions("M", {"all": ["All participants"], "site": ["North", "South"]}))
    assert cell(table, "placed", "2024-08")["value"] == pytest.approx(4 / 10)
    quarter = cell(table, "placed", "2024Q4", "site", "South")
    assert (quarter["numerator"], quarter["denominator"]) == (6 + 3 + 4, 33)
    assert cell(table, "placed", "P12M/2026-03")["denominator"] == 120
    assert cell(table, "placed", "term")["status"] == "shown"
    low, high = wilson(4, 10)
    assert (cell(table, "placed", "2024-08")["low"], cell(table, "placed", "2024-08")["high"]) == (low, high)


def test_yearly_submissions_stay_years() -> None:
    frame = submissions("M", {"all": ["All participants"]}).assign(period=lambda rows: rows["period"].str[:4]).drop_duplicates("period")
    table = counted(frame)
    assert table["period"].tolist() == ["2024", "2025", "2026", "term"]


def test_a_year_that_is_not_over_is_not_due_and_a_quarter_that_is_over_is() -> None:
    frame = submissions("M", {"all": ["All participants"]})
    frame = frame[frame["period"] < "2026"]
    years = counted(frame.assign(period=frame["period"].str[:4]).drop_duplicates("period"))
    assert years["period"].tolist() == ["2024", "2025", "term"]
    quarters = counted(frame.assign(period=[str(pd.Period(month).asfreq("Q")) for month in frame["period"]]).drop_duplicates("period"))
    assert cell(quarters, "placed", "2026Q1")["status"] == "no data"


def test_a_total_that_was_not_submitted_is_the_sum_of_a_complete_dimension() -> None:
    frame = submissions("M", {"site": ["North", "South"]})
    assert cell(counted(frame), "placed", "2024-08")["denominator"] == 21
    partly = frame[~((frame["period"] == "2024-08") & (frame["group"] == "South"))]
    assert cell(counted(partly), "placed", "2024-08")["status"] == "no data"
    assert cell(counted(partly), "placed", "2024-08", "site", "South")["status"] == "no data"


def test_counts_that_cannot_be_are_not_taken_for_results() -> None:
    frame = submissions("M", {"all": ["All participants"]})
    frame.loc[frame["period"] == "2024-08", "numerator"] = 99.0
    frame.loc[frame["period"] == "2024-09", "numerator"] = -1.0
    frame.loc[frame["period"] == "2024-10", "denominator"] = np.nan
    table = counted(frame)
    assert {cell(table, "placed", month)["status"] for month in ("2024-08", "2024-09", "2024-10")} == {"no data"}


def test_a_duration_cannot_come_from_counts() -> None:
    with pytest.raises(ContractError, match=r"metrics.placed.kind is 'duration', of the counts table 'submitted'; use proportion, count"):
        counted(submissions("M", {"all": ["All participants"]}), kind="duration", start="a", end="b")


def test_a_contract_that_begins_inside_a_month_counts_that_whole_month(table: pd.DataFrame) -> None:
    frame = people(1)
    assert cell(table, "enrolled", "2024-07")["value"] == frame["enrolled_on"].between("2024-07-01", "2024-07-31").sum()
    assert contract().contract.starts == dt.date(2024, 7, 10)
