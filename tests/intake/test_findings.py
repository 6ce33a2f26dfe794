"""On pages that others read, findings about the data give no small count away; those who sent and check the data read them whole."""

import pickle

import pytest

from acmlib.intake.findings import Finding, findings_for, listed, said

MINIMUM = 11


def finding(what, rows):
    return Finding("warning", "people", "race", what, rows, "Gaps may differ", (), "ask again", "provider")


def shown(edition, what, rows):
    (one,) = findings_for([finding(what, rows)], edition, MINIMUM)
    return str(one.what), one.rows


@pytest.mark.parametrize("rows", range(1, MINIMUM))
def test_a_small_count_is_words_outside_and_neither_rows_nor_values_tell_it(rows):
    what = said("no_id", "{count} without an id ({examples})", rows, "row", examples=listed(range(2, rows + 2), of="row"))
    for edition in ("provider", "public"):
        assert shown(edition, what, rows) == ("fewer than 11 rows without an id", 0)
    assert shown("internal", what, rows) == (str(what), rows)


def test_a_larger_count_stays_and_only_the_public_reads_no_rows():
    what = said("not_recoded", "{count} that {list} does not name: {examples}", 12, "value", list="recode", examples=listed(["'X'", "'Y'"]))
    assert shown("provider", what, 40) == ("12 values that recode does not name: 'X', 'Y'", 40)
    assert shown("public", what, 40) == ("12 values that recode does not name", 40)


def test_shares_that_give_a_small_count_away_are_left_out():
    what = said(
        "unknown",
        "{dimension} is not known of {count} ({examples})",
        14,
        "row",
        written="14% of rows",
        least=4,
        dimension="race",
        examples=listed([("Not asked", 0.1), ("Declined", 0.04)], of="share"),
    )
    assert shown("provider", what, 14) == ("race is not known of 14% of rows", 14)


def test_pages_of_a_contract_follow_its_own_smallest_count(bench):
    from acmlib.release.editions import make_release

    rows = "".join(f"{i if i > 3 else ''},2025-0{1 + i % 6}-05\n" for i in range(90))
    bench.write("data/test/people.csv", "pid,joined\n" + rows)
    text = """\
    tables: {people: {source: data/test/people.csv, id: pid}}
    metrics: {people: {title: People, kind: count, from: people, date: joined}}
    privacy: {minimum_count: 6}
    period: 2025-06
    """
    said_to = {
        edition: [str(one.what) for one in make_release(bench.contract(text), root=bench.root, edition=edition).findings]
        for edition in ("internal", "provider", "public")
    }
    assert said_to["internal"][0] == "4 rows without an id (row 2, 3, 4, 5)"
    assert said_to["provider"][0] == said_to["public"][0] == "fewer than 6 rows without an id"


def test_a_finding_survives_the_way_to_the_kernel():
    what = said("no_id", "{count} without an id ({examples})", 3, "row", examples=listed([2, 3, 4], of="row"))
    copied = pickle.loads(pickle.dumps(finding(what, 3)))
    assert copied == finding(what, 3) and copied.what.coded(MINIMUM, examples=True) == "fewer than 11 rows without an id"
    assert (copied.what.key, copied.what.values["count"].number, copied.what.values["examples"].items) == ("no_id", 3, (2, 3, 4))
