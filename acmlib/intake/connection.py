"""A DuckDB connection that can read the declared files and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from acmlib.contract.private_folders import PrivateFolder

#: Set before anything is read. Nothing is fetched, installed, loaded or kept; Python's variables are no tables.
_FROM_THE_START = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "preserve_insertion_order": "true",
}


class Workspace:
    """A DuckDB database in memory with a private folder for what does not fit; `close` removes both.

    Parameters
    ----------
    threads
        Most threads DuckDB uses; its own choice (all cores) if None.
    memory_limit
        Most memory DuckDB uses before it writes to the private folder, as ``"2GB"``; its own choice (80%) if None.
    """

    def __init__(self, *, threads: int | None = None, memory_limit: str | None = None) -> None:
        self._private = PrivateFolder()
        self.folder = self._private.path
        config: dict[str, str | bool | int | float | list[str]] = {**_FROM_THE_START, "temp_directory": str(self.folder / "spill")}
        if threads is not None:
            config["threads"] = threads
        if memory_limit is not None:
            config["memory_limit"] = memory_limit
        self.connection = duckdb.connect(":memory:", config=config)

    def lock(self, files: Iterable[Path]) -> None:
        """End access to everything outside the database except `files`, for good: no setting can be changed any more.

        Call it before the first expression of a contract file is run.
        """
        self.connection.execute("SET allowed_paths = ?", [[str(path) for path in files]])
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")

    def close(self) -> None:
        """Close the connection and remove the private folder. Closing twice does no harm."""
        self.connection.close()
        self._private.close()


def quoted(name: str) -> str:
    """Return a name as a SQL identifier.

    Examples
    --------
    >>> print(quoted('a "b" c'))
    "a ""b"" c"
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as a SQL literal.

    Examples
    --------
    >>> literal("Don't know")
    "'Don''t know'"
    """
    return "'" + text.replace("'", "''") + "'"
