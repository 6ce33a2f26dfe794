"""What the checks of the submitted data found, in the language of the page."""

from __future__ import annotations

from typing import Any

from acmlib.display.objects import Cell
from acmlib.display.voice import Voice
from acmlib.intake.findings import IN_WORDS, ListText, Message, NounCount, shortened, texts

#: Values that are words of ours, not names in the data: how dates were read, what a column holds.
_OUR_WORDS = frozenset({"kind", "order", *IN_WORDS})


def finding_cell(text: str, voice: Voice) -> Cell:
    """Return a sentence of a finding for a table.

    Parameters
    ----------
    text : str
        From `acmlib.intake.findings.message`; another text stays as it is, marked as English.
    """
    if isinstance(text, Message):
        said = sentence(text, voice)
        return Cell(said[:1].upper() + said[1:])
    return Cell(text, language="" if voice.words.locale.language == "en" else "en")


def sentence(text: Message, voice: Voice) -> str:
    """Return a sentence of a finding in the language of the page."""
    words, values = voice.words, dict(text.values)
    filled = {name: _value(name, value, voice) for name, value in values.items()}
    if "examples" in values:
        after_colon = ": {examples}" in texts()[text.key]
        key = f"finding_list.{'colon' if after_colon else 'brackets'}"
        filled["examples"] = words(key, list=filled["examples"]) if values["examples"] else ""
    return words(f"finding.{text.key}", **filled)


def _value(name: str, value: str, voice: Voice) -> str:
    words = voice.words
    if isinstance(value, NounCount):
        if value.share:
            return words("finding_count.share", share=value.share)
        if not value.exact:
            return words(f"finding_some.{value.noun}")
        return words(f"finding_count.{value.noun}", n=value.number)
    if isinstance(value, ListText):
        return _listed(value, voice)
    if name == "dimension" and value in voice.contract.dimensions:
        return voice.dimension(value)
    key = f"finding_word.{value.replace(' ', '_')}"
    return words(key) if name in _OUR_WORDS and words.has(key) else value


def _listed(given: ListText, voice: Voice) -> str:
    words = voice.words
    several = any(isinstance(one, tuple) for one in given.items)
    text = ", ".join(_item(one, given.of, voice) for one in given.items)
    if given.more:
        text = words("finding_list.more", list=text, n=given.more)
    return words(f"finding_list.{given.of}", list=text) if given.of in ("row", "line") and not several else text


def _item(one: Any, of: str, voice: Voice) -> str:
    words = voice.words
    if not isinstance(one, tuple):
        return shortened(str(one))
    if of != "share":
        return words("finding_list.file_row", file=one[0], row=one[1])
    key = f"groups.{one[0]}"
    return f"{words(key) if words.has(key) else one[0]} {words.percent(one[1])}"
