"""Kernels for papermill that are forked from a warm server where one runs, and ordinary kernels everywhere else; the page is the same."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import signal
import sys
import time
from functools import cache
from queue import Empty
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Type, default

from acmlib.publish.forks import END_SECONDS, ForkedKernel, Request, fork_kernel
from acmlib.publish.forkserver import ADDRESS
from acmlib.publish.warm import NoFork

logger = logging.getLogger(__name__)


class ForkProvisioner(LocalProvisioner):
    """Gives a kernel from the fork server that `ADDRESS` names, or an ordinary one."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start a kernel; one line of warning if a server was promised and no forked kernel came of it."""
        if ADDRESS not in os.environ or not _is_ours(cmd):
            return await super().launch_kernel(cmd, **options)
        folder = str(options.get("cwd") or os.getcwd())  # noqa: PTH109
        _, file, *arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        environment = {name: value for name, value in (options.get("env") or os.environ).items() if name != ADDRESS}
        try:
            kernel, found = await fork_kernel(Request(tuple(arguments), environment, folder), self.connection_info, file)
        except NoFork as refusal:
            logger.warning("no warm kernel (%s): an ordinary one instead, slower, with the same result", refusal)
            return await super().launch_kernel(cmd, **options)
        self.connection_info = found
        self.process: Any = kernel
        self.pid = self.pgid = kernel.pid
        self.cwd = folder
        return found

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel; but the interrupt before the request to end would only print into the last cell, so it is left out."""
        if signum != signal.SIGINT or not getattr(self.parent, "shutting_down", False):
            await super().send_signal(signum)

    def leave(self) -> bool:
        """Do not wait for a forked kernel that was asked to end; return whether this is one."""
        if not isinstance(self.process, ForkedKernel):
            return False
        self.process.leave()
        self.process = None
        return True


def _is_ours(command: list[str]) -> bool:
    """Return whether a command starts an ipykernel of this very environment."""
    here = (os.path.dirname(sys.executable), os.path.realpath(sys.executable))  # noqa: PTH120
    return "ipykernel_launcher" in command and (os.path.dirname(command[0]), os.path.realpath(command[0])) == here  # noqa: PTH120


@cache
def _context() -> zmq.asyncio.Context:
    """One for all kernels of a process, as the documentation of zmq advises; to end one takes as long as a cell."""
    return zmq.asyncio.Context()


class NotReadyError(RuntimeError):
    """A kernel that died, or did not answer in time, before it was given anything to do."""


class QuickClient(AsyncKernelClient):
    """A client that takes a kernel as ready when it has answered, without listening 0.2 s for silence: nbclient minds only its own cell.

    It has the two channels that a notebook needs which nobody watches; whether the kernel lives its provisioner knows.
    """

    @default("context")
    def _context_default(self) -> zmq.asyncio.Context:
        return _context()

    def start_channels(self, shell: bool = True, iopub: bool = True, stdin: bool = False, hb: bool = False, control: bool = False) -> None:
        """Open the channels."""
        super().start_channels(shell, iopub, stdin, hb, control)

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
                process = getattr(getattr(self.parent, "provisioner", None), "process", None)
                raise NotReadyError(f"the kernel died before it was ready (status {getattr(process, 'returncode', None)})")
            if time.monotonic() > until:
                raise NotReadyError(f"the kernel was not ready in {timeout} seconds")

    wait_for_ready = _async_wait_for_ready


class QuickManager(AsyncKernelManager):
    """A kernel manager with the provisioner and client above, and little patience with a kernel that does not end."""

    client_factory = Type(klass=QuickClient, config=True)
    client_class = f"{__name__}.QuickClient"
    shutdown_wait_time = END_SECONDS

    @default("context")
    def _context_default(self) -> zmq.asyncio.Context:
        return _context()

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        spec = self.kernel_spec
        if self.provisioner is None and spec is not None and not spec.metadata.get("kernel_provisioner"):
            self.kernel_id = self.kernel_id or secrets.token_hex(16)
            self.provisioner = ForkProvisioner(kernel_id=self.kernel_id, kernel_spec=spec, parent=self)
        return await super()._async_pre_start_kernel(**options)

    pre_start_kernel = _async_pre_start_kernel

    async def _async_finish_shutdown(self, waittime: float | None = None, pollinterval: float = 0.1, restart: bool = False) -> None:
        if restart or not isinstance(self.provisioner, ForkProvisioner) or not self.provisioner.leave():
            await super()._async_finish_shutdown(waittime, pollinterval, restart)

    finish_shutdown = _async_finish_shutdown
