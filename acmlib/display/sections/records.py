"""What people wrote: the roadmap, agreed actions, notes and quotes, the answers of the planning worksheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from acmlib.analysis.pathway import is_on_pathway
from acmlib.contract.figures import figure_ids
from acmlib.contract.kinds import main_id
from acmlib.contract.periods import month_text
from acmlib.contract.records import GUIDE, Action, Note, Question, Topic
from acmlib.display.claims import Claim, together
from acmlib.display.judgements import key_of
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Notes, Prose, Section
from acmlib.display.report import Report
from acmlib.display.rows import records
from acmlib.display.sections.named import figure_name
from acmlib.display.sections.opening import due_day, is_overdue, silence, some_not_shown
from acmlib.display.tables import heads

SECTIONS = ("performance_improvement", "implementation", "resident_voice")


def roadmap(report: Report) -> Section:
    """Return the performance improvement roadmap: Month | Topic, with status, who prepares it and the data it needs."""
    words, language = report.words, report.voice.language
    topics = sorted(report.records.roadmap, key=lambda topic: topic.month)
    if not topics:
        return Section(words("roadmap.none"), (Prose((silence(report, "roadmap"),)),), contents=words("roadmap.short"))
    columns = tuple(Column(words(f"roadmap.column_{one}")) for one in ("month", "topic", "status", "prepares", "data"))
    nothing = Cell(words("plan.not_decided"), muted=True)
    rows = tuple(
        (
            words.month(topic.month),
            _asked_of(topic, language),
            words(f"roadmap.status_{topic.status}"),
            topic.prepares or nothing,
            _data_needed(report, topic) if topic.data_needed else nothing,
        )
        for topic in topics
    )
    ahead = next((topic for topic in topics if topic.status in ("planned", "ready")), None)
    none = "roadmap.done" if all(topic.status == "done" for topic in topics) else "roadmap.none_ahead"
    key = "heading_behind" if ahead and ahead.month < month_text(report.date) else "heading"
    heading = words(f"roadmap.{key}", month=ahead.month, topic=ahead.title.in_language(language)) if ahead else words(none)
    further = proposed(report)
    body = (DataTable(words("roadmap.caption"), columns, rows, row_header=1), *([further] if further else []))
    return Section(heading, body, contents=words("roadmap.short"))


def _asked_of(topic: Topic, language: str) -> Cell:
    """Return what a topic is called; of one that is ahead, the question that was written before its figures were there."""
    ahead = topic.status in ("planned", "ready") and topic.question is not None
    return Cell(topic.title.in_language(language), detail=topic.question.in_language(language) if ahead and topic.question else "")


def _data_needed(report: Report, topic: Topic) -> Cell:
    """Return the data that a topic needs, and by when."""
    by = report.words("roadmap.data_by", date=topic.data_by) if topic.data_by else ""
    return Cell(topic.data_needed.in_language(report.voice.language) if topic.data_needed else "", detail=by)


def action_plan(report: Report, on_topic: Sequence[Action] | None = None) -> Section:
    """Return all agreed actions with owner, due date and status, and whether the numbers show that those done worked.

    Parameters
    ----------
    on_topic : sequence of Action, optional
        Those of the topic of a deep dive, in place of all.
    """
    words = report.words
    given = report.records.actions if on_topic is None else on_topic
    agreed = _in_order([action for action in given if action.agreed_on <= report.date])
    if not agreed:
        return Section(words("action.short"), (Prose((silence(report, "actions"),)),), contents=words("action.short"))
    every = report.assessment.action_outcomes.set_index("id")
    verdicts = every.loc[[action.id for action in agreed]]
    columns = heads(words, *(f"action.column_{name}" for name in ("what", "owner", "due", "state", "worked")))
    rows = tuple(
        (
            _agreed(report, action),
            action.owner,
            due_day(report, action),
            words("action.overdue" if is_overdue(action, report) else f"action.{action.status}"),
            worked(report, action, verdicts.loc[action.id].to_dict()),
        )
        for action in agreed
    )
    shown = DataTable(words("action.caption"), columns, rows)
    heading = together([_counted_done(report, agreed, whole=on_topic is None), *_followed(report, verdicts)], "; ")
    return Section(heading, (shown,), contents=words("action.short"))


def _counted_done(report: Report, agreed: Sequence[Action], *, whole: bool) -> str:
    """Say how many of the actions are done: of all of the contract, or of those on a topic."""
    done, some = sum(action.status == "done" for action in agreed), some_not_shown(report, "actions")
    about = "actions done" if whole else "actions done on the topic"
    claim = Claim("count", about=about, numbers=(("n", done), ("of", len(agreed))), shown_only=some)
    key = "heading_here" if some else "heading" if whole else "heading_topic"
    return report.words(f"action.{key}", claim=claim, n=done, total=len(agreed))


def _followed(report: Report, verdicts: pd.DataFrame) -> list[str]:
    """Say after how many actions the figures changed, and that some cannot be told apart; else that none is seen, or was judged."""
    signals = verdicts["verdict"].eq("signal")
    alone, mixed = int((signals & ~verdicts["together"]).sum()), bool((signals & verdicts["together"]).any())
    found = [report.words("action.heading_worked", n=alone)] if alone else []
    found += [report.words("action.heading_mixed")] if mixed else []
    judged = verdicts["verdict"].ne("not judged").any()
    return found or [report.words("action.heading_not_seen" if judged else "action.heading_unjudged")]


def _in_order(actions: Sequence[Action]) -> list[Action]:
    """Return actions in the order in which a meeting needs them: open ones by their day, so what is overdue first; then the others."""
    places = ("open", "done", "dropped")
    return sorted(actions, key=lambda one: (places.index(one.status), (one.due or dt.date.max) if one.status == "open" else dt.date.min))


def _agreed(report: Report, action: Action) -> Cell:
    """Return what was agreed, with what it rests on: a figure, a topic, a meeting, a record."""
    words, voice, name = report.words, report.voice, action.evidence
    what = action.what.in_language(voice.language)
    if name is None:
        return Cell(what)
    topic = next((one.title for one in report.records.roadmap if one.id == name), None)
    if name in figure_ids(report.contract):
        told = figure_name(report, name, short=True)
    else:
        told = voice.written(topic) if topic is not None else name.replace("_", " ")
    return Cell(what, detail=words("action.rests_on", what=told))


def worked(report: Report, action: Action, outcome: Mapping[Any, Any]) -> str:
    """Say what the numbers show since an action was done; of one that is open, by when they should show it.

    Parameters
    ----------
    outcome : mapping
        Its row of `acmlib.analysis.actions.judge`.
    """
    words, verdict, to_go = report.words, key_of(outcome["verdict"]), float(outcome["to_go"])
    if action.status == "open" and action.seen_by is not None:
        return words("worked.seen_by", date=action.seen_by)
    if outcome["together"]:
        return words("worked.mixed")
    if verdict == "not_judged":
        return words(f"worked.{key_of(outcome['reason'])}")
    if verdict != "not_yet":
        return words(f"worked.{verdict}")
    # On a chart a month on the other side starts the count over; a window of a group only has to come.
    key = "worked.not_yet" if action.group is not None else "worked.not_yet_in_a_row"
    return words(key, n=to_go) if to_go > 0 else words(f"worked.{key_of(outcome['reason'] or 'no difference')}")


def notes(report: Report, topic: str | None = None) -> Section | None:
    """Return what people said: findings, themes and quotes, for one line of the roadmap or for the whole contract.

    Parameters
    ----------
    topic : str, optional
        Id of a line of the roadmap; the report's own if absent.

    Returns
    -------
    Section or None
        None where nothing was written for this edition's readers.
    """
    words = report.words
    wanted = topic or (report.topic.id if report.topic else None)
    found = [note for note in report.records.notes if (wanted is None or note.topic == wanted) and note.date <= report.release.period.end]
    if not found:
        return None
    order = ("theme", "finding", "quote", "note")
    found.sort(key=lambda note: (order.index(note.kind), note.date))
    return Section(words("notes.heading"), tuple(_note(report, note) for note in found), contents=words("notes.short"))


def _note(report: Report, note: Note) -> Notes:
    """Return one note with its source, in its own language."""
    words, language = report.words, note.language if note.language != report.voice.words.locale.language else ""
    source = words("notes.source", kind=words(f"notes.{note.kind}"), source=note.source, date=note.date)
    if language:
        source = words("language.only", text=source, language=words.locale.languages.get(language, language))
    return Notes(note.text, source=source, language=language, quote=note.kind == "quote")


def planning(report: Report) -> Section:
    """Return the planning worksheet as one table; what nobody answered reads *not decided*."""
    words, here = report.words, "_here" if some_not_shown(report, "plan") else ""
    asked = questions_asked(report)
    answered = sum(question.answer is not None for question in asked)
    rows = tuple((words(f"plan.{question.part}"), *_answer(report, question)) for question in asked)
    columns = tuple(Column(words(f"plan.{one}")) for one in ("part", "question", "answer"))
    body: Display = DataTable(words("plan.caption"), columns, rows, row_header=1) if rows else Prose((words(f"plan.empty{here}"),))
    heading = words(f"plan.heading{here}", n=answered, total=len(asked)) if asked else words("plan.heading_none")
    return Section(heading, (body,), contents=words("plan.short"))


def plan(report: Report) -> tuple[Section, ...]:
    """Return the planning worksheet in its three parts, each with how many of its questions are decided."""
    words, here = report.words, "_here" if some_not_shown(report, "plan") else ""
    columns = tuple(Column(words(f"plan.{one}")) for one in ("question", "answer"))
    sections = []
    for name in SECTIONS:
        asked = [question for question in questions_asked(report) if question.part == name]
        if asked:
            n = sum(question.answer is not None for question in asked)
            table_ = DataTable(words(f"plan.{name}"), columns, tuple(_answer(report, one, by_file=True) for one in asked))
            heading = words(f"plan.part_heading{here}", part=words(f"plan.{name}"), done=n, n=len(asked))
            sections.append(Section(heading, (table_,), contents=words(f"plan.{name}")))
    return tuple(sections)


def questions_asked(report: Report) -> list[Question]:
    """Return the questions of the worksheet by part; once one was begun, the guide's that are not in it are asked too."""
    asked = list(report.records.plan)
    if asked:
        written = {question.id for question in asked}
        asked += [Question(id=one) for one in GUIDE if one not in written]
    order = list(GUIDE)
    asked.sort(key=lambda one: (SECTIONS.index(one.part), order.index(one.id) if one.id in order else len(order)))
    return asked


