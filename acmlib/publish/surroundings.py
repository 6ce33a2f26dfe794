"""The environment of a worker and of its kernels: the same on every machine, without the user's own settings."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

from acmlib.publish.forkserver import NO_THREADS


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
