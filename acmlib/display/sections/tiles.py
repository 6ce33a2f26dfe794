"""The headline figures at a glance: each with its target, how sure it is, and how it was before."""

from __future__ import annotations

from acmlib.analysis.over_time import FEWEST_POINTS
from acmlib.analysis.verdicts import MetricVerdict
from acmlib.display.changes import amount, change_numbers, overlaps
from acmlib.display.charts.tiles import tile, tiles
from acmlib.display.objects import Tile, Tiles
from acmlib.display.report import Report
from acmlib.display.sections.doubts import doubt

#: A first screen shows no more figures than a meeting can discuss.
MOST_TILES = 5

#: Changes that are more than chance.
CHANGED = ("better", "worse", "higher", "lower")


def headline_tiles(report: Report) -> Tiles:
    """Return at most five headline figures, the main one first."""
    metrics = list(dict.fromkeys(name for name in (report.main, *report.headline) if name))[:MOST_TILES]
    return tiles([_tile(report, metric) for metric in metrics])


def _tile(report: Report, metric: str) -> Tile:
    known, voice = report.verdict(metric), report.voice.about(metric)
    shown = known.value == known.value
    sure = known.target.state if known.target.certain else ""
    details = [_interval(report, known), before(report, known), doubt(report, known.metric, short=True)] if shown else []
    return tile(
        metric=known.metric,
        voice=voice,
        value=voice.value(known.metric, known.value) if shown else voice.status(known.status),
        state=sure if shown else "",
        verdict=target_words(report, known),
        details=[one for one in details if one],
        points=known.points if len(known.points) and known.points["value"].notna().sum() >= FEWEST_POINTS else None,
        badge=report.words("tile.main") if metric == report.main else "",
    )


def target_words(report: Report, known: MetricVerdict) -> str:
    """Return the verdict on the target in a few words, with the target of the time."""
    words, target = report.words, known.target
    if known.value != known.value or target.state == "not judged":
        return words("tile.not_judged")
    if target.state in ("met", "missed"):
        key = target.state if target.certain else f"{target.state}_unsure"
        return words(f"tile.{key}", target=report.voice.value(known.metric, target.value))
    return words("tile.no_target")


def _interval(report: Report, known: MetricVerdict) -> str:
    counted = report.voice.kind(known.metric) in ("count", "sum")
    if counted or not (known.low == known.low and known.high == known.high):
        return report.words.period(known.period) if known.period else ""
    low, high = (report.voice.value(known.metric, one) for one in (known.low, known.high))
    if low == high:
        return report.words("tile.interval_one", value=low, period=known.period)
    return report.words("tile.interval", low=low, high=high, period=known.period)


def before(report: Report, known: MetricVerdict) -> str:
    """Return how a figure was before, and whether the difference is more than chance; why not, where it cannot be judged."""
    change, voice = known.change, report.voice.about(known.metric)
    words = voice.words
    if change.state != "not judged" and change.before != change.before:
        return words(f"tile.{change.state.replace(' ', '_')}_unnumbered")
    if change.before != change.before or change.state == "not judged":
        reason = f"tile.no_change_{(change.reason or 'too few months').replace(' ', '_')}"
        return words(reason) if words.has(reason) else words("tile.no_change")
    numbers = change_numbers(known, voice)
    value = numbers["before"]
    if change.state not in CHANGED:
        if voice.kind(known.metric) in ("count", "sum"):
            return words("tile.same_count", before=amount(known.metric, known.change.before, voice), after=numbers["after"])
        if overlaps(known):
            return words("tile.same_months", before_end=change.before_period.rpartition("/")[2], **numbers)
    key = change.state if change.state in CHANGED else "same"
    if change.since and change.state in CHANGED:
        return words(f"tile.{key}_since", before=value, month=change.since)
    return words(f"tile.{key}", before=value, period=change.before_period)
