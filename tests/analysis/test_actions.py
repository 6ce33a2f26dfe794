"""Actions promise: the numbers since an action was done decide whether it got its signal, and nothing but an action moves the limits."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acmlib.analysis.actions import REASONS, VERDICTS, chart_outcome, judge, rebases, window_outcome
from acmlib.analysis.control_charts import xmr
from acmlib.contract.periods import parse_period
from acmlib.contract.records import Action

MONTHS = pd.period_range("2024-07", periods=36, freq="M").astype(str)
DONE = dt.date(2025, 8, 4)  # thirteen months before it, the first month after it is 2025-09
USUAL = [5.0, 6, 5, 4, 5, 6, 5, 4, 5, 6, 5, 4, 5, 6]


def action(**given: object) -> Action:
    told = {"id": "a1", "agreed_on": "2025-06-12", "what": {"en": "Second job coach", "es": "Otro orientador"}, "owner": "Ana Ruiz"}
    told |= {"party": "provider", "status": "done", "done_on": "2025-08-04", "metric": "placed", "expected": "higher"}
    return Action.model_validate(told | given)


def outcome(after: list[float], expected: str = "higher", before: list[float] = USUAL) -> object:
    values = pd.Series([*before, *after], index=MONTHS[14 - len(before) : 14 + len(after)])
    return chart_outcome(xmr(values, "higher"), expected=expected, date=DONE)


@pytest.mark.parametrize(
    ("after", "verdict", "signal", "since", "to_go"),
    [
        ([], "not yet", "", "", 7),
        ([6, 6, 6], "not yet", "", "", 4),
        ([6, 6, 6, 4, 6], "not yet", "", "", 6),
        ([4, 4], "not yet", "", "", 7),
        ([6, 6, 6.5] * 3, "signal", "7 above mean", "2025-09", np.nan),
        ([6, 9], "signal", "above limits", "2025-10", np.nan),
        ([7, 6, 7], "signal", "2 of 3 high", "2025-09", np.nan),
        ([4, 5, 6, 6.3, 6.4, 6.5, 7.5, 7.6], "signal", "rising", "2025-09", np.nan),
        ([4, 3.5, 4] * 3, "opposite", "7 below mean", "2025-09", np.nan),
        ([9, 2, 2, 1, 2, 2, 1], "opposite", "below limits", "2025-10", np.nan),
        ([9, 5, 5, 4, 5, 5], "not yet", "", "", 7),  # one month stood out and did not last
    ],
)
def test_the_rules_of_the_chart_on_the_months_after_the_action(
    after: list[float], verdict: str, signal: str, since: str, to_go: float
) -> None:
    found = outcome(after)
    assert (found.verdict, found.signal, found.since) == (verdict, signal, since)  # type: ignore[attr-defined]
    assert found.to_go == to_go or (np.isnan(found.to_go) and np.isnan(to_go))  # type: ignore[attr-defined]
    mirrored = outcome([-x for x in after], expected="lower", before=[-x for x in USUAL])
    assert mirrored.verdict == verdict  # type: ignore[attr-defined]


def test_without_an_effect_few_reports_call_one() -> None:
    before, after = 13, 12
    draw = np.random.default_rng(20261122)
    months = pd.period_range("2024-01", periods=before + after, freq="M")
    done, called = months[before].start_time.date(), 0
    for _ in range(300):
        chart = xmr(pd.Series(draw.normal(size=before + after), index=months), "higher")
        called += chart_outcome(chart, expected="higher", date=done).verdict == "signal"
    assert called / 300 <= 0.05  # about 2% in the long run


def test_a_run_that_began_before_the_action_is_not_its_doing() -> None:
    assert outcome([6, 6, 6], before=[*USUAL[:9], 6, 6, 6, 6, 6]).verdict == "not yet"  # type: ignore[attr-defined]


def test_few_months_before_are_said_to_be_few_and_too_few_are_not_judged() -> None:
    assert outcome([9], before=USUAL[:7]).trial  # type: ignore[attr-defined]
    assert not outcome([9]).trial  # type: ignore[attr-defined]
    early = outcome([9], before=USUAL[:6])
    assert (early.verdict, early.reason) == ("not judged", "too little before it")  # type: ignore[attr-defined]
    assert outcome([], before=[np.nan] * 3).reason == "no figures"  # type: ignore[attr-defined]


def test_missing_months_are_gaps_here_too() -> None:
    assert outcome([6, np.nan, 6, np.nan, 6]).to_go == 4  # type: ignore[attr-defined]


def test_an_action_that_rebased_the_chart_is_judged_against_the_phase_before_it() -> None:
    rebased = rebases([action(rebase=True)], "placed")
    values = pd.Series([*USUAL, 8, 9, 8, 9, 8], index=MONTHS[:19])
    chart = xmr(values, "higher", rebases=rebased)
    assert chart["phase"].iloc[-1] == 1
    assert chart["variation"].iloc[-1] == "common cause"
    found = chart_outcome(chart, expected="higher", date=DONE)
    assert (found.verdict, found.since) == ("signal", "2025-09")


def test_only_an_action_that_says_so_and_is_done_rebases_and_it_names_date_reason_and_action() -> None:
    actions = [
        action(id="late", rebase=True, done_on="2026-01-05", note="New site opened"),
        action(id="first", rebase=True),
        action(id="quiet"),
        action(id="other metric", rebase=True, metric="enrolled"),
        action(id="one group", rebase=True, dimension="site", group="North"),
    ]
    found = rebases(actions, "placed", language="es")
    assert [(one.action, one.date.isoformat(), one.reason) for one in found] == [
        ("first", "2025-08-04", "Otro orientador"), ("late", "2026-01-05", "New site opened"),
    ]  # fmt: skip


def windows(*rows: tuple[str, float, float], status: str = "shown") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["period", "numerator", "denominator"])
    return frame.assign(metric="placed", dimension="site", group="North", value=frame["numerator"] / frame["denominator"], status=status)


@pytest.mark.parametrize(
    ("cells", "verdict", "to_go", "reason"),
    [
        (windows(("P12M/2025-07", 30, 100), ("P12M/2026-07", 60, 100)), "signal", np.nan, ""),
        (windows(("P12M/2025-07", 60, 100), ("P12M/2026-07", 30, 100)), "opposite", np.nan, ""),
        (windows(("P12M/2025-07", 30, 100), ("P12M/2026-07", 35, 100)), "not yet", np.nan, ""),
        (windows(("P12M/2025-01", 30, 100), ("P12M/2026-01", 60, 100)), "signal", np.nan, ""),
        (windows(("P12M/2025-01", 30, 100), ("P12M/2026-01", 35, 100)), "not yet", 6, ""),
        (windows(("P12M/2024-12", 30, 100), ("P12M/2025-12", 60, 100)), "not yet", 1, ""),
        (windows(("P12M/2025-08", 30, 100), ("P12M/2026-08", 60, 100)), "not judged", np.nan, "too little before it"),
        (windows(("P12M/2025-07", 0, 0), ("P12M/2026-07", 35, 100)), "not judged", np.nan, "no figures"),
        (windows(("P12M/2025-07", 400, 100), ("P12M/2026-07", 35, 100)), "not judged", np.nan, "not a share"),
        (windows(("P12M/2025-07", 30, 100), ("P12M/2026-07", 60, 100), status="hidden"), "not judged", np.nan, "no figures"),
    ],
)
def test_a_group_is_judged_by_twelve_months_before_against_the_last_twelve(
    cells: pd.DataFrame, verdict: str, to_go: float, reason: str
) -> None:
    found = window_outcome(cells, expected="higher", date=DONE)
    assert (found.verdict, found.reason) == (verdict, reason)
    assert found.to_go == to_go or (np.isnan(found.to_go) and np.isnan(to_go))
    if verdict in ("signal", "opposite"):
        assert found.low <= found.change <= found.high
        assert found.since.startswith("P12M/2026-0")


def test_a_wait_of_a_group_is_judged_by_the_wait_and_not_by_the_share_of_cases_that_are_finished() -> None:
    cells = windows(("P12M/2025-07", 80, 100), ("P12M/2026-07", 90, 100)).assign(value=[23.0, 11.0], low=[18.0, 9.0], high=[30.0, 14.0])
    found = window_outcome(cells, expected="lower", date=DONE)
    assert (found.verdict, found.change) == ("signal", -12) and found.low < -12 < found.high < 0
    assert window_outcome(cells.assign(value=[12.0, 11.0]), expected="lower", date=DONE).verdict == "not yet"
    unknown = window_outcome(cells.drop(columns=["low", "high"]), expected="lower", date=DONE)
    assert (unknown.verdict, unknown.reason) == ("not judged", "not a share")


def test_means_and_rates_of_a_group_are_judged_by_their_own_limits_and_counts_not_at_all() -> None:
    """A mean of 0.3 and 0.5 of 100 people is no share of them; one of 3 and 5 is judged too; a count has no base."""
    cells = windows(("P12M/2025-07", 30, 100), ("P12M/2026-07", 50, 100)).assign(value=[0.3, 0.5], low=[0.0, 0.1], high=[0.6, 0.9])
    assert window_outcome(cells, expected="higher", date=DONE).verdict == "signal"
    for kind in ("mean", "rate"):
        assert window_outcome(cells, expected="higher", date=DONE, kind=kind).verdict == "not yet"
    higher = windows(("P12M/2025-07", 300, 100), ("P12M/2026-07", 500, 100)).assign(value=[3.0, 5.0], low=[2.5, 4.5], high=[3.5, 5.5])
    agreed = action(dimension="site", group="North")
    (row,) = judge([agreed], higher, kinds={"placed": "mean"}).to_dict("records")
    assert (row["verdict"], row["change"]) == ("signal", 2.0)
    for counts in (higher, windows(("P12M/2025-12", 300, 100))):  # nor is any said to be known after some months
        (row,) = judge([agreed], counts.assign(denominator=np.nan), kinds={"placed": "count"}).to_dict("records")
        assert (row["verdict"], row["reason"]) == ("not judged", "not a share")


def test_the_window_of_a_group_that_can_be_compared_before_the_end_is_not_said_to_come_too_late() -> None:
    """Done in August 2025: half of the twelve months to January 2026 lie after it. The contract has that month, or has not."""
    cells = pd.concat([
        windows(("P12M/2024-11", 30, 100), ("P12M/2025-11", 60, 100)),
        windows(("2025-11", 6, 10)).assign(dimension="all", group="All participants"),
    ])  # fmt: skip
    agreed = action(dimension="site", group="North")
    for ends, verdict in ((dt.date(2026, 6, 30), "not yet"), (dt.date(2025, 12, 31), "not judged")):
        (row,) = judge([agreed], cells, ends=ends).to_dict("records")
        assert row["verdict"] == verdict, row


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 200), st.integers(0, 200))
def test_expecting_lower_mirrors_expecting_higher(before: int, after: int) -> None:
    cells = windows(("P12M/2025-07", before, 200), ("P12M/2026-07", after, 200))
    up, down = (window_outcome(cells, expected=way, date=DONE).verdict for way in ("higher", "lower"))
    assert {"signal": "opposite", "opposite": "signal", "not yet": "not yet"}[up] == down


def test_each_action_of_the_record_gets_one_row_with_its_verdict_or_its_reason() -> None:
    monthly = pd.DataFrame({
        "metric": "placed", "period": MONTHS[:21], "dimension": "all", "group": "All participants", "numerator": 5.0, "denominator": 10.0,
        "value": [*USUAL, *[6.5] * 7], "status": "shown",
    })  # fmt: skip
    retained = monthly.assign(metric="in_programme@90d")
    cells = pd.concat([monthly, retained, windows(("P12M/2025-07", 30, 100), ("P12M/2026-07", 60, 100))])
    record = [
        action(), action(id="a2", expected="lower"), action(id="a3", dimension="site", group="North"),
        action(id="a4", metric="in_programme"),
        action(id="a5", status="open", done_on=None), action(id="a6", metric=None, expected=None), action(id="a7", metric="unheard_of"),
        action(id="a8", dimension="site", group="South"), action(id="a9", status="dropped", done_on=None),
    ]  # fmt: skip
    table = judge(record, cells.sample(frac=1, random_state=1)).set_index("id")
    assert table["verdict"].tolist() == ["signal", "opposite", "signal", "signal", *["not judged"] * 5]
    assert table["reason"].tolist()[4:] == ["not done", "no metric or direction agreed", "no figures", "no figures", "dropped"]
    assert set(table["verdict"]) <= set(VERDICTS)
    assert set(table["reason"]) <= set(REASONS)
    assert judge([], cells).empty


def test_an_action_that_needs_more_months_than_the_contract_has_is_not_said_to_be_open() -> None:
    monthly = pd.DataFrame({
        "metric": "placed", "period": MONTHS[:16], "dimension": "all", "group": "All participants", "numerator": 5.0, "denominator": 10.0,
        "value": [*USUAL, *[6.5] * 2], "status": "shown",
    })  # fmt: skip
    last = parse_period(MONTHS[15]).end
    soon, later = last + dt.timedelta(days=40), last + dt.timedelta(days=400)
    (row,) = judge([action()], monthly, ends=later).to_dict("records")
    assert row["verdict"] == "not yet" and row["to_go"] > 2
    (row,) = judge([action()], monthly, ends=soon).to_dict("records")
    assert (row["verdict"], row["reason"]) == ("not judged", "ends too soon")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: window_outcome(windows(("P12M/2025-07", 1, 2)), expected="up", date=DONE), "expected is 'up'; use higher or lower"),
        (lambda: window_outcome(windows(*[("P12M/2025-07", 1, 2)] * 2), expected="lower", date=DONE), "P12M/2025-07 is there twice"),
        (lambda: chart_outcome(xmr(USUAL, "higher"), expected="higher", date=DONE), "not dated"),
    ],
)
def test_a_wrong_argument_is_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_actions_of_the_same_weeks_are_not_told_apart_whoever_may_read_of_them() -> None:
    public, provider, apart = (
        Action(id=name, agreed_on="2024-01-01", what="x", owner="A", party="provider", status="done", done_on=day, metric="placed_6m",
               expected="higher", audience=audience)
        for name, day, audience in (("A", "2025-01-06", "public"), ("B", "2025-02-20", "provider"), ("C", "2026-01-12", "public"))
    )  # fmt: skip
    months = pd.period_range("2024-01", "2026-06", freq="M").astype(str)
    values = [0.30 + 0.01 * (n % 3) if month < "2025-02" else 0.60 + 0.01 * (n % 3) for n, month in enumerate(months)]
    cells = pd.DataFrame({"metric": "placed_6m", "period": months, "dimension": "all", "group": "All participants", "numerator": 1.0,
                          "denominator": 40.0, "value": values, "status": "shown"})  # fmt: skip
    found = judge([public, provider, apart], cells).set_index("id")
    assert found.loc["A", "verdict"] == "signal" and found.loc["A", "together"]
    assert not judge([public, apart], cells).set_index("id").loc["A", "together"]
    assert not found.loc["C", "together"]
