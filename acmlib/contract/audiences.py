"""Who may read which records: those written for an edition's own readers, and those written for more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from acmlib.contract.model import EDITIONS, Edition
from acmlib.contract.records import Records

Record = TypeVar("Record")


def _readable(records: Sequence[Record], edition: Edition) -> tuple[Record, ...]:
    """Keep the records whose audience includes the readers of an edition."""
    allowed = EDITIONS[EDITIONS.index(edition) :]
    return tuple(record for record in records if getattr(record, "audience", "provider") in allowed)


def records_for(records: Records, edition: Edition) -> Records:
    """Keep what the readers of an edition may see: their own audience's records and those for wider ones.

    A quote without its speaker's consent is in no edition but the internal one.

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
        review = review.model_copy(
            update={"reflections": _readable(review.reflections, edition), "exit_interview": _readable(review.exit_interview, edition)}
        )
    return Records(
        roadmap=_readable(records.roadmap, edition),
        actions=_readable(records.actions, edition),
        plan=records.plan,
        notes=notes,
        review=review,
        deliverables=records.deliverables,
    )
