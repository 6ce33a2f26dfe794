"""Peers promise: chance is drawn, not ranked; outliers stand out of widened limits too; the benchmark is what some already achieve."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from goldens import compare, read
from hypothesis import given, settings
from hypothesis import strategies as st

from acmlib.analysis.peers import funnel, funnel_ratio, pared_mean

LIMITS = [f"{side}_{level}" for level in ("95", "998") for side in ("lower", "upper")]
units = st.lists(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=8, max_size=30)


def test_the_funnel_of_303_providers(shared: Path) -> None:
    given, expected = read(shared, "f1", "input.csv").set_index("area"), read(shared, "f1")
    got = funnel(given["numerator"], given["denominator"], method="normal", adjust=False)
    words = {"above 99.8%": "High (0.001)", "above 95%": "High (0.025)", "below 99.8%": "Low (0.001)", "below 95%": "Low (0.025)"}
    flags = got["flag"].map(words).fillna("Not significant")
    compare("f1", expected, flags.loc[expected["area"]], value="significance").check()


def test_limits_at_any_size(shared: Path) -> None:
    given, expected = read(shared, "f1", "input.csv"), read(shared, "f1", "expected_limits.csv")
    theta = given["numerator"].sum() / given["denominator"].sum()
    got = funnel([0] * len(expected), expected["population"], benchmark=theta, method="normal")
    for ours, theirs in (("lower_95", "lower_2s"), ("upper_95", "upper_2s"), ("lower_998", "lower_3s"), ("upper_998", "upper_3s")):
        compare("f1", expected, 100 * got[ours], tol=1e-6, value=theirs).check()
    compare("f1", expected, 100 * got["benchmark"], tol=1e-6, value="baseline").check()


def test_exact_limits_of_small_units(shared: Path) -> None:
    given, expected = read(shared, "f4", "input.csv"), read(shared, "f4")
    for method, rows in expected.groupby("method"):
        got = funnel(given["x"], given["n"], method={"exact_qbinom": "exact", "normal": "normal"}[method], adjust=False)
        got = got.set_index("denominator").loc[rows["n"]]
        rows = rows.assign(**rows[["upper_95", "lower_95", "upper_998", "lower_998"]].clip(0, 1))  # the peer lets limits leave 0..1
        for name in ("benchmark", *LIMITS):
            compare("f4", rows, got[name], value=name).check()


def over_dispersed(shared: Path, case: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    inputs, expected = read(shared, "f3", "input.csv"), read(shared, "f3")
    expected = expected[expected["case_id"] == case].reset_index(drop=True)
    rows = inputs[inputs["dataset"] == case.split("_")[-1].replace("trim20", "phe300")].set_index("group")
    rows = rows.loc[expected["group"]]
    if case.startswith("PR"):
        return funnel(rows["numerator"], rows["denominator"], method="arcsine", adjust=True), expected
    if "SHMI" in case:  # the peer rounds expected events to two decimals
        return funnel_ratio(rows["numerator"], rows["denominator"].round(2), adjust=True), expected
    return funnel_ratio(rows["numerator"], rows["denominator"], method="root", trim=0.2 if "trim20" in case else 0.1, adjust=True), expected


@pytest.mark.parametrize("case", ["PR_phe303", "SR_SHMI_phe300", "SR_CQC_phe300", "SR_CQC_trim20"])
def test_over_dispersed_limits(shared: Path, case: str) -> None:
    got, expected = over_dispersed(shared, case)
    summary = read(shared, "f3", "expected_summary.csv").query("case_id == @case").reset_index(drop=True)
    compare("f3", summary, [got["phi"].iloc[0]], value="phi").check()
    compare("f3", summary, [got["tau2"].iloc[0]], value="tau2").check()
    compare("f3", summary, [int(got["z_trimmed"].notna().sum())], value="n_used").check()
    if "SR" not in case:
        compare("f3", summary, [got["benchmark"].iloc[0]], value="target").check()
    for ours, theirs in (("z", "z"), ("z_trimmed", "z_winsorised"), ("value", "ratio")):
        compare("f3", expected, got[ours], value=theirs).check()
    for side, letter in (("lower", "l"), ("upper", "u")):
        for level in ("95", "998"):
            compare("f3", expected, got[f"{side}_{level}"], value=f"{letter}l{level}").check()
            wide = got[f"{side}_{level}_adjusted"]
            # The peer leaves these limits on the root scale (its quirk); ours are ratios.
            compare("f3", expected, np.sqrt(wide) if "CQC" in case else wide, value=f"od{letter}l{level}").check()
    if "CQC" not in case:
        beyond = got["flag"].str.contains("99.8").astype(int)
        compare("f3", expected, beyond, value="outlier998_od").check()


def test_an_outlier_is_seen_and_named_for_what_it_is() -> None:
    given = pd.Series([50, 52, 48, 51, 49, 50, 53, 20], index=list("ABCDEFGH"))
    assert funnel(given, [100] * 8)["kind"].to_dict()["H"] == "worse"
    assert funnel(given, [100] * 8, better="lower")["kind"].to_dict()["H"] == "better"
    assert funnel(given, [100] * 8, better="neither")["kind"].to_dict()["H"] == "low"


def test_units_that_all_differ_widen_the_funnel() -> None:
    x = [300, 400, 500, 600, 700, 350, 450, 550, 650, 500]
    plain, wide = funnel(x, [1000] * 10, adjust=False), funnel(x, [1000] * 10)
    assert bool(wide["overdispersed"].iloc[0])
    assert (plain["kind"] != "as expected").sum() == 8
    assert (wide["kind"] == "as expected").all()


def test_under_eight_units_there_is_a_table_and_no_judgement() -> None:
    table = funnel([5, 50, 9, 8, 7, 3, 6], [100] * 7)
    assert (table["form"] == "table").all()
    assert (table["kind"] == "not judged").all()
    assert table[LIMITS].isna().all().all()
    assert table[["low", "high"]].notna().all().all()
    hidden = funnel([5, 50, 9, 8, 7, 3, 6, np.nan], [100] * 8)
    assert (hidden["form"] == "table").all()


@settings(deadline=None, max_examples=30)
@given(units)
def test_the_order_of_units_changes_nothing(rows: list[tuple[int, int]]) -> None:
    frame = pd.DataFrame(rows, columns=["x", "n"])
    there, back = funnel(frame["x"], frame["n"]), funnel(frame["x"][::-1], frame["n"][::-1]).sort_index()
    pd.testing.assert_frame_equal(there, back)
    assert set(pared_mean(frame["x"], frame["n"]).names) == set(pared_mean(frame["x"][::-1], frame["n"][::-1]).names)


@settings(deadline=None, max_examples=30)
@given(units)
def test_limits_are_ordered_and_hold_the_benchmark(rows: list[tuple[int, int]]) -> None:
    table = funnel(*zip(*rows, strict=True))
    for suffix in ("", "_adjusted"):
        inner = table[[f"lower_998{suffix}", f"lower_95{suffix}", f"upper_95{suffix}", f"upper_998{suffix}"]].to_numpy()
        assert (np.diff(inner, axis=1) >= -1e-12).all()
        assert ((inner >= 0) & (inner <= 1)).all()
    assert (table["value"].between(table["low"], table["high"])).all()


@settings(deadline=None, max_examples=30)
@given(units)
def test_a_pared_mean_mirrors_and_beats_the_average(rows: list[tuple[int, int]]) -> None:
    frame = pd.DataFrame(rows, columns=["x", "n"])
    best, worst_of_misses = pared_mean(frame["x"], frame["n"]), pared_mean(frame["n"] - frame["x"], frame["n"], better="lower")
    assert best.names == worst_of_misses.names
    assert best.value == pytest.approx(1 - worst_of_misses.value)
    assert best.denominator >= 0.1 * frame["n"].sum()


def test_a_pared_mean_takes_the_best_until_a_tenth_is_served_and_all_that_tie() -> None:
    given = pd.Series({"small and lucky": 2, "best": 60, "tied": 60, "rest": 500})
    best = pared_mean(given, [2, 70, 70, 1000])
    assert best.names == ("best", "tied")  # (2+1)/(2+2) = 0.75 ranks below 61/72
    assert best.value == pytest.approx(120 / 140)
    assert best.units == 2
    assert np.isnan(pared_mean([np.nan, 0], [5, 0]).value)


@pytest.mark.parametrize("x", [0, 10])
def test_nobody_or_everybody_succeeds_everywhere(x: int) -> None:
    table = funnel([x] * 9, [10] * 9)
    assert (table["kind"] == "as expected").all()
    assert not table["overdispersed"].iloc[0]
    assert np.isfinite(table[[*LIMITS, "z"]].to_numpy()).all()


def test_empty_units_stay_not_judged() -> None:
    table = funnel([5] * 9 + [0, np.nan], [10] * 9 + [0, 10])
    assert table["kind"].tolist()[-2:] == ["not judged"] * 2
    assert table["value"].isna().tolist()[-2:] == [True] * 2
    assert funnel([0, np.nan], [0, np.nan])["benchmark"].isna().all()
    ratios = funnel_ratio([0, 5, 0, 20, 20, 20, 20, 20, 20, 20], [20, 0, 5] + [20] * 7)
    assert ratios["kind"].tolist()[:4] == ["better", "not judged", "not judged", "as expected"]
    assert np.isfinite(ratios["upper_95_adjusted"].drop(1)).all()


def test_a_ratio_is_judged_from_ten_events_expected() -> None:
    found = funnel_ratio([0, 0] + [20] * 8, [9.9, 10] + [20] * 8)
    assert found["flag"].tolist()[:3] == ["not judged", "below 99.8%", "within"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: funnel([5], [4]), "funnel: numerator at 0 is 5; use at most denominator, here 4"),
        (lambda: funnel(pd.Series({"North": 1.5}), [4]), "numerator at North is 1.5; use whole counts"),
        (lambda: funnel([1], [4, 5]), "numerator has 1, denominator has 2 entries; use columns of the same length"),
        (lambda: funnel([1], [4], method="magic"), "method is 'magic'; use exact, normal or arcsine"),
        (lambda: funnel([1], [4], benchmark=40), "benchmark is 40; use a share from 0 to 1"),
        (lambda: funnel([1], [4], trim=0.5), "trim is 0.5"),
        (lambda: funnel_ratio([1], [-4]), "expected at 0 is -4; use numbers of 0 and more"),
        (lambda: funnel_ratio([1], [4], method="arcsine"), "use log or root"),
        (lambda: pared_mean([1], [4], better="neither"), "a pared mean needs a best"),
        (lambda: pared_mean([1], [4], share=0), "share is 0"),
    ],
)
def test_a_wrong_argument_is_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
