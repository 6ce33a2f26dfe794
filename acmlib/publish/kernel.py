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
import sys
import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Type

from acmlib.publish.forkserver import ADDRESS
from acmlib.publish.warm import LONGEST_ANSWER, START_SECONDS, NoFork, ask, granted

#: Seconds for a kernel to end by itself once it was asked to.
END_SECONDS = 1.0

logger = logging.getLogger(__name__)


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

    async def ended(self) -> None:
        """Wait for the end."""
        if self.returncode is None:
            self._end(await asyncio.get_running_loop().sock_recv(self._connection, LONGEST_ANSWER))

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


async def fork_kernel(arguments: list[str], environment: dict[str, str], folder: str) -> ForkedKernel:
    """Ask the fork server for a kernel and wait until it is ready for clients.

    Raises
    ------
    NoFork
        If it refuses, is gone, or takes too long.
    """
    connection = ask(["kernel", *arguments], environment, folder, (1, 2))
    try:
        connection.setblocking(False)
        packet = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(connection, LONGEST_ANSWER), START_SECONDS)
        return ForkedKernel(connection, granted(packet))
    except (OSError, TimeoutError) as error:
        connection.close()
        raise NoFork(str(error) or f"no answer in {START_SECONDS} seconds") from error
    except BaseException:
        connection.close()
        raise


class ForkProvisioner(LocalProvisioner):
    """Gives a kernel from the fork server that `ADDRESS` names, or an ordinary one."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start a kernel; one line of warning if a server was promised and no forked kernel came of it."""
        if ADDRESS not in os.environ or not _is_ours(cmd):
            return await super().launch_kernel(cmd, **options)
        folder = str(options.get("cwd") or os.getcwd())  # noqa: PTH109
        try:
            arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
            environment = {name: value for name, value in (options.get("env") or os.environ).items() if name != ADDRESS}
            kernel = await fork_kernel(arguments, environment, folder)
        except NoFork as refusal:
            logger.warning("no warm kernel (%s): an ordinary one instead, slower, with the same result", refusal)
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
