"""Many machines: a Dask cluster makes the same pages, byte for byte; what goes wrong there is one page's failure or one clear message."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from acmlib.publish.batch import run_jobs
from acmlib.publish.jobs import plan_jobs
from acmlib.publish.limits import Limits

cluster = pytest.importorskip("acmlib.publish.cluster")
Client = pytest.importorskip("distributed").Client

SHOW = "from acmlib.display.objects import Prose"
FOLDER = Path("outputs/little-jobs/2025-06/provider")


#: What each Dask worker does first: it keeps its fork server when a batch has ended, as to start one for each test would be most of it.
PRELOAD = """
from acmlib.publish.warm import warm_kernels

def dask_setup(worker):
    worker.stays_warm = warm_kernels()
    worker.stays_warm.__enter__()
"""


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory) -> Iterator[str]:
    """The address of a Dask cluster of two workers, started as on two machines; what Dask sets in its processes does not reach this one."""
    folder = tmp_path_factory.mktemp("dask")
    (folder / "preload.py").write_text(PRELOAD)
    told = folder / "scheduler.json"
    dask, few = [sys.executable, "-m", "dask"], ["--no-dashboard", "--scheduler-file", str(told)]
    one_thread = ["--nworkers", "2", "--nthreads", "1", "--memory-limit", "0", "--preload", str(folder / "preload.py")]
    with ExitStack() as stack:
        for command in (["scheduler", "--host", "127.0.0.1", "--port", "0", *few], ["worker", *one_thread, *few]):
            process = subprocess.Popen([*dask, *command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            while not told.exists():
                assert process.poll() is None
                time.sleep(0.1)
        address = json.loads(told.read_text())["address"]
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
        yield address


def test_a_cluster_makes_the_same_bytes_as_this_machine(workspace: Path, scheduler: str):
    jobs = plan_jobs("little-jobs", root=workspace, report="dashboard")
    assert run_jobs(jobs, root=workspace) == ()
    here = {path.name: path.read_bytes() for path in (workspace / FOLDER).iterdir() if path.name != "run.json"}
    notes = []
    assert run_jobs(jobs, root=workspace, scheduler=scheduler, note=notes.append) == ()
    there = {path.name: path.read_bytes() for path in (workspace / FOLDER).iterdir() if path.name != "run.json"}
    assert there == here
    assert notes and notes[0].startswith("cluster: ")


def test_a_worker_that_is_lost_is_replaced_and_its_pages_are_made_again(workspace: Path, scheduler: str, notebook):
    once = "import pathlib, os, signal\nmark = pathlib.Path('killed')\nif not mark.exists():\n    mark.touch()\n"
    # Of a forked kernel the parent is the fork server, and its parent the Dask worker.
    kill = "    import psutil\n    os.kill(psutil.Process(os.getppid()).ppid(), signal.SIGKILL)\n    import time; time.sleep(60)"
    notebook("dashboard", "from acmlib.display.objects import Prose", "# Little Jobs", once + kill, "Prose(('Made again.',))")
    jobs = plan_jobs("little-jobs", root=workspace, report="dashboard", language="en")
    assert run_jobs(jobs, root=workspace, scheduler=scheduler) == ()
    assert (workspace / "killed").exists()
    assert "Made again." in (workspace / FOLDER / "dashboard.html").read_text()


def test_a_cell_that_hangs_on_a_cluster_is_named_and_the_other_pages_are_made(workspace: Path, scheduler: str, notebook):
    hang = "if language == 'en':\n    import time; time.sleep(600)"
    notebook("dashboard", "from acmlib.display.objects import Prose", "# Little Jobs", hang, "Prose(('Made.',))")
    jobs = plan_jobs("little-jobs", root=workspace, report="dashboard")
    failures = run_jobs(jobs, root=workspace, scheduler=scheduler, limits=Limits(cell_seconds=3))
    assert [(one.contract, one.language, one.where) for one in failures] == [
        ("little-jobs", "en", "notebooks/dashboard.ipynb, code cell 3 (Little Jobs)")
    ]
    assert "stopped after 3 seconds" in failures[0].what
    assert (workspace / FOLDER / "dashboard.es.html").is_file()


def test_a_page_that_hangs_outside_its_cells_on_a_cluster_is_given_up(workspace: Path, scheduler: str, notebook):
    # The process that makes the page is stopped, as by a disk that does not answer: it can name no cell any more.
    stop = """
