"""What the columns of a file are for, guessed from their names and what they hold: who, when, result, group, private."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, NamedTuple

from acmlib.contract.standards import canonical
from acmlib.intake.scaffold import wording
from acmlib.intake.scaffold.answers import silent_numbers, successes, whole_numbers, yes_of
from acmlib.intake.scaffold.profile import CODE_LIST, MOST_GROUPS, RACE, ColumnProfile, FileProfile
from acmlib.intake.scaffold.submissions import Submission, submission_of


@dataclass(frozen=True)
class Roles:
    """What the columns of one file are for."""

    #: `identifier`, `person`, `household`: names each row; names people who have several rows; names whom people belong to.
    identifier: ColumnProfile | None = None
    person: ColumnProfile | None = None
    household: ColumnProfile | None = None
    entry: ColumnProfile | None = None  #: The date by which a row falls into a month.
    birth: ColumnProfile | None = None
    #: `dates`, `due`: other dates of what happened, and days when something should have.
    dates: tuple[ColumnProfile, ...] = ()
    due: tuple[ColumnProfile, ...] = ()
    kept_times: tuple[tuple[ColumnProfile, ColumnProfile], ...] = ()  #: Moments of one event, as it should have been and as it was.
    #: `flags`, `results`, `scales`, `amounts`: columns of yes and no (with the expression of yes); results in words (with those that are
    #: success); scales; numbers.
    flags: tuple[tuple[ColumnProfile, str], ...] = ()
    results: tuple[tuple[ColumnProfile, tuple[str, ...]], ...] = ()
    scales: tuple[ColumnProfile, ...] = ()
    amounts: tuple[ColumnProfile, ...] = ()
    gains: tuple[tuple[ColumnProfile, ColumnProfile], ...] = ()
    #: What may split people, the kind of dimension first people, then site, place, service, reason.
    groups: tuple[tuple[ColumnProfile, str], ...] = ()
    states: tuple[ColumnProfile, ...] = ()  #: Results in words of which nothing says which is success.
    private: tuple[str, ...] = ()
    races: tuple[tuple[ColumnProfile, str], ...] = ()
    silent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  #: Of a column the numbers that say nothing, and what they mean.
    sent: Submission | None = None  #: Of a file of counts, instead of all the others.
    codes: Mapping[str, FileProfile] = field(default_factory=dict)
    newest: bool = False  #: Whether of several rows with one identifier the newest, by the entry, says how it stands.
    ticks: tuple[ColumnProfile, ...] = ()  #: Columns in which a sign stands for yes and a blank for no.


def code_lists(files: Sequence[FileProfile]) -> dict[str, dict[str, FileProfile]]:
    """Return, for each file, its columns whose codes a file with the columns code and label explains: ``race_codes.csv`` of child_race."""
    listed: dict[str, dict[str, FileProfile]] = {}
    for one in files:
        columns = {column.theirs.strip().lower(): column for column in one.columns}
        if columns.keys() != CODE_LIST or not columns["code"].values:
            continue
        known, words = set(columns["code"].values), _subject(one.name)
        for file in files:
            for column in file.columns if file is not one else ():
                if column.values and set(column.values) <= known and _is_of(words, _subject(column.ours)):
                    listed.setdefault(file.name, {})[column.ours] = one
    return listed


def _subject(name: str) -> set[str]:
    return set(name.split("_")) - wording.OF_LISTS


def _is_of(words: set[str], others: set[str]) -> bool:
    """Whether one name says nothing but what the other does: race_codes and child_race, not race_code and gender_code."""
    return bool(words and others) and (words <= others or others <= words)


def entered_elsewhere(roles: Roles, joined: Sequence[tuple[FileProfile, Roles]]) -> Roles:
    """Return the roles of a file whose dates are not known of every row, entered on the day that a joined file knows of everybody."""
    other = next((one.entry for _, one in joined if one.entry is not None and one.entry.full), None)
    if other is None or roles.sent is not None or (roles.entry is not None and roles.entry.full):
        return roles
    if other.ours in {one.ours for one in (roles.entry, *roles.dates, *roles.due) if one is not None}:
        return roles  # of two columns of one name a table has its own
    return replace(roles, entry=other, dates=(*((roles.entry,) if roles.entry else ()), *roles.dates))


def roles_of(file: FileProfile, lists: Mapping[str, FileProfile] | None = None) -> Roles:
    """Guess what the columns of a file are for; `lists` holds the code lists of some."""
    explained = lists or {}
    file = replace(file, columns=tuple(_in_words(one, explained.get(one.ours)) for one in file.columns))
    if (sent := submission_of(file)) is not None:
        return Roles(sent=sent)
    keys = _keys(file)
    silent = {one.ours: codes for one in file.columns if one.different > 1 and (codes := silent_numbers(one))}
    entry, dates, due = _dates(file)
    newest = entry is not None and _tells_changes(file, keys, entry)
    if newest:
        keys = keys._replace(identifier=keys.person, person=None)
    answers = _answers(file, keys)
    ticked = tuple((one, race) for one in answers if yes_of(one, silent) and (race := _race(one)))
    races = ticked if len(ticked) > 1 else ()
    plain = _few_numbers([one for one in answers if one not in [column for column, _ in races]])
    birth = next((one for one in file.columns if wording.BIRTH.search(one.ours) and one.kind == "date"), None)
    return Roles(keys.identifier, keys.person, keys.household, entry, birth, dates, due, _kept_times(dates, due), private=keys.private,
                 races=races, silent=silent, codes=explained, newest=newest, ticks=_ticks(file), **_measured(plain, silent))  # fmt: skip


class _Keys(NamedTuple):
    """Columns that name rows, people and whom people belong to; and the names of those that nobody may see."""

    identifier: ColumnProfile | None
    person: ColumnProfile | None
    household: ColumnProfile | None
    private: tuple[str, ...]


def _keys(file: FileProfile) -> _Keys:
    """Find the columns that name somebody."""
    columns = [one for one in file.columns if one.different > 1]
    identifier = _first(columns, _names_rows)
    ids = [one for one in columns if _names_people(one)]
    others = [one for one in columns if _names_people_otherwise(one) and one is not identifier]
    person = max(ids or others, key=attrgetter("different"), default=None)
    household = _first(columns, _names_households, identifier, person)
    if identifier is not None and person is not None and household is None and wording.NAMES_PERSON.search(identifier.ours):
        household, person = (person if wording.GROUP_OF_PEOPLE.search(person.ours) else None), None  # the rows are the people already
    private = tuple(one.ours for one in file.columns if _is_private(one) and one not in (identifier, *ids, household))
    if identifier is None and person is not None and person.different == file.rows:
        identifier, person = person, None
    return _Keys(identifier, person, household, private)


def _tells_changes(file: FileProfile, keys: _Keys, entry: ColumnProfile) -> bool:
    """Whether a file has a row for each change of somebody's status: the newest row says how it stands."""
    named = wording.CHANGES.search(file.name) or wording.CHANGES.search(entry.ours)
    events = wording.EVENTS.search(file.name) or wording.EVENTS.search(entry.ours)
    return bool(
        named and not events and keys.identifier is None and keys.person is not None and entry.full and any(map(_is_state, file.columns))
    )


