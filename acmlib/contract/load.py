"""Contracts from their files: the only way from YAML to the objects of `acmlib.contract.model`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from acmlib.contract.consistency import problems
from acmlib.contract.errors import ContractError, described, line_of, located
from acmlib.contract.model import Contract, asked_at
from acmlib.contract.record_files import load_records
from acmlib.contract.records import Records
from acmlib.contract.survey_metrics import survey_metrics
from acmlib.contract.values import FrozenMap
from acmlib.contract.workspace import CONTRACT_FILE, check_links, contract_folder, contract_ids
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
    check_links(contract_id, root)
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
    """Validate what was read; errors within parts and contradictions between parts are reported together."""
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
    from_surveys: dict[str, str] = {}
    if contract is not None:
        contract, from_surveys, wrong = _with_surveys(contract)
        found += wrong
        known = {
            section: set(content[section]) for section in ("tables", "dimensions", "metrics") if isinstance(content.get(section), Mapping)
        }
        told = {key for key, _ in found}
        found += [(asked_at(key, from_surveys), problem) for key, problem in problems(contract, known=known) if key not in told]
    if contract is None or found:
        found.sort(key=lambda one: line_of(document.lines, one[0]))
        raise ContractError([located(name, key, problem, line_of(document.lines, key)) for key, problem in found])
    contract._file, contract._lines, contract._from_surveys = name, FrozenMap(document.lines), FrozenMap(from_surveys)
    return contract


def _with_surveys(contract: Contract) -> tuple[Contract, dict[str, str], list[tuple[str, str]]]:
    """Return the contract with the metrics that its surveys' questions are, the key each comes from, and what is wrong with their names."""
    made = survey_metrics(contract.surveys)
    wrong = [(key, f"becomes the metric {name}, which is there already; use another name") for name, (_, key) in made.items()
             if name in contract.metrics]  # fmt: skip
    wrong += [(key, f"becomes the metric {name}; use shorter names: 60 letters together") for name, (_, key) in made.items()
              if len(name) > 60]  # fmt: skip
    new = {name: metric for name, (metric, _) in made.items() if name not in contract.metrics}
    metrics = FrozenMap({**contract.metrics, **new})
    return contract.model_copy(update={"metrics": metrics}), {name: key for name, (_, key) in made.items()}, wrong


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
