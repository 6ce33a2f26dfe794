"""What is not on a page, each in one line with its reason, so that a missing part is not read as *none*."""

from __future__ import annotations

from collections.abc import Iterator

from acmlib.display.claims import Claim
from acmlib.display.objects import Bullets, Section
from acmlib.display.report import Report
from acmlib.display.sections.opening import some_not_shown
from acmlib.intake.check.bases import bases_in_error

#: Kinds of records a dashboard would show.
RECORDS = ("roadmap", "actions", "plan", "notes")


def left_out(report: Report) -> Section | None:
    """Return the parts that have nothing to say here, and why; None if there is none.

    Nobody wrote it, not for these readers, hidden for privacy and too few to judge are four things, and each has its own words.
    """
    items = tuple(_reasons(report))
    if not items:
        return None
    words = report.words
    return Section(words("left_out.heading"), (Bullets(items),), contents=words("left_out.short"))


def _reasons(report: Report) -> Iterator[str]:
    words, contract = report.words, report.contract
    for kind in RECORDS:
        if some_not_shown(report, kind):
            yield words(f"left_out.{kind}_not_here")
        elif not getattr(report.records, kind):
            yield words(f"left_out.{kind}_none", claim=Claim("nothing", about=kind))
    if contract.pathway is None:
        yield words("left_out.pathway_none")
    if not contract.representation:
        yield words("left_out.base_none")
    elif report.served.empty:
        hidden = "served_hidden" if report.release.edition == "public" else "served_none"
        yield words("left_out.served_in_error" if bases_in_error(report.release.findings) else f"left_out.{hidden}")
    if not any(_kind(report, name) == "people" for name in contract.dimensions):
        yield words("left_out.no_people_dimension")
    if not any(metric.target for metric in contract.metrics.values()):
        yield words("left_out.targets_none_ended" if report.ended else "left_out.targets_none")


def _kind(report: Report, dimension: str) -> str:
    return str(getattr(report.contract.dimensions[dimension], "kind", None) or "people")
