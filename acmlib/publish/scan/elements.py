"""What a page is built of: inert elements, nothing from outside, pictures and tables that say what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from acmlib.publish.scan.tree import COMMENT, Node

#: Addresses that stand in the page itself or open a mail; everything else would be fetched from somewhere.
_INSIDE = re.compile(r"(#|data:image/|mailto:|(?![a-z][a-z0-9+.-]*:|//)[^\s\\])", re.IGNORECASE)
_ADDRESSES = frozenset({"src", "href", "srcset", "action", "formaction", "poster", "data", "xlink:href", "background", "cite", "ping"})

#: Elements that only hold words, pictures and tables. Whatever else HTML has, or will have, does not belong on paper.
_INERT = frozenset(
    """
    html head meta title style body header nav main section article aside footer div span p br hr wbr pre blockquote
    h1 h2 h3 h4 h5 h6 ul ol li dl dt dd figure figcaption img picture details summary a abbr b bdi bdo cite code del dfn em i ins kbd mark q
    s samp small strong sub sup time u var table caption colgroup col thead tbody tfoot tr td th
    """.split()  # noqa: SIM905 (a table of words reads better than 60 quoted ones)
)

#: Elements of a drawing: shapes and words. Neither scripts nor foreign objects, neither animations nor links.
_DRAWING = frozenset(
    """
    svg g defs path use rect circle ellipse line polyline polygon text tspan title desc metadata style clippath marker pattern symbol
    lineargradient radialgradient stop image
    """.split()  # noqa: SIM905 (as above)
)

#: Attributes of inert elements. A style of its own is not among them: a page's security policy ignores it, and a width can tell a number.
_ATTRIBUTES = frozenset(
    """
    id class lang dir title role hidden tabindex alt src width height href hreflang rel name content charset http-equiv media
    scope colspan rowspan headers span start reversed value type datetime cite open loading decoding translate
    """.split()  # noqa: SIM905 (as above)
)

_CODE_CLASSES = frozenset({"jp-InputArea", "jp-CodeCell", "input_area", "hl-ipython3", "jp-RenderedStderr"})
_FETCHES = re.compile(r"@import|image-set\(|url\(\s*['\"]?(?!data:|#)", re.IGNORECASE)
_SCOPES = ("col", "row", "colgroup", "rowgroup")

#: What may follow the style sheet of the house: the line at the foot of printed pages.
_FOOTER_RULE = re.compile(r'\s*(?:@page\s*\{\s*@bottom-\w+\s*\{\s*content:\s*"(?:[^"\\]|\\.)*";?\s*\}\s*\}\s*)*')


def element_problems(page: Node, style: str | None = None) -> Iterator[str]:
    """Yield what is wrong with the elements of a page.

    Parameters
    ----------
    style : str, optional
        The style sheet that pages have; with it given, no other may stand on the page.
    """
    nodes = list(page.walk())
    drawn = {id(node) for drawing in nodes if drawing.tag == "svg" for node in drawing.walk()}
    for node in nodes:
        if node.tag == "svg":
            yield from _drawing(node)
        if id(node) in drawn:  # looked at as a drawing
            continue
        if node.tag not in ("#page", COMMENT):
            yield from _active(node, _INERT)
            yield from _addresses(node)
        if node.tag == "img":
            yield from _picture(node)
        elif node.tag == "table":
            yield from _table(node)
        elif node.tag == "style":
            yield from _style(node, style)
    yield from _whole(nodes)


def drawing_problems(drawing: Node) -> Iterator[str]:
    """Yield what is wrong with the elements of an SVG drawing: it may neither do anything nor fetch anything."""
    for node in drawing.walk():
        if node.tag in ("#page", COMMENT):
            continue
        if node.tag not in _DRAWING:
            yield f"there is a <{node.tag}> in a picture; a picture only holds shapes and words"
        yield from _handlers(node)
        yield from _addresses(node)
        if "style" in node.attributes:
            yield f"<{node.tag}> of a picture has a style of its own; a page's security policy ignores it: use attributes and classes"
        if node.tag == "style" and _FETCHES.search("".join(child for child in node.children if isinstance(child, str))):
            yield "the style of a picture fetches something from outside"
        if _FETCHES.search(node.attributes.get("style", "")):
            yield "the style of a picture fetches something from outside"


def _active(node: Node, allowed: frozenset[str]) -> Iterator[str]:
    if node.tag not in allowed:
        yield f"there is a <{node.tag}>; a page is paper, it does nothing"
    yield from _handlers(node)
    if node.tag == "meta" and node.attributes.get("http-equiv", "").lower() == "refresh":
        yield "the page goes somewhere else by itself"
    for shown in sorted(_CODE_CLASSES & set(node.attributes.get("class", "").split())):
        yield f"code of the notebook is in it (class {shown})"
    for name in node.attributes:
        if name == "style":
            yield f"<{node.tag}> has a style of its own: its sizes could give a number away; use a class of the style sheet"
        elif name not in _ATTRIBUTES and name not in _ADDRESSES and not name.startswith(("aria-", "data-", "on")):
            yield f"<{node.tag}> has {name}, which pages do not use"
    if _FETCHES.search(node.attributes.get("style", "")):
        yield f"the style of <{node.tag}> fetches something from outside"


def _handlers(node: Node) -> Iterator[str]:
    for name in node.attributes:
        if name.startswith("on"):
            yield f"<{node.tag}> has a script in {name}"


def _addresses(node: Node) -> Iterator[str]:
    for name in sorted(_ADDRESSES & node.attributes.keys()):
        # A browser skips control characters and spaces within the name of a scheme.
        value = re.sub(r"[\x00-\x20]", "", node.attributes[name])
        if value and not _INSIDE.match(value):
            yield f"<{node.tag}> points outside: {value[:80]}"


def _picture(node: Node) -> Iterator[str]:
    # An icon beside its words says nothing of its own; it has to declare that.
    alt = node.attributes.get("alt")
    if not (alt or "").strip() and not (alt is not None and node.attributes.get("role") == "presentation"):
        yield "a picture has no alternative text"
    elif _FILLER.fullmatch((alt or "").strip()):
        yield f"the alternative text of a picture says nothing: {alt!r}"
    source = node.attributes.get("src", "").lower()
    if source.startswith("data:") and not source.startswith("data:image/svg+xml"):
        yield "a picture cannot be looked through: it is no SVG drawing"


def _drawing(node: Node) -> Iterator[str]:
    """Yield problems of a drawing's text alternatives; an icon beside its words is hidden from screen readers."""
    said = node.attributes.get("aria-label", "").strip()
    if node.attributes.get("aria-hidden") == "true":
        return
    if node.attributes.get("role") != "img" or not said:
        yield "a picture has no alternative text"
    elif _FILLER.fullmatch(said):
        yield f"the alternative text of a picture says nothing: {said!r}"


