"""What to count in one table, for all its metrics at once: the plan from which `acmlib.measures.sql` writes one query.

A *slot* is one number to collect: rows that meet a condition, a sum, a mean with its spread, a histogram of days. Slots whose rows
fall into months by the same date form a *strand*. Metrics share slots: the denominator of one is often the numerator of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from acmlib.contract.ids import DimensionId, MetricId, pair
from acmlib.contract.kinds import KINDS, MetricKind
from acmlib.contract.model import Contract, Metric, Pathway

#: Bits of a key's hash that are dropped, so that it is a whole number in a double: two of a million people share one in 1 of 9,000 tables.
HASH_BITS = 11
#: Minutes of a day, and the most minutes (or days, or seconds) that a time is told in: 63 years, or 388 days.
MINUTES, LONGEST = 1440, (1 << 25) - 1


@dataclass(frozen=True)
class Slot:
    """One number to collect in every cell."""

    #: ``count`` rows that meet `sql` · ``sum`` of the numbers `sql` · ``spread``: how many numbers, their sum and variance · ``days``:
    #: histogram of `sql`, which is twice the days, plus one if still open · ``values``: every different number `sql` and how often it
    #: occurs, for what cannot be added up from months: medians, different people.
    kind: Literal["count", "sum", "spread", "days", "values"]
    sql: str  #: Expression over the table's columns; NULL adds nothing.
    #: ``days``: how many units of `sql` are one of the metric's: moments lie minutes apart, or seconds, if the metric is in minutes.
    per_unit: int = 1


@dataclass(frozen=True)
class Measure:
    """One metric, in terms of slots."""

    id: str  #: As in the metric table, without the ``@180d`` of a time.
    kind: MetricKind
    date: str | None
    numerator: Slot
    denominator: Slot | None
    waiting: Slot  #: Everyone in the cohort, whether or not the outcome is known.
    dimensions: tuple[str, ...]
    window: int | None = None
    per: float = 1.0
    at: tuple[int, ...] = ()
    working: bool = False
    minutes: int | None = None

    @property
    def followed(self) -> int:
        """Calendar days after which the last of the times `at` is over, weekends and holidays of working days included."""
        last = max(self.at)
        if self.minutes:
            return -(-last * self.minutes // MINUTES)
        return last * 3 // 2 + 4 if self.working else last


@dataclass(frozen=True)
class CountPlan:
    """All that is asked of one table."""

    table: str
    measures: tuple[Measure, ...]
    dimensions: tuple[str, ...]  #: Dimensions and pairs, as named in the metric table.
    entered: str | None = None
    #: Date expression (None: the whole contract) to its slots but histograms.
    strands: Mapping[str | None, tuple[Slot, ...]] = field(init=False)
    #: `lasting`, `listed`: date expression and slot of each histogram of days, and of each list of values.
    lasting: tuple[tuple[str | None, Slot], ...] = field(init=False)
    listed: tuple[tuple[str | None, Slot], ...] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[str | None, dict[Slot, None]] = {}
        for one in self.measures:
            slots = found.setdefault(one.date, {})
            slots |= {slot: None for slot in (one.numerator, one.denominator, one.waiting) if slot and slot.kind not in ("days", "values")}
        if self.entered:
            found.setdefault(self.entered, {})
        object.__setattr__(self, "strands", {date: tuple(slots) for date, slots in found.items()})
        lasting = ((one.date, one.numerator) for one in self.measures if one.numerator.kind == "days")
        object.__setattr__(self, "lasting", tuple(dict.fromkeys(lasting)))
        listed = ((one.date, one.numerator) for one in self.measures if one.numerator.kind == "values")
        object.__setattr__(self, "listed", tuple(dict.fromkeys(listed)))


def plan_table(contract: Contract, table: str, kinds: Mapping[str, str], *, as_of: str, dimensions: Sequence[str]) -> CountPlan | None:
    """Plan of one table of rows; None if no metric is taken from it.

    Parameters
    ----------
    table : str
        Name of a table of kind ``rows``.
    kinds : mapping
        For the expressions `start` and `end`: ``days`` if they are dates, ``moments`` with times of day, ``numbers`` if day numbers.
    as_of : str
        Last day of the report's period, ``2026-06-30``: open cases are censored there.
    dimensions : sequence of str
        Dimensions by which the table can be split. A survey, for example, may not have all of the participants'.
    """
    measures = [_measure(contract, name, metric, kinds, as_of) for name, metric in contract.metrics.items() if metric.from_ == table]
    if contract.pathway is not None and contract.pathway.from_ == table:
        measures += _stages(contract, contract.pathway, as_of)
    if not measures:
        return None
    wanted = {name for one in measures for name in one.dimensions}
    entered = contract.tables[table].entered
    counted = any(one.kind in ("count", "rate") and one.date not in (None, entered) for one in measures)
    names = tuple(
        name for name in _all_dimensions(contract, None) if name in wanted and set(DimensionId.parse(name).names) <= set(dimensions)
    )
    return CountPlan(table, tuple(measures), names, quoted(entered) if entered and counted else None)


def quoted(column: str) -> str:
    """Return a column's name as SQL.

    Examples
    --------
    >>> quoted("dim_site")
    '"dim_site"'
    """
    return '"' + column.replace('"', '""') + '"'


def all_of(*conditions: str | None) -> str:
    """Return the conditions joined: true only where each is true. NULL is not true.

    Examples
    --------
    >>> all_of("a > 1", None, "b"), all_of(None)
    ('(a > 1) AND (b)', 'true')
    """
    return " AND ".join(f"({one})" for one in conditions if one is not None) or "true"


def _all_dimensions(contract: Contract, chosen: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return dimensions, then pairs of which both are chosen, in the contract's order."""
    names = [name for name in contract.dimensions if chosen is None or name in chosen]
    return (*names, *(pair(a, b) for a, b in contract.pairs if a in names and b in names))