import os, psutil, signal
if language == 'en':
    for one in psutil.Process(os.getppid()).children():
        if one.pid != os.getpid():
            one.send_signal(signal.SIGSTOP)
"""
    notebook("dashboard", "from acmlib.display.objects import Prose", "# Little Jobs", stop, "Prose(('Made.',))")
    jobs = plan_jobs("little-jobs", root=workspace, report="dashboard")
    failures = run_jobs(jobs, root=workspace, scheduler=scheduler, limits=Limits(report_seconds=4, little_seconds=4))
    assert [(one.contract, one.report, one.language, one.what) for one in failures] == [
        ("little-jobs", "dashboard", "en", "was given up after 12 seconds")
    ]
    assert (workspace / FOLDER / "dashboard.es.html").is_file()


def test_a_cluster_whose_workers_hang_is_given_up(workspace: Path, scheduler: str, notebook, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 5)  # how long it is asked to leave
    # Of a forked kernel the parent is the fork server, and its parent the Dask worker; it is stopped, as on a machine that swaps.
    stop = """
import os, pathlib, psutil, signal
worker = psutil.Process(os.getppid()).parent()
_ = pathlib.Path('stopped').write_text(str(worker.pid))
worker.send_signal(signal.SIGSTOP)
"""
    notebook("dashboard", "from acmlib.display.objects import Prose", "# Little Jobs", stop, "Prose(('Made.',))")
    jobs = plan_jobs("little-jobs", root=workspace, report="dashboard", language="en")
    try:
        failures = run_jobs(jobs, root=workspace, scheduler=scheduler, limits=Limits(report_seconds=4, little_seconds=2))
    finally:
        os.kill(int((workspace / "stopped").read_text()), signal.SIGCONT)
    assert [(one.report, one.what) for one in failures] == [("dashboard", "was given up after 10 seconds")]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("somewhere", "is no address; use local, or one as tcp://HOST:8786"),
        ("foo://127.0.0.1:8786", "is no address"),
        ("tcp://127.0.0.1:99999", "is no address"),
        ("tcp://127.0.0.1:9", r"cannot be reached \(Connection refused\); check address and network, and that the scheduler runs"),
        ("tcp://no-such-host.invalid", "there is no such host"),
    ],
)
def test_a_scheduler_that_is_not_there_is_said_at_once_in_one_line(workspace: Path, address, said):
    with pytest.raises(cluster.SchedulerError, match=said):
        run_jobs(plan_jobs("little-jobs", root=workspace, report="dashboard"), root=workspace, scheduler=address)


@pytest.fixture()
def other_library(scheduler: str):
    """Give workers of the cluster another library than ours, until the test ends."""

    def other() -> None:
        from acmlib.publish import library

        library.library_digest.__wrapped__.__code__ = (lambda: "another").__code__
        library.library_digest.cache_clear()

    with Client(scheduler, set_as_default=False) as client:
        yield lambda number: client.run(other, workers=sorted(client.scheduler_info()["workers"])[:number])
        client.restart()


def test_a_cluster_of_workers_with_another_library_is_refused(workspace: Path, scheduler: str, other_library):
    other_library(2)
    jobs = plan_jobs("little-jobs", root=workspace, report="dashboard")
    with pytest.raises(cluster.SchedulerError, match=r"another acm-workbooks.*install the same on all machines"):
        run_jobs(jobs, root=workspace, scheduler=scheduler)


#: A cell that kills the Dask worker that its page is made for, once. Of a forked kernel the parent is the fork server, and its parent that
#: worker, whose own parent replaces it.
KILL = """
import os, pathlib, psutil, signal, time
worker = psutil.Process(os.getppid()).parent()
if not pathlib.Path("killed").exists():
    _ = pathlib.Path("killed").write_text(str(worker.ppid()))
    {before}
    worker.send_signal(signal.SIGKILL)
    time.sleep(60)
