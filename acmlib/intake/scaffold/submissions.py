"""Files in which a row is a count of people in a month or a year: told from files of people, and laid out as a table of counts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from acmlib.contract.periods import Period, parse_period
from acmlib.contract.standards import canonical
from acmlib.contract.tables import NOT_RECORDED
from acmlib.intake.build.period_columns import COUNT, PERIOD
from acmlib.intake.build.submitted_periods import named_month, normal_period, normal_periods
from acmlib.intake.build.totals import is_total
from acmlib.intake.connection import literal
from acmlib.intake.scaffold.profile import MOST_GROUPS, PERIOD_NAME, RACE, SCHOOL_YEAR, ColumnProfile, FileProfile, our_name, source_keys
from acmlib.intake.scaffold.wording import PERSON

_KIND_OF_GROUP = re.compile(r"category|characteristic|demographic|disaggregat|group_type|type_of_group|dimension|breakdown|subgroup_type")
_GROUP = re.compile(r"(^|_)(group|subgroup|student_group|value|label)$|group")
_WHOLE = re.compile(
    r"scheduled|appointments|booked|invited|enrol|served|referred|eligible|total|participants|students|clients|people|applied|applications|offered|tested"
)
#: What a row counts, where it counts one of several things.
_MEASURE = re.compile(r"(^|_)(measure|metric|indicator|kpi|statistic|variable|data_element|count_of|counted)(_name)?$")
_NO_COUNT = re.compile(
    r"(^|_)(id|code|zip|age|year|grade|district|rate|percent|pct|share|average|mean|median|costs?|amount|dollars|spent|spending|budget"
    r"|expenditures?|revenue|wages?|hours|minutes)($|_)|_(no|number)$"
)
#: Numbers that are names of places.
_PLACE = re.compile(r"(^|_)(zip|zip_?code|district|ward|tract|precinct|county|fips|site|school|region|beat)(_(no|number|code))?$")
#: A year and a month in columns of their own, and a year that does not begin in January.
_YEAR, _MONTH = re.compile(r"(^|_)(year|yr|fy)($|_)"), re.compile(r"(^|_)(month|mo|mth)($|_)")
_FISCAL = re.compile(r"(^|_)(fy|fiscal|school|academic)($|_)")
#: A fiscal or school year that is called after the calendar year in which it ends: 2024-25, FY25.
_NAMED_YEAR = re.compile(r"(?:S?FY|SY|AY) ?'?(?:20)?(\d\d)|20\d\d[-/](?:20)?(\d\d)", re.IGNORECASE)
#: Groups that stand in the names of columns, beside races: Served - Women, Placed 18-24.
_GROUPS = {
    "gender": re.compile(r"(wo)?m[ae]n|(fe)?males?|boys|girls|non-?binary|transgender", re.IGNORECASE),
    "age": re.compile(r"(ages? )?\d+ ?(-|to|–) ?\d+|\d+ ?\+|under \d+|(\d+ and )?over( \d+)?", re.IGNORECASE),
}
#: Those who are in no group of the columns before: without them the groups do not add up to everybody.
_REST = re.compile(
    r"others?|unknown|missing|undisclosed|prefer not .*|declined.*|refused.*|not (reported|recorded|stated|disclosed|known|given)",
    re.IGNORECASE,
)
#: How much was planned, and how much was done.
_PLANNED, _ACTUAL = (
    re.compile(rf"(^|_)({words})(?=_|$)")
    for words in ("planned?|target|goal|budgeted|projected|expected", "actual|achieved|delivered|provided|served|reported")
)
#: A file with more columns of counts is a statistical return of its own kind: nobody reads so many metrics.
MOST_COUNTS = 12
#: Results that a program works for.
SUCCESS = re.compile(
    r"^(pass|distinction|merit|complet|success|graduat|placed|employ|hired|housed|permanent(?!\w* (exclu|clos|suspen|remov|disab))"
    r"|achiev|met\b|reached|certif|improv|leased|performed|kept|attended|issued|approved)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Submission:
    """What the columns of a file of counts are for."""

    period: ColumnProfile
    #: `first`, `last`: the first and the last one.
    first: Period
    last: Period
    fiscal: bool  #: Whether periods are years such as 2024-25.
    whole: ColumnProfile | None  #: How many there were, of whom the `parts` are counts.
    parts: tuple[ColumnProfile, ...]
    #: `category`, `group`: of the long form: what a row is split by, and its group.
    category: ColumnProfile | None = None
    group: ColumnProfile | None = None
    splits: tuple[ColumnProfile, ...] = ()  #: Columns of groups otherwise.
    #: What each row counts, of several things: its values are what is measured, and there is one column of counts.
    measure: ColumnProfile | None = None
    when: tuple[ColumnProfile, ...] = ()  #: The columns of year and month, where `period` is an expression over both.
    #: Where groups stand in columns: of each measure, dimension and group, the column.
    across: Mapping[str, Mapping[str, Mapping[str, ColumnProfile]]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[ColumnProfile, ...]:
        """Every column that is used."""
        some = (*(self.when or (self.period,)), self.measure, self.category, self.group, *self.splits, self.whole, *self.parts)
        return tuple(one for one in some if one is not None)

    @property
    def planned(self) -> dict[str, ColumnProfile]:
        """What was planned of the columns that say what was done: ``planned_units`` of actual_units."""
        counts = [one for one in (*self.parts, self.whole) if one is not None]
        plans = {name: one for one in counts if (name := _PLANNED.sub("", one.ours)) != one.ours}
        done = {one.ours: plan for one in counts if one not in plans.values() and (plan := plans.get(_ACTUAL.sub("", one.ours)))}
        return done if len(done) == len(plans) else {}

    @property
    def measures(self) -> Iterator[tuple[ColumnProfile, ColumnProfile | None]]:
        """Yield numerators with their denominators: shares first, then the whole. Things that rows count have none: they are counts."""
        if self.measure is not None:
            yield from self._things_counted(self.measure)
            return
        if self.across:
            sums = {name: _sum_of(name, dimensions, self.parts) for name, dimensions in self.across.items()}
            if any("coalesce" in one.theirs for one in sums.values()):  # one without a total: none may hold who is in no group
                sums = {name: _sum_of(name, dimensions, ()) for name, dimensions in self.across.items()}
            whole = next((one for name, one in sums.items() if _WHOLE.search(name)), None)
            yield from ((one, whole if whole and one is not whole and one.total <= whole.total else None) for one in sums.values())
            return
        planned = {} if self.category else self.planned
        pairs = [(one, planned[one.ours]) for one in (*self.parts, self.whole) if one is not None and one.ours in planned]
        yield from pairs
        used = {column.ours for pair in pairs for column in pair}
        whole = self.whole if self.whole is not None and self.whole.ours not in used else None
        rest = [one for one in (self.parts[:1] if self.category else self.parts) if one.ours not in used]
        yield from ((one, whole if whole and one.total <= whole.total else None) for one in rest)
        if whole is not None and not self.category:
            yield whole, None

    def _things_counted(self, measure: ColumnProfile) -> Iterator[tuple[ColumnProfile, ColumnProfile | None]]:
        rows = [replace(self.parts[0], ours=our_name(value, set()), theirs=value) for value in measure.values]
        whole = next((one for one in rows if _WHOLE.search(one.ours) and not SUCCESS.search(one.theirs)), None)
        results = [one for one in rows if SUCCESS.search(one.theirs)] if whole is not None and self.category is None else []
        yield from ((one, whole) for one in results)
        yield from ((one, None) for one in rows if one not in results)

    @property
    def dimensions(self) -> dict[str, ColumnProfile]:
        """The dimensions, by name: in the long form the values of the category."""
        if self.across:
            stand = {name: next(iter(groups.values())) for dimensions in self.across.values() for name, groups in dimensions.items()}
            return stand | {one.ours: one for one in self.splits}
        if self.category is None:
            return {one.ours: one for one in self.splits}
        return {our_name(value, set()): self.category for value in self.category.values if not is_total(value)}


def submission_of(file: FileProfile) -> Submission | None:
    """Return what the columns of a file of counts are for; None if its rows are no counts.

    They are where one column is a period that comes back, none is another date, there are counts beside groups, and rows are no more
    than periods and groups together.
    """
    if isinstance(file.periods, str) and _names_people(file):
        return None  # the answers or marks of people: Q1 is a question, or what is measured of a person in a quarter
    columns = tuple(filter(_is_across, file.columns)) if file.periods else file.columns
    period, when = _period_of(replace(file, columns=columns))
    others = [one for one in columns if one not in (*when, period)]
    counts = [one for one in others if _is_count(one)]
    texts = [one for one in others if 0 < len(one.values) <= MOST_GROUPS and (_PLACE.search(one.ours) or _is_label(one))]
    if period is None or not counts or "date" in {one.kind for one in others} or not (spans := _spans(period)):
        return None
    if file.rows > math.prod(one.different for one in (period, *texts)):
        return None
    if across := {} if any(_MEASURE.search(one.ours) for one in texts) else _across(counts):
        fiscal, splits = spans[0].text.startswith("P12M"), _split(texts)[2]
        return Submission(period, spans[0], spans[-1], fiscal, None, tuple(counts), splits=splits, when=when, across=across)
    if not texts or len(counts) > MOST_COUNTS or (not when and period.different == file.rows):
        return None
    return _submission(period, when, spans, counts, texts)


def _submission(
    period: ColumnProfile, when: tuple[ColumnProfile, ...], spans: Sequence[Period], counts: list[ColumnProfile], texts: list[ColumnProfile]
) -> Submission:
    """Return what columns of counts and of texts are for beside a period."""
    measure = next((one for one in texts if _MEASURE.search(one.ours) and 1 < len(one.values) <= MOST_COUNTS), None)
    if measure is not None:
        texts, counts = [one for one in texts if one is not measure], counts[:1]
    whole = next((one for one in counts if _WHOLE.search(one.ours)), None) if len(counts) > 1 else None
    parts = tuple(one for one in counts if one is not whole)
    fiscal = spans[0].text.startswith("P12M")
    return Submission(period, spans[0], spans[-1], fiscal, whole, parts, *_split(texts), measure=measure, when=when)


def _names_people(file: FileProfile) -> bool:
    return any(PERSON.search(one.ours) for one in file.columns)


def _is_count(one: ColumnProfile) -> bool:
    return one.counts and not _NO_COUNT.search(one.ours) and not _PLACE.search(one.ours)


def _is_label(one: ColumnProfile) -> bool:
    return one.kind in ("text", "race") and not one.counts


def _is_across(one: ColumnProfile) -> bool:
    """Whether a column stands beside periods that were columns: what else is a number there is their sum, or a target."""
    return one.ours in (PERIOD, COUNT) or _is_label(one)


def _period_of(file: FileProfile) -> tuple[ColumnProfile | None, tuple[ColumnProfile, ...]]:
    """Return the column of periods that come back, or year and month as one column and as the two that they are."""
    if (both := year_and_month(file)) is not None:
        return _as_period(*both), both
    return next((one for one in file.columns if PERIOD_NAME.search(one.ours) and one.different), None), ()


def _split(texts: Sequence[ColumnProfile]) -> tuple[ColumnProfile | None, ColumnProfile | None, tuple[ColumnProfile, ...]]:
    """Return the category and the group of the long form; without both, the columns of groups."""
    category = next((one for one in texts if _KIND_OF_GROUP.search(one.ours)), None)
    group = next((one for one in texts if one is not category and _GROUP.search(one.ours)), None)
    if category is not None and group is not None:
        return category, group, ()
    return None, None, tuple(one for one in texts if sum(not is_total(value) for value in one.values) >= 2)


def _across(counts: Sequence[ColumnProfile]) -> dict[str, dict[str, dict[str, ColumnProfile]]]:
    """Return columns called after a measure and a group by measure, dimension and group; nothing where a measure has one group only."""
    found: dict[str, dict[str, dict[str, ColumnProfile]]] = {}
    for one in counts:
        for sign in re.finditer(r"[\s:_(/–-]+", one.theirs):
            name, group = one.theirs[: sign.start()], one.theirs[sign.end() :].rstrip(")")
            race = "race" if canonical(group) else None
            dimension = next((key for key, words in _GROUPS.items() if words.fullmatch(group)), race)
            before = found.setdefault(our_name(name, set()), {})
            if dimension is None and before and _REST.fullmatch(group):  # of the dimension in the columns before
                dimension = next(reversed(before))
                group = group if group.lower().startswith("other") or NOT_RECORDED in before[dimension] else NOT_RECORDED
            if dimension is not None:
                before.setdefault(dimension, {})[group] = one
                break
    found = {name: dimensions for name, dimensions in found.items() if dimensions} or _groups_alone(counts)
    return found if all(len(groups) > 1 for dimensions in found.values() for groups in dimensions.values()) else {}


def _groups_alone(counts: Sequence[ColumnProfile]) -> dict[str, dict[str, dict[str, ColumnProfile]]]:
    """Return columns called after races alone, with the one column beside them that is their total; nothing if there is more."""
    races = {one.theirs: one for one in counts if canonical(one.theirs) or _REST.fullmatch(one.theirs)}
    rest = [one for one in counts if one.theirs not in races]
    if sum(canonical(name) is not None for name in races) < 2 or len(rest) > 1 or not all(_WHOLE.search(one.ours) for one in rest):
        return {}
    return {rest[0].ours if rest else "people": {"race": races}}


def _sum_of(name: str, dimensions: Mapping[str, Mapping[str, ColumnProfile]], counts: Sequence[ColumnProfile]) -> ColumnProfile:
    """Return a measure whose groups stand in columns: the column that holds its total, or the sum of its groups."""
    groups = list(next(iter(dimensions.values())).values())
    total = next((one for one in counts if one.ours in (name, f"total_{name}", f"{name}_total", f"all_{name}", f"{name}_all")), None)
    summed = total.ours if total else " + ".join(f"coalesce({one.ours}, 0)" for one in groups)
    amount = total.total if total else sum(one.total for one in groups)
    return replace(groups[0], ours=name, theirs=summed, total=amount)


def year_and_month(file: FileProfile) -> tuple[ColumnProfile, ColumnProfile] | None:
    """Return the columns of a year and of a month that tell together when a row is; None if a file has no such two."""
    years = [one for one in file.columns if _YEAR.search(one.ours) and one.values and (
        all(_is_year(value) for value in one.values) or all(_NAMED_YEAR.fullmatch(value) for value in one.values))]  # fmt: skip
    months = [one for one in file.columns if _MONTH.search(one.ours) and one.values and all(_is_month(value) for value in one.values)]
    return (years[0], months[0]) if years and months else None


def _is_year(value: str) -> bool:
    return bool(re.fullmatch(r"(19|20)\d\d(\.0)?", value))


def _is_month(value: str) -> bool:
    return bool(re.fullmatch(r"0?[1-9]|1[0-2]", value.removesuffix(".0"))) or named_month(f"{value} 2000") is not None


def _as_period(year: ColumnProfile, month: ColumnProfile) -> ColumnProfile:
    """Return two columns as the one that an expression makes of them: months of a fiscal year before January belong to the year before."""
    names = not next(iter(month.values)).removesuffix(".0").isdigit()
    numbers = {value: int(str(normal_period(f"{value} 2000" if names else f"2000-{value}"))[5:7]) for value in month.values}
    named = not all(map(_is_year, year.values))
    ends = {one: 2000 + int(str(found[1] or found[2])) if (found := _NAMED_YEAR.fullmatch(one)) else int(float(one)) for one in year.values}
    late = [value for value, number in numbers.items() if number >= SCHOOL_YEAR] if named or _FISCAL.search(year.ours) else []
    listed = ", ".join(f"'{value}'" if names else value for value in late)
    end = f"2000 + right({year.ours}, 2)::int" if named else year.ours
    start = f"({end} - case when {month.ours} in ({listed}) then 1 else 0 end)" if late else f"({end})" if named else end
    made = f"{month.ours} || ' ' || {start}" if names else f"{start} || '-' || {month.ours}"
    spans = {f"{ends[one] - (value in late)}-{number:02d}": 0 for one in year.values for value, number in numbers.items()}
    return replace(year, ours=made, values=spans, different=len(spans))


def _spans(column: ColumnProfile) -> list[Period]:
    """Return the periods of a column in their order; none if one value is no period."""
    for fiscal in (None, SCHOOL_YEAR):
        named = list(normal_periods(column.values or (column.first, column.last), fiscal).values())
        if all(named):
            return sorted((parse_period(str(text)) for text in named), key=lambda one: one.start)
    return []


def submission_lines(file: FileProfile, sent: Submission, quote: Callable[[str], str]) -> list[str]:
    """Return a table of counts of a new contract file; `quote` writes a text as YAML."""
    named = {one.ours: one for one in sent.columns if one.ours != one.theirs}
    if sent.category is not None and sent.group is not None:
        long = {
            **({one.ours: one for one in sent.when} or {"period": sent.period}),
            "measure": sent.measure,
            "dimension": sent.category,
            "group": sent.group,
            "numerator": sent.parts[0],
            "denominator": sent.whole,
        }
        named = {ours: one for ours, one in long.items() if one is not None}
    columns = ", ".join(f"{ours}: {quote(one.theirs)}" for ours, one in named.items())
    lines = [
        f"  {file.name}:",
        "    kind: counts      # guessed: a row is no person, but counts of a period",
        *(f"    {key}: {quote(value)}" for key, value in source_keys(file.source).items()),
        *_periods_line(file),
        *([f"    columns: {{{columns}}}      # ours: theirs"] if named else []),
    ]
    said = (
        "      # guessed: the year starts in July; its months until December are of the year before"
        if "case when" in sent.period.ours
        else ""
    )
    said = "      # a week counts in the month in which it begins" if "week" in sent.period.ours else said
    moment = f"    period: {quote(sent.period.ours) if sent.when else sent.period.ours}{said}"
    if sent.category is not None:
        lines += [moment] if sent.when else []
        own = {value: "all" if is_total(value) else our_name(value, set()) for value in sent.category.values}
        return [*lines, f"    recode: {{dimension: {{{', '.join(f'{quote(value)}: {name}' for value, name in own.items())}}}}}"]
    return [*lines, moment, "    measures:", *(_across_lines(sent, quote) if sent.across else _measure_lines(sent, quote))]


def _measure_lines(sent: Submission, quote: Callable[[str], str]) -> Iterator[str]:
    """Yield a line for each measure: a column, or the rows that count it."""

    def number(one: ColumnProfile) -> str:
        if sent.measure is None:
            return one.ours
        return quote(f"case when {sent.measure.ours} = {literal(one.theirs)} then {sent.parts[0].ours} end")

    for one, whole in sent.measures:
        below = f", denominator: {number(whole)}" if whole is not None else ""
        yield f"      {one.ours}: {{numerator: {number(one)}{below}}}"


def _across_lines(sent: Submission, quote: Callable[[str], str]) -> list[str]:
    """Return the measures whose groups stand in columns, with the groups of the whole below those of a part."""
    lines = []
    for one, whole in sent.measures:
        by = []
        for dimension, groups in sent.across[one.ours].items():
            among = sent.across[whole.ours].get(dimension, {}) if whole else {}
            called = {group: canonical(group) or group for group in groups if dimension == "race"}
            names = {group: quote(called[group] if len(set(called.values())) == len(groups) else group) for group in groups}
            parts = [f"{names[group]}: {{numerator: {column.ours}, denominator: {among[group].ours}}}" if group in among
                     else f"{names[group]}: {column.ours}" for group, column in groups.items() if not whole or group in among]  # fmt: skip
            by += [f"{dimension}: {{{', '.join(parts)}}}"] if parts else []
        lines += [f"      {one.ours}:", f"        numerator: {quote(one.theirs)}"]
        lines += [f"        denominator: {quote(whole.theirs)}"] if whole else []
        lines += [f"        by: {{{', '.join(by)}}}"]
    return lines


def _periods_line(file: FileProfile) -> list[str]:
    """Return the line that says that columns are periods, if they are."""
    if not file.periods:
        return []
    why = "guessed: a column for each month, quarter or year" if file.periods is True else "guessed: the first month; check the year"
    return [f"    periods_in_columns: {str(file.periods).lower()}      # {why}"]


def submission_dimensions(sent: Submission) -> Iterator[tuple[str, str, bool]]:
    """Yield name, title and whether it is race of each dimension."""
    for name, one in sent.dimensions.items():
        title = next((value for value in one.values if our_name(value, set()) == name), one.words) if sent.category else one.words
        yield name, name.capitalize() if sent.across and one not in sent.splits else title, one.kind == "race" or bool(RACE.search(name))
