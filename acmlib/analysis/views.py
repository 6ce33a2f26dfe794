"""Which cells of the metric table a view has: every page of an edition shows a part of its view, and verdicts are reached for all of it.

``rolling`` is the view of those who hold the records: months, the last rolling window and the one before it. ``years`` is everybody's view:
fixed contract years, which never overlap, and the whole term once it has ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.contract.ids import DimensionId, MetricId
from acmlib.contract.kinds import compared_time, main_id
from acmlib.contract.model import Contract
from acmlib.contract.periods import Period, add_months, month_text, months_between, parse_period
from acmlib.measures.table import ALL, KEY_COLUMNS, different_rows, grain

View = Literal["rolling", "years"]

#: A window that would be cut short by the contract's begin is the contract's first half-year instead, or first quarter: it must not grow
#: from one report to the next.
FIRST_MONTHS = (6, 3)


def _months_back(period: str, months: int) -> str:
    """Move the end of a rolling window, ``P12M/2026-05``, back by so many months."""
    length, _, end = period.partition("/")
    year, month = (int(part) for part in end.split("-"))
    number = year * 12 + month - 1 - months
    return f"{length}/{number // 12:04d}-{number % 12 + 1:02d}"


def _uncut(window: str, contract: Contract) -> str:
    """Return a rolling window; if the contract's begin cuts it short, the one that ends with the contract's first half-year, or quarter."""
    held = len(parse_period(window, starts=contract.contract.starts).months)
    first = next((months for months in FIRST_MONTHS if months <= held), held)
    return window if held == contract.statistics.rolling_months else _months_back(window, held - first)


def _rolling(known: set[str], contract: Contract) -> list[str]:
    """Return the last rolling window and the one that ends where it begins, if they are known."""
    rolling = sorted(one for one in known if one.startswith(f"P{contract.statistics.rolling_months}M/"))
    if not rolling:
        return []
    last = _uncut(rolling[-1], contract)
    earlier = _uncut(_months_back(rolling[-1], contract.statistics.rolling_months), contract)
    long_enough = len(parse_period(earlier, starts=contract.contract.starts).months) >= FIRST_MONTHS[0]
    return [one for one in dict.fromkeys((last, earlier) if long_enough else (last,)) if one in rolling]


def _fixed(known: set[str], contract: Contract) -> list[str]:
    """Return the contract years that are known, latest first."""
    return [one for one in reversed(contract_years(contract)) if one in known]


def contract_years(contract: Contract) -> tuple[str, ...]:
    """Return the whole years of a contract, counted from its first month, as period texts; a last one of fewer months is none.

    Returns
    -------
    tuple of str
        ``P12M/<last month>``, first year first.
    """
    return _spans(contract, 12)


def half_years(contract: Contract) -> tuple[str, ...]:
    """Return the half-years of a contract, counted from its first month, as period texts ``P6M/<last month>``."""
    return _spans(contract, 6)


def _spans(contract: Contract, length: int) -> tuple[str, ...]:
    first, last = month_text(contract.contract.starts), month_text(contract.contract.ends)
    months = months_between(contract.contract.starts, contract.contract.ends)
    ends = (add_months(first, length * (number + 1) - 1) for number in range(len(months) // length))
    return tuple(f"P{length}M/{end}" for end in ends if end <= last)


def group_windows(cells: pd.DataFrame, contract: Contract, period: Period, view: View = "rolling") -> dict[str, tuple[str, ...]]:
    """Name the periods in which groups of each metric are compared, latest first.

    In the view ``years`` these are the contract years that are over. In the view ``rolling`` they are the last rolling window and the one
    that ends where the last one begins; while the contract is too young for them, its first half-year or quarter. The whole contract is
    added when it has ended. A metric of yearly counts is shown by calendar year; one without dates for the whole contract only.

    Returns
    -------
    dict
        Metric id to period texts.

    Examples
    --------
    >>> from acmlib.contract.periods import parse_period
    >>> cells = pd.DataFrame({"metric": "placed", "period": ["P12M/2025-06", "P12M/2026-05", "P12M/2026-06", "term"], "status": "shown"})
    >>> contract = Contract.model_validate(
    ...     {
    ...         "id": "demo",
    ...         "contract": {
    ...             "title": "Demo",
    ...             "provider": "A",
    ...             "agency": "B",
    ...             "program": "jobs",
    ...             "starts": "2024-07-01",
    ...             "ends": "2026-06-30",
    ...         },
    ...         "tables": {"participants": {"source": "data/demo.csv"}},
    ...         "metrics": {"placed": {"title": "Placed", "kind": "count"}},
    ...     }
    ... )
    >>> group_windows(cells, contract, parse_period("2026-06"))
    {'placed': ('P12M/2026-06', 'P12M/2025-06', 'term')}
    >>> group_windows(cells, contract, parse_period("2026-05"))
    {'placed': ('P12M/2026-06', 'P12M/2025-06')}
    """
    windows: dict[str, tuple[str, ...]] = {}
    mature: dict[str, set[str]] = {str(metric): set() for metric in cells["metric"].unique()}
    for metric, text, status in different_rows(cells, "metric", "period", "status")[0]:
        if status != "immature":
            mature[metric].add(text)
    ended = period.end >= contract.contract.ends
    for metric, known in mature.items():
        years = sorted((one for one in known if grain(one) == "year"), reverse=True)
        chosen = _fixed(known, contract) if view == "years" else _rolling(known, contract)
        windows[metric] = (*chosen, *years, *(["term"] if ended or not (chosen or years) else []))
    for members in _seen_together(contract, windows):
        windows |= dict.fromkeys(members, min(windows[metric] for metric in members))
    return windows


def _seen_together(contract: Contract, metrics: Iterable[str]) -> list[list[str]]:
    """Name the metrics that one figure shows side by side, so that they need one window: the last in which all are known.

    These are the stages of the pathway, and the times of a retention metric up to the one at which groups are compared.
    """
    known = list(metrics)
    families = [[metric for metric in known if MetricId.parse(metric).step]]
    for name, metric in contract.metrics.items():
        last = compared_time(metric) or 0
        families.append([one for days in metric.at if days <= last and (one := str(MetricId(name, days))) in known])
    return [family for family in families if family]


def charted_metrics(contract: Contract) -> set[str]:
    """Name the metric ids that charts show over time: all but stages of the pathway and, of retention, other times than half a year."""
    return {main_id(contract, name) for name in contract.metrics}


def for_the_parties(contract: Contract) -> frozenset[str]:
    """Name the metric ids that public editions leave out, each at all its times: one of several that add up, as answers to a question."""
    apart = {name: metric for name, metric in contract.metrics.items() if metric.audience != "public"}
    return frozenset({*apart, *(str(MetricId(name, days)) for name, metric in apart.items() for days in metric.marks)})


def view_of(table: pd.DataFrame, contract: Contract, period: Period, view: View) -> pd.DataFrame:
    """Keep the cells of a view: everything that a page of the editions with this view may show.

    Parameters
    ----------
    view : {"rolling", "years"}
        ``rolling``: totals by month, quarter, year and contract year, and everything in the windows of `group_windows`, groups by
        half-years, pairs of dimensions in the last window. ``years``: totals by quarter and year, groups by contract year and for the
        whole contract once it has ended; no pairs, no groups alone or in combination.

    Returns
    -------
    DataFrame
        Metric table with fewer rows, in the order given.
    """
    windows = group_windows(table, contract, period, view)
    (metric, metrics), (when, periods), (by, dimensions) = (pd.factorize(table[name]) for name in KEY_COLUMNS[:3])

    def of(codes: NDArray[np.int64], which: Iterable[bool]) -> NDArray[np.bool_]:
        return np.array([*which], dtype=bool)[codes]

    def within(most: int | None = None) -> NDArray[np.bool_]:
        which = np.zeros((len(metrics), len(periods)), dtype=bool)
        for row, name in enumerate(metrics):
            which[row, [place[text] for text in windows[name][:most] if text in place]] = True
        return which[metric, when]

    place = {text: at for at, text in enumerate(periods)}
    allowed = within()
    crossed = of(by, (bool(DimensionId.parse(name).crossed) for name in dimensions))
    total = of(by, (name == ALL for name in dimensions))
    known = charted_metrics(contract)
    charted = of(metric, (name in known for name in metrics))
    if view == "years":
        apart, left_out = crossed | of(by, (DimensionId.parse(name).combined for name in dimensions)), for_the_parties(contract)
        drawn = charted & total & of(when, (grain(text) in ("quarter", "year") for text in periods))
        keep = ((allowed & ~apart) | drawn) & ~of(metric, (name in left_out for name in metrics))
    else:
        last = within(1)
        halves, years = half_years(contract), contract_years(contract)
        by_half_year = charted & of(when, (text in halves for text in periods)) & ~crossed
        drawn = charted & total & of(when, (text in years or grain(text) in ("month", "quarter", "year") for text in periods))
        keep = (allowed & (last | ~crossed)) | drawn | by_half_year
    return table[keep].reset_index(drop=True)
