"""Public results of the other contracts of a programme beside a contract's own, as an edition's readers may see them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract, Edition
from acmlib.contract.records import Peer
from acmlib.measures.intervals import poisson_interval, wilson
from acmlib.measures.table import ALL

#: Columns of a peer, as a page shows it.
BESIDE = [
    *("number", "title", "contact", "changed", "metric", "period", "value", "low", "high"),
    *("adjusted_by", "would", "ratio", "ratio_low", "ratio_high"),
]


def beside(peers: Sequence[Peer], contract: Contract, edition: Edition) -> pd.DataFrame:
    """Return the peers of a contract as an edition shows them: shares with intervals, rounded to whole percent, and no counts.

    Parameters
    ----------
    peers : sequence of Peer
        Of params/<id>/peers.csv.
    edition : str
        Titles of other contracts stand in the internal edition, and in the provider edition where they agreed to be named.

    Returns
    -------
    DataFrame
        Columns `BESIDE`, by `number`: a contract's place in its programme, drawn at random once. `low` and `high` are Wilson's. `would` is
        the share that this contract's rates by `adjusted_by` would give with the other's mix of people (indirect standardisation), `ratio`
        how many times as many it has, with Byar's limits; NaN where public figures do not allow it.
    """
    rows = []
    for one in sorted(peers, key=lambda one: one.number):
        low, high = wilson(one.numerator, one.denominator, contract.statistics.level)
        shares = (round(float(share), 2) for share in (one.numerator / one.denominator, low, high))
        named = edition == "internal" or (edition == "provider" and one.named)
        known = (one.title, one.contact, one.changed) if named else (None, None, None)
        rows.append((one.number, *known, one.metric, one.period, *shares, *_adjusted(one, contract.statistics.level)))
    return pd.DataFrame(rows, columns=BESIDE)


def _adjusted(one: Peer, level: float) -> tuple[str | None, float, float, float, float]:
    """Return the dimension, the share expected, and observed over expected with its limits, rounded."""
    if not one.expected or one.adjusted_by is None:
        return None, np.nan, np.nan, np.nan, np.nan
    low, high = poisson_interval(float(one.numerator), level)
    would, ratio = one.expected / one.denominator, one.numerator / one.expected
    return one.adjusted_by, round(would, 2), round(ratio, 2), round(float(low) / one.expected, 2), round(float(high) / one.expected, 2)


def own_beside(peers: Sequence[Peer], table: pd.DataFrame) -> pd.DataFrame:
    """Return a contract's own totals in the periods of its peers: rows of its metric table."""
    wanted = {(one.metric, one.period) for one in peers}
    totals = table[table["dimension"].eq(ALL)]
    known = [pair in wanted for pair in zip(totals["metric"].tolist(), totals["period"].tolist(), strict=True)]
    return totals[np.array(known, dtype=bool)].reset_index(drop=True)
