"""A contract file becomes frozen objects, or is refused with file, key, what was given, what is allowed, and the line."""

import copy
import datetime as dt
import pickle

import pytest

from acmlib.contract.load import ContractError, contract_ids, load_contract, parse_contract

FILE = "params/harbor/contract.yml"


def test_a_contract_is_read_with_dates_days_and_shorthands(contract_text):
    contract = parse_contract("harbor", contract_text.replace("target: [{value: 0.40, from: 2024-07-01}]", "target: 0.40"))
    assert contract.id == "harbor"
    assert contract.contract.ends == dt.date(2026, 6, 30)
    assert contract.metrics["placed_6m"].window == 183
    assert contract.metrics["placed_6m"].target[0].value == 0.40
    assert contract.metrics["enrolled"].from_ == "participants"


def test_a_contract_cannot_be_changed_and_travels_between_processes(contract_text):
    contract = parse_contract("harbor", contract_text)
    with pytest.raises(ValueError, match="frozen"):
        contract.wording = "neutral"
    with pytest.raises(TypeError, match="cannot be changed"):
        contract.metrics["other"] = contract.metrics["enrolled"]
    with pytest.raises(TypeError, match="cannot be changed"):
        contract.tables["participants"].columns["a"] = "b"
    with pytest.raises(TypeError, match="cannot be changed"):
        contract.dimensions["site"].merge |= {"a": ("b",)}
    assert pickle.loads(pickle.dumps(contract)) == contract
    assert hash(copy.copy(contract)) == hash(contract)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("better: higher", "better: up", "metrics.placed_6m.better is 'up'; use higher, lower or neither (line 23)"),
        (
            "kind: count,",
            "kind: total,",
            "metrics.enrolled.kind is 'total'; use proportion, count, rate, duration, mean, median, sum or retention (line 25)",
        ),
        ("window:", "windw:", "metrics.placed_6m.windw is not a known key; did you mean 'window'? allowed are title"),
        ("  provider: Harbor Works\n", "", "contract.provider is missing; give it a value (line 1)"),
        ("starts: 2024-07-01", "starts: 20240701", "contract.starts is 20240701; use a date as 2026-05-31 (line 6)"),
        ("starts: 2024-07-01", "starts: 2024-02-30", "contract.starts is '2024-02-30'; there is no such day in the calendar"),
        ("ends: 2026-06-30", "ends: 2023-06-30", "contract ends on 2023-06-30, before it starts on 2024-07-01; use an end after the start"),
        ("0.40", '"0.40"', "metrics.placed_6m.target.0.value is '0.40'; use a number, without quotes (line 24)"),
        ("0.40", "62.5%", "metrics.placed_6m.target.0.value is '62.5%'; write a percentage as a share: 0.625 (line 24)"),
        ("0.40", "true", "metrics.placed_6m.target.0.value is true; use a number, without quotes"),
        ("0.40", "40", "metrics.placed_6m.target.0.value is 40; use a share from 0 to 1, as 0.40 for 40%"),
        (
            "window: 183 days",
            "window: 183 dayz",
            "metrics.placed_6m.window is '183 dayz'; use a number of days, as 183, 183 days or 26 weeks",
        ),
        ("  site:", "  Site!:", "dimensions.Site! is 'Site!'; use lower-case letters, digits and _, a letter first, at most 60"),
        ("bands: [14, 16, 18]", "bands: [14, 18, 16]", "dimensions.age has bands that do not increase; use lower edges from low to high"),
        (
            "data/harbor/participants.csv",
            "../../etc/passwd",
            "tables.participants.source is '../../etc/passwd'; use a path inside the workspace",
        ),
        ("data/harbor/participants.csv", "/etc/passwd", "tables.participants.source is '/etc/passwd'; use a path inside the workspace"),
        ("data/harbor/participants.csv", "ftp://example.org/x.csv", "is neither a file, nor https://, nor a database"),
        ("data/harbor/participants.csv", r"C:\x.csv", "use a path inside the workspace, from its root"),
        ("data/harbor/participants.csv", "data/../../x.csv", "use a path inside the workspace, from its root"),
        ("title: Harbor Youth Jobs", "title: {English: Harbor}", "contract.title is keys with values; a language is two letters"),
    ],
)
def test_what_is_wrong_is_refused_with_key_given_and_allowed(errors, old, new, message):
    found = errors((old, new))
    assert any(error.startswith(f"{FILE}: ") and message in error for error in found), found


