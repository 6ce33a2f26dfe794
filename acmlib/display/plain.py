"""Display objects for a terminal or a diff: every word and number, no markup."""

from __future__ import annotations

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
    if isinstance(shown, DataTable):
        return _plain_table(shown)
    if isinstance(shown, Chart):
        return "\n".join([shown.caption, f"[{shown.alt}]", shown.long_description, _plain_table(shown.data), *shown.notes])
    if isinstance(shown, Section):
        parts = [shown.heading, *(plain_text(one) for one in shown.body), shown.question]
        return "\n\n".join(part for part in parts if part)
    if isinstance(shown, TitleBlock):
        return "\n".join([shown.title, shown.subtitle, *(f"{term}: {text}" for term, text in shown.facts)])
    if isinstance(shown, Provenance):
        return "\n".join([shown.heading, *(f"{term}: {'; '.join(lines)}" for term, lines in shown.facts)])
    if isinstance(shown, (Bullets, Questions)):
        return "\n".join([shown.heading, *(f"- {item}" for item in shown.items)]).lstrip("\n")
    if isinstance(shown, Tiles):
        return "\n".join(" | ".join([one.name, one.value, one.verdict, *one.details]) for one in shown.items)
    if isinstance(shown, Beside):
        return "\n\n".join(plain_text(one) for one in shown.items)
    if isinstance(shown, Fold):
        return "\n\n".join([shown.summary, *(plain_text(one) for one in shown.body)])
    if isinstance(shown, (FirstScreen, Lead)):
        return shown.plain()
    if isinstance(shown, Prose):
        return "\n\n".join(shown.paragraphs)
    return str(getattr(shown, "markdown", None) or getattr(shown, "text", None) or getattr(shown, "alt", ""))


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


RENDERERS["text/plain"] = plain_text
