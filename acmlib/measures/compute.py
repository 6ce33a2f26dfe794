"""Tables to the metric table: `metric_table`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import duckdb
import pandas as pd

from acmlib.contract.errors import ContractError
from acmlib.contract.ids import DimensionId
from acmlib.contract.model import Contract
from acmlib.contract.periods import Period
from acmlib.intake.build.early import counted_from_start
from acmlib.intake.build.moments import with_moments
from acmlib.intake.build.working_days import in_working_days
from acmlib.measures.cells import measure_cells
from acmlib.measures.collect import collect, collect_days, collect_values
from acmlib.measures.plan import CountPlan, plan_table, quoted
from acmlib.measures.sql import days_query, query, run, values_query
from acmlib.measures.submitted import submitted_axis, submitted_blocks, submitted_measure
from acmlib.measures.table import ALL, Columns, check_metric_table, metric_rows
from acmlib.measures.windows import Axis

#: What `start` and `end` are, by the first letters of their type; all others are day numbers.
_TIMES = {"DATE": "days", "TIME": "moments"}


class Tables(Protocol):
    """Checked tables in a database: what `acmlib.intake.open_tables` gives."""

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Connection in which the tables can be read."""

    def relation(self, name: str) -> str:
        """Name of the view of the table `name`, with one text column ``dim_<dimension>`` for each dimension."""

    def sizes(self, name: str) -> Mapping[str, int]:
        """Approximate number of groups of each column ``dim_<dimension>`` of a table; an absent column is taken to have many."""


def metric_table(contract: Contract, tables: Tables, period: Period) -> pd.DataFrame:
    """Every metric of a contract, by period, dimension and group: the numbers from which all pages are made.

    Parameters
    ----------
    tables : Tables
        Checked tables. A table of rows is read once, by one query; its dates and dimensions a second time if there are durations.
        A table of kind ``counts`` has the columns ``period, dimension, group, measure, numerator, denominator, withheld``.
    period : Period
        Period of the report. Its last day is the day up to which the data are known: rows dated after it are not counted, and cases
        open on it are censored there.

    Returns
    -------
    DataFrame
        Metric table (`acmlib.measures.table.METRIC_COLUMNS`): months, quarters that are over, rolling windows and the term; everyone
        together (``all``), each dimension, each pair of the contract, and ``<dimension> (alone or in combination)`` where people gave
        several answers. Fractions between 0 and 1, durations in days, rates per `per`. NaN is "not available".

    Raises
    ------
    ContractError
        If an expression cannot be computed over the table's values, or a metric asks of a counts table what it cannot say.

    Notes
    -----
    Conditions are SQL: one that is NULL is not true. `of` that is NULL leaves the row out of the cohort; `that` that is NULL inside the
    cohort counts as not met. A mean is over rows whose value is known, a rate over rows whose exposure is known and not negative.

    Values: proportion with Wilson's interval; count and rate with Byar's, exact Poisson below 10; mean with Student's t; duration, the
    Kaplan-Meier median (NaN if not reached), and retention, the Kaplan-Meier share still in, with log-log limits. A duration that ends
    before it starts has no length and is left out of both sides.

    Status: ``no data``, a period in which no row is dated, or a cohort of nobody; the denominator is NaN in the first case and 0 in the
    second, the other numbers NaN. (For counts, a month in which no row is dated but somebody entered, by the table's `entered`,
    was submitted: its zero is real.) ``immature``, an outcome whose window is still open: the denominator says how many wait, the other
    numbers are NaN; for retention, a day on which nobody has been followed for so long. Otherwise ``shown``.

    Months are whole and lie in the contract's term. For a metric with a window, rolling windows end with the last mature month, and
    the term counts mature months only.

    Examples
    --------
    ``metric_table(contract, tables, parse_period("2026-06"))`` has, among others, the row ``placed_6m, P12M/2025-12, site, North,
    31, 120, 0.258, 0.188, 0.343, shown``.
    """
    types = _types(contract, tables)
    axis = Axis.spanning("month", contract.contract.starts, contract.contract.ends, period.end)
    contract = with_moments(in_working_days(counted_from_start(contract, types), axis.as_of), types)
    made: dict[str, list[Columns]] = {}
    for name, table in contract.tables.items():
        cells = _of_counts(contract, tables, name, axis) if table.kind == "counts" else _of_rows(contract, tables, name, axis)
        for metric, part in cells:
            made.setdefault(metric, []).append(part)
    ordered = [metric for metric in contract.metrics if metric in made] + [metric for metric in made if metric not in contract.metrics]
    return check_metric_table(metric_rows([part for metric in ordered for part in made[metric]]), place=f"metric_table of {contract.id}")


def _types(contract: Contract, tables: Tables) -> dict[str, dict[str, str]]:
    """Return the columns of each table of rows, with their DuckDB types."""
    rows = [name for name, table in contract.tables.items() if table.kind == "rows"]
    found = {name: tables.connection.sql(f"SELECT * FROM {quoted(tables.relation(name))} LIMIT 0") for name in rows}
    return {name: dict(zip(one.columns, map(str, one.types), strict=True)) for name, one in found.items()}


