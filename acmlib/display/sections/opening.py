"""Page one: what the report is about, what to discuss, how things stand, what changed for real and what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from acmlib.contract.records import Action
from acmlib.display.charts.frames import records
from acmlib.display.judgements import is_better_off, key_of, worst_off
from acmlib.display.objects import Bullets, Display, Prose, Questions, Section, TitleBlock
from acmlib.display.report import Report
from acmlib.display.summary import Headline, summary_table
from acmlib.display.tables import questions, table, title_block

#: A meeting discusses three questions.
QUESTIONS = 3
REAL_CHANGES = ("improvement", "concern", "neutral high", "neutral low")


def title(report: Report, name: str) -> TitleBlock:
    """Return the head of the page.

    Parameters
    ----------
    report : Report
    name : str
        ``dashboard``, ``deep_dive`` or ``end_of_contract``; a deep dive is named by its topic.
    """
    words = report.words
    label = report.topic.title.in_language(report.voice.language) if report.topic else words(f"report.{name}")
    banner = words("opening.working_paper") if report.release.edition == "internal" else ""
    return title_block(voice=report.voice, report=label, period=report.release.period.text, edition=report.release.edition, banner=banner)


def discussion(report: Report) -> Questions:
    """Return the three questions that the numbers raise, about the service and never about the people.

    First the surest gaps, then real changes, then promises that are overdue, then missing targets or missing data; then general ones,
    which of a contract that has ended are about the next.
    """
    found = [*_gap_questions(report), *_change_questions(report), *_promise_questions(report), *_target_questions(report)]
    title = report.contract.contract.title.in_language(report.voice.language)
    ended = report.release.period.end >= report.contract.contract.ends
    further = ("keep", "write_anew", "next_award") if ended else ("general", "roadmap", "first_step")
    found += [report.words(f"ask.{one}", contract=title) for one in further]
    return questions(list(dict.fromkeys(found))[:QUESTIONS], voice=report.voice)


def _gap_questions(report: Report) -> list[str]:
    """Ask about the service behind clear gaps, the one that concerns most people first, then about possible ones."""
    gaps = records(report.gaps)
    worse = [row for row in gaps if _is_worth_asking(row) and not is_better_off(row, report.voice)]
    worse.sort(
        key=lambda row: (row["verdict"] != "clear", -(row["to_parity_fixed"] if row["to_parity_fixed"] == row["to_parity_fixed"] else 0))
    )
    asked = [
        report.words(
            f"ask.gap_{row['verdict']}",
            metric=report.voice.metric(row["metric"]),
            group=report.voice.people(row["dimension"], row["group"]),
        )
        for row in worse[:2]
    ]
    served = records(report.served)
    under = [row for row in served if row["verdict"] == "clear" and row["participation_ratio"] < 1]
    asked += [report.words("ask.served", group=report.voice.people(row["dimension"], row["group"])) for row in under[:1]]
    return asked[:2]


def _is_worth_asking(row: Mapping[str, Any]) -> bool:
    """Return whether a gap is clear, or possible with an interval of its own that leaves zero out: less is noise."""
    return row["verdict"] == "clear" or (row["verdict"] == "possible" and bool(row["gap_low"] > 0 or row["gap_high"] < 0))


def _change_questions(report: Report) -> list[str]:
    """Ask what brought about a change that is more than chance."""
    asked = []
    for metric in report.headline:
        points = report.trend(metric)
        if len(points) and points["variation"].iloc[-1] in REAL_CHANGES:
            asked.append(report.words(f"ask.{key_of(points['variation'].iloc[-1])}", metric=report.voice.metric(metric)))
    return asked


def _promise_questions(report: Report) -> list[str]:
    """Ask what stands in the way of what is overdue."""
    late = [action for action in report.records.actions if is_overdue(action, report)]
    return [report.words("ask.overdue", what=action.what.in_language(report.voice.language)) for action in late[:1]]


def _target_questions(report: Report) -> list[str]:
    """Ask about metrics that have no target, and about people whose group nobody recorded."""
    without = [
        metric
        for metric in report.headline
        if report.voice.target(metric, report.date) is None and report.voice.kind(metric) == "proportion"
    ]
    asked = [report.words("ask.no_target", metric=report.voice.metric(metric)) for metric in without[:1]]
    for name, dimension in report.contract.dimensions.items():
        rows = report.cells[
            report.cells["dimension"].eq(name) & report.cells["group"].isin(dimension.not_recorded) & report.cells["denominator"].gt(0)
        ]
        if len(rows):
            asked.append(report.words("ask.not_recorded", dimension=report.voice.dimension(name)))
            break
    return asked


def is_overdue(action: Action, report: Report) -> bool:
    """Return whether an action is open after the day it was due."""
    return action.status == "open" and action.due is not None and action.due < report.date


def summary(report: Report) -> Section:
    """Return one row a headline metric: latest result, people, target, change, gaps."""
    words = report.words
    rows = []
    for metric in report.headline:
        latest = report.latest(metric)
        if latest:
            points = report.trend(metric)
            gaps = report.gaps[report.gaps["metric"].eq(metric)]
            judged = report.against_target(metric)
            rows.append(Headline(latest, points if len(points) else None, gaps if len(gaps) else None, judged))
    shown = summary_table(rows, voice=report.voice, notes=(words("gaps.not_legal"),))
    return Section(_standing(report, rows), (shown,), contents=words("opening.summary_short"))


def _standing(report: Report, rows: list[Headline]) -> str:
    """Say in one line how many targets the latest results meet, and how many clear gaps of all metrics are to a group's disadvantage."""
    words = report.words
    states = [row.against_target["track"] for row in rows if row.against_target is not None]
    met, judged = states.count("on track"), states.count("on track") + states.count("off track")
    clearly = sum(
        bool(row.against_target["certain"]) for row in rows if row.against_target is not None and row.against_target["track"] == "on track"
    )
    verdict, groups = worst_off(records(report.gaps), report.voice)
    key = {"clear": "gaps", "not judged": "gaps_unjudged"}.get(verdict, "gaps_none")
    target = words("opening.targets", n=met, of=judged) if judged else words("opening.targets_none")
    target = words("results.clearly", heading=target, n=clearly) if met else target
    return f"{target}; {words(f'opening.{key}', n=len(groups))}"


