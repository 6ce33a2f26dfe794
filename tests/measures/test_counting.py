"""What was counted stands as long as what it was counted from: a changed file, contract or period never meets old numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from acmlib.contract.load import load_contract
from acmlib.contract.periods import report_period
from acmlib.intake.read import files
from acmlib.measures import counting
from acmlib.measures.counting import Counted, count_sources

CONTRACT = """
contract: {title: Jobs, provider: Harbor Works, agency: Dept., program: jobs, starts: 2026-01-01, ends: 2026-06-30, value: 1, currency: USD}
tables:
  people: {source: data/jobs/*.csv, id: id, codes: {site: params/jobs/sites.csv}}
dimensions:
  site: {column: site, population: {file: data/base.csv, of: residents, date: 2024-07-01, source: Census}}
metrics:
  placed: {title: Placed, kind: proportion, from: people, of: "true", that: placed = 'yes', date: exited, better: higher, headline: true}
"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(files, "UNSETTLED", 0)
    monkeypatch.setattr(counting, "_known", [])
    write(tmp_path / "params/jobs/contract.yml", CONTRACT)
    write(tmp_path / "params/jobs/sites.csv", "code,label\nN,North\nS,South\n")
    write(tmp_path / "data/base.csv", "group,people\nNorth,100\nSouth,100\n")
    write(tmp_path / "data/jobs/a.csv", "id,site,placed,exited\n1,N,yes,2026-02-01\n2,S,no,2026-02-02\n3,N,no,2026-03-01\n")
    return tmp_path


def counted(root: Path, period: str = "2026-06") -> Counted:
    contract = load_contract("jobs", root=root)
    return count_sources(contract, root=root, period=report_period(contract, period))


def term(found: Counted) -> dict[str, tuple[float, float]]:
    rows = found.table[found.table["period"].eq("term")]
    return {group: (x, n) for group, x, n in zip(rows["group"], rows["numerator"], rows["denominator"], strict=True)}


BEFORE = {"All participants": (1, 3), "North": (1, 2), "South": (0, 1)}


def test_the_same_files_are_read_once(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = counted(workspace)
    assert term(first) == BEFORE

    def refused(*given: object, **named: object) -> None:
        raise AssertionError("the data were read again")

    monkeypatch.setattr(counting, "open_tables", refused)
    again = counted(workspace)
    assert again.table.equals(first.table) and again.findings == first.findings and again.inputs == first.inputs


CHANGES = {
    "a file": (lambda root: write(root / "data/jobs/a.csv", "id,site,placed,exited\n1,N,yes,2026-02-01\n"),
               {"All participants": (1, 1), "North": (1, 1)}),
    "another file": (lambda root: write(root / "data/jobs/b.csv", "id,site,placed,exited\n4,S,yes,2026-02-01\n"),
                     {"All participants": (2, 4), "North": (1, 2), "South": (1, 2)}),
    "a code list": (lambda root: write(root / "params/jobs/sites.csv", "code,label\nN,North\nS,Harbor\n"),
                    {"All participants": (1, 3), "North": (1, 2), "Harbor": (0, 1)}),
    "the contract": (lambda root: write(root / "params/jobs/contract.yml", CONTRACT.replace("placed = 'yes'", "placed = 'no'")),
                     {"All participants": (2, 3), "North": (1, 2), "South": (1, 1)}),
    "same size": (lambda root: write(root / "data/jobs/a.csv", (root / "data/jobs/a.csv").read_text().replace("2,S,no,", "2,N,no,")),
                  {"All participants": (1, 3), "North": (1, 3)}),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_seen(workspace: Path, what: str) -> None:
    assert term(counted(workspace)) == BEFORE
    change, after = CHANGES[what]
    change(workspace)
    assert term(counted(workspace)) == after


def test_another_period_is_counted_anew(workspace: Path) -> None:
    assert term(counted(workspace)) == BEFORE
    assert term(counted(workspace, "2026-02"))["All participants"] == (1, 2)
    assert term(counted(workspace)) == BEFORE


def test_a_population_that_changed_is_checked_anew(workspace: Path) -> None:
    found = counted(workspace)
    write(workspace / "data/base.csv", "group,people\nNorth,100\nEast,100\n")
    assert counted(workspace).findings != found.findings


def test_a_file_that_was_written_just_now_is_read_again(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "UNSETTLED", 60_000_000_000)
    counted(workspace)
    assert not counting._known


def test_what_a_reader_writes_into_the_numbers_stays_with_that_reader(workspace: Path) -> None:
    found = counted(workspace)
    found.table["numerator"] = 99.0
    found.table.loc[0, "group"] = "Nobody"
    assert term(counted(workspace)) == BEFORE
