"""What pages were made from, and what they would be made from now: pages where these differ have to be made.

Digests of files are remembered in ``outputs/.inventory.json`` with size and times, so that a file is read again only when it was touched.
The file is only a cache: without it every file is read again.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Len
from pydantic import BaseModel, StringConstraints, ValidationError

from acmlib.contract.errors import ContractError
from acmlib.contract.workspace import COPIES, SINCE_VARIABLE, contract_folder
from acmlib.publish.jobs import OUTPUTS, Job, plan_jobs
from acmlib.publish.library import library_digest
from acmlib.publish.reports import declared_reports
from acmlib.publish.run_record import RECORD, read_json, read_record
from acmlib.publish.store import RELEASE, write_json
from acmlib.release.ledger import RELEASED, entry_files, handout_copies

if TYPE_CHECKING:
    from acmlib.contract.tables import Table

INVENTORY = ".inventory.json"

#: A file that was written less than this many nanoseconds ago, or in the future of this clock, could change without a later time.
UNSETTLED = 2_000_000_000


_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


class _StoredContract(BaseModel):
    """What is remembered of a contract: its digest, the jobs planned for each request, the files that it names."""

    digest: str
    plans: dict[str, list[Annotated[list[_Name | None], Len(5, 5)]]]
    sources: list[str] | None


class _StoredFiles(BaseModel):
    """What ``outputs/.inventory.json`` holds: of each file size, times and digest."""

    library: str
    files: dict[str, tuple[int, int, int, str]]
    contracts: dict[str, _StoredContract]


@dataclass(frozen=True)
class MadeFrom:
    """Digests of everything that a page is made from; period, edition and language are in its job."""

    #: `notebook`, `contract`, `data`, `library`, `ledger`: SHA-256 of the notebook; of all files beside the contract file, itself included;
    #: of the files of its sources; of the library; of what public readers have been given for other periods.
    notebook: str
    contract: str
    data: str
    library: str
    ledger: str

    @property
    def shared(self) -> str:
        """The part that all reports of the contract share."""
        return f"{self.contract} {self.data} {self.library} {self.ledger}"


class Inventory:
    """The files of a workspace as they are now; each is looked at once.

    Parameters
    ----------
    published : callable, optional
        Says whether a file of ``outputs/`` is there with a digest, where these are elsewhere.
    """

    def __init__(self, root: Path, *, published: Callable[[str, str], bool] | None = None) -> None:
        self.root = root
        self._began = time.time()
        self._published = published or (lambda name, digest: self._file(name) == digest)
        self._kept = _stored(root / OUTPUTS / INVENTORY)
        self._files: dict[str, list[Any]] = dict(self._kept.get("files", {}))
        self._contracts: dict[str, dict[str, Any]] = copy.deepcopy(self._kept.get("contracts", {}))  # plans are added in place
        self._seen: dict[str, str] = {}
        self._digests: dict[tuple[str, str], str] = {}
        self._records: dict[Path, dict[str, Any]] = {}
        self._reports = repr(declared_reports(root))

    def plan(self, contract: str, **asked: str | None) -> tuple[Job, ...]:
        """Return what `plan_jobs` returns, without reading the contract again if it is as it was.

        Raises
        ------
        ContractError, RequestError
            As `plan_jobs`.
        """
        plans, request = self._known(contract)["plans"], self._request(asked)
        if request not in plans:
            planned = plan_jobs(contract, root=self.root, **asked)
            plans[request] = [[job.report, job.topic, job.period, job.edition, job.language] for job in planned]
        return tuple(Job(contract, *job) for job in plans[request])

    def is_planned(self, contract: str, **asked: str | None) -> bool:
        """Say whether `plan` knows the answer without reading the contract."""
        with contextlib.suppress(ContractError):
            return self._request(asked) in self._known(contract)["plans"]
        return False

    def _request(self, asked: Mapping[str, str | None]) -> str:
        return json.dumps([self._reports, asked])

    def made_from(self, job: Job) -> MadeFrom:
        """Return what a page would be made from now.

        Raises
        ------
        ContractError
            If the contract file cannot be read.
        """
        notebook = self._digest(job.notebook.as_posix(), "", lambda: [job.notebook.as_posix()])
        data = self._digest(job.contract, "data", lambda: self._sources(job.contract))
        given = self._digest(job.contract, f"ledger but {job.period}", lambda: self._given(job))
        return MadeFrom(notebook, self._contract(job.contract), data, library_digest(), given)

    def _given(self, job: Job) -> list[str]:
        """Return the entries of a contract's ledger, and what its meetings were handed, for other periods: pages tell what changed since.

        Those for its own period do not make it again: they are written when its pages are handed out.
        """
        released = [path for path, period in entry_files(job.contract, self.root) if period != job.period]
        return [path.as_posix() for path in (*released, *handout_copies(job.contract, self.root, other_than=job.period))]

    def shared_sources(self, contracts: Iterable[str]) -> list[str]:
        """Return the files that more than one of these contracts reads; of a contract that cannot be read none."""
        read: Counter[str] = Counter()
        for contract in contracts:
            with contextlib.suppress(ContractError):
                read.update(self._sources(contract))
        return sorted(name for name, times in read.items() if times > 1)

    def is_current(self, job: Job) -> bool:
        """Say whether a page is there, whole, made from what it would be made from now, and the last attempt to make it succeeded.

        A page that public readers were given stays what they were given, whatever they are given for other periods.
        """
        record = self._record(job.folder)
        page = record.get("pages", {}).get(job.page.name, {})
        now, then = asdict(self.made_from(job)), dict(page.get("made_from") or {})
        if page.get(RELEASED):
            now["ledger"] = then.get("ledger")
        if page.get("failed") or then != now:
            return False
        if bool(page.get("appendix")) != job.appendix or (job.to_release and page.get("draft")):
            return False
        files = {job.page: page["sha256"], job.folder / RELEASE: page["release_sha256"]}
        if job.pdf:
            files[job.pdf_page] = page.get("pdf_sha256") or "none was made"
        return all(self._published(path.as_posix(), digest) for path, digest in files.items())

    def keep(self) -> None:
        """Remember what was found, if it is news. That it cannot be written does no harm."""
        content = {"library": library_digest(), "files": self._files, "contracts": self._contracts}
        if content != self._kept:
            try:
                write_json(self.root / OUTPUTS / INVENTORY, content, indent=None)
            except OSError:
                return

    def _record(self, folder: Path) -> dict[str, Any]:
        if folder not in self._records:
            self._records[folder] = read_record(self.root / folder / RECORD)
        return self._records[folder]

    def _known(self, contract: str) -> dict[str, Any]:
        """Return what is remembered of a contract, as long as its files are the same."""
        digest = self._contract(contract)
        if self._contracts.get(contract, {}).get("digest") != digest:
            self._contracts[contract] = {"digest": digest, "plans": {}, "sources": None}
        return self._contracts[contract]

    def _contract(self, contract: str) -> str:
        return self._digest(contract, "params", lambda: below(self.root, contract_folder(contract)))

    def _sources(self, contract: str) -> list[str]:
        """Return the files of a contract's tables and populations that are there now."""
        known = self._known(contract)
        if known["sources"] is None:
            known["sources"] = named_sources(contract, self.root)
        os.environ[SINCE_VARIABLE] = str(self._began)  # each source is fetched once for all processes of a batch
        fetch_remote(contract, known["sources"], self.root)
        return sorted({name for source in known["sources"] for name in expanded(self.root, source)})

    def _digest(self, name: str, part: str, files: Any) -> str:
        """Return the digest of the names and contents of files, taken once."""
        if (name, part) not in self._digests:
            listed = "\n".join(f"{file} {self._file(file)}" for file in files())
            self._digests[name, part] = hashlib.sha256(listed.encode()).hexdigest()
        return self._digests[name, part]

    def _file(self, name: str) -> str:
        """Return the digest of a file; empty if it is not there."""
        if name not in self._seen:
            self._seen[name] = self._looked_at(name)
        return self._seen[name]

    def _looked_at(self, name: str) -> str:
        try:
            with (self.root / name).open("rb") as file:
                about = os.fstat(file.fileno())
                state = [about.st_size, about.st_mtime_ns, about.st_ctime_ns]
                if self._files.get(name, [])[:3] == state:
                    return str(self._files[name][3])
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except (OSError, ValueError):
            self._files.pop(name, None)
            return ""
        # As git has it: what was written just now may be written again within the same tick of the clock.
        if max(about.st_mtime_ns, about.st_ctime_ns) < time.time_ns() - UNSETTLED:
            self._files[name] = [*state, digest]
        else:
            self._files.pop(name, None)
        return digest


