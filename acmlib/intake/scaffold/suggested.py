"""Which metrics a new contract may have, from what the columns of a file are for: each says from what it was guessed."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from acmlib.contract.kinds import MetricKind
from acmlib.contract.starters import Starter
from acmlib.intake.connection import literal
from acmlib.intake.scaffold import wording
from acmlib.intake.scaffold.profile import ColumnProfile, FileProfile
from acmlib.intake.scaffold.roles import Roles
from acmlib.intake.scaffold.submissions import Submission

#: What nobody wishes for.
_UNWANTED = re.compile(
    rf"{wording.RETURNED.pattern}|arrest|dropp?ed|dropout|evict|violation|incident|missed|absent|no_show|complaint|reopened|injur"
    r"|(^|_)(left|late|quit|withdr[ae]wn?|fail(ed)?|denied)(_|$)|terminat|no_?show|(^|_)returned$"
    r"|(^|_)(died|deceased|death)|suspend|suspension|expel|expuls|truan|foreclos"
)
#: A date of these is the beginning of the service: from it is counted how long people stay.
_IN = re.compile(r"enrol|entry|entered|intake|admit|admission|start|joined|moved_in")
#: A date of these is the day on which a result was known.
_ENDED = re.compile(r"(^|_)(closed?|completed|finished|decided|decision|determination|cierre|cerrado)(_|$)")
#: Rows that are no case of their own, and results that are none yet.
_VOID = re.compile(r"duplicate|(^|\W)dup($|\W)|^void|in error", re.IGNORECASE)
_OPEN = re.compile(
    rf"^(open|in[ -]progress|active|wait|scheduled|ongoing|assigned|new$|under review|submitted|received|current)|{_VOID.pattern}",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"(\d+)_?(days?|d|weeks?|wks?|months?|mos?|m|years?|yrs?|y)(_|$)")
_DAYS = {"d": 1, "w": 7, "m": 30.5, "y": 365}
#: Of a wait of so many days at the median: the unit that it is told in; and the time within which it should have ended.
_UNITS_OF_WAITS = ((0.1, "minutes"), (2, "hours"))
#: Minutes within which most short waits should have ended, and as they are written.
_SOON = {5: "5 minute", 10: "10 minute", 15: "15 minute", 30: "30 minute", 60: "1 hour", 120: "2 hour", 240: "4 hour", 480: "8 hour",
         720: "12 hour"}  # fmt: skip
_WINDOWS = ((2, 7, "7d", "7 days"), (14, 30, "30d", "30 days"), (40, 90, "90d", "90 days"), (math.inf, 183, "6m", "6 months"))
#: Share of the decided cases that must have a day of their end for it to date all of them.
DATED = 0.95
#: Further dates, columns of yes and no, scales and amounts that are proposed at most; metrics at most, and headlines.
MOST, MOST_METRICS, HEADLINES = 3, 8, 5
#: What one row is, by the name of its file or date, and what several are.
UNITS = {
    "application": "applications",
    "request": "requests",
    "session": "sessions",
    "visit": "visits",
    "enrollment": "enrollments",
    "participant": "participants",
    "household": "households",
    "family": "families",
    "appointment": "appointments",
}
_UNIT = {
    "application": r"(^|_)appl(ied|ications?|_|$)",
    "request": r"311|complaint|request|ticket|case_?load|incident|call_received|work_?order",
    "visit": r"visit",
    "session": r"session|attend|contact|service_date|(event|program|class)_date",
}
#: Amounts of which more is better for those served.
_EARNED = re.compile(r"wage|salary|earning|income")
#: What those served are called, by the name of the column that names them.
PEOPLE = {"student": "students", "client": "clients", "child": "children", "patient": "patients", "youth": "young people",
          "resident": "residents", "tenant": "tenants", "member": "members", "family": "families"}  # fmt: skip
#: Measures of starter sets that mean the same as a proposed metric.
_SAME = {"attendance": ("attendance",), "gain": ("growth",), "retention": ("in_program", "staying"), "on_time": ("on_time",),
         "duration": ("days_to_answer",), "wage": ("wage",)}  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A metric of a new contract: its lines of YAML after the title, what it was guessed from; `rank` 0 is likeliest the purpose."""

    id: str
    title: str
    kind: MetricKind
    lines: Mapping[str, str]
    guessed: str
    rank: int
    tag: str = ""
    better: str = "higher"
    check: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """Its title in English, for a question."""
        found = re.search(r"en: '([^']*)'", self.title)
        return found[1] if found else self.title


