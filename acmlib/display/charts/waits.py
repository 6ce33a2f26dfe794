"""How long waits are: of how many the wait was over by so many days, and how many were still waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

import pandas as pd

from acmlib.contract.ids import MetricId
from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, WIDTH, LinearScale, Sheet, text_width, wrap
from acmlib.display.charts.curves import curve_sheet, draw_marks, write_counts
from acmlib.display.charts.frames import chart_of, count_cell, interval_cell, one_of, released, value_cell, value_of, why_not
from acmlib.display.objects import Chart, DataTable
from acmlib.display.rows import Row, number, records
from acmlib.display.tables import heads
from acmlib.display.voice import Voice

#: Shape, colour and hollow of the later period, which the figure is about, and of the one before.
NOW, BEFORE = ("o", BLUE, False), ("s", GREY, True)

TOP = 30.0

#: Nearer to each other than this, in points, two values above marks would overlap.
APART = 30.0

Item = TypeVar("Item")


def waits_over_time(cells: pd.DataFrame, *, voice: Voice, standard: float | None = None) -> Chart:
    """Return of how many a wait was over by each of a few days, in the last period and in the one before.

    Parameters
    ----------
    cells : DataFrame
        Rows ``<id>@<days>d`` of one duration metric, everyone together, of one period or two (`acmlib.release.waits.released_waits`).
    standard : float, optional
        Days within which it should happen: drawn as a vertical line.

    Raises
    ------
    ValueError
        If no row is released: show a sentence instead of a figure.
    """
    rows = [{**row, "days": MetricId.parse(row["metric"]).days or 0} for row in records(cells)]
    metric = one_of(cells.assign(metric=cells["metric"].map(lambda one: MetricId.parse(one).key)), "metric")
    voice, lines = voice.about(metric), dict[str, list[Row]]()
    words = voice.words
    for row in sorted(rows, key=lambda row: str(row["period"])):
        if released(row):
            lines.setdefault(row["period"], []).append(row)
    if not lines:
        raise ValueError(f"waits of {metric}: nothing is released; show a sentence instead")
    caption = words("caption.waits", metric=voice.metric(metric))
    told = [_sentence(period, members, voice) for period, members in reversed(lines.items())]
    small = voice.fine_print(period=words.list(words.period(one) for one in lines), metric=metric, window=max(lines))
    notes = (*_left_out([row for row in rows if not released(row)], voice), words("chart.waits_note"), *small)
    svg = _draw(lines, sorted({row["days"] for row in rows}), standard, voice)
    alt = words("alt.waits", metric=voice.metric(metric), list=told[0])
    return chart_of(svg, alt, told, _table(rows, caption, voice), caption, notes, voice)


def _left_out(rows: Sequence[Row], voice: Voice) -> tuple[str, ...]:
    """Name the points that are not drawn, and why; nothing where there are none."""
    if not rows:
        return ()
    items = [voice.words("chart.not_drawn_item", group=_point(row, voice), why=why_not(row, voice)) for row in rows]
    hidden = any(row["status"] == "hidden" for row in rows)
    rule = [voice.words("chart.waits_hidden", minimum=voice.contract.privacy.minimum_count)] if hidden else []
    return (" ".join([voice.words("chart.not_drawn", list="; ".join(items)), *rule]),)


def _point(row: Row, voice: Voice) -> str:
    return voice.words("long.period_by_day", period=str(row["period"]), days=voice.days(str(row["metric"]), row["days"]))


def _sentence(period: str, members: Sequence[Row], voice: Voice) -> str:
    words, last = voice.words, members[-1]
    points = [words("long.waits_point", share=number(row, "value"), days=voice.days(str(row["metric"]), row["days"])) for row in members]
    waiting = _waiting(last)
    return words("long.waits" if waiting else "long.waits_all", period=period, list=", ".join(points), n=waiting,
                 of=number(last, "denominator"), days=voice.days(str(last["metric"]), last["days"]))  # fmt: skip


def _draw(lines: Mapping[str, Sequence[Row]], times: Sequence[int], standard: float | None, voice: Voice) -> str:
    names = {period: wrap(voice.words.period(period), 96) for period in lines}
    right = WIDTH - max(text_width(line, "bold") for found in names.values() for line in found) - 14
    sheet, x, y = curve_sheet(len(lines), times, TOP, right, voice)
    for time in _apart((0, *times), lambda time: x(time), APART / 2):
        sheet.text(x(time), y(0) + 16, voice.words.number(time), color=GREY, align="center")
    if standard is not None:
        sheet.line([x(standard)] * 2, [y(0), TOP - 10], color=INK, width=1, dash=(3.0, 2.0))
        sheet.text(x(standard) + 4, TOP - 14, voice.words("chart.standard", days=standard))
    styles = dict(zip(lines, (BEFORE, NOW)[-len(lines) :], strict=True))
    for period, members in lines.items():
        # Not joined across a time that is hidden: the line would pass for a value there.
        way = {0: (x(0), y(0))} | {row["days"]: (x(row["days"]), y(value_of(row))) for row in members}
        steps = [(one, other) for one, other in pairwise((0, *times)) if one in way and other in way]
        sheet.segments([(way[one], way[other]) for one, other in steps], color=styles[period][1], width=1.5)
        called = [_point(row, voice) for row in members]
        draw_marks(sheet, members, called, styles[period], x, y, voice, str(members[0]["metric"]))
    _names(sheet, lines, names, right, y)
    latest = sorted(lines, reverse=True)
    seen = {period: _apart(lines[period], lambda row: x(row["days"]), APART * 0.6) for period in latest}
    counts = [[(x(row["days"]), voice.words.number(_waiting(row))) for row in seen[period]] for period in latest]
    write_counts(sheet, voice.words("chart.still_waiting"), zip((styles[period] for period in latest), counts, strict=True), y(0) + 16)
    return sheet.svg()


def _apart(items: Iterable[Item], place: Callable[[Item], float], least: float) -> list[Item]:
    """Return the items that stand at least so far from the one before: others would run into it."""
    found: list[Item] = []
    for one in items:
        if not found or place(one) - place(found[-1]) >= least:
            found.append(one)
    return found


def _names(sheet: Sheet, lines: Mapping[str, Sequence[Row]], names: Mapping[str, Sequence[str]], right: float, y: LinearScale) -> None:
    """Write the periods at the ends of their lines: the higher end above."""
    ends = sorted(lines, key=lambda period: -value_of(lines[period][-1]))
    place = y(value_of(lines[ends[0]][-1]))
    if len(ends) > 1:
        place = min(place, y(value_of(lines[ends[1]][-1])) - LINE * (len(names[ends[0]]) + 0.4))
    place = max(place, TOP + 4)
    for period in ends:
        place = max(place, y(value_of(lines[period][-1])))
        for line in names[period]:
            sheet.text(right + 6, place, line, bold=period == max(lines), middle=True)
            place += LINE
        place += LINE * 0.4


def _waiting(row: Row) -> float:
    """Return how many were still waiting."""
    return (number(row, "denominator") or 0.0) - (number(row, "numerator") or 0.0)


def _table(rows: Sequence[Row], caption: str, voice: Voice) -> DataTable:
    numbers = ("table.value", "table.interval", "table.numerator", "table.denominator", "chart.still_waiting")
    body = tuple(
        (
            _point(row, voice),
            value_cell(row, voice, str(row["metric"])),
            interval_cell(row, voice, str(row["metric"])),
            *(count_cell(row, voice, one) for one in ("numerator", "denominator")),
            count_cell({**row, "numerator": _waiting(row)}, voice, "numerator"),
        )
        for row in sorted(rows, key=lambda row: (row["period"], row["days"]))
    )
    return DataTable(caption, heads(voice.words, "table.period_and_day", numbers=numbers), body)
