"""Figures that readers were shown with other numbers before, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from acmlib.contract.model import Contract
from acmlib.contract.periods import parse_period
from acmlib.measures.table import SHOWN, UNRELIABLE
from acmlib.release.ledger import KEYS, Entry
from acmlib.release.spans import Span, month_number

#: A restated cell: its key, the numbers shown before and in which period's release, the numbers shown now, why.
COLUMNS = [*KEYS, "released", "numerator_before", "denominator_before", "numerator", "denominator", "reason"]
SAME = 1e-6


def restated(cells: pd.DataFrame, when: Sequence[Span], entries: Sequence[Entry], contract: Contract) -> pd.DataFrame:
    """List the figures of a release that were released before with other numbers.

    Parameters
    ----------
    cells : DataFrame
        Metric table as released: what is hidden now or was hidden then is not compared.
    when : sequence of spans
        The months of each cell.
    entries : sequence of Entry
        What readers have; the last one before counts.
    contract : Contract
        Its `restatements` say why.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; `reason` is a text in one or more languages, or None where the contract gives none.
    """
    past = [entry.cells.assign(released=entry.period) for entry in entries]
    if not past:
        return pd.DataFrame(columns=COLUMNS)
    before = pd.concat(past, ignore_index=True)
    before = before[before["status"].isin([SHOWN, UNRELIABLE])].drop_duplicates([*KEYS, "first", "last"], keep="last")
    ends = [span or (-1.0, -1.0) for span in when]
    now = cells[[*KEYS, "numerator", "denominator", "status"]].assign(first=[float(a) for a, _ in ends], last=[float(b) for _, b in ends])
    before[["first", "last"]] = before[["first", "last"]].fillna(-1.0)
    both = now[now["status"].isin([SHOWN, UNRELIABLE])].merge(before, on=[*KEYS, "first", "last"], suffixes=("", "_before"))
    moved = [both[name].fillna(-1).sub(both[f"{name}_before"].fillna(-1)).abs().gt(SAME) for name in ("numerator", "denominator")]
    changed = both[moved[0] | moved[1]].copy()
    spans = zip(changed["metric"], changed["first"], changed["last"], strict=True)
    changed["reason"] = pd.Series([_reason(contract, *one) for one in spans], index=changed.index, dtype=object)
    return changed[COLUMNS].reset_index(drop=True)


def _reason(contract: Contract, metric: str, first: float, last: float) -> object:
    """Return why figures of these months were corrected, as far as the contract says."""
    base = metric.partition("@")[0]
    for one in contract.restatements:
        period = parse_period(one.period, starts=contract.contract.starts, ends=contract.contract.ends)
        inside = first < 0 or (month_number(period.start) <= last and first <= month_number(period.end))
        if inside and (not one.metrics or base in one.metrics):
            return one.reason
    return None
