"""The workers of a Dask cluster: which of them can make the pages of a batch, and whether any is left."""

from __future__ import annotations

import contextlib
import logging
import queue
import time
from typing import Any, cast

from distributed import Client

from acmlib.publish.dask_plugin import plugin_name
from acmlib.publish.jobs import Job
from acmlib.publish.library import library_digest
from acmlib.publish.outcomes import Failure

#: Seconds in which nothing ends before a batch looks at who is there.
LOOK_SECONDS = 3.0

#: Seconds for others to come when no worker is left that can make the pages of a batch: a worker that is replaced needs some ten.
GRACE_SECONDS = 60.0

#: Seconds for a scheduler to say who is there.
ANSWER_SECONDS = 10

logger = logging.getLogger(__name__)


class SchedulerError(OSError):
    """The cluster cannot be used; the message says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(0, message)


def check_workers(client: Client, scheduler: str) -> None:
    """Refuse a cluster none of whose workers can make our pages; name those that cannot.

    Raises
    ------
    SchedulerError
        If there are no workers, or none of them has our library.
    """
    found: dict[str, Any] = client.run(library_digest, on_error="return")
    if not found:
        raise SchedulerError(f"--scheduler {scheduler}: has no workers; start some, with acm-workbooks installed")
    others = sorted(address for address, answer in found.items() if answer != library_digest())
    if len(others) == len(found):
        why = "no acm-workbooks" if isinstance(found[others[0]], Exception) else "another acm-workbooks, or other versions of its packages"
        raise SchedulerError(f"--scheduler {scheduler}: its workers have {why}; install the same on all machines")
    for address in others:
        logger.warning("worker %s has another library than the batch: the others make the pages", address)


def workers_of(client: Client, run: str) -> dict[str, bool]:
    """Return the workers that the scheduler knows now, each with whether it can make the pages of a batch; none if it does not answer."""
    with contextlib.suppress(OSError, TimeoutError):
        scheduler: Any = client.scheduler
        workers: dict[str, Any] = client.sync(scheduler.identity, callback_timeout=ANSWER_SECONDS)["workers"]
        return {address: plugin_name(run) in worker["resources"] for address, worker in workers.items()}
    return {}


class Watch:
    """Tells a batch when it need not wait any longer: all workers that could make its pages are lost, and no others came."""

    def __init__(self, client: Client, run: str) -> None:
        self.client, self.run = client, run
        self.where = f"--scheduler {cast(Any, client.scheduler).address}"
        self.over = False
        self._since: float | None = None

    def next(self, ended: queue.SimpleQueue[Any], seconds: float) -> Any:
        """Wait for the next task that ends, and return it; None if none does for so long, or nobody is left to end one."""
        until = time.monotonic() + seconds
        while not self.over and (left := until - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                return ended.get(timeout=min(left, LOOK_SECONDS))
            self._look()
        return None

    def _look(self) -> None:
        """Update the list of workers; give up when there has been none for longer than a replacement takes."""
        if any(workers_of(self.client, self.run).values()):
            self._since = None
        elif self._since is None:
            self._since = time.monotonic()
            logger.warning("no worker is left that can make pages: waiting %g seconds for others", GRACE_SECONDS)
        else:
            self.over = time.monotonic() - self._since >= GRACE_SECONDS

    def lost(self, job: Job) -> Failure:
        """Return the failure of a page for which no worker was left."""
        what = f"all workers that could make it were lost, and no other came within {GRACE_SECONDS:g} seconds"
        do = "look why they ended (memory, time limit of their jobs), start some with the same acm-workbooks, and run it again"
        return Failure.of(job, where=self.where, what=what, do=do)
