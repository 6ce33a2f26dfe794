"""Consistency between the parts of a contract: names that must exist, fields that belong together, expressions that must parse."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from acmlib.contract.errors import choose
from acmlib.contract.expressions import check_expressions
from acmlib.contract.kinds import KINDS
from acmlib.contract.model import Contract, Metric
from acmlib.contract.periods import contract_period
from acmlib.contract.standards import GROUPS, OMB_2024_GROUPS, canonical
from acmlib.contract.tables import OPEN_MONTH
from acmlib.contract.targets import step_problems
from acmlib.contract.waves import wave_problems

#: A key of the contract file and what is wrong there.
Problem = tuple[str, str]

#: Fields of a metric that are SQL.
METRIC_EXPRESSIONS = ("of", "that", "value", "exposure", "start", "end", "until", "date")

_WORKING_DAY = re.compile(r"\bworking_days?\s*\(", re.IGNORECASE)

#: A dashboard shows no more headline metrics than a meeting can discuss.
MOST_HEADLINES = 5

_COMPARATORS = ("target", "best", "overall", "rest")


def problems(contract: Contract, *, known: Mapping[str, Iterable[str]] | None = None) -> list[Problem]:
    """Return everything in a contract that is at odds with the rest of it; empty if nothing is.

    Parameters
    ----------
    contract
        A contract whose parts are valid each by itself.
    known
        Names that exist although they are not in `contract`, by section: parts that were refused for another reason. Nobody
        should be told that a metric is missing when it is merely misspelt inside.
    """
    names = {section: {*getattr(contract, section), *(known or {}).get(section, ())} for section in ("tables", "dimensions", "metrics")}
    checks: tuple[Callable[[Contract, Mapping[str, set[str]]], Iterator[Problem]], ...] = (
        _names, _tables, _open_months, _dimensions, _metrics, _headlines, _targets, _comparisons, _pathway, _settings, _working_days,
        _privacy, _restatements, _expressions,
    )  # fmt: skip
    return [*(problem for check in checks for problem in check(contract, names)), *wave_problems(contract)]


def expressions(contract: Contract) -> list[tuple[str, str, str]]:
    """Return (key, table, expression) for each SQL expression in a contract."""
    found: list[tuple[str, str | None, str | None]] = []
    for name, table in contract.tables.items():
        at = f"tables.{name}"
        found += [(f"{at}.where", name, table.where), (f"{at}.period", name, table.period)]
        found += [(f"{at}.derive.{column}", name, text) for column, text in table.derive.items()]
        found += [(f"{at}.missing_when.{column}", name, text) for column, text in table.missing_when.items()]
        for measure, counts in table.measures.items():
            found += [(f"{at}.measures.{measure}.{part}", name, getattr(counts, part)) for part in ("numerator", "denominator")]
            for dimension, groups in counts.by.items():
                for group, parts in groups.items():
                    key = f"{at}.measures.{measure}.by.{dimension}.{group}"
                    if isinstance(parts, str):
                        found.append((key, name, parts))
                    else:
                        found += [(f"{key}.{part}", name, getattr(parts, part)) for part in ("numerator", "denominator")]
    for name, metric in contract.metrics.items():
        found += [(f"metrics.{name}.{field}", metric.from_, getattr(metric, field)) for field in METRIC_EXPRESSIONS]
    if contract.pathway:
        way = contract.pathway
        found += [(f"pathway.{field}", way.from_, getattr(way, field)) for field in ("of", "date")]
        for i, stage in enumerate(way.stages):
            found += [(f"pathway.stages.{i}.{field}", way.from_, getattr(stage, field)) for field in ("reached", "date")]
    return [(key, table, text) for key, table, text in found if table is not None and text is not None]


def _expressions(contract: Contract, _: Mapping[str, set[str]]) -> Iterator[Problem]:
    found = expressions(contract)
    checked = check_expressions(text for _, _, text in found)
    for key, _table, text in found:
        problem = checked[text].problem
        if problem:
            yield key, problem


def _names(contract: Contract, names: Mapping[str, set[str]]) -> Iterator[Problem]:
    """Yield each name of a table, dimension or metric that the contract does not have."""
    used = [(f"metrics.{name}.from", metric.from_, "table") for name, metric in contract.metrics.items()]
    used += [("pathway.from", contract.pathway.from_, "table")] if contract.pathway else []
    used += [
        (f"tables.{name}.measures.{measure}.by.{dimension}", dimension, "dimension")
        for name, table in contract.tables.items() for measure, counts in table.measures.items() for dimension in counts.by
    ]  # fmt: skip
    lists: list[tuple[str, Sequence[str], str]] = [(f"pairs.{i}", pair, "dimension") for i, pair in enumerate(contract.pairs)]
    lists += [(f"metrics.{name}.dimensions", metric.dimensions or (), "dimension") for name, metric in contract.metrics.items()]
    lists += [(f"representation.{i}.dimensions", one.dimensions, "dimension") for i, one in enumerate(contract.representation)]
    lists += [(f"restatements.{i}.metrics", one.metrics, "metric") for i, one in enumerate(contract.restatements)]
    used += [(f"{at}.{i}", given, what) for at, several, what in lists for i, given in enumerate(several)]
    used += [(f"privacy.hide_last.{dimension}", dimension, "dimension") for dimension in contract.privacy.hide_last]
    for at, given, what in used:
        if given not in names[f"{what}s"]:
            yield _missing(at, given, what, names[f"{what}s"])


def _missing(key: str, given: str, what: str, names: Iterable[str]) -> Problem:
    return key, f"is '{given}'; there is no such {what}; {choose(given, sorted(names))}"


def _tables(contract: Contract, names: Mapping[str, set[str]]) -> Iterator[Problem]:
    for name, table in contract.tables.items():
        at = f"tables.{name}"
        rows, counts_only = ("id", "entered", "join", "keep", "person", "household"), ("period", "measures", "cumulative")
        other, taken = ("counts", counts_only) if table.kind == "rows" else ("rows", rows)
        for field in taken:
            if getattr(table, field):
                yield f"{at}.{field}", f"is for tables of kind {other}; leave it out, or set kind: {other}"
        for column in table.columns:
            if column.startswith(("dim_", "dimalone_", "_")):
                yield f"{at}.columns.{column}", "begins with dim_, dimalone_ or _, which are taken; use another name"
        for measure, counts in table.measures.items():
            for dimension in counts.by:
                bare = [group for group, parts in counts.by[dimension].items() if counts.denominator and isinstance(parts, str)]
                if bare:
                    key = f"{at}.measures.{measure}.by.{dimension}.{bare[0]}"
                    yield key, "has no denominator, and the total has one; use {numerator: ..., denominator: ...}"
        yield from _joins(contract, name, names["tables"])


def _joins(contract: Contract, name: str, tables: set[str]) -> Iterator[Problem]:
    for i, join in enumerate(contract.tables[name].join):
        at = f"tables.{name}.join.{i}.table"
        if join.table not in tables:
            yield _missing(at, join.table, "table", tables - {name})
        elif join.table in contract.tables and contract.tables[join.table].kind == "counts":
            yield at, f"is '{join.table}', a table of counts; join tables with one row per person or thing"
        elif join.table == name or _leads_to(contract, join.table, name):
            yield at, f"is '{join.table}', which is joined to {name} in turn; use tables in one direction"


def _leads_to(contract: Contract, start: str, goal: str) -> bool:
    """Whether the joins of table `start` reach table `goal`."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        table = contract.tables.get(waiting.pop())
        new = {join.table for join in table.join} - seen if table else set()
        if goal in new:
            return True
        seen |= new
        waiting += new
    return False


