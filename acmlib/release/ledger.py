"""What readers of public editions have been given: one file for each release that was handed out, never changed afterwards.

``ledger/<contract>/0003-2026-06-public-1a2b3c4d5e6f.json`` is the third entry of a contract. Its first line holds the release as it was
shown (hidden cells are empty there too) and the digest of the entry before; its second line the digest of the first. So an entry that is
missing, renamed, edited or cut is noticed. An entry is written beside the others and synced to the disk before its pages are handed out:
a run that is killed leaves a whole entry or none. Nothing here needs more than Python itself, because the batch imports it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from acmlib.contract.errors import ContractError

#: Folder of the ledger in a workspace; `make clean` leaves it.
LEDGER = "ledger"
OUTPUTS = "outputs"
#: Under this key a run record names the content that was handed out.
RELEASED = "released"

_NAME = re.compile(r"(?P<number>\d{4})-(?P<period>.+)-(?P<edition>[a-z]+)-(?P<content>[0-9a-f]{12})\.json")


class LedgerError(ContractError):
    """The ledger is not what was written; the message names the file and the way back."""


@dataclass(frozen=True)
class Entry:
    """One release as readers have it.

    Attributes
    ----------
    period, edition : str
    made_at : str
    minimum_count : int
        The threshold that it was decided with.
    grouping : mapping
        Dimension to a digest of what decides who is in which group.
    cells : tuple of rows
        metric, period, dimension, group, numerator, denominator (None where hidden or none), status.
    """

    period: str
    edition: str
    made_at: str
    minimum_count: int
    grouping: Mapping[str, str]
    cells: tuple[tuple[Any, ...], ...]

    @property
    def content(self) -> str:
        """Digest of what readers see and how it was decided, whenever it was made."""
        kept = {name: value for name, value in asdict(self).items() if name not in ("made_at", "edition")}
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:12]


def read_ledger(contract: str, root: Path) -> tuple[Entry, ...]:
    """Return what readers of a contract's public editions have been given, in that order.

    Parameters
    ----------
    contract : str
        Id of the contract.
    root : Path
        The workspace.

    Returns
    -------
    tuple of Entry

    Raises
    ------
    LedgerError
        If entries are missing, renamed, edited or cut, also beside pages that were handed out: what readers know is not guessed.
    """
    entries = [_read(path, contract) for path in _chain(root / LEDGER / contract, contract)]
    _look_at_pages(contract, root, {entry.content for entry in entries})
    return tuple(entries)


def enter(entry: Entry, contract: str, root: Path) -> Path | None:
    """Write an entry at the end of a contract's ledger, on the disk before this returns; None if it is there already.

    The caller holds the lock of the outputs: one process at a time writes.

    Parameters
    ----------
    entry : Entry
    contract : str
    root : Path

    Returns
    -------
    Path or None
    """
    folder = root / LEDGER / contract
    folder.mkdir(parents=True, exist_ok=True)
    there = _chain(folder, contract)
    if any(_parts(path.name)["content"] == entry.content for path in there):
        return None
    previous = hashlib.sha256(there[-1].read_bytes()).hexdigest() if there else ""
    body = json.dumps({"number": len(there) + 1, "previous": previous, "contract": contract, **asdict(entry)}, ensure_ascii=False)
    path = folder / f"{len(there) + 1:04d}-{entry.period}-{entry.edition}-{entry.content}.json"
    new = folder / f".{path.name}.new"  # in the same folder, so that the last step is one step on every file system
    with new.open("w", encoding="utf-8") as file:
        file.write(f"{body}\nsha256:{_digest(body)}\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    _sync(folder)
    return path


def contents(names: Iterable[str]) -> set[str]:
    """Return the digests in the names of a ledger's files.

    Examples
    --------
    >>> contents(["0001-2026-06-public-0a1b2c3d4e5f.json", "README"])
    {'0a1b2c3d4e5f'}
    """
    return {found["content"] for name in names if (found := _NAME.fullmatch(name))}


def _chain(folder: Path, contract: str) -> list[Path]:
    """Return the files of a ledger in order, if each follows the one before."""
    there = sorted(path for path in folder.glob("*") if not path.name.startswith(".")) if folder.is_dir() else []
    previous = ""
    for number, path in enumerate(there, start=1):
        where = f"{LEDGER}/{contract}/{path.name}"
        if path.suffix == ".csv":
            raise LedgerError([f"{where}: is of an earlier version; {_old(contract)}"])
        parts = _parts(path.name) if _NAME.fullmatch(path.name) else {}
        if not parts or int(parts["number"]) != number:
            missing = f"{LEDGER}/{contract}/{number:04d}-...json"
            raise LedgerError([f"{missing}: is missing, or has another name ({path.name} stands there); {_back(contract)}"])
        text = path.read_text(encoding="utf-8", errors="replace")
        body, _, rest = text.partition("\n")
        if rest != f"sha256:{_digest(body)}\n":
            raise LedgerError([f"{where}: is not what was written (edited or cut); {_back(contract)}"])
        known = json.loads(body)
        if known["previous"] != previous or known["number"] != number or known["contract"] != contract:
            raise LedgerError([f"{where}: does not follow the entry before it (exchanged or copied); {_back(contract)}"])
        previous = hashlib.sha256(path.read_bytes()).hexdigest()
    return there


def _read(path: Path, contract: str) -> Entry:
    known = json.loads(path.read_text(encoding="utf-8").partition("\n")[0])
    cells = tuple(tuple(row) for row in known["cells"])
    entry = Entry(known["period"], known["edition"], known["made_at"], known["minimum_count"], known["grouping"], cells)
    if _parts(path.name) != {"number": f"{known['number']:04d}", "period": entry.period, "edition": entry.edition,
                             "content": entry.content}:  # fmt: skip
        raise LedgerError([f"{LEDGER}/{contract}/{path.name}: has another name than it was written with; {_back(contract)}"])
    return entry


def _look_at_pages(contract: str, root: Path, known: set[str]) -> None:
    """Refuse to go on if pages that were handed out are not in the ledger."""
    for path in sorted((root / OUTPUTS / contract).glob("*/*/run.json")):
        try:
            pages = json.loads(path.read_text(encoding="utf-8")).get("pages", {})
        except (OSError, ValueError, AttributeError):
            continue
        for name, page in sorted(pages.items()):
            if page.get(RELEASED) and page[RELEASED] not in known:
                where = path.parent.relative_to(root) / name
                missing = f"{LEDGER}/{contract}/...-{page[RELEASED]}.json"
                raise LedgerError([f"{missing}: is missing, and {where.as_posix()} was handed out with it; {_back(contract)}"])


def _old(contract: str) -> str:
    return (
        f"move {LEDGER}/{contract}/ away, and keep it: its editions showed months, which new ones do not repeat; "
        f"if pages of it were handed out, ask first whether they can be called back"
    )


def _back(contract: str) -> str:
    return (
        f"restore {LEDGER}/{contract}/ from a backup; only if none of its pages ever left the office, delete that folder and "
        f"{OUTPUTS}/{contract}/ and release again"
    )


def _parts(name: str) -> dict[str, str]:
    found = _NAME.fullmatch(name)
    return found.groupdict() if found else {}


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _sync(folder: Path) -> None:
    """Sync a folder, so that a new name in it survives too; systems that cannot do it keep names by themselves."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
