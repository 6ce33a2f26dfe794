"""What lies in ``outputs/``: pages, releases and run records, each replaced in one step, so that a reader never meets half a file."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from acmlib.publish.jobs import OUTPUTS, Job
from acmlib.publish.outcomes import Failure, Made

RELEASE = "release.csv"
RECORD = "run.json"
FAILURES = "failures.json"
WORKING = ".working-"


@contextmanager
def working_folder(root: Path) -> Iterator[Path]:
    """Give a private folder on the file system of ``outputs/``; it is gone afterwards, whatever happened."""
    outputs = root / OUTPUTS
    outputs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=WORKING, dir=outputs, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def keep_page(made: Made, root: Path) -> None:
    """Move a finished page, its release and its record into place."""
    folder = root / made.job.folder
    folder.mkdir(parents=True, exist_ok=True)
    made.release.replace(folder / RELEASE)
    made.page.replace(root / made.job.page)
    _note(folder, made.job, dict(made.record) | {"failed": None})


def keep_failure(job: Job, failure: Failure, at: str, root: Path) -> None:
    """Note beside the last good page, if there is one, that a newer run did not make it."""
    folder = root / job.folder
    if folder.is_dir():
        earlier = read_record(folder / RECORD).get("pages", {}).get(job.page.name, {})
        _note(folder, job, {**earlier, "failed": {"at": at, "where": failure.where, "what": failure.what}})


def _note(folder: Path, job: Job, record: Mapping[str, Any]) -> None:
    known = read_record(folder / RECORD)
    pages = {**known.get("pages", {}), job.page.name: record}
    head = {"contract": job.contract, "period": job.period, "edition": job.edition, "release": RELEASE}
    write_json(folder / RECORD, {**head, "pages": dict(sorted(pages.items()))})


def keep_failures(failures: Iterable[Failure], run: str, root: Path) -> None:
    """Write what failed in a run for machines to read; an empty list says that nothing did."""
    write_json(root / OUTPUTS / FAILURES, {"run": run, "failures": [asdict(failure) for failure in failures]})


def read_record(path: Path) -> dict[str, Any]:
    """Return a run record; an empty one if there is none, or if it cannot be read (it will be written anew)."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def records(root: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each folder of pages, from ``outputs/``, with its run record."""
    outputs = root / OUTPUTS
    for path in sorted(outputs.glob(f"*/*/*/{RECORD}")):
        found = read_record(path)
        if found.get("pages"):
            yield path.parent.relative_to(outputs), found


def write_json(path: Path, content: Any) -> None:
    """Replace a JSON file in one step."""
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def write_text(path: Path, content: str) -> None:
    """Replace a text file in one step: a reader finds the old one or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        new.write_text(content, encoding="utf-8")
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
