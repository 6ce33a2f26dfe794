"""A workspace in a temporary folder: files of a provider, a contract over them, opened."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from acmlib.contract.load import parse_contract
from acmlib.intake import Tables, open_tables

HEAD = """\
contract: {title: Test, provider: P, agency: A, program: x, starts: 2025-01-01, ends: 2025-12-31}
"""
COUNT = "metrics: {people: {title: People, kind: count, from: people}}\n"


class Bench:
    """Writes files and opens contracts over them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.opened: list[Tables] = []

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    def contract(self, text: str):
        text = textwrap.dedent(text)
        text = text if text.startswith("contract:") else HEAD + text
        return parse_contract("test", text if "metrics:" in text else text + COUNT)

    def open(self, text: str, **options) -> Tables:
        tables = open_tables(self.contract(text), root=self.root, **options)
        self.opened.append(tables)
        return tables

    def people(self, csv: str | bytes, more: str = "", *, name: str = "data/people.csv", top: str = "", **options) -> Tables:
        """Open one table `people` over one file; `more` are further keys of the table, `top` further keys of the contract."""
        self.write(name, csv)
        keys = textwrap.indent(textwrap.dedent(more), "    ")
        return self.open(f"tables:\n  people:\n    source: {name}\n{keys}\n{textwrap.dedent(top)}\n", **options)


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    yield made
    for tables in made.opened:
        tables.close()


def rows(tables: Tables, sql: str) -> list[tuple]:
    """Return what a query gives."""
    return tables.connection.execute(sql).fetchall()


@pytest.fixture(name="rows")
def _rows():
    return rows
