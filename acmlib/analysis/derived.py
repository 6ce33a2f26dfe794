"""What follows from the cells and gaps of a view: the pathway by group, bounds, decompositions, half-years."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from acmlib.analysis import overview
from acmlib.analysis.equity import decompose, unknown_bounds
from acmlib.analysis.pathway import is_on_pathway, latest_steps, stages, where_gap_opens
from acmlib.analysis.views import half_years
from acmlib.contract.ids import DimensionId, MetricId, pair, stage_ids
from acmlib.contract.kinds import KINDS
from acmlib.contract.model import Contract
from acmlib.measures.table import ALL


def derived_frames(cells: pd.DataFrame, contract: Contract, gaps: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the fields of an `acmlib.analysis.assessment.Assessment` that follow from its cells and gaps.

    Parameters
    ----------
    gaps : mapping
        From `acmlib.analysis.overview.gap_frames`.

    Returns
    -------
    dict of DataFrame
        `bounds, stages, stage_gaps, decompositions, half_years`.
    """
    unknown = overview.not_recorded(contract)
    now = gaps["gaps"]
    totals, by_group = _pathway(cells, contract, now)
    return {
        "bounds": unknown_bounds(now.assign(**_of_shares(now, contract)), not_recorded=unknown),
        "stages": totals,
        "stage_gaps": by_group,
        "decompositions": _decompositions(cells, now, contract),
        "half_years": cells[cells["period"].isin(half_years(contract)) & cells["dimension"].ne(ALL)].reset_index(drop=True),
    }


def _of_shares(gaps: pd.DataFrame, contract: Contract) -> dict[str, pd.Series]:
    """Return the numerators of shares; the sum of a mean is no number of people, though it may be smaller than theirs."""
    shares = gaps["metric"].map(lambda text: contract.metrics[MetricId.parse(text).name].kind).map(lambda kind: KINDS[kind].is_share)
    return {column: gaps[column].where(shares.astype(bool)) for column in ("numerator", "comparator_numerator")}


def _pathway(cells: pd.DataFrame, contract: Contract, now: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the stages of everyone together, and where gaps between groups open: against the comparator of a clear gap, else the best."""
    way, columns = contract.pathway, ["metric", "period", "dimension", "group"]
    if way is None:
        return pd.DataFrame(columns=columns), pd.DataFrame(columns=columns)
    current = latest_steps(cells)
    totals = stages(current[current["dimension"].eq(ALL)], way)
    opened = where_gap_opens(
        current[current["dimension"].isin(list(contract.dimensions))],
        way,
        comparators=_comparators(now, contract),
        minimum_n=contract.statistics.minimum_n,
        not_recorded=overview.not_recorded(contract),
    )
    opened = opened[opened["final_gap"].notna() & opened["group"].ne(opened["comparator"])]
    theirs = opened[["period", "dimension", "stage", "comparator"]].rename(columns={"comparator": "group"})
    ids = current["metric"].map(MetricId.parse)  # a metric may have the name of a stage
    other = current.assign(stage=ids.map(lambda one: one.name).astype("str"))[ids.map(lambda one: one.step == "stage").astype(bool)]
    both = theirs.merge(other, on=["period", "dimension", "stage", "group"], how="left")
    opened = opened.assign(
        stages=opened["stage"].map(lambda stage: (stage,)),
        comparator_reached=both["numerator"].to_numpy(),
        comparator_of=both["denominator"].to_numpy(),
    )
    named = [frame.assign(metric=stage_ids(frame["stage"])).reset_index(drop=True) for frame in (totals, opened)]
    return named[0], named[1]


def _comparators(now: pd.DataFrame, contract: Contract) -> dict[str, str]:
    """Return the group that a clear gap is told against, for each dimension with one that the pathway explains: the main metric's first."""
    found: dict[str, str] = {}
    told = [name for name in contract.metrics if is_on_pathway(name, contract)]
    for name in sorted(told, key=lambda one: (not contract.metrics[one].main, not contract.metrics[one].headline)):
        rows = now[now["metric"].eq(name) & now["basis"].isin(["best", "group"]) & now["verdict"].eq("clear")]
        found = dict(zip(rows["dimension"], rows["comparator"], strict=True)) | found
    return found


def _decompositions(cells: pd.DataFrame, now: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Split the gap of every group compared with another one, by each dimension that the contract pairs with its own."""
    parts = []
    told = now[now["verdict"].isin(["clear", "possible"]) & now["basis"].isin(["best", "group"])]
    for one, two in contract.pairs:
        for mine, by in ((one, two), (two, one)):
            crossed = cells[cells["dimension"].isin([pair(mine, by), pair(by, mine)])]
            for row in told[told["dimension"].eq(mine)].to_dict("records"):
                own = crossed[crossed["metric"].eq(row["metric"]) & crossed["period"].eq(row["period"])]
                if _both(own, str(row["group"]), str(row["comparator"])):
                    found = decompose(own, str(row["group"]), str(row["comparator"]), by=by)
                    key = {name: row[name] for name in ("metric", "period", "dimension", "group")}
                    parts.append(found.assign(**key, comparator_group=row["comparator"], by=by))
    columns = ["metric", "period", "dimension", "group", "comparator_group", "by"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _both(own: pd.DataFrame, group: str, comparator: str) -> bool:
    """Tell whether a pair of dimensions has cells of both groups, none of them with an open window."""
    names = pd.Series(
        [set(DimensionId.parse(one).groups(str(group))) for one, group in zip(own["dimension"], own["group"], strict=True)], own.index
    )
    rows = [names.map(lambda found, who=who: who in found) for who in (group, comparator)] if len(own) else []
    return bool(rows) and all(one.any() for one in rows) and not own.loc[rows[0] | rows[1], "status"].eq("immature").any()
