"""The contract beside the others of its programme, from their public pages: dots with intervals in one fixed order, never a ranking."""

from __future__ import annotations

import pandas as pd

from acmlib.display.charts.beside import beside_others
from acmlib.display.charts.frames import released
from acmlib.display.objects import Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.contents import label


def peers(report: Report, metric: str) -> tuple[Section, ...]:
    """Return a share beside those of the programme's other contracts in the last period of which both are known; nothing if there is none.

    Other contracts have names in the internal edition only; in the others they have the same number in every table.

    Parameters
    ----------
    report : Report
    metric : str
        Id of a proportion.
    """
    words, voice = report.words, report.voice
    cells = report.release.own if len(report.release.own) else report.cells
    others = report.release.peers
    if voice.kind(metric) != "proportion" or others.empty:
        return ()
    others = others[others["metric"].eq(metric)]
    mine = cells[cells["metric"].eq(metric) & cells["dimension"].eq("all") & cells["period"].isin(others["period"])]
    if mine.empty:  # an empty list of booleans would choose columns
        return ()
    mine = mine[[released(dict(zip(mine.columns, row, strict=True))) for row in mine.itertuples(index=False)]].sort_values("period")
    if mine.empty:
        return ()
    own = mine.iloc[-1]
    others = others[others["period"].eq(own["period"])]
    names = others["title"].where(others["title"].notna(), [words("peers.other", number=int(number)) for number in others["number"]])
    this = pd.DataFrame({"label": [words("peers.this")], "own": True, **{name: own[name] for name in ("value", "low", "high")}})
    rows = pd.concat([this, others[["value", "low", "high"]].assign(label=names, own=False)], ignore_index=True)
    name = voice.metric(metric)
    shown = beside_others(rows, metric=metric, voice=voice, period=str(own["period"]), caption=words("peers.caption", metric=name))
    heading = words("peers.heading", metric=name, n=len(others))
    body = (shown, Prose((words("peers.order"),)))
    return (Section(heading, body, question=words("peers.question"), contents=label(report, "peers", metric=name)),)
