"""The way through the programme, stage by stage: how many get through, how long they wait, and where groups part.

Each stage has an owner. A gap at the end is the sum of what opened at each stage, so the meeting knows whose stage to talk about.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from acmlib.analysis.stage_gaps import shapley_of_product, where_gap_opens
from acmlib.contract.ids import MetricId
from acmlib.contract.model import Pathway
from acmlib.measures.survival import count_durations, kaplan_meier_counts, median_time, percentile_time
from acmlib.measures.table import ALL_PARTICIPANTS, NO_DATA, SHOWN, UNRELIABLE

__all__ = ["shapley_of_product", "stage_times", "stages", "where_gap_opens"]

#: The slow end of a wait: by then nine in ten have moved on.
SLOW = 0.9
_FAMILY = ["period", "dimension"]


def stages(cells: pd.DataFrame, pathway: Pathway, *, times: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return each stage of the pathway for each group: how many reached it, of how many, and how long it took.

    Parameters
    ----------
    cells : DataFrame
        Rows of the metric table; only its ``stage:`` and ``reached:`` metrics are used.
    pathway : Pathway
        Order, titles and owners of the stages.
    times : DataFrame, optional
        From `stage_times`, for the same period, with its column `dimension` if there are several.

    Returns
    -------
    DataFrame
        `period, dimension, group, stage, position, owner, reached, of, conversion, low, high, of_all, not_reached, median, p90, open,
        status`, in the order of the pathway. `conversion` is the share of those who reached the stage before, `of_all` of those who entered
        the first (NaN for the first stage itself). `not_reached` have not (yet) come from the stage before; `open` of them may still.
        Days are NaN without `times`, or where too few have moved on to know. A stage absent from `cells` has status ``no data``.

    Examples
    --------
    >>> way = Pathway(
    ...     stages=[
    ...         {"stage": "referred", "owner": "agency", "reached": "true"},
    ...         {"stage": "enrolled", "owner": "provider", "reached": "true"},
    ...     ]
    ... )
    >>> cells = pd.DataFrame(
    ...     {
    ...         "metric": ["stage:referred", "stage:enrolled"],
    ...         "period": "term",
    ...         "dimension": "all",
    ...         "group": "All participants",
    ...         "numerator": [40.0, 10],
    ...         "denominator": [np.nan, 40],
    ...         "value": [40, 0.25],
    ...         "low": np.nan,
    ...         "high": np.nan,
    ...         "status": "shown",
    ...     }
    ... )
    >>> stages(cells, way)[["stage", "owner", "reached", "conversion", "not_reached"]].values.tolist()
    [['referred', 'agency', 40.0, nan, nan], ['enrolled', 'provider', 10.0, 0.25, 30.0]]
    """
    names = [one.stage for one in pathway.stages]
    ids = cells["metric"].map(MetricId.parse)
    named = cells.assign(stage=ids.map(lambda one: one.name).astype("str"))
    own = named[ids.map(lambda one: one.step == "stage" and one.name in names).astype(bool)]
    families = own[[*_FAMILY, "group"]].drop_duplicates()
    order = pd.DataFrame({"stage": names, "position": range(len(names)), "owner": [one.owner for one in pathway.stages]})
    keys = [*_FAMILY, "group", "stage"]
    table = families.merge(order, how="cross").merge(own.drop(columns="metric"), how="left", on=keys)
    whole = named[ids.map(lambda one: one.step == "reached").astype(bool)]
    table = table.merge(whole[[*keys, "value"]].rename(columns={"value": "of_all"}), how="left", on=keys)
    table = table.rename(columns={"numerator": "reached", "denominator": "of", "value": "conversion"})
    # The first stage is a count: nobody converted into it.
    table.loc[table["position"] == 0, ["of", "conversion", "low", "high"]] = np.nan
    table["status"] = table["status"].fillna(NO_DATA)
    table["not_reached"] = table["of"] - table["reached"]
    waits = ["median", "p90", "open"]
    if times is None:
        table[waits] = np.nan
    else:
        on = [name for name in (*_FAMILY, "group", "stage") if name in times]
        table = table.merge(times[[*on, *waits]], how="left", on=on)
    numbers = ["reached", "of", "conversion", "low", "high", "of_all", "not_reached", "median", "p90", "open"]
    # A hidden stage keeps its secret in every column.
    table.loc[~table["status"].isin([SHOWN, UNRELIABLE]), numbers] = np.nan
    return table[[*_FAMILY, "group", "stage", "position", "owner", *numbers, "status"]]


