"""A page for the meeting of a peer group: contracts of one program at several agencies, from figures that the public was shown alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from acmlib.analysis.peers import MINIMUM_UNITS
from acmlib.analysis.peers import funnel as limits
from acmlib.display.charts.beside import beside_others
from acmlib.display.charts.funnel import funnel
from acmlib.display.objects import Bullets, Chart, Column, DataTable, Prose, Questions, Section, TitleBlock
from acmlib.display.voice import Voice
from acmlib.display.words import Words
from acmlib.measures.table import ALL

#: Rows of a table by group.
MOST_ROWS = 80


@dataclass(frozen=True)
class PeerGroup:
    """The contracts of a program that may be named, here and at agencies that sent their figures."""

    program: str
    words: Words
    figures: pd.DataFrame  #: Columns of an exchange file (`acmlib.publish.exchange.COLUMNS`), a row a public figure.
    #: Id of a headline metric to the words of a contract of this workspace that has it; other metrics are not on the page.
    voices: Mapping[str, Voice]

    @property
    def contracts(self) -> pd.DataFrame:
        """One row a contract, by name: ``agency, contract, title, contact`` and ``name``, which says both title and agency."""
        return self.figures[["agency", "contract", "title", "contact", "name"]].drop_duplicates(["agency", "contract"]).sort_values("name")

    def newest(self, metric: str) -> pd.DataFrame:
        """Return each contract's figures of a metric over its last contract year; over the whole contract where it has shown no year."""
        own = self.figures[self.figures["metric"].eq(metric)]
        own = own.assign(year=own["period"].ne("term")).sort_values(["year", "period"], kind="stable")
        last = own.groupby(["agency", "contract"])["period"].transform("last")
        return own[own["period"].eq(last)].sort_values("name", kind="stable")

    def totals(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield each metric that several contracts have shown, with a row a contract: everybody together."""
        for metric in self.voices:
            totals = self.newest(metric)
            totals = totals[totals["dimension"].eq(ALL)]
            if len(totals) > 1:
                yield metric, totals


def title(group: PeerGroup, report: str) -> TitleBlock:
    """Return the head of the page: which program, how many contracts of how many agencies."""
    words, contracts = group.words, group.contracts
    named = group.program.replace("-", " ").replace("_", " ").strip() or words("portfolio.all")
    counted = words("peer_group.counted", n=len(contracts), agencies=words("peer_group.agencies", n=contracts["agency"].nunique()))
    facts = ((words("facts.edition"), words("edition.public")),)
    return TitleBlock(f"{report}: {named}", counted if len(contracts) else words("peer_group.empty"), facts)


def beside(group: PeerGroup) -> tuple[Section, ...]:
    """Return each share that several contracts have shown, side by side: dots with intervals, from eight contracts on a funnel."""
    if not any(True for _ in group.totals()):
        return (Section(group.words("peer_group.empty"), (Prose((group.words("peer_group.empty_do"),)),)),)
    return tuple(_beside(metric, totals, group) for metric, totals in group.totals())


def _beside(metric: str, totals: pd.DataFrame, group: PeerGroup) -> Section:
    words, voice = group.words, group.voices[metric]
    keys = [f"{agency}: {contract}" for agency, contract in zip(totals["agency"], totals["contract"], strict=True)]
    better = voice.contract.metrics[metric].better
    units = limits(pd.Series(totals["numerator"].tolist(), index=keys, dtype=float), totals["denominator"].tolist(), better=better)
    names, periods = dict(zip(keys, totals["name"], strict=True)), list(totals["period"])
    caption = words("peer_group.caption", metric=voice.metric(metric))
    drawn: Chart | DataTable
    if len(units) < MINIMUM_UNITS:
        rows = units[["value", "low", "high"]].assign(label=list(totals["name"]), own=False)
        drawn, note = beside_others(rows, metric=metric, voice=voice, period=periods[0], caption=caption), words("portfolio.intervals")
    else:
        drawn, note = funnel(units, metric=metric, period=periods[0], voice=voice, names=names, caption=caption), words("chart.funnel_note")
    if isinstance(drawn, Chart):  # the voice is that of one contract: its target and period are not the others'
        drawn = replace(drawn, notes=(note,))
    windows = words.list(
        [words("peer_group.window", who=one, period=words.period(when)) for one, when in zip(totals["name"], periods, strict=True)]
    )
    same = len(set(periods)) == 1
    said = [words("peer_group.same_window", period=words.period(periods[0])) if same else words("peer_group.windows", list=windows)]
    said.append(words("portfolio.own_mix"))
    if len(units) >= MINIMUM_UNITS:
        said.insert(0, words("portfolio.overdispersed" if units["adjusted"].iloc[0] else "portfolio.not_overdispersed"))
    heading = words("peer_group.heading", metric=voice.metric(metric), n=len(totals))
    return Section(heading, (drawn, Prose(tuple(said))), contents=heading)


def by_group(group: PeerGroup) -> tuple[Section, ...]:
    """Return the shares of groups of people that several contracts have shown, for each metric and dimension."""
    words, found = group.words, []
    for metric, _ in group.totals():
        voice, newest = group.voices[metric], group.newest(metric)
        for dimension in [one for one in newest["dimension"].unique() if one != ALL and one in voice.contract.dimensions]:
            rows = newest[newest["dimension"].eq(dimension)]
            rows = rows[rows.groupby("group")["contract"].transform("size").gt(1)].sort_values(["group", "name"], kind="stable")
            if rows.empty:
                continue
            columns = (Column(words("table.group")), Column(words("portfolio.contract")), Column(voice.metric(metric), "number"),
                       Column(words("peer_group.of"), "number"))  # fmt: skip
            cells = tuple(
                (
                    voice.group(dimension, str(row["group"])),
                    str(row["name"]),
                    voice.value(metric, row["numerator"] / row["denominator"]),
                    words.number(row["denominator"]),
                )
                for row in rows.head(MOST_ROWS).to_dict("records")
            )
            heading = words("peer_group.by_group", metric=voice.metric(metric), dimension=voice.dimension(dimension))
            more = [Prose((words("peer_group.more_rows", n=len(rows) - MOST_ROWS),))] if len(rows) > MOST_ROWS else []
            found.append(Section(heading, (DataTable(heading, columns, cells, row_header=2), *more), contents=heading))
    return tuple(found)


def changed(group: PeerGroup) -> Section:
    """Return what contracts did before their own figures got better, by their public pages, and whom to ask."""
    words = group.words
    did = group.figures[group.figures["changed"].ne("") & group.figures["metric"].isin(list(group.voices))]
    did = did.drop_duplicates(["agency", "contract", "metric", "changed"]).sort_values("name", kind="stable")
    items = tuple(
        words(
            "peer_group.did",
            who=str(row["name"]),
            metric=group.voices[str(row["metric"])].metric(str(row["metric"])),
            changed=str(row["changed"]),
        )
        for row in did.to_dict("records")
    )
    contacts = [(str(row["name"]), str(row["contact"])) for row in group.contracts.to_dict("records") if row["contact"]]
    ask = tuple(words("peers.ask", who=name, contact=contact) for name, contact in contacts)
    body = (Bullets(items), Prose((words("peer_group.not_why"),))) if items else (Prose((words("peer_group.nothing_changed"),)),)
    return Section(words("peer_group.changed"), (*body, *([Bullets(ask, heading=words("peer_group.ask"))] if ask else [])))


def questions(group: PeerGroup) -> Questions:
    """Return what the meeting talks about, one question after the other: none about what the page does not show."""
    shown = (any(True for _ in group.totals()), bool(by_group(group)), group.figures["changed"].ne("").any(), True)
    items = tuple(group.words(f"peer_group.question_{number}") for number, is_shown in enumerate(shown, start=1) if is_shown)
    return Questions(group.words("peer_group.questions"), items)


def how_to_read(group: PeerGroup) -> Section:
    """Return where the figures are from, and what they do not say."""
    words = group.words
    items = tuple(words(f"peer_group.{key}") for key in ("read_from", "read_named", "read_order"))
    return Section(words("read.heading"), (Bullets(items),), contents=words("read.short"))
