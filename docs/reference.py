"""Write docs/contract_file.md: each key of a contract file with type, default and meaning from the models, an example from the samples.

``make docs`` runs it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import copy
from pathlib import Path
from typing import Any

import yaml

from acmlib.contract.schema import json_schema

HERE = Path(__file__).parent
#: Where contract files stand that are known to open: samples, what presets begin with, and those that tests count.
SAMPLES = (
    "params/*/contract.yml",
    "templates/presets/*/contract.yml",
    "tests/guide/params/*/contract.yml",
    "tests/realdata/*.yml",
    "docs/*.yml",
)
#: A longer example is cut to its first entry, and left out if that is longer still: its part of the page has examples of its keys.
LONGEST = 100
#: Where the whole file stands among the parts.
WHOLE = ""

#: An example of a key: whether only its first entry is shown, the line as it is written, and where it is from.
Example = tuple[bool, str, str]

INTRO = """# The contract file

Every key of `params/<id>/contract.yml`. Written by `make docs` from the models that check it; editors that know YAML complete and check
the file by `params/contract.schema.json`.
Examples are the shortest there are of each key in the samples (`params/`), the presets (`templates/presets/`), the contracts of the
tests, `docs/more_keys.yml`, [how to bring in data](how_to_data.md) and [what can be read](sources.md), written in one line; a key that
none of them uses is shown with its default. Where no example stands, it is too long for a line: the part has one of each of its keys.
"""


def under_any_name(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the schema of what stands under names that the file chooses itself, if there is one."""
    others = given.get("additionalProperties") or next(iter(given.get("patternProperties", {}).values()), None)
    return others if isinstance(others, dict) else None