def changes(report: Report) -> Section:
    """Return what changed for real, and which metrics need no time because nothing did."""
    words, voice = report.words, report.voice
    real: list[str] = []
    quiet: list[str] = []
    unjudged: list[str] = []
    for metric in report.headline:
        points = report.trend(metric)
        variation = points["variation"].iloc[-1] if len(points) else "missing"
        if variation in REAL_CHANGES:
            real.append(words(f"control.heading_{key_of(variation)}", metric=voice.metric(metric)))
        else:
            (quiet if variation == "common cause" else unjudged).append(voice.metric(metric))
    body: list[Display] = [Bullets(tuple(real))] if real else [Prose((words("opening.no_change"),))] if quiet else []
    rest = [words(key, list="; ".join(names)) for key, names in (("opening.skip", quiet), ("opening.unjudged", unjudged)) if names]
    body += [Prose(tuple(rest))] if rest else []
    if real:
        heading = words("opening.changes", n=len(real))
    elif not unjudged:
        heading = words("opening.changes_none")
    else:  # what cannot be judged may have changed
        heading = (
            words("opening.changes_partly", n=len(quiet), of=len(quiet) + len(unjudged)) if quiet else words("opening.changes_unjudged")
        )
    return Section(heading, tuple(body), contents=words("opening.changes_short"))


def promises(report: Report) -> Section:
    """Return what was promised before: open actions, the overdue ones first."""
    words, language = report.words, report.voice.language
    open_ = [action for action in report.records.actions if action.status == "open" and action.agreed_on <= report.date]
    open_.sort(key=lambda action: (action.due is None, action.due or report.date, action.id))
    late = sum(is_overdue(action, report) for action in open_)
    if not open_:
        return Section(words("opening.promises_none"), (Prose((words("opening.no_promises"),)),), contents=words("opening.promises_short"))
    frame = pd.DataFrame(
        {
            "what": [action.what.in_language(language) for action in open_],
            "owner": [action.owner for action in open_],
            "due": [action.due for action in open_],
            "state": [words("action.overdue") if is_overdue(action, report) else words("action.open") for action in open_],
        }
    )
    columns = {str(name): words(f"action.column_{name}") for name in frame}
    shown = table(frame, voice=report.voice, caption=words("opening.promises_caption"), columns=columns)
    return Section(words("opening.promises", n=len(open_), late=late), (shown,), contents=words("opening.promises_short"))
