"""The two examples of the guide, from the rows of a file to what a page is made of: they must come out exactly."""

from pathlib import Path

import pytest

from acmlib.display.report import Report, open_report

HERE = Path(__file__).parent


@pytest.fixture(scope="module", params=["provider", "public"])
def report(request) -> Report:
    """The report on the 400 rows of data/guide-examples, as provider and public read it."""
    return open_report("guide-examples", edition=request.param, root=HERE)


def test_25_percent_of_those_served_against_38_percent_of_youth(report):
    found = report.served.set_index("group").loc["Youth of color"]
    assert found["share"] == 0.25
    assert found["base_share"] == 0.38
    assert found["representation_gap"] == pytest.approx(-0.13)
    assert round(found["representation_ratio"], 2) == 0.66
    assert found["verdict"] == "clear"


def test_20_percent_against_40_percent_placed_within_6_months(report):
    found = report.gaps_of("placed_6m", "race_ethnicity").set_index("group").loc["Youth of color"]
    assert found["value"] == 0.20
    assert (found["comparator"], found["comparator_value"]) == ("White", 0.40)
    assert found["outcome_gap"] == pytest.approx(-0.20)
    assert found["outcome_ratio"] == 0.50
    assert found["verdict"] == "clear"
