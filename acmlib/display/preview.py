"""The page beside the notebook: what readers would be handed, made by the same command, door included."""

from __future__ import annotations

import os
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any

from acmlib.contract.workspace import find_root
from acmlib.display.report import Report

#: JupyterLab tells a kernel the path of its notebook here; a page that is being made has none, and previews nothing.
SESSION = "JPY_SESSION_NAME"


class PreviewError(ValueError):
    """No page can be shown; the message is what the command said."""


class Preview:
    """A finished page, shown in a frame of its own under the cell."""

    def __init__(self, page: str) -> None:
        self.page = page

    def _repr_html_(self) -> str:
        return f'<iframe sandbox srcdoc="{escape(self.page)}" style="width:100%;height:80vh;border:1px solid #b1b4b6"></iframe>'


def preview(report: Report, notebook: str = "") -> Preview | None:
    """Make the page of this notebook for the report that is open, and show it under the cell. Save the notebook first.

    Parameters
    ----------
    report : Report
        Contract, period, edition and language are its own, and the topic if it has one.
    notebook : str, optional
        Name of another notebook, without its ending.

    Returns
    -------
    Preview or None
        Nothing where a page is being made already: a page holds no preview of itself.

    Raises
    ------
    PreviewError
        If the page cannot be made, with the reason.
    """
    session = os.environ.get(SESSION, "")
    if not session:
        return None
    name = notebook or Path(session).stem
    root = find_root()
    release, topic = report.release, f"-{report.topic.id}" if report.topic else ""
    asked = ["--report", f"{name}{topic}", "--period", release.period.text, "--edition", release.edition,
             "--language", report.words.locale.language]  # fmt: skip
    surroundings = {key: value for key, value in os.environ.items() if key != SESSION} | {"ACM_ROOT": str(root), "NO_COLOR": "1"}
    command: list[Any] = [sys.executable, "-m", "acmlib", "run", report.contract.id, *asked]
    done = subprocess.run(command, env=surroundings, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 -- ourselves
    language = "" if report.words.locale.language == "en" else f".{report.words.locale.language}"
    page = root / "outputs" / report.contract.id / release.period.text / release.edition / f"{name}{topic}{language}.html"
    if done.returncode or not page.is_file():
        raise PreviewError(f"show.preview: no page was made of notebooks/{name}.ipynb\n{(done.stdout + done.stderr).strip()}")
    return Preview(page.read_text(encoding="utf-8"))
