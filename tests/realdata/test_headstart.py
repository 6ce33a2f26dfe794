"""Grants as contracts, from counts: what the race counts leave of the total is shown as not recorded, never lost."""

import json
from pathlib import Path

import pandas as pd
import pytest

from acmlib.contract.load import load_contract
from realdata import headstart
from realdata.files import metric_tables, pick

ALL = "All participants"
YEARS = ("2019", "2021", "2022")
#: Columns of the source by the groups of the template.
COLUMNS = {
    "Hispanic or Latino": "hispanic_or_latino_origin_any_race_enrollees",
    "Asian": "asian_non_hispanic_enrollees",
    "Black or African American": "black_or_african_american_non_hispanic_enrollees",
    "Native Hawaiian or Pacific Islander": "native_hawaiian_pacific_islander_non_hispanic_enrollees",
    "White": "white_non_hispanic_enrollees",
    "Multiracial and/or Multiethnic": "biracial_or_multi_racial_non_hispanic_enrollees",
    "Other race": "other_race_non_hispanic_enrollees",
}
#: Grants computed one by one; all of them are loaded, and the pooled contract covers all rows.
COMPUTED = 12


@pytest.fixture(scope="module")
def workspace(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    root = tmp_path_factory.mktemp("headstart")
    return root, headstart.write_workspace(shared, root)


@pytest.fixture(scope="module")
def facts(shared: Path) -> dict:
    return json.loads((shared / "headstart/facts.json").read_text())


@pytest.fixture(scope="module")
def pooled(workspace: tuple[Path, dict[str, str]]) -> pd.DataFrame:
    return metric_tables(workspace[0], [headstart.POOLED])[headstart.POOLED]


def test_more_than_200_grants_are_contracts_from_one_template(workspace):
    root, ids = workspace
    assert len(ids) >= 200
    assert all(load_contract(contract, root=root).tables["pir"].kind == "counts" for contract in ids)


@pytest.mark.parametrize("year", YEARS)
def test_enrolment_and_race_counts_are_those_of_the_data(pooled, facts, year):
    total = pick(pooled, "enrolled", period=year).loc[ALL, "value"]
    by_race = pick(pooled, "enrolled", "race_ethnicity", year)["value"]
    assert total == facts["total_cumulative_enrollment_by_year"][year]
    for group, column in COLUMNS.items():
        assert by_race[group] == facts["race_totals_by_year"][year][column]


@pytest.mark.parametrize("year", YEARS)
def test_who_is_in_no_race_column_is_shown_as_not_recorded(pooled, facts, year):
    by_race = pick(pooled, "enrolled", "race_ethnicity", year)["value"]
    missing = facts["total_cumulative_enrollment_by_year"][year] - sum(facts["race_totals_by_year"][year].values())
    assert missing > 0
    assert by_race["Not recorded"] == missing
    assert by_race.sum() == facts["total_cumulative_enrollment_by_year"][year]


@pytest.mark.parametrize("year", YEARS)
def test_health_insurance_at_start_and_end_is_that_of_the_data(pooled, facts, year):
    start, end = facts["health_insurance_start_end_by_year"][year]
    assert pick(pooled, "insured_at_start", period=year).loc[ALL, "value"] == pytest.approx(start, abs=5e-7)
    assert pick(pooled, "insured_at_end", period=year).loc[ALL, "value"] == pytest.approx(end, abs=5e-7)


def test_each_grant_has_its_own_rows_and_no_others(workspace, shared):
    root, ids = workspace
    raw = pd.read_csv(shared / "headstart" / headstart.FILE)
    some = list(ids)[:: len(ids) // COMPUTED][:COMPUTED]
    for contract, cells in metric_tables(root, some).items():
        rows = raw[raw["grant_number"].eq(ids[contract])]
        shown = cells[cells["metric"].eq("enrolled") & cells["dimension"].eq("all") & cells["period"].isin(YEARS)]
        shown = shown[shown["status"].ne("no data")].set_index("period")["value"]
        assert shown.to_dict() == rows.groupby(rows["year"].astype(str))["total_cumulative_enrollment"].sum().to_dict()
