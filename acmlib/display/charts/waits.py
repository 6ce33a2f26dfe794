"""How long waits are: of how many the wait was over by so many days, and how many were still waiting."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from acmlib.contract.ids import MetricId
from acmlib.display.charts.canvas import BAND, BLUE, GREY, INK, LINE, RULE, WIDTH, LinearScale, Sheet, text_width, wrap
from acmlib.display.charts.frames import count_cell, hover, interval_cell, one_of, released, value_cell, why_not
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.rows import number, records
from acmlib.display.voice import Voice

#: Shape, colour and hollow of the later period, which the figure is about, and of the one before.
NOW, BEFORE = ("o", BLUE, False), ("s", GREY, True)

HEIGHT = 150.0
TOP = 30.0
LEFT = 48.0

#: Nearer to each other than this, in points, two values above marks would overlap.
APART = 30.0


def waits_over_time(cells: pd.DataFrame, *, voice: Voice, standard: float | None = None, caption: str | None = None) -> Chart:
    """Return of how many a wait was over by each of a few days, in the last period and in the one before.

    Everyone who began to wait counts, also those who wait still: where the line ends below 100%, the rest had not come by then.

    Parameters
    ----------
    cells : DataFrame
        Rows ``<id>@<days>d`` of one duration metric, everyone together, of one period or two (`acmlib.release.waits.released_waits`).
    standard : float, optional
        Days within which it should happen: drawn as a vertical line.

    Raises
    ------
    ValueError
        If the rows are of several metrics, or nothing of them is released.
    """
    rows = [{**row, "days": MetricId.parse(row["metric"]).days or 0} for row in records(cells)]
    metric = one_of(cells.assign(metric=cells["metric"].map(lambda one: MetricId.parse(one).key)), "metric")
    words = voice.words
    lines = {
        period: [row for row in rows if row["period"] == period and released(row)] for period in sorted({row["period"] for row in rows})
    }
    lines = {period: members for period, members in lines.items() if members}
    if not lines:
        raise ValueError(f"waits of {metric}: nothing is released; show a sentence instead")
    named = caption or words("caption.waits", metric=voice.metric(metric))
    told = [_sentence(period, members, voice) for period, members in reversed(lines.items())]
    period = words.list(words.period(one) for one in lines)
    notes = (
        *_left_out([row for row in rows if not released(row)], voice),
        words("chart.waits_note"),
        *voice.fine_print(period=period, metric=metric, window=max(lines)),
    )
    return Chart(
        svg=_draw(lines, sorted({row["days"] for row in rows}), standard, voice),
        alt=words("alt.waits", metric=voice.metric(metric), list=told[0]),
        long_description=" ".join(told),
        data=_table(rows, named, voice),
        caption=named,
        notes=notes,
        label=words("page.data_details"),
    )


def _left_out(rows: Sequence[dict[str, Any]], voice: Voice) -> tuple[str, ...]:
    """Name the points that are not drawn, and why; nothing where there are none."""
    if not rows:
        return ()
    items = [voice.words("chart.not_drawn_item", group=_point(row, voice), why=why_not(row, voice)) for row in rows]
    hidden = any(row["status"] == "hidden" for row in rows)
    rule = [voice.words("chart.waits_hidden", minimum=voice.contract.privacy.minimum_count)] if hidden else []
    return (" ".join([voice.words("chart.not_drawn", list="; ".join(items)), *rule]),)


def _point(row: dict[str, Any], voice: Voice) -> str:
    return voice.words("long.period_by_day", period=str(row["period"]), days=voice.days(str(row["metric"]), row["days"]))


def _sentence(period: str, members: Sequence[dict[str, Any]], voice: Voice) -> str:
    words = voice.words
    points = [words("long.waits_point", share=number(row, "value"), days=voice.days(str(row["metric"]), row["days"])) for row in members]
    last = members[-1]
    waiting = (number(last, "denominator") or 0) - (number(last, "numerator") or 0)
    key = "long.waits" if waiting else "long.waits_all"
    return words(key, period=period, list=", ".join(points), n=waiting, of=number(last, "denominator"),
                 days=voice.days(str(last["metric"]), last["days"]))  # fmt: skip


def _draw(lines: dict[str, list[dict[str, Any]]], times: Sequence[int], standard: float | None, voice: Voice) -> str:
    words = voice.words
    names = {period: wrap(words.period(period), 96) for period in lines}
    right = WIDTH - max(text_width(line, "bold") for found in names.values() for line in found) - 14
    sheet = Sheet(TOP + HEIGHT + 26 + LINE * (len(lines) + 1) + 8)
    x, y = LinearScale(0, max(times), LEFT, right - 6), LinearScale(0, 1, TOP + HEIGHT, TOP)
    for level in (0.0, 0.5, 1.0):
        sheet.line([LEFT - 6, right], [y(level)] * 2, color=RULE if level == 0 else BAND, width=0.9)
        sheet.text(LEFT - 8, y(level), words.percent(level), color=GREY, align="right", middle=True)
    _days(sheet, times, standard, x, y, voice)
    styles = dict(zip(lines, (BEFORE, NOW)[-len(lines) :], strict=True))
    for period, members in lines.items():
        shape, color, hollow = styles[period]
        points = [(x(row["days"]), y(number(row, "value") or 0.0)) for row in members]
        # Not joined across a time that is hidden: the line would pass for a value there.
        way = dict([(0, (x(0), y(0))), *((row["days"], point) for row, point in zip(members, points, strict=True))])
        steps = [(one, other) for one, other in pairwise((0, *times)) if one in way and other in way]
        sheet.segments([(way[one], way[other]) for one, other in steps], color=color, width=1.5)
        ends = [(place, y(low), y(high)) for (place, _), row in zip(points, members, strict=True)
                if (low := number(row, "low")) is not None and (high := number(row, "high")) is not None]  # fmt: skip
        sheet.segments([((place, low), (place, high)) for place, low, high in ends], color=color, width=1.2)
        titles = [hover(_point(row, voice), row, voice, str(row["metric"])) for row in members]
        sheet.mark([one for one, _ in points], [one for _, one in points], shape=shape, size=8, color=color, hollow=hollow, titles=titles)
    _names(sheet, lines, names, right, y)
    _waiting(sheet, lines, styles, x, y(0) + 16, voice)
    return sheet.svg()


def _days(sheet: Sheet, times: Sequence[int], standard: float | None, x: LinearScale, y: LinearScale, voice: Voice) -> None:
    """Write the days under the axis, leaving out those that would run into the one before, and draw the standard."""
    last = -APART
    for time in (0, *times):
        if x(time) - last >= APART / 2:
            sheet.text(x(time), y(0) + 16, voice.words.number(time), color=GREY, align="center")
            last = x(time)
    if standard is not None:
        sheet.line([x(standard)] * 2, [y(0), TOP - 10], color=INK, width=1, dash=(3.0, 2.0))
        sheet.text(x(standard) + 4, TOP - 14, voice.words("chart.standard", days=standard))


def _names(sheet: Sheet, lines: dict[str, list[dict[str, Any]]], names: dict[str, list[str]], right: float, y: LinearScale) -> None:
    """Write the periods at the ends of their lines: the higher end above."""
    ends = sorted(lines, key=lambda period: -(number(lines[period][-1], "value") or 0.0))
    place = y(number(lines[ends[0]][-1], "value") or 0.0)
    if len(ends) > 1:
        place = min(place, y(number(lines[ends[1]][-1], "value") or 0.0) - LINE * (len(names[ends[0]]) + 0.4))
    place = max(place, TOP + 4)
    for period in ends:
        place = max(place, y(number(lines[period][-1], "value") or 0.0))
        for line in names[period]:
            sheet.text(right + 6, place, line, bold=period == max(lines), middle=True)
            place += LINE
        place += LINE * 0.4


def _waiting(
    sheet: Sheet, lines: dict[str, list[dict[str, Any]]], styles: dict[str, tuple[str, str, bool]], x: LinearScale, top: float, voice: Voice
) -> None:
    """Write under each day how many were still waiting then, a line a period behind its mark, the later one first."""
    sheet.text(LEFT - 32, top + LINE * 1.2, voice.words("chart.still_waiting"), color=GREY)
    for line, period in enumerate(sorted(lines, reverse=True), start=2):
        shape, color, hollow = styles[period]
        baseline = top + LINE * (line + 0.2)
        sheet.mark([LEFT - 26], [baseline - 4], shape=shape, size=7, color=color, hollow=hollow)
        last = -APART
        for row in lines[period]:
            people = (number(row, "denominator") or 0.0) - (number(row, "numerator") or 0.0)
            if x(row["days"]) - last >= APART * 0.6:
                sheet.text(x(row["days"]), baseline, voice.words.number(people), align="center")
                last = x(row["days"])


def _table(rows: Sequence[dict[str, Any]], caption: str, voice: Voice) -> DataTable:
    words = voice.words
    columns = (
        Column(words("table.period_and_day")), Column(words("table.value"), "number"), Column(words("table.interval"), "number"),
        Column(words("table.numerator"), "number"), Column(words("table.denominator"), "number"),
        Column(words("chart.still_waiting"), "number"),
    )  # fmt: skip
    body: list[tuple[str | Cell, ...]] = []
    for row in sorted(rows, key=lambda row: (row["period"], row["days"])):
        waiting = {**row, "numerator": (number(row, "denominator") or 0.0) - (number(row, "numerator") or 0.0)}
        body.append((
            _point(row, voice),
            value_cell(row, voice, str(row["metric"])),
            interval_cell(row, voice, str(row["metric"])),
            count_cell(row, voice, "numerator"),
            count_cell(row, voice, "denominator"),
            count_cell(waiting, voice, "numerator"),
        ))  # fmt: skip
    return DataTable(caption, columns, tuple(body))
