"""How to read the pages of the meeting: plan, agenda, minutes. They show words more than numbers, and need other help than a dashboard."""

from __future__ import annotations

from acmlib.display.objects import Bullets, Section
from acmlib.display.report import Report


def how_to_read_plan(report: Report) -> Section:
    """Return how a plan is read."""
    return _reading(report, "plan_undecided", "plan_file", "plan_calendar")


def how_to_read_minutes(report: Report) -> Section:
    """Return how minutes are read."""
    return _reading(report, "minutes_promises", "minutes_readers")


def _reading(report: Report, *names: str) -> Section:
    words = report.words
    return Section(words("read.heading"), (Bullets(tuple(words(f"read_meeting.{name}") for name in names)),), contents=words("read.short"))


def how_to_read_evidence(report: Report) -> Section:
    """Return how an evidence sheet is read."""
    return _reading(report, "evidence_what")


def how_to_read_worksheet(report: Report) -> Section:
    """Return how a worksheet for choosing measures is read."""
    return _reading(report, "worksheet_benchmark", "worksheet_here")
