"""The pages around a meeting say what was written, to whom it may be said, and nothing that the numbers do not hold."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from opened import opened as sample

from acmlib.analysis.obligations import promise_summaries
from acmlib.contract.load import load_contract
from acmlib.contract.meetings import FollowUp
from acmlib.contract.records import Action, Records
from acmlib.contract.replies import Response
from acmlib.display import sections as show
from acmlib.display.sections.records import proposed
from acmlib.display.sections.tiles import headline_tiles
from acmlib.intake.check.burden import burden

HARBOR = "harbor-youth-jobs"


@pytest.fixture(scope="module")
def reports(repository):
    made = {}

    def found(edition: str, language: str = "en", period: str = "2026-06"):
        key = (edition, language, period)
        if key not in made:
            made[key] = sample(HARBOR, period, edition, language)
        return made[key]

    return found


def told(*sections) -> str:
    return "\n".join(str(section) for section in sections if section is not None)


def test_the_plan_asks_the_guides_eleven_questions_in_three_parts(reports):
    parts = show.plan(reports("provider"))
    assert [section.contents for section in parts] == ["Performance improvement", "Implementation", "Resident voice"]
    assert sum(len(section.body[0].rows) for section in parts) == 12, "eleven, and one of this contract's own"
    assert "0 of 1 question is decided" in parts[-1].heading
    assert "not decided" in told(*parts)
    assert "Hoja" not in told(*show.plan(reports("provider", "es"))) and "sin decidir" in told(*show.plan(reports("provider", "es")))


def test_the_calendar_says_what_is_due_before_each_meeting_and_the_agencys_own_day_to_nobody_else(reports):
    shown = {edition: told(show.calendar(reports(edition))) for edition in ("internal", "provider")}
    assert "July 16, 2026" in shown["provider"] and "July 2, 2026" in shown["provider"] and "July 14, 2026" in shown["provider"]
    assert "what follows this contract is decided" in shown["internal"] and "is decided" not in shown["provider"]
    public = told(show.calendar(reports("public")))
    assert "Meetings ahead" in public and "what is due before each" not in public, "the caption promises no column that is not there"


def test_the_calendar_goes_on_until_all_results_of_the_term_are_known(reports):
    shown = {edition: told(show.calendar(reports(edition))) for edition in ("internal", "provider")}
    assert all("December 30, 2027: all headline results of the term are known" in one for one in shown.values())


def test_minutes_tell_of_the_last_meeting_with_promises_and_answers(reports):
    text = told(*show.minutes(reports("provider")))
    assert "Meeting of June 18, 2026" in text and "Bring the list of employers" in text and "Priya Shah" in text
    assert "When does the list of employers come?" in text


def test_pages_of_an_earlier_month_do_not_know_later_promises(reports):
    records = reports("provider", period="2026-03").records
    assert "H13" not in {action.id for action in records.actions}
    assert max(meeting.date for meeting in records.meetings) < dt.date(2026, 4, 16)
    assert records.held is not None and records.held.date == dt.date(2026, 4, 16)
    assert "Is the gap in placement chance?" in told(*show.minutes(reports("provider", period="2026-03")))


def test_both_sides_are_counted_alike(reports):
    section = show.obligations(reports("provider"))
    assert section.heading == "The provider kept 20 of 23 dates; the agency kept 9 of 31"
    assert "paid 46 days after receipt (median)" in told(section)


def test_promises_of_both_parties_are_counted_beside_what_else_they_owe(reports):
    text = told(show.two_sides(reports("provider")))
    assert re.search(r"Promises of the provider, of those shown here +5 +4 +3 +9 days +1 +1 kept late", text)
    assert re.search(r"Promesas de la agencia, de las que se muestran aquí +4 +4 +3 ", told(show.two_sides(reports("provider", "es"))))


def test_an_action_says_what_it_rests_on_and_by_when_the_figures_should_show_it(reports):
    (table,) = show.action_plan(reports("provider")).body
    assert [str(row[3]) for row in table.rows][:2] == ["overdue", "open"] and str(table.rows[-1][3]) == "done", "what is overdue first"
    row = next(
        row for row in table.rows if str(row[0]).startswith("List the employers") or getattr(row[0], "text", "").startswith("List the")
    )
    assert row[0].detail == "Rests on: Job within 6 months, by race and ethnicity"
    assert row[-1] == "Not done yet; the figures should show it by December 31, 2026"


def test_a_run_that_one_month_ends_is_no_countdown(reports):
    """In April one more month was to come; April itself began the count anew."""
    (table,) = show.action_plan(reports("provider")).body
    told_of = {str(row[0]): row[-1] for row in table.rows}
    run = "Not seen yet: 7 more months in a row on the expected side of the mean could show it"
    assert told_of["Send referral lists with race and ethnicity every Monday"] == run
    assert told_of["Open a second assessment afternoon at Eastgate Library"] == "Not known yet: 4 more months to go"


def test_proposals_say_who_can_act_and_leave_out_what_is_planned(reports):
    report = reports("provider")
    assert "Placed in a job" not in told(proposed(report)), "it is on the roadmap"
    by_time = sample("bright-steps-tutoring", "2026-08", "provider")  # the roadmap says in_programme, the gaps in_programme@180d
    assert "180 days after the start, by school" not in told(proposed(by_time))
    bare = replace(report, release=replace(report.release, records=Records()))
    first = proposed(bare).items[0]
    assert first.endswith("The provider can act: it opens at “Started work experience”"), first


def test_replies_that_are_settled_say_how_and_open_ones_stay_open(reports):
    text = told(show.replies(reports("provider")))
    assert "settled on May 12, 2026: Exit dates" not in text, "an earlier reply that is settled is history"
    assert "Four of those counted as not placed work for a cousin" in text and "not settled" in text
    assert "due on July 14, 2026" in text


def test_a_reply_that_was_settled_since_last_time_says_how_once(reports):
    told_in = {month: told(show.replies(reports("provider", period=month))) for month in ("2026-04", "2026-05")}
    assert "settled on May 12, 2026: Exit dates of the half-year were corrected" in told_in["2026-04"], "before the meeting of May 21"
    assert "Exit dates of the half-year" not in told_in["2026-05"]


def test_minutes_say_the_new_day_of_a_promise_that_was_put_off(reports):
    report = reports("provider")
    meeting = report.records.meetings[-1]
    put_off = meeting.model_copy(update={"followed_up": (FollowUp(id="H3", status="open", due=dt.date(2026, 8, 14)),)})
    given_up = meeting.model_copy(update={"followed_up": (FollowUp(id="H3", status="dropped"),)})
    for held, said in ((put_off, "Still open, now due August 14, 2026: List the employers"), (given_up, "Dropped: List the employers")):
        records = replace(report.records, meetings=(held,), held=None)
        text = told(*show.minutes(replace(report, release=replace(report.release, records=records))))
        assert said in text and text.count("List the employers") == 1


def test_a_check_that_was_not_passed_warns_of_its_metric_until_a_later_one_passes(reports):
    section = show.checked(reports("provider"))
    assert section.heading == "3 of 4 spot checks of records passed"
    assert "Still in the program" in told(section) and "Read with care" in told(section)


def test_the_public_reads_whether_a_check_was_passed_and_not_how_few_files_were_wrong(reports):
    public = reports("public")
    said = told(show.checked(public)) + " ".join(str(one.details) for one in headline_tiles(public).items)
    assert "not passed: at least 15 of 19 needed" in said and "hidden for privacy" in said
    assert not any(f"{right} of 19" in said for right in (14, 16, 17, 18)), "one to ten people's files were wrong"


def test_a_metric_whose_check_was_not_passed_says_so_on_its_tile_and_under_its_chart(reports):
    report = reports("provider")
    tiles = {one.name: one.details for one in headline_tiles(report).items}
    warned = [name for name, details in tiles.items() if "read with care: 14 of 19 checked records were right" in details]
    assert warned == ["Still in the program, 180 days"]
    warning = "Read with care: 14 of 19 records were right when they were checked on March 10, 2026."
    assert warning in told(show.trend(report, "in_programme@180d"))
    assert warning not in told(show.trend(report, "placed_6m"))


def test_both_sides_of_a_month_are_one_section_whose_heading_warns(reports):
    section = show.two_sides(reports("provider"))
    assert section.heading == (
        "The provider kept 20 of 23 dates; the agency kept 9 of 31; last check of records not passed: Still in the program"
    )
    assert [one.heading for one in section.body] == [
        "Both sides' obligations",
        "3 of 4 spot checks of records passed",
        "No reply to this period's figures yet; 1 earlier one is not settled",
        "You said, we did: people have been told what became of 1 of 3 things they said; 1 overdue",
        "No report of the last six months used 2 of the 25 fields that are sent",
    ]
    assert "$869,900 paid" in told(section) and "23 accepted" in told(section)
    outside = str(show.two_sides(reports("public", "es")))
    assert "primo" not in outside and "Dana" not in outside, "replies are between the two parties"


def test_minutes_say_what_was_on_the_table_but_no_topic_that_is_not_for_their_readers(reports):
    from dataclasses import replace

    def table(edition):
        report = reports(edition)
        meeting = report.records.meetings[-1].model_copy(update={"shown": ("dashboard", "deep_dive-placement", "placed_6m.race_ethnicity")})
        records = replace(report.records, meetings=(meeting,), held=None)
        return told(show.minutes(replace(report, release=replace(report.release, records=records)))[0])

    inside = "On the table: Dashboard, Deep dive: Placement within 6 months by race and ethnicity, and Job within 6 months, by race"
    assert inside in table("provider")
    assert "On the table: Dashboard and Job within 6 months" in table("public")


def test_the_roadmap_says_what_a_topic_ahead_asks_and_by_when_its_data_are_needed(reports):
    rows = {str(row[1]): row for row in show.roadmap(reports("provider")).body[0].rows}
    staying = rows["Young people still in the program at 6 months by neighborhood"]
    assert staying[1].detail == "Who leaves before six months, from where, and why?" and staying[4].detail == "by August 6, 2026"
    assert rows["Enrollment of referred young people by race and ethnicity"][1].detail == "", "what is done is on its own page"


def test_a_topic_whose_month_is_over_is_not_next_and_a_moved_promise_says_so(reports):
    report = reports("provider")
    records = report.records
    late = tuple(one.model_copy(update={"month": "2026-05"}) if one.id == "placement" else one for one in records.roadmap)
    moved = tuple(one.model_copy(update={"first_due": dt.date(2026, 4, 30)}) if one.id == "H3" else one for one in records.actions)
    shown = replace(report, release=replace(report.release, records=replace(records, roadmap=late, actions=moved)))
    assert show.roadmap(report).heading.startswith("Next on the roadmap: Placement within 6 months")
    assert show.roadmap(shown).heading == "Not discussed yet, planned for May 2026: Placement within 6 months by race and ethnicity"
    said = told(*show.agenda(shown))
    assert "first promised for April 30, 2026" in said


def test_a_year_that_the_report_has_no_groups_of_is_told_by_its_half_years(reports):
    report = reports("provider")
    whole = report.cells["period"].eq("P12M/2025-06") & report.cells["dimension"].eq("race_ethnicity")
    without = replace(report, release=replace(report.release, cells=report.cells[~whole]))
    for shown in (report, without):
        (answered,) = [part for part in show.surveys(shown)[0].body if getattr(part, "caption", "").startswith("Who answered")]
        assert [str(row[0]) for row in answered.rows][:1] == ["White"] and [row[-1] for row in answered.rows][:2] == ["61%", "57%"]


def test_the_burden_meter_names_fields_that_nothing_uses_and_those_whose_figures_could_not_be_shown(reports):
    from dataclasses import replace

    report = reports("provider")
    text = told(show.burden_meter(report))
    assert (
        "In “participants”, used nowhere: Zip" in text and "In “surveys”, used nowhere: Site" in text and "could not be shown" not in text
    )
    # No wage is shown, and no group by gender.
    cells = report.cells
    wage = cells["metric"].eq("wage") & cells["status"].eq("shown")
    hidden = cells.assign(status=cells["status"].mask(wage | cells["dimension"].eq("gender"), "hidden"))
    quiet = replace(report, release=replace(report.release, cells=hidden))
    assert "In “participants”, used only by figures that could not be shown: Gender and HourlyWage" in told(show.burden_meter(quiet))
    assert show.burden_meter(reports("public")) is None


def test_a_survey_says_first_what_most_people_say_no_to_and_that_fewer_said_so_in_the_wave_before(reports):
    (section,) = show.surveys(reports("provider"))
    assert section.heading == (
        "More people say no than yes to “I know what happens next and when”: 45% against 35% (First year: 54% said yes)"
    )
    figure = section.body[0]
    assert figure.svg.count("<title>") >= 11 and "35%" in figure.svg
    for row in figure.data.rows[:3]:
        assert sum(int(str(cell).rstrip("%")) for cell in row[1:4]) in (99, 100, 101)


def test_a_group_that_clearly_says_yes_less_often_is_said_first(reports):
    """The question of a deep dive on voice may be about one group: its gap stands on the dashboard, so it stands here."""
    report = reports("provider")
    gaps = report.assessment.gaps
    own = gaps["metric"].eq("early_told_next") & gaps["group"].eq("Black or African American")
    assert own.sum() == 1
    shares = {"value": 0.2, "comparator": "White", "comparator_value": 0.5, "outcome_gap": -0.3, "verdict": "clear"}
    clear = gaps.assign(**{name: gaps[name].mask(own, value) for name, value in shares.items()})
    shown = replace(report, release=replace(report.release, assessment=replace(report.assessment, gaps=clear)))
    (section,) = show.surveys(shown)
    told_next = "I know what happens next and when"
    assert section.heading == f"Black participants say yes to “{told_next}” less often: 20%; White participants 50%"
    (listed,) = [part for part in section.body if getattr(part, "heading", "") == "Who says yes clearly less often"]
    assert listed.items[0].startswith(f"“{told_next}”, 12 months to June 2026: Black participants: 20%")


def test_waves_are_compared_with_limits_that_allow_for_all_questions(reports):
    (section,) = show.surveys(reports("provider", "es"))
    waves = section.body[1]
    assert [column.label for column in waves.columns[1:3]] == ["Primer año", "Segundo año"]
    changed = {str(row[0]): row[-1] for row in waves.rows}
    assert str(changed["Sé qué pasa después y cuándo"]) == "−19 puntos: claramente menos"
    assert [str(cell).endswith("no se ve un cambio") for cell in changed.values()] == [True, True, False, True, True]
    # Newcombe at 1 - 0.05 / 5: 100 of 184, then 76 of 216.
    assert changed["Sé qué pasa después y cuándo"].detail == "−31 puntos a −6 puntos"


def test_who_did_not_answer_is_told_by_group_with_a_warning_below_80_percent(reports):
    text = told(show.surveys(reports("provider"))[0])
    assert "Fewer than 80% of those asked answered (58%)" in text
    assert "Below 80%, of the groups shown here: Black participants 56%, White participants 57%" in text
    (table,) = [part for part in show.surveys(reports("provider"))[0].body if getattr(part, "caption", "").startswith("Who answered")]
    for group, asked, answered, silent, share, _ in table.rows:
        assert int(asked) == int(answered) + int(silent) and round(int(answered) / int(asked), 2) == int(share.rstrip("%")) / 100, group


def test_answers_are_weighted_where_groups_are_large_enough_and_else_the_page_says_that_they_are_not(reports):
    from dataclasses import replace

    report = reports("provider")
    assert "Weighted by who was asked, no answer differs by 1 point or more." in told(show.surveys(report)[0])
    more = report.contract.model_copy(update={"statistics": report.contract.statistics.model_copy(update={"minimum_n": 70})})
    strict = replace(report, release=replace(report.release, contract=more))
    assert "not weighted by who was asked: fewer than 70 answers of Hispanic or Latino participants" in told(show.surveys(strict)[0])
    outside = told(show.surveys(reports("public"))[0])
    assert "not weighted by who was asked: not every group may be shown" in outside
    assert "Left out, because not both waves may be shown: The program helps me get ready for work" in outside


def test_how_many_said_something_is_for_those_who_hold_the_records(reports):
    assert "(6 of 9)" in told(show.listened(reports("internal")))
    outside = told(show.listened(reports("provider")))
    assert "of 9)" not in outside and "most of those who came" in outside and "Black or African American 5" not in outside


def test_a_theme_on_which_two_coders_always_agree_is_told(reports):
    report = reports("provider")
    always = tuple(one.model_copy(update={"found": True}) for one in report.records.coded if one.theme == "waiting")
    report = replace(report, release=replace(report.release, records=replace(report.records, coded=always)))
    excerpts = len({one.excerpt for one in always})
    assert f"the same on all {excerpts} excerpts" in told(show.listened(report)) and "nan" not in told(show.listened(report))


def test_you_said_we_did_names_who_has_not_answered(reports):
    section = show.heard(reports("provider"))
    assert section.heading.endswith("1 of 3 things they said; 1 overdue")
    assert "The agency has not answered" in told(section) and "The provider has not answered" in told(section)


def test_a_promise_that_readers_may_not_see_is_not_told_as_nothing_done(reports):
    quiet = "nothing yet, or not for the readers of this edition"
    assert "Promised" in told(show.heard(reports("provider")))
    assert told(show.heard(reports("public"))).count(quiet) == 2, "one of the two is a promise of the provider"


def test_what_nobody_wrote_is_no_empty_section(reports):
    from dataclasses import replace

    report = reports("provider")
    bare = replace(report, release=replace(report.release, records=Records(), fields={}))
    assert [
        part(bare) for part in (show.calendar, show.obligations, show.replies, show.checked, show.heard, show.listened, show.two_sides)
    ] == ([None] * 7)
    assert show.plan(bare) == ()


def test_the_evidence_sheet_counts_as_there_only_what_this_contract_shows(reports):
    managed, vendors = show.evidence_sheet(reports("internal"))
    assert managed.heading.endswith("6 of 6 pieces of evidence are there") and vendors.heading.endswith(
        "3 of 4 pieces of evidence are there"
    )
    assert "12 meetings in the last 12 months" in told(managed)
    assert "missing" in told(vendors), "no lesson for the next solicitation is written down"
    from dataclasses import replace

    report = reports("internal")
    fewer = replace(report.records, meetings=report.records.meetings[:1] + report.records.meetings[-1:])
    seldom = replace(report, release=replace(report.release, records=fewer))
    assert show.evidence_sheet(seldom)[0].heading.endswith("5 of 6 pieces of evidence are there"), "a gap of eleven months"


def test_a_promise_whose_day_was_moved_counts_by_the_day_it_was_promised_for_first():
    given = {"agreed_on": "2026-01-15", "what": "Call", "owner": "Ana", "party": "agency"}
    moved = Action(id="a", status="done", due="2026-03-31", first_due="2026-02-01", done_on="2026-03-20", **given)
    waits = Action(id="b", status="open", due="2026-06-30", first_due="2026-02-01", **given)
    (agency,) = promise_summaries([moved, waits], dt.date(2026, 4, 1))
    assert (agency.due, agency.kept, agency.late, agency.late_days, agency.waiting) == (2, 0, 1, 47, 1)


def test_a_reply_that_was_settled_in_the_last_meeting_says_how_on_the_next_pages(reports):
    """It was open on the pages of that meeting: without a word on the next ones nobody ever reads how it was settled."""
    report = reports("provider")
    day = max(meeting.date for meeting in report.records.meetings)
    reply = {"period": "2025-07", "figure": "placed_6m", "reply": "disagree", "text": "Two are missing", "by": "Dana Cole", "on": day}
    settled = Response(**reply, settled_on=day, settled="Both were found")
    told_ = told(show.replies(replace(report, release=replace(report.release, records=replace(report.records, responses=(settled,))))))
    assert "Both were found" in told_


def test_a_contract_of_a_few_months_is_told_of_no_field_that_six_months_did_not_use(reports):
    report = reports("provider")
    agreed = report.contract.contract.model_copy(update={"starts": report.date - dt.timedelta(days=60)})
    young = report.contract.model_copy(update={"contract": agreed})
    assert show.burden_meter(replace(report, release=replace(report.release, contract=young))) is None


def test_who_a_row_is_of_is_a_field_that_is_used(repository):
    contract = load_contract("harbor-youth-jobs", root=repository)
    table = contract.tables["participants"].model_copy(update={"person": "client", "household": "home"})
    tables = {**contract.tables, "participants": table}
    found = burden(contract.model_copy(update={"tables": tables}), {"participants": ["client", "home", "shoe"]})
    assert found[0].unused == ("shoe",)


def test_a_contract_that_may_be_named_is_named_to_the_parties_and_to_nobody_else(reports):
    """Summit may be named, Lakeside not."""
    shown = {edition: told(*show.peers(reports(edition), "placed_6m")) for edition in ("internal", "provider", "public")}
    assert {edition: ("Summit" in text, "Lakeside" in text, "job coach" in text) for edition, text in shown.items()} == {
        "internal": (True, True, True), "provider": (True, False, True), "public": (False, False, False),
    }  # fmt: skip