def kind(given: dict[str, Any]) -> str:
    """Return the type of a key in words, with a link to the part that it holds."""
    if "$ref" in given:
        name = given["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in given or "const" in given:
        return ", ".join(f"`{one}`" for one in given.get("enum", [given.get("const")]))
    if options := given.get("anyOf") or given.get("oneOf"):
        return " or ".join(dict.fromkeys(kind(one) for one in options if one.get("type") != "null"))
    if given.get("type") == "array":
        return f"list of {kind(given['items'])}" if isinstance(given.get("items"), dict) else "list"
    if given.get("type") == "object":
        return f"names with {kind(others)}" if (others := under_any_name(given)) else "names with values"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return words.get(str(given.get("type")), "value")


def uses(node: yaml.Node, given: Mapping[str, Any], parts: Mapping[str, Any], name: str = WHOLE) -> Iterator[tuple[str, str, yaml.Node]]:
    """Yield each key that a piece of YAML uses, as (part, key, value), in the order of the file.

    Parameters
    ----------
    node : Node
        The piece, composed by PyYAML: it keeps how values were written.
    given : mapping
        The JSON Schema of the piece.
    parts : mapping
        Name to JSON Schema of the parts of the file (``$defs``).
    name : str
        The part that the piece is.
    """
    if "$ref" in given:
        name = str(given["$ref"]).rpartition("/")[2]
        yield from uses(node, parts[name], parts, name)
    for option in (*given.get("anyOf", ()), *given.get("oneOf", ())):
        yield from uses(node, option, parts, name)
    if isinstance(node, yaml.SequenceNode) and isinstance(given.get("items"), dict):
        for item in node.value:
            yield from uses(item, given["items"], parts, name)
    if isinstance(node, yaml.MappingNode):
        keys, others = given.get("properties", {}), under_any_name(given)
        if {key.value for key, _ in node.value} - set(keys) and others is None:
            return  # another of several shapes that are allowed here
        for key, value in node.value:
            if key.value in keys:
                yield name, key.value, value
            yield from uses(value, keys.get(key.value, others) or {}, parts, name)


def in_one_line(node: yaml.Node, *, first: bool = False) -> yaml.Node:
    """Return a piece of YAML that is written in one line, whole or with its first entry only."""
    flat = copy(node)
    if isinstance(node, yaml.SequenceNode):
        flat.flow_style, flat.value = True, [in_one_line(item) for item in node.value[: 1 if first else None]]
    elif isinstance(node, yaml.MappingNode):
        entries = node.value[: 1 if first else None]
        flat.flow_style, flat.value = True, [(in_one_line(key), in_one_line(value)) for key, value in entries]
    elif node.style in ("|", ">"):
        flat.style = '"'
    return flat


def written(key: str, node: yaml.Node, place: str) -> Iterator[Example]:
    """Yield a key with its value as a line of YAML if it is short enough: whole, or else with its first entry."""
    for first in (False, True):
        entry = (yaml.ScalarNode("tag:yaml.org,2002:str", key), in_one_line(node, first=first))
        mapping = yaml.MappingNode("tag:yaml.org,2002:map", [entry], flow_style=False)
        line = yaml.serialize(mapping, width=10**6, allow_unicode=True).strip().replace(f"'{key}':", f"{key}:", 1)  # on: is no truth here
        if len(line) <= LONGEST and "\n" not in line and "$" not in line:  # $title: a preset fills it in
            yield first, line, place
            return


def sample_texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield contract files, and pieces of them that the documents show, each with the name of its place."""
    for path in (path for pattern in SAMPLES for path in sorted(root.glob(pattern))):
        yield path.parent.name if path.name == "contract.yml" else path.name, path.read_text(encoding="utf-8")
    for page in (root / "docs" / "how_to_data.md", root / "docs" / "sources.md"):
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            yield page.name, block


def examples(schema: dict[str, Any], root: Path) -> dict[tuple[str, str], Example]:
    """Return an example of each key of each part: whole before cut, then the shortest.

    Parameters
    ----------
    schema : dict
        The JSON Schema of a contract file.
    root : Path
        The workspace whose samples are read.
    """
    found: dict[tuple[str, str], list[Example]] = {}
    for place, text in sample_texts(root):
        for name, key, node in uses(yaml.compose(text, Loader=yaml.CSafeLoader), schema, schema.get("$defs", {})):
            found.setdefault((name, key), []).extend(written(key, node, place))
    return {key: min(given, key=lambda one: (one[0], len(one[1]))) for key, given in found.items() if given}


def shown(key: str, default: Any, example: Example | None) -> str:
    """Return an example as it stands in a table: where no sample has the key, its default, if there is one that says something."""
    if example is None:
        said = not isinstance(default, dict) and default not in (None, [], "")
        return f"`{key}: {json.dumps(default, ensure_ascii=False)}` (default)" if said else ""
    first, line, place = example
    return f"`{line.replace('|', chr(92) + '|')}` ({place}{', first entry' if first else ''})"


def part(name: str, schema: dict[str, Any], found: Mapping[str, Example]) -> str:
    """Return one part of the file as a heading and a table of its keys, with the examples that were found of them."""
    rows = []
    for key, given in schema.get("properties", {}).items():
        default = given.get("default")
        told = f"`{default}`" if default not in (None, {}, []) and not isinstance(default, dict) else ""
        needed = "needed" if key in schema.get("required", []) else told
        meaning = " ".join(str(given.get("description", "")).split())
        rows.append(f"| `{key}` | {kind(given)} | {needed} | {meaning} | {shown(key, default, found.get(key))} |".replace("\n", " "))
    about = " ".join(str(schema.get("description", "")).split("Attributes")[0].split())
    head = "| key | what it holds | default | meaning | example |\n| --- | --- | --- | --- | --- |"
    return "\n".join([f"## {name}\n\n{about}\n\n{head}", *rows]) + "\n"


def page(root: Path) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    root : Path
        The workspace whose samples are shown.
    """
    schema = json_schema()
    used = examples(schema, root)
    parts = {name: one for name, one in sorted(schema.get("$defs", {}).items()) if one.get("properties")}
    named = set(parts)

    def known(text: str) -> str:
        for name in set(schema.get("$defs", {})) - named:
            text = text.replace(f"[{name}](#{name.lower()})", kind({k: v for k, v in schema["$defs"][name].items() if k != "$ref"}))
        return text

    def told(title: str, one: dict[str, Any], name: str) -> str:
        return part(title, one, {key: example for (of, key), example in used.items() if of == name})

    pages = [told("The whole file", schema, WHOLE), *(told(name, one, name) for name, one in parts.items())]
    return INTRO + "\n" + known("\n".join(pages))


def main() -> None:
    """Write the page."""
    (HERE / "contract_file.md").write_text(page(HERE.parent), encoding="utf-8")


if __name__ == "__main__":
    main()
