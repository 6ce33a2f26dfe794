"""What privacy needs to know beside the metric table: the different people behind rows, and values that are answers of few kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import pandas as pd

from acmlib.contract.ids import MetricId
from acmlib.contract.kinds import KINDS
from acmlib.contract.model import Contract, Metric
from acmlib.contract.periods import Period
from acmlib.measures.compute import Tables, metric_table
from acmlib.measures.meanings import counted
from acmlib.measures.plan import quoted, value_of
from acmlib.measures.table import KEY_COLUMNS

#: What is counted of each cell: those in the numerator, in the denominator, and in the denominator and not in the numerator.
PERSON_COLUMNS = ["numerator", "denominator", "remainder"]
_KEYS = list(KEY_COLUMNS)
#: Of all values of a metric the lowest, the next, the last but one, the highest; how many different ones there are, none counted beyond
#: `FEW_VALUES`.
Ends: TypeAlias = tuple[float, float, float, float, int]
#: With the sum and the spread of so many different answers, or fewer, how many people gave each follows, or nearly.
FEW_VALUES = 5


def count_persons(contract: Contract, tables: Tables, period: Period) -> pd.DataFrame:
    """Count the people (or households, where only these are named) behind each cell of the metric table.

    Parameters
    ----------
    period : Period
        Of the report, as in `acmlib.measures.compute.metric_table`.

    Returns
    -------
    DataFrame
        The key columns of the metric table, and `PERSON_COLUMNS`: NaN where there is no such number. Only of metrics over tables that
        name a `person` or `household` of whom there are several rows.
    """
    metrics: dict[str, Metric] = {}
    column_of: dict[str, list[tuple[str, str]]] = {}
    for name, column, metric in _conditions(contract, _repeated(contract, tables)):
        known = next((key for key, other in metrics.items() if other == metric), f"people_{len(metrics)}")
        metrics[known] = metric
        column_of.setdefault(known, []).append((name, column))
    if not metrics:
        return pd.DataFrame(columns=[*_KEYS, *PERSON_COLUMNS])
    table = metric_table(contract.model_copy(update={"metrics": metrics, "pathway": None}), tables, period)
    parts = [
        table.loc[table["metric"].eq(key), [*_KEYS, "numerator"]].assign(metric=name, counts=column)
        for key, found in column_of.items()
        for name, column in found
    ]
    wide = pd.concat(parts).pivot(index=_KEYS, columns="counts", values="numerator").reindex(columns=PERSON_COLUMNS)
    return wide.rename_axis(columns=None).reset_index()


def at_least_one(persons: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of people with one wherever rows name nobody: somebody is behind these.

    Parameters
    ----------
    persons : DataFrame
        From `count_persons`.
    table : DataFrame
        The metric table, which counts rows.

    Examples
    --------
    >>> key = {"metric": "visits", "period": "term", "dimension": "site", "group": ["A", "B"]}
    >>> persons = pd.DataFrame(key | {"numerator": [0.0, 0.0], "denominator": float("nan"), "remainder": float("nan")})
    >>> at_least_one(persons, pd.DataFrame(key | {"numerator": [14.0, 0.0], "denominator": float("nan")}))["numerator"].tolist()
    [1.0, 0.0]
    """
    rows = persons[_KEYS].merge(table, on=_KEYS, how="left").set_index(persons.index)
    rows["remainder"] = rows["denominator"] - rows["numerator"]
    return persons.assign(**{name: persons[name].mask(persons[name].eq(0) & rows[name].gt(0), 1.0) for name in PERSON_COLUMNS})


def value_ends(contract: Contract, tables: Tables) -> dict[str, Ends]:
    """Return the lowest two and the highest two different values that each mean and sum over rows is made of, and how many there are.

    Where these are the same two, the sum tells how many people have each of them.

    Returns
    -------
    dict
        Metric id to `Ends`; without metrics whose values are all the same.
    """
    found: dict[str, Ends] = {}
    term = f"BETWEEN DATE '{contract.contract.starts}' AND DATE '{contract.contract.ends}'"
    for name, metric in contract.metrics.items():
        if contract.tables[metric.from_].kind == "rows" and KINDS[metric.kind].reads == "sums":
            of_term = f"coalesce(TRY_CAST(({metric.date})::VARCHAR AS DATE) {term}, true)" if metric.date else "true"
            rows = f"FROM {quoted(tables.relation(metric.from_))} WHERE {of_term}"
            values = f"SELECT DISTINCT {value_of(metric)} AS v {rows} AND {value_of(metric)} IS NOT NULL ORDER BY v"
            low, high = (tables.connection.execute(f"{values} {way} LIMIT {FEW_VALUES + 1}").fetchall() for way in ("ASC", "DESC"))
            if len(low) > 1:
                found[name] = (low[0][0], low[1][0], high[1][0], high[0][0], len(low))
    return found


def _repeated(contract: Contract, tables: Tables) -> dict[str, str]:
    """Return each table in which a person has several rows, with what names the person."""
    found = {}
    for name, table in contract.tables.items():
        word = "person" if table.person else "household" if table.household else None
        if table.kind == "rows" and word is not None:
            key = quoted(str(getattr(table, word)))
            count = f"SELECT count({key}) > count(DISTINCT {key}) FROM {quoted(tables.relation(name))}"
            if tables.connection.execute(count).fetchall()[0][0]:
                found[name] = word
    return found


def _conditions(contract: Contract, repeated: dict[str, str]) -> Iterator[tuple[str, str, Metric]]:
    """Yield metric id, column of `PERSON_COLUMNS`, and the number of different people who meet its condition, as a metric.

    Of how many a wait was over after so many days only the base is asked: the condition is no plain SQL where days are working days.
    """
    for name, meaning in counted(contract).items():
        table, _, date = meaning.source.partition("|")
        if table not in repeated:
            continue
        identity, (above, below) = MetricId.parse(name), meaning.conditions
        if identity.days is not None:
            above = None
        rest = f"({below}) AND NOT coalesce({above}, false)" if meaning.parts and above and below else None
        metric = None if identity.step else contract.metrics[identity.name]
        fixed: dict[str, object] = {"title": name, "kind": "count", "from": table, "date": date or None, "distinct": repeated[table]}
        if metric is not None:
            fixed |= {"window": metric.window, "dimensions": metric.dimensions}
        for column, condition in zip(PERSON_COLUMNS, (above, below, rest), strict=True):
            if condition is not None:
                yield name, column, Metric.model_validate({**fixed, "of": condition})
