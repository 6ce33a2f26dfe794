"""Large files are read in one pass, and never otherwise than small ones: whatever is out of line is found out the careful way."""

from __future__ import annotations

import duckdb
import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.private_folders import PrivateFolder
from acmlib.intake import connection
from acmlib.intake.read import quick

LINES = [f"P{i},{('North', 'South')[i % 2]},2025-0{i % 9 + 1}-1{i % 9},{i % 7},{i / 4},{'true' if i % 3 else 'false'}" for i in range(6000)]
HEAD = "id,site,entered,sessions,wage,done"


@pytest.fixture
def both(bench, monkeypatch, rows):
    """Read a file both ways, and return what each makes of it: types, rows and whether it was the quick way."""

    def read(lines, more="id: id\nentered: entered"):
        found = []
        for large in (1, 1 << 40):
            monkeypatch.setattr(quick, "LARGE", large)
            tables = bench.people("\n".join([HEAD, *lines]) + "\n", more, top="dimensions: {site: {}}")
            kind = rows(tables, "SELECT count(*) FROM duckdb_views() WHERE schema_name = 'typed'")[0][0]
            content = rows(tables, "SELECT * FROM people ORDER BY _row")
            found.append((dict(tables.columns("people")), content, tables.inputs, [str(one) for one in tables.noticed], bool(kind)))
        return found

    return read


def test_a_plain_file_goes_the_quick_way_with_the_same_result(both):
    quickly, carefully = both(LINES)
    assert (quickly[4], carefully[4]) == (True, False)
    assert quickly[:4] == carefully[:4]
    assert quickly[0]["entered"] == "DATE" and quickly[0]["sessions"] == "BIGINT" and quickly[1][0][-2] == 2


@pytest.mark.parametrize("line", [
    "P9,North,soon,1,2.5,true", "P9,North,2025-01-01,007,2.5,true", "P9,North,2025-01-01,1,0012,true", "P9,North,2025-01-01,1,2.5,maybe",
    "P9, North ,2025-01-01,1,2.5,true", "P9,#REF!,2025-01-01,1,2.5,true", "P9,North,2025-01-01,1,nan,true", "Total,6000,,,,",
    "P9,North,2025-01-01,1,2.5,true,more", '"P9",North,2025-01-01,1,12345678901234567890,true', ",,,,,",
    "P9;North;2025-01-01;1;2.5;true", "P9,North,1900-01-01,1,2.5,true",
])  # fmt: skip
def test_one_line_that_is_out_of_line_is_read_as_in_a_small_file(both, line):
    quickly, carefully = both([*LINES, line])
    assert quickly[:4] == carefully[:4]


def test_a_full_disk_is_told_and_an_error_of_ours_is_not_hidden(bench, monkeypatch):
    class Blocked(PrivateFolder):
        def __init__(self) -> None:
            super().__init__()
            (self.path / "people-0.parquet").mkdir()

    monkeypatch.setattr(quick, "LARGE", 1)
    text = "\n".join([HEAD, *LINES]) + "\n"
    with monkeypatch.context() as patch:
        patch.setattr(connection, "PrivateFolder", Blocked)
        with pytest.raises(ContractError, match="cannot be kept while it is read: memory, or the disk") as error:
            bench.people(text)
    assert "parquet" not in str(error.value)
    monkeypatch.setattr(quick, "_unfit", lambda column, native: "no_such_column")
    with pytest.raises(duckdb.BinderException):
        bench.people(text)
