"""The worksheet for choosing measures: the set that fits the contract, its benchmarks with their sources, blanks to fill in, no results."""

import re

import pytest
from opened import opened as sample

from acmlib.contract.errors import ContractError
from acmlib.contract.starters import load_starter
from acmlib.display import sections as show
from acmlib.display.sections.worksheet import MOST, TESTS
from acmlib.publish.reports import find_report


@pytest.fixture(scope="module")
def opened(repository):
    made = {}

    def report(contract: str = "harbor-youth-jobs", language: str = "en"):
        if (contract, language) not in made:
            made[contract, language] = sample(contract, "2026-06", "provider", language)
        return made[contract, language]

    return report


@pytest.mark.parametrize(
    ("contract", "service"),
    [("harbor-youth-jobs", "job_placement"), ("bright-steps-tutoring", "tutoring"), ("nsw-job-training", "")],
    ids=["by its measures", "by its program", "none"],
)
def test_the_set_is_the_one_of_the_program_or_of_most_measures(repository, opened, contract, service):
    report = sample(contract, None, "provider") if contract == "nsw-job-training" else opened(contract)
    assert show.likely_service(report, root=repository) == service


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_worksheet_has_every_measure_with_its_source_and_rows_to_fill_in(repository, opened, language):
    report, starter = opened(language=language), load_starter("job_placement", repository)
    measures, choice, also = show.starter_worksheet(report, "job_placement", root=repository)
    (table,) = measures.body
    titles = [row[0].text for row in table.rows]
    assert sorted(titles) == sorted(one.title.in_language(language) for one in starter.measures)
    here = {"en": "not yet", "es": "todavía no"}[language]
    # Harbor counts jobs within six months of enrolling, the set those of people who left: it is another measure.
    assert [row[-1].text == here for row in table.rows] == [False] * 3 + [True] * 2, "those of the contract first"
    assert re.search(r"\b3\b.*\b5\b", measures.heading)
    placed = next(one for one in starter.measures if one.id == "job_or_school_6m")
    row = table.rows[titles.index(placed.title.in_language(language))]
    assert row[4].text.startswith("59.5%") and placed.benchmark.where in row[4].detail and "2024" in row[4].detail
    tests, blanks = choice.body
    assert len(tests.items) == len(TESTS) and len(blanks.rows) == MOST
    assert all(set(cell) == {"_"} for row in blanks.rows for cell in row[1:])
    assert also.body[0].items == tuple(one.in_language(language) for one in starter.questions)


def test_a_contract_of_no_known_service_gets_the_list_and_a_wrong_name_is_refused(repository, opened):
    (section,) = show.starter_worksheet(opened(), "", root=repository)
    assert ("housing", "5") in [(row[0], row[2]) for row in section.body[0].rows]
    with pytest.raises(ContractError, match="did you mean 'housing'"):
        show.starter_worksheet(opened(), "housin", root=repository)


def test_the_worksheet_is_a_report_for_the_two_parties_on_request(repository):
    declared = find_report("worksheet", repository)
    assert declared.made == "on request" and declared.editions == ("internal", "provider")
    assert declared.title("es") == "Hoja para elegir medidas"
