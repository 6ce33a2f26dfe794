"""First against last: how results and gaps of groups changed from the first comparable cohort of a contract to its last.

The two cohorts never overlap: nobody is in both. A share is compared with everyone else's: the best group of one cohort would often be the
luckiest of it, and fall back in the other. Other kinds are compared with the group that is best over both cohorts together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from acmlib.analysis.equity import benjamini_hochberg
from acmlib.analysis.equity.gaps import OF_COMPARATOR
from acmlib.analysis.overview import directions
from acmlib.contract.ids import MetricId
from acmlib.contract.model import Contract
from acmlib.contract.periods import TERM, Period, add_months, contract_period, month_text
from acmlib.contract.records import Action, Records, Topic
from acmlib.measures.arrays import Array
from acmlib.measures.distributions import normal_isf, normal_sf
from acmlib.measures.intervals import wilson
from acmlib.measures.table import ALL, ALL_PARTICIPANTS, grain_of

#: What became of a gap.
VERDICTS = ("closed", "narrowed", "widened", "opened", "turned", "no clear change", "not judged")
#: A cohort has at least so many months: fewer would be a season.
HALF_YEAR_MONTHS = 6
_SIDES = tuple(f"{who}{when}" for who in ("", "comparator_") for when in ("before", "after"))
_DIFFERENCES = ("gain", "comparator_gain", "gap_before", "gap_after", "gap_change")
COLUMNS = (
    *("metric", "period", "dimension", "group", "basis", "comparator_group", "earlier_period", "cohort", "named"),
    *(f"{name}_{side}" for side in _SIDES for name in ("x", "n", "value")),
    *(f"{name}{limit}" for name in _DIFFERENCES for limit in ("", "_low", "_high")),
    *("verdict", "levelling"),
)


class _Cell(NamedTuple):
    x: float
    n: float
    value: float
    low: float
    high: float


class _Cohort(NamedTuple):
    """Who entered in a span of months: where its numbers stand in the metric table, what it is called, and its groups."""

    period: str
    name: str
    groups: Mapping[str, _Cell]


def cohort_changes(cells: pd.DataFrame, gaps: pd.DataFrame, contract: Contract, *, named: Collection[tuple[str, str]]) -> pd.DataFrame:
    """Compare the first cohort of every metric and dimension with the last one.

    The first cohort is the earliest window of at least half a year. The last is the last window, if it begins after the first has ended;
    else, of shares once the contract has ended, everybody since the first; else the last half-year.

    Parameters
    ----------
    cells : DataFrame
        The cells of a view: groups in more than one window.
    gaps : DataFrame
        The gaps of the last windows (`acmlib.analysis.overview.gaps`): which metrics and dimensions are compared, and when.
    named : collection of (metric, dimension)
        What roadmap and actions named before the figures were known: each is a test of its own. All others are one family
        (Benjamini-Hochberg).

    Returns
    -------
    DataFrame
        A row for each group, with `COLUMNS`. `period`, `earlier_period`: the cells it rests on; `cohort`: the name of the last cohort, a
        period or ``since 2025-01``. `basis`: ``rest`` (everyone else) or ``best``, then with `comparator_group`. Counts (`x_`), people
        (`n_`) and values of group and comparator before and after; the group's and the comparator's gain, each gap (group less
        comparator) and its change, in the metric's unit, with 95% limits. `verdict`: ``closed`` (clear before, smaller than what is worth
        speaking of after, and the change is beyond chance), ``narrowed``, ``widened``, ``opened`` (there was none before), ``turned`` (now
        clearly ahead), ``no clear change``, ``not judged`` (fewer than `minimum_n` people in one of the four). `levelling`: where the gap
        shrank, ``down`` if the comparator fell beyond chance and by more than the group gained, ``up`` if the group gained; else empty.

    Notes
    -----
    Limits of differences, and of the change of a gap, combine the limits of their parts (MOVER; Newcombe's hybrid for shares).
    """
    rows: list[dict[str, object]] = []
    known = cells[grain_of(cells["period"]).isin(["rolling", TERM]) & cells["value"].notna()]
    windows = _windows(known)
    for metric, dimension, last in gaps[["metric", "dimension", "period"]].drop_duplicates(["metric", "dimension"]).itertuples(index=False):
        own, everyone = windows.get((metric, dimension), {}), windows.get((metric, ALL), {})
        pair = _first_and_last({one: {**everyone.get(one, {}), **groups} for one, groups in own.items()}, str(last), contract, str(metric))
        if pair is not None:
            key = {"metric": metric, "dimension": dimension, "named": (metric, dimension) in named}
            rows += [{**key, **row} for row in _family(*pair, contract, str(metric), str(dimension))]
    return _judged(_as_compared(pd.DataFrame(rows), gaps), contract) if rows else pd.DataFrame(columns=list(COLUMNS))


def _as_compared(rows: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """Give the last gap the limits that it has among the gaps, where it is the same one: a page tells one interval of it."""
    keys = ["metric", "dimension", "period", "group", "comparator_group"]
    known = gaps.rename(columns={"comparator": "comparator_group"}).reindex(columns=[*keys, "gap_low", "gap_high"])
    same = known.dropna().drop_duplicates(keys)
    found = rows[keys].merge(same, on=keys, how="left").set_index(rows.index)
    return rows.assign(**{f"gap_after_{end}": found[f"gap_{end}"].fillna(rows[f"gap_after_{end}"]) for end in ("low", "high")})


def agreed_before(records: Records) -> set[tuple[str, str]]:
    """Name the metrics and dimensions that roadmap and actions are about: agreed before the figures were known."""
    written: tuple[Topic | Action, ...] = (*records.roadmap, *records.actions)
    return {(one.metric, one.dimension) for one in written if one.metric is not None and one.dimension is not None}


#: Period to group to cell.
_Windows = Mapping[str, Mapping[str, _Cell]]


def _windows(known: pd.DataFrame) -> dict[tuple[str, str], dict[str, dict[str, _Cell]]]:
    """Give, for each metric and dimension, the cells of its groups by period."""
    found: dict[tuple[str, str], dict[str, dict[str, _Cell]]] = {}
    numbers = known[["numerator", "denominator", "value", "low", "high"]].astype("float64").to_numpy().tolist()
    keys = known[["metric", "dimension", "period", "group"]].astype("str").to_numpy().tolist()
    for (metric, dimension, period, group), cell in zip(keys, numbers, strict=True):
        found.setdefault((metric, dimension), {}).setdefault(period, {})[group] = _Cell(*cell)
    return found


def _first_and_last(own: _Windows, last: str, contract: Contract, metric: str) -> tuple[_Cohort, _Cohort] | None:
    """Return the two cohorts of a metric and dimension; None if there are not two."""
    windows = {one: contract_period(contract, one) for one in sorted(set(own) - {TERM})}
    long = [one for one in windows.values() if len(one.months) >= HALF_YEAR_MONTHS]
    if not long:
        return None
    first = min(long, key=lambda one: (one.start, one.days, one.text))
    before = _Cohort(first.text, first.text, own[first.text])
    if last in windows and windows[last].start > first.end:
        return before, _Cohort(last, last, own[last])
    if TERM in own and _adds_up(contract, metric):
        return before, _since(before, first, own[TERM], contract.statistics.level)
    later = max((one for one in long if one.start > first.end), key=lambda one: (one.end, one.days, one.text), default=None)
    return None if later is None else (before, _Cohort(later.text, later.text, own[later.text]))


def _since(before: _Cohort, first: Period, term: Mapping[str, _Cell], level: float) -> _Cohort:
    """Return everybody after the first cohort: the whole term less the first."""
    rest = {group: _less_people(cell, before.groups[group], level) for group, cell in term.items() if group in before.groups}
    return _Cohort(TERM, f"since {add_months(month_text(first.end), 1)}", rest)


def _less_people(all_of: _Cell, part: _Cell, level: float) -> _Cell:
    """Return the share among those who are in the first and not in the second."""
    x, n = all_of.x - part.x, all_of.n - part.n
    low, high = wilson(x, n, level)
    return _Cell(x, n, x / n if n else np.nan, float(low), float(high))


def _family(before: _Cohort, after: _Cohort, contract: Contract, metric: str, dimension: str) -> list[dict[str, object]]:
    """Return the groups of one metric and dimension, each beside its comparator in both cohorts."""
    unknown = contract.dimensions[dimension].not_recorded
    groups = [one for one in after.groups if one in before.groups and one != ALL_PARTICIPANTS and one not in unknown]
    level = contract.statistics.level
    leader = "" if _adds_up(contract, metric) else _leader(before, after, groups, contract, metric)
    rows = []
    for group in groups:
        if leader:
            rivals = before.groups[leader], after.groups[leader]
        elif _adds_up(contract, metric) and all(ALL_PARTICIPANTS in one.groups for one in (before, after)):
            first, last = (_less_people(one.groups[ALL_PARTICIPANTS], one.groups[group], level) for one in (before, after))
            rivals = first, last
        else:
            continue
        if group != leader:
            known = {"group": group, "basis": "best" if leader else "rest", "comparator_group": leader or None}
            where = {"period": after.period, "earlier_period": before.period, "cohort": after.name}
            rows.append({**known, **where, **_change(before.groups[group], after.groups[group], *rivals)})
    return rows


def _leader(before: _Cohort, after: _Cohort, groups: Collection[str], contract: Contract, metric: str) -> str:
    """Return the group with the best result over both cohorts, of those with enough people in each; empty if there is none."""
    better, minimum = directions(contract).get(metric, "higher"), contract.statistics.minimum_n
    pooled = {}
    for group in groups:
        one, two = before.groups[group], after.groups[group]
        if min(one.n, two.n) >= minimum:
            pooled[group] = (one.value * one.n + two.value * two.n) / (one.n + two.n)
    if not pooled or better == "neither":
        return ""
    return (min if better == "lower" else max)(pooled, key=lambda group: pooled[group])


def _change(before: _Cell, after: _Cell, rival_before: _Cell, rival_after: _Cell) -> dict[str, object]:
    """Return a group and its comparator in both cohorts, with all differences and their limits."""
    sides = dict(zip(_SIDES, (before, after, rival_before, rival_after), strict=True))
    found: dict[str, object] = {f"{name}_{side}": getattr(cell, name) for side, cell in sides.items() for name in ("x", "n", "value")}
    part = {side: (cell.value, cell.low, cell.high) for side, cell in sides.items()}
    gap_before, gap_after = (_less(part[when], part[f"comparator_{when}"]) for when in ("before", "after"))
    gains = _less(part["after"], part["before"]), _less(part["comparator_after"], part["comparator_before"])
    for name, (value, low, high) in zip(_DIFFERENCES, (*gains, gap_before, gap_after, _less(gap_after, gap_before)), strict=True):
        found |= {name: value, f"{name}_low": low, f"{name}_high": high}
    return found


def _less(one: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return the difference of two estimates with limits computed from their limits (MOVER)."""
    (a, a_low, a_high), (b, b_low, b_high) = one, other
    return a - b, a - b - float(np.hypot(a - a_low, b_high - b)), a - b + float(np.hypot(a_high - a, b - b_low))


def _judged(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Add the verdict on the change of each gap: signs decide the word; a change within chance gets none."""
    agreed, better = contract.statistics, rows["metric"].map(directions(contract))
    people = rows[[f"n_{side}" for side in _SIDES]].min(axis=1)
    judged = people.ge(agreed.minimum_n) & rows["gap_change_low"].notna() & better.ne("neither")
    changed = judged & _beyond_chance(rows, judged, agreed.level)
    sign = better.map({"lower": -1.0}).fillna(1.0)
    before, after, change, gain, rival = (
        rows[name] * sign for name in ("gap_before", "gap_after", "gap_change", "gain", "comparator_gain")
    )
    worth = np.where(
        [_is_share(contract, str(one)) for one in rows["metric"]], agreed.materiality, OF_COMPARATOR * rows["value_comparator_after"].abs()
    )
    behind = before < 0
    verdict = np.select(
        [~judged, ~changed, behind & (after > 0) & _apart(rows, "gap_after"), behind & _apart(rows, "gap_before") & (after > -worth),
         behind & (change > 0), behind & (change < 0), (change < 0) & (after < 0)],
        ["not judged", "no clear change", "turned", "closed", "narrowed", "widened", "opened"],
        default="no clear change",
    )  # fmt: skip
    shrank = np.isin(verdict, ["closed", "narrowed", "turned"])
    fell = (rival < 0) & _apart(rows, "comparator_gain") & (-rival > gain)
    levelling = np.select([shrank & fell, shrank & (gain > 0)], ["down", "up"], default="")
    return rows.assign(verdict=verdict, levelling=levelling)[list(COLUMNS)]


def _adds_up(contract: Contract, metric: str) -> bool:
    """Return whether the people and results of groups add up to the total: those of shares do."""
    definition = contract.metrics.get(metric)
    return definition is not None and definition.kind == "proportion"


def _is_share(contract: Contract, metric: str) -> bool:
    """Return whether values of a metric id are fractions: shares, retention, steps of the pathway, waits over by a day."""
    definition = contract.metrics.get(MetricId.parse(metric).key)
    return definition is None or definition.kind in ("proportion", "retention") or MetricId.parse(metric).days is not None


def _apart(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return where the limits of a difference exclude zero."""
    return rows[f"{name}_low"].gt(0) | rows[f"{name}_high"].lt(0)


def _beyond_chance(rows: pd.DataFrame, judged: pd.Series, level: float) -> Array:
    """Return which changes of a gap are beyond chance: those named before are tested on their own, all others as one family."""
    error = (rows["gap_change_high"] - rows["gap_change_low"]) / (2 * normal_isf((1 - level) / 2))
    p = 2 * normal_sf((rows["gap_change"].abs() / error.replace(0, np.nan)).fillna(0.0))
    family = (judged & ~rows["named"].astype(bool)).to_numpy()
    adjusted = p.copy()
    adjusted[family] = benjamini_hochberg(p[family])
    return np.asarray(_apart(rows, "gap_change") & (adjusted <= 1 - level))
