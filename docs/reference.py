"""Write docs/contract_file.md from the models: every key of a contract file with its type, default and meaning (``make docs``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from acmlib.contract.schema import json_schema

HERE = Path(__file__).parent
INTRO = """# The contract file

Every key of `params/<id>/contract.yml`. Written by `make docs` from the models that check it; editors that know YAML complete and check
the file by `params/contract.schema.json`. The samples in `params/` show each key in use.
"""


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
        return (
            f"names with {kind(given['additionalProperties'])}"
            if isinstance(given.get("additionalProperties"), dict)
            else "names with values"
        )
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return words.get(str(given.get("type")), "value")


def part(name: str, schema: dict[str, Any]) -> str:
    """Return one part of the file as a heading and a table of its keys."""
    rows = []
    for key, given in schema.get("properties", {}).items():
        default = given.get("default")
        told = f"`{default}`" if default not in (None, {}, []) and not isinstance(default, dict) else ""
        needed = "needed" if key in schema.get("required", []) else told
        meaning = " ".join(str(given.get("description", "")).split())
        rows.append(f"| `{key}` | {kind(given)} | {needed} | {meaning} |".replace("\n", " "))
    about = " ".join(str(schema.get("description", "")).split("Attributes")[0].split())
    return f"## {name}\n\n{about}\n\n| key | what it holds | default | meaning |\n| --- | --- | --- | --- |\n" + "\n".join(rows) + "\n"


def main() -> None:
    """Write the page."""
    schema = json_schema()
    parts = {name: one for name, one in sorted(schema.get("$defs", {}).items()) if one.get("properties")}
    named = set(parts)

    def known(text: str) -> str:
        for name in set(schema.get("$defs", {})) - named:
            text = text.replace(f"[{name}](#{name.lower()})", kind({k: v for k, v in schema["$defs"][name].items() if k != "$ref"}))
        return text

    pages = [part("The whole file", schema), *(part(name, one) for name, one in parts.items())]
    (HERE / "contract_file.md").write_text(INTRO + "\n" + known("\n".join(pages)), encoding="utf-8")


if __name__ == "__main__":
    main()
