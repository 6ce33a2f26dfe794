"""What was agreed, as frozen objects. `acmlib.contract.load` is the only place that makes them from YAML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

#: Where reports go: the working paper, the contract's own provider, everybody.
Edition = Literal["internal", "provider", "public"]
EDITIONS: tuple[Edition, ...] = ("internal", "provider", "public")

MetricKind = Literal["proportion", "count", "rate", "duration", "mean", "retention"]
Better = Literal["higher", "lower", "neither"]
Owner = str

#: A name used as a key: in file names, the metric table and SQL aliases.
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]

#: A SQL expression over the columns of one table (checked by `acmlib.intake.expressions`).
Expression = Annotated[str, Field(min_length=1, max_length=2000)]


class Model(BaseModel):
    """Base of all contract models: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Text(Model):
    """A label in one or more languages. In YAML either a plain text or ``{en: ..., es: ...}``.

    A plain text serves every language: names of places and providers need no translation.

    Examples
    --------
    >>> label = Text.model_validate({"en": "Placed in a job", "es": "Con empleo"})
    >>> str(label), label.in_language("es")
    ('Placed in a job', 'Con empleo')
    >>> Text.model_validate("Harbor Works").in_language("es")
    'Harbor Works'
    """

    translations: Mapping[str, str]

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"translations": {"": given}}
        if isinstance(given, Mapping) and "translations" not in given:
            return {"translations": dict(given)}
        return given

    def in_language(self, language: str) -> str:
        """Return the label in `language`, else the untranslated one, else the English one, else the first."""
        for key in (language, "", "en"):
            if key in self.translations:
                return self.translations[key]
        return next(iter(self.translations.values()))

    def __str__(self) -> str:
        return self.in_language("en")


def _days(given: Any) -> Any:
    """Turn ``183 days`` into 183; whole numbers pass."""
    if isinstance(given, str):
        number, _, unit = given.strip().partition(" ")
        if number.isdigit() and unit in ("day", "days", "d"):
            return int(number)
        if number.isdigit() and unit in ("week", "weeks"):
            return 7 * int(number)
    return given


Days = Annotated[int, BeforeValidator(_days), Field(ge=0, le=3660)]


class Agreement(Model):
    """The contract itself: parties, term and money."""

    title: Text
    provider: str
    agency: str
    program: Name | str
    starts: dt.date
    ends: dt.date
    value: float | None = Field(default=None, ge=0)
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    contact: str | None = Field(default=None, description="who corrects mistakes in a report")
    next_meeting: dt.date | None = None
    about: Text | None = Field(default=None, description="one or two sentences on what is bought, for whom")


class Counts(Model):
    """One measure of an aggregated submission whose groups stand in columns (one column a group)."""

    numerator: Expression
    denominator: Expression | None = None
    by: Mapping[Name, Mapping[str, Expression]] = Field(default_factory=dict, description="dimension: {group: expression}")
    remainder: str | None = Field(default=None, description="group that takes what the groups leave of the total")


class Table(Model):
    """A file, glob or folder that a provider sends, and how its columns map to ours."""

    source: str
    kind: Literal["rows", "counts"] = "rows"
    columns: Mapping[str, str] = Field(default_factory=dict, description="ours: theirs; the rest keep their names")
    recode: Mapping[str, Mapping[str, str]] = Field(default_factory=dict, description="column: {theirs: ours}")
    types: Mapping[str, Literal["text", "integer", "number", "date", "boolean"]] = Field(default_factory=dict)
    where: Expression | None = None
    derive: Mapping[Name, Expression] = Field(default_factory=dict, description="new column: SQL expression")
    id: str | None = Field(default=None, description="column that names a participant; duplicates are a finding")
    entered: str | None = Field(default=None, description="date column; no other date may come before it")
    private: tuple[str, ...] = Field(default=(), description="further columns whose values may never reach a page")
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    encoding: str | None = None
    period: Expression | None = Field(default=None, description="counts tables: column or expression giving the period")
    measures: Mapping[Name, Counts] = Field(default_factory=dict, description="counts tables with groups in columns")


class Population(Model):
    """A named base to compare those served with: residents, eligible, referred."""

    file: str | None = Field(default=None, description="CSV with columns group, people and optionally margin_of_error")
    groups: Mapping[str, float] = Field(default_factory=dict)
    of: Text = Field(description="who these people are, e.g. 'young people aged 14-24 in the service area'")
    source: str
    date: dt.date | int


