"""Sections: what a page says of the sample contracts, through the release, in words."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from lxml import html
from opened import opened

from acmlib.analysis.pathway import is_on_pathway, latest_steps
from acmlib.display import sections as show
from acmlib.display.charts.small import small_multiples
from acmlib.display.objects import Fold
from acmlib.display.report import Report
from acmlib.display.sections import first, time
from acmlib.display.sections.opening_facts import first_words
from acmlib.display.sections.tiles import headline_tiles
from acmlib.display.sections.years import by_year, chart_by_year
from acmlib.publish.agenda import agenda

ROOT = Path(__file__).resolve().parents[2]


@cache
def report(contract: str, edition: str = "provider", language: str = "en", topic: str | None = None) -> Report:
    return opened(contract, None, edition, language, topic)


def text(shown: object) -> str:
    return " ".join(str(one) for one in shown) if isinstance(shown, tuple) else str(shown)


def test_the_planted_gap_is_told_with_both_results_their_counts_and_its_certainty() -> None:
    harbor = report("harbor-youth-jobs")
    told = text(show.outcomes(harbor, "placed_6m", "race_ethnicity"))
    row = harbor.gaps_of("placed_6m", "race_ethnicity").set_index("group").loc["Black or African American"]
    assert "20% for Black participants, compared with 42% for White participants" in told
    assert f"({row['numerator']:.0f} of {row['denominator']:.0f})" in told
    assert "not a legal finding" in told


def test_three_questions_ask_about_the_service_and_the_surest_gap_comes_first() -> None:
    asked = show.discussion(report("harbor-youth-jobs")).items
    assert len(asked) <= 3
    assert asked[0].startswith("What happens to Black participants at “Started work experience”") and "provider" in asked[0]


def test_the_gap_opens_at_the_planted_stage_and_its_owner_is_named() -> None:
    told = text(show.gap_opens(report("harbor-youth-jobs"), "race_ethnicity"))
    assert "Started work experience" in told
    assert "provider" in told


def test_what_has_no_dates_has_no_chart_and_the_page_says_so() -> None:
    assert "no dates" in text(show.trends(report("nsw-job-training")))


def test_a_window_shown_for_one_stage_is_shown_for_all() -> None:
    cells = report("harbor-youth-jobs").cells
    stages = cells[cells["metric"].str.startswith(("stage:", "reached:")) & cells["dimension"].eq("race_ethnicity")]
    assert len({frozenset(rows["period"]) for _, rows in stages.groupby("metric")}) == 1


def test_internal_notes_and_quotes_without_consent_reach_no_other_edition() -> None:
    inside = report("harbor-youth-jobs", "internal", topic="placement")
    outside = report("harbor-youth-jobs", "provider", topic="placement")
    secret = "The shipyard foreman"
    assert secret in text(show.notes(inside))
    assert secret not in text(show.notes(outside))
    assert "Do not name employers" not in text(show.notes(outside))


def test_an_internal_page_is_marked_as_a_working_paper() -> None:
    assert "Internal working paper" in show.title(report("harbor-youth-jobs", "internal"), "dashboard").banner


def test_the_same_numbers_come_in_spanish() -> None:
    english, spanish = (report("harbor-youth-jobs", language=language) for language in ("en", "es"))
    assert english.cells.equals(spanish.cells)
    assert "en comparación con 42% para personas blancas" in text(show.outcomes(spanish, "placed_6m", "race_ethnicity"))


def test_without_a_base_the_people_served_are_shown_by_group_those_of_unknown_group_included() -> None:
    given = report("prairie-youth-jobs", "internal")
    told = text(
        show.served(replace(given, release=replace(given.release, contract=given.contract.model_copy(update={"representation": ()}))))
    )
    assert "None is agreed" in told and "contract file" not in told
    assert "Race and ethnicity" in told
    assert "Not asked" in told


def test_sections_of_one_kind_are_one_line_of_the_contents() -> None:
    summit = report("summit-youth-jobs")
    each = [show.benchmarks(summit, metric) for metric in ("enrolled_30d", "placed_6m")]
    (one,) = show.together(summit, "benchmarks", each)
    assert [section.level for section in one.body] == [3, 3] and [section.heading for section in one.body] == [one.heading for one in each]
    assert one.heading == "Compared with target and other places: 2 headline figures" and one.contents == "Benchmarks"
    beside = [section for metric in ("enrolled_30d", "placed_6m") for section in show.peers(summit, metric)]
    (one,) = show.together(summit, "peers", beside)
    said = str(one)
    assert said.count("drawn at random") == said.count(beside[0].question) == 1, "what both say alike is said once"
    assert show.together(summit, "benchmarks", each[:1]) == tuple(each[:1]) and show.together(summit, "benchmarks", []) == ()


def test_waits_are_told_with_those_who_wait_still() -> None:
    harbor = report("harbor-youth-jobs")
    (section,) = show.waits(harbor)
    waits = harbor.release.waits
    last = waits[waits["period"].eq(waits["period"].max()) & waits["status"].eq("shown")].iloc[-1]
    assert f"{harbor.words.percent(1 - last['value'])} still waiting" in section.heading


def test_a_hidden_step_still_says_how_many_reached_it_where_the_next_step_shows_that() -> None:
    harbor = report("harbor-youth-jobs")
    cells = harbor.cells
    step = cells["metric"].isin(["stage:enrolled", "reached:enrolled"]) & cells["dimension"].eq("all")
    cells.loc[step, ["numerator", "denominator", "value", "low", "high"]] = float("nan")
    cells.loc[step, "status"] = "hidden"
    after = cells[cells["metric"].eq("stage:started") & cells["dimension"].eq("all") & cells["status"].eq("shown")]
    public = replace(harbor.voice, decided_by="public")  # the rule that hides totals; the other one puts groups together
    (chart,) = show.pathway(replace(harbor, voice=public, release=replace(harbor.release, cells=cells))).body
    rows = {str(row[0]): [cell.text if hasattr(cell, "text") else cell for cell in row] for row in chart.data.rows}
    assert int(rows["Enrolled"][2]) in set(after["denominator"])
    assert rows["Enrolled"][3] == "hidden for privacy" and rows["Referred"][3] == "–"


def test_page_one_tells_a_clear_gap_of_a_metric_that_is_no_headline() -> None:
    given = report("harbor-youth-jobs")
    quiet = {
        name: one.model_copy(update={"headline": name == "enrolled_30d", "main": name == "enrolled_30d"})
        for name, one in given.contract.metrics.items()
    }
    contract = given.contract.model_copy(update={"metrics": quiet})
    lead = " ".join(first_words(replace(given, release=replace(given.release, contract=contract))).lead)
    assert lead.startswith("The service works less well for Black participants: 20% have a job within 6 months; White participants: 42%.")


def test_page_one_does_not_say_that_no_gap_is_seen_where_nobody_was_compared() -> None:
    given = report("harbor-youth-jobs")
    without = replace(given.assessment, gaps=given.assessment.gaps.iloc[:0])
    told = first_words(replace(given, release=replace(given.release, assessment=without)))
    assert "gap" not in " ".join((*told.lead, *told.more))


def test_who_is_under_served_leads_the_page_although_results_are_equal() -> None:
    lead = " ".join(first_words(report("riverside-youth-jobs")).lead)
    assert lead == "Youth of color are 25% of those served, but 38% of young people aged 14 to 24 who live in Riverside."
    planned = str(show.roadmap(report("riverside-youth-jobs")))
    assert "Next on the roadmap: Who is enrolled, against the young people who live here" in planned
    assert "44 more people" not in planned, "what is planned is not proposed again"


def test_a_cliff_between_two_phases_is_a_change_on_page_one_and_in_a_question() -> None:
    northern = report("northern-youth-jobs")
    told = " ".join(first_words(northern).more)
    assert "Days to enroll has improved: 25 days before July 2025, 10 days since." in told
    assert any("What made “Enrolled within 30 days” and “Days to enroll” better" in one for one in show.discussion(northern).items)
    assert "The target was met in 10 of 11 months since July 2025." in str(show.trends(northern))


def test_two_actions_of_the_same_weeks_are_not_both_credited() -> None:
    told = str(show.action_plan(report("northern-youth-jobs")))
    assert told.count("which of the actions of these weeks did it cannot be told") == 2 and "Yes:" not in told


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_not_for_the_readers_is_never_said_to_be_none(language: str) -> None:
    public = report("harbor-youth-jobs", "public", language)
    left = str(show.left_out(public))
    assert public.words("left_out.actions_not_here") in left and public.words("left_out.actions_none") not in left
    assert public.words("silence.actions_none") not in str(show.action_plan(public))
    nobody = report("nsw-job-training", "public", language)
    assert nobody.words("left_out.actions_none") in str(show.left_out(nobody))


def test_a_count_of_actions_is_said_of_those_shown_where_others_are_not_for_these_readers() -> None:
    summit = report("summit-youth-jobs", "public")
    assert summit.records.actions and "shown here" in show.action_plan(summit).heading


def test_questions_repair_nothing_that_was_not_found_broken() -> None:
    for contract in ("lakeside-youth-jobs", "prairie-youth-jobs", "summit-youth-jobs", "nsw-job-training"):
        for one in show.discussion(report(contract)).items:
            assert "for everybody" not in one and "worse for" not in one


def test_since_last_time_compares_with_the_month_before_and_says_so() -> None:
    told = str(show.since_last_time(report("northern-youth-jobs")))
    assert "May 2026" in told and "worked out with the data of today" in told and "310" in told and "314" in told


def test_the_public_edition_tells_no_number_of_a_window_that_is_not_on_its_page() -> None:
    public = report("harbor-youth-jobs", "public")
    cells = public.cells
    shown = set(
        cells.loc[cells["dimension"].eq("all") & cells["status"].ne("hidden"), ["metric", "period"]].itertuples(index=False, name=None)
    )
    for metric, known in public.assessment.metrics.items():
        change = known.change
        told = change.before == change.before
        assert not told or {(metric, change.before_period), (metric, change.after_period)} <= shown, metric
        assert known.target.months_judged == 0


def test_the_pathway_does_not_explain_a_gap_in_what_comes_after_it() -> None:
    tutoring = report("bright-steps-tutoring")
    told = first_words(tutoring)
    assert "Oak Hill" in told.lead[0] and not [one for one in told.more if "difference opens" in one]
    assert any("“Started work experience”: 37% of Black participants" in one for one in first_words(report("harbor-youth-jobs")).more)


def test_the_picture_of_groups_has_the_target_that_the_verdict_judges_by() -> None:
    harbor = report("harbor-youth-jobs")
    target = harbor.verdict("placed_6m").target
    assert round(target.value, 2) == 0.37 and target.in_force == 0.40  # the window lies in the terms of both
    pictures = [str(section) for section in show.first_screen(harbor)]
    assert any("Target: 37%" in picture for picture in pictures)
    assert not any("Target: 40%" in picture for picture in pictures)
    replied = [str(one) for one in show.numbered_figures(harbor) if "placed_6m.race_ethnicity" in str(one)]
    assert replied and all("Target: 37%" in one and "Target: 40%" not in one for one in replied)


def test_each_contract_year_stands_beside_its_own_target() -> None:
    for edition in ("provider", "public"):
        harbor = report("harbor-youth-jobs", edition)
        years = by_year(harbor, ["placed_6m", "enrolled"])
        assert years is not None and [one.label for one in years.columns[1:]] == ["Year 1, to June 2025", "Year 2, to June 2026"]
        placed = years.rows[0]
        assert (placed[1].text, placed[1].detail) == ("34% (133 of 395)", "target 35%")  # agreed from July 2024; 40% from July 2025
        assert placed[2].text == "not yet knowable", "those who left in the last half-year"
    assert by_year(report("nsw-job-training"), ["employed_1978"]) is None


def test_a_chart_over_time_says_since_when_each_target_holds() -> None:
    told = str(show.trend(report("harbor-youth-jobs"), "placed_6m"))
    assert "Target: 35% from July 2024 and 40% from July 2025." in told


def test_how_to_read_a_page_is_told_by_the_rule_of_its_edition() -> None:
    told = {one: text(show.how_to_read(report("harbor-youth-jobs", one))) for one in ("internal", "provider", "public")}
    made = {one: str(show.provenance(report("harbor-youth-jobs", one)).facts) for one in told}
    assert ["counts from 1 to 10" in made[one] for one in told] == [False, False, True]
    assert ["counts from 1 to 10" in told[one] for one in told] == [False, False, True]
    assert "Groups of fewer than 10 people are put together" in told["provider"] and "Nothing is hidden" in told["internal"]
    assert "by contract year" in told["public"] and "by contract year" not in told["provider"]
    assert "whole contract years" in " ".join(first_words(report("bright-steps-tutoring", "public")).more)
    assert "figures are hidden" not in text(show.data_quality(report("harbor-youth-jobs")))


def test_what_is_not_shown_is_explained_by_the_rule_of_the_edition() -> None:
    told = text(show.served(report("riverside-youth-jobs")))
    assert "fewer than 11 people" not in told and "groups of fewer than 10 people are put together" in told
    assert "Last quarter" in text(show.trends(report("harbor-youth-jobs", "public")))


def test_the_lowest_is_said_of_those_shown_where_another_group_is_too_small_for_a_figure() -> None:
    riverside = opened("riverside-youth-jobs", "2025-10", "provider")
    assert "of those shown here" in show.retention(riverside, "in_programme", "age").heading


def test_a_gap_that_closed_is_told_on_the_first_screen_with_both_results_then_and_now() -> None:
    told = " ".join(first_words(report("summit-youth-jobs")).more)
    assert "A gap has closed, beyond chance: Job within 6 months, Hispanic or Latino participants 21% and everyone else 41%" in told
    assert "(6 months to December 2024), then 43% and 44% (since January 2025)." in told
    assert "A gap has closed" not in " ".join(first_words(report("harbor-youth-jobs")).more)


def test_a_public_figure_without_quarters_is_drawn_by_contract_year() -> None:
    known = report("harbor-youth-jobs", "public")
    chart = chart_by_year(known, known.verdict("days_to_enrol"))
    assert chart is not None and "12 months to June 2025" in str(chart.alt) and "12 months to June 2026" in str(chart.alt)
    assert chart_by_year(known, known.verdict("enrolled_30d")) is None, "one year is no picture over time"
    assert "There is no chart" not in str(show.trend(known, "days_to_enrol"))


def test_a_wait_before_a_change_is_that_of_all_people_of_the_window_as_in_the_table_by_year() -> None:
    prairie = report("prairie-youth-jobs")
    told = str(show.trends(prairie)) + str(show.first_screen(prairie))
    assert "no clear change: 11 days before" in told and "69 days" not in told


def test_a_chart_in_which_most_months_would_be_marked_has_no_limits_and_marks_none() -> None:
    prairie = report("prairie-youth-jobs")
    points = prairie.trend("days_to_enrol")
    assert points["upper"].isna().all() and points["signal"].eq("none").all() and points["value"].max() > 200
    chart, told = show.trend(prairie, "days_to_enrol"), str(show.trends(prairie))
    assert "No limits are drawn: worked out from one point to the next" in str(chart)
    assert "The chart marks" not in told and "stands out" not in told.replace("No point stands out", "")


def test_a_quarter_that_a_public_edition_does_not_tell_is_not_said_to_be_none() -> None:
    told = str(show.trends(report("harbor-youth-jobs", "public")))
    shown = report("harbor-youth-jobs", "public").cells
    assert shown[shown["metric"].eq("enrolled_30d") & shown["dimension"].eq("all")]["period"].str.contains("Q").sum() == 0
    assert "longer periods only" in told


def test_the_likely_difference_of_a_wait_is_one_that_the_numbers_beside_it_could_have() -> None:
    found = re.search(r"Days to enroll: no clear change, 11 days .*? 9 days .*?Likely difference: −(\d+) days to \+(\d+) days", str(
        show.trends(report("prairie-youth-jobs"))
    ))  # fmt: skip
    assert found and int(found[1]) < 11, "no wait of 11 days can become shorter by more"


def test_the_step_that_loses_most_is_not_named_where_some_steps_are_of_too_few_people() -> None:
    assert show.pathway(report("prairie-youth-jobs")).heading == "Too few people to say which step loses most"
    assert "loses most" in show.pathway(report("harbor-youth-jobs")).heading


def test_a_group_that_may_be_ahead_is_not_called_clearly_better() -> None:
    told = str(show.all_comparisons(report("nsw-job-training")))
    assert "possibly better" in told and "clearly better" not in told


def test_the_group_that_others_are_compared_with_is_not_called_unjudged() -> None:
    (chart,) = [one for one in show.served(report("riverside-youth-jobs"))[0].body if hasattr(one, "data")]
    verdicts = {row[0]: row[-1] for row in chart.data.rows}
    assert verdicts == {"White": "comparison group", "Youth of color": "clear"}


def test_the_first_screen_names_the_promise_that_is_longest_overdue_or_the_next_one() -> None:
    assert "Next promise: Visit the two high schools in The Bend that sent nobody, by September 15, 2026." in str(
        show.first_screen(report("riverside-youth-jobs"))
    )
    overdue = "2 promises are overdue, first: List the employers that offer work experience and who was sent to each."
    assert overdue in str(show.first_screen(report("harbor-youth-jobs", "internal")))


@pytest.mark.parametrize(
    ("language", "overdue", "counted"),
    [
        (
            "en",
            "Of the promises shown here, one is overdue: List the employers",
            "4 open promises shown here, 1 overdue",
        ),
        (
            "es",
            "De las promesas que aquí se muestran, una está vencida: Hacer la lista",
            "aquí se muestran 4 promesas abiertas (vencidas: 1)",
        ),
    ],
)
def test_promises_of_which_some_are_not_for_these_readers_are_not_counted_as_all(language: str, overdue: str, counted: str) -> None:
    given = report("harbor-youth-jobs", "provider", language)
    assert overdue in str(show.first_screen(given))
    assert counted in str(show.since_last_time(given))


def test_a_result_that_reads_as_the_benchmark_beside_it_is_not_said_to_be_lower() -> None:
    shown = show.benchmarks(report("lakeside-youth-jobs", "provider"), "placed_6m")
    assert {row[1] for row in shown.body[0].data.rows} >= {"41%"} and "41%, at or above every value" in shown.heading, shown


def test_a_contract_that_is_over_is_told_by_its_whole_term_too_as_its_ratings_are() -> None:
    told = " ".join(first_words(report("summit-youth-jobs")).more)
    assert "Over the whole term: 40% (met, target 38%; could be chance)." in told
    assert "whole term" not in " ".join(first_words(report("harbor-youth-jobs")).more)


def test_what_is_not_yet_knowable_is_not_called_too_few_to_judge() -> None:
    told = text(show.term_equity(report("summit-youth-jobs", "public")))
    assert "not yet knowable" in told and "too few to judge" not in told


def test_the_worksheet_asks_nothing_twice() -> None:
    for name in ("summit-youth-jobs", "lakeside-youth-jobs", "riverside-youth-jobs"):
        told = str(show.planning(report(name)))
        assert told.count("How often do we meet") == 1 and told.count("who decides?") == 1


@pytest.mark.parametrize("contract", ["harbor-youth-jobs", "summit-youth-jobs", "bright-steps-tutoring"])
def test_the_pathway_of_a_public_page_is_of_one_year_in_which_all_its_steps_are_known(contract: str) -> None:
    given = report(contract, "public")
    (shown,) = show.pathway(given).body
    table = getattr(shown, "data", shown)
    names = [given.voice.stage(one.stage) for one in given.contract.pathway.stages]
    assert [row[0] for row in table.rows if row[0] in names] == names
    assert "12 months to " in table.caption and "2025" in table.caption and "no data" not in str(table)
    steps = given.assessment.stages
    assert steps["period"].nunique() == 1 and steps["reached"].notna().all()


def test_who_is_there_at_each_step_is_drawn_beside_residents_in_shares_of_the_people_at_that_step() -> None:
    given = report("harbor-youth-jobs", "internal")
    (chart,) = show.pathway(given).body
    names = [column.label for column in chart.data.columns]
    cells = latest_steps(given.cells)
    placed = cells[cells["metric"].eq("stage:placed") & cells["dimension"].eq("race_ethnicity")].set_index("group")["numerator"]
    rows = {row[0]: dict(zip(names, row, strict=True)) for row in chart.data.rows}
    assert rows["Placed in a job"]["Black or African American"] == given.words.percent(
        placed["Black or African American"] / placed.drop("Don't know", errors="ignore").sum()
    )
    assert rows["Young people aged 14 to 24 who live in Port Harbor"]["Black or African American"] == "36%"
    titles = [one.text_content() for one in html.fromstring(chart.svg).iter("title")]
    assert "Placed in a job, 138 people (54% of the step before), White: 48%" in titles


def test_a_step_whose_groups_are_not_all_shown_has_no_bar_and_no_share_of_any_group() -> None:
    given = report("harbor-youth-jobs", "public")
    (chart,) = show.pathway(given).body
    hidden = latest_steps(given.cells).query("dimension == 'race_ethnicity' and status == 'hidden'")["metric"].unique()
    assert "stage:referred" in hidden and "Referred" not in " ".join(one.text_content() for one in html.fromstring(chart.svg).iter("title"))
    (row,) = [row for row in chart.data.rows if row[0] == "Referred"]
    assert row[2] == "451" and {str(cell.text) for cell in row[5:]} == {"groups: hidden for privacy"}


def test_the_smallest_of_many_groups_have_one_part_together() -> None:
    given = report("riverside-youth-jobs", "internal")
    (chart,) = show.pathway(given).body
    groups = [column.label for column in chart.data.columns][5:]
    assert groups == ["White", "Black or African American", "Hispanic or Latino", "Other groups"]
    shares = [sum(float(str(cell).rstrip("%")) for cell in row[5:]) for row in chart.data.rows]
    assert all(abs(one - 100) <= 2 for one in shares)


def test_a_tile_has_no_line_where_the_page_says_that_there_is_no_chart() -> None:
    given = report("harbor-youth-jobs", "public")
    drawn = {tile.name: tile.line is not None for tile in headline_tiles(given).items}
    assert drawn["Enrolled within 30 days"] is False and drawn["Enrolled"] is True
    assert "Enrolled within 30 days: no clear change. There is no chart" in str(show.trends(given))


def test_who_is_served_is_drawn_once_on_a_page_whose_first_screen_draws_it() -> None:
    given = report("riverside-youth-jobs")
    assert given.served["dimension"].drop_duplicates().tolist() == ["race_ethnicity", "youth_of_color"]
    pictures = [[hasattr(one, "data") for one in section.body].count(True) for section in show.served(given, first_screen=True)]
    assert pictures == [0, 1] and "youth of color" in str(show.first_screen(given))
    assert all(any(hasattr(one, "data") for one in section.body) for section in show.served(given))


def test_numbers_of_people_are_not_said_to_be_unjudged_group_by_group() -> None:
    given = report("riverside-youth-jobs", topic="who_is_served")
    asked = str(show.topic_questions(given))
    assert "What has changed in the service" in asked and "cannot be judged for every group" not in asked
    assert "cannot be judged for every group" in str(show.topic_questions(report("prairie-youth-jobs", topic="recording")))


def test_a_question_speaks_of_groups_that_cannot_be_compared_only_where_there_are_some() -> None:
    all_large = str(show.topic_questions(report("lakeside-youth-jobs", topic="placement")))
    assert "what keeps it so, and how would we notice if one opened?" in all_large
    some_small = str(show.topic_questions(report("northern-youth-jobs", topic="enrolment")))
    assert "among the groups that can be compared here: how do we find out whether that holds for the others?" in some_small


def test_what_was_before_says_when_that_was() -> None:
    (fold,) = [one for one in show.trends(report("harbor-youth-jobs")).body if isinstance(one, Fold)]
    (row,) = [row for row in fold.body[0].rows if str(row[0]).startswith("Job within 6 months")]
    assert (row[3].text, row[3].detail) == ("32%", "5 months to November 2024"), "not the 12 months before"


def test_a_table_over_time_does_not_call_a_hidden_figure_one_without_a_target_or_shown_ones_untold() -> None:
    def rows(contract: str) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
        (fold,) = [one for one in show.trends(report(contract, "public")).body if isinstance(one, Fold)]
        return tuple({str(row[0]).split("12 months")[0].strip(): tuple(map(str, row)) for row in one.rows} for one in fold.body[:2])

    northern, _ = rows("northern-youth-jobs")
    assert northern["Enrolled within 30 days"][4] == "62%" and "hidden" in northern["Enrolled within 30 days"][2]
    told = str(show.trends(report("northern-youth-jobs", "public")))
    assert "67%" in northern["Enrolled within 30 days"][1] and "shows longer periods only" not in told, "a quarter of it is shown"
    prairie, years = rows("prairie-youth-jobs")
    assert prairie["Days to enroll"][4] == "14 days"
    assert prairie["Enrolled within 30 days"][2] == "69%" and years["Enrolled within 30 days"][1].startswith("69%"), "of the same year"


def test_who_is_served_is_not_said_to_be_of_too_few_people_where_it_is_hidden() -> None:
    headings = [section.heading for section in show.served(report("riverside-youth-jobs", "public"))]
    assert any(one.endswith("live in Riverside: groups are hidden for privacy") for one in headings)
    assert not any("Too few" in one for one in headings)


def test_how_many_stay_stands_beside_its_benchmarks_at_the_time_it_is_judged_by() -> None:
    shown = show.benchmarks(report("bright-steps-tutoring"), "in_programme")
    assert "180 days after the start: 73%, lower than 2 of the 2 values" in shown.heading and hasattr(shown.body[0], "svg")


def test_a_group_that_others_are_compared_with_is_named_where_it_is_hidden() -> None:
    told = str(show.unknowns(report("nsw-job-training", "public", topic="employment")))
    assert "to protect privacy: Black men, Hispanic men" in told


OPEN_CASES = {
    "en": ("Days to enroll: too many cases are still open to compare by site", "too many cases are still open:", "still open to judge"),
    "es": ("Días hasta la inscripción: demasiados casos siguen abiertos para comparar por sede", "casos siguen abiertos:", "aún abiertos"),
}


@pytest.mark.parametrize("language", OPEN_CASES)
def test_a_median_without_an_interval_is_not_said_to_be_of_too_few_people(language: str) -> None:
    heading, unknown, cell = OPEN_CASES[language]
    given = opened("northern-youth-jobs", "2025-05", "provider", language, "intake")
    rows = given.gaps_of("days_to_enrol", "site")
    assert rows["denominator"].min() > 90 and rows["value"].notna().all() and rows["high"].isna().all()
    shown = show.findings(given)
    assert shown.heading == heading and "95%" not in str(shown)
    told = str(show.unknowns(given))
    assert unknown in told and "Too few" not in told and "Muy pocas" not in told
    assert cell in str(show.all_comparisons(given))
    assert "Main Street: " in shown.body[0].long_description and unknown[:-1] in shown.body[0].long_description


def test_a_change_of_a_wait_reads_alike_on_the_page_and_in_the_overview_of_contracts() -> None:
    given = report("northern-youth-jobs", "internal")
    figures = agenda(given.contract, given.release, "en")["standing"]["figures"]
    (changed,) = [one["changed"] for one in figures if one["metric"] == "days_to_enrol"]
    assert changed == "25 days to 10 days" and "25 days before July 2025, 10 days since" in str(show.trends(given)) + str(
        show.first_screen(given)
    )


def test_evidence_that_is_not_known_over_the_term_is_not_said_to_be_of_too_few_people() -> None:
    told = str(show.ratings(report("summit-youth-jobs", "public")))
    assert "Job within 6 months, by race and ethnicity: not yet knowable over the whole term." in told
    assert "too few people" not in told


def test_a_group_that_may_be_ahead_has_no_possible_gap_and_one_large_group_is_not_said_to_be_small() -> None:
    given = report("nsw-job-training", topic="employment")
    rows = given.gaps_of("employed_1978", "race_ethnicity").set_index("group")
    assert rows.loc["Black", "denominator"] == 156 and rows.loc["Hispanic", "verdict"] == "possible"
    assert show.findings(given).heading == "Employed in 1978: too few people to compare groups by race and ethnicity"
    assert "it may be chance" not in str(show.unknowns(given))
    assert "it may be chance" in str(show.unknowns(opened("bright-steps-tutoring", "2026-06", "provider", "en", "enrolment")))


def test_a_change_that_is_not_judged_reads_alike_on_the_tile_and_below() -> None:
    given = report("prairie-youth-jobs")
    known = given.verdict("placed_6m")
    assert known.change.state == "not judged" and known.change.before == known.change.before
    (tile,) = [one for one in headline_tiles(given).items if one.name == "Job within 6 months"]
    assert "too few people to see a change" in tile.details and "no clear change" not in str(tile.details)
    assert "Job within 6 months: too few people to judge a change." in str(show.trends(given))


def test_a_table_of_comparisons_explains_circles_where_it_has_some_and_names_a_grade_in_words() -> None:
    assert "Circle: no gap seen" not in str(show.all_comparisons(report("prairie-youth-jobs")))
    told = show.all_comparisons(report("bright-steps-tutoring"))
    assert "Circle: no gap seen" in str(told)
    (others,) = [one for one in told.body if getattr(one, "summary", "") == "The other figures, compared"]
    details = {getattr(cell, "detail", "") for row in others.body[0].rows for cell in row}
    assert "students in grade 4" in details and "4" not in details


def test_an_empty_worksheet_counts_no_questions() -> None:
    given = report("harbor-youth-jobs")
    records = replace(given.release.records, plan=())
    told = show.planning(replace(given, release=replace(given.release, records=records)))
    assert told.heading == "Planning worksheet"
    assert show.planning(given).heading == "Planning worksheet: 10 of 12 questions are decided"


def test_what_opens_along_the_whole_pathway_is_no_finding_about_one_of_its_first_steps() -> None:
    harbor = report("harbor-youth-jobs").contract
    assert is_on_pathway("placed_6m", harbor) and not is_on_pathway("enrolled_30d", harbor)
    told = show.findings(opened("harbor-youth-jobs", "2026-04", "provider", "en", "enrolment"))
    assert "no gap of 5 points or more" in told.heading and "reach the end" not in str(told)
    assert "reach the end" in str(show.findings(report("harbor-youth-jobs", "provider", "en", "placement")))


@pytest.mark.parametrize(
    ("language", "heading"),
    [("en", "results by race and ethnicity are not yet known"), ("es", "aún no se conocen los resultados por raza y etnicidad")],
)
def test_results_of_groups_whose_time_is_not_over_are_not_said_to_be_of_too_few(language: str, heading: str) -> None:
    given = opened("summit-youth-jobs", "2024-12", "provider", language, "placement")
    assert heading in show.findings(given).heading


def test_a_gap_that_one_equal_step_would_close_is_not_told_in_more_people_than_it_is_of() -> None:
    told = str(show.gap_opens(report("harbor-youth-jobs"), "race_ethnicity"))
    assert "Black participants: 19% reach the end, compared with 36% of White participants." in told
    assert "If only this step were equal, there would be no gap at the end." in told and "more people would have reached" not in told


def test_a_difference_below_what_matters_is_not_printed_as_one_that_matters() -> None:
    told = str(show.findings(report("northern-youth-jobs", topic="enrolment")))
    assert "63.9% (23 of 36), 4.6 points below the 68.5%" in told and "No gap of 5 points or more is seen" in told


def test_a_month_in_which_half_wait_still_is_not_said_to_have_no_data() -> None:
    (chart,) = [
        one for one in show.trend(opened("northern-youth-jobs", "2025-05", "provider"), "days_to_enrol").body if hasattr(one, "svg")
    ]
    assert "Not drawn: May 2025 (not reached by half so far)." in " ".join(chart.notes)
    (row,) = [row for row in chart.data.rows if row[0] == "May 2025"]
    assert row[1].text == "not reached by half so far"


def test_a_deep_dive_on_who_is_served_begins_with_that_by_the_dimension_of_its_topic_and_tells_it_once() -> None:
    given = report("riverside-youth-jobs", topic="who_is_served")
    found, others = show.findings(given), show.served(given)
    assert found.heading.startswith("Enrolled: the service reaches youth of color less than their share of young people")
    assert "25% of those served, against 38%" in str(found) and "not a legal finding" in str(found)
    assert [one.heading for one in others] and not any("youth of color" in one.heading for one in others)
    first, *_ = show.served(report("riverside-youth-jobs"))
    assert first.heading.startswith("The service reaches youth of color"), "what is clear stands before what is possible"


@pytest.mark.parametrize(("period", "other"), [("2026-04", "Hispanic or Latino"), (None, "White")])
def test_where_a_gap_opens_is_told_against_the_group_that_the_gap_is_told_against(period: str | None, other: str) -> None:
    given = opened("harbor-youth-jobs", period, "provider")
    told = first_words(given)
    assert f"{other} participants: 4" in told.lead[0], "the two that are best differ by a few points and change places"
    (opens,) = [one for one in told.more if one.startswith("The difference opens")]
    assert f"of {other} participants" in opens and f"of {other} participants" in text(show.gap_opens(given, "race_ethnicity"))


def test_a_gap_along_the_pathway_that_could_be_chance_is_not_said_to_open_somewhere() -> None:
    told = show.gap_opens(opened("bright-steps-tutoring", "2026-06", "provider"), "race_ethnicity")
    assert "a gap may open at" in told.heading and "cannot settle it" in told.heading and not told.question
    assert "That difference could be chance." in str(told) and "If only this step were equal" not in str(told)
    assert "the largest part of the gap opens" in show.gap_opens(report("harbor-youth-jobs"), "race_ethnicity").heading


def test_groups_that_are_put_together_are_not_called_the_largest_group() -> None:
    prairie = report("prairie-youth-jobs", topic="recording")
    told = text(show.served(prairie))
    assert "Other groups" in told, "more people than in any group shown"
    assert "largest group" not in told
    assert "largest group: White" in text(show.served(report("prairie-youth-jobs", "internal", topic="recording")))


def test_a_month_whose_result_is_not_yet_knowable_is_not_called_none_beside_other_figures() -> None:
    """In August nobody can know who enrolled then within 30 days, nor since March who is still there after 180."""
    known = opened("bright-steps-tutoring", "2026-08", "provider", "en")
    metrics = ["enrolled_30d", "in_programme@180d", "enrolled", "days_to_enrol"]
    table = small_multiples([(one, known.verdict(one).points) for one in metrics], voice=known.voice).data
    rows = [[str(getattr(cell, "text", cell)) for cell in row] for row in table.rows]
    assert rows[-1] == ["August 2026", "not yet knowable", "not yet knowable", "21", "9 days"]
    assert [row[2] for row in rows[-7:]] == ["67%", *["not yet knowable"] * 6] and "none" not in {cell for row in rows for cell in row}


@pytest.mark.parametrize(
    ("contract", "period"), [("northern-youth-jobs", None), ("harbor-youth-jobs", "2026-06"), ("nsw-job-training", None)]
)
def test_a_figure_without_months_before_says_why_and_never_none(contract, period):
    given = opened(contract, period, "provider")
    for name in given.headline:
        known = given.verdict(name)
        unknown = replace(known, change=replace(known.change, before=float("nan"), state="not judged", reason="too few months"))
        assert time._before(given, known).text not in ("", "none")
        assert time._before(given, unknown).text == "too few months to see a change"


def test_two_pictures_of_one_metric_have_headings_that_tell_them_apart():
    given = opened("harbor-youth-jobs", None, "provider")
    rows = pd.DataFrame(list(given.comparisons[0].rows))
    metric, dimension = given.comparisons[0].metric, given.voice.dimension(str(rows["dimension"].iloc[0]))
    assert dimension not in first._results(given, rows, metric).heading
    assert f"by {dimension}" in first._results(given, rows, metric, named=True).heading
