"""Parts of a whole and of a gap: who waited how long, and where a gap comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, ORANGE, RULE, WIDTH, Sheet, nice_range, text_width
from acmlib.display.charts.frames import Row, not_drawn, number, records
from acmlib.display.charts.strips import Entry, across, lay_out
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.voice import Voice

#: Parts of the waiting, in order: what they are drawn with. Open cases are outlined: they are not over.
PARTS = (("within", BLUE, False), ("late", ORANGE, False), ("overdue", ORANGE, True), ("undecided", GREY, True))

#: Half the height of a bar.
HALF = 7.0


def response_times(
    waits: pd.DataFrame,
    *,
    metric: str,
    dimension: str,
    period: str,
    voice: Voice,
    standard: float | None = None,
    caption: str | None = None,
) -> Chart:
    """Return who was answered within the standard, later, or not yet: open cases are part of the picture.

    Parameters
    ----------
    waits : DataFrame
        What `acmlib.analysis.timeliness.response_times` returned, a row a group, with ``status`` where cells may be hidden.
    metric, dimension, period : str
        Names of the metric table, for the labels.
    voice : Voice
        Words and labels.
    standard : float, optional
        Days allowed; the contract's if absent.
    caption : str, optional
        Instead of *metric: who waited how long, period*.

    Raises
    ------
    ValueError
        If there is no standard.
    """
    definition = voice.definition(metric)
    standard = standard if standard is not None else (definition.standard if definition else None)
    if standard is None:
        raise ValueError(f"response times of {metric}: no standard is agreed; give standard= in days, or show the median in a sentence")
    words = voice.words
    named = caption or words("caption.response", metric=voice.metric(metric), period=period)
    rows = [row for row in records(waits) if row.get("status", "shown") in ("shown", "unreliable") and (number(row, "cases") or 0) > 0]
    hidden = [{**row, "value": None} for row in records(waits) if row.get("status", "shown") not in ("shown", "unreliable")]
    sentences = [_wait_sentence(row, dimension, standard, voice) for row in rows]
    return Chart(
        svg=_draw_waits(rows, dimension, standard, voice),
        alt=words("alt.response", n=len(rows), metric=voice.metric(metric), list=" ".join(sentences)),
        long_description=" ".join(sentences) or words("verdict.none"),
        data=_wait_table([*rows, *hidden], dimension, named, voice),
        caption=named,
        notes=(
            *not_drawn(hidden, voice, dimension),
            words("chart.response_note", days=standard),
            *voice.fine_print(period=words.period(period), metric=metric),
        ),
        label=words("page.data_details"),
    )


def _parts(row: Row) -> dict[str, float]:
    """Return the cases of a group by how they stand; they add up to all cases."""
    within, overdue, undecided = (number(row, name) or 0.0 for name in ("within", "overdue", "undecided"))
    return {"within": within, "late": (number(row, "decided") or 0.0) - within - overdue, "overdue": overdue, "undecided": undecided}


def _draw_waits(rows: Sequence[Row], dimension: str, standard: float, voice: Voice) -> str:
    words = voice.words
    entries = [
        Entry(voice.group(dimension, str(row["group"])), words("chart.n", n=number(row, "cases")),
              words.percent(number(row, "share_within") or 0.0) if number(row, "share_within") is not None else words("table.unjudged"))
        for row in rows
    ]  # fmt: skip
    labels = [words(f"waiting.{name}", days=standard) for name, _, _ in PARTS]
    lines = 1
    x = 0.0
    for text in labels:
        if x and x + 16 + text_width(text) > WIDTH - 6:
            lines, x = lines + 1, 0.0
        x += 16 + text_width(text) + 14
    strips = lay_out(entries, low=0, high=1, ticks=[0, 0.5, 1], tick_text=words.percent, header=6 + LINE * lines)
    _part_key(strips.sheet, labels)
    for row, place in zip(rows, strips.places, strict=True):
        total, start = number(row, "cases") or 1.0, 0.0
        for name, color, hollow in PARTS:
            end = start + _parts(row)[name] / total
            if end > start:
                _box(strips.sheet, strips.x(start), strips.x(end), place, color, hollow)
            start = end
    return strips.sheet.svg()


def _part_key(sheet: Sheet, labels: Sequence[str]) -> None:
    x, y = 0.0, 8.0
    for (_, color, hollow), text in zip(PARTS, labels, strict=True):
        if x and x + 16 + text_width(text) > WIDTH - 6:
            x, y = 0.0, y + LINE
        _box(sheet, x, x + 11, y, color, hollow, half=5)
        sheet.text(x + 16, y, text, middle=True)
        x += 16 + text_width(text) + 14


def _box(sheet: Sheet, left: float, right: float, middle: float, color: str, hollow: bool, half: float = HALF) -> None:
    """Draw a part of a bar, a hair apart from the next; an outlined one is not over yet."""
    right = max(right - 1.2, left + 0.8)
    corners = [(left, middle - half), (right, middle - half), (right, middle + half), (left, middle + half)]
    if not hollow:
        sheet.band(corners, color=color)
        return
    inner = [(min(x + 0.8, right) if x == left else max(x - 0.8, left), y + (0.8 if y < middle else -0.8)) for x, y in corners]
    sheet.line([x for x, _ in [*inner, inner[0]]], [y for _, y in [*inner, inner[0]]], color=color, width=1.6)


def _wait_sentence(row: Row, dimension: str, standard: float, voice: Voice) -> str:
    parts, words = _parts(row), voice.words
    sentence = words("long.response", group=voice.group(dimension, str(row["group"])), n=number(row, "cases"), days=standard, **parts)
    median = number(row, "median_days")
    return sentence if median is None else f"{sentence} {words('long.median', median=median)}"


def _wait_table(rows: Sequence[Row], dimension: str, caption: str, voice: Voice) -> DataTable:
    words = voice.words
    names = ("cases", "within", "late", "overdue", "undecided")
    columns = [Column(words("table.group")), *(Column(words(f"waiting_column.{name}"), "number") for name in names)]
    columns += [
        Column(words("table.share_within"), "number"),
        Column(words("table.median_days"), "number"),
        Column(words("table.p90_days"), "number"),
    ]
    body: list[tuple[str | Cell, ...]] = []
    for row in rows:
        if row.get("status", "shown") not in ("shown", "unreliable"):
            hidden = Cell(voice.status(str(row["status"])), muted=True)
            body.append((voice.group(dimension, str(row["group"])), *[hidden] * (len(columns) - 1)))
            continue
        counts = {"cases": number(row, "cases") or 0.0, **_parts(row)}
        share, days = number(row, "share_within"), [number(row, name) for name in ("median_days", "p90_days")]
        cells = [words.number(counts[name]) for name in names] + [words.percent(share) if share is not None else words("table.unjudged")]
        cells += [words.number(one) if one is not None else words("table.not_reached") for one in days]
        body.append((voice.group(dimension, str(row["group"])), *cells))
    return DataTable(caption, tuple(columns), tuple(body))


def decomposition(
    places: pd.DataFrame,
    *,
    metric: str,
    group: str,
    comparator: str,
    dimension: str,
    by: str,
    period: str,
    voice: Voice,
    caption: str | None = None,
) -> Chart:
    """Return where the gap between two groups comes from: where people are served, and different results in the same place.

    Parameters
    ----------
    places : DataFrame
        What `acmlib.analysis.equity.decompose` returned: a row a place and a last row with the sums.
    metric, dimension, period : str
        Names of the metric table.
    group, comparator : str
        Two groups of the dimension.
    by : str
        The dimension that the gap is taken apart by: ``site``.
    voice : Voice
        Words and labels.
    caption : str, optional
        Instead of *where the gap comes from*.

    Raises
    ------
    ValueError
        If the parts are not known because a cell is hidden.
    """
    words = voice.words
    labels = {"group": voice.group(dimension, group), "comparator": voice.group(dimension, comparator)}
    named = caption or words("caption.decomposition", period=period, **labels)
    total = records(places)[-1]
    parts = {name: one for name in ("where_served", "results", "gap") if (one := number(total, name)) is not None}
    if len(parts) < 3:
        raise ValueError(
            f"decomposition of {metric} by {by}: a cell is hidden, so the parts are not known; show a sentence instead of a figure"
        )
    names = {name: words(f"decomposition.{name}", by=voice.dimension(by)) for name in parts}
    largest = max(("where_served", "results"), key=lambda name: abs(parts[name]))
    return Chart(
        svg=_draw_parts(parts, names, metric, voice),
        alt=words(
            "alt.decomposition", gap=voice.gap(metric, parts["gap"]), part=names[largest], size=voice.gap(metric, parts[largest]), **labels
        ),
        long_description=" ".join(words("long.part", part=names[name], gap=voice.gap(metric, value)) for name, value in parts.items()),
        data=_place_table(places, metric, by, labels, named, voice),
        caption=named,
        notes=voice.fine_print(period=words.period(period), metric=metric, comparator=labels["comparator"]),
        label=words("page.data_details"),
    )


def _draw_parts(parts: Mapping[str, float], names: Mapping[str, str], metric: str, voice: Voice) -> str:
    low, high, ticks = nice_range([0.0, *parts.values()], unit=voice.unit(metric))
    entries = [Entry(names[name], "", voice.gap(metric, value)) for name, value in parts.items()]
    strips = lay_out(entries, low=low, high=high, ticks=ticks, tick_text=lambda one: voice.gap(metric, one).split()[0], header=4)
    strips.sheet.segments([across(strips.x(0), place) for place in strips.places], color=RULE, width=1)
    for (name, value), place in zip(parts.items(), strips.places, strict=True):
        color, shape = (INK, "D") if name == "gap" else (BLUE, "o")
        strips.sheet.line([strips.x(0), strips.x(value)], [place] * 2, color=color, width=2.4)
        strips.sheet.mark([strips.x(value)], [place], shape=shape, size=8, color=color)
    return strips.sheet.svg()


def _place_table(places: pd.DataFrame, metric: str, by: str, labels: Mapping[str, str], caption: str, voice: Voice) -> DataTable:
    words = voice.words
    columns = [Column(voice.dimension(by).capitalize())]
    columns += [Column(words("decomposition.share_of", group=one), "number") for one in labels.values()]
    columns += [Column(words("decomposition.result_of", group=one), "number") for one in labels.values()]
    columns += [
        Column(words("decomposition.column_where"), "number"),
        Column(words("decomposition.column_results"), "number"),
        Column(words("table.gap"), "number"),
    ]
    rows = records(places)
    body = []
    for place, row in enumerate(rows):
        name = words("decomposition.all_places") if place == len(rows) - 1 else voice.group(by, str(row["place"]))
        row = row if row.get("status", "shown") in ("shown", "unreliable") else {}
        cells = [_known(number(row, one), words.percent, voice) for one in ("share_group", "share_comparator")]
        cells += [_known(number(row, one), lambda value: voice.value(metric, value), voice) for one in ("value_group", "value_comparator")]
        cells += [_known(number(row, one), lambda value: voice.gap(metric, value), voice) for one in ("where_served", "results", "gap")]
        body.append((name, *cells))
    return DataTable(caption, tuple(columns), tuple(body))


def _known(value: float | None, form: Callable[[float], str], voice: Voice) -> str | Cell:
    return Cell(voice.words("table.unjudged"), muted=True) if value is None else form(value)
