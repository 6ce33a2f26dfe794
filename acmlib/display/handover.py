"""A release made by one process and used by others: a batch makes it once, and hands it to the kernel of every page that shows it."""

from __future__ import annotations

import os
import pickle
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from acmlib.contract.consistency import expressions
from acmlib.contract.expressions import Checked, check_expressions, remember
from acmlib.contract.model import Edition
from acmlib.display.objects import RELEASE_VARIABLE
from acmlib.release.editions import Release


@dataclass(frozen=True)
class Handed:
    """A release, the workspace that it was made in, and what is known of the contract's expressions."""

    root: Path
    release: Release
    checked: Mapping[str, Checked]


def hand_over(release: Release, path: Path, *, root: Path) -> Handed:
    """Write a release for other processes of the same user, in one step, and return what was written.

    Parameters
    ----------
    path : Path
        The file; nobody else can read it.
    """
    new = path.with_name(f"{path.name}-{secrets.token_hex(4)}")
    checked = check_expressions(text for _, _, text in expressions(release.contract))
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    handed = Handed(root.resolve(), release, checked)
    with os.fdopen(descriptor, "wb") as file:
        pickle.dump(handed, file, protocol=pickle.HIGHEST_PROTOCOL)
    new.replace(path)
    return handed


@contextmanager
def handing_over(path: Path) -> Iterator[None]:
    """Name the file for the processes that are started meanwhile."""
    os.environ[RELEASE_VARIABLE] = str(path)
    try:
        yield
    finally:
        del os.environ[RELEASE_VARIABLE]


def handed_over(contract: str, *, root: Path, period: str | None, edition: Edition) -> Release | None:
    """Return the release that was handed to this process, if it is the one asked for; None if it has to be made.

    A file that another user owns, or that others can write, is not read.

    Parameters
    ----------
    period : str or None
        The period; None, the contract's own, is always made.
    """
    path = os.environ.get(RELEASE_VARIABLE)
    if not path:
        return None
    try:
        with open(path, "rb") as file:  # noqa: PTH123 -- the file that is looked at is the one that is read
            about = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (about.st_uid != os.getuid() or about.st_mode & 0o077):
                return None
            handed: Handed = pickle.load(file)  # noqa: S301 -- written by `hand_over` of this user
    except OSError:
        return None
    release = handed.release
    same = (release.contract.id, release.period.text, release.edition, handed.root) == (contract, period, edition, root.resolve())
    if not same:
        return None
    remember(handed.checked)
    return release
