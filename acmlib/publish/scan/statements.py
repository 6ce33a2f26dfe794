"""A page read as statements: every piece of text a reader or a program can find in it, with what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from acmlib.publish.scan.axes import Axis, axis_of
from acmlib.publish.scan.drawings import drawing_of, drawn_lines, drawn_words
from acmlib.publish.scan.marks import mark_positions
from acmlib.publish.scan.tree import COMMENT, Node

#: Attributes that hold words.
WORDED = ("alt", "title", "aria-label", "aria-description", "aria-valuetext", "content", "data-label", "summary", "value", "href", "id")

_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[^\W\d_a-z]|[¿¡“\"])")
#: The page's own number of a heading that comes again (`acmlib.display.page`).
_REPEATED = re.compile(r"-\d$")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True)
class Statement:
    """A piece of text and what stands around it, nearest first."""

    place: str  #: What it is: ``caption``, ``alternative text``, ...
    text: str
    heads: tuple[str, ...] = ()  #: Heads of its row and its column.
    captions: tuple[str, ...] = ()  #: Captions of its table or figure, or the sentence before it.
    sections: tuple[str, ...] = ()  #: Headings above it.
    marks: tuple[tuple[float, float], ...] = ()  #: Where the marks of a picture lie.
    axis: Axis | None = None  #: The axis of a picture, if it has one.


@dataclass
class _Around:
    """Where the reading is: the headings above, and the captions of the figure or table it is in."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    captions: tuple[str, ...] = ()

    @property
    def sections(self) -> tuple[str, ...]:
        return tuple(text for _, text in reversed(self.headings))


def statements(page: Node) -> Iterator[Statement]:
    """Yield everything that a page says, in its order: sentences, cells, captions, alternative texts, drawings, comments."""
    yield from _read(page, _Around())


def metadata_statements(metadata: Any, heads: tuple[str, ...] = ()) -> Iterator[Statement]:
    """Yield everything that metadata say: each value, its names, from the innermost, as its heads.

    Parameters
    ----------
    heads : tuple of str
        Names of what holds them.

    Examples
    --------
    >>> [(one.text, one.heads) for one in metadata_statements({"rows": {"South": [3, "few"]}})]
    [('3', ('South', 'rows')), ('few', ('South', 'rows'))]
    """
    if isinstance(metadata, Mapping):
        for name, value in metadata.items():
            yield from metadata_statements(value, (str(name), *heads))
    elif isinstance(metadata, list | tuple):
        for value in metadata:
            yield from metadata_statements(value, heads)
    else:
        yield Statement("metadata of the notebook", str(metadata), heads)


def _read(node: Node, around: _Around) -> Iterator[Statement]:
    if node.tag == "style":
        return
    if node.tag == COMMENT:
        yield _statement("comment", node.children[0], around)
        return
    yield from _attributes(node, around)
    if node.tag in _HEADINGS:
        level = int(node.tag[1])
        yield _statement("heading", node.line, around)
        around.headings[:] = [(one, text) for one, text in around.headings if one < level] + [(level, node.line)]
    elif node.tag == "table":
        yield from _table(node, around)
    elif node.tag == "figure":
        captions = tuple(caption.line for caption in node.all("figcaption"))
        yield from _children(node, _Around(around.headings, captions + around.captions))
    elif node.holds_words and any(not isinstance(child, Node) for child in node.children):
        yield from _sentences(node, around)
    else:
        yield from _children(node, around)


def _children(node: Node, around: _Around) -> Iterator[Statement]:
    for child in node.children:
        if isinstance(child, Node):
            yield from _read(child, around)
        elif child.strip():
            yield _statement("text", child, around)


def _statement(place: str, text: object, around: _Around, heads: tuple[str, ...] = ()) -> Statement:
    return Statement(place, " ".join(str(text).split()), heads, around.captions, around.sections)


def _sentences(node: Node, around: _Around) -> Iterator[Statement]:
    """Yield the sentences of a paragraph; each is about what the one before was about, if it names nothing itself."""
    for inner in node.walk():
        if inner is not node:
            yield from _attributes(inner, around)
    before: tuple[str, ...] = ()
    place = {"figcaption": "caption", "title": "title of the page"}.get(node.tag, "sentence")
    for sentence in _SENTENCE.split(node.line):
        yield Statement(place, sentence, (), before + around.captions, around.sections)
        before = (sentence,)


def _comments(node: Node) -> Iterator[Node]:
    return (child for child in node.children if isinstance(child, Node) and child.tag == COMMENT)


def _attributes(node: Node, around: _Around, heads: tuple[str, ...] = ()) -> Iterator[Statement]:
    for name, text in node.attributes.items():
        if text and (name in WORDED or name.startswith("data-")):
            words = _REPEATED.sub("", text).replace("-", " ").replace("_", " ") if name in ("id", "href") else text
            for sentence in _SENTENCE.split(" ".join(words.split())):
                yield _statement("alternative text" if name == "alt" else f"attribute {name}", sentence, around, heads)
    drawing = drawing_of(node)
    if drawing is not None:
        captions = (*filter(None, [node.attributes.get("alt", "")]), *around.captions)
        inside = _Around(around.headings, captions)
        for text in drawn_words(drawing):
            yield _statement("words inside a picture", text, inside, heads)
        marks, axis = mark_positions(drawing), axis_of(drawing)
        yield Statement("marks of a picture", node.attributes.get("alt", ""), heads, around.captions, around.sections, marks, axis)
        for line in drawn_lines(drawing):
            yield Statement("picture", line.text, (*heads, *line.around), captions, around.sections)


def _table(table: Node, around: _Around) -> Iterator[Statement]:
    captions = tuple(caption.line for caption in table.all("caption"))
    inside = _Around(around.headings, captions + around.captions)
    yield from (_statement("caption", caption, inside) for caption in captions)
    columns: list[str] = []
    for row in table.all("tr"):
        cells = [cell for cell in row.children if isinstance(cell, Node) and cell.tag in ("td", "th")]
        if cells and all(map(_heads_column, cells)):
            columns = [cell.line for cell in cells]
        rows = tuple(cell.line for cell in cells if cell.tag == "th" and not _heads_column(cell))
        for number, cell in enumerate(cells):
            above = columns[number : number + 1] if cell.line not in columns else ()
            yield from _cell(cell, inside, (*above,) if cell.tag == "th" else (*rows, *above))
    for node in table.walk():
        if node.tag in ("table", "caption", "thead", "tbody", "tfoot", "tr", "colgroup", "col"):
            yield from _attributes(node, inside)
        yield from (_statement("comment", child.children[0], inside) for child in _comments(node) if node.tag not in ("td", "th"))


def _heads_column(cell: Node) -> bool:
    return cell.attributes.get("scope") in ("col", "colgroup")


def _cell(cell: Node, inside: _Around, heads: tuple[str, ...]) -> Iterator[Statement]:
    """Yield what a cell says, what is in it, and its comments."""
    yield _statement("head of a row or column" if cell.tag == "th" else "cell of a table", cell.line, inside, heads)
    for node in cell.walk():
        yield from _attributes(node, inside, heads)
        if node.tag == COMMENT:
            yield _statement("comment", node.children[0], inside, heads)
