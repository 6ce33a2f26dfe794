"""Over time: every headline figure with its limits and targets, what is judged of the change, and groups by half-years."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from acmlib.analysis.verdicts import ChangeVerdict, MetricVerdict
from acmlib.contract.ids import ALL, MetricId
from acmlib.contract.periods import parse_period
from acmlib.display.changes import between, change_numbers, overlaps, told_levels
from acmlib.display.charts.control_chart import control_chart
from acmlib.display.charts.group_over_time import group_over_time
from acmlib.display.charts.small import small_multiples
from acmlib.display.claims import Claim, together, with_claims
from acmlib.display.objects import Beside, Cell, Chart, Column, DataTable, Display, Fold, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.contents import label
from acmlib.display.sections.doubts import doubts
from acmlib.display.sections.opening_facts import FEWEST_POINTS, drawn_over_time
from acmlib.display.sections.tiles import CHANGED, before, target_words
from acmlib.display.sections.years import by_year, chart_by_year
from acmlib.display.voice import FRACTIONS, MEDIANS, Voice
from acmlib.display.words import sentence_start
from acmlib.measures.table import HIDDEN

UNCHANGED = "no clear change"

#: More marked months than this are counted, not listed.
MOST_MARKED = 4

#: A group and what it is compared with, and no more than this, stand in one picture over time.
MOST_GAPS_DRAWN = 2


def trend(report: Report, metric: str) -> Section:
    """Return one metric over time: its chart, what is judged of the change, and how often the target was met."""
    known = report.verdict(metric)
    name = report.voice.short(known.metric)
    chart = chart_over_time(report, known)
    chart = chart if chart is not None else chart_by_year(report, known)
    body: list[Display] = [chart] if chart is not None else []
    body.append(Prose((together([*_judged(report, known), *([] if chart is not None else [_no_chart(report, known)])]),)))
    body += doubts(report, known.metric)
    years = by_year(report, [known.metric])
    body += [years] if years is not None else []
    return Section(change_heading(report, known), tuple(body), contents=label(report, "trend", metric=name))


def trends(report: Report) -> Section:
    """Return every headline figure over time: those that changed, the main one and any with a target as charts, the rest small."""
    words, verdicts = report.words, [report.verdict(metric) for metric in dict.fromkeys((report.main, *report.headline))]
    if all(one.change.reason == "no dates" for one in verdicts):
        why = words("time.because", why=words("time.no_dates"))
        return Section(words("time.heading_no_dates"), (Prose((why,)),), contents=words("time.short"))
    full = [one for one in verdicts if one.metric == report.main or one.change.state in CHANGED]
    quiet = [one for one in verdicts if one not in full and len(_points(one)) >= FEWEST_POINTS]
    above = [one for one in full if one.metric == drawn_over_time(report)]
    same = [one for one in full if one not in above and one.change.state == UNCHANGED]
    small = [small_multiples([(one.metric, one.points) for one in quiet], voice=report.voice)] if quiet else []
    rest = [_without_chart(report, one) for one in verdicts if one not in above and len(_points(one)) < FEWEST_POINTS]
    body = (*_charts(report, [one for one in full if one not in above], small), *rest, _table(report, verdicts, [*quiet, *above, *same]))
    return Section(_heading(report, verdicts), body, contents=words("time.short"))


def _charts(report: Report, verdicts: Sequence[MetricVerdict], small: Sequence[Display]) -> list[Display]:
    """Return the charts of figures that can be drawn by month in pairs; an odd one out stands beside the small ones."""
    charted: list[Display] = [
        _with_sentence(report, one, chart) for one in verdicts if (chart := chart_over_time(report, one)) is not None
    ]  # fmt: skip
    pairs = [charted[at : at + 2] for at in range(0, len(charted), 2)]
    pairs = [*pairs[:-1], [*pairs[-1], *small]] if len(charted) % 2 else [*pairs, [*small]]
    return [Beside(tuple(pair)) if len(pair) > 1 else pair[0] for pair in pairs if pair]


def _without_chart(report: Report, known: MetricVerdict) -> Display:
    """Return the contract years of a figure that has no chart by month; where these are not shown either, its verdict and why."""
    yearly = chart_by_year(report, known)
    if yearly is not None:
        return _with_sentence(report, known, yearly)
    return Prose((together([change_sentence(report, known), _no_chart(report, known)]),))


def over_time(report: Report, metric: str) -> Section:
    """Return one metric over time as the first screen shows it: of a change how sure it is, since its numbers are told above."""
    known = report.verdict(metric)
    chart = chart_over_time(report, known)
    drawn = (chart,) if chart is not None else ()
    if known.change.state in CHANGED:
        said = [*_limits(report, known), *_judged(report, known, charted=True)[1:]]
        return Section(change_heading(report, known), (*drawn, *([Prose((together(said),))] if said else [])))
    return Section(report.words("first.picture_time", metric=sentence_start(report.voice.short(metric))), drawn)


def _with_sentence(report: Report, known: MetricVerdict, chart: Chart) -> Section:
    told = _judged(report, known, charted=True)
    said = told[1:] if known.change.state == UNCHANGED else told  # no change is told by the tile, and by the words folded below
    text = (Prose((together(said),)),) if said else ()
    return Section(report.voice.short(known.metric), (chart, *text, *doubts(report, known.metric)), level=3)


def _points(known: MetricVerdict) -> pd.DataFrame:
    points = known.points
    return points[points["value"].notna()] if len(points) else points


def chart_over_time(report: Report, known: MetricVerdict) -> Chart | None:
    """Return the control chart of a metric; None where there are too few points to draw a line."""
    if len(_points(known)) < FEWEST_POINTS:
        return None
    own = MetricId.parse(known.metric).key
    done = [one for one in report.records.actions if one.status == "done" and one.done_on and one.metric == own and one.group is None]
    marks = [(one.done_on, one.what.in_language(report.voice.language)) for one in done if one.done_on]
    runs = _runs(known.change) if known.change.basis == "shift" and known.change.state in CHANGED else []
    return control_chart(
        known.points, metric=known.metric, voice=report.voice, actions=marks, verdict=change_sentence(report, known), runs=runs
    )


def _runs(change: ChangeVerdict) -> list[tuple[str, str, float]]:
    """Return the months before and since a change: first, last, and their mean."""
    sides = ((change.before_period, change.before), (change.after_period, change.after))
    return [(months[0], months[-1], mean) for period, mean in sides if (months := parse_period(period).months)]


def _judged(report: Report, known: MetricVerdict, *, charted: bool = False) -> list[str]:
    """Return what is judged of a metric over time: change, months on target, and months that the chart marks."""
    words, change, target = report.words, known.change, known.target
    said = [change_sentence(report, known, charted=charted)]
    if target.months_judged:
        said.append(words("change.months_met", n=target.months_met, of=target.months_judged, month=target.since))
    marked = [one for one in change.marked if one != change.since]
    if marked and change.state not in CHANGED:
        listed = words("change.marked", list=words.list([words.month(one) for one in marked]))
        said.append(listed if len(marked) <= MOST_MARKED else words("change.marked_many", n=len(marked)))
    return said


def change_sentence(report: Report, known: MetricVerdict, *, charted: bool = False) -> str:
    """Return the verdict on change with both numbers and both times, or why it is not judged; a chart above it names the actions."""
    voice, change = report.voice.about(known.metric), known.change
    words, metric = voice.words, voice.short(known.metric)
    if change.state != "not judged" and change.before != change.before:
        key = f"change.{change.state.replace(' ', '_')}_unnumbered"
        since = f"{key}_since" if change.since and change.state in CHANGED else key
        claim = Claim("change", metric=known.metric, period=known.period, verdict=change.state)
        return with_claims(words(since, metric=metric, month=change.since), claim)
    if change.state == "not judged":
        reason = f"change.not_judged_{(change.reason or 'too few months').replace(' ', '_')}"
        return words(reason if words.has(reason) else "change.not_judged", metric=metric)
    numbers = change_numbers(known, voice)
    key = change.state.replace(" ", "_")
    claim = Claim("change", metric=known.metric, period=known.period, verdict=change.state,
                  numbers=(("before", change.before), ("after", change.after)))  # fmt: skip
    if change.since and change.state in CHANGED:
        # The headings above a chart say what became of the metric.
        text = words("change.since" if charted else f"change.{key}_since", metric=metric, month=change.since, **numbers)
    else:
        text = words(f"change.{key}", metric=metric, before_period=change.before_period, after_period=change.after_period, **numbers)
    parts = [with_claims(text, claim), *_limits(report, known), *([] if charted else _after_action(report, known))]
    return together(parts)


def _limits(report: Report, known: MetricVerdict) -> list[str]:
    change, voice = known.change, report.voice
    if change.low != change.low or change.high != change.high:
        return []
    scale = _told_scale(known, voice)
    low, high = between(known.metric, change.low * scale, change.high * scale, voice)
    if voice.kind(known.metric) in FRACTIONS:  # the unit of points stands once: +5 to +19 points
        low = low.split()[0]
    return [report.words("change.limits", limits=report.words("long.interval_range", low=low, high=high))]


def _told_scale(known: MetricVerdict, voice: Voice) -> float:
    """Return by what the limits of a change are multiplied to be those of the numbers that are told.

    Waits are compared as ratios of the means of their months, and told as waits of all people of a window: the ratio is the same.
    """
    told = told_levels(known, voice)[0] if voice.kind(known.metric) in MEDIANS else math.nan
    return told / known.change.before if told > 0 and known.change.before > 0 else 1.0


def _after_action(report: Report, known: MetricVerdict) -> list[str]:
    """Name the agreed actions behind new limits, as far as these readers may know them."""
    acts = {one.id: one.what.in_language(report.voice.language) for one in report.records.actions}
    found = [acts[one] for one in known.change.actions if one in acts]
    return [report.words("change.after_action", list="; ".join(found))] if found and known.change.basis == "phases" else []


def change_heading(report: Report, known: MetricVerdict) -> str:
    """Return how a metric changed, as a heading."""
    return _heading_of([known], report)


def _heading_of(verdicts: Sequence[MetricVerdict], report: Report) -> str:
    """Return the heading of metrics that changed alike."""
    key = verdicts[0].change.state.replace(" ", "_")
    names = [report.voice.short(one.metric) for one in verdicts]
    return report.words(f"change.heading_{key}", n=len(names), metric=report.words.list(names))


def _is_dated(report: Report, known: MetricVerdict) -> bool:
    cells = report.cells
    return known.change.reason != "no dates" and bool(
        (cells["metric"].eq(known.metric) & cells["dimension"].eq(ALL) & cells["period"].ne("term")).any()
    )


def _no_month(report: Report, known: MetricVerdict) -> Cell:
    """Say why there is no figure of the last month or quarter: where they are not told, there is not none."""
    untold = report.assessment.view == "years" and _is_dated(report, known)
    return Cell(report.words("time.longer_only" if untold else "status.no_data"), muted=True)


def _no_chart(report: Report, known: MetricVerdict) -> str:
    """Say why there is no picture: no dates, hidden, or too few figures."""
    cells = report.cells
    own = cells[cells["metric"].eq(known.metric) & cells["dimension"].eq(ALL) & cells["period"].ne("term")]
    if not _is_dated(report, known):
        return report.words("time.because", why=report.words("time.no_dates"))
    if report.assessment.view == "years" and _points(known).empty:
        return report.words("time.because", why=report.words("time.by_year"))
    key = "too_small" if own["status"].eq("hidden").any() else "too_few"
    return report.words("time.because", why=report.words(f"time.{key}"))


def _heading(report: Report, verdicts: Sequence[MetricVerdict]) -> str:
    words = report.words
    changed = [one for one in verdicts if one.change.state in CHANGED]
    if changed:
        states = dict.fromkeys(one.change.state for one in changed)
        told = [_heading_of([one for one in changed if one.change.state == state], report) for state in states]
        return words("time.changed", list="; ".join(told))
    judged = [one for one in verdicts if one.change.state != "not judged"]
    hidden = any(one.change.reason == "hidden" for one in verdicts)
    if not judged:
        return words("time.heading_hidden" if hidden else "time.heading_unjudged")
    claims = [Claim("change", one.metric, one.period, verdict="no clear change") for one in judged]
    partly = "time.none_changed_hidden" if hidden else "time.none_changed_partly"
    return words("time.none_changed" if len(judged) == len(verdicts) else partly, claim=claims)


def _table(report: Report, verdicts: Sequence[MetricVerdict], quiet: Sequence[MetricVerdict]) -> Fold:
    """Return last month, last window, the window before and the target of each figure, and each contract year where it is known."""
    words, voice = report.words, report.voice
    years = report.assessment.view == "years"
    names = ("figure", "quarter" if years else "month", "year" if years else "window", "before", "target", "verdict")
    columns = tuple(Column(words(f"time.column_{one}"), "text" if one in ("figure", "verdict") else "number") for one in names)
    caption = words("time.table_years" if years else "time.table")
    nothing = Cell(words("table.no_value"), muted=True)
    rows = []
    for one in verdicts:
        last = _last_month(one)
        target = one.target.value
        rows.append((
            Cell(voice.short(one.metric), detail=words.period(one.period) if one.period else ""),
            Cell(voice.value(one.metric, last[1]), detail=words.short_month(last[0])) if last else _no_month(report, one),
            voice.value(one.metric, one.value) if one.value == one.value else Cell(voice.status(one.status), muted=True),
            _before(report, one),
            voice.value(one.metric, target) if target == target else _hidden_target(report, one) or nothing,
            target_words(report, one),
        ))  # fmt: skip
    told = tuple(together(_judged(report, one)) for one in quiet)
    each = by_year(report, [one.metric for one in verdicts])
    whole = DataTable(caption, columns, tuple(rows))
    return Fold(caption, (whole, *([each] if each else []), *([Prose(told)] if told else [])))


def _before(report: Report, known: MetricVerdict) -> Cell:
    """Return what a figure was before, and when: fewer than 12 months where no more are known, or all months before a change."""
    if known.change.before != known.change.before or (overlaps(known) and known.change.state not in CHANGED):
        return Cell(before(report, known), muted=True)
    if known.change.reason == "too few people" and report.voice.kind(known.metric) not in ("count", "sum"):
        return Cell(report.voice.about(known.metric).words("figure.too_few"), muted=True)
    return Cell(change_numbers(known, report.voice)["before"], detail=report.words.period(known.change.before_period))


def _hidden_target(report: Report, known: MetricVerdict) -> str | Cell | None:
    """Return the target of a figure that is hidden: one that never changed, else that it is hidden; None where none was agreed."""
    definition = report.voice.definition(known.metric)
    if known.status != HIDDEN or definition is None or not definition.target:
        return None
    agreed = {one.value for one in definition.target}  # of several, their mean is weighted by the people of the months
    return report.voice.value(known.metric, agreed.pop()) if len(agreed) == 1 else Cell(report.voice.status(HIDDEN), muted=True)


def _last_month(known: MetricVerdict) -> tuple[str, float] | None:
    """Return the last finished month of a chart with its value."""
    points = _points(known)
    if "unfinished" in points:
        points = points[~points["unfinished"].astype("bool")]
    return (str(points.index[-1]), float(points["value"].iloc[-1])) if len(points) else None


def groups_over_time(report: Report) -> Section | None:
    """Return the results of the groups with a clear gap, and of the group of an agreed goal, by half-years beside their comparator.

    None where there is no such group, or nothing of it may be shown over time.
    """
    words, voice = report.words, report.voice
    found: list[tuple[Chart, str]] = []
    for metric, dimension, group, comparator in _watched(report)[:MOST_GAPS_DRAWN]:
        name = words("time.group", people=voice.people(dimension, group), metric=voice.short(metric))
        chart = group_chart(report, metric, dimension, (group, comparator), caption=name)
        if chart is not None:
            found.append((chart, name))
    if not found:
        return None
    body = (found[0][0], *(Fold(name, (chart,)) for chart, name in found[1:]))
    return Section(words("time.groups"), body, contents=words("time.groups_short"))


def _watched(report: Report) -> list[tuple[str, str, str, str]]:
    """Return (metric, dimension, group, comparator) of the clear gaps, then of the groups that agreed actions name."""
    rows = [
        one.worst for one in report.comparisons if one.outcome == "clear" and one.worst is not None and not MetricId.parse(one.metric).step
    ]
    found = [_key(row) for row in rows]
    gaps = report.gaps
    for action in report.records.actions:
        if action.metric and action.dimension and action.group:
            same = gaps["dimension"].eq(action.dimension) & gaps["group"].eq(action.group)
            own = gaps[same & gaps["metric"].map(lambda one: MetricId.parse(one).key).eq(action.metric)]
            found += [
                (str(row["metric"]), str(row["dimension"]), str(row["group"]), str(row["comparator"])) for row in own.to_dict("records")
            ]
    return list(dict.fromkeys(found))


def _key(row: Mapping[Any, Any]) -> tuple[str, str, str, str]:
    return str(row["metric"]), str(row["dimension"]), str(row["group"]), str(row["comparator"])


def group_chart(report: Report, metric: str, dimension: str, groups: tuple[str, ...], *, caption: str | None = None) -> Chart | None:
    """Return groups over half-years, or contract years in public; None where fewer than two periods or nothing of the first is shown."""
    every = report.assessment.half_years
    rows = every[every["metric"].eq(metric) & every["dimension"].eq(dimension)]
    named = [one for one in dict.fromkeys(groups) if rows["group"].eq(one).any()]
    own = rows[rows["group"].isin(named)]
    shown = own[own["value"].notna()]
    if shown["period"].nunique() < 2 or not shown["group"].eq(groups[0]).any():
        return None
    return group_over_time(own.reset_index(drop=True), voice=report.voice, groups=named, caption=caption)
