"""What each side owes the other beside the service: the provider's replies to figures, reports, invoices, decisions, referrals."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from acmlib.contract.errors import refusal
from acmlib.contract.model import Edition
from acmlib.contract.parts import Amount, Count, Party
from acmlib.contract.values import Date, Model, Name, Phrase, String, Text, Word


class Response(Model):
    """A row of responses.csv: what a reader of the pre-read says of one figure."""

    period: Word = Field(description="the period of the pre-read, as 2026-05")
    figure: String = Field(min_length=1, description="the id under the figure, as placed_6m or placed_6m.site")
    title: String | None = Field(default=None, description="what the figure is called; the form that is handed out says it")
    reply: Literal["agree", "disagree", "check"] = Field(description="one of agree, disagree, check")
    text: Text | None = None
    by: String = Field(min_length=1, description="who replied")
    on: Date = Field(description="the day of the reply, as 2026-05-31")
    settled_on: Date | None = Field(default=None, description="the day on which a disagreement was settled")
    settled: Text | None = Field(default=None, description="how it was settled")

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.reply != "agree" and self.text is None:
            raise refusal("has the reply {reply} and no text; say what", reply=self.reply)
        if self.reply == "agree" and self.settled_on is not None:
            raise refusal("has the reply agree and settled_on; only what was disputed is settled")
        if self.settled is not None and self.settled_on is None:
            raise refusal("has settled and no settled_on; give the day it was settled")
        if self.settled_on and self.settled_on < self.on:
            raise refusal("has a settled_on before on; use the day it was settled")
        return self

    @property
    def is_open(self) -> bool:
        """Whether readers and agency do not yet say the same of the figure."""
        return self.reply != "agree" and self.settled_on is None


class Deliverable(Model):
    """What one side owes the other: a report, payment of an invoice, a decision, referrals; and when it came.

    For a report, `done_on` is the day it was received and `accepted_on` the day the agency accepted it. For an invoice, `received_on` is
    the day the agency received it and `done_on` the day it was paid.
    """

    kind: Literal["report", "invoice", "decision", "referrals"]
    period: Word
    party: Party
    due: Date
    done_on: Date | None = None
    received_on: Date | None = None
    accepted_on: Date | None = None
    amount: Amount | None = Field(default=None, ge=0)
    what: Text | None = None

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.received_on is not None and self.kind != "invoice":
            raise refusal("has received_on and is no invoice; of others done_on is the day they came")
        if self.amount is not None and self.kind != "invoice":
            raise refusal("has an amount and is no invoice; leave amount out")
        if self.accepted_on is not None and self.kind != "report":
            raise refusal("has accepted_on and is no report; of others done_on is the day they came")
        if self.accepted_on is not None and (self.done_on is None or self.accepted_on < self.done_on):
            raise refusal("has accepted_on before done_on; a report is accepted after it was received")
        if self.received_on is not None and self.done_on is not None and self.done_on < self.received_on:
            raise refusal("has done_on before received_on; an invoice is paid after it was received")
        if self.kind == "invoice" and self.party == "provider":
            raise refusal("is an invoice with the party provider; the agency pays it: use party agency")
        return self


class SpotCheck(Model):
    """Records drawn at random and compared with what was reported; target 90/60: pass at 90% right, fail at 60%."""

    date: Date
    what: Phrase
    records: Count = Field(ge=1)
    errors: Count = Field(ge=0)
    by: String
    target: Literal["90/60", "85/55", "80/50"] = "90/60"
    metric: Name | None = Field(default=None, description="the metric whose records were drawn")
    period: Word | None = Field(default=None, description="the period they were drawn from")
    audience: Edition = "provider"

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.errors > self.records:
            raise refusal("has more errors than records; count each record once")
        return self
