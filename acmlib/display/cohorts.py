"""A group in the first cohort of a contract beside the last, in words and as a claim."""

from __future__ import annotations

from acmlib.display.claims import Claim
from acmlib.display.rows import Row, number
from acmlib.display.voice import Voice


def cohort_claim(row: Row) -> Claim:
    """Return what a sentence about two cohorts claims."""
    names = ("value_before", "value_after", "value_comparator_before", "value_comparator_after")
    return Claim(
        "cohorts",
        str(row["metric"]),
        str(row["period"]),
        str(row["dimension"]),
        (str(row["group"]),),
        comparator=str(row["comparator_group"]) if row["basis"] == "best" else "rest",
        verdict=str(row["verdict"]),
        direction=str(row["levelling"]),
        earlier=str(row["earlier_period"]),
        numbers=tuple((name, float(row[name])) for name in names),
    )


def cohort_sides(row: Row, voice: Voice, *, with_counts: bool = True) -> dict[str, str]:
    """Return who is compared, both results in both cohorts (with their counts), and what the cohorts are called."""
    metric, dimension = str(row["metric"]), str(row["dimension"])
    others = voice.words("comparator.rest") if row["basis"] == "rest" else voice.people(dimension, str(row["comparator_group"]))

    def result(side: str) -> str:
        value = float(row[f"value_{side}"])
        if not with_counts:
            return voice.value(metric, value)
        return voice.result(metric, value, number(row, f"x_{side}"), number(row, f"n_{side}"))

    return {
        "people": voice.people(dimension, str(row["group"])),
        "others": others,
        "before": result("before"),
        "after": result("after"),
        "other_before": result("comparator_before"),
        "other_after": result("comparator_after"),
        "first_period": voice.words.period(str(row["earlier_period"])),
        "last_period": cohort_name(str(row["cohort"]), voice),
    }


def cohort_news(row: Row, voice: Voice) -> str:
    """Return that a gap is smaller, gone or turned, with both results then and now, and whether the others came down."""
    sides = cohort_sides(row, voice, with_counts=False)
    told = voice.words(f"first.gap_{row['verdict']}", claim=cohort_claim(row), metric=voice.short(str(row["metric"])), **sides)
    return voice.words("story.both", first=told, second=voice.words("first.gap_down")) if row["levelling"] == "down" else told


def cohort_name(cohort: str, voice: Voice) -> str:
    """Return what the last cohort is called: a period, or *since January 2025*."""
    kind, _, month = cohort.partition(" ")
    return voice.words("story.since", month=month) if kind == "since" else voice.words.period(cohort)
