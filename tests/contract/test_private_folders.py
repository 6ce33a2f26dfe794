"""Clients' rows never lie around in the system's folder for temporary files: not after an error, and not after a process was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from acmlib.contract import private_folders

HOLD = """
import sys
from pathlib import Path
from acmlib.display import training
from acmlib.intake.connection import Workspace

workspace, lesson = Workspace(), training.lesson(1)
(workspace.folder / "utf8.csv").write_text("participant_id,name\\n1,Ana Ruiz\\n")
print("ready", flush=True)
sys.stdin.readline()
"""


def start(home):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], env={**os.environ, "TMPDIR": str(home)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_what_a_killed_process_left_goes_when_the_next_one_starts_and_what_others_use_stays(tmp_path):
    killed = start(tmp_path)
    mine = set(tmp_path.iterdir())
    assert len(mine) == 2
    assert {folder.stat().st_mode & 0o777 for folder in mine} == {0o700}
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert set(tmp_path.iterdir()) == mine, "nobody could remove it"

    (tmp_path / f"acm-{os.getuid()}-link").symlink_to(tmp_path.parent)
    living, another = start(tmp_path), start(tmp_path)
    used = {path for path in tmp_path.iterdir() if not path.is_symlink()}
    assert len(used) == 4
    assert not used & mine

    living.communicate("\n")
    another.communicate("\n")
    assert [path.is_symlink() for path in tmp_path.iterdir()] == [True], "a process that ends leaves nothing"
    assert tmp_path.parent.exists()


def test_a_folder_that_another_process_sweeps_away_before_it_is_locked_is_made_anew_and_is_a_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(private_folders.tempfile, "tempdir", str(tmp_path))
    make, swept = private_folders.tempfile.mkdtemp, []

    def made(prefix):
        path = make(prefix=prefix)
        if not swept:
            swept.append(path)
            Path(path).rmdir()
        return path

    monkeypatch.setattr(private_folders.tempfile, "mkdtemp", made)
    folder = private_folders.PrivateFolder()
    assert folder.path.is_dir(), "a file in its place ends a run that writes utf8.csv into it with NotADirectoryError"
    assert list(tmp_path.iterdir()) == [folder.path]
    folder.close()
