"""How papermill runs our notebooks: in a fresh kernel of this interpreter, warm where a fork server runs (`acmlib.publish.kernel`).

A cell that fails, hangs, prints without end or ends its kernel is named. Papermill comes upon this module by its entry point while it is
itself being imported, so nothing that papermill does not need imports it.
"""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import raise_for_execution_errors
from traitlets import Float, Int
from traitlets.config import Config

from acmlib.publish.kernel import NotReadyError, QuickManager
from acmlib.publish.limits import ORDINARY, Limits

#: Name under which the engine is registered with papermill.
ENGINE = "acm"

#: Always the interpreter that runs this: Jupyter resolves this name to it.
KERNEL = "python3"

#: How often a kernel is started for a notebook: one may be killed for want of memory, or lose a race for its ports, before it has begun.
STARTS = 3

#: How often a notebook that papermill writes as it runs is written, in seconds.
SAVE_SECONDS = 10

#: Ours where papermill's are not given: outputs may come long after the answer to their cell when the machine is busy.
DEFAULTS = {"kernel_manager_class": QuickManager, "startup_timeout": 60, "iopub_timeout": 60}


class CellError(RuntimeError):
    """A cell that failed, hung or took its kernel with it.

    Attributes
    ----------
    index : int
        Its place among the cells of the executed notebook, from 0, the injected parameters included.
    message : str
        What the cell or the kernel said last.
    """

    def __init__(self, index: int, message: str) -> None:
        super().__init__(index, message)
        self.index = index
        self.message = message

    def __str__(self) -> str:
        return self.message


class KernelError(RuntimeError):
    """No kernel could be started for a notebook; none of its cells was run."""


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client, which also ends a kernel that prints without end, before this process runs out of memory."""

    cell_seconds = Float(Limits.cell_seconds)
    report_seconds = Float(Limits.report_seconds)
    output_bytes = Int(Limits.output_bytes)

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, timeout_func=self.time_left, **options)
        self.printed = 0
        self.began = time.monotonic()
        self.allowed = 0.0

    def time_left(self, _: NotebookNode) -> float:
        """Return how long the next cell may take; nbclient takes 0 as forever."""
        self.allowed = max(0.1, min(self.cell_seconds, self.began + self.report_seconds - time.monotonic()))
        return self.allowed

    def papermill_execute_cells(self) -> None:
        """Run the cells; a kernel that hangs is not asked to end, it is ended."""
        try:
            super().papermill_execute_cells()
        except BaseException:
            self.shutdown_kernel = "immediate"
            raise

    def process_message(self, message: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Take a message of the kernel, as long as the notebook's outputs stay within the limit."""
        content = message["content"]
        if message["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data"):
            self.printed += len(content.get("text", "")) + sum(len(str(one)) for one in content.get("data", {}).values())
            if self.printed > self.output_bytes:
                asyncio.ensure_future(self.km.signal_kernel(signal.SIGKILL))  # noqa: RUF006 -- nbclient sees the kernel dead within a second
                return None
        return super().process_message(message, cell, cell_index)


class Progress(NotebookExecutionManager):  # type: ignore[misc]
    """Papermill's record of a run, which writes the notebook every few seconds instead of twice a cell, and always at the end."""

    def save(self, **given: Any) -> None:
        """Write the notebook if it has ended, or has not been written for a while."""
        failed = self.nb.metadata.papermill.get("exception")
        if failed or self.end_time is not None or (self.now() - self.last_save_time).total_seconds() > SAVE_SECONDS:
            super().save(**given)