#: What programs write when nobody wrote anything.
_FILLER = re.compile(
    r"(no description has been provided for this image|image|picture|figure|chart|graph|plot|img|png|svg)\.?", re.IGNORECASE
)


def _table(node: Node) -> Iterator[str]:
    if not any(caption.line for caption in node.all("caption")):
        yield "a table has no caption"
    headers = list(node.all("th"))
    if not headers:
        yield "a table has no headers"
    if any(header.attributes.get("scope") not in _SCOPES for header in headers):
        yield "a table header has no scope"


def _style(node: Node, style: str | None) -> Iterator[str]:
    given = "".join(child for child in node.children if isinstance(child, str))
    as_given = style is not None and given.startswith(style) and _FOOTER_RULE.fullmatch(given[len(style) :]) is not None
    # The line at the foot holds the page's title in quotes: a title that speaks of url(...) fetches nothing.
    if _FETCHES.search(style if as_given and style is not None else given):
        yield "the style fetches something from outside"
    if style is not None and not as_given:
        yield "there is a style that is not the style sheet of all pages: its sizes could give a number away"


def _whole(nodes: Sequence[Node]) -> Iterator[str]:
    """Yield what the page as a whole lacks."""
    if not any(node.attributes.get("lang") for node in nodes if node.tag == "html"):
        yield "the page does not say its language"
    if not any(node.line for node in nodes if node.tag == "title"):
        yield "the page has no title"
    headings = sum(node.tag == "h1" for node in nodes)
    if headings != 1:
        yield f"the page has {headings} main headings (h1); it needs exactly one"
