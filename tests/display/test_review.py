"""Deep dives and the report at the end: what they say of the sample contracts."""

import datetime as dt
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from opened import opened

from acmlib.contract.periods import add_months, month_text
from acmlib.contract.records import Records
from acmlib.contract.reviews import Review
from acmlib.display import sections as show
from acmlib.display.report import Report
from acmlib.display.sections.rating import evidence, low_ratings, unseen_evidence
from acmlib.display.sections.records import worked
from acmlib.display.sections.results import known_until, overall, results_heading

ROOT = Path(__file__).resolve().parents[2]


@cache
def report(contract: str, edition: str = "internal", language: str = "en", topic: str | None = None) -> Report:
    return opened(contract, None, edition, language, topic)


def told(shown: object) -> str:
    return " ".join(str(one) for one in shown) if isinstance(shown, tuple) else str(shown)


@pytest.mark.parametrize(("edition", "language"), [("internal", "en"), ("provider", "en"), ("internal", "es")])
def test_the_story_that_summit_was_about_is_told_with_both_cohorts_and_its_figure(edition: str, language: str) -> None:
    """Placement of Hispanic participants: 11 of 52 in the first half-year, 41 of 95 since; the gap closed, and not by chance."""
    sections = show.stories(report("summit-youth-jobs", edition, language))
    first, said = sections[0], told(sections[0])
    assert "11 of 52" in said or "11 de 52" in said
    assert "41 of 95" in said or "41 de 95" in said
    assert ("closed" if language == "en" else "se cerr") in first.heading
    assert type(first.body[0]).__name__ == "Chart"
    assert sum("The two cohorts share nobody" in told(one) or "no comparten a nadie" in told(one) for one in sections) == 1, (
        "it stands once"
    )


def test_the_rating_rests_on_evidence_with_its_numbers() -> None:
    section = show.ratings(report("summit-youth-jobs"))
    said = told(section)
    assert "11 of 52" in said, "the story stands beside the rating that cites it"
    assert "Spot check of May 12, 2026 not passed: 14 of 19 records right" in said
    assert section is not None and "Evidence against" in said
    assert "Reports from the provider: 20 of 23 on time" in said
    assert section.heading.startswith("Ratings: Results: As agreed; Equal results: Better than agreed; "), (
        "places on the scale are in the table"
    )
    assert "As agreed (3 of 4)" in said
    assert "Invoices paid by the agency" not in said, "what the agency owed is no evidence against the provider"


def _with_review(**changed: object) -> Report:
    opened = report("summit-youth-jobs")
    review = opened.records.review
    assert review is not None
    records = replace(opened.records, review=Review.model_validate({"scale": "federal", "spot_checks": review.spot_checks, **changed}))
    return replace(opened, release=replace(opened.release, records=records))


def test_nobody_is_rated_below_satisfactory_merely_for_not_exceeding() -> None:
    def rated(rating: str, evidence: list[str]) -> tuple[str, ...]:
        return low_ratings(_with_review(ratings=[{"area": "Results", "rating": rating, "evidence": evidence}]))

    (found,) = rated("Marginal", ["placed_6m", "enrolled_30d"])  # both targets are met
    assert found.startswith(
        "params/summit-youth-jobs/review.yml: ratings.Results.rating is 'Marginal', below satisfactory, and none of its"
    )
    assert rated("Satisfactory", ["placed_6m"]) == ()
    unfounded = _with_review(ratings=[{"area": "Results", "rating": "Marginal", "evidence": ["placed_6m"]}])
    assert "none given, though the rating is below what was agreed" in told(show.ratings(unfounded)), "the page says so, too"
    assert rated("Marginal", ["spot_check_2026-05-12"]) == (), "a failed check speaks against the service"
    assert rated("Marginal", ["deliverables"]) == (), "so do late reports"


def test_a_possible_gap_is_told_with_its_numbers_and_is_no_evidence_that_there_is_none() -> None:
    low = _with_review(ratings=[{"area": "Equity", "rating": "Marginal", "evidence": ["placed_6m.gender"]}])
    said = told(show.ratings(low))
    assert "a possible gap, " in said and "these numbers cannot settle it" in said and "no clear gap" not in said
    assert low_ratings(low) == () and "though the rating is below" not in said


def test_what_followed_an_action_is_judged_alike_in_every_edition() -> None:
    """Where months are still to come, public readers read that it is not known yet; never that no change is seen."""
    for name in ("harbor-youth-jobs", "northern-youth-jobs"):
        inside, public = report(name), report(name, "public")
        known = inside.assessment.action_outcomes.set_index("id")
        told_ = public.assessment.action_outcomes.set_index("id")
        assert told_["to_go"].isna().all(), "the number rests on figures that are not shown"
        for one in public.records.actions:
            waits = known.loc[one.id, "to_go"] > 0
            assert worked(public, one, told_.loc[one.id].to_dict()) == "Not known yet" or not waits


