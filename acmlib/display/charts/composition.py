"""Who is referred, enrolled, served, placed, beside residents: the share of each group at each step, as numbers with bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, RULE, WIDTH, Sheet, wrap
from acmlib.display.charts.frames import one_of, records
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.rows import Row, number
from acmlib.display.voice import Voice

#: Height of a bar, and room between two groups, in points.
BAR, GAP = 7.0, 10.0

#: More steps than this leave no room for their names.
MOST = 6


def composition(shares: pd.DataFrame, *, voice: Voice, period: str, base: str = "", caption: str | None = None) -> Chart:
    """Return how the groups of one dimension make up each step of the way, the population first.

    Parameters
    ----------
    shares : DataFrame
        Columns ``dimension`` (one), ``step`` (its label, in the order to be shown), ``group``, ``share`` (of the people whose group is
        known; NaN if it may not be shown), ``people`` (NaN where unknown or not shown), and ``status``. Groups in the order to be shown.
    voice : Voice
        Words and labels.
    period : str
        Period of the metric table.
    base : str
        Step that the others are held against, drawn in grey: the label of the residents.
    caption : str, optional
        Instead of *who comes how far, by dimension, period*.

    Raises
    ------
    ValueError
        If nothing can be shown, or there are more than six steps.
    """
    words, dimension = voice.words, one_of(shares, "dimension")
    rows = records(shares)
    steps, groups = list(dict.fromkeys(str(row["step"]) for row in rows)), list(dict.fromkeys(str(row["group"]) for row in rows))
    if len(steps) > MOST or all(number(row, "share") is None for row in rows):
        raise ValueError(f"composition by {dimension}: {len(steps)} steps; give one to {MOST} of which at least one share can be shown")
    at = {(str(row["step"]), str(row["group"])): row for row in rows}
    named = caption or words("figure.composition_caption", dimension=voice.dimension(dimension), period=period)
    sentences = [_sentence(group, steps, at, dimension, voice) for group in groups]
    return Chart(
        svg=_draw(steps, groups, at, base, dimension, voice),
        alt=words("figure.composition_alt", dimension=voice.dimension(dimension), list=" ".join(sentences[:2])),
        long_description=" ".join(sentences),
        data=_table(steps, groups, at, named, dimension, voice),
        caption=named,
        notes=(words("figure.composition_note"), *voice.fine_print(period=words.period(period), base=base or None)),
        label=words("page.data_details"),
    )


def _sentence(group: str, steps: Sequence[str], at: Mapping[tuple[str, str], Row], dimension: str, voice: Voice) -> str:
    parts = [
        voice.words("figure.step_share", step=step, share=share)
        for step in steps
        if (share := number(at.get((step, group), {}), "share")) is not None
    ]
    name = voice.group(dimension, group)
    return voice.words("long.retention", group=name, list=", ".join(parts)) if parts else voice.words("long.no_pair", group=name)


def _draw(steps: Sequence[str], groups: Sequence[str], at: Mapping[tuple[str, str], Row], base: str, dimension: str, voice: Voice) -> str:
    wide = WIDTH / len(steps)
    heads = [wrap(step, wide - 8, "bold" if step != base else "normal") for step in steps]
    header = max(map(len, heads)) * LINE + 4
    names = [wrap(voice.group(dimension, group), WIDTH) for group in groups]
    sheet = Sheet(header + sum(len(name) * LINE + LINE + BAR + GAP for name in names))
    for column, lines in enumerate(heads):
        for nth, line in enumerate(lines, start=1):
            sheet.text(column * wide, LINE * nth - 4, line, color=GREY)
    largest = max((share for row in at.values() if (share := number(row, "share")) is not None), default=1.0)
    y = header
    for group, name in zip(groups, names, strict=True):
        sheet.line([0, WIDTH], [y, y], color=RULE, width=0.6)
        for nth, line in enumerate(name, start=1):
            sheet.text(0, y + LINE * nth - 3, line)
        y += len(name) * LINE
        for column, step in enumerate(steps):
            _cell(sheet, at.get((step, group)), column * wide, y, wide - 10, largest, voice, base=step == base)
        y += LINE + BAR + GAP
    return sheet.svg()


def _cell(sheet: Sheet, row: Row | None, x: float, y: float, wide: float, largest: float, voice: Voice, *, base: bool) -> None:
    """Draw one share as its number with a bar below; what may not be shown is a dash, and no bar."""
    share = number(row, "share") if row is not None else None
    if row is None or share is None:
        sheet.text(x, y + LINE - 4, "–", color=GREY)
        return
    text = voice.words.percent(share)
    sheet.text(x, y + LINE - 4, text, bold=not base, color=GREY if base else INK)
    end, top, bottom = x + max(wide * share / largest, 0.6), y + LINE, y + LINE + BAR
    corners = [(x, top), (end, top), (end, bottom), (x, bottom)]
    sheet.band(corners, color=GREY if base else BLUE, title=_title(row, text, voice))


def _title(row: Row, text: str, voice: Voice) -> str:
    people = number(row, "people")
    shown = text if people is None else f"{text} ({voice.words('chart.n', n=people)})"
    return f"{row['step']}: {shown}"


def _table(
    steps: Sequence[str], groups: Sequence[str], at: Mapping[tuple[str, str], Row], caption: str, dimension: str, voice: Voice
) -> DataTable:
    words = voice.words
    columns = (Column(words("table.group")), *(Column(step, "number") for step in steps))

    def cell(row: Row | None) -> str | Cell:
        share = number(row, "share") if row is not None else None
        if row is None or share is None:
            hidden = row is not None and str(row.get("status")) == "hidden"
            return Cell(voice.status("hidden") if hidden else words("table.no_value"), muted=True)
        people = number(row, "people")
        return Cell(words.percent(share), detail=words("chart.n", n=people) if people is not None else "")

    body = tuple((voice.group(dimension, group), *(cell(at.get((step, group))) for step in steps)) for group in groups)
    return DataTable(caption, columns, body)
