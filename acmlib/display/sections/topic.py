"""A deep dive keeps its topic: what was asked, at most three findings about that metric and dimension, what is not known, what to decide.

Nothing here falls back on another metric or dimension. A topic that no page could keep is refused by the check
(`acmlib.contract.topic_checks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from acmlib.contract.ids import MetricId
from acmlib.contract.kinds import KINDS, main_id
from acmlib.contract.records import Action, Topic
from acmlib.display.comparisons import Comparison, is_open
from acmlib.display.judgements import gap_sentence, is_better_off, not_legal, unknown_bounds_sentence
from acmlib.display.objects import Bullets, Display, Prose, Questions, Section
from acmlib.display.pictures import groups_picture
from acmlib.display.report import Report
from acmlib.display.rows import Row, is_comparator, number
from acmlib.display.sections.depth import if_all_matched
from acmlib.display.sections.equity import benchmarks, outcomes
from acmlib.display.sections.heading import comparison_heading, comparison_of
from acmlib.display.sections.pathway import opening_sentences
from acmlib.display.sections.peers import peers
from acmlib.display.sections.records import action_plan
from acmlib.display.sections.served import served_subject
from acmlib.display.sections.story import story_sentences
from acmlib.display.tables import questions
from acmlib.display.voice import Voice

#: A meeting can take up no more.
MOST_FINDINGS = 3


def subject(report: Report) -> tuple[str, str]:
    """Return metric id and dimension of a deep dive: those that the roadmap names, a retention metric at the time it is compared at.

    Raises
    ------
    ValueError
        If the report has no topic, or the topic names no metric or dimension.
    """
    topic = _topic(report)
    if topic.metric is None or topic.dimension is None:
        raise ValueError(f"roadmap.yml: topics.{topic.id} names no metric or no dimension; give both")
    return main_id(report.contract, topic.metric), topic.dimension


def _topic(report: Report) -> Topic:
    if report.topic is None:
        raise ValueError("a deep dive needs a topic: the id of a line in roadmap.yml")
    return report.topic


def what_was_asked(report: Report) -> Section | None:
    """Return the question that the meeting wrote down before it saw figures, and why now; None if none was written."""
    words, voice, topic = report.words, report.voice, _topic(report)
    told = [voice.written(topic.question)] if topic.question else []
    told += [words("dive.why_now", text=voice.written(topic.why_now))] if topic.why_now else []
    return Section(words("dive.asked"), (Prose(tuple(told)),), contents=words("dive.asked_short")) if told else None


def findings(report: Report) -> Section:
    """Return the topic's metric by its dimension as a figure, with at most three findings about it, the worst clear one first."""
    metric, dimension = subject(report)
    voice = report.voice.about(metric)
    words = voice.words
    gaps = report.gaps[report.gaps["metric"].eq(metric) & report.gaps["dimension"].eq(dimension)].reset_index(drop=True)
    if gaps.empty:
        served = served_subject(report)
        return replace(served, body=(*served.body, Prose((not_legal(voice),)))) if served else outcomes(report, metric, dimension)
    found = comparison_of(report, metric, dimension)
    told = _told(report, metric, dimension, found)
    body: list[Display] = [groups_picture(gaps, voice), *([Bullets(tuple(told), ordered=True)] if told else [])]
    body.append(Prose((*if_all_matched(report, gaps), not_legal(voice))))
    return Section(comparison_heading(report, metric, dimension, found), tuple(body), contents=words("dive.findings_short"))


def _told(report: Report, metric: str, dimension: str, found: Comparison | None) -> list[str]:
    """Return the findings: the gaps, where they open, how they changed; without a gap, how large one could still be."""
    if found is None:
        return []
    voice = report.voice
    gaps = [gap_sentence(row, voice) for row in found.behind[:2]]
    behind = [str(row["group"]) for row in found.behind]
    opens = opening_sentences(report, dimension, behind) if behind and _is_last_step(report, metric) else []
    stories = story_sentences(report, metric, dimension)
    quiet = [] if gaps else [gap_sentence(row, voice) for row in _widest(found)]
    return [*gaps[:1], *opens[:1], *stories[:1], *gaps[1:], *opens[1:], *stories[1:], *quiet][:MOST_FINDINGS]


