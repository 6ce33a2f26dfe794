"""What a notebook shows: tables, figures, sentences and sections with their own alt text, caption and data.

Each is a frozen value. In JupyterLab it shows itself; the exporter reads the same value from the notebook (under `MIME`) and lays it
out as a page, so that nothing has to be found again in HTML.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

#: Private mime type under which a notebook output carries the object itself.
MIME = "application/vnd.acm.display+json"

#: Names the file of a release that a batch hands to a kernel (`acmlib.display.handover`). The notebook that runs there is not looked at,
#: so nothing is drawn for JupyterLab.
RELEASE_VARIABLE = "ACM_RELEASE"

#: Version of that form, refused by the exporter if it does not know it.
VERSION = 1

KINDS: dict[str, type[Display]] = {}
#: How an object is drawn, by MIME type: `acmlib.display.plain` and `acmlib.display.page` enter themselves here.
RENDERERS: dict[str, Callable[[Display], str]] = {}


@dataclass(frozen=True)
class Display:
    """Base of all display objects."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        KINDS[cls.__name__] = cls

    def to_json(self) -> dict[str, Any]:
        """Return the object as plain JSON values, its kind included."""
        return {"display": type(self).__name__, **{one.name: _plain(getattr(self, one.name)) for one in fields(self)}}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Return the object for JupyterLab, for a terminal and for the exporter."""
        unseen = RELEASE_VARIABLE in os.environ
        found = {kind: draw(self) for kind, draw in RENDERERS.items() if not (unseen and kind == "text/html")}
        return {**found, MIME: {"version": VERSION, **self.to_json()}}

    def __str__(self) -> str:
        return RENDERERS["text/plain"](self)


def from_json(given: Mapping[str, Any]) -> Any:
    """Return the display object that `Display.to_json` wrote.

    Raises
    ------
    ValueError
        If its kind or version is not one of ours.

    Examples
    --------
    >>> from_json(Prose(("A gap is possible.",)).to_json())
    Prose(paragraphs=('A gap is possible.',))
    """
    if given.get("version", VERSION) != VERSION or given.get("display") not in KINDS:
        allowed = ", ".join(sorted(KINDS))
        raise ValueError(
            f"display object is {given.get('display')!r}, version {given.get('version')!r}; use version {VERSION} of {allowed}"
        )
    return KINDS[given["display"]](**{name: _object(one) for name, one in given.items() if name not in ("display", "version")})


def _plain(value: Any) -> Any:
    if isinstance(value, Display):
        return value.to_json()
    return [_plain(one) for one in value] if isinstance(value, (tuple, list)) else value


def _object(value: Any) -> Any:
    if isinstance(value, Mapping):
        return from_json(value)
    return tuple(_object(one) for one in value) if isinstance(value, (list, tuple)) else value


@dataclass(frozen=True)
class Picture(Display):
    """A small drawing inside a table cell: a sparkline or an icon. `alt` describes it; it is empty where the cell's text says the same."""

    svg: str
    alt: str


@dataclass(frozen=True)
class Cell(Display):
    """A table cell with more than plain text."""

    text: str  #: What it says; escaped when shown.
    muted: bool = False  #: For what is not a value: *hidden: fewer than 11*, *no data*.
    picture: Picture | None = None
    language: str = ""  #: Language of the text where it is not the page's: a provider's own words.
    detail: str = ""  #: A second line, smaller.


@dataclass(frozen=True)
class Column(Display):
    """A column of a table: its heading and what stands in it. Numbers are right-aligned."""

    label: str
    kind: Literal["text", "number"] = "text"


@dataclass(frozen=True)
class DataTable(Display):
    """A table with caption, one header row and a header in every row.

    Raises
    ------
    ValueError
        If caption or a column label is empty, or a row has another number of cells.

    Examples
    --------
    >>> table = DataTable(
    ...     "Placed by site", (Column("Site"), Column("Placed", "number")), (("North", "40%"), ("South", Cell("hidden", muted=True)))
    ... )
    >>> print(table)
    Placed by site
    Site   Placed
    North     40%
    South  hidden
    """

    caption: str  #: Says what the table holds; required.
    columns: tuple[Column, ...]  #: At least one; every label says something.
    rows: tuple[tuple[str | Cell, ...], ...]  #: Values as they are read: formatted, in words where hidden. As many as there are columns.
    row_header: int = 0  #: The column that names the row.
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.caption.strip():
            raise ValueError("DataTable.caption is empty; say in a few words what the table holds")
        for number, column in enumerate(self.columns):
            if not column.label.strip():
                raise ValueError(f"{self.caption}: column {number + 1} has an empty heading; every column needs one")
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(f"{self.caption}: row {number + 1} has {len(row)} cells; the table has {len(self.columns)} columns")


