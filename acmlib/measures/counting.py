"""Everything that is counted in a contract's submitted data, once for all editions of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from acmlib.contract.ids import MetricId
from acmlib.contract.model import Contract
from acmlib.intake.build.sources import Tables
from acmlib.intake.check.checks import check_tables
from acmlib.intake.check.newest import Newest, newest_dates
from acmlib.intake.findings import Finding
from acmlib.intake.read.reading import Input
from acmlib.measures.compute import metric_table
from acmlib.measures.nests import crossed_groups, nested_cohorts
from acmlib.measures.persons import PERSON_COLUMNS, count_persons
from acmlib.measures.table import IN_ERROR, KEY_COLUMNS, NUMBER_COLUMNS, PLAIN_TEXTS


@dataclass(frozen=True)
class Counted:
    """What was counted in the submitted data, before anything is hidden: the same for all editions of a period. Never for a page.

    Attributes
    ----------
    table : DataFrame
        The whole metric table.
    crossed : DataFrame
        Which groups of two dimensions meet (`acmlib.measures.nests`).
    nested : frozenset
        Cohorts of which one is a part of the other (`acmlib.measures.nests`).
    findings : tuple
        What the checks of the submitted data found.
    inputs : tuple of Input
        Files that were read, with rows and hashes.
    newest : tuple of Newest
        How far each table and each of its sites reaches.
    persons : DataFrame
        How many different people stand behind each cell, where a person has several rows (`acmlib.measures.persons`).
    """

    table: pd.DataFrame
    crossed: pd.DataFrame
    nested: frozenset[tuple[str, str]]
    findings: tuple[Finding, ...]
    inputs: tuple[Input, ...]
    newest: tuple[Newest, ...] = ()
    persons: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*KEY_COLUMNS, *PERSON_COLUMNS]))


@pd.option_context(*PLAIN_TEXTS)
def count(contract: Contract, tables: Tables) -> Counted:
    """Compute the metric table of a contract's opened tables, and check them."""
    findings = check_tables(tables, contract)
    table = without_errors(metric_table(contract, tables, tables.period), findings)
    crossed, nested = crossed_groups(contract, tables.connection), nested_cohorts(contract, tables.connection)
    persons = count_persons(contract, tables, tables.period)
    return Counted(table, crossed, nested, findings, tables.inputs, newest_dates(tables, contract), persons)


def without_errors(table: pd.DataFrame, findings: Sequence[Finding]) -> pd.DataFrame:
    """Return the metric table without the figures of which a check of the data found an error: they are not published."""
    wrong = {metric for finding in findings if finding.severity == "error" for metric in finding.metrics}
    stands = ~table["metric"].isin([name for name in table["metric"].unique() if MetricId.parse(name).key in wrong])
    if stands.all():
        return table
    numbers = list(NUMBER_COLUMNS)
    return table.assign(**{name: table[name].where(stands) for name in numbers}, status=table["status"].where(stands, IN_ERROR))
