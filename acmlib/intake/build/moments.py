"""Times of day: a column of dates that carries them keeps them beside its days, and durations are taken between the moments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import duckdb

from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract, Metric
from acmlib.contract.values import FrozenMap
from acmlib.intake.connection import quoted
from acmlib.intake.read.forms import TIME

#: Expressions that ask for times of day: interval 4 hour, date_diff('minute', ...).
_OF_TIMES = re.compile(r"\b(hour|minute|second)s?\b", re.IGNORECASE)
#: Of these, those that are about the time between two moments, not about what the clock says.
_BETWEEN = re.compile(r"\b(date_?diff|date_?sub|interval|to_(hours|minutes|seconds))\b", re.IGNORECASE)


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


def elapsed(text: str, types: Mapping[str, str]) -> str | None:
    """Return an expression about the time between moments over columns in which between two moments there passes what passed (`TIME`).

    Columns of moments tell the clock of a place, from which an hour is gone in a night in March. None if the expression is not about
    hours or minutes between moments, or uses moments that are not kept in both ways.

    Examples
    --------
    >>> types = {"opened": "TIMESTAMP", "closed": "TIMESTAMP", "_time_opened": "TIMESTAMP", "_time_closed": "TIMESTAMP"}
    >>> elapsed("closed <= opened + interval 4 hour", types)
    '"_time_closed" <= "_time_opened" + interval 4 hour'
    >>> elapsed("hour(opened) < 9 and site = 'opened'", types) is None
    True
    """
    if not (asks_for_times(text) and _BETWEEN.search(text)):
        return None
    return kept_twice(text, types)


def kept_twice(text: str, types: Mapping[str, str]) -> str | None:
    """Return an expression over the second columns (`TIME`) of its moments; None if it uses none, or one that has no second column."""
    known = {column.casefold(): column for column in types}
    used = {known.get(one.casefold(), one) for one in check_expressions([text])[text].columns}
    moments = {one for one in used if types.get(one, "").startswith("TIMESTAMP")}
    if not moments or any(f"{TIME}{one}" not in types for one in moments):
        return None
    tokens = duckdb.tokenize(text)
    ends = [at for at, _ in tokens[1:]] + [len(text)]
    parts = [text[: tokens[0][0]]]
    for (at, kind), end in zip(tokens, ends, strict=True):
        word = text[at:end]
        bare = word.rstrip()
        column = known.get(bare.strip('"').casefold(), "") if kind == duckdb.token_type.identifier else ""
        parts.append(f"{quoted(TIME + column)}{word[len(bare) :]}" if column in moments else word)
    return "".join(parts)


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
        own = types.get(metric.from_, {})
        texts = [text for text in (metric.start, metric.end) if metric.kind == "duration" and text]
        moments = [moment(text, own) for text in texts]
        if len({(one or "").startswith(TIME) for one in moments}) > 1:  # one of the two is only known by the clock of the place
            moments = [text if own.get(text, "").startswith("TIMESTAMP") else one for text, one in zip(texts, moments, strict=True)]
        update: dict[str, str | None] = {}
        if len(moments) == 2 and all(moments):
            update = {"start": moments[0], "end": moments[1]}
        given = {key: getattr(metric, key) for key in ("of", "that", "value", "exposure")}
        update |= {key: changed for key, text in given.items() if text and (changed := elapsed(text, own))}
        if update:
            metrics[name] = metric.model_copy(update=update)
    return contract.model_copy(update={"metrics": FrozenMap(metrics)}) if metrics != contract.metrics else contract


def moment(text: str, types: Mapping[str, str]) -> str | None:
    """Return the expression of the moment that a column of dates or an expression stands for; None if it has days only."""
    if types.get(f"{TIME}{text}", "").startswith("TIMESTAMP"):
        return f"{TIME}{text}"
    return text if types.get(text, "").startswith("TIMESTAMP") else None
