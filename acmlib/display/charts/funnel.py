"""The contracts of a programme by size: which results are more than chance. A funnel, not a league table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from acmlib.display.charts.beside import beside_others
from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, ORANGE, RULE, WIDTH, LinearScale, Sheet, nice_range, spread, text_width
from acmlib.display.charts.frames import (
    chart_of,
    count_cell,
    hover,
    interval_cell,
    known_numbers,
    released,
    value_cell,
    value_of,
    value_range,
)
from acmlib.display.judgements import key_of
from acmlib.display.objects import Chart, DataTable
from acmlib.display.rows import Row, number, records
from acmlib.display.tables import heads
from acmlib.display.voice import Voice

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
    shown = sorted((row for row in rows if released(row) and _people(row) > 0), key=_people)
    if len(shown) < 2:
        return table
    if any(str(row.get("form")) == "table" for row in rows):
        frame = pd.DataFrame(shown).assign(
            label=[names[str(row["unit"])] for row in shown],
            own=[str(row["unit"]) == this for row in shown],
            detail=[words("chart.n", n=number(row, "denominator")) for row in shown],
        )
        return replace(beside_others(frame, metric=metric, voice=voice, period=period, caption=named), data=table)
    outside = [row for row in shown if str(row.get("kind")) in ("better", "worse", "high", "low")]
    listed = words.list(names[str(row["unit"])] for row in outside) if outside else ""
    alt = words("alt.funnel", units=len(shown), metric=voice.metric(metric), n=len(outside), list=listed) if outside else words(
        "alt.funnel_none", n=len(shown), metric=voice.metric(metric))  # fmt: skip
    middle = voice.value(metric, number(shown[0], "benchmark") or 0.0)
    told = [words("long.funnel", middle=middle), *(_sentence(row, metric, names, voice) for row in outside or shown[-1:])]
    notes = (words("chart.funnel_note"), *voice.fine_print(period=words.period(period), window=period, metric=metric))
    return chart_of(_draw(shown, metric, names, this, voice), alt, told, table, named, notes, voice)


def _people(row: Row) -> float:
    return number(row, "denominator") or 0.0


def _judged(row: Row, voice: Voice) -> str:
    return voice.words(f"peer.{key_of(row.get('kind', 'not judged'))}")


def _sentence(row: Row, metric: str, names: Mapping[str, str], voice: Voice) -> str:
    result = voice.result(metric, value_of(row), number(row, "numerator"), number(row, "denominator"))
    return voice.words("long.unit", unit=names[str(row["unit"])], result=result, judged=_judged(row, voice))


def _limit(row: Row, name: str) -> float | None:
    """Return a limit of a row: the widened one where units differ by more than chance."""
    return number(row, f"{name}_adjusted") if bool(row.get("adjusted")) else number(row, name)


def _draw(rows: Sequence[Row], metric: str, names: Mapping[str, str], this: str | None, voice: Voice) -> str:
    limits = ("lower_998", "lower_95", "upper_95", "upper_998")
    values = [*known_numbers(rows, "value"), *(one for row in rows for name in limits if (one := _limit(row, name)) is not None)]
    low, high, ticks = value_range(values, metric, voice)
    most = max(map(_people, rows))
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
            points = [(x(_people(row)), y(limit)) for row in rows if (limit := _limit(row, f"{side}_{name}")) is not None]
            if points:
                sheet.line([one for one, _ in points], [one for _, one in points], color=RULE, width=1, dash=dash)
                ends[name] = ends.get(name, points[-1][1])
    # The names stand at the ends of the lower lines, where the fewest marks are.
    for name, place in zip(ends, spread(list(ends.values())), strict=True):
        sheet.text(edge + 4, place, voice.words(f"chart.limit_{name}"), color=GREY, middle=True)


def _units(
    sheet: Sheet, rows: Sequence[Row], titles: Sequence[str], names: Mapping[str, str], this: str | None, x: LinearScale, y: LinearScale,
    edge: float,
) -> None:  # fmt: skip
    for row, title in zip(rows, titles, strict=True):
        shape, color, hollow = MARKS.get(str(row.get("kind")), MARKS["as expected"])
        place = x(_people(row)), y(value_of(row))
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
    numbers = ("table.value", "table.numerator", "table.denominator", "table.interval")
    judged = any(str(row.get("kind", "not judged")) != "not judged" for row in rows)
    body = tuple(
        (
            names[str(row["unit"])],
            value_cell(row, voice, metric),
            count_cell(row, voice, "numerator"),
            count_cell(row, voice, "denominator"),
            interval_cell(row, voice, metric),
            *([_judged(row, voice)] if judged else []),
        )
        for row in rows
    )
    columns = heads(voice.words, "table.contract", numbers=numbers, then=("table.verdict",) if judged else ())
    return DataTable(caption, columns, body)
