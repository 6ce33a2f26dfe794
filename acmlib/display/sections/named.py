"""What pages and figures are called in sentences."""

from __future__ import annotations

from acmlib.contract.figures import figure_ids
from acmlib.display.report import Report
from acmlib.display.words import Words


def report_name(name: str, words: Words) -> str:
    """Return the fixed name of a report, or the title that an analyst gave her own."""
    return words(f"report.{name}") if words.has(f"report.{name}") else name


def page_name(report: Report, shown: str) -> str:
    """Return what a page, a deep dive or a figure is called; nothing for a topic that is not for these readers.

    Parameters
    ----------
    shown : str
        As ``shown`` of a meeting names it: ``dashboard``, ``deep_dive-placement``, ``placed_6m.site``.
    """
    words = report.words
    if shown.startswith("deep_dive-"):
        topic = next((one for one in report.records.roadmap if f"deep_dive-{one.id}" == shown), None)
        return words("minutes.dive", topic=topic.title.in_language(report.voice.language)) if topic else ""
    if shown in figure_ids(report.contract):
        return figure_name(report, shown, short=True)
    return report_name(shown, words)


def figure_name(report: Report, figure: str, *, short: bool = False) -> str:
    """Return what the figure with an id of `acmlib.contract.figures` is called on pages.

    Parameters
    ----------
    short : bool
        By the metric's short name.
    """
    words, voice = report.words, report.voice
    metric, _, dimension = figure.partition(".")
    if figure == "pathway":
        return words("replies.pathway")
    if metric == "served":
        return words("replies.served", dimension=voice.dimension(dimension))
    name = voice.short(metric) if short else voice.metric(metric)
    return words("replies.by_group", metric=name, dimension=voice.dimension(dimension)) if dimension else name
