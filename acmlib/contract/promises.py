"""Promises made in meetings are actions; what a later meeting reports about an action is its state from then on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from acmlib.contract.calendar import meeting_after, without_next_meeting
from acmlib.contract.meetings import FollowUp, Meeting, Promise
from acmlib.contract.model import Contract
from acmlib.contract.periods import Period, report_period
from acmlib.contract.records import Action, Records, Topic
from acmlib.contract.reviews import Review
from acmlib.contract.values import Model
from acmlib.contract.voices import Voices

AnyRecord = TypeVar("AnyRecord", bound=Model)

#: Where no meeting is known: the parties talk about a period until a month after it.
LATER = dt.timedelta(days=31)


def with_promises(records: Records, day: dt.date | None = None) -> Records:
    """Return the records with the promises of all meetings among the actions, and follow-ups applied.

    A row of actions.csv with the id of a promise replaces it. Done and dropped are final: a follow-up changes open actions only. A topic
    whose deep dive was on the table of a meeting is done.

    Parameters
    ----------
    day : date, optional
        What meetings of this day or later say is left out, except that an action was done before it.
    """
    rows = records.actions if records.rows is None else records.rows
    written = {action.id for action in rows}
    promised = [_action(one, meeting.date) for meeting in records.meetings for one in meeting.promises if one.id not in written]
    actions = {action.id: action for action in (*rows, *promised)}
    for meeting in records.meetings:
        for told in meeting.followed_up:
            if day is not None and min(meeting.date, told.done_on or meeting.date) >= day:
                continue
            if actions[told.id].status == "open":
                actions[told.id] = _followed(actions[told.id], told)
    held = [meeting for meeting in records.meetings if day is None or meeting.date < day]
    roadmap = tuple(_discussed(topic, held) for topic in records.roadmap)
    return replace(records, actions=tuple(actions.values()), rows=rows, roadmap=roadmap)


def _shows(meeting: Meeting, topic: Topic) -> bool:
    return not {topic.id, f"deep_dive-{topic.id}"}.isdisjoint(meeting.shown)


def _discussed(topic: Topic, meetings: Iterable[Meeting]) -> Topic:
    on_table = topic.status in ("planned", "ready") and any(_shows(meeting, topic) for meeting in meetings)
    return topic.model_copy(update={"status": "done"}) if on_table else topic


def _action(promise: Promise, day: dt.date) -> Action:
    given = {name: getattr(promise, name) for name in Promise.model_fields if getattr(promise, name) is not None}
    return Action(agreed_on=day, meeting=day, status="open", **given)


def _followed(action: Action, told: FollowUp) -> Action:
    first, due = action.first_due or action.due, told.due or action.due
    changed = {"status": told.status, "done_on": told.done_on, "due": due, "first_due": None if first == due else first}
    return Action.model_validate({**{name: getattr(action, name) for name in Action.model_fields}, **changed})


def records_until(records: Records, day: dt.date, month: str = "") -> Records:
    """Return the records as they were before a day: pages of an earlier period do not show later entries.

    What was agreed, said, decided, checked or held on that day or later is left out; what was done or answered then is still open.

    Parameters
    ----------
    day : date
        Usually that of the meeting that the pages are made for.
    month : str
        The last month of the period reported on, as ``2026-05``: a topic of this month or a later one was not done yet. None if absent.
    """
    return replace(
        records,
        roadmap=tuple(_before_its_meeting(topic, month, day, records.meetings) for topic in records.roadmap),
        actions=tuple(_open_before(action, day) for action in with_promises(records, day).actions if action.agreed_on < day),
        plan=tuple(_blank(one, day, "decided_on", "answer") for one in records.plan),
        notes=tuple(note for note in records.notes if note.date < day),
        review=None if records.review is None else _review_until(records.review, day),
        meetings=tuple(meeting for meeting in records.meetings if meeting.date < day),
        responses=tuple(_blank(one, day, "settled_on", "settled") for one in records.responses if one.on < day),
        spot_checks=tuple(check for check in records.spot_checks if check.date < day),
        deliverables=tuple(
            _blank(_blank(_blank(one, day, "done_on"), day, "received_on"), day, "accepted_on") for one in records.deliverables
        ),
        voices=_voices_until(records.voices, day),
    )


def _voices_until(voices: Voices, day: dt.date) -> Voices:
    """Leave out what was held and said later, and what people were told later."""
    events = tuple(event for event in voices.events if event.date < day)
    held = {event.id for event in events}
    heard = tuple(_blank(one, day, "told_on", "told_how", "did") for one in voices.heard if one.date < day)
    return Voices(events=events, themes=tuple(theme for theme in voices.themes if theme.event in held), heard=heard)


def _review_until(review: Review, day: dt.date) -> Review:
    """Leave out spot checks that were made later, ratings of a later day, and a reply that was asked for or came later."""
    reply = review.right_of_reply
    if review.rated_on is not None and review.rated_on >= day:
        review = _unrated(review)
    if reply is not None and reply.asked is not None and reply.asked >= day:
        reply = None
    elif reply is not None:
        reply = _blank(reply, day, "received", "text")
    checks = tuple(check for check in review.spot_checks if check.date < day)
    return review.model_copy(update={"spot_checks": checks, "right_of_reply": reply})


def _unrated(review: Review) -> Review:
    """Return a review without ratings and lessons: its spot checks and the reply."""
    return Review(spot_checks=review.spot_checks, right_of_reply=review.right_of_reply)


def _blank(record: AnyRecord, day: dt.date, field: str, *told: str) -> AnyRecord:
    """Return a record without what was done on a day or later: the field with its day, and those that tell of it."""
    done = getattr(record, field)
    return record if done is None or done < day else record.model_copy(update=dict.fromkeys((field, *told)))


def _before_its_meeting(topic: Topic, month: str, day: dt.date, meetings: Iterable[Meeting]) -> Topic:
    on_table = [meeting.date for meeting in meetings if _shows(meeting, topic)]
    ahead = min(on_table) >= day if on_table else bool(month) and topic.month >= month
    return topic.model_copy(update={"status": "ready"}) if topic.status == "done" and ahead else topic


def known_records(records: Records, contract: Contract, period: Period) -> Records:
    """Return the records as the meeting finds them that pages of a period are made for.

    Where no such meeting is known, pages of the contract's newest period know all of them, and pages of an earlier one what was written
    until `LATER` days after it. The newest period has the review as it stands.
    """
    newest, month = report_period(contract).end, f"{period.end:%Y-%m}"
    day = meeting_of(records, contract, period)
    if period.end < newest and records.review is not None and records.review.rated_on is None:
        records = replace(records, review=_unrated(records.review))
    if day is None:
        return records if period.end >= newest else records_until(records, period.end + LATER, month)
    held = next((meeting for meeting in records.meetings if meeting.date == day), None)
    known = replace(records_until(records, day, month), held=held)
    # Ratings follow the meeting about the last figures, and the reply follows the ratings: the newest report has all of the review.
    return replace(known, review=records.review) if period.end >= newest else known


def meeting_of(records: Records, contract: Contract, period: Period) -> dt.date | None:
    """Return the day of the meeting that pages of a period are made for; None if none is known.

    The next meeting that a contract file names beside its period is about that period or a later one, never about an earlier one.
    """
    if records.calendar is None and contract.period is not None and period.end < report_period(contract).end:
        contract = without_next_meeting(contract)
    return meeting_after(period.end, records.calendar, contract, records.meetings)


def _open_before(action: Action, day: dt.date) -> Action:
    if action.done_on is not None and action.done_on >= day:
        return action.model_copy(update={"status": "open", "done_on": None})
    return action
