"""The fork server: a process that has imported all that a report needs, and forks kernels and workers of itself for those who ask.

It has one thread, no event loop, no zmq context and no open database: a fork copies nothing but memory and the thread that forks, so
whatever needs another thread would be broken in the copy. The copy sets its surroundings as a new process has them and becomes an
ordinary ipykernel, or a worker of the batch.

A request is one packet on a socket, and the connection is the new process's life line. Packets back, each a JSON object: ``pid`` when it
is ready, ``exit`` with its status when it has ended, or ``error`` if there will be none. When the client closes the connection, or dies,
the process and all that it started are killed. When the batch ends, however it ends, so does the server, and with it all its processes.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import select
import selectors
import signal
import socket
import struct
import sys
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

from acmlib.publish.forked import LONGEST_REQUEST, become, tell

#: Holds the address of the running fork server, for the processes that ask it for kernels.
ADDRESS = "ACM_FORK_SERVER"

#: What the server does once its modules are imported, if this is one of them.
REHEARSAL = "acmlib.publish.rehearsal"

#: What every kernel imports at its start.
KERNEL_MODULES = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.comm", "comm", "tornado.platform.asyncio"),
    *("IPython.core.completerlib", "IPython.core.magics", "IPython.core.pylabtools", "IPython.extensions.storemagic"),
    *("IPython.core.debugger", "IPython.core.debugger_backport", "IPython.core.oinspect", "IPython.core.logger", "acmlib.publish.streams"),
    *("faulthandler", "psutil", "resource", "sqlite3"),
)  # fmt: skip

#: And what our notebooks and workers import: workers that wait for no more than this are forked before the rest is there. matplotlib is not
#: among it: few pages draw with it, and its settings act where it is imported.
WORKER_MODULES = ("acmlib.display.report", "acmlib.display.sections", "acmlib.publish.runner", "acmlib.publish.index")
MODULES = (*WORKER_MODULES, *KERNEL_MODULES, REHEARSAL)

#: Begin the names of variables that libraries read once, when they are imported: a forked kernel cannot have other values than the server.
READ_AT_IMPORT = (
    *("LANG", "LC_", "LD_", "MALLOC_", "PYTHON", "TZ"),
    *("ARROW_", "DUCKDB_", "JE_", "MKL_", "MPL", "NUMEXPR_", "OMP_", "OPENBLAS_"),
)

#: What keeps libraries from starting threads when they are imported: a process with threads must not fork. One thread is also all that a
#: kernel should have where as many kernels run as there are cores.
NO_THREADS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}

#: linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36

#: Seconds for a client to send its request once it has connected.
REQUEST_SECONDS = 5


def read_at_import(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a forked kernel must share with its server.

    Examples
    --------
    >>> read_at_import({"TZ": "UTC", "HOME": "/root"})
    {'TZ': 'UTC'}
    """
    return {name: value for name, value in environment.items() if name.startswith(READ_AT_IMPORT)}


def threads() -> int:
    """Return how many threads this process has; Linux only."""
    return len(list(Path("/proc/self/task").iterdir()))


