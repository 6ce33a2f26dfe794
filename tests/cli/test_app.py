"""What a person types, and what comes back."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from acmlib.cli.app import app
from acmlib.cli.checking import check_contract
from acmlib.contract.load import load_contract
from acmlib.measures.table import OTHER_GROUPS, grain_of
from acmlib.release.editions import make_release

HARBOR = "harbor-youth-jobs"


@pytest.fixture()
def workspace(repository: Path, tmp_path: Path, monkeypatch) -> Path:
    """A workspace with one of the samples, in which the test stands."""
    for folder in ("params", "data"):
        shutil.copytree(repository / folder / HARBOR, tmp_path / folder / HARBOR)
    shutil.copytree(repository / "notebooks", tmp_path / "notebooks")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ACM_ROOT", raising=False)
    return tmp_path


def acm(*words: str):
    return CliRunner().invoke(app, list(words))


def test_help_teaches_with_examples():
    assert "acm run harbor-youth-jobs" in acm("run", "--help").output
    assert "acm run harbor-youth-jobs" in acm("run", "-h", "--help").output
    for command in ("run", "check", "list", "new", "lab"):
        assert acm(command, "--help").exit_code == 0
        assert command in acm("--help").output


def test_an_unknown_contract_is_answered_with_the_nearest(workspace: Path):
    answer = acm("run", "harbor-yuth-jobs")
    assert answer.exit_code == 2
    assert "did you mean 'harbor-youth-jobs'?" in answer.output


def test_a_report_that_has_no_such_edition_is_said_to_have_none(workspace: Path):
    assert "evidence has no provider edition; use internal" in acm("run", HARBOR, "--report", "evidence", "--edition", "provider").output


def test_a_request_without_contracts_asks_for_them(workspace: Path):
    answer = acm("run")
    assert answer.exit_code == 2 and "name contracts, or use --all" in answer.output
    assert acm("run", HARBOR, "--all").exit_code == 2


def test_outside_a_workspace_it_says_what_to_do(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ACM_ROOT", raising=False)
    answer = acm("list")
    assert answer.exit_code == 2 and "no folder 'params' here or above" in answer.output


@pytest.mark.parametrize("words", [("list",), ("check",), ("run", HARBOR)])
def test_a_workspace_that_is_none_is_said_and_not_taken_for_an_empty_one(words: tuple[str, ...], tmp_path: Path, monkeypatch):
    monkeypatch.setenv("ACM_ROOT", str(tmp_path / "gone"))
    answer = acm(*words)
    assert answer.exit_code == 2 and "there is no folder 'params'" in " ".join(answer.output.split())
    (tmp_path / "gone/params").mkdir(parents=True)
    answer = acm(*words)
    assert answer.exit_code == (2 if words[0] == "run" else 0) and ("acm start ID" in answer.output) == (words[0] == "run")


def test_the_workspace_is_found_from_within_and_by_name(workspace: Path, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(workspace / "notebooks")
    assert HARBOR in acm("list").output
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.setenv("ACM_ROOT", str(workspace))
    assert HARBOR in acm("list").output


def test_list_shows_parties_term_and_editions_and_a_broken_file(workspace: Path):
    broken = workspace / "params" / "broken" / "contract.yml"
    broken.parent.mkdir()
    broken.write_text("contract: {title: Broken}\n")
    answer = acm("list")
    assert answer.exit_code == 0
    assert "Harbor Youth Jobs" in answer.output and "provider" in answer.output
    assert "cannot be read" in answer.output


def test_check_says_what_is_wrong_and_fails_only_on_errors(workspace: Path):
    path = workspace / "params" / HARBOR / "contract.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("kind: proportion", "kind: share", 1), encoding="utf-8")
    answer = acm("check", HARBOR)
    assert answer.exit_code == 1
    assert "is 'share'" in " ".join(answer.output.split())


def test_check_says_what_each_edition_will_show_as_its_release_does(workspace: Path):
    answer = acm("check", HARBOR)
    assert answer.exit_code == 0
    said = {(row[0], row[1]): row[2:] for row in (line.split() for line in answer.output.splitlines()) if len(row) > 3}
    assert said["internal", "all"][:3] == ["all", "all", "all"]
    contract = load_contract(HARBOR, root=workspace)
    for edition in ("provider", "public"):
        cells = make_release(contract, root=workspace, edition=edition, earlier=()).cells
        shown = cells[cells["metric"].eq("placed_6m") & cells["status"].isin(["shown", "unreliable"])]
        row, totals = " ".join(said[edition, "placed_6m"]), shown[shown["dimension"].eq("all")]
        quarters = grain_of(totals["period"]).eq("quarter").sum()
        assert f" {quarters} of {quarters} " in row, row
        groups = shown[~shown["dimension"].str.fullmatch("all|.* x .*|.*alone.*") & shown["period"].str.startswith("P12M")]
        last = groups[groups["period"].eq(groups["period"].max()) & groups["group"].ne(OTHER_GROUPS)].groupby("dimension").size()
        assert len(last) >= 4 and all(f"{dimension} {named} of " in row for dimension, named in last.items()), row
    assert "public: groups hidden: gender" in answer.output and "dimensions.NAME.merge" in answer.output


def test_check_refuses_groups_that_are_named_for_protection_and_do_not_exist(workspace: Path):
    folder = workspace / "params" / HARBOR
    actions, file = folder / "actions.csv", folder / "contract.yml"
    actions.write_text(actions.read_text(encoding="utf-8").replace("site,Eastgate Library,", "site,Eastgate Libary,"), encoding="utf-8")
    (error,) = (one for one in check_contract(HARBOR, root=workspace) if one.severity == "error")
    assert str(error.what).startswith("action H2 names 'Eastgate Libary'")
    assert error.fix.startswith("use one of Eastgate Library, Pier Street")
    text = file.read_text(encoding="utf-8")
    for privacy, told in (("provider: some", "rule or public"), ("minimum_group: 0", "at least 1"), ("minimum_count: 1", "hides nothing")):
        file.write_text(text.replace("privacy: {minimum_count: 11}", f"privacy: {{{privacy}}}"), encoding="utf-8")
        (error,) = check_contract(HARBOR, root=workspace)
        assert "privacy" in str(error) and told in str(error)


def test_text_of_files_is_never_read_as_markup(workspace: Path):
    path = workspace / "params" / HARBOR / "contract.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("kind: proportion", "kind: '[red]share[/nope]'", 1), encoding="utf-8")
    answer = acm("check", HARBOR)
    assert answer.exit_code == 1 and "[red]share[/nope]" in answer.output


def test_a_new_contract_is_begun_from_a_file_and_can_be_checked(workspace: Path):
    answer = acm("new", "my-contract", "--from", f"data/{HARBOR}/participants.csv")
    assert answer.exit_code == 0, answer.output
    assert (workspace / "params" / "my-contract" / "contract.yml").is_file()
    assert "acm check my-contract" in answer.output
    assert acm("new", "my-contract", "--from", f"data/{HARBOR}/participants.csv").exit_code == 2
    assert acm("new", "My Contract!", "--from", f"data/{HARBOR}/participants.csv").exit_code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--period", "2026-13"), "--period '2026-13': use a month as 2026-05"),
        (("--edition", "publik"), "--edition publik: did you mean 'public'?"),
        (("--language", "pt"), "--language pt: allowed are en, es"),
        (("--report", "dashbord"), "--report dashbord: there is no notebooks/dashbord.ipynb; did you mean 'dashboard'?"),
        (("--report", "deep_dive-nothing"), "no such topic"),
        (("--edition", "public", "--edition", "provider"), "--edition is given 2 times; give it once"),
        (("--period", "2026-05", "--jobs", "2", "--jobs", "2"), "--jobs is given 2 times"),
        (("--warm", "--no-warm"), "--warm is given 2 times"),
        (("--outputs", "elsewhere"), "--outputs is for a workspace at an address; pages of a folder go to its outputs/: leave it out"),
    ],
)
def test_what_no_contract_has_is_refused_before_anything_starts(workspace: Path, words, said, monkeypatch):
    monkeypatch.setattr("acmlib.publish.batch.run_jobs", lambda *given, **named: pytest.fail("a batch was started"))
    answer = acm("run", HARBOR, *words)
    assert answer.exit_code == 2 and said in " ".join(answer.output.split()), answer.output
    assert not (workspace / "outputs").exists() and "Traceback" not in answer.output


def test_check_looks_at_notebooks(workspace: Path):
    cut, magic = workspace / "notebooks/plan.ipynb", workspace / "notebooks/dashboard.ipynb"
    cut.write_text("{")
    magic.write_text(magic.read_text().replace('"report = open_report(', '"%time\\n", "len?\\n", "report = open_report(('))
    answer = acm("check", HARBOR)
    said = " ".join(answer.output.split())
    assert answer.exit_code == 1 and "notebooks/plan.ipynb: is no notebook that can be read" in said
    assert "notebooks/dashboard.ipynb, code cell 2: is no Python" in said


def test_a_contract_without_dimensions_gets_its_dashboard(workspace: Path):
    (workspace / "data" / "plain").mkdir()
    rows = "".join(f"S{i % 25},2025-{1 + i % 12:02d}-05,{int(i % 5 > 0)}\n" for i in range(240))
    (workspace / "data" / "plain" / "visits.csv").write_text("StudentID,SessionDate,Attended\n" + rows)
    assert acm("new", "plain", "--from", "data/plain/visits.csv").exit_code == 0
    contract = workspace / "params" / "plain" / "contract.yml"
    text = contract.read_text().replace("Name of the provider", "Works").replace("Name of the agency", "City")
    contract.write_text(text.replace("name-of-the-program", "tutoring"))
    assert "\ndimensions:" not in text
    answer = acm("run", "plain", "--report", "dashboard")
    assert answer.exit_code == 0 and "1 page made, 0 not" in answer.output
