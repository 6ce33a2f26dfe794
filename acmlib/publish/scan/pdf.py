"""The last look at a PDF: its words, its alternative texts, its metadata, and that nothing in it acts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from acmlib.publish.scan.hidden import Withheld
from acmlib.publish.scan.leaks import leaks
from acmlib.publish.scan.secrets import NO_SECRETS, Secrets
from acmlib.publish.scan.statements import Statement

#: Entries of a PDF that do something, or carry another file.
_ACTIVE = frozenset(
    {"/JS", "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/EmbeddedFile", "/RichMedia", "/AA", "/OpenAction"}
)

#: So many lines above a line say what it is about.
_LINES_ABOVE = 12


def scan_pdf(content: bytes, secrets: Secrets = NO_SECRETS, *, withheld: Withheld | None = None) -> tuple[str, ...]:
    """Return what keeps a PDF from being handed out; nothing if it is fit.

    Read are the words of its pages, the alternative texts of its structure, bookmarks, annotations, its information and its XMP metadata.
    Needs `pypdf`, which reads PDFs only; without it no PDF can be judged fit.

    Parameters
    ----------
    secrets : Secrets
        Ids, names and places that may not be in it.
    withheld : Withheld, optional
        Hidden cells of the release that it was made from.
    """
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    pages = [page.extract_text() for page in reader.pages]
    beside = [text for text in _texts(reader) if text.strip()]
    words = "\n".join([*pages, *beside])
    problems = [*_actions(reader), *leaks(words), *secrets.found(words)]
    if not (reader.metadata and reader.metadata.title):
        problems.append("the PDF has no title")
    if "/Lang" not in reader.root_object:
        problems.append("the PDF does not say its language")
    if withheld is not None:
        problems += withheld.found([*_lines(pages), *(Statement("alternative text or metadata", text) for text in beside)])
    return tuple(dict.fromkeys(problems))


def _lines(pages: list[str]) -> Iterator[Statement]:
    """Yield the lines of a PDF, each with the lines above it, nearest first."""
    lines = [" ".join(line.split()) for page in pages for line in page.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        above = tuple(reversed(lines[max(0, number - _LINES_ABOVE) : number]))
        yield Statement("line of the PDF", line, (), (), above)


def _texts(reader: Any) -> Iterator[str]:
    """Yield what a PDF says beside its pages."""
    for text in (reader.metadata or {}).values():
        yield str(text)
    xmp = reader.root_object.get("/Metadata")
    if xmp is not None:
        yield xmp.get_object().get_data().decode("utf-8", "replace")
    for entry in _dictionaries(reader):
        yield from (
            str(entry[key]) for key in ("/Alt", "/ActualText", "/E", "/T", "/TU", "/Contents", "/Title") if isinstance(entry.get(key), str)
        )


def _dictionaries(reader: Any) -> Iterator[Any]:
    """Yield all dictionaries of a PDF, those within others included."""
    for number in range(1, reader.trailer["/Size"]):
        yield from _within(reader.get_object(number), reader)


def _within(entry: Any, reader: Any) -> Iterator[Any]:
    if isinstance(entry, dict):
        yield entry
        for value in entry.values():
            if isinstance(value, dict | list):
                yield from _within(value, reader)
    elif isinstance(entry, list):
        for value in entry:
            if isinstance(value, dict | list):
                yield from _within(value, reader)


def _actions(reader: Any) -> Iterator[str]:
    """Yield what in a PDF acts, carries a file or leads outside."""
    for entry in _dictionaries(reader):
        active = sorted(_ACTIVE & entry.keys() | ({str(entry.get("/S"))} & _ACTIVE) | ({str(entry.get("/Type"))} & _ACTIVE))
        if active:
            yield f"the PDF has {active[0]}; a page is paper, it does nothing"
        address = str(entry.get("/URI", ""))
        if address and not address.lower().startswith("mailto:"):
            yield f"the PDF points outside: {address[:80]}"
