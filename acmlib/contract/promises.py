"""Promises made in meetings are actions; what later meetings say of an action is its state from then on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from acmlib.contract.calendar import meeting_after
from acmlib.contract.meetings import FollowUp, Promise
from acmlib.contract.model import Contract
from acmlib.contract.periods import Period
from acmlib.contract.records import Action, Records


def with_promises(records: Records) -> Records:
    """Return the records with the promises of all meetings among the actions, and follow-ups applied.

    A row of actions.csv with the id of a promise replaces it. Done and dropped are final: a follow-up changes open actions only.

    Parameters
    ----------
    records : Records
    """
    written = {action.id for action in records.actions}
    promised = [_action(one, meeting.date) for meeting in records.meetings for one in meeting.promises if one.id not in written]
    actions = {action.id: action for action in (*records.actions, *promised)}
    for meeting in records.meetings:
        for told in meeting.followed_up:
            if actions[told.id].status == "open":
                actions[told.id] = _followed(actions[told.id], told)
    return replace(records, actions=tuple(actions.values()))


def _action(promise: Promise, day: dt.date) -> Action:
    given = {name: getattr(promise, name) for name in Promise.model_fields if getattr(promise, name) is not None}
    return Action(agreed_on=day, meeting=day, status="open", **given)


def _followed(action: Action, told: FollowUp) -> Action:
    changed = {"status": told.status, "done_on": told.done_on, "due": told.due or action.due}
    return Action.model_validate({**{name: getattr(action, name) for name in Action.model_fields}, **changed})


def records_until(records: Records, day: dt.date) -> Records:
    """Return the records as they were before a day: pages of an earlier period do not show later entries.

    What was agreed, said or held on that day or later is left out; what was done then is still open.

    Parameters
    ----------
    records : Records
    day : date
        Usually that of the meeting that the pages are made for.
    """
    actions = [_open_before(action, day) for action in records.actions if action.agreed_on < day]
    voices = records.voices.model_copy(
        update={
            "events": tuple(event for event in records.voices.events if event.date < day),
            "themes": tuple(
                theme for theme in records.voices.themes if any(e.id == theme.event and e.date < day for e in records.voices.events)
            ),
            "heard": tuple(heard for heard in records.voices.heard if heard.date < day),
        }
    )
    return replace(
        records,
        actions=tuple(actions),
        notes=tuple(note for note in records.notes if note.date < day),
        meetings=tuple(meeting for meeting in records.meetings if meeting.date < day),
        responses=tuple(
            one.model_copy(update={"settled_on": None, "settled": None}) if one.settled_on and one.settled_on >= day else one
            for one in records.responses
            if one.on < day
        ),
        spot_checks=tuple(check for check in records.spot_checks if check.date < day),
        deliverables=tuple(
            one.model_copy(
                update={
                    name: None for name in ("done_on", "received_on", "accepted_on") if (on := getattr(one, name)) is not None and on >= day
                }
            )
            for one in records.deliverables
        ),
        voices=voices,
    )


def known_records(records: Records, contract: Contract, period: Period) -> Records:
    """Return the records as the meeting finds them that pages of a period are made for; all of them if no such meeting is known.

    Parameters
    ----------
    records : Records
    contract : Contract
    period : Period
        The period reported on.
    """
    day = meeting_after(period.end, records.calendar, contract.contract, records.meetings)
    if day is None:
        return records
    held = next((meeting for meeting in records.meetings if meeting.date == day), None)
    return replace(records_until(records, day), held=held)


def _open_before(action: Action, day: dt.date) -> Action:
    if action.done_on is not None and action.done_on >= day:
        return action.model_copy(update={"status": "open", "done_on": None})
    return action
