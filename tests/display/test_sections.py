"""Sections: what a page says of the sample contracts, through the release, in words."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

from acmlib.display import sections as show
from acmlib.display.report import Report, open_report

ROOT = Path(__file__).resolve().parents[2]


@cache
def report(contract: str, edition: str = "provider", language: str = "en", topic: str | None = None) -> Report:
    return open_report(contract, None, edition, language, topic, ROOT)


def text(shown: object) -> str:
    return " ".join(str(one) for one in shown) if isinstance(shown, tuple) else str(shown)


def test_the_planted_gap_is_told_with_both_results_their_counts_and_its_certainty() -> None:
    harbor = report("harbor-youth-jobs")
    told = text(show.unequal(harbor, harbor.gaps))
    row = harbor.gaps_of("placed_6m", "race_ethnicity").set_index("group").loc["Black or African American"]
    assert "20% for Black participants, compared with 42% for White participants" in told
    assert f"({row['numerator']:.0f} of {row['denominator']:.0f})" in told
    assert "not a legal finding" in told


def test_three_questions_ask_about_the_service_and_the_surest_gap_comes_first() -> None:
    asked = show.discussion(report("harbor-youth-jobs")).items
    assert len(asked) == 3
    assert asked[0].startswith("What in the service leads to different results")


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
    assert "en comparación con 42% para personas blancas" in text(show.unequal(spanish, spanish.gaps))


def test_without_a_base_the_people_served_are_shown_by_group_those_of_unknown_group_included() -> None:
    given = report("prairie-youth-jobs")
    told = text(
        show.served(replace(given, release=replace(given.release, contract=given.contract.model_copy(update={"representation": ()}))))
    )
    assert "Name a base in the contract file" in told
    assert "Race and ethnicity" in told
    assert "Not asked" in told


def test_page_one_counts_the_clear_gaps_of_all_metrics_not_of_headlines_alone() -> None:
    given = report("harbor-youth-jobs")
    quiet = {name: one.model_copy(update={"headline": name == "enrolled_30d"}) for name, one in given.contract.metrics.items()}
    contract = given.contract.model_copy(update={"metrics": quiet})
    told = show.summary(replace(given, release=replace(given.release, contract=contract))).heading.partition("; ")[2]
    assert re.match(r"\d+ clear gap", told)


def test_page_one_does_not_say_that_no_gap_is_seen_where_nobody_was_compared() -> None:
    given = report("harbor-youth-jobs")
    without = replace(given.assessment, gaps=given.assessment.gaps.iloc[:0])
    assert "cannot be compared" in show.summary(replace(given, release=replace(given.release, assessment=without))).heading


def test_sections_of_one_kind_are_one_line_of_the_contents() -> None:
    summit = report("summit-youth-jobs")
    each = [show.benchmarks(summit, metric) for metric in ("enrolled_30d", "placed_6m")]
    (one,) = show.together(summit, "benchmarks", each)
    assert [section.level for section in one.body] == [3, 3] and [section.heading for section in one.body] == [one.heading for one in each]
    assert one.heading == "Compared with target and other places: 2 headline figures" and one.contents == "Benchmarks"
    beside = [section for metric in ("enrolled_30d", "placed_6m") for section in show.peers(summit, metric)]
    (one,) = show.together(summit, "peers", beside)
    said = str(one)
    assert said.count("too few to say") == said.count(beside[0].question) == 1, "what both say alike is said once"
    assert show.together(summit, "benchmarks", each[:1]) == tuple(each[:1]) and show.together(summit, "benchmarks", []) == ()


def test_questions_about_a_contract_that_has_ended_are_about_the_next_one() -> None:
    told = " ".join(show.discussion(report("summit-youth-jobs")).items)
    assert "next award" in told and "look into next" not in told


def test_waits_are_told_with_those_who_wait_still_and_nothing_is_told_that_is_hidden() -> None:
    harbor = report("harbor-youth-jobs")
    (section,) = show.waits(harbor)
    waits = harbor.release.waits
    last = waits[waits["period"].eq(waits["period"].max()) & waits["status"].eq("shown")].iloc[-1]
    assert f"{harbor.words.percent(1 - last['value'])} still waiting" in section.heading
    hidden = waits[waits["status"].eq("hidden")]
    assert len(hidden) and hidden[["numerator", "denominator", "value"]].isna().all(axis=None)
    assert "hidden for privacy" in str(section)


def test_what_cannot_be_judged_is_not_said_to_be_unchanged() -> None:
    harbor = report("harbor-youth-jobs")
    judged = [metric for metric in harbor.headline if len(points := harbor.trend(metric)) and points["variation"].iloc[-1] != "missing"]
    assert 0 < len(judged) < len(harbor.headline)
    assert f"of {len(harbor.headline)} figures that can be judged" in show.changes(harbor).heading


def test_a_hidden_step_still_says_how_many_reached_it_where_the_next_step_shows_that() -> None:
    harbor = report("harbor-youth-jobs")
    cells = harbor.cells
    step = cells["metric"].isin(["stage:enrolled", "reached:enrolled"]) & cells["dimension"].eq("all")
    cells.loc[step, ["numerator", "denominator", "value", "low", "high"]] = float("nan")
    cells.loc[step, "status"] = "hidden"
    after = cells[cells["metric"].eq("stage:started") & cells["dimension"].eq("all") & cells["status"].eq("shown")]
    (table,) = show.pathway(replace(harbor, release=replace(harbor.release, cells=cells))).body
    rows = {str(row[0]): [cell.text if hasattr(cell, "text") else cell for cell in row] for row in table.rows}
    assert int(rows["Enrolled"][2]) in set(after["denominator"])
    assert rows["Enrolled"][3] == "hidden for privacy" and rows["Referred"][3] == "–"


def test_where_no_group_can_be_judged_in_both_windows_no_verdict_is_said_to_have_stayed() -> None:
    summit = report("summit-youth-jobs")
    told = [show.equity_then_and_now(summit, metric, dimension) for metric, dimension in show.compared(summit, summit.gaps, most=20)]
    earlier, now = summit.earlier_gaps, summit.gaps
    judged = [
        set(map(tuple, one.loc[one["verdict"].ne("not judged"), ["metric", "dimension", "group"]].to_numpy())) for one in (earlier, now)
    ]
    pairs = {one[:2] for one in judged[0] & judged[1]}
    said = [one.heading for one in told if "the verdicts are as they were" in one.heading or "judged differently" in one.heading]
    assert len(said) == len(pairs & set(show.compared(summit, summit.gaps, most=20)))


def test_actions_that_no_figure_can_judge_are_not_said_to_have_had_no_effect() -> None:
    section = show.action_plan(report("summit-youth-jobs"))
    assert "Cannot be judged" in str(section) and "No change beyond chance" not in str(section)
    assert section.heading.endswith("whether they worked cannot be judged from the figures")


def test_what_a_code_means_is_said_where_hidden_shares_may_have_one() -> None:
    for language, word in (("en", "or less"), ("es", "o menos")):
        harbor = report("harbor-youth-jobs", language=language)
        privacy = harbor.contract.privacy.model_copy(update={"code_shares": True})
        release = replace(harbor.release, contract=harbor.contract.model_copy(update={"privacy": privacy}))
        assert word in text(show.how_to_read(replace(harbor, release=release)))
        assert word not in text(show.how_to_read(harbor))
