"""A report's numbers as tidy pandas frames: one row a number, columns that are always these. For the analyst's own tables and figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from acmlib.contract.errors import choose
from acmlib.contract.kinds import main_id
from acmlib.contract.periods import parse_period
from acmlib.intake import open_tables
from acmlib.measures.table import METRIC_COLUMNS

if TYPE_CHECKING:
    from acmlib.display.report import Report

#: Columns of `over_time` without groups, and with them.
OVER_TIME = (
    "metric", "period", "start", "value", "numerator", "denominator", "status", "target", "mean", "lower", "upper", "signal", "open",
    "unfinished", "run",
)  # fmt: skip
OVER_TIME_BY_GROUP = (
    "metric",
    "period",
    "start",
    "dimension",
    "group",
    "value",
    "low",
    "high",
    "numerator",
    "denominator",
    "status",
    "run",
)
#: Columns of `by_group`.
BY_GROUP = (
    *METRIC_COLUMNS, "comparator", "comparator_value", "outcome_gap", "gap_low", "gap_high", "outcome_ratio", "p_adjusted", "verdict",
)  # fmt: skip


def over_time(report: Report, metric: str, by: str | None = None) -> pd.DataFrame:
    """Return a metric over time: everyone together by month, or the groups of a dimension by half-year of the contract.

    Returns
    -------
    DataFrame
        Without `by` a row a month (quarter, year where nothing finer is shown) with `OVER_TIME`: `start` is its first day, `target` the one
        in force, `mean, lower, upper` the chart's centre line and limits, `signal` what the chart's rules mark, `open` fewer than 5
        people. With `by` a row a group and half-year with `OVER_TIME_BY_GROUP`. What the edition does not show is NaN, with its status.
        `run` numbers what follows one another without a missing value: seaborn draws a line over missing months, unless it is told
        ``units="run", estimator=None``.
    """
    name = _known_metric(report, metric)
    if by is None:
        points = report.verdict(metric).points
        if points.empty:
            return pd.DataFrame(columns=list(OVER_TIME))
        frame = _with_start(points.reset_index(names="period").assign(metric=name), report)
        return frame.assign(run=frame["value"].isna().cumsum())[list(OVER_TIME)]
    _known_dimension(report, by)
    rows = report.assessment.half_years
    rows = rows[rows["metric"].eq(name) & rows["dimension"].eq(by)]
    frame = _with_start(rows.reset_index(drop=True), report).sort_values(["start", "group"], ignore_index=True)
    return frame.assign(run=frame["value"].isna().groupby(frame["group"]).cumsum())[list(OVER_TIME_BY_GROUP)]


def by_group(report: Report, metric: str, dimension: str) -> pd.DataFrame:
    """Return a metric by the groups of a dimension in its last window, each beside its comparator, with the verdict on the gap.

    Returns
    -------
    DataFrame
        A row a group, in the order of pages, with `BY_GROUP`: fractions are 0 to 1, waits are days. A metric whose groups are not compared
        (a number of people) has NaN from `comparator` on and the verdict ``not judged``.
    """
    name = _known_metric(report, metric)
    _known_dimension(report, dimension)
    gaps = report.gaps[report.gaps["metric"].eq(name) & report.gaps["dimension"].eq(dimension)]
    if len(gaps):
        return gaps.reset_index(drop=True)[list(BY_GROUP)]
    cells = report.cells
    rows = cells[cells["metric"].eq(name) & cells["dimension"].eq(dimension) & cells["period"].eq(report.verdict(metric).period)]
    return report.in_order(rows.reset_index(drop=True)).reindex(columns=list(BY_GROUP)).assign(verdict="not judged")


def rows_of(report: Report, table: str, root: Path) -> pd.DataFrame:
    """Return the rows that the provider sent, as the contract reads them: for the working paper only.

    Returns
    -------
    DataFrame
        Our columns, and ``dim_<dimension>`` with each row's group. These are people: such a frame stands on no page.

    Raises
    ------
    ValueError
        In every other edition, and if the contract has no such table.
    """
    edition, contract = report.release.edition, report.contract
    if edition != "internal":
        raise ValueError(
            f"rows('{table}'): this report is of the {edition} edition, whose readers do not see rows; open it with 'internal'"
        )
    if table not in contract.tables:
        raise ValueError(f"rows('{table}'): there is no such table; {choose(table, list(contract.tables))}")
    with open_tables(contract, root=root, period=report.release.period) as tables:
        relation = tables.relation(table).replace('"', '""')
        found: pd.DataFrame = tables.connection.sql(f'SELECT * FROM "{relation}"').df()
    return found


def _known_metric(report: Report, metric: str) -> str:
    metrics = report.contract.metrics
    if metric in metrics:
        return main_id(report.contract, metric)
    if metric in report.assessment.metrics:
        return metric
    raise ValueError(f"metric '{metric}': {choose(metric, list(metrics))}")


def _known_dimension(report: Report, dimension: str) -> None:
    if dimension not in report.contract.dimensions:
        raise ValueError(f"dimension '{dimension}': {choose(dimension, list(report.contract.dimensions))}")


def _with_start(frame: pd.DataFrame, report: Report) -> pd.DataFrame:
    first = report.contract.contract.starts
    starts = [parse_period(str(period), starts=first).start for period in frame["period"]]
    return frame.assign(start=pd.to_datetime(pd.Series(starts, index=frame.index, dtype=object)))
