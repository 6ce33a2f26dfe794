"""A workspace in object storage (``s3://``, ``gs://``, ``abfs://``; ``https://`` to read): how it is copied for a batch, and pages back.

Object storage replaces one object in one step, never several. So the truth about a folder of pages is one small object, the record with
the highest number in ``.records/``: it is written only if that number is free, and names page and release by their digests in ``.kept/``.
Readers of these always find a page together with its own release. ``dashboard.html`` and ``release.csv`` are copies for people, made
right after.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from pathlib import Path, PurePosixPath
from typing import Any

from acmlib.publish.jobs import OUTPUTS, Job
from acmlib.publish.outcomes import Made
from acmlib.publish.run_record import RECORD
from acmlib.publish.storage_kinds import StorageError, StorageMessages, kind_of
from acmlib.publish.store import RELEASE, is_later, json_text, merged_record
from acmlib.release.ledger import LEDGER, OvertakenError, enter, staged

#: Below a folder of pages: contents by their digest, and records by their number.
KEPT, RECORDS = ".kept", ".records"

#: How often a record is tried again when another batch wrote one first.
TRIES = 50

#: Contents that no record names are removed after this time: a batch that is about to name them needs seconds.
UNNAMED = dt.timedelta(hours=1)

#: Seconds for a storage to answer for the first time; libraries of storages may try for minutes.
ANSWER_SECONDS = 20

_WILD = "*?["


def is_url(place: str) -> bool:
    """Say whether a place is an address in object storage."""
    return "://" in place


class Storage:
    """A folder in object storage.

    Parameters
    ----------
    url : str
        Its address. Who may read and write it is up to the usual settings of the storage: variables, profiles, roles of the machine.

    Raises
    ------
    StorageError
        If the address is of no known kind, the package for it is not installed, there are no credentials, or it does not answer.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        kind = kind_of(url)
        with self._said():
            import fsspec

            self.fs, self.base = fsspec.core.url_to_fs(self.url, use_listings_cache=False, **kind.options)
            with contextlib.suppress(FileNotFoundError):  # a folder of a bucket that nobody wrote to yet
                fsspec.asyn.sync(self.fs.loop, self.fs._ls, self.base, timeout=ANSWER_SECONDS)
        self._have: dict[str, Any] = {}
        self._listed: dict[str, dict[str, Any]] = {}

    @property
    def read_only(self) -> bool:
        """Whether pages cannot go back there: it is a web server."""
        return self.url.startswith(("https://", "http://"))

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder; none if there is no such folder.

        Raises
        ------
        StorageError
            If the storage cannot be reached or read.
        """
        with self._said():
            return [PurePosixPath(file).name for file in self._find(folder)]

    def pull(self, root: Path, *names: str) -> None:
        """Copy files, folders and globs into a local folder, where they are new; what is gone is removed there.

        Raises
        ------
        StorageError
            If the storage cannot be reached or read.
        """
        for name in names:
            with self._said():
                found = self._find(name)
            for file, info in found.items():
                local = _inside(root, file)
                if self._have.get(file) != _version(info) or not local.is_file():
                    local.parent.mkdir(parents=True, exist_ok=True)
                    with self._said():
                        self.fs.get_file(info["name"], str(local))
                    self._have[file] = _version(info)
            for file in [file for file in self._have if file not in found and PurePosixPath(file).is_relative_to(name)]:
                _inside(root, file).unlink(missing_ok=True)
                del self._have[file]

    def pull_records(self, root: Path) -> None:
        """Update the local records to the newest of every folder of pages, remove others, and list what else is in ``outputs/``."""
        with self._said():
            self._listed = self._find(OUTPUTS)
        newest: dict[PurePosixPath, str] = {}
        for file in sorted(self._listed):
            if PurePosixPath(file).parent.name == RECORDS:
                newest[PurePosixPath(file).parent.parent] = file
        for folder, file in newest.items():
            local = _inside(root, f"{folder}/{RECORD}")
            local.parent.mkdir(parents=True, exist_ok=True)
            with self._said():
                local.write_bytes(self.fs.cat_file(f"{self.base}/{file}"))
        for local in (root / OUTPUTS).glob(f"[!.]*/*/*/{RECORD}"):
            if PurePosixPath(local.parent.relative_to(root).as_posix()) not in newest:
                local.unlink()  # of pages that did not get there: the index must not name them

    def published(self, name: str, digest: str) -> bool:
        """Say whether a file of ``outputs/`` was there, with this content, when the records were last pulled."""
        path = PurePosixPath(name)
        copy, kept = self._listed.get(name), self._listed.get(f"{path.parent}/{KEPT}/{digest}{path.suffix}")
        return copy is not None and kept is not None and copy["size"] == kept["size"]

    def enter_ledger(self, made: Made, root: Path) -> None:
        """Note what readers are given before they are given it, as `acmlib.publish.store.keep_page` does in a folder.

        Raises
        ------
        OvertakenError
            If another batch gave readers another release of the contract meanwhile.
        StorageError
            If the storage cannot be reached or written.
        """
        if made.ledger is None:
            return
        self.pull(root, f"{LEDGER}/{made.job.contract}")
        written = enter(staged(made.ledger), made.job.contract, root, decided_with=made.decided_with)
        if written is not None:
            with self._said():
                created = self._created(f"{self.base}/{written.relative_to(root).as_posix()}", written.read_bytes())
            if not created:  # another batch wrote the entry of this number at the same moment
                written.unlink()
                raise OvertakenError

    def commit(self, job: Job, root: Path) -> None:
        """Commit a page of the local ``outputs/`` to the storage, unless a run that began later has already put one there.

        Raises
        ------
        StorageError
            If the storage cannot be reached or written, or other batches were faster every time.
        """
        local = root / job.folder
        page = json.loads((local / RECORD).read_text(encoding="utf-8"))["pages"][job.page.name]
        with self._said():
            if not page.get("failed"):
                for name, key in _files(job, page):
                    self.fs.pipe_file(self._kept(job.folder, name, page[key]), (local / name).read_bytes())
            for _ in range(TRIES):
                number, known = self._newest(job.folder)
                earlier = known.get("pages", {}).get(job.page.name, {})
                if is_later(earlier.get("run"), page.get("run", "")):
                    return
                # What was pulled may be old by now: of a failure only the failure is news.
                entry = {**earlier, "failed": page["failed"]} if page.get("failed") else page
                if self._created(self._record(job.folder, number + 1), json_text(merged_record(known, job, entry)).encode()):
                    break
            else:
                raise StorageError(f"{self.url}/{job.folder}: other batches wrote its record {TRIES} times in a row; run it again")
            self._show(job)

    def _show(self, job: Job) -> None:
        """Copy a page and the release, as the newest record names them, to the names people know, until no newer one came meanwhile."""
        shown = None
        while True:
            number, record = self._newest(job.folder)
            if number == shown:
                break
            page = record["pages"][job.page.name]
            for name, key in _files(job, page) if page.get("sha256") else ():
                self._copy(job.folder, name, page[key])
            if not page.get("pdf_sha256"):  # a PDF of an earlier page does not stay beside a newer one
                self._removed(f"{self.base}/{job.pdf_page.as_posix()}")
            newest = max(
                (one for one in record["pages"].values() if one.get("release_sha256")),
                key=lambda page: str(page.get("run", "")),
                default=None,
            )
            if newest is not None:
                self._copy(job.folder, RELEASE, newest["release_sha256"])
            self.fs.pipe_file(f"{self.base}/{job.folder.as_posix()}/{RECORD}", json_text(record).encode())
            shown = number
        self._tidy(job.folder, number, record)

    def _copy(self, folder: Path, name: str, digest: str) -> None:
        self.fs.pipe_file(f"{self.base}/{folder.as_posix()}/{name}", self.fs.cat_file(self._kept(folder, name, digest)))

    def _tidy(self, folder: Path, number: int, record: dict[str, Any]) -> None:
        """Remove old records, and contents that no record names any more."""
        now = None  # on the storage's clock, which wrote the newest record just now: ours may be wrong
        for info in self.fs.ls(f"{self.base}/{folder.as_posix()}/{RECORDS}", detail=True):
            if int(PurePosixPath(info["name"]).stem) < number - 1:
                self._removed(info["name"])
            elif int(PurePosixPath(info["name"]).stem) == number:
                now = _written(info)
        named = {page.get(key) for page in record["pages"].values() for key in ("sha256", "release_sha256", "pdf_sha256")}
        for info in self.fs.ls(f"{self.base}/{folder.as_posix()}/{KEPT}", detail=True) if number > 1 and now else ():
            written = _written(info)
            if PurePosixPath(info["name"]).stem not in named and now and written and now - written > UNNAMED:
                self._removed(info["name"])

    def _removed(self, path: str) -> None:
        """Remove an object, unless another batch did so first: some storages take that for an error."""
        with contextlib.suppress(FileNotFoundError):
            self.fs.rm_file(path)

    def put(self, root: Path, *names: str) -> None:
        """Write whole files, each in one step."""
        for name in names:
            if (root / name).is_file():
                with self._said():
                    self.fs.pipe_file(f"{self.base}/{name}", (root / name).read_bytes())

    def _newest(self, folder: Path) -> tuple[int, dict[str, Any]]:
        """Return the number and the content of the newest record; 0 if there is none."""
        for _ in range(TRIES):
            try:
                paths = self.fs.ls(f"{self.base}/{folder.as_posix()}/{RECORDS}", detail=False)
            except FileNotFoundError:
                return 0, {}
            number = max((int(PurePosixPath(path).stem) for path in paths), default=0)
            if not number:
                return 0, {}
            with contextlib.suppress(FileNotFoundError):  # two newer ones came meanwhile: look again
                return number, json.loads(self.fs.cat_file(self._record(folder, number)))
        raise StorageError(f"{self.url}/{folder.as_posix()}: other batches wrote its record {TRIES} times in a row; run it again")

    def _record(self, folder: Path, number: int) -> str:
        return f"{self.base}/{folder.as_posix()}/{RECORDS}/{number:08}.json"

    def _kept(self, folder: Path, name: str, digest: str) -> str:
        return f"{self.base}/{folder.as_posix()}/{KEPT}/{digest}{PurePosixPath(name).suffix}"

    def _created(self, path: str, content: bytes) -> bool:
        """Write an object if there is none, and say whether this was so: the one conditional write that all storages have."""
        try:
            self.fs.pipe_file(path, content, mode="create")
        except FileExistsError:
            return False
        except OSError as error:
            if "precondition" in f"{error} {error.__cause__}".lower() or "PreconditionFailed" in repr(error.__cause__):
                return False
            raise
        return True

    def _find(self, name: str) -> dict[str, dict[str, Any]]:
        """Return what a file, folder or glob stands for, by its path in the workspace."""
        path = f"{self.base}/{name}"
        found: dict[str, dict[str, Any]] = {}
        # A walk over a web server would leave out in silence what does not answer.
        loud = {"on_error": "raise"} if self.read_only else {}
        with contextlib.suppress(*([FileNotFoundError] if self.read_only else [])):
            if any(sign in name for sign in _WILD):
                found = self.fs.glob(path, detail=True, **loud)
            elif PurePosixPath(name).suffix:  # a web server takes every address for a file, so that the name has to tell
                with contextlib.suppress(FileNotFoundError):
                    found = {path: {**self.fs.info(path), "type": "file"}}
            else:
                found = self.fs.find(path, detail=True, **loud)
        files = {place.removeprefix(self.base).lstrip("/"): info for place, info in found.items() if info.get("type") == "file"}
        return dict(sorted(files.items()))

    def _said(self) -> StorageMessages:
        return StorageMessages(self.url)


def _inside(root: Path, name: str) -> Path:
    """Return where a file goes.

    Raises
    ------
    StorageError
        If its name leads out of the workspace.
    """
    if ".." in PurePosixPath(name).parts:
        raise StorageError(f"{name}: leads out of the workspace; rename it")
    return root / name


def _version(info: dict[str, Any]) -> tuple[Any, ...]:
    """Return what changes when an object does."""
    return info.get("size"), info.get("ETag") or info.get("etag") or info.get("md5Hash") or info.get("LastModified") or info.get("created")


def _written(info: dict[str, Any]) -> dt.datetime | None:
    """Return when an object was written, by the storage's clock, if the storage says so."""
    found = info.get("LastModified") or info.get("last_modified") or info.get("mtime")
    return found if isinstance(found, dt.datetime) else None


def _files(job: Job, page: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the files of a page, each with the name of its digest in the record."""
    files = [(job.page.name, "sha256"), (RELEASE, "release_sha256")]
    return [*files, (job.pdf_page.name, "pdf_sha256")] if page.get("pdf_sha256") else files
