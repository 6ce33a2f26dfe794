"""The clients' voice: answers to surveys and who did not answer, focus groups and their themes, what people were told was done."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from acmlib.analysis.voice import ENOUGH_ANSWERS, agreement, weighted_share
from acmlib.contract.survey_metrics import ANSWERED, NEGATIVE, NEUTRAL
from acmlib.contract.surveys import Questions, Survey
from acmlib.contract.voices import Event, Heard, Theme
from acmlib.display.charts.answers import Answers, answer_bars
from acmlib.display.charts.frames import records
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.opening import some_not_shown


def surveys(report: Report) -> tuple[Section, ...]:
    """Return each survey: its answers as diverging bars, choices as a table, who answered and who did not.

    Parameters
    ----------
    report : Report

    Returns
    -------
    tuple of Section
        One a survey of which something may be shown; empty where the contract has none.
    """
    found = (_survey(report, name, survey) for name, survey in report.contract.surveys.items())
    return tuple(section for section in found if section is not None)


def _survey(report: Report, name: str, survey: Survey) -> Section | None:
    words, voice = report.words, report.voice
    answered = report.latest(f"{name}_{ANSWERED}")
    if not answered:
        return None
    period = str(answered["period"])
    body: list[Display] = []
    scales = [one for block in survey.questions if block.kind in ("scale", "yes_no") for one in _answers(report, name, block)]
    if any(one.is_known for one in scales):
        caption = words("answers.caption", survey=survey.title.in_language(voice.language), period=words.period(period))
        body.append(answer_bars(scales, voice=voice, period=period, caption=caption))
    body += [
        table
        for block in survey.questions
        if block.kind == "choice"
        for column, wording in block.ask.items()
        if (table := _choices(report, name, block, column, wording.in_language(voice.language))) is not None
    ]
    body += _response(report, name, survey, answered)
    share = float(str(answered["value"]))
    heading = words("survey.heading", share=share, asked=answered["denominator"]) if share == share else words("survey.heading_hidden")
    worst = max((one for one in scales if one.is_known), key=lambda one: one.negative, default=None)
    if worst is not None and worst.negative >= worst.positive:
        heading = words("survey.heading_against", question=worst.question, negative=worst.negative, positive=worst.positive)
    return Section(heading, tuple(body), question=words("survey.question"), contents=words("survey.short"))


def _value(report: Report, metric: str, name: str = "value") -> float:
    return float(str(report.latest(metric).get(name, math.nan)))


def _answers(report: Report, name: str, block: Questions) -> list[Answers]:
    """Return the answers to questions that are for or against something."""
    found = []
    for column, wording in block.ask.items():
        metric = f"{name}_{column}"
        positive = _value(report, metric)
        if block.kind == "yes_no":
            negative, neutral = 1 - positive, 0.0
        else:
            negative = _value(report, metric + NEGATIVE)
            neutral = _value(report, metric + NEUTRAL) if block.neutral else 0.0
        found.append(
            Answers(wording.in_language(report.voice.language), positive, neutral, negative, _value(report, metric, "denominator"))
        )
    return found


def _choices(report: Report, name: str, block: Questions, column: str, question: str) -> DataTable | None:
    """Return how often each option was chosen, the most frequent first; those that may not be shown in words, last."""
    words, voice = report.words, report.voice
    prefix = f"{name}_{column}_"
    options = {metric.removeprefix(prefix): metric for metric in report.contract.metrics if metric.startswith(prefix)}
    shares = [(label, _value(report, metric)) for label, metric in zip(block.options.values(), options.values(), strict=False)]
    if all(share != share for _, share in shares):
        return None
    shares.sort(key=lambda one: -one[1] if one[1] == one[1] else 1.0)
    rows = tuple(
        (label.in_language(voice.language), words.percent(share) if share == share else Cell(voice.status("hidden"), muted=True))
        for label, share in shares
    )
    people = _value(report, next(iter(options.values())), "denominator")
    notes = (words("survey.people", n=people),) if people == people else ()
    return DataTable(question, (Column(words("survey.option")), Column(words("survey.share"), "number")), rows, notes=notes)


def _response(report: Report, name: str, survey: Survey, answered: Mapping[str, object]) -> list[Display]:
    """Return who answered of those asked, by group, a warning where too few did, and answers weighted by who was asked."""
    words = report.words
    told: list[str] = []
    share = float(str(answered["value"]))
    if share == share and share < ENOUGH_ANSWERS:
        told.append(words("survey.few", share=share, enough=ENOUGH_ANSWERS))
    body: list[Display] = []
    for dimension in survey.dimensions:
        groups = report.cells[
            report.cells["metric"].eq(f"{name}_{ANSWERED}")
            & report.cells["dimension"].eq(dimension)
            & report.cells["period"].eq(str(answered["period"]))
        ]
        if len(groups):
            body.append(_response_table(report, report.in_order(groups), dimension))
            told += _weighted(report, name, survey, groups, str(answered["period"]))
    told += (
        [words("survey.open", n=sum(len(block.ask) for block in survey.questions if block.kind == "open"))]
        if any(block.kind == "open" for block in survey.questions)
        else []
    )
    return [*body, *([Prose(tuple(told))] if told else [])]


def _response_table(report: Report, groups: pd.DataFrame, dimension: str) -> DataTable:
    words, voice = report.words, report.voice
    columns = (Column(words("table.group")), *(Column(words(f"survey.{one}"), "number") for one in ("asked", "answered", "answered_share")))

    def cell(row: Mapping[Any, Any], name: str) -> str | Cell:
        value = float(row[name])
        if value != value:
            return Cell(voice.status(str(row["status"])), muted=True)
        return words.percent(value) if name == "value" else words.number(value)

    rows = tuple(
        (voice.group(dimension, str(row["group"])), cell(row, "denominator"), cell(row, "numerator"), cell(row, "value"))
        for row in records(groups)
    )
    return DataTable(words("survey.response_caption", dimension=voice.dimension(dimension)), columns, rows)


def _weighted(report: Report, name: str, survey: Survey, asked: pd.DataFrame, period: str) -> list[str]:
    """Say what weighting by who was asked would change, for each question where every group has answers enough."""
    words, found = report.words, []
    for block in survey.questions:
        for column, wording in block.ask.items() if block.kind in ("scale", "yes_no") else ():
            cells = report.cells
            rows = cells[
                cells["metric"].eq(f"{name}_{column}") & cells["period"].eq(period) & cells["dimension"].eq(asked["dimension"].iloc[0])
            ]
            plain = _value(report, f"{name}_{column}")
            one = weighted_share(rows, asked, plain=plain, minimum=report.contract.statistics.minimum_n) if len(rows) else None
            if one is not None and abs(one.weighted - one.plain) >= 0.01:
                question = wording.in_language(report.voice.language)
                found.append(words("survey.weighted", question=question, plain=one.plain, weighted=one.weighted))
    return found


def heard(report: Report) -> Section | None:
    """Return *you said, we did*: what people said, what was done, when they were told, and who has not answered yet.

    Parameters
    ----------
    report : Report

    Returns
    -------
    Section or None
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
    return Cell(words("heard.nothing"), muted=True)


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
    report : Report
    topic : str, optional
        Only what belongs to this line of the roadmap.

    Returns
    -------
    Section or None
        None where nothing was held that these readers may know of.
    """
    words, voices = report.words, report.records.voices
    themes = [theme for theme in voices.themes if topic is None or theme.topic == topic]
    events = [event for event in voices.events if topic is None or any(theme.event == event.id for theme in themes)]
    if not events:
        return None
    body: list[Display] = [_event(report, event, [theme for theme in themes if theme.event == event.id]) for event in events]
    agreed = [one for one in agreement(report.records.coded) if any(theme.id == one.theme for theme in themes) and one.kappa == one.kappa]
    titles = {theme.id: theme.title.in_language(report.voice.language) for theme in themes}
    told = tuple(
        words("listened.kappa", theme=titles[one.theme], agreed=one.agreed, kappa=words.decimal(one.kappa), n=one.excerpts)
        for one in agreed
    )
    body += [Bullets(told, heading=words("listened.coders"))] if told and report.release.edition != "public" else []
    return Section(words("listened.heading"), tuple(body), contents=words("listened.short"))


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
