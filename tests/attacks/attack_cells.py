"""Cells that do whatever a cell can do: each stops its own page with a message, the page beside it is made, and nothing is left behind.

make attacks
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from acmlib.contract.load import load_contract

CONTRACT = "nsw-job-training"
MARK = "ACM_ATTACK"

#: By what they do. Each is one cell in the middle of a notebook.
CELLS = {
    "raises": "1 / 0",
    "raises without words": "raise Exception",
    "raises what is no Exception": "raise BaseException('x')",
    "raises what cannot be printed": "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
    "exits": "import sys; sys.exit(0)",
    "exits at once": "import os; os._exit(0)",
    "interrupts itself": "raise KeyboardInterrupt",
    "is killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "aborts": "import os; os.abort()",
    "recurses": "def f(): f()\nf()",
    "never ends": "while True: pass",
    "sleeps": "import time; time.sleep(10_000)",
    "sleeps deaf": "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(10_000)",
    "waits for input": "input('?')",
    "prints without end": "while True: print('x' * 100_000)",
    "writes to the descriptor": "import os; os.write(1, b'x' * 100)",
    "closes its descriptors": "import os\nfor n in range(3, 200):\n    try: os.close(n)\n    except OSError: pass",
    "starts threads": "import threading, time\nfor _ in range(20): threading.Thread(target=time.sleep, args=(10_000,)).start()\n1 / 0",
    "starts processes": "import subprocess; [subprocess.Popen(['sleep', '10000']) for _ in range(5)]\n1 / 0",
    "starts a process in a session of its own": "import subprocess; subprocess.Popen(['sleep', '10000'], start_new_session=True)\n1 / 0",
    "takes memory": "x = bytearray(10 ** 15)",
    "replaces builtins": "import builtins; builtins.print = builtins.len = builtins.open = None\n1 / 0",
    "changes folder and environment": "import os; os.chdir('/'); os.environ.clear()\n1 / 0",
    "shows a frame of rows": "import pandas as pd; pd.DataFrame({'participant_id': range(5000)})",
    "shows script": "from IPython.display import HTML; HTML('<script>1</script>')",
    "warns": "import warnings; warnings.warn('x')",
    "is no Python": "this is no Python",
}


@pytest.fixture(scope="module")
def workspace(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with one contract and a notebook for each cell."""
    root = tmp_path_factory.mktemp("cells")
    for folder in ("params", "data"):
        shutil.copytree(repository / folder / CONTRACT, root / folder / CONTRACT)
    (root / "notebooks").mkdir()
    period = load_contract(CONTRACT, root=root).period
    parameters = f'contract = "{CONTRACT}"\nperiod = "{period}"\nedition = "provider"\nlanguage = "en"'
    for number, cell in enumerate(["Prose(('Good.',))", *CELLS.values()]):
        cells = [
            new_code_cell(parameters, metadata={"tags": ["parameters"]}),
            new_code_cell("from acmlib.display.objects import Prose"),
            new_markdown_cell("# Attack"),
            new_code_cell(cell),
        ]
        declared = {"acm": {"title": {"en": f"Attack {number}"}, "made": "always", "per": "contract"}}
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(new_notebook(cells=cells, metadata=kernel | declared), root / "notebooks" / f"attack{number:02}.ipynb")
    return root


def left(mark: str) -> list[psutil.Process]:
    """Return processes that the batch left behind."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_cells_that_do_anything_stop_their_own_page_alone(workspace: Path) -> None:
    command = [sys.executable, "-m", "acmlib", "run", CONTRACT, "--edition", "provider", "--language", "en", "--cell-seconds", "20"]
    surroundings = {**os.environ, MARK: str(workspace)}
    answer = subprocess.run(command, cwd=workspace, env=surroundings, capture_output=True, text=True, check=False, timeout=1800)
    said = answer.stdout + answer.stderr
    assert answer.returncode == 1 and "Traceback" not in said, said[-3000:]
    failures = {one["report"]: one for one in json.loads((workspace / "outputs/failures.json").read_text())["failures"]}
    made = sorted(path.stem for path in (workspace / "outputs").glob("*/*/*/attack*.html"))
    print(f"\n{len(CELLS)} cells: {len(failures)} pages refused, {len(made)} made")  # noqa: T201
    silent = [name for name, one in failures.items() if not (one["where"] and one["what"] and one["do"])]
    assert "attack00" in made and not silent
    assert len(failures) + len(made) == len(CELLS) + 1
    until = time.monotonic() + 20
    while left(str(workspace)) and time.monotonic() < until:
        time.sleep(0.2)
    remaining = [" ".join(process.cmdline()) for process in left(str(workspace))]
    for process in left(str(workspace)):
        process.kill()
    assert not remaining, remaining
