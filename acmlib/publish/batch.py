"""Many jobs on the cores of one machine: each in a worker of its own process, none able to spoil another."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Sequence
from functools import cache
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from acmlib.publish.forkserver import NO_THREADS
from acmlib.publish.jobs import Job
from acmlib.publish.outcomes import Failure, Made
from acmlib.publish.store import keep_failure, keep_failures, keep_page, working_folder
from acmlib.publish.warm import warm_kernels
from acmlib.publish.workers import Worker, WorkerDied, WorkerFailed

Outcome = Made | Failure
Finish = Callable[[Job, Outcome], None]

#: How often a job is tried when the worker it ran in died: a job that kills its worker every time must not go round for ever.
TRIES = 3


def run_jobs(
    jobs: Sequence[Job],
    *,
    root: Path,
    processes: int | None = None,
    warm: bool = True,
    refused: Sequence[Failure] = (),
    done: Callable[[Job, Failure | None], None] = lambda job, failure: None,
) -> tuple[Failure, ...]:
    """Make the pages of all jobs, move the good ones into place, and write the index.

    A job that fails leaves the last good page where it is; the others go on. On an interrupt all workers and kernels end.

    Parameters
    ----------
    jobs : sequence of Job
        What to make.
    root : Path
        The workspace.
    processes : int, optional
        Workers at a time; the number of cores if not given.
    warm : bool
        Fork the kernels from a server that is ready, where this is possible; the pages are the same without.
    refused : sequence of Failure
        What could not even become a job; it is reported with the rest.
    done : callable
        Called with each job as it ends, and its failure if it failed.

    Returns
    -------
    tuple of Failure
        What was not made: `refused`, then in the order of `jobs`; the same stands in ``outputs/failures.json``.
    """
    run = f"{_now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    failures: dict[Job, Failure] = {}

    def finish(job: Job, outcome: Outcome) -> None:
        failure = outcome if isinstance(outcome, Failure) else None
        if isinstance(outcome, Made):
            try:
                keep_page(outcome, root)
            except OSError as error:
                do = "make the folder writable, or free some space"
                failure = Failure.of(job, where=job.page.as_posix(), what=f"cannot be written: {error.strerror}", do=do)
        if failure:
            failures[job] = failure
            keep_failure(job, failure, _now().isoformat(timespec="seconds"), root)
        done(job, failure)

    with working_folder(root) as working, warm_kernels(wanted=warm):
        _work_through(list(dict.fromkeys(jobs)), processes or os.cpu_count() or 1, _make, (root, working, run), finish)
        ordered = (*refused, *(failures[job] for job in dict.fromkeys(jobs) if job in failures))
        keep_failures(ordered, run, root)
        with contextlib.closing(Worker()) as worker:
            worker.begin(_write_index, root)
            worker.result()
    return ordered


def _work_through(jobs: Sequence[Job], processes: int, make: Callable[..., Outcome], given: tuple[Any, ...], finish: Finish) -> None:
    """Do all jobs, as many at a time as there are workers; a job whose worker died is tried again when the others have had their turn."""
    waiting, tries = deque(jobs), Counter(jobs)
    workers = [Worker() for _ in range(min(processes, len(jobs)))]
    idle = list(workers)
    busy: dict[Any, tuple[Job, Worker]] = {}
    try:
        while waiting or busy:
            while waiting and idle:
                job, worker = waiting.popleft(), idle.pop()
                worker.begin(make, job, *given)
                busy[worker.connection] = job, worker
            for connection in wait(list(busy)):
                job, worker = busy.pop(connection)
                idle.append(worker)
                try:
                    finish(job, worker.result())
                except WorkerFailed as defect:
                    finish(job, _defect(job, str(defect)))
                except WorkerDied:
                    if tries[job] == TRIES:
                        finish(job, _died(job))
                    else:
                        tries[job] += 1
                        waiting.append(job)
    finally:
        for worker in workers:
            worker.close()


def _defect(job: Job, what: str) -> Failure:
    """A defect of ours is that job's failure alone, said as what it is."""
    do = f"run `acm check {job.contract}`; if that finds nothing, report this as a defect"
    return Failure.of(job, where=job.notebook.as_posix(), what=what, do=do)


def _died(job: Job) -> Failure:
    what, do = "its process died, most likely because memory ran out", "try again with --jobs 1, or on a machine with more memory"
    return Failure.of(job, where=job.notebook.as_posix(), what=what, do=do)


def _make(job: Job, root: Path, working: Path, run: str) -> Outcome:
    """Make a page, in a worker. The batch itself needs none of the libraries that this takes, and does not import them."""
    prepare_worker(root, working)
    from acmlib.publish.runner import run_job

    return run_job(job, root=root, working=working, run=run)


def _write_index(root: Path) -> None:
    """Write the index, in a worker for the same reason."""
    from acmlib.publish.index import write_index

    write_index(root)


@cache
def prepare_worker(root: Path, working: Path) -> None:
    """Set the surroundings of a worker and of the kernels it starts: the same everywhere, nothing of the user's own Jupyter settings."""
    # Kernels write to the streams of their worker when they are stopped; it would tear the progress bar. Failures come back as values.
    working.mkdir(parents=True, exist_ok=True)
    with (working / f"worker-{os.getpid()}.log").open("w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.update(NO_THREADS)  # a thread per core in every worker and kernel would only fight
    os.environ["ACM_ROOT"] = str(root)
    # A person's start-up files and kernels must not change a report.
    os.environ["IPYTHONDIR"] = str(working / "ipython")
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    # Whatever is left when a process is killed goes with the working folder.
    tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="tmp-", dir=working)
    # Without this the kernel warns about frozen modules, and a warning keeps a page from being made.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
