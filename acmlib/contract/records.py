"""What people write beside contract.yml: roadmap, actions, plan, notes; and all records of a contract together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from acmlib.contract.errors import refusal
from acmlib.contract.meetings import Calendar, Meeting
from acmlib.contract.model import Edition
from acmlib.contract.parts import Count, Month, Party, check_subject, refuse_days_before
from acmlib.contract.replies import Deliverable, Response, SpotCheck
from acmlib.contract.reviews import Review
from acmlib.contract.selectors import TopicKind
from acmlib.contract.spreadsheets import unguarded
from acmlib.contract.values import Date, Flag, Identifier, Language, Model, Name, Phrase, String, Text, Word
from acmlib.contract.voices import Coded, Voices

#: A text that was written for spreadsheets.
Unguarded = Annotated[String, BeforeValidator(lambda text: unguarded(text) if isinstance(text, str) else text)]

#: Parts of the planning worksheet.
Section = Literal["performance_improvement", "implementation", "resident_voice"]

#: The guide's questions, in its three parts; their wording is in the catalogue of each language.
GUIDE: Mapping[str, Section] = {
    "motivation": "performance_improvement",
    "measures": "performance_improvement",
    "benchmarks": "performance_improvement",
    "matching": "performance_improvement",
    "topics": "performance_improvement",
    "cadence": "implementation",
    "room": "implementation",
    "data": "implementation",
    "roles": "implementation",
    "follow_up": "implementation",
    "structure": "resident_voice",
}


class Topic(Model):
    """One line of the performance improvement roadmap, Month | Topic; its id is the ``topic`` of a deep dive."""

    id: Identifier
    month: Month
    kind: TopicKind
    title: Text
    metric: Name | None = None
    dimension: Name | None = None
    status: Literal["planned", "ready", "done", "moved", "dropped"] = "planned"
    question: Text | None = Field(default=None, description="what the meeting wants to know, written before the figures are")
    why_now: Text | None = Field(default=None, description="why this topic, and why in this month")
    prepares: String | None = None
    data_needed: Text | None = None
    data_by: Date | None = Field(default=None, description="the day by which these data must have come")
    options: tuple[Text, ...] = Field(default=(), description="what could be done about it, for the meeting to choose from")
    audience: Edition = "provider"


class Roadmap(Model):
    """roadmap.yml."""

    topics: tuple[Topic, ...]


class Action(Model):
    """What was agreed in a meeting, by whom, until when, and what it should change."""

    id: String = Field(min_length=1)
    agreed_on: Date
    what: Phrase
    owner: String = Field(min_length=1)
    party: Party
    due: Date | None = None
    status: Literal["open", "done", "dropped"]
    done_on: Date | None = None
    metric: Name | None = None
    dimension: Name | None = None
    group: String | None = None
    expected: Literal["higher", "lower"] | None = None
    seen_by: Date | None = Field(default=None, description="the day by which the figures should show it")
    evidence: String | None = Field(default=None, description="what it rests on: a figure, a topic, a note")
    meeting: Date | None = Field(default=None, description="the meeting in which it was agreed, if not on agreed_on")
    first_due: Date | None = Field(default=None, description="the day it was promised for at first, if that was moved")
    rebase: Flag = Field(default=False, description="start new limits on the control chart when this was done")
    audience: Edition = "provider"
    note: Text | None = None

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.status == "done" and self.done_on is None:
            raise refusal("has status done and no done_on; give the day it was done")
        if self.status == "open" and self.done_on is not None:
            raise refusal("has done_on and status open; use status done, or leave done_on out")
        check_subject(self)
        if self.done_on and self.done_on < self.agreed_on:
            raise refusal("has a done_on before agreed_on; use the day it was done")
        refuse_days_before(self.agreed_on, f"it was agreed on {self.agreed_on}", self, "due", "seen_by")
        if self.rebase and (self.metric is None or self.done_on is None):
            raise refusal("has rebase true; give the metric and done_on: new limits start on a day, for a metric")
        return self

    @property
    def promised_for(self) -> dt.date | None:
        """The day it was promised for at first: to move that day is not to keep the promise."""
        return self.first_due or self.due

    @property
    def days_late(self) -> int | None:
        """Days from the day first promised to the day it was done; None where one of them is missing."""
        return None if self.done_on is None or self.promised_for is None else (self.done_on - self.promised_for).days


class Question(Model):
    """A question of the planning worksheet; without an answer it reads "not decided". The guide's own need neither section nor wording."""

    id: Identifier
    section: Section | None = None
    question: Text | None = None
    answer: Text | None = None
    decided_on: Date | None = None
    audience: Edition = "provider"

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.id not in GUIDE and (self.section is None or self.question is None):
            raise refusal(
                "is '{id}', which is none of the guide's; give section and question, or use one of {guide}",
                id=self.id,
                guide=", ".join(GUIDE),
            )
        if self.decided_on is not None and self.answer is None:
            raise refusal("has decided_on and no answer; give the answer, or leave decided_on out")
        return self

    @property
    def part(self) -> Section:
        """The part of the worksheet that it belongs to."""
        return self.section or GUIDE[self.id]