def _answer(report: Report, question: Question, *, by_file: bool = False) -> tuple[str | Cell, str | Cell]:
    """Return a question and its answer, with what the contract file says of the same."""
    words, language = report.words, report.voice.language
    wording = question.question.in_language(language) if question.question else words(f"plan_question.{question.id}")
    detail = _by_file(report, question.id) if by_file else ""
    if question.answer is None:
        # A question of the guide that is not among those shown here may have an answer for other readers.
        written = question in report.records.plan or not some_not_shown(report, "plan")
        return wording, Cell(words("plan.not_decided" if written else "plan.here"), muted=True, detail=detail)
    told = question.answer.in_language(language)
    asked = Cell(wording, detail=words("plan.decided_on", date=question.decided_on)) if by_file and question.decided_on else wording
    return asked, Cell(told, detail=detail) if detail else told


def _by_file(report: Report, question: str) -> str:
    """Return what the contract file says on a question of the guide; nothing where it says nothing."""
    words, voice, contract = report.words, report.voice, report.contract
    if question == "measures":
        measures, groups = [voice.metric(metric) for metric in report.headline], [voice.dimension(name) for name in contract.dimensions]
        return words("plan.file_measures", measures="; ".join(measures), groups="; ".join(groups)) if measures and groups else ""
    if question == "benchmarks":
        kinds = dict.fromkeys(one.kind for metric in contract.metrics.values() for one in metric.benchmarks)
        named = "; ".join(words(f"benchmark.kind_{kind.replace(' ', '_').replace('-', '_')}") for kind in kinds)
        return words("plan.file_benchmarks", list=named) if named else ""
    if question == "topics":
        topics = [f"{words.month(topic.month)}: {topic.title.in_language(voice.language)}" for topic in report.records.roadmap]
        return words("plan.file_topics", list="; ".join(topics)) if topics else ""
    return ""


