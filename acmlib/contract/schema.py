"""The JSON Schema of a contract file: editors complete and check contract.yml with it. Made from the models, never by hand.

``python -m acmlib.contract.schema`` writes params/contract.schema.json anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from acmlib.contract.model import Contract
from acmlib.contract.workspace import PARAMS

SCHEMA_FILE = f"{PARAMS}/contract.schema.json"

#: First line of a contract file: editors with the YAML language server then find the schema.
EDITOR_LINE = "# yaml-language-server: $schema=../contract.schema.json"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of contract.yml.

    It describes shapes, names of keys and choices. What only the whole file or the data can tell is checked by
    `acmlib.contract.load.load_contract` and `acmlib.intake.build.sources.open_tables`.

    Examples
    --------
    >>> json_schema()["properties"]["wording"]["enum"]
    ['equity', 'neutral']
    """
    schema: dict[str, Any] = Contract.model_json_schema(by_alias=True, mode="validation")
    schema["properties"].pop("id")  # the folder names the contract
    schema["required"].remove("id")
    schema["title"] = "Contract (contract.yml)"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """Return the schema as it stands in the file."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def write_schema(root: Path = Path()) -> Path:
    """Write the schema into a workspace and return where."""
    path = root / SCHEMA_FILE
    path.write_text(schema_text(), encoding="utf-8")
    return path


if __name__ == "__main__":
    write_schema()
