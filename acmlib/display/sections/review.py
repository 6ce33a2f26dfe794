"""The end-of-contract report: results over the term, equity then and now, what was done, both parties' word, ratings with evidence."""

from __future__ import annotations

import math
import statistics as stats
from collections.abc import Sequence
from typing import Any

import pandas as pd

from acmlib.contract.records import Review
from acmlib.contract.replies import Deliverable, SpotCheck
from acmlib.display.charts.frames import records
from acmlib.display.judgements import is_comparator, key_of
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Notes, Prose, Section
from acmlib.display.report import TRACK, Report
from acmlib.display.sections.contents import label
from acmlib.display.sections.equity import change
from acmlib.display.sections.records import action_plan

#: Right files of 19 needed to pass, by target; Lot Quality Assurance Sampling (Valadez 1991).
SAMPLE = 19
PASS = {"90/60": 15, "85/55": 14, "80/50": 13}


def _review(report: Report) -> Review:
    """Return the review; an empty one where none was written."""
    return report.records.review or Review()


def results(report: Report) -> Section:
    """Return every metric over the whole term against its target, and whether chance alone explains the difference."""
    words = report.words
    term = report.assessment.term_results
    judged = term.assign(track=term["state"].map(TRACK))
    judged = judged[~judged["metric"].str.contains(":", regex=False)]
    columns = tuple(
        Column(words(f"results.column_{one}"), "text" if one in ("metric", "state") else "number")
        for one in ("metric", "value", "n", "target", "state")
    )
    rows = tuple(_result(report, row) for row in records(judged))
    met = int(judged["track"].eq("on track").sum())
    of = int(judged["track"].isin(["on track", "off track"]).sum())
    caption = words("results.caption", start=report.contract.contract.starts, end=report.date)
    heading = words("results.heading", n=met, of=of) if of else words("results.heading_none")
    clearly = int((judged["track"].eq("on track") & judged["certain"].eq(True)).sum())
    return Section(
        words("results.clearly", heading=heading, n=clearly) if met else heading,
        (DataTable(caption, columns, rows, notes=(words("results.note"),)),),
        contents=words("results.short"),
    )


def _result(report: Report, row: dict[str, Any]) -> tuple[str | Cell, ...]:
    """Return one metric of the term."""
    words, voice, metric = report.words, report.voice, str(row["metric"])
    value, people, target = (float(str(row[name])) for name in ("value", "denominator", "target"))
    state = key_of(row["track"])
    certain = "" if state not in ("on_track", "off_track") else words("results.certain" if row["certain"] else "results.uncertain")
    return (
        voice.metric(metric),
        voice.value(metric, value) if value == value else Cell(voice.status(str(row["status"])), muted=True),
        words.number(people) if people == people else Cell(words("table.unjudged"), muted=True),
        voice.value(metric, target) if target == target else words("table.no_value"),
        " ".join(part for part in (words(f"results.{state}"), certain) if part),
    )


def equity_then_and_now(report: Report, metric: str, dimension: str) -> Section:
    """Return the results by group in the window before and in the last one, and what became of the gaps.

    Parameters
    ----------
    report : Report
    metric, dimension : str
    """
    words, voice = report.words, report.voice
    name, by = voice.metric(metric), voice.dimension(dimension)
    contents = label(report, "then", metric=name, dimension=by)
    figure = change(report, metric, dimension)
    if figure is None:
        return Section(words("then.no_before", metric=name, dimension=by), (Prose((words("then.no_before_why"),)),), contents=contents)
    earlier = report.earlier_gaps
    before = _verdicts(earlier[earlier["metric"].eq(metric) & earlier["dimension"].eq(dimension)])
    now = _verdicts(report.gaps_of(metric, dimension))
    both = [group for group in now if before.get(group, "not judged") != "not judged" and now[group] != "not judged"]
    changed = [group for group in both if before[group] != now[group]]
    sentences = [
        words(
            "then.sentence",
            group=voice.people(dimension, group),
            before=words(f"verdict_short.{key_of(before[group])}"),
            after=words(f"verdict_short.{key_of(now[group])}"),
        )
        for group in changed
    ]
    told: list[Display] = [Bullets(tuple(sentences)), Prose((words("then.caution"),))] if sentences else []
    heading = words("then.heading_same" if both else "then.heading_unjudged", metric=name, dimension=by)
    if changed:
        heading = words("then.heading_changed", metric=name, dimension=by, list=[voice.people(dimension, group) for group in changed])
    return Section(heading, (figure, *told), contents=contents)


