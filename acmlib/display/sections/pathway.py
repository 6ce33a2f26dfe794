"""The way through the program: where people are lost, where a gap opens and whose stage that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from acmlib.analysis.pathway import latest_steps, stages
from acmlib.contract.ids import ALL
from acmlib.contract.model import Pathway
from acmlib.display.charts import change as paired
from acmlib.display.claims import Claim, together
from acmlib.display.objects import Bullets, DataTable, Prose, Section
from acmlib.display.report import Report
from acmlib.display.rows import records
from acmlib.display.sections.steps import step_columns, step_composition, step_row


def _no_pathway(report: Report) -> Section:
    words = report.words
    return Section(words("pathway.none"), (Prose((words("pathway.none_why"),)),), contents=words("pathway.short"))


def pathway(report: Report, dimension: str = "") -> Section:
    """Return how many reached each stage and whose stage it is, as bars parted by group where these may be shown, else as a table.

    Parameters
    ----------
    dimension : str
        Whose groups part the bars; the first one of which it is asked who is served, if empty.
    """
    way = report.contract.pathway
    if way is None:
        return _no_pathway(report)
    words, voice = report.words, report.voice
    cells = latest_steps(report.cells)
    steps = stages(cells, way)
    found = _reached(records(steps[steps["dimension"].eq(ALL)]))
    known = [row for row in found if row["conversion"] == row["conversion"]]
    if any(row["position"] > 0 and row["status"] == "unreliable" for row in found):
        heading = words("pathway.heading_few")
    elif known:
        lowest = min(known, key=lambda row: float(row["conversion"]))
        key = "heading" if len(known) == len(found) - 1 else "heading_partly"
        heading = words(f"pathway.{key}", stage=voice.stage(lowest["stage"]), share=lowest["conversion"])
    else:
        heading = words("pathway.heading_hidden")
    figure = step_composition(report, dimension, found, steps)
    return Section(heading, (figure or _table(report, found),), contents=words("pathway.short"))


def _table(report: Report, found: list[dict[str, Any]]) -> DataTable:
    """Return the stages for everyone together as a table."""
    period = report.words.period(str(found[0]["period"])) if found else ""
    rows = tuple(step_row(report, row) for row in found)
    return DataTable(report.words("pathway.caption", period=period), step_columns(report), rows)


def _reached(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the stages with how many reached one that is hidden itself, where the next one shows it as those it is a share of."""
    rows = [dict(row) for row in found]
    for row, after in pairwise(rows):
        if row["reached"] != row["reached"] and after["of"] == after["of"]:
            row["reached"] = after["of"]
    return rows


def gap_opens(report: Report, dimension: str) -> Section:
    """Return at which stage the largest gap at the end of the pathway opens, and whose stage that is."""
    way = report.contract.pathway
    if way is None:
        return _no_pathway(report)
    words, voice = report.words, report.voice
    opened = _opened(report, dimension)
    behind = _behind(report, opened)
    short = words("pathway.opens_short", dimension=voice.dimension(dimension))
    if behind.empty:
        # Absence is said only where every group is seen along the whole way.
        key = "no_gap" if len(opened) and opened["final"].notna().all() else "opens_unknown"
        claim = Claim("step", dimension=dimension, verdict="none", shown_only=True) if key == "no_gap" else ()
        material = words.size(report.contract.statistics.materiality)
        heading = words(f"pathway.{key}", claim=claim, dimension=voice.dimension(dimension), **({"material": material} if claim else {}))
        return Section(heading, (Prose((words(f"pathway.{key}_why"),)),), contents=short)
    sentences = tuple(_opening_sentence(report, way, row) for row in records(behind))
    worst = behind.iloc[0]
    steps = opened[opened["group"].eq(worst["group"])]
    figure = paired.pathway(paired.both_sides(steps), group=str(worst["group"]), comparator=str(worst["comparator"]), voice=voice)
    joined = [_stages(report, names) for names in steps["stages"] if len(names) > 1]
    merged = [Prose((words("pathway.merged", list="; ".join(joined)),))] if joined else []
    sure = _is_sure(worst)
    heading = words(
        "pathway.opens" if sure else "pathway.opens_possible",
        claim=_step_claim(records(behind)[0]),
        group=voice.people(dimension, str(worst["group"])),
        stage=_stages(report, worst["stages"]),
    )
    # A question asks to repair only what is seen to be broken.
    question = (
        words("pathway.question", stage=_stages(report, worst["stages"]), owner=_owners(report, way, worst["stages"])) if sure else ""
    )
    return Section(heading, (figure, *merged, Bullets(sentences)), question=question, contents=short)


