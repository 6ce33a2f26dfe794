"""How long people wait, and how many wait still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from acmlib.analysis import overview
from acmlib.contract.ids import MetricId
from acmlib.display.charts.frames import released
from acmlib.display.charts.waits import waits_over_time
from acmlib.display.objects import Cell, Column, DataTable, Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.rows import number, records
from acmlib.display.sections.contents import together


def waits(report: Report) -> tuple[Section, ...]:
    """Return for each duration of the contract of how many the wait was over by which day; nothing where none is agreed."""
    durations = [name for name, metric in report.contract.metrics.items() if metric.kind == "duration" and metric.marks and metric.date]
    return together(report, "waits", [_waits(report, name) for name in durations])


def waits_by_group(report: Report, metric: str, dimension: str) -> tuple[Section, ...]:
    """Return how long people wait for what a topic is about, and whose cases are still open; of a topic that is no wait, all waits."""
    own = report.contract.metrics.get(metric)
    if own is None or own.kind != "duration":
        return waits(report) if own is None or own.kind != "mean" else ()
    over_time = (_waits(report, metric),) if own.marks and own.date else ()
    return (*over_time, *_open_by_group(report, metric, dimension))


def _open_by_group(report: Report, metric: str, dimension: str) -> tuple[Section, ...]:
    """Return how many cases of each group are still open; nothing where no group is shown."""
    words, voice = report.words, report.voice
    cells, period = report.cells, overview.latest_periods(report.cells).get(metric)
    rows = cells[cells["metric"].eq(metric) & cells["dimension"].eq(dimension) & cells["period"].eq(period or "")]
    if not rows["denominator"].notna().any():
        return ()
    names = ("cases", "finished", "open")
    columns = (Column(voice.dimension(dimension).capitalize()), *(Column(words(f"waits.column_{one}"), "number") for one in names))
    body = []
    for row in records(report.in_order(rows)):
        closed, of = number(row, "numerator"), number(row, "denominator")
        hidden = Cell(voice.status(str(row["status"])), muted=True)
        shown: tuple[str | Cell, ...] = (hidden,) * 3
        if closed is not None and of is not None:
            shown = (words.number(of), words.number(closed), words.number(of - closed))
        body.append((voice.group(dimension, str(row["group"])), *shown))
    caption = words("waits.open_caption", metric=voice.metric(metric), dimension=voice.dimension(dimension), period=str(period))
    return (Section(words("waits.open_by", dimension=voice.dimension(dimension)), (DataTable(caption, columns, tuple(body)),)),)


def _waits(report: Report, metric: str) -> Section:
    voice = report.voice.about(metric)
    words = voice.words
    definition = report.contract.metrics[metric]
    cells = report.release.waits
    cells = cells[cells["metric"].map(lambda one: MetricId.parse(one).key).eq(metric)].reset_index(drop=True)
    # The figure shows two periods: the last, and the one before it.
    cells = cells[cells["period"].isin(sorted(set(cells["period"]), key=lambda text: (text.rpartition("/")[2], text))[-2:])].reset_index(
        drop=True
    )
    name, short = voice.metric(metric), words("contents.waits_topic")
    rows = records(cells)
    told = [row for row in rows if released(row)]
    if not told:
        why = "waits.none_why" if rows else "waits.early_why"
        return Section(words("waits.none", metric=name), (Prose((words(why),)), *_open(report, metric)), contents=short)
    last = [row for row in told if row["period"] == max(row["period"] for row in told)]
    standard = None if definition.standard is None else voice.days(metric, definition.standard)
    figure = waits_over_time(cells, voice=voice, standard=standard)
    heading = _heading(report, metric, last, standard)
    return Section(heading, (figure, *_open(report, metric)), question=words("waits.question"), contents=short)


def _heading(report: Report, metric: str, last: Sequence[dict[str, Any]], standard: float | None) -> str:
    """Say how many had waited no longer than the standard, and how many were still waiting at the last day shown."""
    words = report.words
    name = report.voice.metric(metric)
    days = {MetricId.parse(row["metric"]).days or 0: row for row in last}
    end = max(days)
    share = number(days[end], "value") or 0.0
    if standard not in days or end == standard:
        return words("waits.heading_last", metric=name, share=share, days=report.voice.days(metric, end), rest=1 - share)
    return words("waits.heading", metric=name, share=number(days[int(standard)], "value"), rest=1 - share,
                 days=report.voice.days(metric, standard), end=report.voice.days(metric, end))  # fmt: skip


def _open(report: Report, metric: str) -> tuple[Display, ...]:
    """Say what the last window shows: the median with open cases counted, and how many are open; nothing where it is hidden."""
    row = report.latest(metric)
    if not row or not released(row):
        return ()
    words = report.words
    of, closed = (number(row, one) or 0.0 for one in ("denominator", "numerator"))
    median = words("waits.median", period=row["period"], days=report.voice.days(metric, number(row, "value") or 0.0))
    return (Prose((" ".join([median, words("waits.open", n=of - closed, of=of, date=report.date)]),)),)
