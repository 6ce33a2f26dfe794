"""The review at the end of a contract (``review.yml``): ratings with their evidence, reflections, the provider's own word, lessons."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from acmlib.contract.errors import one_of, refusal
from acmlib.contract.model import Edition
from acmlib.contract.parts import refuse_days_before
from acmlib.contract.replies import SpotCheck
from acmlib.contract.scales import READY, labels_of
from acmlib.contract.values import Date, Model, Name, String, Text, Word


class Reflection(Model):
    """How frontline staff, finance or procurement look back."""

    from_: Literal["frontline", "finance", "procurement"] = Field(alias="from")
    text: Text | None = None
    planned: Text | None = Field(default=None, description="what was to happen")
    happened: Text | None = Field(default=None, description="what did happen")
    why: Text | None = Field(default=None, description="why it went that way")
    next: Text | None = Field(default=None, description="what to keep, and what to do differently")
    audience: Edition = "internal"

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(one is None for one in (self.text, self.planned, self.happened, self.why, self.next)):
            raise refusal("has a reflection without words; give planned, happened, why and next, or text")
        return self


class Exchange(Model):
    """One question of the provider's exit interview and its answer."""

    question: Text
    answer: Text | None = None
    audience: Edition = "provider"


class RightOfReply(Model):
    """The provider's answer to the report, in its own words and in full; without a text it was asked for and has not come."""

    asked: Date | None = Field(default=None, description="the day on which the draft went to the provider")
    due: Date | None = Field(default=None, description="the last day of the reply window")
    received: Date | None = None
    text: Text | None = None
    unresolved: tuple[Text, ...] = Field(default=(), description="points on which the parties still differ")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.asked is not None:
            refuse_days_before(self.asked, f"the reply was asked for on {self.asked}", self, "due", "received")
        if self.received is not None and self.text is None:
            raise refusal("has received and no text; give the reply in full")
        return self


class Notice(Model):
    """A notice to the provider that something must be put right by a day: what a rating at the lowest end has to follow."""

    sent: Date
    due: Date = Field(description="the day by which it was to be put right")
    put_right_on: Date | None = Field(default=None, description="the day it was put right; absent: it was not")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.due <= self.sent:
            raise refusal("has due on or before sent; a notice gives time to put things right")
        if self.put_right_on is not None and self.put_right_on < self.sent:
            raise refusal("has put_right_on before sent; use the day it was put right")
        return self

    @property
    def was_missed(self) -> bool:
        """Whether things were not put right by the day."""
        return self.put_right_on is None or self.put_right_on > self.due


class Rating(Model):
    """A judgement on one area with the evidence it rests on: ids of metrics, actions, topics."""

    area: Text
    rating: Word
    evidence: tuple[String, ...] = Field(min_length=1)
    text: Text | None = None
    notice: Notice | None = Field(default=None, description="the notice that was sent and missed; the lowest rating needs one")
    audience: Edition = "provider"


class AgencyRating(Model):
    """How the provider rates the agency in one area, on the same scale."""

    area: Text
    rating: Word
    text: Text | None = None
    audience: Edition = "provider"


class Lesson(Model):
    """What the next solicitation, or contract management, should do differently."""

    text: Text
    metric: Name | None = Field(
        default=None, description="a metric to measure again: its result here is given as a draft for the next target"
    )
    for_: Literal["solicitation", "management"] = Field(alias="for")
    audience: Edition = "provider"


class Review(Model):
    """review.yml: what the end-of-contract report needs beside numbers."""

    spot_checks: tuple[SpotCheck, ...] = ()
    reflections: tuple[Reflection, ...] = ()
    exit_interview: tuple[Exchange, ...] = ()
    right_of_reply: RightOfReply | None = None
    scale: Annotated[tuple[Text, ...], BeforeValidator(labels_of)] = Field(
        default=(), description="labels of ratings from low to high, or the name of a ready scale: federal, uk or three"
    )
    satisfactory: Word | None = Field(default=None, description="the label, or its number, of a service that did what was agreed")
    reviewer: Text | None = Field(default=None, description="who reviewed the ratings, above those who gave them")
    rated_on: Date | None = Field(
        default=None,
        description="the day of ratings, reflections, interview and lessons; without it only pages of the newest period have them",
    )
    ratings: tuple[Rating, ...] = ()
    agency_ratings: tuple[AgencyRating, ...] = Field(default=(), description="the provider's ratings of the agency")
    lessons: tuple[Lesson, ...] = ()

    @model_validator(mode="after")
    def _on_the_scale(self) -> Self:
        rated: list[Rating | AgencyRating] = [*self.ratings, *self.agency_ratings]
        off = next((one for one in rated if self.position(one) is None), None)
        if off is not None:
            raise refusal("has the rating '{given}' in {area}; use {labels}", given=off.rating, area=str(off.area), labels=self._labels)
        for rating in self.ratings:
            if self.position(rating) == 1 and (rating.notice is None or not rating.notice.was_missed):
                raise refusal(
                    "has the lowest rating, '{given}', in {area} and no notice that was missed; give notice, with sent and due",
                    given=rating.rating,
                    area=str(rating.area),
                )
        if self.satisfactory is not None and self._place(self.satisfactory) is None:
            raise refusal("has satisfactory '{given}'; use {labels}", given=self.satisfactory, labels=self._labels)
        return self

    @property
    def _labels(self) -> str:
        return one_of([str(label) for label in self.scale]) or "none yet: give scale"

    def _place(self, label: str) -> int | None:
        places = {text: i for i, one in enumerate(self.scale, start=1) for text in (str(i), *one.translations.values())}
        return places.get(label)

    def position(self, rating: Rating | AgencyRating) -> int | None:
        """Return the place of a rating on the scale, 1 the lowest; None if it is not on it."""
        return self._place(rating.rating)

    @property
    def satisfactory_place(self) -> int | None:
        """The place on the scale of a service that did what was agreed; None if an own scale does not say."""
        if self.satisfactory is not None:
            return self._place(self.satisfactory)
        given = tuple(dict(label.translations) for label in self.scale)
        return next((one.satisfactory for one in READY.values() if one.labels == given), None)
