"""What a tagged PDF says of itself: which heading, figure and table lies on which page, read from its structure tree."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pikepdf
import pypdf


@dataclass
class Element:
    """One element of the structure tree: its kind, its alternative text, the pages that its content lies on, what is in it."""

    kind: str
    alt: str
    pages: set[int] = field(default_factory=set)
    children: list[Element] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """Yield the element and everything in it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Printed:
    """A PDF that was read: the text of its pages, and its elements in reading order."""

    texts: list[str]
    elements: list[Element]
    language: str
    outline: list[str]

    def of_kind(self, *kinds: str) -> list[Element]:
        """Return the elements of these kinds that have content."""
        return [one for one in self.elements if one.kind in kinds and one.pages]

    def orphan_headings(self) -> list[str]:
        """Return headings after which their page ends: what follows them lies on a later page."""
        headings = [one for one in self.elements if one.pages and _is_heading(one)]
        within = {id(part) for heading in headings for part in heading.walk()} - {id(heading) for heading in headings}
        ends = [one for one in self.elements if one.pages and (_is_heading(one) or not one.children) and id(one) not in within]
        return [
            f"{one.kind} at the end of page {max(one.pages)}"
            for one, following in pairwise(ends)
            if _is_heading(one) and min(following.pages) > max(one.pages)
        ]

    def split_figures(self) -> list[str]:
        """Return figures that lie on more than one page."""
        return [one.alt for one in self.of_kind("Figure") if len(one.pages) > 1]


def _is_heading(element: Element) -> bool:
    return element.kind[:1] == "H" and element.kind[1:].isdigit()


def read(content: bytes) -> Printed:
    """Read a tagged PDF."""
    texts = _texts(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        places = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        root = _element(pdf.Root.StructTreeRoot.K, places, None)
        with pdf.open_outline() as outline:
            titles = [item.title for item in _items(outline.root)]
        return Printed(texts, list(root.walk()), str(pdf.Root.get("/Lang", "")), titles)


def _texts(content: bytes) -> list[str]:
    """Return the text of each page: by poppler where it is here, which takes a twentieth of the time over the paths of drawings."""
    program = shutil.which("pdftotext")
    if program is None:
        return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    found = subprocess.run([program, "-enc", "UTF-8", "-", "-"], input=content, capture_output=True, check=True)
    return found.stdout.decode().split("\f")[:-1]


def _items(items: Any) -> Iterator[Any]:
    for item in items:
        yield item
        yield from _items(item.children)


def _element(given: Any, places: dict[Any, int], page: int | None) -> Element:
    """Return one structure element; numbers and marked-content references in it say on which page its content lies."""
    if isinstance(given, pikepdf.Array):  # the root may hold several
        element = Element("Root", "")
        kids: Any = given
    else:
        page = places.get(given.Pg.objgen, page) if "/Pg" in given else page
        element = Element(str(given.get("/S", "/Root"))[1:], str(given.get("/Alt", "")))
        kids = given.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            element.pages |= {page} if page else set()
        elif kid.get("/Type") == "/MCR":
            element.pages |= {places[kid.Pg.objgen]} if "/Pg" in kid else {page} if page else set()
        elif kid.get("/Type") != "/OBJR":
            child = _element(kid, places, page)
            element.children.append(child)
            element.pages |= child.pages
    return element
