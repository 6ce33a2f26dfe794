"""Decides whether the metric of one chart has changed: a change seen now, else one that was seen earlier and still holds."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from acmlib.analysis.change import (
    LEAST,
    SEARCH_PART,
    SEARCHED,
    YEAR,
    YEAR_PART,
    Series,
    Split,
    comparisons,
    is_steady,
    limits,
    segments,
    series,
    span,
    split_at,
)
from acmlib.analysis.control_charts import Rebase, starts
from acmlib.analysis.verdicts import ChangeVerdict
from acmlib.contract.ids import MetricId
from acmlib.contract.kinds import KINDS, main_id
from acmlib.contract.model import Contract, Metric
from acmlib.contract.periods import parse_period
from acmlib.measures.table import grain


@dataclass(frozen=True)
class MetricContext:
    """What is agreed about one metric id: contract, id, definition (None for stages), direction, data cut-off, and changes made."""

    contract: Contract
    name: str
    metric: Metric | None
    better: str
    date: dt.date
    rebases: tuple[Rebase, ...]

    @property
    def promised(self) -> Metric | None:
        """The metric whose targets are those of this id: they are agreed for the time at which it stands for itself, not for others."""
        own = self.metric is not None and self.name == main_id(self.contract, MetricId.parse(self.name).key)
        return self.metric if own else None

    @property
    def is_charted(self) -> bool:
        """Whether it is drawn over time: stages of the pathway are not, their shares of those before are read in a window."""
        return self.metric is not None

    @property
    def alpha(self) -> float:
        """Chance of a false alarm that is allowed."""
        return 1 - self.contract.statistics.level


def change_of(points: pd.DataFrame, given: MetricContext, *, dated: bool = True) -> ChangeVerdict:
    """Return the verdict on change of one chart (see `acmlib.analysis.change`).

    A change is told when it stands out from everything that was searched. Monthly editions follow each other, so it stays told as long as
    the months before and after it differ at the level of the report: it does not come and go with each new month. A metric that is not
    `dated` has no figures over time at all, a young contract too few of them to draw.
    """
    if points.empty:
        return ChangeVerdict(reason="too few months" if dated else "no dates")
    marked = tuple(str(label) for label, signal in zip(points.index.tolist(), points["signal"].tolist(), strict=True) if signal != "none")
    logarithmic = given.metric is not None and KINDS[given.metric.kind].as_ratio and MetricId.parse(given.name).days is None
    data = series(points, logarithmic=logarithmic, is_total=given.metric is not None and given.metric.kind == "sum")
    if len(data) < 2 * LEAST:
        return ChangeVerdict(reason="too few months", marked=marked)
    begins = _begins(data, given.rebases)
    verdict = _standing_out(data, begins, given)
    if verdict.state == "no clear change":
        verdict = _told_before(data, begins, given) or verdict
    return replace(verdict, marked=marked, grain=grain(data.labels[-1]))


def _standing_out(data: Series, begins: Mapping[int, tuple[str, ...]], given: MetricContext) -> ChangeVerdict:
    """Return the verdict on these months alone, without regard to verdicts of earlier editions."""
    agreed = dict(begins)
    unclear: ChangeVerdict | None = None
    while True:
        cuts, found = segments(data, sorted(agreed), SEARCH_PART * given.alpha)
        if not cuts:
            return unclear or _of_a_year(data, given)
        split = split_at(data, [0, *cuts][-2], cuts[-1], len(data))
        if split.cut in found:
            return _settled(data, split, given, "shift", SEARCH_PART * given.alpha / comparisons(split.stop - split.first))
        verdict = _of_phases(data, split, agreed[split.cut], given)
        if verdict.state != "no clear change":
            return verdict
        # An action that changed nothing does not supersede a shift before it.
        unclear = unclear or verdict
        del agreed[split.cut]


def _told_before(data: Series, begins: Mapping[int, tuple[str, ...]], given: MetricContext) -> ChangeVerdict | None:
    """Return the change that an earlier edition reported, if every edition since has confirmed it."""
    without = range(SEARCHED, min([len(data), *(at + 1 for at in begins)]))  # stops before which no action took effect
    steady = {stop for stop, one in zip(without, is_steady(data, without, SEARCH_PART * given.alpha), strict=True) if one}
    ends = [_last_month(label) for label in data.labels]
    nothing: tuple[list[int], frozenset[int]] = ([], frozenset())
    for stop in range(len(data) - 1, SEARCHED - 1, -1):
        before = sorted(at for at in begins if at < stop)
        cuts, found = nothing if stop in steady else segments(data.until(stop), before, SEARCH_PART * given.alpha)
        if cuts and cuts[-1] in found:
            then: Split | None = split_at(data, [0, *cuts][-2], cuts[-1], stop)
        else:
            then = _year_apart(data, ends[:stop]) if not cuts else None
            then = then if then is not None and then.p <= YEAR_PART * given.alpha else None
        if then is not None:
            since = [split_at(data, then.first, then.cut, end) for end in range(stop + 1, len(data) + 1)]
            if all(one.p <= given.alpha and one.t * then.t > 0 for one in since):
                return _settled(data, since[-1], given, "shift", given.alpha)
            return None
    return None


def _begins(data: Series, rebases: Sequence[Rebase]) -> dict[int, tuple[str, ...]]:
    """Return the positions at which agreed actions took effect, each with their ids: the first point that starts then or later."""
    if not rebases:
        return {}
    first_days = starts(pd.Index(data.labels))
    begins: dict[int, tuple[str, ...]] = {}
    for rebase in rebases:
        at = int((first_days < pd.Timestamp(rebase.date)).sum())
        if 0 < at < len(data):
            begins[at] = (*begins.get(at, ()), rebase.action)
    return begins


def _of_phases(data: Series, split: Split, actions: tuple[str, ...], given: MetricContext) -> ChangeVerdict:
    if split.stop - split.cut < LEAST or split.cut - split.first < LEAST:
        return ChangeVerdict(basis="phases", since=data.labels[split.cut], actions=actions, reason="too few months since")
    return replace(_settled(data, split, given, "phases", given.alpha), actions=actions)


def _of_a_year(data: Series, given: MetricContext) -> ChangeVerdict:
    """Compare the last 12 months with the 12 before, by the calendar, or with as many as there are; younger contracts half with half.

    Of fewer months than a year and a quarter a shift was searched for, and none found: they are said not to have changed, with the interval
    of their second half against the first.
    """
    if len(parse_period(data.labels[-1]).months) >= YEAR:
        return ChangeVerdict(reason="too few months")
    split = _year_apart(data, [_last_month(label) for label in data.labels])
    if split is not None:
        return _settled(data, split, given, "12 months", YEAR_PART * given.alpha)
    if len(data) < SEARCHED:
        return ChangeVerdict(reason="too few months")
    split = split_at(data, 0, len(data) // 2, len(data))
    verdict = _settled(data, split, given, "shift", SEARCH_PART * given.alpha / comparisons(len(data)))
    return verdict if verdict.reason else replace(verdict, state="no clear change", since="")


def _year_apart(data: Series, ends: Sequence[int]) -> Split | None:
    """Return the last 12 months beside the 12 before, or as many as there are; None where these are too few.

    `ends` are the last months (`_last_month`) of the periods that are known: all, or the first ones.
    """
    cut, first = (bisect_right(ends, ends[-1] - months) for months in (YEAR, 2 * YEAR))
    return split_at(data, first, cut, len(ends)) if min(cut - first, len(ends) - cut) >= LEAST else None


@lru_cache(maxsize=1024)
def _last_month(label: str) -> int:
    """Return the last month of a period, counted from the year 0."""
    year, month = parse_period(label).months[-1].split("-")
    return 12 * int(year) + int(month)


def _settled(data: Series, split: Split, given: MetricContext, basis: str, chance: float) -> ChangeVerdict:
    """Return the verdict on two runs of months: a change if chance alone exceeds it in fewer than `chance` of cases."""
    sides = (data.labels[split.first : split.cut], data.labels[split.cut : split.stop])
    low, high = limits(data, split, chance)
    verdict = ChangeVerdict(
        basis=basis, before=split.before, after=split.after, difference=split.after - split.before, low=low, high=high,
        before_period=span(sides[0]), after_period=span(sides[1]),
    )  # fmt: skip
    counted = given.metric is None or not KINDS[given.metric.kind].by_people
    people = [data.people[split.first : split.cut].sum(), data.people[split.cut : split.stop].sum()]
    if not counted and min(people) < given.contract.statistics.minimum_n:
        return replace(verdict, reason="too few people")
    if not split.p <= chance:
        return replace(verdict, state="no clear change", since=sides[1][0] if basis == "phases" else "")
    up = split.after > split.before
    words = {"higher": ("better", "worse"), "lower": ("worse", "better")}.get(given.better, ("higher", "lower"))
    return replace(verdict, state=words[0] if up else words[1], since=sides[1][0])