def stage_times(dates: pd.DataFrame, *, as_of: dt.date, groups: Any = None, until: Any = None) -> pd.DataFrame:
    """Return how long people take from each stage to the next; who has not moved on yet counts as waiting, not as absent.

    Parameters
    ----------
    dates : DataFrame
        A row a participant, a column a stage in the order of the pathway, the day it was reached (NaT: not reached).
    as_of : datetime.date
        Last day of the data. Later dates are not known yet.
    groups : column of texts, optional
        Group of each participant; everyone together without.
    until : column of dates, optional
        The day a participant left for good: from then on nobody waits for them.

    Returns
    -------
    DataFrame
        `group, stage, started, reached, open, median, p90, out_of_order, undated`, a row a group and stage but the first. Days from the
        stage before, by Kaplan-Meier with open cases censored; NaN where too few moved on to know. Who reached a stage on a day before
        the one before it (`out_of_order`), or has no date for one of the two stages and is past both (`undated`), is counted there and
        in no other column.

    Raises
    ------
    ValueError
        If there are fewer than two stages, or a column holds no dates.

    Examples
    --------
    >>> dates = pd.DataFrame({"referred": ["2026-01-01"] * 4, "enrolled": ["2026-01-11", "2026-01-21", "2026-01-31", None]})
    >>> stage_times(dates, as_of=dt.date(2026, 3, 1))[["stage", "started", "reached", "open", "median"]].values.tolist()
    [['enrolled', 4, 3, 1, 25.0]]
    """
    if dates.shape[1] < 2:
        raise ValueError(f"stage_times: dates has {dates.shape[1]} columns; use two stages or more")
    last = pd.Timestamp(as_of)
    days = dates.apply(lambda column: _days(column, str(column.name)))
    days = days.where(days <= last)
    group = pd.Series(ALL_PARTICIPANTS if groups is None else np.asarray(groups), index=dates.index, name="group")
    end = (
        pd.Series(last, index=dates.index)
        if until is None
        else _days(pd.Series(np.asarray(until), index=dates.index), "until").fillna(last)
    )
    end = end.where(end <= last, last)
    parts = [
        _waits(days.iloc[:, at - 1], days.iloc[:, at], end, group, ahead=days.iloc[:, at:].notna().any(axis=1))
        for at in range(1, days.shape[1])
    ]
    table = pd.concat(parts, keys=[str(name) for name in days.columns[1:]], names=["stage"]).reset_index()
    columns = ["group", "stage", "started", "reached", "open", "median", "p90", "out_of_order", "undated"]
    return table[columns].sort_values("group", kind="stable", ignore_index=True)


def _days(column: pd.Series, name: str) -> pd.Series:
    try:
        return pd.to_datetime(column)
    except (TypeError, ValueError) as error:
        raise ValueError(f"stage_times: {name} holds something that is no date ({error}); use dates, NaT where there is none") from error


def _waits(start: pd.Series, reached: pd.Series, end: pd.Series, group: pd.Series, *, ahead: pd.Series) -> pd.DataFrame:
    """Return the waits of one stage by group; `ahead` have reached this stage or a later one."""
    wrong = (reached < start).fillna(False)
    undated = (start.isna() & reached.notna()) | (reached.isna() & ahead & start.notna())
    used = start.notna() & ~wrong & ~undated
    moved = used & reached.notna()
    wait = (reached.where(moved, end) - start).dt.days.where(used).clip(lower=0)
    counted = pd.DataFrame(
        {"started": used, "reached": moved, "open": used & ~moved & (end == end.max()), "out_of_order": wrong, "undated": undated}
    )
    table = counted.groupby(group).sum()
    curve = kaplan_meier_counts(
        count_durations(wait[used], moved[used], groups=group[used]).rename(columns={"groups": "group"}), by="group"
    )
    middle = median_time(curve, by="group").set_index("group")["median"]
    return table.assign(
        median=middle.reindex(table.index), p90=percentile_time(curve, SLOW, by="group").set_index("group")["value"].reindex(table.index)
    )
