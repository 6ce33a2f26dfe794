"""Who is there at each step of the pathway: everyone by step, and of which groups they are."""

from __future__ import annotations

from typing import Any

import pandas as pd

from acmlib.display.charts.composition import COLORS, Whole, composition
from acmlib.display.charts.frames import RELEASED
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.report import Report
from acmlib.display.rows import number, records
from acmlib.display.words import sentence_start
from acmlib.measures.table import NO_DATA, OTHER_GROUPS

#: What is known of everyone at a step, in the order of the table.
COLUMNS = ("stage", "owner", "reached", "conversion", "of_all")

#: Group to its share at one step; None where one of the groups may not be shown.
Shares = dict[str, float] | None


def step_columns(report: Report) -> tuple[Column, ...]:
    """Return the heads of a table of steps."""
    return tuple(Column(report.words(f"pathway.column_{one}"), "text" if one in COLUMNS[:2] else "number") for one in COLUMNS)


def step_row(report: Report, row: dict[str, Any]) -> tuple[str | Cell, ...]:
    """Return a step as a row of a table: whose step it is, how many reached it, and which share that is."""
    owner = f"party.{row['owner']}"
    return (
        report.voice.stage(row["stage"]),
        report.words(owner) if report.words.has(owner) else str(row["owner"]),
        report.words.number(row["reached"]) if row["reached"] == row["reached"] else _silent(report, row),
        _share(report, row, "conversion"),
        _share(report, row, "of_all"),
    )


def _silent(report: Report, row: dict[str, Any]) -> Cell:
    return Cell(report.voice.status(str(row["status"])), muted=True)


def _share(report: Report, row: dict[str, Any], name: str) -> str | Cell:
    """Return a share; a dash where it does not apply, a word where it is hidden."""
    if row[name] == row[name]:
        return report.words.percent(row[name])
    why = row["position"] > 0 and row["status"] in ("hidden", "unreliable")
    return _silent(report, row) if why else Cell(report.words("table.unjudged"), muted=True)


def step_composition(report: Report, dimension: str, everyone: list[dict[str, Any]], steps: pd.DataFrame) -> Chart | None:
    """Return of which groups those at each step are, residents first where they are known; None where fewer than two steps may be shown.

    Parameters
    ----------
    dimension : str
        The one whose groups are told; chosen if empty.
    everyone : list of dict
        The steps of all participants (`acmlib.analysis.pathway.stages`).
    steps : DataFrame
        The same of every group.
    """
    dimension = dimension or _dimension(report)
    if dimension not in report.contract.dimensions or not everyone:
        return None
    unknown = report.contract.dimensions[dimension].not_recorded
    own = steps[steps["dimension"].eq(dimension) & ~steps["group"].isin(unknown)]
    by_step = {str(stage): _shares(rows) for stage, rows in own.groupby("stage", sort=False)}
    base, residents = _residents(report, dimension)
    known = [one for one in (residents, *by_step.values()) if one]
    if len(known) < 2 or len({frozenset(one) for one in known}) > 1 or not any(by_step.values()):
        return None
    if len(known[-1]) < 2:
        return None  # all groups are put together: one bar of 100% shows nothing
    kept = _kept(report, dimension, known)
    told = [Whole(sentence_start(base), _together(residents, kept))] if residents else []
    told += [_whole(report, row, own[own["stage"].eq(row["stage"])], by_step.get(str(row["stage"])), kept) for row in everyone]
    period = report.words.period(str(everyone[0]["period"]))
    caption = report.words("composition.caption", dimension=report.voice.dimension(dimension), period=period)
    outside = own["group"].nunique() < steps[steps["dimension"].eq(dimension)]["group"].nunique()
    notes = [report.words("composition.unknown")] if outside else []
    table = _composition_table(report, everyone, told, caption, dimension, kept)
    return composition(told, dimension=dimension, voice=report.voice, caption=caption, data=table, notes=notes)


def _dimension(report: Report) -> str:
    """Return the first dimension of which it is asked who is served, else the first that splits people."""
    asked = [name for one in report.contract.representation for name in one.dimensions]
    people = [name for name, one in report.contract.dimensions.items() if one.kind == "people"]
    return next(iter([*asked, *people]), "")


