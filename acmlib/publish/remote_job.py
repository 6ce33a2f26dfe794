"""One job on a machine that is not the batch's: its own look at the files, its own working folder."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from acmlib.contract.errors import ContractError
from acmlib.publish.jobs import Job
from acmlib.publish.limits import Limits
from acmlib.publish.outcomes import Failure, Made
from acmlib.publish.storage import Storage, is_url
from acmlib.publish.surroundings import prepare_worker


def make_remotely(job: Job, source: str, folder: Path, run: str, limits: Limits) -> Made | Failure:
    """Make the page of a job.

    Parameters
    ----------
    source : str
        The workspace: a folder that this machine sees too, or an address in object storage.
    """
    if not is_url(source) and not Path(source, job.notebook).is_file():
        do = "use a folder that all machines share, or an address in object storage"
        return Failure.of(job, where=job.notebook.as_posix(), what="a worker of the cluster does not see it", do=do)
    root = folder / f"workspace-{os.getpid()}" if is_url(source) else Path(source)
    prepare_worker(root, folder)
    try:
        if is_url(source):
            pull(_storage(source), root, job)
    except OSError as error:
        return Failure.of(job, where=source, what=str(error.strerror), do="run it again when the storage answers")
    except ContractError as error:  # it was removed, or spoiled, since the batch looked at it
        return Failure.of(job, where=f"params/{job.contract}", what=str(error), do=f"correct it, or put it back: {source}")
    from acmlib.publish.runner import run_job

    return run_job(job, root=root, working=folder, run=run, limits=limits)


@cache
def _storage(url: str) -> Storage:
    return Storage(url)


def pull(storage: Storage, root: Path, job: Job) -> None:
    """Copy what a job needs: its notebook, what its contract agreed, what earlier readers were given, and the files of its sources."""
    from acmlib.publish.inventory import named_sources

    storage.pull(root, job.notebook.as_posix(), f"params/{job.contract}", f"ledger/{job.contract}")
    storage.pull(root, *named_sources(job.contract, root))
