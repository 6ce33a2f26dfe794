"""Curves, medians, means and comparisons of time to an event are those of R's survival package; open cases always count."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from goldens import compare, folder, read
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff

from acmlib.measures.survival import (
    count_durations,
    cumulative_incidence,
    kaplan_meier,
    kaplan_meier_counts,
    logrank,
    median_time,
    restricted_mean,
    survival_at,
)

#: Weeks in remission of 42 children with leukaemia, half of them on 6-MP (Freireich 1963; printed in Cox & Oakes 1984, Table 1.1).
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
TREATED_ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
CONTROL = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

cases = st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.sampled_from(["a", "b", "c"])), min_size=1, max_size=60)

# ---------------------------------------------------------------- what others published


def test_the_curve_of_the_6_mp_trial_is_the_printed_one():
    curve = survival_at(kaplan_meier(TREATED, TREATED_ENDED), [6, 7, 10, 13, 16, 22, 23])
    printed = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]  # Kalbfleisch & Prentice, and every textbook since
    assert curve["survival"].round(3).tolist() == printed
    assert curve["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]


def test_medians_and_log_rank_of_the_6_mp_trial_are_the_printed_ones():
    assert median_time(kaplan_meier(TREATED, TREATED_ENDED))["median"].item() == 23
    assert median_time(kaplan_meier(CONTROL, [1] * 21))["median"].item() == 8
    test = logrank(TREATED + CONTROL, TREATED_ENDED + [1] * 21, ["6-MP"] * 21 + ["control"] * 21)
    assert round(test.statistic, 2) == 16.79
    assert test.groups["observed"].tolist() == [9, 21]
    assert test.groups["expected"].round(2).tolist() == [19.25, 10.75]


# ---------------------------------------------------------------- goldens


def _groups(shared):
    """Everyone and each group of each data set of h1, by (dataset, group)."""
    data = pd.read_csv(folder(shared, "h1") / "input.csv")
    named = {(name, "ALL"): part for name, part in data.groupby("dataset")}
    return named | dict(list(data.groupby(["dataset", "group"])))


def _flat(expected, got, columns):
    """Rows of (wanted, got), one a number, from several columns side by side."""
    wanted = pd.concat([expected[name] for name in columns], keys=columns).to_frame("value")
    return wanted, [number for name in columns for number in got[name]]


def test_shares_still_in_at_fixed_times_are_those_of_r(shared):
    curves = {key: kaplan_meier(part["time"], part["event"]) for key, part in _groups(shared).items()}
    rows = read(shared, "h1")
    rows = rows[rows["conf_type"] == "log-log"].reset_index(drop=True)
    got = pd.concat([survival_at(curves[row.dataset, row.group], row.time) for row in rows.itertuples()], ignore_index=True)
    got = got.rename(columns={"at_risk": "n_risk", "low": "lower", "high": "upper"})
    compare("h1", *_flat(rows, got, ["n_risk", "survival", "lower", "upper"])).check()


def test_every_step_of_the_curves_is_that_of_r(shared):
    rows = read(shared, "h1", "expected_km_curve.csv")
    groups = _groups(shared)
    got = pd.concat(
        [kaplan_meier(groups[key]["time"], groups[key]["event"]) for key in rows.groupby(["dataset", "group"], sort=False).groups],
        ignore_index=True,
    )
    names = {"at_risk": "n_risk", "events": "n_event", "censored": "n_censor", "low": "lower_loglog", "high": "upper_loglog"}
    got = got.rename(columns=names)
    compare("h1", *_flat(rows, got, ["time", "survival", *names.values()])).check()


def test_medians_and_their_limits_are_those_of_r(shared):
    rows = read(shared, "h1", "expected_median.csv")
    rows = rows[rows["conf_type"] == "log-log"].reset_index(drop=True)
    groups = _groups(shared)
    curves = [kaplan_meier(*(groups[row.dataset, row.group][name] for name in ("time", "event"))) for row in rows.itertuples()]
    got = pd.concat([median_time(curve) for curve in curves], ignore_index=True).rename(columns={"low": "lower", "high": "upper"})
    got["n"] = [curve["at_risk"].iloc[0] for curve in curves]
    got["events"] = [curve["events"].sum() for curve in curves]
    compare("h1", *_flat(rows, got, ["n", "events", "median", "lower", "upper"])).check()


def test_restricted_means_are_those_of_r(shared):
    rows = read(shared, "h1", "expected_rmean.csv")
    groups = _groups(shared)
    found = [
        restricted_mean(groups[row.dataset, row.group]["time"], groups[row.dataset, row.group]["event"], row.tau)
        for row in rows.itertuples()
    ]
    got = pd.DataFrame({"rmst": [one.mean for one in found], "se": [one.se for one in found]})
    compare("h1", *_flat(rows, got, ["rmst", "se"])).check()


def test_log_rank_tests_are_those_of_r(shared):
    rows = read(shared, "h1", "expected_logrank.csv")
    rows = rows[rows["test"] == "logrank"]
    wanted, got = [], []
    for row in rows.itertuples():
        data = _groups(shared)[row.dataset, "ALL"]
        data = data if row.stratified == "no" else data.dropna(subset=[row.stratified])
        test = logrank(data["time"], data["event"], data["group"], None if row.stratified == "no" else data[row.stratified])
        table = test.groups.set_index("group")
        wanted += [(row.chisq, 1e-9), (row.df, 0), (row.p, 1e-9)]
        got += [test.statistic, test.df, test.p_value]
        for column in ("observed", "expected"):
            for part in getattr(row, column).split(";"):
                _, name, number = part.split("=")
                wanted.append((float(number), 1e-7))  # printed to ten digits
                got.append(table.loc[name, column])
    expected = pd.DataFrame(wanted, columns=["value", "tol"])
    compare("h1", expected, got, np.maximum(expected["tol"], 1e-9)).check()


def test_two_ways_out_are_those_of_r(shared):
    rows = read(shared, "h3")
    data = pd.read_csv(folder(shared, "h3") / "input.csv")
    groups = {"ALL": data} | dict(list(data.groupby("group")))
    curves = {name: cumulative_incidence(part["time"], part["event"]) for name, part in groups.items()}
    got = []
    for row in rows.itertuples():
        curve = curves[row.group]
        curve = curve[curve["cause"] == row.cause]
        last, next_ = curve[curve["time"] <= row.time].iloc[-1], curve[curve["time"] >= row.time]
        got.append((next_["at_risk"].iloc[0], last["incidence"], last["se"]))
    compare("h3", *_flat(rows, pd.DataFrame(got, columns=["n_risk", "cif", "se"]), ["n_risk", "cif", "se"])).check()


# ---------------------------------------------------------------- statsmodels, on any data


@settings(max_examples=30)
@given(cases)
def test_curves_are_those_of_statsmodels(people):
    durations, ended, _ = zip(*people, strict=True)
    curve = kaplan_meier(durations, ended)
    other = SurvfuncRight(np.array(durations), np.array(ended, dtype=int))
    steps = curve[curve["events"] > 0]
    assert steps["survival"].to_numpy() == pytest.approx(other.surv_prob, abs=1e-12)
    assert steps["at_risk"].tolist() == list(other.n_risk)


@settings(max_examples=30)
@given(cases)
def test_log_rank_is_that_of_statsmodels(people):
    durations, ended, groups = (np.array(column) for column in zip(*people, strict=True))
    test = logrank(durations, ended, groups)
    if test.df < len(np.unique(groups)) - 1 or len(np.unique(groups)) < 2:
        return  # a group that nobody can be compared with: statsmodels stops there
    assert test.statistic == pytest.approx(survdiff(durations, ended.astype(int), groups)[0], rel=1e-6, abs=1e-9)


@pytest.mark.filterwarnings("ignore::RuntimeWarning:statsmodels")
@settings(max_examples=30)
@given(cases)
def test_ways_out_are_those_of_statsmodels_and_all_ways_add_up_to_one(people):
    durations, ended, causes = zip(*people, strict=True)
    codes = [{"a": 1, "b": 1, "c": 2}[cause] if over else 0 for cause, over in zip(causes, ended, strict=True)]
    found = cumulative_incidence(durations, codes)
    if max(codes) == 2:
        other = CumIncidenceRight(np.array(durations), np.array(codes))
        for code in {1, 2} & set(codes):
            assert found.loc[found["cause"] == code, "incidence"].to_numpy() == pytest.approx(other.cinc[code - 1], abs=1e-12)
    out = found.groupby("time")["incidence"].sum()
    still_in = kaplan_meier(durations, ended).set_index("time")["survival"]
    if not found.empty:
        assert (out + still_in).to_numpy() == pytest.approx(1, abs=1e-12)


# ---------------------------------------------------------------- what holds for all


@settings(max_examples=30)
@given(cases)
def test_the_order_of_rows_and_counting_first_change_nothing(people):
    durations, ended, groups = zip(*people, strict=True)
    by_group = kaplan_meier_counts(count_durations(durations, ended, groups=groups), by="group")
    for name, curve in by_group.groupby("group"):
        mine = [(duration, over) for duration, over, group in reversed(people) if group == name]
        alone = kaplan_meier(*zip(*mine, strict=True))
        pd.testing.assert_frame_equal(curve.drop(columns="group").reset_index(drop=True), alone)
    weighted = count_durations(durations, ended)
    again = kaplan_meier(
        [*weighted["time"], *weighted["time"]],
        [1] * len(weighted) + [0] * len(weighted),
        weights=[*weighted["events"], *weighted["censored"]],
    )
    pd.testing.assert_frame_equal(again, kaplan_meier(durations, ended))


@settings(max_examples=30)
@given(cases)
def test_curves_only_fall_and_lie_between_their_limits(people):
    durations, ended, _ = zip(*people, strict=True)
    curve = kaplan_meier(durations, ended)
    assert curve["survival"].is_monotonic_decreasing
    assert curve["survival"].between(0, 1).all()
    known = curve.dropna()
    assert (known["low"] < known["survival"]).all()
    assert (known["survival"] < known["high"]).all()
    mean = restricted_mean(durations, ended, 10)
    assert 0 <= mean.low <= mean.mean <= mean.high <= 10


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_medians_are_the_ordinary_ones_when_every_case_has_ended(durations):
    curve = kaplan_meier(durations, [True] * len(durations))
    assert median_time(curve)["median"].item() == np.median(durations)


def test_open_cases_move_the_median_and_are_never_dropped():
    closed, still_open = [3, 5, 8], [20, 20, 20, 20]
    assert median_time(kaplan_meier(closed, [1, 1, 1]))["median"].item() == 5
    with_open = kaplan_meier(closed + still_open, [1, 1, 1, 0, 0, 0, 0])
    assert math.isnan(median_time(with_open)["median"].item())
    assert survival_at(with_open, 10)["survival"].item() == pytest.approx(4 / 7)


def test_a_programme_one_can_finish_needs_both_ways_out():
    durations, cause = [1, 2, 3, 4, 5, 6], ["finished", "dropped out", "finished", "dropped out", None, None]
    both = cumulative_incidence(durations, cause)
    dropped = both[both["cause"] == "dropped out"]["incidence"].iloc[-1]
    only = 1 - kaplan_meier(durations, [one == "dropped out" for one in cause])["survival"].iloc[-1]
    assert dropped == pytest.approx(2 / 6)
    assert only > dropped


# ---------------------------------------------------------------- edges


def test_nobody_gives_an_empty_curve_and_nothing_to_read_from_it():
    curve = kaplan_meier([], [])
    assert curve.empty
    assert survival_at(curve, 10)["survival"].isna().all()
    assert median_time(curve).isna().to_numpy().all()
    assert all(map(math.isnan, restricted_mean([], [], 10)))
    assert cumulative_incidence([], []).empty
    assert survival_at(kaplan_meier_counts(pd.DataFrame(columns=["g", "time", "events", "censored"]), by="g"), 10, by="g").empty


def test_one_group_or_no_end_seen_leaves_nothing_to_compare():
    for test in (logrank([1, 2], [1, 1], ["a", "a"]), logrank([1, 2], [0, 0], ["a", "b"]), logrank([], [], [])):
        assert math.isnan(test.statistic)
        assert math.isnan(test.p_value)
        assert test.df == 0


def test_groups_that_no_stratum_has_in_common_are_not_compared():
    durations, ended = [1, 2, 3, 4, 5, 6, 7, 8], [1] * 8
    apart = logrank(durations, ended, list("aaaabbbb"), strata=list("xxxxyyyy"))
    assert math.isnan(apart.statistic)
    pairs = logrank(durations, ended, list("ababcdcd"), strata=list("xxxxyyyy"))
    assert pairs.df == 2


def test_a_median_on_a_step_at_one_half_is_the_middle_of_the_step():
    assert median_time(kaplan_meier([2, 4, 7, 9], [1, 1, 1, 1]))["median"].item() == 5.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kaplan_meier([1, None], [1, 1]), "durations at 1 is nan; use known durations"),
        (lambda: kaplan_meier(pd.Series([1, -3], index=["P1", "P2"]), [1, 1]), "durations at P2 is -3; use numbers of 0 and more"),
        (lambda: kaplan_meier([1, 2], [1]), "observed has 1 entries, durations 2"),
        (lambda: kaplan_meier([1, 2], [1, 2]), "observed at 1 is 2; use true (it ended) or false (it was still going)"),
        (lambda: kaplan_meier([1], [1], level=2), "level: 2; use a number between 0 and 1"),
        (lambda: logrank([1, 2], [1, 1], ["a", None]), "logrank: groups at 1 is missing"),
        (lambda: restricted_mean([1], [1], 0), "restricted_mean: tau is 0; use a number above 0"),
        (lambda: cumulative_incidence([1, 2], ["a"]), "cause has 1 entries, durations 2"),
        (lambda: kaplan_meier_counts(pd.DataFrame({"time": [1]})), "counts has no column events, censored"),
        (lambda: survival_at(kaplan_meier([1], [1]), -1), "survival_at: times is -1"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
