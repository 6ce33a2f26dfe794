"""Aggregated submissions in one form: ``period, dimension, group, measure, numerator, denominator``, with nothing of a total lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import duckdb
import pandas as pd

from acmlib.contract.errors import ContractError
from acmlib.contract.expressions import check_expression
from acmlib.contract.ids import ALL, ALL_PARTICIPANTS
from acmlib.contract.model import NOT_RECORDED, Contract, Dimension, Table
from acmlib.contract.standards import canonical
from acmlib.intake.build.binding import complaint, missing_columns
from acmlib.intake.build.categories import grouped
from acmlib.intake.build.count_checks import check_counts, check_parts, check_sums, check_totals, check_withheld
from acmlib.intake.build.crossings import blanks_of_totals, other_columns, total_labels, without_doubles
from acmlib.intake.build.dimensions import DimensionError, add_dimension
from acmlib.intake.build.series import check_series, taken_apart, total_rows, totals_apart
from acmlib.intake.build.submitted_periods import fiscal_start, normal_periods
from acmlib.intake.connection import literal, quoted
from acmlib.intake.findings import EXAMPLES, Finding, amount, listed, message
from acmlib.intake.read.files import FILE_COLUMN
from acmlib.intake.read.withheld import WITHHELD

COLUMNS = ("period", "dimension", "group", "measure", "numerator", "denominator", "withheld")
KEYS = ["period", "dimension", "group", "measure"]


def build_counts(
    contract: Contract, name: str, table: Table, source: str, connection: duckdb.DuckDBPyConnection, types: Mapping[str, str]
) -> list[Finding]:
    """Make the table `name` from `source` and return what was noticed.

    In long form there is one row per period, dimension, group and measure; in wide form (`Table.measures`) groups stand in columns, or
    each row is one group of one or more dimensions. What the groups of a dimension leave of the total goes to the remainder group.

    Raises
    ------
    ContractError
        If columns are missing or expressions do not fit them.
    """
    period = table.period or quoted("period")
    problems = missing_columns(["period"], types) if table.period is None else []
    if problems:
        raise ContractError([contract.located(f"tables.{name}.period", f"is missing, and {problems[0]}")])
    read = _wide if table.measures else _long
    frame, crossed = read(contract, name, table, source, connection, types, period)
    findings = list(_unused_groups(name, table, types))
    frame, bad = _with_periods(frame, fiscal_start(contract))
    if bad:
        findings.append(
            Finding.of("bad_period", "error", "provider", name, "period", sum(bad.values()), examples=listed(list(bad)))
        )  # fmt: skip
    findings += check_totals(contract, name, frame)
    frame, apart = totals_apart(frame)
    findings += [*total_rows(name, [*crossed, *apart]), *check_series(contract, name, table, frame)]
    findings += [*check_counts(contract, name, frame, summed=bool(table.measures)), *check_sums(contract, name, frame)]
    frame = taken_apart(contract, table, _added(frame[frame["numerator"].notna() | frame["withheld"]]))
    findings += [*check_parts(contract, name, frame), *check_withheld(contract, name, frame)]
    remainders = {measure: counts.remainder for measure, counts in table.measures.items()}
    frame, noted = _with_remainder(contract, name, frame, remainders)
    connection.register("new_counts", frame[list(COLUMNS)])
    texts = ", ".join(f"{quoted(column)}::VARCHAR AS {quoted(column)}" for column in KEYS)
    numbers = ", ".join(f"nullif({column}, 'nan'::DOUBLE) AS {column}" for column in ("numerator", "denominator"))
    connection.execute(f"CREATE TABLE {quoted(name)} AS SELECT {texts}, {numbers}, withheld FROM new_counts")
    connection.unregister("new_counts")
    return findings + noted


def _total(numbers: pd.Series) -> float:
    """Return the sum of what is known; NaN if nothing is."""
    return float(numbers.sum(min_count=1))


def _added(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each period, dimension, group and measure. A sum in which a count is withheld is no number."""
    added = frame.groupby(KEYS, as_index=False, sort=True).agg({"numerator": _total, "denominator": _total, "withheld": "any"})
    added.loc[added["withheld"], "numerator"] = float("nan")
    return added


def _sql_errors(
    contract: Contract, key: str, text: str, types: Mapping[str, str], source: str, connection: duckdb.DuckDBPyConnection
) -> list[str]:
    """Return what is wrong with an expression of a counts table, given what the table holds."""
    missing = missing_columns(check_expression(text).columns, types)
    if missing:
        return [contract.located(key, problem) for problem in missing]
    try:
        connection.execute(f"DESCRIBE SELECT ({text}) FROM {source}")
        if not key.endswith(".period"):
            connection.execute(f"SELECT sum(({text})::DOUBLE) FROM {source}").fetchall()
    except duckdb.BinderException as error:
        return [contract.located(key, f"does not fit its columns ({complaint(error)}); set types, or change the expression")]
    except duckdb.Error:  # its message may quote a value
        return [contract.located(key, "is not a number in every row; set types to number: what is none is then reported and left blank")]
    return []