def forked_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for a server and what it forks: one thread, and nothing about the parent process.

    Examples
    --------
    >>> made = forked_environment({"OMP_NUM_THREADS": "8", "JPY_PARENT_PID": "7"})
    >>> made["OMP_NUM_THREADS"], "JPY_PARENT_PID" in made
    ('1', False)
    """
    return {name: value for name, value in (dict(environment) | NO_THREADS).items() if name != "JPY_PARENT_PID"}


def peer_is_us(connection: socket.socket) -> bool:
    """Return whether the process at the other end of a local socket belongs to the same user."""
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return bool(user == os.getuid())


def preload(modules: Sequence[str]) -> None:
    """Import modules and fill their caches, then keep the collector off what they made: to look at an object is to copy its page."""
    gc.disable()
    # ipykernel imports the debugger at each start: 140 ms, and threads' hooks that must not be in place at a fork.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    try:
        for name in modules:
            importlib.import_module(name)
    finally:
        del sys.modules["debugpy"]
    if REHEARSAL in modules:
        for step in sys.modules[REHEARSAL].STEPS:
            step()
    gc.freeze()  # uncollected: to look at every object takes a tenth of the imports, and frees little
    gc.enable()


class Server:
    """The loop that answers requests, reaps finished kernels, and ends processes whose client has disconnected.

    Parameters
    ----------
    listener : socket
        Where requests come in.
    life : socket
        Closed at the other end when the process that started the server is gone.
    """

    def __init__(self, listener: socket.socket, life: socket.socket) -> None:
        self._listener, self._life = listener, life
        self._shared = read_at_import(os.environ)
        self._forked: dict[int, tuple[int, socket.socket]] = {}
        self._events = selectors.DefaultSelector()
        self._events.register(listener, selectors.EVENT_READ, self._accept)

    def answer_waiting(self) -> None:
        """Answer those who have asked already."""
        while select.select([self._listener], [], [], 0)[0]:
            self._accept()

    def serve(self) -> None:
        """Answer until the life line is closed, then end all that was forked."""
        self._life.send(b"ready")
        self._events.register(self._life, selectors.EVENT_READ)
        while True:
            for key, _ in self._events.select():
                if key.fileobj is self._life:
                    for pid in self._forked:
                        _kill(pid)
                        os.waitpid(pid, 0)
                    _end_orphans(())
                    return
                key.data()

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(REQUEST_SECONDS)
        try:
            data, streams, _, _ = socket.recv_fds(connection, LONGEST_REQUEST, 3)
        except TimeoutError:
            connection.close()
            return
        try:
            if data and peer_is_us(connection):
                self._answer(connection, json.loads(data), streams)
            else:
                connection.close()
        finally:
            for stream in streams:
                os.close(stream)

    def _answer(self, connection: socket.socket, request: dict[str, Any], streams: list[int]) -> None:
        refusal = self._refusal(request)
        if refusal:
            tell(connection, error=refusal)
            connection.close()
            return
        server = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            tell(connection, error=f"no new process: {error.strerror}")
            connection.close()
            return
        if pid == 0:
            self._forget()
            become(request, streams, connection, server)
        os.setpgid(pid, pid)  # here as in the child: whoever comes first
        ended = os.pidfd_open(pid)
        self._forked[pid] = ended, connection
        self._events.register(ended, selectors.EVENT_READ, lambda: self._ended(pid))
        self._events.register(connection, selectors.EVENT_READ, lambda: self._left(pid))

    def _refusal(self, request: dict[str, Any]) -> str | None:
        theirs = read_at_import(request["env"])
        different = sorted(name for name in self._shared | theirs if self._shared.get(name) != theirs.get(name))
        if different:
            return f"{', '.join(different)}: read when a library is imported, and now different from what the fork server started with"
        if threads() > 1:
            return f"the fork server has {threads()} threads: something that it imports starts one"
        return None

    def _ended(self, pid: int) -> None:
        ended, connection = self._forked.pop(pid)
        self._events.unregister(ended)
        os.close(ended)
        _kill(pid)  # what it may have left running in its group, which is certainly its own until it is waited for
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        _end_orphans(self._forked)
        if connection.fileno() >= 0:
            self._events.unregister(connection)
            tell(connection, exit=status)
            connection.close()

    def _left(self, pid: int) -> None:
        """End a process whose client has disconnected; a client never sends anything after its request."""
        if pid in self._forked:  # else it ended in the same turn
            connection = self._forked[pid][1]
            self._events.unregister(connection)
            connection.close()
            _kill(pid)

    def _forget(self) -> None:
        """Close, in a new child, what is the server's alone."""
        self._events.close()
        self._listener.close()
        self._life.close()
        for ended, connection in self._forked.values():
            os.close(ended)
            connection.close()


def _kill(pid: int) -> None:
    """End a forked process and all that it started: it leads a group of its own."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _adopt_orphans() -> None:
    """Make this process adopt the orphans of the processes that it forked, whatever session they are in."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end_orphans(forked: Container[int]) -> None:
    """End children of this process that it did not fork: what a process that has ended started, and what that started."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    while orphans := [pid for pid in map(int, listed.read_text().split() if listed.exists() else ()) if pid not in forked]:
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def main() -> None:
    """Preload and serve. Arguments: the numbers of the listening socket and of the life line, and the modules."""
    listener, life = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    sys.path[:] = [place for place in sys.path if place]  # "-c" puts the current folder first
    _adopt_orphans()
    first = [name for name in sys.argv[3:] if name in WORKER_MODULES]
    preload(first)
    server = Server(listener, life)
    if first:  # the first workers read data while the server makes itself ready for kernels
        server.answer_waiting()
    preload(["ipykernel.debugger", *sys.argv[3:]])
    from jupyter_client.localinterfaces import localhost

    localhost()  # asks the system once
    server.serve()
    os._exit(0)  # there is nothing to take apart, and the batch waits
