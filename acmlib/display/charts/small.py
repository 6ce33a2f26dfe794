"""Small drawings: the line of a tile, and several metrics over time side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from acmlib.display.charts.canvas import GREY, LINE, RULE, WIDTH, LinearScale, Sheet, text_width, wrap
from acmlib.display.charts.control_drawing import MARKS
from acmlib.display.charts.frames import chart_of, in_words, known_numbers, monthly, unfinished_notes, value_of, why_not
from acmlib.display.charts.targets import draw_target, targets_of
from acmlib.display.judgements import key_of
from acmlib.display.objects import Cell, Chart, Column, DataTable, Picture
from acmlib.display.rows import Row, number
from acmlib.display.voice import Voice

#: Size of a sparkline in points.
SPARK_WIDTH, SPARK_HEIGHT = 84.0, 22.0

#: Width of a panel in points, the space between two, and the height of its drawing.
WIDE, GAP, HIGH = (WIDTH - 20) / 2, 20.0, 44.0

#: Left, right, top and bottom of a drawing.
Box = tuple[float, float, float, float]


def sparkline(points: pd.DataFrame, *, metric: str, voice: Voice, width: float = SPARK_WIDTH, height: float = SPARK_HEIGHT) -> Picture:
    """Return the months of a metric as one small line with the target of each month, its last point marked by what it means.

    Parameters
    ----------
    points : DataFrame
        What `xmr` returned, indexed by month; ``target`` may be added: dashed, a step where it changes.
    width, height : float
        Size in points: 49 by 24 in a tile.

    Raises
    ------
    ValueError
        If no month has a value.
    """
    rows = monthly(points)
    drawn = [(place, row) for place, row in enumerate(rows) if number(row, "value") is not None]
    if not drawn:
        raise ValueError(f"sparkline of {metric}: no month has a value; leave the cell in words")
    values = [value_of(row) for _, row in drawn]
    sheet = Sheet(height, width)
    x, y = LinearScale(0, max(len(rows) - 1, 1), 3, width - 6), _between([*values, *targets_of(rows)], height - 5, 5)
    draw_target(sheet, rows, x, y)
    draw_line(sheet, rows, x, y)
    ends = first_and_last([row for _, row in drawn], metric, voice)
    alt = voice.words("alt.sparkline", metric=voice.metric(metric), n=len(drawn), **ends)
    return Picture(sheet.svg(), alt)


def _between(values: Sequence[float], bottom: float, top: float) -> LinearScale:
    """Return a scale over the values; equal ones lie in the middle."""
    low, high = min(values), max(values)
    return LinearScale(low, high, bottom, top) if high > low else LinearScale(low - 1, high + 1, bottom, top)


def draw_line(sheet: Sheet, rows: Sequence[Row], x: LinearScale, y: LinearScale) -> None:
    """Draw a line broken where a month is missing, and mark its last point; what counts not all of its days is open and apart."""
    run: list[tuple[float, float]] = []
    last: tuple[float, float, Row] | None = None
    for place, row in [*enumerate(rows), (len(rows), {})]:
        value = number(row, "value")
        if value is not None:
            last = (x(place), y(value), row)
        if value is not None and not row.get("unfinished"):
            run.append((x(place), y(value)))
            continue
        if len(run) > 1:
            sheet.line([one for one, _ in run], [one for _, one in run], color=GREY, width=1.2)
        elif run:  # a point between two that are missing
            sheet.mark([run[0][0]], [run[0][1]], size=3.5, color=GREY)
        if value is not None:
            sheet.mark([x(place)], [y(value)], size=4.5, color=GREY, hollow=True)
        run = []
    if last is not None and not last[2].get("unfinished"):
        shape, _, color, hollow = MARKS.get(key_of(last[2].get("kind")), MARKS["common_cause"])
        sheet.mark([last[0]], [last[1]], shape=shape, size=6.5, color=color, hollow=hollow)


def small_multiples(series: Sequence[tuple[str, pd.DataFrame]], *, voice: Voice) -> Chart:
    """Return several metrics month by month, two beside each other, each on its own scale.

    Parameters
    ----------
    series : sequence of (metric id, DataFrame)
        Each as `xmr` returned it, over the same months. Those without any value are left out and named.

    Raises
    ------
    ValueError
        If no metric has a monthly value.
    """
    words, drawn, empty = voice.words, list[tuple[str, list[dict[str, object]]]](), list[str]()
    whole = [(metric, monthly(points)) for metric, points in series]
    for metric, rows in whole:
        if all(number(row, "value") is None for row in rows):
            empty.append(metric)
        else:
            drawn.append((metric, _with_values(rows)))
    if not drawn:
        raise ValueError("small multiples: no metric has a monthly value; show a sentence instead of a figure")
    told = [words("long.series", metric=voice.metric(metric), **first_and_last(rows, metric, voice)) for metric, rows in drawn]
    alt = words("alt.small_multiples", n=len(drawn), list=" ".join(told))
    agreed = [
        f"{voice.metric(metric)} {voice.value(metric, one)}" for metric, rows in drawn if (one := number(rows[-1], "target")) is not None
    ]
    told += [words("chart.targets_listed", list="; ".join(agreed))] if agreed else []
    notes = [words("chart.not_drawn", list="; ".join(voice.metric(one) for one in empty))] if empty else []
    notes += _notes([row for _, rows in drawn for row in rows], voice, with_targets=bool(agreed))
    named = words("caption.small_multiples")
    svg = draw_panels([voice.metric(metric) for metric, _ in drawn], HIGH, lambda sheet, one, box: _panel(sheet, *drawn[one], box, voice))
    return chart_of(svg, alt, told, _table([one for one in whole if one[0] not in empty], named, voice), named, notes, voice)


def _notes(rows: Sequence[Row], voice: Voice, *, with_targets: bool) -> list[str]:
    """Return what the lines of all panels do not say: what their steps are, why some are broken, which months are not over."""
    notes = [voice.words("chart.targets_note")] if with_targets else []
    notes += [voice.words("chart.broken")] if any(number(row, "value") is None for row in rows) else []
    return [*notes, *dict.fromkeys(unfinished_notes(rows, voice))]


def first_and_last(rows: Sequence[Row], metric: str, voice: Voice) -> dict[str, object]:
    """Return the first and the last of the months that have a value, and what the values were."""
    first, last = rows[0], rows[-1]
    return {"first": in_words(first, metric, voice), "first_month": first["month"], "last": in_words(last, metric, voice),
            "last_month": last["month"]}  # fmt: skip


def _with_values(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the rows from the first to the last that has a value."""
    known = [place for place, row in enumerate(rows) if number(row, "value") is not None]
    return rows[known[0] : known[-1] + 1]