def _wide(
    contract: Contract, name: str, table: Table, source: str, connection: duckdb.DuckDBPyConnection, types: Mapping[str, str], period: str
) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of a submission whose measures are columns, summed per period; and what its totals are called."""
    split = _split_by_columns(contract, name, table, source, connection, types)
    parts = list(_parts(table, split))
    errors = _sql_errors(contract, f"tables.{name}.period", period, types, source, connection)
    for part in parts:
        for field, text in (("numerator", part.above), ("denominator", part.below)):
            if part.key and text is not None:
                key = f"tables.{name}.measures.{part.key}" + (f".{field}" if part.dimension == ALL else "")
                errors += _sql_errors(contract, key, text, types, source, connection)
    if errors:
        raise ContractError(errors)
    base, rows, labels = _rows_of_parts(contract, source, connection, types, period, split, parts)
    selects = [
        f'SELECT _period AS period, {literal(one.dimension)} AS dimension, {one.group} AS "group", {literal(one.measure)} AS measure, '
        f"sum(({one.above})::DOUBLE) AS numerator, sum(({one.below or 'NULL'})::DOUBLE) AS denominator, "
        f"bool_or({_withheld(types, one.above, one.below)}) AS withheld FROM ({rows[one.dimension]}) GROUP BY ALL"
        for one in parts
    ]
    return connection.execute(f"WITH base AS MATERIALIZED ({base}) {' UNION ALL '.join(selects)}").df(), labels


class _Part(NamedTuple):
    """Cells of a measure: SQL of the group, numerator and denominator; `key` of both below `measures`, empty if they stand elsewhere."""

    dimension: str
    group: str
    measure: str
    above: str
    below: str | None
    key: str


def _parts(table: Table, split: Iterable[str]) -> Iterator[_Part]:
    """Yield the cells of each measure: everyone together, the groups in columns of their own, and those that a column names."""
    for measure, counts in table.measures.items():
        yield _Part(ALL, literal(ALL_PARTICIPANTS), measure, counts.numerator, counts.denominator, measure)
        for dimension in split:
            if dimension not in counts.by:
                yield _Part(dimension, f"dim_{dimension}", measure, counts.numerator, counts.denominator, "")
        for dimension, groups in counts.by.items():
            for group, given in groups.items():
                above, below = (given, None) if isinstance(given, str) else (given.numerator, given.denominator)
                yield _Part(dimension, literal(group), measure, above, below, f"{measure}.by.{dimension}.{group}")


def _rows_of_parts(
    contract: Contract, source: str, connection: duckdb.DuckDBPyConnection, types: Mapping[str, str], period: str,
    split: Mapping[str, tuple[str, str]], parts: Sequence[_Part],
) -> tuple[str, dict[str, str], list[str]]:  # fmt: skip
    """Return SQL for the rows with their groups, for those of each dimension without its totals, and what totals are called."""
    columns = "".join(f", {column} AS dim_{dimension}" for dimension, (column, _) in split.items())
    joins = " ".join(join for _, join in split.values())
    base = f"SELECT t.*, ({period})::VARCHAR AS _period{columns} FROM {source} AS t {joins}"
    labels = total_labels(source, types, connection, but=check_expression(period).columns)
    own = {key: {_column_of(key, one, types), *filter(None, (one.ethnicity,))} for key, one in contract.dimensions.items() if key in split}
    counted = _counted(parts, types)
    columns_of_groups = [column for columns in own.values() for column in columns]
    named = sorted({one for one in columns_of_groups if types.get(one) == "VARCHAR"} - set(counted))
    base, totals = blanks_of_totals(base, labels, named, ["_period", *map(quoted, counted)], connection)
    crossing = [quoted(column) for column in (*columns_of_groups, *counted) if column not in totals]
    rows = {
        dimension: without_doubles("base", totals, within=["_period", *crossing], parts_of=own.get(dimension, ()))
        for dimension in {one.dimension for one in parts}
    }
    return base, rows, [label for names in labels.values() for label in names]


def _counted(parts: Iterable[_Part], types: Mapping[str, str]) -> list[str]:
    """Return the columns of text that the numbers of parts read: what a row counts."""
    texts = {text for one in parts for text in (one.above, one.below) if text}
    return sorted({column for text in texts for column in check_expression(text).columns if types.get(column) == "VARCHAR"})


def _withheld(types: Mapping[str, str], *texts: str | None) -> str:
    """Return SQL for whether a cell that one of the expressions reads is withheld by the sender, and would be part of its number."""
    tests = {
        f"({quoted(f'{WITHHELD}{column}')} AND ({_with_one(text, column)}) IS NOT NULL)"
        for text in texts if text is not None
        for column in check_expression(text).columns if f"{WITHHELD}{column}" in types
    }  # fmt: skip
    return " OR ".join(sorted(tests)) or "false"


def _with_one(text: str, column: str) -> str:
    r"""Return an expression in which 1 stands for the blanks of a column: where it is null, the column is no part of it.

    Examples
    --------
    >>> _with_one("case when measure = 'count' then count end", "count")
    'case when measure = \'count\' then coalesce("count", 1) end'
    """
    name = re.compile(rf'(?<![\w."])(?:{re.escape(column)}|"{re.escape(column)}")(?![\w"]|\s*\()', re.IGNORECASE)
    parts = re.split(r"('(?:[^']|'')*')", text)
    return "".join(part if part.startswith("'") else name.sub(lambda _: f"coalesce({quoted(column)}, 1)", part) for part in parts)


def _column_of(key: str, dimension: Dimension, types: Mapping[str, str]) -> str:
    """Return the column of a dimension, whatever its capitals; empty if the submission has none."""
    wanted = (dimension.column or key).casefold()
    return next((one for one in types if one.casefold() == wanted), "")


def _unused_groups(name: str, table: Table, types: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a warning about columns called after races that no measure uses, where others are groups."""
    parts = list(_parts(table, ()))
    used = {column.casefold() for one in parts for text in (one.above, one.below) if text for column in check_expression(text).columns}
    theirs = {ours: table.columns.get(ours, ours) for ours in types}
    left = [theirs[one] for one in types if one.casefold() not in used and canonical(theirs[one])]
    if left and any(canonical(group) for counts in table.measures.values() for groups in counts.by.values() for group in groups):
        place = f"tables.{name}.measures"
        yield Finding.of("unused_counts", "warning", "agency", name, None, list=listed(left), place=place)


