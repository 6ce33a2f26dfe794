"""The files that a source names."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

#: What can be read, by the end of the file's name.
CSV_ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")
EXCEL_ENDINGS = (".xlsx", ".xlsm")
OTHER_SHEET_ENDINGS = (".xls", ".xlsb", ".ods")
PARQUET_ENDINGS = (".parquet",)
JSON_ENDINGS = (".json", ".jsonl", ".ndjson", ".geojson")
STATISTICS_ENDINGS = (".sav", ".zsav", ".por", ".dta", ".sas7bdat", ".xpt")
ZIP_ENDINGS = (".zip",)
ENDINGS = (*CSV_ENDINGS, *PARQUET_ENDINGS, *EXCEL_ENDINGS, *OTHER_SHEET_ENDINGS, *JSON_ENDINGS, *STATISTICS_ENDINGS, *ZIP_ENDINGS)

#: How a file is read, by the end of its name.
_KINDS = {"csv": CSV_ENDINGS, "parquet": PARQUET_ENDINGS, "excel": (*EXCEL_ENDINGS, *OTHER_SHEET_ENDINGS), "json": JSON_ENDINGS,
          "statistics": STATISTICS_ENDINGS, "zip": ZIP_ENDINGS}  # fmt: skip

#: Most files of one source; a folder with more is the wrong folder.
MAX_FILES = 2000

#: Columns that are added to every table.
FILE_COLUMN = "_file"
ROW_COLUMN = "_row"

#: Nanoseconds within which a file that was written may be written again, and look the same.
UNSETTLED = 2_000_000_000

#: Bytes read at a time when a whole file is looked at.
CHUNK = 1 << 20

_WILD = "*?["


class SourceError(ValueError):
    """A file cannot be found or read; the message says which and what to do, without where on the machine."""


class EmptySheetError(SourceError):
    """A sheet of a book holds nothing: among others it is left out."""


class UnreachableError(SourceError):
    """A source elsewhere does not answer now; an earlier copy of it is as good as there is."""


@dataclass(frozen=True)
class SourceFile:
    """One file of a source."""

    path: Path  #: Where it is.
    name: str  #: Its path from the root of the workspace, as people know it.
    kind: str  #: How it is read.
    sheet: str | None = None  #: Sheet of a spreadsheet; of a ZIP archive the file in it.


@dataclass
class FileWatch:
    """What `find_files` was asked while something was read, and the files as they were before they were read."""

    asked: list[tuple[str, Path, tuple[object, ...]]] = field(default_factory=list)  #: Source, workspace and the state of each file found.
    is_settled: bool = True  #: Whether a file that is changed from now on will look changed.

    def note(self, source: str, root: Path, files: Sequence[SourceFile]) -> None:
        """Note an answer of `find_files`; not settled is what was written just now: written again in the same moment, it looks the same."""
        self.asked.append((source, root, _states(files)))
        self.is_settled &= all(max(_times(file)) < time.time_ns() - UNSETTLED for file in files)

    def is_unchanged(self) -> bool:
        """Whether `find_files` gives the same files now, and none was written since."""
        try:
            return all(_states(_find(source, root)) == states for source, root, states in self.asked)
        except (SourceError, OSError):
            return False


def _times(file: SourceFile) -> tuple[int, int]:
    about = file.path.stat()
    return about.st_mtime_ns, about.st_ctime_ns


def _states(files: Sequence[SourceFile]) -> tuple[object, ...]:
    return tuple((file, file.path.stat().st_ino, file.path.stat().st_size, *_times(file)) for file in files)


_watch: ContextVar[FileWatch | None] = ContextVar("_watch", default=None)


@contextmanager
def watching_files() -> Iterator[FileWatch]:
    """Note every file that is found meanwhile."""
    watch = FileWatch()
    before = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(before)


def find_files(source: str, *, root: Path) -> tuple[SourceFile, ...]:
    """Return the files that a source names, in order of their names.

    Parameters
    ----------
    source
        Path from the root of the workspace: a file, a file with ``#Sheet``, a glob, or a folder (all files in it that can be read).

    Raises
    ------
    SourceError
        If there is none, if one is of a kind that cannot be read, or if a link leads out of the workspace.
    """
    found, watch = _find(source, root), _watch.get()
    if watch is not None:
        watch.note(source, root, found)
    return found


def _find(source: str, root: Path) -> tuple[SourceFile, ...]:
    path_text, _, sheet = source.partition("#")
    place = root / path_text
    if any(sign in path_text for sign in _WILD):
        found = sorted(path for path in root.glob(path_text) if path.is_file() and _readable(path.name))
        if not found:
            raise SourceError("no file has such a name; check the folder and the signs * and ?")
    elif place.is_dir():
        found = sorted(path for path in place.iterdir() if path.is_file() and _readable(path.name))
        if not found:
            raise SourceError(f"the folder has no file that can be read; put files there that end in {', '.join(ENDINGS)}")
    elif place.is_file():
        found = [place]
    elif place.exists():
        raise SourceError("is no file but a pipe or a device; put the file itself there")
    else:
        raise SourceError(f"there is no such file{_nearby(place)}")
    if len(found) > MAX_FILES:
        raise SourceError(f"names {len(found):,} files; name at most {MAX_FILES:,}")
    return tuple(_source_file(path, root, sheet or None) for path in found)


def _readable(name: str) -> bool:
    return name.lower().endswith(ENDINGS) and not name.startswith((".", "~$"))


def _nearby(place: Path) -> str:
    """Return what the folder holds instead, if there is a folder."""
    if not place.parent.is_dir():
        return f"; there is no folder {place.parent.name} either: put the provider's file there"
    names = sorted(path.name for path in place.parent.iterdir() if _readable(path.name))[:8]
    return f"; its folder holds {', '.join(names)}" if names else "; its folder is empty: put the provider's file there"


def _source_file(path: Path, root: Path, sheet: str | None) -> SourceFile:
    # The folder data/ itself may be a link to where an agency keeps its data; nothing below it may lead elsewhere.
    homes = (root.resolve(), (root / "data").resolve())
    real = path.resolve()
    if not any(real.is_relative_to(home) for home in homes):
        raise SourceError("is a link that leads out of the workspace; put the file itself there")
    lowered = path.name.lower()
    kind = next((kind for kind, endings in _KINDS.items() if lowered.endswith(endings)), "")
    if not lowered.endswith(ENDINGS):
        raise SourceError(f"ends in '{path.suffix}'; use a file that ends in {', '.join(ENDINGS)}")
    if any(sign in str(real) for sign in "*?[]{}"):
        raise SourceError("has one of * ? [ ] { } in its path; rename it")
    if sheet and kind not in ("excel", "zip"):
        raise SourceError("names a sheet with #; only spreadsheets have sheets, and ZIP archives files")
    return SourceFile(real, PurePosixPath(path.relative_to(root)).as_posix(), kind, sheet)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal: two files with the same one are the same."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def column_names(given: list[Any]) -> tuple[str, ...]:
    """Return names for all columns: blanks around them removed, an empty one called ``column_3``.

    Raises
    ------
    SourceError
        If two are the same but for capitals: SQL could not tell them apart.
    """
    names = [" ".join(str(name).split()) if name not in (None, "") else "" for name in given]
    names = [name or f"column_{i}" for i, name in enumerate(names, start=1)]
    seen: dict[str, str] = {}
    for name in names:
        if name in (FILE_COLUMN, ROW_COLUMN):
            raise SourceError(f"has a column '{name}'; rename it, the name is taken")
        if name.casefold() in seen:
            raise SourceError(f"has the columns '{seen[name.casefold()]}' and '{name}'; give every column its own name")
        seen[name.casefold()] = name
    return tuple(names)
