"""What is a part of what, row by row: groups of one dimension inside groups of another, and cohorts inside cohorts."""

from __future__ import annotations

import itertools
from collections import defaultdict

import duckdb
import numpy as np
import pandas as pd

from acmlib.contract.ids import MetricId
from acmlib.contract.model import Contract
from acmlib.measures.meanings import counted

#: Which groups of two dimensions people are in at once.
CROSSED = ["first", "second", "first_group", "second_group"]


def crossed_groups(contract: Contract, connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return which groups of every two dimensions meet in at least one row of a contract's opened tables.

    Parameters
    ----------
    contract : Contract
    connection : DuckDBPyConnection
        With its tables.

    Returns
    -------
    DataFrame
        Columns `CROSSED`. Tables of counts say nothing of it, but merged groups are known to hold their parts.
    """
    rows = _merged(contract)
    for name, table in contract.tables.items():
        if table.kind != "rows":
            continue
        relation = _quoted(name)
        columns = [row[0] for row in connection.execute(f"DESCRIBE {relation}").fetchall()]
        known = [one for one in contract.dimensions if f"dim_{one}" in columns]
        pairs = list(itertools.combinations(known, 2))
        if pairs:
            sets = ", ".join(f'("dim_{one}", "dim_{two}")' for one, two in pairs)
            every = ", ".join(f'"dim_{one}"' for one in known)
            met: dict[tuple[str, str], list[tuple[str, str]]] = {pair: [] for pair in pairs}
            for row in connection.execute(f"SELECT {every} FROM {relation} GROUP BY GROUPING SETS ({sets})").fetchall():
                (one, group), (two, other) = [(name, text) for name, text in zip(known, row, strict=True) if text is not None]
                met[one, two].append((group, other))
            rows += [(*pair, *groups) for pair, found in met.items() for groups in found]
    return pd.DataFrame(dict.fromkeys(rows), columns=CROSSED)


def nested_cohorts(contract: Contract, connection: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, str]]:
    """Return the cohorts of which one is a part of the other, row by row: who enrolled within 30 days enrolled at all.

    Parameters
    ----------
    contract : Contract
    connection : DuckDBPyConnection
        With its tables.

    Returns
    -------
    frozenset of (part, whole)
        Texts of `acmlib.measures.meanings.Meaning`.
    """
    found: set[tuple[str, str]] = set()
    conditions: dict[str, dict[str, str]] = defaultdict(dict)
    meanings = counted(contract)
    for identity, metric in contract.metrics.items():
        if metric.minutes:  # who was seen within four hours was seen within eight, and was seen
            chain = [meanings[str(MetricId(identity, mark))].numerator for mark in metric.marks] + [meanings[identity].numerator]
            found |= set(itertools.combinations(chain, 2))
    for meaning in meanings.values():
        if meaning.parts and meaning.denominator is not None:
            found.add((meaning.numerator, meaning.denominator))
        for text, condition in zip((meaning.numerator, meaning.denominator), meaning.conditions, strict=True):
            if text in meaning.cohorts.values() and condition is not None:
                conditions[meaning.source][str(text)] = f"coalesce({condition}, false)"
    for source, own in conditions.items():
        table, _, date = source.partition("|")
        where = f" WHERE ({date}) IS NOT NULL" if date else ""
        members = ", ".join(f"{condition} AS c{i}" for i, condition in enumerate(own.values()))
        try:
            rows = connection.execute(f"SELECT DISTINCT {members} FROM {_quoted(table)}{where}").fetchall()
        except duckdb.Error:  # days of day numbers, or of times, are subtracted otherwise; what is a part by definition stays
            continue
        members_of = np.array(rows, dtype=np.int64).reshape(len(rows), len(own))
        outside = members_of.T @ (1 - members_of)
        found |= {(part, whole) for (i, part), (j, whole) in itertools.permutations(enumerate(own), 2) if not outside[i, j]}
    return frozenset(found)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _merged(contract: Contract) -> list[tuple[str, str, str, str]]:
    """Return the groups that a dimension merges, beside those of every other dimension over the same column."""
    return [
        (one, two, part, merged)
        for two, dimension in contract.dimensions.items()
        for merged, parts in dimension.merge.items()
        for one, other in contract.dimensions.items()
        if one != two and (other.column or one) == (dimension.column or two) and not other.merge
        for part in parts
    ]
