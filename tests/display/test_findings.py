"""What the checks of the data found reads in the language of the page; the console keeps English."""

import ast
import re
from dataclasses import replace

import pytest
from display_frames import voice

from acmlib.display import sections as show
from acmlib.display.catalogues import placeholders
from acmlib.display.findings import finding_cell, sentence
from acmlib.display.report import open_report
from acmlib.intake.findings import Message, amount, findings_for, listed, message, texts


def keys(node):
    """Return the keys that an argument can be; none where it is no literal."""
    if isinstance(node, ast.IfExp):
        return keys(node.body) | keys(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) else set()


@pytest.fixture(scope="module")
def modules(repository):
    paths = (repository / "acmlib" / "intake").rglob("*.py")
    return [ast.parse(path.read_text(encoding="utf-8")) for path in paths if path.name != "findings.py"]


def test_every_sentence_of_the_checks_has_its_text_and_all_its_values(modules):
    calls = [one for tree in modules for one in ast.walk(tree) if isinstance(one, ast.Call)]
    for call in (one for one in calls if ast.unparse(one.func) in ("Finding.of", "message")):
        given, said = {one.arg: one.value for one in call.keywords}, keys(call.args[0])
        if ast.unparse(call.func) == "Finding.of":
            for role in ("why", "fix"):
                said |= keys(given[role]) if role in given else {f"{key}_{role}" for key in keys(call.args[0])}
        for key in said:
            assert None in given or set(placeholders(texts()[key])) <= {*given, "count", "examples"}, ast.unparse(call)


def test_every_text_is_said(modules):
    said = {node.value for tree in modules for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert [key for key in texts() if key not in said and re.sub("_(why|fix)$", "", key) not in said] == []
    assert len(texts()) > 200


def test_what_is_listed_after_a_colon_in_the_checks_is_so_on_pages():
    for key, text in texts().items():
        if "{examples}" in text:
            values = dict.fromkeys(set(placeholders(text)) - {"count", "examples"}, "y")
            given = message(key, count=amount(20, "row"), examples=listed(["x"]), **values)
            assert sentence(given, voice()) == str(given), key


@pytest.mark.parametrize(("count", "expected"), [
    (1, "1 fila sin identificador (fila 3)"),
    (20, "20 filas sin identificador (fila 3, 4, 5, 6, 7 y 15 más)"),
])  # fmt: skip
def test_counts_and_lists_read_as_the_language_writes_them(count, expected):
    given = message("no_id", count=amount(count, "row"), examples=listed(range(3, 3 + count), of="row"))
    assert sentence(given, voice("es")) == expected


def test_counts_that_are_not_told_are_words_in_spanish_too():
    given = message("no_id", count=amount(3, "row"), examples=listed([3, 4, 5], of="row"))
    assert sentence(given.without_counts(), voice("es")) == "algunas filas sin identificador"


def test_shares_and_groups_are_translated():
    shares = listed([("Not asked", 0.1), ("Declined", 0.04)], of="share")
    given = message("unknown", count=amount(40, "row", share="14%"), dimension="site", examples=shares)
    told_in_spanish = sentence(given, voice("es"))
    assert "14% de las filas" in told_in_spanish and "Declined" not in told_in_spanish and "site" not in told_in_spanish
    assert "14" not in sentence(given.without_counts(), voice("es"))  # a share of known rows is a count


def test_a_sentence_on_results_that_stopped_tells_no_share_of_others():  # outside it would be a figure of its own
    given = message("stopped", count=amount(40, "person"), month="2026-01")
    assert sentence(given, voice()) == str(given) == "no value since 2026-01 for 40 people, though before that there were some"


def test_another_text_stays_english_and_is_marked():
    assert finding_cell("something else", voice("es")).language == "en"
    assert finding_cell("something else", voice("en")).language == ""
    assert finding_cell(message("no_id_why"), voice("es")).language == ""


def test_a_spanish_page_has_no_english_finding(bench_of_flaws):
    report = bench_of_flaws("es")
    findings = [one for one in report.release.findings if one.severity != "note"]
    assert len(findings) >= 4 and all(isinstance(text, Message) for one in findings for text in (one.what, one.why, one.fix))
    (table, *_) = show.data_quality(report).body
    cells = [cell for row in table.rows for cell in row]
    assert {cell.language for cell in cells} == {""}
    english = {str(text).lower() for one in findings for text in (one.what, one.why, one.fix)}
    assert not {cell.text.lower() for cell in cells} & english


@pytest.fixture
def bench_of_flaws(tmp_path):
    """Open the report of a contract whose data have several flaws."""
    contract = """\
contract: {title: {en: Flaws, es: Fallos}, provider: A, agency: B, program: jobs, starts: 2025-01-01, ends: 2027-12-31}
tables: {people: {source: data/flaws/people.csv, id: pid, entered: joined}}
dimensions: {race: {}, age: {bands: [14, 18]}}
metrics: {placed: {title: {en: Placed, es: Con empleo}, kind: proportion, from: people, that: placed is not null, date: joined}}
languages: [en, es]
period: 2025-06
"""
    rows = []
    for i in range(120):
        month = 1 + i // 20
        if month == 4:
            continue
        row = [f"P{i:03d}" if i not in (5, 6) else "P004", "AB"[i % 2] if i % 5 else "", "15" if i != 9 else "1",
               f"2025-{month:02d}-05", "1805-01-01" if i == 3 else f"2025-{month:02d}-20" if i % 2 else ""]  # fmt: skip
        rows.append(",".join(row))
    for folder in ("params/flaws", "data/flaws"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "params/flaws/contract.yml").write_text(contract, encoding="utf-8")
    (tmp_path / "data/flaws/people.csv").write_text("\n".join(["pid,race,age,joined,placed", *rows]) + "\n", encoding="utf-8")

    def opened(language):
        return open_report("flaws", None, "provider", language, None, tmp_path)

    return opened


def test_an_edition_reads_the_same_finding_without_its_counts(bench_of_flaws):
    report = bench_of_flaws("es")
    same = [one for one in report.release.findings if one.what.key == "same_id"]
    assert [sentence(one.what, report.voice) for one in same] == ["algunas filas comparten identificador con otra fila"]
    assert findings_for([replace(same[0])], "internal")[0].what.key == "same_id"


@pytest.mark.parametrize(
    ("key", "noun", "values", "said", "in_spanish"),
    [
        (
            "unreadable",
            "value",
            {"filled": "27", "kind": "date"},
            "some values of many cannot be read as date",
            "de muchos no se pueden leer",
        ),
        ("rows_of_people", "row", {"people": "40", "column": "case"}, "some rows of many different case", "de muchos valores distintos"),
        (
            "mixed_zones",
            "time",
            {"others": "3", "list": listed(["opened"])},
            "some times in opened carry a time zone, others do not",
            "otras no",
        ),
    ],
)
def test_no_other_count_is_told_outside(key, noun, values, said, in_spanish):
    what = message(key, count=amount(7, noun), examples="", **values)
    assert str(what.without_counts()) == said
    assert in_spanish in sentence(what.without_counts(), voice("es"))
