"""Files that several contracts of a batch read: taken apart once, kept as Parquet until the batch ends.

The batch lists them in `LIST` in a private folder, which it names in `PARSED_VARIABLE` while a contract's data are read. Kernels do not get
that variable: what they may show was released before they start.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from acmlib.contract.model import Table
from acmlib.intake.connection import Workspace, literal
from acmlib.intake.files import SourceFile
from acmlib.intake.findings import Finding

#: Names the folder of the files that were taken apart.
PARSED_VARIABLE = "ACM_PARSED"

#: In that folder: the paths, from the root of the workspace, of the files that are worth keeping.
LIST = "shared.json"


@dataclass(frozen=True)
class Parsed:
    """What is known of a file that was taken apart.

    Attributes
    ----------
    columns : tuple of str
        As in the file.
    rows : int
        Rows that were read.
    sha256 : str
        Of the file's bytes.
    findings : tuple of Finding
        What was noticed.
    """

    columns: tuple[str, ...]
    rows: int
    sha256: str
    findings: tuple[Finding, ...]


@contextmanager
def parsing_in(folder: Path) -> Iterator[None]:
    """Let files that `LIST` in a folder names be taken apart once for all who read them."""
    os.environ[PARSED_VARIABLE] = str(folder)
    try:
        yield
    finally:
        del os.environ[PARSED_VARIABLE]


def parsed_once(part: str, file: SourceFile, name: str, table: Table, workspace: Workspace, parse: Callable[[], Parsed]) -> Parsed:
    """Give a file's rows as a table of the database, from what was kept if somebody has parsed it already.

    Parameters
    ----------
    part : str
        Name of the table to make.
    file : SourceFile
    name : str
        Name of the contract's table: findings name it.
    table : Table
    workspace : Workspace
    parse : callable
        Makes the table from the file itself.
    """
    folder = Path(os.environ.get(PARSED_VARIABLE, ""))
    listed = folder / LIST
    if PARSED_VARIABLE not in os.environ or not listed.is_file() or file.name not in json.loads(listed.read_text(encoding="utf-8")):
        return parse()
    state = file.path.stat()
    how = [file.name, name, table.encoding, table.delimiter, file.sheet, state.st_size, state.st_mtime_ns, state.st_ctime_ns]
    digest = hashlib.sha256(json.dumps(how).encode()).hexdigest()
    rows, about = folder / f"{digest}.parquet", folder / f"{digest}.about"
    if about.is_file():
        workspace.connection.execute(f"CREATE TABLE {part} AS SELECT * FROM read_parquet({literal(str(rows))})")
        kept: Parsed = pickle.loads(about.read_bytes())  # noqa: S301 -- written below, in a folder of this user alone
        return kept
    parsed = parse()
    new = folder / secrets.token_hex(8)
    workspace.connection.execute(f"COPY {part} TO {literal(str(new))} (FORMAT parquet, COMPRESSION lz4)")
    new.replace(rows)
    new.write_bytes(pickle.dumps(parsed))
    new.replace(about)
    return parsed
