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


def shown_by_age(release: Release) -> set[str]:
    cells = release.cells[release.cells["dimension"].eq("age") & release.cells["metric"].eq("employed_1978")]
    return set(cells.loc[cells["status"].eq("shown"), "group"])


def with_bands(root: Path, bands: list[int]) -> None:
    file = root / "params" / NAME / "contract.yml"
    file.write_text(file.read_text().replace("bands: [17, 21, 26, 36]", f"bands: {bands}"))


def test_a_wider_age_band_does_not_give_away_what_the_narrower_ones_hid(workspace: Path) -> None:
    # 4 of the 20 who are 36 and over had no job; 17-20 protects them: whoever had 17-25 beside 21-25 could work both out.
    assert shown_by_age(released(workspace)) == {"21-25", "26-35"}
    with_bands(workspace, [17, 26, 36])
    second = released(workspace)
    assert shown_by_age(second) == {"26-35"}, "as before; 17-25 is new"
    ours = second.reasons[second.reasons["dimension"].eq("age") & second.reasons["metric"].eq("employed_1978")]
    assert set(ours["reason"]) >= {"beside groups as they were"}


def test_a_wider_age_band_of_what_was_shown_or_of_all_that_was_hidden_is_shown(workspace: Path) -> None:
    released(workspace)
    with_bands(workspace, [17, 21, 36])
    # 21-35 is the sum of two that readers have; 17-20 and 36 and over are as they were.
    assert shown_by_age(released(workspace)) == {"21-35"}


def test_narrower_groups_are_hidden_all_or_none(workspace: Path) -> None:
    with_bands(workspace, [17, 26])
    assert shown_by_age(released(workspace)) == {"17-25", "26 and over"}
    file = workspace / "params" / NAME / "contract.yml"
    file.write_text(file.read_text().replace("bands: [17, 26]", "bands: [17, 21, 26, 36]"))
    # Of those 26 and over, 36 and over must be hidden: 26-35 would give them away. The others can be told.
    assert shown_by_age(released(workspace)) == {"17-20", "21-25"}


def with_minimum(root: Path, count: int) -> None:
    file = root / "params" / NAME / "contract.yml"
    before = "".join(line for line in file.read_text().splitlines(keepends=True) if not line.startswith("privacy:"))
    file.write_text(f"{before}privacy: {{minimum_count: {count}}}\n")


def test_of_a_period_that_readers_have_a_higher_threshold_hides_more_and_nothing_less(workspace: Path) -> None:
    hidden: list[set[int]] = []
    for minimum in (3, 11, 30, 3):
        with_minimum(workspace, minimum)
        hidden.append(set(released(workspace).cells.query("status == 'hidden'").index))
    lowest, usual, highest, again = hidden
    assert lowest < usual < highest
    assert again == lowest, "readers have this release: it is the same again"


def test_codes_are_kept_and_are_the_same_again(workspace: Path) -> None:
    path = workspace / f"params/{NAME}/contract.yml"
    agreed = yaml.safe_load(path.read_text(encoding="utf-8"))
    plain = released(workspace)
    assert "share_code" not in plain.cells and "share_code" not in read_ledger(NAME, workspace)[0].cells
    shutil.rmtree(workspace / LEDGER)
    path.write_text(yaml.safe_dump(agreed | {"privacy": {"code_shares": True}}), encoding="utf-8")
    coded = released(workspace)
    said = coded.cells["share_code"].ne("")
    assert said.any() and coded.cells.loc[said, "status"].eq("hidden").all()
    assert coded.hidden >= plain.hidden
    pd.testing.assert_series_equal(released(workspace).cells["share_code"], coded.cells["share_code"])


def test_a_ledger_that_cannot_be_read_stops_the_release(workspace: Path) -> None:
    released(workspace)
    file = next((workspace / LEDGER / NAME).glob("*.csv"))
    file.write_text("nonsense")
    with pytest.raises(ValueError, match=f"ledger/{NAME}/.*: cannot be read .*; restore the file"):
        make_release(load_contract(NAME, root=workspace), root=workspace)
