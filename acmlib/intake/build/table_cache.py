"""Tables whose files several contracts of a batch read: read and typed once, kept as Parquet until the batch ends.

The batch lists the files in `LIST` in a private folder, which it names in `CACHE_VARIABLE` while a contract's data are read. Kernels do not
get that variable: what they may show was released before they start. Contracts share a table if they treat it alike but for the rows that
`where` lets in, as contracts from one template do.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from acmlib.contract.model import Contract
from acmlib.intake.build.usage import wanted_types
from acmlib.intake.connection import Workspace, literal, quoted
from acmlib.intake.findings import Finding
from acmlib.intake.read.files import SourceFile
from acmlib.intake.read.reading import RawTable

#: Names the folder of the kept tables.
CACHE_VARIABLE = "ACM_KEPT_TABLES"

#: In that folder: the paths, from the root of the workspace, of the files that are worth keeping.
LIST = "shared.json"

#: What is done to a table after it is typed, so that it may differ.
AFTER = {"where", "derive", "join"}


@contextmanager
def caching_in(folder: Path) -> Iterator[None]:
    """Cache tables of the files that `LIST` in a folder names: each is read once for all processes."""
    os.environ[CACHE_VARIABLE] = str(folder)
    try:
        yield
    finally:
        del os.environ[CACHE_VARIABLE]


def cached_table(contract: Contract, name: str, files: Sequence[SourceFile], workspace: Workspace) -> tuple[RawTable, list[Finding]] | None:
    """Make ``typed.<name>`` a view of what was kept, and return what was noticed when it was read; None if nothing was kept.

    Parameters
    ----------
    files : sequence of SourceFile
        Its files as they are now.
    """
    place = _place(contract, name, files)
    if place is None or not place.with_suffix(".about").is_file():
        return None
    raw, noticed = pickle.loads(place.with_suffix(".about").read_bytes())  # noqa: S301 -- written by `cache_table`, in a folder of this user alone
    workspace.connection.execute(f"CREATE VIEW typed.{quoted(name)} AS SELECT * FROM read_parquet({literal(str(place))})")
    return replace(raw, files=(SourceFile(place, files[0].name, "parquet"),)), noticed


def cache_table(
    contract: Contract, name: str, files: Sequence[SourceFile], raw: RawTable, noticed: list[Finding], workspace: Workspace
) -> None:
    """Keep ``typed.<name>`` for other contracts, if its files are worth it; Parquet files are as good as kept."""
    place = _place(contract, name, files)
    if place is None or raw.types:
        return
    new = place.with_name(secrets.token_hex(8))
    workspace.connection.execute(f"COPY typed.{quoted(name)} TO {literal(str(new))} (FORMAT parquet, COMPRESSION lz4)")
    new.replace(place)
    new.write_bytes(pickle.dumps((replace(raw, query="", files=()), noticed)))
    new.replace(place.with_suffix(".about"))


def _place(contract: Contract, name: str, files: Sequence[SourceFile]) -> Path | None:
    """Return where a table is kept: named by everything that decides what is in it."""
    folder = os.environ.get(CACHE_VARIABLE)
    if folder is None or not Path(folder, LIST).is_file():
        return None
    listed = set(json.loads(Path(folder, LIST).read_text(encoding="utf-8")))
    if not all(file.name in listed for file in files):
        return None
    states = [(file.name, file.sheet, *_state(file.path)) for file in files]
    table = contract.tables[name].model_dump(mode="json", exclude=AFTER)
    dimensions = {key: dimension.model_dump(mode="json") for key, dimension in contract.dimensions.items()}
    decided = json.dumps([name, states, table, dimensions, wanted_types(contract, name)])
    return Path(folder, f"{hashlib.sha256(decided.encode()).hexdigest()}.parquet")


def _state(path: Path) -> tuple[int, int, int]:
    about = path.stat()
    return about.st_size, about.st_mtime_ns, about.st_ctime_ns
