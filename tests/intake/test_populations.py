"""Populations have the names of participants' groups, in the order of pages."""

import json
import math
import shutil
from pathlib import Path

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


#: Estimates and margins of two tracts, as the Census API answers: lines of B03002 that are groups, and one that is a part of a group.
LINES = ("001", "002", "003", "004", "005", "006", "007", "008", "009", "012", "013")
TRACTS = (
    ("100", "80", "50", "20", "0", "5", "0", "0", "5", "20", "8"),
    ("60", "60", "40", "20", "0", "0", "0", "0", "0", "0", "0"),
)
MARGINS = (
    ("-555555555", "9", "6", "3", "11", "4", "12", "12", "4", "5", "5"),
    ("7", "7", "8", "4", "12", "12", "12", "12", "12", "12", "12"),
)


def acs(form, tracts=TRACTS, margins=MARGINS):
    header = ["GEO_ID", "NAME", *(f"B03002_{line}{kind}" for line in LINES for kind in "EM")]
    rows = [[f"1400000US{at}", f"Tract {at}", *(one for pair in zip(*both, strict=True) for one in pair)]
            for at, both in enumerate(zip(tracts, margins, strict=True))]  # fmt: skip
    if form == "json":
        return json.dumps([header, *rows])
    labels = ["Geography", "Geographic Area Name", *(f"{kind} of {line}" for line in LINES for kind in ("Estimate", "Margin"))]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in (header, labels, *rows)) + "\n"


def acs_population(bench, form, text):
    shutil.copytree(Path(__file__).parents[2] / "templates/acs", bench.root / "templates/acs", dirs_exist_ok=True)
    bench.write(f"data/acs.{form}", text)
    contract = bench.contract("tables: {people: {source: data/people.csv}}\n" + RACE.format(f"file: data/acs.{form}, table: B03002"))
    return read_population(contract, "race", bench.root).set_index("group")


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_table_of_the_american_community_survey(bench, form):
    found = acs_population(bench, form, acs(form))
    assert found["people"].to_dict() == {
        "American Indian or Alaska Native": 0, "Asian": 5, "Black or African American": 40, "Hispanic or Latino": 20,
        "Native Hawaiian or Pacific Islander": 0, "White": 90, "Not recorded": 0, "Multiracial and/or Multiethnic": 5,
    }  # fmt: skip
    # Root of the sum of squares; of estimates of zero only the largest margin.
    margins = found["margin_of_error"]
    assert (margins["White"], margins["Black or African American"], margins["American Indian or Alaska Native"]) == (10, 5, 12)
    assert margins["Hispanic or Latino"] == 13


def test_special_values_of_the_survey_are_no_numbers(bench):
    controlled = tuple("-555555555" if at == 2 else one for at, one in enumerate(MARGINS[0]))
    assert acs_population(bench, "json", acs("json", margins=(controlled, MARGINS[1])))["margin_of_error"]["White"] == 8
    unknown = tuple("-222222222" if at == 2 else one for at, one in enumerate(MARGINS[0]))
    assert math.isnan(acs_population(bench, "json", acs("json", margins=(unknown, MARGINS[1])))["margin_of_error"]["White"])
    none = tuple("-666666666" if at == 2 else one for at, one in enumerate(TRACTS[0]))
    with pytest.raises(ContractError, match=r"has no estimate B03002_003E in place 1; leave the place out"):
        acs_population(bench, "json", acs("json", tracts=(none, TRACTS[1])))


@pytest.mark.parametrize(("text", "said"), [
    ('[["NAME", "B03002_003E"], ["x", "1"]]', r"has no column B03002_003M; ask for the whole table: get=group\(B03002\)"),
    (acs("json", tracts=(("101", *TRACTS[0][1:]), TRACTS[1])), "has 161 people in B03002_001E, and other numbers"),
    ('{"error": "key"}', "is no answer of the Census API"),
])  # fmt: skip
def test_what_is_no_such_table_is_refused(bench, text, said):
    with pytest.raises(ContractError, match=said):
        acs_population(bench, "json", text)


