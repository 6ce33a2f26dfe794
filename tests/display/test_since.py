"""Since last time: against which edition, what came, what moved, over several editions in a row."""

import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from opened import opened

from acmlib.analysis.earlier_report import last_time
from acmlib.contract.load import load_contract
from acmlib.contract.meetings import Meeting
from acmlib.contract.model import Restatement
from acmlib.contract.periods import report_period
from acmlib.contract.promises import known_records
from acmlib.contract.record_files import load_records
from acmlib.display import sections as show
from acmlib.display.cohorts import cohort_news
from acmlib.display.report import Report, open_report
from acmlib.display.sections.opening_facts import first_words
from acmlib.release.editions import make_release

ROOT = Path(__file__).resolve().parents[2]


@cache
def told(contract: str, period: str, edition: str = "provider", language: str = "en") -> str:
    return str(show.since_last_time(opened(contract, period, edition, language)))


def test_three_months_in_a_row_each_tell_against_the_one_before_and_a_promise_is_told_once() -> None:
    pages = [told("harbor-youth-jobs", month) for month in ("2026-03", "2026-04", "2026-05")]
    for page, month, day in zip(pages, ("February", "March", "April"), ("March 19", "April 16", "May 21"), strict=True):
        assert f"Compared with the report for {month} 2026, which was discussed on {day}, 2026" in page
    for page, month in zip(pages, ("February", "March", "April"), strict=True):  # the newest month of each figure, and only that
        assert f"Enrolled within 30 days: {month} 2026 (" in page
    kept = "Hold a focus group with young people who enrolled, led by somebody from outside (Marcus Lee)"
    assert [f"Kept on May 21, 2026: {kept}" in page for page in pages] == [False, False, True]


def test_a_change_is_news_in_one_month() -> None:
    pages = [told("northern-youth-jobs", f"2025-{month:02}") for month in (8, 9, 10, 11)]
    assert ["Days to enroll has improved: 25 days before, 10 days now." in page for page in pages] == [False, True, False, False]
    assert ["Enrolled within 30 days has improved: 56% before, 70% now." in page for page in pages] == [False, False, True, False]


def test_the_report_before_is_the_one_of_the_last_meeting_not_of_the_last_month() -> None:
    contract = load_contract("harbor-youth-jobs", root=ROOT)
    period = report_period(contract, "2026-05")
    records = known_records(load_records(contract.id, ROOT, contract=contract), contract, period)
    met = tuple(Meeting(date=day, period=text) for day, text in ((dt.date(2025, 11, 20), "2025-10"), (dt.date(2026, 2, 19), "2026-01")))
    quarterly = last_time(contract, replace(records, meetings=met), period, "provider")
    assert (quarterly.period.text, quarterly.known, quarterly.day) == ("2026-01", "meeting", dt.date(2026, 2, 19))
    nobody = last_time(contract, replace(records, meetings=()), period, "provider")
    assert (nobody.period.text, nobody.known, nobody.day) == ("2026-04", "period", None)
    assert last_time(contract, replace(records, meetings=met), period, "public") is None, "a meeting hands nothing to everybody"


def test_what_passes_a_limit_by_chance_is_no_news() -> None:
    """A clear gap is news; one that is clear no more, but near it, and a figure certain neither time beside its target, are not."""
    report = opened("harbor-youth-jobs", "2026-06", "provider", "en")
    before = report.release.before
    own = before.gaps["metric"].eq("placed_6m") & before.gaps["dimension"].eq("race_ethnicity") & before.gaps["verdict"].eq("clear")
    assert own.sum() == 1
    met = before.metrics["placed_6m"]
    for chance, certain in ((0.06, False), (0.4, True)):
        gaps = before.gaps.assign(
            verdict=before.gaps["verdict"].mask(own, "possible"), p_adjusted=before.gaps["p_adjusted"].mask(own, chance)
        )
        then = replace(met, target=replace(met.target, state="met", certain=certain))
        earlier = replace(before, gaps=gaps, metrics={**before.metrics, "placed_6m": then})
        page = str(show.since_last_time(replace(report, release=replace(report.release, told_before=lambda known=earlier: known))))
        assert "a gap is clear now for Black participants" in page
        assert ("Job within 6 months no longer meets its target" in page) is certain
        now = replace(report, release=replace(report.release, assessment=replace(report.assessment, gaps=gaps), told_before=lambda: before))
        assert ("the gap for Black participants is no longer clear" in str(show.since_last_time(now))) is certain


