"""The contract beside the others of its programme, from their public pages: dots with intervals in one fixed order, never a ranking."""

from __future__ import annotations

import pandas as pd

from acmlib.contract.ids import ALL, MetricId
from acmlib.display.charts.beside import beside_others
from acmlib.display.charts.frames import released
from acmlib.display.objects import Bullets, Prose, Section
from acmlib.display.report import Report
from acmlib.display.sections.contents import label


def peers(report: Report, metric: str) -> tuple[Section, ...]:
    """Return a share beside those of the programme's other contracts in the last period of which both are known; nothing if there is none.

    Other contracts have names in the internal edition only; in the others they have the same number in every table.
    """
    words, voice = report.words, report.voice
    cells = report.release.own if len(report.release.own) else report.cells
    others = report.release.peers
    if voice.kind(metric) != "proportion" or others.empty:
        return ()
    others = others[others["metric"].eq(metric)]
    mine = cells[cells["metric"].eq(metric) & cells["dimension"].eq(ALL) & cells["period"].isin(others["period"])]
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
    adjusted = _adjusted(report, metric, others.assign(label=names))
    did = tuple(
        words("peers.did", who=str(name), changed=str(what))
        for name, what in zip(names, others["changed"], strict=True)
        if isinstance(what, str)
    )
    changed = (Bullets(did, words("peers.changed")), Prose((words("peer_group.not_why"),))) if did else ()
    body = (shown, *([Bullets(adjusted, words("peers.adjusted"))] if adjusted else []), *changed, Prose((words("peers.order"),)))
    return (Section(heading, body, question=words("peers.question"), contents=label(report, "peers", metric=name)),)


def _adjusted(report: Report, metric: str, others: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence for each contract whose mix of people is known, with the contact of those that did better than it explains."""
    words, voice = report.words, report.voice
    better = report.contract.metrics[MetricId.parse(metric).key].better
    told = []
    for row in others[others["ratio"].notna()].to_dict("records"):
        above, below = row["ratio_low"] > 1, row["ratio_high"] < 1
        verdict = "beyond" if above or below else "chance"
        numbers = {"value": row["value"], "would": row["would"], "ratio": row["ratio"], "low": row["ratio_low"], "high": row["ratio_high"]}
        told.append(words(f"peers.{verdict}", who=str(row["label"]), dimension=voice.dimension(row["adjusted_by"]), **numbers))
        if row["title"] and row["contact"] and {"higher": above, "lower": below}.get(better, False):
            told.append(words("peers.ask", who=str(row["label"]), contact=str(row["contact"])))
    return tuple(told)
