"""The clients' voice beside surveys: focus groups and their themes, feedback on what was done."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from acmlib.analysis.voice import agreement
from acmlib.contract.voices import Event, Heard, Theme
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Section
from acmlib.display.report import Report
from acmlib.display.sections.opening import some_not_shown
from acmlib.display.tables import bullets


def heard(report: Report) -> Section | None:
    """Return *you said, we did*: what people said, what was done, when they were told, and who has not answered yet.

    None where nothing was said that these readers may see.
    """
    words, entries = report.words, sorted(report.records.voices.heard, key=lambda one: one.date)
    if not entries:
        return None
    columns = tuple(Column(words(f"heard.column_{one}")) for one in ("said", "did", "told"))
    rows = tuple((_said(report, one), _did(report, one), _told(report, one)) for one in entries)
    told = sum(one.told_on is not None for one in entries)
    late = [one for one in entries if one.told_on is None and one.answer_due is not None and one.answer_due < report.date]
    heading = words("heard.heading_here" if some_not_shown(report, "heard") else "heard.heading", n=told, total=len(entries))
    if late:
        heading = words("heard.heading_late", heading=heading, late=len(late))
    return Section(heading, (DataTable(words("heard.caption"), columns, rows),), contents=words("heard.short"))


def _said(report: Report, one: Heard) -> Cell:
    event = next((event for event in report.records.voices.events if event.id == one.event), None)
    where = report.words(f"heard.event_{event.kind.replace(' ', '_')}", date=one.date) if event else report.words.date(one.date)
    return Cell(one.said.in_language(report.voice.language), detail=where)


def _did(report: Report, one: Heard) -> str | Cell:
    words, language = report.words, report.voice.language
    if one.did is not None:
        return one.did.in_language(language)
    action = next((action for action in report.records.actions if action.id == one.action), None)
    if action is not None:
        return Cell(words("heard.promised"), detail=action.what.in_language(language))
    # Which of them was answered by a promise that is not shown here is not told either.
    return Cell(words("heard.nothing_here" if some_not_shown(report, "actions") else "heard.nothing"), muted=True)


def _told(report: Report, one: Heard) -> str | Cell:
    words = report.words
    if one.told_on is not None:
        how = one.told_how.in_language(report.voice.language) if one.told_how else ""
        return Cell(words.date(one.told_on), detail=how)
    owes = words(f"heard.owes_{one.party}")
    if one.answer_due is None:
        return Cell(owes)
    key = "heard.overdue" if one.answer_due < report.date else "heard.due"
    return Cell(owes, detail=words(key, date=one.answer_due))


def listened(report: Report, topic: str | None = None) -> Section | None:
    """Return focus groups, town halls and interviews with what came up in them, and how two coders agreed on it.

    How many said something is told to those who hold the records; others read whether it was most of those who came, or fewer.

    Parameters
    ----------
    topic : str, optional
        Only what belongs to this line of the roadmap. A line of kind ``voice`` without a metric is about everything that was said.

    Returns
    -------
    Section or None
        None where nothing was held that these readers may know of.
    """
    words, voices = report.words, report.records.voices
    if report.topic is not None and report.topic.kind == "voice" and report.topic.metric is None:
        topic = None
    themes: dict[str, list[Theme]] = {event.id: [] for event in voices.events} if topic is None else {}
    for theme in voices.themes:
        if topic is None or theme.topic == topic:
            themes.setdefault(theme.event, []).append(theme)
    events = [event for event in voices.events if event.id in themes]
    if not events:
        return None
    body = [_event(report, event, themes[event.id]) for event in events]
    told = _coders(report, {one.id: one for found in themes.values() for one in found}) if report.release.edition != "public" else []
    return Section(words("listened.heading"), (*body, *bullets(told, words("listened.coders"))), contents=words("listened.short"))


def _coders(report: Report, themes: Mapping[str, Theme]) -> list[str]:
    """Say for each of these themes how far two people who coded the same excerpts agreed."""
    words, told = report.words, []
    for one in agreement(report.records.coded):
        if one.theme in themes:
            title = themes[one.theme].title.in_language(report.voice.language)
            if math.isnan(one.kappa):
                told.append(words("listened.always", theme=title, n=one.excerpts))
            else:
                told.append(words("listened.kappa", theme=title, agreed=one.agreed, kappa=words.decimal(one.kappa), n=one.excerpts))
    return told


def _event(report: Report, event: Event, themes: Sequence[Theme]) -> Display:
    words, language = report.words, report.voice.language
    inside = report.release.edition == "internal"
    line = words(f"listened.{event.kind.replace(' ', '_')}", date=event.date, who=event.who.in_language(language))
    how = words("listened.how", how=event.recruitment.in_language(language))
    came = words("listened.came", n=event.came, invited=event.invited) if event.invited and inside else ""
    items = tuple(_theme(report, theme, event) for theme in sorted(themes, key=lambda theme: -theme.said_by))
    return Bullets((*items, " ".join(part for part in (how, came) if part)), heading=line)


def _theme(report: Report, theme: Theme, event: Event) -> str:
    words = report.words
    title = theme.title.in_language(report.voice.language)
    if report.release.edition == "internal":
        groups = [
            words("listened.group", group=report.voice.group(dimension, group), n=n)
            for dimension, counts in theme.by_group.items()
            for group, n in counts.items()
        ]
        told = words("listened.said_by", title=title, n=theme.said_by, came=event.came)
        return words("listened.said_by_groups", told=told, list="; ".join(groups)) if groups else told
    return words("listened.most" if 2 * theme.said_by > event.came else "listened.some", title=title)