def _dimensions(contract: Contract, names: Mapping[str, set[str]]) -> Iterator[Problem]:
    for i, pair in enumerate(contract.pairs):
        if pair[0] == pair[1]:
            yield f"pairs.{i}", f"names {pair[0]} twice; use two different dimensions"
    for name, dimension in contract.dimensions.items():
        at = f"dimensions.{name}"
        if name == "all":
            yield at, "is the name for everyone together; use another name"
        if dimension.standard:
            groups = {*OMB_2024_GROUPS, *dimension.merge, *dimension.not_recorded}
            if dimension.population:
                groups |= set(dimension.population.groups)
            for field, given in (("labels", dimension.labels), ("order", dimension.order or ())):
                for group in given:
                    if group not in groups:
                        right = canonical(group)
                        near = f"did you mean '{right}'? " if right else ""
                        yield f"{at}.{field}.{group}", f"is no group of {dimension.standard}; {near}allowed are {', '.join(GROUPS)}"


def _metrics(contract: Contract, names: Mapping[str, set[str]]) -> Iterator[Problem]:
    for name, metric in contract.metrics.items():
        at = f"metrics.{name}"
        table = contract.tables.get(metric.from_)
        if table and table.kind == "counts":
            yield from _counted(at, name, metric, table.measures)
        else:
            yield from _kind(at, metric)
            if metric.distinct and table and getattr(table, metric.distinct) is None:
                where = f"tables.{metric.from_}"
                how = f"give {where}.{metric.distinct}, the column of its key"
                yield f"{at}.distinct", f"is '{metric.distinct}', and {where} names no {metric.distinct}; {how}"
            if table and table.open_months and not (metric.distinct and metric.date == OPEN_MONTH):
                how = f"use kind: count, distinct: person and date: {OPEN_MONTH}"
                yield f"{at}.from", f"is '{metric.from_}', a table with open_months, in which everybody has a row a month; {how}"


