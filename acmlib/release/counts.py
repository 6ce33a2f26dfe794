"""Which people each metric counts, so that two metrics that count the same people are known to do so."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from acmlib.contract.model import Contract, Metric

#: Beside the numerator: those in the denominator who are not in it.
BUT_NOT = " but not "
#: Counts are whole; sums are stored as floats.
SAME_NUMBER = 1e-6


@dataclass(frozen=True)
class Counted:
    """Whom the numerator and the denominator of one metric count.

    Two numbers with the same text count the same people; ``None`` where there is no such number.

    Parameters
    ----------
    numerator : str
    denominator : str or None
    waiting : str or None
        Whom the denominator counts while the outcome is not yet knowable.
    people : bool
        The numerator is a number of people (not a sum of wages or of months).
    parts : bool
        The numerator is part of the denominator, so that their difference is a number of people too.
    within : str or None
        The numerator of another metric of which this numerator is a part: who is still in after 180 days was so after 90.
    """

    numerator: str
    denominator: str | None
    waiting: str | None = None
    people: bool = True
    parts: bool = True
    within: str | None = None

    @property
    def rest(self) -> str:
        """Whom the denominator counts and the numerator does not."""
        return f"{self.denominator}{BUT_NOT}{self.numerator}"


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
        return Counted(met, None, base, parts=False)
    if metric.kind == "proportion":
        return Counted(met, base, base)
    if metric.kind == "rate":
        return Counted(met, f"{base}|sum {metric.exposure}", f"{base}|with {metric.exposure}", parts=False)
    if metric.kind == "mean":
        known = f"{base}|with {metric.value}"
        return Counted(f"{base}|sum {metric.value}", known, base, people=False, parts=False)
    started = source + _condition(metric.of, f"{metric.start} is not null")
    return Counted(f"{started}|closed {metric.end} by {metric.until or ''}", started, base)


def _of_counts(identity: str, metric: Metric) -> Counted:
    """Say what a metric of submitted counts counts."""
    measure = f"{metric.from_}|submitted {metric.measure or identity}"
    if metric.kind == "count":
        return Counted(measure, None, measure, parts=False)
    whole = f"{measure}|of"
    return Counted(measure, whole, whole, people=metric.kind != "mean", parts=metric.kind == "proportion")


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
            whole, before = _of_rows(metric), None
            for days in sorted(metric.at):
                still = f"{whole.denominator}|in after {days} {metric.end}"
                found[f"{identity}@{days}d"] = Counted(still, whole.denominator, whole.waiting, within=before)
                before = still
        else:
            found[identity] = whole = _of_rows(metric)
            within = whole.numerator
            for days in sorted(metric.marks if metric.kind == "duration" else (), reverse=True):
                over = f"{whole.numerator}|within {days}"
                found[f"{identity}@{days}d"] = Counted(over, whole.denominator, whole.waiting, within=within)
                within = over
    return found | _pathway(contract)


def _pathway(contract: Contract) -> dict[str, Counted]:
    """Say whom the stages of the pathway count: who reached one is a part of who reached the one before."""
    if contract.pathway is None:
        return {}
    found: dict[str, Counted] = {}
    way = f"{contract.pathway.from_}|{contract.pathway.date or ''}|" + _condition(contract.pathway.of)
    names = [f"{way}|reached {stage.stage}" for stage in contract.pathway.stages]
    for stage, (before, reached) in zip(contract.pathway.stages[1:], itertools.pairwise(names), strict=True):
        found[f"stage:{stage.stage}"] = Counted(reached, before, before)
        found[f"reached:{stage.stage}"] = Counted(reached, names[0], names[0])
    return {f"stage:{contract.pathway.stages[0].stage}": Counted(names[0], None, names[0], parts=False), **found}


def unify(meanings: Mapping[str, Counted], table: pd.DataFrame) -> dict[str, Counted]:
    """Give the same text to cohorts that are the same number in every period and group.

    Two conditions may say the same in different words, which texts do not show. To take two counts for the same ones adds to what
    a reader is assumed to know, so a coincidence hides more, never less. A cohort is never taken for a part of itself.

    Parameters
    ----------
    meanings : mapping
        From `counted`.
    table : DataFrame
        The whole metric table.

    Returns
    -------
    dict
        `meanings` with texts replaced.
    """
    known = _cohorts(meanings, table)
    below = _parts_of(meanings)
    alias: dict[str, str] = {}
    for text, numbers in known.items():
        same = (other for other in dict.fromkeys(alias.values()) if not _nested(text, other, below) and _same(numbers, known[other]))
        alias[text] = next(same, text)
    return {
        name: replace(
            meaning,
            numerator=alias.get(meaning.numerator, meaning.numerator),
            denominator=alias.get(meaning.denominator or "", meaning.denominator),
            waiting=alias.get(meaning.waiting or "", meaning.waiting),
        )
        for name, meaning in meanings.items()
    }


def _cohorts(meanings: Mapping[str, Counted], table: pd.DataFrame) -> dict[str, pd.Series]:
    """Gather the numbers of every cohort, by period and group."""
    base = table[~table["period"].str.startswith("P") & table["period"].ne("term")]
    base = base if len(base) else table
    place = pd.MultiIndex.from_frame(base[["period", "dimension", "group"]]).factorize()[0]
    metric, open_ = base["metric"].to_numpy(), base["status"].eq("immature").to_numpy()
    series: dict[str, list[pd.Series]] = defaultdict(list)
    for name, meaning in meanings.items():
        whole = meaning.denominator or meaning.numerator
        column = "denominator" if meaning.denominator else "numerator"
        for text, values, rows in ((whole, column, ~open_), (meaning.waiting, "denominator", open_)):
            if text is not None:
                chosen = (metric == name) & rows
                series[text].append(pd.Series(base[values].to_numpy()[chosen], index=place[chosen]).dropna())
    joined = {text: pd.concat(parts) for text, parts in series.items()}
    return {text: numbers[~numbers.index.duplicated()] for text, numbers in joined.items()}


def _parts_of(meanings: Mapping[str, Counted]) -> dict[str, set[str]]:
    """Name for each cohort the cohorts that are parts of it, and parts of parts."""
    below: dict[str, set[str]] = defaultdict(set)
    for meaning in meanings.values():
        if meaning.denominator is not None:
            below[meaning.denominator].add(meaning.numerator)
    for _ in range(len(below)):
        for parts in below.values():
            parts |= {further for part in list(parts) for further in below.get(part, ())}
    return below


def _nested(one: str, other: str, below: Mapping[str, set[str]]) -> bool:
    """Say whether one cohort is a part of the other."""
    return one in below.get(other, ()) or other in below.get(one, ())


def _same(one: pd.Series, other: pd.Series) -> bool:
    """Say whether two cohorts agree wherever both are known, and are known anywhere."""
    both = one.index.intersection(other.index)
    return len(both) > 0 and float(one.loc[both].sum()) > 0 and bool((one.loc[both] - other.loc[both]).abs().max() <= SAME_NUMBER)
