"""Private folders for temporary files, such as a provider's file in another encoding. None is left behind, even by a killed process."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import weakref
from functools import cache
from pathlib import Path

from acmlib.contract.locks import lock_abandoned, try_lock


class PrivateFolder:
    """A folder in the system's place for temporary files that only this user can open.

    `close` removes it, as does the end of this process. If the process is killed, the next one of this user that needs such a folder
    removes it: a folder whose lock nobody holds belonged to a process that has ended.

    Attributes
    ----------
    path : Path

    Examples
    --------
    >>> folder = PrivateFolder()
    >>> oct(folder.path.stat().st_mode & 0o777)
    '0o700'
    >>> folder.close()
    >>> folder.path.exists()
    False
    """

    def __init__(self) -> None:
        _sweep(tempfile.gettempdir())
        self.path, held = _made()
        self._end = weakref.finalize(self, _remove, self.path, held, os.getpid())

    def close(self) -> None:
        """Remove it with everything in it. A second time does no harm."""
        self._end()


def _made() -> tuple[Path, int]:
    while True:  # until no other process sweeps the new folder away before its lock is held
        path = Path(tempfile.mkdtemp(prefix=_prefix()))
        with contextlib.suppress(FileNotFoundError):
            held = try_lock(path)
            if held is not None and path.exists():
                return path, held


def _remove(path: Path, held: int, owner: int) -> None:
    if os.getpid() != owner:  # a fork has the same variables, and leaves its parent's folder alone
        return
    shutil.rmtree(path, ignore_errors=True)
    os.close(held)


def _prefix() -> str:
    return f"acm-{os.getuid()}-" if hasattr(os, "getuid") else "acm-"


@cache
def _sweep(home: str) -> None:
    """Remove what dead processes of this user left; once in a process."""
    for left in Path(home).glob(f"{_prefix()}*"):
        if left.is_symlink() or not left.is_dir():  # of somebody who uses our name
            continue
        with contextlib.suppress(OSError):
            ended = lock_abandoned(left)
            if ended is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(ended)