def _is_last_step(report: Report, metric: str) -> bool:
    """Tell whether a gap of this metric is one of the whole pathway: its last step, by name or by what it counts."""
    way = report.contract.pathway
    return way is not None and (metric == report.main or metric.partition("_")[0] == way.stages[-1].stage)


def _widest(found: Comparison) -> list[Row]:
    """Return, of groups without a gap, the one about which least is known."""
    rows = [
        row for row in found.rows if row.get("verdict") == "not seen" and not is_comparator(row) and number(row, "could_hide") is not None
    ]
    return sorted(rows, key=lambda row: -(number(row, "could_hide") or 0.0))[:1]


def unknowns(report: Report) -> Section | None:
    """Return what these figures cannot say: who is hidden, too few, of unknown group, not yet known; None for a topic without figures."""
    metric, dimension = subject(report)
    voice = report.voice.about(metric)
    words = voice.words
    found = comparison_of(report, metric, dimension)
    items: list[str] = []
    if found is not None:
        rows = [
            row
            for row in found.rows
            if row["group"] not in report.contract.dimensions[dimension].not_recorded
            and not (is_comparator(row) and number(row, "value") is not None)  # a comparator may be hidden like any group
        ]
        for reason, chosen in _silent(rows, report.contract.statistics.minimum_n).items():
            people = [voice.people(dimension, str(row["group"])) for row in chosen]
            items.append(words(f"dive.unknown_{reason}", list=people))
        if may_be := [voice.people(dimension, str(row["group"])) for row in rows if _may_be_behind(row, voice)]:
            items.append(words("dive.unknown_possible", list=may_be))
    items += _bounds(report, metric, dimension)
    items.append(words("dive.unknown_why"))
    return Section(words("dive.unknown"), (Bullets(tuple(items)),), contents=words("dive.unknown_short"))


def _silent(rows: list[Row], minimum_n: float) -> dict[str, list[Row]]:
    """Return the groups that are not judged, by why: hidden, not yet known, nothing sent, still open, too few. Each has its wording."""
    reasons: dict[str, list[Row]] = {}
    for row in rows:
        if row.get("verdict") in ("clear", "possible", "not seen"):
            continue
        status = str(row.get("status", ""))
        reason = {"hidden": "hidden", "immature": "immature", "no data": "no_data"}.get(
            status, "open" if is_open(row, minimum_n) else "few"
        )
        reasons.setdefault(reason, []).append(row)
    return reasons


def _may_be_behind(row: Row, voice: Voice) -> bool:
    """Return whether a gap to the disadvantage of a group is possible; a group that may be ahead has none."""
    return row.get("verdict") == "possible" and not is_better_off(row, voice)


def _bounds(report: Report, metric: str, dimension: str) -> list[str]:
    """Return how people of unknown group could change a clear or possible gap; said once, for the surest gap."""
    bounds = report.assessment.bounds
    if bounds.empty:
        return []
    own = bounds[bounds["metric"].eq(metric) & bounds["dimension"].eq(dimension) & bounds["verdict"].isin(["clear", "possible"])]
    own = own.sort_values("verdict", kind="stable")
    told = [sentence for row in own.to_dict("records") if (sentence := unknown_bounds_sentence(row, report.voice))]
    return told[:1]


