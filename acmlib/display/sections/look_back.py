"""How each side looks back at the end: reflections, the provider's exit interview and reply, lessons, and the one-page summary of all."""

from __future__ import annotations

from acmlib.contract.kinds import main_id
from acmlib.contract.reviews import AgencyRating, Lesson, Review, RightOfReply
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Notes, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.opening_facts import fact_sentence, report_facts
from acmlib.display.sections.rating import on_scale
from acmlib.display.sections.results import known_until, overall, results_heading, state_words
from acmlib.display.sections.review import reviewed, stories

#: What an after-action review asks, in this order.
_STEPS = ("planned", "happened", "why", "next")
#: Facts about a change beyond chance.
_CHANGES = ("better", "worse", "changed")


def reflections(report: Report) -> Section | None:
    """Return how frontline, finance and procurement look back; None where nobody wrote it for these readers."""
    words, voice = report.words, report.voice
    found = reviewed(report).reflections
    if not found:
        return None
    items = tuple(
        words("look_back.item", who=words(f"look_back.{one.from_}"), text=voice.written(one.text)) for one in found if one.text is not None
    )
    reviewed_ = [one for one in found if any(getattr(one, name) is not None for name in _STEPS)]
    nothing = Cell(words("table.no_value"), muted=True)
    rows = tuple(
        (words(f"look_back.{one.from_}"), *(voice.written(said) if (said := getattr(one, name)) else nothing for name in _STEPS))
        for one in reviewed_
    )
    columns = (Column(words("look_back.who")), *(Column(words(f"look_back.{name}")) for name in _STEPS))
    body: list[Display] = [DataTable(words("look_back.caption"), columns, rows)] if rows else []
    return Section(words("look_back.heading"), (*body, *([Bullets(items)] if items else [])), contents=words("look_back.short"))


def lessons(report: Report) -> Section | None:
    """Return what the next solicitation and the management of contracts should do differently; None where nothing was written."""
    words = report.words
    body: list[Display] = []
    for purpose in ("solicitation", "management"):
        told = tuple(_lesson(report, one) for one in reviewed(report).lessons if one.for_ == purpose)
        if told:
            body.append(Bullets(told, heading=words(f"look_back.lessons_{purpose}")))
    return Section(words("lessons.heading"), tuple(body), contents=words("lessons.short")) if body else None


def _lesson(report: Report, lesson: Lesson) -> str:
    """Return a lesson; where it names a metric, with what this contract reached, as a draft of the next target."""
    words, voice = report.words, report.voice
    told = voice.written(lesson.text)
    own = main_id(report.contract, lesson.metric) if lesson.metric is not None else ""
    row = overall(report).get(own)
    if row is None or row["value"] != row["value"]:
        return told
    values = {"metric": voice.metric(own), "value": voice.value(own, float(row["value"]))}
    if row["target"] == row["target"]:
        return words("lessons.draft_target", told=told, target=voice.value(own, float(row["target"])), **values)
    return words("lessons.draft", told=told, **values)


def exit_interview(report: Report) -> Section | None:
    """Return the provider's exit interview and reply, in its own words; that a reply is missing only where one was asked for."""
    words, voice = report.words, report.voice
    review = reviewed(report)
    body: list[Display] = []
    if review.exit_interview:
        rows = tuple(
            (voice.written(one.question), voice.written(one.answer) if one.answer else Cell(words("interview.no_answer"), muted=True))
            for one in review.exit_interview
        )
        body.append(DataTable(words("interview.caption"), (Column(words("plan.question")), Column(words("plan.answer"))), rows))
    if review.agency_ratings:
        rated = tuple(_agency_rating(report, review, one) for one in review.agency_ratings)
        body.append(Bullets(rated, heading=words("interview.rates_agency")))
    body += _reply(report, review.right_of_reply)
    return Section(words("interview.heading"), tuple(body), contents=words("interview.short")) if body else None


def _reply(report: Report, reply: RightOfReply | None) -> list[Display]:
    """Return the reply in full, or that none has come; by when it was asked for, and the points on which the parties still differ."""
    words, provider = report.words, report.contract.contract.provider
    if reply is None:
        return []
    body: list[Display] = [Prose((words("interview.no_reply"),))]
    if reply.text is not None:
        source = words("interview.reply_source", provider=provider, date=reply.received) if reply.received else provider
        body = [Notes(report.voice.written(reply.text), source=source, quote=True)]
    if reply.asked is not None and reply.due is not None:
        body.append(Prose((words("interview.window", asked=reply.asked, due=reply.due),)))
    if reply.unresolved:
        body.append(Bullets(tuple(report.voice.written(one) for one in reply.unresolved), heading=words("interview.unresolved")))
    return body


def _agency_rating(report: Report, review: Review, one: AgencyRating) -> str:
    rating = report.words("extract.rating", area=report.voice.written(one.area), rating=on_scale(report, review, one))
    return report.words("interview.because", rating=rating, why=report.voice.written(one.text)) if one.text else rating


def extract(report: Report) -> Section:
    """Return the one-page summary for those who evaluate the next offer: ratings, results, what changed, lessons, reply."""
    words, voice, review = report.words, report.voice, reviewed(report)
    term = overall(report)
    rated = tuple(words("extract.rating", area=voice.written(one.area), rating=on_scale(report, review, one)) for one in review.ratings)
    # What the heading counts stands below it, also where it is no headline figure.
    judged = [metric for metric, row in term.items() if row["state"] in ("met", "missed")]
    told = tuple(
        words(
            "extract.result_until" if (last := known_until(report, metric)) else "extract.result",
            metric=voice.metric(metric),
            value=voice.value(metric, float(row["value"])),
            state=state_words(report, row),
            month=last,
        )
        for metric in dict.fromkeys((*report.headline, *judged))
        if (row := term.get(metric)) is not None and row["value"] == row["value"]
    )
    changed = tuple(fact_sentence(report, one) for one in report_facts(report) if one.kind in _CHANGES and one.metric in report.headline)
    gaps = tuple(one.heading for one in stories(report) if any(type(part) is Bullets for part in one.body))
    outcomes = report.assessment.action_outcomes
    seen = {*outcomes.loc[outcomes["verdict"].eq("signal") & ~outcomes["together"].astype("bool"), "id"]}
    worked = tuple(voice.written(one.what) for one in report.records.actions if one.id in seen)
    learned = tuple(voice.written(one.text) for one in review.lessons if one.for_ == "solicitation")
    lists = (("ratings", rated), ("results", told), ("changes", changed), ("gaps", gaps), ("worked", worked), ("lessons", learned))
    body: list[Display] = [Bullets(items, heading=words(f"extract.{name}")) for name, items in lists if items]
    if rated and review.reviewer:
        body.insert(1, Prose((words("rating.reviewer", name=review.reviewer.in_language(words.locale.language)),)))
    body += _reply(report, review.right_of_reply)
    return Section(results_heading(report, term), tuple(body), contents=words("extract.short"))
