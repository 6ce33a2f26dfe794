"""Populations have the names of participants' groups, in the order of pages."""

import math

import pytest

from acmlib.contract.errors import ContractError
from acmlib.intake import read_population
from acmlib.intake.check.checks import check_tables

RACE = "dimensions: {{race: {{standard: omb-2024, population: {{{0}, of: youth, source: Census, date: 2023}}}}}}\n"


@pytest.fixture
def population(bench):
    def read(given, csv=None):
        if csv is not None:
            bench.write("data/pop.csv", csv)
        contract = bench.contract("tables: {people: {source: data/people.csv}}\n" + RACE.format(given))
        return read_population(contract, "race", bench.root)

    return read


def test_groups_written_in_the_contract(population):
    frame = population("groups: {White: 62, black: 38}")
    assert list(frame.columns) == ["group", "people", "margin_of_error"]
    assert list(frame["group"]) == ["Black or African American", "White"]
    assert list(frame["people"]) == [38, 62]


def test_a_file_with_margins_whose_groups_are_put_together(population):
    frame = population(
        "file: data/pop.csv",
        "group;people;margin_of_error\nWhite;62;3\nAfrican American;20;3\nBlack;18;4\nunknown;1;\n".encode("utf-8-sig"),
    )
    assert list(frame["group"]) == ["Black or African American", "White", "Not recorded"]
    assert frame["people"].tolist() == [38, 62, 1]
    assert frame["margin_of_error"].tolist()[:2] == [5, 3]
    assert math.isnan(frame["margin_of_error"].tolist()[2])


def test_groups_without_a_population_are_found_and_a_missing_file_stops_opening(bench):
    top = "dimensions: {race: {standard: omb-2024, population: {groups: {White: 62}, of: youth, source: Census, date: 2023}}}\n"
    tables = bench.people("race\nWhite\nBlack\nBlack\nDeclined\n", top=top)
    assert [(one.what, one.rows) for one in check_tables(tables, tables.contract) if one.who == "agency"] == [
        ("no population for Black or African American of race", 2)
    ]
    with pytest.raises(ContractError, match=r"dimensions.race.population.file is 'data/none.csv'; there is no such file"):
        bench.people("race\nWhite\n", top=top.replace("groups: {White: 62}", "file: data/none.csv"))


@pytest.mark.parametrize(
    ("csv", "message"),
    [
        ("race,n\nWhite,1\n", "has no column group; its columns are race, n"),
        ("group,people\nWhite,about 100\n", "has no number of people in row 2"),
        ("group,people\nWhite,-1\n", "has no number of people in row 2"),
        (None, "there is no folder data either"),
    ],
)
def test_a_file_that_is_no_population_is_refused_with_the_key(population, csv, message):
    with pytest.raises(ContractError) as caught:
        population("file: data/pop.csv", csv)
    assert message in str(caught.value)
    assert str(caught.value).startswith("params/test/contract.yml: dimensions.race.population.file is 'data/pop.csv'")


def test_nobody_is_compared_with_a_population_that_has_an_error(bench):
    from acmlib.contract.load import load_contract
    from acmlib.intake.check.bases import bases_in_error
    from acmlib.release.editions import make_release

    bench.write("data/p/people.csv", "id,joined,site\n" + "".join(f"{i},2025-0{1 + i % 9}-03,{'NS'[i % 2]}\n" for i in range(90)))
    text = """\
contract: {title: T, provider: P, agency: A, program: x, starts: 2025-01-01, ends: 2025-12-31}
tables: {participants: {source: data/p/people.csv, id: id, entered: joined}}
dimensions:
  site: {population: {groups: {N: PEOPLE, S: 40}, of: residents, source: Census, date: 2024}}
metrics: {joined: {title: Joined, kind: count, date: joined}}
representation: [{served: joined, dimensions: [site]}]
editions: [internal, provider]
"""
    for people in ("60", "400"):
        bench.write("params/p/contract.yml", text.replace("PEOPLE", people).replace("S: 40", f"S: 40{people[2:]}"))
        release = make_release(load_contract("p", root=bench.root), root=bench.root, edition="provider")
        wrong = bases_in_error(release.findings)
        assert wrong == ({"site"} if people == "60" else set())  # 45 of each were served: more than 40 live there
        assert release.assessment.served.empty == bool(wrong)
