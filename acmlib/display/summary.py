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
    """

    latest: Mapping[str, Any]
    points: pd.DataFrame | None = None
    gaps: pd.DataFrame | None = None


def summary_table(headlines: Sequence[Headline], *, voice: Voice, caption: str | None = None, notes: Sequence[str] = ()) -> DataTable:
    """Return the headline figures at a glance: latest value, n, target, change, verdict against the target, gaps, and the line of its months.

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
        Column(words("table.metric")), Column(words("table.latest"), "number"), Column(words("table.n"), "number"), Column(words("table.target"), "number"),
        Column(words("table.trend")), Column(words("table.variation")), Column(words("table.assurance")), Column(words("table.gaps")),
    )  # fmt: skip
    body = tuple(_row(one, voice) for one in headlines)
    return DataTable(caption or words("table.summary"), columns, body, notes=(*notes, words("table.summary_note")))


def _row(headline: Headline, voice: Voice) -> tuple[str | Cell, ...]:
    words, latest = voice.words, headline.latest
    metric = str(latest["metric"])
    target = voice.target(metric)
    drawn = headline.points is not None and headline.points["value"].notna().any()
    last: Mapping[str, Any] = (
        headline.points[headline.points["value"].notna()].iloc[-1].to_dict() if drawn and headline.points is not None else {}
    )
    variation, assurance = key_of(last.get("variation")), key_of(last.get("assurance"))
    trend: str | Cell = Cell("", picture=sparkline(headline.points, metric=metric, voice=voice)) if drawn and headline.points is not None else Cell(
        words("table.no_months"), muted=True)  # fmt: skip
    against = "no_target" if target is None else "none" if assurance == "missing" else assurance
    return (
        Cell(voice.metric(metric), detail=words.period(str(latest["period"]))),
        value_cell(latest, voice, metric),
        count_cell(latest, voice, "denominator")
        if number(latest, "denominator") is not None or latest.get("status") == "hidden"
        else Cell(words("table.unjudged"), muted=True),
        voice.value(metric, target) if target is not None else Cell(words("table.no_value"), muted=True),
        trend,
        Cell(words(f"variation_short.{variation}"), picture=variation_icon(variation)),
        Cell(words(f"assurance_short.{against}"), picture=assurance_icon(assurance) if target is not None else None),
        gap_summary(headline.gaps, voice) if headline.gaps is not None else words("verdict.none"),
    )
