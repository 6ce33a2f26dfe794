"""Client of the fork server: start one for a batch, restart it if it dies, and request processes from it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType

from acmlib.publish.forkserver import ADDRESS, MODULES, forked_environment, peer_is_us

#: Set to 0 to do without a fork server: every kernel and worker is then an ordinary new process.
SWITCH = "ACM_WARM"

#: Seconds to wait for a process, the first one for the server's imports too, before an ordinary one is started instead.
START_SECONDS = 120

#: Seconds for the server to end the processes that it forked: they are gone when it is. A busy machine takes a while.
END_SECONDS = 10.0

#: A server that dies this often within a batch is not started again.
MOST_STARTS = 5

#: Longest answer of the server, in bytes.
LONGEST_ANSWER = 4096

logger = logging.getLogger(__name__)

_START = "from acmlib.publish.forkserver import main; main()"


class NoFork(RuntimeError):
    """The fork server gave no process; the message says why."""


def can_fork() -> bool:
    """Return whether kernels can be forked here: on Linux, where processes have descriptors."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


class ForkServer:
    """A running fork server, started anew if it dies; it ends with this object or with this process, whichever is first.

    Its address has no file (an abstract socket), so nothing is left behind even if all processes are killed at once.

    Parameters
    ----------
    modules : sequence of str
        What it imports before it forks.

    Notes
    -----
    ``with ForkServer() as server: os.environ[ADDRESS] = server.address``; everything that starts kernels meanwhile asks it.
    """

    def __init__(self, modules: Sequence[str] = MODULES) -> None:
        self.modules = tuple(modules)
        self.address = f"acm-{os.getpid()}-{secrets.token_hex(8)}"
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(f"\0{self.address}")
        self._listener.listen(128)
        self._ending = False
        self._lock = threading.Lock()
        self._start()
        # Requests wait on our socket while a dead server is replaced.
        threading.Thread(target=self._keep, name="fork server", daemon=True).start()

    def _start(self) -> None:
        self._life, theirs = socket.socketpair()
        passed = (self._listener.fileno(), theirs.fileno())
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 -- our own interpreter
                [sys.executable, "-c", _START, *map(str, passed), *self.modules],
                env=forked_environment(os.environ),
                pass_fds=passed,
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the batch, which then closes the life line
            )

    def _keep(self) -> None:
        for _ in range(MOST_STARTS - 1):
            self.process.wait()
            with self._lock:
                if self._ending:
                    return
                self._life.close()
                self._start()
        self.process.wait()
        with self._lock:
            if not self._ending:
                logger.warning("the fork server died %d times: ordinary kernels from now on, slower, with the same result", MOST_STARTS)
        self._listener.close()  # who asks now is refused at once, and starts an ordinary kernel

    @property
    def ready(self) -> bool:
        """Whether the server has imported everything and answers requests."""
        return bool(select.select([self._life], [], [], 0)[0])

    def close(self) -> None:
        """End the server and all its kernels."""
        with self._lock:
            self._ending = True
            ready = self.ready
        self._life.close()
        self._listener.close()
        if not ready:  # it would end its imports first
            self.process.kill()
        if sys.is_finalizing():  # the thread that waits for the server runs no more, and would be waited for; the server ends by itself
            return
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:  # still importing, or stuck: its kernels end with it
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


#: What uses of a server began in this process and have not ended, the newest last; None is one that does without.
_uses: list[ForkServer | None] = []
_turn = threading.Lock()


@contextlib.contextmanager
def warm_kernels(*, wanted: bool = True, modules: Sequence[str] = MODULES) -> Iterator[ForkServer | None]:
    """Run a fork server for this process and those it starts from now on; None, and one line of warning, where there is none.

    Batches of one process, one after or beside the other, share a server for as long as any of them goes on.
    """
    wanted = wanted and os.environ.get(SWITCH, "1") != "0"
    possible = wanted and can_fork()
    if not possible:
        why = "not possible on this system" if wanted else "switched off"
        logger.warning("warm kernels are %s: ordinary ones instead, slower, with the same result", why)
    with _turn:
        used = next((one for one in _uses if one is not None and one.modules == tuple(modules)), None)
        server = (used or ForkServer(modules)) if possible else None
        _uses.append(server)
        _announce(server)
    try:
        yield server
    finally:
        with _turn:
            del _uses[len(_uses) - 1 - _uses[::-1].index(server)]
            _announce(_uses[-1] if _uses else None)
            if server is not None and server not in _uses:
                server.close()


def _announce(server: ForkServer | None) -> None:
    """Set the environment variable that names the fork server to this process and its children."""
    os.environ.pop(ADDRESS, None)
    if server is not None:
        os.environ[ADDRESS] = server.address


def ask(arguments: Sequence[str], environment: Mapping[str, str], folder: str, streams: Sequence[int]) -> socket.socket:
    """Ask the fork server that `ADDRESS` names for a process; what it answers is for `granted`.

    Parameters
    ----------
    arguments : sequence of str
        What to be (see `acmlib.publish.forkserver.ROLES`), and the arguments for it.
    streams : sequence of int
        Descriptors for its output, its errors and, for some roles, more.

    Returns
    -------
    socket
        Its life line: the process is killed when this is closed.

    Raises
    ------
    NoFork
        If no server is there to ask.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.settimeout(START_SECONDS)
        connection.connect(f"\0{os.environ[ADDRESS]}")
        if not peer_is_us(connection):
            raise NoFork("another user has its address")
        request = {"argv": list(arguments), "env": forked_environment(environment), "cwd": folder}
        socket.send_fds(connection, [json.dumps(request).encode()], streams)
    except OSError as error:
        connection.close()
        raise NoFork(str(error)) from error
    except NoFork:
        connection.close()
        raise
    return connection


def granted(packet: bytes) -> int:
    """Return the process id that the server answered with.

    Raises
    ------
    NoFork
        If it refused, or ended.

    Examples
    --------
    >>> granted(b'{"pid": 7}')
    7
    """
    said = json.loads(packet) if packet else {"error": "it ended"}
    if "pid" not in said:
        raise NoFork(said.get("error") or f"the new process ended with status {said.get('exit')}")
    return int(said["pid"])
