"""Surveys: many sister questions in one entry of the contract file, each answered on a scale, with yes or no, by choice, or in words."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from acmlib.contract.errors import refusal
from acmlib.contract.values import Expression, FrozenMap, Map, Model, Name, Text, Word, one_or_more

Codes = Annotated[tuple[Word, ...], BeforeValidator(one_or_more)]


class Questions(Model):
    """Questions that are answered alike. `ask` names the column of each answer and its wording."""

    kind: Literal["scale", "yes_no", "choice", "open"]
    ask: Map[Name, Text] = Field(min_length=1, description="column of the answer: the question as it was asked")
    scale: Map[Word, Text] = Field(default_factory=FrozenMap, description="scale: code of each answer to its label, from low to high")
    positive: Codes = Field(default=(), description="scale: codes that speak for the service; yes_no: codes of yes")
    negative: Codes = Field(default=(), description="scale: codes that speak against it; yes_no: codes of no")
    options: Map[Word, Text] = Field(default_factory=FrozenMap, description="choice: code of each option to its label")

    @model_validator(mode="after")
    def _sane(self) -> Self:
        needs = {"scale": ("scale", "positive", "negative"), "yes_no": ("positive", "negative"), "choice": ("options",), "open": ()}
        for name in ("scale", "positive", "negative", "options"):
            wanted, given = name in needs[self.kind], bool(getattr(self, name))
            if wanted != given:
                message = "needs {name} for questions of kind {kind}" if wanted else "has {name}, which questions of kind {kind} do not use"
                raise refusal(message, name=name, kind=self.kind)
        both = set(self.positive) & set(self.negative)
        if both:
            raise refusal("counts {code} as positive and as negative; choose one", code=min(both))
        unknown = [code for code in (*self.positive, *self.negative) if self.kind == "scale" and code not in self.scale]
        if unknown:
            raise refusal("has the code {code}, which is off the scale; use {scale}", code=unknown[0], scale=", ".join(self.scale))
        return self

    @property
    def neutral(self) -> tuple[str, ...]:
        """Codes of a scale that speak neither for nor against the service."""
        return tuple(code for code in self.scale if code not in (*self.positive, *self.negative))


class Wave(Model):
    """A round of a survey by its name; everybody who was invited in its period belongs to it."""

    title: Text
    period: Word = Field(description="a year of the contract as Y1, a half-year of it as P6M/2025-12, a quarter or a month")


class Survey(Model):
    """One survey: a table with a row for everybody who was invited, whether they answered or not.

    Each question becomes a share among those who answered it, and the survey a share of answers among those invited: metrics that pages
    treat as all others. Codes such as 9 or 99 that mean *no answer* are named once, in `not_answered`.
    """

    title: Text
    from_: Name = Field(alias="from", description="the table: a row for each person invited")
    date: Expression | None = Field(default=None, description="when they were invited: it sets the month")
    answered: Expression | None = Field(default=None, description="who answered; absent: who answered any question")
    not_answered: Codes = Field(default=(), description="codes that mean no answer, in every question")
    dimensions: tuple[Name, ...] = Field(default=(), description="groups that answers are split by; none if absent")
    waves: tuple[Wave, ...] = Field(default=(), description="its rounds, the first one first; pages compare the last two that are over")
    questions: tuple[Questions, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _once(self) -> Self:
        asked = [column for block in self.questions for column in block.ask]
        twice = sorted({column for column in asked if asked.count(column) > 1})
        if twice:
            raise refusal("asks {column} twice; name each question once", column=twice[0])
        if self.waves and self.date is None:
            raise refusal("has waves and no date; give the column of the day on which people were invited")
        return self