class Plan(Model):
    """plan.yml."""

    questions: tuple[Question, ...] = ()
    calendar: Calendar | None = None


class Note(Model):
    """A finding that is no number: notes/*.md, front matter and Markdown. A quote is for others to read only with ``consent: true``."""

    date: Date
    kind: Literal["note", "quote", "theme", "finding"]
    audience: Edition = "internal"
    topic: Identifier | None = None
    consent: Flag | None = None
    language: Language = "en"
    source: String
    text: String = Field(min_length=1)
    file: String

    @property
    def is_withheld(self) -> bool:
        """Whether it is a quote whose speaker did not consent to others reading it; only the internal edition keeps it."""
        return self.kind == "quote" and not self.consent


class Peer(Model):
    """What another contract of the programme has shown: one share, everyone together. Written by ``acm peers``."""

    contract: Unguarded = Field(min_length=1)
    number: Count = Field(ge=1)
    title: Unguarded | None = None
    metric: Name
    period: Word
    numerator: Count = Field(ge=0)
    denominator: Count = Field(ge=1)
    named: Flag = Field(default=False, description="its provider agreed to be named")
    contact: Unguarded | None = None
    changed: Unguarded | None = Field(default=None, description="what it did before its figures got better, by its public page")
    adjusted_by: Name | None = None
    expected: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="numerator that this contract's rates would give with its mix"
    )

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.numerator > self.denominator:
            raise refusal("has a numerator above its denominator; run acm peers again")
        return self


@dataclass(frozen=True)
class Records:
    """What people wrote beside a contract; what does not exist is empty."""

    roadmap: tuple[Topic, ...] = ()
    actions: tuple[Action, ...] = ()
    plan: tuple[Question, ...] = ()
    notes: tuple[Note, ...] = ()
    review: Review | None = None
    deliverables: tuple[Deliverable, ...] = ()
    peers: tuple[Peer, ...] = ()
    calendar: Calendar | None = None
    meetings: tuple[Meeting, ...] = ()
    responses: tuple[Response, ...] = ()
    spot_checks: tuple[SpotCheck, ...] = ()
    voices: Voices = field(default_factory=Voices)
    coded: tuple[Coded, ...] = ()
    #: The rows of actions.csv as they stand there: `actions` has the promises of meetings, and what meetings said of each, beside them.
    rows: tuple[Action, ...] | None = None
    #: The meeting that the pages of a period were made for, once it was held; its minutes tell of it, other pages do not know it yet.
    held: Meeting | None = None

    @property
    def checks(self) -> tuple[SpotCheck, ...]:
        """All spot checks: those of spot_checks.csv and those that the review names, by day."""
        found = (*self.spot_checks, *(self.review.spot_checks if self.review else ()))
        return tuple(sorted(found, key=lambda check: check.date))
