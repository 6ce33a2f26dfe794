"""A contract file is data: none of its expressions reads or writes a file, attaches, loads, fetches, changes or even asks for a setting."""

import re

import duckdb
import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.expressions import check_expressions
from acmlib.contract.load import parse_contract
from acmlib.intake import open_tables

#: Each is tried as it stands and inside other expressions. `{root}` is the workspace.
ATTACKS = [
    # files and addresses
    "read_csv('{root}/secret.csv')", "read_csv_auto('{root}/secret.csv')", "read_json('{root}/secret.json')", "read_ndjson('x')",
    "read_parquet('{root}/secret.parquet')", "read_text('/etc/passwd')", "read_blob('/etc/passwd')", "glob('/etc/*')",
    "sniff_csv('/etc/passwd')",
    "parquet_metadata('x')", "read_text('https://example.org/x')", "read_csv('s3://bucket/x.csv')", "'/etc/passwd'.read_text()",
    # subqueries, other tables, replacement scans
    "(select content from read_text('/etc/passwd'))", "(select k from '{root}/secret.csv')", "(from '{root}/secret.csv')", "(table other)",
    "(select max(id) from other)", "id in (select id from other)", "exists (select 1 from other)", "id = any (select id from other)",
    "array(select id from other)", "(values (1))", "(with a as (select 1) from a)", "(select 1 union select 2)",
    "other.id", "main.people.id",
    "(select value from duckdb_settings() limit 1)", "(select * from pragma_database_list())", "(from duckdb_secrets())", "(show tables)",
    # settings, session, environment, clock, chance
    "getenv('HOME')", "'HOME'.getenv()", "GetEnv('HOME')", '"getenv"(\'HOME\')', "main.getenv('HOME')", "system.main.getenv('HOME')",
    "current_setting('temp_directory')", "getvariable('x')", "set_config('threads', '1', false)", "current_database()", "current_query()",
    "current_user", "session_user", "now()", "today()", "current_date", "current_timestamp", "random()", "uuid()",
    "setseed(0.5)", "version()",
    "pg_sleep(1)", "sleep_ms(1000)", "nextval('s')", "setval('s', 1)", "txid_current()", "write_log('x')", "error('x')", "stats(id)",
    # code by another name
    "query('select 1')", "query_table('people')", "json_execute_serialized_sql('x')", "json_serialize_sql('select 1')", "eval('1')",
    "sum(id)", "count(*)", "row_number() over ()", "columns('.*')", "columns(c -> true)", "*", "unnest([1, 2])",
    "generate_series(1, 1000000000)",
    "range(1000000000)", "repeat('x', 1000000000)", "list_filter([1], x -> getenv('HOME') = x)", "list_reduce([1], (a, b) -> a)", "$1", "?",
    "#1", "lambda x: x", "id collate nocase", "hash(id)", "encode('x')", "decrypt('x', 'y')",
    # more than an expression
    "1; attach '{root}/x.db'", "1; copy people to '{root}/out.csv'", "1); drop table people; --", "1) from read_csv('x'", "1, 2", "1 as x",
    "1 from people", "1 where true", "1 limit 1", "1 union all select 2", "copy people to '{root}/out.csv'",
    "install httpfs", "load httpfs", "pragma enable_profiling", "set threads = 1", "reset threads", "call pragma_version()",
    "create macro m() as 1", "create secret s (type s3)", "export database '{root}/dump'", "import database '{root}'", "detach people",
    "execute p", "prepare p as select 1", "use main", "explain select 1", "describe people", "id -- comment", "id /* comment */",
]  # fmt: skip

NESTED = [
    "{0}", "case when {0} is null then 1 end", "coalesce({0}, 1)", "id between 1 and {0}", "cast({0} as varchar)", "[{0}]", "{{'a': {0}}}",
    "id in ({0})", "not ({0})", "concat('a', {0})", "[y for y in [{0}]]", "list_transform([1], y -> {0})",
    "try_cast({0} as date)", "[1][{0}]",
]  # fmt: skip

