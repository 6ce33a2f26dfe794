"""The evidence sheet for What Works Cities certification: what one contract shows for two criteria of results-driven contracting.

RDC5, *Using Data to Manage Contracts and Improve Outcomes and Performance*: contracts are actively managed with disaggregated performance
data, engaging with contractors at least quarterly. RDC8, *Supporting Vendor Participation and Competition*: it is made easier for
vendors to do business with the government. Names and numbers as What Works Cities publishes them (43 criteria, https://whatworkscities.bloomberg.org).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from acmlib.analysis.obligations import obligation_summaries, promise_summaries
from acmlib.display.objects import Cell, Column, DataTable, Section
from acmlib.display.report import Report
from acmlib.intake.check.burden import burden

#: The criterion asks for a meeting at least every quarter.
QUARTER = dt.timedelta(days=92)
CRITERIA = ("rdc5", "rdc8")

#: What was found for one piece of evidence: its name, what there is (empty if it is missing).
Piece = tuple[str, str]


def evidence_sheet(report: Report) -> tuple[Section, ...]:
    """Return for each criterion what this contract can show, and what is missing.

    Parameters
    ----------
    report : Report
        Of the internal edition: it counts what people wrote.
    """
    words = report.words
    columns = (Column(words("evidence.column_piece")), Column(words("evidence.column_there")))
    sections = []
    for criterion, pieces in zip(CRITERIA, (tuple(_managed(report)), tuple(_vendors(report))), strict=True):
        rows = tuple((words(f"evidence.{name}"), found or _missing(report, name)) for name, found in pieces)
        n, name = sum(bool(found) for _, found in pieces), words(f"evidence.{criterion}")
        heading = words("evidence.heading", criterion=name, n=n, total=len(pieces))
        sections.append(Section(heading, (DataTable(name, columns, rows),), contents=words(f"evidence.{criterion}_short")))
    return tuple(sections)


def _missing(report: Report, piece: str) -> Cell:
    """Say that a piece is missing, and how to come by it."""
    return Cell(report.words("evidence.missing"), detail=report.words(f"evidence.{piece}_how"))


def _managed(report: Report) -> Iterator[Piece]:
    """Yield the evidence that the contract is managed with data, group by group, at least quarterly."""
    words, records, day = report.words, report.records, report.date

    def counted(name: str, n: int, **values: Any) -> Piece:
        return name, words(f"evidence.{name}_there", n=n, **values) if n else ""

    held = sorted(meeting.date for meeting in records.meetings if day - dt.timedelta(days=365) < meeting.date <= day)
    often = all(later - earlier <= QUARTER for earlier, later in pairwise([*held, day]))
    yield counted("meetings", len(held) if often else 0, date=held[-1] if held else day)
    yield counted("targets", sum(report.verdict(name).target.value == report.verdict(name).target.value for name in report.headline))
    people = [name for name in dict.fromkeys(report.gaps["dimension"]) if report.contract.dimensions[name].kind == "people"]
    yield counted("groups", len(people), list=[report.voice.dimension(name) for name in people])
    yield counted("decisions", sum(len(meeting.decisions) for meeting in records.meetings))
    rates = promise_summaries(records.actions, day)
    due = sum(rate.due for rate in rates)
    yield "promises", words("evidence.promises_there", n=sum(rate.kept for rate in rates), total=due) if due else ""
    yield counted("dives", sum(topic.status == "done" for topic in records.roadmap))


def _vendors(report: Report) -> Iterator[Piece]:
    """Yield the evidence that it is made easier to work for the government."""
    words, records = report.words, report.records
    paid = next((one for one in obligation_summaries(records.deliverables, report.date) if one.kind == "invoice"), None)
    known = paid is not None and paid.days_to_pay == paid.days_to_pay
    yield "paid", words("evidence.paid_there", days=words.days(paid.days_to_pay), n=paid.on_time, total=paid.due) if known and paid else ""
    found = burden(report.contract, report.release.fields)
    unused = sum(len(one.unused) for one in found)
    yield "fields", words("evidence.fields_there", n=sum(one.asked for one in found), unused=unused) if found else ""
    waiting = sum(one.is_open for one in records.responses)
    yield "replies", words("evidence.replies_there", n=len(records.responses), open=waiting) if records.responses else ""
    review = records.review
    lessons = [one for one in review.lessons if one.for_ == "solicitation"] if review else []
    yield "lessons", words("evidence.lessons_there", n=len(lessons)) if lessons else ""
