"""The first screen: what matters most in one or two sentences, the headline figures as tiles, and the two pictures that carry it."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from acmlib.display.charts import change as paired
from acmlib.display.charts.outcomes import outcomes_by_group
from acmlib.display.charts.representation import representation
from acmlib.display.facts import Fact
from acmlib.display.first_screen import FirstScreen, Lead
from acmlib.display.objects import Chart, Display, Section, TitleBlock
from acmlib.display.report import Report
from acmlib.display.rows import Row
from acmlib.display.sections.doubts import doubts
from acmlib.display.sections.named import report_name
from acmlib.display.sections.opening import overdue, some_not_shown
from acmlib.display.sections.opening_facts import MOVED, PICTURES, base_names, drawn_over_time, first_words, pictured
from acmlib.display.sections.tiles import headline_tiles
from acmlib.display.sections.time import over_time
from acmlib.display.verdict import opening, stages_of
from acmlib.display.voice import FRACTIONS


def title(report: Report, name: str) -> TitleBlock:
    """Return the head of the page: contract, report and period; the facts about the contract in one line.

    Parameters
    ----------
    name : str
        ``dashboard``, ``deep_dive``, ``end_of_contract``, ..., or the title of a report of your own; a deep dive is named by its topic.
    """
    words, voice, agreed = report.words, report.voice, report.contract.contract
    label = report.topic.title.in_language(voice.language) if report.topic else report_name(name, words)
    whole = agreed.starts.day == 1 and (agreed.ends + dt.timedelta(days=1)).day == 1
    facts_line = [
        agreed.provider,
        agreed.agency,
        words("facts.range_months" if whole else "facts.range", start=agreed.starts, end=agreed.ends),
        *([words(f"edition.{report.release.edition}")] if report.release.edition != "internal" else []),
        words("facts.data_to", date=report.date),
    ]
    if agreed.next_meeting is not None and agreed.next_meeting > report.date:
        facts_line.append(words("facts.meets", date=agreed.next_meeting))
    banner = words("opening.working_paper") if report.release.edition == "internal" else ""
    named = agreed.title.in_language(words.locale.language)
    heading = words("facts.heading", contract=named, report=label, period=report.release.period.text)
    return TitleBlock(heading, " · ".join(facts_line), (), banner)


def first_screen(report: Report) -> tuple[Display, ...]:
    """Return the first sentences, the headline figures as tiles, and the two pictures that carry the sentences."""
    said = first_words(report)
    more = [*said.more, *_promises(report)]
    return (FirstScreen(Lead(said.lead, tuple(more)), headline_tiles(report), _pictures(report)),)


def _promises(report: Report) -> list[str]:
    """Say how many promises are overdue, and which has been longest; where none is, which comes next."""
    here = "_here" if some_not_shown(report, "actions") else ""
    if late := overdue(report):
        return [report.words(f"first.overdue{here}", n=len(late), what=report.voice.written(late[0].what))]
    coming = [one for one in report.records.actions if one.status == "open" and one.due is not None and one.agreed_on <= report.date]
    if not coming:
        return []
    one = min(coming, key=lambda action: (str(action.due), action.id))
    return [report.words(f"first.next_promise{here}", what=report.voice.written(one.what), date=one.due)]


def _pictures(report: Report) -> tuple[Display, ...]:
    """Return the pictures, each under a heading that names what it shows."""
    found: list[Section] = []
    chosen = pictured(report)
    twice = len({one.metric for one, _ in chosen if one.comparison is not None}) < sum(one.comparison is not None for one, _ in chosen)
    for one, room in chosen:
        found += [over_time(report, one.metric)] if one.kind in MOVED else _of_fact(report, one, alone=room == PICTURES, twice=twice)
    main = drawn_over_time(report) if not any(one.kind in MOVED for one, _ in chosen) else ""
    found += [over_time(report, main)] if main else []
    if len(found) < PICTURES:
        found += _quiet(report)
    return tuple(found[:PICTURES])


def _of_fact(report: Report, fact: Fact, *, alone: bool, twice: bool) -> list[Section]:
    """Return the picture of a gap or of who is served; with it where the gap opens, if there is room.

    Of a metric that is pictured `twice` the heading names the dimension.
    """
    words, voice = report.words, report.voice
    if fact.kind == "served":
        row = fact.rows[0]
        same = report.served["base"].eq(row["base"]) & report.served["dimension"].eq(row["dimension"])
        name = base_names(report).get((str(row["base"]), str(row["dimension"])), str(row["base"]))
        chart: Chart = representation(report.served[same].reset_index(drop=True), voice=voice, base=name)
        return [Section(words("first.picture_served"), (chart,))]
    if fact.comparison is None:
        return []
    rows = pd.DataFrame(list(fact.comparison.rows))
    found = [_results(report, rows, fact.metric, named=twice)]
    opened = opening(fact, report.assessment.stage_gaps, report.contract) if alone else None
    return [*found, _opens(report, opened)] if opened is not None else found


def _results(report: Report, rows: pd.DataFrame, metric: str, *, named: bool = False) -> Section:
    """Return the results of a metric by group."""
    words, voice = report.words, report.voice
    key = ("picture_results" if voice.kind(metric) in FRACTIONS else "picture_group") + ("_by" if named else "")
    dimension = voice.dimension(str(rows["dimension"].iloc[0]))
    caption = words("first.picture_caption", dimension=dimension, period=str(rows["period"].iloc[0]))
    body = (outcomes_by_group(rows, voice=voice, caption=caption), *doubts(report, metric))
    return Section(words(f"first.{key}", metric=voice.short(metric), dimension=dimension), body)


def _opens(report: Report, row: Row) -> Section:
    """Return the pathway of a group beside its comparator."""
    stage_gaps = report.assessment.stage_gaps
    same = (
        stage_gaps["dimension"].eq(row["dimension"]) & stage_gaps["group"].eq(row["group"]) & stage_gaps["comparator"].eq(row["comparator"])
    )
    steps = paired.both_sides(stage_gaps[same])
    chart = paired.pathway(steps, group=str(row["group"]), comparator=str(row["comparator"]), voice=report.voice)
    stage = report.words.list([report.voice.stage(name) for name in stages_of(row)])
    return Section(report.words("first.picture_opens", stage=stage), (chart,))


def _quiet(report: Report) -> list[Section]:
    """Return the results of the main metric by group where nothing is wrong and they can be compared."""
    for one in report.comparisons:
        if one.metric == report.main and sum(row["value"] == row["value"] for row in one.rows) > 1:
            return [_results(report, pd.DataFrame(list(one.rows)), one.metric)]
    return []