class Engine(NBClientEngine):  # type: ignore[misc]
    """papermill's own engine with warm kernels and few saves, which also tells the cell in which a kernel died or hung."""

    @classmethod
    def execute_notebook(cls, nb: NotebookNode, kernel_name: str, output_path: str | None = None, **options: Any) -> NotebookNode:
        """Run a notebook: as papermill's engine does, with our record of the run."""
        shown = {name: options.pop(name) for name in ("progress_bar", "autosave_cell_every") if name in options}
        run = Progress(nb, output_path=output_path, log_output=options.get("log_output", False), **shown)
        run.notebook_start()
        try:
            cls.execute_managed_notebook(run, kernel_name, **options)
        finally:
            run.cleanup_pbar()
            run.notebook_complete()
        return nb

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Run the cells, and name the one that was running if the kernel did not outlive it."""
        for name in ("input_path", "autosave_cell_every"):
            options.pop(name, None)
        for theirs, ours in (("execution_timeout", "cell_seconds"), ("start_timeout", "startup_timeout")):
            given = options.pop(theirs, None)
            options |= {ours: given} if given else {}
        client = Client(nb_man, kernel_name=kernel_name, **(DEFAULTS | options))
        try:
            return _executed(client)
        except CellTimeoutError as error:
            raise CellError(_running(nb_man.nb), f"the cell was stopped after {client.allowed:.0f} seconds") from error
        except DeadKernelError as error:
            why = "the kernel died in this cell (out of memory, or ended by the cell itself)"
            if client.printed > client.output_bytes:
                why = f"the cell was stopped: the notebook's outputs were more than {client.output_bytes / 1e6:,.0f} MB"
            raise CellError(_running(nb_man.nb), why) from error


def _executed(client: Client) -> NotebookNode:
    """Run the cells in a kernel, if need be in the next one: as long as none has run nothing is done twice."""
    last: NotReadyError | None = None
    for _ in range(STARTS):
        try:
            executed: NotebookNode = client.execute()
        except NotReadyError as error:
            last = error
            client.km = client.kc = None
        else:
            return executed
    raise KernelError(f"{last}, {STARTS} times in a row") from last


def _running(notebook: NotebookNode) -> int:
    """Return the place of the last cell that had begun: papermill marks a cell as ended in any case, and the others stay pending."""
    states = [cell.metadata.get("papermill", {}).get("status") for cell in notebook.cells]
    return max((place for place, state in enumerate(states) if state not in (None, "pending")), default=0)


papermill_engines.register(ENGINE, Engine)


def execute(notebook: Path, parameters: dict[str, str], *, folder: Path, limits: Limits = ORDINARY) -> NotebookNode:
    """Run a notebook with its parameters in a fresh kernel and return it with its outputs; nothing is written.

    Parameters
    ----------
    notebook : Path
        The notebook as it is stored.
    parameters : dict
        Values for the names in its parameters cell (see `unknown_parameters`).
    folder : Path
        Working folder of the kernel.

    Raises
    ------
    CellError
        If a cell fails, hangs, prints without end or ends its kernel.
    KernelError
        If no kernel could be started.
    """
    # The kernel speaks over a port of this machine, which its other users can listen to: encrypted, where the kernel can.
    private = Config({"KernelManager": {"transport_encryption": "auto"}})
    # papermill prepares the notebook and its engine runs it; `execute_notebook` would also write the outputs as text that nobody reads.
    given = {"engine_name": ENGINE, "kernel_name": KERNEL, "language": "python"}
    prepared = papermill.execute_notebook(str(notebook), None, parameters=parameters, prepare_only=True, **given)
    try:
        executed = Engine.execute_notebook(
            prepared,
            KERNEL,
            progress_bar=False,
            config=private,
            resources={"metadata": {"path": str(folder)}},
            cell_seconds=limits.cell_seconds,
            report_seconds=limits.report_seconds,
            output_bytes=limits.output_bytes,
        )
        raise_for_execution_errors(executed, None)
    except PapermillExecutionError as error:
        raise CellError(error.cell_index, f"{error.ename}: {error.evalue}") from error
    if any(cell.metadata.get("papermill", {}).get("status") == "failed" for cell in executed.cells):
        # papermill takes sys.exit() and sys.exit(0) for success; the cells after it were not run.
        raise CellError(_running(executed), "SystemExit: the cell ended the notebook before its end; take sys.exit() out")
    return executed


def notebook_parameters(notebook: Path) -> tuple[str, ...]:
    """Return the names in the parameters cell of a notebook; empty if no cell is tagged ``parameters``."""
    return tuple(papermill.inspect_notebook(str(notebook)))
