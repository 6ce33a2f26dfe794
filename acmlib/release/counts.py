"""Which people each metric counts, so that two metrics that count the same people are known to do so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from acmlib.contract.model import Contract, Metric


@dataclass(frozen=True)
class Counted:
    """Whom the numerator and the denominator of one metric count.

    Two numbers with the same text count the same people; ``None`` where there is no such number.

    Parameters
    ----------
    numerator, denominator : str or None
    people : bool
        The numerator is a number of people (not a sum of wages or of months).
    parts : bool
        The numerator is part of the denominator, so that their difference is a number of people too.
    """

    numerator: str
    denominator: str | None
    people: bool = True
    parts: bool = True


def _condition(*expressions: str | None) -> str:
    """Write conditions that all hold in one way, whatever their order and spacing."""
    pieces: set[str] = set()
    for expression in expressions:
        if expression is None:
            continue
        text = re.sub(r"\s+", " ", expression.strip().lower())
        # Only a plain chain of conditions can be taken apart without a parser.
        plain = not re.search(r"\bor\b|\bbetween\b|\bcase\b|[('\"]", text)
        pieces.update(text.split(" and ") if plain else [text])
    return " and ".join(sorted(pieces))


def _of_rows(metric: Metric) -> Counted:
    """Say what a metric over participant rows counts."""
    source = f"{metric.from_}|{metric.date or ''}|"
    base = source + _condition(metric.of)
    met = source + _condition(metric.of, metric.that)
    if metric.kind == "count":
        return Counted(met, None)
    if metric.kind == "proportion":
        return Counted(met, base)
    if metric.kind == "rate":
        return Counted(met, f"{base}|sum {metric.exposure}", parts=False)
    if metric.kind == "mean":
        return Counted(f"{base}|sum {metric.value}", base, people=False, parts=False)
    started = source + _condition(metric.of, f"{metric.start} is not null")
    return Counted(f"{started}|closed {metric.end} by {metric.until or ''}", started)


def _of_counts(identity: str, metric: Metric) -> Counted:
    """Say what a metric of submitted counts counts."""
    measure = f"{metric.from_}|submitted {metric.measure or identity}"
    if metric.kind == "count":
        return Counted(measure, None)
    return Counted(measure, f"{measure}|of", people=metric.kind != "mean", parts=metric.kind in ("proportion", "duration"))


def counted(contract: Contract) -> dict[str, Counted]:
    """Say for every metric id of a contract's metric table whom it counts.

    Parameters
    ----------
    contract : Contract

    Returns
    -------
    dict
        Metric id, also ``stage:<name>``, ``reached:<name>`` and ``<id>@<days>d``, to what it counts.
    """
    found: dict[str, Counted] = {}
    for identity, metric in contract.metrics.items():
        if contract.tables[metric.from_].kind == "counts":
            found[identity] = _of_counts(identity, metric)
        elif metric.kind == "retention":
            entered = _of_rows(metric).denominator
            for days in metric.at:
                found[f"{identity}@{days}d"] = Counted(f"{entered}|in after {days} {metric.end}", entered)
        else:
            found[identity] = _of_rows(metric)
    if contract.pathway is not None:
        way = f"{contract.pathway.from_}|{contract.pathway.date or ''}|" + _condition(contract.pathway.of)
        names = [stage.stage for stage in contract.pathway.stages]
        for position, name in enumerate(names):
            reached = f"{way}|reached {name}"
            found[f"stage:{name}"] = Counted(reached, None if position == 0 else f"{way}|reached {names[position - 1]}")
            found[f"reached:{name}"] = Counted(reached, f"{way}|reached {names[0]}")
    return found
