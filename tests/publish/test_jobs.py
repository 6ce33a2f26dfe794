"""Which pages a contract gets."""

from pathlib import Path

import pytest

from acmlib.publish.jobs import RequestError, plan_jobs


def names(jobs) -> list[str]:
    return [job.name for job in jobs]


def test_a_contract_gets_a_dashboard_and_the_topics_whose_month_has_come_in_every_language(workspace: Path):
    jobs = plan_jobs("little-jobs", root=workspace)
    assert names(job for job in jobs if job.language == "en") == ["dashboard", "deep_dive-enrolment", "deep_dive-placement"]
    assert names(job for job in jobs if job.language == "es") == ["dashboard", "deep_dive-enrolment", "deep_dive-placement"]
    assert {(job.period, job.edition) for job in jobs if job.topic != "enrolment"} == {("2025-06", "provider")}


def test_a_topic_that_is_done_keeps_its_page_as_it_was(workspace: Path):
    """It is not made anew with later data, unless it is asked for by name."""
    done = [job for job in plan_jobs("little-jobs", root=workspace) if job.topic == "enrolment"]
    assert {job.period for job in done} == {"2025-05"}
    (again,) = plan_jobs("little-jobs", root=workspace, report="deep_dive-enrolment", period="2025-06", language="en")
    assert again.period == "2025-06"


def test_a_later_period_brings_the_later_topic_but_never_one_that_was_dropped(workspace: Path):
    jobs = plan_jobs("little-jobs", root=workspace, period="2025Q3", language="en")
    assert names(jobs) == ["dashboard", "deep_dive-enrolment", "deep_dive-placement", "deep_dive-staying"]


def test_a_topic_for_the_agency_alone_stays_out_of_the_providers_edition(workspace: Path):
    assert "deep_dive-gossip" not in names(plan_jobs("little-jobs", root=workspace, edition="provider"))
    assert "deep_dive-gossip" in names(plan_jobs("little-jobs", root=workspace, edition="internal"))
    with pytest.raises(RequestError, match="no such topic for this edition"):
        plan_jobs("little-jobs", root=workspace, report="deep_dive-gossip")


def test_a_topic_that_is_asked_for_by_name_is_made_for_those_whom_it_is_for(workspace: Path):
    path = workspace / "params/little-jobs/contract.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("editions: [provider]", "editions: [internal, provider]"), encoding="utf-8")
    jobs = plan_jobs("little-jobs", root=workspace, report="deep_dive-gossip", language="en")
    assert [job.edition for job in jobs] == ["internal"]


def test_the_end_of_contract_report_is_made_once_the_contract_has_ended(workspace: Path):
    assert "end_of_contract" not in names(plan_jobs("little-jobs", root=workspace))
    assert "end_of_contract" in names(plan_jobs("little-jobs", root=workspace, period="2026"))
    assert "end_of_contract" in names(plan_jobs("little-jobs", root=workspace, period="term"))
    assert plan_jobs("little-jobs", root=workspace, report="end_of_contract") == ()


def test_a_topic_that_is_asked_for_by_name_is_made_before_its_month(workspace: Path):
    assert names(plan_jobs("little-jobs", root=workspace, report="deep_dive-staying", language="en")) == ["deep_dive-staying"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"report": "dashbord"}, "did you mean 'dashboard'"),
        ({"report": "deep_dive-placment"}, "did you mean 'placement'"),
        ({"edition": "publik"}, "did you mean 'public'"),
        ({"language": "fr"}, "allowed are en, es"),
        ({"period": "2025-13"}, "use a month as 2026-05"),
        ({"period": "P12M/2025-06"}, "a month, a quarter, a year or term"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(workspace: Path, asked, answer):
    with pytest.raises(RequestError, match=answer):
        plan_jobs("little-jobs", root=workspace, **asked)


def test_pages_of_other_languages_stand_beside_the_english_one(workspace: Path):
    pages = {job.page.name for job in plan_jobs("little-jobs", root=workspace, report="dashboard")}
    assert pages == {"dashboard.html", "dashboard.es.html"}
