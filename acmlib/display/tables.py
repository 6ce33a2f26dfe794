"""Parts that sections share: lists of sentences, heads of tables, questions, provenance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from acmlib.display.objects import Bullets, Column, Display, Prose, Provenance, Questions
from acmlib.display.voice import Voice
from acmlib.display.words import Words


def bullets(items: Iterable[str], heading: str = "", *, ordered: bool = False) -> list[Display]:
    """Return sentences as a list of the page; nothing where there are none."""
    told = tuple(items)
    return [Bullets(told, heading, ordered)] if told else []


def prose(texts: Iterable[str]) -> list[Display]:
    """Return paragraphs; nothing where there are none."""
    told = tuple(texts)
    return [Prose(told)] if told else []


def heads(words: Words, *text: str, numbers: Sequence[str] = (), then: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return the columns of a table by their keys in the catalogues: columns of text, of numbers, and of text after these."""
    return (
        *(Column(words(key)) for key in text),
        *(Column(words(key), "number") for key in numbers),
        *(Column(words(key)) for key in then),
    )


def questions(items: Iterable[str], *, voice: Voice, ended: bool = False) -> Questions:
    """Return the questions for the meeting, set apart on page one; in a report of an ended contract they are for the next award.

    Raises
    ------
    ValueError
        If there is none, or more than three.
    """
    asked = tuple(items)
    if not 1 <= len(asked) <= 3:
        raise ValueError(f"questions: {len(asked)} given; a meeting discusses one to three")
    return Questions(voice.words("page.questions_ended" if ended else "page.questions", n=len(asked)), asked)


def provenance(*, voice: Voice, inputs: Iterable[tuple[str, int, str]] = (), versions: Mapping[str, str] | None = None) -> Provenance:
    """Return how the page was made, for its foot.

    Parameters
    ----------
    voice : Voice
        Words; its contract gives the rules and the contact.
    inputs : sequence of (file name, rows, SHA-256)
        Each file that was read; name it without a folder of the machine.
    """
    words, contract = voice.words, voice.contract
    rules = contract.statistics
    facts: list[tuple[str, tuple[str, ...]]] = []
    if voice.as_of is not None:
        facts.append((words("facts.as_of"), (words.date(voice.as_of),)))
    read = tuple(words("provenance.fingerprint", file=name, n=rows, sha=sha[:16]) for name, rows, sha in inputs)
    if read:
        facts.append((words("provenance.inputs"), read))
    if versions:
        facts.append((words("provenance.versions"), (", ".join(f"{name} {number}" for name, number in versions.items()),)))
    facts.append((words("provenance.suppression"), (voice.rule(),)))
    settings = words("provenance.settings_text", level=rules.level, minimum=rules.minimum_n, materiality=rules.materiality)
    facts.append((words("provenance.settings"), (settings, words("provenance.rounding"))))
    if contract.contract.contact:
        facts.append((words("provenance.corrections"), (contract.contract.contact,)))
    return Provenance(words("page.provenance"), tuple(facts))
