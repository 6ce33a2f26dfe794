"""How papermill runs our notebooks: in a fresh kernel of this interpreter, and a kernel that dies or hangs is named with its cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

#: Name under which the engine is registered with papermill.
ENGINE = "acm"

#: Always the interpreter that runs this: Jupyter resolves this name to it.
KERNEL = "python3"

#: Longest time one cell may take, in seconds: far beyond any real report, short enough to end a batch before the meeting.
CELL_SECONDS = 600


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


class Engine(NBClientEngine):  # type: ignore[misc]
    """papermill's own engine, which also tells the cell in which a kernel died or hung."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Run the cells, and name the one that was running if the kernel did not outlive it."""
        try:
            return super().execute_managed_notebook(nb_man, kernel_name, **options)
        except CellTimeoutError as error:
            seconds = options.get("execution_timeout")
            raise CellError(_running(nb_man.nb), f"the cell was stopped after {seconds} seconds") from error
        except DeadKernelError as error:
            raise CellError(_running(nb_man.nb), "the kernel died in this cell (out of memory, or ended by the cell itself)") from error


def _running(notebook: NotebookNode) -> int:
    """Return the place of the last cell that had begun: papermill marks a cell as ended in any case, and the others stay pending."""
    states = [cell.metadata.get("papermill", {}).get("status") for cell in notebook.cells]
    return max((place for place, state in enumerate(states) if state not in (None, "pending")), default=0)


papermill_engines.register(ENGINE, Engine)


def execute(notebook: Path, parameters: dict[str, str], *, folder: Path, cell_seconds: int = CELL_SECONDS) -> NotebookNode:
    """Run a notebook with its parameters in a fresh kernel and return it with its outputs; nothing is written.

    Parameters
    ----------
    notebook : Path
        The notebook as it is stored.
    parameters : dict
        Values for the names in its parameters cell (see `unknown_parameters`).
    folder : Path
        Working folder of the kernel.
    cell_seconds : int
        Longest time one cell may take.

    Raises
    ------
    CellError
        If a cell fails, hangs or ends its kernel.
    """
    # The kernel speaks over a port of this machine, which its other users can listen to: encrypted, where the kernel can.
    private = Config({"KernelManager": {"transport_encryption": "auto"}})
    try:
        executed: NotebookNode = papermill.execute_notebook(
            str(notebook),
            None,
            parameters=parameters,
            engine_name=ENGINE,
            kernel_name=KERNEL,
            language="python",
            cwd=str(folder),
            progress_bar=False,
            request_save_on_cell_execute=False,
            config=private,
            execution_timeout=cell_seconds,
        )
    except PapermillExecutionError as error:
        raise CellError(error.cell_index, f"{error.ename}: {error.evalue}") from error
    return executed


def notebook_parameters(notebook: Path) -> tuple[str, ...]:
    """Return the names in the parameters cell of a notebook; empty if no cell is tagged ``parameters``."""
    return tuple(papermill.inspect_notebook(str(notebook)))
