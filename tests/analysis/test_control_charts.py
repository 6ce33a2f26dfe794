"""Control charts promise: the limits and labels of Making Data Count, gaps that stay gaps, and no rebase without an action."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from goldens import compare, read
from hypothesis import given, settings
from hypothesis import strategies as st

from acmlib.analysis import chart_rules
from acmlib.analysis.control_charts import COLUMNS, Rebase, chart_columns, xmr
from acmlib.analysis.over_time import without_useless_limits

#: The peer's words for ours.
DIRECTIONS = {"increase": "higher", "decrease": "lower", "neutral": "neither"}
LABELS = {
    "none": "Common Cause", "above limits": "Above UCL", "below limits": "Below LCL", "rising": "7 Point Trend (Increasing)",
    "falling": "7 Point Trend (Decreasing)", "2 of 3 high": "2 in 3 Above CL", "2 of 3 low": "2 in 3 Below CL",
    "7 above mean": "7 Points Above CL", "7 below mean": "7 Points Below CL",
}  # fmt: skip
MONTHS = pd.period_range("2024-01", periods=36, freq="M").astype(str)

series = st.lists(st.one_of(st.integers(0, 30).map(float), st.just(float("nan"))), min_size=1, max_size=40)


def summary(points: pd.DataFrame) -> pd.DataFrame:
    """Return limits, points of each kind and icons of each phase, as the peer lists them; only the last phase has icons."""
    rows = {}
    for phase, part in points.groupby("phase"):
        counted = part["kind"].value_counts()
        icons = part[["variation", "assurance"]].iloc[-1] if phase == points["phase"].max() else {"variation": "none", "assurance": "none"}
        rows[phase] = {
            **part[["mean", "lower", "upper"]].iloc[0], **icons, "n": int((part["kind"] != "missing").sum()),
            **{kind.replace(" ", "_"): int(counted.get(kind, 0)) for kind in ("common cause", "improvement", "concern")},
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")


def peer_kind(kind: str) -> str:
    return "common_cause" if kind == "common cause" else "special_cause_" + kind.replace(" ", "_")


def golden_chart(series_id: str, given: pd.DataFrame, options: pd.DataFrame) -> pd.DataFrame:
    chosen = options.loc[series_id]
    values = given[given["series_id"] == series_id].set_index("period")["value"]
    return xmr(
        values,
        DIRECTIONS[chosen["improvement_direction"]],
        None if pd.isna(chosen["target"]) else chosen["target"],
        rebases=() if pd.isna(chosen["rebase_date"]) else str(chosen["rebase_date"]).split("|"),
        fix_after=None if pd.isna(chosen["fix_after_n"]) else int(chosen["fix_after_n"]),
        screen=bool(chosen["screen_outliers"]),
    )


@pytest.fixture(scope="module")
def golden(shared: Path) -> dict[str, pd.DataFrame]:
    given, options = read(shared, "d1", "input.csv"), read(shared, "d1", "series_options.csv").set_index("series_id")
    return {str(name): golden_chart(str(name), given, options) for name in options.index}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("mean", "mean"), ("lower", "lpl"), ("upper", "upl"), ("outside", "outside_limits"), ("near", "close_to_limits"),
     ("side", "relative_to_mean"), ("phase", "rebase_group"), ("signal", "special_cause_type"), ("kind", "point_type")],
)  # fmt: skip
def test_every_point_of_the_nhs_charts(shared: Path, golden: dict[str, pd.DataFrame], ours: str, theirs: str) -> None:
    expected = read(shared, "d1")
    got = pd.concat([golden[name] for name in expected["series_id"].unique()], ignore_index=True)
    column = got[ours].map({"signal": LABELS.get, "kind": peer_kind}[ours]) if ours in ("signal", "kind") else got[ours].astype(float)
    if ours in ("outside", "near"):
        column = column.where(got["upper"].notna())  # the peer leaves both blank where it has no limits
    compare("d1", expected, column, value=theirs).check()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("mean", "mean"), ("lower", "lpl"), ("upper", "upl"), ("n", "n"), ("common_cause", "common_cause"),
     ("improvement", "special_cause_improvement"), ("concern", "special_cause_concern"), ("variation", "variation_type"),
     ("assurance", "assurance_type")],
)  # fmt: skip
def test_every_summary_of_the_nhs_charts(shared: Path, golden: dict[str, pd.DataFrame], ours: str, theirs: str) -> None:
    expected = read(shared, "d1", "expected_summary.csv")
    got = [summary(golden[row["series_id"]]).loc[row["rebase_group"], ours] for _, row in expected.iterrows()]
    if ours == "variation":
        got = [peer_kind(word) for word in got]
    if ours == "assurance":
        got = [{"none": ""}.get(word, word.replace(" ", "_")) for word in got]
    compare("d1", expected, got, value=theirs).check()


def test_each_rule_on_the_tiny_vectors_of_the_peer(shared: Path) -> None:
    given, expected = read(shared, "d2", "input.csv"), read(shared, "d2")
    got = []
    for _, part in given.groupby("case_id", sort=False):
        v, side, rule = part["v"].to_numpy(), part["rel_to_mean"].fillna(0).to_numpy(np.int8), part["rule"].iloc[0]
        got += {
            "shift7": lambda v=v: chart_rules.run_ends(v.astype(np.int8), 7),
            "part_of_seven": lambda v=v: chart_rules.part_of_run(v.astype(np.int8)),
            "trend7": lambda v=v: chart_rules.trend_ends(v.astype(float)),
            "two_in_three_window": lambda v=v, side=side: chart_rules.near_windows(v > 0, side),
            "two_in_three_flagged": lambda v=v, side=side: chart_rules.two_of_three(v > 0, side),
        }[rule]().astype(int).tolist()  # fmt: skip
    compare("d2", expected, got, value="expected").check()


def test_limits_worked_by_hand() -> None:
    # Moving ranges 2 1 2 1 1 1 1 2 1 0 1 2 6: mean 21/13; 6 is above 3.267 times that and leaves, the mean of the other twelve is 15/12.
    values = [8, 10, 9, 11, 10, 9, 10, 11, 9, 10, 10, 9, 11, 17]
    chart = xmr(values, "higher")
    mean = sum(values) / 14
    assert chart["mean"].iloc[0] == pytest.approx(mean)
    assert chart[["lower", "upper"]].iloc[0].tolist() == pytest.approx([mean - 2.66 * 1.25, mean + 2.66 * 1.25])
    unscreened = xmr(values, "higher", screen=False)
    assert unscreened["upper"].iloc[0] == pytest.approx(mean + 2.66 * 21 / 13)


def test_the_first_rule_that_holds_names_the_point() -> None:
    values = [10, 11, 10, 9] * 5 + [10, 11, 12, 13, 14, 15, 30]
    assert xmr(values, "higher", fix_after=20)["signal"].tolist()[-7:] == ["rising"] * 3 + ["above limits"] * 4


def test_a_trend_that_turns_belongs_to_the_later_trend_at_the_turn() -> None:
    values = np.array([1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1], dtype=float)
    assert chart_rules.trend(values).tolist() == [1] * 6 + [-1] * 7


@settings(deadline=None, max_examples=50)
@given(series)
def test_a_missing_month_is_a_gap_and_changes_nothing_else(values: list[float]) -> None:
    chart = xmr(values, "higher", target=10)
    measured = pd.Series(values).notna()
    assert (chart["kind"] == "missing").tolist() == (~measured).tolist()
    assert chart.loc[~measured, ["value", "side"]].isna().all().all()
    if measured.any():
        without = xmr(pd.Series(values)[measured], "higher", target=10)
        pd.testing.assert_frame_equal(chart[measured], without)


@settings(deadline=None, max_examples=50)
@given(series, st.sampled_from([None, 3, 12]))
def test_higher_is_better_mirrors_lower_is_better(values: list[float], fix_after: int | None) -> None:
    up = xmr(values, "higher", target=7, fix_after=fix_after)
    down = xmr([-value for value in values], "lower", target=-7, fix_after=fix_after)
    assert up["kind"].tolist() == down["kind"].tolist()
    assert up["assurance"].tolist() == down["assurance"].tolist()
    assert np.isfinite(up["mean"].dropna()).all()


@settings(deadline=None, max_examples=50)
@given(series, st.integers(1, 39))
def test_each_phase_of_a_rebased_chart_is_a_chart_of_its_own(values: list[float], cut: int) -> None:
    whole = pd.Series(values)
    if cut >= len(values) or whole[:cut].isna().all() or whole[cut:].isna().all():
        return
    chart = xmr(whole, "higher", rebases=[cut])
    alone = [xmr(whole[:cut], "higher"), xmr(whole[cut:], "higher")]
    columns = [name for name in COLUMNS if name not in ("phase", "variation", "assurance")]
    pd.testing.assert_frame_equal(chart[columns], pd.concat(alone)[columns])
    assert chart["variation"].iloc[0] == alone[1]["variation"].iloc[0]


def test_a_rebase_on_a_date_starts_with_the_first_point_of_or_after_it() -> None:
    values = pd.Series(np.r_[np.full(18, 10.0) + np.arange(18) % 2, np.full(18, 20.0) + np.arange(18) % 3], index=MONTHS)
    mid_june = Rebase(dt.date(2025, 6, 15), "second job coach started", "a3")
    assert xmr(values, "higher", rebases=[mid_june])["phase"].idxmax() == "2025-07"
    assert xmr(values, "higher", rebases=["2025-07"])["phase"].idxmax() == "2025-07"
    assert xmr(values.set_axis(pd.PeriodIndex(MONTHS, freq="M")), "higher", rebases=[dt.date(2025, 7, 1)])["phase"].sum() == 18


def test_a_rebase_after_the_last_measured_point_waits_for_one() -> None:
    values = pd.Series([1.0, 2, 1, 2, np.nan], index=MONTHS[:5])
    chart = xmr(values, "higher", rebases=[Rebase(dt.date(2024, 5, 1), "new site", "a1")])
    assert chart["phase"].max() == 0
    assert chart["variation"].iloc[-1] == "common cause"


def test_below_thirteen_points_limits_are_trial_limits() -> None:
    assert xmr([1, 2] * 6, "higher")["trial"].all()
    assert not xmr([1, 2] * 6 + [1], "higher")["trial"].any()
    assert xmr([1, 2] * 20, "higher", fix_after=12)["trial"].all()


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [5.0], [0.1] * 20])
def test_too_little_to_judge_gives_no_limits_and_no_signal(values: list[float]) -> None:
    chart = xmr(values, "lower", target=1)
    assert chart["lower"].isna().all()
    assert (chart["signal"] == "none").all()
    assert (chart["assurance"] == "none").all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: xmr([1, 2], "up"), "better is 'up'; use higher, lower or neither"),
        (lambda: xmr([[1, 2]], "higher"), "xmr: values has 1x2 entries; use columns of the same length"),
        (lambda: xmr([1, float("inf")], "higher"), "xmr: values at 1 is inf; use finite numbers"),
        (lambda: xmr(["a", "b"], "higher"), "values is not numbers"),
        (lambda: xmr([1, 2], "higher", fix_after=0), "fix_after is 0; use 1 or more"),
        (lambda: xmr([1, 2], "higher", rebases=[2]), r"rebases\[0\] is position 2; use 1 to 1"),
        (lambda: xmr([1, 2], "higher", rebases=["2026-01"]), "not dated; give rebases as positions"),
        (lambda: Rebase(dt.date(2026, 1, 1), "", "a1"), "name both"),
    ],
)
def test_a_wrong_argument_is_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_whole_days_that_hardly_move_have_no_limits_and_no_point_outside_them():
    """Medians in whole days: all but one are 10. Screened moving ranges of nothing would put every point outside limits of no width."""
    chart = xmr([10.0, 10.0, 10.0, 10.0, 10.0, 11.0, 10.0, 10.0], "lower")
    assert chart["lower"].isna().all()
    assert set(chart["signal"]) == {"none"}


@pytest.mark.parametrize("months_before", [4, 6, 12, 18, 20])
def test_a_shift_between_two_levels_keeps_its_marks_though_the_limits_of_the_whole_fit_no_month(months_before: int) -> None:
    noise = np.random.default_rng(1).normal(0, 1, 24)
    waits = np.where(np.arange(24) < months_before, 26.0, 9.0) + noise
    chart = chart_columns(waits, pd.RangeIndex(24), "lower")
    marks = (chart["signal"] != "none").sum()
    without_useless_limits(chart)
    assert marks > 12
    assert (chart["signal"] != "none").sum() == marks
    assert not np.isnan(chart["upper"]).any()
