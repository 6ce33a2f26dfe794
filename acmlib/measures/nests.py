"""What is a part of what, row by row: groups of one dimension inside groups of another, and cohorts inside cohorts."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping

import duckdb
import numpy as np
import pandas as pd

from acmlib.contract.ids import MetricId
from acmlib.contract.model import Contract
from acmlib.measures.meanings import counted
from acmlib.measures.spans import Place

#: Which groups of two dimensions people are in at once.
CROSSED = ["first", "second", "first_group", "second_group"]


def crossed_groups(contract: Contract, connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return which groups of every two dimensions meet in at least one row of a contract's opened tables.

    Returns
    -------
    DataFrame
        Columns `CROSSED`. Tables of counts say nothing of it, but merged groups are known to hold their parts, and groups that are not
        merged to be the same in both dimensions.
    """
    rows = _merged(contract)
    for name, table in contract.tables.items():
        relation = _quoted(name)
        if table.kind != "rows":
            sent = set(connection.execute(f'SELECT DISTINCT dimension, "group" FROM {relation}').fetchall())
            rows += [
                (one, two, group, group) for one, two in _unmerged(contract) for by, group in sent if by == one and (two, group) in sent
            ]
            continue
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
    return pd.DataFrame(list(dict.fromkeys(rows)), columns=CROSSED)


def nested_cohorts(contract: Contract, connection: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, str]]:
    """Return the cohorts of which one is a part of the other, row by row: who enrolled within 30 days enrolled at all.

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


def _unmerged(contract: Contract) -> list[tuple[str, str]]:
    """Return each dimension that merges nothing beside every other one that does, over the same column."""
    return [
        (one, two)
        for two, dimension in contract.dimensions.items()
        for one, other in contract.dimensions.items()
        if dimension.merge and not other.merge and (other.column or one) == (dimension.column or two)
    ]


def _merged(contract: Contract) -> list[tuple[str, str, str, str]]:
    """Return the groups that a dimension merges, beside those of every other dimension over the same column."""
    return [
        (one, two, part, merged)
        for one, two in _unmerged(contract)
        for merged, parts in contract.dimensions[two].merge.items()
        for part in parts
    ]


def meetings(crossed: pd.DataFrame, known: Collection[Place]) -> tuple[list[tuple[list[Place], list[Place]]], list[tuple[Place, Place]]]:
    """Return the places of two dimensions that add up to the same, and those of which one is a part of the other.

    Parameters
    ----------
    crossed : DataFrame
        From `crossed_groups`.
    known : collection of (dimension, group)
        The places that there are.

    Returns
    -------
    same : list of (places, places)
        The groups of one dimension and those of another that hold the same people, where these are not all groups.
    within : list of (place, place)
        Part and whole.

    Examples
    --------
    >>> rows = [("site", "area", "Pier", "Shore"), ("site", "area", "Mill", "Shore"), ("site", "area", "Hill", "Upland")]
    >>> known = [("site", "Pier"), ("site", "Mill"), ("site", "Hill"), ("area", "Shore"), ("area", "Upland")]
    >>> same, within = meetings(pd.DataFrame(rows, columns=CROSSED), known)
    >>> sorted((sorted(parts), wholes) for parts, wholes in same)[0]
    ([('site', 'Hill')], [('area', 'Upland')])
    >>> within
    [(('site', 'Pier'), ('area', 'Shore')), (('site', 'Mill'), ('area', 'Shore'))]
    """
    same: list[tuple[list[Place], list[Place]]] = []
    within: list[tuple[Place, Place]] = []
    for (first, second), rows in crossed.groupby(["first", "second"], sort=False):
        meets: dict[Place, set[Place]] = defaultdict(set)
        for one, two in zip(rows["first_group"], rows["second_group"], strict=True):
            places = (str(first), str(one)), (str(second), str(two))
            if places[0] in known and places[1] in known:
                meets[places[0]].add(places[1])
                meets[places[1]].add(places[0])
        within += [(place, next(iter(others))) for place, others in meets.items() if len(others) == 1]
        groups = _connected(meets)
        # All groups together are everybody. For counts only what is merged is known to meet, which may be one group and its parts.
        if len(groups) > 1 or len(meets) < sum(name in (first, second) for name, _ in known):
            same += [([at for at in group if at[0] == first], [at for at in group if at[0] == second]) for group in groups]
    return same, [(part, whole) for part, whole in within if (whole, part) not in within]


def _connected(meets: Mapping[Place, set[Place]]) -> list[list[Place]]:
    """Return the groups of two dimensions that hang together."""
    found: list[list[Place]] = []
    left = dict.fromkeys(meets)
    while left:
        group, waiting = dict[Place, None](), [next(iter(left))]
        while waiting:
            one = waiting.pop()
            group[one] = None
            waiting += [other for other in meets[one] if other not in group]
        left = {one: None for one in left if one not in group}
        found.append(list(group))
    return found
