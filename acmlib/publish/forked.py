"""What a process forked from the fork server does: set its surroundings as a new process has them, be a kernel or a worker, and end."""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1  # linux/prctl.h

#: Longest request, in bytes: arguments and environment.
LONGEST_REQUEST = 1 << 20

#: Begins the names of the variables that only our library reads, and only when a notebook calls it.
OURS = "ACM_"


def tell(connection: socket.socket, **said: object) -> None:
    """Send a packet to the client; if it has gone, its process is ended when the server sees that."""
    try:
        connection.send(json.dumps(said).encode())
    except OSError:
        return


def become(request: dict[str, Any], streams: list[int], connection: socket.socket, server: int) -> NoReturn:
    """Run the requested role in the new process, from the fork to its end."""
    status = 1
    try:
        _settle(request, streams, server)
        role, *arguments = request["argv"]
        ROLES[role](arguments, streams[2:], connection)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        if sys.exc_info()[0]:
            traceback.print_exc()
        _end(status)


def _settle(request: dict[str, Any], streams: list[int], server: int) -> None:
    """Set what a new process has of its own: group, streams, environment, folder, random numbers."""
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:  # it died before it could be followed
        os._exit(1)
    for number, stream in enumerate(streams[:2], start=1):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(request["cwd"])
    tempfile.tempdir = None  # it may be named by the environment
    # Python's own generator is seeded anew in every fork; numpy's old one is not.
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _be_kernel(arguments: list[str], streams: list[int], connection: socket.socket) -> None:
    """Run ipykernel; the packet with the process id is sent when its ports are bound: a client that came sooner would have to try again.

    The third stream then brings the variables of our library, as they are when the kernel is needed; it may have been started before.
    """
    from ipykernel.kernelapp import IPKernelApp
    from tornado.ioloop import IOLoop

    sys.argv = ["ipykernel_launcher", *arguments]
    # A parent that is 1 is not watched: the system ends this process with the server (`_settle`).
    app: Any = IPKernelApp.instance(parent_handle=1, outstream_class="acmlib.publish.streams.QuickStream")
    app.initialize(arguments)
    app.log.setLevel(app.log_level)  # else every message is put into words for a handler that drops them
    app.kernel._execute_sleep = 0.0  # a wait after each cell, for clients that do not listen for what comes after the answer; nbclient does
    _wait(IOLoop.current(), socket.socket(fileno=streams[0]))
    tell(connection, pid=os.getpid())
    connection.close()
    app.start()
    # ipykernel 7 stops the thread that publishes before the one that still answers the request to end, which then waits for it.
    if app.control_thread is not None:
        app.control_thread.join(1)


def _wait(loop: Any, told: socket.socket) -> None:
    """Once the loop runs, wait until the kernel is needed; then set the variables of our library, and say so."""

    def begin(*_: object) -> None:
        loop.remove_handler(told.fileno())
        with told:
            packet = told.recv(LONGEST_REQUEST)
            if packet:  # else nobody needs it, and the server ends it
                for name in [name for name in os.environ if name.startswith(OURS)]:
                    del os.environ[name]
                os.environ.update(json.loads(packet))
                told.send(b"{}")

    loop.add_handler(told.fileno(), begin, loop.READ)


def _be_worker(_: list[str], streams: list[int], connection: socket.socket) -> None:
    """Do what the batch asks for over the third stream."""
    from acmlib.publish.serving import serve

    tell(connection, pid=os.getpid())
    connection.close()
    serve(Connection(streams[0]))


#: What a forked process can be.
ROLES: dict[str, Callable[[list[str], list[int], socket.socket], None]] = {"kernel": _be_kernel, "worker": _be_worker}


def _end(status: int) -> NoReturn:
    """End as the interpreter does, but without taking the heap apart: that would copy every page shared with the server."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                stream.flush()
    finally:
        os._exit(status)
