"""Warm kernels: each notebook has a fresh one of its own, and whatever happens to it happens to that notebook alone."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from acmlib.display.objects import Prose
from acmlib.publish.engine import CellError, execute
from acmlib.publish.exporter import export_page
from acmlib.publish.forkserver import ADDRESS, KERNEL_MODULES, WORKER_MODULES
from acmlib.publish.limits import Limits
from acmlib.publish.warm import SWITCH, can_fork, warm_kernels
from acmlib.publish.workers import Worker

pytestmark = pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux only; elsewhere the other tests run ordinary ones")

#: Enough for kernels without our reports, and quick to import.
LIGHT = (*KERNEL_MODULES, "numpy")


@pytest.fixture(scope="module")
def server(warm):
    """A fork server, and in the environment its address: it is newer than the one of all tests."""
    with warm_kernels(modules=LIGHT) as running:
        yield running


@pytest.fixture()
def run(tmp_path):
    """Run cells in a kernel of their own and return what they printed."""

    def run(*cells: str, **limits: float) -> str:
        path = tmp_path / "cells.ipynb"
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=kernel), path)
        executed = execute(path, {}, folder=tmp_path, **limits)
        return "".join(output.get("text", "") for cell in executed.cells for output in cell.outputs)

    return run


def gone(*pids: int, seconds: float = 10) -> bool:
    """Whether processes end in time."""
    until = time.monotonic() + seconds
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def appeared(path: Path, seconds: float = 120) -> int:
    """The process id that a process writes into a file."""
    until = time.monotonic() + seconds
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < until, f"{path.name} was never written"
        time.sleep(0.02)
    return int(path.read_text())


def waiting(server) -> psutil.Process:
    """The kernel that waits for the next notebook, once the last one has ended."""
    until = time.monotonic() + 10
    while len(children := psutil.Process(server.process.pid).children()) != 1:
        assert time.monotonic() < until, children
        time.sleep(0.02)
    return children[0]


SPOIL = """
import builtins, os, random, sys, warnings, matplotlib as mpl, numpy as np
left_behind = builtins.left_behind = np.left_behind = True
mpl.rcParams["figure.dpi"] = 33
os.environ["LEFT_BEHIND"] = "1"
sys.path.append("/left/behind")
warnings.simplefilter("error")
os.chdir("/")
random.seed(1); np.random.seed(1)
"""

LOOK = """
import builtins, json, os, random, sys, matplotlib as mpl, numpy as np
settings = {name: str(value) for name, value in mpl.rcParams.items()}
print(json.dumps({
    "left": "left_behind" in globals() or hasattr(builtins, "left_behind") or hasattr(np, "left_behind") or "LEFT_BEHIND" in os.environ,
    "folder": os.getcwd(), "path": sys.path, "flags": str(sys.flags), "settings": settings, "main": __name__,
    "names": sorted(name for name in globals() if not name.startswith("_") and name != "settings"),
    "environment": dict(os.environ),
    "random": [random.random(), np.random.rand()], "parent": os.getppid()}))
