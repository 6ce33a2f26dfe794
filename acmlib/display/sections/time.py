"""Over time: each metric with its limits, so that chance is not taken for change."""

from __future__ import annotations

from acmlib.display.charts.control_chart import control_chart
from acmlib.display.judgements import assurance_sentence, control_heading, variation_sentence
from acmlib.display.objects import Prose, Section
from acmlib.display.report import Report


def trend(report: Report, metric: str) -> Section:
    """Return the control chart of one metric; a sentence where it has no dates or too few points.

    Parameters
    ----------
    report : Report
    metric : str
        Metric id.
    """
    words, voice = report.words, report.voice
    points = report.trend(metric)
    name = voice.metric(metric)
    if not len(points):
        dated = report.cells[report.cells["metric"].eq(metric) & report.cells["period"].ne("term")]
        why = words("time.too_small") if len(dated) else words("time.no_dates")
        return Section(words("time.no_chart", metric=name), (Prose((why,)),), contents=name)
    target = voice.target(metric, report.date)
    done = [
        action
        for action in report.records.actions
        if action.status == "done" and action.done_on and action.metric == metric.partition("@")[0]
    ]
    marks = [(action.done_on, action.what.in_language(voice.language)) for action in done if action.group is None and action.done_on]
    chart = control_chart(points, metric=metric, voice=voice, target=target, actions=marks)
    last = points[points["value"].notna()].iloc[-1].to_dict()
    sentences = [variation_sentence(last, voice)]
    if target is not None:
        sentences.append(assurance_sentence(last, voice, target=target))
    return Section(control_heading(last, metric=name, voice=voice), (chart, Prose((" ".join(sentences),))), contents=name)


def trends(report: Report) -> Section:
    """Return the control charts of all headline metrics under one heading."""
    return Section(
        report.words("time.heading"),
        tuple(_below(trend(report, metric)) for metric in report.headline),
        contents=report.words("time.short"),
    )


def _below(section: Section) -> Section:
    """Return a section one level further down."""
    return Section(section.heading, section.body, section.question, section.contents, level=3)
