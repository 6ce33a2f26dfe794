"""Killed at any moment: after `kill -9` of any process of a batch every page has its own release and record, and the next run completes.

`make test` tries a few moments, `make torn` a hundred.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import psutil

MOMENTS = int(os.environ.get("TORN_MOMENTS", "3"))

SHOW = "from acmlib.display.objects import Prose"
COMMAND = [sys.executable, "-m", "acmlib", "run", "--all", "--report", "dashboard", "--jobs", "2"]


def change(root: Path, notebook, moment: int) -> None:
    """Make all pages and releases other ones: a new word on the page, and more people in the data."""
    notebook("dashboard", SHOW, "# Little Jobs", f"Prose(('Moment {moment}.',))")
    for path in sorted((root / "data").glob("*/participants.csv")):
        rows = path.read_text().splitlines()
        more = [f"LJ-{moment + 1:03}{place:03},Newname{moment}x{place},North,2025-03-05,2025-03-25" for place in range(12)]
        path.write_text("\n".join([*rows, *more]) + "\n")


def batch(root: Path) -> subprocess.Popen:
    return subprocess.Popen(COMMAND, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def processes(root: Path) -> list[psutil.Process]:
    """Processes that work on this workspace."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("ACM_ROOT") == str(root) or (COMMAND[3] in process.cmdline() and process.cwd() == str(root)):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return sorted(found, key=lambda process: process.pid)


def check(root: Path) -> int:
    """Check every page, release and record; return how many pages there are."""
    pages = 0
    for folder in (root / "outputs").glob("[!.]*/*/*/"):
        record = json.loads((folder / "run.json").read_text())
        made = {name: page for name, page in record["pages"].items() if page.get("sha256")}
        for name, page in made.items():
            content = (folder / name).read_bytes()
            assert sha256(content).hexdigest() == page["sha256"], f"{folder / name} is not the page of its record"
            assert content.rstrip().endswith(b"</html>")
        newest = max(made.values(), key=lambda page: (page["run"], page["made_at"]))
        assert sha256((folder / "release.csv").read_bytes()).hexdigest() == newest["release_sha256"]
        assert {path.name for path in folder.iterdir()} == {*made, "release.csv", "run.json"}
        pages += len(made)
    return pages


def test_nothing_is_torn_whatever_is_killed_whenever(workspace: Path, notebook, contract):
    contract("other-jobs")
    seeded = random.Random(2026)
    change(workspace, notebook, 0)
    began = time.monotonic()
    first = batch(workspace)
    said, _ = first.communicate(timeout=300)
    assert first.returncode == 0, said
    took = time.monotonic() - began
    assert check(workspace) == 4
    for moment in range(1, MOMENTS + 1):
        change(workspace, notebook, moment)
        running = batch(workspace)
        time.sleep(seeded.uniform(0.05, 1) * took)
        alive = processes(workspace)
        victim = seeded.choice(alive) if alive else None
        if victim is not None:
            victim.send_signal(signal.SIGKILL)
        # Whatever else died with it, the batch ends by itself, and so does all that it started.
        running.communicate(timeout=300)
        until = time.monotonic() + 10
        while processes(workspace) and time.monotonic() < until:
            time.sleep(0.1)
        assert not processes(workspace), f"moment {moment}: processes were left"
        assert check(workspace) == 4, f"moment {moment}"
    last = batch(workspace)
    said, _ = last.communicate(timeout=300)
    assert last.returncode == 0, said
    assert check(workspace) == 4
    assert f"Moment {MOMENTS}." in (workspace / "outputs/other-jobs/2025-06/provider/dashboard.html").read_text()
    assert not [path for path in (workspace / "outputs").iterdir() if path.name.startswith((".working", ".index", ".failures"))]
    assert json.loads((workspace / "outputs/failures.json").read_text())["failures"] == []
