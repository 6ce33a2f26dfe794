"""Many jobs on the cores of one machine: each in a worker of its own process, none able to spoil another."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import re
import secrets
import signal
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

from acmlib.publish.forkserver import NO_THREADS
from acmlib.publish.index import write_index
from acmlib.publish.jobs import Job
from acmlib.publish.kernel import warm_kernels
from acmlib.publish.runner import Failure, Made, run_job
from acmlib.publish.store import keep_failure, keep_failures, keep_page, working_folder

Outcome = Made | Failure
Finish = Callable[[Job, Outcome], None]

#: A worker is replaced after this many jobs, or when it has had this much memory, in KiB: what libraries keep must not add up.
JOBS_PER_WORKER = 200
MEMORY_PER_WORKER = 1_500_000

#: How often a job is tried when the worker it ran in died: a job that kills its worker every time must not go round for ever.
TRIES = 2

#: Time for a worker to end its kernel after an interrupt.
GRACE_SECONDS = 3


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
        _work_through(list(dict.fromkeys(jobs)), processes or os.cpu_count() or 1, partial(Worker, root, working, run), finish)
    ordered = (*refused, *(failures[job] for job in dict.fromkeys(jobs) if job in failures))
    keep_failures(ordered, run, root)
    write_index(root)
    return ordered


class Worker:
    """A process that does one job at a time, and is replaced when it dies or has done its share."""

    def __init__(self, root: Path, working: Path, run: str) -> None:
        self._root, self._working, self._run = root, working, run
        self._left = 0
        self._pool: ProcessPoolExecutor | None = None

    def begin(self, job: Job) -> Future[tuple[Outcome, int]]:
        """Begin a job; the result has the most memory that the process ever had, in KiB."""
        if self._pool is None or not self._left:
            self.close()
            # Spawned, not forked: a fork would copy whatever threads and open files this process has.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=prepare_worker, initargs=(self._root, self._working))
            self._left = JOBS_PER_WORKER
        self._left -= 1
        return self._pool.submit(_run_measured, job, self._root, self._working, self._run)

    def outcome(self, future: Future[tuple[Outcome, int]], job: Job) -> Outcome | None:
        """Return what became of a job; None if the process died. A defect of ours is that job's failure alone, said as what it is."""
        error = future.exception()
        if error is None:
            outcome, memory = future.result()
            self._left = 0 if memory > MEMORY_PER_WORKER else self._left
            return outcome
        if isinstance(error, BrokenProcessPool):
            self._left = 0
            return None
        do = f"run `acm check {job.contract}`; if that finds nothing, report this as a defect"
        return Failure.of(job, where=job.notebook.as_posix(), what=f"{type(error).__name__}: {error}", do=do)

    def close(self) -> None:
        """End the process, which has nothing to do."""
        if self._pool is not None:
            self._pool.shutdown()


def _run_measured(job: Job, root: Path, working: Path, run: str) -> tuple[Outcome, int]:
    outcome = run_job(job, root=root, working=working, run=run)
    status = Path("/proc/self/status")  # Linux; elsewhere memory is not watched
    peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return outcome, int(peak[1]) if peak else 0


def _work_through(jobs: Sequence[Job], processes: int, new_worker: Callable[[], Worker], finish: Finish) -> None:
    """Do all jobs, as many at a time as there are workers; a job whose worker died is tried again when the others have had their turn."""
    waiting, tries = deque(jobs), Counter(jobs)
    idle = [new_worker() for _ in range(min(processes, len(jobs)))]
    busy: dict[Future[tuple[Outcome, int]], tuple[Job, Worker]] = {}
    try:
        while waiting or busy:
            while waiting and idle:
                job, worker = waiting.popleft(), idle.pop()
                busy[worker.begin(job)] = job, worker
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                job, worker = busy.pop(future)
                idle.append(worker)
                outcome = worker.outcome(future, job)
                if outcome is None and tries[job] < TRIES:
                    tries[job] += 1
                    waiting.append(job)
                else:
                    finish(job, outcome or _died(job))
        for worker in idle:
            worker.close()
    except BaseException:
        _end_workers()
        raise


def _died(job: Job) -> Failure:
    what, do = "its process died, most likely because memory ran out", "try again with --jobs 1, or on a machine with more memory"
    return Failure.of(job, where=job.notebook.as_posix(), what=what, do=do)


def _end_workers() -> None:
    """End all workers: politely first, since a worker that waits for a kernel then ends the kernel too."""
    workers = multiprocessing.active_children()
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(GRACE_SECONDS)
        if worker.is_alive():
            worker.kill()


def prepare_worker(root: Path, working: Path) -> None:
    """Set the surroundings of a worker and of the kernels it starts: the same everywhere, nothing of the user's own Jupyter settings."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the batch alone decides, and ends its workers
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