def _open_months(contract: Contract, _: Mapping[str, set[str]]) -> Iterator[Problem]:
    """Yield what does not go with months in which people were there."""
    for name, table in contract.tables.items():
        if table.open_months and (table.id or table.kind == "counts"):
            yield f"tables.{name}.open_months", "makes several rows of each; leave out id and kind: counts, and name the person"


def _kind(at: str, metric: Metric) -> Iterator[Problem]:
    """Yield what a metric over rows lacks, or has without effect, for its kind."""
    for field in KINDS[metric.kind].needs:
        if not getattr(metric, field):
            yield f"{at}.{field}", f"is missing; a metric of kind {metric.kind} needs {', '.join(KINDS[metric.kind].needs)}"
    for field in ("that", "value", "exposure", "start", "end", "until", "at", "standard", "window", "measure", "distinct"):
        if getattr(metric, field) not in (None, ()) and field not in KINDS[metric.kind].may:
            yield f"{at}.{field}", f"has no effect in a metric of kind {metric.kind}; it uses {', '.join(KINDS[metric.kind].may)}"
    if metric.window and not metric.date:
        yield f"{at}.window", "needs a date to count from; give date, or leave window out"
    if len(metric.at) != len(set(metric.at)):
        yield f"{at}.at", "names a time twice; use each once"


def _counted(at: str, name: str, metric: Metric, measures: Mapping[str, object]) -> Iterator[Problem]:
    """Yield what is wrong with a metric over a table of counts."""
    if metric.kind in ("duration", "retention"):
        yield f"{at}.kind", f"is '{metric.kind}', which needs one row per person; use proportion, count, rate or mean for a table of counts"
    for field in (*METRIC_EXPRESSIONS, "window"):
        if getattr(metric, field) is not None:
            yield f"{at}.{field}", "has no effect: what a table of counts holds is named by measure; leave it out"
    if measures and (metric.measure or name) not in measures:
        yield _missing(f"{at}.measure", metric.measure or name, "measure in the table", measures)


def _headlines(contract: Contract, _: Mapping[str, set[str]]) -> Iterator[Problem]:
    marked = [name for name, metric in contract.metrics.items() if metric.headline]
    for number, name in enumerate(marked[MOST_HEADLINES:], start=MOST_HEADLINES + 1):
        problem = f"is true, headline metric number {number}; a meeting discusses at most {MOST_HEADLINES}: use false"
        yield f"metrics.{name}.headline", problem
    plurals = [name for name, metric in contract.metrics.items() if metric.counted_many]
    for name in plurals:
        if contract.metrics[name].counted is None:
            yield f"metrics.{name}.counted", "is missing, and counted_many is its plural; give both: counted: visit, counted_many: visits"
    named = {name: metric.counted for name, metric in contract.metrics.items() if metric.counted and metric.counted_many is None}
    if len(set(named.values())) > 1 or (named and plurals and contract.contract.people is None):  # that is the plural of one of them
        problem = "is missing; metrics count different things, so give the plural of each: counted: visit, counted_many: visits"
        yield f"metrics.{list(named)[-1]}.counted_many", problem
    main = [name for name, metric in contract.metrics.items() if metric.main]
    for name in main[1:]:
        yield f"metrics.{name}.main", f"is true, and so is metrics.{main[0]}.main; a contract has one purpose: use false in the others"


def _targets(contract: Contract, _: Mapping[str, set[str]]) -> Iterator[Problem]:
    for name, metric in contract.metrics.items():
        at = f"metrics.{name}"
        for j, problem in step_problems(metric):
            yield f"{at}.target.{j}", problem
        for i, target in enumerate(metric.target):
            if metric.kind in ("proportion", "retention") and not 0 <= target.value <= 1:
                yield f"{at}.target.{i}.value", f"is {target.value:g}; use a share from 0 to 1, as 0.40 for 40%"
        for i, benchmark in enumerate(metric.benchmarks):
            if metric.kind in ("proportion", "retention") and not 0 <= benchmark.value <= 1:
                yield f"{at}.benchmarks.{i}.value", f"is {benchmark.value:g}; use a share from 0 to 1, as 0.40 for 40%"
            if benchmark.low is not None and benchmark.high is not None and not benchmark.low <= benchmark.value <= benchmark.high:
                yield f"{at}.benchmarks.{i}", "has a value outside low to high; use low <= value <= high"