def _shares(rows: pd.DataFrame) -> Shares:
    """Return the share of each group of those who reached a step and whose group is known."""
    reached, total = rows["reached"], rows["reached"].sum()
    if not rows["status"].isin(RELEASED).all() or reached.isna().any() or not total:
        return None
    return dict(zip(rows["group"].astype("str"), (reached / total).astype("float64"), strict=True))


def _residents(report: Report, dimension: str) -> tuple[str, Shares]:
    """Return who lives there: their name, and the share of each group; None where the contract names no population."""
    population, served = report.contract.dimensions[dimension].population, report.served
    if population is None or not len(served):
        return "", None
    rows = records(served[served["base"].eq("population") & served["dimension"].eq(dimension)])
    shares = {str(row["group"]): number(row, "base_share") for row in rows}
    known = {group: share for group, share in shares.items() if share is not None}
    return population.of.in_language(report.voice.language), known or None


def _kept(report: Report, dimension: str, known: list[dict[str, float]]) -> list[str]:
    """Return the groups that have a part of their own, in the order of pages: the largest, where there are more than colors."""
    groups = list(known[-1])
    frame = pd.DataFrame({"metric": "", "dimension": dimension, "group": groups, "numerator": list(known[-1].values())})
    ordered = report.in_order(frame.assign(denominator=float("nan")))["group"].tolist()
    if len(groups) <= len(COLORS):
        return ordered
    largest = sorted((one for one in groups if one != OTHER_GROUPS), key=lambda one: -max(shares[one] for shares in known))
    return [one for one in ordered if one in largest[: len(COLORS) - 1]]


def _together(shares: dict[str, float], kept: list[str]) -> dict[str, float]:
    """Return the shares of the groups that are kept, and of all others together."""
    found = {group: shares[group] for group in kept}
    rest = [share for group, share in shares.items() if group not in kept]
    return {**found, OTHER_GROUPS: sum(rest)} if rest else found


def _whole(report: Report, row: dict[str, Any], rows: pd.DataFrame, shares: Shares, kept: list[str]) -> Whole:
    """Return one step: its name with how many reached it, and the shares of the groups or why there are none."""
    words, stage = report.words, report.voice.stage(row["stage"])
    name = stage
    if row["reached"] == row["reached"]:
        people = words("chart.n", n=row["reached"])
        known = row["conversion"] == row["conversion"]
        name = words("composition.step" if known else "composition.first", stage=stage, people=people, share=row["conversion"])
    if shares is not None:
        return Whole(name, _together(shares, kept))
    return Whole(name, why=_why(report, rows))


def _why(report: Report, rows: pd.DataFrame) -> str:
    """Return why the groups of a step are not shown: hidden, too few, not sent, or not in an edition that leaves steps out."""
    silent = [str(status) for status in rows["status"] if status not in (*RELEASED, NO_DATA)]
    if silent or report.release.edition == "internal":
        return report.words("composition.no_groups", why=report.voice.status(silent[0] if silent else NO_DATA))
    return report.words("composition.not_shown")


def _composition_table(
    report: Report, everyone: list[dict[str, Any]], told: list[Whole], caption: str, dimension: str, kept: list[str]
) -> DataTable:  # fmt: skip
    """Return the steps in numbers, the shares of the groups behind what is known of everyone."""
    words, nothing = report.words, Cell(report.words("table.unjudged"), muted=True)
    groups = next(list(one.shares) for one in told if one.shares)
    columns = (*step_columns(report), *(Column(report.voice.group(dimension, group), "number") for group in groups))
    heads = [step_row(report, row) for row in everyone]
    if len(told) > len(heads):
        heads.insert(0, (told[0].name, *[nothing] * (len(COLUMNS) - 1)))

    def shares(whole: Whole) -> tuple[str | Cell, ...]:
        if whole.shares:
            return tuple(words.percent(whole.shares[group]) for group in groups)
        return tuple(Cell(whole.why, muted=True) for _ in groups)

    return DataTable(caption, columns, tuple((*head, *shares(whole)) for head, whole in zip(heads, told, strict=True)))
