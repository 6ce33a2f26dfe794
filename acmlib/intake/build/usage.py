"""Which metrics a column reaches: why a finding about it matters."""

from __future__ import annotations

from collections.abc import Collection

from acmlib.contract.consistency import METRIC_EXPRESSIONS, expressions
from acmlib.contract.expressions import check_expressions
from acmlib.contract.kinds import KINDS
from acmlib.contract.model import Contract, Metric
from acmlib.contract.syntax import compared, within
from acmlib.contract.tables import OPEN_MONTH
from acmlib.intake.build.moments import asks_for_times, lasting, timed_columns
from acmlib.intake.read.dates import DATE
from acmlib.intake.read.forms import GROUP, TIME, Kind


def metrics_using(contract: Contract, table: str, column: str | None) -> tuple[str, ...]:
    """Return the ids of metrics that use a column of a table, directly, through derived columns, joins or dimensions.

    Parameters
    ----------
    table, column
        Where; with `column` None, or the column of ids, every metric of the table.
    """
    if contract.tables[table].kind == "counts":  # its columns are the same six for every measure
        return tuple(name for name, metric in contract.metrics.items() if metric.from_ == table)
    direct, split = uses(contract, table, column)
    return tuple(name for name in contract.metrics if name in direct.union(*split.values()))


def uses(contract: Contract, table: str, column: str | None) -> tuple[set[str], dict[str, set[str]]]:
    """Return the metrics that a column of a table of rows reaches directly, and each dimension made from it with the others that it splits.

    Parameters
    ----------
    table, column
        As in `metrics_using`.
    """
    given: set[str] | None = {column} if column is not None and column != contract.tables[table].id else None
    reached = {table: given}
    _follow_joins(contract, reached)
    direct: set[str] = set()
    split: dict[str, set[str]] = {}
    for name, metric in contract.metrics.items():
        columns = reached.get(metric.from_, set())
        if columns is None or _columns_of(contract, name) & columns:
            direct.add(name)
            continue
        for key, dimension in contract.dimensions.items():
            wanted = metric.dimensions is None or key in metric.dimensions
            if wanted and (key in columns or (dimension.column or key) in columns):
                split.setdefault(key, set()).add(name)
    return direct, split


def _follow_joins(contract: Contract, reached: dict[str, set[str] | None]) -> None:
    """Add derived columns, and the tables into which a column is joined."""
    waiting = list(reached)
    while waiting:
        table = waiting.pop()
        columns = reached[table]
        if columns is not None:
            derive, months = contract.tables[table].derive, contract.tables[table].open_months
            columns |= {OPEN_MONTH} if months and {months.since, months.to} & columns else set()
            checked = check_expressions(derive.values())
            for derived, text in derive.items():  # in order: later ones may use earlier ones
                if columns & set(checked[text].columns):
                    columns.add(derived)
        for name, other in contract.tables.items():
            if name not in reached and any(join.table == table for join in other.join):
                reached[name] = None if columns is None else set(columns)
                waiting.append(name)


def _columns_of(contract: Contract, metric: str) -> set[str]:
    texts = [text for field in METRIC_EXPRESSIONS if (text := getattr(contract.metrics[metric], field)) is not None]
    return {column for checked in check_expressions(texts).values() for column in checked.columns}


def wanted_types(contract: Contract, table: str) -> dict[str, Kind]:
    """Return what columns of a table must hold because of how the contract uses them: numbers in bands, dates of metrics."""
    groups: dict[str, Kind] = {f"{GROUP}{one.column or name}": "text" for name, one in contract.dimensions.items() if not one.bands}
    if contract.tables[table].kind == "counts":
        return _types_of_counts(contract, table) | groups
    wanted = _reasons(contract, table) | groups
    wanted |= {dimension.column or name: "number" for name, dimension in contract.dimensions.items() if dimension.bands}
    entered = contract.tables[table].entered
    months = contract.tables[table].open_months
    joins = [join.after for join in contract.tables[table].join]
    joins += [join.first for other in contract.tables.values() for join in other.join if join.table == table]
    wanted |= dict.fromkeys([one for one in (entered, *joins, *((months.since, months.to) if months else ())) if one], "date")
    used = [metric for metric in contract.metrics.values() if metric.from_ == table]
    for metric in used:
        wanted |= _types_of_metric(metric)
    # A column that is compared with a text is one, whatever its values look like.
    texts = [text for metric in used for text in (metric.of, metric.that) if text]
    pairs = [pair for text in texts for pair in compared(text) if not DATE.fullmatch(pair[1])]
    derive = contract.tables[table].derive
    wanted |= {column: "text" for column, _ in pairs if column not in derive and wanted.get(column) != "date"}
    return wanted | _times(contract, _with_columns_of(contract, table))


