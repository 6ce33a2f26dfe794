"""What a trainer needs on paper and on the wall: slides, hand-outs and answer keys of the lessons, each one file without script."""

from __future__ import annotations

import ast
import html
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
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
#: What a lesson's contract is invented from.
_SEED = re.compile(r"\bseed=\d+")
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
    seeds : sequence of int
        Hand-outs and a key are written for each: every group of a training has a contract of its own. Each hand-out shows its contract's
        tables and figures, so that a group without a computer can answer, too.

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
        for seed in seeds:
            lesson_file = root / LESSONS / f"level_{level}{ending}.ipynb"
            pages[f"level_{level}-group_{seed}{ending}.html"] = _page(lesson_file, "paper", language, seed=seed)
    keys = [_key(level, seed, language) for level in ASKED for seed in seeds]
    pages[f"answers{ending}.html"] = _laid_out(keys, words("training.keys"), "paper", language)
    for name, page in pages.items():
        (root / MADE / name).write_text(page, encoding="utf-8")
    return tuple(MADE / name for name in pages)


def _page(path: Path, kind: Kind, language: str, *, seed: int | None = None) -> str:
    notebook = nbformat.read(path, as_version=4)
    title = next(cell.source for cell in notebook.cells if cell.cell_type == "markdown").splitlines()[0].lstrip("# ")
    return _laid_out(list(_parts(notebook, seed)), title if seed is None else f"{title} ({seed})", kind, language)


def _parts(notebook: nbformat.NotebookNode, seed: int | None) -> Iterator[str]:
    """Return each cell as it is read: text as text, code with what it shows, and lines to write on where an answer is asked for."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        source = cell.source if seed is None else _SEED.sub(f"seed={seed}", cell.source)
        if cell.cell_type == "markdown":
            yield markdown.render(cell.source)
        elif cell.source.startswith("lesson.check"):
            yield '<div class="lines"></div>' * LINES
        else:
            yield f"<pre><code>{html.escape(source)}</code></pre>{'' if seed is None else _shown(source, names)}"


def _shown(source: str, names: dict[str, Any]) -> str:
    """Run a cell of a lesson as JupyterLab does, and return what it shows: the value of its last line, or the figure that it drew."""
    *before, last = ast.parse(source).body
    ends = isinstance(last, ast.Expr)
    exec(compile(ast.Module(before if ends else [*before, last], []), "lesson", "exec"), names)  # noqa: S102 -- a notebook of this workspace
    value = eval(compile(ast.Expression(last.value), "lesson", "eval"), names) if isinstance(last, ast.Expr) else None  # noqa: S307
    if plt.get_fignums():
        drawn = io.StringIO()
        plt.gcf().savefig(drawn, format="svg", bbox_inches="tight", metadata={"Date": None})
        plt.close("all")
        return drawn.getvalue().partition("<svg")[1] + drawn.getvalue().partition("<svg")[2]
    if isinstance(value, pd.DataFrame):
        return value.to_html(border=0, index=value.index.dtype.kind not in "iu", na_rep="")
    return f"<pre>{html.escape(repr(value))}</pre>" if value is not None else ""


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
