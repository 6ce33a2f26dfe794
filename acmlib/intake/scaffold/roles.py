"""What the columns of a file are for, guessed from their names and what they hold: who, when, result, group, private."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from acmlib.contract.standards import canonical
from acmlib.intake.scaffold.profile import MOST_GROUPS, ColumnProfile, FileProfile
from acmlib.intake.scaffold.submissions import Submission, submission_of

#: A column with fewer filled cells than this share of rows splits nobody.
FILLED = 0.4
#: Of fewer rows it is not said that nearly each has its own value.
FEW_ROWS = 20
#: Of a file with more columns of many different numbers a row is no person: they are counts of people.
MOST_NUMBERS = 8

_ID = re.compile(r"(^|_)(id|[a-z]{3,8}(?<!pa)(?<!vo)(?<!va)id|uid|identifier|personal_?id|client_?no|number|no|key|code)$|^id_")
_PEOPLE = (
    r"person|personal|client|student|participant|member|child|patient|youth|learner|resident|individual|customer|tenant|applicant|data"
    r"|defendant|apprentice|rider|passenger|inmate|veteran|case|head|hoh"
)
_PERSON = re.compile(rf"(^|_)({_PEOPLE})s?_?(id|uid|identifier|number|no|key|code)$|^id(_({_PEOPLE}))?$|^id_")
#: Whom several people belong to; and what names people where nothing else does.
_HOUSEHOLD = re.compile(r"(^|_)(household|hh|family|case_?hh)_?(id|number|no|key|code)?$")
_OTHER_PERSON = re.compile(r"(^|_)(sid|ssid|mrn)$|^e_?mail(_address)?$")
_BIRTH = re.compile(r"birth|born|(^|_)dob($|_)")
_AGE = re.compile(r"(^|_)age($|_)")
#: What a database notes about a row, and nobody is split or served by.
_AUDIT = re.compile(
    r"(^|_)(user|users|created|updated?|modified|deleted|edited|inserted|loaded|exports?|exported|version|entered_by|last|status_date|as_of)(_|$)"
)
#: When a row was written down: an entry only where no other date is known of every row.
_CREATED = re.compile(r"(^|_)(created|opened)(_|$)")
#: Who did the work, which is no group of those who were served.
_STAFF = re.compile(
    r"(^|_)(case_?manager|manager|worker|staff|coach|tutor|teacher|counselor|caseworker|advisor|mentor|officer|attorney|investigator|inspector|assigned(_to)?)(_name)?$"
)
#: What came of somebody: to compare its groups would compare those who finished with those who did not.
_STATE = re.compile(r"(^|_)(status|outcomes?|result|resolution|disposition|destination|housing_at_exit|completion)(_|$)")
_PRIVATE = re.compile(
    rf"^name$|(^|_)({_PEOPLE}|first|last|middle|full|sur|parent|guardian|mother|father|contact|caller|worker|staff)_?name$|surname"
    r"|phone|e_?mail|address|street(?!_light)|(^|_)ssn|birth|born|(^|_)dob($|_)|(^|_)zip|postcode|^lat(itude)?$|^lon(gitude)?$|^lng$"
)
_TEXT = re.compile(r"note|comment|remark|description|narrative|details")

#: Parts of the name of a date that say nothing of the event.
_GENERAL = re.compile(r"(^|_)(date|time|datetime|dt|on|at)(?=_|$)")
DUE = re.compile(r"(^|_)(due|deadline|expected|planned|promised|sched(uled)?|target_date|sla|expir(es|ation|y)|valid_until)(_|$)")
DONE = re.compile(r"(^|_)(closed?|resolved|completed|finished|answered|responded|fulfilled|act(ual)?|arrived|delivered)(_|$)")
LEFT = re.compile(r"exit|withdr|(^|_)left(_|$)|leav|discharg|terminat|unregist|dropp?ed|separat|^end(ed)?(_|$)|_end(ed)?$|end_(date|on)$")
_STRONG = re.compile(r"enrol|entry|entered|intake|admit|admission|start|beg[aiu]n|joined|registr|registered|onboard")
_WEAK = re.compile(
    r"refer|open|creat|request|receiv|reported|submitted|call|appl|session|visit|service|contact|attend|^date|event|activity"
)

_PEOPLE_GROUP = re.compile(
    r"race|ethnic|hispanic|latin|gender|(^|_)sex($|_)|language|(^|_)ell?($|_)|(^|_)el_|(^|_)lep($|_)|(^|_)iep|sped|disab|veteran|marital|"
    r"marr|degree|educ|grade|lunch|frl|income_band|poverty|depriv|imd|homeless|foster|immigra|citizen|nativity|orientation|(^|_)age|"
    r"first_gen|(^|_)vet($|_)|low_income|parent|family_type|household_type|tribe|black|hisp($|_)|white|asian"
)
_PLACE = re.compile(
    r"borough|district|ward|neighbou?rhood|tract|county|(^|_)city($|_)|community|region|precinct|(^|_)area|zone|(^|_)state$|town|village"
)
_SITE = re.compile(r"(^|_)site|school|location|office|cent(er|re)($|_)|clinic|branch|shelter|facility|campus|library|(^|_)house$")
_REASON = re.compile(r"reason")
_SERVICE = re.compile(r"service|type|category|subject|topic|channel|modality|method|track|course|module|presentation|descriptor|complaint|"
                      r"agency|department|provider|program|cohort|team|level|phase|treat")  # fmt: skip

#: Who got the service and who was compared with them; numbers that measure and divide nobody.
_ARM, _MEASURED = (
    re.compile(r"^treat(ed|ment)?$|(^|_)(arm|control)$"),
    re.compile(r"length|days|hours|minutes|count|number|total|score|_n$"),
)

#: Answers that say so, and say the opposite.
YES, NO = frozenset({"y", "yes", "t", "true", "si", "sí"}), frozenset({"n", "no", "f", "false"})
PRESENT = frozenset({"p", "present", "attended", "show", "yes"})
ABSENT = frozenset({"a", "absent", "no show", "no-show", "missed", "e", "excused", "u", "unexcused"})
#: Results that a program works for.
SUCCESS = re.compile(
    r"^(pass|distinction|merit|complet|success|graduat|placed|employ|hired|housed|permanent|achiev|met|reached|certif|improv|leased|performed|kept|attended|issued|approved)",
    re.IGNORECASE,
)
#: Numbers that questionnaires use for silence, and what they mean.
SILENT = {"7": "Declined", "77": "Declined", "97": "Declined", "8": "Don't know", "88": "Don't know", "98": "Don't know", "9": "Declined",
          "99": "Not asked", "-1": "Not recorded", "-8": "Don't know", "-9": "Declined", "-99": "Not asked", "999": "Not asked",
          }  # fmt: skip
_SCALE = re.compile(r"satisf|rating|rate$|scale|likert|helpful|agree|recommend|trust|stress|confiden|(^|_)q\d+|happy|well_?being|_1_\d+$")
_MONEY = re.compile(r"wage|salary|earning|income(?!_band)|amount|cost|pay($|_)|rent($|_)|spend|^re\d\d$")
_TIME_SPENT = re.compile(r"(^|_)(minutes|hours|duration|sessions|visits|meals|nights|units)(_|$)")
_BEFORE, _AFTER = (
    re.compile(r"^(pre|before|baseline|fall|initial|entry|start|first)_|_(pre|before|baseline|at_entry|at_start)$"),
    re.compile(r"^(post|after|final|spring|exit|end|last)_|_(post|after|final|at_exit|at_end)$"),
)


@dataclass(frozen=True)
class Roles:
    """What the columns of one file are for.

    Attributes
    ----------
    identifier, person, household : ColumnProfile or None
        Names each row; names people who have several rows; names whom people belong to.
    entry : Seen or None
        The date by which a row falls into a month.
    dates, due : tuple of Seen
        Other dates of what happened, and days when something should have.
    kept_times : tuple of (planned, actual)
        Moments of one event, as it should have been and as it was.
    flags, results, scales, amounts : tuple
        Columns of yes and no (with the expression of yes); results in words (with those that are success); scales; numbers.
    gains : tuple of (before, after)
    groups : tuple of (Seen, kind)
        What may split people, the kind of dimension first people, then site, place, service, reason.
    private : tuple of str
    silent : mapping
        Of a column the numbers that say nothing, and what they mean.
    sent : Submission or None
        Of a file of counts, instead of all the others.
    """

    identifier: ColumnProfile | None = None
    person: ColumnProfile | None = None
    household: ColumnProfile | None = None
    entry: ColumnProfile | None = None
    birth: ColumnProfile | None = None
    dates: tuple[ColumnProfile, ...] = ()
    due: tuple[ColumnProfile, ...] = ()
    kept_times: tuple[tuple[ColumnProfile, ColumnProfile], ...] = ()
    flags: tuple[tuple[ColumnProfile, str], ...] = ()
    results: tuple[tuple[ColumnProfile, tuple[str, ...]], ...] = ()
    scales: tuple[ColumnProfile, ...] = ()
    amounts: tuple[ColumnProfile, ...] = ()
    gains: tuple[tuple[ColumnProfile, ColumnProfile], ...] = ()
    groups: tuple[tuple[ColumnProfile, str], ...] = ()
    private: tuple[str, ...] = ()
    races: tuple[tuple[ColumnProfile, str], ...] = ()
    silent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sent: Submission | None = None


def roles_of(file: FileProfile) -> Roles:
    """Guess what the columns of a file are for."""
    if (sent := submission_of(file)) is not None:
        return Roles(sent=sent)
    columns = [one for one in file.columns if one.different > 1]
    identifier = next((one for one in columns if _ID.search(one.ours) and one.different == one.filled == one.rows), None)
    ids = [one for one in columns if one.kind in ("text", "integer") and one.full and _PERSON.search(one.ours) and one.different < one.rows]
    others = [one for one in columns if one.full and _OTHER_PERSON.search(one.ours) and one is not identifier]
    person = max(ids or others, key=lambda one: one.different, default=None)
    homes = (one for one in columns if _HOUSEHOLD.search(one.ours) and one.different > MOST_GROUPS and one not in (identifier, person))
    household = next(homes, None)
    named = (identifier, *ids, household)
    private = tuple(one.ours for one in file.columns if _is_private(one) and one not in named)
    silent = {one.ours: codes for one in columns if (codes := _silent(one))}
    entry, dates, due = _dates(file)
    plain = [
        one for one in columns if one not in (identifier, person, household) and one.ours not in private and not _AUDIT.search(one.ours)
        and one.kind != "date" and (one.different <= MOST_GROUPS or not _ID.search(one.ours))
    ]  # fmt: skip
    ticked = tuple((one, race) for one in plain if yes_of(one, silent) and (race := _race(one)))
    races = ticked if len(ticked) > 1 else ()
    plain = [one for one in plain if one not in [ticked_one for ticked_one, _ in races]]
    if sum(one.kind in ("integer", "number") and one.different > MOST_GROUPS for one in plain) > MOST_NUMBERS:  # a row is a site or a month
        plain = [one for one in plain if one.kind in ("text", "race") or re.search(r"^(region|district|ward)", one.ours)]
    kept = [one for one in plain if not _PEOPLE_GROUP.search(one.ours) and not _ARM.search(one.ours)]
    flags = tuple((one, yes) for one in kept if (yes := yes_of(one, silent)))
    taken = {one.ours for one, _ in flags}
    results = tuple((one, good) for one in plain if one.ours not in taken and (good := _good(one)))
    scales = tuple(one for one in plain if one.ours not in taken and _is_scale(one, silent))
    numbers = [
        one
        for one in plain
        if one.kind in ("integer", "number") and one not in scales and one.ours not in taken and not _AGE.search(one.ours)
    ]
    gains = tuple(pair for one in numbers for other in numbers if (pair := _pair(one, other)))
    amounts = tuple(one for one in numbers if (_MONEY.search(one.ours) or _TIME_SPENT.search(one.ours)) and one.filled)
    taken |= {one.ours for one in (*scales, *amounts, *(one for pair in gains for one in pair), *(one for one, _ in results))}
    groups = [(one, kind) for one in plain if one.ours not in taken and (kind := _group(one, silent))]
    order = ("people", "site", "place", "service", "reason")
    groups.sort(key=lambda pair: (order.index(pair[1]), pair[0].kind != "race"))
    birth = next((one for one in file.columns if _BIRTH.search(one.ours) and one.kind == "date"), None)
    if person is not None and identifier is None and person.different == file.rows:
        identifier = person
    person = None if person is identifier else person
    return Roles(identifier, person, household, entry, birth, dates, due, _kept_times(dates, due), flags, results, scales, amounts, gains,
                 tuple(groups), private, races, silent)  # fmt: skip


def _kept_times(dates: tuple[ColumnProfile, ...], due: tuple[ColumnProfile, ...]) -> tuple[tuple[ColumnProfile, ColumnProfile], ...]:
    """Return pairs of moments that have one name but for the words planned and actual: sched_pickup and act_pickup."""
    named = [(one, _GENERAL.sub("", DUE.sub("_", one.ours)).strip("_")) for one in due]
    done = [(one, _GENERAL.sub("", DONE.sub("_", one.ours)).strip("_")) for one in dates if DONE.search(one.ours)]
    return tuple((planned, actual) for planned, name in named for actual, other in done if name and name == other)


def _race(one: ColumnProfile) -> str | None:
    """Return the race that a column with a tick is named after."""
    name = re.sub(r"^race_|_race$", "", one.ours).replace("_", " ")
    return canonical({"hisp": "hispanic", "amindaknative": "american indian"}.get(name, name))


def _is_private(one: ColumnProfile) -> bool:
    staff = bool(_STAFF.search(one.ours)) and one.kind == "text"
    long = bool(_TEXT.search(one.ours)) and one.kind == "text" and one.different > MOST_GROUPS
    named = one.ours.endswith("_name") and one.kind == "text" and one.different > MOST_GROUPS
    return staff or long or named or bool(_PRIVATE.search(one.ours))


def _dates(file: FileProfile) -> tuple[ColumnProfile | None, tuple[ColumnProfile, ...], tuple[ColumnProfile, ...]]:
    """Return the entry, the other dates of what happened after it, and days when something should have happened."""
    known = [one for one in file.columns if one.kind == "date" and one.filled and not _BIRTH.search(one.ours)]
    due = tuple(one for one in known if DUE.search(one.ours))
    noted = [one for one in known if one not in due]
    events = [one for one in noted if not _AUDIT.search(one.ours)]
    begins = [one for one in events if not LEFT.search(one.ours) and not DONE.search(one.ours)]
    if not any(one.full for one in begins):
        begins += [one for one in noted if _CREATED.search(one.ours) and one not in begins and not DONE.search(one.ours)]
    if not begins:
        begins = events or noted

    def rank(one: ColumnProfile) -> tuple[bool, int, int, str]:
        strength = 0 if _STRONG.search(one.ours) else 1 if _WEAK.search(one.ours) else 2
        return (not one.full, strength if one.full else 0, -one.filled if not one.full else 0, one.first)

    entry = min(begins, key=rank, default=None)
    if entry is None:
        return None, (), due
    after = [
        one
        for one in events
        if one is not entry and file.earlier.get((one.ours, entry.ours), 0) <= 0.5 and not (one.full and one.different == 1)
    ]
    return entry, tuple(sorted(after, key=lambda one: (-one.filled, one.first))), due


def _silent(one: ColumnProfile) -> dict[str, str]:
    """Return the numbers of a column that say nothing: 8, 9 and 99 beyond a scale that ends before them."""
    values = _whole(one)
    if not values or one.kind == "race":
        return {}
    plain = sorted(int(value) for value in values if value not in SILENT or int(value) in (7, 8, 9))
    run = [plain[0]] if plain and plain[0] in (0, 1) else []
    for number in plain[1:]:
        if run and number == run[-1] + 1:
            run.append(number)
    out = [value for value in values if int(value) not in run]
    known = len(run) >= 2 and out and all(value in SILENT for value in out)
    return {value: SILENT[value] for value in out} if known else {}


def _whole(one: ColumnProfile) -> list[str]:
    """Return the values of a column if all are small whole numbers."""
    return list(one.values) if one.values and all(re.fullmatch(r"-?\d{1,3}", value) for value in one.values) else []


def yes_of(one: ColumnProfile, silent: Mapping[str, Mapping[str, str]]) -> str | None:
    """Return the expression that holds where a column of yes and no says yes; None if it is no such column.

    Examples
    --------
    >>> yes_of(ColumnProfile("housed", "Housed", "text", 2, 9, 9, "N", "Y", {"N": 4, "Y": 5}), {})
    "housed = 'Y'"
    >>> yes_of(
    ...     ColumnProfile("attended", "Attended", "integer", 4, 9, 9, "0", "99", {"0": 1, "1": 2, "8": 3, "99": 3}),
    ...     {"attended": {"8": "", "99": ""}},
    ... )
    'attended = 1'
    >>> yes_of(ColumnProfile("sex", "Sex", "text", 2, 9, 9, "F", "M", {"F": 4, "M": 5}), {}) is None
    True
    """
    values = [value.removesuffix(".0") for value in one.values if value not in silent.get(one.ours, {})]
    if set(values) == {"0", "1"}:
        return f"{one.ours} = 1"
    if one.kind == "boolean" and one.different == 2:
        return one.ours
    yes, no = ([value for value in values if value.lower() in words] for words in (YES, NO))
    if len(values) == 2 and len(yes) == len(no) == 1:
        return f"{one.ours} = '{yes[0]}'"
    here, away = ([value for value in values if value.lower() in words] for words in (PRESENT, ABSENT))
    shown = re.search(r"attend|present|show|status", one.ours)
    return f"{one.ours} = '{here[0]}'" if shown and len(here) == 1 and away and len(here) + len(away) == len(values) else None


def _good(one: ColumnProfile) -> tuple[str, ...]:
    """Return the values of a result in words that are success; none if it is no such column."""
    if not _STATE.search(one.ours) or one.kind != "text" or not 2 <= len(one.values) <= 2 * MOST_GROUPS:
        return ()
    good = tuple(value for value in one.values if SUCCESS.search(value))
    return good if len(good) < len(one.values) else ()


def _is_scale(one: ColumnProfile, silent: Mapping[str, Mapping[str, str]]) -> bool:
    values = [int(value) for value in _whole(one) if value not in silent.get(one.ours, {})]
    if len(values) < 3 or max(values) > 10 or min(values) not in (0, 1):
        return False
    return bool(_SCALE.search(one.ours)) or (one.ours in silent and not _PEOPLE_GROUP.search(one.ours) and not group_word(one.ours))


def _pair(one: ColumnProfile, other: ColumnProfile) -> tuple[ColumnProfile, ColumnProfile] | None:
    """Return two columns of the same score before and after."""
    if not (_BEFORE.search(one.ours) and _AFTER.search(other.ours)):
        return None
    return (one, other) if _BEFORE.sub("", one.ours) == _AFTER.sub("", other.ours) else None


def group_word(name: str) -> str:
    """Return the kind of dimension that a name says; empty if it says none."""
    kinds = {"people": _PEOPLE_GROUP, "reason": _REASON, "site": _SITE, "place": _PLACE, "service": _SERVICE}
    return next((kind for kind, sign in kinds.items() if sign.search(name)), "")


def _group(one: ColumnProfile, silent: Mapping[str, Mapping[str, str]]) -> str:
    """Return the kind of dimension that a column is, from its name, how many values it has and how many are filled; empty if none."""
    if one.kind == "race":
        return "people"
    if one.kind in ("integer", "number") and _AGE.search(one.ours) and one.filled >= FILLED * one.rows:
        return "people"
    known = [value for value in one.values if value not in silent.get(one.ours, {})]
    if not 2 <= len(known) <= MOST_GROUPS or one.filled < FILLED * one.rows or _STAFF.search(one.ours):
        return ""
    if one.filled >= FEW_ROWS and 2 * len(known) > one.filled:
        return ""  # nearly every row has its own
    kind = group_word(one.ours)
    if _STATE.search(one.ours) and kind != "people":
        return ""
    if one.kind in ("integer", "number"):
        return kind if _whole(one) and not _MEASURED.search(one.ours) else ""
    return kind or "service"
