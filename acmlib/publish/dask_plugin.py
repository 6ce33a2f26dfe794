"""The plugin that a batch installs on each Dask worker: a fork server and a pool of processes that make pages."""

from __future__ import annotations

import contextlib
import dataclasses
import pickle
import queue
import shutil
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from distributed import Status, WorkerPlugin, get_worker

from acmlib.contract.private_folders import PrivateFolder
from acmlib.publish.forkserver import MODULES
from acmlib.publish.jobs import Job
from acmlib.publish.library import library_digest
from acmlib.publish.limits import Limits
from acmlib.publish.outcomes import Failure, Made, defect, died, hung
from acmlib.publish.remote_job import make_remotely
from acmlib.publish.store import CACHE_FOLDER, CACHE_LIST, forget, write_text
from acmlib.publish.warm import warm_kernels
from acmlib.publish.workers import Worker, WorkerDied, WorkerFailed

#: A made page on its way: what was made, and the contents of its files.
Shipment = tuple[Failure | Made, dict[str, tuple[str, bytes]]]


class PagePool(WorkerPlugin):
    """A fork server and a pool of processes on a Dask worker, each of which makes one page at a time.

    A Dask worker only waits for them, so it may have as many threads as there are cores. A worker that has the library of the batch says
    so with a resource of the pool's name, whenever it comes; one that has another makes nothing.

    Parameters
    ----------
    warm : bool
        Whether to fork kernels from a server.
    """

    def __init__(self, run: str, library: str, *, warm: bool) -> None:
        self.name = plugin_name(run)
        self.library = library
        self.warm = warm

    async def setup(self, worker: Any) -> None:
        """Start the server, once for all pages that this worker makes, and let the scheduler know."""
        self._open = contextlib.ExitStack()
        if library_digest() != self.library:
            return
        self._listing = threading.Lock()
        self.folder = self._open.enter_context(contextlib.closing(PrivateFolder())).path
        self._open.enter_context(warm_kernels(wanted=self.warm, modules=MODULES))
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for _ in range(worker.state.nthreads):
            maker = Worker()
            self._open.callback(maker.close)
            self._idle.put(maker)
        await worker.set_resources(**{self.name: worker.state.nthreads})
        if worker.status == Status.running:
            # Pages that wait for such a worker are thought of again only when one begins to run, not when it gets a resource.
            worker.status = Status.paused
            worker.status = Status.running

    def teardown(self, worker: Any) -> None:
        """End everything that was started."""
        self._open.close()

    def share(self, sources: str) -> None:
        """Make the pages of this worker read files that several contracts share only once."""
        listed = self.folder / CACHE_FOLDER / CACHE_LIST
        with self._listing:
            if not listed.exists():
                write_text(listed, sources)

    def make(self, job: Job, source: str, run: str, limits: Limits) -> Shipment:
        """Make one page in a process of its own."""
        worker = self._idle.get()
        try:
            worker.begin(make_remotely, job, source, self.folder, run, limits)
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


def plugin_name(run: str) -> str:
    """Return the name of a batch's pool: of the plugin, and of the resource of the workers that can make its pages."""
    return f"acm-{run}"


def portable_plugin(pool: PagePool) -> WorkerPlugin:
    """Return a plugin that sets up a pool where our library is installed, and does nothing on a worker that has none.

    A plugin goes to all workers of a cluster, and one that cannot read it would end the batch.
    """
    content, of_batch = pickle.dumps(pool), pool.name

    class PortablePlugin(WorkerPlugin):  # a class in a function is sent as a whole, not as the name of a module that may be missing there
        name = of_batch
        pool: Any = None

        async def setup(self, worker: Any) -> None:
            try:
                self.pool = pickle.loads(content)  # noqa: S301 -- from the batch, as the class itself
            except (ImportError, AttributeError):
                return
            await self.pool.setup(worker)

        def teardown(self, worker: Any) -> None:
            if self.pool is not None:
                self.pool.teardown(worker)

    return PortablePlugin()


def make_pages(jobs: Sequence[Job], source: str, run: str, limits: Limits, library: str, shared: str) -> list[Shipment]:
    """Make pages one after the other, on a Dask worker."""
    worker = get_worker()
    if library_digest() != library:
        where, what = f"worker {worker.address}", "it has another library than the batch"
        do = "install the same version of acm-workbooks and its packages on all machines"
        return [(Failure.of(job, where=where, what=what, do=do), {}) for job in jobs]
    pool = cast(PagePool, cast(Any, worker.plugins[plugin_name(run)]).pool)
    with contextlib.suppress(OSError):  # then every contract reads its files itself
        pool.share(shared)
    made = [pool.make(job, source, run, limits) for job in jobs]
    forget(jobs[0], pool.folder)
    return made


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
