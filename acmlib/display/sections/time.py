"""Over time: each metric with its limits, so that chance is not taken for change."""

from __future__ import annotations

from acmlib.display.charts.control_chart import control_chart
from acmlib.display.charts.small import small_multiples
from acmlib.display.judgements import assurance_sentence, control_heading, variation_sentence
from acmlib.display.objects import Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.opening import REAL_CHANGES


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
    """Return the headline metrics over time: a chart for each real change, small ones side by side for the rest.

    Where nothing changed for real, the first metric has the full chart all the same: it shows how the others are judged.
    """
    words = report.words
    points = {metric: report.trend(metric) for metric in report.headline}
    changed = [metric for metric, one in points.items() if len(one) and one["variation"].iloc[-1] in REAL_CHANGES]
    charted = [metric for metric, one in points.items() if len(one)]
    full = changed or charted[:1]
    body: list[Display] = [_below(trend(report, metric)) for metric in full]
    quiet = [metric for metric in charted if metric not in full]
    for length in sorted({len(str(points[metric].index[0])) for metric in quiet}):
        same = [(metric, points[metric]) for metric in quiet if len(str(points[metric].index[0])) == length]
        body.append(small_multiples(same, voice=report.voice))
    body += [_below(trend(report, metric)) for metric in points if metric not in charted]
    return Section(words("time.heading"), tuple(body), contents=words("time.short"))


def _below(section: Section) -> Section:
    """Return a section one level further down."""
    return Section(section.heading, section.body, section.question, section.contents, level=3)
