"""Worker processes: each calls one function at a time for the batch, and is replaced when it dies, fails or has done its share."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import socket
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from acmlib.publish.forkserver import ADDRESS
from acmlib.publish.serving import serve
from acmlib.publish.warm import LONGEST_ANSWER, NoFork, ask, granted

#: A worker is replaced after this many calls, or when it has had this much memory, in KiB: what libraries keep must not add up.
CALLS_PER_WORKER = 200
MEMORY_PER_WORKER = 1_500_000

#: Seconds for an ordinary worker to end its kernel before it is killed.
GRACE_SECONDS = 3

logger = logging.getLogger(__name__)


class WorkerDied(Exception):
    """The process ended without an answer."""


class WorkerFailed(Exception):
    """The function raised; the message says what."""


class Worker:
    """A process that does what it is asked, one thing at a time: forked from the fork server if there is one, else new.

    Examples
    --------
    >>> worker = Worker()
    >>> worker.begin(divmod, 7, 2)
    >>> worker.result()
    (3, 1)
    >>> worker.close()
    """

    def __init__(self) -> None:
        self.connection, self._process = _start()
        self._left = CALLS_PER_WORKER

    def begin(self, function: Callable[..., Any], *given: Any) -> None:
        """Call a function, which a module must hold under its name, with values that can be pickled.

        `connection` is ready to be read when there is a `result`.
        """
        if not self._left:
            self.close()
            self.connection, self._process = _start()
            self._left = CALLS_PER_WORKER
        self._left -= 1
        with contextlib.suppress(BrokenPipeError):  # it died idle: `result` says so
            self.connection.send((function, given))

    def result(self) -> Any:
        """Wait for the end of the call and return what the function returned.

        Raises
        ------
        WorkerDied
            If the process ended first, for example for want of memory.
        WorkerFailed
            If the function raised.
        """
        try:
            answer, error, memory = self.connection.recv()
        except (EOFError, ConnectionResetError) as ended:
            self._left = 0
            raise WorkerDied from ended
        if error is not None:
            self._left = 0
            raise WorkerFailed(error)
        if memory > MEMORY_PER_WORKER:
            self._left = 0
        return answer

    def give_up(self) -> None:
        """End the process in the middle of its call; the next one is made by a new process."""
        self.close()
        self._left = 0

    def close(self) -> None:
        """End the process, whatever it is doing; its kernel ends with it."""
        self.connection.close()
        if isinstance(self._process, socket.socket):
            self._process.close()
        else:
            self._process.terminate()
            self._process.join(GRACE_SECONDS)
            self._process.kill()


def _start() -> tuple[Connection, socket.socket | BaseProcess]:
    ours, theirs = multiprocessing.Pipe()
    with theirs:
        return ours, _forked(theirs) or _new(theirs)


def _forked(theirs: Connection) -> socket.socket | None:
    """Return the life line of a forked worker; None if there can be none."""
    if ADDRESS not in os.environ:
        return None
    try:
        life = ask(["worker"], os.environ, str(Path.cwd()), (1, 2, theirs.fileno()))
        try:
            granted(life.recv(LONGEST_ANSWER))
        except (OSError, NoFork):
            life.close()
            raise
    except (OSError, NoFork) as refusal:
        logger.warning("no warm worker (%s): an ordinary one instead, slower, with the same result", refusal)
        return None
    return life


def _new(theirs: Connection) -> BaseProcess:
    # Spawned: a fork of this process would copy whatever threads and open files it has.
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    return process
