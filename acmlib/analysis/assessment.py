"""Every verdict of a contract and period, reached once, on true numbers, before anything is hidden.

An edition leaves out what it may not show (`acmlib.release`); it reaches no verdict of its own. So two editions never disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields

import pandas as pd

from acmlib.analysis import overview
from acmlib.analysis.actions import judge, rebases
from acmlib.analysis.cohorts import agreed_before, cohort_changes
from acmlib.analysis.derived import derived_frames
from acmlib.analysis.judging import metric_verdicts, term_results
from acmlib.analysis.periodic import periodic_results
from acmlib.analysis.verdicts import MetricVerdict
from acmlib.analysis.views import View, view_of
from acmlib.contract.model import Contract
from acmlib.contract.periods import Period
from acmlib.contract.records import Records
from acmlib.measures.table import KEY_COLUMNS, PLAIN_TEXTS

__all__ = ["Assessment", "assess", "without_verdicts"]


@dataclass(frozen=True)
class Assessment:
    """What is known about a contract in one period, before any edition leaves anything out.

    Every frame has the columns `metric, period, dimension, group` where it is about cells, so that an edition can leave its rows out.
    """

    contract: Contract
    period: Period  #: The period reported on.
    date: dt.date  #: The data cut-off: last day of the period, or of the contract if that is earlier.
    view: View  #: ``rolling`` for the internal and the provider edition, ``years`` for the public one (`acmlib.analysis.views`).
    cells: pd.DataFrame  #: Metric table of everything that a page of this view may show.
    metrics: Mapping[str, MetricVerdict]  #: Metric id to `MetricVerdict`: every metric id that has totals, stages and times included.
    #: Every metric and dimension in its last window, against the contract's comparator (`acmlib.analysis.equity.disparities`).
    gaps: pd.DataFrame
    #: `gaps_to_target`, `earlier_gaps`, `term_gaps`: the same against the target; in the window before; over the whole contract (empty
    #: until it has ended).
    gaps_to_target: pd.DataFrame
    earlier_gaps: pd.DataFrame
    term_gaps: pd.DataFrame
    served: pd.DataFrame  #: Who is served beside each base (`acmlib.analysis.equity.disproportionality`, with `base`).
    by_comparator: pd.DataFrame  #: The gaps under every comparator (`acmlib.analysis.equity.comparators`).
    #: The gaps with their best and worst case over the people of unknown group (`acmlib.analysis.equity.unknown_bounds`).
    bounds: pd.DataFrame
    #: `stages`, `stage_gaps`: the pathway of everyone together, and where gaps between groups open along it, in each dimension.
    stages: pd.DataFrame
    stage_gaps: pd.DataFrame
    #: Gaps split into where people are served and how each place serves them, with `by` and `comparator_group`.
    decompositions: pd.DataFrame
    half_years: pd.DataFrame  #: Groups by half-years of the contract: rows of the metric table.
    action_outcomes: pd.DataFrame  #: Did agreed actions work (`acmlib.analysis.actions.judge`), for all actions of the contract.
    #: Groups in the first cohort of the contract and in the last (`acmlib.analysis.cohorts.cohort_changes`); empty in the view ``years``,
    #: whose windows are too few.
    cohorts: pd.DataFrame
    #: Every metric in each half-year or contract year, against the targets of that time (`acmlib.analysis.periodic.periodic_results`).
    periodic_results: pd.DataFrame
    term_results: pd.DataFrame  #: Every metric over the whole contract so far against its targets (`acmlib.analysis.judging.term_results`).


@pd.option_context(*PLAIN_TEXTS)
def assess(
    table: pd.DataFrame,
    contract: Contract,
    records: Records,
    populations: Mapping[str, pd.DataFrame],
    period: Period,
    *,
    view: View = "rolling",
) -> Assessment:
    """Reach every verdict of a contract and period.

    Parameters
    ----------
    table : DataFrame
        The whole metric table (`acmlib.measures.compute.metric_table`), true numbers.
    records : Records
        All records of the contract, whoever may read them: what is done changes charts for all readers alike.
    populations : mapping
        Dimension to its base population (group, people, margin_of_error).
    """
    date = min(period.end, contract.contract.ends)
    cells = view_of(table, contract, period, view)
    changes = {name: rebases(records.actions, name) for name in contract.metrics}
    metrics = metric_verdicts(table, cells, contract, date=date, rebases=changes, view=view)
    frames = overview.gap_frames(table, cells, contract, date=date, ended=period.end >= contract.contract.ends)
    charts = {name: one.points for name, one in metrics.items() if len(one.points) and one.points.index[0].count("-")}
    return Assessment(
        contract=contract,
        period=period,
        date=date,
        view=view,
        cells=cells,
        metrics=metrics,
        served=overview.served(cells, contract, populations),
        term_results=term_results(table, contract, date=date),
        action_outcomes=judge(
            records.actions,
            table,
            charts=charts,
            level=contract.statistics.level,
            ends=contract.contract.ends,
            kinds={name: metric.kind for name, metric in contract.metrics.items()},
        ),
        periodic_results=periodic_results(cells, contract, metrics, date=date),
        cohorts=cohort_changes(cells if view == "rolling" else cells.iloc[:0], frames["gaps"], contract, named=agreed_before(records)),
        **frames,
        **derived_frames(cells, contract, frames),
    )


def without_verdicts(table: pd.DataFrame, contract: Contract, period: Period, *, view: View = "rolling") -> Assessment:
    """Return the cells of a view and no verdict: what an edition shows is decided without them, and `acm check` tells no more."""
    nothing = pd.DataFrame(columns=list(KEY_COLUMNS))
    frames = {field.name: nothing for field in fields(Assessment) if field.type == "pd.DataFrame"}
    date = min(period.end, contract.contract.ends)
    return Assessment(contract=contract, period=period, date=date, view=view, metrics={},
                      **(frames | {"cells": view_of(table, contract, period, view)}))  # fmt: skip
