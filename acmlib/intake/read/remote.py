"""Sources that are addresses: fetched into ``working/sources/``, and read from there where they cannot be reached.

A copy is written again only when its content changed, so that pages made from it stay current. A batch fetches each source once: it says in
`SINCE_VARIABLE` since when a copy is new enough, and its processes read that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit

from acmlib.contract.model import Contract, Table
from acmlib.contract.places import VARIABLE, is_database, is_remote
from acmlib.contract.workspace import COPIES, SINCE_VARIABLE
from acmlib.intake.findings import Finding
from acmlib.intake.read.databases import fetch_rows
from acmlib.intake.read.files import ENDINGS, SourceError, SourceFile, UnreachableError, find_files
from acmlib.intake.read.web import fetch_file


def table_files(name: str, table: Table, *, root: Path) -> tuple[tuple[SourceFile, ...], list[Finding]]:
    """Return the files of a table, fetched first if its source is an address, and what was noticed.

    Raises
    ------
    SourceError
        If there is none, or it can neither be reached nor is there a copy of it.
    """
    if not is_remote(table.source):
        return find_files(table.source, root=root), []
    copy, stale = _fetched(table, root)
    about = _about(copy)
    findings = [_stale(name, table, stale, about)] if stale else []
    (file,) = find_files(f"{COPIES}/{copy.name}{_sheet(table.source)}", root=root)
    return (replace(file, name=shown(table)),), findings


def fetch_sources(contract: Contract, *, root: Path) -> None:
    """Update the local copies of a contract's remote sources; a failed download is reported when the tables are read."""
    for table in contract.tables.values():
        if is_remote(table.source):
            try:
                _fetched(table, root)
            except SourceError:
                continue


def copy_of(table: Table) -> str:
    """Return where the copy of a remote source is, as a pattern from the root of the workspace."""
    return f"{COPIES}/{_key(table)}.*"


def shown(table: Table) -> str:
    """Return a source as people know it, without user names, passwords and what follows the question mark.

    Examples
    --------
    >>> shown(Table(source="postgresql://reader:${PW}@db.city.gov/cases", table="visits"))
    'postgresql://db.city.gov/cases visits'
    >>> shown(Table(source="https://data.city.gov/people.csv?key=${KEY}"))
    'https://data.city.gov/people.csv'
    """
    if not is_remote(table.source):
        return table.source
    parts = urlsplit(table.source)
    host = parts.netloc.rpartition("@")[2]
    asked = f" {table.table or 'query'}" if is_database(table.source) else ""
    return f"{parts.scheme}://{host}{parts.path}{asked}"


def _key(table: Table) -> str:
    asked = json.dumps([table.source.partition("#")[0], table.query, table.table])
    return hashlib.sha256(asked.encode()).hexdigest()[:16]


def _sheet(source: str) -> str:
    sign, sheet = source.partition("#")[1:]
    return sign + sheet


def _fetched(table: Table, root: Path) -> tuple[Path, str]:
    """Return the copy of a remote source, and why it is an old one; nothing if it is new."""
    folder = root / COPIES
    before = next((path for path in folder.glob(f"{_key(table)}.*") if path.name.endswith(ENDINGS)), None)
    about = _about(before) if before else {}
    if before and about.get("looked_at", 0) >= float(os.environ.get(SINCE_VARIABLE, "inf")):
        return before, str(about.get("stale", ""))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = folder / f"new-{secrets.token_hex(8)}"
    now = dt.datetime.now(dt.UTC)
    message: dict[str, Any] = {}
    try:
        if is_database(table.source):
            ending = fetch_rows(table, new, root=root, expand=expanded)
        else:
            ending, message = fetch_file(expanded(table.source.partition("#")[0], quote_plus), new, before=about if before else {})
    except UnreachableError as error:
        new.unlink(missing_ok=True)
        if before is None:
            raise
        _write_about(before, about | {"looked_at": now.timestamp(), "stale": str(error)})
        return before, str(error)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return _kept(new, before, folder / f"{_key(table)}{ending}", {"looked_at": now.timestamp(), "fetched": now.isoformat(), **message}), ""


def _kept(new: Path, before: Path | None, place: Path, about: dict[str, Any]) -> Path:
    """Move what was fetched into place, unless the copy is the same already; return the copy."""
    if not new.exists() and before is not None:  # the server says that nothing has changed
        _write_about(before, about)
        return before
    new.chmod(0o600)
    if before is None or before != place or before.read_bytes() != new.read_bytes():
        if before is not None and before != place:
            before.unlink(missing_ok=True)
        new.replace(place)
    new.unlink(missing_ok=True)
    _write_about(place, about)
    return place


def _about(copy: Path) -> dict[str, Any]:
    try:
        found = json.loads(_about_file(copy).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _about_file(copy: Path) -> Path:
    return copy.with_name(f"about-{copy.name.partition('.')[0]}.json")


def _write_about(copy: Path, about: dict[str, Any]) -> None:
    new = copy.with_name(f"new-{secrets.token_hex(8)}")
    new.write_text(json.dumps(about), encoding="utf-8")
    new.replace(_about_file(copy))


def expanded(text: str, written: Callable[[str], str] = str) -> str:
    """Return a text with the values of the environment variables that it names as ``${NAME}``, as `written` writes them.

    Raises
    ------
    SourceError
        If one is not set.
    """
    missing = [name for name in VARIABLE.findall(text) if not os.environ.get(name)]
    if missing:
        raise SourceError(
            f"needs the environment variable {missing[0]}, which is not set; set it before you start acm: export {missing[0]}=..."
        )
    return VARIABLE.sub(lambda found: written(os.environ[found[1]]), text)


def _stale(name: str, table: Table, why: str, about: dict[str, Any]) -> Finding:
    day = str(about.get("fetched", ""))[:10]
    return Finding.of("old_copy", "warning", "agency", name, source=shown(table), day=day)