KEYS = """\
contract: {{title: T, provider: P, agency: A, program: x, starts: 2025-01-01, ends: 2025-12-31}}
tables:
  people: {{source: data/people.csv, derive: {{made: {tables.people.derive.made}}},
           missing_when: {{made: {tables.people.missing_when.made}}}, where: {tables.people.where}}}
  sent:
    kind: counts
    source: data/sent.csv
    period: {tables.sent.period}
    measures: {{served: {{numerator: {tables.sent.measures.served.numerator}, denominator: {tables.sent.measures.served.denominator},
                         by: {{site: {{North: {tables.sent.measures.served.by.site.North}}}}}}}}}
dimensions: {{site: {{}}}}
metrics:
  a: {{title: A, from: people, kind: proportion, of: {metrics.a.of}, that: {metrics.a.that}, date: {metrics.a.date}}}
  b: {{title: B, from: people, kind: mean, value: {metrics.b.value}}}
  c: {{title: C, from: people, kind: rate, exposure: {metrics.c.exposure}}}
  d: {{title: D, from: people, kind: duration, start: {metrics.d.start}, end: {metrics.d.end}, until: {metrics.d.until}}}
  e: {{title: E, from: sent, kind: count, measure: served}}
pathway:
  from: people
  of: {pathway.of}
  date: {pathway.date}
  stages:
    - {{stage: one, owner: agency, reached: {pathway.stages.0.reached}, date: {pathway.stages.0.date}}}
    - {{stage: two, owner: agency, reached: "true"}}
"""
PLACES = sorted(set(re.findall(r"\{([a-z][\w.]+)\}", KEYS)))


#: Statements that are names where an expression stands: of a column, and of a type before a text, as in ``date '2026-05-31'``.
NAMES = ("checkpoint", "vacuum", "attach '{root}/x.db'")


def test_no_expression_gets_past_the_check_alone_or_inside_another(tmp_path):
    attacks = [attack.replace("{root}", str(tmp_path)) for attack in ATTACKS]
    found = check_expressions([*attacks, *(nest.format(attack) for attack in attacks if ", " not in attack for nest in NESTED)])
    assert len(found) > 1000
    assert [expression for expression, checked in found.items() if not checked.problem] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_in_place_of_an_expression_is_a_name_that_does_not_exist(name, opened, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(duckdb.Error, match=r"does not exist|not found"):
        opened.connection.execute(f"SELECT ({name.replace('{root}', str(tmp_path))}) FROM people").fetchall()
    assert sorted(tmp_path.rglob("*")) == before


def contract_text(**attacked):
    given = dict.fromkeys(PLACES, "id") | {place.replace("__", "."): text for place, text in attacked.items()}
    text = KEYS
    for place, expression in given.items():
        text = text.replace("{" + place + "}", f'"{expression}"')
    return text.replace("{{", "{").replace("}}", "}")


@pytest.mark.parametrize("place", PLACES)
def test_every_place_for_an_expression_is_checked(place):
    """A new kind of expression in a contract file that nobody checks fails here, once it is in `KEYS`."""
    with pytest.raises(ContractError) as caught:
        parse_contract("test", contract_text(**{place.replace(".", "__"): "getenv('HOME')"}))
    assert any(place.rpartition(".")[0] in error and "calls getenv()" in error for error in caught.value.errors), caught.value.errors


def test_every_field_of_the_models_that_holds_an_expression_is_among_the_places():
    from acmlib.contract.model import Metric, Pathway, Stage
    from acmlib.contract.tables import Counts, Table
    from acmlib.contract.values import Expression

    held = {
        (model.__name__, name)
        for model in (Metric, Pathway, Stage, Counts, Table)
        for name, field in model.model_fields.items()
        if repr(Expression) in repr(field) or "max_length=2000" in repr(field).lower()
    }
    named = {place.rpartition(".")[2] for place in PLACES} | {"derive", "by", "missing_when"}
    assert len(held) >= 15 and {name for _, name in held} <= named


#: Were the check not there: the connection itself refuses these.
OUTSIDE = re.compile(r"read_|glob\(|sniff|secret\.|https:|s3:|getenv\(")


@pytest.fixture
def opened(tmp_path):
    """A contract's tables, opened and locked, beside files that are not its own."""
    (tmp_path / "data").mkdir()
    for name, text in (("data/people.csv", "id\n1\n"), ("secret.csv", "k\n1\n"), ("secret.json", "{}")):
        (tmp_path / name).write_text(text)
    text = "contract: {title: T, provider: P, agency: A, program: x, starts: 2025-01-01, ends: 2025-12-31}\n"
    text += "tables: {people: {source: data/people.csv}}\nmetrics: {n: {title: N, kind: count, from: people}}\n"
    with open_tables(parse_contract("test", text), root=tmp_path) as tables:
        yield tables


def test_behind_the_check_the_connection_reaches_nothing_either(opened, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    outside = [attack for attack in ATTACKS if OUTSIDE.search(attack)]
    assert len(outside) > 20
    for attack in outside:
        with pytest.raises(duckdb.Error):
            opened.connection.execute(f"SELECT {attack.replace('{root}', str(tmp_path))} FROM people").fetchall()
            pytest.fail(f"{attack} was run")
    assert sorted(tmp_path.rglob("*")) == before
