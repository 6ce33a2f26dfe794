"""Ids of metrics and dimensions are made and taken apart in one module."""

import ast
from pathlib import Path

import pytest

import acmlib
from acmlib.contract.ids import CROSS, IN_COMBINATION, DimensionId, MetricId

ROOT = Path(acmlib.__file__).parent
#: What ids are put together with.
JOINTS = {"@", CROSS, IN_COMBINATION, "stage:", "reached:"}
#: An @ of addresses, not of ids.
ADDRESSES = {"intake/read/web.py", "intake/read/remote.py", "intake/check/free_text.py"}


@pytest.mark.parametrize(
    "text",
    ["placed", "stayed@180d", "stage:enrolled", "reached:placed", "stage:placed_6m"],
    ids=["name", "time", "step", "of all", "digits"],
)
def test_an_id_reads_back_as_it_was_written(text: str) -> None:
    assert str(MetricId.parse(text)) == text


def test_a_metric_may_have_the_name_of_a_stage() -> None:
    assert MetricId.parse("stage:placed").key != MetricId.parse("placed").key == MetricId.parse("placed@90d").key


@pytest.mark.parametrize("text", ["race", "race x site", "race (alone or in combination)"])
def test_a_dimension_reads_back_as_it_was_written(text: str) -> None:
    assert str(DimensionId.parse(text)) == text


def test_a_group_that_holds_the_sign_of_a_pair_stays_whole() -> None:
    assert DimensionId.parse("race x site").groups("Asian x North x East") == ("Asian x North x East",)


def test_no_other_module_takes_ids_apart() -> None:
    found = [
        f"{name}:{node.lineno}: {node.value!r}"
        for path in ROOT.rglob("*.py")
        if (name := path.relative_to(ROOT).as_posix()) not in {"contract/ids.py", *ADDRESSES}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in JOINTS
    ]
    assert found == []
