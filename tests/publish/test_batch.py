"""Many jobs: what can be made is made, what cannot leaves the last good page, and nothing is left behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acmlib.contract.workspace import SINCE_VARIABLE
from acmlib.publish.batch import run_jobs
from acmlib.publish.jobs import plan_jobs
from acmlib.publish.scan import scan_page

SHOW = "from acmlib.display.objects import Prose"
FOLDER = Path("outputs/little-jobs/2025-06/provider")


def jobs(root: Path, *contracts: str, **asked: str):
    return [job for contract in contracts or ("little-jobs",) for job in plan_jobs(contract, root=root, **asked)]


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in (root / "outputs").rglob("*") if path.is_file() and not path.name.startswith(".")}


def test_all_pages_of_a_contract_with_release_record_and_index(workspace: Path):
    seen = []
    failures = run_jobs(jobs(workspace), root=workspace, processes=2, done=lambda job, failure: seen.append((job.name, failure)))
    assert failures == ()
    names = ["dashboard", "deep_dive-enrolment", "deep_dive-placement"]
    assert sorted(seen) == sorted([(name, None) for name in names] * 2)
    asked = jobs(workspace)
    pages, folders = {job.page.as_posix() for job in asked}, {job.folder.as_posix() for job in asked}
    beside = {f"{folder}/{name}" for folder in folders for name in ("release.csv", "run.json")}
    assert files(workspace) == pages | beside | {"outputs/index.html", "outputs/failures.json"}
    for path in [*pages, "outputs/index.html"]:
        assert scan_page((workspace / path).read_text(encoding="utf-8")) == (), path
    for folder in folders:
        record = json.loads((workspace / folder / "run.json").read_text())
        assert set(record["pages"]) == {job.page.name for job in asked if job.folder.as_posix() == folder}
    assert json.loads((workspace / "outputs/failures.json").read_text())["failures"] == []


def test_a_broken_notebook_leaves_the_last_good_page_and_the_others_go_on(workspace: Path, notebook, contract):
    contract("other-jobs")
    english = {"language": "en", "report": "dashboard"}
    assert run_jobs(jobs(workspace, **english), root=workspace) == ()
    good = (workspace / FOLDER / "dashboard.html").read_bytes()
    notebook("dashboard", SHOW, "# Now broken", "if contract == 'little-jobs':\n    raise KeyError('gone')", "Prose(('Still here.',))")
    failures = run_jobs(jobs(workspace, "little-jobs", "other-jobs", **english), root=workspace)
    assert [(failure.contract, failure.report) for failure in failures] == [("little-jobs", "dashboard")]
    assert (workspace / FOLDER / "dashboard.html").read_bytes() == good
    assert "Still here." in (workspace / "outputs/other-jobs/2025-06/provider/dashboard.html").read_text()
    listed = json.loads((workspace / "outputs/failures.json").read_text())["failures"]
    assert [(one["contract"], one["where"]) for one in listed] == [("little-jobs", "notebooks/dashboard.ipynb, code cell 3 (Now broken)")]
    assert "Not the newest" in (workspace / "outputs/index.html").read_text()
    # Repaired, the note is gone.
    notebook("dashboard", SHOW, "# Well again", "Prose(('Well again.',))")
    assert run_jobs(jobs(workspace, **english), root=workspace) == ()
    assert "Not the newest" not in (workspace / "outputs/index.html").read_text()


def test_a_kernel_that_dies_is_that_pages_failure_alone(workspace: Path, notebook):
    notebook("dashboard", "# Little Jobs", "import os; os._exit(1)")
    failures = run_jobs(jobs(workspace, language="en"), root=workspace)
    assert [(failure.report, failure.where) for failure in failures] == [
        ("dashboard", "notebooks/dashboard.ipynb, code cell 2 (Little Jobs)")
    ]
    assert (workspace / FOLDER / "deep_dive-placement.html").is_file()


def test_a_worker_that_dies_does_not_take_the_others_pages_with_it(workspace: Path, notebook):
    kill_worker = "import os, psutil; [one.kill() for one in psutil.Process(os.getppid()).children() if one.pid != os.getpid()]"
    notebook("dashboard", "# Little Jobs", kill_worker, "import time; time.sleep(60)")
    failures = run_jobs(jobs(workspace, language="en"), root=workspace, processes=1)
    assert [failure.report for failure in failures] == ["dashboard"]
    assert "process died" in failures[0].what
    assert (workspace / FOLDER / "deep_dive-placement.html").is_file()


def test_what_was_not_made_ends_in_a_table_a_file_and_the_exit_status(workspace: Path, notebook, acm):
    notebook("dashboard", SHOW, "# Little Jobs", "if language == 'en':\n    raise KeyError('gone')", "Prose(('Here.',))")
    status, said = acm(workspace, "run", "little-jobs", "--report", "dashboard", "--jobs", "1")
    assert status == 1
    for part in ("contract and report", "where", "what to do", "little-jobs", "code cell 3", "KeyError", "1 page made, 1 not"):
        assert part in said, said
    (failed,) = json.loads((workspace / "outputs/failures.json").read_text())["failures"]
    assert (failed["contract"], failed["report"], failed["language"]) == ("little-jobs", "dashboard", "en")
    assert failed["where"] == "notebooks/dashboard.ipynb, code cell 3 (Little Jobs)" and "acm lab" in failed["do"]


def test_two_runs_at_once_never_hand_out_releases_that_do_not_know_of_each_other(workspace: Path, notebook, public_rule: None):
    june, may_job = (
        [replace(job, to_release=True) for job in jobs(workspace, language="en", report="dashboard", period=month)]
        for month in ("2025-06", "2025-05")
    )
    assert run_jobs(may_job, root=workspace) == ()
    (may,) = (workspace / "ledger/little-jobs").iterdir()
    shutil.rmtree(workspace / "outputs/little-jobs")
    aside = may.rename(workspace / may.name)
    # While June's page is made, another run hands out May's.
    notebook(
        "dashboard",
        SHOW,
        "import os",
        f"if os.path.exists({str(aside)!r}):\n    os.rename({str(aside)!r}, {str(may)!r})",
        "Prose(('June.',))",
    )
    (failure,) = run_jobs(june, root=workspace)
    assert failure.where == "ledger/little-jobs"
    assert "another run has handed out a release" in failure.what
    assert not (workspace / FOLDER).exists()
    assert list((workspace / "ledger/little-jobs").iterdir()) == [may]
    assert run_jobs(june, root=workspace) == ()
    assert len(list((workspace / "ledger/little-jobs").iterdir())) == 2


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell that starts tests in the background lets them, and all that they start, ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_ends_all_kernels_and_leaves_nothing_half_done(workspace: Path, notebook):
    leave_pid = "import os, pathlib; _ = pathlib.Path(f'{language}.pid').write_text(str(os.getpid()))"
    notebook("dashboard", leave_pid, "import time; time.sleep(120)")
    command = [sys.executable, "-m", "acmlib", "run", "little-jobs", "--report", "dashboard", "--jobs", "2"]
    batch = subprocess.Popen(command, cwd=workspace, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    pids = [workspace / "en.pid", workspace / "es.pid"]
    deadline = time.monotonic() + 240
    while not all(path.exists() and path.read_text() for path in pids):
        assert time.monotonic() < deadline and batch.poll() is None, batch.communicate()
        time.sleep(0.1)
    batch.send_signal(signal.SIGINT)
    said, _ = batch.communicate(timeout=60)
    assert batch.returncode == 130, said
    assert "Traceback" not in said and "stopped" in said
    time.sleep(1.5)
    assert not [path.name for path in pids if alive(int(path.read_text()))]
    assert files(workspace) == set()
    assert list((workspace / "outputs").iterdir()) == []


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def test_a_batch_says_what_it_waits_for(workspace: Path, notebook, monkeypatch):
    notebook("dashboard", SHOW, "# Little Jobs", "import time; time.sleep(1.5)", "Prose(('Late.',))")
    monkeypatch.setattr("acmlib.publish.batch.PATIENCE", 0.3)
    said: list[str] = []
    (job,) = plan_jobs("little-jobs", root=workspace, report="dashboard", edition="provider", language="en")
    assert run_jobs([job], root=workspace, note=said.append) == ()
    assert len(said) == 1 and said[0].startswith("little-jobs dashboard 2025-06 provider en: still being made, after ")
    assert said[0].endswith("seconds; given up after 1:01:00")


def test_sources_are_fetched_anew_after_a_batch_in_the_same_process(workspace: Path, monkeypatch):
    monkeypatch.setenv(SINCE_VARIABLE, "0")
    assert run_jobs((), root=workspace) == ()
    assert SINCE_VARIABLE not in os.environ