def _verdicts(gaps: pd.DataFrame) -> dict[str, str]:
    """Return the verdict of each group that was compared; the one that the others were compared with has none."""
    return {str(row["group"]): str(row["verdict"]) for row in records(gaps) if not is_comparator(row)}


def what_followed(report: Report) -> Section:
    """Return the actions of the whole term and what followed each."""
    section = action_plan(report)
    return Section(section.heading, section.body, contents=report.words("followed.short"))


def spot_checks(report: Report) -> Section:
    """Return the spot checks with their decision rule and its error rates."""
    words, language = report.words, report.voice.language
    checks = _review(report).spot_checks
    if not checks:
        return Section(words("spot.none"), (Prose((words("spot.none_why"),)),), contents=words("spot.short"))
    columns = tuple(
        Column(words(f"spot.column_{one}"), "number" if one == "right" else "text") for one in ("what", "date", "right", "rule", "result")
    )
    rows = tuple(
        (
            check.what.in_language(language),
            words.date(check.date),
            words("spot.right", right=check.records - check.errors, n=check.records),
            _rule(report, check),
            _passed(report, check),
        )
        for check in checks
    )
    passed = sum(_has_passed(check) for check in checks)
    heading = words("spot.heading", n=len(checks), passed=passed)
    return Section(heading, (DataTable(words("spot.caption"), columns, rows),), contents=words("spot.short"))


def _rule(report: Report, check: SpotCheck) -> str:
    """Return the decision rule of a check with the chance of deciding wrongly."""
    good, bad = (int(part) / 100 for part in check.target.split("/"))
    least = PASS[check.target]
    return report.words(
        "spot.rule",
        least=least,
        n=SAMPLE,
        good=good,
        bad=bad,
        wrong_fail=_below(least, SAMPLE, good),
        wrong_pass=1 - _below(least, SAMPLE, bad),
    )


def _below(least: int, n: int, share: float) -> float:
    """Return the chance of fewer than `least` right files of `n` when this share is right.

    Examples
    --------
    >>> round(_below(15, 19, 0.9), 3), round(1 - _below(15, 19, 0.6), 3)
    (0.035, 0.07)
    """
    return math.fsum(math.comb(n, right) * share**right * (1 - share) ** (n - right) for right in range(least))


def _passed(report: Report, check: SpotCheck) -> str:
    """Return the decision; a sample of another size than 19 has no rule."""
    if check.records != SAMPLE:
        return report.words("spot.no_rule")
    return report.words("spot.pass" if _has_passed(check) else "spot.fail")


def _has_passed(check: SpotCheck) -> bool:
    """Return whether enough files of a sample of the right size were right."""
    return check.records == SAMPLE and check.records - check.errors >= PASS[check.target]


def scorecard(report: Report) -> Section:
    """Return both parties' side by side: the provider's reports and the agency's payments, on time and late."""
    words = report.words
    due = [one for one in report.records.deliverables if one.due <= report.date]
    parties = {kind: [one for one in due if one.kind == kind] for kind in ("report", "invoice")}
    rows = [_timeliness(report, kind, theirs) for kind, theirs in parties.items() if theirs]
    if not rows:
        return Section(words("score.none"), (Prose((words("score.none_why"),)),), contents=words("score.short"))
    columns = tuple(
        Column(words(f"score.column_{one}"), "text" if one == "what" else "number") for one in ("what", "due", "on_time", "median", "open")
    )
    shares = [words("score.heading", what=words(f"score.{kind}"), share=_on_time(theirs)) for kind, theirs in parties.items() if theirs]
    return Section("; ".join(shares), (DataTable(words("score.caption"), columns, tuple(rows)),), contents=words("score.short"))


