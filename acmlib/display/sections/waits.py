"""How long people wait, and how many wait still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from acmlib.display.charts.frames import number, records, released
from acmlib.display.charts.waits import waits_over_time
from acmlib.display.objects import Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.contents import together


def waits(report: Report) -> tuple[Section, ...]:
    """Return for each duration of the contract of how many the wait was over by which day; nothing where none is agreed.

    Parameters
    ----------
    report : Report
    """
    durations = [name for name, metric in report.contract.metrics.items() if metric.kind == "duration" and metric.marks and metric.date]
    return together(report, "waits", [_waits(report, name) for name in durations])


def _waits(report: Report, metric: str) -> Section:
    words, voice = report.words, report.voice
    definition = report.contract.metrics[metric]
    cells = report.release.waits
    cells = cells[cells["metric"].str.partition("@")[0].eq(metric)].reset_index(drop=True)
    name, short = voice.metric(metric), words("contents.waits_topic")
    rows = records(cells)
    told = [row for row in rows if released(row)]
    if not told:
        why = "waits.none_why" if rows else "waits.early_why"
        return Section(words("waits.none", metric=name), (Prose((words(why),)), *_open(report, metric)), contents=short)
    last = [row for row in told if row["period"] == max(row["period"] for row in told)]
    figure = waits_over_time(cells, voice=voice, standard=definition.standard)
    heading = _heading(report, name, last, definition.standard)
    return Section(heading, (figure, *_open(report, metric)), question=words("waits.question"), contents=short)


def _heading(report: Report, name: str, last: Sequence[dict[str, Any]], standard: float | None) -> str:
    """Say how many had waited no longer than the standard, and how many were still waiting at the last day shown."""
    words = report.words
    days = {int(str(row["metric"]).partition("@")[2].rstrip("d")): row for row in last}
    end = max(days)
    share = number(days[end], "value") or 0.0
    if standard not in days or end == standard:
        return words("waits.heading_last", metric=name, share=share, days=end, rest=1 - share)
    return words("waits.heading", metric=name, share=number(days[int(standard)], "value"), days=standard, rest=1 - share, end=end)


def _open(report: Report, metric: str) -> tuple[Display, ...]:
    """Say what the last window shows: the median with open cases counted, and how many are open; nothing where it is hidden."""
    row = report.latest(metric)
    if not row or not released(row):
        return ()
    words = report.words
    of, closed = (number(row, one) or 0.0 for one in ("denominator", "numerator"))
    median = words("waits.median", period=row["period"], days=row["value"])
    return (Prose((" ".join([median, words("waits.open", n=of - closed, of=of, date=report.date)]),)),)
