"""The two numbers of a change, or of an interval of differences, as they are read: in the metric's unit."""

from __future__ import annotations

import math

from acmlib.analysis.verdicts import MetricVerdict
from acmlib.display.voice import Voice

#: From here on days are told whole.
WHOLE_DAYS = 10


def change_numbers(known: MetricVerdict, voice: Voice) -> dict[str, str]:
    """Return ``before`` and ``after`` of a change; a number of people is one a month (or quarter, or year), since windows differ in length.

    A wait is that of all people of the window where this is known, as in every table; the mean of its months would be another number.
    Days are told equally finely: *25 days before, 10 since*, not *9.7 since*.
    """
    sides = {"before": (known.change.before_period, known.change.before), "after": (known.change.after_period, known.change.after)}
    numbers = {name: voice.waits.get((known.metric, period), value) for name, (period, value) in sides.items() if value == value}
    numbers = {name: numbers.get(name, math.nan) for name in sides}
    if voice.kind(known.metric) in ("count", "sum"):
        told = {name: amount(known.metric, value, voice) for name, value in numbers.items()}
        return {  # what is hidden is no number a month
            name: voice.words(f"change.a_{known.change.grain}", value=told[name]) if value == value else told[name]
            for name, value in numbers.items()
        }
    if voice.kind(known.metric) == "duration" and any(abs(value) >= WHOLE_DAYS for value in (*numbers.values(), known.value)):
        numbers = {name: value if value != value else float(round(value)) for name, value in numbers.items()}
    return {name: voice.value(known.metric, value) for name, value in numbers.items()}


def amount(metric: str, value: float, voice: Voice) -> str:
    """Return the mean of several counts to a tenth, or of several sums in their unit."""
    return voice.value(metric, value) if voice.kind(metric) == "sum" or value != value else voice.words.number(value)


def between(metric: str, low: float, high: float, voice: Voice) -> tuple[str, str]:
    """Return the ends of an interval of differences, money at both ends as finely: *−$6,416 to +$62*."""
    largest = max(abs(low), abs(high))
    return voice.gap(metric, low, beside=largest), voice.gap(metric, high, beside=largest)
