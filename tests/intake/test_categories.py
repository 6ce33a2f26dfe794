"""Groups: the federal standard with several answers, kinds of missing answers apart, bands, merges."""

import pytest

from acmlib.contract.model import Dimension
from acmlib.contract.standards import MULTIPLE, NHPI
from acmlib.intake.build.categories import OMB_2024, SEVERAL, grouped, missing_kind
from acmlib.intake.check.private import private_values

OMB = Dimension(standard="omb-2024")
OLD = Dimension(standard="omb-1997", ethnicity="hispanic")


def test_the_standard_has_seven_categories():
    assert len(OMB_2024) == 7
    assert "Middle Eastern or North African" in OMB_2024


@pytest.mark.parametrize(
    ("value", "group", "named"),
    [
        ("White", "White", ("White",)),
        ("black", "Black or African American", ("Black or African American",)),
        ("White;White", "White", ("White",)),
        ("Hispanic or Latino; White", "Multiracial and/or Multiethnic", ("Hispanic or Latino", "White")),
        ("Two or more races", "Multiracial and/or Multiethnic", ("Multiracial and/or Multiethnic",)),
        ("Asian;Declined", "Asian", ("Asian",)),
        ("Declined", "Declined", ()),
        ("prefer not to say", "Declined", ()),
        ("Client doesn't know", "Don't know", ()),
        ("not asked", "Not asked", ()),
        ("Unknown", "Not recorded", ()),
        (None, "Not recorded", ()),
        (" ; ", "Not recorded", ()),
        ("Klingon", "Klingon", ("Klingon",)),
        ("Black–African American", "Black or African American", ("Black or African American",)),
        ("White, non‑Hispanic", "White", ("White",)),
        ("Hispano/Latino", "Hispanic or Latino", ("Hispanic or Latino",)),
        ("Se negó", "Declined", ()),
        ("Doesn’t know", "Don't know", ()),
        ("—", "Not recorded", ()),
    ],
)
def test_groups_of_the_2024_standard(value, group, named):
    found = grouped(value, OMB)
    assert (found.group, found.alone_or_in_combination) == (group, named)
    assert found.strange == (("Klingon",) if value == "Klingon" else ())


@pytest.mark.parametrize(
    ("race", "hispanic", "group", "named"),
    [
        ("White", "Hispanic", "Hispanic or Latino", ("Hispanic or Latino", "White")),
        ("White", "Not Hispanic or Latino", "White", ("White",)),
        ("White", "Non-Hispanic", "White", ("White",)),
        ("Native Hawaiian or Other Pacific Islander", "N", "Native Hawaiian or Pacific Islander", ("Native Hawaiian or Pacific Islander",)),
        ("Asian;White", "no", "Multiracial and/or Multiethnic", ("Asian", "White")),
        (None, "Yes", "Hispanic or Latino", ("Hispanic or Latino",)),
        (None, "declined", "Not recorded", ()),
        ("Declined", None, "Declined", ()),
    ],
)
def test_two_questions_of_1997_become_one(race, hispanic, group, named):
    found = grouped(race, OLD, ethnicity=hispanic)
    assert (found.group, found.alone_or_in_combination) == (group, named)


def test_codes_of_several_answers_are_recoded_one_by_one():
    assert grouped("B;W", OMB, recode={"B": "Black or African American", "W": "White"}).alone_or_in_combination == (
        "Black or African American", "White",
    )  # fmt: skip


@pytest.mark.parametrize(("given", "group"), [("No indicada", "Not recorded"), ("unk", "Not recorded"), ("No sabe", "Don't know")])
def test_silence_is_known_in_spanish_and_short(given, group):
    assert grouped(given, Dimension(standard="omb-2024")).group == grouped(given, Dimension()).group == group


def test_kinds_of_missing_answers_stay_three_and_are_never_merged_with_blanks():
    kinds = [missing_kind(value, Dimension()) for value in ("Not asked", "Declined", "Don't know", None, "n/a")]
    assert kinds == ["Not asked", "Declined", "Don't know", "Not recorded", "Not recorded"]


def test_a_name_that_the_contract_uses_is_an_answer():
    assert grouped("Unknown", Dimension(order=("Unknown", "Known"))).group == "Unknown"


def test_named_combinations():
    merged = Dimension(merge={"Youth of color": ("Asian", "Black or African American")}, standard="omb-2024")
    assert [grouped(value, merged).group for value in ("Asian", "black", "White", "Declined")] == [
        "Youth of color", "Youth of color", "White", "Declined",
    ]  # fmt: skip


@pytest.mark.parametrize("given", ["Asian/Pacific Islander", "Asian, Native Hawaiian or Pacific Islander", "Asian and Pacific Islander"])
def test_a_category_that_joins_two_of_the_standard_is_no_answer_of_several(given):
    """The category of 1977 holds people of one race each: as multiracial, all Asians of an old form would be in the wrong group."""
    found = grouped(given, Dimension(standard="omb-2024"))
    assert (found.group, found.strange) == (given, (given,))  # told, to be recoded as the agency decides
    assert grouped("Asian; Pacific Islander", Dimension(standard="omb-2024")).group == MULTIPLE
    assert grouped("Native Hawaiian and Other Pacific Islander", Dimension(standard="omb-2024")).group == NHPI


def test_several_answers_in_one_cell_are_no_group_of_their_own(bench):
    csv = 'id,race,language\n1,"White, Asian",English\n2,Asian/White,"English, Spanish"\n3,"Black, African American",Spanish\n'
    csv += '4,"Asian, Klingon","Spanish, Arabic"\n5,"Hispanic, Latino",Arabic\n6,White and Black,"Arabic, English"\n'
    top = "dimensions: {race: {standard: omb-2024}, language: {%s}}\nmetrics: {people: {title: People, kind: count, from: people}}"
    tables = bench.people(csv, "id: id", top=top % "")
    assert any("dimensions.language.separator: ','" in finding.fix for finding in tables.noticed)
    races = dict(tables.connection.execute("SELECT id, dim_race FROM people").fetchall())
    assert races == {"1": MULTIPLE, "2": MULTIPLE, "3": "Black or African American", "4": "Asian, Klingon", "5": "Hispanic or Latino",
                     "6": MULTIPLE}  # fmt: skip
    apart = bench.people(csv, "id: id", top=top % 'separator: ","')
    languages = dict(apart.connection.execute("SELECT id, dim_language FROM people").fetchall())
    assert languages == {"1": "English", "2": SEVERAL, "3": "Spanish", "4": SEVERAL, "5": "Arabic", "6": SEVERAL}
    assert not any("several answers" in finding.what for finding in apart.noticed)


def test_a_private_value_that_names_a_group_is_no_secret(bench):
    """A person called White, a street called as the neighborhood: no page of such a contract could be made."""
    csv = "id,last_name,street,race,area\n1a1a1,White,Mission,White,Mission\n2b2b2,Rosales,Valencia,Asian,Sunset\n"
    top = "dimensions: {race: {standard: omb-2024}, area: {kind: place}}\nmetrics: {people: {title: People, kind: count, from: people}}"
    tables = bench.people(csv, "id: id\nprivate: [last_name, street]", top=top)
    assert private_values(tables) == {"1a1a1", "2b2b2", "Rosales", "Valencia"}


def test_names_in_other_letters_are_groups():
    assert [grouped(name, Dimension()).group for name in ("中文", "Русский", "العربية", "N/A")] == [
        "中文",
        "Русский",
        "العربية",
        "Not recorded",
    ]
