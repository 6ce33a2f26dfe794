"""Free text that people wrote, searched for what would tell who somebody is: ids, e-mail addresses, telephone numbers, protected names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from acmlib.contract.plain_text import alike
from acmlib.contract.texts import FreeText

#: Ids that are plain numbers of up to this many digits look like the counts on a page: they are found only beside a word for a person.
SHORT_NUMBER = 5

_WORD, _BETWEEN = re.compile(r"[\w@.+-]+"), re.compile(r"[^\w@.+-]")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

#: Telephone numbers as people write them: with an area code, with a country code, in pairs, or after a word that announces one.
_PHONE = re.compile(
    r"""(?<![\w.,/-])(?:
        \+\d{1,3}(?:[ .()-]{0,2}\d{2,4}){2,5}                      # +1 212 555 0143
      | (?:1[ .-])?(?:\(\d{3}\)[ ]?|\d{3}[ .-])\d{3}[ .-]\d{4}     # (212) 555-0143
      | \d{10}                                                     # 2125550143
      | 0\d(?:[ .]\d{2}){4}                                        # 06 12 34 56 78
      | 0\d{2,4}[ /-]\d{5,8}                                       # 0171 1234567
      | (?<=phone[ ])\d{3}[ .-]?\d{4} | (?<=call[ ])\d{3}[ .-]?\d{4} | (?<=tel[. ])[ ]?\d{3}[ .-]?\d{4}
    )(?![\w/-]|[.,]\d)""",
    re.VERBOSE,
)

#: A short number right after one of these is somebody's id, if it is one: "client 4711", "case no. 12", "participante #7".
_PERSON = re.compile(
    r"\b(?:participant|client|student|pupil|person|case|caso|cliente|participante|estudiante|alumno|alumna|persona|id)"
    r"(?:[\s:#.-]|no\b|nr\b|number\b|id\b|n[.º°o]{1,2}|n[uú]m\b|n[uú]mero\b){1,8}(\d{1,5})\b",
    re.IGNORECASE,
)


class SearchedTexts:
    """Texts to look for in other texts, prepared once: there can be a hundred thousand of them.

    They are found as words of their own, whatever their capital letters, dashes and invisible characters. Ids that are short numbers are
    found right after a word for a person only, since any other such number is a count.

    Parameters
    ----------
    values : iterable of str
        Ids, private values or names.

    Examples
    --------
    >>> sought = SearchedTexts(["HY-00012", "Ana Ruiz", "4711", "12"])
    >>> sorted(sought.found("Ana Ruiz (hy-00012) and client no. 4711 said that 12 of 4711 came."))
    ['4711', 'ana ruiz', 'hy-00012']
    """

    def __init__(self, values: Iterable[str]) -> None:
        given = set(values)
        every = "".join(given)
        plain = every.isascii() and every.isprintable() and " " not in every
        self._known = set(map(str.lower, given)) if plain else set(map(alike, given))
        self._several: dict[str, list[str]] = {}
        for one in sorted(one for one in self._known if not _WORD.fullmatch(one)) if not plain or _BETWEEN.search(every) else ():
            first = _WORD.search(one)
            self._several.setdefault(first.group() if first else "", []).append(one)

    def __bool__(self) -> bool:
        return bool(self._known)

    def found(self, text: str) -> frozenset[str]:
        """Return what of this stands in a text, in small letters."""
        return self.found_alike(alike(text)) if self else frozenset()

    def found_alike(self, folded: str) -> frozenset[str]:
        """Return what of this stands in a text that is written as `alike` writes it."""
        words = {word for found in set(_WORD.findall(folded)) for word in (found, found.strip(".-+"), *found.split("@"))}
        several = (one for first in self._several.keys() & {*words, ""} for one in self._several[first] if one in folded)
        whole = {one for one in several if len(one) > 1 and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", folded)}
        single = {one for one in words & self._known if len(one) > 1 and not (one.isdigit() and len(one) <= SHORT_NUMBER)}
        short = {match[1] for match in _PERSON.finditer(folded)} & self._known if self else set[str]()
        return frozenset(single | whole | short)


def free_text_problems(
    texts: Iterable[FreeText], *, ids: Iterable[str], names: Sequence[str] = (), allowed: Sequence[str] = (), root: Path | None = None
) -> tuple[str, ...]:
    """Return what in people's free text would tell who somebody is, each with its file, entry and line; never what it is.

    Promised is that participants' ids are found wherever they stand as words of their own, but ids that are plain numbers of at most five
    digits only right after a word for a person, since any other such number is a count.

    Parameters
    ----------
    texts : iterable of FreeText
        From `acmlib.contract.texts.free_texts`.
    ids : iterable of str
        Ids of participants, and values of private columns.
    names : sequence of str
        Names that the contract protects.
    allowed : sequence of str
        E-mail addresses and telephone numbers that are meant to be read: the contact for corrections.
    root : Path, optional
        The workspace, to say on which line of its file something stands.

    Examples
    --------
    >>> text = FreeText("params/demo/notes/may.md", "", "HY-00012 asked to be called at (212) 555-0143.", "provider")
    >>> for problem in free_text_problems([text], ids=["HY-00012"]):
    ...     print(problem)
    params/demo/notes/may.md: holds a participant's id or a private value; write 'a participant' instead
    params/demo/notes/may.md: holds a telephone number; leave it out, or name contract.contact
    """
    people, protected = SearchedTexts(ids), SearchedTexts(names)
    kept = {alike(one) for given in allowed for one in [given, *_EMAIL.findall(given), *_PHONE.findall(given)]}
    problems: dict[str, None] = {}
    written = list(texts)
    together = alike("\n".join(text.text for text in written))
    suspect = people.found_alike(together) or protected.found_alike(together) or _EMAIL.search(together) or _PHONE.search(together)
    for text in written if suspect else ():  # what stands in one of them stands in all of them together, which are searched at once
        folded = alike(text.text)
        found = (
            ("a participant's id or a private value", "write 'a participant' instead", people.found_alike(folded)),
            ("a name that privacy.names protects", "leave it out", protected.found_alike(folded)),
            ("an e-mail address", "leave it out, or name contract.contact", frozenset(_EMAIL.findall(folded)) - kept),
            ("a telephone number", "leave it out, or name contract.contact", frozenset(_PHONE.findall(folded)) - kept),
        )
        for what, instead, values in found:
            problems |= dict.fromkeys(f"{text.where} holds {what}{_line(text, value, root)}; {instead}" for value in sorted(values))
    return tuple(problems)


def _line(text: FreeText, value: str, root: Path | None) -> str:
    """Say on which line of its file a value stands, if the file is there and has it on one line."""
    if root is None or not (root / text.file).is_file():
        return ""
    return next(_lines(root / text.file, value), "")


def _lines(path: Path, value: str) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if value in alike(line):
            yield f" (line {number})"
