"""The commands around a meeting: a form that is written, filled in and read back; actions across contracts; spot checks."""

import csv
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from acmlib.cli.app import app
from acmlib.contract.load import load_contract, load_records

HARBOR, PRAIRIE = "harbor-youth-jobs", "prairie-youth-jobs"


@pytest.fixture()
def workspace(repository: Path, tmp_path: Path, monkeypatch) -> Path:
    for contract in (HARBOR, PRAIRIE):
        for folder in ("params", "data"):
            shutil.copytree(repository / folder / contract, tmp_path / folder / contract)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ACM_ROOT", raising=False)
    return tmp_path


def acm(*words: str):
    return CliRunner().invoke(app, list(words))


def test_the_form_of_a_meeting_is_a_meeting_that_can_be_filled_in(workspace: Path):
    answer = acm("meeting", HARBOR, "--on", "2026-07-16")
    assert answer.exit_code == 0 and "2026-07-16.yml" in answer.output
    path = workspace / "params" / HARBOR / "meetings" / "2026-07-16.yml"
    contract = load_contract(HARBOR, root=workspace)
    before = load_records(HARBOR, workspace, contract=contract)
    assert before.meetings[-1].promises == ()
    text = path.read_text(encoding="utf-8")
    # What is open is listed; to use a line one takes its '#' away.
    follow = next(line for line in text.splitlines() if '"H3"' in line)
    promise = text[text.index('#  - {id: "2026-07-16-1"') : text.index('#  - {id: "2026-07-16-2"')]
    filled = text.replace(follow, follow.replace("#", "", 1)).replace(
        promise, promise.replace("#", "").replace('"..."', '"Call, then write"')
    )
    path.write_text(filled, encoding="utf-8")
    answer = acm("meeting", HARBOR, "--on", "2026-07-16")
    assert answer.exit_code == 1 and "has 'Name' of the form in promises" in " ".join(answer.output.split())
    path.write_text(
        filled.replace(
            "owner: Name, party: provider, due: 2026-08-13,\n     metric", "owner: Dana, party: provider, due: 2026-08-13,\n     metric"
        )
    )
    answer = acm("meeting", HARBOR, "--on", "2026-07-16")
    assert answer.exit_code == 0 and "1 promised" in answer.output and "Call, then write" in answer.output
    actions = {one.id: one for one in load_records(HARBOR, workspace, contract=contract).actions}
    assert (actions["H3"].status, str(actions["H3"].done_on)) == ("done", "2026-07-16")
    assert (actions["2026-07-16-1"].status, str(actions["2026-07-16-1"].agreed_on)) == ("open", "2026-07-16")


def test_a_form_filled_in_wrongly_is_refused_with_the_line_and_stays_as_it_is(workspace: Path):
    acm("meeting", HARBOR, "--on", "2026-07-16")
    path = workspace / "params" / HARBOR / "meetings" / "2026-07-16.yml"
    wrong = path.read_text(encoding="utf-8").replace('#  - {what: "We ...", by: Name}', '  - {what: "We decide", bye: Name}')
    path.write_text(wrong, encoding="utf-8")
    answer = acm("meeting", HARBOR, "--on", "2026-07-16")
    assert answer.exit_code == 1
    assert "decisions.0.bye is not a known key; did you mean 'by'?" in " ".join(answer.output.split())
    assert path.read_text(encoding="utf-8") == wrong


def test_a_day_that_is_none_is_refused(workspace: Path):
    assert "use a date as 2026-06-18" in acm("meeting", HARBOR, "--on", "July").output


def test_actions_of_all_contracts_the_longest_overdue_first(workspace: Path):
    answer = acm("actions", "--on", "2026-06-30")
    assert answer.exit_code == 0
    assert answer.output.index(" P1 ") < answer.output.index(" H3 ") < answer.output.index(" H4 ")
    assert "overdue, 29 days" in answer.output
    assert " H1 " not in answer.output and " H1 " in acm("actions", HARBOR, "--every").output
    assert " H3 " not in acm("actions", "--party", "agency", "--on", "2026-06-30").output
    assert acm("actions", "--party", "residents").exit_code == 2


