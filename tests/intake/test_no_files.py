"""What is no file, or would take a machine's memory, ends in a message: never in a traceback, never in waiting."""

from __future__ import annotations

import os

import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.expressions import check_expression
from acmlib.contract.load import load_contract


@pytest.mark.parametrize(("source", "said"), [
    ("data/pipe.csv", "tables.people.source is 'data/pipe.csv'; is no file but a pipe or a device"),
    ("data/zero.csv", "is no file but a pipe or a device"),
    (f"data/{'a' * 5000}.csv", "has a path that is too long"),
    (f"{'a/' * 3000}b.csv", "has a path that is too long"),
])  # fmt: skip
def test_sources_that_are_no_files(bench, source, said):
    bench.write("data/ok.csv", "id\n1\n")
    os.mkfifo(bench.root / "data/pipe.csv")
    (bench.root / "data/zero.csv").symlink_to("/dev/zero")
    with pytest.raises(ContractError, match=said):
        bench.open(f"tables: {{people: {{source: {source}}}}}\n")


def test_a_pipe_as_contract_file(bench):
    (bench.root / "params/pipe").mkdir(parents=True)
    os.mkfifo(bench.root / "params/pipe/contract.yml")
    with pytest.raises(ContractError, match=r"params/pipe/contract.yml: is no file but a folder, a pipe or a device"):
        load_contract("pipe", root=bench.root)


@pytest.mark.parametrize("text", ["lpad('a', 2000000000, 'b')", "rpad(zip, visits * 1000000, '0')", "lpad(lpad(zip, 5, '0'), 101, '0')"])
def test_texts_are_not_filled_beyond_what_a_code_needs(text):
    assert "to a length that is no number up to 100" in check_expression(text).problem
    assert check_expression("lpad(zip, 5, '0')").problem is None


@pytest.mark.parametrize("text", [
    "replace(replace(name, 'a', '{0}'), 'a', '{0}') = 'x'", "length(regexp_replace(replace(name, 'a', '{0}'), '.', '{0}', 'g')) > 1",
    "replace(replace(name, 'a', other), 'b', 'twenty signs of this ..') = ''",
    "replace(replace(name || name, 'a', '{0}'), 'b', '{0}') is null",
])  # fmt: skip
def test_a_text_that_replaces_itself_again_and_again_is_refused(text):
    assert "times as long by" in str(check_expression(text.format("x" * 40)).problem)


@pytest.mark.parametrize("text", [
    "replace(replace(replace(phone, '-', ''), '(', ''), ' ', '')", "regexp_replace(replace(site, 'Ctr', 'Center'), 'St\\.?', 'Street')",
])  # fmt: skip
def test_cleaning_a_text_is_allowed(text):
    assert check_expression(text).problem is None
