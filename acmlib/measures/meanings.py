"""Which people each metric counts: the numerator and the denominator in words, so that metrics that count the same people are known to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from acmlib.contract.ids import MetricId
from acmlib.contract.kinds import KINDS
from acmlib.contract.model import Contract, Metric


@dataclass(frozen=True)
class Meaning:
    """Which people the numerator and the denominator of one metric count."""

    numerator: str  #: The cohort, in words: two numbers with the same text count the same people.
    denominator: str | None  #: None where there is no such number.
    source: str = ""  #: Table and date: only cohorts of one source can be parts of each other month by month.
    people: bool = True  #: The numerator is a number of people (not a sum of wages or of months).
    parts: bool = True  #: The numerator is part of the denominator, so that their difference is a number of people too.
    adds_up: bool = True  #: The numbers of months add up to those of a year: not so of different people.
    #: Of numerator and denominator, the SQL condition of who is counted; None in tables of counts.
    conditions: tuple[str | None, str | None] = (None, None)

    @property
    def cohorts(self) -> dict[str, str]:
        """The columns of the metric table that are numbers of people, with their cohorts."""
        found = {"numerator": self.numerator} if self.people else {}
        counts_people = self.denominator is not None and (self.parts or not self.people)
        return found | ({"denominator": str(self.denominator)} if counts_people else {})


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


def _all(*conditions: str | None) -> str:
    return " AND ".join(f"({one})" for one in conditions if one is not None) or "true"


def _of_rows(metric: Metric) -> Meaning:
    """Return what a metric over rows counts."""
    source = f"{metric.from_}|{metric.date or ''}"
    base, met = f"{source}|{_condition(metric.of)}", f"{source}|{_condition(metric.of, metric.that)}"
    whole, part = _all(metric.of), _all(metric.of, metric.that)
    match KINDS[metric.kind].reads:
        case "rows" if metric.distinct:  # who comes in two months is one person of both
            return Meaning(f"{met}|different {metric.distinct}", None, source, parts=False, adds_up=False, conditions=(part, None))
        case "rows" if metric.exposure:
            return Meaning(met, f"{base}|sum {metric.exposure}", source, parts=False, conditions=(part, None))
        case "rows" if KINDS[metric.kind].by_people:
            return Meaning(met, base, source, conditions=(part, whole))
        case "rows":
            return Meaning(met, None, source, parts=False, conditions=(part, None))
        case "days":
            started = f"{source}|{_condition(metric.of, f'{metric.start} is not null')}"
            whole, closed = _all(metric.of, f"{metric.start} IS NOT NULL"), f"{started}|closed {metric.end} by {metric.until or ''}"
            return Meaning(closed, started, source, conditions=(_all(whole, f"{metric.end} >= {metric.start}"), whole))
        case "sums" | "values":  # of values, which are no numbers of people; those who have a value are
            known = _all(metric.of, f"{metric.value} IS NOT NULL")
            above, below = f"{base}|sum {metric.value}", f"{base}|with {metric.value}"
            return Meaning(above, below, source, people=False, parts=False, conditions=(None, known))


def _of_counts(identity: str, metric: Metric) -> Meaning:
    """Return what a metric of submitted counts counts."""
    measure = f"{metric.from_}|submitted {metric.measure or identity}"
    if metric.kind == "count":
        return Meaning(measure, None, metric.from_, parts=False)
    return Meaning(measure, f"{measure}|of", metric.from_, people=metric.kind in ("proportion", "rate"), parts=metric.kind == "proportion")


def counted(contract: Contract) -> dict[str, Meaning]:
    """Return which people each metric id of a contract's metric table counts.

    Returns
    -------
    dict
        Metric id, also ``stage:<name>``, ``reached:<name>`` and ``<id>@<days>d``, to what it counts.
    """
    found: dict[str, Meaning] = {}
    for identity, metric in contract.metrics.items():
        if contract.tables[metric.from_].kind == "counts":
            found[identity] = _of_counts(identity, metric)
            continue
        whole = _of_rows(metric)
        if metric.kind != "retention":
            found[identity] = whole
        word = "in after" if metric.kind == "retention" else "over within"
        for days in metric.marks:
            over = _all(whole.conditions[0], f"{_length(metric)} <= {days}")
            told = over if metric.kind == "duration" else _all(whole.conditions[1], f"NOT coalesce({over}, false)")
            text = f"{whole.numerator}|{word} {days}"
            met = None if metric.minutes else told  # times of day lie in columns of their own
            found[str(MetricId(identity, days))] = Meaning(text, whole.denominator, whole.source, conditions=(met, whole.conditions[1]))
    return found | _pathway(contract)


def _length(metric: Metric) -> str:
    """Return SQL for how long a case lasted."""
    return f"working_days({metric.start}, {metric.end})" if metric.in_working_days else f"({metric.end}) - ({metric.start})"


def _pathway(contract: Contract) -> dict[str, Meaning]:
    """Return which people the stages of the pathway count."""
    if contract.pathway is None:
        return {}
    source = f"{contract.pathway.from_}|{contract.pathway.date or ''}"
    way = f"{source}|{_condition(contract.pathway.of)}|reached"
    stages = contract.pathway.stages
    # Who reached a stage has reached all before it.
    reached = [_all(contract.pathway.of, " OR ".join(f"({one.reached})" for one in stages[at:])) for at in range(len(stages))]
    first = stages[0].stage
    found = {str(MetricId(first, step="stage")): Meaning(f"{way} {first}", None, source, parts=False, conditions=(reached[0], None))}
    for at, stage in enumerate(stages[1:], start=1):
        own = f"{way} {stage.stage}"
        found[str(MetricId(stage.stage, step="stage"))] = Meaning(
            own, f"{way} {stages[at - 1].stage}", source, conditions=(reached[at], reached[at - 1])
        )
        found[str(MetricId(stage.stage, step="reached"))] = Meaning(own, f"{way} {first}", source, conditions=(reached[at], reached[0]))
    return found
