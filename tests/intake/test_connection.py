"""Once a contract's expressions run, the database reaches its own files and nothing else."""

import duckdb
import pandas as pd
import pytest


@pytest.fixture
def locked(bench):
    bench.write("data/secret.csv", "k\n1\n")
    path = bench.write("data/people.parquet", b"")
    pd.DataFrame({"id": [1]}).to_parquet(path)
    return bench.open("tables: {people: {source: data/people.parquet}}\n", threads=1, memory_limit="200MB")


@pytest.mark.parametrize(
    "attack",
    [
        "SELECT * FROM read_csv('{root}/data/secret.csv')",
        "SELECT * FROM '{root}/data/secret.csv'",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_blob('{root}/data/*')",
        "SELECT * FROM glob('{root}/data/*')",
        "SELECT * FROM read_parquet('{root}/data/../data/secret.csv')",
        "COPY (SELECT 1) TO '{root}/data/out.csv'",
        "COPY people TO '/tmp/out.parquet'",
        "EXPORT DATABASE '{root}/dump'",
        "ATTACH '{root}/x.db'",
        "ATTACH 'https://example.org/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "LOAD '{root}/x.duckdb_extension'",
        "SET enable_external_access = true",
        "SET allowed_paths = ['/etc/passwd']",
        "SET threads = 8",
        "RESET lock_configuration",
        "PRAGMA enable_profiling",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
        "SELECT getenv('HOME')",
        "SELECT * FROM bench",
        "IMPORT DATABASE '{root}/data'",
    ],
)
def test_reading_writing_attaching_loading_and_setting_are_refused(locked, bench, attack):
    before = sorted(path for path in bench.root.rglob("*"))
    with pytest.raises(duckdb.Error):
        locked.connection.execute(attack.format(root=bench.root)).fetchall()
    assert sorted(path for path in bench.root.rglob("*")) == before


def test_declared_parquet_files_can_still_be_read(locked, rows):
    assert rows(locked, "SELECT count(*) FROM people") == [(1,)]


def test_threads_and_memory_are_as_asked(locked, rows):
    assert rows(locked, "SELECT current_setting('threads')") == [(1,)]
    assert rows(locked, "SELECT current_setting('memory_limit')")[0][0].startswith("190.")  # MiB


def test_csv_files_need_no_access_at_all_once_they_are_read(bench, rows):
    tables = bench.people("id\n1\n")
    assert rows(tables, "SELECT current_setting('allowed_paths')") == [([],)]
    with pytest.raises(duckdb.Error):
        tables.connection.execute(f"SELECT * FROM read_csv('{bench.root}/data/people.csv')")


def test_the_private_folder_is_private_and_goes_with_the_connection(locked):
    folder = locked._workspace.folder
    assert folder.stat().st_mode & 0o777 == 0o700
    locked.close()
    assert not folder.exists()
    locked.close()


def test_nothing_stays_behind_when_opening_fails(bench, monkeypatch, tmp_path):
    import tempfile

    from acmlib.contract.errors import ContractError

    home = tmp_path / "tmp"
    home.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    with pytest.raises(ContractError):
        bench.open("tables: {people: {source: data/none.csv}}\n")
    assert not list(home.iterdir())
