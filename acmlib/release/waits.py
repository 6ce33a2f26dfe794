"""How long waits are, told of everyone together: of how many was the wait over after so many days.

These few counts are decided here and not with the other cells (`acmlib.release.suppress`), which they would make dear, because nothing
else can follow from them. They are of half-years of the contract that are over and fully known: no two of them overlap, so that no two
releases differ by a month, and no release of them changes the one before. A time is told only if its count differs by none or by
`minimum_count` and more from every other count of the same people that readers may have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from acmlib.contract.model import Contract, Metric
from acmlib.measures.intervals import wilson
from acmlib.measures.table import ALL, ALL_PARTICIPANTS, HIDDEN, IMMATURE, METRIC_COLUMNS, SHOWN, empty_metric_table
from acmlib.release.reliable import mark_unreliable
from acmlib.release.thresholds import way_to

#: Months that are told together, counted from the contract's first.
BLOCK = 6
#: How many of these are shown: the last one, and the one before beside it.
BLOCKS = 2


def duration_times(contract: Contract) -> list[str]:
    """Name the metric ids that say of how many a wait was over after so many days.

    Parameters
    ----------
    contract : Contract
    """
    return [f"{name}@{days}d" for name, metric in contract.metrics.items() if metric.kind == "duration" for days in metric.marks]


def released_waits(table: pd.DataFrame, contract: Contract, *, suppressed: bool) -> pd.DataFrame:
    """Return of how many each wait was over after so many days, in every half-year of the contract of which all is known.

    Parameters
    ----------
    table : DataFrame
        The whole metric table, with months.
    contract : Contract
    suppressed : bool
        False only for the working paper of a contract that asks for true counts.

    Returns
    -------
    DataFrame
        Metric table: metric ids ``<id>@<days>d``, periods ``P6M/2025-12``, everyone together. Nothing for a duration without dates or
        times, or while no half-year is known to its longest time.
    """
    months = table[table["dimension"].eq(ALL) & table["period"].str.fullmatch(r"\d{4}-\d{2}")]
    parts = [
        rows
        for name, metric in contract.metrics.items()
        if metric.kind == "duration" and metric.marks
        for rows in _of_duration(months, name, metric, contract, suppressed=suppressed)
    ]
    if not parts:
        return empty_metric_table()
    found = pd.concat(parts, ignore_index=True)
    return mark_unreliable(found.astype(empty_metric_table().dtypes), contract)


def last_of(waits: pd.DataFrame) -> pd.DataFrame:
    """Return the last half-year of each wait that pages show, and the one before beside it.

    Parameters
    ----------
    waits : DataFrame
        From `released_waits`; readers of earlier releases have the older ones.

    Returns
    -------
    DataFrame
    """
    if waits.empty:
        return waits
    last = waits.groupby("metric", sort=False)["period"].transform(lambda periods: periods.rank(method="dense", ascending=False))
    return waits[last.le(BLOCKS)].reset_index(drop=True)


def _of_duration(months: pd.DataFrame, name: str, metric: Metric, contract: Contract, *, suppressed: bool) -> Iterator[pd.DataFrame]:
    """Yield the rows of each half-year of one metric, the last one last."""
    ids = [f"{name}@{days}d" for days in metric.marks]
    longest = months[months["metric"].eq(ids[-1])].sort_values("period")
    blocks = [longest.iloc[at : at + BLOCK] for at in range(0, len(longest) - BLOCK + 1, BLOCK)]
    known = [block for block in blocks if not block["status"].eq(IMMATURE).any() and block["denominator"].sum() > 0]
    for block in known:
        inside = months[months["period"].isin(block["period"])]
        sums = inside[inside["metric"].isin(ids)].groupby("metric")["numerator"].sum().reindex(ids)
        people = float(block["denominator"].sum())
        shown = set(ids)
        if suppressed:
            order = sorted(metric.marks, key=lambda days: (days != metric.standard, -days))
            counts = {f"{name}@{days}d": float(sums[f"{name}@{days}d"]) for days in order}
            shown = _apart(counts, [0.0, people, *_alike(inside, ids, block)], contract.privacy.minimum_count)
        yield _rows(sums, people, shown, f"P{BLOCK}M/{block['period'].iloc[-1]}", contract.statistics.level)


def _alike(inside: pd.DataFrame, ids: Sequence[str], block: pd.DataFrame) -> Iterator[float]:
    """Yield the counts of the same people that other metrics show by month: who waits no longer today, who came within 30 days."""
    people = block.set_index("period")["denominator"].fillna(0.0)
    for _, rows in inside[~inside["metric"].isin(ids)].groupby("metric", sort=False):
        own = rows.set_index("period")["denominator"].reindex(people.index).fillna(0.0)
        if own.equals(people):
            yield float(rows["numerator"].sum())


def _apart(counts: dict[str, float], others: Sequence[float], minimum: int) -> set[str]:
    """Return which counts can be shown, in the order given: those that differ by none, or enough, from what is known and shown.

    With a higher minimum none of them is shown that a lower one hides (`acmlib.release.thresholds`).
    """
    shown, may, must = set[str](), set(counts), set[str]()
    for tried in way_to(minimum):
        shown, known = set(must), [*others, *(counts[name] for name in must)]
        for name in (name for name in counts if name in may - must):
            if all(not 0 < abs(counts[name] - other) < tried for other in known):
                known.append(counts[name])
                shown.add(name)
        may, must = (shown, must) if tried < minimum else (may, shown)
    return shown


def _rows(sums: pd.Series, people: float, shown: set[str], period: str, level: float) -> pd.DataFrame:
    """Return the times of one half-year as rows of the metric table; what is not shown is empty."""
    rows = pd.DataFrame({"metric": sums.index, "numerator": sums.to_numpy(), "denominator": people})
    rows["low"], rows["high"] = wilson(rows["numerator"], rows["denominator"], level)
    rows = rows.assign(
        period=period, dimension=ALL, group=ALL_PARTICIPANTS, value=rows["numerator"] / people,
        status=[SHOWN if metric in shown else HIDDEN for metric in rows["metric"]],
    )  # fmt: skip
    rows.loc[rows["status"].eq(HIDDEN), ["numerator", "denominator", "value", "low", "high"]] = float("nan")
    return rows[list(METRIC_COLUMNS)]
