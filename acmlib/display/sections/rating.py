"""Ratings with the evidence for and against them: what each rests on, with its numbers, as far as this edition shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from acmlib.analysis.obligations import obligation_summaries
from acmlib.analysis.spot_checks import has_passed
from acmlib.contract.kinds import main_id
from acmlib.contract.record_checks import DELIVERABLES, SPOT_CHECK
from acmlib.contract.reviews import AgencyRating, Rating, Review
from acmlib.contract.workspace import contract_folder
from acmlib.display.claims import Claim
from acmlib.display.comparisons import UNJUDGED, comparisons
from acmlib.display.objects import Cell, Column, DataTable, Section
from acmlib.display.report import Report
from acmlib.display.rows import records
from acmlib.display.sections.results import overall
from acmlib.display.sections.story import CHANGED, cohort_rows, cohort_sentence
from acmlib.intake.findings import Finding
from acmlib.measures.table import IMMATURE

#: ``unsettled``: a gap that is possible; these numbers cannot settle it.
Side = Literal["for", "against", "neither", "unsettled"]

#: What became of a gap, as evidence.
_FOR = ("closed", "narrowed", "turned")


class Evidence(NamedTuple):
    """One piece of evidence in words, and whether it speaks for or against the service; how much of it this edition shows."""

    side: Side
    text: str
    shown: bool = True
    whole: bool = True


def ratings(report: Report) -> Section | None:
    """Return the ratings on the agreed scale, each with its evidence for and against; None where none was given to these readers."""
    words, voice = report.words, report.voice
    review = report.records.review
    if review is None or not review.ratings:
        return None
    columns = tuple(Column(words(f"rating.column_{one}")) for one in ("area", "rating", "why", "for", "against"))
    rows = tuple(_row(report, review, rating) for rating in review.ratings)
    scale = words("rating.scale", labels=words.list(voice.written(label) for label in review.scale))
    reviewed = [words("rating.reviewer", name=review.reviewer.in_language(words.locale.language))] if review.reviewer else []
    notes = (scale, words("rating.sides"), *reviewed)
    heading = words("rating.heading", list="; ".join(f"{voice.written(one.area)}: {_label(report, review, one)}" for one in review.ratings))
    return Section(heading, (DataTable(words("rating.caption"), columns, rows, notes=notes),), contents=words("rating.short"))


def _row(report: Report, review: Review, rating: Rating) -> tuple[str | Cell, ...]:
    words, voice = report.words, report.voice
    nothing = Cell(words("rating.nothing"), muted=True)
    found = [evidence(report, name) for name in rating.evidence]
    is_unfounded = _is_low(review, rating) and all(one.shown and one.whole and one.side != "unsettled" for one in found)
    against = [one.text for one in found if one.side == "against"]
    return (
        voice.written(rating.area),
        on_scale(report, review, rating),
        _why(report, rating, found),
        " ".join(one.text for one in found if one.side != "against") or nothing,
        " ".join([*against, *_notice(report, rating)]) or (Cell(words("rating.nothing_low")) if is_unfounded else nothing),
    )


def _is_low(review: Review, rating: Rating) -> bool:
    """Return whether a rating is below that of a service that did what was agreed."""
    place, least = review.position(rating), review.satisfactory_place
    return place is not None and least is not None and place < least


def _why(report: Report, rating: Rating, found: Sequence[Evidence]) -> Cell:
    """Return what the reviewer wrote; beside it, where readers of this edition see only a part of what it rests on, that they do."""
    if rating.text is None:
        return Cell(report.words("table.no_value"), muted=True)
    partly = not all(one.shown and one.whole for one in found)
    return Cell(report.voice.written(rating.text), detail=report.words("rating.partly") if partly else "")


def _notice(report: Report, rating: Rating) -> tuple[str, ...]:
    """Return the notice that a rating follows, and whether it was met."""
    notice = rating.notice
    if notice is None:
        return ()
    key = "notice_missed" if notice.was_missed else "notice_met"
    return (report.words(f"rating.{key}", sent=notice.sent, due=notice.due),)


def low_ratings(report: Report) -> tuple[str, ...]:
    """Return an error for each rating below satisfactory against which nothing speaks but that no more was done than agreed.

    A service that did what was agreed is satisfactory. A lower rating needs evidence against the service, or a notice.

    Parameters
    ----------
    report : Report
        The internal one: it shows all evidence.
    """
    review, found = report.records.review or Review(), []
    for rating in review.ratings:
        if not _is_low(review, rating) or rating.notice is not None:
            continue
        if not any(evidence(report, name).side in ("against", "unsettled") for name in rating.evidence):
            found.append(
                f"{_where(report, rating)}.rating is '{rating.rating}', below satisfactory, and none of its evidence speaks against the "
                "service; name what was missed, or rate it satisfactory: not to exceed what was agreed is no fault"
            )
    return tuple(found)


def unseen_evidence(report: Report) -> tuple[Finding, ...]:
    """Return a warning for each rating of an edition that rests on evidence which this edition does not show with its numbers."""
    edition, found = report.release.edition, []
    for rating in (report.records.review or Review()).ratings:
        unseen = [name for name in rating.evidence if not evidence(report, name).shown]
        if unseen:
            what = f"rests on {', '.join(unseen)}, hidden or not judged in the {edition} edition"
            where, fix = _where(report, rating), "add evidence that is shown there, or give the rating a narrower audience"
            found.append(Finding("warning", where, None, what, 0, "Readers see a rating without its numbers", (), fix, "agency"))
    return tuple(found)


def _where(report: Report, rating: Rating) -> str:
    return f"{contract_folder(report.contract.id)}/review.yml: ratings.{rating.area}"


def on_scale(report: Report, review: Review, rating: Rating | AgencyRating) -> str:
    """Return the label of a rating with its place on the scale."""
    place = review.position(rating)
    label = _label(report, review, rating)
    return label if place is None else report.words("rating.place", label=label, n=place, of=len(review.scale))


def _label(report: Report, review: Review, rating: Rating | AgencyRating) -> str:
    place = review.position(rating)
    return rating.rating if place is None else report.voice.written(review.scale[place - 1])


def evidence(report: Report, name: str) -> Evidence:
    """Return a piece of evidence with its numbers and the side it speaks for.

    Parameters
    ----------
    name : str
        Id of a figure (``placed_6m``, ``placed_6m.race_ethnicity``), an action, a spot check, ``deliverables``, a topic, or a record.
    """
    metric, _, dimension = name.partition(".")
    if metric in report.contract.metrics and (not dimension or dimension in report.contract.dimensions):
        return _of_groups(report, metric, dimension) if dimension else _of_metric(report, metric)
    if name == DELIVERABLES:
        return _of_deliverables(report)
    if name.startswith(SPOT_CHECK):
        return _of_check(report, name.removeprefix(SPOT_CHECK))
    return _of_record(report, name)


def _of_metric(report: Report, metric: str) -> Evidence:
    """Return a metric against its target: over the term, over its last whole year where that is not yet known, else so far."""
    words, voice, own = report.words, report.voice, main_id(report.contract, metric)
    name, ends = voice.short(own), ""
    row = overall(report).get(own, {"status": "", "value": float("nan")})
    if row["value"] != row["value"] and report.ended and row["status"] == IMMATURE:
        years = report.assessment.periodic_results
        row = next(iter(records(years[years["metric"].eq(own) & years["value"].notna()].tail(1))), row)
        ends = " " + words("rating.ev_not_known")
    if row["value"] != row["value"]:
        text = words("rating.ev_value_unknown", what=name) if ends else words("rating.ev_not_shown", what=name)
        return Evidence("neither", text, shown=False)
    if ends or not report.ended:
        name = f"{name}, {words.period(str(row['period']))}"
    value = voice.value(own, float(row["value"]))
    if row["state"] not in ("met", "missed"):
        return Evidence("neither", words("rating.ev_value", what=name, value=value) + ends, whole=not ends)
    claim = Claim(
        "target", own, str(row["period"]), "all", verdict=str(row["state"]), certain=False, numbers=(("value", float(row["value"])),)
    )
    key = "ev_met" if row["state"] == "met" else "ev_missed"
    told = words(f"rating.{key}", claim=claim, what=name, value=value, target=voice.value(own, float(row["target"])))
    return Evidence("for" if row["state"] == "met" else "against", told + ends, whole=not ends)


def _of_groups(report: Report, metric: str, dimension: str) -> Evidence:
    """Return how the gaps of a metric changed; where no change exceeds chance, their size over the term."""
    words, voice, own = report.words, report.voice, main_id(report.contract, metric)
    changed = [row for row in cohort_rows(report, own, dimension) if row["verdict"] in CHANGED]
    if changed:
        return Evidence("for" if changed[0]["verdict"] in _FOR else "against", cohort_sentence(changed[0], voice))
    names = {"metric": voice.short(own), "dimension": voice.dimension(dimension)}
    gaps = report.assessment.term_gaps if len(report.assessment.term_gaps) else report.assessment.gaps
    found = next(iter(comparisons(gaps[gaps["metric"].eq(own) & gaps["dimension"].eq(dimension)], report.contract)), None)
    if found is not None and all(row["status"] == IMMATURE for row in found.rows):
        what = words("outcomes.by", metric=names["metric"], dimension=names["dimension"])
        return Evidence("neither", words("rating.ev_value_unknown", what=what), shown=False)
    if found is None or found.outcome in UNJUDGED:
        return Evidence("neither", words("rating.ev_no_verdict", **names), shown=False)
    period = str(found.rows[0]["period"])
    if found.outcome == "clear":
        groups = [str(row["group"]) for row in found.behind]
        claims = [Claim("gaps", own, period, dimension, (group,), verdict="clear") for group in groups]
        key = "rating.ev_gap" if period == "term" else "rating.ev_gap_so_far"
        return Evidence(
            "against", words(key, claim=claims, period=period, list=[voice.people(dimension, group) for group in groups], **names)
        )
    if found.worst is not None:
        group, other, values = str(found.worst["group"]), str(found.worst["comparator"]), ("value", "comparator_value")
        claim = Claim("gaps", own, period, dimension, (group,), verdict="possible")
        sides = {"people": voice.people(dimension, group), "others": voice.people(dimension, other)}
        shown = {name.replace("comparator", "other"): voice.value(own, float(found.worst[name])) for name in values}
        return Evidence("unsettled", words("rating.ev_possible_gap", claim=claim, **names, **sides, **shown))
    claim = Claim("gaps", own, period, dimension, verdict="none clear", shown_only=True)
    return Evidence("neither", words("rating.ev_no_clear_gap", claim=claim, **names))


def _of_deliverables(report: Report) -> Evidence:
    """Return how much of what the provider owed came on time; what the agency owed says nothing of the provider."""
    words = report.words
    found = [one for one in obligation_summaries(report.records.deliverables, report.date) if one.party == "provider"]
    if not found:
        return Evidence("neither", words("rating.ev_not_shown", what=words("score.short")), shown=False)
    told = [words("rating.ev_on_time", what=words(f"owed.{one.kind}_{one.party}"), n=one.on_time, of=one.due) for one in found]
    late = any(one.on_time < one.due for one in found)
    return Evidence("against" if late else "for", " ".join(told))


def _of_check(report: Report, day: str) -> Evidence:
    """Return a spot check with its result."""
    words = report.words
    checks = (*report.records.spot_checks, *(report.records.review.spot_checks if report.records.review else ()))
    check = next((one for one in checks if str(one.date) == day), None)
    if check is None:
        return Evidence("neither", words("rating.ev_not_shown", what=words("spot.short")), shown=False)
    passed = has_passed(check)
    if report.release.decided_by == "public":
        told = words("rating.ev_check_passed_public" if passed else "rating.ev_check_failed_public", date=check.date)
    else:
        right = check.records - check.errors
        told = words("rating.ev_check_passed" if passed else "rating.ev_check_failed", date=check.date, right=right, n=check.records)
    return Evidence("for" if passed else "against", told)


def _of_record(report: Report, name: str) -> Evidence:
    """Return an action with its state, or the title of a topic; what these readers may not see is said to be so."""
    words, voice = report.words, report.voice
    action = next((one for one in report.records.actions if one.id == name), None)
    if action is not None:
        what = voice.written(action.what)
        done = action.status == "done" and action.done_on is not None
        if done:
            late = (action.days_late or 0) > 0
            return Evidence("for", words("rating.ev_done_late" if late else "rating.ev_done", what=what, date=action.done_on))
        return Evidence("against", words(f"rating.ev_{'dropped' if action.status == 'dropped' else 'open'}", what=what))
    topic = next((one for one in report.records.roadmap if one.id == name), None)
    if topic is not None:
        return Evidence("neither", words("rating.ev_topic", what=voice.written(topic.title)))
    note = next((one for one in report.records.notes if one.file == name), None)
    what = (
        note.source if note is not None else next((voice.written(one.title) for one in report.records.voices.themes if one.id == name), "")
    )
    return Evidence("neither", words("rating.ev_record" if what else "rating.ev_not_shown", what=what or name), shown=bool(what))
