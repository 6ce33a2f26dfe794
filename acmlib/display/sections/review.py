"""The report at the end of a contract, and half-way: equity over the term, what was done and what followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from acmlib.analysis.actions import TOGETHER
from acmlib.contract.kinds import main_id
from acmlib.contract.records import Action
from acmlib.contract.reviews import Review
from acmlib.display.charts.matrix import comparison_matrix
from acmlib.display.claims import Claim
from acmlib.display.comparisons import comparisons
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.opening import expected_change, some_not_shown
from acmlib.display.sections.records import worked
from acmlib.display.sections.story import story

#: A report tells no more stories than a meeting can follow.
MOST_STORIES = 4


def reviewed(report: Report) -> Review:
    """Return the review; an empty one where none was written."""
    return report.records.review or Review()


def term_equity(report: Report) -> Section | None:
    """Return all comparisons of groups over the whole term in one table; None until the contract has ended."""
    words, voice = report.words, report.voice
    gaps = report.assessment.term_gaps
    if gaps.empty:
        return None
    found = comparisons(gaps, report.contract, main=report.main, headline=report.headline)
    clear = [one for one in found if one.outcome == "clear"]
    names = [words("outcomes.by", metric=voice.short(one.metric), dimension=voice.dimension(one.dimension)) for one in clear]
    claims = [
        Claim("gaps", one.metric, "term", one.dimension, tuple(str(row["group"]) for row in one.behind), verdict="clear") for one in clear
    ]
    every = all(one.outcome in ("clear", "possible", "not seen") for one in found)
    if not clear:
        claims = [Claim("gaps", period="term", verdict="none clear", shown_only=not every)]
    key = "heading" if clear else "heading_none" if every else "heading_none_shown"
    table = comparison_matrix(report.in_order(gaps), voice=voice, caption=words("term.caption"))
    return Section(words(f"term.{key}", claim=claims, list="; ".join(names)), (table,), contents=words("term.short"))


def stories(report: Report) -> tuple[Section, ...]:
    """Return how the gaps that the contract was about have changed: those named by actions, by ratings, then by the roadmap."""
    found = (story(report, main_id(report.contract, metric), dimension) for metric, dimension in _chosen(report))
    told = [one for one in found if one is not None][:MOST_STORIES]
    if len(told) < 2:
        return tuple(told)
    # What to beware of is the same for all of them: it stands once.
    later = (replace(one, level=3, body=tuple(part for part in one.body if type(part) is not Prose)) for one in told[1:])
    return replace(told[0], contents=report.words("story.short_several")), *later


def _chosen(report: Report) -> list[tuple[str, str]]:
    """Return metric and dimension of every story, the most telling reason first."""
    known = report.contract.metrics
    pairs = [(one.metric, one.dimension) for one in report.records.actions]
    rated = [name.partition(".") for rating in reviewed(report).ratings for name in rating.evidence]
    pairs += [(metric, dimension) for metric, _, dimension in rated if dimension]
    pairs += [(one.metric, one.dimension) for one in report.records.roadmap if one.status != "dropped"]
    return list(dict.fromkeys((str(one), str(two)) for one, two in pairs if one in known and two in report.contract.dimensions))


def what_followed(report: Report) -> Section | None:
    """Return every action with what was expected, the figure before and after, and which actions cannot be told apart."""
    words, voice = report.words, report.voice
    agreed = [one for one in report.records.actions if one.agreed_on <= report.date]
    if not agreed:
        return None
    outcomes = report.assessment.action_outcomes.set_index("id").to_dict("index")
    pairs = _inseparable(agreed)
    columns = tuple(Column(words(f"followed.column_{one}")) for one in ("what", "owner", "done", "expected", "followed"))
    rows = tuple(
        (
            voice.written(one.what),
            one.owner,
            _state(report, one),
            expected_change(report, one),
            _followed(report, one, outcomes[one.id]),
        )
        for one in agreed
    )
    done = sum(one.status == "done" for one in agreed)
    here = some_not_shown(report, "actions")
    claim = Claim("count", about="actions done", numbers=(("n", done), ("of", len(agreed))), shown_only=here)
    together = [words("followed.together", list=[voice.written(one.what), voice.written(two.what)]) for one, two in pairs]
    body: list[Display] = [DataTable(words("action.caption"), columns, rows)]
    body += [Bullets(tuple(together))] if together else []
    body.append(Prose((words("followed.caution"),)))
    return Section(
        words("action.heading_here" if here else "action.heading", claim=claim, n=done, total=len(agreed)),
        tuple(body),
        contents=words("followed.short"),
    )


def _state(report: Report, action: Action) -> str:
    words = report.words
    if action.status == "done" and action.done_on is not None:
        late = (action.days_late or 0) > 0
        return words("followed.done_late" if late else "followed.done", date=action.done_on)
    if action.status == "open" and action.due is not None and action.due < report.date:
        return words("followed.overdue", date=action.due)
    return words(f"action.{action.status}")


def _followed(report: Report, action: Action, outcome: Mapping[Any, Any]) -> str | Cell:
    """Return what the figures show since an action was done; the size of a change of groups only to those who hold the records."""
    words, told = report.words, worked(report, action, outcome)
    if outcome["verdict"] == "not judged":
        return Cell(told, muted=True)
    change, low, high = (outcome[name] for name in ("change", "low", "high"))
    if outcome["together"] or report.release.edition == "public" or change != change or action.metric is None:
        return told
    metric = main_id(report.contract, action.metric)
    limits = ""
    if low == low and high == high:
        limits = words("long.interval_range", low=report.voice.gap(metric, low), high=report.voice.gap(metric, high))
    detail = words("followed.change_limits" if limits else "followed.change", change=report.voice.gap(metric, change), limits=limits)
    return Cell(told, detail=detail)


def _inseparable(actions: Sequence[Action]) -> list[tuple[Action, Action]]:
    """Return pairs of actions on the same figure that were done so close together that it cannot tell them apart."""
    done = [one for one in actions if one.done_on is not None and one.metric is not None and one.expected is not None]
    return [
        (one, two)
        for one, two in combinations(done, 2)
        if one.metric == two.metric
        and (one.group == two.group or None in (one.group, two.group))
        and one.done_on is not None
        and two.done_on is not None
        and abs((one.done_on - two.done_on).days) <= TOGETHER
    ]
