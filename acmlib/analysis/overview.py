"""What all reports of a contract say about its current state: one choice of periods, comparators and tests for all of them.

Dashboard, deep dives and end-of-contract report ask these functions, so that a gap that is clear in one is clear in all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from acmlib.analysis.equity import choices, disparities, disproportionality, every_comparison
from acmlib.analysis.equity.families import BASES
from acmlib.contract.ids import ALL, MetricId
from acmlib.contract.kinds import KINDS, main_id
from acmlib.contract.model import Contract
from acmlib.contract.targets import target_on
from acmlib.measures.table import grain


def directions(contract: Contract) -> dict[str, str]:
    """Return the direction of improvement of every metric id of a contract's metric table.

    Steps of the pathway and times of retention and duration metrics are included; for all of them, higher is better.

    Returns
    -------
    dict
        Metric id to ``higher``, ``lower`` or ``neither``.
    """
    found: dict[str, str] = {}
    for name, metric in contract.metrics.items():
        found[name] = metric.better
        # The more waits are over by a day, the better, if short ones are.
        at_times = {"lower": "higher", "higher": "lower"}.get(metric.better, metric.better) if metric.kind == "duration" else metric.better
        found |= {str(MetricId(name, days)): at_times for days in metric.marks}
    for number, stage in enumerate(contract.pathway.stages if contract.pathway else ()):
        found[str(MetricId(stage.stage, step="stage"))] = "higher" if number else "neither"
        found[str(MetricId(stage.stage, step="reached"))] = "higher"
    return found


def targets(contract: Contract, date: dt.date) -> dict[str, float]:
    """Return the targets in force on a day, by metric id; a metric without one is absent.

    Returns
    -------
    dict
        Metric id to target.
    """
    found = {main_id(contract, name): target_on(metric, date) for name, metric in contract.metrics.items()}
    return {name: value for name, value in found.items() if value == value}


def compared_metrics(contract: Contract) -> tuple[str, ...]:
    """Name the metric ids whose groups are compared in every report: all kinds but counts; retention at about half a year.

    Returns
    -------
    tuple of str
        In the contract's order, headline metrics first.
    """
    found = []
    for name, metric in sorted(contract.metrics.items(), key=lambda item: not item[1].headline):
        if KINDS[metric.kind].compared != "none":  # numbers of people are set beside a base (`served`), not beside each other
            found.append(main_id(contract, name))
    return tuple(found)


def latest_periods(cells: pd.DataFrame) -> dict[str, str]:
    """Name, for each metric, the last window in which its groups are shown, or its totals if it has no groups.

    Returns
    -------
    dict
        Metric id to period text: the last rolling window, else the last year, else the whole contract.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {"metric": "placed", "dimension": ["site", "site", "all"], "period": ["P12M/2025-06", "P12M/2026-06", "2026-06"]}
    ... )
    >>> latest_periods(cells)
    {'placed': 'P12M/2026-06'}
    """
    found: dict[str, str] = {}
    for metric, windows in _windows(cells).items():
        periods = windows.get("rolling") or windows.get("year") or windows.get("term")
        if periods:
            found[metric] = periods[0]
    return found


def _windows(cells: pd.DataFrame) -> dict[str, dict[str, list[str]]]:
    """Return, for each metric, the periods in which its groups are shown (its totals, if it has no groups), by grain and latest first."""
    rows = list(zip(cells["metric"].tolist(), cells["period"].tolist(), cells["dimension"].ne(ALL).tolist(), strict=True))
    split = {metric for metric, _, grouped in rows if grouped}
    pairs = dict.fromkeys((metric, period) for metric, period, grouped in rows if grouped or metric not in split)
    found: dict[str, dict[str, list[str]]] = {}
    for metric, period in sorted(pairs, key=lambda one: one[1], reverse=True):
        found.setdefault(metric, {}).setdefault(grain(period), []).append(period)
    for windows in found.values():
        if "rolling" in windows:  # half-years are drawn over time; verdicts are of the longest windows
            longest = max(map(_length, windows["rolling"]))
            windows["rolling"] = [one for one in windows["rolling"] if _length(one) == longest]
    return found


def _length(rolling: str) -> int:
    return int(rolling[1 : rolling.index("M")])


def earlier_periods(cells: pd.DataFrame) -> dict[str, str]:
    """Name, for each metric, the window before the last one: rolling or yearly; metrics without one are absent.

    Returns
    -------
    dict
        Metric id to period text.
    """
    found: dict[str, str] = {}
    for metric, windows in _windows(cells).items():
        periods = next((windows[grain] for grain in ("rolling", "year") if len(windows.get(grain, ())) > 1), None)
        if periods:
            found[metric] = periods[1]
    return found


def in_periods(cells: pd.DataFrame, periods: Mapping[str, str]) -> pd.DataFrame:
    """Keep the rows of each metric in its own period.

    Parameters
    ----------
    periods : mapping
        Metric id to period text.

    Returns
    -------
    DataFrame
        Fewer rows, in the order given.
    """
    wanted = [periods.get(metric) == period for metric, period in zip(cells["metric"].tolist(), cells["period"].tolist(), strict=True)]
    return cells[np.array(wanted, dtype=bool)]


def not_recorded(contract: Contract) -> dict[str, tuple[str, ...]]:
    """Return, for each dimension, the groups of people whose group is not known."""
    return {name: dimension.not_recorded for name, dimension in contract.dimensions.items()}


def gaps(
    cells: pd.DataFrame, contract: Contract, *, date: dt.date, periods: Mapping[str, str] | None = None, comparator: str | None = None
) -> pd.DataFrame:
    """Compare the groups of every dimension, for all metrics of `compared_metrics`, as one set of tests.

    Pairs of dimensions and groups *alone or in combination* are left out: they would test the same people twice.

    Parameters
    ----------
    contract : Contract
        Its `statistics` apply.
    date : date
        Day whose targets are in force.
    periods : mapping, optional
        Metric id to period; the latest ones if absent.
    comparator : str, optional
        Instead of the contract's.

    Returns
    -------
    DataFrame
        From `acmlib.analysis.equity.disparities`.
    """
    rows, settings = _compared(in_periods(cells, latest_periods(cells) if periods is None else periods), contract, date)
    return disparities(rows, comparator=comparator or contract.statistics.comparator, **settings)


def gap_frames(table: pd.DataFrame, cells: pd.DataFrame, contract: Contract, *, date: dt.date, ended: bool) -> dict[str, pd.DataFrame]:
    """Return all gaps of a view: in each metric's last window, the one before, the whole contract; and under every comparator.

    The family of tests of a window is every gap between groups in it, whichever of them a view shows: so a gap has one verdict everywhere.

    Parameters
    ----------
    cells : DataFrame
        The cells of a view (`acmlib.analysis.views.view_of`), which say what is each metric's last window.
    date : date
        Day whose targets are in force.
    ended : bool
        The contract has ended: the whole of it is compared too.

    Returns
    -------
    dict of DataFrame
        `gaps, gaps_to_target, earlier_gaps, term_gaps, by_comparator`, fields of `acmlib.analysis.assessment.Assessment`.
    """
    last, before = latest_periods(cells), earlier_periods(cells)
    wanted = {*last.values(), *before.values(), *(["term"] if ended else [])}
    rows, settings = _compared(table[table["period"].isin(wanted)], contract, date)
    agreed = contract.statistics.comparator
    every = every_comparison(rows, (agreed, *BASES), **settings)
    current = {base: in_periods(gaps, last) for base, gaps in every.items()}
    return {
        "gaps": current[agreed].reset_index(drop=True),
        "earlier_gaps": in_periods(every[agreed], before).reset_index(drop=True),
        "term_gaps": every[agreed][every[agreed]["period"].eq("term") & ended].reset_index(drop=True),
        "gaps_to_target": current["target"].reset_index(drop=True),
        "by_comparator": choices({base: current[base] for base in BASES}, better=settings["better"]),
    }


def _compared(rows: pd.DataFrame, contract: Contract, date: dt.date) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows whose groups are compared, and the contract's settings for it."""
    # Reasons are counted, not compared.
    dimensions = [name for name, dimension in contract.dimensions.items() if dimension.kind != "reason"]
    rows = rows[rows["metric"].isin(compared_metrics(contract)) & rows["dimension"].isin(dimensions)]
    agreed = contract.statistics
    settings = {
        "targets": targets(contract, date),
        "better": directions(contract),
        "kinds": {name: metric.kind for name, metric in contract.metrics.items()},
        "level": agreed.level,
        "minimum_n": agreed.minimum_n,
        "materiality": agreed.materiality,
        "power": agreed.power,
        "not_recorded": not_recorded(contract),
    }
    return rows.reset_index(drop=True), settings