def _comparisons(contract: Contract, names: Mapping[str, set[str]]) -> Iterator[Problem]:
    counts = {name for name, metric in contract.metrics.items() if metric.kind == "count"}
    for i, representation in enumerate(contract.representation):
        at = f"representation.{i}"
        for field, given in (("served", representation.served), ("base", representation.base)):
            if field == "base" and given == "population":
                continue
            if given not in names["metrics"]:
                yield _missing(f"{at}.{field}", given, "metric", counts | ({"population"} if field == "base" else set()))
            elif given in contract.metrics and given not in counts:
                usable = ", ".join(sorted(counts)) or "there is none yet"
                yield f"{at}.{field}", f"is '{given}', of kind {contract.metrics[given].kind}; use a metric of kind count: {usable}"
        for j, name in enumerate(representation.dimensions):
            if representation.base == "population" and name in contract.dimensions and not contract.dimensions[name].population:
                how = f"give dimensions.{name}.population, or base a count metric"
                yield f"{at}.dimensions.{j}", f"is '{name}', which has no population; {how}"


def _pathway(contract: Contract, names: Mapping[str, set[str]]) -> Iterator[Problem]:
    way = contract.pathway
    if way is None:
        return
    if way.from_ in contract.tables and contract.tables[way.from_].kind == "counts":
        yield "pathway.from", f"is '{way.from_}', a table of counts; use a table with one row per person"
    yield from _repeated("pathway.stages", "stage", [stage.stage for stage in way.stages])
    if way.window and not way.date:
        yield "pathway.window", "needs a date to count from; give date, or leave window out"


def _restatements(contract: Contract, names: Mapping[str, set[str]]) -> Iterator[Problem]:
    for i, restatement in enumerate(contract.restatements):
        try:
            contract_period(contract, restatement.period)
        except ValueError as error:
            yield f"restatements.{i}.period", f"is '{restatement.period}';{str(error).partition(':')[2]}"


def _repeated(at: str, field: str, names: Sequence[str]) -> Iterator[Problem]:
    for i, name in enumerate(names):
        if name in names[:i]:
            yield f"{at}.{i}.{field}", f"is '{name}', as in {at}.{names.index(name)}; use each {field} once"


def _privacy(contract: Contract, names: Mapping[str, set[str]]) -> Iterator[Problem]:
    privacy = contract.privacy
    if privacy.minimum_count < 2 and privacy.public == "rule" and "public" in contract.editions:
        yield "privacy.minimum_count", f"is {privacy.minimum_count}, which hides nothing; use 11, or leave the public edition out"
    if privacy.public == "open" and privacy.because is None:
        yield "privacy.because", "is missing; public: open shows all data to everybody: say why, as because: requests are public records"


def _working_days(contract: Contract, names: Mapping[str, set[str]]) -> Iterator[Problem]:
    told = [f"metrics.{name}.unit" for name, metric in contract.metrics.items() if metric.in_working_days]
    told += [key for key, _, text in expressions(contract) if _WORKING_DAY.search(text)]
    if told and contract.holidays is None:
        how = "name a calendar: US, US-NY, a CSV file with a column date, or none"
        yield "holidays", f"is missing, and {told[0]} is about working days; {how}"


def _settings(contract: Contract, names: Mapping[str, set[str]]) -> Iterator[Problem]:
    for field in ("languages", "editions"):
        yield from _repeated(field, field.removesuffix("s"), getattr(contract, field))
    if contract.period is not None:
        try:
            period = contract_period(contract, contract.period)
        except ValueError as error:
            yield "period", f"is '{contract.period}';{str(error).partition(':')[2]}"
        else:
            if period.grain == "rolling":
                yield "period", f"is '{contract.period}'; a report is made for a month, a quarter, a year or term"
            elif period.end < contract.contract.starts:
                yield "period", f"is '{contract.period}', before the contract starts; use a period of the contract"
    comparator = contract.statistics.comparator
    if comparator not in _COMPARATORS:
        groups = {
            group for dimension in contract.dimensions.values() for group in (*dimension.labels, *(dimension.order or ()), *dimension.merge)
        }
        if any(dimension.standard for dimension in contract.dimensions.values()):
            groups |= set(OMB_2024_GROUPS)
        if groups and comparator not in groups and len(groups) < 200:
            near = choose(comparator, [*_COMPARATORS, *sorted(groups)])
            yield "statistics.comparator", f"is '{comparator}'; use target, best, overall, rest or the name of a group; {near}"
