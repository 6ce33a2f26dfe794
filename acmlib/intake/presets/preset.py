"""A preset: the contract file of an export that follows a standard, for the columns that this export has.

Presets stand in ``templates/presets/NAME/``: ``preset.yml`` (title, source, files, term), ``contract.yml`` with ``$folder``, ``$title``,
``$starts``, ``$ends`` and ``$term``, and code lists as CSV. A line that ends in ``#? Client: Sex`` is kept if the file Client has a
column Sex, so that one preset serves several years of a standard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template

import pandas as pd
from pydantic import ValidationError

from acmlib.contract.errors import ContractError, choose, described
from acmlib.contract.load import parse_contract
from acmlib.contract.schema import EDITOR_LINE
from acmlib.contract.values import Map, Model, String
from acmlib.contract.workspace import CONTRACT_FILE, contract_folder
from acmlib.contract.yaml_reader import read_text, read_yaml
from acmlib.intake.read.delimited import csv_form, csv_rows
from acmlib.intake.read.files import SourceError, find_files

PRESETS = Path("templates", "presets")

_ONLY_IF = re.compile(r"\s*#\? (?P<file>\w+): (?P<column>\w+)$")


class Term(Model):
    """The file and the two columns that say which days an export is about."""

    file: String
    starts: String
    ends: String


class Preset(Model):
    """What ``preset.yml`` says."""

    title: String
    source: String
    files: Map[str, String]
    term: Term | None = None


def preset_names(root: Path) -> tuple[str, ...]:
    """Name the presets of a workspace."""
    return tuple(sorted(path.parent.name for path in (root / PRESETS).glob("*/preset.yml")))


def preset_contract(contract_id: str, preset: str, source: Path, *, root: Path) -> Path:
    """Write ``params/<id>/contract.yml`` for a folder of files that follow a standard.

    Parameters
    ----------
    contract_id : str
        Name of the new contract.
    preset : str
        One of `preset_names`.
    source : Path
        The folder, in the workspace.
    root : Path
        The workspace.

    Returns
    -------
    Path
        Where the contract file is.

    Raises
    ------
    ContractError
        If the contract is there already, there is no such preset, the folder lies outside the workspace or lacks a file.
    """
    folder = contract_folder(contract_id)
    path = root / folder / CONTRACT_FILE
    if path.exists():
        raise ContractError([f"{folder}/{CONTRACT_FILE}: is there already; use another id, or edit it"])
    text = preset_text(contract_id, preset, source, root=root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def preset_text(contract_id: str, name: str, source: Path, *, root: Path) -> str:
    """Return the text of the contract file that `preset_contract` writes.

    Raises
    ------
    ContractError
        As `preset_contract`.
    """
    preset = _load(name, root)
    home = root.resolve()
    place = next((one for one in (source.resolve(), (root / source).resolve()) if one.is_relative_to(home) and one.is_dir()), None)
    if place is None:
        raise ContractError([f"--from '{source.name}': is no folder in the workspace; copy the export to data/{contract_id}/ first"])
    inside = place.relative_to(home).as_posix()
    columns = {file: _columns(f"{inside}/{given}", root) for file, given in preset.files.items()}
    starts, ends, term = _term(preset, inside, root)
    title = contract_id.replace("-", " ").replace("_", " ").title()
    lines = [line for one in _template(name, root).splitlines() if (line := _kept(one, columns)) is not None]
    body = Template("\n".join(lines)).substitute(folder=inside, title=title, starts=starts, ends=ends, term=term)
    head = (
        f"{EDITOR_LINE}\n# Written by `acm new --preset {name}` from {preset.title} ({preset.source}).\n"
        f"# Go through the lines marked CHECK, then run: acm check {contract_id}\n"
    )
    parse_contract(contract_id, head + body)  # what is written must load
    return f"{head}{body}\n"


def _load(name: str, root: Path) -> Preset:
    if name not in preset_names(root):
        raise ContractError([f"--preset '{name}': there is no such preset; {choose(name, preset_names(root))}"])
    place = (PRESETS / name / "preset.yml").as_posix()
    try:
        return Preset.model_validate(read_yaml(root / place, name=place).value)
    except ValidationError as error:
        raise ContractError([f"{place}: {key} {message}" for key, message in described(error, Preset)]) from error


def _template(name: str, root: Path) -> str:
    place = PRESETS / name / CONTRACT_FILE
    return read_text(root / place, name=place.as_posix())


def _columns(name: str, root: Path) -> frozenset[str]:
    """Return the columns of a file of the export."""
    try:
        return frozenset(csv_form(find_files(name, root=root)[0]).columns)
    except SourceError as error:
        raise ContractError([f"{name}: {error}"]) from None


def _kept(line: str, columns: Mapping[str, frozenset[str]]) -> str | None:
    """Return a line without its condition, or None if the export lacks the column."""
    found = _ONLY_IF.search(line)
    if found is None:
        return line
    return line[: found.start()] if found["column"] in columns[found["file"]] else None


def _term(preset: Preset, inside: str, root: Path) -> tuple[str, str, str]:
    """Return the first and last day of an export, and what they were guessed from."""
    if preset.term is not None and (root / inside / preset.term.file).is_file():
        rows = csv_rows(find_files(f"{inside}/{preset.term.file}", root=root)[0])
        days = [[str(row.get(column, ""))[:10] for _, row in rows] for column in (preset.term.starts, preset.term.ends)]
        read = [pd.to_datetime(pd.Series(one), format="%Y-%m-%d", errors="coerce") for one in days]
        if rows and all(one.notna().all() for one in read):
            return f"{read[0].min():%Y-%m-%d}", f"{read[1].max():%Y-%m-%d}", preset.term.file
    return "2025-01-01", "2025-12-31", "nothing: the export does not say it"