def _split_by_columns(
    contract: Contract, name: str, table: Table, source: str, connection: duckdb.DuckDBPyConnection, types: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """Return, for each dimension whose column the submission has, SQL for the group and the join it needs."""
    found = {}
    for key, dimension in contract.dimensions.items():
        column = _column_of(key, dimension, types)
        if column in types and (not dimension.ethnicity or dimension.ethnicity in types):
            try:
                named = dimension.model_copy(update={"column": column})
                made = add_dimension(key, named, source, types, connection, table=name, recode=table.recode.get(column, {}))
            except DimensionError as error:
                raise ContractError([contract.located(f"dimensions.{key}", str(error))]) from None
            found[key] = (made.columns[0].rpartition(" AS ")[0], made.join)
    return found


def _long(
    contract: Contract, name: str, table: Table, source: str, connection: duckdb.DuckDBPyConnection, types: Mapping[str, str], period: str
) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of a submission that has one row per period, dimension, group and measure; and what totals of these are called."""
    errors = _sql_errors(contract, f"tables.{name}.period", period, types, source, connection)
    readers = [metric.measure or key for key, metric in contract.metrics.items() if metric.from_ == name]
    if "measure" not in types and len(set(readers)) > 1:
        errors.append(
            contract.located(
                f"tables.{name}.columns", f"has no measure, and {len(set(readers))} metrics use the table; map a column to measure"
            )
        )
    for column in ("numerator", "denominator"):
        if column in types:
            errors += _sql_errors(contract, f"tables.{name}.columns.{column}", quoted(column), types, source, connection)
        elif column == "numerator":
            errors.append(contract.located(f"tables.{name}.columns", f"has no numerator; {missing_columns([column], types)[0]}"))
    if errors:
        raise ContractError(errors)

    def text(column: str, otherwise: str) -> str:
        value = f"nullif(trim({quoted(column)}::VARCHAR), '')"
        return f"coalesce({value}, {literal(otherwise)})" if column in types else f"{literal(otherwise)}::VARCHAR"

    own = ("dimension", "group", "measure")
    known = {*own, *check_expression(period).columns}
    totals = total_labels(source, types, connection, but=known)
    others = other_columns(source, types, connection, but={*known, FILE_COLUMN})
    place = f"concat_ws('/', {', '.join(map(quoted, others))})" if others else "''"
    within = [f"({period})", *(quoted(column) for column in own if column in types)]
    rows = without_doubles(source, totals, within=within)
    below = f"{quoted('denominator')}::DOUBLE" if "denominator" in types else "NULL::DOUBLE"
    frame = connection.execute(
        f'SELECT ({period})::VARCHAR AS period, {text("dimension", ALL)} AS dimension, {text("group", "")} AS "group", '
        f"{text('measure', readers[0] if readers else name)} AS measure, "
        f'"numerator"::DOUBLE AS numerator, {below} AS denominator, '
        f"{_withheld(types, 'numerator', 'denominator')} AS withheld, {place} AS place FROM ({rows})"
    ).df()
    _name_groups(frame, contract, table.recode.get("group", {}))
    return frame, [label for labels in totals.values() for label in labels]


def _name_groups(frame: pd.DataFrame, contract: Contract, recode: Mapping[str, str]) -> None:
    """Give dimensions and groups of submitted rows the names that the contract has for them."""
    names = {title.casefold(): title for title in (ALL, *contract.dimensions)}
    frame["dimension"] = frame["dimension"].map(lambda given: names.get(str(given).casefold(), given))
    for dimension in frame["dimension"].unique():
        mine, settings = frame["dimension"] == dimension, contract.dimensions.get(dimension, Dimension())
        if dimension == ALL:
            frame.loc[mine, "group"] = ALL_PARTICIPANTS
        else:
            answers = {group: _group(group, settings, recode) for group in frame.loc[mine, "group"].unique()}
            frame.loc[mine, "group"] = frame.loc[mine, "group"].map(answers)


def _group(given: str, dimension: Dimension, recode: Mapping[str, str]) -> str:
    """Return the group that a label of a submission means; bands are sent as labels."""
    if dimension.bands:
        return given or NOT_RECORDED
    return grouped(given or None, dimension, recode=recode).group


def _with_periods(frame: pd.DataFrame, fiscal: int | None) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the rows whose period can be read, and how many rows have which other text."""
    given = frame["period"].fillna("").astype(str)
    known = normal_periods(given.unique(), fiscal)
    bad = {text or "(blank)": int((given == text).sum()) for text, period in known.items() if period is None}
    kept = frame.assign(period=given.map(known))
    return kept[kept["period"].notna()].reset_index(drop=True), bad


def _with_remainder(
    contract: Contract, name: str, frame: pd.DataFrame, remainders: Mapping[str, str]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Add to each dimension what its groups leave of the total, as a group of its own."""
    found = list(_remainders(frame, remainders))
    if not found:
        return frame, []
    added = pd.DataFrame(found, columns=[name for name in COLUMNS if name != "withheld"])
    whole = _added(pd.concat([frame, added.assign(withheld=False)], ignore_index=True))
    notes = []
    for (dimension, measure), rows in added.groupby(["dimension", "measure"], sort=True):
        periods = listed(sorted(rows["period"].unique()), most=EXAMPLES)
        metrics = tuple(key for key, metric in contract.metrics.items() if metric.from_ == name and (metric.measure or key) == measure)
        notes.append(
            Finding(
                "note", name, str(dimension), f"the groups of {measure} do not add up to its total in {periods}", 0,
                message("remainder_why", count=amount(int(rows["numerator"].sum()), "person"), group=str(rows["group"].iloc[0])),
                metrics,
                "send these people's groups, if they are known", "provider",
            )
        )  # fmt: skip
    return whole, notes


def _remainders(frame: pd.DataFrame, remainders: Mapping[str, str]) -> Iterator[tuple[str, str, str, str, float, float]]:
    """Yield a row like those of `frame` for each total that is more than its groups."""
    totals = frame[(frame["dimension"] == ALL) & ~frame["withheld"]].drop(columns=["dimension", "group", "withheld"])
    parts = (
        frame[frame["dimension"] != ALL]
        .groupby(["period", "measure", "dimension"], as_index=False)
        .agg({"numerator": _total, "denominator": _total, "withheld": "any"})
    )
    both = parts[~parts["withheld"]].merge(totals, on=["period", "measure"], suffixes=("_parts", ""))
    above, below = both["numerator"] - both["numerator_parts"], both["denominator"] - both["denominator_parts"]
    left = (above > 0) | (below > 0)  # NaN where one of the two was not sent: nothing can be said about what is left
    keys = zip(both["period"], both["dimension"], both["measure"], above, below, left, strict=True)
    for period, dimension, measure, numerator, denominator, more in keys:
        if more:
            rest = remainders.get(measure, NOT_RECORDED)
            yield period, dimension, rest, measure, max(numerator, 0.0), denominator if denominator >= 0 else float("nan")
