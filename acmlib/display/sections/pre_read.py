"""The pre-read: the figures that a meeting will discuss, numbered, each with the replies to it and how to reply."""

from __future__ import annotations

from acmlib.contract.ids import MetricId
from acmlib.contract.replies import Response
from acmlib.display.objects import Bullets, Prose, Section
from acmlib.display.pictures import groups_picture
from acmlib.display.report import Report
from acmlib.display.sections.doubts import doubts
from acmlib.display.sections.equity import compared
from acmlib.display.sections.heading import comparison_heading, comparison_of
from acmlib.display.sections.named import figure_name
from acmlib.display.sections.provider_side import settled
from acmlib.display.sections.time import trend


def numbered_figures(report: Report) -> tuple[Section, ...]:
    """Return the figures of the headline metrics, numbered, each with the id that a reply names and the replies there are.

    Returns
    -------
    tuple of Section
        One a figure: each metric over time, then by the groups that this report compares first.
    """
    pairs = compared(report, report.gaps)
    figures: list[tuple[str, Section]] = []
    for metric in report.headline:
        own = MetricId.parse(metric).key
        figures.append((own, trend(report, metric)))
        figures += [(f"{own}.{dimension}", _by_group(report, one, dimension)) for one, dimension in pairs if MetricId.parse(one).key == own]
    return tuple(_numbered(report, number, figure, section) for number, (figure, section) in enumerate(figures, start=1))


def _by_group(report: Report, metric: str, dimension: str) -> Section:
    gaps = report.gaps_of(metric, dimension).reset_index(drop=True)
    heading = comparison_heading(report, metric, dimension, comparison_of(report, metric, dimension))
    return Section(heading, (groups_picture(gaps, report.voice), *doubts(report, metric)))


def _numbered(report: Report, number: int, figure: str, section: Section) -> Section:
    """Return a figure under its number, with what its heading says, the replies to it, and how to reply."""
    words = report.words
    heading = words("replies.figure", number=number, name=figure_name(report, figure, short=True))
    mine = [one for one in report.records.responses if one.figure == figure and one.period == report.release.period.text]
    told = tuple(_reply(report, one) for one in mine)
    replies_ = (
        [Bullets(told, heading=words("replies.short"))]
        if told
        else [Prose((words("replies.answer_as" if number == 1 else "replies.answer_next", id=figure),))]
    )
    # A metric over time says in its own text what its heading says.
    finding = [Prose((f"{section.heading}.",))] if "." in figure else []
    return Section(heading, (*finding, *section.body, *replies_), contents=heading)


def _reply(report: Report, one: Response) -> str:
    """Return one reply in a line."""
    words = report.words
    who = words("replies.beside", by=words("replies.by", name=one.by, date=one.on), reply=words(f"replies.{one.reply}"))
    if one.text is None:
        return who
    return words("replies.beside_text", who=who, text=one.text.in_language(report.voice.language), state=settled(report, one))
