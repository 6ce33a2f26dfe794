"""Display objects for a terminal or a diff: every word and number, no markup."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from acmlib.display.first_screen import FirstScreen, Lead
from acmlib.display.objects import (
    RENDERERS,
    Beside,
    Bullets,
    Cell,
    Chart,
    DataTable,
    Display,
    Fold,
    Prose,
    Provenance,
    Questions,
    Section,
    Tiles,
    TitleBlock,
)


def plain_text(shown: Display) -> str:
    """Return an object for a terminal or a diff: every word and number, no markup."""
    if isinstance(shown, (FirstScreen, Lead)):
        return shown.plain()
    kind = type(shown)
    if kind in _FORMS:
        return _FORMS[kind](shown)
    return str(getattr(shown, "markdown", None) or getattr(shown, "text", None) or getattr(shown, "alt", ""))


def _each(parts: Iterable[Display]) -> list[str]:
    return [plain_text(one) for one in parts]


def _plain_table(shown: DataTable) -> str:
    rows = [[one.label for one in shown.columns]]
    rows += [
        [(one.text or (one.picture.alt if one.picture else "")) if isinstance(one, Cell) else one for one in row] for row in shown.rows
    ]
    widths = [max(len(row[number]) for row in rows) for number in range(len(shown.columns))]
    right = [one.kind == "number" for one in shown.columns]
    lines = [
        "  ".join(text.rjust(width) if end else text.ljust(width) for text, width, end in zip(row, widths, right, strict=True))
        for row in rows
    ]
    return "\n".join([shown.caption, *(line.rstrip() for line in lines), *shown.notes])


#: What each kind of object reads as.
_FORMS: dict[type, Callable[[Any], str]] = {
    DataTable: _plain_table,
    Chart: lambda one: "\n".join([one.caption, f"[{one.alt}]", one.long_description, _plain_table(one.data), *one.notes]),
    Section: lambda one: "\n\n".join(filter(None, [one.heading, *_each(one.body), one.question])),
    TitleBlock: lambda one: "\n".join([one.title, one.subtitle, *(f"{term}: {text}" for term, text in one.facts)]),
    Provenance: lambda one: "\n".join([one.heading, *(f"{term}: {'; '.join(lines)}" for term, lines in one.facts)]),
    Tiles: lambda one: "\n".join(" | ".join([tile.name, tile.value, tile.verdict, *tile.details]) for tile in one.items),
    Beside: lambda one: "\n\n".join(_each(one.items)),
    Fold: lambda one: "\n\n".join([one.summary, *_each(one.body)]),
    Prose: lambda one: "\n\n".join(one.paragraphs),
    **dict.fromkeys((Bullets, Questions), lambda one: "\n".join([one.heading, *(f"- {item}" for item in one.items)]).lstrip("\n")),
}


RENDERERS["text/plain"] = plain_text