def _stored(path: Path) -> dict[str, Any]:
    """Return what an inventory of this library holds; nothing if it is another's, or has not the shape of one."""
    kept = read_json(path)
    try:
        _StoredFiles.model_validate(kept)
    except ValidationError:
        return {}
    return kept if kept["library"] == library_digest() else {}


def below(root: Path, folder: str) -> Iterable[str]:
    """Yield the files of a folder, in order, without what editors leave."""
    for place, folders, files in os.walk(root / folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(place).relative_to(root).as_posix()
        yield from (f"{here}/{name}" for name in sorted(files) if not name.startswith((".", "~$")) and not name.endswith("~"))


def named_sources(contract: str, root: Path) -> list[str]:
    """Return what a contract file names: files, globs and folders, without the sheet."""
    from acmlib.contract.load import load_contract  # not needed while nothing has changed

    loaded = load_contract(contract, root=root)
    places = [_place(table) for table in loaded.tables.values()]
    populations = [one.population.file for one in loaded.dimensions.values() if one.population and one.population.file]
    return sorted({source.partition("#")[0] for source in [*places, *populations]})


def _place(table: Table) -> str:
    """Return the source of a table, or where the copy of a remote one is."""
    from acmlib.contract.places import is_remote

    if not is_remote(table.source):
        return table.source
    from acmlib.intake.read.remote import copy_of  # brings the libraries that read data, which the batch itself does without

    return copy_of(table)


def fetch_remote(contract: str, sources: Iterable[str], root: Path) -> None:
    """Fetch sources that are addresses, if what a contract names (`named_sources`) holds any."""
    if any(source.startswith(COPIES) for source in sources):
        from acmlib.contract.load import load_contract  # of other contracts not needed while nothing has changed
        from acmlib.intake.read.remote import fetch_sources

        fetch_sources(load_contract(contract, root=root), root=root)


def expanded(root: Path, source: str) -> Iterable[str]:
    """Yield the files that a source stands for now; itself if it is not there, so that its coming is a change."""
    if any(sign in source for sign in "*?["):
        return (path.relative_to(root).as_posix() for path in root.glob(source))
    if (root / source).is_dir():
        return (f"{source.rstrip('/')}/{path.name}" for path in (root / source).iterdir() if path.is_file())
    return (source,)
