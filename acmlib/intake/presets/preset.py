"""A preset: the contract file of an export that follows a standard, for the columns that this export has.

Presets stand in ``templates/presets/NAME/``: ``preset.yml`` (title, source, files, term), ``contract.yml`` with ``$folder``, ``$title``,
``$starts``, ``$ends`` and ``$term``, and code lists as CSV. A line that ends in ``#? Client: Sex`` is kept if the file Client has a
column Sex, so that one preset serves several years of a standard; ``#? Client: no Sex`` is kept if it has none. The files of a standard
that does not name them are those of the folder: ``files: {Requests: .}``; of one that names them in several ways, those of a pattern.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Annotated

from pydantic import BeforeValidator, ValidationError

from acmlib.contract.errors import ContractError, choose, described
from acmlib.contract.load import parse_contract
from acmlib.contract.model import Table
from acmlib.contract.schema import EDITOR_LINE
from acmlib.contract.values import Map, Model, String, one_or_more
from acmlib.contract.workspace import CONTRACT_FILE, contract_folder
from acmlib.contract.yaml_reader import read_text, read_yaml
from acmlib.intake.connection import Workspace
from acmlib.intake.read.columns import ColumnError, typed
from acmlib.intake.read.delimited import csv_form
from acmlib.intake.read.files import SourceError, find_files
from acmlib.intake.read.reading import read_raw
from acmlib.intake.read.records import read_records
from acmlib.intake.read.sheets import read_sheet

PRESETS = Path("templates", "presets")

#: First and last day where an export does not say them, and that it does not.
UNKNOWN_TERM = ("2025-01-01", "2025-12-31", "nothing: the export does not say it")
#: So many columns of an export, called as the standard calls them, are no chance.
SIGNATURE = 2

_ONLY_IF = re.compile(r"\s*#\? (?P<file>\w+): (?P<no>no )?(?P<column>[\w/]+)$")


class Term(Model):
    """The file and the two columns that say which days an export is about; of several names the first that the file has.

    `ends_in` is the file of `ends`, if it is another one.
    """

    file: String
    ends_in: String | None = None
    starts: Annotated[tuple[String, ...], BeforeValidator(one_or_more)]
    ends: Annotated[tuple[String, ...], BeforeValidator(one_or_more)]


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
    preset : str
        One of `preset_names`.
    source : Path
        The folder, in the workspace.

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
    preset, inside = _placed(contract_id, name, source, root)
    return _text(contract_id, name, preset, inside, _term(preset, inside, root), root)


def _placed(contract_id: str, name: str, source: Path, root: Path) -> tuple[Preset, str]:
    """Return a preset, and where its files are from the root of the workspace."""
    preset, home = _load(name, root), root.resolve()
    place = next((one for one in (source.resolve(), (root / source).resolve()) if one.is_relative_to(home) and one.is_dir()), None)
    if place is None:
        raise ContractError([f"--from '{source.name}': is no folder in the workspace; copy the export to data/{contract_id}/ first"])
    return preset, place.relative_to(home).as_posix()


def _text(contract_id: str, name: str, preset: Preset, inside: str, days: tuple[str, str, str], root: Path) -> str:
    """Return the text of a contract file whose term has these days, guessed from a column."""
    columns = {file: _columns(f"{inside}/{given}".removesuffix("/."), root) for file, given in preset.files.items()}
    starts, ends, term = days
    title = contract_id.replace("-", " ").replace("_", " ").title()
    lines = [line for one in _template(name, root).splitlines() if (line := _kept(one, columns)) is not None]
    body = Template("\n".join(lines)).substitute(folder=inside, title=title, starts=starts, ends=ends, term=term)
    head = (
        f"{EDITOR_LINE}\n# Written by `acm new --preset {name}` from {preset.title} ({preset.source}).\n"
        f"# Go through the lines marked CHECK, then run: acm check {contract_id}\n"
    )
    parse_contract(contract_id, head + body)  # what is written must load
    return f"{head}{body}\n"


def fitting_preset(contract_id: str, source: Path, *, root: Path) -> str | None:
    """Return the preset of the standard that the files of a folder follow: all its files are there, with the columns that it names.

    Parameters
    ----------
    source : Path
        The folder; a file fits none.
    """
    for name in preset_names(root) if source.is_dir() else ():
        try:
            preset, inside = _placed(contract_id, name, source, root)
            tables = parse_contract(contract_id, _text(contract_id, name, preset, inside, UNKNOWN_TERM, root)).tables.values()
            fits = all({*one.columns.values()} <= _columns(one.source, root) for one in tables)
        except (ContractError, KeyError):
            continue
        named = sum(len(one.columns) for one in tables)
        if preset.term and preset.term.file == ".":  # the columns that a JSON file of the standard is compiled to
            named += len({*preset.term.starts, *preset.term.ends} & _columns(inside, root))
        if fits and named >= SIGNATURE:
            return name
    return None


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
    """Return the columns of a file of the export, or of the first of several."""
    try:
        file = find_files(name, root=root)[0]
        if file.kind == "csv":
            return frozenset(csv_form(file).columns)
        return frozenset((read_sheet if file.kind == "excel" else read_records)(file).columns)
    except SourceError as error:
        raise ContractError([f"{name}: {error}"]) from None


def _kept(line: str, columns: Mapping[str, frozenset[str]]) -> str | None:
    """Return a line without its condition, or None if the export lacks the column."""
    found = _ONLY_IF.search(line)
    if found is None:
        return line
    return line[: found.start()] if (found["column"] in columns[found["file"]]) != bool(found["no"]) else None


def _term(preset: Preset, inside: str, root: Path) -> tuple[str, str, str]:
    """Return the first and last day of an export, and what they were guessed from."""
    term = preset.term
    if term is not None:
        names = [f"{inside}/{file}".removesuffix("/.") for file in (term.file, term.ends_in or term.file)]
        try:
            first, last = _span(names[0], term.starts, root), _span(names[1], term.ends, root)
        except (SourceError, ColumnError):
            first = last = None
        if first and last:
            named = term.file != "." and "*" not in term.file
            return first[0].isoformat(), last[1].isoformat(), term.file if named else first[2]
    return UNKNOWN_TERM


def _span(name: str, choice: Sequence[str], root: Path) -> tuple[dt.date, dt.date, str] | None:
    """Return the earliest and the latest day of the first of some columns that a file has, of dates or of years, and its name."""
    workspace = Workspace()
    try:
        workspace.connection.execute("CREATE SCHEMA raw")
        table = Table(source=name)
        raw = read_raw("export", table, find_files(name, root=root), workspace)
        columns = {column.source: column for column in typed("export", table, raw, workspace.connection)[0]}
        named = next((name for name in choice if name in columns), None)
        if named is None:
            return None
        value = columns[named].value
        found = workspace.connection.execute(f"SELECT min({value}), max({value}) FROM ({raw.query})").fetchall()[0]
    finally:
        workspace.close()
    if all(isinstance(one, int) for one in found):
        return dt.date(found[0], 1, 1), dt.date(found[1], 12, 31), named
    days = [one.date() if isinstance(one, dt.datetime) else one for one in found]
    return (days[0], days[1], named) if all(isinstance(one, dt.date) for one in days) else None