def _measure(contract: Contract, name: str, metric: Metric, kinds: Mapping[str, str], as_of: str) -> Measure:
    of = all_of(metric.of)
    cohort, denominator = Slot("count", of), None
    match KINDS[metric.kind].reads:
        case "days":
            numerator = _days(metric, kinds, as_of)
        case "values":
            numerator = Slot("values", value_of(metric))
        case "sums":
            numerator = Slot("spread", value_of(metric))
        case "rows" if metric.distinct:
            key = quoted(getattr(contract.tables[metric.from_], metric.distinct))
            named = all_of(metric.of, metric.that, f"{key} IS NOT NULL")  # a blank has a hash, too, and is nobody
            numerator = Slot("values", f"CASE WHEN {named} THEN (hash({key}) >> {HASH_BITS})::DOUBLE END")
        case "rows" if metric.exposure:
            exposure = f"({metric.exposure})::DOUBLE"
            known = f"isfinite({exposure}) AND {exposure} >= 0"
            numerator, cohort = Slot("count", all_of(metric.of, metric.that, known)), Slot("count", all_of(metric.of, known))
            denominator = Slot("sum", f"CASE WHEN {all_of(metric.of, known)} THEN {exposure} END")
        case "rows":
            numerator, denominator = Slot("count", all_of(metric.of, metric.that)), cohort if KINDS[metric.kind].by_people else None
    return Measure(
        name, metric.kind, metric.date, numerator, denominator, cohort, _all_dimensions(contract, metric.dimensions),
        window=metric.window, per=metric.per, at=metric.marks, working=metric.in_working_days,
        minutes=metric.minutes,
    )  # fmt: skip


def value_of(metric: Metric) -> str:
    """Return SQL for the value of a row that counts and has one."""
    value = f"({metric.value})::DOUBLE"
    return f"CASE WHEN {all_of(metric.of, f'isfinite({value})')} THEN {value} END"


def _days(metric: Metric, kinds: Mapping[str, str], as_of: str) -> Slot:
    """Return twice the days (minutes, seconds) from start to end, plus one if open at the end of the last day known; NULL: no such time.

    Between days there are no hours: a metric in hours has no values then, and the check says why.
    """
    dated = kinds[str(metric.start)] != "numbers"
    moments = metric.kind == "duration" and kinds[str(metric.start)] == kinds[str(metric.end)] == "moments"
    if metric.minutes and not moments:
        return Slot("days", "NULL::BIGINT")

    clock, ticks = ("second", 60) if metric.minutes == 1 else ("minute", 1)

    def day(sql: str) -> str:
        return f"date_diff('day', DATE '1970-01-01', ({sql})::DATE)" if dated else f"({sql})::BIGINT"

    def at(sql: str) -> str:
        return f"date_diff('{clock}', TIMESTAMP '1970-01-01', ({sql})::TIMESTAMP)" if moments else day(sql)

    def end_of(sql: str) -> str:
        return f"({day(sql)} * {MINUTES * ticks} + {MINUTES * ticks - 1})" if moments else day(sql)

    limit = end_of(f"DATE '{as_of}'") if dated else None
    start, end = at(str(metric.start)), at(str(metric.end))
    last = end_of(metric.until) if metric.until else str(limit)
    if metric.until and limit:
        last = f"least(coalesce({last}, {limit}), {limit})"
    begun = all_of(metric.of, f"{start} <= {limit}" if limit else f"{start} IS NOT NULL")
    closed = f"CASE WHEN {end} >= {start} THEN 2 * least({end} - {start}, {LONGEST}) END"
    # DuckDB's greatest() passes over NULL: who has no last day was followed for no day.
    still = f"2 * least(greatest({last} - {start}, 0), {LONGEST}) + 1"
    sql = f"CASE WHEN {begun} THEN CASE WHEN {end} <= coalesce({last}, {end}) THEN {closed} ELSE {still} END END"
    return Slot("days", sql, (metric.minutes or MINUTES) * ticks if moments else 1)


def _stages(contract: Contract, pathway: Pathway, as_of: str) -> list[Measure]:
    """Return the measures of a pathway. Who reached a stage has reached all before it, whatever the file says of those."""
    own = [
        f"coalesce({all_of(one.reached, f'coalesce(({one.date})::DATE <= DATE {as_of!r}, true)' if one.date else None)}, false)"
        for one in pathway.stages
    ]
    reached = [Slot("count", all_of(pathway.of, " OR ".join(own[at:]))) for at in range(len(own))]
    names, window = _all_dimensions(contract, None), pathway.window
    first, made = pathway.stages[0].stage, []
    made.append(Measure(str(MetricId(first, step="stage")), "count", pathway.date, reached[0], None, reached[0], names))
    for at, one in enumerate(pathway.stages[1:], start=1):
        before, entry = reached[at - 1], reached[0]
        made.append(Measure(str(MetricId(one.stage, step="stage")), "proportion", pathway.date, reached[at], before, before, names, window))
        made.append(Measure(str(MetricId(one.stage, step="reached")), "proportion", pathway.date, reached[at], entry, entry, names, window))
    return made
