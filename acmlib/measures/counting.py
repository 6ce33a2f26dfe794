"""Everything that is counted in a contract's submitted data, once for all editions of a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from acmlib.contract.ids import MetricId
from acmlib.contract.model import Contract
from acmlib.contract.periods import Period
from acmlib.contract.places import is_remote
from acmlib.intake.build.sources import Tables, open_tables
from acmlib.intake.check.checks import check_tables
from acmlib.intake.check.newest import Newest, newest_dates
from acmlib.intake.findings import Finding
from acmlib.intake.read.files import FileWatch, watching_files
from acmlib.intake.read.reading import Input
from acmlib.measures.compute import metric_table
from acmlib.measures.nests import crossed_groups, nested_cohorts
from acmlib.measures.persons import PERSON_COLUMNS, Ends, at_least_one, count_persons, value_ends
from acmlib.measures.table import IN_ERROR, KEY_COLUMNS, NUMBER_COLUMNS, PLAIN_TEXTS


@dataclass(frozen=True)
class Counted:
    """What was counted in the submitted data, before anything is hidden: the same for all editions of a period. Never for a page."""

    table: pd.DataFrame  #: The whole metric table.
    crossed: pd.DataFrame  #: Which groups of two dimensions meet (`acmlib.measures.nests`).
    nested: frozenset[tuple[str, str]]  #: Cohorts of which one is a part of the other (`acmlib.measures.nests`).
    findings: tuple[Finding, ...]  #: What the checks of the submitted data found.
    inputs: tuple[Input, ...]  #: Files that were read, with rows and hashes.
    newest: tuple[Newest, ...] = ()  #: How far each table and each of its sites reaches.
    #: How many different people stand behind each cell, where a person has several rows (`acmlib.measures.persons`).
    persons: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*KEY_COLUMNS, *PERSON_COLUMNS]))
    #: The lowest and the highest values of means and sums (`acmlib.measures.persons.value_ends`).
    ends: Mapping[str, Ends] = field(default_factory=dict)


@dataclass(frozen=True)
class _Known:
    """What was counted in this process, of what, and the files it was read from."""

    root: Path
    contract: Contract
    period: Period
    watch: FileWatch
    counted: Counted


#: A process remembers what it counted for so many contracts and periods, if the table has no more cells than this.
_MOST, _CELLS = 2, 200_000
_known: list[_Known] = []


def count_sources(contract: Contract, *, root: Path, period: Period) -> Counted:
    """Open what a provider sent and count it; what this process counted before stands as long as contract and files are the same.

    An analyst opens a report many times over the same data: another edition, a topic, a cell run again. Sources that are addresses or
    databases are read each time.

    Raises
    ------
    ContractError
        As `acmlib.intake.build.sources.open_tables`.
    """
    place = root.resolve()
    for known in _known:
        if (known.root, known.period, known.contract) == (place, period, contract) and known.watch.is_unchanged():
            return _own(known.counted)
    with watching_files() as watch, open_tables(contract, root=root, period=period) as tables:
        counted = count(contract, tables)
    if watch.is_settled and len(counted.table) <= _CELLS and not any(is_remote(table.source) for table in contract.tables.values()):
        _known[_MOST - 1 :] = []
        _known.insert(0, _Known(place, contract, period, watch, counted))
        return _own(counted)
    return counted


def _own(counted: Counted) -> Counted:
    """Return the same numbers in frames of their own: what is written into these changes no others."""
    frames = {name: getattr(counted, name).copy(deep=False) for name in ("table", "crossed", "persons")}
    return replace(counted, **frames)


@pd.option_context(*PLAIN_TEXTS)
def count(contract: Contract, tables: Tables) -> Counted:
    """Compute the metric table of a contract's opened tables, and check them."""
    findings = check_tables(tables, contract)
    table = without_errors(metric_table(contract, tables, tables.period), findings)
    crossed, nested = crossed_groups(contract, tables.connection), nested_cohorts(contract, tables.connection)
    persons = at_least_one(count_persons(contract, tables, tables.period), table)
    return Counted(table, crossed, nested, findings, tables.inputs, newest_dates(tables, contract), persons, value_ends(contract, tables))


def without_errors(table: pd.DataFrame, findings: Sequence[Finding]) -> pd.DataFrame:
    """Return the metric table without the figures of which a check of the data found an error: they are not published."""
    wrong = {metric for finding in findings if finding.severity == "error" for metric in finding.metrics}
    stands = ~table["metric"].isin([name for name in table["metric"].unique() if MetricId.parse(name).key in wrong])
    if stands.all():
        return table
    numbers = list(NUMBER_COLUMNS)
    return table.assign(**{name: table[name].where(stands) for name in numbers}, status=table["status"].where(stands, IN_ERROR))
