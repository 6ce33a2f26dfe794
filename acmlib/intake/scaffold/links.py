"""Which files belong together: by a column that both have, and that names at most one row of the other."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from acmlib.intake.connection import Workspace, quoted
from acmlib.intake.scaffold.profile import MOST_GROUPS, ColumnProfile, FileProfile, file_profiles
from acmlib.intake.scaffold.submissions import submission_of

#: Share of the rows of one file that must find a row of the other for the two to belong together.
MATCHED = 0.5
#: Most columns that name a row together.
LONGEST_KEY = 3


@dataclass(frozen=True)
class FileLink:
    """Rows of `many` find at most one row of `one` by the columns `on`; `renamed` says which column of `many` is called so there."""

    many: str
    one: str
    on: tuple[str, ...]
    matched: float
    renamed: Mapping[str, str] = field(default_factory=dict)


def look_at_files(sources: Sequence[str], root: Path) -> tuple[list[FileProfile], list[FileLink]]:
    """Return what files look like, and which belong together.

    Raises
    ------
    SourceError, ColumnError
        If one cannot be read.
    """
    workspace = Workspace()
    try:
        files = file_profiles(sources, root, workspace, lambda file: submission_of(file) is not None)
        return files, _links(files, workspace)
    finally:
        workspace.close()


def _links(files: Sequence[FileProfile], workspace: Workspace) -> list[FileLink]:
    """Return which files name at most one row for each row of another: first by columns of one name, then by ids of two names."""
    found: list[FileLink] = []
    for finder in (_by_shared_columns, _by_other_names):
        for many, one in itertools.permutations(sorted(files, key=lambda file: -len(file.columns)), 2):
            if not any({link.many, link.one} == {many.name, one.name} for link in found) and (link := finder(many, one, workspace)):
                found.append(link)
    return found


def _by_shared_columns(many: FileProfile, one: FileProfile, workspace: Workspace) -> FileLink | None:
    here = {column.ours: column for column in many.columns}
    shared = [column.ours for column in one.columns if column.ours in here and column.kind not in ("date", "number", "race")]
    keys = [keys for size in range(1, LONGEST_KEY + 1) for keys in itertools.combinations(shared[:8], size)]
    return next((link for key in keys if (link := _link(many, one, key, key, workspace))), None)


def _by_other_names(many: FileProfile, one: FileProfile, workspace: Workspace) -> FileLink | None:
    names = [column for column in one.columns if column.rows > 1 and column.different == column.filled == column.rows]
    ids = [column for column in many.columns if column.kind in ("text", "integer") and column.different > MOST_GROUPS]
    pairs = [(theirs.ours, ours.ours) for theirs in names for ours in ids if theirs.ours != ours.ours and _is_key(ours, theirs)]
    return next((link for theirs, ours in pairs if (link := _link(many, one, (ours,), (theirs,), workspace))), None)


def _is_key(ours: ColumnProfile, theirs: ColumnProfile) -> bool:
    """Whether one of two columns of other names may be meant by the other: both end as ids do."""
    both = (ours, theirs)
    return any(all(re.search(sign, one.ours) for one in both) for sign in (r"id$|key$|number$|no$|code$", r"e_?mail"))


def _link(many: FileProfile, one: FileProfile, ours: tuple[str, ...], theirs: tuple[str, ...], workspace: Workspace) -> FileLink | None:
    cells = ", ".join(map(quoted, theirs))
    total, different = workspace.connection.execute(
        f"SELECT count(*), count(DISTINCT ({cells})) FROM seen.{quoted(one.name)}").fetchall()[0]  # fmt: skip
    if different < total or total < 2:
        return None
    tests = " AND ".join(f"a.{quoted(a)}::VARCHAR = b.{quoted(b)}::VARCHAR" for a, b in zip(ours, theirs, strict=True))
    share = workspace.connection.execute(
        f"SELECT avg((b._x IS NOT NULL)::INT) FROM seen.{quoted(many.name)} AS a "
        f"LEFT JOIN (SELECT *, 1 AS _x FROM seen.{quoted(one.name)}) AS b ON {tests}").fetchall()[0][0]  # fmt: skip
    if (share or 0) < MATCHED or (many.rows < one.rows and len(ours) == 1 and many.rows < 2):
        return None
    return FileLink(many.name, one.name, theirs, share, {b: a for a, b in zip(ours, theirs, strict=True) if a != b})
