"""Files in ``outputs/``: page, release and run record, moved into place together, so that readers never see a mixture."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from acmlib.contract.locks import lock_abandoned, locked, try_lock
from acmlib.publish.folders import REMEDY, OutputsError, bring_back, make_folder, replace_folder
from acmlib.publish.jobs import OUTPUTS, Job
from acmlib.publish.outcomes import Failure, Made
from acmlib.publish.places import without_places
from acmlib.publish.run_record import RECORD, read_record
from acmlib.release.ledger import LEDGER, enter, staged

RELEASE = "release.csv"
FAILURES = "failures.json"
INDEX = "index.html"
#: Folder of the pages about programs, in ``outputs/``.
PROGRAMS = "programs"
WORKING = ".working-"

#: Below a working folder: what the pages of a contract share.
SHARED = "shared"

#: Below a working folder: tables that several contracts read (`acmlib.intake.build.table_cache`).
CACHE_FOLDER = "tables"

#: In there: which files these are. As in `acmlib.intake.build.table_cache`, which the batch itself does not import.
CACHE_LIST = "shared.json"

#: Below a working folder: what was moved away where folders cannot be swapped.
ASIDE = "aside"

#: A run's id begins with the time when it began, so that ids sort by time.
RUN_TIME = "%Y%m%dT%H%M%SZ"


#: A working folder to which nothing was added for two days is a dead run's, where the file system knows no locks to tell.
FORGOTTEN_SECONDS = 2 * 24 * 3600

#: Seconds in which what still writes into a working folder has to end.
REMOVE_SECONDS = 10


@contextmanager
def working_folder(root: Path) -> Iterator[Path]:
    """Yield a private folder on the file system of ``outputs/``; it is removed afterwards, whatever happened.

    If this process is killed a later one removes it: a folder whose lock nobody holds is a dead run's (`FORGOTTEN_SECONDS` without locks).

    Raises
    ------
    OutputsError
        If nothing can be written there.
    """
    parent = root / OUTPUTS
    try:
        make_folder(parent)
        with locked(parent):
            _sweep(parent)
            folder = Path(tempfile.mkdtemp(prefix=WORKING, dir=parent))
            life = try_lock(folder)
    except OutputsError as error:
        raise OutputsError(f"{error.strerror}; {error.do}") from error
    except OSError as error:
        raise OutputsError(f"{parent.name}/: nothing can be written there ({error.strerror}); {REMEDY}") from error
    try:
        yield folder
    finally:
        _remove(folder)
        if life is not None:
            os.close(life)


def _remove(folder: Path) -> None:
    """Remove a folder, again if something came into it meanwhile: a process that was just killed may still finish what it was writing."""
    until = time.monotonic() + REMOVE_SECONDS
    while time.monotonic() < until:
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            if not folder.exists():
                return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                break
        else:
            return
        time.sleep(0.01)
    shutil.rmtree(folder, ignore_errors=True)


def _sweep(outputs: Path) -> None:
    """Remove what dead runs left, and put back what one may have set aside."""
    for left in outputs.glob(f"{WORKING}*"):
        try:
            life = lock_abandoned(left, forgotten=partial(_is_forgotten, left))
        except FileNotFoundError:  # its run has ended meanwhile
            continue
        if life is not None:
            bring_back(left / ASIDE, outputs)
            shutil.rmtree(left, ignore_errors=True)
            os.close(life)


def _is_forgotten(folder: Path) -> bool:
    return time.time() - folder.stat().st_mtime > FORGOTTEN_SECONDS


def shared_folder(job: Job, working: Path) -> Path:
    """Return where the pages of a contract's period keep what they share."""
    return working / SHARED / hashlib.sha256(f"{job.contract} {job.period}".encode()).hexdigest()[:16]


def forget(job: Job, working: Path) -> None:
    """Remove what the pages of a contract's period shared."""
    shutil.rmtree(shared_folder(job, working), ignore_errors=True)


