"""Percentages of few people are listed without the percentage: not secret, but not worth a number."""

from __future__ import annotations

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract
from acmlib.measures.reliability import proportion_status

#: Months of a control chart are judged by its limits, not one by one.
CHARTED = r"\d{4}-\d{2}|\d{4}Q[1-4]"


def mark_unreliable(cells: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Empty value and limits of proportions that rest on too few people; their status becomes ``unreliable``.

    Numerator and denominator stay: what is withheld is the false precision, not the count.

    Parameters
    ----------
    cells : DataFrame
        Metric table.
    contract : Contract
        ``statistics.minimum_n`` applies, and the NCHS rules on the width of intervals.

    Returns
    -------
    DataFrame
        Metric table.
    """
    kinds = {name: metric.kind for name, metric in contract.metrics.items()}
    kind = cells["metric"].map(kinds).fillna("proportion")
    total_months = cells["dimension"].eq("all") & cells["period"].str.fullmatch(CHARTED)
    judged = cells["status"].eq("shown") & kind.eq("proportion") & cells["denominator"].notna() & ~total_months
    marked = cells.copy()
    rows = cells[judged]
    status = proportion_status(rows["numerator"], rows["denominator"], minimum_n=contract.statistics.minimum_n)
    unreliable = rows.index[np.asarray(status) == "unreliable"]
    marked.loc[unreliable, ["value", "low", "high"]] = np.nan
    marked.loc[unreliable, "status"] = "unreliable"
    return marked
