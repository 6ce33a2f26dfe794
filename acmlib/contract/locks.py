"""Locks between processes: the operating system releases them when their holder ends, however it ends, and no file is left behind."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

try:
    import fcntl

    LOCKS = True
except ImportError:  # Windows; there one batch at a time is up to its users
    LOCKS = False


@contextlib.contextmanager
def locked(path: Path, *, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock of a file or folder; a file that is not there is made.

    Parameters
    ----------
    path : Path
        A folder that exists, or a file.
    waiting : callable
        Called once if another process holds the lock, before waiting for it.
    """
    descriptor = _opened(path)
    try:
        if not _taken(descriptor):
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def try_lock(path: Path) -> int | None:
    """Take the lock of a folder and return the descriptor that holds it until it is closed; None if another process has it.

    Raises
    ------
    FileNotFoundError
        If the folder is gone: nothing is made in its place.
    """
    return _lock_unless(path, _taken)


def lock_abandoned(path: Path, *, forgotten: Callable[[], bool] = lambda: False) -> int | None:
    """As `try_lock`; where the file system knows no locks, only what is `forgotten`: a lock does not tell whether the holder has ended."""
    return _lock_unless(path, lambda descriptor: forgotten() if (free := _answer(descriptor)) is None else free)


def _lock_unless(path: Path, taken: Callable[[int], bool]) -> int | None:
    descriptor = os.open(path, os.O_RDONLY)
    if taken(descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDONLY) if path.is_dir() else os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _taken(descriptor: int) -> bool:
    """Try to lock without waiting. A file system that knows no locks has none to wait for."""
    return _answer(descriptor) is not False


def _answer(descriptor: int) -> bool | None:
    """Try to lock without waiting; None if that is not known here."""
    if not LOCKS:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
