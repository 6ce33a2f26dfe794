"""Free text that people wrote is searched for what would tell who somebody is, and stopped with its place."""

import pytest

from acmlib.cli.checking import check_contract
from acmlib.contract.texts import FreeText
from acmlib.intake.check.free_text import free_text_problems

IDS = ("HY-00012", "4711", "12", "1234567", "Maria del Mar")

CONTRACT = """\
contract: {title: Little Jobs, provider: Little Works, agency: City, program: jobs, starts: 2025-01-01, ends: 2026-12-31,
           contact: help@city.gov, about: 'Ask help@city.gov.'}
tables: {participants: {source: data/little/people.csv, id: id, private: [family]}}
metrics: {placed: {title: Placed, kind: count}}
dimensions: {family: {column: on}}
privacy: {names: [Ana Ruiz]}
"""

RECORDS = {
    "roadmap.yml": "topics:\n  - {id: work, month: 2026-06, kind: access, metric: placed, dimension: family, "
    "title: {en: 'What LJ-0001 said', es: Trabajo}}\n",
    "actions.csv": "id,agreed_on,what,owner,party,status,note\nA1,2026-01-15,Call,Dana,agency,open,mail ben.k@mail.example\n",
    "plan.yml": "questions:\n  - {id: who, section: implementation, question: Who?, answer: Ana Ruiz}\n",
    "notes/2026-05.md": "---\ndate: 2026-05-21\nkind: note\nsource: visit\n---\nIt went well.\n\nCall (212) 555-0143 for Quillfeather.\n",
    "notes/2026-06.md": "---\ndate: 2026-06-21\nkind: quote\naudience: provider\nsource: client LJ-0001\n---\nGood.\n",
    "review.yml": "lessons: [{text: Ask participant 42 first, for: solicitation}]\n",
}


def found(text, ids=IDS, names=("Ana Ruiz",), allowed=()):
    return free_text_problems([FreeText("notes/a.md", "", text, "provider")], ids=ids, names=names, allowed=allowed)


@pytest.mark.parametrize(
    "text",
    [
        "HY-00012 came late.", "(hy-00012)", "HY-00012@works", "id 1234567", "as Maria  del\nMar said", "client 4711", "Client no. 4711",
        "participant #12 and others", "la participante n.º 12", "case: 4711",
        "HY\u201100012 wrote", "HY-00\u200b012",
    ],
)  # fmt: skip
def test_ids_and_private_values_are_found_as_words_of_their_own(text):
    assert found(text) == ("notes/a.md: holds a participant's id or a private value; write 'a participant' instead",)


@pytest.mark.parametrize("text", ["12 of 40 came; 4711 were asked", "HY-000123", "21234567", "the del Mar school", "phase 12, room 4711"])
def test_numbers_that_are_no_ids_are_let_be(text):
    """The promise on short ids: a number of up to five digits is somebody's only right after a word for a person."""
    assert found(text) == ()


@pytest.mark.parametrize(
    "text",
    ["ben.k@mail.example", "Write to BEN@city.gov.", "(212) 555-0143", "212-555-0143", "+44 20 7946 0018", "06 12 34 56 78", "2125550143"],
)
def test_addresses_and_telephone_numbers_are_found(text):
    assert len(found(text)) == 1 and text not in found(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "From 2026-05-31 to 2026-06-30, 2024-2026, 1,450,000 USD, 1 450 000, 12.5 %, 10:30-11:45, 2026/05.",
        "Contract 2024-118, section 4.2.1.",
        "SHA-256 5a84ae19; 389 of 1,234; ages 14-24; ZIP 10001-2345.",
    ],
)  # fmt: skip
def test_dates_amounts_and_references_are_no_telephone_numbers(text):
    assert found(text) == ()


def test_the_contact_for_corrections_may_be_read():
    assert found("Write to help@city.gov", allowed=["help@city.gov"]) == ()


def test_acm_check_names_file_entry_and_line_of_everything_and_repeats_nothing(tmp_path):
    rows = "".join(f"LJ-{i:04d},Quillfeather,2026-01-01\n" for i in range(40)) + "42,Owlett,2026-01-01\n"
    files = {"params/little/contract.yml": CONTRACT, "data/little/people.csv": "id,family,on\n" + rows}
    files |= {f"params/little/{name}": text for name, text in RECORDS.items()}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    errors = [one for one in check_contract("little", root=tmp_path) if one.severity == "error"]
    places = [(one.table, one.what) for one in errors]
    assert places == [
        ("params/little/actions.csv", "A1.note holds an e-mail address (line 2)"),
        ("params/little/notes/2026-05.md", "holds a participant's id or a private value (line 8)"),
        ("params/little/notes/2026-05.md", "holds a telephone number (line 8)"),
        ("params/little/notes/2026-06.md", "source holds a participant's id or a private value (line 5)"),
        ("params/little/plan.yml", "questions.who.answer holds a name that privacy.names protects (line 2)"),
        ("params/little/review.yml", "lessons.1.text holds a participant's id or a private value (line 1)"),
        ("params/little/roadmap.yml", "topics.work.title.en holds a participant's id or a private value (line 2)"),
    ]
    said = " ".join(map(str, errors)).casefold()
    assert not any(secret in said for secret in ("lj-0001", "ruiz", "quillfeather", "555", "ben.k"))
    warnings = [one for one in check_contract("little", root=tmp_path) if one.severity == "warning"]
    assert any(one.table.endswith("2026-06.md") and one.what == "a quote with no consent" for one in warnings)
