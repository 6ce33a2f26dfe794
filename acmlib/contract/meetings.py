"""Meetings: when they are due by the plan, and what each of them decided, promised and answered (``meetings/<date>.yml``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from acmlib.contract.errors import refusal
from acmlib.contract.model import Edition
from acmlib.contract.parts import Party, check_subject, refuse_days_before
from acmlib.contract.values import Date, Identifier, Model, Name, Phrase, String, Text, Whole, Word, one_or_more

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Calendar(Model):
    """How often the parties meet, and what is due how many days before a meeting or before the end of the term (``plan.yml``)."""

    every_months: Whole = Field(default=1, ge=1, le=12, description="months from one meeting to the next")
    first: Date | None = Field(default=None, description="a day in the month of the first meeting; the second month of the term if absent")
    week: Whole = Field(default=3, ge=1, le=4, description="which of that weekday in the month: 3 for the third")
    weekday: Weekday = Field(default="thursday", description="the weekday of the meeting")
    time: String = Field(default="10:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="when it begins, as 10:00")
    minutes: Whole = Field(default=90, ge=30, le=240, description="how long it takes; 60 to 90 minutes are usual")
    place: Text | None = None
    data_due: Whole = Field(default=14, ge=0, le=60, description="days before the meeting by which the provider's data have come")
    pre_read: Whole = Field(default=7, ge=0, le=60, description="days before the meeting on which the pre-read goes out")
    replies: Whole = Field(default=2, ge=0, le=60, description="days before the meeting by which the provider's replies are due")
    decision: Whole | None = Field(default=None, ge=0, le=1000, description="days before the end by which the next award is decided")
    notice: Whole | None = Field(default=None, ge=0, le=1000, description="days before the end by which notice must be given")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.data_due >= self.pre_read >= self.replies:
            raise refusal("has data due, pre-read and replies out of order; data come first, then the pre-read goes out, then replies come")
        if self.decision is not None and self.notice is not None and self.decision < self.notice:
            raise refusal("has a decision after the notice; decide on the next award before notice must be given, or correct one of them")
        return self


class Attendee(Model):
    """Who was in the room."""

    name: String = Field(min_length=1)
    party: Literal["agency", "provider", "residents", "other"]
    role: Text | None = None


class Decision(Model):
    """What was decided, by whom."""

    what: Phrase
    by: String | None = None
    topic: Identifier | None = None
    audience: Edition = "provider"


class Promise(Model):
    """What somebody promised in a meeting. It is an action from that day on; a row of actions.csv with its id says more of it."""

    id: String = Field(min_length=1)
    what: Phrase
    owner: String = Field(min_length=1)
    party: Party
    due: Date | None = None
    evidence: String | None = Field(default=None, description="what it rests on: a figure of the report, a topic, a note")
    metric: Name | None = None
    dimension: Name | None = None
    group: String | None = None
    expected: Literal["higher", "lower"] | None = None
    seen_by: Date | None = Field(default=None, description="the day by which the figures should show it")
    audience: Edition = "provider"


class FollowUp(Model):
    """The state of an earlier promise, as reported in a meeting."""

    id: String = Field(min_length=1)
    status: Literal["open", "done", "dropped"]
    done_on: Date | None = None
    due: Date | None = Field(default=None, description="a new day, if one was agreed")

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.status == "done" and self.done_on is None:
            raise refusal("has status done and no done_on; give the day it was done")
        if self.status != "done" and self.done_on is not None:
            raise refusal("has done_on and status {status}; use status done, or leave done_on out", status=self.status)
        if self.status != "open" and self.due is not None:
            raise refusal("has a new due and status {status}; use status open, or leave due out", status=self.status)
        return self


class Answered(Model):
    """A question of the agenda and what was answered."""

    question: Text
    answer: Text
    by: String | None = None
    audience: Edition = "provider"


def _every_language(value: object) -> Iterable[object]:
    return value.translations.values() if isinstance(value, Text) else [value]


#: What stands in the form of a meeting where something is to be written.
EXAMPLES = ("...", "We ...", "Why ...?", "Because ...", "Name")


class Meeting(Model):
    """One meeting: a file in ``meetings/`` whose name is its day."""

    date: Date
    period: Word | None = Field(default=None, description="the period that was discussed, as 2026-05")
    attending: tuple[Attendee, ...] = ()
    shown: Annotated[tuple[String, ...], BeforeValidator(one_or_more)] = Field(default=(), description="pages that were on the table")
    followed_up: tuple[FollowUp, ...] = ()
    answered: tuple[Answered, ...] = ()
    decisions: tuple[Decision, ...] = ()
    promises: tuple[Promise, ...] = ()
    celebrated: Text | None = Field(default=None, description="the one thing that went well")
    next_meeting: Date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.next_meeting is not None and self.next_meeting <= self.date:
            raise refusal("has a next_meeting on or before its own day; use a later day")
        self._filled_in()
        for promise in self.promises:
            check_subject(promise, f"has the promise {promise.id} with")
            refuse_days_before(self.date, "the meeting", promise, "due", "seen_by", has=f"has the promise {promise.id}")
        return self

    def _filled_in(self) -> None:
        """Refuse what the form has as an example: on a page it would be somebody's promise."""
        for name in ("attending", "answered", "decisions", "promises"):
            for one in getattr(self, name):
                written = [getattr(one, field) for field in type(one).model_fields]
                left = [said for value in written for said in _every_language(value) if said in EXAMPLES]
                if left:
                    raise refusal("has '{left}' of the form in {name}; write what was said, or put the # back", left=left[0], name=name)