"""


#: What names a parent process, and what a server or a debugger needs; none of it is for notebooks.
PLUMBING = {"ACM_FORK_SERVER", "JPY_PARENT_PID", "JE_ARROW_MALLOC_CONF", "PYDEVD_USE_FRAME_EVAL", "PYTEST_CURRENT_TEST"}


def test_nothing_passes_from_one_notebook_to_the_next(server, run):
    run(SPOIL)
    first, second = (json.loads(run(LOOK)) for _ in range(2))
    assert first["parent"] == server.process.pid
    assert not first["left"] and "/left/behind" not in first["path"] and first["settings"]["figure.dpi"] != "33"
    # Chance is chance: two kernels of one server do not draw the same numbers.
    assert not set(first.pop("random")) & set(second.pop("random"))
    assert first == second


def test_a_forked_kernel_is_as_an_ordinary_one(server, run, monkeypatch):
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    forked = json.loads(run(LOOK))
    with monkeypatch.context() as without:
        without.delenv(ADDRESS)
        ordinary = json.loads(run(LOOK))
    assert (forked.pop("parent"), ordinary.pop("parent")) == (server.process.pid, os.getpid())
    for one in (forked, ordinary):
        one.pop("random")
        one["environment"] = sorted(f"{name}={value}" for name, value in one["environment"].items() if name not in PLUMBING)
    assert forked == ordinary


def test_plain_papermill_gives_the_same_page(server, workspace, notebook, monkeypatch):
    shown = Prose(("Report.",))._repr_mimebundle_()
    path = notebook("shows", "from IPython.display import display", f"display({shown!r} | {{'text/plain': language}}, raw=True)")
    ours = execute(path, {"language": "es"}, folder=workspace)
    monkeypatch.delenv(ADDRESS)
    plain = papermill.execute_notebook(path, None, {"language": "es"}, kernel_name="python3", cwd=workspace, progress_bar=False)
    assert export_page(ours, title="A page") == export_page(plain, title="A page")


def test_the_next_kernel_waits_and_knows_what_was_set_since(server, run, monkeypatch):
    run("a = 1")
    waits = waiting(server)
    monkeypatch.setenv("ACM_SET_SINCE", "yes")
    assert run("import os; print(os.getpid(), os.environ['ACM_SET_SINCE'])").split() == [str(waits.pid), "yes"]
    monkeypatch.delenv("ACM_SET_SINCE")
    assert run("import os; print('ACM_SET_SINCE' in os.environ)").strip() == "False"


def test_a_kernel_that_was_started_for_other_surroundings_is_not_used(server, run, monkeypatch):
    run("a = 1")
    waits = waiting(server)
    monkeypatch.setenv("TERM", "another")
    assert run("import os; print(os.getppid())").strip() == str(server.process.pid)
    assert gone(waits.pid)


def test_if_the_waiting_kernel_is_killed_another_is_forked(server, run):
    run("a = 1")
    waiting(server).kill()
    assert run("import os; print(os.getppid())").strip() == str(server.process.pid)


def test_a_kernel_that_does_not_end_is_ended_and_nobody_waits_for_it(server, run):
    began = time.monotonic()
    pid = int(run("import atexit, os, time; atexit.register(time.sleep, 99); print(os.getpid())"))
    assert time.monotonic() - began < 90
    assert gone(pid, seconds=60)


def test_what_a_kernel_does_at_its_end_is_done(server, run, tmp_path):
    run(f"import atexit, os; atexit.register(lambda: print(os.getpid(), file=open({str(tmp_path / 'end')!r}, 'w')))")
    assert gone(appeared(tmp_path / "end", seconds=5))


def test_what_a_library_writes_to_the_descriptor_is_shown_too(server, run, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # where it is set ipykernel does not look there
    assert run("import os; _ = os.write(1, b'from below\\n')", "1") == "from below\n"


@pytest.mark.parametrize("crash", ["import os; os._exit(3)", "import ctypes; ctypes.string_at(0)", "import os; os.abort()"])
def test_a_kernel_that_crashes_is_its_notebooks_failure_alone(server, run, crash):
    before = server.process.pid
    with pytest.raises(CellError, match="the kernel died in this cell") as caught:
        run("a = 1", crash, "a = 2")
    assert caught.value.index == 1
    assert run("import os; print(os.getppid())").strip() == str(before)


@pytest.mark.parametrize("hang", ["import time; time.sleep(99)", "import re; re.match('(a+)+$', 'a' * 60 + 'b')"])
def test_a_cell_that_hangs_is_stopped_with_all_that_it_started(server, run, tmp_path, hang):
    child = f"import subprocess; print(subprocess.Popen(['sleep', '99']).pid, file=open({str(tmp_path / 'pid')!r}, 'w'))"
    itself = f"import os; print(os.getpid(), file=open({str(tmp_path / 'kernel')!r}, 'w'))"
    with pytest.raises(CellError, match="stopped after 2 seconds") as caught:
        run(f"{child}\n{itself}", hang, limits=Limits(cell_seconds=2))
    assert caught.value.index == 1
    assert gone(appeared(tmp_path / "pid"), appeared(tmp_path / "kernel"))
    assert waiting(server)


def test_a_notebook_that_takes_too_long_in_all_is_stopped(server, run):
    with pytest.raises(CellError, match="stopped after"):
        run(*["import time; time.sleep(1)"] * 5, limits=Limits(cell_seconds=60, report_seconds=2.5))


def test_a_cell_that_prints_without_end_is_stopped(server, run):
    with pytest.raises(CellError, match="outputs were more than 2 MB") as caught:
        run("a = 1", "while True: print('na' * 5000)", limits=Limits(output_bytes=2_000_000, cell_seconds=60))
    assert caught.value.index == 1


def test_a_server_that_dies_is_replaced(server, run):
    before = server.process.pid
    with pytest.raises(CellError, match="the kernel died"):
        run("import os, signal, time; os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)")
    after = int(run("import os; print(os.getppid())"))
    assert after == server.process.pid != before


def test_what_is_read_at_import_is_not_passed_over(server, run, monkeypatch, caplog):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    said = run("import os, time; print(os.getppid(), time.tzname[0])").split()
    assert said == [str(os.getpid()), "JST"]  # an ordinary kernel, right though slower
    assert "no warm kernel (TZ: read when" in caplog.text


def test_a_worker_starts_before_the_server_is_ready_for_kernels(warm, tmp_path, monkeypatch):
    (tmp_path / "late.py").write_text(
        f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path)!r}, 'go').exists():\n    time.sleep(0.02)"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    with warm_kernels(modules=(*WORKER_MODULES[-1:], "late")) as running, contextlib.closing(Worker()) as worker:
        worker.begin(divmod, 7, 2)
        assert worker.result() == (3, 1) and not running.ready
        (tmp_path / "go").touch()


def test_a_server_with_threads_does_not_fork(run, tmp_path, monkeypatch, caplog):
    (tmp_path / "threaded.py").write_text("import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with warm_kernels(modules=(*KERNEL_MODULES, "threaded")):
        assert run("import os; print(os.getppid())").strip() == str(os.getpid())
    assert "has 2 threads" in caplog.text


def test_switched_off_kernels_are_ordinary_and_one_line_says_so(monkeypatch, caplog):
    monkeypatch.setenv(SWITCH, "0")
    with warm_kernels() as running:
        assert running is None
    assert [record.message for record in caplog.records] == [
        "warm kernels are switched off: ordinary ones instead, slower, with the same result"
    ]


def test_batches_beside_each_other_share_a_server_that_ends_with_the_last_of_them():
    before = os.environ.get(ADDRESS)
    first, second = (warm_kernels(modules=("json",)) for _ in range(2))
    shared = first.__enter__()
    assert second.__enter__() is shared
    with warm_kernels(modules=("csv",)) as other:
        assert os.environ[ADDRESS] == other.address != shared.address
        with warm_kernels(wanted=False):
            assert ADDRESS not in os.environ
    first.__exit__(None, None, None)
    assert shared.process.poll() is None and os.environ[ADDRESS] == shared.address
    second.__exit__(None, None, None)
    assert shared.process.poll() is not None and os.environ.get(ADDRESS) == before


def test_a_process_that_ends_in_the_middle_of_a_batch_does_not_wait_for_its_server():
    never_left = "from acmlib.publish.warm import warm_kernels; left = warm_kernels(modules=['json']); left.__enter__(); exit(3)"
    assert subprocess.run([sys.executable, "-c", never_left], timeout=60, check=False).returncode == 3


BATCH = """
import sys
from pathlib import Path
from acmlib.publish.forkserver import KERNEL_MODULES
from acmlib.publish.warm import warm_kernels
from acmlib.publish.workers import Worker
folder = Path(sys.argv[1])
with warm_kernels(modules=KERNEL_MODULES) as server:
    (folder / "server").write_text(f"{server.process.pid}\\n")
    worker = Worker()
    call = f"from acmlib.publish.engine import *; execute(Path({str(folder)!r}) / 'n.ipynb', {{}}, folder=Path({str(folder)!r}))"
    worker.begin(exec, call)
    worker.result()
"""


def test_a_batch_that_is_killed_leaves_no_process_behind(tmp_path):
    leave = f"import os; print(os.getpid(), file=open({str(tmp_path / 'kernel')!r}, 'w')); print(os.getppid())"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(
        new_notebook(cells=[new_code_cell(leave), new_code_cell("import time; time.sleep(99)")], metadata=kernel), tmp_path / "n.ipynb"
    )
    batch = subprocess.Popen([sys.executable, "-c", BATCH, str(tmp_path)])
    kernel_pid, server_pid = appeared(tmp_path / "kernel"), appeared(tmp_path / "server")
    forked = [one.pid for one in psutil.Process(server_pid).children()]
    assert kernel_pid in forked and len(forked) in (2, 3)  # the worker, its kernel, and the one for the next notebook
    batch.send_signal(signal.SIGKILL)
    batch.wait()
    assert gone(server_pid, *forked)
