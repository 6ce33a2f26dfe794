"""A page as a tree of elements, close enough to a browser's for the library's own pages, which are well-formed and escaped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

#: Elements that stand within a line; all others begin and end one.
INLINE = frozenset({"a", "abbr", "b", "cite", "code", "em", "i", "img", "small", "span", "strong", "sub", "sup", "time"})

#: Classes of the style sheet that set a ``span`` on a line of its own.
BLOCKS = frozenset({"detail"})

#: Tag under which the tree keeps comments and declarations.
COMMENT = "#comment"


@dataclass
class Node:
    """One element: its tag, its attributes with entities decoded, and what stands in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """Yield this element and all below it, in the order of the page."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += [child for child in reversed(node.children) if isinstance(child, Node)]

    def all(self, *tags: str) -> Iterator[Node]:
        """Yield the elements below that have one of these tags."""
        return (node for node in self.walk() if node.tag in tags)

    @property
    def text(self) -> str:
        """The words in it; blocks on lines of their own, cells of a row apart, no styles and no comments."""
        if self.tag in ("style", COMMENT):
            return ""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        if self.tag in ("td", "th"):
            parts.append("\t")
        elif self.tag in ("sub", "sup"):  # the number before a raised mark is whole
            parts = [" ", *parts, " "]
        elif self.tag not in INLINE or self.attributes.get("class") in BLOCKS:
            parts = ["\n", *parts, "\n"]
        return "".join(parts)

    @cached_property
    def line(self) -> str:
        """The words in it on one line; asked for once the tree is whole."""
        return " ".join(self.text.split())

    @cached_property
    def holds_words(self) -> bool:
        """Whether only words and what stands within a line are in it; asked for once the tree is whole."""
        return all(not isinstance(child, Node) or (child.tag in (*INLINE, "br") and child.holds_words) for child in self.children)


def read_tree(page: str) -> Node:
    """Return the tree of an HTML page or an SVG drawing.

    Examples
    --------
    >>> [node.tag for node in read_tree("<p>a <b>b</b><br></p>").walk()]
    ['#page', 'p', 'b', 'br']
    """
    builder = _Builder()
    builder.feed(page)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("#page")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        at = next((at for at in range(len(self._open) - 1, 0, -1) if self._open[at].tag == tag), None)
        if at is not None:
            del self._open[at:]

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self._open[-1].children.append(Node(COMMENT, children=[data]))

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self.handle_comment(decl)

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

    def unknown_decl(self, data: str) -> None:
        self.handle_comment(data)
