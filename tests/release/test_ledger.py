"""What readers were given is remembered: the same again is the same release, a correction is listed, and no raw number is kept. (3 s)"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from acmlib.contract.load import load_contract
from acmlib.release import Release, make_release
from acmlib.release.ledger import LEDGER, read_ledger, write_entry

ROOT = Path(__file__).resolve().parents[2]
NAME = "nsw-job-training"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace of one small contract."""
    for folder in (f"params/{NAME}", f"data/{NAME}"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def released(root: Path, edition: str = "provider") -> Release:
    """Make a release and hand it out."""
    release = make_release(load_contract(NAME, root=root), root=root, edition=edition)
    write_entry(release.entry, edition, root / LEDGER / NAME)
    return release


def numbers(release: Release) -> pd.DataFrame:
    return release.cells[["metric", "period", "dimension", "group", "numerator", "denominator", "status"]]


def test_the_same_period_again_and_another_edition_are_the_same_release(workspace: Path) -> None:
    first = released(workspace)
    again, public = released(workspace), released(workspace, "public")
    pd.testing.assert_frame_equal(numbers(first), numbers(again))
    pd.testing.assert_frame_equal(numbers(first), numbers(public))
    assert len(list((workspace / LEDGER / NAME).glob("*.csv"))) == 2, "one file an edition"
    assert len(read_ledger(NAME, workspace)) == 1, "readers know the same cells once"
    assert len(first.restatements) == 0


def test_the_ledger_holds_nothing_that_was_hidden(workspace: Path) -> None:
    release = released(workspace)
    assert release.hidden > 0
    kept = read_ledger(NAME, workspace)[0].cells
    assert kept.loc[kept["status"].eq("hidden"), ["numerator", "denominator"]].isna().all(axis=None)
    assert len(kept) == len(release.cells)


def test_corrected_figures_are_listed_with_the_reason_that_the_contract_gives(workspace: Path) -> None:
    before = released(workspace)
    source = workspace / "data/nsw-job-training/participants.csv"
    rows = source.read_text().splitlines(keepends=True)
    source.write_text("".join([rows[0], *rows[31:]]))
    listed = make_release(load_contract(NAME, root=workspace), root=workspace).restatements
    assert len(listed) > 0
    assert listed["reason"].isna().all()
    total = listed[listed["dimension"].eq("all")].iloc[0]
    shown = before.cells[before.cells["dimension"].eq("all") & before.cells["metric"].eq(total["metric"])].iloc[0]
    assert total["denominator_before"] == shown["denominator"]
    assert total["denominator"] < total["denominator_before"]
    file = workspace / "params" / NAME / "contract.yml"
    text = {"restatements": [{"period": "term", "reason": "Thirty people were reported twice."}]}
    file.write_text(file.read_text() + yaml.safe_dump(text))
    listed = make_release(load_contract(NAME, root=workspace), root=workspace).restatements
    assert {str(reason) for reason in listed["reason"]} == {"Thirty people were reported twice."}


def test_a_ledger_that_cannot_be_read_stops_the_release(workspace: Path) -> None:
    released(workspace)
    file = next((workspace / LEDGER / NAME).glob("*.csv"))
    file.write_text("nonsense")
    with pytest.raises(ValueError, match=f"ledger/{NAME}/.*: cannot be read .*; restore the file"):
        make_release(load_contract(NAME, root=workspace), root=workspace)
