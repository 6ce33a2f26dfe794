"""The two numbers of a change, or of an interval of differences, as they are read: in the metric's unit."""

from __future__ import annotations

import pandas as pd

from acmlib.analysis.verdicts import MetricVerdict
from acmlib.contract.periods import parse_period
from acmlib.display.voice import MEDIANS, Voice

#: From here on days are told whole.
WHOLE_DAYS = 10


def change_numbers(known: MetricVerdict, voice: Voice) -> dict[str, str]:
    """Return ``before`` and ``after`` of a change; a number of people is one a month (or quarter, or year), since windows differ in length.

    Days are told equally finely: *25 days before, 10 since*, not *9.7 since*.
    """
    numbers = dict(zip(("before", "after"), told_levels(known, voice), strict=True))
    if voice.kind(known.metric) in ("count", "sum"):
        told = {name: amount(known.metric, value, voice) for name, value in numbers.items()}
        return {  # what is hidden is no number a month
            name: voice.words(f"change.a_{known.change.grain}", value=told[name]) if value == value else told[name]
            for name, value in numbers.items()
        }
    if voice.kind(known.metric) == "duration" and any(abs(value) >= WHOLE_DAYS for value in (*numbers.values(), known.value)):
        numbers = {name: value if value != value else float(round(value)) for name, value in numbers.items()}
    return {name: voice.value(known.metric, value) for name, value in numbers.items()}


def told_levels(known: MetricVerdict, voice: Voice) -> tuple[float, float]:
    """Return the levels before and after a change as they are told.

    A wait, or another median, is that of all people of the window where this is known, as in every table. Else it is the median of its
    months, each counted as often as it has people: one month of two people that took a year would make any mean of them. Where these did
    not change in the direction that the verdict names, the means are told that it was reached on.
    """
    change, found = known.change, []
    for period, value in ((change.before_period, change.before), (change.after_period, change.after)):
        if value == value and voice.kind(known.metric) in MEDIANS:
            value = voice.waits.get((known.metric, period), _median_of_months(known.points, period, value))
        found.append(value)
    if change.state not in ("no clear change", "not judged") and (found[1] - found[0]) * change.difference <= 0:
        return change.before, change.after
    return found[0], found[1]


def _median_of_months(points: pd.DataFrame, period: str, otherwise: float) -> float:
    """Return the median of the months of a period that are shown, weighted by their people; `otherwise` where none is."""
    months = set(parse_period(period).months)
    rows = points[[label in months for label in points.index]] if len(points) else points
    rows = rows[rows["value"].notna() & rows["denominator"].gt(0)].sort_values("value") if len(rows) else rows
    if not len(rows):
        return otherwise
    people = rows["denominator"].cumsum()
    return float(rows.loc[people.ge(people.iloc[-1] / 2), "value"].iloc[0])


def overlaps(known: MetricVerdict) -> bool:
    """Return whether the months before a change are, in part, those of the window that a figure is of: it is not *before* it then.

    A young contract's figure is of its first half-year, so that it does not move from month to month; its months are judged as they come.
    """
    if not known.change.before_period.startswith("P") or not known.period.startswith("P"):
        return False
    return bool(set(parse_period(known.change.before_period).months) & set(parse_period(known.period).months))


def amount(metric: str, value: float, voice: Voice) -> str:
    """Return the mean of several counts to a tenth, or of several sums in their unit."""
    return voice.value(metric, value) if voice.kind(metric) == "sum" or value != value else voice.words.number(value)


def between(metric: str, low: float, high: float, voice: Voice) -> tuple[str, str]:
    """Return the ends of an interval of differences, money at both ends as finely: *−$6,416 to +$62*."""
    largest = max(abs(low), abs(high))
    return voice.gap(metric, low, beside=largest), voice.gap(metric, high, beside=largest)
