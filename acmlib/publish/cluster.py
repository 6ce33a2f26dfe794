"""Jobs on many machines: an existing Dask cluster, or one of this machine's processes.

The workers make pages, the batch moves them into place: a page that is made twice, because a worker was lost, is put in place once.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import queue
import shutil
import socket
import tempfile
import threading
import urllib.parse
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from distributed import Client, LocalCluster, WorkerPlugin, get_worker
from distributed.scheduler import KilledWorker

from acmlib.publish.forkserver import MODULES
from acmlib.publish.jobs import Job
from acmlib.publish.library import library_digest
from acmlib.publish.limits import Limits
from acmlib.publish.outcomes import Failure, Made, defect, died, hung
from acmlib.publish.store import KEPT_LIST, KEPT_TABLES, forget, write_text
from acmlib.publish.there import make_there
from acmlib.publish.warm import warm_kernels
from acmlib.publish.workers import Worker, WorkerDied, WorkerFailed

#: The scheduler that is started for a batch, on this machine.
LOCAL = "local"

#: Seconds to wait for a scheduler to answer.
CONNECT_SECONDS = 15

#: Addresses that may be given, and the port of a scheduler where none is named.
SCHEMES, DASK_PORT = ("tcp", "tls"), 8786

#: Most pages that a worker makes in one task: they share their contract's release.
GROUP = 12

#: A made page on its way: what was made, and the contents of its files.
Shipment = tuple[Failure | Made, dict[str, tuple[str, bytes]]]

logger = logging.getLogger(__name__)


class SchedulerError(OSError):
    """The cluster cannot be used; the message says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(0, message)


class Station(WorkerPlugin):
    """What a Dask worker has for a batch: a fork server, and processes of ours that make one page at a time.

    A Dask worker only waits for them, so it may have as many threads as there are cores.

    Parameters
    ----------
    run : str
        Id of the batch.
    warm : bool
        Whether to fork kernels from a server.
    """

    def __init__(self, run: str, *, warm: bool) -> None:
        self.name = station_name(run)
        self.warm = warm

    def setup(self, worker: Any) -> None:
        """Start the server, once for all pages that this worker makes."""
        self._open = contextlib.ExitStack()
        self._listing = threading.Lock()
        self.folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="acm-", ignore_cleanup_errors=True)))
        self._open.enter_context(warm_kernels(wanted=self.warm, modules=MODULES))
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for _ in range(worker.state.nthreads):
            maker = Worker()
            self._open.callback(maker.close)
            self._idle.put(maker)

    def teardown(self, worker: Any) -> None:
        """End everything that was started."""
        self._open.close()

    def share(self, sources: str) -> None:
        """Let the pages made here read files that several contracts share only once."""
        listed = self.folder / KEPT_TABLES / KEPT_LIST
        with self._listing:
            if not listed.exists():
                write_text(listed, sources)

    def make(self, job: Job, source: str, run: str, limits: Limits) -> Shipment:
        """Make one page in a process of its own."""
        worker = self._idle.get()
        try:
            worker.begin(make_there, job, source, self.folder, run, limits)
            if not worker.connection.poll(limits.give_up_seconds):
                worker.give_up()
                return hung(job, limits.give_up_seconds), {}
            return packed(worker.result())
        except WorkerFailed as error:
            return defect(job, str(error)), {}
        except WorkerDied:
            return died(job), {}
        finally:
            self._idle.put(worker)


def station_name(run: str) -> str:
    """Return the name of the plugin of a batch."""
    return f"acm-{run}"


def make_pages(jobs: Sequence[Job], source: str, run: str, limits: Limits, library: str, shared: str) -> list[Shipment]:
    """Make pages one after the other, on a Dask worker."""
    worker = get_worker()
    if library_digest() != library:
        where, what = f"worker {worker.address}", "it has another library than the batch"
        do = "install the same version of acm-workbooks and its packages on all machines"
        return [(Failure.of(job, where=where, what=what, do=do), {}) for job in jobs]
    station = cast(Station, worker.plugins[station_name(run)])
    with contextlib.suppress(OSError):  # then every contract reads its files itself
        station.share(shared)
    made = [station.make(job, source, run, limits) for job in jobs]
    forget(jobs[0], station.folder)
    return made


@contextlib.contextmanager
def connected(scheduler: str, *, processes: int, run: str, warm: bool) -> Iterator[Client]:
    """Give a client of a cluster whose workers are ready for a batch.

    Parameters
    ----------
    scheduler : str
        ``local``, or the address of a scheduler: ``tcp://...``, ``tls://...``.
    processes : int
        Workers of a local cluster.
    run : str
        Id of the batch.
    warm : bool
        Whether workers fork their kernels from a server.

    Raises
    ------
    SchedulerError
        If there is no such scheduler, it has no workers, or none of them has the library that the batch has.
    """
    with contextlib.ExitStack() as stack:
        address: Any = scheduler
        if scheduler == LOCAL:
            address = stack.enter_context(LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=":0"))
        else:
            _require_answer(scheduler)
        try:
            client = stack.enter_context(Client(address, timeout=CONNECT_SECONDS, set_as_default=False))
        except (OSError, ValueError) as error:
            raise SchedulerError(f"--scheduler {scheduler}: cannot be reached ({_first(error)}); check address and network") from error
        _check_workers(client, scheduler)
        station = Station(run, warm=warm)
        client.register_plugin(station)
        try:
            yield client
        finally:
            leaving = threading.Thread(target=_unregister, args=(client, station.name), daemon=True)
            leaving.start()
            leaving.join(CONNECT_SECONDS)  # a worker that hangs does not answer


