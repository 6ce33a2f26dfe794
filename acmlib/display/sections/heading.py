"""What a comparison of groups comes to, as a heading: both numbers where there is a gap, never more than was compared and may be shown."""

from __future__ import annotations

from acmlib.display.claims import Claim
from acmlib.display.comparisons import Comparison, comparisons
from acmlib.display.judgements import comparator_name, gap_claim, worth_speaking_of
from acmlib.display.report import Report


def comparison_of(report: Report, metric: str, dimension: str) -> Comparison | None:
    """Return what the comparison of one metric by one dimension comes to in this edition; None where its groups are not compared."""
    gaps = report.gaps
    own = gaps[gaps["metric"].eq(metric) & gaps["dimension"].eq(dimension)]
    return next(iter(comparisons(own, report.contract)), None)


def comparison_heading(report: Report, metric: str, dimension: str, found: Comparison | None) -> str:
    """Return what a comparison comes to, with both numbers where there is a gap; never more than was compared and may be shown."""
    voice = report.voice.about(metric)
    words = voice.words
    names = {"metric": voice.short(metric), "dimension": voice.dimension(dimension)}
    if found is None:
        return words("dive.heading_uncompared", **names)
    worst = found.worst
    if worst is not None:
        value, other = (voice.value(metric, float(worst[name])) for name in ("value", "comparator_value"))
        people, others = voice.people(dimension, str(worst["group"])), comparator_name(worst, voice)
        return words(
            f"dive.heading_{found.outcome}", claim=gap_claim(worst), value=value, other=other, people=people, others=others, **names
        )
    period = str(found.rows[0]["period"])
    none = Claim("gaps", metric, period, dimension, verdict="none", shown_only=found.outcome != "not seen")
    claim = none if found.outcome in ("not seen", "partly") else ()
    material = worth_speaking_of(metric, voice)
    return words(f"dive.heading_{found.outcome.replace(' ', '_')}", claim=claim, material=material, **names)
