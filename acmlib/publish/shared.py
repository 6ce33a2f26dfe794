"""Work that several pages share, done once a batch: data are read once a period, verdicts reached once a view, releases once an edition.

What was made lies in the private working folder of the batch (mode 0700), under a name that is the digest of what it was made from, until
the last page that needs it is there. Processes that need the same thing at the same time wait for the first to have made it.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from acmlib.analysis.assessment import Assessment
from acmlib.analysis.views import View
from acmlib.contract.errors import ContractError
from acmlib.contract.locks import locked
from acmlib.contract.model import Contract
from acmlib.contract.periods import report_period
from acmlib.display.handover import hand_over
from acmlib.intake.build.sources import open_tables
from acmlib.intake.build.table_cache import caching_in
from acmlib.measures.counting import Counted, count
from acmlib.publish.jobs import Job
from acmlib.publish.scan import Secrets, gather_secrets
from acmlib.publish.store import CACHE_FOLDER, shared_folder
from acmlib.release.editions import Release, make_release

#: So many of the last things a process remembers, as it made or read them: a page needs four.
REMEMBERED = 8
_last: dict[Path, Any] = {}


@dataclass(frozen=True)
class Share:
    """What a page shares with others."""

    release: Release  #: All that its edition may show.
    handed: Path  #: File of the release, for the kernel.
    counted: Counted  #: What the release was decided from: for the door of ``outputs/`` alone.
    secrets: Secrets  #: What may stand on no page of the contract.


def share(job: Job, contract: Contract, root: Path, working: Path, key: str) -> Share:
    """Return what the page of a job shares with others, made now if no other page needed it yet.

    Parameters
    ----------
    contract : Contract
        The job's.
    key : str
        Digest of all that the release is made from but period and edition; anything else must have another.

    Raises
    ------
    ContractError
        If the contract's files or data are wrong: again for every page, without reading them again.
    """
    folder = shared_folder(job, working)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    period, edition = _place(folder, key, job.period), _place(folder, key, job.period, job.edition, str(job.to_release))
    counted, secrets = period.with_suffix(".counted"), period.with_suffix(".secrets")

    def read() -> None:
        with caching_in(working / CACHE_FOLDER):
            made = _read(contract, job.period, root)
        for path, thing in zip((counted, secrets), made, strict=True):
            _keep(path, thing)

    def reached(view: View, reach: Callable[[], Assessment]) -> Assessment:
        place = period.with_suffix(f".{view}")
        once(place.with_suffix(f".{view}.made"), lambda: _keep(place, reach()))
        return cast("Assessment", _loaded(place))

    def release() -> None:
        made = make_release(contract, root=root, period=job.period, edition=job.edition,
                            counted=_loaded(counted), draft=not job.to_release, reached=reached)  # fmt: skip
        _remember(edition, hand_over(made, edition, root=root))

    once(period, read)
    once(edition.with_suffix(".made"), release)
    return Share(_loaded(edition).release, edition, _loaded(counted), _loaded(secrets))


def _keep(path: Path, thing: Any) -> None:
    """Keep something for this process and for others."""
    path.write_bytes(pickle.dumps(thing, protocol=pickle.HIGHEST_PROTOCOL))
    _remember(path, thing)


def _place(folder: Path, *made_from: str) -> Path:
    return folder / hashlib.sha256("\n".join(made_from).encode()).hexdigest()


def _unpickled(path: Path) -> Any:
    return pickle.loads(path.read_bytes())  # noqa: S301 -- written here, in a folder of this user alone


def _loaded(path: Path) -> Any:
    """Return what a file holds, of the last pages from memory. Its name is the digest of what it was made from."""
    return _last[path] if path in _last else _remember(path, _unpickled(path))


def _remember(path: Path, thing: Any) -> Any:
    _last[path] = thing
    for oldest in list(_last)[:-REMEMBERED]:
        del _last[oldest]
    return thing


def once(path: Path, make: Callable[[], None]) -> None:
    """Make something once: the first process that needs it makes it, the others wait. Errors of a contract are stored too.

    Raises
    ------
    ContractError
        If `make` raised it, now or the first time.
    """
    with locked(path.with_suffix(".lock")):
        if not path.exists():
            wrong = None
            try:
                make()
            except ContractError as error:
                wrong = error
            new = path.with_suffix(".new")
            new.write_bytes(pickle.dumps(wrong))
            new.replace(path)
    wrong = _unpickled(path)
    if wrong is not None:
        raise wrong


def _read(contract: Contract, period: str, root: Path) -> tuple[Counted, Secrets]:
    """Read the data of a contract once: what is counted, and what may stand on no page."""
    with open_tables(contract, root=root, period=report_period(contract, period)) as tables:
        return count(contract, tables), gather_secrets(tables, root)
