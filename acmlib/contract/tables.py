"""What a provider sends and how it is read: tables, the mapping of their columns, and the dimensions that split them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from acmlib.contract.errors import refusal
from acmlib.contract.expressions import time_zones
from acmlib.contract.geography import Geography
from acmlib.contract.places import PathInside, Source, is_database
from acmlib.contract.values import Date, Expression, Flag, FrozenMap, Map, Model, Name, Number, String, Text, Whole, Word, one_or_more

#: What the groups of a dimension are. ``people``: groups of people, between which equity is judged. ``place``: where people live. ``site``:
#: where they are served. ``service``: a line of service, compared and never called equity. ``reason``: counted, not compared.
DimensionKind = Literal["people", "place", "site", "service", "reason"]

#: The column that `Table.open_months` adds.
OPEN_MONTH = "open_month"

#: What blanks are called.
NOT_RECORDED = "Not recorded"


def _time_zone(given: str) -> str:
    """Accept places whose clock is known."""
    if given != "UTC" and ("/" not in given or given not in time_zones()):
        near = next((one for one in time_zones() if one.endswith(f"/{given.strip().title().replace(' ', '_')}")), None)
        raise PydanticCustomError(
            "time_zone", "{near}use a place as America/New_York, America/Chicago, America/Denver, America/Los_Angeles, or UTC",
            {"near": f"did you mean {near}? " if near else ""},
        )  # fmt: skip
    return given


class Parts(Model):
    """Numerator and denominator of one group of an aggregated submission."""

    numerator: Expression
    denominator: Expression | None = None


class Counts(Model):
    """One measure of an aggregated submission whose groups stand in columns (one column a group)."""

    numerator: Expression
    denominator: Expression | None = None
    by: Map[Name, Map[str, Expression | Parts]] = Field(
        default_factory=FrozenMap, description="dimension: {group: expression of its numerator, or {numerator: ..., denominator: ...}}"
    )
    remainder: String = Field(default=NOT_RECORDED, description="group that takes what the groups leave of the total")


class Join(Model):
    """Columns of another table of the same contract, added row by row; the other table has at most one row per key.

    With ``first`` and ``after`` it may have several: the first of them on or after a date of this table is taken: the first arrest
    after release.
    """

    table: Name
    on: Annotated[tuple[String, ...], Field(min_length=1), BeforeValidator(one_or_more)] = Field(description="columns that both have")
    first: String | None = Field(default=None, description="date column of the other table: its first row on or after `after` is taken")
    after: String | None = Field(default=None, description="date column of this table, with `first`")

    @model_validator(mode="after")
    def _both_dates(self) -> Self:
        if (self.first is None) != (self.after is None):
            raise refusal("has one of first and after; use both: first: arrested_on, after: released_on")
        return self


class OpenMonths(Model):
    """Two dates between which somebody was there: blank `to` is still there."""

    since: String = Field(alias="from", description="date column: the first day")
    to: String = Field(description="date column: the last day; blank is still open")


class Table(Model):
    """A file, glob or folder that a provider sends, and the mapping of its columns to the library's names.

    Order of work: `columns` (names), `recode`, `codes`, `missing`, `types`, `any_of`, `join`, `derive`, `where`, `open_months`.
    Two columns are added to what is sent: ``_file`` (where the row stands) and ``_row`` (its number; the first row after the names is 2).
    """

    source: Source = Field(
        description="a file (.csv .csv.gz .tsv .parquet .xlsx#Sheet ...), a glob such as data/x/2026-*.csv, a folder, an address "
        "https://..., or a database postgresql://HOST/DATABASE; ${NAME} in an address is an environment variable"
    )
    query: String | None = Field(default=None, description="database: the SELECT whose rows are read")
    table: String | None = Field(default=None, description="database: the table or view that is read, as cases or reporting.cases")
    kind: Literal["rows", "counts"] = "rows"
    columns: Map[str, Word] = Field(default_factory=FrozenMap, description="ours: theirs; the rest keep their names")
    recode: Map[str, Map[str, Word]] = Field(default_factory=FrozenMap, description="column: {theirs: ours}; others stay and are reported")
    missing: Map[str, Map[str, Word]] = Field(
        default_factory=FrozenMap,
        description="column: {code: why}, as {8: Don't know, 9: Declined, 99: Not asked}; such codes are no numbers",
    )
    missing_when: Map[str, Expression] = Field(default_factory=FrozenMap, description="column: condition under which it says nothing")
    codes: Map[str, Map[str, Word] | PathInside] = Field(
        default_factory=FrozenMap, description="column: {code: label}, or a CSV file with the columns code and label; others are reported"
    )
    any_of: Map[Name, Map[str, Word]] = Field(
        default_factory=FrozenMap, description="new column: {answer: column}; the answers whose columns say yes or 1, with ; between them"
    )
    keep: String | None = Field(default=None, pattern=r"^newest by .+", description="newest by COLUMN: of rows with one id the newest")
    header_row: Whole | Literal["none"] | None = Field(
        default=None, description="row that names the columns, found if absent; none: `names` gives them"
    )
    names: tuple[String, ...] = Field(default=(), description="names of the columns of files that have none, from left to right")
    skip_footer: Whole = Field(default=0, ge=0, le=1000, description="lines at the end of each file that are no rows; found if absent")
    cumulative: Literal["year", "fiscal year", "term", "never"] | None = Field(
        default=None, description="counts tables: each period holds the sum since the year or the term began; never: they truly grow"
    )
    periods_in_columns: Flag | Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] = Field(
        default=False,
        description="counts tables: columns called Jul-25, 2025Q3, ... become rows, with the new columns period and count; a month "
        "as 2025-07 says with which month names without a year begin",
    )
    types: Map[str, Literal["text", "integer", "number", "date", "datetime", "boolean"]] = Field(
        default_factory=FrozenMap, description="column: type; guessed if absent"
    )
    dates: Literal["year first", "month first", "day first"] | None = Field(default=None, description="how dates with slashes are read")
    join: Annotated[tuple[Join, ...], BeforeValidator(one_or_more)] = ()
    derive: Map[Name, Expression] = Field(default_factory=FrozenMap, description="new column: SQL expression, in order")
    open_months: OpenMonths | None = Field(
        default=None, description="caseload: a row for each month of the contract between two dates, with the new column open_month"
    )
    where: Expression | None = Field(default=None, description="rows that belong to this contract; all if absent")
    id: String | None = Field(default=None, description="column that names a participant; stays text; duplicates are a finding")
    person: String | None = Field(default=None, description="column that names the person where rows are enrollments, visits or calls")
    household: String | None = Field(default=None, description="column that names the household of the person")
    entered: String | None = Field(default=None, description="date column; no other date of the person should come before it")
    private: tuple[String, ...] = Field(default=(), description="further columns whose values may never reach a page")
    delimiter: String | None = Field(default=None, max_length=1)
    decimal: Literal[".", ","] | None = None
    encoding: Literal["utf-8", "utf-16", "cp1252", "latin-1"] | None = None
    time_zone: Annotated[String, AfterValidator(_time_zone)] | None = Field(
        default=None, description="place whose clock tells the day of a moment sent with a time zone: America/New_York, or UTC"
    )
    period: Expression | None = Field(default=None, description="counts tables: column or expression giving the period")
    measures: Map[Name, Counts] = Field(default_factory=FrozenMap, description="counts tables with groups in columns")

    @model_validator(mode="after")
    def _periods_of_counts(self) -> Self:
        if self.periods_in_columns and self.kind != "counts":
            raise refusal("has periods_in_columns, which makes counts of its cells; use it with kind: counts")
        return self

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        asked = [name for name in ("query", "table") if getattr(self, name) is not None]
        if asked and not is_database(self.source):
            raise refusal("has {given}, but the source is no database; use it with postgresql://HOST/DATABASE", given=" and ".join(asked))
        if is_database(self.source) and len(asked) != 1:
            raise refusal("has a database as its source; say what is read from it: either table or query")
        return self


class Population(Model):
    """A named base to compare those served with: residents, eligible, referred."""

    file: PathInside | None = Field(default=None, description="CSV with columns group, people and optionally margin_of_error")
    table: String | None = Field(
        default=None, pattern=r"^[BC]\d{5}[A-Z]?$", description="the file is this table of the American Community Survey, as B03002"
    )
    ages: tuple[Whole, Whole] | None = Field(
        default=None, description="youngest and oldest age of those counted, of a table of ages (B01001): [15, 24]"
    )
    groups: Map[str, Annotated[Number, Field(ge=0)]] = Field(default_factory=FrozenMap, description="group: people")
    of: Text = Field(description="who these people are, e.g. 'young people aged 14-24 in the service area'")
    source: Text
    date: Date | Whole = Field(description="a day or a year", union_mode="left_to_right")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.file is None) == (not self.groups):
            raise refusal("use either file or groups")
        if self.table and self.file is None:
            raise refusal("has a table and no file; name the file that holds it")
        if self.ages and (not self.table or self.ages[0] > self.ages[1]):
            raise refusal("has ages that go with a table of ages only, the youngest first: table: B01001, ages: [15, 24]")
        return self


class Geometry(Model):
    """Boundaries of places, for a small map: a GeoJSON file beside the contract file."""

    file: String = Field(description="name of the file in the contract's own folder: neighborhoods.geojson")
    name: String = Field(default="name", description="property of a place that holds the name of its group")

    @model_validator(mode="after")
    def _beside(self) -> Self:
        if "/" in self.file or "\\" in self.file or not self.file.endswith((".geojson", ".json")):
            raise refusal("has a file that is no GeoJSON beside the contract; use its bare name, as places.geojson")
        return self


class Dimension(Model):
    """A way to split participants: race/ethnicity, age, neighbourhood, site."""

    title: Text | None = None
    kind: DimensionKind = Field(default="people", description="what the groups are: equity is judged between groups of people only")
    prefix: Text | None = Field(default=None, description="written before the group: District gives 'District 4'")
    column: String | None = Field(default=None, description="the dimension's own name if absent")
    standard: Literal["omb-2024", "omb-1997"] | None = None
    geography: Geography | None = Field(
        default=None, description="the column holds codes of the Census Bureau's places: 2138 and 02138-1234 are 02138; with kind: place"
    )
    ethnicity: String | None = Field(default=None, description="omb-1997: column of the separate question on Hispanic origin")
    separator: String = Field(default=";", min_length=1, max_length=3, description="between several answers of one person")
    bands: tuple[Number, ...] | None = Field(
        default=None, min_length=1, description="lower edges: [14, 16, 18] gives 14-15, 16-17, 18 and over"
    )
    order: tuple[Word, ...] | None = Field(default=None, description="order of groups on pages")
    ordered: Flag = Field(default=False, description="the groups have a natural order, e.g. income bands")
    merge: Map[str, tuple[Word, ...]] = Field(default_factory=FrozenMap, description="named combination: [groups]")
    labels: Map[str, Text] = Field(default_factory=FrozenMap)
    phrase: Text | None = Field(default=None, description="how any group reads in a sentence: students in grade {group}")
    phrases: Map[str, Text] = Field(default_factory=FrozenMap, description="how one group reads in a sentence: girls and women")
    geometry: Geometry | None = Field(default=None, description="boundaries of the groups, for a map")
    not_recorded: tuple[String, ...] = ("Not asked", "Declined", "Don't know", NOT_RECORDED)
    population: Population | None = None

    @model_validator(mode="after")
    def _one_way_to_group(self) -> Self:
        if self.bands and any(b <= a for a, b in zip(self.bands, self.bands[1:], strict=False)):
            raise refusal("has bands that do not increase; use lower edges from low to high, as [14, 16, 18]")
        if self.bands and (self.standard or self.merge):
            raise refusal("has bands and standard or merge; use bands for numbers, the others for categories")
        if self.geography and (self.kind != "place" or self.bands or self.standard):
            raise refusal("has a geography; use it with kind: place, and without bands or standard")
        if self.ethnicity and self.standard != "omb-1997":
            raise refusal("has ethnicity; use it with standard: omb-1997 only")
        return self

    @model_validator(mode="after")
    def _groups_once(self) -> Self:
        if self.phrase and any("{group}" not in one for one in self.phrase.translations.values()):
            raise refusal("has a phrase without {group}; write it as: students in grade {group}")
        if NOT_RECORDED not in self.not_recorded:
            raise refusal("has no 'Not recorded' in not_recorded; keep it there: it is what blanks are called")
        merged = [group for groups in self.merge.values() for group in groups]
        if len(merged) != len(set(merged)):
            raise refusal("merges a group into two; use each group once")
        return self
