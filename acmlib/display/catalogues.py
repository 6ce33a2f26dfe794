"""Every fixed text of a page, in one file per language: the TOML files in ``languages/``.

A text may hold placeholders, ``{n:number}`` or ``{group}``; the part after the colon is the kind of value, so that a translator decides
where a number stands and Babel decides how it looks.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from babel import Locale

from acmlib.intake.findings import LISTING, texts

LANGUAGES = Path(__file__).parent / "languages"

#: CLDR plural categories (https://cldr.unicode.org/index/cldr-spec/plural-rules): a table of these is one text in its plural forms.
PLURAL_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})

Entry = str | Mapping[str, str]


class WordsError(KeyError):
    """A text that a catalogue does not have, or a value that its text needs."""

    def __str__(self) -> str:
        return str(self.args[0])


def languages() -> tuple[str, ...]:
    """Return the languages that have a catalogue, sorted.

    Examples
    --------
    >>> {"en", "es"} <= set(languages())
    True
    """
    return tuple(sorted(path.stem for path in LANGUAGES.glob("*.toml")))


@cache
def catalogue(language: str) -> Mapping[str, Entry]:
    """Return all texts of a language by their full key, ``gap.clear``; those of the neutral wording as ``neutral.gap.clear``.

    The English of findings, ``finding.no_id``, is what the checks say: `acmlib.intake.findings.texts`.

    Parameters
    ----------
    language : str
        A language that has a file in ``languages/``, without region: ``es``.

    Raises
    ------
    WordsError
        If there is no such file; the languages there are follow.

    Examples
    --------
    >>> catalogue("es")["status.no_data"]
    'sin datos'
    """
    path = LANGUAGES / f"{language}.toml"
    if language not in languages():
        raise WordsError(f"acmlib/display/languages: there is no {language!r}; use one of {', '.join(languages())}")
    own = _flatten(tomllib.loads(path.read_text(encoding="utf-8")))
    checks = {f"finding.{key}": LISTING.sub("{examples}", text) for key, text in texts().items()} if language == "en" else {}
    return MappingProxyType({**checks, **dict(own)})


@cache
def regional(language: str) -> Mapping[str, Entry]:
    """Return all texts of a language as a region spells them: ``en-GB`` writes *programme* where ``en`` has *program*.

    The words that a region spells in its own way are a table in ``languages/regions/en-GB.toml``; a region without such a file
    spells as its language does.

    Parameters
    ----------
    language : str
        A language, or a language and a region.

    Examples
    --------
    >>> regional("en")["facts.as_of"] == regional("en-GB")["facts.as_of"]
    True
    """
    texts = catalogue(Locale.parse(language, sep="-").language)
    path = LANGUAGES / "regions" / f"{language}.toml"
    if not path.is_file():
        return texts
    spelling = tomllib.loads(path.read_text(encoding="utf-8"))["spelling"]
    pattern = re.compile(rf"{{[^}}]*}}|\b(?:{'|'.join(map(re.escape, sorted(spelling, key=len, reverse=True)))})", re.IGNORECASE)

    def respell(text: str) -> str:
        # What stands in braces is the name of a value.
        return pattern.sub(lambda found: _as_written(found[0], spelling.get(found[0].lower(), found[0])), text)

    return MappingProxyType({
        key: respell(entry) if isinstance(entry, str) else {form: respell(text) for form, text in entry.items()}
        for key, entry in texts.items()
    })  # fmt: skip


def _as_written(model: str, word: str) -> str:
    """Return a word with the first letter as large or small as that of another."""
    return word[0].upper() + word[1:] if model[0].isupper() else word


def _flatten(section: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Entry]]:
    """Yield (full key, text or plural forms) of a nested table."""
    for key, entry in section.items():
        name = f"{prefix}{key}"
        if isinstance(entry, str) or ("other" in entry and set(entry) <= PLURAL_FORMS):
            yield name, entry
        else:
            yield from _flatten(entry, f"{name}.")


@cache
def placeholders(text: str) -> dict[str, str]:
    """Return the placeholders of a text and the kind of value each takes (``text`` if it says none).

    Examples
    --------
    >>> placeholders("{n:number} of {group}")
    {'n': 'number', 'group': 'text'}
    """
    return {name: kind or "text" for _, name, kind, _ in string.Formatter().parse(text) if name}