def _opened(report: Report, dimension: str) -> pd.DataFrame:
    """Return where gaps open by the groups of one dimension, as far as this edition shows it."""
    frame = report.assessment.stage_gaps
    return frame[frame["dimension"].eq(dimension)].reset_index(drop=True)


def _behind(report: Report, opened: pd.DataFrame) -> pd.DataFrame:
    """Return the step at which each gap worth speaking of opens: steps that differ by more than chance first, then the largest gap."""
    if opened.empty:
        return opened
    found = opened[opened["opens"].eq(True) & opened["final_gap"].le(-report.contract.statistics.materiality)]
    return found.assign(chance=~found["difference_high"].lt(0)).sort_values(["chance", "final_gap"], kind="stable")


def _is_sure(row: Any) -> bool:
    """Return whether the step at which a gap opens differs by more than chance."""
    return bool(row["difference_high"] < 0)


def opening_sentences(report: Report, dimension: str, groups: Sequence[str] = ()) -> list[str]:
    """Say for each group (all that are behind, if none is named) at which step its gap opens, whose step that is and what would follow."""
    way = report.contract.pathway
    if way is None:
        return []
    behind = _behind(report, _opened(report, dimension))
    rows = [row for row in records(behind) if not groups or row["group"] in groups]
    return [_opening_sentence(report, way, row) for row in rows]


def _step_claim(row: dict[str, Any]) -> Claim:
    """Return what a sentence about the step at which a gap opens claims."""
    names = ("final", "comparator_final", "conversion", "comparator_conversion")
    return Claim(
        "step",
        period=str(row["period"]),
        dimension=str(row["dimension"]),
        groups=(str(row["group"]),),
        comparator=str(row["comparator"]),
        about=",".join(row["stages"]),
        numbers=tuple((name, float(row[name])) for name in names),
    )


def _stages(report: Report, names: Sequence[str]) -> str:
    """Return the stages that are taken together, in words."""
    return report.words.list([report.voice.stage(name) for name in names])


def _owners(report: Report, way: Pathway, names: Sequence[str]) -> str:
    """Return whose stages these are, in words."""
    owners = dict.fromkeys(stage.owner for stage in way.stages if stage.stage in names)
    return report.words.list([report.words.party(owner) for owner in owners])


def _opening_sentence(report: Report, way: Pathway, row: dict[str, Any]) -> str:
    """Say for one group where the gap opens, and how many more would reach the end, or that the gap would close, were that stage equal."""
    words, voice, dimension = report.words, report.voice, str(row["dimension"])
    opens = words(
        "pathway.opens_sentence",
        claim=_step_claim(row),
        group=voice.people(dimension, str(row["group"])),
        comparator=voice.people(dimension, str(row["comparator"])),
        final=row["final"],
        comparator_final=row["comparator_final"],
        stage=_stages(report, row["stages"]),
        owner=_owners(report, way, row["stages"]),
        conversion=row["conversion"],
        comparator_conversion=row["comparator_conversion"],
    )
    if not _is_sure(row):
        return together([opens, words("pathway.chance")])
    # More people than the whole gap is of would be one number too many beside it: the group does better at other steps.
    closed = row["equal_gap"] >= 0
    return together([opens, words("pathway.closed") if closed else words("pathway.people", n=math.ceil(row["people"]))])
