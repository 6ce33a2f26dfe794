"""Who is served: against every base that the contract names, or by group where none is named."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from acmlib.analysis import overview
from acmlib.display.charts.frames import count_cell
from acmlib.display.charts.representation import representation
from acmlib.display.claims import Claim, claims_of, with_claims
from acmlib.display.judgements import VERDICTS, representation_heading, representation_sentence, share_places
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.rows import number, records
from acmlib.display.sections.opening_facts import served_first
from acmlib.intake.check.bases import bases_in_error
from acmlib.measures.table import OTHER_GROUPS


def served(report: Report, *, first_screen: bool = False) -> tuple[Section, ...]:
    """Return who is served against each base that the contract names, one section a base and dimension; by group alone without a base.

    Parameters
    ----------
    first_screen : bool
        The page begins with `first_screen`: what that pictures is not drawn again.
    """
    above = served_first(report) if first_screen else frozenset()
    told = [part for part in _parts(report) if not _is_subject(report, part)]
    sections = tuple(_served(report, one, drawn=(str(one["base"].iloc[0]), str(one["dimension"].iloc[0])) not in above) for one in told)
    return sections or (() if len(report.served) else (_composition(report),))


def served_subject(report: Report) -> Section | None:
    """Return who is served as the finding of a deep dive on how many are, by the topic's dimension; None without a base."""
    part = next((one for one in _parts(report) if _is_subject(report, one)), None)
    if part is None:
        return None
    found, metric, title = _served(report, part, drawn=True, named=True), str(part["metric"].iloc[0]), report.voice.short
    said = with_claims(f"{found.heading[:1].lower()}{found.heading[1:]}", *claims_of(found.heading))
    return replace(found, heading=report.words("served.subject", metric=title(metric), text=said))


def _parts(report: Report) -> list[pd.DataFrame]:
    """Return the shares of each base and dimension, those with a clear difference first."""
    parts = [one for _, one in report.served.groupby(["base", "dimension"], sort=False)] if len(report.served) else []
    return sorted(parts, key=lambda one: min((VERDICTS.index(verdict) for verdict in one["verdict"] if verdict in VERDICTS), default=9))


def _is_subject(report: Report, part: pd.DataFrame) -> bool:
    """Tell whether the topic of a deep dive is about these people by this dimension."""
    topic = report.topic
    return topic is not None and topic.metric == part["metric"].iloc[0] and topic.dimension == part["dimension"].iloc[0]


def _composition(report: Report) -> Section:
    """Return how many of each group were counted, unknown groups included, where there is no base to compare with."""
    words, voice = report.words, report.voice
    base = "base_in_error" if report.contract.representation and bases_in_error(report.release.findings) else "no_base"
    why, short = Prose((words(f"served.{base}_why"),)), words("served.short")
    counts = {name: _counted(report, name) for name, one in report.contract.metrics.items() if one.kind == "count"}
    metric, rows = next(((name, rows) for name, rows in counts.items() if len(rows)), ("", pd.DataFrame()))
    if rows.empty:
        return Section(words(f"served.{base}"), (why,), contents=short)
    total = number(report.latest(metric), "numerator")
    tables = tuple(
        _groups_table(report, metric, str(dimension), of, total) for dimension, of in rows.groupby("dimension", sort=False)
    )  # fmt: skip
    dimension = str(rows["dimension"].iloc[0])
    first = rows[rows["dimension"].eq(dimension) & ~rows["group"].isin(report.contract.dimensions[dimension].not_recorded)]
    heading = words(f"served.{base}")
    if base == "no_base" and total and len(first) and first["numerator"].notna().all():  # where a group is hidden, it may be the largest
        largest = max(records(first), key=lambda row: float(row["numerator"]))
        group = str(largest["group"])
        if group != OTHER_GROUPS:  # several groups put together are no group, and one of them may be the largest
            claim = Claim("largest", metric, str(largest["period"]), dimension, (group,))
            share, named = float(largest["numerator"]) / total, voice.group(dimension, group)
            heading = words("served.composition", claim=claim, metric=voice.metric(metric), n=total, group=named, share=share)
    return Section(heading, (*tables, why), contents=short)


def _counted(report: Report, metric: str) -> pd.DataFrame:
    """Return the rows of a count by the contract's dimensions in its latest period, in the order of pages; none where nothing was sent."""
    cells, period = report.cells, overview.latest_periods(report.cells).get(metric)
    rows = cells[cells["metric"].eq(metric) & cells["period"].eq(period or "") & cells["dimension"].isin(list(report.contract.dimensions))]
    return report.in_order(rows) if rows["status"].ne("no data").any() else rows.iloc[:0]


def _groups_table(report: Report, metric: str, dimension: str, rows: pd.DataFrame, total: float | None) -> DataTable:
    """Return the people of each group of a dimension, and their share of everyone."""
    words, voice = report.words, report.voice
    caption = words("served.composition_caption", metric=voice.metric(metric), dimension=voice.dimension(dimension),
                    period=words.period(str(rows["period"].iloc[0])))  # fmt: skip
    columns = (
        Column(voice.dimension(dimension).capitalize()),
        Column(words("table.numerator"), "number"),
        Column(words("table.share"), "number"),
    )
    body = []
    for row in records(rows):
        count = number(row, "numerator")
        share = words.percent(count / total) if count is not None and total else Cell(words("table.unjudged"), muted=True)
        body.append((voice.group(dimension, str(row["group"])), count_cell(row, voice, "numerator"), share))
    return DataTable(caption, columns, tuple(body))


def _base_name(report: Report, base: str, dimension: str) -> str:
    """Return who a base is, as it reads after *of*."""
    if base != "population":
        return report.voice.metric(base)
    population = report.contract.dimensions[dimension].population
    return population.of.in_language(report.voice.language) if population else base


def _served(report: Report, shares: pd.DataFrame, *, drawn: bool, named: bool = False) -> Section:
    """Return one base and dimension, with its picture unless that stands above; the picture names its metric where that is the subject."""
    words, voice, dimension = report.words, report.voice, str(shares["dimension"].iloc[0])
    of = str(shares["base"].iloc[0])
    base, places = _base_name(report, of, dimension), share_places(records(shares))
    judged = records(shares[shares["verdict"].isin(["clear", "possible"])])
    sentences = tuple(representation_sentence(row, voice, base=base, places=places) for row in judged)
    caption = words("caption.representation_of", metric=voice.metric(str(shares["metric"].iloc[0])), base=base,
                    dimension=voice.dimension(dimension), period=str(shares["period"].iloc[0])) if named else None  # fmt: skip
    body: list[Display] = [representation(shares.reset_index(drop=True), voice=voice, base=base, caption=caption)] if drawn else []
    if sentences:
        body.append(Bullets(sentences))
    population = report.contract.dimensions[dimension].population
    if population is not None and of == "population":  # other bases are counted in the contract's own data
        body.append(Prose((words("served.base_source", base=base, source=voice.written(population.source), date=str(population.date)),)))
    # A question asks to repair something only where a group may be reached less than its share.
    fewer = any((number(row, "representation_gap") or 0.0) < 0 for row in judged)
    question = words("served.question") if fewer else ""
    heading = representation_heading(shares, voice, base)
    return Section(heading, tuple(body), question=question, contents=words("served.by", dimension=voice.dimension(dimension)))
