"""What a page costs, from notebook to HTML: ours against the ways that people run notebooks in numbers, and against the least possible.

    python benchmarks/engine.py                                   # six pages each way, three rounds
    python benchmarks/engine.py --reports 100 --ways two          # a batch of a hundred

Every way makes the dashboard of the same contract, entered under as many names as there are pages, so that nothing is shared between them.
Each measurement is a process of its own, all ways one after the other in every round, so that a noisy machine disturbs all of them alike.
Seconds a page are the time between the ends of two pages (the median of all), without what comes before the first; processor seconds are
those of all processes, start included, by page.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
# Modules are compiled once, as by `make`, not by every process that is measured.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
BIN = Path(sys.executable).parent

#: Selectors beside the contract, the same for all ways.
SELECTED = {"edition": "provider", "language": "en"}

Pages = Iterator[None]


def cli_pair(jobs: list[dict[str, str]]) -> Pages:
    """Two commands a page: papermill, then nbconvert with the lab template."""
    for number, job in enumerate(jobs):
        given = [part for name, value in job.items() for part in ("-p", name, value)]
        subprocess.run([BIN / "papermill", "--no-progress-bar", "notebooks/dashboard.ipynb", f"{number}.ipynb", *given], check=True)
        convert = [BIN / "jupyter", "nbconvert", "--log-level=ERROR", "--to", "html", "--template", "lab", f"{number}.ipynb"]
        subprocess.run(convert, check=True)
        yield


def nbconvert_execute(jobs: list[dict[str, str]]) -> Pages:
    """One command a page; it knows no parameters, so they are written into the notebook first."""
    stored = json.loads(Path("notebooks/dashboard.ipynb").read_text(encoding="utf-8"))
    for number, job in enumerate(jobs):
        cell = next(cell for cell in stored["cells"] if "parameters" in cell["metadata"].get("tags", ()))
        cell["source"] = "\n".join(f"{name} = {value!r}" for name, value in job.items())
        Path(f"{number}.ipynb").write_text(json.dumps(stored), encoding="utf-8")
        command = [BIN / "jupyter", "nbconvert", "--log-level=ERROR", "--execute", "--to", "html", "--template", "lab", f"{number}.ipynb"]
        subprocess.run(command, check=True)
        yield


def python_loop(jobs: list[dict[str, str]]) -> Pages:
    """One process for all pages: papermill's and nbconvert's functions as their documentation shows them."""
    import papermill
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(template_name="lab")
    for number, job in enumerate(jobs):
        notebook = papermill.execute_notebook("notebooks/dashboard.ipynb", f"{number}.ipynb", job, progress_bar=False)
        Path(f"{number}.html").write_text(exporter.from_notebook_node(notebook)[0], encoding="utf-8")
        yield


def engine(jobs: list[dict[str, str]], *, warm: bool) -> Pages:
    """Our engine and exporter in one process, without what a batch checks and records."""
    from acmlib.publish.batch import prepare_worker
    from acmlib.publish.warm import warm_kernels

    with warm_kernels(wanted=warm):
        from acmlib.publish.engine import execute
        from acmlib.publish.exporter import export_page

        prepare_worker(Path.cwd(), Path.cwd() / "working")
        for number, job in enumerate(jobs):
            page = export_page(execute(Path("notebooks/dashboard.ipynb"), job, folder=Path.cwd()), title="Dashboard")
            Path(f"{number}.html").write_text(page, encoding="utf-8")
            yield


def limit(jobs: list[dict[str, str]]) -> Pages:
    """The same cells run in this process, which has done it before, and our exporter: no kernel, no isolation, no papermill."""
    from IPython.core.displayhook import CapturingDisplayHook
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    from acmlib.publish.exporter import export_page

    cells = json.loads(Path("notebooks/dashboard.ipynb").read_text(encoding="utf-8"))["cells"]
    shell = InteractiveShell.instance()  # display() looks for the one instance
    for number, job in enumerate(jobs):
        shell.reset()
        executed = []
        for cell in cells:
            shown: list[dict[str, Any]] = []
            if cell["cell_type"] == "code" and "parameters" in cell["metadata"].get("tags", ()):
                shell.push(job)
            elif cell["cell_type"] == "code":
                shell.display_pub = CapturingDisplayPublisher(shell=shell)
                shell.display_pub.outputs = shown
                shell.display_trap.hook = CapturingDisplayHook(shell=shell, outputs=shown)
                shell.run_cell("".join(cell["source"])).raise_error()
            outputs = [{"output_type": "display_data", "data": one["data"], "metadata": {}} for one in shown]
            executed.append({**cell, "source": "".join(cell["source"]), "outputs": outputs})
        Path(f"{number}.html").write_text(export_page({"cells": executed}, title="Dashboard"), encoding="utf-8")
        yield


def batch(jobs: list[dict[str, str]], *, processes: int) -> Pages:
    """What `acm run` does: checks, release, notebook, page, scan, record, index."""
    from acmlib.publish.batch import run_jobs
    from acmlib.publish.jobs import Job

    asked = [Job(job["contract"], "dashboard", None, job["period"], job["edition"], job["language"]) for job in jobs]  # type: ignore[arg-type]
    ends: list[float] = []
    failures = run_jobs(asked, root=Path.cwd(), processes=processes, done=lambda job, failure: ends.append(time.perf_counter()))
    assert not failures, failures
    yield from ends  # type: ignore[misc]


WAYS: dict[str, tuple[str, Callable[[list[dict[str, str]]], Pages]]] = {
    "cli": ("papermill, then jupyter nbconvert (commands)", cli_pair),
    "execute": ("jupyter nbconvert --execute (command)", nbconvert_execute),
    "loop": ("Python loop: papermill + HTMLExporter", python_loop),
    "cold": ("ours, ordinary kernels", lambda jobs: engine(jobs, warm=False)),
    "warm": ("ours, warm kernels", lambda jobs: engine(jobs, warm=True)),
    "limit": ("limit: same cells in one warm process", limit),
    "one": ("acm run, one worker: with release, scan, record", lambda jobs: batch(jobs, processes=1)),
    "two": ("acm run, two workers", lambda jobs: batch(jobs, processes=2)),
}


def measure(way: str, jobs: list[dict[str, str]]) -> None:
    """In a process of its own: make the pages, and note when each was done."""
    began = time.perf_counter()
    ends = [end if end is not None else time.perf_counter() for end in WAYS[way][1](jobs)]
    Path("ends.json").write_text(json.dumps([end - began for end in ends]))  # a worker's streams go to its log


def kernels_ready(count: int, working: float) -> list[float]:
    """Return how long it takes from asking for a warm kernel to its first answer, if each works so long before the next is asked for."""
    import asyncio

    from acmlib.publish.kernel import QuickManager
    from acmlib.publish.warm import warm_kernels

    async def start() -> float:
        began = time.perf_counter()
        manager = QuickManager(kernel_name="python3", transport_encryption="auto")  # as `acmlib.publish.engine` asks for it
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=120)
        took = time.perf_counter() - began
        await asyncio.sleep(working)
        await manager.shutdown_kernel()
        client.stop_channels()
        return took

    with warm_kernels():
        return [asyncio.run(start()) for _ in range(count)]


def workspace(root: Path, contract: str, period: str, reports: int) -> list[dict[str, str]]:
    """Copy what the notebook needs, with the contract under as many names as there are pages."""
    from acmlib.contract.load import load_contract  # not above: the other ways need none of it

    shutil.copytree(HERE / "notebooks", root / "notebooks")
    stored = HERE / "params" / contract
    for table in load_contract(contract, root=HERE).tables.values():
        folder = Path(str(table.source)).parent
        shutil.copytree(HERE / folder, root / folder, dirs_exist_ok=True)
    names = [f"{contract}-{number}" for number in range(1, reports + 1)]
    for name in names:
        shutil.copytree(stored, root / "params" / name)
    return [{"contract": name, "period": period, **SELECTED} for name in names]


def run(ways: list[str], contract: str, period: str, reports: int, rounds: int) -> dict[str, dict[str, list[float]]]:
    """Measure all ways, round by round."""
    found: dict[str, dict[str, list[float]]] = {way: {"page": [], "first": [], "all": [], "processor": []} for way in ways}
    for _ in range(rounds):
        for way in ways:
            with tempfile.TemporaryDirectory() as folder:
                jobs = workspace(Path(folder), contract, period, reports)
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                command = [sys.executable, __file__, "--one", way, "--jobs", json.dumps(jobs)]
                surroundings = {**os.environ, "ACM_ROOT": folder}
                subprocess.run(command, cwd=folder, env=surroundings, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                ends = json.loads((Path(folder) / "ends.json").read_text())
            steps = [later - earlier for earlier, later in pairwise(ends)]
            # Two workers end pages in pairs: what counts is how many there are in a time.
            found[way]["page"] += [(ends[-1] - ends[0]) / len(steps)] if way in ("one", "two") else steps
            found[way]["first"].append(ends[0])
            found[way]["all"].append(ends[-1])
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            found[way]["processor"].append(spent / reports)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contract", default="nsw-job-training")
    parser.add_argument("--period", default="term")
    parser.add_argument("--reports", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--jobs", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        measure(given.one, json.loads(given.jobs))
        return
    load = os.getloadavg()[0]
    found = run(given.ways, given.contract, given.period, given.reports, given.rounds)
    base = statistics.median(found["limit"]["page"]) if "limit" in found else None
    loads = f"load {load:.1f} to {os.getloadavg()[0]:.1f}"
    print(f"{given.contract}: {given.reports} pages, {given.rounds} rounds, {os.cpu_count()} cores, {loads}\n")
    print("| way | seconds a page | n | against the limit | first page | all pages | processor seconds a page |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for way, times in found.items():
        page, first, whole, processor = (statistics.median(times[name]) for name in ("page", "first", "all", "processor"))
        ratio = f"{page / base:.2f}" if base else ""
        print(f"| {WAYS[way][0]} | {page:.2f} | {len(times['page'])} | {ratio} | {first:.1f} | {whole:.1f} | {processor:.2f} |")
    for working in (0.5, 0.0):
        ready = kernels_ready(13, working)
        later = sorted(ready[1:])
        spread = f"{later[0] * 1000:.0f} to {later[-1] * 1000:.0f}, n = {len(later)}"
        after = f"after {working} s of work" if working else "one at once after another"
        print(f"\nkernel ready, {after}: first {ready[0]:.2f} s; then median {statistics.median(later) * 1000:.0f} ms ({spread})")


if __name__ == "__main__":
    main()