def _times(contract: Contract, tables: Collection[str]) -> dict[str, Kind]:
    """Return the columns whose times of day matter to expressions over some tables, or to which of their rows is the newest."""
    texts = [text for metric in contract.metrics.values() if metric.from_ in tables for text in lasting(metric)]
    texts += [text for name in tables for text in contract.tables[name].derive.values()]
    hours = [text for _, at, text in expressions(contract) if at in tables and asks_for_times(text)]
    # A wait in hours to a column that is made of others is one between their times.
    made = [
        (metric, contract.tables[metric.from_].derive) for metric in contract.metrics.values() if metric.minutes and metric.from_ in tables
    ]
    hours += [derive[text] for metric, derive in made for text in lasting(metric) if text in derive]
    beside: dict[str, Kind] = {f"{TIME}{column}": "datetime" for column in timed_columns(texts)}
    beside |= {f"{TIME}{newest_by(keep)}": "datetime" for name in tables if (keep := contract.tables[name].keep)}
    return beside | dict.fromkeys(timed_columns(hours), "datetime")


def newest_by(keep: str) -> str:
    """Return the column that says which row is the newest.

    Examples
    --------
    >>> newest_by("newest by modified")
    'modified'
    """
    return keep.removeprefix("newest by ").strip()


def _with_columns_of(contract: Contract, table: str) -> set[str]:
    """Return a table and those that have its columns too, because they join it or one that does."""
    found = {table}
    while more := {name for name, one in contract.tables.items() if any(join.table in found for join in one.join)} - found:
        found |= more
    return found


def _types_of_counts(contract: Contract, table: str) -> dict[str, Kind]:
    """Return the columns of submitted counts that hold numbers."""
    texts = [text for _, at, text in expressions(contract) if at == table and text != contract.tables[table].period]
    measured = {column for checked in check_expressions(texts).values() for column in checked.columns}
    numbers: dict[str, Kind] = dict.fromkeys(
        {"numerator", "denominator"} | (measured if contract.tables[table].measures else set()), "number"
    )
    return numbers | {f"{GROUP}group": "text"}


def _types_of_metric(metric: Metric) -> dict[str, Kind]:
    """Return the columns that hold numbers, dates or times because a metric reckons with them."""
    wanted: dict[str, Kind] = {name: "number" for name in (metric.value, metric.exposure) if name is not None}
    ends = (metric.start, metric.end, metric.until) if KINDS[metric.kind].reads == "days" else ()
    wanted |= {name: "date" for name in (metric.date, *ends) if name is not None}
    if metric.that and "interval" in metric.that.lower():
        wanted |= {name: "date" for pair in within(metric.that) for name in pair}
    return wanted


def _reasons(contract: Contract, table: str) -> dict[str, Kind]:
    """Return the columns of groups whose codes say why there is no answer, and that nothing else uses: as numbers they would lose them."""
    texts = [text for _, at, text in expressions(contract) if at == table]
    used = {column for checked in check_expressions(texts).values() for column in checked.columns}
    groups = {dimension.column or name for name, dimension in contract.dimensions.items()}
    return dict.fromkeys((set(contract.tables[table].missing) & groups) - used, "text")


def expected_names(contract: Contract, table: str) -> frozenset[str]:
    """Return the names, in small letters, that the contract uses for columns of a table's files: where they stand is the header."""
    given = contract.tables[table]
    own = {*given.derive, *given.any_of}
    keyed = (*given.types, *given.recode, *given.codes, *given.missing, *given.missing_when)
    used = {name for name in (given.id, given.entered, *given.private, *keyed) if name}
    used |= {column for answers in given.any_of.values() for column in answers.values()}
    texts = [text for _, at, text in expressions(contract) if at == table]
    used |= {column for checked in check_expressions(texts).values() for column in checked.columns}
    used |= {name for key, dimension in contract.dimensions.items() for name in (dimension.column or key, dimension.ethnicity) if name}
    if given.kind == "counts" and not given.measures:
        used |= {"period", "dimension", "group", "measure", "numerator", "denominator"}
    theirs = {given.columns.get(name, name) for name in used - own}
    return frozenset(" ".join(name.split()).casefold() for name in {*theirs, *given.columns.values()})
