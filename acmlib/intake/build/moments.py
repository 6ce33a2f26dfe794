"""Times of day: a column of dates that carries them keeps them beside its days, and durations are taken between the moments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import duckdb

from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract, Metric
from acmlib.contract.values import FrozenMap
from acmlib.intake.connection import quoted
from acmlib.intake.read.forms import TIME

#: Expressions that ask for times of day: interval 4 hour, date_diff('minute', ...), epoch(closed - opened).
_OF_TIMES = re.compile(r"\b(to_)?(hour|minute|second)s?\b|\bepoch\b", re.IGNORECASE)

#: Questions to the clock or the calendar, not about the time between two moments.
_CALENDAR = re.compile(
    r"\b(hour|minute|second|day|month|year|week|quarter|dayname|monthname|dayof(week|month|year)|weekday|isodow|last_day|strftime|extract"
    r"|date_?(part|trunc))\s*\(",
    re.IGNORECASE,
)
_AS_DAY = re.compile(r"\s*(::|as)\s*(date|time)\b", re.IGNORECASE)


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
    r"""Return an expression about the time between moments over columns in which between two moments there passes what passed (`TIME`).

    Columns of moments tell the clock of a place, from which an hour is gone in a night in March. None if the expression is not about
    hours or minutes between moments, or uses moments that are not kept in both ways.

    Examples
    --------
    >>> types = {"opened": "TIMESTAMP", "closed": "TIMESTAMP", "_time_opened": "TIMESTAMP", "_time_closed": "TIMESTAMP"}
    >>> elapsed("closed <= opened + interval 4 hour", types)
    '"_time_closed" <= "_time_opened" + interval 4 hour'
    >>> elapsed("date_part('hour', closed - opened) < 4", types)
    'date_part(\'hour\', "_time_closed" - "_time_opened") < 4'
    >>> elapsed("hour(opened) < 9 and site = 'opened'", types) is None
    True
    >>> elapsed("site = 'Año' and hour(opened) < 9 and date_diff('hour', opened, closed) < 4", types)
    'site = \'Año\' and hour(opened) < 9 and date_diff(\'hour\', "_time_opened", "_time_closed") < 4'
    """
    return kept_twice(text, types) if asks_for_times(text) else None


def kept_twice(text: str, types: Mapping[str, str]) -> str | None:
    """Return an expression over the second columns (`TIME`) of its moments; None if it uses none, or one that has no second column.

    What asks what the clock or the calendar said at one moment is left as it is: ``hour(opened)``, ``opened::date``.
    """
    known = {column.casefold(): column for column in types}
    used = {known.get(one.casefold(), one) for one in check_expressions([text])[text].columns}
    moments = {one for one in used if types.get(one, "").startswith("TIMESTAMP")}
    if not moments or any(f"{TIME}{one}" not in types for one in moments):
        return None
    found = {at: (word, column) for at, word, column in _identifiers(text, known) if column in moments}
    left = {at for at, (word, _) in found.items() if _AS_DAY.match(text, at + len(word))}
    for start, end in _questions(text):
        inside = {at for at in found if start <= at < end}
        if len({found[at][1] for at in inside}) == 1 and not re.search(r"\b(epoch|interval)\b", text[start:end], re.IGNORECASE):
            left |= inside
    changed = text
    for at in sorted(found.keys() - left, reverse=True):
        word, column = found[at]
        changed = f"{changed[:at]}{quoted(TIME + column)}{changed[at + len(word) :]}"
    return changed if changed != text else None


def _identifiers(text: str, known: Mapping[str, str]) -> Iterator[tuple[int, str, str]]:
    """Yield where an expression names a column, how, and the column. DuckDB counts bytes, Python letters."""
    written = text.encode()
    tokens = duckdb.tokenize(text)
    for (at, kind), end in zip(tokens, [at for at, _ in tokens[1:]] + [len(written)], strict=True):
        word = written[at:end].decode().rstrip()
        if kind == duckdb.token_type.identifier and word.strip('"').casefold() in known:
            yield len(written[:at].decode()), word, known[word.strip('"').casefold()]


def _questions(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the brackets of each question to the clock or the calendar begin and end."""
    for found in _CALENDAR.finditer(text):
        depth, at = 1, found.end()
        while depth and at < len(text):
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
        yield found.end(), at


def with_moments(contract: Contract, types: Mapping[str, Mapping[str, str]]) -> Contract:
    """Return the contract with durations between moments where both of their columns carry times of day.

    Parameters
    ----------
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