@pytest.mark.parametrize("language", ["en", "es"])
def test_where_no_meeting_is_recorded_the_page_says_so(language: str) -> None:
    page = told("northern-youth-jobs", "2026-06", "provider", language)
    assert {"en": "No meeting about an earlier period is recorded", "es": "No consta ninguna reunión"}[language] in page


def test_the_public_edition_tells_against_the_ledger_and_nothing_that_was_hidden_then() -> None:
    contract = load_contract("northern-youth-jobs", root=ROOT)
    first = make_release(contract, root=ROOT, period="2025-12", edition="public", earlier=())
    assert first.before is None and first.entry is not None
    second = make_release(contract, root=ROOT, period="2026-06", edition="public", earlier=(first.entry,))
    before = second.before
    assert before is not None and (before.period.text, before.known) == ("2025-12", "release")
    keys = ["metric", "period", "dimension", "group"]
    had = {tuple(row[:4]) for row in first.entry.cells if row[-1] != "hidden"}
    known = before.gaps[before.gaps["value"].notna()]
    assert set(known[keys].astype("str").itertuples(index=False, name=None)) <= had
    assert {(name, one.period, "all", "All participants") for name, one in before.metrics.items() if one.value == one.value} <= had
    page = str(show.since_last_time(Report(second, open_report(contract.id, None, "public", "en", None, ROOT).voice, None)))
    assert "the edition for December 2025 that was released on" in page
    assert "Data that came" in page and "2026" in page.partition("Data that came")[2]


def test_figures_that_the_public_was_given_otherwise_are_told_in_every_edition_with_the_reason() -> None:
    contract = load_contract("northern-youth-jobs", root=ROOT)
    first = make_release(contract, root=ROOT, period="2025-12", edition="public", earlier=()).entry
    assert first is not None
    cells = [list(row) for row in first.cells]
    row = next(row for row in cells if row[0] == "enrolled" and row[2] == "all" and row[1] == "2025Q3")
    row[4] += 20
    first = replace(first, cells=tuple(tuple(one) for one in cells))
    reason = Restatement(
        period="2025Q3", metrics=("enrolled",), reason={"en": "Twenty people were counted twice", "es": "Se contó dos veces"}
    )
    why = contract.model_copy(update={"restatements": (reason,)})
    voice = open_report(contract.id, None, "provider", "en", None, ROOT).voice
    for edition in ("internal", "provider", "public"):
        release = make_release(why, root=ROOT, period="2026-06", edition=edition, earlier=(first,))
        told = "1 figure of the public report for December 2025 has another number now: Twenty people were counted twice"
        assert told in str(show.since_last_time(Report(release, voice, None)))
    assert not len(make_release(why, root=ROOT, period="2026-06", edition="provider", earlier=()).restatements)


def test_a_target_that_was_passed_by_chance_is_told_once_it_is_certain() -> None:
    """Northern's days to enroll fell below 14 in February, where it could be chance; nothing had told of it by March."""
    sure = "Days to enroll meets its target, and now beyond chance: 12 days (before 14 days; target 14 days)."
    found = [told("northern-youth-jobs", month) for month in ("2026-02", "2026-03", "2026-04")]
    assert [sure.partition(":")[0] in page for page in found] == [False, True, False] and sure in found[1]


def test_what_could_be_chance_then_and_now_is_no_news() -> None:
    """Near its target a result is on either side of it from month to month, and so is a group near what is clear."""
    assert "meets its target" not in told("summit-youth-jobs", "2025-12")
    people = "Black participants and Hispanic or Latino participants"
    assert f"Enrolled: that {people} take part less often is not certain any more." in told("riverside-youth-jobs", "2026-05")


def test_what_is_known_today_of_the_whole_contract_is_not_told_as_known_then() -> None:
    """In August nobody knew a result of July that takes 30 days; the term to date, which has it today, stood in its place."""
    before = opened("harbor-youth-jobs", "2024-08", "provider", "en").release.before
    assert before is not None and "enrolled_30d" not in before.metrics
    assert before.metrics["enrolled"].period == "P12M/2024-07"


