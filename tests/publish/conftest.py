"""A small workspace of its own for each test: one contract, its data, and notebooks written in the test."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

from acmlib.cli.app import app
from acmlib.contract.workspace import ROOT_VARIABLE

CONTRACT = """\
contract:
  {{title: {{en: Little Jobs, es: Pequeños Empleos}}, provider: Little Works, agency: City, program: jobs,
    starts: 2025-01-01, ends: {ends}}}
tables:
  participants:
    source: data/{id}/participants.csv
    id: participant_id
    private: [family_name]
dimensions:
  site: {{column: site}}
metrics:
  placed:
    title: Placed in a job
    kind: proportion
    of: exited_on is not null
    that: placed_on is not null
    date: exited_on
    headline: true
privacy: {{names: [Ana Ruiz]}}
languages: [en, es]
editions: [provider]
period: 2025-06
"""

ROADMAP = """\
topics:
  - {id: enrolment, month: 2025-05, kind: access, metric: placed, dimension: site, title: {en: Who enrolls, es: Quién entra}, status: done}
  - {id: placement, month: 2025-06, kind: outcomes, metric: placed, dimension: site, title: Who is placed, status: ready}
  - {id: staying, month: 2025-08, kind: outcomes, metric: placed, dimension: site, title: Who stays}
  - {id: gossip, month: 2025-04, kind: outcomes, metric: placed, dimension: site, title: For us alone, audience: internal}
  - {id: waiting, month: 2025-04, kind: access, metric: placed, dimension: site, title: Not now, status: dropped}
"""

PARAMETERS = 'contract = "little-jobs"\nperiod = "2025-06"\nedition = "provider"\nlanguage = "en"'
SHOW = "from acmlib.display.objects import Prose, TitleBlock"


def write_contract(root: Path, name: str = "little-jobs", ends: str = "2026-12-31") -> None:
    """Write a contract with 120 participants at two sites, half of them placed."""
    params, data = root / "params" / name, root / "data" / name
    params.mkdir(parents=True)
    data.mkdir(parents=True)
    (params / "contract.yml").write_text(CONTRACT.format(id=name, ends=ends), encoding="utf-8")
    (params / "roadmap.yml").write_text(ROADMAP, encoding="utf-8")
    rows = ["participant_id,family_name,site,exited_on,placed_on"]
    for i in range(120):
        left = dt.date(2025, 1, 5) + dt.timedelta(days=i)
        placed = left + dt.timedelta(days=20) if i % 2 else ""
        rows.append(f"LJ-{i:05d},Quillfeather{i},{'North' if i % 3 else 'South'},{left},{placed}")
    (data / "participants.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


#: What the notebooks of the workspace declare; others are made on request.
DECLARED = {
    "dashboard": "always",
    "deep_dive": {"per topic of kinds": ["access", "outcomes", "retention", "timeliness", "voice"]},
    "end_of_contract": "when ended",
}


def write_notebook(root: Path, name: str, *cells: str, parameters: str = PARAMETERS) -> Path:
    """Write a notebook: a text that begins with # is Markdown, everything else code, the first cell the parameters."""
    made = [new_markdown_cell(text) if text.startswith("#") else new_code_cell(text) for text in cells]
    first = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = root / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    declared = {
        "title": {"en": name.replace("_", " ").capitalize(), **({"es": "Tablero"} if name == "dashboard" else {})},
        "made": DECLARED.get(name, "on request"),
    }
    nbformat.write(new_notebook(cells=[first, *made], metadata={**kernel, "acm": declared}), path)
    return path


@pytest.fixture()
def workspace(tmp_path: Path, warm: None) -> Path:
    """A workspace with one contract, a dashboard that works, and a deep dive that works."""
    write_contract(tmp_path)
    write_notebook(tmp_path, "dashboard", SHOW, "# Little Jobs", 'Prose((f"Report for {period}, {edition}, {language}.",))')
    topics = PARAMETERS + '\ntopic = "placement"'
    write_notebook(tmp_path, "deep_dive", SHOW, "# Little topic", 'Prose((f"About {topic}.",))', parameters=topics)
    write_notebook(tmp_path, "end_of_contract", SHOW, "# Little Jobs", 'Prose(("All that was.",))')
    return tmp_path


@pytest.fixture()
def acm(warm: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Call the command line in a folder: exit status, and what it says.

    In this process, with the fork server of the session: a process of its own would import everything anew, which takes several times as
    long as a small page. What only a process of its own can show (signals, a cold start, machines) is tested with one.
    """

    def run(folder: Path, *words: str) -> tuple[int, str]:
        with monkeypatch.context() as here:
            here.chdir(folder)
            here.delenv(ROOT_VARIABLE, raising=False)
            answer = CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})
        if answer.exception is not None and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        return answer.exit_code, " ".join(answer.output.split())

    return run


@pytest.fixture()
def notebook(workspace: Path) -> Callable[..., Path]:
    """Write another notebook into the workspace."""

    def write(name: str, *cells: str, **options: str) -> Path:
        return write_notebook(workspace, name, *cells, **options)

    return write


@pytest.fixture()
def contract(workspace: Path) -> Callable[..., None]:
    """Write another contract into the workspace."""

    def write(name: str, **options: str) -> None:
        write_contract(workspace, name, **options)

    return write


@pytest.fixture
def public_rule(workspace: Path) -> None:
    """Let the contract's provider edition follow the public rule: what is handed out of it is entered in the ledger."""
    path = workspace / "params/little-jobs/contract.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("privacy: {", "privacy: {provider: public, "), encoding="utf-8")
