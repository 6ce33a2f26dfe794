"""Many jobs on the cores of one machine: each in a worker of its own process, none able to spoil another."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from acmlib.contract.errors import ContractError
from acmlib.contract.workspace import SINCE_VARIABLE
from acmlib.publish.folders import REMEDY, OutputsError
from acmlib.publish.inventory import INVENTORY, Inventory, MadeFrom
from acmlib.publish.jobs import OUTPUTS, Job
from acmlib.publish.limits import ORDINARY, Limits
from acmlib.publish.outcomes import Failure, Made, defect, died, hung
from acmlib.publish.queue import Queue
from acmlib.publish.run_record import RECORD
from acmlib.publish.storage import Storage
from acmlib.publish.storage_kinds import StorageError
from acmlib.publish.store import (
    CACHE_FOLDER,
    FAILURES,
    INDEX,
    RUN_TIME,
    forget,
    keep_failure,
    keep_failures,
    keep_page,
    working_folder,
    write_json,
)
from acmlib.publish.surroundings import prepare_worker
from acmlib.publish.warm import warm_kernels
from acmlib.publish.workers import Worker, WorkerDied, WorkerFailed
from acmlib.release.ledger import LEDGER, OvertakenError

#: Seconds without news after which a batch says what it is waiting for.
PATIENCE = 10.0

Outcome = Made | Failure
Finish = Callable[[Job, Outcome], None]


def run_jobs(
    jobs: Sequence[Job],
    *,
    root: Path,
    processes: int | None = None,
    warm: bool = True,
    limits: Limits = ORDINARY,
    scheduler: str | None = None,
    storage: Storage | None = None,
    refused: Sequence[Failure] = (),
    inventory: Inventory | None = None,
    done: Callable[[Job, Failure | None], None] = lambda job, failure: None,
    note: Callable[[str], None] = lambda text: None,
) -> tuple[Failure, ...]:
    """Make the pages of all jobs, move the good ones into place, and write the index.

    A job that fails leaves the last good page where it is; the others go on. On an interrupt all workers and kernels end. Two batches may
    work on the same outputs at once: each page is the one of the run that began last.

    Parameters
    ----------
    jobs : sequence of Job
        What to make; `Inventory.is_current` tells what need not be made again.
    processes : int, optional
        Workers at a time; the number of cores if not given.
    warm : bool
        Fork the kernels from a server that is ready, where this is possible; the pages are the same without.
    scheduler : str, optional
        ``local`` or the address of a Dask scheduler, whose workers then make the pages (`acmlib.publish.cluster`).
    storage : Storage, optional
        Where the pages go too, if the workspace is a copy of one in object storage.
    refused : sequence of Failure
        What could not even become a job; it is reported with the rest.
    inventory : Inventory, optional
        The files of the workspace, if they were looked at already.
    done : callable
        Called with each job as it ends, and its failure if it failed.
    note : callable
        Called with what is worth knowing meanwhile.

    Returns
    -------
    tuple of Failure
        What was not made: `refused`, then in the order of `jobs`; the same stands in ``outputs/failures.json``.

    Raises
    ------
    OutputsError
        If ``outputs/`` cannot be written at all.
    SchedulerError, StorageError
        If the cluster or the storage cannot be used.
    """
    run = f"{_now():{RUN_TIME}}-{secrets.token_hex(2)}"
    inventory = inventory or Inventory(root)
    failures: dict[Job, Failure] = {}
    asked = list(dict.fromkeys(jobs))
    queue = Queue(asked)

    def finish(job: Job, outcome: Outcome) -> None:
        try:
            failure = outcome if isinstance(outcome, Failure) else _put_in_place(outcome, root, working, storage)
            if failure:
                with contextlib.suppress(OSError):  # there is no space; it is in the table of failures
                    keep_failure(job, failure, _now().isoformat(timespec="seconds"), root)
            if storage is not None and (root / job.folder / RECORD).is_file():
                storage.commit(job, root)
        except StorageError as error:
            failure = Failure.of(job, where=storage.url if storage else "", what=str(error.strerror), do="run it again")
        if failure:
            failures[job] = failure
        if queue.ended(job):
            forget(job, working)
        done(job, failure)

    with working_folder(root) as working, _sources_fetched_once():
        with contextlib.suppress(OSError):  # then every contract reads its files itself
            write_json(working / CACHE_FOLDER / "shared.json", inventory.shared_sources({job.contract for job in asked}))
        cores = processes or os.cpu_count() or 1
        if scheduler is not None and asked:
            from acmlib.publish.cluster import connected, run_on  # a second of imports that a batch on one machine does not need

            with connected(scheduler, processes=cores, run=run, warm=warm) as client:
                note(f"cluster: {client.dashboard_link}")
                source = storage.url if storage else str(root)
                run_on(client, asked, source=source, run=run, limits=limits, working=working, finish=finish)
        with warm_kernels(wanted=warm):
            if scheduler is None:
                begin = functools.partial(_begin, inventory=inventory, given=(root, working, run, limits))
                _work_through(queue, min(cores, len(asked)), begin, finish, limits.give_up_seconds, note)
            ordered = (*refused, *(failures[job] for job in asked if job in failures))
            ordered += _finished(ordered, run, root, inventory, storage)
    return ordered


@contextlib.contextmanager
def _sources_fetched_once() -> Iterator[None]:
    """End with the batch that its processes read the copies that `Inventory` fetched for all of them."""
    try:
        yield
    finally:
        os.environ.pop(SINCE_VARIABLE, None)


def _put_in_place(made: Made, root: Path, working: Path, storage: Storage | None) -> Failure | None:
    """Move a page into place; why not, if that fails. What may not go to the storage does not go into the copy of it either."""
    try:
        if storage is not None:
            storage.enter_ledger(made, root)
        keep_page(made, root, working)
    except OvertakenError:
        return _overtaken(made.job)
    except StorageError:
        raise
    except OSError as error:
        do = getattr(error, "do", REMEDY)
        return Failure.of(made.job, where=made.job.page.as_posix(), what=f"cannot be written: {error.strerror}", do=do)
    return None


def _overtaken(job: Job) -> Failure:
    what = "another run has handed out a release of this contract since it was decided what this page hides"
    return Failure.of(job, where=f"{LEDGER}/{job.contract}", what=what, do="run it again: the two are decided together then")


def _finished(failures: tuple[Failure, ...], run: str, root: Path, inventory: Inventory, storage: Storage | None) -> tuple[Failure, ...]:
    """Write what is written once a batch: failures, inventory, index; and what of these cannot be written."""
    inventory.keep()
    problems: list[str] = []
    try:
        if storage is not None:
            storage.pull_records(root)  # other batches may have made pages meanwhile
        problems += filter(None, [_failures_kept(failures, run, root), _index_written(root)])
        if storage is not None and not problems:
            storage.put(root, f"{OUTPUTS}/{INDEX}", f"{OUTPUTS}/{FAILURES}", f"{OUTPUTS}/{INVENTORY}")
    except (OSError, WorkerFailed, WorkerDied) as error:
        problems.append(str(getattr(error, "strerror", None) or error))
    told = (f"cannot be written: {what}" for what in dict.fromkeys(problems))
    return tuple(Failure("", "index", "", "", "", where=f"{OUTPUTS}/", what=what, do=REMEDY) for what in told)


def _failures_kept(failures: tuple[Failure, ...], run: str, root: Path) -> str | None:
    """Write failures.json; why that failed, if it did."""
    try:
        keep_failures(failures, run, root)
    except OSError as error:
        return str(error.strerror)
    return None


def _index_written(root: Path) -> str | None:
    """Write the index, in a worker: the batch itself needs none of the libraries that this takes. Why that failed, if it did."""
    with contextlib.closing(Worker()) as worker:
        worker.begin(_write_index, root)
        problem: str | None = worker.result()
    return problem


def _begin(job: Job, worker: Worker, more: bool, *, inventory: Inventory, given: tuple[Any, ...]) -> Failure | None:
    """Start a job on a worker; return the failure if the contract has been removed or spoiled meanwhile."""
    try:
        worker.begin(_make, job, *given, inventory.made_from(job), more)
    except ContractError as error:
        do = f"correct it; `acm check {job.contract}` lists everything that is wrong"
        return Failure.of(job, where=f"params/{job.contract}", what=str(error), do=do)
    return None


def _work_through(
    queue: Queue,
    processes: int,
    begin: Callable[[Job, Worker, bool], Failure | None],
    finish: Finish,
    seconds: float,
    note: Callable[[str], None],
) -> None:
    """Do all jobs, as many at a time as there are workers; a job whose worker died is tried again when the others have had their turn."""
    workers = [Worker() for _ in range(processes)]
    idle = list(workers)
    busy: dict[Any, tuple[Job, Worker, float]] = {}
    said: set[Job] = set()
    try:
        while queue or busy:
            while queue and idle:
                job = queue.next([job for job, *_ in busy.values()])
                failure = begin(job, idle[-1], bool(queue))
                if failure:
                    finish(job, failure)
                else:
                    worker = idle.pop()
                    busy[worker.connection] = job, worker, time.monotonic() + seconds
            ready = wait(list(busy), timeout=min(seconds, PATIENCE))
            for job, _, until in () if ready else tuple(busy.values()):
                if job not in said:
                    said.add(job)
                    passed = seconds - (until - time.monotonic())
                    note(f"{job}: still being made, after {passed:.0f} seconds; given up after {dt.timedelta(seconds=round(seconds))}")
            for connection in ready:
                job, worker, _ = busy.pop(connection)
                idle.append(worker)
                _take(job, worker, queue, finish)
            for connection in [connection for connection, (*_, until) in busy.items() if until < time.monotonic()]:
                job, worker, _ = busy.pop(connection)
                worker.give_up()
                idle.append(worker)
                finish(job, hung(job, seconds))
    finally:
        for worker in workers:
            worker.close()


def _take(job: Job, worker: Worker, queue: Queue, finish: Finish) -> None:
    """Take what a worker made of a job."""
    try:
        finish(job, worker.result())
    except WorkerFailed as error:
        finish(job, defect(job, str(error)))
    except WorkerDied:
        if not queue.again(job):
            finish(job, died(job))


def _make(job: Job, root: Path, working: Path, run: str, limits: Limits, made_from: MadeFrom, more: bool) -> Outcome:
    """Make a page, in a worker. The batch itself needs none of the libraries that this takes, and does not import them."""
    prepare_worker(root, working)
    from acmlib.publish.forks import next_may_come
    from acmlib.publish.runner import run_job

    next_may_come(more)
    return run_job(job, root=root, working=working, run=run, limits=limits, made_from=made_from)


def make_programs(
    root: Path, asked: tuple[str | None, str | None, str | None], limits: Limits
) -> tuple[tuple[str, ...], tuple[Failure, ...]]:
    """Make the pages about programs from the finished pages of contracts, in a worker (`acmlib.publish.programs.make_program_pages`).

    Raises
    ------
    OutputsError
        If they cannot be written at all.
    """
    with contextlib.closing(Worker()) as worker:
        worker.begin(_make_programs, root, asked, limits)
        try:
            made: tuple[tuple[str, ...], tuple[Failure, ...]] = worker.result()
        except (WorkerFailed, WorkerDied) as error:
            raise OutputsError(f"{OUTPUTS}/programs cannot be written: {error}") from error
        return made


def _make_programs(root: Path, asked: tuple[str | None, str | None, str | None], limits: Limits) -> Any:
    with working_folder(root) as working:
        prepare_worker(root, working)
        from acmlib.publish.programs import make_program_pages

        return make_program_pages(root, asked, limits)


def _write_index(root: Path) -> str | None:
    """Write the index; return why it cannot be written, if so. Any other exception is a defect of the library."""
    from acmlib.publish.exporter import ExportError
    from acmlib.publish.index import write_index

    try:
        write_index(root)
    except (OSError, ExportError) as error:
        return str(getattr(error, "strerror", None) or error)
    return None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
