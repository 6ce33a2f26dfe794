"""One file, many contracts: a template and a column give a contract for each provider."""

import pytest
from typer.testing import CliRunner

from acmlib.cli.app import app
from acmlib.contract.errors import ContractError
from acmlib.contract.load import contract_ids, load_contract
from acmlib.intake import open_tables
from acmlib.intake.scaffold.each import write_each
from acmlib.measures.compute import metric_table

TEMPLATE = """\
contracts: {from: data/jobs/all.csv, each: provider_id}
contract:
  title: {en: "Jobs: {provider_name}", es: "Empleos: {provider_name}"}
  provider: "{provider_name}"
  agency: City
  program: jobs
  starts: 2025-01-01
  ends: 2025-12-31
tables:
  people: {source: data/jobs/all.csv, where: "age < 90", types: {provider_id: text}, recode: {site: {"007": North, NO: South}}}
dimensions: {site: {column: site}}
metrics: {people: {title: People, kind: count, from: people, date: came_on, target: [{value: 20, from: 2025-01-01}]}}
"""
PROVIDERS = {f"{i:03d}": f'O\'Neil {i}, "Works": #{i}' for i in range(1, 21)}
CSV = "provider_id,provider_name,age,site,came_on\n" + "".join(
    f'{code},"{name.replace(chr(34), 2 * chr(34))}",{99 if row == 0 else 20},{("007", "NO")[row % 2]},2025-{1 + row % 12:02d}-03\n'
    for number, (code, name) in enumerate(PROVIDERS.items())
    for row in range(number + 5)
)


@pytest.fixture
def jobs(bench):
    bench.write("data/jobs/all.csv", CSV)
    bench.write("params/jobs/contracts.yml", TEMPLATE)
    return bench


def test_twenty_providers_become_twenty_contracts_with_their_own_rows(jobs):
    done = write_each("jobs", root=jobs.root)
    assert len(done.written) == 20 and contract_ids(jobs.root) == tuple(sorted(done.written))
    for number, (code, name) in enumerate(PROVIDERS.items()):
        contract = load_contract(f"jobs-{code}", root=jobs.root)
        assert contract.contract.provider == name and contract.contract.title.in_language("es") == f"Empleos: {name}"
        with open_tables(contract, root=jobs.root) as tables:
            table = metric_table(contract, tables, tables.period)
        whole = table[table["period"].eq("term")]
        assert whole.loc[whole["dimension"].eq("all"), "value"].tolist() == [number + 4]  # one is older than `where` allows
        assert set(whole.loc[whole["dimension"].eq("site"), "group"]) == {"North", "South"}


def test_again_only_what_changed_is_written_and_what_is_gone_is_named(jobs):
    write_each("jobs", root=jobs.root)
    assert write_each("jobs", root=jobs.root).written == ()
    lines = [line for line in CSV.splitlines(keepends=True) if not line.startswith("020,")]
    jobs.write("data/jobs/all.csv", "".join(lines) + ",,20,007,2025-01-01\nnew,Ñandú,20,NO,2025-02-01\n")
    done = write_each("jobs", root=jobs.root)
    assert (done.written, len(done.same), done.left, done.without) == (("jobs-new",), 19, ("jobs-020",), 1)
    assert load_contract("jobs-new", root=jobs.root).contract.provider == "Ñandú"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("each: provider_id", "each: provder_id", "contracts.each is 'provder_id'; did you mean 'provider_id'"),
        ("{from: data/jobs/all.csv, each: provider_id}", "all", "write contracts: {from: FILE, each: COLUMN}"),
        ("from: data/jobs/all.csv, each", "from: data/x.csv, each", "which is no table's source"),
        ("tables:\n  people:", "tables:\n  - people:", "tables"),
        ('provider: "{provider_name}"', 'provider: "{provder_name}"', "'{provder_name}' is no column of people"),
        ('provider: "{provider_name}"', 'provider: "{site}"', "provider_id '001': site has 2 different values"),
    ],
)
def test_errors_name_the_key_or_the_value_and_nothing_is_written(jobs, old, new, said):
    assert old in TEMPLATE
    jobs.write("params/jobs/contracts.yml", TEMPLATE.replace(old, new))
    with pytest.raises(ContractError) as error:
        write_each("jobs", root=jobs.root)
    assert said in str(error.value) and contract_ids(jobs.root) == ()


def test_values_with_one_name_and_contracts_of_somebody_else_are_refused(jobs):
    jobs.write("data/jobs/all.csv", "provider_id,provider_name,age,site,came_on\nA 1,A,20,NO,2025-01-01\na-1,B,20,NO,2025-01-01\n")
    with pytest.raises(ContractError, match="provider_id 'a-1' and 'A 1' would both be jobs-a-1"):
        write_each("jobs", root=jobs.root)
    jobs.write("data/jobs/all.csv", CSV)
    jobs.write("params/jobs-003/contract.yml", "contract: {}\n")
    with pytest.raises(ContractError, match=r"params/jobs-003/contract\.yml: was not made from params/jobs/contracts\.yml"):
        write_each("jobs", root=jobs.root)


def test_the_command_lists_what_it_wrote_and_refuses_with_status_2(jobs, monkeypatch):
    monkeypatch.setenv("ACM_ROOT", str(jobs.root))
    answer = CliRunner().invoke(app, ["contracts", "jobs"])
    assert answer.exit_code == 0 and "20 contracts written, 0 as they were" in answer.output
    assert "O'Neil 7" in CliRunner().invoke(app, ["list"]).output
    assert CliRunner().invoke(app, ["contracts", "nothing"]).exit_code == 2