def test_the_summary_says_what_changed_until_when_results_are_known_and_that_no_reply_came() -> None:
    asked = {"asked": "2026-07-06", "due": "2026-07-27"}
    ratings = [{"area": "Results", "rating": "Satisfactory", "evidence": ["placed_6m"]}]
    said = told(show.extract(_with_review(ratings=ratings, right_of_reply=asked, reviewer="Ana Ruiz")))
    assert "Placed in a job within 6 months of enrolling, until " in said, "those who came later have no result yet"
    assert "Reviewed by Ana Ruiz" in said and "none has been received" in said and "the last day for a reply is July 27, 2026" in said
    assert "Revisado por Elena Ortiz, subdirectora." in told(show.extract(report("summit-youth-jobs", language="es")))
    assert "by neighborhood: no gap that can be judged here changed beyond chance" in said, "79% beside 78% is no gap to be told"
    (table,) = show.results(report("summit-youth-jobs")).body
    (placed,) = [row for row in table.rows if str(row[0]).startswith("Placed in a job")]
    assert "the others are not known yet" in placed[-2].detail
    (stayed,) = [row for row in table.rows if str(row[0]).startswith("Still in the program")]
    assert stayed[-2].detail == "670 people", "everybody who entered counts, for as long as they are known"
    assert "Still in the program or completed, 180 days after the start: 74%" in said


def test_the_result_of_the_term_tells_the_last_month_that_it_counts() -> None:
    """A window that must not grow ends earlier than what is known: with 7 days, all but the last month of the term."""
    summit = report("summit-youth-jobs")
    short = summit.contract.metrics["placed_6m"].model_copy(update={"window": 7})
    contract = summit.contract.model_copy(update={"metrics": {**summit.contract.metrics, "placed_6m": short}})
    ends = month_text(contract.contract.ends)
    assert known_until(replace(summit, release=replace(summit.release, contract=contract)), "placed_6m") == add_months(ends, -1)


def test_what_a_reviewer_wrote_of_the_whole_term_is_marked_where_readers_see_a_part_of_it() -> None:
    """In public the result over the term is not yet knowable; the reviewer wrote with the results of everybody who has one."""
    partly = "Written with all the evidence at hand; this edition shows a part of it."
    for edition, marked in (("internal", []), ("public", ["Results", "Equal results"])):
        section = show.ratings(report("summit-youth-jobs", edition))
        (table,) = section.body
        assert [str(row[0]) for row in table.rows if getattr(row[2], "detail", "") == partly] == marked


def test_answers_to_a_survey_are_no_results_and_the_one_page_summary_tells_no_story_that_is_not_judged() -> None:
    (table,) = show.results(report("harbor-youth-jobs")).body
    assert [str(row[0]) for row in table.rows][-1] == "Hourly wage at placement" and len(table.rows) == 6
    (gaps,) = [part for part in show.extract(report("summit-youth-jobs")).body if getattr(part, "heading", "").startswith("What became")]
    assert gaps.items[0].startswith("Job within 6 months: the gap for Hispanic or Latino participants closed")
    assert not [one for one in gaps.items if one.endswith("over the contract")]


def test_a_rating_half_way_rests_on_what_is_known_so_far() -> None:
    harbor = report("harbor-youth-jobs")
    given = [{"area": "Results", "rating": "fair", "evidence": ["placed_6m", "placed_6m.race_ethnicity"]}]
    review = Review.model_validate({"scale": ["weak", "fair"], "ratings": given})
    said = told(show.ratings(replace(harbor, release=replace(harbor.release, records=replace(harbor.records, review=review)))))
    assert "Job within 6 months, 12 months to November 2025: 34%, target 37% not met." in said, "as in the table of results"
    assert "a clear gap for Black participants, 12 months to November 2025" in said
    assert "whole term" not in said and "all the evidence at hand" not in said


def test_a_rating_that_readers_see_without_its_numbers_is_found() -> None:
    found = unseen_evidence(report("summit-youth-jobs", "public"))
    hidden = {one.table.rpartition("ratings.")[2]: one for one in found}
    assert set(hidden) == {"Equal results"}, "the gap between groups is hidden; the other ratings have the numbers of the last year known"
    assert unseen_evidence(report("summit-youth-jobs", "provider")) == ()


