"""One query per table of rows: every metric, month, dimension and pair in a single pass; histograms of durations in a second, narrow one.

Each row is read once and every condition is evaluated once. The row is then handed on once per strand (date expression), carrying only
the slots of that strand, and counted in GROUPING SETS of month x (several small dimensions together, each pair); what was counted
finer than a dimension is added up in Python, everyone together too. FILTER clauses on all slots in all sets were slower
(benchmarks/README.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from acmlib.contract.ids import DimensionId
from acmlib.measures.plan import CountPlan, Slot, quoted
from acmlib.measures.table import ALL
from acmlib.measures.windows import Axis

#: Between the answers of one person in a key of the dimension "alone or in combination" (no group's name has it).
ANSWERS = "\x1f"

#: Bits of a key of `days_query`: 26 hold twice 63 years of minutes, 12 hold 340 years of months.
DAY_BITS, TICK_BITS = 26, 12

#: Dimensions are counted together while this makes at most so many groups (benchmarks/README.md): by month, and by month and days.
MOST_GROUPS, MOST_LASTING = 600, 100

#: Name of a slot's column, and its aggregates, by kind.
_LETTER = {"count": "c", "sum": "s", "spread": "v"}
_AGGREGATES = {
    "count": ("count({0}) AS {0}",),
    "sum": ("fsum({0}) AS {0}",),
    "spread": ("count({0}) AS {0}_n", "fsum({0}) AS {0}_sum", "var_pop({0}) AS {0}_var"),
}


@dataclass(frozen=True)
class QueryColumns:
    """Where the numbers of a query stand."""

    #: (strand's date expression, slot) to the column's name; a ``spread`` has three, with ``_n``, ``_sum``, ``_var`` after it.
    slots: dict[tuple[str | None, Slot], str]
    strands: tuple[str | None, ...]  #: Date expressions by number of the column ``strand``.
    keys: tuple[str, ...]  #: Key columns of the query, as SQL names.
    cuts: dict[str, tuple[str, ...]]  #: Dimension to its key columns; everyone together (``all``) has none.
    #: `counted`, `lasting`: dimension to the key columns by which it is counted, its own and perhaps others: in `query`, in `days_query`.
    counted: dict[str, tuple[str, ...]]
    lasting: dict[str, tuple[str, ...]]

    def mask(self, used: Sequence[str]) -> int:
        """Value of the column ``cut`` for what is counted by the keys `used`: a one for each of the others."""
        return sum(1 << (len(self.keys) - 1 - at) for at, key in enumerate(self.keys) if key not in used)


def query(plan: CountPlan, axis: Axis, relation: str, columns: Sequence[str], sizes: Mapping[str, int]) -> tuple[str, QueryColumns]:
    """Write the query of one table.

    Parameters
    ----------
    axis : Axis
        Months of the contract up to the report's period.
    columns : sequence of str
        Its columns; of them ``dim_<dimension>`` and, for several answers of one person, ``dimalone_<dimension>`` are used.
    sizes : mapping
        About how many groups a column has, where this is known.

    Returns
    -------
    sql, layout
        The result has the columns ``cut, strand, tick``, the keys, ``rows`` and the slots.
    """
    layout = _layout(plan, columns, sizes)
    expressions = list(dict.fromkeys(slot for slots in plan.strands.values() for slot in slots))
    name = {slot: f"x{at}" for at, slot in enumerate(expressions)}
    read = [_key(key) for key in layout.keys]
    read += [f"{_tick(date, axis)} AS tick{at}" for at, date in enumerate(layout.strands)]
    read += [f"{_guarded(slot)} AS {name[slot]}" for slot in expressions]
    handed = [quoted(key) for key in layout.keys]
    handed += ["strand", f"CASE strand {' '.join(f'WHEN {at} THEN tick{at}' for at in range(len(layout.strands)))} END AS tick"]
    handed += [f"CASE strand {whens} END AS {column}" for column, whens in _by_column(layout, name)]
    numbers = [one.format(column) for kind, column in _columns(layout) for one in _AGGREGATES[kind]]
    keys = [quoted(key) for key in layout.keys]
    numbered = ", ".join(f"({at}::UTINYINT)" for at in range(len(layout.strands)))
    sets = ", ".join(f"({', '.join(['strand', 'tick', *map(quoted, cut)])})" for cut in dict.fromkeys(layout.counted.values()))
    sql = (
        f"WITH read AS (SELECT {', '.join(read)} FROM {quoted(relation)}),\n"
        f"handed AS (SELECT {', '.join(handed)} FROM read, (VALUES {numbered}) AS s(strand))\n"
        f"SELECT {', '.join([_cut(keys), 'strand', 'tick', *keys, 'count(*) AS rows', *numbers])}\n"
        f"FROM handed WHERE tick IS NOT NULL GROUP BY GROUPING SETS ({sets})"
    )
    return sql, layout


def days_query(plan: CountPlan, axis: Axis, relation: str, layout: QueryColumns) -> str:
    """Write the query of a table's histograms of days.

    It reads the dates and dimensions once more. Inside the query above, as ``histogram()``, the same counts cost about twice as much.

    Parameters
    ----------
    plan : Plan
        With at least one slot in `lasting`.
    axis, relation
        As for `query`.
    layout : Layout
        From `query`.

    Returns
    -------
    str
        SQL. The result has the columns ``cut``, ``key`` (slot's number, tick and twice the days plus one if open: `DAY_BITS`), the keys
        of the layout, and ``rows``.
    """
    keys = [quoted(key) for key in layout.keys]
    read = [_key(key) for key in layout.keys]
    for at, (date, slot) in enumerate(plan.lasting):
        read.append(f"({at << (DAY_BITS + TICK_BITS)} + {_tick(date, axis)}::BIGINT * {1 << DAY_BITS} + ({slot.sql})::INTEGER) AS key{at}")
    numbered, whens = zip(*((f"({at}::UTINYINT)", f"WHEN {at} THEN key{at}") for at in range(len(plan.lasting))), strict=True)
    sets = ", ".join(f"({', '.join(['key', *map(quoted, cut)])})" for cut in dict.fromkeys(layout.lasting.values()))
    handed = [*keys, f"CASE slot {' '.join(whens)} END AS key"]
    return (
        f"WITH read AS (SELECT {', '.join(read)} FROM {quoted(relation)}),\n"
        f"handed AS (SELECT {', '.join(handed)} FROM read, (VALUES {', '.join(numbered)}) AS s(slot))\n"
        f"SELECT {', '.join([_cut(keys), 'key', *keys, 'count(*) AS rows'])}\n"
        f"FROM handed WHERE key IS NOT NULL GROUP BY GROUPING SETS ({sets})"
    )


def values_query(plan: CountPlan, axis: Axis, relation: str, layout: QueryColumns) -> str:
    """Write the query of a table's lists of values: for medians and different people, which months do not add up to.

    Parameters
    ----------
    plan : Plan
        With at least one slot in `listed`.
    axis, relation, layout
        As for `days_query`.

    Returns
    -------
    str
        SQL. The result has the columns ``cut``, ``key`` (slot's number and tick), ``value``, the keys of the layout, and ``rows``.
    """
    keys = [quoted(key) for key in layout.keys]
    read = [_key(key) for key in layout.keys]
    for at, (date, slot) in enumerate(plan.listed):
        read += [f"({at << TICK_BITS} + {_tick(date, axis)}::BIGINT) AS key{at}", f"({slot.sql})::DOUBLE AS value{at}"]
    numbers = range(len(plan.listed))
    handed = [*keys, *(f"CASE slot {' '.join(f'WHEN {at} THEN {one}{at}' for at in numbers)} END AS {one}" for one in ("key", "value"))]
    sets = ", ".join(f"({', '.join(['key', 'value', *map(quoted, cut)])})" for cut in dict.fromkeys(layout.cuts.values()))
    return (
        f"WITH read AS (SELECT {', '.join(read)} FROM {quoted(relation)}),\n"
        f"handed AS (SELECT {', '.join(handed)} FROM read, (VALUES {', '.join(f'({at}::UTINYINT)' for at in numbers)}) AS s(slot))\n"
        f"SELECT {', '.join([_cut(keys), 'key', 'value', *keys, 'count(*) AS rows'])}\n"
        f"FROM handed WHERE key IS NOT NULL AND value IS NOT NULL GROUP BY GROUPING SETS ({sets})"
    )


def run(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """Return the result of a query as an Arrow table."""
    return connection.sql(sql).to_arrow_table()


def _layout(plan: CountPlan, columns: Sequence[str], sizes: Mapping[str, int]) -> QueryColumns:
    """Give the j-th slot of a kind the same column in every strand: the query is as wide as its widest strand."""
    slots: dict[tuple[str | None, Slot], str] = {}
    for date, wanted in plan.strands.items():
        used = dict.fromkeys(_LETTER, 0)
        for slot in wanted:
            slots[date, slot] = f"{_LETTER[slot.kind]}{used[slot.kind]}"
            used[slot.kind] += 1
    cuts: dict[str, tuple[str, ...]] = {ALL: ()}
    for dimension in plan.dimensions:
        cuts[dimension] = tuple(f"dim_{name}" for name in DimensionId.parse(dimension).names)
        if f"dimalone_{dimension}" in columns:
            cuts[str(DimensionId((dimension,), combined=True))] = (f"dimalone_{dimension}",)
    keys = tuple(dict.fromkeys(key for cut in cuts.values() for key in cut))
    return QueryColumns(slots, tuple(plan.strands), keys, cuts, _together(cuts, sizes, MOST_GROUPS), _together(cuts, sizes, MOST_LASTING))


def _together(cuts: Mapping[str, tuple[str, ...]], sizes: Mapping[str, int], most: int) -> dict[str, tuple[str, ...]]:
    """Return by which keys each dimension is counted: with others where that makes at most `most` groups, as each set is a pass of its own.

    Examples
    --------
    >>> cuts = {"all": (), "age": ("dim_age",), "site": ("dim_site",), "area": ("dim_area",)}
    >>> _together(cuts, {"dim_age": 6, "dim_site": 12, "dim_area": 48}, 100)["age"]
    ('dim_site', 'dim_age')
    """

    def groups(keys: Iterable[str]) -> float:
        return math.prod(sizes.get(key, math.inf) for key in keys)

    sets: list[tuple[str, ...]] = []
    for keys in sorted(cuts.values(), key=lambda cut: (-groups(cut), cut)):
        for at, held in enumerate(sets):
            both = tuple(dict.fromkeys((*held, *keys)))
            if len(both) == len(held) or groups(both) <= most:
                sets[at] = both
                break
        else:
            sets.append(keys)
    return {dimension: next(one for one in sets if set(cut) <= set(one)) for dimension, cut in cuts.items()}


def _columns(layout: QueryColumns) -> Iterator[tuple[str, str]]:
    """Yield kind and name of each slot column once."""
    found = {column: slot.kind for (_, slot), column in layout.slots.items()}
    yield from ((kind, column) for column, kind in found.items())


def _by_column(layout: QueryColumns, name: dict[Slot, str]) -> Iterator[tuple[str, str]]:
    """Yield each slot column with what it takes in each strand."""
    number = {date: at for at, date in enumerate(layout.strands)}
    found: dict[str, list[str]] = {}
    for (date, slot), column in layout.slots.items():
        found.setdefault(column, []).append(f"WHEN {number[date]} THEN {name[slot]}")
    yield from ((column, " ".join(whens)) for column, whens in found.items())


def _key(key: str) -> str:
    if key.startswith("dimalone_"):
        return f"array_to_string(list_sort(list_distinct({quoted(key)})), '{ANSWERS}') AS {quoted(key)}"
    return f"{quoted(key)}::VARCHAR AS {quoted(key)}"


def _tick(date: str | None, axis: Axis) -> str:
    """Return SQL: number of the row's month from the contract's first, NULL outside of its term and after the last day known."""
    if date is None:
        return "0::SMALLINT"
    first, last, day = axis.ticks[0].start, axis.last, f"({date})::DATE"
    number = f"12 * year({day}) + month({day}) - {12 * first.year + first.month}"
    return f"CASE WHEN {day} BETWEEN DATE '{first}' AND DATE '{last}' THEN ({number})::SMALLINT END"


def _guarded(slot: Slot) -> str:
    """Return SQL that is NULL where a row adds nothing."""
    if slot.kind == "count":
        return f"CASE WHEN {slot.sql} THEN true END"
    return f"({slot.sql})::DOUBLE"


def _cut(keys: Sequence[str]) -> str:
    return f"GROUPING({', '.join(keys)}) AS cut" if keys else "0 AS cut"
