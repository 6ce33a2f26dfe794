"""On pages that others read, findings about the data have no counts; those who check the data read them whole."""

import ast
import pickle
from pathlib import Path

import pytest

from acmlib.display.words import Words
from acmlib.intake.findings import Finding, amount, findings_for, listed, message


def finding(what, rows):
    return Finding("warning", "people", "race", what, rows, "Gaps may differ", (), "ask again", "provider")


def shown(edition, what, rows):
    (one,) = findings_for([finding(what, rows)], edition)
    return str(one.what), one.rows


@pytest.mark.parametrize("rows", [1, 10, 11, 4000])
def test_no_count_and_nothing_that_could_be_counted_is_told_outside(rows):
    what = message("no_id", count=amount(rows, "row"), examples=listed(range(2, rows + 2), of="row"))
    for edition in ("provider", "public"):
        assert shown(edition, what, rows) == ("some rows without an id", 0)
    assert shown("internal", what, rows) == (str(what), rows)


def test_shares_are_left_out_outside():
    shares = listed([("Not asked", 0.1), ("Declined", 0.04)], of="share")
    what = message("unknown", count=amount(14, "row", share="14%"), dimension="race", examples=shares)
    assert shown("provider", what, 14) == ("race is not known of some rows", 0)


def test_releases_tell_findings_without_counts_outside(bench):
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
    assert said_to["provider"][0] == said_to["public"][0] == "some rows without an id"


def test_a_finding_survives_the_way_to_the_kernel():
    what = message("no_id", count=amount(3, "row"), examples=listed([2, 3, 4], of="row"))
    copied = pickle.loads(pickle.dumps(finding(what, 3)))
    assert copied == finding(what, 3) and copied.what.without_counts() == "some rows without an id"
    assert (copied.what.key, copied.what.values["count"].number, copied.what.values["examples"].items) == ("no_id", 3, (2, 3, 4))


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_noun_that_findings_count_has_words_in_every_language(language):
    nouns = set()
    for path in (Path(__file__).parents[2] / "acmlib").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(call, "func", None), "id", "")
            given = call.args[1:2] if name == "amount" else [one.value for one in getattr(call, "keywords", ()) if one.arg == "noun"]
            nouns |= {one.value for one in given if isinstance(one, ast.Constant)}
    assert {"row", "cell", "character"} <= nouns
    words = Words(language)
    for noun in nouns:
        assert words(f"finding_count.{noun}", n=2).startswith("2 ") and words(f"finding_some.{noun}")
