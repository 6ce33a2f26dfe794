"""Many contracts from one template and one file: a programme sends all its providers together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from acmlib.contract.errors import ContractError, choose
from acmlib.contract.load import parse_contract
from acmlib.contract.model import Contract
from acmlib.contract.workspace import CONTRACT_FILE, PARAMS, contract_folder
from acmlib.contract.yaml_reader import parse_yaml, read_text
from acmlib.intake.build.sources import open_tables
from acmlib.intake.connection import literal, quoted

#: The template, in ``params/<programme>/``.
TEMPLATE_FILE = "contracts.yml"

#: First line of a contract file made from a template: only such files are written again.
MADE = "# Written by `acm contracts` from {}: change that file, not this one."

_PLACE = re.compile(r"\{([A-Za-z_]\w*)\}")


@dataclass(frozen=True)
class WrittenContracts:
    """What `write_each` did."""

    written: tuple[str, ...]  #: Ids of the contracts that are new or changed.
    same: tuple[str, ...]  #: Ids of those that are as they were.
    left: tuple[str, ...]  #: Ids of contracts made from this template earlier, whose value is no longer in the file. They are kept.
    without: int  #: Rows without a value: they belong to no contract.


def write_each(program: str, *, root: Path = Path()) -> WrittenContracts:
    """Write ``params/<program>-<value>/contract.yml`` for each value of a column, from ``params/<program>/contracts.yml``.

    The template is a contract file that begins with ``contracts: {from: FILE, each: COLUMN}``. ``{column}`` in its texts becomes the value
    of that column in the rows of the contract; each table whose source is the file is limited to these rows.

    Parameters
    ----------
    program
        Name of the template's folder; ids of the contracts begin with it.

    Raises
    ------
    ContractError
        If the template or the file cannot be read, or a contract would not load. Nothing has been written then. Each error names the value.
    """
    name = f"{contract_folder(program)}/{TEMPLATE_FILE}"
    text = read_text(root / name, name=name)
    document = parse_yaml(text, name=name).value
    source, column = _asked(document, name)
    tree = _tree(text)
    tree.value = [(key, value) for key, value in tree.value if key.value != "contracts"]
    template = parse_contract(program, _written(tree), name=name)
    read = [table for table, given in template.tables.items() if given.source == source]
    if not read:
        raise ContractError([f"{name}: contracts.from is '{source}', which is no table's source; write it as the table has it"])
    values, without = _values(template, name, tree, read[0], column, root)
    texts = _texts(program, name, tree, read, column, values)
    before = {path.parent.name: path.read_text(encoding="utf-8") for path in (root / PARAMS).glob(f"{program}-*/{CONTRACT_FILE}")}
    made = MADE.format(name)
    wrong = [
        f"{contract_folder(one)}/{CONTRACT_FILE}: was not made from {name}; move it away, or leave its value out of tables.{read[0]}"
        for one in texts
        if one in before and not before[one].startswith(made)
    ]
    if wrong:
        raise ContractError(wrong)
    changed = [one for one in texts if before.get(one) != texts[one]]
    for one in changed:
        path = root / contract_folder(one) / CONTRACT_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[one], encoding="utf-8")
    left = [one for one, content in before.items() if content.startswith(made) and one not in texts]
    return WrittenContracts(tuple(changed), tuple(one for one in texts if one not in changed), tuple(sorted(left)), without)


def _asked(document: Any, name: str) -> tuple[str, str]:
    """Return the file and the column of a template."""
    asked = document.get("contracts") if isinstance(document, Mapping) else None
    if not isinstance(asked, Mapping) or set(asked) != {"from", "each"} or not all(isinstance(one, str) for one in asked.values()):
        raise ContractError([f"{name}: contracts is {asked!r}; write contracts: {{from: FILE, each: COLUMN}}"])
    return asked["from"], asked["each"]


def _values(template: Contract, name: str, tree: yaml.Node, table: str, column: str, root: Path) -> tuple[dict[str, dict[str, str]], int]:
    """Return what stands in place of each ``{column}``, by value of the column, and how many rows have none."""
    places = {place for node in _texts_of(tree) for place in _PLACE.findall(node.value)}
    with open_tables(template, root=root) as tables:
        query = f"FROM {quoted(table)}"
        known = [row[0] for row in tables.connection.execute(f"DESCRIBE {query}").fetchall()]
        wrong = [f"{name}: contracts.each is '{column}'; {choose(column, known)}"] if column not in known else []
        wrong += [f"{name}: '{{{place}}}' is no column of {table}; {choose(place, known)}" for place in sorted(places - set(known))]
        if wrong:
            raise ContractError(wrong)
        cells = [f"trim({quoted(one)}::VARCHAR)" for one in (column, *sorted(places))]
        asked = ", ".join(f"min({cell}), count(DISTINCT {cell})" for cell in cells[1:]) or "1"
        rows = tables.connection.execute(f"SELECT {cells[0]}, count(*), {asked} {query} GROUP BY 1 ORDER BY 1").fetchall()
    found: dict[str, dict[str, str]] = {}
    without = 0
    for value, number, *rest in rows:
        if not value:
            without += number
            continue
        found[value] = {}
        for i, place in enumerate(sorted(places)):
            text, different = rest[2 * i : 2 * i + 2]
            if different != 1:
                has = f"{different} different values" if different else "no value"
                wrong.append(f"{name}: {column} '{value}': {place} has {has}; '{{{place}}}' needs one, so correct the file")
            found[value][place] = text
    if not found:
        wrong.append(f"{name}: contracts.each is '{column}', which is empty in every row; name the column that tells contracts apart")
    if wrong:
        raise ContractError(wrong)
    return found, without


def _texts(program: str, name: str, tree: yaml.Node, read: list[str], column: str, values: Mapping[str, dict[str, str]]) -> dict[str, str]:
    """Return the text of each contract file by id; each has been loaded."""
    texts: dict[str, str] = {}
    taken: dict[str, str] = {}
    wrong = []
    for value, places in values.items():
        contract = f"{program}-{re.sub(r'[^a-z0-9]+', '-', value.lower()).strip('-')}"
        if contract in taken:
            wrong.append(f"{name}: {column} '{value}' and '{taken[contract]}' would both be {contract}; write them differently, or as one")
        taken[contract] = value
        made = _tree(_written(tree))
        for node in _texts_of(made):
            filled = _filled(node.value, places)
            if filled != node.value:
                node.value, node.style = filled, '"'
        for table in read:
            _limit(_under(_under(made, "tables"), table), f"trim({quoted(column)}::VARCHAR) = {literal(value)}")
        texts[contract] = f"{MADE.format(name)}\n{_written(made)}"
        try:
            parse_contract(contract, texts[contract])
        except ContractError as error:
            wrong += [f"{name}: {column} '{value}': {one}" for one in error.errors]
    if wrong:
        raise ContractError(wrong)
    return texts


def _filled(text: str, places: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda found: places[found[1]], text)


def _limit(table: yaml.MappingNode, condition: str) -> None:
    """Restrict a table to the rows that satisfy a condition, in addition to its own `where`."""
    own = next((value for key, value in table.value if key.value == "where"), None)
    if own is None:
        own = yaml.ScalarNode("tag:yaml.org,2002:str", "")
        table.value.append((yaml.ScalarNode("tag:yaml.org,2002:str", "where"), own))
    own.value, own.style = f"({own.value}) AND {condition}" if own.value else condition, '"'


def _under(node: yaml.MappingNode, key: str) -> yaml.MappingNode:
    found: yaml.MappingNode = next(value for name, value in node.value if name.value == key)
    return found


def _tree(text: str) -> yaml.MappingNode:
    """Return the tree of a YAML text that has been read as a mapping already."""
    return cast(yaml.MappingNode, yaml.compose(text, Loader=yaml.BaseLoader))


def _texts_of(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Yield the values of a tree that are texts or numbers, keys left out."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _texts_of(one)
    elif isinstance(node, yaml.MappingNode):
        for _, one in node.value:
            yield from _texts_of(one)


def _written(tree: yaml.Node) -> str:
    """Return a tree as YAML, with quotes where they were: 007 and "007" stay what they are."""
    return str(yaml.serialize(tree, Dumper=yaml.BaseDumper, allow_unicode=True, width=140))
