"""A contract begins: its folder is laid out, can be checked and run at once, and the first month has days."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from acmlib.cli.app import app
from acmlib.contract.load import load_contract, load_records
from acmlib.contract.records import GUIDE
from acmlib.publish.jobs import plan_jobs


@pytest.fixture
def workspace(repository: Path, tmp_path: Path, monkeypatch) -> Path:
    """A workspace with a provider's file and no contract."""
    shutil.copytree(repository / "data" / "bright-steps-tutoring", tmp_path / "data" / "tutoring")
    for folder in ("notebooks", "templates"):
        shutil.copytree(repository / folder, tmp_path / folder)
    (tmp_path / "params").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACM_ROOT", str(tmp_path))
    return tmp_path


def acm(*words: str):
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "220"})


def test_a_folder_is_laid_out_from_one_file_and_says_what_to_do_by_when(workspace: Path):
    told = acm("start", "new-one", "--from", "data/tutoring/students.csv", "--on", "2024-06-03")
    assert told.exit_code == 0, told.output
    folder = workspace / "params" / "new-one"
    assert {path.name for path in folder.iterdir()} == {
        "contract.yml", "plan.yml", "roadmap.yml", "actions.csv", "deliverables.csv", "instruments", "meetings", "review.yml",
    }  # fmt: skip
    records = load_records("new-one", workspace)
    assert [one.id for one in records.plan] == list(GUIDE) and not any(one.answer for one in records.plan)
    assert records.calendar is not None and not records.roadmap and not records.actions
    for step in ("acm check new-one", "eleven questions", "acm handout new-one --edition provider", "acm meeting new-one"):
        assert step in told.output
    assert [job.name for job in plan_jobs("new-one", root=workspace, edition="internal", language="en")]
    calendar = (workspace / "handouts" / "new-one" / "calendar.ics").read_text()
    meeting = re.search(r"(\d{4}-\d{2}-\d{2}).*the meeting: acm meeting", told.output)
    assert meeting and f"DTSTART:{meeting[1].replace('-', '')}T100000" in calendar and "SUMMARY:New One: meeting" in calendar
    assert "written: handouts/new-one/calendar.ics" in told.output and not records.meetings
    assert min(re.findall(r"DTSTART[^:]*:(\d{8})", calendar)) >= "20240603"


def test_the_form_of_the_review_is_valid_once_its_comments_are_taken_away_and_its_names_are_the_contracts(workspace: Path):
    acm("start", "new-one", "--from", "data/tutoring/students.csv")
    path = workspace / "params" / "new-one" / "review.yml"
    assert load_records("new-one", workspace).review is not None, "as it is written, nothing is rated"
    lines = path.read_text().replace("\nratings: []", "").splitlines()[2:]
    form = "\n".join(line.removeprefix("# ") for line in lines if not line.startswith("#   #"))
    metric = next(iter(load_contract("new-one", root=workspace).metrics))
    for name in ("METRIC.DIMENSION, A1, spot_check_2026-05-12, deliverables", "METRIC"):
        form = form.replace(name, metric)
    path.write_text(form.replace(f"[{metric}, {metric}]", f"[{metric}]"))
    review = load_records("new-one", workspace).review
    assert review is not None and review.ratings[0].evidence == (metric,) and review.right_of_reply and len(review.lessons) == 2


def test_the_suggested_topic_is_valid_once_its_comments_are_taken_away(workspace: Path):
    acm("start", "new-one", "--from", "data/tutoring/students.csv")
    path = workspace / "params" / "new-one" / "roadmap.yml"
    lines = [line.removeprefix("# ") for line in path.read_text().splitlines()[2:]]
    path.write_text("\n".join(lines))
    assert yaml.safe_load(path.read_text())["topics"][0]["id"] == "first-topic"
    (topic,) = load_records("new-one", workspace).roadmap
    assert topic.status == "planned"


def test_a_guessed_term_that_is_over_is_said_instead_of_days(workspace: Path):
    told = acm("start", "new-one", "--from", "data/tutoring/students.csv", "--on", "2031-06-03").output
    assert "no meeting lies ahead before it ends on" in told and "acm start again" in told


def test_what_is_there_is_left_as_it_is(workspace: Path):
    acm("start", "new-one", "--from", "data/tutoring/students.csv")
    plan = workspace / "params" / "new-one" / "plan.yml"
    plan.write_text(plan.read_text().replace("- id: motivation", "- id: motivation\n    answer: For every child", 1))
    (workspace / "params" / "new-one" / "actions.csv").unlink()
    told = acm("start", "new-one")
    assert "written: params/new-one/actions.csv" in told.output and "plan.yml" not in told.output.partition("The first month")[0]
    assert load_records("new-one", workspace).plan[0].answer is not None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("new-one",), "params/new-one: has no contract.yml yet; name the provider's file: --from FILE"),
        (("New One", "--from", "data/tutoring/students.csv"), "New One"),
        (("new-one", "--from", "data/tutoring/students.csv", "--on", "soon"), "soon"),
    ],
)
def test_what_cannot_begin_is_one_message(workspace: Path, words, message):
    told = acm("start", *words)
    assert told.exit_code == 2 and message in told.output + (told.stderr or "")
    assert not any((workspace / "params").iterdir())


def test_the_tutorial_runs_as_it_is_written(workspace: Path, repository: Path):
    (workspace / "data" / "tutoring").rename(workspace / "data" / "bright-steps-tutoring")
    for kind, block in re.findall(r"```(sh|yaml)\n(.*?)```", (repository / "docs" / "tutorial.md").read_text(), re.DOTALL):
        if kind == "yaml":
            edit(workspace / "params" / "north-tutoring" / "contract.yml", block.splitlines())
            continue
        for line in block.splitlines():
            program, *words = shlex.split(line)
            if program == "mkdir":
                (workspace / words[-1]).mkdir(parents=True)
            elif program == "cp":
                shutil.copy(*words)
            else:
                assert program == "acm"
                told = acm(*words)
                assert told.exit_code == 0, f"{line}: {told.output}"
    assert (workspace / "outputs" / "north-tutoring" / "2026-08" / "provider" / "agenda.html").is_file()
    assert "0 promised" in acm("meeting", "north-tutoring", "--on", "2026-10-15").output
    assert any((workspace / "handouts" / "north-tutoring").iterdir())


def edit(path: Path, lines: list[str]) -> None:
    """Put lines in the place of those with the same key; at the end of the file where there is none."""
    text = path.read_text()
    for line in lines:
        key = line.partition(":")[0]
        text, changed = re.subn(rf"(?m)^{key}:.*$", line, text, count=1)
        text += "" if changed else f"\n{line}\n"
    path.write_text(text)