def _of_rows(contract: Contract, tables: Tables, table: str, axis: Axis) -> Iterator[tuple[str, Columns]]:
    """Yield metric id and cells of all metrics of a table of rows."""
    relation = tables.relation(table)
    try:
        columns, kinds = _columns(contract, tables, table)
        own = [name for name in contract.dimensions if f"dim_{name}" in columns]
        plan = plan_table(contract, table, kinds, as_of=axis.as_of.isoformat(), dimensions=own)
        if plan is None:
            return
        sql, layout = query(plan, axis, relation, columns, tables.sizes(table))
        result = run(tables.connection, sql)
        lasting = run(tables.connection, days_query(plan, axis, relation, layout)) if plan.lasting else None
        listed = run(tables.connection, values_query(plan, axis, relation, layout)) if plan.listed else None
    except duckdb.Error as error:
        problem = f"cannot be computed ({str(error).splitlines()[0]}); use expressions that fit the types of its columns"
        raise ContractError([contract.located(f"tables.{table}", problem)]) from error
    blocks = collect(result, layout, axis, entered=plan.entered)
    if lasting is not None:
        collect_days(lasting, layout, plan.lasting, blocks)
    if listed is not None:
        collect_values(listed, layout, plan.listed, blocks)
    order = {name: group_order(contract, name, block.groups) for name, block in next(iter(blocks.values())).items()}
    for measure in plan.measures:
        mine = axis if measure.date is not None else axis.whole()
        wanted = (ALL, *_with_combinations(plan, measure.dimensions, list(layout.cuts)))
        of_date = {name: blocks[measure.date][name] for name in wanted}
        for part in measure_cells(measure, of_date, mine, contract.statistics, order=order):
            yield measure.id, part


def _with_combinations(plan: CountPlan, wanted: Sequence[str], cuts: Sequence[str]) -> list[str]:
    """Return dimensions and pairs of a metric, each followed by its form "alone or in combination" if there is one."""
    named = [form for name in plan.dimensions if name in wanted for form in (name, str(DimensionId((name,), combined=True)))]
    return [name for name in named if name in cuts]


def _columns(contract: Contract, tables: Tables, table: str) -> tuple[list[str], dict[str, str]]:
    """Return the columns of a table, and of each `start` and `end` if it is a date, a moment or a number of days, without reading a row."""
    mine = [metric for metric in contract.metrics.values() if metric.from_ == table]
    starts = sorted({text for metric in mine for text in (metric.start, metric.end) if text})
    asked = ", ".join(["*", *(f"({start})" for start in starts)])
    found = tables.connection.sql(f"SELECT {asked} FROM {quoted(tables.relation(table))} LIMIT 0")
    types = [str(kind) for kind in found.types]
    own = len(types) - len(starts)
    kinds = {start: _TIMES.get(kind[:4], "numbers") for start, kind in zip(starts, types[own:], strict=True)}
    return list(found.columns)[:own], kinds


def _of_counts(contract: Contract, tables: Tables, table: str, axis: Axis) -> Iterator[tuple[str, Columns]]:
    """Yield metric id and cells of all metrics of an aggregated submission."""
    metrics = {name: metric for name, metric in contract.metrics.items() if metric.from_ == table}
    if not metrics:
        return
    rows = tables.connection.sql(
        'SELECT period::VARCHAR AS period, dimension, "group", measure, sum(numerator)::DOUBLE AS numerator, '
        "sum(denominator)::DOUBLE AS denominator, bool_or(withheld) AS withheld "
        f"FROM {quoted(tables.relation(table))} GROUP BY ALL ORDER BY ALL"
    ).df()
    for name, metric in metrics.items():
        measure, submitted = submitted_measure(contract, name, metric), metric.measure or name
        mine = submitted_axis(contract, rows, submitted, axis)
        parts = submitted_blocks(rows, measure, submitted, mine)
        order = {dimension: group_order(contract, dimension, block.groups) for dimension, block in parts.items()}
        for part in measure_cells(measure, parts, mine, contract.statistics, order=order):
            yield name, part


def group_order(contract: Contract, dimension: str, groups: Sequence[str]) -> list[int]:
    """Return positions of groups in the order of pages: the contract's order, then by number or name, those not recorded last.

    Parameters
    ----------
    dimension : str
        Dimension or pair, as in the metric table.
    """
    known = DimensionId.parse(dimension)

    def place(at: int) -> tuple[tuple[int, int, float, str], ...]:
        return tuple(_place(contract, part, name) for part, name in zip(known.names, known.groups(groups[at]), strict=False))

    return sorted(range(len(groups)), key=place)


def _place(contract: Contract, dimension: str, group: str) -> tuple[int, int, float, str]:
    declared = contract.dimensions.get(dimension)
    if declared is None:
        return (0, 0, 0.0, group)
    unknown = declared.not_recorded
    if group in unknown:
        return (2, unknown.index(group), 0.0, group)
    listed = declared.order or ()
    if group in listed:
        return (0, listed.index(group), 0.0, group)
    number = re.search(r"\d+(\.\d+)?", group)
    # "under 14" comes before "14-15".
    below = 0.5 if number and group.lower().startswith(("under", "less", "<")) else 0.0
    return (1, 0, float(number[0]) - below if number else float("inf"), group)
