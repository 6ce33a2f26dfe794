"""Questions for the meeting: about these findings and about the service, none that the page itself answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from acmlib.contract.ids import MetricId
from acmlib.display.changes import change_numbers
from acmlib.display.facts import Fact
from acmlib.display.objects import Questions
from acmlib.display.report import Report
from acmlib.display.sections.opening import overdue
from acmlib.display.sections.opening_facts import comparator_dependent, report_facts
from acmlib.display.tables import questions
from acmlib.display.verdict import opening, stages_of

#: A meeting discusses three questions.
QUESTIONS = 3


def discussion(report: Report) -> Questions:
    """Return at most three questions that the findings raise; one general question where they raise none.

    Clear gaps first, at the step where they open if that is known, then who is under-served, targets that are clearly missed, changes for
    the worse, overdue promises, changes for the better. Nothing is asked about a gap that was not found, and where a gap is clear against
    one comparison only, the question says so.
    """
    facts = [one for one in report_facts(report) if _on_topic(report, one)]
    found = list(dict.fromkeys([*_of_findings(report, facts), *_of_promises(report), *_of_what_is_missing(report, facts)]))[:QUESTIONS]
    if not found:
        title = report.contract.contract.title.in_language(report.voice.language)
        main = report.assessment.metrics.get(report.main)
        shown = main is not None and main.value == main.value  # of figures that are hidden, nothing is said to follow
        found = [report.words("ask.quiet" if shown and not report.ended else "ask.quiet_ended", contract=title)]
    return questions(found, voice=report.voice, ended=report.ended)


def _on_topic(report: Report, fact: Fact) -> bool:
    """Return whether a fact is about the topic of a deep dive; every fact is about a dashboard."""
    topic = report.topic
    if topic is None:
        return True
    metric = MetricId.parse(fact.metric).key
    row = fact.rows[0] if fact.rows else fact.comparison.worst if fact.comparison else None
    if topic.dimension and row is not None and row["dimension"] != topic.dimension:
        return False
    return fact.kind == "served" if topic.kind == "access" and not topic.metric else topic.metric in (None, metric)


def _of_findings(report: Report, facts: Sequence[Fact]) -> Iterator[str]:
    """Ask about what is clear: gaps, who is served, missed targets, changes."""
    voice, depends = report.voice, comparator_dependent(report)
    order = ("gap", "served", "missed", "missed other", "worse")
    for one in sorted((fact for fact in facts if fact.kind in order), key=lambda fact: order.index(fact.kind)):
        if one.kind == "gap":
            yield _gap(report, one, depends)
        elif one.kind == "served":
            row = one.rows[0]
            yield report.words("ask.served", people=voice.people(str(row["dimension"]), str(row["group"])))
        elif one.verdict is not None and one.kind.startswith("missed") and not report.ended:
            target = voice.value(one.metric, one.verdict.target.in_force)
            yield report.words("ask.missed", metric=voice.short(one.metric), target=target)
        elif one.kind == "worse" and one.verdict is not None and one.verdict.change.before == one.verdict.change.before:
            yield report.words("ask.worse", metric=voice.short(one.metric), **change_numbers(one.verdict, voice))
    better = [report.words("ask.better_item", metric=voice.short(one.metric)) for one in facts if one.kind == "better"]
    if better:
        yield report.words("ask.better", list=report.words.list(better))


def _gap(report: Report, fact: Fact, depends: frozenset[tuple[str, str, str]]) -> str:
    """Ask what in the service lies behind a gap: at the step where it opens, if that is known."""
    row = fact.comparison.worst if fact.comparison else None
    if row is None:
        return ""
    words, voice, dimension = report.words, report.voice, str(row["dimension"])
    people = voice.people(dimension, str(row["group"]))
    step = opening(fact, report.assessment.stage_gaps, report.contract)
    if step is not None and report.contract.pathway is not None:
        names = stages_of(step)
        owners = dict.fromkeys(one.owner for one in report.contract.pathway.stages if one.stage in names)
        owner = words.list([words.party(one) for one in owners])
        stage = words.list([voice.stage(name) for name in names])
        asked = words("ask.gap_step", people=people, stage=stage, owner=owner)
    else:
        asked = words("ask.gap_ended" if report.ended else "ask.gap", people=people, metric=voice.short(fact.metric))
    doubt = (fact.metric, dimension, str(row["group"])) in depends
    return f"{asked} {words('first.depends')}" if doubt else asked


def _of_promises(report: Report) -> list[str]:
    """Ask what stands in the way of the promise that is overdue longest."""
    late = sorted(overdue(report), key=lambda one: (one.due or report.date, one.id))
    words, language = report.words, report.voice.language
    return [words("ask.overdue", what=one.what.in_language(language), owner=one.owner) for one in late[:1]]


def _of_what_is_missing(report: Report, facts: Sequence[Fact]) -> list[str]:
    """Ask for a target where the main figure has none; not of a contract that is over."""
    if report.ended:
        return []
    return [report.words("ask.no_target", metric=report.voice.short(one.metric)) for one in facts if one.kind == "no target"]