def served(
    cells: pd.DataFrame, contract: Contract, populations: Mapping[str, pd.DataFrame], *, periods: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Compare who is served with the base, for every representation and dimension that the contract names.

    Parameters
    ----------
    populations : mapping
        Dimension to group, people and margin of error.
    periods : mapping, optional
        Metric id to period; the latest ones if absent.

    Returns
    -------
    DataFrame
        From `acmlib.analysis.equity.disproportionality`, with `base` (``population`` or a metric id); empty if the contract names none.
    """
    current = in_periods(cells, latest_periods(cells) if periods is None else periods)
    parts = []
    for one in contract.representation:
        for dimension in one.dimensions:
            rows = current[current["metric"].eq(one.served) & current["dimension"].isin([dimension, "all"])]
            base = _base(current, one.base, dimension, populations)
            if base is None or not rows["dimension"].eq(dimension).any():
                continue
            found = disproportionality(
                rows.reset_index(drop=True),
                base,
                level=contract.statistics.level,
                minimum_n=contract.statistics.minimum_n,
                not_recorded=not_recorded(contract),
            )
            parts.append(found[found["dimension"].eq(dimension)].assign(base=one.base))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _base(current: pd.DataFrame, base: str, dimension: str, populations: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """Return the people of a base by group: a population, or those counted by another metric."""
    if base == "population":
        return populations.get(dimension)
    rows = current[current["metric"].eq(base) & current["dimension"].eq(dimension) & current["numerator"].notna()]
    return rows[["group", "numerator"]].rename(columns={"numerator": "people"}).reset_index(drop=True) if len(rows) else None
