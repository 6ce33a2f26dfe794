"""Reports declare themselves: a notebook in notebooks/ is planned, titled, run and listed without a line of Python."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from acmlib.cli.app import app
from acmlib.cli.checking import check_contract
from acmlib.contract.records import Records
from acmlib.contract.selectors import RECORD_NAMES
from acmlib.display.words import Words
from acmlib.publish.jobs import Job, RequestError, plan_jobs
from acmlib.publish.reports import DeclarationError, declaration, declaration_problems, declared_reports, find_report, stored_outputs
from acmlib.publish.runner import report_title


def add(workspace: Path, name: str, *, like: str = "dashboard", **changed) -> Path:
    """Copy a notebook under another name, with other metadata; `None` takes a key away."""
    path = workspace / "notebooks" / f"{name}.ipynb"
    notebook = json.loads((workspace / "notebooks" / f"{like}.ipynb").read_text())
    notebook["metadata"]["acm"] = {key: value for key, value in {**notebook["metadata"]["acm"], **changed}.items() if value is not None}
    path.write_text(json.dumps(notebook))
    return path


def test_a_notebook_that_is_dropped_in_is_planned_titled_and_listed(workspace: Path, monkeypatch):
    add(workspace, "waits-at-a-glance", title={"en": "Waits at a glance", "es": "Esperas de un vistazo"})
    monkeypatch.chdir(workspace)
    planned = plan_jobs("little-jobs", root=workspace, language="es")
    assert [job.name for job in planned][:2] == ["dashboard", "waits-at-a-glance"]
    assert [job.name for job in plan_jobs("little-jobs", root=workspace, language="es", report="waits-at-a-glance")] == [
        "waits-at-a-glance"
    ]
    assert report_title(planned[1], None, workspace) == "Esperas de un vistazo"
    listed = CliRunner().invoke(app, ["list", "--reports"], env={"COLUMNS": "200"}).output
    assert "waits-at-a-glance" in listed and "Waits at a glance" in listed


def test_shipped_notebooks_declare_themselves_and_are_titled_as_their_pages(repository: Path):
    assert declaration_problems(repository) == ()
    for one in declared_reports(repository):
        for language in ("en", "es"):
            words = Words(language)
            assert not words.has(f"report.{one.name}") or words(f"report.{one.name}") == one.title(language), one.name


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"title": {"es": "Tablero"}}, "acm.title is {'es': 'Tablero'}; use a text in each language, English among them"),
        ({"title": "Dashboard"}, "acm.title is 'Dashboard', the title of notebooks/dashboard.ipynb; give it one of its own"),
        ({"made": "monthly"}, "acm.made is 'monthly'; allowed are always, when recorded, per topic of kinds, when ended, on request"),
        ({"made": {"per topic of kinds": ["acces"]}}, "names 'acces'; did you mean 'access'"),
        ({"made": {"when recorded": ["notess"]}}, "names 'notess'; did you mean 'notes'"),
        ({"parameters": ["contract", "period", "edition", "language", "minimum"]}, "'minimum', which is no selector"),
        ({"parameters": ["contract", "period", "edition"]}, "acm.parameters lacks 'language'"),
        ({"per": "provider"}, "acm.per is 'provider'; allowed are contract, program, register"),
        ({"per": "program", "made": "when ended"}, "acm.made is 'when ended' of a report per program"),
        ({"per": "program", "made": "always", "parameters": ["program", "edition", "topic"]}, "'topic', which is no selector"),
        ({"titel": "x"}, "acm.titel is not known; did you mean 'title'"),
    ],
)
def test_what_a_declaration_may_not_say_is_told_once_and_stops_that_report_alone(workspace: Path, changed, message):
    add(workspace, "dashboard-Copy1", **{"title": {"en": "A copy"}, **changed})
    (problem,) = declaration_problems(workspace)
    assert problem.startswith("notebooks/dashboard-Copy1.ipynb: ") and message in problem
    assert [job.name for job in plan_jobs("little-jobs", root=workspace, report="dashboard", language="en")] == ["dashboard"]
    with pytest.raises(RequestError, match=r"notebooks/dashboard-Copy1\.ipynb"):
        plan_jobs("little-jobs", root=workspace, report="dashboard-Copy1")


def test_a_notebook_without_metadata_says_what_to_add(workspace: Path):
    path = add(workspace, "scratch")
    notebook = json.loads(path.read_text())
    del notebook["metadata"]["acm"]
    path.write_text(json.dumps(notebook))
    with pytest.raises(DeclarationError, match=r'notebooks/scratch\.ipynb: its metadata do not declare a report; add "acm": {"title"'):
        find_report("scratch", workspace)


def test_a_topic_that_no_notebook_answers_is_refused_by_the_check(workspace: Path):
    add(workspace, "deep_dive", like="deep_dive", made={"per topic of kinds": ["access", "retention"]})
    found = [one for one in check_contract("little-jobs", root=workspace) if "roadmap.yml" in one.table]
    assert found and all(one.severity == "error" for one in found)
    assert "is of kind 'outcomes', which no notebook answers" in str(found[0])


def test_stored_outputs_and_failed_cells_are_said_before_a_run(workspace: Path):
    path = workspace / "notebooks" / "dashboard.ipynb"
    assert stored_outputs(["dashboard"], workspace) == ()
    notebook = json.loads(path.read_text())
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    code[1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    path.write_text(json.dumps(notebook))
    assert "is stored with outputs; they are on no page" in stored_outputs(["dashboard"], workspace)[0]
    code[2]["outputs"] = [{"output_type": "error", "ename": "NameError", "evalue": "name 'x' is not defined", "traceback": []}]
    path.write_text(json.dumps(notebook))
    assert "code cell 3 failed when it was last run (NameError: name 'x' is not defined)" in stored_outputs(["dashboard"], workspace)[0]


def test_the_order_of_pages_is_always_then_recorded_then_topics_then_the_end(workspace: Path):
    add(workspace, "asked", title={"en": "Asked"}, made="on request")
    made = [one.made for one in declared_reports(workspace)]
    assert made == sorted(made, key=["always", "when recorded", "per topic of kinds", "when ended", "on request"].index)
    assert "asked" not in [job.name for job in plan_jobs("little-jobs", root=workspace)]
    assert Job("little-jobs", "asked", None, "2025-06", "provider", "en") in plan_jobs("little-jobs", root=workspace, report="asked")


def test_a_declaration_needs_no_more_than_a_title_and_when_it_is_made():
    found = declaration({"title": "Waits", "made": "always"}, "waits", "here")
    assert found.title("es") == "Waits" and found.parameters == ("contract", "period", "edition", "language")


def test_what_a_notebook_may_be_made_for_are_the_records_of_a_contract():
    assert tuple(field.name for field in fields(Records) if field.name != "rows") == RECORD_NAMES, (
        "rows are actions, as they stand in their file"
    )
