"""Pages about the contracts of a program say what the contracts' own pages say, and nothing that those may not."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from lxml import html
from typer.testing import CliRunner

from acmlib.cli.app import app
from acmlib.display import portfolio as show
from acmlib.publish.jobs import RequestError, plan_jobs
from acmlib.publish.programs import ProgramPage, make_program_pages, open_program, plan_programs
from acmlib.publish.safe_csv import release_csv

GAP = ["Placed", "site", "North"]


def figure(met: int, of: int, **more):
    told = {"metric": "placed", "short": "Placed", "value": f"{met / of:.0%}", "target": "50%", "state": "met", "certain": True,
            "change": "no clear change", "changed": "", "kind": "proportion", "better": "higher", "window": "P12M/2025-06",
            "numerator": met, "denominator": of, "number": met / of, "low": met / of - 0.05, "high": met / of + 0.05}  # fmt: skip
    return told | more


def publish(
    root: Path, name: str, met: int = 50, *, edition="provider", draft=False, gaps=(), served=(), rank=(5, 0), program="jobs", overdue=(),
    partly=False, **more
):  # fmt: skip
    """Put a finished dashboard's record and release in place, as a run leaves them."""
    if name != "little-jobs":
        shutil.copytree(root / "params" / "little-jobs", root / "params" / name, dirs_exist_ok=True)
    standing = {"program": program, "ended": False, "lead": [], "figures": [figure(met, 100, **more)],
                "gaps": ["; ".join(gap) for gap in gaps],
                "more_gaps": 0, "gap_keys": list(gaps), "served": list(served),
                "decision": None, "gaps_silence": "none",
                "rank": list(rank)}  # fmt: skip
    page = {"report": "dashboard", "language": "en", "report_title": "Dashboard", "contract_title": name.title(), "draft": draft,
            "made_at": "2025-07-02T09:30:00+00:00", "data_until": "2025-06-30", "inputs": [], "sha256": "0" * 64, "failed": None,
            "standing": standing, "overdue": list(overdue), "partly": partly, "next_meeting": None}  # fmt: skip
    folder = root / "outputs" / name / "2025-06" / edition
    folder.mkdir(parents=True)
    record = {"contract": name, "period": "2025-06", "edition": edition, "pages": {"dashboard.html": page}}
    (folder / "run.json").write_text(json.dumps(record))
    months = [("placed", f"2025-0{m}", "all", "All participants", 5.0, 10.0, 0.5, 0.2, 0.8, "shown") for m in range(1, 6)]
    months.append(("placed", "2025-06", "all", "All participants", *[float("nan")] * 5, "hidden"))
    columns = ["metric", "period", "dimension", "group", "numerator", "denominator", "value", "low", "high", "status"]
    (folder / "release.csv").write_bytes(release_csv(pd.DataFrame(months, columns=columns)).encode())


@pytest.fixture
def root(workspace: Path, repository: Path) -> Path:
    shutil.copy(repository / "notebooks" / "portfolio.ipynb", workspace / "notebooks")
    return workspace


def text(section) -> str:
    return str(section)


def test_seven_contracts_are_dots_and_eight_a_funnel_that_names_who_is_unusual(root: Path):
    for number in range(7):
        publish(root, f"c{number}")
    (seven,) = show.side_by_side(open_program("jobs", root=root))
    assert "95% intervals" in " ".join(seven.body[0].notes) and "limit" not in seven.body[0].svg
    publish(root, "c7", met=10)
    (eight,) = show.side_by_side(open_program("jobs", root=root))
    assert "8 contracts side by side" in eight.heading and "C7" in eight.body[0].alt
    assert not any("Target" in note for note in eight.body[0].notes)  # each contract has its own


def test_contracts_stand_worst_first_and_a_gap_that_several_have_is_named_once(root: Path):
    publish(root, "good")
    publish(root, "bad", gaps=[GAP], rank=(1, -1))
    publish(root, "worst", gaps=[GAP], rank=(0, -2), state="missed")
    found = open_program("jobs", root=root)
    assert list(found.table["contract"]) == ["Worst", "Bad", "Good"]
    assert "Placed by site, North: 2 contracts (Worst and Bad)" in text(show.shared_gaps(found))
    assert "1 misses its main target" in show.title(found, "Portfolio").subtitle


