"""The order of day and month in a table's dates: what most of a column's values say, or the file's other columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import duckdb

from acmlib.contract.model import Table
from acmlib.intake.findings import Finding, listed
from acmlib.intake.read.dates import SLASHED, DateOrder
from acmlib.intake.read.files import FILE_COLUMN
from acmlib.intake.read.forms import Column
from acmlib.intake.read.reading import RawTable


class DateOrders:
    """The order of day and month in the dates of a table: as most dates of a column say, else as the file's other columns do."""

    def __init__(self, raw: RawTable, connection: duckdb.DuckDBPyConnection, table: Table, dated: Sequence[Column] = ()) -> None:
        self._raw, self._connection, self._stated = raw, connection, table.dates
        self._dated = [column.text for column in dated if not column.days]
        # No day in the form of 2025-07-01 has a slash.
        self._known: dict[str, dict[str, tuple[int, int, int]]] = {column.text: {} for column in dated if column.days}
        self._counts: dict[str, dict[str, tuple[int, int, int]]] = {}

    def _counted(self, column: Column) -> dict[str, tuple[int, int, int]]:
        """Return, for each file, how many dates with slashes a column has, and how many can be day first or month first only."""
        if column.text not in self._known:
            self._count(list(dict.fromkeys([column.text, *self._dated])))
            self._dated = []
        return self._counts.setdefault(column.text, self._known[column.text])

    def _count(self, texts: Sequence[str]) -> None:
        """Count the dates of some columns in one query."""
        first, second = (f"try_cast(regexp_extract(v, '{SLASHED}', {i}) AS INT) > 12" for i in (1, 2))
        columns = " UNION ALL ".join(f"SELECT {at} AS place, file, t{at} AS v FROM texts" for at in range(len(texts)))
        selected = ", ".join(f"{text} AS t{at}" for at, text in enumerate(texts))
        rows = self._connection.execute(
            f"WITH texts AS MATERIALIZED (SELECT {FILE_COLUMN} AS file, {selected} FROM ({self._raw.query})) "
            f"SELECT place, file, count(*), count(*) FILTER ({first} AND NOT {second}), count(*) FILTER ({second} AND NOT {first}) "
            f"FROM ({columns}) WHERE regexp_matches(v, '{SLASHED}') GROUP BY 1, 2 ORDER BY 1, 2"
        ).fetchall()
        for at, text in enumerate(texts):
            self._known[text] = {row[1]: (row[2], row[3], row[4]) for row in rows if row[0] == at}

    def of(self, column: Column) -> tuple[DateOrder, dict[str, DateOrder]]:
        """Return the order of a column, and which files have another."""
        if self._stated:
            return self._stated, {}
        counts = self._counted(column)
        if not counts:
            return "year first", {}
        clear = {file: _majority(day, month) for file, (_, day, month) in counts.items() if day != month}
        whole = _majority(sum(day for _, day, _ in counts.values()), sum(month for _, _, month in counts.values()))
        return whole, {file: order for file, order in clear.items() if order != whole}

    def settle(self, column: Column) -> Column:
        """Return a column of dates with its order; where nothing in it tells, with the order of the other columns seen so far."""
        order, by_file = self.of(column)
        if self.is_unclear(replace(column, kind="date")):
            known = Counter(self.of(replace(column, text=text))[0] for text in self._counts if self._tells(text))
            order = known.most_common(1)[0][0] if known else order
        return replace(column, order=order, by_file=by_file)

    def is_unclear(self, column: Column) -> bool:
        """Whether neither the contract, nor a value of the column, nor another column of the file tells the order."""
        if self._stated or not self._counted(column):
            return False
        return not any(self._tells(text) for text in self._counts)

    def _tells(self, text: str) -> bool:
        return any(day != month for _, day, month in self._counts[text].values())


def _majority(day_first: int, month_first: int) -> DateOrder:
    return "day first" if day_first > month_first else "month first"


def ambiguous_dates(name: str, columns: Sequence[str]) -> Finding:
    """Return the finding that nothing tells the order of day and month in some columns."""
    return Finding.of("ambiguous", "warning", "agency", name, columns[0], order="month first", list=listed(columns))
