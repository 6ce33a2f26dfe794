"""The burden meter: fields that a provider sends every month and that no report of the last six months used."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from acmlib.contract.consistency import expressions
from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract
from acmlib.intake.build.usage import uses


@dataclass(frozen=True)
class Burden:
    """What is asked for and what is used, of one table."""

    table: str
    asked: int  #: Columns in the newest file.
    unused: tuple[str, ...]  #: Those that no metric, group or step of the pathway uses, as they are called in the file.
    idle: tuple[str, ...] = ()  #: Those that only metrics and groups use of which nothing was shown of late.


def burden(
    contract: Contract,
    fields: Mapping[str, Sequence[str]],
    *,
    metrics: Collection[str] | None = None,
    dimensions: Collection[str] | None = None,
) -> tuple[Burden, ...]:
    """Return for each table with rows how many columns are sent, and which of them nothing uses.

    Parameters
    ----------
    fields : mapping
        Table to the columns of its newest file.
    metrics, dimensions : collection of str, optional
        Those of which reports have shown something of late; all if absent.
    """
    found = []
    for name, table in contract.tables.items():
        if table.kind != "rows" or name not in fields:
            continue
        needed = _needed(contract, name)
        used = {column: _uses(contract, name, column, needed) for column in fields[name]}
        unused = tuple(column for column, use in used.items() if use is not None and not any(use))
        idle = tuple(
            column
            for column, use in used.items()
            if use is not None
            and any(use)
            and not (use[0] & set(contract.metrics if metrics is None else metrics))
            and not (use[1] & set(contract.dimensions if dimensions is None else dimensions))
        )
        found.append(Burden(name, len(fields[name]), unused, idle))
    return tuple(found)


def _needed(contract: Contract, table: str) -> set[str]:
    """Return the columns, as the contract calls them, that are keys or name people, or that steps and conditions on rows need."""
    settings = contract.tables[table]
    steps = [text for key, at, text in expressions(contract) if at == table and not key.startswith(("metrics.", "tables."))]
    steps += [text for text in (settings.where, settings.period) if text]
    joined = [key for join in settings.join for key in (*join.on, join.after)]
    joined += [join.first for other in contract.tables.values() for join in other.join if join.table == table]
    keys = (settings.id, settings.person, settings.household, settings.entered, *joined)
    return {*(key for key in keys if key), *(name for checked in check_expressions(steps).values() for name in checked.columns)}


def _uses(contract: Contract, table: str, column: str, needed: Collection[str]) -> tuple[frozenset[str], frozenset[str]] | None:
    """Return the metrics and the dimensions that use a column of a file; None for those that are needed anyway."""
    ours = next((name for name, theirs in contract.tables[table].columns.items() if theirs == column), column)
    if ours in needed:
        return None
    # What others derive from it counts as use if that is used.
    direct, split = uses(contract, table, ours)
    return frozenset(direct), frozenset(split)
