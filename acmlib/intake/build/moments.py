"""Times of day: a column of dates that carries them keeps them beside its days, and durations are taken between the moments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract, Metric
from acmlib.contract.values import FrozenMap
from acmlib.intake.read.forms import TIME

#: Expressions that ask for times of day: interval 4 hour, date_diff('minute', ...).
_OF_TIMES = re.compile(r"\b(hour|minute|second)s?\b", re.IGNORECASE)


def asks_for_times(text: str) -> bool:
    """Whether an expression is about hours or minutes.

    Examples
    --------
    >>> asks_for_times("answered <= called + interval 4 hour"), asks_for_times("closed - opened")
    (True, False)
    """
    return bool(_OF_TIMES.search(text))


def lasting(metric: Metric) -> tuple[str, ...]:
    """Return the expressions of a metric between whose columns time passes."""
    ends = (metric.start, metric.end) if metric.kind == "duration" else (metric.value, metric.exposure)
    return tuple(text for text in ends if text)


def timed_columns(texts: Iterable[str]) -> set[str]:
    """Return the columns of expressions."""
    return {column for one in check_expressions(texts).values() for column in one.columns}


def with_moments(contract: Contract, types: Mapping[str, Mapping[str, str]]) -> Contract:
    """Return the contract with durations between moments where both of their columns carry times of day.

    Parameters
    ----------
    contract : Contract
    types : mapping
        Of each table of rows its columns, with their DuckDB types.
    """
    metrics = dict(contract.metrics)
    for name, metric in contract.metrics.items():
        moments = [moment(text, types.get(metric.from_, {})) for text in (metric.start, metric.end) if metric.kind == "duration" and text]
        if len(moments) == 2 and all(moments):
            metrics[name] = metric.model_copy(update={"start": moments[0], "end": moments[1]})
    return contract.model_copy(update={"metrics": FrozenMap(metrics)}) if metrics != contract.metrics else contract


def moment(text: str, types: Mapping[str, str]) -> str | None:
    """Return the expression of the moment that a column of dates or an expression stands for; None if it has days only."""
    if f"{TIME}{text}" in types:
        return f"{TIME}{text}"
    return text if types.get(text, "").startswith("TIMESTAMP") else None
