"""Since last time: what moved, which gaps are new or settled, promises kept and missed, figures restated."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

from acmlib.analysis.before import Before
from acmlib.analysis.verdicts import MetricVerdict
from acmlib.contract.records import Action
from acmlib.display.changes import change_numbers
from acmlib.display.comparisons import Comparison, comparisons
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Fold, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.opening import is_overdue, open_table, silence
from acmlib.display.sections.tiles import CHANGED


def since_last_time(report: Report) -> Section | None:
    """Return what is new since the report before: figures and verdicts that moved, gaps, promises, restated figures.

    Compared with the report of the period before, worked out with the data of today, and the section says so; what was handed out with
    other numbers stands under *restated*.

    Returns
    -------
    Section or None
        None where there is nothing before and nothing was promised.
    """
    words, before = report.words, report.release.before
    if before is None and not report.records.actions and not len(report.release.restatements):
        return None
    moved = [*_figures(report, before), *_gaps(report, before)] if before is not None else []
    kept = _promises(report, before)
    restated = _restated(report)
    body: list[Display] = []
    if before is not None:
        table = _table(report, before)
        body.append(Fold(table.caption, (table,)))
        body += [Bullets(tuple(moved))] if moved else []
    body += [Bullets(tuple(kept), heading=words("since.promises"))] if kept else []
    open_ = [one for one in report.records.actions if one.status == "open" and one.agreed_on <= report.date]
    first = before.period.end if before is not None else report.date
    fresh = {one.id for one in open_ if one.agreed_on > first}
    body += _open(report, open_, fresh)
    body += [Bullets(tuple(restated), heading=words("since.restated"))] if restated else []
    late = sum(is_overdue(one, report) for one in open_)
    parts = [words("since.moved" if moved else "since.none_moved", n=len(moved))] if before is not None else []
    parts += [words("since.open", n=len(open_), late=late)] if open_ else []
    name = words("since.since", period=before.period.text) if before is not None else words("since.short")
    heading = words("since.heading", name=name, list="; ".join(parts)) if parts else name
    return Section(heading, tuple(body), contents=words("since.short"))


def _open(report: Report, actions: list[Action], fresh: set[str]) -> list[Display]:
    """Return the open promises: where some are overdue, those; all of them folded below."""
    if not actions:
        return [Prose((silence(report, "actions"),))]
    late = [one for one in actions if is_overdue(one, report)]
    whole = open_table(report, actions, fresh=fresh)
    if not late or len(late) == len(actions):
        return [whole]
    caption = report.words("since.overdue")
    return [replace(open_table(report, late, fresh=fresh), caption=caption), Fold(report.words("since.all_open"), (whole,))]


def _table(report: Report, before: Before) -> DataTable:
    """Return each headline figure then and now."""
    words, voice = report.words, report.voice
    nothing = Cell(words("table.no_value"), muted=True)
    rows = []
    for metric in dict.fromkeys((report.main, *report.headline)):
        now, then = report.verdict(metric), before.metrics.get(metric)
        if now.value != now.value:
            shown: str | Cell = Cell(voice.status(now.status), muted=True)
        else:
            shown = voice.value(metric, now.value)
        known = then is not None and then.value == then.value and now.value == now.value
        old: str | Cell = voice.value(metric, then.value) if known and then else nothing
        rows.append((voice.short(metric), old, shown))
    columns = (Column(words("since.figure")), Column(words("since.then"), "number"), Column(words("since.now"), "number"))
    return DataTable(words("since.caption", period=before.period.text), columns, tuple(rows), notes=(words("since.basis"),))


def _figures(report: Report, before: Before) -> list[str]:
    """Return the verdicts on targets and changes that are not what they were."""
    found = []
    for metric in dict.fromkeys((report.main, *report.headline)):
        now, then = report.verdict(metric), before.metrics.get(metric)
        if then is None or now.value != now.value or then.value != then.value:
            continue
        found += _target(report, now, then)
        if now.change.state in CHANGED and then.change.state not in CHANGED and now.change.before == now.change.before:
            numbers = change_numbers(now, report.voice)
            found.append(report.words(f"since.new_{now.change.state}", metric=report.voice.short(metric), **numbers))
        elif then.change.state in CHANGED and now.change.state == "no clear change":
            found.append(report.words("since.change_gone", metric=report.voice.short(metric)))
    return found


def _target(report: Report, now: MetricVerdict, then: MetricVerdict) -> list[str]:
    if now.target.state == then.target.state or not {now.target.state, then.target.state} <= {"met", "missed"}:
        return []
    values = {"before": report.voice.value(now.metric, then.value), "after": report.voice.value(now.metric, now.value)}
    target = report.voice.value(now.metric, now.target.value)
    return [report.words(f"since.now_{now.target.state}", metric=report.voice.short(now.metric), target=target, **values)]


def _gaps(report: Report, before: Before) -> list[str]:
    """Return gaps that became clear, and those that no longer are: only of groups whose numbers are shown here."""
    then = {(one.metric, one.dimension): one for one in comparisons(before.gaps, report.contract)}
    found = []
    for one in report.comparisons:
        earlier = then.get((one.metric, one.dimension))
        if earlier is None or ":" in one.metric:
            continue
        names = {"now": _clear(one), "then": _clear(earlier)}
        shown = {str(row["group"]) for row in one.rows if row["value"] == row["value"]}
        for key, groups in (("gap_new", names["now"] - names["then"]), ("gap_gone", names["then"] - names["now"])):
            people = [report.voice.people(one.dimension, group) for group in sorted(groups & shown)]
            if people:
                found.append(report.words(f"since.{key}", metric=report.voice.short(one.metric), list=report.words.list(people)))
    return found


def _clear(comparison: Comparison) -> set[str]:
    return {str(row["group"]) for row in comparison.behind} if comparison.outcome == "clear" else set()


def _promises(report: Report, before: Before | None) -> list[str]:
    """Return promises kept and made since the report before, or in the last month; missed ones stand in the table of open ones."""
    words, language = report.words, report.voice.language
    first = before.period.end if before is not None else report.date - dt.timedelta(days=31)
    found = []
    for one in report.records.actions:
        values = {"what": one.what.in_language(language), "owner": one.owner}
        if one.status == "done" and one.done_on is not None and first < one.done_on <= report.date:
            found.append(words("since.kept", date=one.done_on, **values))
        elif one.status != "open" and first < one.agreed_on <= report.date:
            found.append(words("since.promised", date=one.agreed_on, **values))
    return found


def _restated(report: Report) -> list[str]:
    """Say how many figures were released with other numbers before, and why."""
    words, found = report.words, report.release.restatements
    if not len(found):
        return []
    why = [words("quality.no_reason") if reason is None else reason.in_language(words.locale.language) for reason in found["reason"]]
    counted = Counter(zip(found["released"], why, strict=True))
    return [words("quality.restated", n=n, period=words.period(period), why=text) for (period, text), n in sorted(counted.items())]
