"""Jobs on many machines: an existing Dask cluster, or one of this machine's processes.

The workers make pages, the batch moves them into place: a page that is made twice, because a worker was lost, is put in place once.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import urllib.parse
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from distributed import Client, LocalCluster
from distributed.scheduler import KilledWorker

from acmlib.publish.cluster_workers import SchedulerError, Watch, check_workers, workers_of
from acmlib.publish.dask_plugin import PagePool, Shipment, make_pages, plugin_name, portable_plugin, unpacked
from acmlib.publish.jobs import Job
from acmlib.publish.library import library_digest
from acmlib.publish.limits import Limits
from acmlib.publish.outcomes import Failure, Made, defect, died, hung
from acmlib.publish.store import CACHE_FOLDER, CACHE_LIST

#: The scheduler that is started for a batch, on this machine.
LOCAL = "local"

#: Seconds to wait for a scheduler to answer.
CONNECT_SECONDS = 15

#: Addresses that may be given, and the port of a scheduler where none is named.
SCHEMES, DASK_PORT = ("tcp", "tls"), 8786

#: Most pages that a worker makes in one task: they share their contract's release.
GROUP = 12


@contextlib.contextmanager
def connected(scheduler: str, *, processes: int, run: str, warm: bool) -> Iterator[Client]:
    """Yield a client of a cluster whose workers are ready for a batch.

    Parameters
    ----------
    scheduler : str
        ``local``, or the address of a scheduler: ``tcp://...``, ``tls://...``.
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
        check_workers(client, scheduler)
        client.register_plugin(portable_plugin(PagePool(run, library_digest(), warm=warm)))
        try:
            yield client
        finally:
            leaving = threading.Thread(target=_unregister, args=(client, plugin_name(run)), daemon=True)
            leaving.start()
            leaving.join(CONNECT_SECONDS)  # a worker that hangs does not answer


def _require_answer(scheduler: str) -> None:
    """Refuse an invalid or unreachable address at once: a Dask client would retry for a long time.

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
    """Stop on all workers what was started for a batch."""
    with contextlib.suppress(OSError, TimeoutError, ValueError, CancelledError):  # the scheduler may be gone, and the plugins with it
        client.unregister_worker_plugin(name)


Finish = Callable[[Job, Made | Failure], None]


def run_on(client: Client, jobs: Sequence[Job], *, source: str, run: str, limits: Limits, working: Path, finish: Finish) -> None:
    """Make the pages of all jobs on a cluster.

    Parameters
    ----------
    source : str
        The workspace as the workers see it: a folder that all share, or an address in object storage.
    working : Path
        Private folder of the batch, where pages arrive.
    finish : callable
        Called with each job and what became of it.
    """
    listed = working / CACHE_FOLDER / CACHE_LIST
    asked = (source, run, limits, library_digest(), listed.read_text(encoding="utf-8") if listed.is_file() else "[]")

    # Workers that come later are welcome; where some cannot make our pages, only those that say they can.
    only = None if all(workers_of(client, run).values()) else {plugin_name(run): 1}

    def submit(group: Sequence[Job]) -> None:
        future = client.submit(make_pages, list(group), *asked, pure=False, resources=only)
        groups[future] = list(group)
        future.add_done_callback(ended.put)

    groups: dict[Any, list[Job]] = {}
    ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for group in _groups(jobs):
        submit(group)
    watch = Watch(client, run)
    try:
        while groups:
            # A worker gives up a page that hangs; if nothing at all ends for as long as a whole task may take, workers themselves hang.
            longest = max(map(len, groups.values())) * limits.give_up_seconds
            future = watch.next(ended, longest + limits.little_seconds)
            if future is None:
                for job in (job for group in groups.values() for job in group):
                    finish(job, watch.lost(job) if watch.over else hung(job, longest))
                return
            group = groups.pop(future)
            shipments = _shipped(future, group)
            future.release()
            if not shipments:  # workers were lost over it: one of its pages ends them all
                for job in group:
                    submit([job])
            for job, (outcome, files) in zip(group, shipments, strict=False):
                finish(job, unpacked(outcome, files, working))
    finally:
        client.cancel(list(groups))


def _shipped(future: Any, group: Sequence[Job]) -> list[Shipment]:
    """Return the outcomes of the pages of a finished task; nothing if each page has to be tried alone."""
    if future.status == "finished":
        return cast(list[Shipment], future.result())
    if future.status != "error":
        what, do = "the scheduler is no longer there, or has cancelled it", "see that it runs, and run it again: pages that were made stay"
        return [(Failure.of(job, where="--scheduler", what=what, do=do), {}) for job in group]
    error = future.exception()
    if isinstance(error, KilledWorker):
        return [] if len(group) > 1 else [(died(group[0]), {})]
    return [(defect(job, f"the cluster gave it up: {_first(error)}"), {}) for job in group]


def _groups(jobs: Sequence[Job]) -> list[list[Job]]:
    """Put together the pages that share most of their work."""
    together: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        together.setdefault((job.contract, job.period), []).append(job)
    return [group[first : first + GROUP] for group in together.values() for first in range(0, len(group), GROUP)]


def _first(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
