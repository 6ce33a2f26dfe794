"""The last look at a finished page, before anybody is handed it. A page with a finding is not written; the reasons are."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Addresses that stand in the page itself or open a mail; everything else would be fetched from somewhere.
_INSIDE = re.compile(r"(#|data:image/|mailto:|(?![a-z][a-z0-9+.-]*:|//)[^\s])", re.IGNORECASE)
_ADDRESSES = frozenset({"src", "href", "srcset", "action", "formaction", "poster", "data", "xlink:href", "background", "cite", "ping"})
_ACTIVE = frozenset({"script", "iframe", "object", "embed", "applet", "frame", "base", "form"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

#: What a program says when it stumbles, and what a notebook looks like inside. None of it is meant for a reader.
_LEAKS = (
    (re.compile(r"Traceback \(most recent call last\)"), "the trace of an error"),
    (re.compile(r"\x1b\["), "terminal colour codes, as errors have them"),
    (re.compile(r"^\s*(?:[A-Z]\w*)?(?:Error|Exception): \S", re.MULTILINE), "the message of an error"),
    (re.compile(r"\b[A-Z]\w*Warning: \S"), "a warning of a program"),
    (re.compile(r"(?<![\w/])(?:/home/|/Users/|/root/|/tmp/|/var/folders/|/mnt/|[A-Z]:\\)\S+"), "a path of the machine that made it"),
    (re.compile(r"\bsite-packages\b|\bipykernel_\d"), "a path of the machine that made it"),
    (re.compile(r"\bIn \[\d*\]:|\bOut\[\d+\]:"), "a notebook's cell number"),
    (re.compile(r"^\s*(?:import [\w.]+(?: as \w+)?\s*$|from [\w.]+ import \w)", re.MULTILINE), "code"),
    (re.compile(r"(?<![\w-])(?:nan|NaN|NaT|<NA>|inf)(?![\w-])"), "a raw missing value (nan) instead of words"),
    (re.compile(r"<(?:[\w.]+\.)?\w+ object at 0x[0-9a-f]+>"), "an object without a page form"),
)
_CODE_CLASSES = frozenset({"jp-InputArea", "jp-CodeCell", "input_area", "hl-ipython3", "jp-RenderedStderr"})

_WORD = re.compile(r"[\w@.+-]+")

#: Ids that are plain numbers of up to this many digits look like the counts on a page, so they cannot be told apart from them.
SHORT_NUMBER = 5


@dataclass(frozen=True)
class Secrets:
    """What may stand on no page of a contract.

    Attributes
    ----------
    participants : frozenset of str
        Ids of participants, and values of columns that the contract calls private.
    names : tuple of str
        Names that the contract protects.
    places : tuple of str
        Folders of the machine: the workspace, the home of the user.
    """

    participants: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def checkable(self) -> frozenset[str]:
        """Ids that can be told from the numbers of a page."""
        return frozenset(value for value in self.participants if len(value) > 1 and not (value.isdigit() and len(value) <= SHORT_NUMBER))


def scan_page(page: str, secrets: Secrets = Secrets()) -> tuple[str, ...]:
    """Return what keeps a page from being handed out; nothing if it is fit.

    Looked for are: anything active or fetched from outside; pictures without alternative text; tables without caption or with headers that
    do not say what they head; a missing title, language or main heading; errors, warnings, code, paths and raw missing values in the text;
    participants' ids and protected names, in pictures too.

    Parameters
    ----------
    page : str
        One complete HTML page.
    secrets : Secrets
        Ids, names and places that may not be in it.

    Examples
    --------
    >>> scan_page('<html lang="en"><title>Jobs</title><h1>Jobs</h1><img src="data:image/svg+xml;base64,AA=="></html>')
    ('a picture has no alternative text',)
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    text = "".join(reader.text)
    problems = [*reader.problems, *_structure(reader), *_leaks(text), *_places(page, secrets), *_people(text, reader, secrets)]
    return tuple(dict.fromkeys(problems))


@dataclass
class _Table:
    """What was seen of a table so far."""

    caption: bool = False
    headers: int = 0


