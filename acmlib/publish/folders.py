"""Folders and files put in their place on any file system: other disks, network drives, links."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from pathlib import Path

_AT_FDCWD = -100  # linux/fcntl.h
_RENAME_EXCHANGE = 2  # linux/fs.h; RENAME_SWAP of macOS has the same number

#: Answers of systems and file systems that cannot exchange two folders.
_CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})

#: Begins the name of a folder that will take the place of another, where that is on another file system than the working folder.
NEXT = ".next-"

REMEDY = "make the folder writable, or free some space"


class OutputsError(OSError):
    """Something cannot be written; `strerror` says what, `do` what to do."""

    def __init__(self, message: str, do: str = REMEDY) -> None:
        super().__init__(0, message)
        self.do = do


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, if they are not there.

    Raises
    ------
    OutputsError
        If a file, or a link that leads nowhere, has the name of one of them.
    OSError
        If the system does not allow it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError, FileNotFoundError):
        for place in (*reversed(folder.parents), folder):
            if place.is_symlink() and not place.exists():
                do = "bring that folder back (is the drive connected?), or remove the link"
                raise OutputsError(f"{place.name} is a link to {place.readlink()}, which is not there", do) from None
            if place.exists() and not place.is_dir():
                raise OutputsError(f"{place.name} is a file where a folder of that name is needed", "move the file away") from None
        raise


def exchange(one: Path, other: Path) -> None:
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


def replace_folder(new: Path, folder: Path, aside: Path) -> None:
    """Put a new folder in the place of one that may be there, in one step; what was there is afterwards at `new` or `aside`.

    Where folders cannot be exchanged this takes two steps; `bring_back` undoes the first if the second never came.

    Parameters
    ----------
    new, folder, aside : Path
        The new folder; where it goes, perhaps on another file system, to which it is copied first; where nothing is yet, on that of `new`.
    """
    make_folder(folder.parent)
    for left in folder.parent.glob(f"{NEXT}*"):  # of a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    try:
        _replace(new, folder, aside)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        near = Path(tempfile.mkdtemp(prefix=NEXT, dir=folder.parent))
        try:
            shutil.copytree(new, near / "new", copy_function=shutil.copyfile)
            _replace(near / "new", folder, near / "old")
        finally:
            shutil.rmtree(near, ignore_errors=True)


def _replace(new: Path, folder: Path, aside: Path) -> None:
    if not folder.exists():
        new.rename(folder)
        return
    try:
        exchange(new, folder)
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
