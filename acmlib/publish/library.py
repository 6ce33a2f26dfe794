"""Which library makes the pages: versions of the packages whose numbers and drawings are shown, and a digest of our own source."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import acmlib

#: Packages whose version can change a number or a drawing.
NAMED_VERSIONS = ("acm-workbooks", "pandas", "numpy", "scipy", "duckdb", "pyarrow", "matplotlib", "papermill", "jinja2")


@cache
def versions() -> dict[str, str]:
    """Return the version of Python and of each package that matters."""
    return {"python": platform.python_version()} | {name: version(name) for name in NAMED_VERSIONS}


@cache
def library_digest() -> str:
    """Return a digest of the versions and of every file of `acmlib`: a page made by another library is not up to date."""
    digest = hashlib.sha256(json.dumps(versions()).encode())
    home = Path(acmlib.__file__).parent
    for folder, folders, files in os.walk(home):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        inside = folder.removeprefix(str(home)).replace(os.sep, "/")
        for name in sorted(files):
            digest.update(f"\n{inside}/{name}\n".encode() + Path(folder, name).read_bytes())
    return digest.hexdigest()
