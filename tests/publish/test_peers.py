"""A contract beside the others of its programme: from public editions that were handed out, without names and without counts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.load import load_contract, load_records
from acmlib.display import peer_group as show_group
from acmlib.display import sections as show
from acmlib.display.report import Report, open_report
from acmlib.display.standing import standing
from acmlib.publish.exchange import COLUMNS, export_figures, import_figures
from acmlib.publish.peers import open_peers, peers_of, write_peers
from acmlib.release.editions import make_release
from acmlib.release.ledger import enter, read_ledger

CONTRACT = """\
contract: {{title: {title}, provider: {title} Works, agency: B, program: jobs, starts: 2025-01-01, ends: 2027-12-31}}
tables: {{participants: {{source: data/{id}/participants.csv, id: person}}}}
metrics:
  placed: {{title: Placed, kind: proportion, that: placed = 1, date: came, headline: true}}
period: 2025-12
editions: [internal, provider{public}]
languages: [en, es]
"""
#: People of each contract, and how many were placed; cedar has no public edition, ivy is too small to be shown, elm's edition was a draft.
SIZES = {"ash": (300, 120), "beech": (320, 130), "cedar": (360, 200), "dogwood": (400, 61), "elm": (444, 179), "ivy": (12, 3)}
OTHERS = {"Beech", "Dogwood"}


def write(root: Path, name: str, people: int, placed: int) -> None:
    for folder in (root / "params" / name, root / "data" / name):
        folder.mkdir(parents=True)
    public = "" if name == "cedar" else ", public"
    (root / "params" / name / "contract.yml").write_text(CONTRACT.format(id=name, title=name.capitalize(), public=public), encoding="utf-8")
    rows = [f"{name}{i},2025-{i % 12 + 1:02d}-05,{int(i < placed)}" for i in range(people)]
    (root / "data" / name / "participants.csv").write_text("\n".join(["person,came,placed", *rows]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("programme")
    for name, (people, placed) in SIZES.items():
        write(root, name, people, placed)
        edition = "provider" if name == "cedar" else "public"
        made = make_release(load_contract(name, root=root), root=root, edition=edition, draft=False)
        if made.entry is not None and name != "elm":
            enter(made.entry, name, root, decided_with=made.decided_with)
    for name in ("ash", "beech"):
        write_peers(name, root=root)
    return root


def report(root: Path, edition: str, name: str = "ash", language: str = "en") -> Report:
    return open_report(name, None, edition, language, None, root)


def test_only_what_the_public_was_shown_stands_beside_a_contract(workspace: Path) -> None:
    assert set(peers_of("ash", root=workspace)["title"]) == OTHERS


def test_a_contract_has_one_number_in_all_files_of_its_programme(workspace: Path) -> None:
    numbers = [{one.contract: one.number for one in load_records(name, workspace).peers} for name in ("ash", "beech")]
    assert numbers[0]["dogwood"] == numbers[1]["dogwood"] and len({*numbers[0].values(), numbers[1]["ash"]}) == 3
    before = (workspace / "params/ash/peers.csv").read_bytes()
    write_peers("ash", root=workspace)
    assert (workspace / "params/ash/peers.csv").read_bytes() == before


@pytest.mark.parametrize("edition", ["internal", "provider", "public"])
def test_others_are_rounded_shares_without_counts_and_have_names_inside_only(workspace: Path, edition: str) -> None:
    given = report(workspace, edition)
    (section,) = show.peers(given, "placed")
    said = str(section)
    assert all((name in said) == (edition == "internal") for name in OTHERS)
    assert any(f"Other contract {number}" in said for number in (1, 2, 3)) == (edition != "internal")
    assert "15%" in said, "61 of 400 is 15.25%"
    assert not any(str(number) in said for name in ("beech", "dogwood") for number in SIZES[name])
    assert given.records.peers == () or edition == "internal"


def test_without_a_file_of_others_there_is_no_such_section(workspace: Path) -> None:
    assert show.peers(report(workspace, "provider", "dogwood"), "placed") == ()


def test_that_nobody_has_shown_anything_is_said_with_the_remedy(tmp_path: Path) -> None:
    write(tmp_path, "alone", 100, 40)
    with pytest.raises(ValueError, match="acm run ID --edition public --release"):
        write_peers("alone", root=tmp_path)


GROUPED = CONTRACT + "dimensions: {{area: {{column: area, title: Area}}}}\npeers: {{may_be_named: true, contact: {id}@example.org}}\n"
#: People and placed by area: oak does better with the same people, pine has the same rates with other people.
AREAS = {"elder": ((200, 60), (200, 140)), "oak": ((200, 120), (200, 180)), "pine": ((300, 90), (100, 70))}


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("named")
    for name, areas in AREAS.items():
        write(root, name, 1, 0)
        (root / "params" / name / "contract.yml").write_text(GROUPED.format(id=name, title=f"={name}", public=", public"), encoding="utf-8")
        rows = [
            f"{name}{area}{i},2025-{i % 12 + 1:02d}-05,{int(i < placed)},{area}"
            for area, (people, placed) in zip(("North", "South"), areas, strict=True)
            for i in range(people)
        ]
        (root / "data" / name / "participants.csv").write_text("\n".join(["person,came,placed,area", *rows]) + "\n", encoding="utf-8")
        made = make_release(load_contract(name, root=root), root=root, edition="public", draft=False)
        assert made.entry is not None
        enter(made.entry, name, root, decided_with=made.decided_with)
    return root


def test_others_are_adjusted_for_whom_they_serve_and_named_to_the_provider_where_they_agreed(named: Path) -> None:
    write_peers("elder", root=named)
    peers = {one.contract: one for one in load_records("elder", named).peers if one.period == "P12M/2025-12"}
    assert peers["oak"].expected == pytest.approx(200 * 0.3 + 200 * 0.7) and peers["pine"].expected == pytest.approx(300 * 0.3 + 100 * 0.7)
    assert peers["oak"].title == "=oak" and ",'=oak," in (named / "params/elder/peers.csv").read_text()
    for edition in ("internal", "provider", "public"):
        (section,) = show.peers(report(named, edition, "elder"), "placed")
        said = str(section)
        assert ("=oak" in said) == (edition != "public") and ("oak@example.org" in said) == (edition != "public")
        assert "would have had 50%, by area; it had 75%, 1.50 times as many (95% interval 1.34 to 1.68)" in said
        assert "would have had 40%, by area; it had 40%, 1 times as many" in said.replace("1.00", "1") and "Chance could explain" in said


def test_agencies_exchange_public_figures_of_those_who_agreed_and_nothing_else(named: Path, workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no contract may be named"):
        export_figures(tmp_path / "none.csv", root=workspace)
    assert export_figures(tmp_path / "figures.csv", root=named) == 3
    rows = list(csv.DictReader(io.StringIO((tmp_path / "figures.csv").read_text())))
    assert set(rows[0]) == set(COLUMNS) and {row["title"] for row in rows} == {f"'={name}" for name in AREAS}
    for row in rows:
        cells = [cell for entry in read_ledger(row["contract"], named) if entry.edition == "public" for cell in entry.cells]
        shown = [cell[4:6] for cell in cells if list(cell[:4]) == [row[key] for key in ("metric", "period", "dimension", "group")]]
        assert (float(row["numerator"]), float(row["denominator"])) in shown
    (workspace / "params/ash/peers.csv").unlink()
    import_figures(tmp_path / "figures.csv", root=workspace)
    assert {"=oak (B)", *OTHERS} <= set(peers_of("ash", root=workspace)["title"])
    (workspace / "peers/figures.csv").unlink()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("denominator", "denominator,note", 1), "allowed are exactly agency, contract"),
        (lambda text: text.replace("P12M/2025-12", "2025-12", 1), "line 2: period"),
        (lambda text: text + "B,x,X,,jobs,placed,term,all,All participants,9,4\n", "has a numerator above its denominator"),
    ],
)
def test_a_file_with_anything_else_is_refused(named: Path, tmp_path: Path, change, message) -> None:
    export_figures(tmp_path / "figures.csv", root=named)
    text = (tmp_path / "figures.csv").read_text()
    (tmp_path / "changed.csv").write_text(change(text))
    with pytest.raises(ContractError, match=r"changed\.csv") as raised:
        import_figures(tmp_path / "changed.csv", root=tmp_path)
    assert message in str(raised.value) and not (tmp_path / "peers").exists()


def test_a_file_that_is_none_is_refused_with_what_to_give(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(ContractError, match=r"; give a file that acm peers export wrote$"):
            import_figures(path, root=tmp_path)
    (tmp_path / "zip.csv").write_bytes(b"PK\x03\x04\xff")
    with pytest.raises(ContractError, match=r"zip.csv: is not UTF-8 text; save it as UTF-8 \(line 1\)"):
        import_figures(tmp_path / "zip.csv", root=tmp_path)


def test_what_others_did_before_it_got_better_is_told_where_they_may_be_named(named: Path, tmp_path: Path) -> None:
    folder = named / "outputs/oak/2025-12/public"
    folder.mkdir(parents=True)
    worked = {"metric": "placed", "group": "North", "what": "=Phone before each interview"}
    page = {"data_until": "2025-12-31", "standing": {"worked": [worked]}}
    record = {"contract": "oak", "period": "2025-12", "edition": "public", "pages": {"dashboard.html": page}}
    (folder / "run.json").write_text(json.dumps(record))
    told = "=Phone before each interview (North)"
    write_peers("elder", root=named)
    for edition in ("internal", "provider", "public"):
        (section,) = show.peers(report(named, edition, "elder"), "placed")
        assert (told in str(section)) == (edition != "public")
    export_figures(tmp_path / "figures.csv", root=named)
    assert f"'{told}" in (tmp_path / "figures.csv").read_text()
    page["draft"] = True
    (folder / "run.json").write_text(json.dumps(record))
    assert not peers_of("elder", root=named)["changed"].any()


def test_agencies_meet_over_public_figures_of_contracts_that_may_be_named(named: Path, workspace: Path) -> None:
    sent = (named / "peers") / "other.csv"
    sent.parent.mkdir()
    head = ",".join(COLUMNS[:-1])  # a file of before says nothing of actions
    rows = [f"City of Q,q{n},Q{n},q@example.org,jobs,placed,P12M/2025-12,all,All participants,{100 + n},300" for n in range(6)]
    sent.write_text("\n".join([head, *rows]) + "\n")
    group = open_peers("jobs", root=named)
    assert show_group.title(group, "Peer meeting").subtitle == "9 contracts of 2 agencies"
    (beside,) = show_group.beside(group)
    said = str(beside)
    assert "Placed: 9 contracts side by side" in said and "All over 12 months to December 2025" in said and "Funnel" in said
    (table,) = show_group.by_group(group)
    assert "=oak (B)" in str(table) and "60%" in str(table)
    assert "q@example.org" in str(show_group.changed(group)) and "says yet" in str(show_group.changed(group))
    sent.unlink()
    (three,) = show_group.beside(open_peers("jobs", root=named))
    assert [row[0].text for row in three.body[0].data.rows] == sorted(f"={name} (B)" for name in AREAS)
    nobody = open_peers("jobs", language="es", root=workspace)
    assert "acm peers import" in str(show_group.beside(nobody)) and nobody.contracts.empty
    with pytest.raises(ValueError, match="public figures alone"):
        open_peers("jobs", "internal", root=named)


def test_a_public_page_tells_of_public_actions_after_which_the_figures_got_better(repository: Path) -> None:
    """Summit employed a bilingual coach; what else it did is for the provider alone."""
    known = {
        edition: standing(open_report("summit-youth-jobs", None, edition, "en", None, repository)) for edition in ("provider", "public")
    }
    told = {edition: [(one["metric"], one["group"], one["what"]) for one in found["worked"]] for edition, found in known.items()}
    coach = ("placed_6m", "Hispanic or Latino", "Employ a job coach who speaks Spanish and English")
    assert told["public"] == [coach] and coach in told["provider"] and len(told["provider"]) > 1
