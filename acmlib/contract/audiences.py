"""Who may read which records: those written for an edition's own readers, and those written for more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from acmlib.contract.model import EDITIONS, Edition
from acmlib.contract.records import Action, Exchange, Lesson, Note, Peer, Question, Rating, Records, Reflection, SpotCheck, Topic

#: Records that say for whom they were written; deliverables are dates only, and the right of reply goes wherever the report goes.
Record = TypeVar("Record", Action, Exchange, Lesson, Note, Question, Rating, Reflection, SpotCheck, Topic)

#: Parts of the review of which each entry has its own audience.
_REVIEW = ("spot_checks", "reflections", "exit_interview", "ratings", "lessons")


def _readable(records: Sequence[Record], edition: Edition) -> tuple[Record, ...]:
    """Keep the records whose audience includes the readers of an edition."""
    allowed = EDITIONS[EDITIONS.index(edition) :]
    return tuple(record for record in records if record.audience in allowed)


def records_for(records: Records, edition: Edition) -> Records:
    """Keep what the readers of an edition may see: their own audience's records and those for wider ones.

    A quote without its speaker's consent, and the names of other contracts, are in no edition but the internal one.

    Parameters
    ----------
    records : Records
    edition : str

    Returns
    -------
    Records
    """
    notes = tuple(note for note in _readable(records.notes, edition) if edition == "internal" or not note.is_withheld)
    review = records.review
    if review is not None:
        review = review.model_copy(update={part: _readable(getattr(review, part), edition) for part in _REVIEW})
    return Records(
        roadmap=_readable(records.roadmap, edition),
        actions=_readable(records.actions, edition),
        plan=_readable(records.plan, edition),
        notes=notes,
        review=review,
        deliverables=records.deliverables,
        peers=records.peers if edition == "internal" else _unnamed(records.peers),
    )


def _unnamed(peers: Sequence[Peer]) -> tuple[Peer, ...]:
    """Take the names off other contracts, and the order that would tell them: they are numbered by size."""
    size = {one.contract: max(other.denominator for other in peers if other.contract == one.contract) for one in peers}
    number = {contract: at for at, contract in enumerate(sorted(size, key=lambda one: (size[one], one)), start=1)}
    unnamed = (one.model_copy(update={"contract": f"peer-{number[one.contract]}", "title": None}) for one in peers)
    return tuple(sorted(unnamed, key=lambda one: (one.metric, one.period, one.denominator)))
