"""The agenda: promises first, at most three real signals, one deep dive, one thing to celebrate, decisions, who does what by when."""

from dataclasses import replace

import pytest
from opened import opened

from acmlib.contract.records import Records
from acmlib.display import sections as show
from acmlib.display.facts import BAD
from acmlib.display.objects import DataTable, Section
from acmlib.display.sections.agenda import MINUTES, _celebrate, _lengths
from acmlib.display.sections.opening_facts import report_facts

HARBOR = "harbor-youth-jobs"


@pytest.fixture(scope="module")
def report(repository):
    return opened(HARBOR, "2026-06", "provider")


def headings(report) -> list[str]:
    return [one.heading for one in show.agenda(report) if isinstance(one, Section)]


def test_the_items_come_in_order_with_the_times_of_the_plan(report):
    assert [heading.partition(" · ")[0] for heading in headings(report)] == ["10:00", "10:15", "10:40", "11:05", "11:10", "11:20"]
    text = "\n".join(str(one) for one in show.agenda(report))
    assert text.startswith("July 16, 2026, 10:00 to 11:30, Harbor House, room 2")
    assert "Deep dive: Placement within 6 months by race and ethnicity" in text
    assert "For whom does the service lead to a job within six months, and for whom not?" in text
    assert isinstance(show.agenda(report)[-1].body[0], DataTable)
    assert "Due by this meeting, July 14, 2026: Bring the list of employers" in text
    assert "Due July 31, 2026: Tell the focus group" in text


@pytest.mark.parametrize("minutes", [30, 60, 75, 90, 120])
def test_the_items_fill_the_meeting_exactly(minutes):
    for items in (list(MINUTES), [one for one in MINUTES if one != "deep_dive"]):
        lengths = _lengths(items, minutes)
        assert sum(lengths.values()) == minutes and min(lengths.values()) >= 5


def test_a_signal_is_what_is_clear_and_is_said_as_on_every_page(report):
    (signals,) = [one for one in show.agenda(report) if isinstance(one, Section) and one.contents == "Signals"]
    clear = [fact for fact in report_facts(report) if fact.kind in BAD]
    listed = signals.body[0].items
    assert 0 < len(listed) == min(3, len(clear))
    assert "Black participants" in listed[0] and "20%" in listed[0]
    # What is called skipped is no clear miss, no gap and no change for the worse.
    skipped = str(signals.body[-1]).rpartition("skip: ")[2]
    assert "6 months" not in skipped


def test_what_is_not_for_these_readers_is_not_counted_as_all(report):
    assert "are shown here" in headings(report)[0], "an internal action is open, too"
    bare = replace(report, release=replace(report.release, records=Records(), kinds_not_shown=frozenset()))
    assert headings(bare)[0].endswith("Promises first: none is open")
    withheld = replace(report, release=replace(report.release, records=Records(), kinds_not_shown=frozenset({"actions"})))
    assert headings(withheld)[0].endswith("those that are open are not for these readers")


def test_promises_kept_are_those_since_last_time_and_a_late_one_is_said_to_be_late(repository):
    text = "\n".join(str(one) for one in show.agenda(opened(HARBOR, "2025-12", "provider")))
    assert "Done later than agreed: Tell schools which young people were enrolled (Luis Ortega, provider)" in text
    (celebrated,) = _celebrate(opened(HARBOR, "2025-12", "provider"), [])[1]
    assert "What went well" in str(celebrated), "what was late is nothing to celebrate"
    long_ago = "\n".join(str(one) for one in show.agenda(opened("summit-youth-jobs", "2026-06", "provider")))
    assert "Employ a job coach" not in long_ago, "it was done 17 months before"


def test_records_that_were_wrong_too_often_are_to_be_decided_about(report):
    quiet = replace(report.records, actions=(), deliverables=(), responses=())
    text = "\n".join(str(one) for one in show.agenda(replace(report, release=replace(report.release, records=quiet))))
    assert "the records behind “Still in the program”: 14 of 19 were right" in text
    by_public_rule = replace(report, release=replace(report.release, records=quiet, decided_by="public"))
    text = "\n".join(str(one) for one in show.agenda(by_public_rule))
    assert "the records behind “Still in the program”: too few were right" in text and "14 of 19" not in text


def test_without_a_plan_the_sheet_says_minutes(report):
    bare = replace(report, release=replace(report.release, records=Records()))
    assert headings(bare)[0].startswith("15 minutes · ")
    assert not any("Deep dive" in heading for heading in headings(bare))


def test_what_is_new_since_the_last_edition_is_said_among_the_signals(repository, report):
    (signals,) = [one for one in show.agenda(report) if isinstance(one, Section) and one.contents == "Signals"]
    assert str(signals.body[-1]).endswith("Since May 2026: nothing new beyond chance in targets, changes or gaps.")
    earlier = opened("northern-youth-jobs", "2025-09", "provider")
    (signals,) = [one for one in show.agenda(earlier) if isinstance(one, Section) and one.contents == "Signals"]
    assert "Since August 2025: Days to enroll has improved" in str(signals.body[-1])


def test_a_question_of_the_guide_without_an_answer_is_a_decision_unless_others_may_have_answered_it():
    report = opened("lakeside-youth-jobs", "2026-06", "provider")
    assert "nothing is waiting" not in str(headings(report))
    asked = "Not decided in the plan: Why do we manage this contract actively"
    assert asked in "\n".join(str(one) for one in show.agenda(report))
    elsewhere = replace(report, release=replace(report.release, kinds_not_shown=frozenset({"plan"})))
    assert asked not in "\n".join(str(one) for one in show.agenda(elsewhere))


def test_what_is_called_a_real_signal_leaves_out_what_improved():
    text = "\n".join(str(one) for one in show.agenda(opened("northern-youth-jobs", "2026-06", "provider")))
    assert "No real signal" in text and "Enrolled within 30 days has improved" in text
    assert "or a change beyond chance that is not for the better" in text
