"""Obligations of both parties: what was due, what was delivered, how late, and how long invoices took to be paid."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from acmlib.contract.parts import Party
from acmlib.contract.records import Action
from acmlib.contract.replies import Deliverable, Response

#: In the order in which they are told; the first is the provider's, the others are the agency's.
KINDS = ("report", "invoice", "decision", "referrals")


PARTIES: tuple[Party, ...] = ("provider", "agency")


@dataclass(frozen=True)
class ObligationSummary:
    """How one side kept one kind of obligation."""

    kind: str  #: One of `KINDS`.
    party: Party  #: Who owes it.
    due: int  #: How many were due by the day.
    #: `done`, `on_time`, `waiting`: how many came, came by their day, and have not come although they were due.
    done: int
    on_time: int
    waiting: int
    late_days: float  #: Median days by which those that came late were late; NaN if none was.
    accepted: int  #: How many reports the agency accepted.
    days_to_pay: float  #: Median days from receipt to payment of the invoices for which both days are known; NaN if none.
    amount_paid: float  #: Amount of the invoices that were due and are paid; NaN if no amounts are recorded.
    amount_waiting: float  #: Amount of the invoices that were due and are not paid; NaN if no amounts are recorded.


def obligation_summaries(deliverables: Sequence[Deliverable], day: dt.date) -> tuple[ObligationSummary, ...]:
    """Return how each side kept what was due by a day, the provider's first; kinds of which nothing was due are left out.

    What is due on the day itself is not late yet: it counts once it came.

    Examples
    --------
    >>> paid = Deliverable(
    ...     kind="invoice", period="2026-01", party="agency", due="2026-03-02", received_on="2026-01-31", done_on="2026-03-12", amount=100
    ... )
    >>> (one,) = obligation_summaries([paid], dt.date(2026, 6, 30))
    >>> one.on_time, one.late_days, one.days_to_pay, one.amount_paid, one.amount_waiting
    (0, 10, 40, 100.0, 0.0)
    """
    due = [one for one in deliverables if one.due < day or (one.due == day and one.done_on is not None)]
    return tuple(
        _kept(kind, party, mine)
        for kind in KINDS
        for party in PARTIES
        if (mine := [one for one in due if one.kind == kind and one.party == party])
    )


def _kept(kind: str, party: Party, due: Sequence[Deliverable]) -> ObligationSummary:
    done = [(one, one.done_on) for one in due if one.done_on is not None]
    late = [(day - one.due).days for one, day in done if day > one.due]
    return ObligationSummary(
        kind=kind,
        party=party,
        due=len(due),
        done=len(done),
        on_time=len(done) - len(late),
        waiting=len(due) - len(done),
        late_days=_median(late),
        accepted=sum(one.accepted_on is not None for one in due),
        days_to_pay=_median([(day - one.received_on).days for one, day in done if one.received_on is not None]),
        amount_paid=_total(due, done=True),
        amount_waiting=_total(due, done=False),
    )


def _median(days: Sequence[int]) -> float:
    return statistics.median(days) if days else math.nan


def _total(due: Sequence[Deliverable], *, done: bool) -> float:
    """Return the sum of what was done, or of what was not; NaN if nothing has an amount."""
    amounts = [(one.amount, one.done_on is not None) for one in due if one.amount is not None]
    return math.fsum(amount for amount, is_done in amounts if is_done == done) if amounts else math.nan


def reply_counts(responses: Sequence[Response]) -> tuple[int, int]:
    """Return how many figures of one period were answered, and how many of them are disputed; of several replies to one the last counts.

    Parameters
    ----------
    responses : sequence of Response
        Of one period.
    """
    last = {one.figure: one for one in sorted(responses, key=lambda one: one.on)}
    return len(last), sum(one.is_open for one in last.values())


@dataclass(frozen=True)
class PromiseSummary:
    """How many of one party's promises that were due were kept by their day; ``late_days`` is the median delay of those kept late."""

    party: Party
    due: int
    kept: int
    late: int
    late_days: float
    waiting: int
    dropped: int


def promise_summaries(actions: Sequence[Action], day: dt.date) -> tuple[PromiseSummary, ...]:
    """Return for each party how many promises that were due by a day, as first promised, were kept, kept late, wait, or were dropped.

    What is due on the day itself is not late yet: it counts once it is done or dropped.

    Parameters
    ----------
    actions : sequence of Action
        As they stood on the day.

    Examples
    --------
    >>> promise = {"agreed_on": "2026-01-15", "what": "Call", "owner": "Ana", "party": "agency", "due": "2026-02-01"}
    >>> made = [Action(id="a", status="done", done_on="2026-02-10", **promise), Action(id="b", status="open", **promise)]
    >>> promise_summaries(made, dt.date(2026, 3, 1))
    (PromiseSummary(party='agency', due=2, kept=0, late=1, late_days=9, waiting=1, dropped=0),)
    """
    found = []
    for party in PARTIES:
        due = [one for one in actions if one.party == party and _was_due(one, day)]
        if due:
            took = [days for one in due if (days := one.days_late) is not None]
            late = [days for days in took if days > 0]
            waiting = sum(one.status == "open" for one in due)
            dropped = sum(one.status == "dropped" for one in due)
            found.append(PromiseSummary(party, len(due), len(took) - len(late), len(late), _median(late), waiting, dropped))
    return tuple(found)


def _was_due(one: Action, day: dt.date) -> bool:
    promised = one.promised_for
    return promised is not None and (promised < day or (promised == day and one.status != "open"))
