"""Notebooks run in fresh kernels of this interpreter; a cell that fails, hangs or ends its kernel is named."""

import signal
import sys

import pytest

from acmlib.publish.engine import STARTS, CellError, KernelError, execute, notebook_parameters
from acmlib.publish.kernel import QuickClient
from acmlib.publish.limits import Limits


def outputs(executed) -> str:
    return "".join(output.get("text", "") for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs)


def test_a_notebook_runs_with_its_parameters_in_the_workspace_and_this_interpreter(workspace, notebook):
    path = notebook("talks", "import os, sys", "print(contract, language, os.getcwd(), sys.prefix, sep='|')")
    said = outputs(execute(path, {"language": "es"}, folder=workspace)).strip().split("|")
    assert said == ["little-jobs", "es", str(workspace), sys.prefix]


def test_parameters_are_those_of_the_tagged_cell(workspace, notebook):
    assert notebook_parameters(workspace / "notebooks" / "dashboard.ipynb") == ("contract", "period", "edition", "language")
    assert notebook_parameters(notebook("empty", parameters="")) == ()


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("raise ValueError('no such group')", "ValueError: no such group"),
        ("import sys; sys.exit()", "SystemExit"),  # which papermill counts as success
        ("import sys; sys.exit(0)", "SystemExit"),
        ("import sys; sys.exit('enough')", "SystemExit: enough"),
        ("import os; os._exit(3)", "the kernel died in this cell"),
        ("import time; time.sleep(60)", "the cell was stopped after 3 seconds"),
    ],
)
def test_a_cell_that_fails_dies_or_hangs_is_named(workspace, notebook, cell, message):
    path = notebook("breaks", "a = 1", cell, "a = 2")
    with pytest.raises(CellError, match=message) as caught:
        execute(path, {"period": "2025-05"}, folder=workspace, limits=Limits(cell_seconds=3))
    assert caught.value.index == 3  # parameters, injected parameters, a = 1, this one


@pytest.mark.parametrize("dying", [1, STARTS])
def test_a_kernel_that_dies_before_it_is_ready_is_replaced_and_at_last_named(workspace, notebook, monkeypatch, dying):
    wait, started = QuickClient.wait_for_ready, []

    async def killed_first(client, timeout=None):
        started.append(client)
        if len(started) <= dying:
            await client.parent.signal_kernel(signal.SIGKILL)
        await wait(client, timeout)

    monkeypatch.setattr(QuickClient, "wait_for_ready", killed_first)
    path = notebook("lives", "print(period)")
    if dying < STARTS:
        assert outputs(execute(path, {"period": "2025-05"}, folder=workspace)).strip() == "2025-05"
    else:
        with pytest.raises(KernelError, match=f"the kernel died before it was ready .*, {STARTS} times in a row"):
            execute(path, {"period": "2025-05"}, folder=workspace)
    assert len(started) == min(dying + 1, STARTS)
