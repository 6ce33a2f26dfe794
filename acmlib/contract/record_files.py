"""Records from their files: YAML, CSV and Markdown, with the same quality of messages as the contract file."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from acmlib.contract.errors import ContractError, described, line_of, located, one_of
from acmlib.contract.meetings import Meeting
from acmlib.contract.model import Contract
from acmlib.contract.promises import with_promises
from acmlib.contract.record_checks import contradictions
from acmlib.contract.records import Action, Note, Peer, Plan, Records, Roadmap
from acmlib.contract.replies import Deliverable, Response, SpotCheck
from acmlib.contract.reviews import Review
from acmlib.contract.spreadsheets import delimiter_of
from acmlib.contract.values import Model
from acmlib.contract.voices import Coded, Voices
from acmlib.contract.workspace import CONTRACT_FILE, NOTEBOOKS, contract_folder
from acmlib.contract.yaml_reader import parse_yaml, read_text, read_yaml

RecordModel = TypeVar("RecordModel", bound=Model)
#: What a message calls a row without an id.
WHOLE_ROW = "the row"

#: What may part the cells of a row; one in the first cell of a reply was meant to.
SEPARATORS = ",;\t"

#: What other contracts of the programme have shown, beside the contract file; written by ``acm peers``.
PEERS = "peers.csv"

#: The contract's own copies of surveys, guides and consent texts, for people; nothing reads them.
INSTRUMENTS = "instruments"

#: What the folder of meetings is for; written by ``acm start``.
ABOUT_MEETINGS = "README.md"

#: Files and folders that may stand beside a contract; another whose name is nearly one of these is a misspelt one.
KNOWN = (
    CONTRACT_FILE, "roadmap.yml", "actions.csv", "plan.yml", "meetings", "responses.csv", "deliverables.csv", "spot_checks.csv",
    "voice.yml", "coding.csv", "review.yml", "notes", PEERS, INSTRUMENTS,
)  # fmt: skip


def load_records(contract_id: str, root: Path = Path(), *, contract: Contract | None = None) -> Records:
    """Read what people wrote beside a contract: the files and folders of `KNOWN`, each of them optional.

    Promises of meetings are among the actions; what later meetings say of an action has been applied to it.

    Parameters
    ----------
    contract_id
        Name of the contract's folder under ``params/``.
    contract
        The contract itself, if at hand: metrics, dimensions and figures that records name must then exist in it.

    Raises
    ------
    ContractError
        With every error of all these files.
    """
    folder = contract_folder(contract_id)
    errors: list[str] = list(_misspelt(root / folder, folder))
    lines: dict[str, list[int]] = {}

    def read(name: str, reader: Callable[[Path, str], Any], empty: Any) -> Any:
        path = root / folder / name
        try:
            return reader(path, f"{folder}/{name}") if path.exists() else empty
        except ContractError as error:
            errors.extend(error.errors)
            return empty

    def rows(name: str, model: type[RecordModel], form: Collection[str] = ()) -> tuple[RecordModel, ...]:
        return read(name, lambda path, shown: _csv(path, shown, model, lines.setdefault(name, []), form), ())  # type: ignore[no-any-return]

    plan: Plan = read("plan.yml", lambda path, name: _yaml(path, name, Plan), Plan())
    records = Records(
        roadmap=read("roadmap.yml", lambda path, name: _yaml(path, name, Roadmap).topics, ()),
        actions=rows("actions.csv", Action),
        plan=plan.questions,
        calendar=plan.calendar,
        notes=read("notes", _notes, ()),
        review=read("review.yml", lambda path, name: _yaml(path, name, Review), None),
        deliverables=rows("deliverables.csv", Deliverable),
        peers=rows(PEERS, Peer),
        meetings=read("meetings", _meetings, ()),
        responses=rows("responses.csv", Response, form=("period", "figure", "title")),
        spot_checks=rows("spot_checks.csv", SpotCheck),
        voices=read("voice.yml", lambda path, name: _yaml(path, name, Voices), Voices()),
        coded=rows("coding.csv", Coded),
    )
    if not errors:
        pages = sorted(path.stem for path in (root / NOTEBOOKS).glob("*.ipynb"))
        errors += contradictions(records, folder, contract, lines, pages)
    if errors:
        raise ContractError(errors)
    return with_promises(records)


def _misspelt(folder: Path, name: str) -> Iterator[str]:
    """Yield a message for each file whose name is nearly that of a record: it would be left out in silence."""
    present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    for given in sorted(present - set(KNOWN)):
        if given.startswith((".", "~")):
            continue
        missing = [known for known in KNOWN if known not in present]
        same = [known for known in missing if known.partition(".")[0] == given.partition(".")[0].lower()]
        near = same or difflib.get_close_matches(given.lower(), missing, n=1, cutoff=0.8)
        if near:
            yield f"{name}/{given}: is not read; did you mean '{near[0]}'? rename it, or move it out of this folder"


def _files(folder: Path, name: str) -> list[Path]:
    """Return what lies in a folder, in order of its names."""
    if not folder.is_dir():
        raise ContractError([f"{name}: is a file and must be a folder; rename it, or move it out of this folder"])
    return sorted((path for path in folder.iterdir() if not path.name.startswith((".", "~"))), key=lambda path: (path.stem, path.name))


def _every(readers: Iterable[Callable[[], RecordModel]]) -> tuple[RecordModel, ...]:
    """Return what each of these reads, or raise the errors of all of them."""
    found: list[RecordModel] = []
    errors: list[str] = []
    for reader in readers:
        try:
            found.append(reader())
        except ContractError as error:
            errors.extend(error.errors)
    if errors:
        raise ContractError(errors)
    return tuple(found)


def _meetings(folder: Path, name: str) -> tuple[Meeting, ...]:
    """Read one meeting a file; its day is the name of the file."""
    days: dict[dt.date, str] = {}
    files = [path for path in _files(folder, name) if path.name != ABOUT_MEETINGS]
    return _every(partial(_meeting, path, f"{name}/{path.name}", days) for path in files)


def _day(name: str) -> dt.date | None:
    """Return the day that the name of a file begins with."""
    try:
        return dt.date.fromisoformat(name[:10])
    except ValueError:
        return None


def _meeting(path: Path, name: str, days: dict[dt.date, str]) -> Meeting:
    """Read a meeting; `days` has the files of the days read before."""
    day = _day(path.name)
    if day is None:
        raise ContractError([f"{name}: is not the name of a meeting; use its day, as 2026-06-18.yml"])
    if day in days:
        raise ContractError([f"{name}: is a second meeting on {day}, beside {days[day]}; keep both in one file, {day}.yml"])
    if path.name != f"{day}.yml":
        raise ContractError([f"{name}: is not the name of a meeting; use {day}.yml"])
    days[day] = path.name
    document = read_yaml(path, name=name)
    content = document.value if document.value is not None else {}
    if isinstance(content, dict):
        if content.setdefault("date", day) != day:
            raise ContractError([f"{name}: date is '{content['date']}', the file is named {day}; leave date out, the name says it"])
        # A form that was not filled in has empty lists and entries without a text.
        content = {key: value for key, value in content.items() if value not in (None, [])}
    return _validated(content, name, Meeting, lambda key: line_of(document.lines, key))


def _yaml(path: Path, name: str, model: type[RecordModel]) -> RecordModel:
    document = read_yaml(path, name=name)
    return _validated(document.value or {}, name, model, lambda key: line_of(document.lines, key))


def _validated(value: Any, name: str, model: type[RecordModel], line: Callable[[str], int], prefix: str = "") -> RecordModel:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        named = "" if prefix in ("", WHOLE_ROW) else f"{prefix}."
        found = [(prefix if key == "the file" and prefix else f"{named}{key}", problem) for key, problem in described(error, model)]
        raise ContractError([located(name, key, problem, line(key)) for key, problem in found]) from None


def _csv(path: Path, name: str, model: type[RecordModel], lines: list[int], form: Collection[str] = ()) -> tuple[RecordModel, ...]:
    """Read one record a line. ``what_es`` is the Spanish of ``what``; a row is named in messages by its id, else its line.

    The lines of the rows that could be read are added to `lines`; a row of a form that was not filled in, with
    values in no columns but those of `form`, is left out.
    """
    text = read_text(path, name=name)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter_of(text))
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise ContractError([f"{name}: is not a CSV file ({error}); check quotes (line {reader.line_num})"]) from None
    if not rows:
        return ()

    def record(at: int, row: list[str], columns: list[str], given: dict[str, str]) -> RecordModel:
        if any(cell.strip() for cell in row[len(columns) :]):
            what = f"has {len(row)} values under {len(columns)} columns"
            raise ContractError([f"{name}: {what}; put texts with a comma in quotes (line {at})"])
        if form and not set(row[0]).isdisjoint(SEPARATORS):
            raise ContractError([f"{name}: has other separators than the first line; save all rows with the same (line {at})"])
        made = _validated(_cells(given, model), name, model, lambda _: at, given.get("id", WHOLE_ROW))
        lines.append(at)
        return made

    columns: list[str] = []
    reads: list[Callable[[], RecordModel]] = []
    for at, row in rows:
        if columns and not _is_head(row, model):
            given = {column: cell.strip() for column, cell in zip(columns, row, strict=False) if cell.strip()}
            if not given.keys() <= set(form) or not set(row[0]).isdisjoint(SEPARATORS):
                reads.append(partial(record, at, row, columns, given))
            continue
        columns = [cell.strip() for cell in row]
        repeated = {column for column in columns if column and columns.count(column) > 1}
        if repeated:
            raise ContractError([f"{name}: has the column {one_of(sorted(repeated))} twice; keep one (line {at})"])
    return _every(reads)


def _is_head(row: Collection[str], model: type[Model]) -> bool:
    """Whether a row names columns: the form of a later month may stand below an earlier one, with columns of its own."""
    named = {cell.strip() for cell in row if cell.strip()}
    return len(named) > 1 and all((cell[:-3] if cell[-3:-2] == "_" else cell) in model.model_fields for cell in named)


def _cells(given: Mapping[str, str], model: type[Model]) -> dict[str, Any]:
    """Turn the cells of a row into what the fields want: truth values, and texts in several languages."""
    cells: dict[str, Any] = {}
    for column, cell in given.items():
        name, _, language = column.rpartition("_")
        is_text = column not in model.model_fields and name in model.model_fields and len(language) == 2
        if is_text:
            base = given.get(name)
            cells[name] = {**({"": base} if base else {}), **(cells[name] if isinstance(cells.get(name), dict) else {}), language: cell}
        elif cell.lower() in ("true", "false"):
            cells[column] = cell.lower() == "true"
        else:
            cells.setdefault(column, cell)
    return cells


def _notes(folder: Path, name: str) -> tuple[Note, ...]:
    found = _every(partial(_note, path, f"{name}/{path.name}") for path in _files(folder, name))
    return tuple(sorted(found, key=lambda note: (note.date, note.file)))


def _note(path: Path, name: str) -> Note:
    if path.suffix != ".md":
        raise ContractError([f"{name}: is not read; notes are files that end in .md: rename it, or move it out of this folder"])
    parts = read_text(path, name=name).replace("\r\n", "\n").split("---\n", 2)
    if len(parts) < 3 or parts[0].strip():
        raise ContractError([f"{name}: has no front matter; begin with --- , then date, kind, source, then --- and the text (line 1)"])
    document = parse_yaml(parts[1], name=name)
    head = document.value if isinstance(document.value, dict) else {}
    taken = [key for key in ("text", "file") if key in head]
    if taken:
        raise ContractError([f"{name}: {taken[0]} is not a known key; write the text below the second ---"])
    return _validated({**head, "text": parts[2].strip(), "file": path.name}, name, Note, lambda key: line_of(document.lines, key) + 1)
