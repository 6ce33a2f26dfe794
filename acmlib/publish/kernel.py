"""Kernels for papermill that are forked from a warm server where one runs, and ordinary kernels everywhere else; the page is the same."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from queue import Empty
from types import TracebackType
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Type

from acmlib.publish.forkserver import ADDRESS, kernel_environment, peer_is_us

#: Set to 0 to do without a fork server: every kernel is then an ordinary new process.
SWITCH = "ACM_WARM"

#: Seconds to wait for a kernel, the first one for the server's imports too, before an ordinary one is started instead.
START_SECONDS = 120

#: Seconds for a kernel to end by itself once it was asked to, and for the server to end its kernels.
END_SECONDS = 1.0

#: A server that dies this often within a batch is not started again.
MOST_STARTS = 5

logger = logging.getLogger(__name__)

_START = "from acmlib.publish.forkserver import main; main()"


def can_fork() -> bool:
    """Return whether kernels can be forked here: on Linux, where processes have descriptors."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


class ForkServer:
    """A running fork server, started anew if it dies; it ends with this object or with this process, whichever is first.

    Its address has no file (an abstract socket), so nothing is left behind even if all processes are killed at once.

    Examples
    --------
    >>> with ForkServer() as server:  # doctest: +SKIP
    ...     os.environ[ADDRESS] = server.address
    """

    def __init__(self) -> None:
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
                [sys.executable, "-c", _START, *map(str, passed)],
                env=kernel_environment(os.environ),
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

    def close(self) -> None:
        """End the server and all its kernels."""
        with self._lock:
            self._ending = True
        self._life.close()
        self._listener.close()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:  # still importing, or stuck: its kernels end with it
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


@contextlib.contextmanager
def warm_kernels(*, wanted: bool = True) -> Iterator[bool]:
    """Run a fork server for this process and those it starts from now on; gives whether there is one; one line says if not."""
    wanted = wanted and os.environ.get(SWITCH, "1") != "0"
    if not wanted or not can_fork():
        why = "not possible on this system" if wanted else "switched off"
        logger.warning("warm kernels are %s: ordinary ones instead, slower, with the same result", why)
        yield False
        return
    with ForkServer() as server:
        os.environ[ADDRESS] = server.address
        try:
            yield True
        finally:
            del os.environ[ADDRESS]


class NoFork(RuntimeError):
    """The fork server gave no kernel; the message says why."""


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
                self._end(self._connection.recv(1024))
            except BlockingIOError:
                return None
            except OSError:
                self._end(b"")
        return self.returncode

    async def ended(self) -> None:
        """Wait for the end."""
        if self.returncode is None:
            self._end(await asyncio.get_running_loop().sock_recv(self._connection, 1024))

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


async def fork_kernel(address: str, arguments: list[str], environment: Mapping[str, str], folder: str) -> ForkedKernel:
    """Ask the fork server for a kernel and wait until it is ready for clients.

    Raises
    ------
    NoFork
        If it refuses, is gone, or takes too long.
    """
    request = {"argv": arguments, "env": dict(environment), "cwd": folder}
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.connect(f"\0{address}")
        if not peer_is_us(connection):
            raise NoFork("another user has its address")
        socket.send_fds(connection, [json.dumps(request).encode()], [1, 2])
        connection.setblocking(False)
        packet = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(connection, 1024), START_SECONDS)
        said: dict[str, Any] = json.loads(packet) if packet else {"error": "it ended"}
        if "pid" not in said:
            raise NoFork(said.get("error") or f"the new kernel ended with status {said['exit']}")
    except (OSError, TimeoutError) as error:
        connection.close()
        raise NoFork(str(error) or f"no answer in {START_SECONDS} seconds") from error
    except BaseException:
        connection.close()
        raise
    return ForkedKernel(connection, said["pid"])


class ForkProvisioner(LocalProvisioner):
    """Gives a kernel from the fork server that `ADDRESS` names, or an ordinary one."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start a kernel; one line of warning if a server was promised and no forked kernel came of it."""
        address = os.environ.get(ADDRESS)
        if not address or not _is_ours(cmd):
            return await super().launch_kernel(cmd, **options)
        folder = str(options.get("cwd") or os.getcwd())  # noqa: PTH109
        arguments = cmd[cmd.index("ipykernel_launcher") :]
        try:
            kernel = await fork_kernel(address, arguments, kernel_environment(options.get("env") or os.environ), folder)
        except NoFork as refusal:
            self.log.warning("no warm kernel (%s): an ordinary one instead, slower, with the same result", refusal)
            return await super().launch_kernel(cmd, **options)
        self.process: Any = kernel
        self.pid = self.pgid = kernel.pid
        self.cwd = folder
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel; but the interrupt before the request to end would only print into the last cell, so it is left out."""
        if signum != signal.SIGINT or not getattr(self.parent, "shutting_down", False):
            await super().send_signal(signum)

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Wait for the end as it happens: most kernels end within a few milliseconds, and the manager looks ten times a second."""
        if isinstance(self.process, ForkedKernel):
            with contextlib.suppress(TimeoutError, OSError):
                await asyncio.wait_for(self.process.ended(), END_SECONDS / 2)


def _is_ours(command: list[str]) -> bool:
    """Return whether a command starts an ipykernel of this very environment."""
    here = (os.path.dirname(sys.executable), os.path.realpath(sys.executable))  # noqa: PTH120
    return "ipykernel_launcher" in command and (os.path.dirname(command[0]), os.path.realpath(command[0])) == here  # noqa: PTH120


class QuickClient(AsyncKernelClient):
    """A client that takes a kernel as ready when it has answered, without listening 0.2 s for silence: nbclient minds only its own cell."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        until = time.monotonic() + (timeout or float("inf"))
        while True:
            self.kernel_info()
            with contextlib.suppress(Empty):
                reply = await self.shell_channel.get_msg(timeout=1)
                if reply["msg_type"] == "kernel_info_reply":
                    await self.iopub_channel.get_msg(timeout=0.2)  # Empty if it is not connected yet
                    self._handle_kernel_info_reply(reply)
                    return
            if not await self._async_is_alive():
                raise RuntimeError("the kernel died before it was ready")
            if time.monotonic() > until:
                raise RuntimeError(f"the kernel was not ready in {timeout} seconds")

    wait_for_ready = _async_wait_for_ready


class QuickManager(AsyncKernelManager):
    """A kernel manager with the provisioner and client above, and little patience with a kernel that does not end."""

    client_factory = Type(klass=QuickClient, config=True)
    client_class = f"{__name__}.QuickClient"
    shutdown_wait_time = END_SECONDS

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        spec = self.kernel_spec
        if self.provisioner is None and spec is not None and not spec.metadata.get("kernel_provisioner"):
            self.kernel_id = self.kernel_id or secrets.token_hex(16)
            self.provisioner = ForkProvisioner(kernel_id=self.kernel_id, kernel_spec=spec, parent=self)
        return await super()._async_pre_start_kernel(**options)

    pre_start_kernel = _async_pre_start_kernel