def test_the_reply_stands_in_full_with_its_window_and_what_is_not_settled() -> None:
    said = told(show.exit_interview(report("summit-youth-jobs")))
    assert "The draft went to the provider on July 6, 2026; the last day for a reply is July 27, 2026." in said
    assert "We agree with the ratings." in said and "On these points the parties still differ" in said
    assert "Whether the errors that came from the agency's own form count" in said
    assert "Reviewed by Elena Ortiz" in told(show.ratings(report("summit-youth-jobs")))


def test_the_provider_rates_the_agency_and_a_lesson_drafts_the_next_measure() -> None:
    summit = report("summit-youth-jobs", "provider")
    assert "Payment: Below what was agreed (2 of 4). Better since October 2025" in told(show.exit_interview(summit))
    assert "Draft measure: Placed in a job within 6 months of enrolling; this contract reached 40%, its target was 38%." in told(
        show.lessons(summit)
    )
    assert "It did not ask how interviews are made accessible." in told(show.reflections(summit))


def test_results_are_judged_by_the_targets_of_each_half_year() -> None:
    (table,) = show.results(report("northern-youth-jobs")).body
    (row,) = [row for row in table.rows if row[0] == "Days from referral to enrollment"]
    details = [cell.detail for cell in row[1:5]]
    assert details == ["target 14 days: not met; 0 of 6 months"] * 2 + ["target 14 days: met; 6 of 6 months"] * 2


def test_a_count_of_targets_is_one_of_all_that_can_be_judged() -> None:
    summit = report("summit-youth-jobs")
    frame = summit.assessment.term_results
    judged = frame[frame["state"].isin(["met", "missed"]) & frame["metric"].isin(summit.contract.metrics)]
    n, of = re.findall(r"(\d+) of the (\d+) targets that can be judged", show.results(summit).heading)[0]
    assert (int(n), int(of)) == (int(judged["state"].eq("met").sum()), len(judged))
    none = show.results(report("nsw-job-training"))
    assert "no target was agreed" in none.heading and "Clearly:" not in told(none) and "Clearly:" in told(show.results(summit))


def test_in_public_targets_that_cannot_be_judged_are_in_the_table_and_not_in_the_count() -> None:
    section = show.results(report("summit-youth-jobs", "public"))
    (table,) = [part for part in section.body if hasattr(part, "rows")]
    against = [str(getattr(row[-1], "text", row[-1])) for row in table.rows]
    assert "not judged" in against
    n, of = re.findall(r"(\d+) of the (\d+) targets that can be judged here", section.heading)[0]
    met = sum(one.startswith("met") for one in against)
    assert (int(n), int(of)) == (met, met + sum(one.startswith("missed") for one in against))


def test_a_target_that_chance_alone_could_have_met_is_not_called_met_without_saying_so() -> None:
    summit = report("summit-youth-jobs")
    assert show.results(summit).heading.startswith("Job within 6 months: 40%, the target of 38% is met, but it could be chance; 4 of ")
    said = told(show.extract(summit))
    assert "40%, met (could be chance), target 38%" in said and "10 days, met (clearly), target 14 days" in said
    term = dict(overall(summit))
    term[summit.main] = {**term[summit.main], "certain": True}
    assert "the target of 38% is met; 4 of " in results_heading(summit, term)


@pytest.mark.parametrize("edition", ["internal", "public"])
def test_the_targets_that_a_summary_counts_stand_in_its_list(edition: str) -> None:
    section = show.extract(report("summit-youth-jobs", edition))
    n, of = re.findall(r"(\d+) of the (\d+) targets", section.heading)[0]
    (results,) = [part for part in section.body if getattr(part, "heading", "") == "Results over the whole term"]
    met = sum(", met" in str(item) for item in results.items)
    assert (int(n), int(of)) == (met, met + sum(", missed" in str(item) or ", not met" in str(item) for item in results.items))


def test_actions_of_the_same_weeks_are_said_to_be_inseparable() -> None:
    said = told(show.what_followed(report("summit-youth-jobs")))
    assert "cannot be told apart" in said


@pytest.mark.parametrize("contract", ["harbor-youth-jobs", "northern-youth-jobs", "riverside-youth-jobs", "summit-youth-jobs"])
def test_a_deep_dive_is_about_the_metric_and_dimension_of_its_topic(contract: str) -> None:
    """A wait is shown as a wait, a count as a count: nothing falls back on another metric."""
    for topic in (one for one in report(contract).records.roadmap if one.metric is not None):
        about = replace(report(contract), topic=topic)
        metric, dimension = show.subject(about)
        assert metric.partition("@")[0] == topic.metric and dimension == topic.dimension
        section = show.findings(about)
        assert about.voice.short(metric) in section.heading or about.voice.metric(metric) in section.heading
        assert about.voice.metric(metric) in told(section), "its figure or table is of this metric"
        for question in show.topic_questions(about).items[:1]:
            named = (about.voice.short(metric), about.voice.metric(metric), *(str(one) for one in [topic.question] if one))
            assert any(name in question for name in named), question


