"""The end of a page: how good the data are, how to read the page, how it was made."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version

from acmlib.display.findings import finding_cell
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Provenance, Section
from acmlib.display.report import Report
from acmlib.display.sections.reach import reach, sites_by_reach
from acmlib.display.tables import provenance as provenance_of

#: Programs whose version may change a number.
NAMED_VERSIONS = ("duckdb", "pandas", "scipy")


def data_quality(report: Report) -> Section:
    """Return what the checks of the submitted data found, with who fixes it, how far the data reach, and how many numbers are hidden."""
    words = report.words
    findings = [finding for finding in report.release.findings if finding.severity != "note"]
    body: list[Display] = []
    if findings:
        columns = tuple(Column(words(f"quality.column_{one}")) for one in ("what", "why", "fix", "who"))
        rows = tuple(
            (*(finding_cell(text, report.voice) for text in (one.what, one.why, one.fix)), Cell(words(f"party.{one.who}")))
            for one in findings
        )
        body.append(DataTable(words("quality.caption"), columns, rows))
    hidden = report.release.hidden if report.release.decided_by == "public" else 0
    items = [
        *reach(report),
        *([words("quality.hidden", n=hidden, below=report.contract.privacy.minimum_count - 1)] if hidden else []),
        *restated_figures(report),
    ]
    body += [Bullets(tuple(items))] if items else []
    body += sites_by_reach(report)
    heading = words("quality.heading", n=len(findings)) if findings else words("quality.heading_none")
    return Section(heading, tuple(body), contents=words("quality.short"))


def restated_figures(report: Report) -> list[str]:
    """Say how many figures were released with other numbers before, and why."""
    words, found = report.words, report.release.restatements
    if not len(found):
        return []
    why = [words("quality.no_reason") if reason is None else reason.in_language(words.locale.language) for reason in found["reason"]]
    counted = Counter(zip(found["released"], why, strict=True))
    return [words("quality.restated", n=n, period=words.period(period), why=text) for (period, text), n in sorted(counted.items())]


def how_to_read(report: Report, *, served: bool = True) -> Section:
    """Return the page's own dictionary: clear, possible, not seen; limits; hidden and unreliable; comparators and people to parity.

    Parameters
    ----------
    served : bool
        Whether the page shows who is served.
    """
    words, rules = report.words, report.contract.statistics
    settings = rules.model_dump()  # a sentence names the settings that it prints: {minimum_n:number}
    changed = any(len({one.value for one in metric.target}) > 1 for metric in report.contract.metrics.values())
    items = (
        words("read.gaps", **settings),
        words("read.possible", **settings),
        words("read.not_seen", **settings),
        words("read.limits", **settings),
        report.voice.rule(),
        words("read.unreliable", **settings),
        words("read.immature"),
        words(f"read.windows_{report.assessment.view}", n=rules.rolling_months, **settings),
        *([words("read.participation")] if served else []),
        *([words("read.targets")] if changed else []),
        *([report.voice.working_days()] if any(one.in_working_days for one in report.contract.metrics.values()) else []),
    )
    return Section(words("read.heading"), (Bullets(items),), contents=words("read.short"))


def provenance(report: Report) -> Provenance:
    """Return where the numbers come from: files, rows, hashes, versions, rules, and the contact for corrections."""
    inputs = [(one.path, one.rows, one.sha256) for one in report.release.inputs]
    versions = {name: version(name) for name in NAMED_VERSIONS}
    return provenance_of(voice=report.voice, inputs=inputs, versions=versions)