def unit_of(file: FileProfile, roles: Roles) -> str:
    """Return what one row of a file is."""
    date = roles.entry.ours if roles.entry else ""
    name = roles.identifier.ours if roles.identifier else ""
    if _is_event(roles) and any(wording.GIVEN.search(one.ours) for one in roles.amounts):
        return "session"  # so many came to it, or so much was given out
    for unit, sign in _UNIT.items():
        named = re.search(sign, f"{name} {date}" if unit == "application" else f"{file.name} {date}")
        if named and (unit == "application" or (unit == "request") == (roles.person is None)):
            return unit
    if roles.identifier and roles.person is None and any(wording.DONE.search(one.ours) for one in roles.dates):
        return "participant" if any(one in roles.identifier.ours for one in PEOPLE) else "request"  # a client's case is closed, too
    return "enrollment" if roles.person else "participant"


def _is_event(roles: Roles) -> bool:
    """Whether nothing in a row names a person."""
    return roles.person is None and not (roles.identifier and wording.NAMES_PERSON.search(roles.identifier.ours))


def proposals(file: FileProfile, roles: Roles) -> list[Proposal]:
    """Return metrics of a file, the likeliest purpose first after the counts."""
    if roles.sent is not None:
        return list(_of_submission(roles.sent))
    results = [*_of_times(roles), *_of_dates(file, roles), *_of_columns(file, roles)]
    found = [*_counts(file, roles), *sorted(results, key=lambda one: one.rank)]
    dated = {"date": roles.entry.ours} if roles.entry else {}
    unit = unit_of(file, roles)
    counted = {"counted": unit} if unit in _UNIT else {}
    return [replace(one, lines={**dated, **one.lines} | ({} if "distinct" in one.lines else counted)) for one in found]


def _of_submission(sent: Submission) -> Iterator[Proposal]:
    """Yield the metrics of a file of counts: shares of the whole, or counts."""
    for one, whole in sent.measures:
        if whole is None:
            of_rows = sent.measure is not None
            lines = {"measure": one.theirs} if of_rows and sent.category is not None else {}
            source = f"rows of {one.theirs}" if of_rows else "the columns of its groups" if sent.across else f"the column {one.theirs}"
            yield Proposal(one.ours, one.words, "count", lines, source, 9, better="neither")
        else:
            better = "lower" if _UNWANTED.search(one.ours) else "higher"
            plan = sent.planned.get(one.ours)
            unit = next((unit for unit, many in UNITS.items() if re.search(rf"(^|_){many}(_|$)", whole.ours)), "participant")
            lines = {"counted": unit} if unit != "participant" else {}
            kind: MetricKind = "rate" if plan else "proportion"
            title = f"{one.words} for each one of {whole.words.lower()}" if plan else one.words
            source = "the columns of its groups" if sent.across else f"{one.theirs} out of {whole.theirs}"
            yield Proposal(one.ours, title, kind, lines, source, 1, better=better)


def _counts(file: FileProfile, roles: Roles) -> Iterator[Proposal]:
    unit = unit_of(file, roles)
    yield Proposal(UNITS[unit], UNITS[unit].capitalize(), "count", {}, "rows of the file", 9, better="neither")
    if roles.person:
        guessed = f"{roles.person.ours} has {roles.person.different:,} values in {file.rows:,} rows"
        yield Proposal("people", "Different people", "count", {"distinct": "person"}, guessed, 9, better="neither")
    if roles.household:
        guessed = f"{roles.household.ours} has {roles.household.different:,} values in {file.rows:,} rows"
        yield Proposal("households", "Different households", "count", {"distinct": "household"}, guessed, 9, better="neither")