def test_all_errors_come_at_once_in_the_order_of_the_file(errors):
    found = errors(
        ("starts: 2024-07-01", "starts: soon"), ("better: higher", "better: up"), ("kind: count", "kind: count, from: people"),
        ("column: site", "colum: site"), ("that: placed_on <=", "that: placed_on <= <="),
    )  # fmt: skip
    keys = [error.split(": ")[1].split(" ")[0] for error in found]
    assert keys == [
        "contract.starts", "dimensions.site.colum", "metrics.placed_6m.that", "metrics.placed_6m.better", "metrics.enrolled.from",
    ], found  # fmt: skip


def test_a_part_that_is_refused_is_not_called_missing_by_others(errors):
    text_change = ("  enrolled: {title: Enrolled, kind: count", "  enrolled: {title: Enrolled, kin: count")
    found = errors(text_change, ("metrics:", "representation: [{served: enrolled, dimensions: [site], base: enrolled}]\nmetrics:"))
    assert not any("no such metric" in error for error in found), found


@pytest.mark.parametrize("contract_id", ["../harbor", "a/b", "", "Harbor", "a" * 81, "/etc", "..", "a\x00b"])
def test_an_id_that_leads_elsewhere_is_refused(tmp_path, contract_id):
    with pytest.raises(ContractError, match="use lower-case letters, digits, - and _"):
        load_contract(contract_id, root=tmp_path)


def test_the_folder_names_the_contract(errors, contract_text):
    assert "id is 'other', its folder 'harbor'" in errors(("contract:", "id: other\ncontract:"))[0]
    assert parse_contract("harbor", "id: harbor\n" + contract_text).id == "harbor"


def test_a_missing_file_is_named_from_the_root(tmp_path):
    with pytest.raises(ContractError) as caught:
        load_contract("harbor", root=tmp_path)
    assert str(caught.value).startswith("params/harbor/contract.yml: there is no such file")
    assert str(tmp_path) not in str(caught.value)


def test_a_problem_found_later_names_the_line_too(contract_text):
    contract = parse_contract("harbor", contract_text)
    assert contract.located("tables.participants.id", "is 'x'") == f"{FILE}: tables.participants.id is 'x' (line 11)"


def test_every_sample_contract_loads(repository):
    ids = contract_ids(repository)
    assert ids
    for contract_id in ids:
        assert load_contract(contract_id, root=repository).id == contract_id


def test_links_out_of_the_workspace_are_refused_and_params_itself_may_be_one(tmp_path, contract_text):
    outside, root = tmp_path / "elsewhere", tmp_path / "workspace"
    (outside / "contracts/harbor").mkdir(parents=True)
    (outside / "contracts/harbor/contract.yml").write_text(contract_text)
    (outside / "secret.md").write_text("secret")
    root.mkdir()
    (root / "params").symlink_to(outside / "contracts")
    assert load_contract("harbor", root).id == "harbor"
    (root / "params/harbor/notes").mkdir()
    (root / "params/harbor/notes/july.md").symlink_to(outside / "secret.md")
    (root / "params/harbor/inside.yml").symlink_to(root / "params/harbor/contract.yml")
    with pytest.raises(ContractError) as caught:
        load_contract("harbor", root)
    assert caught.value.errors == ("params/harbor/notes/july.md: is a link that leads out of the workspace; put the file itself there",)
    (root / "params/harbor/notes/july.md").unlink()
    (root / "params/other").symlink_to(outside)
    with pytest.raises(ContractError, match="params/other: is a link that leads out of the workspace"):
        load_contract("other", root)