"""


def test_a_worker_with_another_library_is_named_and_the_others_make_all_pages_also_those_that_come_later(
    workspace: Path, scheduler: str, other_library, notebook, contract, caplog
):
    other_library(1)
    notebook("dashboard", SHOW, "# Little Jobs", KILL.format(before="pass"), "Prose(('Made again.',))")
    names = ["little-jobs", "jobs-1", "jobs-2"]
    for name in names[1:]:
        contract(name)
    jobs = [job for name in names for job in plan_jobs(name, root=workspace, report="dashboard", language="en")]
    # The only worker with our library is killed; the one that replaces it has another address.
    assert run_jobs(jobs, root=workspace, scheduler=scheduler) == ()
    assert (workspace / "killed").exists()
    assert caplog.text.count("has another library than the batch: the others make the pages") == 1


def test_pages_are_given_up_soon_when_all_workers_that_can_make_them_are_lost(
    workspace: Path, scheduler: str, other_library, notebook, monkeypatch, caplog
):
    for name, seconds in (("LOOK_SECONDS", 0.5), ("GRACE_SECONDS", 2)):
        monkeypatch.setattr(f"acmlib.publish.cluster_workers.{name}", seconds)
    other_library(1)
    # What replaces lost workers is stopped, so that nobody comes.
    notebook("dashboard", SHOW, "# Little Jobs", KILL.format(before="worker.parent().send_signal(signal.SIGSTOP)"), "Prose(('Made.',))")
    jobs = plan_jobs("little-jobs", root=workspace, report="dashboard")
    try:
        failures = run_jobs(jobs, root=workspace, scheduler=scheduler)
    finally:
        os.kill(int((workspace / "killed").read_text()), signal.SIGCONT)
    assert {(one.language, one.where, one.what) for one in failures} == {
        (language, f"--scheduler {scheduler}", "all workers that could make it were lost, and no other came within 2 seconds")
        for language in ("en", "es")
    }
    assert all("start some with the same acm-workbooks, and run it again" in one.do for one in failures)
    assert "no worker is left that can make pages: waiting 2 seconds for others" in caplog.text


def test_a_contract_that_is_removed_while_the_batch_runs_is_named_and_the_others_are_made(
    workspace: Path, scheduler: str, notebook, contract
):
    contract("gone-jobs")
    gone = "import os, pathlib, shutil\nshutil.rmtree(pathlib.Path(os.environ['ACM_ROOT'], 'params', 'gone-jobs'), ignore_errors=True)"
    notebook("dashboard", SHOW, "# Little Jobs", gone, "Prose(('Made.',))")
    jobs = [plan_jobs(each, root=workspace, report="dashboard", language="en")[0] for each in ("little-jobs", "gone-jobs")]
    for address in (None, scheduler):  # the second batch finds it removed since it was planned
        (failure,) = run_jobs(jobs, root=workspace, processes=1, scheduler=address)
        assert (failure.contract, failure.where) == ("gone-jobs", "params/gone-jobs")
        assert "there is no such file" in failure.what and "acm check gone-jobs" in failure.do
        assert (workspace / FOLDER / "dashboard.html").is_file()


def test_a_file_that_contracts_share_is_read_once_by_each_machine_of_a_cluster(workspace: Path, scheduler: str, notebook, contract):
    shared = workspace / "data/all/participants.csv"
    shared.parent.mkdir()
    shutil.copy(workspace / "data/little-jobs/participants.csv", shared)
    names = [f"jobs-{place}" for place in range(4)]
    for name in names:
        contract(name)
        path = workspace / "params" / name / "contract.yml"
        path.write_text(path.read_text().replace(f"data/{name}/participants.csv", "data/all/participants.csv\n    where: site = 'North'"))
    # What a machine keeps of the file lies beside the folder for temporary files of its kernels.
    look = """
import os, pathlib
kept = pathlib.Path(os.environ["TMPDIR"]).parent / "tables"
seen = [f"{path} {path.stat().st_ino}" for path in kept.glob("*.parquet")]
_ = pathlib.Path(os.environ["ACM_ROOT"], f"seen-{contract}").write_text("\\n".join(seen))
"""
    notebook("dashboard", SHOW, "# Little Jobs", look, "Prose(('Made.',))")
    jobs = [plan_jobs(name, root=workspace, report="dashboard", language="en")[0] for name in names]
    assert run_jobs(jobs, root=workspace, scheduler=scheduler) == ()
    seen = [(workspace / f"seen-{name}").read_text().splitlines() for name in names]
    machines = {Path(line.split()[0]).parent for lines in seen for line in lines}
    assert all(len(lines) == 1 for lines in seen)
    assert len({line for lines in seen for line in lines}) == len(machines) <= 2
