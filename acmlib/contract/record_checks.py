"""Checks of the files beside a contract: references to things that do not exist, duplicates, contradictions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from acmlib.contract.errors import choose
from acmlib.contract.figures import figure_ids
from acmlib.contract.meetings import FollowUp, Promise
from acmlib.contract.model import EDITIONS, Contract, Edition
from acmlib.contract.record_rows import Lines, row_contradictions
from acmlib.contract.records import Action, Records, Topic
from acmlib.contract.standards import GROUPS
from acmlib.contract.topic_checks import topic_contradictions

#: Evidence of a rating that is neither a metric nor an action.
DELIVERABLES = "deliverables"
SPOT_CHECK = "spot_check_"


def contradictions(records: Records, folder: str, contract: Contract | None, lines: Lines, pages: Sequence[str] = ()) -> list[str]:
    """Return a message for every contradiction in the records; empty if there is none.

    Parameters
    ----------
    folder : str
        Of the contract, as messages name it.
    contract : Contract, optional
        Metrics, dimensions and figures that records name must exist in it.
    lines : mapping
        Lines of the rows of CSV files.
    pages : sequence of str
        Names of the reports that there are; what was shown in a meeting is not checked if there are none.
    """
    found = [*_repeated(records, folder), *_topics(records, folder), *_followed_up(records, folder), *_voices(records, folder)]
    if contract is not None:
        found += _named(records, folder, contract)
        found += row_contradictions(records, folder, contract, lines)
        found += _evidence(records, folder, contract)
        found += topic_contradictions(records, folder, contract)
        found += _shown(records, folder, contract, pages) if pages else ()
    return found


def _repeated(records: Records, folder: str) -> Iterator[str]:
    promised = [promise.id for meeting in records.meetings for promise in meeting.promises]
    files: tuple[tuple[str, str, Sequence[str]], ...] = (
        ("roadmap.yml", "topics.", [topic.id for topic in records.roadmap]),
        ("actions.csv", "", [action.id for action in records.actions]),
        ("plan.yml", "questions.", [question.id for question in records.plan]),
        ("meetings", "promises.", promised),
        ("voice.yml", "events.", [event.id for event in records.voices.events]),
        ("voice.yml", "themes.", [theme.id for theme in records.voices.themes]),
        ("voice.yml", "heard.", [one.id for one in records.voices.heard]),
        ("review.yml", "ratings.", [str(one.area) for one in records.review.ratings] if records.review else []),
    )
    for file, prefix, ids in files:
        for one in sorted({i for i in ids if ids.count(i) > 1}):
            yield f"{folder}/{file}: {prefix}{one} is given twice; use each id once"
    for file, prefix, names_ in _listed(records):
        for one in sorted({i for i in names_ if names_.count(i) > 1}):
            yield f"{folder}/{file}: {prefix}{one} is given twice; keep one of them"


def _listed(records: Records) -> Iterator[tuple[str, str, list[str]]]:
    """Yield lists in which nothing may stand twice: file, place and what stands there."""
    for meeting in records.meetings:
        yield f"meetings/{meeting.date}.yml", "followed_up.", [one.id for one in meeting.followed_up]
        yield f"meetings/{meeting.date}.yml", "attending.", [one.name for one in meeting.attending]
    about = [f"{one.month}, {one.kind}, {one.metric} by {one.dimension}" for one in records.roadmap if one.metric is not None]
    yield "roadmap.yml", "topics: ", about
    if records.review is not None:
        yield "review.yml", "agency_ratings.", [str(one.area) for one in records.review.agency_ratings]
        yield "review.yml", "scale: ", [str(label) for label in records.review.scale]
        for rating in records.review.ratings:
            yield "review.yml", f"ratings.{rating.area}.evidence: ", list(rating.evidence)


def _topics(records: Records, folder: str) -> Iterator[str]:
    topics = [topic.id for topic in records.roadmap]
    named = [(f"notes/{note.file}: topic", note.topic) for note in records.notes]
    named += [(f"voice.yml: themes.{theme.id}.topic", theme.topic) for theme in records.voices.themes]
    for meeting in records.meetings:
        named += [(f"meetings/{meeting.date}.yml: decisions.{i}.topic", one.topic) for i, one in enumerate(meeting.decisions, start=1)]
    for where, topic in named:
        if topic is not None and topic not in topics:
            yield f"{folder}/{where} is '{topic}'; there is no such topic in roadmap.yml; {choose(topic, topics)}"


def _followed_up(records: Records, folder: str) -> Iterator[str]:
    """Check the promises that meetings follow up: they exist, and were made before the meeting."""
    agreed = {action.id: action.agreed_on for action in records.actions}
    rows, ended = {one.id: one for one in records.actions}, dict[str, FollowUp]()
    agreed |= {promise.id: meeting.date for meeting in records.meetings for promise in meeting.promises if promise.id not in agreed}
    for meeting in records.meetings:
        for one in meeting.followed_up:
            where = f"{folder}/meetings/{meeting.date}.yml: followed_up.{one.id}"
            if one.id not in agreed:
                yield f"{where} is '{one.id}'; there is no such action or promise; {choose(one.id, sorted(agreed))}"
            elif agreed[one.id] > meeting.date:
                yield f"{where} was agreed on {agreed[one.id]}, after this meeting; use promises that were made before"
            elif one.done_on is not None and not agreed[one.id] <= one.done_on <= meeting.date:
                yield f"{where}.done_on is {one.done_on}; use a day from {agreed[one.id]}, when it was agreed, to the meeting"
            elif one.due is not None and one.due < meeting.date:
                yield f"{where}.due is {one.due}, before the meeting; a new day lies after it"
            else:
                yield from _ended(where, one, meeting.date, [known for known in (rows.get(one.id), ended.get(one.id)) if known is not None])
                ended |= {one.id: one} if one.status != "open" else {}


def _ended(where: str, told: FollowUp, day: dt.date, known: Sequence[Action | FollowUp]) -> Iterator[str]:
    """Check the state that a meeting reports against the row of the action, and against an earlier meeting that closed it."""
    for one in known:
        if one.status == "dropped" and (told.status == "done" or (told.status == "open" and isinstance(one, FollowUp))):
            yield f"{where}.status is '{told.status}'; by its row or an earlier meeting it was dropped: correct one, or use a new id"
        elif one.status == "done" and told.status == "done" and told.done_on != one.done_on:
            yield f"{where}.done_on is {told.done_on}; by its row or an earlier meeting it was done on {one.done_on}: correct one of them"
        elif one.status == "done" and told.status != "done" and one.done_on is not None and one.done_on < day:
            yield f"{where}.status is '{told.status}'; it was done on {one.done_on}: correct one of them, or use a new id"


def _shown(records: Records, folder: str, contract: Contract, pages: Sequence[str]) -> Iterator[str]:
    """Check that what was on the table in a meeting is a page, a deep dive of the roadmap, or a figure."""
    allowed = [*pages, *(f"deep_dive-{topic.id}" for topic in records.roadmap), *figure_ids(contract)]
    for meeting in records.meetings:
        for name in meeting.shown:
            if name not in allowed:
                where = f"{folder}/meetings/{meeting.date}.yml: shown"
                yield f"{where} is '{name}'; there is no such page, topic or figure; {choose(name, allowed)}"


def _voices(records: Records, folder: str) -> Iterator[str]:
    events = {event.id: event for event in records.voices.events}
    themes = {theme.id for theme in records.voices.themes}
    for theme in records.voices.themes:
        where = f"{folder}/voice.yml: themes.{theme.id}"
        if theme.event not in events:
            yield f"{where}.event is '{theme.event}'; there is no such event; {choose(theme.event, sorted(events))}"
        elif theme.said_by > events[theme.event].came:
            yield f"{where}.said_by is {theme.said_by}; {events[theme.event].came} came to {theme.event}: count each person once"
        for dimension, groups in theme.by_group.items():
            if sum(groups.values()) > theme.said_by:
                yield f"{where}.by_group.{dimension} adds up to {sum(groups.values())}; said_by is {theme.said_by}: count each person once"
    for heard in records.voices.heard:
        where = f"{folder}/voice.yml: heard.{heard.id}"
        if heard.event is not None and heard.event not in events:
            yield f"{where}.event is '{heard.event}'; there is no such event; {choose(heard.event, sorted(events))}"
        elif heard.event is not None and heard.date < events[heard.event].date:
            yield f"{where}.date is {heard.date}, before {heard.event} on {events[heard.event].date}; use the day on which it was said"
    yield from _coders(records, folder)
    for name in sorted({coded.theme for coded in records.coded} - themes):
        yield f"{folder}/coding.csv: theme is '{name}'; there is no such theme in voice.yml; {choose(name, sorted(themes))}"


def _coders(records: Records, folder: str) -> Iterator[str]:
    """Check that two people coded each theme, each under one spelling of the name: agreement is that of two."""
    for theme in dict.fromkeys(one.theme for one in records.coded):
        coders = list(dict.fromkeys(one.coder for one in records.coded if one.theme == theme))
        if len(coders) > 2:
            who = ", ".join(coders)
            yield f"{folder}/coding.csv: {theme} has {len(coders)} coders, {who}; keep two people, each spelt in one way"


def _named(records: Records, folder: str, contract: Contract) -> Iterator[str]:
    """Check that metrics and dimensions which records name exist."""
    whose: list[tuple[str, Any]] = [(f"roadmap.yml: topics.{topic.id}", topic) for topic in records.roadmap]
    whose += [(f"actions.csv: {action.id}", action) for action in records.actions]
    whose += [(f"meetings/{meeting.date}.yml: promises.{one.id}", one) for meeting in records.meetings for one in meeting.promises]
    whose += [(f"spot_checks.csv: {check.date}", check) for check in records.spot_checks]
    whose += [(f"voice.yml: themes.{theme.id}", theme) for theme in records.voices.themes]
    lessons = records.review.lessons if records.review else ()
    whose += [(f"review.yml: lessons.{number}", lesson) for number, lesson in enumerate(lessons, start=1)]
    for where, record in whose:
        yield from names(f"{folder}/{where}", record, contract)
        yield from _direction(f"{folder}/{where}", record, contract)
        if getattr(record, "group", None) is not None and getattr(record, "dimension", None) is not None:
            yield from _group(f"{folder}/{where}.group", record.group, record.dimension, contract)
    actions = {action.id for action in records.actions} | {one.id for meeting in records.meetings for one in meeting.promises}
    for heard in records.voices.heard:
        if heard.action is not None and heard.action not in actions:
            where = f"{folder}/voice.yml: heard.{heard.id}.action"
            yield f"{where} is '{heard.action}'; there is no such action; {choose(heard.action, sorted(actions))}"
    yield from _groups_of_themes(records, folder, contract)


def _groups_of_themes(records: Records, folder: str, contract: Contract) -> Iterator[str]:
    for theme in records.voices.themes:
        for dimension in theme.by_group:
            where = f"{folder}/voice.yml: themes.{theme.id}.by_group.{dimension}"
            if dimension not in contract.dimensions:
                yield f"{where} is '{dimension}'; there is no such dimension in contract.yml; {choose(dimension, contract.dimensions)}"
            for group in theme.by_group[dimension]:
                yield from _group(where, group, dimension, contract)


def names(where: str, record: Topic | Action, contract: Contract) -> Iterable[str]:
    """Yield a message for a metric or dimension of a record that is not in the contract."""
    for field, defined in (("metric", contract.metrics), ("dimension", contract.dimensions)):
        given = getattr(record, field, None)
        if given is not None and given not in defined:
            yield f"{where}.{field} is '{given}'; there is no such {field} in contract.yml; {choose(given, defined)}"


def _direction(where: str, record: Any, contract: Contract) -> Iterator[str]:
    """Check that the expected direction of an action is the better one: the opposite is probably a slip."""
    expected, metric = getattr(record, "expected", None), contract.metrics.get(str(getattr(record, "metric", None)))
    if expected is not None and metric is not None and metric.better not in ("neither", expected):
        yield f"{where}.expected is '{expected}'; of {record.metric} {metric.better} is better: use {metric.better}, or leave expected out"


def _group(where: str, group: str, dimension: str, contract: Contract) -> Iterator[str]:
    """Check that a group of a dimension whose groups are known, those of a standard, is one of them."""
    known = contract.dimensions.get(dimension)
    if known is None or known.standard is None:
        return
    allowed = [*GROUPS, *(one for one in (*known.labels, *known.not_recorded, *known.merge) if one not in GROUPS)]
    if group not in allowed:
        yield f"{where} is '{group}'; there is no such group in {known.standard}; {choose(group, allowed)}"


def _evidence(records: Records, folder: str, contract: Contract) -> Iterator[str]:
    """Check that what ratings and actions rest on exists, and may be seen by those who see the rating."""
    known = _evidence_ids(records, contract)
    rests: list[tuple[str, Any]] = [(f"actions.csv: {one.id}", one) for one in records.actions]
    rests += [(f"meetings/{meeting.date}.yml: promises.{one.id}", one) for meeting in records.meetings for one in meeting.promises]
    for where, one in rests:
        if one.evidence is not None and one.evidence not in known:
            yield f"{folder}/{where}.evidence is '{one.evidence}'; there is no such figure, topic or record; {choose(one.evidence, known)}"
    if records.review is None:
        return
    audiences = _audiences(records)
    for rating in records.review.ratings:
        where = f"{folder}/review.yml: ratings.{rating.area}.evidence"
        for name in rating.evidence:
            if name not in known:
                yield f"{where} is '{name}'; there is no such metric, action, topic or record; {choose(name, known)}"
            elif EDITIONS.index(audiences.get(name, "public")) < EDITIONS.index(rating.audience):
                yield (
                    f"{where} is '{name}', for the {audiences[name]} edition only; the rating is for the {rating.audience} one; "
                    "use evidence that its readers may see, or give the rating a narrower audience"
                )


def _promised(records: Records) -> list[Action | Promise]:
    """Return what was agreed: promises of meetings, and actions, whose row says more of a promise of the same id."""
    return [*(one for meeting in records.meetings for one in meeting.promises), *records.actions]


def _evidence_ids(records: Records, contract: Contract) -> list[str]:
    checks = {f"{SPOT_CHECK}{check.date}" for check in records.checks}
    return [
        *figure_ids(contract), *(one.id for one in _promised(records)), *(topic.id for topic in records.roadmap), *sorted(checks),
        *([DELIVERABLES] if records.deliverables else []), *(note.file for note in records.notes),
        *(f"meeting_{meeting.date}" for meeting in records.meetings), *(theme.id for theme in records.voices.themes),
    ]  # fmt: skip


def _audiences(records: Records) -> dict[str, Edition]:
    """Return the audience of each record that can be evidence; metrics and deliverables are for everybody, as far as they may be shown."""
    named: list[tuple[str, Edition]] = [(one.id, one.audience) for one in _promised(records)]
    named += [(one.id, one.audience) for one in records.roadmap] + [(one.id, one.audience) for one in records.voices.themes]
    named += [(f"{SPOT_CHECK}{check.date}", check.audience) for check in records.checks]
    named += [(note.file, "internal" if note.is_withheld else note.audience) for note in records.notes]
    return dict(named)
