"""Work that several pages share is done once a batch, and gives what it gives when it is done for each."""

from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.load import load_contract
from acmlib.display.handover import handing_over
from acmlib.display.report import open_report
from acmlib.intake.read import reading
from acmlib.publish import shared
from acmlib.publish.jobs import Job
from acmlib.publish.store import write_json
from acmlib.release import editions
from acmlib.release.editions import make_release


def job(contract: str = "little-jobs", edition: str = "provider", language: str = "en") -> Job:
    return Job(contract, "dashboard", None, "2025-06", edition, language)


def shared_of(one: Job, root: Path, working: Path, key: str) -> shared.Share:
    """What the page of a job shares, as a process that has made nothing yet gets it."""
    shared._last.clear()
    return shared.share(one, load_contract(one.contract, root=root), root, working, key)


@pytest.fixture()
def calls(monkeypatch) -> list[str]:
    """Which of the expensive functions were called."""
    made: list[str] = []

    def counting(module, name):
        function = getattr(module, name)

        def counted(*given, **options):
            made.append(name)
            return function(*given, **options)

        monkeypatch.setattr(module, name, counted)

    for module, name in ((shared, "count"), (shared, "make_release"), (editions, "assess"), (reading, "_csv")):
        counting(module, name)
    return made


def test_data_are_read_once_a_period_and_released_once_an_edition(workspace: Path, tmp_path: Path, calls):
    for edition in ("provider", "public"):
        for language in ("en", "es"):
            share = shared_of(job(edition=edition, language=language), workspace, tmp_path / "working", "key")
            assert share.release.edition == edition
            assert "Quillfeather7" in share.secrets.participants
    assert calls == ["_csv", "count", "make_release", "assess", "make_release", "assess"]
    alone = make_release(load_contract("little-jobs", root=workspace), root=workspace, period="2025-06", edition="public")
    pd.testing.assert_frame_equal(share.release.cells, alone.cells)
    # Anything else that it is made from, another release.
    shared_of(job(), workspace, tmp_path / "working", "other key")
    assert calls.count("make_release") == 3


def test_verdicts_are_reached_once_for_the_editions_that_share_them_and_are_the_same_as_alone(workspace: Path, tmp_path: Path, calls):
    for edition in ("internal", "provider"):
        shared_of(job(edition=edition), workspace, tmp_path / "working", "key")
    assert calls.count("assess") == 1
    for edition in ("internal", "provider"):
        release = shared_of(job(edition=edition), workspace, tmp_path / "working", "key").release
        alone = make_release(load_contract("little-jobs", root=workspace), root=workspace, period="2025-06", edition=edition)
        for field in fields(alone.assessment):
            if field.type == "pd.DataFrame":
                pd.testing.assert_frame_equal(getattr(release.assessment, field.name), getattr(alone.assessment, field.name))
        assert list(release.assessment.metrics) == list(alone.assessment.metrics)


def test_what_is_wrong_with_the_data_is_told_for_every_page_and_found_once(workspace: Path, tmp_path: Path, calls):
    (workspace / "data/little-jobs/participants.csv").write_text("participant_id\n1\n")
    told = []
    for language in ("en", "es"):
        with pytest.raises(ContractError) as error:
            shared_of(job(language=language), workspace, tmp_path / "working", "key")
        told.append(str(error.value))
    assert told[0] == told[1] and calls == ["_csv"]


def test_a_kernel_takes_the_release_that_it_was_handed_and_no_other(workspace: Path, tmp_path: Path):
    share = shared_of(job(), workspace, tmp_path / "working", "key")
    (workspace / "data/little-jobs/participants.csv").unlink()
    with handing_over(share.handed):
        pd.testing.assert_frame_equal(open_report("little-jobs", "2025-06", "provider", root=workspace).cells, share.release.cells)
        with pytest.raises(ContractError, match="there is no such file"):
            open_report("little-jobs", "2025-06", "public", root=workspace)
        share.handed.chmod(0o644)
        with pytest.raises(ContractError, match="there is no such file"):
            open_report("little-jobs", "2025-06", "provider", root=workspace)
    share.handed.chmod(0o600)
    with pytest.raises(ContractError, match="there is no such file"):
        open_report("little-jobs", "2025-06", "provider", root=workspace)


def test_a_table_that_several_contracts_read_is_read_once(workspace: Path, tmp_path: Path, contract, calls):
    file = "data/all/participants.csv"
    (workspace / file).parent.mkdir()
    rows = (workspace / "data/little-jobs/participants.csv").read_text()
    (workspace / file).write_text(rows + "LJ-99999,Overlong,North,2025-02-01,2025-02-02,one,too,many\n")
    for name, site in (("jobs-north", "North"), ("jobs-south", "South")):
        contract(name)
        path = workspace / "params" / name / "contract.yml"
        path.write_text(path.read_text().replace(f"data/{name}/participants.csv", f"{file}\n    where: site = '{site}'"))
    write_json(tmp_path / "working/tables/shared.json", [file])
    found = [shared_of(job(name), workspace, tmp_path / "working", name).release for name in ("jobs-north", "jobs-south")]
    assert calls.count("_csv") == 1
    for release in found:
        alone = make_release(release.contract, root=workspace, period="2025-06", edition="provider")
        pd.testing.assert_frame_equal(release.cells, alone.cells)
        assert release.findings == alone.findings and release.inputs == alone.inputs
        assert any("could not be read" in finding.what for finding in release.findings)
