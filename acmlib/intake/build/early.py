"""Results that are dated before their own start: what they are is not known, and a success they are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from acmlib.contract.model import Contract, Metric
from acmlib.contract.syntax import within
from acmlib.contract.values import FrozenMap
from acmlib.intake.connection import quoted
from acmlib.intake.read.forms import DATES


def starts_of(contract: Contract, metric: Metric, types: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (result, start) for each pair of dates of which a metric wants the first within a time after the second.

    ``placed_on <= enrolled_on + interval 183 day`` is also true of somebody placed years before: by the words of the metric that is no
    success. A contract that counts it says so: ``... or placed_on < enrolled_on``.
    """
    if metric.that is None:
        return
    derived = tuple(contract.tables[metric.from_].derive.items())
    kinds = {column.casefold(): kind for column, kind in types.items()}
    for result, start in within(metric.that, derived):
        if all(kinds.get(column.casefold(), "").startswith(DATES) for column in (result, start)):
            yield result, start


def early(result: str, start: str) -> str:
    """Return SQL for whether a result lies before its start."""
    return f"({quoted(result)}::DATE < {quoted(start)}::DATE)"


def counted_from_start(contract: Contract, types: Mapping[str, Mapping[str, str]]) -> Contract:
    """Return the contract with conditions that no result before its start meets.

    Parameters
    ----------
    types : mapping
        Of each table of rows its columns, with their DuckDB types.
    """
    metrics = dict(contract.metrics)
    for name, metric in contract.metrics.items():
        pairs = list(starts_of(contract, metric, types.get(metric.from_, {})))
        if pairs:
            known = " AND ".join(f"NOT coalesce({early(*pair)}, false)" for pair in pairs)
            metrics[name] = metric.model_copy(update={"that": f"({metric.that}) AND {known}"})
    return contract.model_copy(update={"metrics": FrozenMap(metrics)}) if metrics != contract.metrics else contract
