"""One job: a page that is fit to be handed out, or a reason that tells where and what to do."""

import json
from pathlib import Path

import pandas as pd
import pytest
from lxml import html

from acmlib.measures.table import METRIC_COLUMNS
from acmlib.publish.jobs import Job
from acmlib.publish.runner import Failure, Made, run_job

DASHBOARD = Job("little-jobs", "dashboard", None, "2025-06", "provider", "en")


def make(workspace: Path, job: Job = DASHBOARD) -> Made | Failure:
    return run_job(job, root=workspace, working=workspace / "working", run="test")


def replaced(job: Job, **changed) -> Job:
    return Job(**{**{name: getattr(job, name) for name in job.__dataclass_fields__}, **changed})


def test_a_page_its_release_and_where_they_come_from(workspace: Path):
    made = make(workspace)
    assert isinstance(made, Made), made
    page = html.fromstring(made.page.read_text(encoding="utf-8"))
    assert page.get("lang") == "en"
    assert page.findtext(".//title") == "Little Jobs: Dashboard, June 2025"
    assert "Report for 2025-06, provider, en." in page.text_content()
    assert tuple(pd.read_csv(made.release).columns) == METRIC_COLUMNS
    record = json.loads(json.dumps(made.record))
    assert [(one["table"], one["path"], one["rows"]) for one in record["inputs"]] == [
        ("participants", "data/little-jobs/participants.csv", 120)
    ]
    assert record["data_until"] == "2025-06-30"
    assert record["rule"]["minimum_count"] == 11
    assert record["versions"]["acm-workbooks"]
    assert str(workspace) not in json.dumps(record)
    assert not (workspace / "outputs").exists()


def test_the_same_notebook_speaks_spanish(workspace: Path):
    made = make(workspace, replaced(DASHBOARD, language="es"))
    page = html.fromstring(made.page.read_text(encoding="utf-8"))
    assert (page.get("lang"), page.findtext(".//title")) == ("es", "Pequeños Empleos: Tablero, junio de 2025")


def test_a_deep_dive_carries_the_title_of_its_topic(workspace: Path):
    made = make(workspace, replaced(DASHBOARD, report="deep_dive", topic="placement"))
    page = html.fromstring(made.page.read_text(encoding="utf-8"))
    assert page.findtext(".//title") == "Little Jobs: Who is placed, June 2025"
    assert "About placement." in page.text_content()


def test_a_failing_cell_is_named_as_a_person_counts_with_what_to_do(workspace: Path, notebook):
    notebook("dashboard", "# Little Jobs", "a = 1", "## Who is served\n\nText.", "raise ValueError('no such group: Nowhere')", "b = 2")
    failure = make(workspace)
    assert failure.where == "notebooks/dashboard.ipynb, code cell 3 (Who is served)"
    assert failure.what == "ValueError: no such group: Nowhere"
    assert 'set contract = "little-jobs", period = "2025-06"' in failure.do and "acm lab" in failure.do


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("show('LJ-00007 was placed')", "1 participant ids or private values"),
        ("show('Quillfeather12 said so')", "1 participant ids or private values"),
        ("show('as Ana Ruiz wrote')", "1 names that the contract protects"),
        ("show('nan% were placed')", "a raw missing value"),
        ("import os; show(os.getcwd())", "a path of the machine"),
        ("print('just a look')", "printed 'just a look'"),
        ("import warnings; warnings.warn('deprecated')", "wrote to the error stream"),
    ],
)
def test_a_page_that_is_not_fit_is_not_made(workspace: Path, notebook, cell, reason):
    notebook("dashboard", "from acmlib.display.objects import Prose", "# Little Jobs", "show = lambda text: display(Prose((text,)))", cell)
    failure = make(workspace)
    assert isinstance(failure, Failure) and reason in failure.what, failure
    assert not any(secret in failure.what for secret in ("LJ-00007", "Quillfeather12", "Ruiz", str(workspace)))


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ('contract = ""\nperiod = ""\nedition = ""\nlangage = "en"', "parameter 'langage' is no selector; did you mean 'language'?"),
        ('contract = ""\nperiod = ""\nedition = ""\nlanguage = ""\nthreshold = 0.4', "parameter 'threshold' is no selector"),
        ('contract = ""\nperiod = ""\nedition = ""', "the parameters cell has no 'language'"),
        ("", "no cell is tagged 'parameters'"),
    ],
)
def test_a_misspelt_parameter_is_refused_before_anything_runs(workspace: Path, notebook, parameters, reason):
    notebook("dashboard", "open('ran.txt', 'w').close()", parameters=parameters)
    failure = make(workspace)
    assert reason in f"{failure.what}; {failure.do}"
    assert not (workspace / "ran.txt").exists()


def test_a_notebook_that_is_not_there_is_named_with_those_that_are(workspace: Path):
    failure = make(workspace, replaced(DASHBOARD, report="dashbord"))
    assert failure.where == "notebooks/dashbord.ipynb" and "did you mean 'dashboard'?" in failure.do


def test_a_wrong_contract_file_is_said_with_all_its_errors(workspace: Path):
    path = workspace / "params" / "little-jobs" / "contract.yml"
    path.write_text(path.read_text().replace("kind: proportion", "kind: share").replace("headline: true", "headlin: true"))
    failure = make(workspace)
    assert "metrics.placed.kind is 'share'" in failure.what and "headlin" in failure.what
    assert "acm check little-jobs" in failure.do


def test_data_that_is_not_there_is_said(workspace: Path):
    (workspace / "data" / "little-jobs" / "participants.csv").unlink()
    failure = make(workspace)
    assert "data/little-jobs/participants.csv" in failure.what and str(workspace) not in failure.what
