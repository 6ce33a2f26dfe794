"""What nobody wrote is offered to the analyst in `acm check`, and a file that nothing reads is named; neither is on a page."""

import shutil

import pytest

from acmlib.contract.load import load_contract, load_records
from acmlib.intake.check.offered import offered_parts

HARBOR = "harbor-youth-jobs"


@pytest.fixture
def workspace(repository, tmp_path):
    shutil.copytree(repository / "params" / HARBOR, tmp_path / "params" / HARBOR)
    return tmp_path


def offered(root):
    contract = load_contract(HARBOR, root=root)
    return {one.table.rpartition("/")[2]: one for one in offered_parts(contract, load_records(HARBOR, root, contract=contract), root)}


def test_a_contract_with_everything_is_offered_nothing(workspace):
    assert offered(workspace) == {}


def test_the_parts_that_are_missing_are_one_note_with_how_to_begin_each(workspace):
    folder = workspace / "params" / HARBOR
    for name in ("deliverables.csv", "responses.csv", "spot_checks.csv", "coding.csv", "voice.yml"):
        (folder / name).unlink()
    (found,) = offered(workspace).values()
    assert found.severity == "note" and found.what.count(" is not there (") == 3, "the survey is a voice, too"
    assert found.what.startswith("responses.csv is not there (no figure has a reply); deliverables.csv is not there (no page says who kept")
    assert "acm handout harbor-youth-jobs" in found.fix


def test_of_a_contract_that_is_over_the_review_and_the_last_report_are_offered(workspace):
    path = workspace / "params" / HARBOR / "contract.yml"
    path.write_text(path.read_text().replace("ends: 2027-06-30", "ends: 2026-06-30").replace("next_meeting: 2026-07-16", ""))
    found = offered(workspace)
    assert set(found) == {HARBOR, "contract.yml: period"} and "review.yml is not" in found[HARBOR].what
    assert "set period: 20" in found["contract.yml: period"].fix


def test_a_file_that_is_there_and_empty_is_not_said_to_be_missing(workspace):
    path = workspace / "params" / HARBOR / "deliverables.csv"
    path.write_text(path.read_text().splitlines()[0])
    assert offered(workspace)[HARBOR].what.startswith("deliverables.csv is not filled in (")


def test_a_theme_that_one_person_coded_is_a_warning(workspace):
    path = workspace / "params" / HARBOR / "coding.csv"
    rows = [line.split(",") for line in path.read_text().splitlines()]
    theme, coder = rows[1][2], rows[1][1]
    path.write_text("\n".join(",".join(row) for row in rows if row[2] != theme or row[1] == coder) + "\n")
    found = offered(workspace)["coding.csv"]
    assert found.severity == "warning" and found.what == f"{theme} is coded by {coder}, and no excerpt by two people"


def test_a_record_of_a_day_after_the_meeting_of_the_pages_is_a_note(workspace):
    path = workspace / "params" / HARBOR / "spot_checks.csv"
    path.write_text(path.read_text().replace("2026-", "2027-"))
    found = offered(workspace)["spot_checks.csv"]
    assert found.severity == "note" and "after the meeting of 2026-07-16 for which the pages of 2026-06 are made" in found.what


def test_a_promise_that_is_due_more_than_a_year_after_it_was_made_is_a_note(workspace):
    path = workspace / "params" / HARBOR / "meetings" / "2026-06-18.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("due: 2026-07-14", "due: 2027-07-14"), encoding="utf-8")
    assert offered(workspace)["actions.csv"].what == "H13 was agreed on 2026-06-18 and is due on 2027-07-14, more than a year later"


def test_a_file_that_nothing_reads_is_a_warning(workspace):
    (workspace / "params" / HARBOR / "budget.xlsx").write_bytes(b"")
    (workspace / "params" / HARBOR / "README.md").write_text("How we work")
    found = offered(workspace)
    assert set(found) == {"budget.xlsx"} and found["budget.xlsx"].severity == "warning"


def test_the_contract_and_the_calendar_name_the_same_next_meeting(workspace):
    path = workspace / "params" / HARBOR / "plan.yml"
    text = path.read_text(encoding="utf-8").replace("every_months: 1", "every_months: 2").replace("first: 2024-09-12", "first: 2024-10-10")
    path.write_text(text, encoding="utf-8")
    found = offered(workspace)
    assert found["contract.yml"].what == "next_meeting is 2026-07-16; by the calendar of plan.yml the next is 2026-08-20"
