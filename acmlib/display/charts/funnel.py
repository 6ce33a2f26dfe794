"""The contracts of a programme by size: which results are more than chance. A funnel, not a league table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from acmlib.display.charts.beside import beside_others
from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, ORANGE, RULE, WIDTH, LinearScale, Sheet, nice_range, spread, text_width
from acmlib.display.charts.frames import count_cell, hover, interval_cell, released, value_cell
from acmlib.display.objects import Chart, Column, DataTable
from acmlib.display.rows import Row, number, records
from acmlib.display.voice import FRACTIONS, Voice

MARKS = {
    "better": ("D", BLUE, False),
    "high": ("^", INK, True),
    "worse": ("s", ORANGE, False),
    "low": ("v", INK, True),
    "as expected": ("o", GREY, False),
}

TOP, BOTTOM, LEFT = 14.0, 200.0, 48.0


def funnel(
    peers: pd.DataFrame,
    *,
    metric: str,
    period: str,
    voice: Voice,
    names: Mapping[str, str],
    this: str | None = None,
    caption: str | None = None,
) -> Chart | DataTable:
    """Return the results of several contracts against their size, with the limits of chance.

    Where there are too few for a funnel they are dots with intervals, and a table where fewer than two can be shown.

    Parameters
    ----------
    peers : DataFrame
        What `acmlib.analysis.peers.funnel` returned, indexed by contract, with ``status`` where cells may be hidden.
    names : mapping
        Contract to the name it may bear in this edition.
    this : str, optional
        The report's own contract: named on the figure.
    """
    words = voice.words
    named = caption or words("caption.funnel", metric=voice.metric(metric), period=period)
    rows: list[dict[str, object]] = [{**row, "unit": str(unit)} for unit, row in zip(peers.index, records(peers), strict=True)]
    table = _table(rows, metric, named, names, voice)
    shown = sorted(
        (row for row in rows if released(row) and (number(row, "denominator") or 0) > 0), key=lambda row: number(row, "denominator") or 0
    )
    if len(shown) < 2:
        return table
    if any(str(row.get("form")) == "table" for row in rows):
        beside = [
            {
                **row,
                "label": names[str(row["unit"])],
                "own": str(row["unit"]) == this,
                "detail": voice.words("chart.n", n=number(row, "denominator")),
            }
            for row in shown
        ]
        drawn = beside_others(pd.DataFrame(beside), metric=metric, voice=voice, period=period, caption=named)
        return replace(drawn, data=table)
    outside = [row for row in shown if str(row.get("kind")) in ("better", "worse", "high", "low")]
    listed = words.list(names[str(row["unit"])] for row in outside) if outside else ""
    alt = words("alt.funnel", units=len(shown), metric=voice.metric(metric), n=len(outside), list=listed) if outside else words(
        "alt.funnel_none", n=len(shown), metric=voice.metric(metric))  # fmt: skip
    middle = voice.value(metric, number(shown[0], "benchmark") or 0.0)
    sentences = [words("long.funnel", middle=middle), *(_sentence(row, metric, names, voice) for row in outside or shown[-1:])]
    return Chart(
        svg=_draw(shown, metric, names, this, voice), alt=alt, long_description=" ".join(sentences), data=table, caption=named,
        notes=(words("chart.funnel_note"), *voice.fine_print(period=words.period(period), window=period, metric=metric)),
        label=words("page.data_details"),
    )  # fmt: skip


def _sentence(row: Row, metric: str, names: Mapping[str, str], voice: Voice) -> str:
    return voice.words(
        "long.unit",
        unit=names[str(row["unit"])],
        result=voice.result(metric, number(row, "value") or 0.0, number(row, "numerator"), number(row, "denominator")),
        judged=voice.words(f"peer.{str(row.get('kind', 'not judged')).replace(' ', '_')}"),
    )


def _limit(row: Row, name: str) -> float | None:
    """Return a limit of a row: the widened one where units differ by more than chance."""
    return number(row, f"{name}_adjusted") if bool(row.get("adjusted")) else number(row, name)


def _draw(rows: Sequence[Row], metric: str, names: Mapping[str, str], this: str | None, voice: Voice) -> str:
    limits = ("lower_998", "lower_95", "upper_95", "upper_998")
    values = [one for row in rows for one in (number(row, "value"), *(_limit(row, name) for name in limits)) if one is not None]
    low, high, ticks = nice_range(values, floor=0, ceiling=1 if voice.kind(metric) in FRACTIONS else None, unit=voice.unit(metric))
    most = max(number(row, "denominator") or 0.0 for row in rows)
    _, end, sizes = nice_range([0.0, most], floor=0, steps=4, unit=1)
    edge = WIDTH - max(text_width(voice.words(key)) for key in ("chart.limit_95", "chart.limit_998")) - 8
    sheet = Sheet(BOTTOM + 40)
    x, y = LinearScale(0, max(end, most), LEFT, edge), LinearScale(low, high, BOTTOM, TOP)
    for tick in ticks:
        sheet.text(LEFT - 8, y(tick), voice.value(metric, tick), color=GREY, align="right", middle=True)
    sheet.line([LEFT, edge], [BOTTOM + 4] * 2, color=RULE, width=0.9)
    for size in sizes:
        sheet.text(min(x(size), edge), BOTTOM + 20, voice.words.number(size), color=GREY, align="center")
    sheet.text(LEFT, BOTTOM + 35, voice.words("chart.funnel_axis"), color=GREY)
    _limits(sheet, rows, x, y, edge, voice)
    middle = number(rows[0], "benchmark")
    if middle is not None:
        sheet.line([LEFT, edge], [y(middle)] * 2, color=INK, width=1)
    titles = [hover(names[str(row["unit"])], row, voice, metric) for row in rows]
    _units(sheet, rows, titles, names, this, x, y, edge)
    return sheet.svg()


def _limits(sheet: Sheet, rows: Sequence[Row], x: LinearScale, y: LinearScale, edge: float, voice: Voice) -> None:
    ends: dict[str, float] = {}
    for name, dash in (("95", (2.0, 2.0)), ("998", (6.0, 2.0))):
        for side in ("lower", "upper"):
            points = [
                (x(number(row, "denominator") or 0.0), y(limit)) for row in rows if (limit := _limit(row, f"{side}_{name}")) is not None
            ]
            if points:
                sheet.line([one for one, _ in points], [one for _, one in points], color=RULE, width=1, dash=dash)
                ends[name] = ends.get(name, points[-1][1])
    # The names stand at the ends of the lower lines, where the fewest marks are.
    for name, place in zip(ends, spread(list(ends.values())), strict=True):
        sheet.text(edge + 4, place, voice.words(f"chart.limit_{name}"), color=GREY, middle=True)


def _units(
    sheet: Sheet,
    rows: Sequence[Row],
    titles: Sequence[str],
    names: Mapping[str, str],
    this: str | None,
    x: LinearScale,
    y: LinearScale,
    edge: float,
) -> None:
    for row, title in zip(rows, titles, strict=True):
        shape, color, hollow = MARKS.get(str(row.get("kind")), MARKS["as expected"])
        place = x(number(row, "denominator") or 0.0), y(number(row, "value") or 0.0)
        own = str(row["unit"]) == this
        sheet.mark([place[0]], [place[1]], shape=shape, size=9 if own else 7, color=color, hollow=hollow, titles=[title])
        if own or (shape, color) != ("o", GREY):
            text = names[str(row["unit"])]
            right = place[0] + 9 + text_width(text, "bold" if own else "normal") < edge
            below = place[1] < TOP + LINE
            sheet.text(
                place[0] + (9 if right else -9), place[1] + (10 if below else -3), text, bold=own, align="left" if right else "right"
            )


def _table(rows: Sequence[Row], metric: str, caption: str, names: Mapping[str, str], voice: Voice) -> DataTable:
    words = voice.words
    columns = (
        Column(words("table.contract")),
        Column(words("table.value"), "number"),
        Column(words("table.numerator"), "number"),
        Column(words("table.denominator"), "number"),
        Column(words("table.interval"), "number"),
    )
    judged = any(str(row.get("kind", "not judged")) != "not judged" for row in rows)
    body = tuple(
        (
            names[str(row["unit"])],
            value_cell(row, voice, metric),
            count_cell(row, voice, "numerator"),
            count_cell(row, voice, "denominator"),
            interval_cell(row, voice, metric),
            *([words(f"peer.{str(row.get('kind', 'not judged')).replace(' ', '_')}")] if judged else []),
        )
        for row in rows
    )
    return DataTable(caption, (*columns, *([Column(words("table.verdict"))] if judged else [])), body)
