"""Editors check contract files against a schema that comes from the models."""

import json

import jsonschema
import pytest

from acmlib.contract.load import contract_ids
from acmlib.contract.schema import EDITOR_LINE, SCHEMA_FILE, json_schema, schema_text
from acmlib.contract.yaml_reader import parse_yaml


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


def as_json(text):
    return json.loads(json.dumps(parse_yaml(text, name="x").value, default=str))


def test_the_file_in_the_repository_is_up_to_date(repository):
    written = (repository / SCHEMA_FILE).read_text(encoding="utf-8")
    assert written == schema_text(), "run: python -m acmlib.contract.schema"


def test_the_schema_accepts_every_sample_contract_and_each_names_it(repository, validator):
    for contract_id in contract_ids(repository):
        text = (repository / "params" / contract_id / "contract.yml").read_text(encoding="utf-8")
        assert text.startswith(EDITOR_LINE), contract_id
        assert not [error.message for error in validator.iter_errors(as_json(text))], contract_id


def test_the_schema_refuses_what_loading_refuses(validator, contract_text):
    assert validator.is_valid(as_json(contract_text))
    for old, new in (
        ("better: higher", "better: up"),
        ("window:", "windw:"),
        ("starts: 2024-07-01", "starts: true"),
        ("kind: count", "kind: 3"),
    ):
        assert not validator.is_valid(as_json(contract_text.replace(old, new, 1))), new


def test_keys_carry_their_explanation(validator):
    assert "censors" in json_schema()["$defs"]["Metric"]["properties"]["until"]["description"]