def proposed(report: Report) -> Bullets | None:
    """Return topics that the numbers propose for the roadmap, each with why; None if there is none.

    They are ranked by the people that a gap means (its size times the people of the group), by certainty, and by whether the step at
    which it opens has an owner who can act. What is on the roadmap and not done yet is not proposed again.
    """
    gaps, served = report.gaps, report.served
    ahead = [one for one in report.records.roadmap if one.status in ("planned", "ready") and one.metric is not None]
    planned = {(main_id(report.contract, one.metric), one.dimension) for one in ahead if one.metric is not None}
    judged = gaps[gaps["verdict"].isin(["clear", "possible"]) & gaps["to_parity_fixed"].gt(0)].copy()
    if len(served):
        under = served[served["verdict"].isin(["clear", "possible"]) & served["participation_ratio"].lt(1)]
        judged = pd.concat([judged, under.assign(to_parity_fixed=under["to_parity_growing"])], ignore_index=True)
    if judged.empty:
        return None
    judged = judged[[pair not in planned for pair in zip(judged["metric"], judged["dimension"], strict=True)]]
    steps = [_owned_step(report, row) for row in records(judged)]
    certainty = judged["verdict"].map({"clear": 1.0, "possible": 0.5})
    judged["rank"] = judged["to_parity_fixed"] * certainty * [1.0 if step else 0.5 for step in steps]
    best = judged.sort_values("rank", ascending=False, kind="stable").drop_duplicates(["metric", "dimension"]).head(3)
    items = tuple(_proposal(report, row) for row in records(best))
    return Bullets(items, heading=report.words("roadmap.proposed")) if items else None


