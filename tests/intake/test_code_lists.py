"""Code lists: numbers become words, inline or from a file, and codes that the list does not name are said."""

from __future__ import annotations

import pytest

from acmlib.contract.errors import ContractError

SENT = "id,race\n1,1\n2,2\n3,2.0\n4,99\n5,7\n6,w\n"
KEYS = "id: id\nrecode: {race: {w: 1}}\nmissing: {race: {99: Not asked}}\n"


@pytest.mark.parametrize("codes", ["{1: White, 2: Asian}", "data/codes/race.csv"])
def test_codes_become_labels_after_recode_and_strangers_are_said(bench, rows, codes):
    bench.write("data/codes/race.csv", "code,label,source\n1,White,form 7\n2,Asian,form 7\n")
    tables = bench.people(SENT, f"{KEYS}codes: {{race: {codes}}}\n", top="dimensions: {race: {}}")
    groups = [row[0] for row in rows(tables, "SELECT dim_race FROM people ORDER BY id")]
    assert groups == ["White", "Asian", "Asian", "Not asked", "7", "White"]
    (finding,) = (one for one in tables.noticed if "does not name" in one.what)
    assert (finding.severity, finding.rows, finding.column) == ("warning", 1, "race")
    assert "codes" in finding.what and "'7'" in finding.what and "tables.people.codes.race" in finding.fix


@pytest.mark.parametrize(("codes", "said"), [
    ("{race: data/none.csv}", "tables.people.codes.race is 'data/none.csv'; there is no"),
    ("{race: data/bad.csv}", "has no code and label in row 2; its columns are number, meaning"),
    ("{race: data/twice.csv}", r"gives the code 1 two labels \(row 3\)"),
    ("{sex: {1: Man}}", "tables.people.codes.sex is no column of the table"),
])  # fmt: skip
def test_a_list_that_cannot_be_used_is_an_error_at_its_key(bench, codes, said):
    bench.write("data/bad.csv", "number,meaning\n1,White\n")
    bench.write("data/twice.csv", "code,label\n1,White\n1,Asian\n")
    with pytest.raises(ContractError, match=said):
        bench.people(SENT, f"id: id\ncodes: {codes}\n")


def test_reasons_stay_three_things_beside_bands(bench, rows):
    csv = "id,age,site\n1,17,N\n2,99,N\n3,98,N\n4,,N\n5,97,S\n6,45,S\n"
    more = "id: id\nmissing: {age: {97: Not asked, 98: Don't know, 99: Declined}}"
    tables = bench.people(csv, more, top="dimensions: {age: {bands: [0, 18, 65]}}")
    assert rows(tables, "SELECT age, dim_age FROM people ORDER BY id") == [
        (17, "0-17"), (None, "Declined"), (None, "Don't know"), (None, "Not recorded"), (None, "Not asked"), (45, "18-64"),
    ]  # fmt: skip
    people = "{source: data/people.csv, id: id, missing: {age: {97: Not asked, 98: Don't know, 99: Declined}}}"
    visits = f"tables: {{visits: {{source: data/visits.csv, join: {{table: people, on: id}}}}, people: {people}}}\n"
    visits += "dimensions: {age: {bands: [0, 18, 65]}}\n"
    bench.write("data/visits.csv", "id,on\n2,2025-01-05\n2,2025-02-05\n6,2025-03-05\n")
    joined = bench.open(visits + "metrics: {visits: {title: Visits, kind: count, from: visits}}\n")
    assert rows(joined, "SELECT dim_age FROM visits ORDER BY id") == [("Declined",), ("Declined",), ("18-64",)]