def _ticks(file: FileProfile) -> tuple[ColumnProfile, ...]:
    """Return the columns in which a sign stands for yes and a blank for no."""
    return tuple(one for one in file.columns if one.values and one.filled < one.rows and one.different == 1
                 and {value.lower() for value in one.values} <= wording.TICKS)  # fmt: skip


def _first(columns: Sequence[ColumnProfile], test: Callable[[ColumnProfile], bool], *but: ColumnProfile | None) -> ColumnProfile | None:
    return next((one for one in columns if test(one) and one not in but), None)


def _names_rows(one: ColumnProfile) -> bool:
    named = wording.ID.search(one.ours) or wording.PERSON_ALONE.search(one.ours)
    return bool(named) and one.different == one.filled == one.rows


def _names_people(one: ColumnProfile) -> bool:
    """Whether a column names people who have several rows."""
    named = wording.PERSON.search(one.ours) or (wording.PERSON_ALONE.search(one.ours) and one.different > MOST_GROUPS)
    return one.kind in ("text", "integer") and one.full and one.different < one.rows and bool(named)


def _names_people_otherwise(one: ColumnProfile) -> bool:
    return one.full and bool(wording.OTHER_PERSON.search(one.ours))


def _names_households(one: ColumnProfile) -> bool:
    return bool(wording.HOUSEHOLD.search(one.ours)) and one.different > MOST_GROUPS


def _answers(file: FileProfile, keys: _Keys) -> list[ColumnProfile]:
    """Return the columns that say something of a row which is no name, no date and no trace of an office."""
    return [
        one for one in file.columns
        if one.different > 1 and one not in (keys.identifier, keys.person, keys.household) and one.ours not in keys.private
        and not wording.AUDIT.search(one.ours) and one.kind != "date" and (one.different <= MOST_GROUPS or not wording.ID.search(one.ours))
    ]  # fmt: skip