def _proposal(report: Report, row: Mapping[Any, Any]) -> str:
    """Return a proposed topic with why: the people it is about, how certain it is, and who owns the step at which the gap opens."""
    words, voice = report.words, report.voice
    told = words(
        "roadmap.proposed_served" if _is_served(row) else "roadmap.proposed_item",
        metric=voice.metric(row["metric"]),
        dimension=voice.dimension(row["dimension"]),
        n=row["to_parity_fixed"],
        certainty=words(f"verdict_short.{row['verdict']}"),
    )
    step = _owned_step(report, row)
    return words("roadmap.acts", told=told, stage=voice.stage(str(step["stage"])), party=words.party(str(step["owner"]))) if step else told


def _is_served(row: Mapping[Any, Any]) -> bool:
    return bool(row.get("base") == row.get("base") and row.get("base"))


def _owned_step(report: Report, row: Mapping[Any, Any]) -> Mapping[Any, Any] | None:
    """Return the step of the pathway at which the gap of a group opens beyond chance; None where that is not known."""
    steps = report.assessment.stage_gaps
    if _is_served(row) or steps.empty or not is_on_pathway(str(row["metric"]), report.contract):
        return None
    same = steps["dimension"].eq(row["dimension"]) & steps["group"].eq(row["group"])
    own = same & steps["opens"].eq(True) & steps["difference_high"].lt(0)
    return next(iter(records(steps[own])), None)
