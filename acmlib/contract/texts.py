"""Every text that people write freely in a contract's files, with its place: titles, roadmap, actions, plan, notes, review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from acmlib.contract.model import Contract, Edition
from acmlib.contract.records import Records
from acmlib.contract.values import Model, Text
from acmlib.contract.workspace import CONTRACT_FILE, contract_folder

#: What names a record in messages, if it has one of these.
_NAMES = ("id", "kind", "area", "date")


@dataclass(frozen=True)
class FreeText:
    """One text as somebody wrote it."""

    file: str  #: From the root of the workspace.
    entry: str  #: What it is there: ``topics.placement.title``; empty if it is the whole file.
    text: str
    audience: Edition  #: Whose edition shows it first.

    @property
    def where(self) -> str:
        """File and entry, as messages begin."""
        return f"{self.file}: {self.entry}".rstrip() if self.entry else f"{self.file}:"


def free_texts(contract: Contract, records: Records) -> Iterator[FreeText]:
    """Yield the free texts of a contract and of what was written beside it.

    Parameters
    ----------
    records : Records
        Of one edition, or all.
    """
    folder = contract_folder(contract.id)
    yield from _texts(contract, f"{folder}/{CONTRACT_FILE}", "", "public")
    yield from _texts(records.roadmap, f"{folder}/roadmap.yml", "topics", "provider")
    yield from _texts(records.actions, f"{folder}/actions.csv", "", "provider")
    yield from _texts(records.plan, f"{folder}/plan.yml", "questions", "provider")
    yield from _texts(records.review, f"{folder}/review.yml", "", "provider")
    yield from _texts(records.calendar, f"{folder}/plan.yml", "calendar", "provider")
    for meeting in records.meetings:
        yield from _texts(meeting, f"{folder}/meetings/{meeting.date}.yml", "", "provider")
    yield from _texts(records.responses, f"{folder}/responses.csv", "", "provider")
    yield from _texts(records.deliverables, f"{folder}/deliverables.csv", "", "provider")
    yield from _texts(records.spot_checks, f"{folder}/spot_checks.csv", "", "provider")
    yield from _texts(records.voices, f"{folder}/voice.yml", "", "provider")
    for note in records.notes:
        file = f"{folder}/notes/{note.file}"
        yield FreeText(file, "", note.text, note.audience)
        yield FreeText(file, "source", note.source, note.audience)


#: Strings of contract files that are no prose: they are code, names of columns and files, or meant to be read.
_NO_PROSE = frozenset(
    {"tables", "contact", "of", "that", "value", "exposure", "start", "end", "until", "date", "reached", "column", "file"}
)


def _texts(given: Any, file: str, entry: str, audience: Edition) -> Iterator[FreeText]:
    """Yield the texts in a model, a sequence or a mapping, each with the way to it."""
    if isinstance(given, Text):
        for language, text in given.translations.items():
            yield FreeText(file, f"{entry}.{language}".strip("."), text, audience)
    elif isinstance(given, Model):
        audience = getattr(given, "audience", audience)
        for name in type(given).model_fields:
            if name not in _NO_PROSE and name != "privacy":
                yield from _texts(getattr(given, name), file, f"{entry}.{name.rstrip('_')}".strip("."), audience)
    elif isinstance(given, str):
        yield FreeText(file, entry, given, audience)
    elif hasattr(given, "items"):
        for key, value in given.items():
            yield from _texts(value, file, f"{entry}.{key}".strip("."), audience)
    elif isinstance(given, tuple):
        for number, value in enumerate(given, start=1):
            name = next((str(getattr(value, one)) for one in _NAMES if getattr(value, one, None)), str(number))
            yield from _texts(value, file, f"{entry}.{name}".strip("."), audience)
