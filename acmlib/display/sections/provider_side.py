"""The provider's side: obligations of both parties, replies to figures, spot checks, unused fields."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from acmlib.analysis.obligations import ObligationSummary, PromiseSummary, obligation_summaries, promise_summaries, reply_counts
from acmlib.analysis.spot_checks import decision_rule, has_passed, last_failed
from acmlib.contract.ids import DimensionId, MetricId
from acmlib.contract.periods import contract_period
from acmlib.contract.replies import Response, SpotCheck
from acmlib.display.charts.frames import RELEASED
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.meeting import calendar_entries
from acmlib.display.sections.named import figure_name
from acmlib.display.sections.opening import some_not_shown
from acmlib.display.sections.since import last_time
from acmlib.display.sections.voice_of_clients import heard
from acmlib.display.tables import heads, prose
from acmlib.intake.check.burden import burden

#: What counts as used of late: reports of six months.
LATELY = pd.DateOffset(months=6)


def obligations(report: Report) -> Section | None:
    """Return what each party owed and gave by the data cut-off: reports, payments, decisions, referrals.

    None where nothing is recorded as due.
    """
    words = report.words
    found = obligation_summaries(report.records.deliverables, report.date)
    rates = promise_summaries([one for one in report.records.actions if one.agreed_on <= report.date], report.date)
    if not found and not rates:
        return None
    columns = tuple(
        Column(words(f"owed.column_{one}"), "text" if one in ("what", "more") else "number")
        for one in ("what", "due", "came", "on_time", "late", "waiting", "more")
    )
    rows = tuple(
        (
            words(f"owed.{one.kind}_{one.party}"),
            words.number(one.due),
            words.number(one.done),
            words.number(one.on_time),
            _delay(report, one.late_days),
            words.number(one.waiting),
            _more(report, one),
        )
        for one in found
    ) + tuple(_promised(report, one) for one in rates)
    if not found:
        here = "_here" if some_not_shown(report, "actions") else ""
        parts = [words("agenda.rate", party=words(f"party.{one.party}"), n=one.kept, total=one.due) for one in rates]
        heading = words(f"agenda.rates{here}", list=parts).rstrip(".")
        return Section(heading, (DataTable(words("owed.caption"), columns, rows),), contents=words("owed.short"))
    parties = [party for party in ("provider", "agency") if any(one.party == party for one in found)]
    told = [
        words(
            f"owed.heading_{party}",
            n=sum(one.on_time for one in found if one.party == party),
            total=sum(one.due for one in found if one.party == party),
        )
        for party in parties
    ]
    return Section("; ".join(told), (DataTable(words("owed.caption"), columns, rows),), contents=words("owed.short"))


def _promised(report: Report, one: PromiseSummary) -> tuple[str | Cell, ...]:
    """Return how one party kept what it promised in meetings and was due: by the day, late, not yet."""
    words, nothing = report.words, Cell(report.words("table.no_value"), muted=True)
    told = [words(f"owed.{key}", n=n) for key, n in (("kept_late", one.late), ("dropped", one.dropped)) if n]
    name = words(f"owed.promise_{one.party}" + ("_here" if some_not_shown(report, "actions") else ""))
    counts = (
        words.number(one.due),
        words.number(one.kept + one.late),
        words.number(one.kept),
        _delay(report, one.late_days),
        words.number(one.waiting),
    )
    return name, *counts, "; ".join(told) if told else nothing


def _delay(report: Report, days: float) -> str | Cell:
    """Return by how many days what came late was late; that nothing was, where there is no such number."""
    return report.words.days(days) if days == days else Cell(report.words("table.no_value"), muted=True)


def _more(report: Report, one: ObligationSummary) -> str | Cell:
    """Return what only one kind has: reports accepted, days to pay, the amount that waits."""
    words, told = report.words, []
    if one.kind == "report" and one.accepted:
        told.append(words("owed.accepted", n=one.accepted))
    if not math.isnan(one.days_to_pay):
        told.append(words("owed.days_to_pay", days=words.days(one.days_to_pay)))
    for key, amount in (("amount_paid", one.amount_paid), ("amount", one.amount_waiting)):
        if not math.isnan(amount) and amount > 0:
            told.append(words(f"owed.{key}", amount=words.money(amount, report.contract.contract.currency)))
    return "; ".join(told) if told else Cell(words("table.no_value"), muted=True)


def replies(report: Report) -> Section | None:
    """Return what readers answered to the figures of the period, and by when replies are due.

    Beside them stand earlier replies that are disputed still, or were settled since the last meeting.

    None where nobody answered and no day for answers is set.
    """
    words, period, given = report.words, report.release.period.text, report.records.responses
    met = max((meeting.date for meeting in report.records.meetings), default=last_time(report))
    mine = [one for one in given if one.period == period]
    earlier = [one for one in given if one.period != period and one.is_open]
    lately = [one for one in given if one.period != period and one.settled_on and one.settled_on >= met]
    due, every = _replies_due(report), (*mine, *earlier, *lately)
    if not (every or due):
        return None
    columns = heads(words, *(f"replies.column_{one}" for one in ("figure", "reply", "text", "by", "state")))
    table = DataTable(words("replies.caption"), columns, tuple(_reply(report, one) for one in every))
    answered, disputed = reply_counts(mine)
    heading = words("replies.heading_settled", n=len(lately)) if lately else words("replies.heading_none")
    if mine:
        heading = words("replies.heading", n=answered, disputed=disputed + len(earlier))
    elif earlier:
        heading = words("replies.heading_earlier", n=len(earlier))
    return Section(heading, (*([table] if every else []), *prose(due)), contents=words("replies.short"))


def _reply(report: Report, one: Response) -> tuple[str | Cell, ...]:
    """Return a reply as a row of a table."""
    words = report.words
    text = one.text.in_language(report.voice.language) if one.text else Cell(words("table.no_value"), muted=True)
    return (figure_name(report, one.figure), words(f"replies.{one.reply}"), text, words("replies.by", name=one.by, date=one.on),
            settled(report, one))  # fmt: skip


def _replies_due(report: Report) -> list[str]:
    """Say by when replies are due, and how long after the pages go out; nothing where no day lies ahead."""
    ahead = [entry for entry in calendar_entries(report) if entry.kind in ("pre_read", "replies_due") and entry.day > report.date]
    due = next((entry.day for entry in ahead if entry.kind == "replies_due"), None)
    if due is None:
        return []
    sent = next((entry.day for entry in ahead if entry.kind == "pre_read" and entry.day <= due), None)
    return [report.words("replies.due_in", date=due, n=(due - sent).days) if sent else report.words("replies.due", date=due)]


def settled(report: Report, one: Response) -> str:
    """Return how a reply stands: agreed, not settled for so many days, or settled, when and how."""
    words = report.words
    if one.reply == "agree":
        return words("replies.nothing_open")
    if one.settled_on is None:
        days = (report.date - one.on).days
        return words("replies.open_for", n=days) if days > 0 else words("replies.open")
    told = words("replies.settled", date=one.settled_on)
    return words("replies.settled_how", told=told, how=one.settled.in_language(report.voice.language)) if one.settled else told


def checked(report: Report) -> Section | None:
    """Return the spot checks of records, each with its decision rule and how often that errs; the newest first.

    None where no check was made.
    """
    words, language = report.words, report.voice.language
    checks = sorted(report.records.checks, key=lambda check: check.date, reverse=True)
    if not checks:
        return None

    def right(check: SpotCheck) -> Cell | str:
        told = words("spot.right", right=check.records - check.errors, n=check.records)
        return Cell(report.voice.status("hidden"), muted=True) if report.release.decided_by == "public" else told

    columns = tuple(
        Column(words(f"spot.column_{one}"), "number" if one == "right" else "text") for one in ("what", "date", "right", "result")
    )
    rows = tuple(
        (
            check.what.in_language(language),
            words.date(check.date),
            right(check),
            words(
                "checked.result",
                result=words("spot.pass" if has_passed(check) else "spot.fail"),
                least=decision_rule(check.records, check.target).least,
                n=check.records,
            ),
        )
        for check in checks
    )
    rules = [decision_rule(records, target) for records, target in dict.fromkeys((check.records, check.target) for check in checks)]
    notes = tuple(
        words(
            "spot.rule",
            least=rule.least, n=rule.records, good=rule.good, bad=rule.bad, wrong_fail=rule.wrong_fail, wrong_pass=rule.wrong_pass,
        )
        for rule in rules
    )  # fmt: skip
    passed = sum(has_passed(check) for check in checks)
    heading = words("checked.heading_here" if some_not_shown(report, "spot_checks") else "spot.heading", n=len(checks), passed=passed)
    table = DataTable(words("spot.caption"), columns, rows, notes=notes)
    failed = [report.voice.metric(metric) for metric in last_failed(report.records.checks)]
    warning = [Prose((words("checked.warning", list=failed),))] if failed else []
    return Section(heading, (*warning, table), contents=words("spot.short"))


def two_sides(report: Report) -> Section | None:
    """Return the provider's side of a month in one section, which a dashboard folds: its heading is what has to be known.

    What each party owed and gave, the spot checks, replies to the figures, what clients were told, fields that nobody uses. The heading
    is the first of their headings; a check that was not passed warns there of its metric.

    None where none of these is recorded.
    """
    sections = (obligations(report), checked(report), replies(report), heard(report), burden_meter(report))
    parts = [one for one in sections if one is not None]
    if not parts:
        return None
    words = report.words
    failed = [report.voice.short(metric) for metric in last_failed(report.records.checks)]
    heading = parts[0].heading
    if failed:
        heading = words("two_sides.warned", heading=heading, list=failed)
    # The first part's heading stands above already.
    below = [replace(one, level=3, contents="", heading=one.contents if one is parts[0] else one.heading) for one in parts]
    return Section(heading, tuple(below), contents=words("two_sides.short"))


def burden_meter(report: Report) -> Section | None:
    """Return which fields the provider sends that no report of the last six months used; for the two parties only.

    A report uses a field if a figure of its last windows rests on it: a metric that is shown, or a group of a dimension that is shown.

    None where everything that is sent is used, where there are no six months of reports yet, and in public editions.
    """
    words = report.words
    if pd.Timestamp(report.date) < pd.Timestamp(report.contract.contract.starts) + LATELY - pd.DateOffset(days=1):
        return None
    metrics, dimensions = _shown_of_late(report)
    found = burden(report.contract, report.release.fields, metrics=metrics, dimensions=dimensions)
    lines = [
        words(f"burden.{why}", table=one.table, list=list(names))
        for one in found
        for why, names in (("unused", one.unused), ("idle", one.idle))
        if names
    ]
    if not lines:
        return None
    n, asked = sum(len(one.unused) + len(one.idle) for one in found), sum(one.asked for one in found)
    body = (Bullets(tuple(lines)), Prose((words("burden.why"),)))
    question = words("burden.question_ended" if report.ended else "burden.question")
    return Section(words("burden.heading", n=n, asked=asked), body, question=question, contents=words("burden.short"))


def _shown_of_late(report: Report) -> tuple[set[str], set[str]]:
    """Return the metrics and dimensions of which something is shown in windows that end in the last six known months of the metric."""
    cells = report.cells
    cells = cells[cells["status"].isin(RELEASED)]
    ends = {text: min(contract_period(report.contract, text).end, report.date) for text in cells["period"].unique()}
    days = pd.to_datetime(cells["period"].map(ends))
    late = cells[days > days.groupby(cells["metric"]).transform("max") - LATELY]
    return (
        {MetricId.parse(metric).key for metric in late["metric"].unique()},
        {name for dimension in late["dimension"].unique() for name in DimensionId.parse(dimension).names},
    )
