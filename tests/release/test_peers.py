"""A contract beside the others of its programme: from what those have shown, without their names."""

import pytest
from typer.testing import CliRunner

from acmlib.cli.app import app
from acmlib.contract.audiences import records_for
from acmlib.contract.load import load_contract, load_records
from acmlib.display import Words
from acmlib.display import sections as show
from acmlib.display.report import Report, open_report
from acmlib.display.voice import Voice
from acmlib.release import make_release
from acmlib.release.ledger import write_entry
from acmlib.release.peers import peers_of

CONTRACT = """\
contract: {{title: {title}, provider: {title} Works, agency: B, program: jobs, starts: 2025-01-01, ends: 2027-12-31}}
tables: {{participants: {{source: data/{id}/participants.csv, id: person}}}}
metrics:
  placed: {{title: Placed, kind: proportion, that: placed = 1, date: came}}
period: 2025-12
editions: [internal, provider]
languages: [en, es]
"""


def write(root, name, people, placed):
    for folder in (root / "params" / name, root / "data" / name):
        folder.mkdir(parents=True)
    (root / "params" / name / "contract.yml").write_text(CONTRACT.format(id=name, title=name.capitalize()), encoding="utf-8")
    rows = [f"{name}{i},2025-{i % 12 + 1:02d}-05,{int(i < placed)}" for i in range(people)]
    (root / "data" / name / "participants.csv").write_text("\n".join(["person,came,placed", *rows]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Nine contracts of one programme, all but the first reported on; one of them stands out, and one is too small to be shown."""
    root = tmp_path_factory.mktemp("programme")
    sizes = {"ash": 300, "beech": 320, "cedar": 360, "dogwood": 400, "elm": 440, "fir": 500, "gum": 560, "hazel": 640, "ivy": 12}
    for name, people in sizes.items():
        write(root, name, people, round(people * (0.15 if name == "elm" else 0.4)) if name != "ivy" else 3)
        if name != "ash":
            release = make_release(load_contract(name, root=root), root=root, edition="provider")
            write_entry(release.entry, "provider", root / "ledger" / name)
    answer = CliRunner().invoke(app, ["peers", "ash"], env={"ACM_ROOT": str(root)})
    assert answer.exit_code == 0, answer.output
    return root


def report(root, edition, language="en"):
    return open_report("ash", None, edition, language, None, root)


def test_only_what_was_shown_stands_beside_a_contract(workspace):
    found = peers_of("ash", root=workspace)
    assert set(found["contract"]) == {"beech", "cedar", "dogwood", "elm", "fir", "gum", "hazel"}, "ivy's results are hidden"
    assert dict(zip(found["contract"], found["numerator"], strict=True))["elm"] == "66"


def test_other_contracts_have_names_in_the_internal_edition_only(workspace):
    records = load_records("ash", workspace)
    assert {one.title for one in records_for(records, "internal").peers} >= {"Beech", "Elm"}
    for edition in ("provider", "public"):
        kept = records_for(records, edition).peers
        assert {one.title for one in kept} == {None}
        assert not {one.contract for one in kept} & {"beech", "cedar", "dogwood", "elm", "fir", "gum", "hazel"}
    inside, outside = (" ".join(map(str, show.peers(report(workspace, edition), "placed"))) for edition in ("internal", "provider"))
    assert "Elm" in inside and "Elm" not in outside and "Hazel" not in outside


@pytest.mark.parametrize(("language", "expected"), [("en", "within what chance explains beside 7 other contracts"),
                                                    ("es", "dentro de lo que explica el azar junto a 7 contratos más")])  # fmt: skip
def test_eight_contracts_make_a_funnel_that_says_who_is_unusual(workspace, language, expected):
    (section,) = show.peers(report(workspace, "provider", language), "placed")
    chart = section.body[0]
    assert expected in section.heading
    assert chart.svg.startswith("<svg")
    assert ("Other contract 4" if language == "en" else "Otro contrato 4") in chart.alt


def test_a_contract_without_a_file_of_others_has_no_such_section(workspace):
    alone = report(workspace, "provider")
    records = alone.records.__class__()
    from dataclasses import replace

    without = Report(replace(alone.release, records=records), Voice(Words("en"), alone.contract), None)
    assert show.peers(without, "placed") == ()


def test_no_report_of_others_is_said_with_the_remedy(workspace, tmp_path):
    write(tmp_path, "alone", 100, 40)
    answer = CliRunner().invoke(app, ["peers", "alone"], env={"ACM_ROOT": str(tmp_path)})
    assert answer.exit_code == 2
    assert "run their reports first" in " ".join(answer.output.split())
