"""What changes in the files of contracts: found by looking at sizes and times again and again, so that it works on network folders too."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from acmlib.contract.errors import ContractError
from acmlib.contract.load import load_contract
from acmlib.contract.places import is_remote
from acmlib.contract.workspace import CONTRACT_FILE, contract_folder
from acmlib.intake.findings import number_of
from acmlib.intake.read.remote import copy_of, shown
from acmlib.publish.inventory import below, expanded, fetch_remote, named_sources

#: Seconds from one look to the next; databases and addresses are asked less often.
EVERY, ELSEWHERE = 2.0, 300.0

#: Size and time of the last change of each file.
Files = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Arrival:
    """What changed in the files of one contract since they were last at rest."""

    contract: str
    files: tuple[str, ...]  #: One line each: ``new``, ``changed`` or ``gone``, the file from the root of the workspace, and its size.


def files_now(contract: str, root: Path) -> dict[str, tuple[int, int]]:
    """Return size in bytes and time of change in nanoseconds of each file that a contract is made from.

    These are the files in ``params/<id>/``, the files of its tables and its populations. For a contract file that cannot be read only the
    first are known.
    """
    found = _states(below(root, contract_folder(contract)), root)
    written = found.get(f"{contract_folder(contract)}/{CONTRACT_FILE}")
    for source, name in _sources(contract, root, written):
        states = _states(expanded(root, source), root)
        found |= {name: max(states.values())} if states and name != source else states
    return found


def _fetch(contract: str, root: Path) -> None:
    with contextlib.suppress(ContractError):  # told when the pages are made
        fetch_remote(contract, named_sources(contract, root), root)


def _states(names: Iterable[str], root: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for name in names:
        with contextlib.suppress(OSError, ValueError):  # not there yet, or gone since it was listed
            about = (root / name).stat()
            found[name] = (about.st_size, about.st_mtime_ns)
    return found


@functools.lru_cache(maxsize=4096)
def _sources(contract: str, root: Path, _written: tuple[int, int] | None) -> tuple[tuple[str, str], ...]:
    """Return what a contract file names, and as what: of a source elsewhere its copy and its address. It is read again when it changed."""
    try:
        addresses = {
            copy_of(table): shown(table) for table in load_contract(contract, root=root).tables.values() if is_remote(table.source)
        }
        return tuple((source, addresses.get(source, source)) for source in named_sources(contract, root))
    except ContractError:
        return ()


def differences(before: Files, after: Files) -> tuple[str, ...]:
    """Say which files are new, changed or gone.

    Examples
    --------
    >>> differences({"a.csv": (10, 1), "b.csv": (5, 1)}, {"a.csv": (12, 2), "c.csv": (7, 2)})
    ('changed a.csv (12 bytes, was 10)', 'gone b.csv', 'new c.csv (7 bytes)')
    """
    lines = []
    for name in sorted({*before, *after}):
        if name not in after:
            lines.append(f"gone {name}")
        elif name not in before:
            lines.append(f"new {name} ({number_of(after[name][0], 'byte')})")
        elif before[name] != after[name]:
            lines.append(f"changed {name} ({number_of(after[name][0], 'byte')}, was {before[name][0]:,})")
    return tuple(lines)


def arrivals(
    contracts: Sequence[str], root: Path, *, every: float = EVERY, wait: Callable[[float], None] = time.sleep
) -> Iterator[tuple[Arrival, ...]]:
    """Yield what arrived, as soon as it is complete: a file that is still growing is left until two looks find it the same. Never ends.

    Parameters
    ----------
    every : float
        Seconds from one look to the next.
    """
    known = {contract: files_now(contract, root) for contract in contracts}
    last = dict(known)
    asked = time.time()
    while True:
        wait(every)
        if time.time() >= asked + ELSEWHERE:
            asked = time.time()
            for contract in contracts:
                _fetch(contract, root)
        now = {contract: files_now(contract, root) for contract in contracts}
        found = []
        for contract in contracts:
            if now[contract] == last[contract] != known[contract]:
                found.append(Arrival(contract, differences(known[contract], now[contract])))
                known[contract] = now[contract]
        last = now
        if found:
            yield tuple(found)
