"""Sources that are databases: a real PostgreSQL server, started here, and SQLite."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.places import is_database
from acmlib.intake.read import databases


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


PORT = _free_port()
SECRET = "p@ss/w:rd%21"
SETUP = f"""
CREATE ROLE reader LOGIN PASSWORD '{SECRET}';
CREATE SCHEMA reporting;
CREATE TABLE people (id text, site text, entered date, called timestamp, wage numeric(8,2), placed boolean, kids int, langs text[]);
INSERT INTO people VALUES ('007', 'North', '2025-01-31', '2025-01-31 13:45:00', 18.50, true, 2, '{{en,es}}'),
                          ('008', 'South', null, null, null, false, null, null);
CREATE VIEW reporting.north AS SELECT * FROM people WHERE site = 'North';
CREATE TABLE secrets (id text);
CREATE SEQUENCE numbers;
GRANT USAGE ON SCHEMA reporting TO reader;
GRANT ALL ON SEQUENCE numbers TO reader;
GRANT SELECT, INSERT ON people, reporting.north TO reader;
"""


def _found(program):
    return next(iter([*map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{program}")), *filter(None, [shutil.which(program)])]), None)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A PostgreSQL server with the table `people`; programs of it run as the user postgres if this is root, which it refuses."""
    if not _found("initdb"):
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    folder = Path(f"/tmp/acm-pg-{os.getpid()}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755)
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres", "postgres")
    (folder / "pw").write_text("admin", encoding="utf-8")

    def run(program, *arguments, **more):
        return subprocess.run([*user, _found(program), *arguments], check=True, capture_output=True, text=True, cwd=folder, **more)

    run(
        "initdb", "-D", folder / "data", "-U", "admin", "-A", "scram-sha-256", f"--pwfile={folder / 'pw'}", "-N", "-E", "UTF8", "--locale=C"
    )
    options = f"-p {PORT} -k {folder} -h 127.0.0.1 -c fsync=off"
    run("pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start")
    try:
        at = ["-h", "127.0.0.1", "-p", PORT, "-U", "admin"]
        env = {**os.environ, "PGPASSWORD": "admin"}
        run("createdb", *at, "cases", env=env)
        run("psql", *at, "-v", "ON_ERROR_STOP=1", "cases", "-c", SETUP, env=env)
        yield lambda sql: run("psql", *at, "cases", "-c", sql, env=env)
    finally:
        run("pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def reader(server, monkeypatch):
    monkeypatch.setenv("CASES_USER", "reader")
    monkeypatch.setenv("CASES_PASSWORD", SECRET)
    return server


def source(asked, address=f"postgresql://${{CASES_USER}}:${{CASES_PASSWORD}}@127.0.0.1:{PORT}/cases"):
    return f"tables:\n  people:\n    source: '{address}'\n    {asked}\n    id: id\n"


@pytest.mark.usefixtures("reader")
def test_a_table_is_read_with_its_types_and_the_password_stays_in_the_environment(bench, rows):
    tables = bench.open(source("table: people"))
    assert rows(tables, "SELECT id, site, entered::VARCHAR, called::VARCHAR, wage, placed, kids, langs FROM people ORDER BY id") == [
        ("007", "North", "2025-01-31", "2025-01-31 13:45:00", 18.5, True, 2, "en;es"), ("008", "South", None, None, None, False, None, None)
    ]  # fmt: skip
    assert [(one.path, one.rows) for one in tables.inputs] == [(f"postgresql://127.0.0.1:{PORT}/cases people", 2)]
    kept = list((bench.root / "working/sources").iterdir())
    assert kept and not [path for path in kept if SECRET.encode() in path.read_bytes() or b"reader" in path.read_bytes()]
    assert all(path.stat().st_mode & 0o77 == 0 for path in kept if path.suffix == ".parquet")
    view = bench.open(source("table: reporting.north"))
    assert rows(view, "SELECT count(*) FROM people") == [(1,)]


def test_a_query_is_read_and_what_changed_since_arrives(bench, rows, reader):
    asked = source("query: \"SELECT id, site, ';' AS sign, entered::date AS entered FROM people WHERE site <> 'x:y' ORDER BY id;\"")
    assert rows(bench.open(asked), "SELECT id, sign FROM people") == [("007", ";"), ("008", ";")]
    reader("INSERT INTO people VALUES ('009', 'East')")
    assert rows(bench.open(asked), "SELECT count(*) FROM people") == [(3,)]
    reader("DELETE FROM people WHERE id = '009'")


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(("asked", "said"), [
    ("table: peopel", "has no table 'peopel' that this user may see; did you mean 'people'"),
    ("table: secrets", "does not let this user read secrets"),
    ("query: SELECT nobody FROM people", 'has a query that cannot be run (column "nobody" does not exist)'),
    ("query: DELETE FROM people", "does not begin with SELECT"),
    ("query: WITH gone AS (INSERT INTO people VALUES ('1') RETURNING id) SELECT * FROM gone", "it is read only: write a SELECT"),
    ("query: SELECT setval('numbers', 5) AS id", "it is read only: write a SELECT"),
    ("query: SELECT 1; COMMIT", "several statements"),
    ("query: SELECT id, site AS ID FROM people", "give every column its own name"),
])  # fmt: skip
def test_what_cannot_be_read_is_said_with_what_to_do(bench, asked, said):
    with pytest.raises(ContractError) as told:
        bench.open(source(asked))
    assert said in str(told.value) and "tables.people.source is 'postgresql://127.0.0.1" in str(told.value)
    assert SECRET not in str(told.value)


@pytest.mark.usefixtures("reader")
def test_dates_that_python_does_not_have_are_blank(bench, rows):
    asked = "SELECT '1' AS id, DATE 'infinity' AS a, TIMESTAMP '-infinity' AS b, TIMESTAMPTZ 'infinity' AS c, DATE '2026-05-04' AS d"
    tables = bench.open(source(f'query: "{asked}"'))
    assert rows(tables, "SELECT a, b, c, d::VARCHAR FROM people") == [(None, None, None, "2026-05-04")]


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(
    ("more", "opened", "day"), [("time_zone: America/New_York", "21:30", "2025-06-30"), ("kind: rows", "01:30", "2025-07-01")]
)
def test_moments_of_a_database_are_told_by_the_clock_of_the_place(bench, rows, monkeypatch, more, opened, day):
    monkeypatch.setenv("PGTZ", "UTC")
    moments = {"opened": "2025-07-01 01:30Z", "a": "2025-11-02 01:30-04", "b": "2025-11-02 01:30-05"}
    asked = "SELECT '1' AS id, " + ", ".join(f"TIMESTAMPTZ '{moment}' AS {name}" for name, moment in moments.items())
    hour = "derive: {wait: \"date_diff('minute', a, b)\"}"
    tables = bench.open(source(f'query: "{asked}"\n    {more}\n    {hour}'))
    assert rows(tables, "SELECT opened::TIME::VARCHAR, opened::DATE::VARCHAR, wait FROM people") == [(f"{opened}:00", day, 60)]


def test_a_value_is_never_in_a_message(bench, reader):
    with pytest.raises(ContractError, match="has a query that cannot be run; try it") as told:
        bench.open(source("query: SELECT site::int FROM people"))
    assert "North" not in str(told.value)


@pytest.mark.usefixtures("reader")
def test_who_is_not_let_in_is_told_where_the_password_comes_from(bench, monkeypatch):
    monkeypatch.setenv("CASES_PASSWORD", "wrong")
    with pytest.raises(ContractError, match="does not let this user in; check the environment variables that it names"):
        bench.open(source("table: people"))
    monkeypatch.delenv("CASES_PASSWORD")
    with pytest.raises(ContractError, match="needs the environment variable CASES_PASSWORD, which is not set"):
        bench.open(source("table: people"))
    with pytest.raises(ContractError, match="names a database that its server does not have"):
        monkeypatch.setenv("PGUSER", "reader")
        monkeypatch.setenv("PGPASSWORD", SECRET)
        bench.open(source("table: people", f"postgresql://127.0.0.1:{PORT}/others"))


@pytest.mark.usefixtures("reader")
def test_without_a_connection_the_copy_is_read_and_its_day_said(bench, rows, monkeypatch):
    away = source("table: people", "postgresql://127.0.0.1:1/cases")
    with pytest.raises(ContractError, match="cannot be reached"):
        bench.open(away)
    bench.open(source("table: people"))
    monkeypatch.setattr(databases, "_engine", lambda *_: _gone())
    tables = bench.open(source("table: people"))
    assert rows(tables, "SELECT count(*) FROM people") == [(2,)]
    day = time.strftime("%Y-%m-%d", time.gmtime())
    assert [str(one.what) for one in tables.noticed] == [
        f"postgresql://127.0.0.1:{PORT}/cases people could not be reached; its copy of {day} was read"
    ]


def _gone():
    import sqlalchemy

    return sqlalchemy.create_engine("postgresql+psycopg://127.0.0.1:1/cases", poolclass=sqlalchemy.NullPool)


def test_days_and_moments_of_sqlite_are_such_with_fractions_of_seconds_and_empty_cells(bench, rows):
    pytest.importorskip("sqlalchemy")
    (bench.root / "data").mkdir()
    with sqlite3.connect(bench.root / "data/cases.db") as made:
        made.execute("CREATE TABLE people (id TEXT, opened TEXT, closed TEXT, note TEXT, site TEXT)")
        made.execute("INSERT INTO people VALUES ('1', '2025-07-01 10:00:00.250000', '2025-07-02', '', '2025'), ('2', NULL, '', '', '2026')")
    made.close()
    tables = bench.open(source("table: people", "sqlite:///data/cases.db"))
    kinds = tables.columns("people")
    assert [kinds[one] for one in ("opened", "closed", "note", "site")] == ["TIMESTAMP", "DATE", "VARCHAR", "VARCHAR"]
    assert rows(tables, "SELECT opened::VARCHAR, closed::VARCHAR FROM people ORDER BY id") == [
        ("2025-07-01 10:00:00.25", "2025-07-02"), (None, None),
    ]  # fmt: skip


def test_sqlite_is_a_file_in_the_workspace_and_is_not_written(bench, rows, tmp_path):
    pytest.importorskip("sqlalchemy")
    (bench.root / "data").mkdir()
    with sqlite3.connect(bench.root / "data/cases.db") as made:
        made.execute("CREATE TABLE people (id TEXT, wage REAL)")
        made.execute("INSERT INTO people VALUES ('1', 2.5), ('2', NULL)")
    made.close()
    tables = bench.open(source("table: people", "sqlite:///data/cases.db"))
    assert rows(tables, "SELECT id, wage FROM people ORDER BY id") == [("1", 2.5), ("2", None)]
    with pytest.raises(ContractError, match="is a file that is not there"):
        bench.open(source("table: people", "sqlite:///data/other.db"))
    for wrong, said in (("sqlite:////etc/x.db", "inside the workspace"), ("postgresql://me:secret@db/x", "holds a password"),
                        ("http://data.city.gov/x.csv", "use https://")):  # fmt: skip
        with pytest.raises(ContractError, match=said) as told:
            bench.contract(source("table: people" if is_database(wrong) else "", wrong))
        assert "secret" not in str(told.value)
    with pytest.raises(ContractError, match="either table or query"):
        bench.contract(source("", "sqlite:///data/cases.db"))
