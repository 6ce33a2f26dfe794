"""Many jobs on the cores of one machine: each in a worker of its own process, none able to spoil another."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import secrets
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from acmlib.publish.index import write_index
from acmlib.publish.jobs import Job
from acmlib.publish.runner import Failure, Made, run_job
from acmlib.publish.store import keep_failure, keep_failures, keep_page, working_folder

Outcome = Made | Failure
Finish = Callable[[Job, Outcome], None]

#: One thread each for the libraries that would otherwise start one per core in every worker and every kernel, and fight.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

#: How often a job is tried when the worker it ran in died: a job that kills its worker every time must not go round for ever.
TRIES = 2

#: Time for a worker to end its kernel after an interrupt.
GRACE_SECONDS = 3


def run_jobs(
    jobs: Sequence[Job],
    *,
    root: Path,
    processes: int | None = None,
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

    with working_folder(root) as working:
        left = list(dict.fromkeys(jobs))
        for attempt in range(1, TRIES + 1):
            left = _round(left, root, working / str(attempt), run, min(processes or os.cpu_count() or 1, len(left) or 1), finish)
        for job in left:
            what, do = "its process died, most likely because memory ran out", "try again with --jobs 1, or on a machine with more memory"
            finish(job, Failure.of(job, where=job.notebook.as_posix(), what=what, do=do))
    ordered = (*refused, *(failures[job] for job in dict.fromkeys(jobs) if job in failures))
    keep_failures(ordered, run, root)
    write_index(root)
    return ordered


def _round(jobs: list[Job], root: Path, working: Path, run: str, processes: int, finish: Finish) -> list[Job]:
    """Run jobs in one pool of workers and return those whose worker died."""
    lost: list[Job] = []
    if not jobs:
        return lost
    # Spawned, not forked: a fork would copy whatever threads and open files this process has.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=prepare_worker, initargs=(root, working)) as pool:
        futures = {pool.submit(run_job, job, root=root, working=working, run=run): job for job in jobs}
        try:
            for future in as_completed(futures):
                outcome = _outcome(future, futures[future])
                if outcome is None:
                    lost.append(futures[future])
                else:
                    finish(futures[future], outcome)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            _end_workers()
            raise
    return lost


def _end_workers() -> None:
    """End all workers: politely first, since a worker that waits for a kernel then ends the kernel too."""
    workers = multiprocessing.active_children()
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(GRACE_SECONDS)
        if worker.is_alive():
            worker.kill()


def _outcome(future: Future[Outcome], job: Job) -> Outcome | None:
    """Return what became of a job; None if its worker died. A defect of ours is that job's failure alone, said as what it is."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenProcessPool):
        return None
    do = f"run `acm check {job.contract}`; if that finds nothing, report this as a defect"
    return Failure.of(job, where=job.notebook.as_posix(), what=f"{type(error).__name__}: {error}", do=do)


def prepare_worker(root: Path, working: Path) -> None:
    """Set the surroundings of a worker and of the kernels it starts: the same everywhere, nothing of the user's own Jupyter settings."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the batch alone decides, and ends its workers
    # Kernels write to the streams of their worker when they are stopped; it would tear the progress bar. Failures come back as values.
    working.mkdir(parents=True, exist_ok=True)
    with (working / f"worker-{os.getpid()}.log").open("w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    for name in ONE_THREAD:
        os.environ[name] = "1"
    os.environ["ACM_ROOT"] = str(root)
    # A person's start-up files and kernels must not change a report.
    os.environ["IPYTHONDIR"] = str(working / "ipython")
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    # Without this the kernel warns about frozen modules, and a warning keeps a page from being made.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
