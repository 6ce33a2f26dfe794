"""The two numbers of a change as they are read: before and after, in the metric's unit."""

from __future__ import annotations

from acmlib.analysis.verdicts import MetricVerdict
from acmlib.display.voice import Voice


def change_numbers(known: MetricVerdict, voice: Voice) -> dict[str, str]:
    """Return ``before`` and ``after`` of a change; a number of people is one a month, since windows differ in length."""
    numbers = {"before": known.change.before, "after": known.change.after}
    if voice.kind(known.metric) in ("count", "sum"):
        return {name: voice.words("change.a_month", value=round(value, 1)) for name, value in numbers.items()}
    return {name: voice.value(known.metric, value) for name, value in numbers.items()}
