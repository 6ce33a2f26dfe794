"""Who may read which records: those written for an edition's own readers, and those written for more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from acmlib.contract.meetings import Answered, Decision, Meeting, Promise
from acmlib.contract.model import EDITIONS, Edition
from acmlib.contract.records import Action, Note, Question, Records, Topic
from acmlib.contract.replies import SpotCheck
from acmlib.contract.reviews import AgencyRating, Exchange, Lesson, Rating, Reflection
from acmlib.contract.voices import Event, Heard, Theme, Voices

#: Records that say for whom they were written; deliverables are dates only, and the right of reply goes wherever the report goes.
Record = TypeVar(
    "Record", Action, AgencyRating, Answered, Decision, Event, Exchange, Heard, Lesson, Note, Promise, Question, Rating, Reflection,
    SpotCheck, Theme, Topic,
)  # fmt: skip

#: Parts of the review of which each entry has its own audience.
_REVIEW = ("spot_checks", "reflections", "exit_interview", "ratings", "agency_ratings", "lessons")


def _readable(records: Sequence[Record], edition: Edition) -> tuple[Record, ...]:
    """Keep the records whose audience includes the readers of an edition."""
    allowed = EDITIONS[EDITIONS.index(edition) :]
    return tuple(record for record in records if record.audience in allowed)


def records_for(records: Records, edition: Edition) -> Records:
    """Keep what the readers of an edition may see: their own audience's records and those for wider ones.

    A quote without its speaker's consent, and the names of other contracts, are in no edition but the internal one.
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
        calendar=records.calendar,
        meetings=tuple(_meeting(meeting, edition) for meeting in records.meetings),
        held=None if records.held is None else _meeting(records.held, edition),
        # Replies are between agency and provider until they are settled; what came of them is on the pages by then.
        responses=() if edition == "public" else records.responses,
        spot_checks=_readable(records.spot_checks, edition),
        voices=_voices(records.voices, edition),
        coded=records.coded,
        peers=records.peers if edition == "internal" else (),
    )


def _meeting(meeting: Meeting, edition: Edition) -> Meeting:
    """Keep what readers may see of a meeting; who was there, and which pages lay on the table, is for the two parties."""
    parts = {name: _readable(getattr(meeting, name), edition) for name in ("answered", "decisions", "promises")}
    if edition == "public":
        parts |= {"attending": (), "shown": (), "followed_up": ()}
    return meeting.model_copy(update={**parts, **({"celebrated": None} if edition == "public" else {})})


def _voices(voices: Voices, edition: Edition) -> Voices:
    """Keep events, themes and answers that readers may see; a theme of an event that they may not see is left out with it."""
    events = _readable(voices.events, edition)
    seen = {event.id for event in events}
    themes = tuple(theme for theme in _readable(voices.themes, edition) if theme.event in seen)
    heard = tuple(
        one if one.event is None or one.event in seen else one.model_copy(update={"event": None})
        for one in _readable(voices.heard, edition)
    )
    return Voices(events=events, themes=themes, heard=heard)


def kinds_not_shown(records: Records, readable: Records) -> frozenset[str]:
    """Return the kinds of records of which there are some that an edition's readers may not see: ``actions``, ``roadmap``, ...

    Parameters
    ----------
    records, readable : Records
        All of a contract's, and what `records_for` left of them.

    Examples
    --------
    >>> kinds_not_shown(Records(), Records())
    frozenset()
    """
    kinds = ("roadmap", "actions", "plan", "notes", "meetings", "spot_checks")
    fewer = {kind for kind in kinds if len(getattr(records, kind)) > len(getattr(readable, kind))}
    spoken = ("events", "themes", "heard")
    return frozenset(fewer | {kind for kind in spoken if len(getattr(records.voices, kind)) > len(getattr(readable.voices, kind))})