def _few_numbers(columns: list[ColumnProfile]) -> list[ColumnProfile]:
    """Leave the numbers out where there are many: a row is a site or a month then."""
    if sum(one.kind in ("integer", "number") and one.different > MOST_GROUPS for one in columns) <= wording.MOST_NUMBERS:
        return columns
    return [one for one in columns if one.kind in ("text", "race") or re.search(r"^(region|district|ward)", one.ours)]


def _measured(plain: Sequence[ColumnProfile], silent: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the fields of `Roles` that say what is measured, and by which groups."""
    asked = [one for one in plain if not _says_who(one)]
    flags = tuple((one, yes) for one in asked if (yes := yes_of(one, silent)))
    rest = [one for one in plain if one not in [column for column, _ in flags]]
    results = tuple((one, good) for one in rest if (good := successes(one)))
    numbers = _numbers(rest, silent)
    taken = [*numbers["scales"], *numbers["amounts"], *itertools.chain.from_iterable(numbers["gains"]), *(one for one, _ in results)]
    rest = [one for one in rest if one not in taken]
    groups = _groups(rest, silent)
    split = [column for column, _ in groups]
    states = tuple(one for one in rest if _is_state(one) and one not in split)
    return {"flags": flags, "results": results, **numbers, "groups": groups, "states": states}


def _numbers(columns: Sequence[ColumnProfile], silent: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the fields of `Roles` that are columns of numbers."""
    scales = tuple(one for one in columns if _is_scale(one, silent))
    numbers = [one for one in columns if _is_number(one) and one not in scales]
    gains = tuple(pair for pair in itertools.product(numbers, numbers) if _is_before_after(*pair))
    return {"scales": scales, "amounts": tuple(filter(_is_amount, numbers)), "gains": gains}


def _is_state(one: ColumnProfile) -> bool:
    return one.kind == "text" and bool(wording.STATE.search(one.ours)) and 2 <= len(one.values) <= MOST_GROUPS


def _says_who(one: ColumnProfile) -> bool:
    return bool(wording.PEOPLE_GROUP.search(one.ours) or wording.ARM.search(one.ours))


def _is_number(one: ColumnProfile) -> bool:
    return one.kind in ("integer", "number") and not wording.AGE.search(one.ours)


def _is_amount(one: ColumnProfile) -> bool:
    named = any(sign.search(one.ours) for sign in (wording.MONEY, wording.TIME_SPENT, wording.SCORE, wording.GIVEN))
    return named and one.different > 2 and one.filled > 0


def _groups(columns: Sequence[ColumnProfile], silent: Mapping[str, Mapping[str, str]]) -> tuple[tuple[ColumnProfile, str], ...]:
    """Return the columns that may split people with the kind of dimension that each is, in the order of kinds, race first."""
    order = ("people", "site", "place", "service", "reason")
    groups = [(one, kind) for one in columns if (kind := _group(one, silent))]
    return tuple(sorted(groups, key=lambda pair: (order.index(pair[1]), pair[0].kind != "race")))


def _in_words(one: ColumnProfile, listed: FileProfile | None) -> ColumnProfile:
    """Return a column of codes as one of the words that a list has for them."""
    if listed is None:
        return one
    label = next(column for column in listed.columns if column.theirs.strip().lower() == "label")
    return replace(one, kind=label.kind if label.kind == "race" or not RACE.search(one.theirs) else "race", values=label.values)


def _kept_times(dates: tuple[ColumnProfile, ...], due: tuple[ColumnProfile, ...]) -> tuple[tuple[ColumnProfile, ColumnProfile], ...]:
    """Return pairs of moments that have one name but for the words planned and actual: sched_pickup and act_pickup."""
    named = [(one, wording.GENERAL.sub("", wording.DUE.sub("_", one.ours)).strip("_")) for one in due]
    done = [(one, wording.GENERAL.sub("", wording.DONE.sub("_", one.ours)).strip("_")) for one in dates if wording.DONE.search(one.ours)]
    return tuple((planned, actual) for planned, name in named for actual, other in done if name and name == other)


def _race(one: ColumnProfile) -> str | None:
    """Return the race that a column with a tick is named after."""
    name = re.sub(r"^race_|_race$", "", one.ours).replace("_", " ")
    return canonical({"hisp": "hispanic", "amindaknative": "american indian"}.get(name, name))


def _is_private(one: ColumnProfile) -> bool:
    staff = bool(wording.STAFF.search(one.ours)) and one.kind == "text"
    long = bool(wording.TEXT.search(one.ours)) and one.kind == "text" and one.different > MOST_GROUPS
    named = one.ours.endswith("_name") and one.kind == "text" and one.different > MOST_GROUPS
    return staff or long or named or bool((wording.PRIVATE.search(one.ours) and not is_zip(one)) or wording.BIRTH.search(one.ours))


def _dates(file: FileProfile) -> tuple[ColumnProfile | None, tuple[ColumnProfile, ...], tuple[ColumnProfile, ...]]:
    """Return the entry, the other dates of what happened after it, and days when something should have happened."""
    known = [one for one in file.columns if one.kind == "date" and one.filled and not wording.BIRTH.search(one.ours)]
    due = tuple(one for one in known if wording.DUE.search(one.ours))
    noted = [one for one in known if one not in due] or list(due)
    events = [one for one in noted if not wording.AUDIT.search(one.ours)]
    entry = min(_begins(noted, events), key=_strength, default=None)
    if entry is None:
        return None, (), due
    after = [
        one
        for one in events
        if one is not entry and file.earlier.get((one.ours, entry.ours), 0) <= 0.5 and not (one.full and one.different == 1)
    ]
    return entry, tuple(sorted(after, key=lambda one: (-one.filled, one.first))), due


def _begins(noted: list[ColumnProfile], events: list[ColumnProfile]) -> list[ColumnProfile]:
    """Return the dates that may be the entry: those of a beginning; where none is known of every row, others too."""
    begins = [one for one in events if not wording.LEFT.search(one.ours) and not wording.DONE.search(one.ours)]
    if not any(one.full for one in begins):
        begins += [one for one in noted if wording.CREATED.search(one.ours) and one not in begins and not wording.DONE.search(one.ours)]
    if not any(one.full for one in begins):  # a row is a discharge, and what follows it is counted from there
        begins += [one for one in events if wording.LEFT.search(one.ours) and one.full]
    return begins or events or noted


def _strength(one: ColumnProfile) -> tuple[bool, int, int, str]:
    """Order dates by how likely each is the entry: of every row, by its name, then the most filled, then the first."""
    strength = 0 if wording.STRONG.search(one.ours) else 1 if wording.WEAK.search(one.ours) else 2
    return (not one.full, strength if one.full else 0, -one.filled if not one.full else 0, one.first)


def _is_scale(one: ColumnProfile, silent: Mapping[str, Mapping[str, str]]) -> bool:
    values = [int(value) for value in whole_numbers(one) if value not in silent.get(one.ours, {})]
    if len(values) < 3 or max(values) > 10 or min(values) not in (0, 1):
        return False
    return bool(wording.SCALE.search(one.ours)) or (
        one.ours in silent and not wording.PEOPLE_GROUP.search(one.ours) and not group_word(one.ours)
    )


def _is_before_after(one: ColumnProfile, other: ColumnProfile) -> bool:
    """Whether two columns are the same score before and after."""
    if not (wording.BEFORE.search(one.ours) and wording.AFTER.search(other.ours)):
        return False
    return wording.BEFORE.sub("", one.ours) == wording.AFTER.sub("", other.ours)


def group_word(name: str) -> str:
    """Return the kind of dimension that a name says; empty if it says none."""
    kinds = {
        "people": wording.PEOPLE_GROUP,
        "reason": wording.REASON,
        "site": wording.SITE,
        "place": wording.PLACE,
        "service": wording.SERVICE,
    }
    return next((kind for kind, sign in kinds.items() if sign.search(name)), "")


def is_zip(one: ColumnProfile) -> bool:
    """Whether a column holds few ZIP codes, each of many rows: places that can be compared."""
    codes = bool(one.values) and all(re.fullmatch(r"\d{4,5}(-\d{4})?", value) for value in one.values)
    return codes and bool(re.search(r"(^|_)zip(_?code)?$", one.ours)) and one.filled >= wording.FEW_ROWS * one.different


def _group(one: ColumnProfile, silent: Mapping[str, Mapping[str, str]]) -> str:
    """Return the kind of dimension that a column is, from its name, how many values it has and how many are filled; empty if none."""
    if one.kind == "race":
        return "people"
    if one.kind in ("integer", "number") and wording.AGE.search(one.ours) and one.filled >= wording.FILLED * one.rows:
        return "people"
    known = [value for value in one.values if value not in silent.get(one.ours, {})]
    kind = group_word(one.ours)
    few = one.filled < (wording.FEW_ROWS if kind == "reason" else wording.FILLED * one.rows)
    if not 2 <= len(known) <= MOST_GROUPS or few or wording.STAFF.search(one.ours):
        return ""
    if one.filled >= wording.FEW_ROWS and 2 * len(known) > one.filled:
        return ""  # nearly every row has its own
    if is_zip(one):
        return "place"
    if wording.STATE.search(one.ours) and kind != "people":
        return ""
    if one.kind in ("integer", "number"):
        return kind if whole_numbers(one) and not wording.MEASURED.search(one.ours) else ""
    return kind or "service"