def keep_page(made: Made, root: Path, working: Path) -> None:
    """Move a finished page, its release and its record into place, all in one step; a page of a run that began later stays.

    The folder that people see is never changed: a new one is made beside it, of links to what stays, and takes its place.

    Raises
    ------
    OvertakenError
        If readers were given another release of the contract meanwhile.
    """
    folder = root / made.job.folder
    with locked(root / OUTPUTS):
        known = read_record(folder / RECORD)
        if is_later(known.get("pages", {}).get(made.job.page.name, {}).get("run"), made.record["run"]):
            return
        _enter_ledger(made, root)
        new = Path(tempfile.mkdtemp(prefix="next-", dir=working))
        new.chmod(0o777 & ~_umask())
        try:
            _fill(new, folder, made, known)
            replace_folder(new, folder, working / ASIDE / made.job.folder.relative_to(OUTPUTS))
        finally:
            shutil.rmtree(new, ignore_errors=True)
            shutil.rmtree(working / ASIDE, ignore_errors=True)


def _enter_ledger(made: Made, root: Path) -> None:
    """Note what readers are given, before they are given it: a later release must know of everything that may be out."""
    if made.ledger is not None:
        try:
            make_folder(root / LEDGER / made.job.contract)
            enter(staged(made.ledger), made.job.contract, root, decided_with=made.decided_with)
        except OutputsError:
            raise
        except OSError as error:
            raise OutputsError(f"{LEDGER}/{made.job.contract}/: {error.strerror}") from error


def _fill(new: Path, folder: Path, made: Made, known: Mapping[str, Any]) -> None:
    """Fill the folder that will take the place of another: with the new page, and with what stays."""
    replaced = {made.job.page.name: made.page, RELEASE: made.release}
    if made.pdf is not None:
        replaced[made.job.pdf_page.name] = made.pdf
    for name, path in replaced.items():
        path.replace(new / name)
    for path in folder.iterdir() if folder.is_dir() else ():
        # A PDF of an earlier page does not stay beside a newer one.
        if path.name not in (*replaced, RECORD, made.job.pdf_page.name) and path.is_file() and not path.name.startswith("."):
            _link(path, new / path.name)
    _write(new / RECORD, json_text(merged_record(known, made.job, dict(made.record) | {"failed": None})))
    for name in (*replaced, RECORD):
        with (new / name).open("rb") as file:
            os.fsync(file.fileno())


def _link(path: Path, new: Path) -> None:
    try:
        os.link(path, new)
    except OSError:  # a file system without links
        shutil.copy2(path, new)


def is_later(run: str | None, ours: str) -> bool:
    """Return whether a page is of a run that began after this one; a start in the future (a wrong clock) does not count."""
    return run is not None and ours < run <= f"{dt.datetime.now(dt.UTC):{RUN_TIME}}~"


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def keep_failure(job: Job, failure: Failure, at: str, root: Path) -> None:
    """Note beside the last good page, if there is one, that a newer run did not make it."""
    folder = root / job.folder
    with locked(root / OUTPUTS):
        if folder.is_dir():
            known = read_record(folder / RECORD)
            earlier = known.get("pages", {}).get(job.page.name, {})
            failed = {"at": at, "where": failure.where, "what": without_places(failure.what)}
            write_json(folder / RECORD, merged_record(known, job, {**earlier, "failed": failed}))


def merged_record(known: Mapping[str, Any], job: Job, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a folder with that of one page put in."""
    pages = {**known.get("pages", {}), job.page.name: record}
    head = {"contract": job.contract, "period": job.period, "edition": job.edition, "release": RELEASE}
    return {**head, "pages": dict(sorted(pages.items()))}


def keep_failures(failures: Iterable[Failure], run: str, root: Path) -> None:
    """Write what failed in a run for machines to read; an empty list says that nothing did."""
    kept = [asdict(failure) | {"what": without_places(failure.what)} for failure in failures]
    with locked(root / OUTPUTS):
        write_json(root / OUTPUTS / FAILURES, {"run": run, "failures": kept})


def write_json(path: Path, content: Any, *, indent: int | None = 1) -> None:
    """Replace a JSON file in one step."""
    write_text(path, json_text(content, indent=indent))


def write_text(path: Path, content: str) -> None:
    """Replace a text file in one step: a reader finds the old one or the new one, whole. One process at a time may do it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")  # what a killed process leaves is used up by the next
    try:
        _write(new, content)
        new.replace(path)
    except IsADirectoryError as error:
        new.unlink(missing_ok=True)
        raise OutputsError(f"{path.name} is a folder; move it away, a file of this name is written here") from error
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def json_text(content: Any, *, indent: int | None = 1) -> str:
    """Return the text of a JSON file of ``outputs/``."""
    return json.dumps(content, indent=indent, ensure_ascii=False) + "\n"


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")
