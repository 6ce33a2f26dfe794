"""One job: a page that is fit to be handed out, or a reason that tells where and what to do."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from lxml import html

from acmlib.contract.load import load_contract
from acmlib.contract.periods import report_period
from acmlib.intake.build.sources import open_tables
from acmlib.measures.counting import count
from acmlib.measures.table import METRIC_COLUMNS
from acmlib.publish.inventory import Inventory
from acmlib.publish.jobs import Job
from acmlib.publish.runner import Failure, Made, run_job
from acmlib.publish.scan.withheld import withheld
from acmlib.release.editions import make_release

SHOW = "from acmlib.display.objects import Prose"
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
    assert record["inputs"] == []  # rows of a file count people: they are the agency's own
    internal = make(workspace, replaced(DASHBOARD, edition="internal"))
    inputs = json.loads(json.dumps(internal.record))["inputs"]
    assert [(one["table"], one["path"], one["rows"]) for one in inputs] == [("participants", "data/little-jobs/participants.csv", 120)]
    assert record["data_until"] == "2025-06-30"
    assert record["rule"]["minimum_count"] == 11 and "names" not in record["rule"], "names of people stand in no file beside the pages"
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


def make_south_small(workspace: Path) -> pd.DataFrame:
    """Let four people at South find a job, and return what is hidden of the release with its true numbers."""
    data = workspace / "data/little-jobs/participants.csv"
    people = pd.read_csv(data, dtype=str, keep_default_na=False)
    south = people.index[people["site"] == "South"]
    people.loc[south[4:], "placed_on"] = ""
    people.loc[south[:4], "placed_on"] = people.loc[south[:4], "exited_on"]
    north = people[people["site"] == "North"]  # six sites: a dimension of which more than a fifth are small is not offered at all
    more = [north.assign(site=f"North {n}", participant_id=north["participant_id"].str.replace("LJ-", f"N{n}-")) for n in range(5)]
    people = pd.concat([people[people["site"] == "South"], *more], ignore_index=True)
    people.to_csv(data, index=False)
    file = workspace / "params/little-jobs/contract.yml"  # over, so that the public edition shows groups
    file.write_text(file.read_text(encoding="utf-8").replace("ends: 2026-12-31", "ends: 2025-06-30"), encoding="utf-8")
    contract = load_contract("little-jobs", root=workspace)
    with open_tables(contract, root=workspace, period=report_period(contract, "2025-06")) as tables:
        counted = count(contract, tables)
    hidden = withheld(make_release(contract, root=workspace, period="2025-06", edition="public", counted=counted), counted.table)
    return hidden[hidden["group"].eq("South") & hidden["numerator"].between(1, 10)]


def test_a_number_of_a_hidden_cell_stops_the_page_and_is_not_said_again(workspace: Path, notebook):
    hidden = make_south_small(workspace).iloc[0]
    assert hidden["numerator"] == 4
    notebook("dashboard", SHOW, "# Little Jobs", "## Placed in a job", "Prose(('South: 4 had a job.',))")
    failure = make(workspace, replaced(DASHBOARD, edition="public"))
    assert isinstance(failure, Failure)
    assert failure.what == "a hidden number stands in the sentence under 'Placed in a job': placed, South, " + hidden["period"]


def test_an_id_in_a_note_stops_every_page_before_it_is_made(workspace: Path, notebook):
    notebook("dashboard", "import pathlib; pathlib.Path('it-ran').touch()")
    note = workspace / "params/little-jobs/notes/2025-05.md"
    note.parent.mkdir()
    note.write_text("---\ndate: 2025-05-21\nkind: note\naudience: provider\nsource: visit\n---\nLJ-00007 was content.\n", encoding="utf-8")
    failure = make(workspace)
    assert "params/little-jobs/notes/2025-05.md: holds a participant's id or a private value (line 7)" in failure.what
    assert "LJ-00007" not in str(failure) and not (workspace / "it-ran").exists()
    note.write_text(note.read_text(encoding="utf-8").replace("audience: provider", "audience: internal"), encoding="utf-8")
    notebook("dashboard", SHOW, "# Little Jobs", "Prose(('Good.',))")
    assert isinstance(make(workspace), Made), "a note that this edition's readers do not see stops nothing of theirs"


def test_an_id_in_the_metadata_of_a_notebook_or_in_what_a_program_said_is_stopped(workspace: Path, notebook):
    path = notebook("dashboard", SHOW, "# Little Jobs", "Prose(('Good.',))")
    path.write_text(
        path.read_text(encoding="utf-8").replace('"language": "python"', '"language": "python", "rows": "LJ-00007"'), encoding="utf-8"
    )
    assert make(workspace).what == "metadata of the notebook: 1 participant ids or private values are on it"
    notebook("dashboard", "raise ValueError('cannot read LJ-00007')")
    assert make(workspace).what == "its message is not repeated: 1 participant ids or private values are on it"


def test_a_contract_that_is_removed_while_the_batch_runs_is_said(workspace: Path):
    made_from = Inventory(workspace).made_from(DASHBOARD)
    shutil.rmtree(workspace / "params" / "little-jobs")
    failure = run_job(DASHBOARD, root=workspace, working=workspace / "working", run="test", made_from=made_from)
    assert isinstance(failure, Failure) and failure.where == "params/little-jobs"
    assert "params/little-jobs/contract.yml" in failure.what
