"""What the public table offers: totals by quarter, everybody and groups by contract year, and the whole term once it has ended.

Small by design: nothing is crossed, nothing overlaps, nothing stands there "alone or in combination", and nothing grows from one release
to the next.
"""

from __future__ import annotations

import pandas as pd

from acmlib.analysis.views import contract_years, for_the_parties
from acmlib.contract.ids import DimensionId, MetricId
from acmlib.contract.kinds import main_id
from acmlib.contract.model import Contract
from acmlib.contract.periods import Period
from acmlib.measures.table import ALL, IMMATURE, IN_ERROR, SUPPRESSED_BY_SENDER, grain_of

#: Share of cells that are small by themselves above which no finer split is offered: quarters of a metric, groups of a dimension.
TOO_FINE = 0.2


def offered(table: pd.DataFrame, contract: Contract, period: Period) -> pd.DataFrame:
    """Keep the cells that a public table may offer, all of them complete and fully known.

    Of groups these are each metric at its main time, and each step of the pathway from the one before.
    """
    grain, total = grain_of(table["period"]), table["dimension"].eq(ALL)
    waiting = set(table.loc[table["status"].eq(IMMATURE) & total, "metric"])
    complete = grain.eq("term") & ~table["metric"].isin(waiting) & (period.end >= contract.contract.ends)
    # Calendar years are the periods of yearly counts only, which are over and do not overlap.
    window = table["period"].isin(contract_years(contract)) | grain.eq("year") | complete
    dimensions = [one for one in table["dimension"].unique() if not DimensionId.parse(one).crossed and not DimensionId.parse(one).combined]
    main = {main_id(contract, name) for name in contract.metrics}
    metrics = [one for one in table["metric"].unique() if one in main or MetricId.parse(one).step == "stage"]
    grouped = table["dimension"].isin(dimensions) & table["metric"].isin(metrics)
    keep = ~table["status"].isin([IMMATURE, IN_ERROR]) & (((total | grouped) & window) | (total & grain.eq("quarter")))
    return table[keep & ~table["metric"].isin(for_the_parties(contract))].reset_index(drop=True)


def fine_enough(cells: pd.DataFrame, hidden: pd.Series, shown_before: set[tuple[str, str]]) -> pd.Series:
    """Say which cells stay where quarters, or the groups of a dimension, are too small too often to be offered.

    Parameters
    ----------
    hidden : Series of bool
        What the rule hides by itself.
    shown_before : set of (metric, dimension)
        Splits that readers have seen, by quarter the dimension ``all``: they stay.

    Examples
    --------
    >>> cells = pd.DataFrame({"metric": "placed", "period": ["2026Q1", "2026Q2", "P12M/2026-06"], "dimension": "all", "status": "shown"})
    >>> fine_enough(cells.assign(numerator=9.0, denominator=20.0), pd.Series([True, False, False]), set()).tolist()
    [False, False, True]
    """
    quarter, group = grain_of(cells["period"]).eq("quarter"), cells["dimension"].ne(ALL)
    withheld = cells["status"].eq(SUPPRESSED_BY_SENDER)
    counted = cells["denominator"].fillna(cells["numerator"]).gt(0) | withheld
    keys = pd.Series(list(zip(cells["metric"], cells["dimension"], strict=True)), index=cells.index)
    left = pd.Series(False, index=cells.index)
    for split in (quarter, group):
        small = (hidden | withheld)[split & counted].groupby(keys[split & counted]).mean()
        left |= split & keys.isin(set(small[small.gt(TOO_FINE)].index) - shown_before)
    return ~left