#: First ages of the lines of B01001 (and of B01001A to I), of men; women stand 24 (15) lines further on.
AGES = (0, 5, 10, 15, 18, 20, 21, 22, 25, 30, 35, 40, 45, 50, 55, 60, 62, 65, 67, 70, 75, 80, 85)
AGES_OF_ONE_RACE = (0, 5, 10, 15, 18, 20, 25, 30, 35, 45, 55, 65, 75, 85)


def by_age(table, ages):
    """Return tract 1 with 10 + line people, tract 2 with none, margins of 3 and 4; and the people of tract 1 by first age."""
    men = {f"{3 + at:03d}": first for at, first in enumerate(ages)}
    women = {f"{3 + at + len(ages) + 1:03d}": first for at, first in enumerate(ages)}
    people = {line: 10 + int(line) for line in men | women}
    total = sum(people.values())
    head = [f"{table}_001E", f"{table}_001M", *(f"{table}_{line}{kind}" for line in people for kind in "EM")]
    rows = [[total, 9, *(one for number in people.values() for one in (number, 3))], [0, 9, *[0, 4] * len(people)]]
    sums = {first: sum(number for line, number in people.items() if (men | women)[line] == first) for first in ages}
    return json.dumps([head, *(list(map(str, row)) for row in rows)]), sums


@pytest.mark.parametrize(("table", "ages"), [("B01001", AGES), ("B01001B", AGES_OF_ONE_RACE)])
@pytest.mark.parametrize(("bands", "within", "groups"), [
    ([0, 18, 25, 65], "", {"0-17": (0, 18), "18-24": (18, 25), "25-64": (25, 65), "65 and over": (65, 200)}),
    ([15, 18], "ages: [15, 24], ", {"15-17": (15, 18), "18 and over": (18, 25)}),
])  # fmt: skip
def test_ages_of_the_survey_fall_into_the_bands_of_the_contract(bench, table, ages, bands, within, groups):
    text, sums = by_age(table, ages)
    bench.write("data/ages.json", text)
    shutil.copytree(Path(__file__).parents[2] / "templates/acs", bench.root / "templates/acs", dirs_exist_ok=True)

    def population(bands, within=within):
        given = f"{{file: data/ages.json, table: {table}, {within}of: residents, source: Census, date: 2023}}"
        contract = bench.contract(
            f"tables: {{people: {{source: data/p.csv}}}}\ndimensions: {{age: {{bands: {bands}, population: {given}}}}}\n"
        )
        return read_population(contract, "age", bench.root).set_index("group")

    found = population(bands)
    assert found["people"].to_dict() == {
        name: sum(people for age, people in sums.items() if first <= age < stop) for name, (first, stop) in groups.items()
    }
    lines = 2 * sum(15 <= age < 18 for age in ages)
    if within:  # squares of the first tract's lines, and of the second's zeros only the largest
        assert found["margin_of_error"]["15-17"] == pytest.approx(math.sqrt(lines * 9 + 16))
        with pytest.raises(ContractError, match="has people of 15 to 17 in one line, and ages begin at 16"):
            population(bands, within="ages: [16, 24], ")
    with pytest.raises(ContractError, match="has people of 15 to 17 in one line, and bands begin at 16"):
        population([16, 25], within="")


def test_a_table_of_ages_is_no_population_of_races(bench, population):
    shutil.copytree(Path(__file__).parents[2] / "templates/acs", bench.root / "templates/acs")
    with pytest.raises(ContractError, match="B01001B, which is of ages; use it for a dimension with bands"):
        population("file: data/pop.csv, table: B01001B", "group,people\nWhite,1\n")
    with pytest.raises(ContractError, match="the youngest first"):
        population("file: data/pop.csv, ages: [15, 24]")


PLACES = """\
dimensions:
  home:
    column: place
    kind: place
    geography: {geography}
    population: {{{population}, of: residents, source: "ACS 2019-2023", date: 2023}}
"""


def census(places, table="B01003", lines=("001",)):
    """Return the answer of the Census API to get=group(TABLE): a row a place, with estimates and margins."""
    header = ["GEO_ID", "NAME", *(f"{table}_{line}{kind}" for line in lines for kind in ("E", "EA", "M", "MA"))]
    rows = [[place, "Name", *(one for number in numbers for one in (number, None, "12", None))] for place, *numbers in places]
    return json.dumps([header, *rows])


