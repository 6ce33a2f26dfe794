"""Drawings read back: the words that a figure shows, and what its file says beside them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from acmlib.display.charts.canvas import text_width
from acmlib.publish.scan.tree import COMMENT, Node, read_tree

_SVG = "data:image/svg+xml"

#: Where a text stands: its left end, its middle or its right end is at its place.
_ANCHORS = {"middle": 0.5, "end": 1.0}
_PLACE = re.compile(r"-?\d+(?:\.\d+)?")

#: Attributes of a drawing that hold names.
_LABELS = frozenset({"id", "class", "title", "inkscape:label"})

#: Words of one drawn line lie within so many points of each other; lines of a label follow each other within so many.
_SAME_LINE, _NEXT_LINE = 4.0, 16.0


@dataclass(frozen=True)
class Line:
    """Words that are drawn beside each other, and those just above and below."""

    text: str
    around: tuple[str, ...] = ()


def drawing_of(node: Node) -> Node | None:
    """Return the SVG drawing that an ``img`` shows, or that the element is, as a tree; None if there is none."""
    source = node.attributes.get("src", "") or node.attributes.get("href", "")
    if node.tag == "svg":
        return node
    return _read(source) if source.lower().startswith(_SVG) else None


@lru_cache(maxsize=64)
def _read(source: str) -> Node:
    head, _, content = source.partition(",")
    try:
        text = base64.b64decode(content).decode("utf-8", "replace") if head.endswith(";base64") else unquote(content)
    except ValueError:
        return Node("#page", children=[f"unreadable drawing {content[:20]}"])
    return read_tree(text)


def drawn_words(drawing: Node) -> Iterator[str]:
    """Yield what the file of a drawing says in letters: texts, titles, descriptions, metadata, comments, names and labels."""
    for node in drawing.walk():
        if node.tag == "style":
            continue
        yield from (child for child in node.children if isinstance(child, str) and child.strip())
        for name, text in node.attributes.items():
            if (name in _LABELS or name.startswith(("aria-", "data-"))) and not _is_code(text):
                yield from (text, text.replace("_", " ").replace("-", " "))


def _is_code(name: str) -> bool:
    """Whether a name is one that the drawing program made up: of a letter, a mark or a clipping."""
    return re.fullmatch(r"[gb][0-9a-f]+|[a-z][0-9a-f]{10}|[a-z]+\d*_\d+", name) is not None


def drawn_lines(drawing: Node) -> list[Line]:
    """Return the words of a drawing as they are seen: those on one line together."""
    placed = sorted(drawn_texts(drawing), key=lambda one: (one[1], one[0]))
    rows: list[tuple[float, list[str]]] = []
    for _, y, text in placed:
        if rows and y - rows[-1][0] <= _SAME_LINE:
            rows[-1][1].append(text)
        else:
            rows.append((y, [text]))
    lines = [(y, "   ".join(texts)) for y, texts in rows]
    return [
        Line(text, tuple(other for at, other in lines[max(0, number - 1) : number + 2] if at != y and abs(at - y) <= _NEXT_LINE))
        for number, (y, text) in enumerate(lines)
    ]


def drawn_texts(drawing: Node) -> Iterator[tuple[float, float, str]]:
    """Yield (left end, baseline, text) of every text."""
    for node in drawing.all("text"):
        x, y = (_PLACE.match(node.attributes.get(name, "0")) for name in ("x", "y"))
        weight = "bold" if node.attributes.get("font-weight") == "700" else "normal"
        before = _ANCHORS.get(node.attributes.get("text-anchor", ""), 0.0) * text_width(node.line, weight)
        yield float(x[0] if x else 0) - before, float(y[0] if y else 0), node.line


def all_words(drawing: Node) -> str:
    """Return every word of a drawing, seen or not."""
    comments = (str(node.children[0]) for node in drawing.walk() if node.tag == COMMENT)
    return "\n".join([*drawn_words(drawing), *(line.text for line in drawn_lines(drawing)), *comments])
