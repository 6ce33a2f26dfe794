"""What a trainer needs on paper and on the wall: slides, hand-outs and answer keys of the lessons, each one file without script."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import nbformat
from markdown_it import MarkdownIt
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import default

from acmlib.contract.errors import choose
from acmlib.display.training import ASKED, lesson
from acmlib.display.words import Words

#: Where the lessons are, and where what is made of them goes; from the root of a workspace.
LESSONS, MADE = Path("notebooks", "training"), Path("outputs", "training")
#: Lines to write on, under each place for an answer of a hand-out.
LINES = 3
Kind = Literal["slides", "paper"]


class SlidesExporter(TemplateExporter):
    """nbconvert's exporter with a template of ours: its own slides load scripts from three other hosts, and are blank without internet."""

    file_extension = ".html"
    output_mimetype = "text/html"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "acm_slides"

    @default("extra_template_basedirs")
    def _default_extra_template_basedirs(self) -> list[str]:
        return [str(Path(__file__).parent / "templates")]


def make_training(root: Path, *, language: str = "en", seeds: Sequence[int] = (1, 2, 3)) -> tuple[Path, ...]:
    """Write slides, hand-outs and answer keys of the lessons.

    Parameters
    ----------
    root : Path
        The workspace.
    language : str
        ``en`` or ``es``.
    seeds : sequence of int
        A key is written for each: every group of a training can have a contract of its own.

    Returns
    -------
    tuple of Path
        The files, from the root of the workspace.

    Raises
    ------
    ValueError
        If there are no lessons in this language.
    """
    ending = "" if language == "en" else f".{language}"
    if not (root / LESSONS / f"trainer{ending}.ipynb").is_file():
        known = sorted({(path.suffixes[0][1:] if len(path.suffixes) > 1 else "en") for path in (root / LESSONS).glob("trainer*.ipynb")})
        raise ValueError(f"{LESSONS.as_posix()}: there are no lessons in '{language}'; {choose(language, known)}")
    words = Words(language)
    (root / MADE).mkdir(parents=True, exist_ok=True)
    pages = {f"slides{ending}.html": _page(root / LESSONS / f"trainer{ending}.ipynb", "slides", language)}
    for level in ASKED:
        pages[f"level_{level}{ending}.html"] = _page(root / LESSONS / f"level_{level}{ending}.ipynb", "paper", language)
    keys = [_key(level, seed, language) for level in ASKED for seed in seeds]
    pages[f"answers{ending}.html"] = _laid_out(keys, words("training.keys"), "paper", language)
    for name, page in pages.items():
        (root / MADE / name).write_text(page, encoding="utf-8")
    return tuple(MADE / name for name in pages)


def _page(path: Path, kind: Kind, language: str) -> str:
    notebook = nbformat.read(path, as_version=4)
    title = next(cell.source for cell in notebook.cells if cell.cell_type == "markdown").splitlines()[0].lstrip("# ")
    return _laid_out(list(_parts(notebook)), title, kind, language)


def _parts(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """Return each cell as it is read: text as text, code as code, and lines to write on where an answer is asked for."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield markdown.render(cell.source)
        elif cell.source.startswith("lesson.check"):
            yield '<div class="lines"></div>' * LINES
        else:
            yield f"<pre><code>{html.escape(cell.source)}</code></pre>"


def _key(level: int, seed: int, language: str) -> str:
    key = lesson(level, seed, language).key()
    lines = "".join(f"<li>{html.escape(line)}</li>" for part in key.body for line in getattr(part, "items", ()))
    return f"<h2>{html.escape(str(key.heading))}</h2><ul>{lines}</ul>"


def _laid_out(parts: Sequence[str], title: str, kind: Kind, language: str) -> str:
    exporter = SlidesExporter()  # type: ignore[no-untyped-call]
    empty = nbformat.v4.new_notebook()
    resources = {"parts": list(parts), "title": title, "kind": kind, "language": language}
    page, _ = exporter.from_notebook_node(empty, resources=resources)
    return str(page)