def test_a_deep_dive_of_a_contract_that_is_over_asks_of_the_next_contract_not_of_the_next_meeting() -> None:
    over = show.topic_questions(report("nsw-job-training", topic="employment"))
    assert "What should the next contract do about" in told(over) and "meeting" not in told(over)
    assert "for this meeting" in told(show.topic_questions(report("lakeside-youth-jobs", topic="placement")))


def test_nothing_is_asked_of_a_next_meeting_where_none_follows(monkeypatch) -> None:
    harbor = report("harbor-youth-jobs")
    for ended in (False, True):
        monkeypatch.setattr(Report, "ended", property(lambda _, over=ended: over))
        for topic in harbor.records.roadmap:
            about = replace(harbor, topic=topic.model_copy(update={"question": None}))
            assert ("next meeting" in told(show.topic_questions(about))) is not ended, topic.id
        assert ("fields can we stop asking" in told(show.burden_meter(harbor))) is not ended, "the next contract can stop, this one cannot"
        plan = replace(harbor, release=replace(harbor.release, records=replace(Records(), plan=harbor.records.plan)))
        assert any(one.answer is None for one in plan.records.plan)
        assert ("Not decided in the plan" in told(show.agenda(plan))) is not ended, "a plan that is over needs no decision"


def test_a_deep_dive_without_a_topic_says_what_it_needs() -> None:
    with pytest.raises(ValueError, match=r"roadmap\.yml"):
        show.subject(report("harbor-youth-jobs"))


def test_hidden_is_never_said_to_be_none() -> None:
    """In a public edition groups are hidden: that there is no gap is said of those shown here at most."""
    northern = report("northern-youth-jobs", "public")
    said = {}
    for topic in report("northern-youth-jobs").records.roadmap:
        about = replace(northern, topic=topic)
        metric, dimension = show.subject(about)
        rows = northern.gaps[northern.gaps["metric"].eq(metric) & northern.gaps["dimension"].eq(dimension)]
        said[topic.id] = show.findings(about).heading
        assert not rows["status"].eq("hidden").any() or "here" in said[topic.id] or "not shown" in said[topic.id] or "%" in said[topic.id]
    assert "not shown in this edition" in said["enrolment"]


def test_the_smallest_gap_worth_speaking_of_is_in_the_unit_of_the_metric() -> None:
    """Of days it is a tenth of the comparator, not 0 days."""
    intake = next(one for one in report("northern-youth-jobs").records.roadmap if one.id == "intake")
    said = told(show.findings(replace(report("northern-youth-jobs"), topic=intake)))
    assert "0 days or more" not in said and "10% or more" in said


def test_at_most_three_findings() -> None:
    for topic in (one for one in report("harbor-youth-jobs").records.roadmap if one.metric is not None):
        section = show.findings(replace(report("harbor-youth-jobs"), topic=topic))
        bullets = [one for one in section.body if type(one).__name__ == "Bullets"]
        assert all(len(one.items) <= 3 for one in bullets)


def test_a_rating_of_what_is_not_yet_known_rests_on_the_last_year_that_is() -> None:
    """The same figures as the table of results, in the edition that shows no result of a term that may still grow."""
    public = opened("summit-youth-jobs", None, "public")
    found = evidence(public, "placed_6m")
    assert (found.side, found.shown) == ("for", True)
    assert "12 months to June 2025: 40%, target 38% met. The result over the whole term is not yet knowable." in found.text
    assert evidence(report("summit-youth-jobs"), "placed_6m").side == "for"
    assert public.assessment.term_results.set_index("metric").loc["placed_6m", "state"] == "not judged"


def test_a_target_that_ended_before_the_last_day_is_missing_from_a_count_too() -> None:
    summit = report("summit-youth-jobs")
    term = dict(overall(summit))
    gone = next(name for name, row in term.items() if row["state"] in ("met", "missed") and name != summit.main)
    metric = summit.contract.metrics[gone.partition("@")[0]]
    ended = metric.model_copy(update={"target": tuple(one.model_copy(update={"to": dt.date(2025, 6, 30)}) for one in metric.target)})
    contract = summit.contract.model_copy(update={"metrics": {**summit.contract.metrics, gone.partition("@")[0]: ended}})
    masked = {**term, gone: {**term[gone], "value": float("nan"), "state": "not judged"}}
    then = replace(summit, release=replace(summit.release, contract=contract), voice=replace(summit.voice, contract=contract))
    assert "judged here" in results_heading(then, masked) and "judged here" not in results_heading(summit, term)
