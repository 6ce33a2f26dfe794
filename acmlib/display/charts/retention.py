"""Who is still in the programme: released points of the curve, with the number of people behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from acmlib.contract.ids import MetricId
from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, ORANGE, WIDTH, LinearScale, Sheet, spread, text_width, wrap
from acmlib.display.charts.curves import HEIGHT, curve_sheet, draw_marks, write_counts
from acmlib.display.charts.frames import (
    chart_of,
    count_cell,
    in_words,
    interval_cell,
    not_drawn,
    one_of,
    released,
    value_cell,
    value_of,
    why_not,
)
from acmlib.display.objects import Chart, DataTable
from acmlib.display.rows import Row, number, records
from acmlib.display.tables import heads
from acmlib.display.voice import Voice

#: Shape, colour and hollow of up to four curves; one more would not be read.
STYLES = (("o", BLUE, False), ("s", ORANGE, False), ("D", INK, False), ("^", GREY, True))

TOP = 12.0


def retention_curves(cells: pd.DataFrame, *, voice: Voice, groups: Sequence[str] | None = None) -> Chart:
    """Return how many are still in the programme after so many days, for up to four groups.

    Parameters
    ----------
    cells : DataFrame
        Retention rows ``<id>@<days>d`` of the metric table, of one metric, period and dimension.
    groups : sequence of str, optional
        Which groups to draw, in order; the first four of the frame if absent. The table holds all.

    Raises
    ------
    ValueError
        If more than four groups are named: their lines could not be told apart.
    """
    rows = [{**row, "days": _days(str(row["metric"]))} for row in records(cells)]
    period, dimension = one_of(cells, "period"), one_of(cells, "dimension")
    metric, words = MetricId.parse(rows[0]["metric"]).key, voice.words
    points: dict[str, list[Row]] = {}
    for row in rows:
        points.setdefault(str(row["group"]), []).extend([row] if released(row) else [])
    drawn = list(groups) if groups is not None else [group for group, found in points.items() if found][: len(STYLES)]
    if len(drawn) > len(STYLES):
        raise ValueError(f"retention of {metric}: {len(drawn)} groups asked for; draw at most {len(STYLES)}, the table holds all")
    curves = {group: points.get(group, []) for group in drawn}
    caption = words("caption.retention", metric=voice.metric(metric), dimension=voice.dimension(dimension), period=period)
    told = [_sentence(voice.group(dimension, group), members, metric, voice) for group, members in curves.items() if members]
    alt = words("alt.retention", n=len(curves), metric=voice.metric(metric), dimension=voice.dimension(dimension), list=" ".join(told))
    small = voice.fine_print(period=words.period(period), window=period, metric=metric)
    notes = (*_left_out(rows, drawn, dimension, voice), words("chart.retention_note"), *small)
    svg, table = _draw(curves, metric, dimension, voice), _table(rows, metric, dimension, caption, voice)
    return chart_of(svg, alt, told or [alt], table, caption, notes, voice)


def _left_out(rows: Sequence[Row], drawn: Sequence[str], dimension: str, voice: Voice) -> tuple[str, ...]:
    """Name what the figure lacks: groups without any point, single points of the curves, curves that are in the table only."""
    words = voice.words
    known = {str(row["group"]) for row in rows if released(row)}
    points: dict[tuple[int, str], list[str]] = {}
    for row in rows:
        if str(row["group"]) in drawn and not released(row):
            points.setdefault((int(row["days"]), why_not(row, voice)), []).append(voice.group(dimension, str(row["group"])))
    items = [words("chart.points_at", list=words.list(groups), days=days, why=why) for (days, why), groups in points.items()]
    others = [voice.group(dimension, group) for group in dict.fromkeys(str(row["group"]) for row in rows) if group in known - set(drawn)]
    return (
        *not_drawn([row for row in rows if str(row["group"]) not in known], voice, dimension),
        *([words("chart.points_not_drawn", list="; ".join(items))] if items else []),
        *([words("chart.table_only", list=words.list(others))] if others else []),
    )


def _days(metric: str) -> int:
    days = MetricId.parse(metric).days
    if days is None:
        raise ValueError(f"retention curves: metric is {metric!r}; use rows named <id>@<days>d")
    return days


def _draw(curves: Mapping[str, Sequence[Row]], metric: str, dimension: str, voice: Voice) -> str:
    times = sorted({int(row["days"]) for members in curves.values() for row in members}) or [1]
    names = {group: voice.group(dimension, group) for group in curves}
    lines = [wrap(name, 96) for name in names.values()]
    ends = [in_words(members[-1], metric, voice) if members else "" for members in curves.values()]
    widest = max([text_width(line) for found in lines for line in found] + [text_width(one, "bold") for one in ends])
    right = WIDTH - widest - 12
    sheet, x, y = curve_sheet(len(curves), times, TOP, right, voice)
    for time in (0, *times):
        sheet.text(x(time), y(0) + 16, voice.words.number(time), color=GREY, align="center")
    for (group, members), style in zip(curves.items(), STYLES, strict=False):
        sheet.line([x(0), *(x(row["days"]) for row in members)], [y(1), *(y(value_of(row)) for row in members)], color=style[1])
        called = [voice.words("long.group_at", group=names[group], days=int(row["days"])) for row in members]
        draw_marks(sheet, members, called, style, x, y, voice, metric)
    last = [y(value_of(members[-1])) if members else y(0) for members in curves.values()]
    _name_ends(sheet, lines if len(curves) > 1 else [[]], ends, last, right)
    _at_risk(sheet, curves, x, y(0) + 16, voice)
    return sheet.svg()


def _name_ends(sheet: Sheet, names: Sequence[Sequence[str]], values: Sequence[str], places: Sequence[float], right: float) -> None:
    """Write at the end of each curve its last value, and below that the lines of its name."""
    apart = spread(places, gap=LINE * 1.9, low=TOP + 8, high=TOP + HEIGHT - LINE)
    for lines, value, place in zip(names, values, apart, strict=True):
        sheet.text(right + 6, place, value, bold=True, middle=True)
        for step, line in enumerate(lines, start=1):
            sheet.text(right + 6, place + LINE * step, line, middle=True)


def _at_risk(sheet: Sheet, curves: Mapping[str, Sequence[Row]], x: LinearScale, top: float, voice: Voice) -> None:
    """Write under each time how many people the point rests on."""
    known = [[(row, people) for row in members if (people := number(row, "numerator")) is not None] for members in curves.values()]
    counts = [[(x(row["days"]), voice.words.number(people)) for row, people in each] for each in known]
    write_counts(sheet, voice.words("chart.at_risk"), zip(STYLES, counts, strict=False), top)


def _sentence(group: str, members: Sequence[Row], metric: str, voice: Voice) -> str:
    parts = [voice.words("long.retention_point", value=in_words(row, metric, voice), days=int(row["days"])) for row in members]
    return voice.words("long.retention", group=group, list=", ".join(parts))


def _table(rows: Sequence[Row], metric: str, dimension: str, caption: str, voice: Voice) -> DataTable:
    words = voice.words
    columns = heads(
        words, "table.group_and_time", numbers=("table.still_in", "table.interval", "chart.at_risk", "table.entered")
    )  # fmt: skip
    body = tuple(
        (
            words("long.group_at", group=voice.group(dimension, str(row["group"])), days=int(row["days"])),
            value_cell(row, voice, metric),
            interval_cell(row, voice, metric),
            *(count_cell(row, voice, one) for one in ("numerator", "denominator")),
        )
        for row in rows
    )
    return DataTable(caption, columns, body)
