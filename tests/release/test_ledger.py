"""The ledger of public releases: what is written is noticed to be missing, renamed, edited or cut."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from acmlib.release.ledger import Entry, LedgerError, OvertakenError, enter, read_ledger

FIRST = Entry("2026-05", "public", "2026-06-01", 11, {"site": "a"}, (("placed", "2026Q1", "all", "All participants", 40.0, 90.0, "shown"),))
SECOND = replace(FIRST, period="2026-06", cells=(*FIRST.cells, ("placed", "2026Q2", "all", "All participants", None, None, "hidden")))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    enter(FIRST, "demo", tmp_path, decided_with=())
    enter(SECOND, "demo", tmp_path, decided_with={FIRST.content})
    return tmp_path


def test_entries_are_read_in_order_and_written_once(root: Path) -> None:
    assert read_ledger("demo", root) == (FIRST, SECOND)
    assert enter(replace(SECOND, made_at="later", edition="provider"), "demo", root, decided_with={FIRST.content}) is None
    assert sorted(path.name for path in (root / "ledger/demo").iterdir()) == ["0001.json", "0002.json"]


def test_a_release_that_does_not_know_of_another_is_refused(root: Path) -> None:
    with pytest.raises(OvertakenError):
        enter(replace(FIRST, period="2026-07"), "demo", root, decided_with={FIRST.content})


def edit(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"40.0", b"41.0"))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def rename(path: Path) -> None:
    path.rename(path.with_name("0005.json"))


def exchange(path: Path) -> None:
    path.write_bytes((path.parent / "0002.json").read_bytes())


@pytest.mark.parametrize("harm", [edit, cut, rename, exchange, Path.unlink])
def test_harm_is_said_with_the_file_and_the_way_back(root: Path, harm) -> None:
    harm(root / "ledger/demo/0001.json")
    with pytest.raises(LedgerError, match=r"ledger/demo/0001\.json.*restore ledger/demo/ from a backup"):
        read_ledger("demo", root)


def test_a_ledger_that_is_gone_beside_pages_that_were_handed_out_is_not_taken_for_empty(root: Path) -> None:
    record = root / "outputs/demo/2026-06/public/run.json"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"pages": {"dashboard.html": {"released": SECOND.content}}}))
    assert len(read_ledger("demo", root)) == 2
    (root / "ledger/demo/0002.json").unlink()
    with pytest.raises(LedgerError, match=r"outputs/demo/2026-06/public/dashboard\.html was handed out"):
        read_ledger("demo", root)


def test_what_a_killed_run_left_is_no_entry(root: Path) -> None:
    (root / "ledger/demo/.new").write_bytes(b'{"half')
    assert read_ledger("demo", root) == (FIRST, SECOND)
