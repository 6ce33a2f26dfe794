"""The burden meter: fields that a provider sends every month and that nothing in the contract uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from acmlib.contract.consistency import expressions
from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract
from acmlib.intake.build.usage import metrics_using
from acmlib.intake.read.reading import Input


@dataclass(frozen=True)
class Burden:
    """What is asked for and what is used, of one table.

    Attributes
    ----------
    table : str
    asked : int
        Columns in the newest file.
    unused : tuple of str
        Those that no metric, group or step of the pathway uses, as they are called in the file.
    """

    table: str
    asked: int
    unused: tuple[str, ...]


def burden(contract: Contract, inputs: Sequence[Input]) -> tuple[Burden, ...]:
    """Return for each table with rows how many columns are sent, and which of them nothing uses.

    Parameters
    ----------
    contract : Contract
    inputs : sequence of Input
        The files that were read; the last of a table counts.
    """
    newest = {given.table: given for given in inputs}
    return tuple(
        Burden(name, len(newest[name].columns), tuple(column for column in newest[name].columns if not _is_used(contract, name, column)))
        for name, table in contract.tables.items()
        if table.kind == "rows" and name in newest
    )


def _is_used(contract: Contract, table: str, column: str) -> bool:
    """Return whether anything in a contract uses a column of a file."""
    settings = contract.tables[table]
    ours = next((name for name, theirs in settings.columns.items() if theirs == column), column)
    own = {settings.id, settings.entered, *(key for join in settings.join for key in join.on)}
    steps = [text for key, at, text in expressions(contract) if at == table and not key.startswith(("metrics.", "tables."))]
    steps += [text for text in (settings.where, settings.period) if text]
    by_steps = {name for checked in check_expressions(steps).values() for name in checked.columns}
    # What others derive from it counts as use if that is used.
    return ours in own or ours in by_steps or bool(metrics_using(contract, table, ours))
