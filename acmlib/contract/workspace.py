"""Where the files of a contract lie in a workspace: ``params/<id>/``."""

from __future__ import annotations

import os
import re
from pathlib import Path

from acmlib.contract.errors import ContractError

#: Folder of the contracts in a workspace, and the file that makes a folder in it a contract.
PARAMS = "params"
CONTRACT_FILE = "contract.yml"

#: Folder of a workspace that holds the notebooks.
NOTEBOOKS = "notebooks"

#: Folder of the copies of sources that are addresses. Git leaves it out, as everything in ``working/``.
COPIES = "working/sources"
#: Variable of the environment with seconds since 1970: a copy that was looked at since then is not fetched again by this batch.
SINCE_VARIABLE = "ACM_SOURCES_SINCE"

#: Environment variable that names the workspace.
ROOT_VARIABLE = "ACM_ROOT"

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


def contract_folder(contract_id: str) -> str:
    """Return the folder of a contract's files, from the root of the workspace.

    Raises
    ------
    ContractError
        If the id is none: a folder name in lower-case letters, digits, ``-`` and ``_``, so that no id leads elsewhere.

    Examples
    --------
    >>> contract_folder("harbor-youth-jobs")
    'params/harbor-youth-jobs'
    >>> contract_folder("../../etc")
    Traceback (most recent call last):
    acmlib.contract.errors.ContractError: contract id is '../../etc'; use lower-case letters, digits, - and _, at most 80
    """
    if not _ID.fullmatch(contract_id):
        raise ContractError([f"contract id is '{contract_id[:100]}'; use lower-case letters, digits, - and _, at most 80"])
    return f"{PARAMS}/{contract_id}"


def check_links(contract_id: str, root: Path) -> None:
    """Refuse links among the files of a contract that lead out of the workspace: whatever lies there could end up on a page.

    ``params/`` itself may be a link to where an agency keeps its contracts, as ``data/`` may.

    Raises
    ------
    ContractError
        Naming each such link.
    """
    homes = (root.resolve(), (root / PARAMS).resolve())
    top = root / contract_folder(contract_id)
    found = [top, *(Path(place, name) for place, folders, files in os.walk(top) for name in (*folders, *files))]
    outside = [path for path in found if path.is_symlink() and not any(path.resolve().is_relative_to(home) for home in homes)]
    if outside:
        what = "is a link that leads out of the workspace; put the file itself there"
        raise ContractError([f"{path.relative_to(root).as_posix()}: {what}" for path in outside])


def contract_ids(root: Path = Path()) -> tuple[str, ...]:
    """Return the ids of the contracts of a workspace, in alphabetical order: folders under ``params/`` with a contract.yml."""
    folder = root / PARAMS
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{CONTRACT_FILE}"))) if folder.is_dir() else ()


def find_root(start: Path | None = None) -> Path:
    """Return the workspace that a folder lies in: ``ACM_ROOT`` if it is set, else the nearest folder upwards that holds ``params/``.

    Parameters
    ----------
    start
        Where to begin; the current folder if absent.

    Raises
    ------
    ContractError
        If there is none.
    """
    if named := os.environ.get(ROOT_VARIABLE):
        return Path(named)
    start = (start or Path()).resolve()
    for folder in (start, *start.parents):
        if (folder / PARAMS).is_dir():
            return folder
    raise ContractError(
        [f"{start.name}: no folder '{PARAMS}' here or above; change to the folder of your workbooks, or name it in {ROOT_VARIABLE}"]
    )