def test_a_spot_check_is_drawn_again_the_same_filled_in_and_kept_as_counts(workspace: Path):
    asked = ("spot-check", HARBOR, "--n", "19", "--metric", "enrolled_30d", "--period", "2026-05")
    answer = acm(*asked)
    assert answer.exit_code == 0 and "at least 15 right of 19" in answer.output
    form = workspace / "working" / HARBOR / "spot-check-2026-05-enrolled_30d.csv"
    first = form.read_text(encoding="utf-8")
    assert acm(*asked).exit_code == 2, "a form that is there is not overwritten"
    form.unlink()
    acm(*asked)
    assert form.read_text(encoding="utf-8") == first
    assert acm(*asked, "--read", "--by", "Ana Ruiz").exit_code == 2, "no record says yes or no"
    head, *rows = list(csv.reader(first.splitlines()[1:]))
    at = head.index("right (yes or no)")
    filled = [[*row[:at], "no" if number < 5 else "yes", *row[at + 1 :]] for number, row in enumerate(rows)]
    with form.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows([head, *filled])  # as a spreadsheet saves it where a comma is the decimal mark
    answer = acm(*asked, "--read", "--by", "Ana Ruiz", "--on", "2026-06-10")
    assert answer.exit_code == 0 and "14 of 19 right, 15 needed: not passed" in answer.output
    kept = (workspace / "params" / HARBOR / "spot_checks.csv").read_text(encoding="utf-8")
    assert "2026-06-10" in kept and rows[0][1] not in kept, "who was drawn is in the form only"
    check = load_records(HARBOR, workspace, contract=load_contract(HARBOR, root=workspace)).spot_checks[-1]
    assert (check.records, check.errors, check.metric, check.by) == (19, 5, "enrolled_30d", "Ana Ruiz")
    assert str(check.what) == "Files of 19 participants: Enrolled within 30 days of referral"
    assert check.what.in_language("es").startswith("Expedientes de 19 participantes: ")
    answer = acm(*asked, "--read", "--by", "Ana Ruiz", "--on", "2026-06-10")
    assert answer.exit_code == 2 and "stands in spot_checks.csv already" in " ".join(answer.output.split())
    assert (workspace / "params" / HARBOR / "spot_checks.csv").read_text(encoding="utf-8") == kept


def test_a_meeting_before_its_period_is_over_discusses_none(workspace: Path):
    """A kick-off has no figures: its minutes said that those of the whole month were discussed."""
    assert acm("meeting", HARBOR, "--on", "2026-06-05").exit_code == 0
    text = (workspace / "params" / HARBOR / "meetings/2026-06-05.yml").read_text(encoding="utf-8")
    assert "period: null" in text and acm("meeting", HARBOR, "--on", "2026-06-05").exit_code == 0


def test_a_spot_check_of_an_outcome_draws_from_the_last_quarter_whose_outcome_is_known(workspace: Path):
    answer = acm("spot-check", HARBOR, "--metric", "placed_6m")
    assert answer.exit_code == 0, answer.output
    assert (workspace / "working" / HARBOR / "spot-check-2025Q3-placed_6m.csv").exists(), "183 days before the end of June 2026"


def test_a_spot_check_of_what_is_not_there_says_what_is(workspace: Path):
    answer = acm("spot-check", HARBOR, "--metric", "placed")
    assert answer.exit_code == 2 and "metric 'placed'; did you mean 'placed_6m'?" in " ".join(answer.output.split())
    assert "use 90/60, 85/55, 80/50" in acm("spot-check", HARBOR, "--target", "99/1").output


def test_cases_for_a_working_group_are_the_same_again_and_say_why_each_was_drawn(workspace: Path):
    asked = ("case-pull", HARBOR, "--topic", "placement", "--group", "Black or African American", "--n", "12")
    answer = acm(*asked)
    # 27 of 137 have a job: tests/truth.yml, and the figure on the dashboard.
    assert answer.exit_code == 0 and "9 of 110 not reached, 3 of 27 reached" in answer.output
    (path,) = (workspace / "working" / HARBOR).glob("*.csv")
    first = path.read_text(encoding="utf-8")
    rows = list(csv.DictReader(first.splitlines()))
    assert [row["reason"] for row in rows] == ["not reached"] * 9 + ["reached"] * 3
    assert {row["group"] for row in rows} == {"Black or African American"} and len({row["participant_id"] for row in rows}) == 12
    answer = acm(*asked)
    assert answer.exit_code == 2 and "is there already, with what was noted in it" in answer.output
    path.unlink()
    assert acm(*asked).exit_code == 0 and path.read_text(encoding="utf-8") == first
    assert acm(*asked, "--seed", "7").exit_code == 0 and path.read_text(encoding="utf-8") != first


@pytest.mark.parametrize("where", ["outputs/harbor-youth-jobs/cases.csv", "handouts/cases.csv", "params/cases.csv", "link/cases.csv"])
def test_cases_are_never_written_where_pages_lie(workspace: Path, where: str):
    (workspace / "outputs").mkdir()
    (workspace / "link").symlink_to(workspace / "outputs")
    answer = acm("case-pull", HARBOR, "--topic", "placement", "--to", where)
    assert answer.exit_code == 2 and "and it names people; use working/" in " ".join(answer.output.split())
    assert not (workspace / where).exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("--topic", "placment"), "there is no such topic in roadmap.yml; did you mean 'placement'?"),
        (("--topic", "placement", "--group", "Blak"), "there is no group 'Blak' of race_ethnicity in these months"),
        (("--topic", "staying"), "cases are drawn for a metric that is a share or a duration with a date"),
    ],
)
def test_cases_of_what_is_not_there_say_what_is(workspace: Path, given: tuple[str, ...], message: str):
    answer = acm("case-pull", HARBOR, *given)
    assert answer.exit_code == 2 and message in " ".join(answer.output.split()), answer.output
