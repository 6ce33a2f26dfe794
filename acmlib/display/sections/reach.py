"""How recent the data are: the newest date of each source and site, and when the next file is expected."""

from __future__ import annotations

from acmlib.display.objects import Column, DataTable, Display, Fold
from acmlib.display.report import Report
from acmlib.display.sections.meeting import calendar_entries, meeting_day
from acmlib.intake.check.newest import Newest

#: Sites that a page lists; of more it shows those that are furthest behind.
MOST_SITES = 12


def reach(report: Report) -> list[str]:
    """Return sentences on how far the data reach, which sites fell behind, and which file the calendar expects when."""
    words, found = report.words, report.release.newest
    whole = [one for one in found if not one.group]
    several = len(whole) > 1
    said = [words("reach.newest_of" if several else "reach.newest", source=one.table, when=_when(report, one)) for one in whole]
    late: dict[tuple[str, str], list[Newest]] = {}
    for one in found:
        if one.behind:
            late.setdefault((one.table, one.dimension), []).append(one)
    for (table, dimension), behind in late.items():
        sites = [words("reach.since", group=report.voice.group(dimension, one.group), date=one.day) for one in behind[:MOST_SITES]]
        sites += [words("reach.others", n=len(behind) - MOST_SITES)] if len(behind) > MOST_SITES else []
        named = {"source": table, "list": sites, "dimension": report.voice.dimension(dimension)}
        said.append(words("reach.behind_in" if several else "reach.behind", **named))
    # The file of the meeting that this page is made for is here already, unless nothing in it is of the period's last month.
    met = meeting_day(report) if any(f"{one.day:%Y-%m}" >= f"{report.date:%Y-%m}" for one in whole) else None
    files = [one for one in calendar_entries(report) if one.kind == "data_due" and one.meeting and one.day > report.date]
    due = next((one for one in files if one.meeting and (met is None or one.meeting > met)), None)
    if due and whole:
        said.append(words("reach.expected", list=[one.table for one in whole], due=due.day, meeting=due.meeting))
    return said


def sites_by_reach(report: Report) -> list[Display]:
    """Return a folded table of the newest date of each site, the furthest behind first, for every table and dimension of sites."""
    words, found = report.words, report.release.newest
    folds: list[Display] = []
    for table, dimension in dict.fromkeys((one.table, one.dimension) for one in found if one.group):
        sites = [one for one in found if one.group and (one.table, one.dimension) == (table, dimension)]
        if len(sites) < 2:
            continue
        name = report.voice.dimension(dimension)
        columns = (Column(words("reach.column_group")), Column(words("reach.column_newest")), Column(words("reach.column_days"), "number"))
        rows = tuple(
            (report.voice.group(dimension, one.group), words.date(one.day), words.number(_days(report, one))) for one in sites[:MOST_SITES]
        )
        notes = (words("reach.more", n=len(sites) - MOST_SITES),) if len(sites) > MOST_SITES else ()
        shown = DataTable(words("reach.caption", source=table, dimension=name), columns, rows, notes=notes)
        folds.append(Fold(words("reach.fold", source=table, dimension=name), (shown,)))
    return folds


def _days(report: Report, one: Newest) -> int:
    return (report.release.period.end - one.day).days


def _when(report: Report, one: Newest) -> str:
    """Return the day of a newest date and how long before the end of the period it lies; by the public rule its quarter alone."""
    words = report.words
    if report.release.decided_by == "public":
        return words.period(f"{one.day.year}Q{(one.day.month + 2) // 3}")
    days = _days(report, one)
    return words("reach.days_before", n=days, date=one.day) if days else words("reach.last_day", date=one.day)
