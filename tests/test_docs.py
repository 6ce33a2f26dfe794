"""What the how-to pages show can be done as it stands: their contract files open, and what they count is right."""

import importlib.util
import re
from pathlib import Path

import pytest

from acmlib.contract.load import load_contract, parse_contract
from acmlib.contract.periods import report_period
from acmlib.contract.schema import json_schema
from acmlib.contract.yaml_reader import parse_yaml
from acmlib.intake import open_tables
from acmlib.measures.compute import metric_table

PAGE = Path(__file__).parents[1] / "docs" / "how_to_data.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
HEAD = "contract: {title: T, provider: P, agency: A, program: p, starts: 2024-01-01, ends: 2026-12-31}\nperiod: 2026-06\n"
FILES = {
    "people.csv": "person_id,site,race,came_on,left_on,placed_on,released_on,facility\n"
    "1,N,1,2026-01-05,2026-03-01,2026-03-05,2024-02-01,Bay\n"
    "2,S,9,2026-02-05,2026-04-01,,2024-02-01,Hill\n",
    "arrests.csv": "person_id,arrested_on,charge\n1,2026-01-05,late\n1,2024-06-01,early\n2,2023-05-01,before\n2,2025-06-01,after\n",
    "scores.csv": "person_id,site,kind,tested_on,score\n1,N,Intake,2026-01-05,15\n1,N,Follow-up,2026-03-05,9\n2,S,Intake,2026-01-05,12\n"
    "2,S,Follow-up,2026-03-05,11\n3,S,Intake,2026-03-05,20\n",
    "status.csv": "person_id,status,changed_on\n1,Graduated,2026-05-01\n1,Phase 1,2026-01-05\n2,Phase 1,2026-02-05\n"
    "2,Terminated,2026-04-01\n",
    "sites.csv": "site,region\nN,Upper\nS,Lower\n",
    "across.csv": "Site,Measure,Jan-26,Feb-26,Total\nNorth,Left,9,8,17\n,Placed,4,3,7\nSouth,Left,5,5,10\n,Placed,1,0,1\n",
    "cases.csv": "case_no,client_no,charge,opened,closed\n1,A,Felony,2026-01-05,2026-02-10\n2,A,Felony,2026-02-01,\n"
    "3,B,Theft,2025-11-01,2026-01-20\n4,C,Theft,2026-03-01,2026-02-01\n5,D,Theft,,\n",
    "counts.csv": "month,split_by,group,what,placed,left\n2026-01,,,placed,4,9\n2026-01,race,White,placed,3,5\n",
}
#: For each block: a metric, a dimension, and numerators by group of the whole contract.
COUNTED = [
    ("placed", "region", {"Upper": 1, "Lower": 0}),
    ("no_arrest", "facility", {"Bay": 0, "Hill": 1}),
    ("improved", "site", {"N": 1, "S": 0}),
    ("finished", "site", {"N": 1, "S": 0}),
    ("caseload", "charge", {"Felony": 1, "Theft": 1}),
    ("people", "race", {"White": 1, "Declined": 1}),
    ("placed", "race", {"White": 3, "Not recorded": 1}),
    ("placed", "site", {"North": 7, "South": 1}),
]


@pytest.mark.parametrize(
    ("block", "counted"),
    list(zip(BLOCKS, COUNTED, strict=True)),
    ids=[one[0] + "-" + one[1] for one in COUNTED],
)
def test_a_contract_file_of_the_page_counts_what_it_says(tmp_path: Path, block: str, counted):
    for folder in ("params/my-contract", "data/my-contract"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "params/my-contract/contract.yml").write_text(HEAD + block, encoding="utf-8")
    for name, text in FILES.items():
        (tmp_path / "data/my-contract" / name).write_text(text, encoding="utf-8")
    contract = load_contract("my-contract", root=tmp_path)
    with open_tables(contract, root=tmp_path) as tables:
        cells = metric_table(contract, tables, report_period(contract, None))
    metric, dimension, groups = counted
    rows = cells[cells["metric"].eq(metric) & cells["dimension"].eq(dimension) & cells["period"].eq("term")]
    assert dict(zip(rows["group"], rows["numerator"], strict=True)) == groups


@pytest.fixture(scope="module")
def reference():
    spec = importlib.util.spec_from_file_location("reference", PAGE.with_name("reference.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_shows_keys_as_the_samples_write_them(reference):
    found = reference.examples(json_schema(), PAGE.parents[1])
    assert found["Table", "delimiter"] == (False, 'delimiter: ";"', "northern-youth-jobs")
    assert found["Join", "on"][1].startswith("on: ")
    assert len(found) > 120
    for (_, key), (_, line, _) in found.items():
        assert len(parse_yaml(line, name=key).value) == 1 and key in parse_yaml(line, name=key).value, line
        assert "$" not in line


def test_the_reference_links_what_stands_under_names_of_the_file_and_has_a_cell_for_each_column(reference):
    lines = reference.page(PAGE.parents[1]).splitlines()
    assert any(line.startswith("| `metrics` | names with [Metric](#metric) |") for line in lines)
    assert any(line.startswith("| `minimum_n` |") and line.endswith("| `minimum_n: 30` (default) |") for line in lines)
    rows = [line for line in lines if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {6}


def test_every_key_has_an_example_from_a_file_that_loads_but_those_whose_parts_have_theirs(reference):
    parse_contract("more-keys", PAGE.with_name("more_keys.yml").read_text(encoding="utf-8"))
    part, without = "", set()
    for line in reference.page(PAGE.parents[1]).splitlines():
        part = line.removeprefix("## ") if line.startswith("## ") else part
        if line.startswith("| `") and line.endswith("|  |"):
            without.add((part, line.split("`")[1]))
    assert without <= {("The whole file", "tables"), ("The whole file", "surveys"), ("Metric", "benchmarks")}