def _require_answer(scheduler: str) -> None:
    """Refuse at once an address that is none, or where nobody listens: a Dask client tries again and again, and ends late.

    Raises
    ------
    SchedulerError
        With what is wrong with it.
    """
    address = urllib.parse.urlsplit(scheduler)
    try:
        port = address.port or DASK_PORT
    except ValueError:
        port = None
    if address.scheme not in SCHEMES or not address.hostname or port is None:
        raise SchedulerError(f"--scheduler {scheduler}: is no address; use local, or one as tcp://HOST:{DASK_PORT}")
    try:
        socket.create_connection((address.hostname, port), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        why = "there is no such host" if isinstance(error, socket.gaierror) else error.strerror or _first(error)
        what = f"cannot be reached ({why}); check address and network, and that the scheduler runs"
        raise SchedulerError(f"--scheduler {scheduler}: {what}") from error


def _unregister(client: Client, name: str) -> None:
    """Let all workers end what they started for a batch."""
    with contextlib.suppress(OSError, TimeoutError, ValueError, CancelledError):  # the scheduler may be gone, and the plugins with it
        client.unregister_worker_plugin(name)


def _check_workers(client: Client, scheduler: str) -> None:
    """Refuse a cluster none of whose workers can make our pages; name those that cannot."""
    found: dict[str, Any] = client.run(library_digest, on_error="return")
    if not found:
        raise SchedulerError(f"--scheduler {scheduler}: has no workers; start some, with acm-workbooks installed")
    others = sorted(found.keys() - set(_able(found)))
    if len(others) == len(found):
        why = "no acm-workbooks" if isinstance(found[others[0]], Exception) else "another acm-workbooks, or other versions of its packages"
        raise SchedulerError(f"--scheduler {scheduler}: its workers have {why}; install the same on all machines")
    for address in others:
        logger.warning("worker %s has another library than the batch: the others make the pages", address)


def _able(found: dict[str, Any]) -> list[str]:
    """Return the workers that answered with our library."""
    return sorted(address for address, answer in found.items() if answer == library_digest())


Finish = Callable[[Job, Made | Failure], None]


def run_on(client: Client, jobs: Sequence[Job], *, source: str, run: str, limits: Limits, working: Path, finish: Finish) -> None:
    """Make the pages of all jobs on a cluster.

    Parameters
    ----------
    client : Client
        From `connected`.
    jobs : sequence of Job
        What to make.
    source : str
        The workspace as the workers see it: a folder that all share, or an address in object storage.
    run : str
        Id of the batch.
    limits : Limits
        How long a page may take and how much it may show.
    working : Path
        Private folder of the batch, where pages arrive.
    finish : callable
        Called with each job and what became of it.
    """
    listed = working / KEPT_TABLES / KEPT_LIST
    asked = (source, run, limits, library_digest(), listed.read_text(encoding="utf-8") if listed.is_file() else "[]")

    found = client.run(library_digest, on_error="return")
    # Workers that come later are welcome; but where some cannot make our pages, only those make them that can now.
    only = _able(found) if len(_able(found)) < len(found) else None

    def submit(group: Sequence[Job]) -> None:
        future = client.submit(make_pages, list(group), *asked, pure=False, workers=only)
        groups[future] = list(group)
        future.add_done_callback(ended.put)

    groups: dict[Any, list[Job]] = {}
    ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for group in _groups(jobs):
        submit(group)
    try:
        while groups:
            # A worker gives up a page that hangs; if nothing at all ends for as long as a whole task may take, workers themselves hang.
            longest = max(map(len, groups.values())) * limits.give_up_seconds
            try:
                future = ended.get(timeout=longest + limits.little_seconds)
            except queue.Empty:
                for job in (job for group in groups.values() for job in group):
                    finish(job, hung(job, longest))
                return
            group = groups.pop(future)
            error = None if future.status == "finished" else future.exception() if future.status == "error" else CancelledError()
            shipments: list[Shipment] = []
            if error is None:
                shipments = future.result()
            elif isinstance(error, KilledWorker) and len(group) > 1:  # workers were lost over it: one of its pages ends them all
                for job in group:
                    submit([job])
            elif isinstance(error, KilledWorker):
                shipments = [(died(group[0]), {})]
            else:
                shipments = [(defect(job, f"the cluster gave it up: {_first(error)}"), {}) for job in group]
            future.release()
            for job, (outcome, files) in zip(group, shipments, strict=False):
                finish(job, unpacked(outcome, files, working))
    finally:
        client.cancel(list(groups))


def _groups(jobs: Sequence[Job]) -> list[list[Job]]:
    """Put together the pages that share most of their work."""
    together: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        together.setdefault((job.contract, job.period), []).append(job)
    return [group[first : first + GROUP] for group in together.values() for first in range(0, len(group), GROUP)]


def packed(outcome: Failure | Made) -> Shipment:
    """Return what was made with the contents of its files, which stay on the worker no longer."""
    files: dict[str, tuple[str, bytes]] = {}
    if isinstance(outcome, Made):
        for field in dataclasses.fields(outcome):
            path = getattr(outcome, field.name)
            if isinstance(path, Path):
                files[field.name] = path.name, path.read_bytes()
        shutil.rmtree(outcome.page.parent, ignore_errors=True)
    return outcome, files


def unpacked(outcome: Failure | Made, files: dict[str, tuple[str, bytes]], working: Path) -> Failure | Made:
    """Write the files of what was made into a folder here, and return it with their new places."""
    if isinstance(outcome, Failure):
        return outcome
    folder = Path(tempfile.mkdtemp(dir=working))
    for name, content in files.values():
        (folder / name).write_bytes(content)
    places: dict[str, Any] = {field: folder / name for field, (name, _) in files.items()}
    return dataclasses.replace(outcome, **places)


def _first(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