def _of_times(roles: Roles) -> Iterator[Proposal]:
    """Yield metrics of what was planned and what happened: on time, and how late."""
    for at, (planned, actual) in enumerate(roles.kept_times[:MOST]):
        both, timed = f"the names of {planned.theirs} and {actual.theirs}", planned.times and actual.times
        grace, unit = (" + interval 15 minute", "minute") if timed else ("", "day")
        lines = {"of": f"{actual.ours} is not null", "that": f"{actual.ours} <= {planned.ours}{grace}"}
        title = f"{actual.words} {'within 15 minutes of' if timed else 'by'} {planned.words.lower()}"
        ask = {"that": "how late is on time?"} if timed else {}
        yield Proposal(f"{actual.stem}_on_time", title, "proportion", lines, both, min(at, 2), "on_time", check=ask)
        value = {"value": f"date_diff('{unit}', {planned.ours}, {actual.ours})", "unit": f"{unit}s"}
        title = f"{unit.capitalize()}s from {planned.words.lower()} to {actual.words.lower()}"
        yield Proposal(f"{actual.stem}_late", title, "median", value, both, 5, better="lower")


def _of_dates(file: FileProfile, roles: Roles) -> Iterator[Proposal]:
    """Yield metrics of what happened after the entry: how long until then, how many stay, how many within a time that most need."""
    entry = roles.entry
    if entry is None:
        return
    begun = next((one for one in roles.dates if _IN.search(one.ours)), entry)
    left = next((one for one in roles.dates if wording.LEFT.search(one.ours)), None)
    planned = {actual.ours for _, actual in roles.kept_times}
    for one in [one for one in roles.dates if one.ours not in planned][: MOST + 2]:
        both = f"the names of {entry.theirs} and {one.theirs}"
        wait = file.waits.get((entry.ours, one.ours), math.inf)
        short = entry.times and one.times and wait * 1440 <= max(_SOON)
        if wording.LEFT.search(one.ours):
            lines = {"start": begun.ours, "end": one.ours, "at": "[90, 180]", "date": begun.ours}
            yield Proposal("still_in", "Still in the program", "retention", lines, f"{one.theirs}: blank is still in", 5, "retention")
            continue
        if short or wording.DONE.search(one.ours):
            yield _wait(entry, one, wait, both, _never(roles, one))
        if short:
            yield _in_time(entry, one, wait, both)
        elif not wording.DONE.search(one.ours):
            yield _within(left if left is not None and wording.RETURNED.search(one.ours) else entry, one, file)
    yield from _by_due(roles, planned)


def _by_due(roles: Roles, planned: Collection[str]) -> Iterator[Proposal]:
    """Yield the metric of what was done by the day on which it was due."""
    done = next((one for one in roles.dates if wording.DONE.search(one.ours) and one.ours not in planned), None)
    if done is not None and roles.due:
        due = roles.due[0]
        lines = {"of": f"{due.ours} is not null", "that": f"{done.ours} <= {due.ours}", "date": due.ours}
        yield Proposal("on_time", f"{done.event} by {due.words.lower()}", "proportion", lines,
                       f"the names of {done.theirs} and {due.theirs}", 0, "on_time")  # fmt: skip


def _never(roles: Roles, done: ColumnProfile) -> str:
    """Return the expression of the cases that may still be done, where only a success has that day: those denied would wait for ever."""
    for one, good in roles.results:
        ended = [value for value in one.values if value not in good and not _OPEN.search(value) and not wording.UNKNOWN.search(value)]
        dated = sum(one.values[value] for value in good) >= DATED * done.filled
        if ended and dated and len(ended) + len(good) < len(one.values):
            return f"coalesce({one.ours}, '') not in ({_texts(ended)})"
    return ""


