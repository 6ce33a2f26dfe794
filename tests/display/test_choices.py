"""The first notebook of the day: names to choose from, and what is due."""

import datetime as dt

import pytest

from acmlib import report_choices, what_is_due
from acmlib.display.preview import SESSION, PreviewError, preview


def test_names_are_attributes_that_the_tab_key_completes(repository):
    choices = report_choices(repository)
    assert choices.contracts.harbor_youth_jobs == "harbor-youth-jobs"
    assert {"dashboard", "template", "start"} <= set(vars(choices.notebooks).values())
    assert set(vars(choices.editions)) == {"internal", "provider", "public"}


def test_what_is_due_names_every_contract_the_next_meeting_first(repository, tmp_path):
    found = what_is_due(repository, on=dt.date(2026, 6, 30)).set_index("contract")
    assert found.loc["harbor-youth-jobs", "overdue"] >= 1
    meetings = found["next_meeting"].dropna().tolist()
    assert meetings == sorted(meetings) and len(found) == len(list((repository / "params").glob("*/contract.yml")))


def test_a_contract_that_cannot_be_read_keeps_its_row(tmp_path):
    (tmp_path / "params" / "torn").mkdir(parents=True)
    (tmp_path / "params" / "torn" / "contract.yml").write_text("contract: {}\n")
    assert what_is_due(tmp_path)["title"].item().startswith("cannot be read")


class Opened:
    """As much of a report as a preview asks for."""

    topic = None
    contract = type("C", (), {"id": "no-such-contract"})
    release = type("R", (), {"edition": "provider", "period": type("P", (), {"text": "2026-06"})})
    words = type("W", (), {"locale": type("L", (), {"language": "en"})})


def test_a_page_holds_no_preview_of_itself(monkeypatch):
    monkeypatch.delenv(SESSION, raising=False)
    assert preview(Opened()) is None


def test_a_preview_that_fails_says_what_the_command_said(monkeypatch, repository):
    monkeypatch.setenv(SESSION, "notebooks/dashboard.ipynb")
    monkeypatch.chdir(repository)
    with pytest.raises(PreviewError, match=r"(?s)no page was made of notebooks/dashboard\.ipynb.*no-such-contract"):
        preview(Opened())
