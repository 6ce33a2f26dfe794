"""Who is still in the programme: released points of the curve, with the number of people behind each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from acmlib.contract.ids import MetricId
from acmlib.display.charts.canvas import BAND, BLUE, GREY, INK, LINE, ORANGE, RULE, WIDTH, LinearScale, Sheet, spread, text_width, wrap
from acmlib.display.charts.frames import count_cell, hover, interval_cell, not_drawn, one_of, released, value_cell, why_not
from acmlib.display.objects import Chart, Column, DataTable
from acmlib.display.rows import Row, number, records
from acmlib.display.voice import Voice

#: Shape, colour and hollow of up to four curves; one more would not be read.
STYLES = (("o", BLUE, False), ("s", ORANGE, False), ("D", INK, False), ("^", GREY, True))

HEIGHT = 150.0
TOP = 12.0
LEFT = 48.0


def retention_curves(cells: pd.DataFrame, *, voice: Voice, groups: Sequence[str] | None = None, caption: str | None = None) -> Chart:
    """Return how many are still in the programme after so many days, for up to four groups.

    Only the agreed times are drawn, joined by straight lines: the full curve would give every single exit away.

    Parameters
    ----------
    cells : DataFrame
        Retention rows ``<id>@<days>d`` of the metric table, of one metric, period and dimension.
    groups : sequence of str, optional
        Which groups to draw, in order; the first four of the frame if absent. The table holds all.

    Raises
    ------
    ValueError
        If more than four groups are asked for, or a row is not a retention cell.
    """
    rows = [{**row, "days": _days(str(row["metric"]))} for row in records(cells)]
    period, dimension = one_of(cells, "period"), one_of(cells, "dimension")
    metric = MetricId.parse(rows[0]["metric"]).key
    every = list(dict.fromkeys(str(row["group"]) for row in rows))
    drawn = (
        list(groups)
        if groups is not None
        else [one for one in every if any(str(row["group"]) == one and released(row) for row in rows)][: len(STYLES)]
    )
    if len(drawn) > len(STYLES):
        raise ValueError(f"retention of {metric}: {len(drawn)} groups asked for; draw at most {len(STYLES)}, the table holds all")
    curves = {group: [row for row in rows if str(row["group"]) == group and released(row)] for group in drawn}
    words = voice.words
    named = caption or words("caption.retention", metric=voice.metric(metric), dimension=voice.dimension(dimension), period=period)
    sentences = [_sentence(voice.group(dimension, group), members, metric, voice) for group, members in curves.items() if members]
    alt = words("alt.retention", n=len(curves), metric=voice.metric(metric), dimension=voice.dimension(dimension), list=" ".join(sentences))
    return Chart(
        svg=_draw(curves, metric, dimension, voice),
        alt=alt,
        long_description=" ".join(sentences) or alt,
        data=_table(rows, metric, dimension, named, voice),
        caption=named,
        notes=(
            *_left_out(rows, drawn, dimension, voice),
            words("chart.retention_note"),
            *voice.fine_print(period=words.period(period), window=period, metric=metric),
        ),
        label=words("page.data_details"),
    )


def _left_out(rows: Sequence[dict[str, object]], drawn: Sequence[str], dimension: str, voice: Voice) -> tuple[str, ...]:
    """Name what the figure lacks: groups without any point, single points of the curves, curves that are in the table only."""
    words = voice.words
    known = {str(row["group"]) for row in rows if released(row)}
    points: dict[tuple[int, str], list[str]] = {}
    for row in rows:
        if str(row["group"]) in drawn and not released(row):
            points.setdefault((int(str(row["days"])), why_not(row, voice)), []).append(voice.group(dimension, str(row["group"])))
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


def _draw(curves: dict[str, list[dict[str, object]]], metric: str, dimension: str, voice: Voice) -> str:
    times = sorted({int(str(row["days"])) for members in curves.values() for row in members}) or [1]
    names = {group: wrap(voice.group(dimension, group), 96) for group in curves}
    ends = [f"{voice.value(metric, number(members[-1], 'value') or 0.0)}" if members else "" for members in curves.values()]
    right = WIDTH - max([text_width(line) for lines in names.values() for line in lines] + [text_width(one, "bold") for one in ends]) - 12
    sheet = Sheet(TOP + HEIGHT + 26 + LINE * (len(curves) + 1) + 8)
    x, y = LinearScale(0, max(times), LEFT, right - 6), LinearScale(0, 1, TOP + HEIGHT, TOP)
    for level in (0.0, 0.5, 1.0):
        sheet.line([LEFT - 6, right], [y(level)] * 2, color=RULE if level == 0 else BAND, width=0.9)
        sheet.text(LEFT - 8, y(level), voice.words.percent(level), color=GREY, align="right", middle=True)
    for time in (0, *times):
        sheet.text(x(time), y(0) + 16, voice.words.number(time), color=GREY, align="center")
    _curves(sheet, {voice.group(dimension, group): members for group, members in curves.items()}, x, y, metric, voice)
    places = spread(
        [y(number(members[-1], "value") or 0.0) if members else y(0) for members in curves.values()],
        gap=LINE * 1.9,
        low=TOP + 8,
        high=TOP + HEIGHT - LINE,
    )
    for lines, value, place in zip(names.values(), ends, places, strict=True):
        sheet.text(right + 6, place, value, bold=True, middle=True)
        for step, line in enumerate(lines if len(curves) > 1 else []):
            sheet.text(right + 6, place + LINE * (step + 1), line, middle=True)
    _at_risk(sheet, curves, x, y(0) + 16, voice)
    return sheet.svg()


def _curves(sheet: Sheet, curves: dict[str, list[dict[str, object]]], x: LinearScale, y: LinearScale, metric: str, voice: Voice) -> None:
    for (name, members), (shape, color, hollow) in zip(curves.items(), STYLES, strict=False):
        points = [(x(float(str(row["days"]))), y(number(row, "value") or 0.0)) for row in members]
        sheet.line([x(0), *(one for one, _ in points)], [y(1), *(one for _, one in points)], color=color, width=1.5)
        spans = [((place, y(low)), (place, y(high))) for (place, _), row in zip(points, members, strict=True)
                 if (low := number(row, "low")) is not None and (high := number(row, "high")) is not None]  # fmt: skip
        sheet.segments(spans, color=color, width=1.2)
        named = [voice.words("long.group_at", group=name, days=int(str(row["days"]))) for row in members]
        titles = [hover(one, row, voice, metric) for one, row in zip(named, members, strict=True)]
        sheet.mark([one for one, _ in points], [one for _, one in points], shape=shape, size=8, color=color, hollow=hollow, titles=titles)


def _at_risk(sheet: Sheet, curves: dict[str, list[dict[str, object]]], x: LinearScale, top: float, voice: Voice) -> None:
    """Write under each time how many people the point rests on, one line a group behind its mark."""
    sheet.text(LEFT - 32, top + LINE * 1.2, voice.words("chart.at_risk"), color=GREY)
    for line, (members, (shape, color, hollow)) in enumerate(zip(curves.values(), STYLES, strict=False), start=2):
        baseline = top + LINE * (line + 0.2)
        sheet.mark([LEFT - 26], [baseline - 4], shape=shape, size=7, color=color, hollow=hollow)
        for row in members:
            people = number(row, "numerator")
            if people is not None:
                sheet.text(x(float(str(row["days"]))), baseline, voice.words.number(people), align="center")


def _sentence(group: str, members: Sequence[Row], metric: str, voice: Voice) -> str:
    parts = [
        voice.words("long.retention_point", value=voice.value(metric, number(row, "value") or 0.0), days=int(str(row["days"])))
        for row in members
    ]
    return voice.words("long.retention", group=group, list=", ".join(parts))


def _table(rows: Sequence[dict[str, object]], metric: str, dimension: str, caption: str, voice: Voice) -> DataTable:
    words = voice.words
    columns = (
        Column(words("table.group_and_time")), Column(words("table.still_in"), "number"), Column(words("table.interval"), "number"),
        Column(words("chart.at_risk"), "number"), Column(words("table.entered"), "number"),
    )  # fmt: skip
    body = tuple(
        (
            words("long.group_at", group=voice.group(dimension, str(row["group"])), days=int(str(row["days"]))),
            value_cell(row, voice, metric),
            interval_cell(row, voice, metric),
            count_cell(row, voice, "numerator"),
            count_cell(row, voice, "denominator"),
        )
        for row in rows
    )
    return DataTable(caption, columns, body)