def _timeliness(report: Report, kind: str, due: Sequence[Deliverable]) -> tuple[str | Cell, ...]:
    """Return how punctual one party was; open ones count as late."""
    words = report.words
    late = [(one.done_on - one.due).days for one in due if one.done_on is not None and one.done_on > one.due]
    missing = sum(one.done_on is None for one in due)
    return (
        words(f"score.{kind}"),
        words.number(len(due)),
        words.percent(_on_time(due)),
        words.days(stats.median(late)) if late else Cell(words("table.no_value"), muted=True),
        words.number(missing),
    )


def _on_time(due: Sequence[Deliverable]) -> float:
    """Return the share that was done by the day it was due."""
    return sum(one.done_on is not None and one.done_on <= one.due for one in due) / len(due)


def reflections(report: Report) -> Section:
    """Return how frontline, finance and procurement look back, and the lessons for the next solicitation."""
    words, language = report.words, report.voice.language
    review = _review(report)
    body: list[Display] = (
        [Bullets(tuple(f"{words(f'look_back.{one.from_}')}: {one.text.in_language(language)}" for one in review.reflections))]
        if review.reflections
        else []
    )
    for purpose in ("solicitation", "management"):
        lessons = tuple(lesson.text.in_language(language) for lesson in review.lessons if lesson.for_ == purpose)
        if lessons:
            body.append(Bullets(lessons, heading=words(f"look_back.lessons_{purpose}")))
    return Section(words("look_back.heading"), tuple(body) or (Prose((words("look_back.none"),)),), contents=words("look_back.short"))


def exit_interview(report: Report) -> Section:
    """Return the provider's exit interview and its right of reply, in its own words."""
    words, language = report.words, report.voice.language
    review = _review(report)
    body: list[Display] = []
    if review.exit_interview:
        rows = tuple(
            (
                one.question.in_language(language),
                one.answer.in_language(language) if one.answer else Cell(words("interview.no_answer"), muted=True),
            )
            for one in review.exit_interview
        )
        body.append(DataTable(words("interview.caption"), (Column(words("plan.question")), Column(words("plan.answer"))), rows))
    reply = review.right_of_reply
    if reply is not None and reply.text is not None:
        source = (
            words("interview.reply_source", provider=report.contract.contract.provider, date=reply.received)
            if reply.received
            else report.contract.contract.provider
        )
        body.append(Notes(reply.text.in_language(language), source=source, quote=True))
    else:
        body.append(Prose((words("interview.no_reply"),)))
    return Section(words("interview.heading"), tuple(body), contents=words("interview.short"))


def ratings(report: Report) -> Section:
    """Return the ratings on the agreed scale, each with the evidence it rests on."""
    words, language = report.words, report.voice.language
    review = _review(report)
    if not review.ratings:
        return Section(words("rating.none"), (Prose((words("rating.none_why"),)),), contents=words("rating.short"))
    columns = tuple(Column(words(f"rating.column_{one}")) for one in ("area", "rating", "why", "evidence"))
    rows = tuple(
        (
            rating.area.in_language(language),
            _on_scale(report, review.position(rating)),
            rating.text.in_language(language) if rating.text else Cell(words("table.no_value"), muted=True),
            words.list(_evidence(report, one) for one in rating.evidence),
        )
        for rating in review.ratings
    )
    scale = words("rating.scale", labels=words.list(label.in_language(language) for label in review.scale))
    return Section(
        words("rating.heading"), (DataTable(words("rating.caption"), columns, rows, notes=(scale,)),), contents=words("rating.short")
    )


def _on_scale(report: Report, place: int | None) -> str:
    """Return the label of a place on the scale."""
    scale = _review(report).scale
    return report.words("rating.place", label=scale[place - 1].in_language(report.voice.language), n=place, of=len(scale)) if place else ""


def _evidence(report: Report, name: str) -> str:
    """Return what a piece of evidence is called on the page."""
    if name in report.contract.metrics:
        return report.voice.metric(name)
    action = next((one for one in report.records.actions if one.id == name), None)
    if action is not None:
        return action.what.in_language(report.voice.language)
    kind = "spot" if name.startswith("spot_check") else "score" if name == "deliverables" else ""
    return report.words(f"{kind}.short") if kind else name