def topic_questions(report: Report) -> Questions:
    """Return the questions of a deep dive: those of its own topic, the one that was written before first."""
    words, voice, topic = report.words, report.voice, _topic(report)
    asked_for = [voice.written(topic.question)] if topic.question else []
    ended = "_ended" if report.ended else ""
    if topic.metric is None or topic.dimension is None:
        return questions([*asked_for, words("ask.dive_voice"), words(f"ask.dive_first_step{ended}")][:3], voice=voice, ended=report.ended)
    metric, dimension = subject(report)
    found = comparison_of(report, metric, dimension)
    names = {"metric": voice.short(metric), "dimension": voice.dimension(dimension)}
    worst = found.worst if found is not None else None
    if found is not None and worst is not None:
        people = voice.people(dimension, str(worst["group"]))
        key = f"ask.dive_gap_{found.outcome}{ended if found.outcome == 'clear' else ''}"
        asked_for.append(words(key, metric=voice.short(metric), group=people))
        others = report.gaps[report.gaps["metric"].eq(metric) & report.gaps["dimension"].eq(dimension)]
        if _depends(report, metric, dimension, str(worst["group"])) and len(others):
            asked_for.append(words("ask.dive_comparison", group=people, **names))
    else:
        # No question about what is only hidden from these readers; numbers of people are not judged group by group at all.
        if found.outcome != "hidden" if found is not None else KINDS[report.contract.metrics[topic.metric].kind].compared != "none":
            key = {"not seen": "none", "partly": "partly"}.get(found.outcome if found is not None else "", "unknown")
            asked_for.append(words(f"ask.dive_{key}", **names))
    asked_for += [words("ask.dive_change", **names), words(f"ask.dive_next{ended}", **names)]
    return questions(list(dict.fromkeys(asked_for))[:3], voice=voice, ended=report.ended)


def _depends(report: Report, metric: str, dimension: str, group: str) -> bool:
    """Tell whether the verdict on a group would be another against another comparator."""
    frame = report.assessment.by_comparator
    rows = frame[frame["metric"].eq(metric) & frame["dimension"].eq(dimension) & frame["group"].eq(group)] if len(frame) else frame
    return bool(len(rows) and rows["flips"].eq(True).any())


def decisions(report: Report) -> Section | None:
    """Return what could be done and what was decided on this topic in meetings; None where neither was written."""
    words, voice, topic = report.words, report.voice, _topic(report)
    body: list[Display] = []
    if topic.options:
        body.append(Bullets(tuple(voice.written(one) for one in topic.options), heading=words("dive.options"), ordered=True))
    decided = [
        words("dive.decided_item", what=voice.written(one.what), date=meeting.date)
        for meeting in sorted(report.records.meetings, key=lambda meeting: meeting.date)
        for one in meeting.decisions
        if one.topic == topic.id
    ]
    if decided:
        body.append(Bullets(tuple(decided), heading=words("dive.decided")))
    if not body:
        return None
    return Section(words("dive.decisions" if topic.options else "dive.decisions_made"), tuple(body), contents=words("dive.decisions_short"))


def topic_actions(report: Report) -> Section | None:
    """Return the actions that were agreed on this topic, with what followed; None where there are none."""
    own = actions_on(_topic(report), report.records.actions)
    return action_plan(report, own) if any(one.agreed_on <= report.date for one in own) else None


def actions_on(topic: Topic, actions: Sequence[Action]) -> tuple[Action, ...]:
    """Return the actions that rest on a topic or are about its metric."""
    return tuple(one for one in actions if one.evidence == topic.id or (one.metric is not None and one.metric == topic.metric))


def parts(*sections: Section | None) -> tuple[Section, ...]:
    """Return the sections that have something to say, for a notebook that shows them in one row."""
    return tuple(one for one in sections if one is not None)


def beside(report: Report, metric: str) -> tuple[Section, ...]:
    """Return a metric beside its benchmarks and beside the other contracts of the program; nothing where neither is given."""
    definition = report.voice.definition(metric)
    own = MetricId.parse(metric).key
    return ((benchmarks(report, own),) if definition is not None and definition.benchmarks else ()) + peers(report, own)