@dataclass
class _Seen:
    """What was seen of the page so far."""

    lang: str = ""
    title: str = ""
    h1: int = 0
    tables: list[_Table] = field(default_factory=list)
    open: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects the text of a page, of its attributes and its pictures, and what is wrong with its elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.text: list[str] = []
        self.pictures: list[str] = []
        self.seen = _Seen()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self.seen.open.append(tag)
        self._check_addresses(tag, given)
        self._check_active(tag, given)
        if tag == "html":
            self.seen.lang = given.get("lang", "")
        elif tag == "h1":
            self.seen.h1 += 1
        elif tag == "img":
            self._check_picture(given)
        elif tag == "table":
            self.seen.tables.append(_Table())
        elif tag in ("caption", "th"):
            self._check_table(tag, given)
        self.text.extend(f"\n{given[name]}\n" for name in ("alt", "title", "aria-label", "aria-description", "content") if given.get(name))
        if tag not in ("a", "abbr", "b", "em", "i", "small", "span", "strong", "sub", "sup", "td", "th"):
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.seen.open:
            while self.seen.open.pop() != tag:
                pass
        if tag == "table" and self.seen.tables:
            self._close_table(self.seen.tables.pop())
        if tag in ("td", "th"):
            self.text.append("\t")

    def handle_data(self, data: str) -> None:
        inside = self.seen.open[-1] if self.seen.open else ""
        if inside == "title":
            self.seen.title += data
        if inside == "style":
            if re.search(r"@import|url\(\s*['\"]?(?!data:|#)", data, re.IGNORECASE):
                self.problems.append("the style fetches something from outside")
        else:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.text.append(f"\n{data}\n")

    def _check_addresses(self, tag: str, given: dict[str, str]) -> None:
        for name in _ADDRESSES & given.keys():
            value = given[name].strip()
            if value and not _INSIDE.match(value):
                self.problems.append(f"<{tag}> points outside: {value[:80]}")

    def _check_active(self, tag: str, given: dict[str, str]) -> None:
        if tag in _ACTIVE:
            self.problems.append(f"there is a <{tag}>; a page is paper, it does nothing")
        for name in given:
            if name.startswith("on"):
                self.problems.append(f"<{tag}> has a script in {name}")
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.problems.append("the page goes somewhere else by itself")
        for shown in _CODE_CLASSES & set(given.get("class", "").split()):
            self.problems.append(f"code of the notebook is in it (class {shown})")
        if re.search(r"url\(\s*['\"]?(?!data:|#)", given.get("style", ""), re.IGNORECASE):
            self.problems.append(f"the style of <{tag}> fetches something from outside")

    def _check_picture(self, given: dict[str, str]) -> None:
        # An icon beside its words says nothing of its own; it has to declare that.
        decoration = "alt" in given and given.get("role") == "presentation"
        if not given.get("alt", "").strip() and not decoration:
            self.problems.append("a picture has no alternative text")
        kind, _, content = given.get("src", "").partition(",")
        if kind == "data:image/svg+xml;base64":
            self.pictures.append(base64.b64decode(content).decode("utf-8", "replace"))

    def _check_table(self, tag: str, given: dict[str, str]) -> None:
        if not self.seen.tables:
            return
        if tag == "caption":
            self.seen.tables[-1].caption = True
        else:
            self.seen.tables[-1].headers += 1
            if given.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                self.problems.append("a table header has no scope")

    def _close_table(self, table: _Table) -> None:
        if not table.caption:
            self.problems.append("a table has no caption")
        if not table.headers:
            self.problems.append("a table has no headers")


def _structure(reader: _Reader) -> Iterator[str]:
    """Yield what the page as a whole lacks."""
    if not reader.seen.lang:
        yield "the page does not say its language"
    if not reader.seen.title.strip():
        yield "the page has no title"
    if reader.seen.h1 != 1:
        yield f"the page has {reader.seen.h1} main headings (h1); it needs exactly one"


def _leaks(text: str) -> Iterator[str]:
    """Yield what the text of the page says that only a machine says."""
    for pattern, what in _LEAKS:
        found = pattern.search(text)
        if found:
            yield f"there is {what}: {' '.join(found.group().split())[:80]!r}"


def _places(page: str, secrets: Secrets) -> Iterator[str]:
    """Yield the folders of the machine that the page names, without naming them again."""
    if any(place in page for place in secrets.places if len(place) > 1):
        yield "there is a path of the machine that made it"


def _people(text: str, reader: _Reader, secrets: Secrets) -> Iterator[str]:
    """Yield how many ids and names are on the page. They are not repeated: a reason is read by people too."""
    everything = "\n".join([text, *reader.pictures]).casefold()
    found = _present(everything, secrets.checkable)
    if found:
        yield f"{found} participant ids or private values are on it"
    found = _present(everything, secrets.names)
    if found:
        yield f"{found} names that the contract protects are on it"


def _present(text: str, values: Iterable[str]) -> int:
    """Return how many of `values` stand in `text` as words of their own."""
    wanted = {value.casefold().strip() for value in values if value.strip()}
    single = {value for value in wanted if _WORD.fullmatch(value)}
    words = {word for found in _WORD.findall(text) for word in (found, found.strip(".-+"))}
    several = sum(1 for value in wanted - single if value in text and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text))
    return len(single & words) + several
