"""The contract among the others of its programme: a funnel, or a table where they are too few, and never a ranking."""

from __future__ import annotations

import pandas as pd

from acmlib.analysis.peers import funnel as judged
from acmlib.display.charts.frames import number, records, released
from acmlib.display.charts.funnel import funnel
from acmlib.display.objects import Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.contents import label


def peers(report: Report, metric: str) -> tuple[Section, ...]:
    """Return the last result of one share beside those of the programme's other contracts; nothing where none are given or it is hidden.

    Other contracts have names in the internal edition only; in the others their records carry none.

    Parameters
    ----------
    report : Report
    metric : str
        Id of a proportion.
    """
    words, voice = report.words, report.voice
    own = report.latest(metric)
    others = [peer for peer in report.records.peers if peer.metric == metric and own and peer.period == own["period"]]
    if voice.kind(metric) != "proportion" or not others or not released(own):
        return ()
    this = report.contract.id
    units = pd.DataFrame(
        [
            (this, number(own, "numerator"), number(own, "denominator")),
            *((peer.contract, peer.numerator, peer.denominator) for peer in others),
        ],
        columns=["unit", "numerator", "denominator"],
    ).sort_values("denominator", kind="stable")
    found = judged(
        units.set_index("unit")["numerator"], units.set_index("unit")["denominator"], better=report.contract.metrics[metric].better
    )
    ordered = [str(unit) for unit in units["unit"] if unit != this]
    titles = {peer.contract: peer.title for peer in others}
    names = {unit: titles[unit] or words("peers.other", number=at) for at, unit in enumerate(ordered, start=1)} | {
        this: words("peers.this")
    }
    shown = funnel(found, metric=metric, period=str(own["period"]), voice=voice, names=names, this=this)
    row = next(one for unit, one in zip(found.index, records(found), strict=True) if unit == this)
    name, value = voice.metric(metric), voice.value(metric, float(row["value"]))
    drawn = str(row["form"]) == "funnel"
    key = str(row["kind"]).replace(" ", "_")
    heading = (
        words(f"peers.{key}", metric=name, value=value, n=len(others)) if drawn else words("peers.heading", metric=name, n=len(others))
    )
    told = [words("peers.order")] if drawn else [words("peers.too_few", n=len(found)), words("peers.order")]
    return (
        Section(heading, (shown, Prose((" ".join(told),))), question=words("peers.question"), contents=label(report, "peers", metric=name)),
    )
