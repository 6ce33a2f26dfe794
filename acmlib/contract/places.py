"""Where a table's rows are: a path inside the workspace, an address on the web, or a database."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from acmlib.contract.errors import refusal
from acmlib.contract.values import String

#: In bytes; more is no name and no path on some system that an agency uses.
LONGEST_NAME, LONGEST_PATH = 200, 1000

#: What stands for the value of an environment variable in an address: ``${CASES_PASSWORD}``.
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

#: Addresses of files; all others are databases. Plain http is for programs on this machine.
_WEB = ("https", "http")
_HERE = ("localhost", "127.0.0.1", "::1")
#: Other ways to a file, which are not read.
_OTHERS = ("file", "ftp", "ftps", "sftp", "smb")


def inside(path: str) -> str:
    """Refuse every path but one from the root of the workspace downwards.

    Raises
    ------
    PydanticCustomError
        For absolute paths, drive letters, addresses, ``~`` and ``..``, and for paths longer than systems allow.
    """
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if not parts or parts[0] in ("/", "//") or ".." in parts or path.startswith("~") or ":" in path or "\0" in path:
        raise PydanticCustomError("path", "use a path inside the workspace, from its root, as data/<id>/participants.csv")
    if len(path.encode()) > LONGEST_PATH or any(len(part.encode()) > LONGEST_NAME for part in parts):
        raise PydanticCustomError("path", "has a path that is too long; use a short one, as data/<id>/participants.csv")
    return path


def is_remote(source: str) -> bool:
    """Whether a source is an address rather than a path.

    Examples
    --------
    >>> is_remote("data/a/people.csv"), is_remote("https://data.city.gov/people.csv"), is_remote("postgresql://db/cases")
    (False, True, True)
    """
    return "://" in source


def is_database(source: str) -> bool:
    """Whether a source is a database.

    Examples
    --------
    >>> is_database("https://data.city.gov/people.csv"), is_database("postgresql://db.city.gov/cases")
    (False, True)
    """
    return is_remote(source) and source.partition("://")[0].lower() not in _WEB


def _address(given: str) -> str:
    """Refuse addresses that hold a password, that anybody on the way can read, or that lead out of the workspace."""
    try:
        parts = urlsplit(given)
        host, password = parts.hostname or "", parts.password
    except ValueError:
        raise PydanticCustomError("address", "is no address; write it as https://data.city.gov/people.csv") from None
    if password and not VARIABLE.fullmatch(password):
        raise refusal("holds a password; write ${NAME} in its place, and set the environment variable NAME")
    if parts.scheme in _OTHERS:
        raise PydanticCustomError("address", "is neither a file, nor https://, nor a database as postgresql://; copy the file to data/")
    if parts.scheme == "http" and host not in _HERE:
        raise PydanticCustomError("address", "begins with http://, which others can read on its way; use https://")
    if parts.scheme == "sqlite":
        inside(parts.path.removeprefix("/"))
    elif not host:
        raise PydanticCustomError(
            "address", "names no computer; write it as https://data.city.gov/people.csv or postgresql://HOST/DATABASE"
        )
    return given


def _source(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    return _address(given) if is_remote(given) else inside(given)


PathInside = Annotated[String, BeforeValidator(lambda given: inside(given) if isinstance(given, str) else given)]
Source = Annotated[String, BeforeValidator(_source)]
