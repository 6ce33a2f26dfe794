"""Kernels from the fork server: request one, also ahead of time, and use it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.connect import KernelConnectionInfo, LocalPortCache

from acmlib.publish.forked import OURS
from acmlib.publish.warm import LONGEST_ANSWER, START_SECONDS, NoFork, ask, granted

#: Seconds for a kernel to end by itself once it was asked to.
END_SECONDS = 1.0

_PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")


class ForkedKernel:
    """A kernel that the fork server keeps: what jupyter_client needs to know of a process, without being its parent."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid, self.returncode = pid, None if pid else 0
        self._connection = connection
        connection.setblocking(False)

    def poll(self) -> int | None:
        """Return the exit status; None while the kernel lives."""
        if self.returncode is None:
            try:
                self._end(self._connection.recv(LONGEST_ANSWER))
            except BlockingIOError:
                return None
            except OSError:
                self._end(b"")
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Return the exit status, at the latest after `timeout` seconds."""
        until = time.monotonic() + timeout if timeout else None
        while self.poll() is None and (until is None or time.monotonic() < until):
            time.sleep(0.01)
        return self.returncode

    def _end(self, packet: bytes) -> None:
        # Without a last word the server is dead, and its kernels with it; what they started may be left.
        self.returncode = json.loads(packet)["exit"] if packet else -signal.SIGKILL
        self._connection.close()
        if not packet:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        """Signal the kernel, if it lives."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def leave(self) -> None:
        """Do not wait for a kernel that was asked to end; the server ends it if it does not."""
        timer = threading.Timer(END_SECONDS, self._connection.close)
        timer.daemon = True
        timer.start()


@dataclass(frozen=True)
class Request:
    """What a kernel is started with."""

    arguments: tuple[str, ...]  #: Of ipykernel, but for the file that tells its ports.
    environment: Mapping[str, str]
    folder: str

    def same_start(self, other: Request) -> bool:
        """Say whether a kernel that was started for the other will do: they differ at most in what only our library reads, later.

        Examples
        --------
        >>> one, other = Request((), {"TERM": "dumb", "ACM_RELEASE": "a"}, "/"), Request((), {"TERM": "dumb"}, "/")
        >>> one.same_start(other), one.same_start(Request((), {}, "/"))
        (True, False)
        """
        theirs, ours = ({name: value for name, value in one.environment.items() if not name.startswith(OURS)} for one in (other, self))
        return (self.arguments, self.folder, ours) == (other.arguments, other.folder, theirs)


class _Starting:
    """A kernel that starts ahead of time and then waits for the library's environment variables."""

    def __init__(self, request: Request, connection: KernelConnectionInfo, file: str, *, passing: bool = False) -> None:
        self.request, self.connection = request, connection
        self._file = Path(file) if passing else None
        self._told, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._life = ask(["kernel", "-f", file, *request.arguments], request.environment, request.folder, (1, 2, theirs.fileno()))

    async def ready(self, request: Request) -> ForkedKernel:
        """Wait until clients can connect, and let the kernel be the one that was requested."""
        ours = {name: value for name, value in request.environment.items() if name.startswith(OURS)}
        try:
            kernel = ForkedKernel(self._life, granted(await _packet(self._life)))
            self._told.send(json.dumps(ours).encode())
            if not await _packet(self._told):
                raise NoFork("it ended")
        except (OSError, TimeoutError) as error:
            self.drop()
            raise NoFork(str(error) or f"no answer in {START_SECONDS} seconds") from error
        except BaseException:
            self.drop()
            raise
        self._close()
        return kernel

    def drop(self) -> None:
        """End the kernel, which is not needed any more."""
        self._life.close()
        self._close()

    def _close(self) -> None:
        self._told.close()
        if self._file:
            self._file.unlink(missing_ok=True)


async def _packet(connection: socket.socket) -> bytes:
    """Wait for what the other end says."""
    connection.setblocking(False)
    return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(connection, LONGEST_ANSWER), START_SECONDS)


#: The kernel that starts while another runs, for the notebook that may come next; at most one a process.
_ahead: list[_Starting] = []


class _Next:
    """Whether another notebook may come in this process after the one that runs."""

    may_come = True


def next_may_come(may_come: bool) -> None:
    """Say whether another notebook may come after the next one: if none does, no kernel is started for it."""
    _Next.may_come = may_come


async def fork_kernel(request: Request, connection: KernelConnectionInfo, file: str) -> tuple[ForkedKernel, KernelConnectionInfo]:
    """Return a kernel of the fork server that is ready for clients, and where it listens.

    The next one is then asked for at once, if one may be needed (`next_may_come`): it starts while this one works.

    Parameters
    ----------
    request : Request
        What to start it with.
    connection : dict
        Ports and keys, if it is not one that was started ahead.
    file : str
        Holds the same, for the kernel.

    Raises
    ------
    NoFork
        If there is no server, or it refuses, or takes too long.
    """
    kernel = None
    while _ahead:
        starting = _ahead.pop()
        if request.same_start(starting.request):
            with contextlib.suppress(NoFork):  # it died, and another is started
                kernel = await starting.ready(request)
                connection = starting.connection
        else:
            starting.drop()
    if kernel is None:
        try:
            kernel = await _Starting(request, connection, file).ready(request)
        except NoFork:  # a port that was free when it was chosen may have been taken since, by anybody
            starting = _start(request, connection)
            kernel, connection = await starting.ready(request), starting.connection
    if _Next.may_come:
        with contextlib.suppress(NoFork, OSError):
            _ahead.append(_start(request, connection))
    return kernel, connection


def _start(request: Request, like: KernelConnectionInfo) -> _Starting:
    """Ask for a kernel that has ports and keys of its own."""
    cache = LocalPortCache.instance()
    found: Any = {**like, **{name: cache.find_available_port(like["ip"]) for name in _PORTS}, "key": secrets.token_hex(32).encode()}
    if "curve_publickey" in like:
        public, secret = zmq.curve_keypair()
        found |= {"curve_publickey": public.decode(), "curve_secretkey": secret.decode()}
    descriptor, file = tempfile.mkstemp(prefix="kernel-", suffix=".json")  # only this user can read it
    with os.fdopen(descriptor, "w") as opened:
        json.dump({**found, "key": found["key"].decode()}, opened)
    return _Starting(request, found, file, passing=True)
