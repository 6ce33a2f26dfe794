"""Codes that a recode or a code list does not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from acmlib.contract.geography import place_code
from acmlib.contract.model import Contract, Dimension, Table
from acmlib.contract.standards import canonical
from acmlib.intake.build.categories import missing_kind
from acmlib.intake.connection import literal, quoted
from acmlib.intake.findings import Finding, amount, listed
from acmlib.intake.read.columns import Column
from acmlib.intake.read.reading import RawTable


def unknown_codes(
    name: str, table: Table, columns: Sequence[Column], raw: RawTable, connection: duckdb.DuckDBPyConnection, contract: Contract
) -> Iterator[Finding]:
    """Yield a finding for each recoded column with values that its recode does not know; they were kept as they are."""
    for column in columns:
        recode = table.recode.get(column.name)
        if not recode:
            continue
        recode = {**recode, **table.missing.get(column.name, {})}
        dimensions = [dimension for key, dimension in contract.dimensions.items() if (dimension.column or key) == column.name] or [
            Dimension()
        ]
        source = f"nullif(trim({quoted(column.source)}::VARCHAR), '')"
        # Several answers in one cell are recoded one by one.
        source = f"trim(unnest(string_split({source}, {literal(dimensions[0].separator)})))"
        counts = dict(
            connection.execute(f"SELECT {source} AS v, count(*) FROM ({raw.query}) GROUP BY v ORDER BY count(*) DESC, v").fetchall()
        )
        strange = {value: rows for value, rows in counts.items() if value and not any(_is_known(value, recode, one) for one in dimensions)}
        if strange:
            named = len(counts) - len(strange)
            secret = column.name == table.id or column.name in table.private
            listed_in = "codes" if column.name in table.codes else "recode"
            values = "" if secret else listed([f"'{value}'" for value in strange])
            # A recode of a few values corrects spellings; one of most values is a list of codes, and a code not in it is a gap.
            yield Finding.of(
                "not_recoded", "warning" if named >= len(strange) or column.name in table.codes else "note", "agency", name, column.name,
                sum(strange.values()), count=amount(len(strange), "value"), examples=values, list=listed_in,
                place=f"tables.{name}.{listed_in}.{column.name}",
            )  # fmt: skip


def _is_known(value: str, recode: Mapping[str, str], dimension: Dimension) -> bool:
    """Whether a value needs no recode: it is in it, the contract names it as a group, or it is a standard's or a missing answer."""
    if value in recode or value in recode.values() or value in dimension.labels or value in (dimension.order or ()):
        return True
    if dimension.geography and place_code(value, dimension.geography):
        return True
    return bool(dimension.standard and canonical(value)) or missing_kind(value, dimension) is not None
