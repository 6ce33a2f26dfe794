"""Page one's table: one row a metric, with everything that is known of it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from acmlib.display.charts.frames import count_cell, number, value_cell
from acmlib.display.charts.small import assurance_icon, sparkline, variation_icon
from acmlib.display.judgements import gap_summary, key_of
from acmlib.display.objects import Cell, Column, DataTable
from acmlib.display.voice import Voice


@dataclass(frozen=True)
class Headline:
    """One row of the summary.

    Parameters
    ----------
    latest : mapping
        The row of the metric table that is the latest value, everyone together: metric, period, value, denominator, status.
    points : DataFrame, optional
        What `xmr` returned of its monthly totals; without it nothing is said of change.
    gaps : DataFrame, optional
        Its rows of `disparities`, over all dimensions; without them nothing is said of gaps.
    against_target : mapping, optional
        From `Report.against_target`: what is said of the target where too few months are known to judge it over time.
    """

    latest: Mapping[str, Any]
    points: pd.DataFrame | None = None
    gaps: pd.DataFrame | None = None
    against_target: Mapping[str, Any] | None = None


def summary_table(headlines: Sequence[Headline], *, voice: Voice, caption: str | None = None, notes: Sequence[str] = ()) -> DataTable:
    """Return the headline figures at a glance: latest value, n, target, the line of the months, change, verdict on the target, gaps.

    Parameters
    ----------
    headlines : sequence of Headline
        In the order to be shown; at most five make a summary.
    voice : Voice
        Words and labels.
    caption : str, optional
        Instead of *headline figures at a glance*.
    notes : sequence of str
        Sentences under the table.
    """
    words = voice.words
    columns = (
        Column(words("table.metric")),
        Column(words("table.latest"), "number"),
        Column(words("table.n"), "number"),
        Column(words("table.target"), "number"),
        Column(words("table.variation")),
        Column(words("table.assurance")),
        Column(words("table.gaps")),
    )
    body = tuple(_row(one, voice) for one in headlines)
    return DataTable(caption or words("table.summary"), columns, body, notes=(*notes, words("table.summary_note")))


def _row(headline: Headline, voice: Voice) -> tuple[str | Cell, ...]:
    words, latest = voice.words, headline.latest
    metric = str(latest["metric"])
    target = voice.target(metric)
    nothing = Cell(words("table.no_value"), muted=True)
    counted = number(latest, "denominator") is not None or latest.get("status") == "hidden"
    return (
        Cell(voice.metric(metric), detail=words.period(str(latest["period"]))),
        value_cell(latest, voice, metric),
        count_cell(latest, voice, "denominator") if counted else Cell(words("table.unjudged"), muted=True),
        voice.value(metric, target) if target is not None else nothing,
        *_over_time(headline, metric, voice, target=target),
        gap_summary(headline.gaps, voice) if headline.gaps is not None else words("verdict.none"),
    )


def _over_time(headline: Headline, metric: str, voice: Voice, *, target: float | None) -> tuple[Cell, Cell]:
    """Return what the months say: change with its line and icon, and the verdict against the target with its icon."""
    words, points = voice.words, headline.points
    known = points[points["value"].notna()] if points is not None else None
    last: Mapping[Any, Any] = known.iloc[-1].to_dict() if known is not None and len(known) else {}
    variation, assurance = key_of(last.get("variation")), key_of(last.get("assurance"))
    line = sparkline(points, metric=metric, voice=voice) if points is not None and last else None
    change = Cell(words(f"variation_short.{variation}"), picture=variation_icon(variation), above=line)
    if target is None:
        return change, Cell(words("assurance_short.no_target"), muted=True)
    if assurance in ("missing", "none"):
        return change, _latest_only(headline.against_target or {}, voice)
    return change, Cell(words(f"assurance_short.{assurance}"), picture=assurance_icon(assurance))


def _latest_only(judged: Mapping[str, Any], voice: Voice) -> Cell:
    """Return whether the latest value alone meets the target, and how sure that is."""
    state = key_of(judged.get("track"))
    if state not in ("on_track", "off_track"):
        return Cell(voice.words("assurance_short.none"), muted=True)
    return Cell(voice.words(f"results.{state}"), detail=voice.words("results.certain" if judged["certain"] else "results.uncertain"))