class Dimension(Model):
    """A way to split participants: race/ethnicity, age, neighbourhood, site."""

    title: Text | None = None
    column: str | None = None
    standard: Literal["omb-2024", "omb-1997"] | None = None
    separator: str = Field(default=";", description="between several answers of one person")
    bands: tuple[float, ...] | None = Field(default=None, description="lower edges: [14, 16, 18] gives 14-15, 16-17, 18 and over")
    order: tuple[str, ...] | None = Field(default=None, description="order of groups on pages")
    ordered: bool = Field(default=False, description="the groups have a natural order, e.g. income bands")
    merge: Mapping[str, tuple[str, ...]] = Field(default_factory=dict, description="named combination: [groups]")
    labels: Mapping[str, Text] = Field(default_factory=dict)
    not_recorded: tuple[str, ...] = Field(default=("Not asked", "Declined", "Don't know", "Not recorded"))
    population: Population | None = None


class Target(Model):
    """A level promised in this contract, from a date on."""

    value: float
    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None
    label: Text | None = None


class Benchmark(Model):
    """Any other comparison, never without source and date."""

    kind: Literal["historical", "peer", "third-party", "best practice", "standard"]
    value: float
    low: float | None = None
    high: float | None = None
    source: str
    date: dt.date | int | str
    population: str
    comparability: Text
    numerator: float | None = None
    denominator: float | None = None


class Metric(Model):
    """What is measured. Expressions are SQL over the columns of the table named in ``from``.

    proportion: share of the rows where `of` holds in which `that` holds too.
    count: rows where `of` holds (and `that`, if given).
    rate: rows where `of` and `that` hold, per `per` units of `exposure` (summed over rows where `of` holds).
    mean: mean of `value` over rows where `of` holds.
    duration: days from `start` to `end`; rows with a start and no end are still open and are censored, not dropped.
    retention: share not yet left `at` so many days after `start`; `end` is the date of leaving.
    `start`, `end` and `until` are dates, or whole numbers of days counted from any one day (data without calendar dates).
    `until` is the last day on which somebody was followed: without an `end` by then the case is censored there. Absent: the
    last day of the data. Day numbers have no such day, so a duration or retention metric over day numbers must give `until`.
    In a table of kind ``counts`` none of these expressions applies: `measure` names what was submitted.
    """

    title: Text
    description: Text | None = None
    kind: MetricKind
    from_: Name = Field(default="participants", alias="from")
    of: Expression | None = None
    that: Expression | None = None
    value: Expression | None = None
    exposure: Expression | None = None
    per: float = Field(default=1, gt=0)
    start: Expression | None = None
    end: Expression | None = None
    until: Expression | None = Field(default=None, description="last day followed; censors an open case there")
    at: tuple[Days, ...] = ()
    standard: Days | None = Field(default=None, description="duration: days within which it should happen")
    measure: str | None = Field(default=None, description="counts tables: the submitted measure; this metric's id if absent")
    date: Expression | None = Field(default=None, description="date that puts a row into a month; absent: whole contract only")
    window: Days | None = Field(default=None, description="the outcome is knowable only so many days after `date`")
    better: Better = "higher"
    unit: Text | None = None
    target: tuple[Target, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    headline: bool = False
    dimensions: tuple[Name, ...] | None = Field(default=None, description="splits of this metric; all if absent")


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
    base: Literal["population"] | Name = Field(default="population", description="'population' of the dimension, or another count metric")
    dimensions: tuple[Name, ...]


class Privacy(Model):
    """Which cells may be shown. Counts from 1 to `minimum_count` - 1 are hidden, in numerator and complement."""

    minimum_count: int = Field(default=11, ge=1, le=1000)
    show_zeros: bool = True
    protect_complement: bool = True
    names: tuple[str, ...] = Field(default=(), description="names that may stand in no free text")
    unsuppressed_internal: bool = False


class Statistics(Model):
    """Settings of every judgement; each is printed where it acts."""

    level: float = Field(default=0.95, gt=0.5, lt=1)
    minimum_n: int = Field(default=30, ge=1)
    materiality: float = Field(default=0.05, ge=0, le=1)
    power: float = Field(default=0.8, gt=0, lt=1)
    comparator: Literal["target", "best", "overall", "rest"] | str = Field(
        default="best", description="best-performing group with minimum_n, overall, rest, or the name of a group"
    )
    control_chart_points: int = Field(default=13, ge=3)
    rolling_months: int = Field(default=12, ge=2, le=60)


class Contract(Model):
    """One contract file, validated. `id` is the name of its folder under ``params/``."""

    id: str
    contract: Agreement
    tables: Mapping[Name, Table]
    dimensions: Mapping[Name, Dimension] = Field(default_factory=dict)
    pairs: tuple[tuple[Name, Name], ...] = ()
    metrics: Mapping[Name, Metric]
    representation: tuple[Representation, ...] = ()
    pathway: Pathway | None = None
    privacy: Privacy = Privacy()
    statistics: Statistics = Statistics()
    wording: Literal["equity", "neutral"] = "equity"
    languages: tuple[Literal["en", "es"] | str, ...] = ("en",)
    editions: tuple[Edition, ...] = ("provider",)
    period: str | None = Field(default=None, description="period of the report when none is asked for")
