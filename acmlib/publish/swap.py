"""One folder put in the place of another in a single step, where the system has such a step: Linux and macOS have."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

_AT_FDCWD = -100  # linux/fcntl.h
_RENAME_EXCHANGE = 2  # linux/fs.h; RENAME_SWAP of macOS has the same number

#: Answers of systems and file systems that cannot do it.
_CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


def swap(one: Path, other: Path) -> None:
    """Let two folders of a file system change places, so that at no moment either place is empty.

    Raises
    ------
    OSError
        If it failed; with a number of `_CANNOT` if it cannot be done here.
    """
    library = ctypes.CDLL(None, use_errno=True)
    places = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_FDCWD, places[0], _AT_FDCWD, places[1], _RENAME_EXCHANGE)
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(*places, _RENAME_EXCHANGE)
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))


def put_in_place(new: Path, folder: Path, aside: Path) -> None:
    """Put a new folder in the place of one that may be there; what was there is afterwards at `new` or `aside`.

    Where folders cannot be swapped this takes two steps; `bring_back` undoes the first if the second never came.

    Parameters
    ----------
    new, folder, aside : Path
        On one file system. Nothing is at `aside`.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not folder.exists():
        new.rename(folder)
        return
    try:
        swap(new, folder)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        aside.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(aside)
        new.rename(folder)


def bring_back(asides: Path, home: Path) -> None:
    """Put back the folders three levels below `asides` whose place below `home` is empty."""
    for aside in asides.glob("*/*/*"):
        folder = home / aside.relative_to(asides)
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(folder)
