"""Records from their files: YAML, CSV and Markdown, with the same quality of messages as the contract file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from acmlib.contract.errors import ContractError, choose, described, one_of
from acmlib.contract.model import Contract
from acmlib.contract.records import Action, Deliverable, Note, Peer, Plan, Question, Records, Review, Roadmap, Topic
from acmlib.contract.values import Model
from acmlib.contract.workspace import contract_folder
from acmlib.contract.yaml_reader import parse_yaml, read_text, read_yaml

RecordModel = TypeVar("RecordModel", bound=Model)

#: What other contracts of the programme have shown, beside the contract file; written by ``acm peers``.
PEERS = "peers.csv"


def load_records(contract_id: str, root: Path = Path(), *, contract: Contract | None = None) -> Records:
    """Read roadmap.yml, actions.csv, plan.yml, notes/*.md, review.yml, deliverables.csv and peers.csv of a contract.

    Parameters
    ----------
    contract_id
        Name of the contract's folder under ``params/``.
    root
        The workspace.
    contract
        The contract itself, if at hand: metrics and dimensions that records name must then exist in it.

    Raises
    ------
    ContractError
        With every error of all these files.
    """
    folder = contract_folder(contract_id)
    errors: list[str] = []

    def read(name: str, reader: Callable[[Path, str], Any], empty: Any) -> Any:
        path = root / folder / name
        try:
            return reader(path, f"{folder}/{name}") if path.exists() else empty
        except ContractError as error:
            errors.extend(error.errors)
            return empty

    review: Review | None = read("review.yml", lambda path, name: _yaml(path, name, Review), None)
    records = Records(
        roadmap=read("roadmap.yml", lambda path, name: _yaml(path, name, Roadmap).topics, ()),
        actions=read("actions.csv", lambda path, name: _csv(path, name, Action), ()),
        plan=read("plan.yml", lambda path, name: _yaml(path, name, Plan).questions, ()),
        notes=read("notes", _notes, ()),
        review=review,
        deliverables=read("deliverables.csv", lambda path, name: _csv(path, name, Deliverable), ()),
        peers=read(PEERS, lambda path, name: _csv(path, name, Peer), ()),
    )
    errors += _contradictions(records, folder, contract)
    if errors:
        raise ContractError(errors)
    return records


def _yaml(path: Path, name: str, model: type[RecordModel]) -> RecordModel:
    document = read_yaml(path, name=name)
    return _validated(document.value or {}, name, model, lambda key: _line(document.lines, key))


def _line(lines: Mapping[str, int], key: str) -> int | None:
    parts = key.split(".")
    return next((lines[at] for n in range(len(parts), 0, -1) if (at := ".".join(parts[:n])) in lines), None)


def _validated(value: Any, name: str, model: type[RecordModel], line: Callable[[str], int | None], prefix: str = "") -> RecordModel:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = [(f"{prefix}.{key}".strip(".").removesuffix(".the file"), problem) for key, problem in described(error, model)]
        raise ContractError(
            [f"{name}: {key} {problem}" + (f" (line {at})" if (at := line(key)) else "") for key, problem in found]
        ) from None


def _csv(path: Path, name: str, model: type[RecordModel]) -> tuple[RecordModel, ...]:
    """Read one record a line. ``what_es`` is the Spanish of ``what``; a row is named in messages by its id, else its line."""
    reader = csv.reader(io.StringIO(read_text(path, name=name)))
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise ContractError([f"{name}: is not a CSV file ({error}); check quotes (line {reader.line_num})"]) from None
    if not rows:
        return ()
    columns = [cell.strip() for cell in rows[0][1]]
    found: list[RecordModel] = []
    errors: list[str] = []
    repeated = {column for column in columns if columns.count(column) > 1}
    if repeated:
        raise ContractError([f"{name}: has the column {one_of(sorted(repeated))} twice; keep one (line 1)"])
    for at, row in rows[1:]:
        if len(row) > len(columns):
            errors.append(f"{name}: has {len(row)} values under {len(columns)} columns; put texts with a comma in quotes (line {at})")
            continue
        given = {column: cell.strip() for column, cell in zip(columns, row, strict=False) if cell.strip()}
        prefix = given.get("id", "")
        try:
            found.append(_validated(_cells(given, model), name, model, lambda _, at=at: at, prefix))  # type: ignore[misc]
        except ContractError as error:
            errors.extend(error.errors)
    if errors:
        raise ContractError(errors)
    return tuple(found)


def _cells(given: Mapping[str, str], model: type[Model]) -> dict[str, Any]:
    """Turn the cells of a row into what the fields want: truth values, and texts in several languages."""
    cells: dict[str, Any] = {}
    for column, cell in given.items():
        name, _, language = column.rpartition("_")
        is_text = name in model.model_fields and len(language) == 2
        if is_text:
            base = given.get(name)
            cells[name] = {**({"": base} if base else {}), **(cells[name] if isinstance(cells.get(name), dict) else {}), language: cell}
        elif cell.lower() in ("true", "false"):
            cells[column] = cell.lower() == "true"
        else:
            cells.setdefault(column, cell)
    return cells


def _notes(folder: Path, name: str) -> tuple[Note, ...]:
    found: list[Note] = []
    errors: list[str] = []
    for path in sorted(folder.glob("*.md")):
        try:
            found.append(_note(path, f"{name}/{path.name}"))
        except ContractError as error:
            errors.extend(error.errors)
    if errors:
        raise ContractError(errors)
    return tuple(sorted(found, key=lambda note: (note.date, note.file)))


def _note(path: Path, name: str) -> Note:
    parts = read_text(path, name=name).replace("\r\n", "\n").split("---\n", 2)
    if len(parts) < 3 or parts[0].strip():
        raise ContractError([f"{name}: has no front matter; begin with --- , then date, kind, source, then --- and the text (line 1)"])
    document = parse_yaml(parts[1], name=name)
    head = document.value if isinstance(document.value, dict) else {}
    taken = [key for key in ("text", "file") if key in head]
    if taken:
        raise ContractError([f"{name}: {taken[0]} is not a known key; write the text below the second ---"])
    return _validated({**head, "text": parts[2].strip(), "file": path.name}, name, Note, lambda key: (_line(document.lines, key) or 0) + 1)


def _contradictions(records: Records, folder: str, contract: Contract | None) -> list[str]:
    """Return what records say about things that do not exist, or twice."""
    errors: list[str] = []
    files: tuple[tuple[str, str, Sequence[Topic | Action | Question]], ...] = (
        ("roadmap.yml", "topics.", records.roadmap),
        ("actions.csv", "", records.actions),
        ("plan.yml", "questions.", records.plan),
    )
    for file, prefix, found in files:
        ids = [record.id for record in found]
        errors += [
            f"{folder}/{file}: {prefix}{one} is given twice; use each id once" for one in sorted({i for i in ids if ids.count(i) > 1})
        ]
        for record in found:
            if contract is not None and not isinstance(record, Question):
                errors += _names(f"{folder}/{file}: {prefix}{record.id}", record, contract)
    topics = [topic.id for topic in records.roadmap]
    for note in records.notes:
        if note.topic is not None and note.topic not in topics:
            errors.append(
                f"{folder}/notes/{note.file}: topic is '{note.topic}'; there is no such topic in roadmap.yml; {choose(note.topic, topics)}"
            )
    return errors


def _names(where: str, record: Topic | Action, contract: Contract) -> Iterable[str]:
    for field, given, names in (("metric", record.metric, contract.metrics), ("dimension", record.dimension, contract.dimensions)):
        if given is not None and given not in names:
            yield f"{where}.{field} is '{given}'; there is no such {field} in contract.yml; {choose(given, names)}"