def test_figures_without_a_chart_are_not_told_to_have_nothing_newer() -> None:
    assert "Nothing newer" not in told("harbor-youth-jobs", "2024-08")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "A gap has closed, beyond chance: Job within 6 months, Hispanic or Latino participants 21%"),
        ("es", "Se cerró una brecha, más allá del azar: Empleo en 6 meses"),
    ],
)
def test_a_gap_that_closed_is_news_in_the_month_in_which_it_is_known_and_only_then(language: str, sentence: str) -> None:
    pages = [told("summit-youth-jobs", month, "provider", language) for month in ("2025-11", "2025-12", "2026-01")]
    assert [sentence in page for page in pages] == [False, True, False]


def test_a_gap_that_is_smaller_is_news_and_not_also_told_to_be_clear_no_more() -> None:
    """The gap of Summit, had it been clear in November: what became of it is told once, whatever chance says of the last year alone."""
    report = opened("summit-youth-jobs", "2025-12", "provider", "en")
    before = report.release.before
    own = before.gaps["group"].eq("Hispanic or Latino") & before.gaps["metric"].eq("placed_6m")
    gaps = before.gaps.assign(verdict=before.gaps["verdict"].mask(own, "clear"), p_adjusted=before.gaps["p_adjusted"].mask(own, 0.01))
    cohorts = report.assessment.cohorts
    narrowed = cohorts.assign(verdict=cohorts["verdict"].replace({"closed": "narrowed"}))
    for rows, sentence in ((cohorts, "A gap has closed, beyond chance"), (narrowed, "A gap is smaller, beyond chance")):
        earlier = replace(before, gaps=gaps)
        release = replace(report.release, assessment=replace(report.assessment, cohorts=rows), told_before=lambda known=earlier: known)
        page = str(show.since_last_time(replace(report, release=release)))
        assert sentence in page and "no longer clear" not in page


@pytest.mark.parametrize(
    ("then", "now", "is_news"),
    [("narrowed", "closed", True), ("closed", "turned", True), ("closed", "narrowed", False), ("turned", "closed", False)],
)
def test_a_gap_that_is_not_as_small_any_more_is_no_news_of_a_smaller_one(then: str, now: str, is_news: bool) -> None:
    report = opened("summit-youth-jobs", "2025-12", "provider", "en")
    cohorts = report.assessment.cohorts
    earlier = replace(report.release.before, cohorts=cohorts.assign(verdict=cohorts["verdict"].replace({"closed": then})))
    rows = cohorts.assign(verdict=cohorts["verdict"].replace({"closed": now}))
    release = replace(report.release, assessment=replace(report.assessment, cohorts=rows), told_before=lambda: earlier)
    assert (
        "Job within 6 months, Hispanic or Latino participants 21%" in str(show.since_last_time(replace(report, release=release)))
    ) is is_news


@pytest.mark.parametrize("verdict", ["closed", "narrowed", "turned"])
@pytest.mark.parametrize(
    ("language", "why"), [("en", "Mostly, the result of the others got worse."), ("es", "empeoró el resultado de los demás.")]
)
def test_a_gap_that_is_smaller_because_the_others_fell_is_said_to_be_so(verdict: str, language: str, why: str) -> None:
    """Where the page says first that a gap is gone, and where it tells what is new."""
    report = opened("summit-youth-jobs", "2025-12", "provider", language)
    assert why not in str(show.since_last_time(report))
    (row,) = report.assessment.cohorts[report.assessment.cohorts["verdict"].eq("closed")].to_dict("records")
    assert cohort_news(row | {"verdict": verdict, "levelling": "down"}, report.voice).endswith(why)
    rows, before = report.assessment.cohorts.replace({"levelling": {"up": "down"}}), report.release.before
    release = replace(report.release, assessment=replace(report.assessment, cohorts=rows), told_before=lambda: before)
    fallen = replace(report, release=release)
    assert why in str(show.since_last_time(fallen)) and why in " ".join(first_words(fallen).more)
