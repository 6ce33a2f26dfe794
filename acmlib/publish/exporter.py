"""Export of an executed notebook into one self-contained page.

On the page: the display objects that cells showed, and the Markdown an analyst wrote. Not on it: code, parameters, set-up, guidance
for the person who edits the notebook, and anything that is not a display object; such output is refused with the remedy, since a page
must carry a text alternative and a caption for everything on it and escape whatever a provider typed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from nbformat import NotebookNode

from acmlib.contract.plain_text import plain
from acmlib.display.notes import cell_parts
from acmlib.display.objects import MIME, TitleBlock, from_json
from acmlib.display.page import Layout
from acmlib.display.words import Words

TEMPLATES = Path(__file__).parent / "templates"

#: Cells with one of these tags are for the person who edits the notebook, not for the page. They may still not fail.
TAGS_OFF_PAGE = frozenset({"analyst", "parameters", "injected-parameters", "setup", "set-up"})

#: Fixed words of the page's frame: name in the template to key in the catalogues.
LABELS = {"skip": "page.skip", "contents": "page.contents", "appendix": "page.appendix", "appendix_intro": "page.appendix_intro"}

_ALLOWED = "use show.figure, show.table or show.text of acmlib.display, or tag the cell 'analyst' to keep it off the page"


class ExportError(ValueError):
    """A notebook that must not become a page: it failed, warned, or shows what a page cannot carry."""


@dataclass(frozen=True)
class Page:
    """A page laid out, before it is written into the template."""

    title: str
    header: str
    language: str
    body: str
    contents: tuple[tuple[str, str], ...]
    appendix: str
    footer: str
    labels: Mapping[str, str]
    running: str = ""
    unfolded: bool = False


@lru_cache(maxsize=1)
def _template() -> Template:
    """Return the frame of a page: no script, no highlighter, no outside address. What a person wrote it escapes itself."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES / "acm_page"), autoescape=False, keep_trailing_newline=True)  # noqa: S701
    return environment.get_template("index.html.j2")


@lru_cache(maxsize=1)
def stylesheet() -> str:
    """Return the page's only style sheet."""
    return "".join((TEMPLATES / "acm_page" / name).read_text(encoding="utf-8") for name in ("page.css", "first_screen.css"))


def export_page(
    notebook: NotebookNode | Mapping[str, Any],
    *,
    title: str,
    language: str = "en",
    wording: Any = "equity",
    running: str = "",
    appendix: bool = False,
) -> str:
    """Return the page of an executed notebook: one HTML document, the same bytes for the same notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode or mapping
        Executed, version 4.
    title : str
        Contract, report and period: the document's title.
    wording : {'equity', 'neutral'}
        Wording of the fixed words.
    running : str
        Short line at the foot of printed pages; the title if empty.
    appendix : bool
        Whether the data behind the charts and all else that is folded stand open, and so are printed.

    Raises
    ------
    ExportError
        If a cell failed, wrote to the error stream, or shows something that is no display object. Nothing is written then.
    """
    words = Words(language, wording)
    page = lay_out(notebook, title=title, words=words, running=running, appendix=appendix)
    style = stylesheet() + _running_css(page.running)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return plain(_template().render(page=page, style=style, style_hash=f"sha256-{digest}"))


def _running_css(text: str) -> str:
    """Return the CSS string of the running footer; it is somebody's text, so quotes, backslashes and line ends are escaped as CSS wants."""
    escaped = "".join(one if one.isalnum() or one in " .,:;-–·()" else f"\\{ord(one):x} " for one in text)
    return f'\n@page{{@bottom-left{{content:"{escaped}"}}}}\n'


def lay_out(notebook: Mapping[str, Any], *, title: str, words: Words, running: str = "", appendix: bool = False) -> Page:
    """Return the page of an executed notebook before it is written into the template. Parameters and errors as in `export_page`."""
    layout = Layout(words, unfolded=appendix)
    parts: list[str] = []
    for number, cell in enumerate(notebook["cells"], start=1):
        tags = set(cell.get("metadata", {}).get("tags", ()))
        hidden = bool(tags & TAGS_OFF_PAGE)
        if cell["cell_type"] == "markdown" and not hidden:
            parts += _markdown(cell["source"], layout)
        elif cell["cell_type"] == "code":
            parts += [shown for output in cell.get("outputs", ()) for shown in _output(output, number, layout, hidden=hidden)]
    if not layout.title:
        layout.html(TitleBlock(title))
    if layout.appendix:
        layout.contents.append(("data-behind-the-charts", words("page.appendix")))
    return Page(
        title=title,
        header=layout.title,
        language=words.language,
        body="\n".join(part for part in parts if part),
        contents=(*layout.contents, *layout.footer_contents),
        appendix="\n".join(layout.appendix),
        footer="\n".join(layout.footer),
        labels={name: words(key) for name, key in LABELS.items()},
        running=running or title,
        unfolded=appendix,
    )


def _markdown(source: str, layout: Layout) -> list[str]:
    parts = []
    for level, text in cell_parts(source):
        if level == 0:
            parts.append(f'<div class="note">{text}</div>')
        elif level == 1 and not layout.title:
            layout.html(TitleBlock(text))
        else:
            parts.append(layout.heading(text, 3 if level > 2 else 2))
    return parts


def _output(output: Mapping[str, Any], number: int, layout: Layout, *, hidden: bool) -> list[str]:
    """Return one output as HTML (none for cells off the page), or refuse it."""
    where = f"cell {number}"
    kind = output["output_type"]
    if kind == "error":
        raise ExportError(f"{where}: failed with {output.get('ename')}: {output.get('evalue')}; a failed notebook never becomes a page")
    if kind == "stream" and output.get("name") == "stderr":
        raise ExportError(
            f"{where}: wrote to the error stream: {_first_line(output.get('text', ''))!r}; a page is made from clean runs only"
        )
    if hidden:
        return []
    if kind == "stream":
        raise ExportError(f"{where}: printed {_first_line(output.get('text', ''))!r}; {_ALLOWED}")
    data = output.get("data", {})
    if MIME not in data:
        raise ExportError(f"{where}: shows {', '.join(sorted(data)) or 'nothing known'}; {_ALLOWED}")
    try:
        return [layout.html(from_json(data[MIME]))]
    except (TypeError, ValueError) as error:
        raise ExportError(f"{where}: {error}") from error


def _first_line(text: str | list[str]) -> str:
    lines = ("".join(text)).strip().splitlines()
    return lines[0][:120] if lines else ""