@pytest.mark.parametrize(("geography", "given", "sent", "groups"), [
    ("zip", [("860Z200US02138", "300"), ("860Z200US00601", "90"), ("8600000US10453", "20")],
     ["2138", "02138-1234", "021381234", "02138", "21381234", "601.0", "10453", "99999", "unknown", ""],
     {"00601": 1, "02138": 5, "10453": 1, "Not recorded": 3}),
    ("tract", [("1400000US25017352101", "300"), ("1400000US01001020100", "90")],
     ["25017352101", "250173521012", "250173521011002", "1001020100", "14000US01001020100", "10010201001002", "0"],
     {"01001020100": 3, "25017352101": 3, "Not recorded": 1}),
    ("county", [("0500000US25017", "300"), ("0500000US01001", "90")],
     ["25017", "25017352101", "1001", "1001020100", "01001"], {"01001": 3, "25017": 2}),
])  # fmt: skip
def test_places_meet_their_population_by_code_however_it_is_written(bench, geography, given, sent, groups):
    bench.write("data/census.json", census(given))
    top = PLACES.format(geography=geography, population="file: data/census.json, table: B01003")
    tables = bench.people("id,place\n" + "".join(f"{at},{place}\n" for at, place in enumerate(sent)), "id: id", top=top)
    found = tables.connection.sql("SELECT dim_home, count(*) FROM people GROUP BY 1 ORDER BY 1").fetchall()
    assert dict(found) == groups
    population = tables.populations["home"].set_index("group")
    assert population["people"].to_dict() == {code: float(number) for code in groups for place, number in given if place.endswith(code)}
    assert population["margin_of_error"].eq(12).all()
    findings = check_tables(tables, tables.contract)
    assert not [one for one in findings if "no population" in str(one.what)]
    note = next(one for one in findings if one.what.key == "place_codes")
    assert note.rows == sum(groups.values()) - groups.get("Not recorded", 0) - sum(one in groups for one in sent)


def test_ages_of_a_place_are_added_up_and_other_columns_will_do_as_well(bench):
    shutil.copytree(Path(__file__).parents[2] / "templates/acs", bench.root / "templates/acs")
    lines = [f"{at:03d}" for at in range(1, 50)]
    numbers = [str(at) for at in range(1, 50)]
    bench.write("data/census.json", census([("860Z200US02138", *numbers)], "B01001", lines))
    top = PLACES.format(geography="zip", population="file: data/census.json, table: B01001, ages: [15, 24]")
    tables = bench.people("place\n2138\n", top=top)
    found = tables.populations["home"].iloc[0]
    assert found["people"] == sum(range(6, 11)) + sum(range(30, 35))  # men and women of 15-17, 18-19, 20, 21, 22-24
    assert found["margin_of_error"] == pytest.approx(12 * 10**0.5)
    bench.write("data/pop.csv", "group,people\n2138,10\n02138-0001,5\n10453,7\n")
    tables = bench.people("place\n2138\n", top=PLACES.format(geography="zip", population="file: data/pop.csv"))
    assert tables.populations["home"][["group", "people"]].values.tolist() == [["02138", 15], ["10453", 7]]


def test_what_is_no_place_is_said_and_too_many_places_are_refused(bench):
    bench.write("data/census.json", census([("860Z200US02138", "5")]))
    top = PLACES.format(geography="zip", population="file: data/census.json, table: B01003")
    tables = bench.people("id,place\n1,Cambridge\n2,02138\n3,021\n4,123456\n", "id: id", top=top)
    found = [one for one in check_tables(tables, tables.contract) if one.what.key == "no_place"]
    assert [(one.severity, one.rows) for one in found] == [("warning", 2)] and "'123456', 'Cambridge'" in str(found[0].what)
    bench.write("data/census.json", census([(f"860Z200US{at:05d}", "5") for at in range(1001)]))
    with pytest.raises(ContractError, match="holds 1,001 places; keep those of the service area"):
        bench.people("place\n2138\n", top=top)
    with pytest.raises(ContractError, match=r"has a geography; use it with kind: place"):
        bench.people("place\n2138\n", top="dimensions: {place: {geography: zip}}")