def test_overdue_promises_are_those_that_readers_of_the_speaking_page_see(root: Path):
    publish(root, "one", partly=True, overdue=[{"what": "Send the list", "owner": "Ana", "due": "2025-06-01"}])
    publish(root, "two")
    table = show.contracts(open_program("jobs", root=root)).body[0]
    place = [str(column.label) for column in table.columns].index("Promises overdue")
    found = table.rows[0][place]
    assert (str(found), found.detail) == ("1", "that the provider sees")
    table = show.contracts(open_program("jobs", language="es", root=root)).body[0]
    assert str(table.rows[1][place]) == "ninguna"


def test_a_contract_is_named_in_the_language_of_the_page_and_one_without_targets_says_so(root: Path):
    publish(root, "one", state="none agreed", target="")
    kept = root / "outputs" / "one" / "2025-06" / "provider" / "run.json"
    record = json.loads(kept.read_text())
    page = record["pages"]["dashboard.html"]
    earlier = {**page, "language": "es", "contract_title": "Uno", "made_at": "2025-07-01T09:30:00+00:00"}
    kept.write_text(json.dumps({**record, "pages": {"dashboard.html": page, "dashboard.es.html": earlier}}))
    names = {}
    for language in ("en", "es"):
        (row,) = show.contracts(open_program("jobs", language=language, root=root)).body[0].rows
        names[language] = (str(row[0]), row[1].detail)
    assert names == {"en": ("One", "no target agreed"), "es": ("Uno", "sin meta acordada")}


def test_other_periods_are_left_out_and_hidden_figures_and_months_stay_hidden(root: Path):
    for name in ("one", "two"):
        publish(root, name)
    publish(root, "old", window="P12M/2024-06")
    publish(root, "hidden", number=None, value="hidden", numerator=None, denominator=None)
    found = open_program("jobs", root=root)
    (section,) = show.side_by_side(found)
    assert "2 contracts side by side" in section.heading and "2 contracts with another period" in text(section)
    assert found.members[0].months["value"].isna().tolist() == [False] * 5 + [True]
    (months,) = show.over_time(found)
    assert "May 2025" in months.body[0].long_description and "June 2025" not in months.body[0].long_description


def test_who_is_served_is_added_up_and_says_over_how_many_contracts(root: Path):
    publish(root, "one", served=[["site", "North", 20], ["site", "South", 30]])
    publish(root, "two", served=[["site", "North", 12]])
    (section,) = show.served(open_program("jobs", root=root))
    assert [row[1:] for row in section.body[0].rows] == [("North", "32", "2"), ("South", "30", "1")]


def test_a_public_page_reads_only_what_was_handed_out_to_the_public(root: Path):
    for number, edition in enumerate(("public", "public", "public", "provider")):
        publish(root, f"c{number}", edition=edition, draft=number == 2)
    assert [one.contract for one in open_program("jobs", "public", root=root).members] == ["c0", "c1"]
    assert len(open_program("jobs", root=root).members) == 4


def test_pages_are_planned_for_programs_of_several_contracts_and_for_all(root: Path):
    for number in range(4):
        publish(root, f"c{number}", program=("jobs", "jobs", "homes", "")[number])
    assert {(one.program, one.edition) for one in plan_programs(root)} == {("jobs", "internal"), ("", "internal")}
    with pytest.raises(ValueError, match=r"program 'job': did you mean 'jobs'"):
        open_program("job", root=root)
    with pytest.raises(RequestError, match="about the contracts of a program"):
        plan_jobs("little-jobs", root=root, report="portfolio")
    assert "portfolio" not in [job.report for job in plan_jobs("little-jobs", root=root)]


def test_a_page_is_made_by_its_notebook_and_the_index_leads_to_it(root: Path):
    for number in range(2):
        publish(root, f"c{number}")
    made, failures = make_program_pages(root)
    page = ProgramPage("portfolio", "jobs", "internal", "en").path
    assert made == (f"outputs/{page.as_posix()}",) and failures == ()
    shown = html.fromstring((root / "outputs" / page).read_text(encoding="utf-8"))
    assert shown.xpath("//h1")[0].text_content() == "Portfolio: jobs"
    index = html.fromstring((root / "outputs" / "index.html").read_text(encoding="utf-8"))
    assert index.xpath("//header//a/@href") == [page.as_posix()]
    (root / "outputs" / "c1" / "2025-06" / "provider" / "run.json").unlink()
    assert make_program_pages(root) == ((), ())
    assert not (root / "outputs" / page).exists()


