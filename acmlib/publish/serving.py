"""The loop of a worker: it calls what it is asked to call, and answers."""

from __future__ import annotations

import contextlib
import re
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path


def serve(connection: Connection) -> None:
    """Do what is asked for until the other end is closed; this is all that a worker does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the batch alone decides, and ends its workers
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            function, given = connection.recv()
            answer = None
            try:
                answer = function(*given)
            finally:  # what was raised ends this process, and the batch hears of it
                error = sys.exc_info()[1]
                connection.send((answer, f"{type(error).__name__}: {error}" if error else None, most_memory()))


def most_memory() -> int:
    """Return the most memory that this process ever had, in KiB; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(peak[1]) if peak else 0
