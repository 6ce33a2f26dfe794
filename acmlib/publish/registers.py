"""The page about a register of contracts: a notebook that is ``per: register``, made when somebody asks for it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from acmlib.publish.folders import make_folder
from acmlib.publish.jobs import OUTPUTS, PLAIN_LANGUAGE
from acmlib.publish.programs import make_page
from acmlib.publish.reports import REGISTER, declared_reports, find_report

#: Folder of the pages about registers of contracts, in ``outputs/``.
REGISTERS = "registers"


def make_register_page(
    register: Path, *, answers: Path | None, settings: Path | None, on: dt.date, language: str, root: Path
) -> tuple[Path, tuple[str, str, str] | None]:
    """Make the page of the meeting that decides which contracts of a register to begin with.

    Parameters
    ----------
    register, answers, settings : Path
        As `acmlib.display.pilots.open_register` takes them, in the workspace or outside it.
    on : date
        The day from which months left are counted.

    Returns
    -------
    (Path, (where, what, do) or None)
        The page, in ``outputs/registers/``, and why it was not written, if so.

    Raises
    ------
    DeclarationError
        If there is no notebook for it.
    """
    declared = next((one for one in declared_reports(root) if one.per == REGISTER), None) or find_report("pilots", root)
    places = {"register": register, "answers": answers, "settings": settings or Path("templates/pilots.yml")}
    parameters = {name: _from_root(path, root) if path else "" for name, path in places.items()}
    parameters |= {"on": on.isoformat(), "language": language}
    stem = re.sub(r"[^a-z0-9]+", "-", register.stem.lower()).strip("-") or "register"
    path = Path(OUTPUTS, REGISTERS, f"{declared.name}-{stem}{'' if language == PLAIN_LANGUAGE else f'.{language}'}.html")
    make_folder((root / path).parent)
    title = f"{declared.title(language)}: {register.name}"
    return path, make_page(declared, parameters, root / path, title=title, root=root)


def _from_root(path: Path, root: Path) -> str:
    """Return where a file is, from the workspace if it lies in it."""
    place, home = (path if path.is_absolute() or not (root / path).is_file() else root / path).resolve(), root.resolve()
    return place.relative_to(home).as_posix() if place.is_relative_to(home) else place.as_posix()
