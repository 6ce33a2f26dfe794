"""The agenda of a meeting, one printed sheet: promises, real signals, one deep dive, something to celebrate, decisions, who does what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from acmlib.analysis.earlier_report import EarlierReport
from acmlib.analysis.obligations import promise_summaries
from acmlib.analysis.spot_checks import last_failed
from acmlib.contract.records import Action, Topic
from acmlib.display.facts import BAD, WEAK, Fact
from acmlib.display.objects import Bullets, Column, DataTable, Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.meeting import calendar_entries, meeting_day
from acmlib.display.sections.named import figure_name
from acmlib.display.sections.opening import agreed_actions, here, open_actions, overdue, some_not_shown
from acmlib.display.sections.opening_facts import fact_sentence, report_facts
from acmlib.display.sections.records import questions_asked
from acmlib.display.sections.since import given_otherwise, last_time, news
from acmlib.display.tables import bullets, prose

#: A meeting discusses at most three signals and takes a handful of decisions; a sheet has no room for more.
SIGNALS, DECISIONS, PROMISES, ROOM, NEWS = 3, 3, 4, 3, 2

#: Minutes of each item in a meeting of 90; other lengths in proportion, to five minutes, what is left over to the deep dive.
MINUTES = {"promises": 15, "signals": 25, "deep_dive": 25, "celebrate": 5, "decisions": 10, "next": 10}
USUAL = 90


def agenda(report: Report) -> tuple[Display, ...]:
    """Return the agenda of the meeting that the pages of this period are made for.

    Returns
    -------
    tuple of Display
        When and where, then the items, each with the time at which it begins, or how long it takes where the plan names no hour.
    """
    words, plan = report.words, report.records.calendar
    facts = report_facts(report)
    topic = deep_dive_topic(report)
    items = [name for name in MINUTES if name != "deep_dive" or topic is not None]
    lengths = _lengths(items, plan.minutes if plan else USUAL)
    bodies = {
        "promises": _promises(report),
        "signals": _signals(report, facts),
        "deep_dive": _deep_dive(report, topic),
        "celebrate": _celebrate(report, facts),
        "decisions": _decisions(report),
        "next": _next(report),
    }
    sections: list[Display] = _where(report)
    begins = dt.datetime.combine(dt.date.min, dt.time.fromisoformat(plan.time)) if plan else None
    for name in items:
        heading, body = bodies[name]
        when = words("agenda.at", time=f"{begins:%H:%M}") if begins else words("agenda.minutes", n=lengths[name])
        sections.append(Section(words("agenda.item", when=when, what=heading), body, contents=words(f"agenda.{name}_short")))
        begins = begins + dt.timedelta(minutes=lengths[name]) if begins else None
    return tuple(sections)


def _where(report: Report) -> list[Display]:
    """Say when and where the meeting is, as far as it is known."""
    words, plan, day = report.words, report.records.calendar, meeting_day(report)
    if day is None:
        return []
    if plan is None:
        return [Prose((words("agenda.on", date=day),))]
    begins = dt.datetime.combine(day, dt.time.fromisoformat(plan.time))
    ends = begins + dt.timedelta(minutes=plan.minutes)
    told = words("agenda.on_at", date=day, begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}")
    place = plan.place.in_language(report.voice.language) if plan.place else ""
    return [Prose((words("agenda.on_place", when=told, place=place) if place else told,))]


def _lengths(items: Sequence[str], minutes: int) -> dict[str, int]:
    """Return how long each item takes; together exactly the length of the meeting.

    Examples
    --------
    >>> _lengths(list(MINUTES), 60)
    {'promises': 10, 'signals': 15, 'deep_dive': 20, 'celebrate': 5, 'decisions': 5, 'next': 5}
    """
    found = {name: max(5, 5 * int(MINUTES[name] * minutes / USUAL / 5)) for name in items}
    longest = "deep_dive" if "deep_dive" in found else "signals"
    found[longest] += minutes - sum(found.values())
    return found


def deep_dive_topic(report: Report) -> Topic | None:
    """Return the topic of the roadmap that this meeting looks into: that of its month, else the earliest that is ready."""
    month = f"{report.release.period.end:%Y-%m}"
    waiting = sorted((one for one in report.records.roadmap if one.status in ("planned", "ready")), key=lambda one: one.month)
    now = [one for one in waiting if one.month == month]
    late = [one for one in waiting if one.month < month and one.status == "ready"]
    return next(iter(now or late), None)


def _who(report: Report, action: Action) -> str:
    return report.words("agenda.who", name=action.owner, party=report.words(f"minutes.party_{action.party}"))


def _promises(report: Report) -> tuple[str, tuple[Display, ...]]:
    words, late = report.words, {one.id for one in overdue(report)}
    promised = sorted(open_actions(report), key=lambda one: (one.due is None, one.due or report.date, one.id))
    lines = [_kept_line(report, one) for one in _kept(report)[:2]] + [_open_line(report, one, late) for one in promised[:PROMISES]]
    if len(promised) > PROMISES:
        lines.append(words("agenda.more", n=len(promised) - PROMISES))
    found = promise_summaries(agreed_actions(report), report.date)
    parts = [words("agenda.rate", party=words(f"party.{rate.party}"), n=rate.kept, total=rate.due) for rate in found]
    rates = [words(f"agenda.rates{here(report)}", list=parts)] if parts else []
    heading = words(f"agenda.promises{here(report)}", n=len(promised), late=len(late))
    if not promised:
        heading = words("agenda.promises_not_here" if here(report) else "agenda.promises_none")
    return heading, (*bullets(lines), *prose(rates))


def _open_line(report: Report, one: Action, late: Collection[str]) -> str:
    """Return a promise that is open: overdue, due by the meeting, due later, or without a day."""
    day = meeting_day(report)
    by_now = one.due is not None and day is not None and one.due <= day
    key = "overdue" if one.id in late else "due_now" if by_now else "due" if one.due else "no_day"
    what = one.what.in_language(report.voice.language)
    line = report.words(f"agenda.{key}", what=what, who=_who(report, one), date=one.due or report.date)
    return report.words("agenda.moved", promise=line, date=one.first_due) if one.first_due else line


def _kept(report: Report) -> list[Action]:
    """Return the promises that were done since last time."""
    return [one for one in report.records.actions if one.done_on is not None and last_time(report) < one.done_on <= report.date]


def _kept_line(report: Report, one: Action) -> str:
    """Return a promise that was done, with whether that was later than agreed."""
    key = "agenda.kept_late" if (one.days_late or 0) > 0 else "agenda.kept"
    return report.words(key, what=one.what.in_language(report.voice.language), who=_who(report, one))


def _signals(report: Report, facts: Sequence[Fact]) -> tuple[str, tuple[Display, ...]]:
    words, voice = report.words, report.voice
    real = [one for one in facts if one.kind in (*BAD, "changed")][:SIGNALS]
    watch = [one for one in facts if one.kind in WEAK][:1]
    lines = [text for one in real if (text := fact_sentence(report, one))]
    body: list[Display] = [Bullets(tuple(lines), ordered=True)] if lines else []
    small = [words("agenda.watch", what=text) for one in watch if (text := fact_sentence(report, one))]
    named = {one.metric for one in (*real, *watch)} | {one.metric for one in facts if one.kind == "better"}
    quiet = [voice.short(metric) for metric in report.headline if metric not in named and _is_known(report, metric)]
    small += [words("agenda.skip", list=quiet)] if quiet else []
    heading = words("agenda.signals", n=len(lines)) if lines else words("agenda.signals_none")
    before = report.release.before
    # What is new is certain: it stands apart from what is to be watched.
    told = [" ".join(small), _since(report, before) if before is not None else "", _otherwise(report)]
    return heading, (*body, *prose([one for one in told if one]))


def _otherwise(report: Report) -> str:
    """Return the first of what was handed out with other numbers, the rest as a number: the sheet has no room for more."""
    first, *more = given_otherwise(report) or [""]
    return " ".join([first, *([report.words("agenda.more_news", n=len(more))] if more else [])])


def _since(report: Report, before: EarlierReport) -> str:
    """Return what is new since the last edition of these readers: at most `NEWS` findings, the rest as a number."""
    words, moved = report.words, news(report)
    since = words("since.since", period=before.period.text)
    more = [words("agenda.more_news", n=len(moved) - NEWS)] if len(moved) > NEWS else []
    return words("agenda.since", since=since, what=" ".join([*moved[:NEWS], *more]) if moved else words("agenda.nothing_new"))


def _is_known(report: Report, metric: str) -> bool:
    """Return whether a metric was judged; one that could not be judged may have an undetected signal."""
    known = report.assessment.metrics.get(metric)
    return known is not None and known.change.state in ("no clear change", "better") and known.target.state != "missed"


def _deep_dive(report: Report, topic: Topic | None) -> tuple[str, tuple[Display, ...]]:
    words, language = report.words, report.voice.language
    if topic is None:
        return "", ()
    lines = [topic.question.in_language(language)] if topic.question else []
    lines += [words("agenda.prepares", name=topic.prepares)] if topic.prepares else []
    return words("agenda.deep_dive", topic=topic.title.in_language(language)), (Prose((" ".join(lines),)),) if lines else ()


def _celebrate(report: Report, facts: Sequence[Fact]) -> tuple[str, tuple[Display, ...]]:
    """Return one thing that went well: a real improvement, else a target clearly met, else a promise kept."""
    words = report.words
    good = [one for kind in ("better", "met", "met other") for one in facts if one.kind == kind]
    sure = [one for one in good if one.kind == "better" or (one.verdict is not None and one.verdict.target.certain)]
    if sure:
        return words("agenda.celebrate"), (Prose((fact_sentence(report, sure[0]),)),)
    kept = [one for one in _kept(report) if (one.days_late or 0) <= 0]
    if kept:
        return words("agenda.celebrate"), (Prose((_kept_line(report, kept[0]),)),)
    return words("agenda.celebrate"), (Prose((words("agenda.celebrate_ask"),)),)


def _decisions(report: Report) -> tuple[str, tuple[Display, ...]]:
    words = report.words
    found = [*_owed_decisions(report), *_disputed(report), *_overdue(report), *_checked(report), *_undecided(report)]
    if not found:
        return words("agenda.decisions_none"), ()
    more = [words("agenda.more", n=len(found) - DECISIONS)] if len(found) > DECISIONS else []
    return words("agenda.decisions", n=len(found)), (Bullets((*found[:DECISIONS], *more)),)


def _owed_decisions(report: Report) -> Iterator[str]:
    for one in report.records.deliverables:
        if one.kind == "decision" and one.done_on is None and one.due <= report.date and one.what is not None:
            yield report.words("agenda.decide_owed", what=one.what.in_language(report.voice.language), date=one.due)


def _disputed(report: Report) -> Iterator[str]:
    for one in report.records.responses:
        if one.is_open and one.text is not None:
            text = one.text.in_language(report.voice.language)
            yield report.words("agenda.decide_reply", figure=figure_name(report, one.figure, short=True), text=text)


def _overdue(report: Report) -> Iterator[str]:
    for one in overdue(report)[:2]:
        yield report.words("agenda.decide_overdue", what=one.what.in_language(report.voice.language), name=one.owner)


def _checked(report: Report) -> Iterator[str]:
    """Yield the metrics whose records were wrong too often when they were checked last."""
    for metric, one in last_failed(report.records.checks).items():
        key = "agenda.decide_check_public" if report.release.decided_by == "public" else "agenda.decide_check"
        yield report.words(key, metric=report.voice.short(metric), right=one.records - one.errors, n=one.records)


def _undecided(report: Report) -> Iterator[str]:
    """Yield the first question of the plan without an answer: of those written down, else of the guide's; none of a plan that is over."""
    words, language = report.words, report.voice.language
    if report.ended:
        return
    # One of the guide's that is not among those shown here may have an answer for other readers.
    guide = [] if some_not_shown(report, "plan") else questions_asked(report)
    for one in (*report.records.plan, *guide):
        if one.answer is None:
            text = one.question.in_language(language) if one.question else words(f"plan_question.{one.id}")
            yield words("agenda.decide_plan", question=text)
            return


def _next(report: Report) -> tuple[str, tuple[Display, ...]]:
    """Return an empty table to be filled in by hand, and when the next meeting is."""
    words, day = report.words, meeting_day(report)
    columns = tuple(Column(words(f"minutes.column_{one}")) for one in ("what", "who", "due"))
    rows = tuple((words("agenda.line", n=number), "", "") for number in range(1, ROOM + 1))
    following = next((entry.day for entry in calendar_entries(report) if entry.kind == "meeting" and day and entry.day > day), None)
    following_text = words("minutes.next", date=following) + ". " if following else ""
    shown = DataTable(words("agenda.next_caption"), columns, rows, notes=(following_text + words("read_meeting.agenda_times"),))
    return words("agenda.next"), (shown,)
