"""The kinds of metric, as data: what each needs, what its numbers are, how groups and months of it are compared.

A new kind is a value here and its formula in `acmlib.measures.cells`; the model, the schema, the plan of what is read, the checks and the
analysis read it from here. CONTRIBUTING.md has the steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from acmlib.contract.ids import MetricId

if TYPE_CHECKING:
    from acmlib.contract.model import Contract, Metric

MetricKind = Literal["proportion", "count", "rate", "duration", "mean", "median", "sum", "retention"]
#: Status of a figure that is not published, because the check of the data found an error in what it is made of.
IN_ERROR = "in error"
#: How two groups are compared: as shares of people, by their own limits, by Welch's test, by the exact test of two Poisson counts; or not:
#: numbers of people are set beside a base.
ComparisonKind = Literal["shares", "limits", "welch", "exact", "none"]
#: What is read of a row: whether it counts; sums and squares of its value; the value itself; the days from start to end.
Reading = Literal["rows", "sums", "values", "days"]


@dataclass(frozen=True)
class Kind:
    """What is true of every metric of a kind."""

    #: `needs`, `may`: fields that such a metric must have, and those that it may have, beside what every metric has.
    needs: tuple[str, ...]
    may: tuple[str, ...]
    #: How groups are compared (`ComparisonKind`). Where values have a unit of their own, a gap is material from 10% of the comparator on.
    compared: ComparisonKind
    reads: Reading = "rows"  #: What is read of each row (`Reading`).
    #: Values are fractions, printed as percentages; a gap is in points, and material from ``statistics.materiality`` on.
    is_share: bool = False
    #: The denominator is a number of people (rows): too few of them are not judged. Counts have none; that of a rate is an exposure.
    by_people: bool = True
    as_ratio: bool = False  #: Positive and skewed, as waits are: levels before and after are compared as ratios.
    whole_days: bool = False  #: Values are whole days: a median whose limits are that day itself is known to the day, no better.
    submitted: bool = False  #: A table of counts can say it: it is a sum, or a quotient of sums.

    @property
    def relative(self) -> bool:
        """Whether the smallest gap worth speaking of is a share of the comparator."""
        return not self.is_share


KINDS: Mapping[MetricKind, Kind] = {
    "proportion": Kind(("that",), ("of", "that", "window"), "shares", is_share=True, submitted=True),
    "count": Kind((), ("of", "that", "window", "distinct"), "none", by_people=False, submitted=True),
    "rate": Kind(("exposure",), ("of", "that", "exposure", "per", "window"), "exact", by_people=False, submitted=True),
    "mean": Kind(("value",), ("of", "value", "window"), "welch", "sums", submitted=True),
    "median": Kind(("value",), ("of", "value", "window"), "limits", "values", as_ratio=True),
    "sum": Kind(("value",), ("of", "value", "window"), "none", "sums"),
    "duration": Kind(("start", "end"), ("of", "start", "end", "until", "standard", "at"), "limits", "days", as_ratio=True, whole_days=True),
    "retention": Kind(("start", "end", "at"), ("of", "start", "end", "until", "at"), "limits", "days", is_share=True),
}

#: Retention is compared between groups, and charted, at the one of its times nearest to half a year.
HALF_YEAR = 182


def compared_time(metric: Metric) -> int | None:
    """Return the time, in days, at which a retention metric stands for itself: the one nearest to half a year; None for other kinds."""
    return min(metric.at, key=lambda days: abs(days - HALF_YEAR)) if metric.kind == "retention" else None


def main_id(contract: Contract, name: str) -> str:
    """Return the metric id under which a metric stands in charts and comparisons: ``placed``, or ``stayed@180d``."""
    days = compared_time(contract.metrics[name])
    return name if days is None else str(MetricId(name, days))
