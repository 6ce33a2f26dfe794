"""The way through the programme, stage by stage: how many get through, and where groups part.

Each stage has an owner. A gap at the end is the sum of what opened at each stage, so the meeting knows whose stage to talk about.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.analysis.overview import latest_periods
from acmlib.analysis.stage_gaps import shapley_of_product, where_gap_opens
from acmlib.contract.ids import MetricId, Step
from acmlib.contract.model import Contract, Pathway
from acmlib.contract.periods import parse_period
from acmlib.measures.table import NO_DATA, SHOWN, UNRELIABLE

__all__ = ["is_on_pathway", "latest_steps", "shapley_of_product", "stages", "where_gap_opens"]

_CELL = ("period", "dimension", "group", "metric")


def is_on_pathway(metric: str, contract: Contract) -> bool:
    """Return whether the whole pathway can say where a gap of this metric opens: a share of its people, and not one of its first steps."""
    definition, way = contract.metrics.get(metric), contract.pathway
    if definition is None or way is None or metric.partition("_")[0] in {one.stage for one in way.stages[:-1]}:
        return False
    return definition.kind == "proportion" and definition.from_ == way.from_


def latest_steps(cells: pd.DataFrame) -> pd.DataFrame:
    """Keep the stages of the pathway in one period: the last one that is known of all of them.

    Who was referred is known at once, who went on only when the window is over. Steps of two periods make no pathway.

    Returns
    -------
    DataFrame
        Its ``stage:`` and ``reached:`` rows of that period, in the order given.

    Examples
    --------
    >>> metrics = ["stage:referred", "stage:referred", "stage:enrolled"]
    >>> cells = pd.DataFrame({"metric": metrics, "period": ["P12M/2025-06", "P12M/2026-06", "P12M/2025-06"], "dimension": "all"})
    >>> latest_steps(cells)[["metric", "period"]].values.tolist()
    [['stage:referred', 'P12M/2025-06'], ['stage:enrolled', 'P12M/2025-06']]
    """
    latest = latest_periods(cells)
    steps = {metric: period for metric, period in latest.items() if MetricId.parse(metric).step}
    dated = [period for period in steps.values() if period != "term"]
    period = min(dated, key=lambda one: parse_period(one).end) if dated else "term"
    return cells[cells["metric"].isin(list(steps)) & cells["period"].eq(period)]


def stages(cells: pd.DataFrame, pathway: Pathway) -> pd.DataFrame:
    """Return each stage of the pathway for each group: how many reached it, of how many.

    Parameters
    ----------
    cells : DataFrame
        Rows of the metric table; only its ``stage:`` and ``reached:`` metrics are used.
    pathway : Pathway
        Order, titles and owners of the stages.

    Returns
    -------
    DataFrame
        `period, dimension, group, stage, position, owner, reached, of, conversion, low, high, of_all, not_reached, status`, in the order of
        the pathway. `conversion` is the share of those who reached the stage before, `of_all` of those who entered the first (NaN for the
        first stage itself). `not_reached` have not (yet) come from the stage before. A stage absent from `cells` has status ``no data``.

    Examples
    --------
    >>> way = Pathway(
    ...     stages=[
    ...         {"stage": "referred", "owner": "agency", "reached": "true"},
    ...         {"stage": "enrolled", "owner": "provider", "reached": "true"},
    ...     ]
    ... )
    >>> cells = pd.DataFrame(
    ...     {"metric": ["stage:referred", "stage:enrolled"], "period": "term", "dimension": "all", "group": "All participants"}
    ... )
    >>> cells = cells.assign(numerator=[40.0, 10], denominator=[np.nan, 40], value=[40, 0.25], low=np.nan, high=np.nan, status="shown")
    >>> stages(cells, way)[["stage", "owner", "reached", "conversion", "not_reached"]].values.tolist()
    [['referred', 'agency', 40.0, nan, nan], ['enrolled', 'provider', 10.0, 0.25, 30.0]]
    """
    at = {key: row for row, key in enumerate(zip(*(cells[name].tolist() for name in _CELL), strict=True))}
    kinds: tuple[Step, Step] = ("stage", "reached")
    steps, whole = ([str(MetricId(one.stage, step=step)) for one in pathway.stages] for step in kinds)
    families = {key[:-1]: row for key, row in reversed(at.items()) if key[-1] in steps}  # the first row of each
    families = dict(sorted(families.items(), key=lambda one: one[1]))
    # A stage that is absent has the row -1, after all others.
    own, of_all = (
        np.array([at.get((*one, metric), -1) for one in families for metric in names], dtype=np.int64) for names in (steps, whole)
    )
    status = pd.Series(cells["status"].array.take(own, allow_fill=True)).fillna(NO_DATA)
    shown = status.isin([SHOWN, UNRELIABLE]).to_numpy()  # a hidden stage keeps its secret in every column
    converted = shown & (np.arange(len(own)) % len(steps) > 0)  # the first stage is a count: nobody converted into it

    def number(name: str, rows: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.where(known, np.append(cells[name].to_numpy(dtype=np.float64), np.nan)[rows], np.nan)

    reached, of = number("numerator", own, shown), number("denominator", own, converted)
    first = np.repeat(np.array([*families.values()], dtype=np.int64), len(steps))
    return pd.DataFrame({
        **{name: cells[name].array.take(first) for name in _CELL[:-1]},
        "stage": pd.array([one.stage for one in pathway.stages] * len(families), dtype="str"),
        "position": np.tile(np.arange(len(steps)), len(families)),
        "owner": pd.array([one.owner for one in pathway.stages] * len(families), dtype="str"),
        "reached": reached, "of": of, "conversion": number("value", own, converted),
        "low": number("low", own, converted), "high": number("high", own, converted),
        "of_all": number("value", of_all, shown), "not_reached": of - reached, "status": status,
    })  # fmt: skip
