"""Markdown that people wrote, turned into HTML that can do nothing.

Two fences, one behind the other: the Markdown reader treats raw HTML as text, and nh3 then lets only a short list of tags through, without
attributes. Links become their text (a page names no outside address), images disappear.
"""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

#: What may remain of a note. No attribute is allowed on any of them.
TAGS = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "h2", "h3", "h4", "hr"})


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def note_html(markdown: str) -> str:
    r"""Return a note as safe HTML; its headings become bold lines, so that a note cannot change the outline of a page.

    Examples
    --------
    >>> note_html("# Theme\n\nBuses **stop** at six. <script>alert(1)</script>")
    '<p><strong>Theme</strong></p>\n<p>Buses <strong>stop</strong> at six. &lt;script&gt;alert(1)&lt;/script&gt;</p>\n'
    """
    tokens = []
    for token in _reader().parse(markdown):
        opening = token.type == "heading_open"
        if opening or token.type == "heading_close":
            both = [Token("paragraph_open", "p", 1), Token("strong_open", "strong", 1)]
            tokens += both if opening else [Token("strong_close", "strong", -1), Token("paragraph_close", "p", -1, block=True)]
        else:
            tokens.append(token)
    return _clean(_reader().renderer.render(tokens, _reader().options, {}))


def cell_parts(markdown: str) -> list[tuple[int, str]]:
    r"""Return a notebook's Markdown cell as parts: (level, text) for a heading, (0, safe HTML) for what stands between.

    Examples
    --------
    >>> cell_parts("## What we heard\n\nTwelve students.")
    [(2, 'What we heard'), (0, '<p>Twelve students.</p>\n')]
    """
    parts: list[tuple[int, str]] = []
    between: list[Token] = []
    heading = 0

    def finish() -> None:
        if between:
            parts.append((0, _clean(_reader().renderer.render(between, _reader().options, {}))))
            between.clear()

    for token in _reader().parse(markdown):
        if token.type == "heading_open":
            finish()
            heading = int(token.tag[1])
        elif token.type == "heading_close":
            heading = 0
        elif heading:
            parts.append((heading, "".join(child.content for child in token.children or ())))
        else:
            between.append(token)
    finish()
    return parts


def _clean(html: str) -> str:
    return nh3.clean(html, tags=set(TAGS), attributes={}, link_rel=None)
