"""What was agreed, as frozen objects. `acmlib.contract.load` is the only place that makes them from YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from acmlib.contract.errors import line_of, located, refusal
from acmlib.contract.kinds import MetricKind
from acmlib.contract.places import inside
from acmlib.contract.rules import Privacy, Statistics
from acmlib.contract.selectors import EDITIONS, Edition
from acmlib.contract.surveys import Survey
from acmlib.contract.tables import NOT_RECORDED, Counts, Dimension, Join, Parts, Population, Table
from acmlib.contract.values import (
    Date,
    Days,
    Expression,
    Flag,
    FrozenMap,
    Identifier,
    Map,
    Model,
    Name,
    Number,
    PageLanguage,
    String,
    Text,
    Whole,
    Word,
    one_or_more,
)

__all__ = [
    "EDITIONS", "NOT_RECORDED", "Agreement", "Benchmark", "Better", "Contract", "Counts", "Days", "Dimension",
    "Edition", "Expression", "Identifier",
    "Join", "Metric", "MetricKind", "Model", "Name", "Owner", "Parts", "Pathway", "Population", "Privacy", "Representation",
    "Restatement", "Stage", "Statistics", "Table", "Target", "Text",
]  # fmt: skip

#: A country or a part of one whose holidays are known (`holidays`), and the word for a calendar without any.
CALENDAR_NAME, NO_HOLIDAYS = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?"), "none"

#: Units of a duration that leave out weekends and holidays.
WORKING_DAYS = ("working days", "business days")

#: Units of a duration between times of day, each with its minutes.
CLOCK = {"hours": 60, "minutes": 1}

Better = Literal["higher", "lower", "neither"]
Owner = String

#: How long waits are is told at these multiples of the standard, where a duration does not say at which days.
OF_STANDARD = (0.5, 1, 2, 4)


def _target(given: Any) -> Any:
    """Accept ``target: 0.4`` as ``target: [{value: 0.4}]``."""
    given = one_or_more(given)
    if isinstance(given, list | tuple):
        return tuple({"value": one} if isinstance(one, int | float) and not isinstance(one, bool) else one for one in given)
    return given


def _stages(given: Any) -> Any:
    """Accept a list of stages as a pathway without further settings."""
    return {"stages": given} if isinstance(given, list | tuple) else given


def _calendar(given: Any) -> Any:
    """Accept the name of a calendar, or a path inside the workspace (`inside`)."""
    return inside(given) if isinstance(given, str) and given != NO_HOLIDAYS and not CALENDAR_NAME.fullmatch(given) else given


class Agreement(Model):
    """The contract itself: parties, term and money."""

    title: Text
    provider: String
    agency: String
    program: String
    starts: Date
    ends: Date
    value: Number | None = Field(default=None, ge=0)
    currency: String = Field(default="USD", pattern=r"^[A-Z]{3}$")
    contact: String | None = Field(default=None, description="who corrects mistakes in a report")
    next_meeting: Date | None = None
    people: Text | None = Field(default=None, description="what those served are called, in the plural: students; participants if absent")
    about: Text | None = Field(default=None, description="one or two sentences on what is bought, for whom")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends < self.starts:
            raise refusal(
                "ends on {ends}, before it starts on {starts}; use an end after the start",
                ends=self.ends.isoformat(),
                starts=self.starts.isoformat(),
            )
        return self


class Target(Model):
    """A level promised in this contract, from a date on."""

    value: Number
    from_: Date | None = Field(default=None, alias="from")
    to: Date | None = None
    label: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.to and self.to < self.from_:
            raise refusal("has a 'to' before its 'from'; use the first and the last day on which it holds")
        return self


class Benchmark(Model):
    """Any other comparison, never without source and date."""

    kind: Literal["historical", "peer", "third-party", "best practice", "standard"]
    value: Number
    low: Number | None = None
    high: Number | None = None
    source: Text
    date: Date | Whole | String = Field(description="a day, a year, or a text such as 2023/24", union_mode="left_to_right")
    population: Text
    comparability: Text
    numerator: Number | None = None
    denominator: Number | None = None


class Metric(Model):
    """What is measured. Expressions are SQL over the columns of the table named in ``from``.

    proportion: share of the rows where `of` holds in which `that` holds too.
    count: rows where `of` holds (and `that`, if given); with ``distinct: person`` different people (households), by the table's key.
    rate: rows where `of` and `that` hold, per `per` units of `exposure` (summed over rows where `of` holds).
    mean, median, sum: of `value` over rows where `of` holds and it is known.
    duration: days from `start` to `end`, with fractions of days where both carry times of day; rows with a start and no end are still
    open and are censored, not dropped. Its median; for everyone together also how many have ended `at` so many days (half, one, two and
    four times the `standard` if `at` is absent).
    retention: share not yet left `at` so many days after `start`; `end` is the date of leaving.
    `start`, `end` and `until` are dates, or whole numbers of days counted from any one day (data without calendar dates).
    `until` is the last day on which somebody was followed: without an `end` by then the case is censored there. Absent: the
    last day of the data. Day numbers have no such day, so a duration or retention metric over day numbers must give `until`.
    In a table of kind ``counts`` none of these expressions applies: `measure` names what was submitted.
    """

    title: Text
    short: Text | None = Field(default=None, description="a name of two to four words, for tiles, tables and second mentions")
    says: Text | None = Field(default=None, description="its value as a sentence: '{value} have a job within 6 months'")
    description: Text | None = None
    kind: MetricKind
    from_: Name = Field(default="participants", alias="from")
    of: Expression | None = None
    that: Expression | None = None
    value: Expression | None = None
    exposure: Expression | None = None
    per: Number = Field(default=1.0, gt=0)
    start: Expression | None = None
    end: Expression | None = None
    until: Expression | None = Field(default=None, description="last day followed; censors an open case there")
    at: Annotated[tuple[Days, ...], BeforeValidator(one_or_more)] = ()
    standard: Days | None = Field(default=None, description="duration: days (hours, minutes: see unit) within which it should happen")
    measure: String | None = Field(default=None, description="counts tables: the submitted measure; this metric's id if absent")
    date: Expression | None = Field(default=None, description="date that puts a row into a month; absent: whole contract only")
    distinct: Literal["person", "household"] | None = Field(
        default=None, description="count: different people (or households), by the key that the table names, not rows"
    )
    window: Days | None = Field(default=None, description="the outcome is knowable only so many days after `date`")
    better: Better = "higher"
    unit: Text | None = Field(
        default=None, description="what values are in; duration: hours, minutes, or working days, which leave out weekends and `holidays`"
    )
    target: Annotated[tuple[Target, ...], BeforeValidator(_target, json_schema_input_type=tuple[Target, ...] | Target | float)] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    headline: Flag = False
    main: Flag = Field(default=False, description="the purpose of the contract: the metric that the first sentence of a page is about")
    counted: Text | None = Field(
        default=None,
        description="what one row is called: request; its plural is `counted_many`, or the contract's `people`",
    )
    counted_many: Text | None = Field(default=None, description="plural of `counted`; where metrics count different things")
    dimensions: tuple[Name, ...] | None = Field(default=None, description="splits of this metric; all if absent")
    audience: Literal["provider", "public"] = Field(default="public", description="provider: public editions leave this metric out")

    @model_validator(mode="after")
    def _speaks(self) -> Self:
        for text in self.says.translations.values() if self.says else ():
            if "{value}" not in text or set(re.findall(r"{(.*?)}", text)) - {"value", "days"}:
                raise refusal("has a text in says that needs {value}, and may hold {days}; nothing else in braces")
        return self

    @property
    def in_working_days(self) -> bool:
        """Whether a duration is counted in working days, by its unit.

        Examples
        --------
        >>> Metric(title="Days to a call", kind="duration", start="a", end="b", unit="working days").in_working_days
        True
        """
        return self.kind == "duration" and self.unit is not None and bool({*self.unit.translations.values()} & {*WORKING_DAYS})

    @property
    def minutes(self) -> int | None:
        """Minutes of the unit of a duration in hours or minutes; None if it is in days.

        Examples
        --------
        >>> Metric(title="Time to a call", kind="duration", start="a", end="b", unit="hours").minutes
        60
        """
        named = self.unit.translations.values() if self.kind == "duration" and self.unit is not None else ()
        return next((CLOCK[name] for name in named if name in CLOCK), None)

    @property
    def marks(self) -> tuple[int, ...]:
        """Days (hours, minutes: see `unit`) since `start` at which a retention or duration metric is told, in order.

        Examples
        --------
        >>> Metric(title="Days to enrol", kind="duration", start="a", end="b", standard=14).marks
        (7, 14, 28, 56)
        """
        if self.kind == "duration" and not self.at and self.standard:
            return tuple(sorted({max(1, round(part * self.standard)) for part in OF_STANDARD}))
        return tuple(sorted(self.at)) if self.kind in ("duration", "retention") else ()


class Stage(Model):
    """One step of the pathway, and who is responsible for people reaching it from the one before."""

    stage: Name
    title: Text | None = None
    owner: Owner
    reached: Expression
    date: Expression | None = None


class Pathway(Model):
    """The way through the programme, stage by stage; who reaches a stage has reached all stages before it."""

    from_: Name = Field(default="participants", alias="from")
    of: Expression | None = Field(default=None, description="rows that are on this pathway; all if absent")
    date: Expression | None = Field(default=None, description="date of entry into the first stage: it sets the month")
    window: Days | None = Field(default=None, description="days after entry in which all stages are normally reached")
    stages: tuple[Stage, ...] = Field(min_length=2)


class Representation(Model):
    """Who is served, against a named base: the groups of `served` against a population or an earlier stage."""

    served: Name = Field(description="a metric of kind count")
    base: Name = Field(default="population", description="'population' of the dimension, or another count metric")
    dimensions: tuple[Name, ...]


class Restatement(Model):
    """Why figures that were released before have other numbers now."""

    period: Word = Field(description="the months whose figures changed: 2026-03, 2026Q1, 2026 or term")
    metrics: tuple[Name, ...] = Field(default=(), description="which metrics; all if absent")
    reason: Text


class Named(Model):
    """Whether other contracts and agencies may know this one by name, to learn from it (`acm peers`)."""

    may_be_named: Flag = Field(default=False, description="the provider has agreed that others are told its contract's title and contact")
    contact: String | None = Field(default=None, description="whom others ask what was done")


class Contract(Model):
    """One contract file, validated. `id` is the name of its folder under ``params/``."""

    id: Identifier
    contract: Agreement
    tables: Map[Name, Table] = Field(min_length=1)
    dimensions: Map[Name, Dimension] = Field(default_factory=FrozenMap)
    pairs: tuple[tuple[Name, Name], ...] = ()
    metrics: Map[Name, Metric] = Field(min_length=1)
    surveys: Map[Name, Survey] = Field(default_factory=FrozenMap, description="questions whose answers become metrics")
    representation: tuple[Representation, ...] = ()
    pathway: Annotated[Pathway | None, BeforeValidator(_stages, json_schema_input_type=Pathway | tuple[Stage, ...] | None)] = None
    privacy: Privacy = Privacy()
    peers: Named = Named()
    restatements: tuple[Restatement, ...] = ()
    statistics: Statistics = Statistics()
    wording: Literal["equity", "neutral"] = "equity"
    languages: tuple[PageLanguage, ...] = Field(default=("en",), min_length=1)
    holidays: Annotated[String, BeforeValidator(_calendar)] | None = Field(
        default=None, description="which days are no working days beside weekends: US, US-NY, a CSV file with a column date, or none"
    )
    fiscal_year_starts: Whole = Field(default=1, ge=1, le=12, description="month in which the fiscal year FY2026 starts; it ends in 2026")
    editions: tuple[Edition, ...] = Field(default=("provider",), min_length=1)
    period: Word | None = Field(default=None, description="period of the report when none is asked for")

    # Where the file is (from the root of the workspace) and on which line each key stands: for messages only.
    _file: str = PrivateAttr(default="")
    _lines: Mapping[str, int] = PrivateAttr(default_factory=FrozenMap)
    # Metrics that are questions of a survey, and where these stand in the file.
    _from_surveys: Mapping[str, str] = PrivateAttr(default_factory=FrozenMap)

    def located(self, key: str, problem: str) -> str:
        """Return the message that `problem` is what is wrong at `key` of this contract's file, with the line if it is known.

        Examples
        --------
        ``contract.located("tables.people.source", "is 'x.csv'; there is no such file")`` gives
        ``params/<id>/contract.yml: tables.people.source is 'x.csv'; there is no such file (line 12)``.
        """
        key = asked_at(key, self._from_surveys)
        where = self._file or f"params/{self.id}/contract.yml"
        return located(where, key, problem, line_of(self._lines, key))


def asked_at(key: str, from_surveys: Mapping[str, str]) -> str:
    """Return the key under which people wrote something: of a metric that is a question of a survey, the survey's.

    Examples
    --------
    >>> asked_at("metrics.exit_helpful.that", {"exit_helpful": "surveys.exit.questions.ask.helpful"})
    'surveys.exit.questions.ask.helpful'
    """
    section, _, rest = key.partition(".")
    return from_surveys.get(rest.partition(".")[0], key) if section == "metrics" else key
