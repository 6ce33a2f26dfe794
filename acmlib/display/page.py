"""Display objects as HTML and as plain text.

`Layout` lays objects out on one page: it numbers the figures, collects their data for the appendix and the headings for the contents.
In JupyterLab the same markup is used, with the data folded under each figure and alignment written into the cells.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Any

from acmlib.display.first_screen import FirstScreen, Lead
from acmlib.display.notes import note_html
from acmlib.display.objects import (
    RENDERERS,
    Beside,
    Bullets,
    Cell,
    Chart,
    DataTable,
    Display,
    Fold,
    Notes,
    Picture,
    Prose,
    Provenance,
    Questions,
    Section,
    Tile,
    Tiles,
    TitleBlock,
)  # fmt: skip
from acmlib.display.words import Words

#: How things look in JupyterLab. Drawings take the colours of its theme.
NOTEBOOK_CSS = (
    "".join(
        f"{theme}.chart .f{letter}{{fill:{color}}}{theme}.chart .s{letter}{{stroke:{color}}}"
        for theme, colors in (
            ("", {"i": "var(--jp-content-font-color1)", "g": "var(--jp-content-font-color2)", "p": "var(--jp-layout-color0)"}),
            ("[data-jp-theme-light=false] ", {"b": "#8fbce6", "o": "#ff9b7a", "r": "#8a9399", "n": "#2a3035"}),
        )
        for letter, color in colors.items()
    )
    + ".chart{fill:var(--jp-content-font-color1)}"
)
DETAIL = "display:block;font-weight:400;font-size:85%"
QUESTION = "font-weight:600;border-left:4px solid #7a8287;padding-left:.8em"
CAPTION = "text-align:left;font-weight:600"
SMALL = "font-size:85%;margin:.3em 0"

#: Tables with more columns than this, or more columns of text, become one block a row on a narrow screen.
WIDE, WIDE_TEXT = 3, 2

#: Marks of tiles; the words beside them say the same.
MARKS = {"met": "\N{CHECK MARK}", "missed": "\N{MULTIPLICATION X}"}

#: Tables with more columns than this are set smaller.
DENSE = 6


def tag(name: str, content: str = "", **attributes: Any) -> str:
    """Return an element; attributes are escaped, None leaves one out, an underscore before a name avoids Python's keywords.

    Examples
    --------
    >>> tag("th", "North", scope="row", _class=None)
    '<th scope="row">North</th>'
    """
    given = "".join(f' {key.strip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items() if value is not None)
    return f"<{name}{given}>{content}</{name}>"


def drawing(svg: str, alt: str, **attributes: Any) -> str:
    """Return a drawing as part of the page: live text in the page's colours. A screen reader reads its alt text; none hides an icon."""
    said = {"role": "img", "aria_label": alt} if alt else {"aria_hidden": "true"}
    given = "".join(f' {key.replace("_", "-")}="{escape(str(value))}"' for key, value in (said | attributes).items() if value is not None)
    return svg.replace("<svg", f"<svg{given}", 1)