def _wait(entry: ColumnProfile, done: ColumnProfile, wait: float, both: str, among: str) -> Proposal:
    """Return the metric of how long it takes until something is done, in the unit of the median, `wait` (days)."""
    timed = entry.times and done.times
    unit = next((unit for most, unit in _UNITS_OF_WAITS if timed and wait <= most), "days")
    lines = {**({"of": among} if among else {}), "start": entry.ours, "end": done.ours, **({"unit": unit} if unit != "days" else {})}
    check = {"end": "blank: still open, and not left out"}
    title = f"{unit.capitalize()} from {entry.event.lower()} to {done.event.lower()}"
    return Proposal(f"{unit}_to_{done.stem}", title, "duration", lines, both, 4, "duration", "lower", check)


def _in_time(entry: ColumnProfile, one: ColumnProfile, wait: float, both: str) -> Proposal:
    """Return the share of those for whom something happened within minutes or hours."""
    soon = next(written for minutes, written in _SOON.items() if wait * 1440 <= minutes)
    lines = {"of": f"{entry.ours} is not null", "that": f"{one.ours} <= {entry.ours} + interval {soon}"}
    title = f"{one.event} within {soon}s of {entry.event.lower()}".replace(" 1 hours", " 1 hour")
    return Proposal(f"{one.stem}_in_time", title, "proportion", lines, both, 2, check={"that": "how soon is soon enough?"})


def _within(since: ColumnProfile, one: ColumnProfile, file: FileProfile) -> Proposal:
    """Return the share of those for whom something happened within a time that most need."""
    wait = file.waits.get((since.ours, one.ours), math.inf)
    days, short, words = next(((days, short, words) for most, days, short, words in _WINDOWS if wait <= most), _WINDOWS[-1][1:])
    that, of = f"{one.ours} <= {since.ours} + interval {days} day", f"{since.ours} is not null"
    lines = {"of": of, "that": that, "date": since.ours, "window": f"{days} days"}
    return Proposal(f"{one.stem}_{short}", f"{one.event} within {words} of {since.event.lower()}", "proportion", lines,
                    f"the names of {since.theirs} and {one.theirs}", 2, better="lower" if _UNWANTED.search(one.ours) else "higher",
                    check={"window": f"knowable only {words} later"})  # fmt: skip


def _of_columns(file: FileProfile, roles: Roles) -> Iterator[Proposal]:
    """Yield metrics of results in words, of columns of yes and no, and of numbers."""
    yield from _of_results(file, roles)
    yield from _of_flags(roles)
    yield from _of_numbers(roles)


def _of_results(file: FileProfile, roles: Roles) -> Iterator[Proposal]:
    """Yield the share of those with a result in words who reached it: of all decided if each has the day of it, else within a time."""
    for one, good in roles.results:
        without = [value for value in one.values if value not in good and (_OPEN.search(value) or wording.UNKNOWN.search(value))]
        if len(without) + len(good) == len(one.values):  # nothing would be left but success: what is open has not been reached
            without = [value for value in without if _VOID.search(value)]
        among = f"{one.ours} not in ({_texts(without)})" if without else f"{one.ours} is not null"
        lines = {"of": among, "that": f"{one.ours} in ({_texts(good)})"}
        check = {"of": "left out: not decided yet, not known, or no case of its own"} if without else {}
        title = f"{one.words}: {', '.join(good)[:60]}"
        # By the day of its start a case of last month has a result only if it was quick: what was given up, not what takes a year.
        if without and (ended := next((day for day in roles.dates if wording.LEFT.search(day.ours) or _ENDED.search(day.ours)), None)):
            decided = sum(count for value, count in one.values.items() if value not in without)
            if ended.filled >= DATED * decided:
                lines["date"] = ended.ours
            elif roles.entry is not None:  # only who reached it has that day: by it everybody would have reached it
                within = _within(roles.entry, ended, file)
                lines = {**within.lines, "that": f"{lines['that']} and {within.lines['that']}"}
                title, check = f"{title}, {within.title.removeprefix(ended.event).strip()}", dict(within.check)
                void = [value for value in without if _VOID.search(value)]
                lines |= {"of": f"{one.ours} not in ({_texts(void)})"} if void else {}
        yield Proposal(f"{one.stem}_reached", title, "proportion", lines, "its words; the others are no success", 1, check=check)


