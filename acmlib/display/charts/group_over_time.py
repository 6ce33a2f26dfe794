"""Groups over time: half-years that do not overlap, each with its interval, so that a gap is seen to open or to close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from acmlib.display.charts.canvas import BAND, BLUE, GREY, INK, LINE, ORANGE, RULE, WIDTH, LinearScale, Sheet, text_width, wrap
from acmlib.display.charts.frames import (
    bounds,
    chart_of,
    count_cell,
    in_words,
    interval_cell,
    known_numbers,
    not_drawn,
    one_of,
    released,
    value_cell,
    value_of,
    value_range,
)
from acmlib.display.charts.targets import draw_target, targets_of
from acmlib.display.objects import Chart, DataTable
from acmlib.display.rows import Row, number, records
from acmlib.display.tables import heads
from acmlib.display.voice import Voice

#: Shape, colour and hollow: the group that the figure is about, the one beside it, and the others.
MARKS = (("s", ORANGE, False), ("D", BLUE, False), ("o", GREY, True), ("^", INK, True))

#: A figure in which more lines cross is read by nobody.
MOST = 4

TOP, PLOT, LEFT = 12.0, 140.0, 44.0

#: How far marks of one period stand apart, in points.
APART = 7.0


def group_over_time(cells: pd.DataFrame, *, voice: Voice, groups: Sequence[str], caption: str | None = None) -> Chart:
    """Return the results of two to four groups over periods that do not overlap, each beside the target in force then.

    Parameters
    ----------
    cells : DataFrame
        Rows of the metric table of one metric and dimension; half-years (``P6M/2025-12``) or contract years. Rows that may not be shown are
        named under the figure.
    groups : sequence of str
        The group that the figure is about, then what it is compared with, then others; at most four are drawn.

    Raises
    ------
    ValueError
        If there is nothing to draw, or `groups` are more than four.
    """
    if not 1 <= len(groups) <= MOST:
        raise ValueError(f"group_over_time: {len(groups)} groups; name one to {MOST}, the group that the figure is about first")
    metric, dimension = one_of(cells, "metric"), one_of(cells, "dimension")
    voice = voice.about(metric)
    words = voice.words
    rows = [row for row in records(cells) if row["group"] in groups]
    periods = sorted({str(row["period"]) for row in rows}, key=lambda text: (text.rpartition("/")[2], text))
    drawn = [row for row in rows if released(row)]
    if not drawn:
        raise ValueError(f"group_over_time of {metric} by {dimension}: nothing can be shown; say so in a sentence instead")
    named = caption or words("figure.groups_caption", metric=voice.metric(metric), dimension=voice.dimension(dimension))
    agreed = [{"target": voice.target(metric, period)} for period in periods]
    told = [_sentence(group, [row for row in drawn if row["group"] == group], metric, dimension, voice) for group in groups]
    svg = _draw(drawn, groups, periods, agreed, metric, dimension, voice)
    alt = words("figure.groups_alt", n=len(groups), metric=voice.metric(metric), list=" ".join(told))
    target, intervals = number(agreed[-1], "target"), any(map(bounds, drawn))
    small = voice.fine_print(period="", metric=metric, intervals=intervals, window=periods[-1], target=target)
    notes = (*not_drawn(rows, voice, dimension, period=True), *small)
    return chart_of(svg, alt, told, _table(rows, groups, periods, named, metric, dimension, voice), named, notes, voice)


def _sentence(group: str, rows: Sequence[Row], metric: str, dimension: str, voice: Voice) -> str:
    name = voice.group(dimension, group)
    if not rows:
        return voice.words("long.no_pair", group=name)
    points = [voice.words("chart.point_in", period=str(row["period"]), result=in_words(row, metric, voice)) for row in rows]
    return voice.words("long.retention", group=name, list="; ".join(points))


def _draw(
    rows: Sequence[Row], groups: Sequence[str], periods: Sequence[str], agreed: Sequence[Row], metric: str, dimension: str, voice: Voice
) -> str:
    names = {group: wrap(voice.group(dimension, group), 104) for group in groups}
    lines = [line for found in names.values() for line in found]
    right = WIDTH - max([text_width(line, "bold") for line in lines] + [text_width(_target_text(agreed, metric, voice))]) - 18
    bottom = TOP + PLOT
    low, high, ticks = value_range([*known_numbers(rows, "value", "low", "high"), *targets_of(agreed)], metric, voice)
    sheet = Sheet(bottom + 8 + 2 * LINE)
    x, y = LinearScale(0, max(len(periods) - 1, 1), LEFT + 14, right - 14), LinearScale(low, high, bottom, TOP)
    for tick in ticks:
        sheet.line([LEFT, right - 4], [y(tick)] * 2, color=BAND, width=0.9)
        sheet.text(LEFT - 6, y(tick), voice.value(metric, tick).split(" ")[0], color=GREY, align="right", middle=True)
    draw_target(sheet, agreed, x, y)
    _periods(sheet, periods, x, bottom, voice)
    for place, group in reversed(list(enumerate(groups))):
        _series(sheet, [row for row in rows if row["group"] == group], periods, place, len(groups), metric, dimension, voice, x, y)
    _names(sheet, rows, groups, names, agreed, right, metric, voice, y)
    return sheet.svg()


def _target_text(agreed: Sequence[Row], metric: str, voice: Voice) -> str:
    target = number(agreed[-1], "target") if agreed else None
    return "" if target is None else voice.words("chart.target", value=voice.value(metric, target))


def _series(
    sheet: Sheet, rows: Sequence[Row], periods: Sequence[str], place: int, of: int, metric: str, dimension: str, voice: Voice,
    x: LinearScale,
    y: LinearScale,
) -> None:  # fmt: skip
    """Draw one group: intervals, a line between periods that follow each other, marks with their values on hover."""
    shape, color, hollow = MARKS[place]
    aside = APART * (place - (of - 1) / 2)
    at = {str(row["period"]): row for row in rows}
    points = [(x(one) + aside, at[period]) for one, period in enumerate(periods) if period in at]
    for left, row in points:
        if ends := bounds(row):
            sheet.line([left, left], [y(one) for one in ends], color=color, width=1.4)
    for one, period in enumerate(periods[1:], start=1):
        if period in at and periods[one - 1] in at:
            heights = [y(value_of(row)) for row in (at[periods[one - 1]], at[period])]
            sheet.line([x(one - 1) + aside, x(one) + aside], heights, color=color, width=1.2)
    for left, row in points:
        result = voice.result(metric, value_of(row), number(row, "numerator"), number(row, "denominator"))
        when = voice.words("chart.point_in", period=str(row["period"]), result=result)
        title = f"{voice.group(dimension, str(row['group']))}, {when}"
        sheet.mark([left], [y(value_of(row))], shape=shape, size=8, color=color, hollow=hollow, titles=[title])


def _periods(sheet: Sheet, periods: Sequence[str], x: LinearScale, bottom: float, voice: Voice) -> None:
    """Write the last month of each period under it, leaving out those that would run into the one before."""
    sheet.line([LEFT, x.end + 14], [bottom + 4] * 2, color=RULE, width=0.9)
    free = 0.0
    last = len(periods) - 1
    texts = [voice.words.short_month(period.rpartition("/")[2]) for period in periods]
    keep = x(last) - text_width(texts[-1]) / 2 - 8
    for place, text in enumerate(texts):
        half = text_width(text) / 2
        if x(place) - half < free or (place < last and x(place) + half > keep):
            continue
        sheet.text(x(place), bottom + 20, text, align="center", color=GREY)
        free = x(place) + half + 8
    sheet.text(x.start - 14, bottom + 20 + LINE, voice.words("figure.ends"), color=GREY)


def _names(
    sheet: Sheet, rows: Sequence[Row], groups: Sequence[str], names: Mapping[str, Sequence[str]], agreed: Sequence[Row], right: float,
    metric: str, voice: Voice, y: LinearScale,
) -> None:  # fmt: skip
    """Write each group at the end of its line, in blocks that stand apart, the target among them."""
    blocks: list[tuple[float, Sequence[str], int]] = []
    for place, group in enumerate(groups):
        own = [row for row in rows if row["group"] == group]
        if own:
            blocks.append((y(value_of(own[-1])), names[group], place))
    target = number(agreed[-1], "target") if agreed else None
    if target is not None:
        blocks.append((y(target), [_target_text(agreed, metric, voice)], -1))
    free, left = TOP, sum(len(text) for _, text, _ in blocks) * LINE
    for at, text, place in sorted(blocks):
        middle = max(min(max(at - LINE * (len(text) - 1) / 2, free), TOP + PLOT + LINE - left), free)
        if place >= 0:
            shape, color, hollow = MARKS[place]
            sheet.mark([right + 5], [middle], shape=shape, size=8, color=color, hollow=hollow)
        for line, part in enumerate(text):
            sheet.text(right + 14, middle + LINE * line, part, bold=place == 0, middle=True, color=INK if 0 <= place < 2 else GREY)
        free, left = middle + LINE * len(text), left - LINE * len(text)


def _table(
    rows: Sequence[Row], groups: Sequence[str], periods: Sequence[str], caption: str, metric: str, dimension: str, voice: Voice
) -> DataTable:
    words = voice.words
    columns = heads(words, "table.group", "table.month", numbers=("table.value", "table.denominator", "table.interval"))
    ordered = [row for group in groups for period in periods for row in rows if row["group"] == group and row["period"] == period]
    body = tuple(
        (
            voice.group(dimension, str(row["group"])),
            words.period(str(row["period"])),
            value_cell(row, voice, metric),
            count_cell(row, voice, "denominator"),
            interval_cell(row, voice, metric),
        )
        for row in ordered
    )
    return DataTable(caption, columns, body)