class Layout:
    """One page while it is laid out.

    Parameters
    ----------
    words : Words, optional
        Fixed words of the page; without it objects are laid out for JupyterLab.
    unfolded : bool
        Whether what is folded stands open, for paper.

    Attributes
    ----------
    contents : list of (id, text)
        Headings of level 2 so far.
    appendix : list of str
        Data and description of each figure so far.
    title : str
        The title block, once there is one.
    footer, footer_contents : list
        What belongs at the foot of the page, and its headings.
    """

    def __init__(self, words: Words | None = None, *, unfolded: bool = False) -> None:
        self.words, self.unfolded = words, unfolded
        self.contents: list[tuple[str, str]] = []
        self.appendix: list[str] = []
        self.footer: list[str] = []
        self.footer_contents: list[tuple[str, str]] = []
        self.title = ""
        self._figures = 0
        self._used: set[str] = set()

    def html(self, shown: Display) -> str:
        """Return one object as HTML."""
        if isinstance(shown, (Lead, FirstScreen)):
            return shown.html(self)
        method = getattr(self, f"_{type(shown).__name__.lower()}", None)
        if method is None:
            raise TypeError(f"page: {type(shown).__name__} stands inside other objects; show the table or figure it belongs to")
        return str(method(shown))

    def heading(self, text: str, level: int, *, short: str = "") -> str:
        """Return a heading with an id of its own; level 2 goes to the contents."""
        name = self._name(short or text)
        if level == 2:
            self.contents.append((name, short or text))
        return tag(f"h{level}", escape(text), id=name)

    def _name(self, text: str) -> str:
        ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:60].strip("-") or "section"
        name, number = stem, 2
        while name in self._used:
            name, number = f"{stem}-{number}", number + 1
        self._used.add(name)
        return name

    def _titleblock(self, shown: TitleBlock) -> str:
        facts = "".join(tag("div", tag("dt", escape(term)) + tag("dd", escape(text))) for term, text in shown.facts)
        parts = [tag("p", escape(shown.banner), _class="banner")] if shown.banner else []
        parts.append(tag("h1", escape(shown.title)))
        parts += [tag("p", escape(shown.subtitle), _class="subtitle")] if shown.subtitle else []
        parts += [tag("dl", facts, _class="facts")] if facts else []
        block = tag("div", "".join(parts), _class="title")
        if self.words is None:
            return block
        self.title = block
        return ""

    def _section(self, shown: Section) -> str:
        parts = [self.heading(shown.heading, shown.level, short=shown.contents)]
        parts += [self.html(one) for one in shown.body]
        if shown.question:
            parts.append(tag("p", escape(shown.question), _class="question", style=self._inline(QUESTION)))
        return tag("section", "\n".join(parts))

    def _prose(self, shown: Prose) -> str:
        return "".join(tag("p", escape(text)) for text in shown.paragraphs)

    def _bullets(self, shown: Bullets) -> str:
        items = "".join(tag("li", escape(text)) for text in shown.items)
        above = self.heading(shown.heading, 3) if shown.heading else ""
        return above + tag("ol" if shown.ordered else "ul", items)

    def _questions(self, shown: Questions) -> str:
        items = "".join(tag("li", escape(text)) for text in shown.items)
        return tag("section", self.heading(shown.heading, 2) + tag("ol", items), _class="questions")

    def _notes(self, shown: Notes) -> str:
        source = tag("p", "— " + escape(shown.source), _class="said-by") if shown.source else ""
        inside = tag("div", note_html(shown.markdown), lang=shown.language or None) + source
        return tag("blockquote" if shown.quote else "div", inside, _class="note")

    def _provenance(self, shown: Provenance) -> str:
        facts = "".join(tag("dt", escape(term)) + "".join(tag("dd", escape(line)) for line in lines) for term, lines in shown.facts)
        heading = tag("summary", tag("h2", escape(shown.heading), id="how-made"))
        block = tag("details", heading + tag("dl", facts), _class="provenance", open="" if self.unfolded else None)
        if self.words is None:
            return block
        self.footer.append(block)
        self.footer_contents.append(("how-made", shown.heading))
        return ""

    def _tiles(self, shown: Tiles) -> str:
        style = "display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:.7rem;padding:0;list-style:none"
        return tag("ul", "".join(map(self._tile, shown.items)), _class="tiles", style=self._inline(style))

    def _tile(self, shown: Tile) -> str:
        badge = " " + tag("b", escape(shown.badge)) if shown.badge else ""
        mark = tag("span", MARKS[shown.state] + " ", aria_hidden="true") if shown.state in MARKS else ""
        line = drawing(shown.line.svg, shown.line.alt) if shown.line else ""
        parts = [tag("p", escape(shown.name) + badge, _class="name")]
        parts += [tag("div", tag("p", escape(shown.value), _class="value") + line, _class="now")]
        parts += [tag("p", mark + escape(shown.verdict), _class="verdict")]
        parts += [tag("p", escape(one), _class="detail") for one in shown.details]
        return tag("li", "".join(parts), _class=shown.state)

    def _beside(self, shown: Beside) -> str:
        style = "display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1.5rem"
        inside = "".join(tag("div", self.html(one)) for one in shown.items)
        return tag("div", inside, _class="beside", style=self._inline(style))

    def _fold(self, shown: Fold) -> str:
        inside = "\n".join(self.html(one) for one in shown.body)
        return tag("details", tag("summary", escape(shown.summary)) + inside, _class="fold", open="" if self.unfolded else None)

    def _datatable(self, shown: DataTable) -> str:
        return tag("div", self.table(shown) + self._small(shown.notes), _class="table-block")

    def table(self, shown: DataTable) -> str:
        """Return a table; roles keep it a table for screen readers when a narrow screen stacks its rows."""
        width = _width(shown)
        role = (lambda name: name) if width else (lambda name: None)
        head = "".join(
            tag("th", escape(one.label), scope="col", role=role("columnheader"), _class=_kind(one.kind), style=self._style(one.kind))
            for one in shown.columns
        )
        body = "".join(tag("tr", "".join(self._cells(shown, row, role)), role=role("row")) for row in shown.rows)
        parts = tag("caption", escape(shown.caption), style=self._inline(CAPTION)) + tag(
            "thead", tag("tr", head, role=role("row")), role=role("rowgroup")
        )
        return tag("table", parts + tag("tbody", body, role=role("rowgroup")), role=role("table"), _class=width)

    def _cells(self, shown: DataTable, row: tuple[str | Cell, ...], role: Any) -> Iterable[str]:
        for number, (column, cell) in enumerate(zip(shown.columns, row, strict=True)):
            one = cell if isinstance(cell, Cell) else Cell(cell)
            content = escape(one.text)
            if one.muted:
                content = tag("span", content, _class="muted")
            if one.picture is not None:
                content = self._picture(one.picture) + (" " + content if one.text else "")
            if one.detail:
                content += tag("span", escape(one.detail), _class="detail", style=self._inline(DETAIL))
            options = {"_class": _kind(column.kind), "style": self._style(column.kind), "lang": one.language or None}
            if number == shown.row_header:
                yield tag("th", content, scope="row", role=role("rowheader"), **options)
            else:
                yield tag("td", content, role=role("cell"), data_label=column.label if role("cell") else None, **options)

    def _style(self, kind: str) -> str | None:
        return self._inline(f"text-align:{'right' if kind == 'number' else 'left'}")

    def _inline(self, style: str) -> str | None:
        """Return an inline style for JupyterLab, which does not load the page's style sheet; a finished page allows no inline styles."""
        return style if self.words is None else None

    def _picture(self, shown: Picture) -> str:
        return drawing(shown.svg, shown.alt)

    def _small(self, notes: Iterable[str]) -> str:
        return "".join(tag("p", escape(note), _class="small", style=self._inline(SMALL)) for note in notes)

    def _chart(self, shown: Chart) -> str:
        self._figures += 1
        if self.words is None:
            return self._notebook_chart(shown)
        number = self._figures
        name = self.words("page.figure", number=number)
        caption = tag("figcaption", tag("span", escape(name) + ".", _class="number") + " " + escape(shown.caption))
        link = tag(
            "a", escape(self.words("page.data_short")), href=f"#data-{number}", aria_label=self.words("page.data_link", number=number)
        )
        self.appendix.append(self._data(shown, number, self.words))
        body = caption + drawing(shown.svg, shown.alt) + self._small(shown.notes) + tag("p", link, _class="small data-link")
        return tag("figure", body, id=f"figure-{number}")

    def _data(self, shown: Chart, number: int, words: Words) -> str:
        heading = tag("h3", escape(words("page.appendix_figure", number=number, caption=shown.caption)), id=f"data-{number}")
        back = tag("a", escape(words("page.back_link", number=number)), href=f"#figure-{number}")
        parts = [heading, tag("p", escape(shown.long_description)), self._datatable(shown.data), tag("p", back, _class="small data-link")]
        return tag("section", "".join(parts), _class="data")

    def _notebook_chart(self, shown: Chart) -> str:
        details = tag("summary", escape(shown.label)) + tag("p", escape(shown.long_description)) + self._datatable(shown.data)
        body = tag("style", NOTEBOOK_CSS) + tag("figcaption", tag("strong", escape(shown.caption)))
        body += drawing(shown.svg, shown.alt, style="max-width:100%;height:auto")
        return tag("figure", body + self._small(shown.notes) + tag("details", details), style="margin:1em 0;max-width:44rem")


def _width(shown: DataTable) -> str | None:
    """Return the class of a table by how many columns it has."""
    texts = sum(column.kind == "text" for column in shown.columns)
    if len(shown.columns) > DENSE:
        return "wide dense"
    return "wide" if len(shown.columns) > WIDE or texts > WIDE_TEXT else None


def _kind(kind: str) -> str | None:
    return "number" if kind == "number" else None


def notebook_html(shown: Display) -> str:
    """Return an object as it stands in a notebook."""
    return Layout().html(shown)


RENDERERS["text/html"] = notebook_html
