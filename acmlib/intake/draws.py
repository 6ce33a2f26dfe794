"""Records drawn at random for a spot check: the same contract, period and metric give the same records again."""

from __future__ import annotations

import random

import pandas as pd

from acmlib.contract.errors import ContractError, choose
from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract, Metric
from acmlib.intake.build.sources import Tables
from acmlib.intake.connection import quoted


def draw_records(tables: Tables, *, records: int, metric: str | None = None, seed: int | None = None) -> tuple[pd.DataFrame, int]:
    """Draw records of the period that the tables were opened for.

    Parameters
    ----------
    records : int
        How many; all of the period's if it has fewer.
    metric : str, optional
        Draw from the records that this metric counts as a success (of a share: those that met it). Absent: from everybody who entered
        in the period.
    seed : int, optional
        Of the draw; made of contract, period and metric if absent.

    Returns
    -------
    drawn : DataFrame
        The table's id, and the columns that the metric uses as they were reported, in the order of the draw.
    there : int
        How many records there were to draw from.

    Raises
    ------
    ContractError
        If the contract has no such metric, its table has no id, or no record of the period is there.
    """
    contract = tables.contract
    name, chosen, columns = _source(contract, metric)
    table = contract.tables[name]
    key = quoted(str(table.id))
    kept = list(dict.fromkeys([str(table.id), *(column for column in columns if column in tables.columns(name))]))
    rows = tables.connection.execute(
        f"SELECT {', '.join(map(quoted, kept))} FROM {quoted(tables.relation(name))} WHERE {chosen} ORDER BY {key}",
        [tables.period.start, tables.period.end],
    ).df()
    if rows.empty:
        what = f"of metric '{metric}'" if metric else f"of table '{name}'"
        raise ContractError([f"params/{contract.id}/contract.yml: period {tables.period} has no record {what}; draw from another period"])
    given = seed if seed is not None else f"{contract.id} {tables.period.text} {metric or ''}"
    places = random.Random(given).sample(range(len(rows)), min(records, len(rows)))  # noqa: S311 -- a draw that can be repeated
    return rows.iloc[places].reset_index(drop=True), len(rows)


def _source(contract: Contract, metric: str | None) -> tuple[str, str, list[str]]:
    """Return the table, the condition (with two dates to fill in) and the columns to be compared with the files."""
    where = f"params/{contract.id}/contract.yml"
    if metric is None:
        found = [(name, table) for name, table in contract.tables.items() if table.kind == "rows" and table.id and table.entered]
        if not found:
            raise ContractError([f"{where}: no table has id and entered; name them, or draw the records of a metric"])
        name, table = found[0]
        stages = [stage.date for stage in contract.pathway.stages if stage.date] if contract.pathway else []
        return name, f"CAST({quoted(str(table.entered))} AS DATE) BETWEEN ? AND ?", [str(table.entered), *_columns(stages)]
    if metric not in contract.metrics:
        raise ContractError([f"{where}: metric '{metric}'; {choose(metric, contract.metrics)}"])
    one = contract.metrics[metric]
    table = contract.tables[one.from_]
    if table.kind != "rows" or not table.id:
        raise ContractError([f"{where}: metrics.{metric} counts '{one.from_}', which has no id; draw from a table of rows with an id"])
    if one.date is None:
        raise ContractError([f"{where}: metrics.{metric} has no date; draw the records of a metric with a date"])
    texts = [text for text in (one.of, one.that, one.value, one.start, one.end, one.date) if text is not None]
    return one.from_, f"CAST(({one.date}) AS DATE) BETWEEN ? AND ?{_success(one)}", _columns(texts)


def _success(metric: Metric) -> str:
    return "".join(f" AND ({text})" for text in (metric.of, metric.that) if text is not None)


def _columns(texts: list[str]) -> list[str]:
    checked = check_expressions(texts)
    return list(dict.fromkeys(column for text in texts for column in sorted(checked[text].columns)))
