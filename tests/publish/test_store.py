"""Nothing torn: page, release and record change together, whatever is killed, however full the disk is, and with two batches at once."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from acmlib.contract import locks
from acmlib.publish import folders, store
from acmlib.publish.jobs import Job
from acmlib.publish.outcomes import Made
from acmlib.publish.store import keep_page, working_folder

DASHBOARD = Job("little-jobs", "dashboard", None, "2025-06", "provider", "en")
REVIEW = Job("little-jobs", "review", None, "2025-06", "provider", "en")
FOLDER = DASHBOARD.folder
RUN = ("run", "little-jobs", "--report", "dashboard", "--language", "en")


def keep(root: Path, working: Path, version: int, job: Job = DASHBOARD, run: str = "20250101T000000Z-0000") -> None:
    page, release = working / "page", working / "release"
    page.write_text(f"{version} " * 20_000)
    release.write_text(f"{version} " * 20_000)
    keep_page(Made(job, page, release, {"run": run, "version": version}), root, working)


def version(folder: int) -> int:
    """Return the version that page, release and record of an opened folder agree on."""

    def text(name: str) -> str:
        with open(name, opener=lambda path, flags: os.open(path, flags, dir_fd=folder)) as file:
            return file.read()

    page, release = text("dashboard.html").split(), text("release.csv").split()
    record = json.loads(text("run.json"))["pages"]["dashboard.html"]["version"]
    assert len(page) == len(release) == 20_000
    assert {*page, *release, str(record)} == {str(record)}
    return record


def writer(root: Path, first: int = 1) -> subprocess.Popen:
    """A process that keeps new versions of a page without end."""
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from itertools import count
from test_store import keep, working_folder
with working_folder(Path({str(root)!r})) as working:
    print("began", flush=True)
    for number in count({first}):
        keep(Path({str(root)!r}), working, number)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "began\n"
    return process


def test_a_writer_killed_at_any_moment_leaves_a_page_with_its_own_release_and_record(tmp_path: Path):
    moments = random.Random(6)
    with working_folder(tmp_path) as working:
        keep(tmp_path, working, 0)
        keep(tmp_path, working, 0, REVIEW)
    seen = set()
    for round_ in range(5):  # `make torn` kills whole batches
        process = writer(tmp_path, first=1000 * round_)
        time.sleep(moments.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        folder = os.open(tmp_path / FOLDER, os.O_RDONLY)
        seen.add(version(folder))
        os.close(folder)
        assert (tmp_path / REVIEW.page).read_text().startswith("0 ")
    assert len(seen) > 2
    assert list((tmp_path / "outputs").glob(".working-*")), "the dead writers left nothing: they were not killed at work"
    with working_folder(tmp_path) as working:
        keep(tmp_path, working, 99)
        assert [path.name for path in (tmp_path / "outputs").glob(".working-*")] == [working.name]
    assert {path.name for path in (tmp_path / "outputs").iterdir()} == {"little-jobs"}


def test_a_working_folder_goes_although_a_killed_process_still_writes_into_it(tmp_path):
    """A process that is being ended goes on for a moment on a busy machine: its last file must not keep the folder."""
    with working_folder(tmp_path) as working:
        writes = "import itertools, pathlib, sys\nfor n in itertools.count(): (pathlib.Path(sys.argv[1]) / str(n)).mkdir()"
        writer = subprocess.Popen([sys.executable, "-c", writes, working], stderr=subprocess.DEVNULL)
        threading.Timer(0.5, writer.kill).start()
        while not any(one.name.isdigit() for one in working.iterdir()):
            time.sleep(0.01)
    writer.wait()
    assert not working.exists()


def test_where_no_lock_tells_whether_a_run_goes_on_its_working_folder_is_left_alone_for_two_days(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "LOCKS", False)
    with working_folder(tmp_path) as first:
        (first / "page").write_text("half a page")
        with working_folder(tmp_path) as second:
            assert (first / "page").read_text() == "half a page" and second.is_dir()
        three_days_ago = time.time() - 3 * 24 * 3600
        os.utime(first, (three_days_ago, three_days_ago))
        with working_folder(tmp_path):
            assert not first.exists()


def test_a_reader_never_sees_a_page_with_another_release(tmp_path: Path):
    with working_folder(tmp_path) as working:
        keep(tmp_path, working, 0)
    process = writer(tmp_path)
    seen = []
    try:
        while len(set(seen)) < 50:
            folder = os.open(tmp_path / FOLDER, os.O_RDONLY)
            try:
                seen.append(version(folder))
            except FileNotFoundError:  # replaced and removed while it was read: the reader looks again
                pass
            finally:
                os.close(folder)
    finally:
        process.kill()
        process.wait()
    assert seen == sorted(seen)


def test_two_batches_on_the_same_outputs_lose_nothing(tmp_path: Path):
    def work(job: Job) -> None:
        with working_folder(tmp_path) as working:
            for number in range(60):
                keep(tmp_path, working, number, job)

    others = [threading.Thread(target=work, args=(Job("little-jobs", f"report{n}", None, "2025-06", "provider", "en"),)) for n in range(3)]
    for thread in others:
        thread.start()
    for thread in others:
        thread.join()
    pages = json.loads((tmp_path / FOLDER / "run.json").read_text())["pages"]
    assert {name: page["version"] for name, page in pages.items()} == {f"report{n}.html": 59 for n in range(3)}
    assert all((tmp_path / FOLDER / name).read_text().startswith("59 ") for name in pages)


def test_a_page_of_a_run_that_began_later_stays_unless_its_clock_was_wrong(tmp_path: Path):
    with working_folder(tmp_path) as working:
        for run, number in (("20250102T000000Z-0000", 2), ("20250101T000000Z-0000", 1)):
            keep(tmp_path, working, number, run=run)
        assert (tmp_path / DASHBOARD.page).read_text().startswith("2 ")
        for run, number in (("29990101T000000Z-0000", 3), ("20250103T000000Z-0000", 4)):
            keep(tmp_path, working, number, run=run)
        assert (tmp_path / DASHBOARD.page).read_text().startswith("4 ")


def test_where_folders_cannot_be_swapped_a_killed_step_is_undone(tmp_path: Path, monkeypatch):
    def cannot(*_):
        raise OSError(errno.ENOSYS, "not here")

    monkeypatch.setattr(folders, "exchange", cannot)
    with working_folder(tmp_path) as working:
        keep(tmp_path, working, 1)
        keep(tmp_path, working, 2)
    assert (tmp_path / DASHBOARD.page).read_text().startswith("2 ")
    # As a run that was killed between the two steps leaves it.
    aside = tmp_path / "outputs/.working-dead/aside/little-jobs/2025-06/provider"
    aside.parent.mkdir(parents=True)
    (tmp_path / FOLDER).rename(aside)
    with working_folder(tmp_path):
        assert (tmp_path / DASHBOARD.page).read_text().startswith("2 ")
    assert {path.name for path in (tmp_path / "outputs").iterdir()} == {"little-jobs"}


def test_a_full_or_read_only_disk_is_that_runs_failure_and_the_last_good_pages_stay(workspace: Path, acm):
    (workspace / "outputs").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", workspace / "outputs"]
    if os.getuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        with working_folder(workspace) as working:
            keep(workspace, working, 1)
        good = {path: path.read_bytes() for path in (workspace / FOLDER).iterdir() if path.name != "run.json"}
        (workspace / "outputs" / "filler").write_bytes(b"0" * (os.statvfs(workspace / "outputs").f_bavail * 4096 - 4096))
        status, said = acm(workspace, *RUN)
        assert status == 1 and "No space left on device" in said and "free some space" in said
        assert "0 pages made, 1 not" in said and said.count(" index ") == 1  # the index is no page, and told once
        assert {path: path.read_bytes() for path in good} == good
        subprocess.run(["mount", "-o", "remount,ro", workspace / "outputs"], check=True)
        status, said = acm(workspace, *RUN)
        assert status == 1 and "outputs/: nothing can be written there (Read-only file system)" in said
        subprocess.run(["mount", "-o", "remount,rw", workspace / "outputs"], check=True)
        (workspace / "outputs" / "filler").unlink()
        with working_folder(workspace) as working:
            keep(workspace, working, 2)
            assert [path.name for path in (workspace / "outputs").glob(".working-*")] == [working.name]
        assert (workspace / DASHBOARD.page).read_text().startswith("2 ")
    finally:
        subprocess.run(["umount", "--lazy", workspace / "outputs"], check=True)


@pytest.mark.parametrize("places", [("outputs", "ledger"), ("outputs/little-jobs", "ledger/little-jobs"), ("outputs/little-jobs/2025-06",)])
def test_outputs_and_ledger_may_lie_on_another_file_system_behind_a_link(
    workspace: Path, acm, tmp_path_factory, places: tuple[str, ...], public_rule: None
):
    disk = tmp_path_factory.mktemp("elsewhere")
    if os.getuid() or subprocess.run(["mount", "-t", "tmpfs", "tmpfs", disk], check=False).returncode:
        pytest.skip("only root can mount a disk")
    try:
        for place in places:
            (disk / place).mkdir(parents=True)
            (workspace / place).parent.mkdir(parents=True, exist_ok=True)
            (workspace / place).symlink_to(disk / place)
        assert acm(workspace, *RUN, "--release")[0] == 0
        first = (workspace / DASHBOARD.page).read_bytes()
        (workspace / "notebooks/dashboard.ipynb").write_text(
            (workspace / "notebooks/dashboard.ipynb").read_text().replace("Report", "News")
        )
        assert acm(workspace, *RUN, "--release")[0] == 0
        assert (workspace / DASHBOARD.page).read_bytes() != first and all((workspace / place).is_symlink() for place in places)
        assert {path.name for path in (workspace / FOLDER).iterdir()} == {"dashboard.html", "release.csv", "run.json"}
        assert not [path for path in disk.rglob(".*") if path.name.startswith((".next-", ".working-")) or path.suffix == ".new"]
        assert len(list((workspace / "ledger/little-jobs").glob("*.json"))) == 1
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def whole(root: Path, said: str) -> str:
    """Add the failures as the file has them, where no table breaks the lines."""
    path = root / "outputs/failures.json"
    failures = json.loads(path.read_text())["failures"] if path.is_file() else []
    return "\n".join([said, *(f"{one['what']}; {one['do']}" for one in failures)])


@pytest.mark.parametrize("place", ["outputs", "outputs/little-jobs", "ledger", "ledger/little-jobs"])
def test_a_link_that_leads_nowhere_and_a_file_in_the_way_are_named_with_what_to_do(workspace: Path, acm, place: str, public_rule: None):
    path = workspace / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(workspace / "unplugged")
    status, said = acm(workspace, *RUN, "--release")
    said = whole(workspace, said)
    assert status == 1 and f"{path.name} is a link to" in said and "bring that folder back" in said
    path.unlink()
    path.write_text("")
    status, said = acm(workspace, *RUN, "--release")
    said = whole(workspace, said)
    assert status == 1 and f"{path.name} is a file where a folder of that name is needed" in said and "move the file away" in said


def test_a_full_disk_of_the_ledger_is_named_as_such(workspace: Path, acm, monkeypatch, public_rule: None):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store, "enter", full)
    status, said = acm(workspace, *RUN, "--release")
    assert status == 1 and "ledger/little-jobs/: No space left on device" in whole(workspace, said)
    assert not (workspace / DASHBOARD.page).exists()
