"""Course presentations as contracts, without a line of code: retention with censored students, and who submits on time."""

import json
from pathlib import Path

import pandas as pd
import pytest

from realdata import oulad
from realdata.files import metric_tables, pick

ALL = "All participants"
#: Labels of the source that the template recodes or names: blank is "not recorded", one label lacks its sign.
LABELS = {"nan": "Not recorded", "10-20": "10-20%"}


@pytest.fixture(scope="module")
def workspace(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    root = tmp_path_factory.mktemp("oulad")
    return root, oulad.write_workspace(shared, root)


@pytest.fixture(scope="module")
def facts(shared: Path) -> dict:
    return json.loads((shared / "oulad/facts.json").read_text())


@pytest.fixture(scope="module")
def pooled(workspace: tuple[Path, list[str]]) -> pd.DataFrame:
    return metric_tables(workspace[0], [oulad.POOLED])[oulad.POOLED]


@pytest.fixture(scope="module")
def module(workspace: tuple[Path, list[str]]) -> dict[str, pd.DataFrame]:
    """One module and each of its presentations; to compute all 22 takes half a minute."""
    root, ids = workspace
    return metric_tables(root, [oulad.MODULE, *(one for one in ids if one.startswith("oulad-bbb-"))])


def test_pass_rates_by_deprivation_are_those_of_the_data(pooled, facts):
    found = pick(pooled, "passed", "imd_band")
    for label, fact in facts["pass_or_distinction_rate_by_imd"].items():
        cell = found.loc[LABELS.get(label, label)]
        assert cell["denominator"] == fact["n"]
        assert cell["value"] == pytest.approx(fact["rate"], abs=5e-7)


def test_withdrawal_by_deprivation_is_that_of_the_data(pooled, facts):
    found = pick(pooled, "withdrawn", "imd_band")["value"]
    for label, rate in facts["withdrawn_rate_by_imd"].items():
        assert found[LABELS.get(label, label)] == pytest.approx(rate, abs=5e-7)


def test_regions_keep_their_students(pooled, facts):
    assert pick(pooled, "passed", "region")["denominator"].to_dict() == facts["regions"]


@pytest.mark.parametrize("days", [90, 180])
def test_students_still_registered_follow_the_kaplan_meier_rule(pooled, facts, days):
    expected = facts["km_still_registered"]
    dimension = {"all": "all", "imd": "imd_band", "age": "age_band"}
    for label, fact in expected.items():
        kind, _, group = label.partition(" ")
        cell = pick(pooled, f"still_registered@{days}d", dimension[kind]).loc[LABELS.get(group, group) or ALL]
        assert cell["denominator"] == fact["n"], label
        assert cell["value"] == pytest.approx(fact[f"S({days}d)"], abs=5e-7), label
        assert cell["low"] < cell["value"] < cell["high"]


def test_the_22_presentations_are_contracts_and_those_of_a_module_add_up(workspace, module):
    assert len(workspace[1]) == 22
    whole = module.pop(oulad.MODULE)
    assert len(module) == 4
    for metric in ("passed", "withdrawn", "on_time"):
        parts = [pick(cells, metric).loc[ALL] for cells in module.values()]
        assert sum(part["numerator"] for part in parts) == pick(whole, metric).loc[ALL, "numerator"] > 0
        assert sum(part["denominator"] for part in parts) == pick(whole, metric).loc[ALL, "denominator"]


def test_submissions_on_time_are_those_of_the_raw_files(pooled, shared):
    folder = shared / "oulad"
    submitted = pd.read_csv(folder / "student_assessment.csv.gz").merge(pd.read_csv(folder / "assessment.csv.gz"), on="id_assessment")
    submitted = submitted[submitted["date"].notna() & ~submitted["is_banked"]]
    cell = pick(pooled, "on_time").loc[ALL]
    assert (cell["numerator"], cell["denominator"]) == ((submitted["date_submitted"] <= submitted["date"]).sum(), len(submitted))


def test_deprivation_keeps_its_order(pooled):
    assert list(pick(pooled, "passed", "imd_band").index) == [*(f"{n}-{n + 10}%" for n in range(0, 100, 10)), "Not recorded"]
