"""Small metric tables for the tests of this folder."""

import numpy as np
import pandas as pd

from acmlib.measures.intervals import wilson

COLUMNS = ["metric", "period", "dimension", "group", "numerator", "denominator", "value", "low", "high", "status"]


def proportions(groups, *, metric="placed_6m", period="term", dimension="race_ethnicity", status="shown"):
    """Cells of one family from ``{group: (successes, people)}``; a status per cell may replace "shown"."""
    x, n = (np.array([counts[i] for counts in groups.values()], dtype=float) for i in (0, 1))
    low, high = wilson(x, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = x / n
    frame = pd.DataFrame(
        {"metric": metric, "period": period, "dimension": dimension, "group": list(groups), "numerator": x, "denominator": n}
    )
    return frame.assign(value=value, low=low, high=high, status=status)[COLUMNS]


def served(groups, *, metric="served", period="term", dimension="race_ethnicity", status="shown"):
    """Count cells of one family from ``{group: people served}``."""
    x = np.array(list(groups.values()), dtype=float)
    frame = pd.DataFrame({"metric": metric, "period": period, "dimension": dimension, "group": list(groups), "numerator": x, "value": x})
    return frame.assign(denominator=np.nan, low=np.nan, high=np.nan, status=status)[COLUMNS]


def by_group(frame):
    """Index a family by group, for reading."""
    return frame.set_index("group")
