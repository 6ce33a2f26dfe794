"""A contract beside the others of its programme: from public editions that were handed out, without names and without counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from acmlib.contract.load import load_contract, load_records
from acmlib.display import sections as show
from acmlib.display.report import Report, open_report
from acmlib.release.editions import make_release
from acmlib.release.ledger import enter
from acmlib.release.peers import peers_of, write_peers

CONTRACT = """\
contract: {{title: {title}, provider: {title} Works, agency: B, program: jobs, starts: 2025-01-01, ends: 2027-12-31}}
tables: {{participants: {{source: data/{id}/participants.csv, id: person}}}}
metrics:
  placed: {{title: Placed, kind: proportion, that: placed = 1, date: came}}
period: 2025-12
editions: [internal, provider{public}]
languages: [en, es]
"""
#: People of each contract, and how many were placed; cedar has no public edition, ivy is too small to be shown, elm's edition was a draft.
SIZES = {"ash": (300, 120), "beech": (320, 130), "cedar": (360, 200), "dogwood": (400, 61), "elm": (444, 179), "ivy": (12, 3)}
OTHERS = {"Beech", "Dogwood"}


def write(root: Path, name: str, people: int, placed: int) -> None:
    for folder in (root / "params" / name, root / "data" / name):
        folder.mkdir(parents=True)
    public = "" if name == "cedar" else ", public"
    (root / "params" / name / "contract.yml").write_text(CONTRACT.format(id=name, title=name.capitalize(), public=public), encoding="utf-8")
    rows = [f"{name}{i},2025-{i % 12 + 1:02d}-05,{int(i < placed)}" for i in range(people)]
    (root / "data" / name / "participants.csv").write_text("\n".join(["person,came,placed", *rows]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("programme")
    for name, (people, placed) in SIZES.items():
        write(root, name, people, placed)
        edition = "provider" if name == "cedar" else "public"
        made = make_release(load_contract(name, root=root), root=root, edition=edition, draft=False)
        if made.entry is not None and name != "elm":
            enter(made.entry, name, root, decided_with=made.decided_with)
    for name in ("ash", "beech"):
        write_peers(name, root=root)
    return root


def report(root: Path, edition: str, name: str = "ash", language: str = "en") -> Report:
    return open_report(name, None, edition, language, None, root)


def test_only_what_the_public_was_shown_stands_beside_a_contract(workspace: Path) -> None:
    assert set(peers_of("ash", root=workspace)["title"]) == OTHERS


def test_a_contract_has_one_number_in_all_files_of_its_programme(workspace: Path) -> None:
    numbers = [{one.contract: one.number for one in load_records(name, workspace).peers} for name in ("ash", "beech")]
    assert numbers[0]["dogwood"] == numbers[1]["dogwood"] and len({*numbers[0].values(), numbers[1]["ash"]}) == 3
    before = (workspace / "params/ash/peers.csv").read_bytes()
    write_peers("ash", root=workspace)
    assert (workspace / "params/ash/peers.csv").read_bytes() == before


@pytest.mark.parametrize("edition", ["internal", "provider", "public"])
def test_others_are_rounded_shares_without_counts_and_have_names_inside_only(workspace: Path, edition: str) -> None:
    given = report(workspace, edition)
    (section,) = show.peers(given, "placed")
    said = str(section)
    assert all((name in said) == (edition == "internal") for name in OTHERS)
    assert any(f"Other contract {number}" in said for number in (1, 2, 3)) == (edition != "internal")
    assert "15%" in said, "61 of 400 is 15.25%"
    assert not any(str(number) in said for name in ("beech", "dogwood") for number in SIZES[name])
    assert given.records.peers == () or edition == "internal"


def test_without_a_file_of_others_there_is_no_such_section(workspace: Path) -> None:
    assert show.peers(report(workspace, "provider", "dogwood"), "placed") == ()


def test_that_nobody_has_shown_anything_is_said_with_the_remedy(tmp_path: Path) -> None:
    write(tmp_path, "alone", 100, 40)
    with pytest.raises(ValueError, match="acm run ID --edition public --release"):
        write_peers("alone", root=tmp_path)