def test_without_pages_the_notebook_says_what_to_do(root: Path):
    assert "acm run --all" in text(show.contracts(open_program(root=root)))


def test_none_is_not_said_of_what_was_not_judged_nor_of_a_change_in_another_figure(root: Path):
    publish(root, "little-jobs", change="better", changed="20% to 50%", rank=(1, -1))
    publish(root, "unjudged-jobs", change="not judged")
    publish(root, "still-jobs", rank=(6, 0))
    file = root / "outputs" / "unjudged-jobs" / "2025-06" / "provider" / "run.json"
    file.write_text(file.read_text().replace('"gaps_silence": "none"', '"gaps_silence": "too_few"'))
    told = {one.title: text(row) for one, row in zip(open_program("jobs", root=root).members,
            show.contracts(open_program("jobs", root=root)).body[0].rows, strict=True)}  # fmt: skip
    by = {title.lower(): row for title, row in told.items()}
    assert "Placed improved, 20% to 50%" in by["little-jobs"] and "none seen" in by["little-jobs"]
    assert "groups are too small" in by["unjudged-jobs"] and "not judged" in by["unjudged-jobs"] and "none seen" not in by["unjudged-jobs"]
    assert "no clear change" in by["still-jobs"]


def test_the_head_counts_the_contracts_whose_row_names_a_clear_gap_also_in_who_is_served(root: Path):
    publish(root, "little-jobs", gaps=[GAP])
    publish(root, "served-jobs")
    publish(root, "still-jobs")
    file = root / "outputs" / "served-jobs" / "2025-06" / "provider" / "run.json"
    file.write_text(file.read_text().replace('"gaps": []', '"gaps": ["Who is served: North 25%, of all 38%"]'))
    found = open_program("jobs", root=root)
    assert "2 have a clear gap" in text(show.title(found, "Portfolio")) and sorted(found.table["clear_gaps"]) == [0, 1, 1]


def test_contracts_without_a_dashboard_are_named_to_the_agency_and_gaps_say_how_many_people(root: Path):
    publish(root, "one-jobs", gaps=[GAP])
    publish(root, "two-jobs", gaps=[GAP])
    file = root / "outputs" / "one-jobs" / "2025-06" / "provider" / "run.json"
    file.write_text(file.read_text().replace('"more_gaps"', '"gap_people": [23], "more_gaps"'))
    told = text(show.contracts(open_program(root=root)))
    assert "(23 people to the same level)" in told and told.count("to the same level") == 1
    assert "1 contract has no dashboard yet and is not in the table: Little Jobs." in told
    publish(root, "three-jobs", edition="public")
    assert "no dashboard" not in text(show.contracts(open_program("", "public", root=root)))


def test_a_page_for_a_peer_group_is_made_when_asked_for_also_of_one_contract_and_stays(root: Path, repository: Path):
    shutil.copy(repository / "notebooks" / "peer_meeting.ipynb", root / "notebooks")
    publish(root, "c0", edition="public")
    publish(root, "c1", edition="public", program="homes")
    assert not [one for one in plan_programs(root) if one.report == "peer_meeting"]
    planned = [page.path.name for page in plan_programs(root, report="peer_meeting")]
    assert planned == [f"peer_meeting-{program}.public.html" for program in ("homes", "jobs")]
    made, failures = make_program_pages(root, ("peer_meeting", None, None))
    assert [Path(one).name for one in made] == planned and failures == ()
    alone = (root / made[1]).read_text()
    assert "There is nothing to compare yet" in alone
    assert "Which of these differences" not in alone and "What do we try until we meet again" in alone
    make_program_pages(root)
    assert (root / made[1]).is_file()


def test_pages_that_a_stopped_run_left_out_are_made_by_the_next(root: Path, contract, monkeypatch):
    contract("other-jobs")
    monkeypatch.chdir(root)
    monkeypatch.delenv("ACM_ROOT", raising=False)
    words = ["run", "--all", "--edition", "provider", "--language", "en"]
    assert CliRunner().invoke(app, words).exit_code == 0
    folder = root / "outputs" / "programs"
    made = sorted(path.name for path in folder.glob("*.html"))
    assert made
    shutil.rmtree(folder)
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0 and "up to date" in answer.output
    assert sorted(path.name for path in folder.glob("*.html")) == made