def draw_panels(titles: Sequence[str], high: float, draw: Callable[[Sheet, int, Box], None]) -> str:
    """Return panels two beside each other, each under its title; `draw` gets the sheet, the place of the panel and its box."""
    lines = [wrap(title, WIDE) for title in titles]
    rows = [range(start, min(start + 2, len(lines))) for start in range(0, len(lines), 2)]
    deepest = [max(len(lines[one]) for one in row) * LINE for row in rows]
    sheet, top = Sheet(sum(deepest) + len(rows) * (high + 2 * LINE)), 0.0
    for row, base in zip(rows, deepest, strict=True):
        for side, one in enumerate(row):
            left = side * (WIDE + GAP)
            for line, text in enumerate(lines[one], start=1):
                sheet.text(left, top + LINE * line - 4, text)
            draw(sheet, one, (left, left + WIDE, top + base + 6, top + base + 40))
        top += base + high + 2 * LINE
    return sheet.svg()


def _panel(sheet: Sheet, metric: str, rows: list[dict[str, object]], box: Box, voice: Voice) -> None:
    left, right, top, bottom = box
    values = known_numbers(rows, "value")
    text = voice.value(metric, values[-1])
    x = LinearScale(0, max(len(rows) - 1, 1), left + 4, right - text_width(text, "bold") - 12)
    y = _between([*values, *targets_of(rows)], bottom, top)
    draw_target(sheet, rows, x, y)
    sheet.line([left, x.end + 4], [bottom + 6] * 2, color=RULE, width=0.6)
    draw_line(sheet, rows, x, y)
    sheet.text(x.end + 8, y(values[-1]), text, bold=True, middle=True)
    # Each panel has its own first and last month: one metric comes by month, another by quarter.
    sheet.text(left, bottom + 20, voice.words.short_month(str(rows[0]["month"])), color=GREY)
    if len(rows) > 1:
        sheet.text(x.end + 4, bottom + 20, voice.words.short_month(str(rows[-1]["month"])), color=GREY, align="right")


def _table(drawn: Sequence[tuple[str, list[dict[str, object]]]], caption: str, voice: Voice) -> DataTable:
    """Return a row a month with a column a metric; where some come by month and others by quarter, a row a metric and time."""
    words, nothing = voice.words, Cell(voice.words("table.no_value"), muted=True)
    given = {(metric, str(row["month"])): row for metric, rows in drawn for row in rows}
    text = {
        key: voice.value(key[0], value) if (value := number(row, "value")) is not None else Cell(why_not(row, voice), muted=True)
        for key, row in given.items()
    }
    times = sorted({month for _, month in given})
    later = Cell(voice.status("immature"), muted=True)
    last = {metric: max(str(row["month"]) for row in rows) for metric, rows in drawn if _awaits(metric, voice)}
    if len({len(time) for time in times}) == 1:
        columns = (Column(words("table.month")), *(Column(voice.metric(metric), "number") for metric, _ in drawn))
        rows = tuple(
            (words.month(time), *(text.get((one, time), later if time > last.get(one, time) else nothing) for one, _ in drawn))
            for time in times
        )
        return DataTable(caption, columns, rows)
    columns = (Column(words("table.metric")), Column(words("table.month")), Column(words("table.value"), "number"))
    return DataTable(caption, columns, tuple((voice.metric(metric), words.month(time), one) for (metric, time), one in text.items()))


def _awaits(metric: str, voice: Voice) -> bool:
    """Return whether a result of the newest months is not yet knowable: its window is still open."""
    definition = voice.definition(metric)
    return definition is not None and (definition.window is not None or definition.kind == "retention")