@dataclass(frozen=True)
class Chart(Display):
    """A figure with everything that goes with it."""

    svg: str  #: The drawing, with live text.
    alt: str  #: One or two sentences: kind of chart, what is on it, main pattern.
    long_description: str  #: What a reader would get from studying it, in sentences.
    data: DataTable
    caption: str
    notes: tuple[str, ...] = ()  #: The small print: source, period, data cut-off, target, comparator, what is not drawn.
    label: str = "Data and description"  #: *Data and description*, in the page's language.

    def __post_init__(self) -> None:
        for name in ("svg", "alt", "long_description", "caption"):
            if not getattr(self, name).strip():
                raise ValueError(f"Chart.{name} is empty; a figure without it cannot be handed out")


@dataclass(frozen=True)
class Tile(Display):
    """One figure at a glance: its value, whether it is as agreed as a mark and in words, and its line over time."""

    name: str
    value: str  #: As it is read: *34%*.
    state: Literal["met", "missed", "neutral"]  #: Chooses mark and colour; the words of `verdict` say the same.
    verdict: str  #: *missed, target 40%*; *no target agreed*.
    details: tuple[str, ...] = ()  #: Interval, people, change: a line each.
    line: Picture | None = None  #: The months as a small line (`acmlib.display.charts.small.sparkline`).
    badge: str = ""  #: Beside the name: *main goal*.

    def __post_init__(self) -> None:
        if self.state not in ("met", "missed", "neutral"):
            raise ValueError(f"Tile {self.name}: state is {self.state!r}; use met, missed or neutral")
        if not (self.name.strip() and self.value.strip() and self.verdict.strip()):
            raise ValueError(f"Tile {self.name or self.value}: name, value and verdict all have to say something")


@dataclass(frozen=True)
class Tiles(Display):
    """At most five figures at a glance, beside each other.

    Raises
    ------
    ValueError
        If there is none, or more than a meeting can discuss.
    """

    items: tuple[Tile, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.items) <= 5:
            raise ValueError(f"Tiles: {len(self.items)} given; use one to five, and a table for more")


@dataclass(frozen=True)
class Beside(Display):
    """Several figures or sections beside each other where there is room, below each other on a phone."""

    items: tuple[Any, ...]


@dataclass(frozen=True)
class Fold(Display):
    """Parts of a page that are opened on demand; open on paper if the page is made with its appendix."""

    summary: str  #: What is inside, in a few words.
    body: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Prose(Display):
    """Plain paragraphs, escaped."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Bullets(Display):
    """A list of sentences; `heading` is an optional line above it, level 3."""

    items: tuple[str, ...]
    heading: str = ""
    ordered: bool = False


@dataclass(frozen=True)
class Notes(Display):
    """Markdown written by people: findings, quotes. Raw HTML in it is shown as text; links, images and scripts do not survive."""

    markdown: str
    source: str = ""
    language: str = ""
    quote: bool = False


@dataclass(frozen=True)
class Section(Display):
    """One message: a heading that says the finding, what shows it, and a question to discuss."""

    heading: str  #: The finding as a sentence.
    body: tuple[Any, ...] = ()  #: Usually one figure and a sentence or two.
    question: str = ""  #: About the service, not about the people; already introduced by *To discuss*. Empty if there is none.
    contents: str = ""  #: Shorter text for the list of contents; the heading if empty.
    level: Literal[2, 3] = 2


@dataclass(frozen=True)
class TitleBlock(Display):
    """The head of the page: the only heading of level 1, a line below it and facts as (term, text) pairs."""

    title: str
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    banner: str = ""


@dataclass(frozen=True)
class Questions(Display):
    """Questions for the meeting, numbered, set apart on page one."""

    heading: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Provenance(Display):
    """How the page was made, as (term, lines) pairs; stands in the footer."""

    heading: str
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
