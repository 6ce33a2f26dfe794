"""The clients' voice beside surveys: focus groups and town halls, their themes, how coders agreed, what was done (``voice.yml``)."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from acmlib.contract.errors import refusal
from acmlib.contract.model import Edition
from acmlib.contract.parts import Party
from acmlib.contract.values import Date, Flag, FrozenMap, Identifier, Language, Map, Model, Name, String, Text, Whole


class Event(Model):
    """A focus group, town hall or round of interviews: who was invited how, who came, in which language."""

    id: Identifier
    kind: Literal["focus group", "town hall", "interviews"]
    date: Date
    who: Text = Field(description="whom it was held with, as: young people who enrolled and did not start")
    recruitment: Text = Field(description="how people were found")
    invited: Whole | None = Field(default=None, ge=1)
    came: Whole = Field(ge=1)
    language: Language = "en"
    led_by: Text | None = None
    paid: Flag | None = Field(default=None, description="whether people were paid for their time")
    audience: Edition = "provider"

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.invited is not None and self.came > self.invited:
            raise refusal("has more who came than were invited; count those who came without an invitation too")
        return self


class Theme(Model):
    """What came up in an event: how many said it, and of which groups."""

    id: Identifier
    event: Identifier
    title: Text
    said_by: Whole = Field(ge=1)
    by_group: Map[Name, Map[String, Whole]] = Field(default_factory=FrozenMap, description="dimension, then group, then how many said it")
    topic: Identifier | None = None
    metric: Name | None = None
    text: Text | None = None
    audience: Edition = "provider"


class Coded(Model):
    """A row of coding.csv: whether one coder found a theme in one excerpt."""

    excerpt: String = Field(min_length=1)
    coder: String = Field(min_length=1)
    theme: Identifier
    found: Flag


class Heard(Model):
    """A line of *you said, we did*: what people said, what was done, how and by when they were told."""

    id: Identifier
    date: Date
    said: Text
    event: Identifier | None = None
    did: Text | None = Field(default=None, description="what was done, or why nothing is; nothing yet if absent")
    action: String | None = Field(default=None, description="the action that followed")
    party: Party = Field(description="who answers")
    answer_due: Date | None = None
    told_on: Date | None = None
    told_how: Text | None = None
    audience: Edition = "provider"

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.told_on is not None and self.did is None:
            raise refusal("has told_on and no did; say what people were told")
        if self.told_on is not None and self.told_on < self.date:
            raise refusal("has told_on before date; people are told after they spoke")
        if self.answer_due is not None and self.answer_due < self.date:
            raise refusal("has answer_due before date; an answer is due after people spoke")
        return self


class Voices(Model):
    """voice.yml."""

    events: tuple[Event, ...] = ()
    themes: tuple[Theme, ...] = ()
    heard: tuple[Heard, ...] = ()
