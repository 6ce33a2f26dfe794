"""What readers of public editions have been given: one file for each release that was handed out, never changed afterwards.

``ledger/<contract>/0003.json`` is the third entry of a contract. Its first line holds the release as it was shown (hidden cells are empty
there too) and the digest of the entry before; its second line is the digest of the first. So an entry that is missing, renamed, edited or
cut is noticed. An entry is written beside the others and synced to the disk before its pages are handed out: a run that is killed leaves
a whole entry or none. Nothing here needs pandas, because the batch imports it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from acmlib.contract.errors import ContractError

#: Folder of the ledger in a workspace; `make clean` leaves it.
LEDGER = "ledger"
OUTPUTS = "outputs"
#: Folder of what meetings are handed; git leaves it out.
HANDOUTS = "handouts"
#: Under this key a run record names the content that was handed out.
RELEASED = "released"
#: Within so many bytes from the beginning of an entry stands its period.
HEAD, _PERIOD = 1000, re.compile(rb'"period": "([^"]+)"')


class OvertakenError(Exception):
    """Readers were given another release of the contract while this one was made, which does not know of it."""


class LedgerError(ContractError):
    """The ledger is not what was written; the message names the file and the way back."""


@dataclass(frozen=True)
class Entry:
    """One release as readers have it."""

    period: str
    edition: str
    made_at: str
    minimum_count: int  #: The threshold that it was decided with.
    grouping: Mapping[str, str]  #: Dimension to a digest of what decides who is in which group.
    cells: tuple[tuple[Any, ...], ...]  #: Key, numerator, denominator (None where hidden or none) and status.

    @cached_property
    def content(self) -> str:
        """Digest of what readers see and how it was decided, whenever it was made."""
        kept = {name: getattr(self, name) for name in ("period", "minimum_count", "grouping", "cells")}
        return _digest(json.dumps(kept, sort_keys=True).encode())[:12]


def read_ledger(contract: str, root: Path) -> tuple[Entry, ...]:
    """Return what readers of a contract's public editions have been given, in that order.

    Raises
    ------
    LedgerError
        If entries are missing, renamed, edited or cut, also beside pages that were handed out: what readers know is not guessed.
    """
    entries = tuple(_entries(contract, root))
    known = {entry.content for entry in entries}
    for path in sorted((root / OUTPUTS / contract).glob("*/*/run.json")):
        for name, content in sorted(_handed_out(path).items()):
            if content not in known:
                page = (path.parent.relative_to(root) / name).as_posix()
                raise LedgerError(
                    [f"{LEDGER}/{contract}/: entry {content}, with which {page} was handed out, is missing; {_back(contract)}"]
                )
    return entries


def entry_files(contract: str, root: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file of a contract's ledger, from the workspace, with the period of its release; what is in it is not checked."""
    folder = root / LEDGER / contract
    for path in sorted(folder.glob("[0-9]*.json")) if folder.is_dir() else ():
        with path.open("rb") as file:
            found = _PERIOD.search(file.read(HEAD))
        yield path.relative_to(root), found[1].decode() if found else ""


def handout_copies(contract: str, root: Path, *, other_than: str) -> list[Path]:
    """Return the metric tables that are kept of a contract's handouts, from the workspace, but those for one period."""
    found = sorted((root / HANDOUTS / contract).glob("*-provider.*.csv"))
    return [path.relative_to(root) for path in found if not path.name.startswith(f"{other_than}-")]


def enter(entry: Entry, contract: str, root: Path, *, decided_with: Collection[str]) -> Path | None:
    """Write an entry at the end of a contract's ledger, on the disk before this returns; None if it is there already.

    Parameters
    ----------
    root : Path
        The workspace. The caller holds its lock: one process at a time writes.
    decided_with : collection of str
        Contents of the entries that the release was decided together with.

    Raises
    ------
    OvertakenError
        If there are others by now: two releases that do not know of each other could together give a hidden count away.
    """
    entries = list(_entries(contract, root))
    contents = {one.content for one in entries}
    if contents - {*decided_with, entry.content}:
        raise OvertakenError
    if entry.content in contents:
        return None
    folder = root / LEDGER / contract
    folder.mkdir(parents=True, exist_ok=True)
    number = len(entries) + 1
    previous = _digest((folder / f"{number - 1:04d}.json").read_bytes()) if entries else ""
    body = json.dumps({"number": number, "previous": previous, "contract": contract, **asdict(entry)}, ensure_ascii=False).encode()
    path, new = folder / f"{number:04d}.json", folder / ".new"  # in one folder, so that the last step is one step on every file system
    with new.open("wb") as file:
        file.write(body + b"\nsha256:" + _digest(body).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    if hasattr(os, "O_DIRECTORY"):  # the name has to survive, too
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(descriptor)
        os.close(descriptor)
    return path


def staged(path: Path) -> Entry:
    """Return an entry that was written with `stage`."""
    return _entry(json.loads(path.read_bytes()))


def stage(entry: Entry, path: Path) -> Path:
    """Write an entry where it waits for its page, and return where."""
    path.write_text(json.dumps(asdict(entry)), encoding="utf-8")
    return path


def _entry(known: Mapping[str, Any]) -> Entry:
    cells = tuple(tuple(row) for row in known["cells"])
    return Entry(known["period"], known["edition"], known["made_at"], known["minimum_count"], known["grouping"], cells)


def _entries(contract: str, root: Path) -> Iterator[Entry]:
    """Yield the entries of a ledger, as long as each is what was written and follows the one before."""
    folder, previous = root / LEDGER / contract, ""
    files = sorted(path for path in folder.iterdir() if not path.name.startswith(".")) if folder.is_dir() else []
    for number, path in enumerate(files, start=1):
        where = f"{LEDGER}/{contract}/{path.name}"
        if path.suffix == ".csv":
            raise LedgerError([f"{where}: is of an earlier version, which showed months; move {LEDGER}/{contract}/ away, and keep it"])
        if path.name != f"{number:04d}.json":
            raise LedgerError([f"{LEDGER}/{contract}/{number:04d}.json: is missing or renamed ({path.name} is there); {_back(contract)}"])
        written = path.read_bytes()
        body, _, rest = written.partition(b"\n")
        if rest != b"sha256:" + _digest(body).encode() + b"\n":
            raise LedgerError([f"{where}: is not what was written (edited or cut); {_back(contract)}"])
        known = json.loads(body)
        if (known["number"], known["previous"], known["contract"]) != (number, previous, contract):
            raise LedgerError([f"{where}: does not follow the entry before it (renamed, exchanged or copied); {_back(contract)}"])
        previous = _digest(written)
        yield _entry(known)


def _handed_out(path: Path) -> dict[str, str]:
    """Return the pages of a folder that were handed out, each with the content of its entry."""
    try:
        pages = json.loads(path.read_bytes())["pages"]
        return {name: page[RELEASED] for name, page in pages.items() if page.get(RELEASED)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _back(contract: str) -> str:
    return (
        f"restore {LEDGER}/{contract}/ from a backup; only if none of its pages ever left the office, delete that folder and "
        f"{OUTPUTS}/{contract}/, and release again"
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
