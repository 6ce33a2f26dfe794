"""The meeting: its calendar, decisions, promises and feedback to clients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from acmlib.contract.calendar import CalendarEntry, entries, entries_for, results_known
from acmlib.contract.meetings import Meeting
from acmlib.contract.promises import meeting_of
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.named import page_name
from acmlib.display.sections.opening import expected_change
from acmlib.display.tables import heads

#: Meetings that a calendar on paper shows; the file calendar.ics holds all of them.
MOST_MEETINGS = 12
_BEFORE = ("data_due", "pre_read", "replies_due")


def calendar_entries(report: Report) -> tuple[CalendarEntry, ...]:
    """Return the days of the calendar that concern the readers of this edition; none where the plan has no calendar."""
    records = report.records
    if records.calendar is None:
        return ()
    held = (*records.meetings, *([records.held] if records.held else []))
    days = entries(records.calendar, report.contract, held, known=results_known(report.contract))
    return entries_for(days, report.release.edition)


def meeting_day(report: Report) -> dt.date | None:
    """Return the day of the meeting that the pages of this period are made for; None if none is known."""
    records = report.records
    if records.held is not None:
        return records.held.date
    return meeting_of(records, report.contract, report.release.period)


def calendar(report: Report) -> Section | None:
    """Return the meetings ahead with what is due before each, and the days before the end of the contract.

    None where the plan has no calendar.
    """
    words, plan, found = report.words, report.records.calendar, calendar_entries(report)
    if plan is None or not found:
        return None
    meetings = [entry for entry in found if entry.kind == "meeting" and entry.day > report.date]
    end = [words(f"calendar.{entry.kind}_on", date=entry.day) for entry in found if entry.kind in ("decision", "notice", "ends", "known")]
    before: dict[tuple[dt.date | None, str], dt.date] = {(one.meeting, one.kind): one.day for one in found if one.kind in _BEFORE}
    shown = [kind for kind in _BEFORE if any(kind == entry.kind for entry in found)]
    rows = tuple(
        (words.date(entry.day), *(words.date(before[entry.meeting, kind]) for kind in shown)) for entry in meetings[:MOST_MEETINGS]
    )
    notes = []
    if plan.place is not None:
        notes.append(words("calendar.place", place=plan.place.in_language(report.voice.language), time=plan.time, n=plan.minutes))
    if len(meetings) > MOST_MEETINGS:
        notes.append(words("calendar.more", n=len(meetings) - MOST_MEETINGS))
    columns = heads(words, *(f"calendar.{kind}" for kind in ("meeting", *shown)))
    body = (
        *([DataTable(words("calendar.caption" if shown else "calendar.caption_days"), columns, rows, notes=tuple(notes))] if rows else []),
        Bullets(tuple(end), words("calendar.end")),
    )
    heading = words("calendar.heading", date=meetings[0].day) if meetings else words("calendar.heading_over")
    return Section(heading, body, contents=words("calendar.short"))


def minutes(report: Report) -> tuple[Section, ...]:
    """Return the minutes of the meeting that this period's pages were made for, else of the last one before.

    Returns
    -------
    tuple of Section
        One sentence that no meeting is recorded, if there is none.
    """
    words, records = report.words, report.records
    meeting = records.held or (records.meetings[-1] if records.meetings else None)
    if meeting is None:
        return (Section(words("minutes.none"), (Prose((words("minutes.none_why"),)),), contents=words("minutes.short")),)
    parts = (_decided(report, meeting), _promised(report, meeting), _followed_up(report, meeting), _answered(report, meeting))
    return (_held(report, meeting), *(part for part in parts if part is not None))


def _held(report: Report, meeting: Meeting) -> Section:
    """Say when the meeting was, what it discussed, who was there and what it celebrated."""
    words, language = report.words, report.voice.language
    facts: list[str] = []
    if meeting.period:
        facts.append(words("minutes.about", period=words.period(meeting.period)))
    if meeting.attending:
        people = [
            words("minutes.person", name=one.name, party=words(f"minutes.party_{one.party}"))
            if one.role is None
            else words("minutes.person_role", name=one.name, role=one.role.in_language(language), party=words(f"minutes.party_{one.party}"))
            for one in meeting.attending
        ]
        facts.append(words("minutes.attending", list="; ".join(people)))
    if shown := [name for one in meeting.shown if (name := page_name(report, one))]:
        facts.append(words("minutes.shown", list=shown))
    if meeting.celebrated:
        facts.append(words("minutes.celebrated", what=meeting.celebrated.in_language(language)))
    following = meeting.next_meeting or _next(report, meeting.date)
    if following:
        facts.append(words("minutes.next", date=following))
    return Section(words("minutes.heading", date=meeting.date), (Bullets(tuple(facts)),) if facts else (), contents=words("minutes.short"))


def _next(report: Report, day: dt.date) -> dt.date | None:
    return next((entry.day for entry in calendar_entries(report) if entry.kind == "meeting" and entry.day > day), None)


def _decided(report: Report, meeting: Meeting) -> Section | None:
    words, language = report.words, report.voice.language
    if not meeting.decisions:
        return None
    items = tuple(
        words("minutes.by", what=one.what.in_language(language), by=one.by) if one.by else one.what.in_language(language)
        for one in meeting.decisions
    )
    return Section(words("minutes.decided"), (Bullets(items),), contents=words("minutes.decided_short"))


def _promised(report: Report, meeting: Meeting) -> Section | None:
    words, language = report.words, report.voice.language
    if not meeting.promises:
        return None
    names = ("what", "who", "due", "shows") if any(one.metric and one.expected for one in meeting.promises) else ("what", "who", "due")
    columns = tuple(Column(words(f"minutes.column_{one}")) for one in names)
    nothing = Cell(words("table.no_value"), muted=True)
    rows = tuple(
        (
            one.what.in_language(language),
            words("minutes.person", name=one.owner, party=words(f"minutes.party_{one.party}")),
            words.date(one.due) if one.due else nothing,
            expected_change(report, one),
        )[: len(names)]
        for one in meeting.promises
    )
    shown = DataTable(words("minutes.promised_caption"), columns, rows)
    return Section(words("minutes.promised"), (shown,), contents=words("minutes.promised_short"))


def _followed_up(report: Report, meeting: Meeting) -> Section | None:
    words, language = report.words, report.voice.language
    actions = {action.id: action for action in report.records.actions}
    told = [(actions[one.id], one) for one in meeting.followed_up if one.id in actions]
    if not told:
        return None
    items = tuple(
        words("minutes.done", what=action.what.in_language(language), date=one.done_on)
        if one.done_on
        else words("minutes.open_until", what=action.what.in_language(language), date=one.due)
        if one.due and one.status == "open"
        else words(f"minutes.{one.status}", what=action.what.in_language(language))
        for action, one in told
    )
    return Section(words("minutes.followed"), (Bullets(items),), contents=words("minutes.followed_short"))


def _answered(report: Report, meeting: Meeting) -> Section | None:
    words, language = report.words, report.voice.language
    if not meeting.answered:
        return None
    columns = tuple(Column(words(f"minutes.column_{one}")) for one in ("question", "answer", "by"))
    rows: Sequence[tuple[str | Cell, ...]] = [
        (one.question.in_language(language), one.answer.in_language(language), one.by or Cell(words("table.no_value"), muted=True))
        for one in meeting.answered
    ]
    shown = DataTable(words("minutes.answered_caption"), columns, tuple(rows))
    return Section(words("minutes.answered"), (shown,), contents=words("minutes.answered_short"))
