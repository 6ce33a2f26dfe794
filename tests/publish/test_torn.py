"""Killed at any moment: after `kill -9` of any process of a batch every page has its own release and record, and the next run completes.

`make test` tries three moments in one workspace, `make torn` a hundred, in two at a time.
"""

import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import psutil

MOMENTS = int(os.environ.get("TORN_MOMENTS", "3"))

#: Workspaces in which batches are killed at the same time: each has a few batches that nobody kills, which pay for many moments only.
SIDE_BY_SIDE = 2 if MOMENTS > 10 else 1

#: Most of a short batch is its start, with two processes, the batch and its fork server: this part of all moments is when there are more.
AT_WORK, PREPARING = 0.5, 2

SHOW = "from acmlib.display.objects import Prose"
#: Marks all processes of a batch, whoever started or forked them, also when their parent is gone.
MARK = "TORN_WORKSPACE"

COMMAND = [sys.executable, "-m", "acmlib", "run", "--all", "--report", "dashboard", "--jobs", "2"]


def change(root: Path) -> int:
    """Make all pages and releases other ones: a new word on the page, and more people in the data. Return the number of the change."""
    notebook = root / "notebooks" / "dashboard.ipynb"
    moment = int(re.search(r"Moment (\d+)", notebook.read_text())[1]) + 1
    notebook.write_text(re.sub(r"Moment \d+", f"Moment {moment}", notebook.read_text()))
    for path in sorted((root / "data").glob("*/participants.csv")):
        rows = path.read_text().splitlines()
        more = [f"LJ-{moment + 1:03}{place:03},Newname{moment}x{place},North,2025-03-05,2025-03-25" for place in range(12)]
        path.write_text("\n".join([*rows, *more]) + "\n")
    return moment


def batch(root: Path) -> subprocess.Popen:
    surroundings = {**os.environ, MARK: str(root)}
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):  # where the checkout is kept clean, modules are compiled once all the same
        surroundings |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(root.parent.parent / "compiled")}
    return subprocess.Popen(
        COMMAND, cwd=root, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def processes(root: Path) -> list[psutil.Process]:
    """Processes of a batch of this workspace: itself, the fork server, workers and kernels."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(root):
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


def completed(root: Path) -> float:
    """Run a batch to its end, look at everything, and return how many seconds it took."""
    began = time.monotonic()
    running = batch(root)
    said, _ = running.communicate(timeout=300)
    assert running.returncode == 0, said
    assert check(root) == 4
    return time.monotonic() - began


def struck(root: Path, seeded: random.Random, took: float) -> bool:
    """Run a batch and kill one of its processes; False if the batch had ended before."""
    running = batch(root)
    if seeded.random() < AT_WORK:
        while running.poll() is None and len(processes(root)) <= PREPARING:
            time.sleep(0.02)
        time.sleep(seeded.uniform(0, 0.4) * took)
    else:
        time.sleep(seeded.uniform(0.02, 1) * took)
    alive, killed = processes(root), False
    if alive:
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended just now
            seeded.choice(alive).send_signal(signal.SIGKILL)
            killed = True
    # Whatever else died with it, the batch ends by itself, and so does all that it started.
    running.communicate(timeout=300)
    until = time.monotonic() + 10
    while processes(root) and time.monotonic() < until:
        time.sleep(0.1)
    assert not processes(root), "processes were left"
    return killed


def kill(root: Path, moments: int, seed: int) -> None:
    """Kill a process of a batch and look at everything, again and again; then let one complete."""
    seeded = random.Random(seed)
    took = completed(root)
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):  # the first one compiled everything
        change(root)
        took = completed(root)
    for moment in range(1, moments + 1):
        change(root)
        while not struck(root, seeded, took):  # a batch that had ended is no moment; batches are quicker than was thought
            took *= 0.9
            change(root)
        assert check(root) == 4, f"moment {moment}"
    last = change(root)
    completed(root)
    assert f"Moment {last}." in (root / "outputs/other-jobs/2025-06/provider/dashboard.html").read_text()
    assert not [path for path in (root / "outputs").iterdir() if path.name.startswith((".working", ".index", ".failures"))]
    assert json.loads((root / "outputs/failures.json").read_text())["failures"] == []


def test_nothing_is_torn_whatever_is_killed_whenever(workspace: Path, notebook, contract, tmp_path_factory):
    contract("other-jobs")
    notebook("dashboard", SHOW, "# Little Jobs", "Prose(('Moment 0.',))")
    roots = [tmp_path_factory.mktemp("torn") / str(place) for place in range(SIDE_BY_SIDE)]
    for root in roots:
        shutil.copytree(workspace, root)
    shares = [len(range(place, MOMENTS, len(roots))) for place in range(len(roots))]
    with ThreadPoolExecutor(len(roots)) as threads:
        for done in [
            threads.submit(kill, root, share, 2026 + place) for place, (root, share) in enumerate(zip(roots, shares, strict=True))
        ]:
            done.result()
