"""Contracts from their files: the only way from YAML to the objects of `acmlib.contract.model`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from acmlib.contract.consistency import problems
from acmlib.contract.errors import ContractError, described
from acmlib.contract.model import Contract
from acmlib.contract.record_files import load_records
from acmlib.contract.records import Records
from acmlib.contract.values import FrozenMap
from acmlib.contract.workspace import CONTRACT_FILE, contract_folder, contract_ids
from acmlib.contract.yaml_reader import Document, parse_yaml, read_yaml

__all__ = ["ContractError", "Records", "contract_ids", "load_contract", "load_records", "parse_contract"]


def load_contract(contract_id: str, root: Path = Path()) -> Contract:
    """Read and check ``params/<id>/contract.yml``.

    Parameters
    ----------
    contract_id
        Name of the contract's folder.
    root
        The workspace: the folder that holds ``params/`` and ``data/``.

    Returns
    -------
    Contract
        Frozen all the way down. No file of the provider has been opened yet; `acmlib.intake.build.sources.open_tables` does that,
        and checks columns there.

    Raises
    ------
    ContractError
        With every error of the file: what YAML is not allowed, unknown or missing keys, wrong types, impossible dates, names of
        tables, dimensions and metrics that do not exist, expressions that DuckDB cannot read or that reach beyond their table.
    """
    name = f"{contract_folder(contract_id)}/{CONTRACT_FILE}"
    return _checked(contract_id, read_yaml(root / name, name=name), name)


def parse_contract(contract_id: str, text: str, *, name: str | None = None) -> Contract:
    """Check a contract that is given as YAML text, as `load_contract` does a file.

    Raises
    ------
    ContractError
        As `load_contract`.
    """
    name = name or f"{contract_folder(contract_id)}/{CONTRACT_FILE}"
    return _checked(contract_id, parse_yaml(text, name=name), name)


def _checked(contract_id: str, document: Document, name: str) -> Contract:
    """Validate what was read; errors of single parts and contradictions between parts are told together."""
    if not isinstance(document.value, Mapping):
        raise ContractError([f"{name}: is no contract; use keys with values, beginning with contract:"])
    content: dict[str, Any] = dict(document.value)
    found: list[tuple[str, str]] = []
    if content.setdefault("id", contract_id) != contract_id:
        found.append(("id", f"is '{content['id']}', its folder '{contract_id}'; leave id out, the folder names the contract"))
        content["id"] = contract_id
    try:
        contract: Contract | None = Contract.model_validate(content)
    except ValidationError as error:
        found += described(error, Contract)
        contract = _what_is_left(content, error)
    if contract is not None:
        known = {
            section: set(content[section]) for section in ("tables", "dimensions", "metrics") if isinstance(content.get(section), Mapping)
        }
        told = {key for key, _ in found}
        found += [(key, problem) for key, problem in problems(contract, known=known) if key not in told]
    if contract is None or found:
        found.sort(key=lambda one: _line(document, one[0]))
        raise ContractError([_message(name, document, key, problem) for key, problem in found])
    contract._file, contract._lines = name, FrozenMap(document.lines)
    return contract


#: Stands for parties and term while these are refused, so that the rest can be checked. It contradicts nothing.
_ANY_TERM = {"title": "-", "provider": "-", "agency": "-", "program": "-", "starts": dt.date.min, "ends": dt.date.max}


def _what_is_left(content: Mapping[str, Any], error: ValidationError) -> Contract | None:
    """Return the contract without what was refused, so that the rest can be checked too; None if too little is left.

    First the keys that were refused are left out; where that is not enough, the whole metric, dimension or table; then the section.
    """
    left: dict[str, Any] = {
        key: {name: dict(part) if isinstance(part, Mapping) else part for name, part in value.items()}
        if isinstance(value, Mapping)
        else value
        for key, value in content.items()
    }
    for depth in (3, 2, 1):
        for complaint in error.errors(include_url=False):
            *way, last = [str(part) for part in complaint["loc"][:depth]]
            at: Any = left
            for part in way:
                at = at.get(part) if isinstance(at, dict) else None
            if way[:1] == ["contract"] or (not way and last == "contract"):
                left["contract"] = _ANY_TERM
            elif isinstance(at, dict):
                at.pop(last, None)
        try:
            return Contract.model_validate(left)
        except ValidationError as further:
            error = further
    return None


def _line(document: Document, key: str) -> int:
    """Return the line on which a key, or the innermost thing around it, stands."""
    parts = key.split(".")
    return next((line for n in range(len(parts), 0, -1) if (line := document.lines.get(".".join(parts[:n])))), 0)


def _message(name: str, document: Document, key: str, problem: str) -> str:
    line = _line(document, key)
    return f"{name}: {key} {problem}" + (f" (line {line})" if line else "")
