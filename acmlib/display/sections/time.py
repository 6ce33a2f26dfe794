"""Over time: each metric with its limits, so that chance is not taken for change."""

from __future__ import annotations

from collections.abc import Sequence

from acmlib.display.charts.control_chart import control_chart
from acmlib.display.charts.small import small_multiples
from acmlib.display.judgements import assurance_sentence, control_heading, key_of, variation_sentence
from acmlib.display.objects import Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.contents import label
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
        why = words("time.because", why=_why_no_chart(report, metric))
        return Section(words("time.no_chart", metric=name), (Prose((why,)),), contents=label(report, "trend", metric=name))
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
    return Section(
        control_heading(last, metric=name, voice=voice),
        (chart, Prose((" ".join(sentences),))),
        contents=label(report, "trend", metric=name),
    )


def trends(report: Report) -> Section:
    """Return the headline metrics over time: a chart for each real change, small ones side by side for the rest.

    Where nothing changed for real, the first metric that can be judged has the full chart all the same: it shows how it is judged.
    """
    words = report.words
    points = {metric: report.trend(metric) for metric in report.headline}
    changed = [metric for metric, one in points.items() if len(one) and one["variation"].iloc[-1] in REAL_CHANGES]
    charted = [metric for metric, one in points.items() if len(one)]
    judged = [metric for metric in charted if key_of(points[metric]["variation"].iloc[-1]) != "missing"]
    full = changed or judged[:1] or charted[:1]
    body: list[Display] = [_below(trend(report, metric)) for metric in full]
    quiet = [metric for metric in charted if metric not in full]
    if quiet:
        body.append(small_multiples([(metric, points[metric]) for metric in quiet], voice=report.voice))
    body += _not_charted(report, [metric for metric in points if metric not in charted])
    key = "heading" if changed else "heading_none" if judged else "heading_unjudged"
    return Section(words(f"time.{key}", n=len(changed)), tuple(body), contents=words("time.short"))


def _not_charted(report: Report, metrics: Sequence[str]) -> list[Display]:
    """Return one sentence that names the metrics without a chart over time, each with the reason."""
    words, voice = report.words, report.voice
    items = [words("chart.not_drawn_item", group=voice.metric(metric), why=_why_no_chart(report, metric)) for metric in metrics]
    return [Prose((words("time.no_charts", list="; ".join(items)),))] if items else []


def _why_no_chart(report: Report, metric: str) -> str:
    """Return why a metric has no chart over time."""
    dated = report.cells[report.cells["metric"].eq(metric) & report.cells["period"].ne("term")]
    if dated.empty:
        return report.words("time.no_dates")
    return report.words("time.too_small" if dated["status"].isin(["hidden", "unreliable"]).any() else "time.too_few")


def _below(section: Section) -> Section:
    """Return a section one level further down."""
    return Section(section.heading, section.body, section.question, section.contents, level=3)