def _of_flags(roles: Roles) -> Iterator[Proposal]:
    for one, yes in roles.flags[: 2 * MOST]:
        tag = "attendance" if re.search("attend", one.ours) else ""
        open_ended = [value for value in one.values if wording.UNKNOWN.search(value)]
        answers = [value for value in one.values if value not in open_ended]
        asked = f"{one.ours} in ({_texts(answers)})" if open_ended and one.kind == "text" else f"{one.ours} is not null"
        lines = {"of": asked, "that": yes}
        if (found := _WITHIN.search(one.ours)) and roles.entry is not None:
            lines["window"] = f"{round(int(found[1]) * _DAYS[found[2][0]])} days"
        guessed = f"its values {', '.join(one.values)}; {', '.join(['blank', *open_ended])} left out"
        yield Proposal(f"{one.stem}_yes", one.words, "proportion", lines, guessed, 3, tag,
                       "lower" if _UNWANTED.search(one.ours) else "higher")  # fmt: skip

    for one in roles.ticks[:MOST]:
        better = "lower" if _UNWANTED.search(one.ours) else "neither"
        sign = next(iter(one.values))
        yield Proposal(f"{one.stem}_ticked", one.words, "proportion", {"that": f"{one.ours} is not null"}, f"its cells: {sign} or blank", 4,
                       better=better)  # fmt: skip


def _of_numbers(roles: Roles) -> Iterator[Proposal]:
    """Yield metrics of scores before and after, scales and amounts."""
    for before, after in roles.gains[:1]:
        known = {
            "of": f"{before.ours} is not null and {after.ours} is not null",
            "value": f"{after.ours} - {before.ours}",
            "unit": "points",
        }
        yield Proposal(
            "gain", f"Gain from {before.words.lower()} to {after.words.lower()}", "mean", known, "the names of both columns", 3, "gain"
        )
    for one in roles.scales[:MOST]:
        lines = {"value": one.ours, "unit": "points"}
        yield Proposal(f"{one.ours}_mean", one.words, "mean", lines, "its few whole numbers", 6)
    for one in roles.amounts[:MOST]:
        if wording.GIVEN.search(one.ours) and _is_event(roles):
            yield Proposal(f"{one.stem}_total", one.words, "sum", {"value": one.ours, "unit": one.words.lower()}, "its name and numbers", 6)
            continue
        spent = re.search(r"minutes|hours|sessions|visits|meals|nights|units|points", one.ours)
        kind: MetricKind = "mean"
        unit = spent[0] if spent else one.words.lower()
        if wording.MONEY.search(one.ours):
            kind, unit = "median", "dollars an hour" if "hour" in one.ours else "dollars"
        lines = {"value": one.ours, "unit": unit}
        # Minutes of a call or dollars of a payment: only people know whether more is better.
        better = "higher" if _EARNED.search(one.ours) else "neither"
        yield Proposal(f"{one.ours}_{kind}", one.words, kind, lines, "its name and numbers", 7,
                       "wage" if "wage" in one.ours else "", better)  # fmt: skip


def _texts(values: Iterable[str]) -> str:
    """Return texts as a list of SQL."""
    return ", ".join(map(literal, values))


def as_starter(found: list[Proposal], starter: Starter | None) -> tuple[list[Proposal], list[str]]:
    """Return proposals under the name that a starter set gives them, and a line for each measure of the set that the files do not give."""
    if starter is None:
        return found, []
    known = {measure.id: measure for measure in starter.measures}
    named, used = [], set[str]()
    for one in found:
        measure = next(
            (known[name] for name in _SAME.get(one.tag, ()) if name in known and known[name].kind == one.kind and name not in used), None
        )
        if measure is not None:
            used.add(measure.id)
            titles = ", ".join(f"{language}: {text!r}" for language, text in measure.title.translations.items())
            one = replace(one, id=measure.id, title=f"{{{titles}}}")
        named.append(one)
    rest = [f"#   {name}: {one.definition} Needs {', '.join(map(str, one.data))}." for name, one in known.items() if name not in used]
    return named, [" ".join(line.split()) if not line.startswith("#   ") else "#   " + " ".join(line[4:].split()) for line in rest]
