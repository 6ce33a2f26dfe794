"""A metric month by month, with the limits of its usual ups and downs, its target, and what was done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from acmlib.contract.periods import parse_period
from acmlib.display.charts.canvas import BAND, BLUE, GREY, INK, ORANGE, RULE, TEXT, WIDTH, Scale, Sheet, spread, text_width
from acmlib.display.charts.frames import Row, monthly, number, why_not
from acmlib.display.judgements import key_of, variation_sentence
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.voice import FRACTIONS, Voice

#: Shape, size and colour of a point by what it means: never colour alone.
MARKS = {
    "common_cause": ("o", 5.0, GREY, False), "improvement": ("D", 8.0, BLUE, False), "concern": ("s", 8.0, ORANGE, False),
    "neutral_high": ("^", 8.5, INK, True), "neutral_low": ("v", 8.5, INK, True),
}  # fmt: skip

TOP, BOTTOM = 30.0, 190.0
HEIGHT = 216.0
LEFT = 6.0


def control_chart(
    points: pd.DataFrame, *, metric: str, voice: Voice, actions: Sequence[tuple[dt.date, str]] = (), target: float | None = None,
    caption: str | None = None,
) -> Chart:  # fmt: skip
    """Return the control chart of one metric's monthly totals.

    Parameters
    ----------
    points : DataFrame
        What `acmlib.analysis.control_charts.xmr` returned, indexed by month (``2026-05``); ``denominator`` and ``status`` may be added.
        Months without a value are left open in the line and named under it.
    metric : str
        Metric id, for labels and units.
    voice : Voice
        Words and labels.
    actions : sequence of (date, text)
        Agreed actions to mark, in order; they are numbered on the chart and told under it.
    target : float, optional
        In the units of the metric; the contract's target if absent.
    caption : str, optional
        Instead of *metric, month by month*.

    Raises
    ------
    ValueError
        If no month has a value: there is nothing to draw; say so in a sentence instead.
    """
    rows = monthly(points)
    drawn = [row for row in rows if number(row, "value") is not None]
    if not drawn:
        raise ValueError(f"control chart of {metric}: no month has a value; show a sentence instead of a figure")
    target = voice.target(metric) if target is None else target
    svg = _draw(rows, metric, voice, actions, target)
    notes = [" ".join(_action_notes(actions, voice))] if actions else []
    missing = [row for row in rows if number(row, "value") is None]
    if missing:
        items = [
            voice.words("chart.not_drawn_item", group=voice.words.month(str(row["month"])), why=why_not(row, voice)) for row in missing
        ]
        notes.append(voice.words("chart.not_drawn", list="; ".join(items)))
    if any(bool(row.get("trial")) for row in drawn[-1:]):
        notes.append(voice.words("control.trial", n=len(drawn), needed=voice.contract.statistics.control_chart_points))
    words = voice.words
    period = words("period.months", first=rows[0]["month"], last=rows[-1]["month"])
    alt = words("alt.control", n=len(drawn), metric=voice.metric(metric), first=drawn[0]["month"], last=drawn[-1]["month"],
                variation=variation_sentence(drawn[-1], voice, full_stop=False))  # fmt: skip
    return Chart(
        svg=svg,
        alt=alt,
        long_description=_description(drawn, metric, voice, target),
        data=_table(rows, metric, voice),
        caption=caption or words("caption.control", metric=voice.metric(metric)),
        notes=(*notes, *voice.fine_print(period=period, metric=metric)),
        label=words("page.data_details"),
    )


def _action_notes(actions: Sequence[tuple[dt.date, str]], voice: Voice) -> list[str]:
    return [
        voice.words("chart.action", code=number, date=date, what=what.rstrip(".") + ".")
        for number, (date, what) in enumerate(actions, start=1)
    ]


def _draw(rows: list[dict[str, object]], metric: str, voice: Voice, actions: Sequence[tuple[dt.date, str]], target: float | None) -> str:
    labels = _labels(rows, metric, voice, target)
    right = WIDTH - max(text_width(text, "bold" if bold else "normal") for _, text, bold in labels) - 12
    sheet = Sheet(HEIGHT)
    x = Scale(0, max(len(rows) - 1, 1), LEFT + 4, right - 6)
    values = [value for row in rows for name in ("value", "lower", "upper") if (value := number(row, name)) is not None]
    values += [] if target is None else [target]
    low, high = min(values), max(values)
    pad = (high - low or abs(high) or 1) * 0.06
    # Codes of actions and the word of a new baseline stand above the plot; without them the room is not needed.
    above = bool(actions) or any((number(row, "phase") or 0) > 0 for row in rows)
    signals = any(key_of(row.get("kind")) not in ("common_cause", "missing") for row in rows)
    top = TOP if above else 24.0 if signals else 10.0
    y = Scale(low - pad, high + pad, BOTTOM, top)
    if voice.kind(metric) in FRACTIONS:
        y = Scale(max(low - pad, 0.0), min(high + pad, 1.0), BOTTOM, top)
    _limits(sheet, rows, voice, x, y)
    if target is not None:
        sheet.line([LEFT, right], [y(target)] * 2, color=ORANGE, width=1.4, dash=(5, 3))
    _actions(sheet, rows, actions, x)
    _months(sheet, rows, voice, x)
    _series(sheet, rows, voice, x, y)
    for place, (_, text, bold) in zip(spread([y(value) for value, _, _ in labels], low=top, high=BOTTOM), labels, strict=True):
        sheet.text(right + 6, place, text, bold=bold, middle=True, color=INK if bold else GREY)
    return sheet.svg()


def _labels(rows: list[dict[str, object]], metric: str, voice: Voice, target: float | None) -> list[tuple[float, str, bool]]:
    """Return what stands at the right edge: (value, text, bold)."""
    last = [row for row in rows if number(row, "value") is not None][-1]
    value = number(last, "value") or 0.0
    labels = [(value, voice.value(metric, value), True)]
    for name, key in (("mean", "chart.mean"), ("upper", "chart.limit"), ("lower", "chart.limit")):
        one = number(last, name)
        if one is not None:
            shown = min(max(one, 0.0), 1.0) if voice.kind(metric) in FRACTIONS else one
            labels.append((shown, voice.words(key, value=voice.value(metric, shown)), False))
    if target is not None:
        labels.append((target, voice.words("chart.target", value=voice.value(metric, target)), False))
    return labels


def _limits(sheet: Sheet, rows: list[dict[str, object]], voice: Voice, x: Scale, y: Scale) -> None:
    """Draw mean and limits of each phase; a new phase starts with a new step."""
    phases: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        phases.setdefault(int(number(row, "phase") or 0), []).append(place)
    for members in phases.values():
        row = rows[members[-1]]
        # Half a step beyond the first and last point, but never into the labels at the right.
        ends = [max(x(members[0] - 0.4), LEFT), min(x(members[-1] + 0.4), x.end + 6)]
        lower, mean, upper = (number(row, name) for name in ("lower", "mean", "upper"))
        if lower is not None and upper is not None:
            above, below = y(min(upper, y.high)), y(max(lower, y.low))
            sheet.band([(ends[0], above), (ends[1], above), (ends[1], below), (ends[0], below)], color=BAND)
            for edge in (above, below):
                sheet.line(ends, [edge] * 2, color=RULE, width=0.9, dash=(2, 2))
        if mean is not None:
            sheet.line(ends, [y(mean)] * 2, color=RULE, width=1.0)
        if members[0] > 0:
            text = voice.words("chart.rebase")
            sheet.text(min(ends[0] + 2, x.end + 6 - text_width(text)), y.end - 4, text, color=GREY)


def _actions(sheet: Sheet, rows: list[dict[str, object]], actions: Sequence[tuple[dt.date, str]], x: Scale) -> None:
    months = [str(row["month"]) for row in rows]
    for code, (date, _) in enumerate(actions, start=1):
        at = next((place for place, one in enumerate(months) if parse_period(one).contains(date)), None)
        if at is not None:
            period = parse_period(months[at])
            place = x(at + (date - period.start).days / period.days - 0.5)
            sheet.line([place] * 2, [TOP - 10, BOTTOM], color=INK, width=0.9)
            sheet.text(place, TOP - 14, str(code), align="center", bold=True)


def _months(sheet: Sheet, rows: list[dict[str, object]], voice: Voice, x: Scale) -> None:
    """Write the first and last month and as many Januaries as have room."""
    sheet.line([LEFT, x.end + 6], [BOTTOM + 6] * 2, color=RULE, width=0.9)
    free = -1.0
    last = len(rows) - 1
    keep_clear = x(last) - text_width(voice.words.short_month(str(rows[last]["month"]))) / 2 - 10
    for place, row in enumerate(rows):
        month = str(row["month"])
        text = voice.words.short_month(month)
        if place not in (0, last) and not month.endswith(("-01", "Q1")):
            continue
        half = text_width(text) / 2
        centre = min(max(x(place), LEFT + half), WIDTH - half)
        if centre - half < free or (0 < place < last and centre + half > keep_clear):
            continue
        sheet.line([x(place)] * 2, [BOTTOM + 6, BOTTOM + 10], color=RULE, width=0.9)
        sheet.text(centre, BOTTOM + 21, text, align="center", color=GREY)
        free = centre + half + 10


def _series(sheet: Sheet, rows: list[dict[str, object]], voice: Voice, x: Scale, y: Scale) -> None:
    """Draw the values: a line broken where a month is missing, marks by meaning, a word at the end of each run of signals."""
    run: list[tuple[float, float]] = []
    for place, row in [*enumerate(rows), (len(rows), {})]:
        value = number(row, "value")
        if value is None:
            if len(run) > 1:
                sheet.line([one for one, _ in run], [one for _, one in run], color=GREY, width=1.2)
            run = []
        else:
            run.append((x(place), y(value)))
    for kind, (shape, size, color, hollow) in MARKS.items():
        marked = [(x(place), y(float(row["value"]))) for place, row in enumerate(rows) if key_of(row.get("kind")) == kind]  # type: ignore[arg-type]
        if marked:
            sheet.mark([one for one, _ in marked], [one for _, one in marked], shape=shape, size=size, color=color, hollow=hollow)
    _name_signals(sheet, rows, voice, x, y)


def _name_signals(sheet: Sheet, rows: list[dict[str, object]], voice: Voice, x: Scale, y: Scale) -> None:
    """Write what a run of signals means beside it, on the side away from the mean."""
    runs: list[list[int]] = []
    for place, row in enumerate(rows):
        kind = key_of(row.get("kind"))
        if kind in ("common_cause", "missing"):
            continue
        if runs and runs[-1][-1] == place - 1 and key_of(rows[place - 1].get("kind")) == kind:
            runs[-1].append(place)
        else:
            runs.append([place])
    for members in runs:
        row = rows[members[-1]]
        text = voice.words(f"signal_short.{key_of(row.get('kind'))}")
        above = (number(row, "side") or 0) >= 0
        values = [y(float(rows[one]["value"])) for one in members]  # type: ignore[arg-type]
        half = text_width(text) / 2
        centre = min(max(sum(x(one) for one in members) / len(members), LEFT + half), x.end - half + 6)
        below = max(values) + 9 + TEXT * 0.75
        baseline = min(values) - 9 if above or below > BOTTOM + 3 else below
        # A word does not lie on the line of a limit: it moves above it.
        edges = [y(edge) for name in ("lower", "upper") if (edge := number(row, name)) is not None]
        crossed = [edge for edge in edges if baseline - TEXT < edge < baseline + 3]
        sheet.text(centre, min([baseline, *(edge - 4 for edge in crossed)]), text, align="center")


def _description(drawn: list[dict[str, object]], metric: str, voice: Voice, target: float | None) -> str:
    words, first, last = voice.words, drawn[0], drawn[-1]

    def read(row: Row, name: str) -> str:
        return voice.value(metric, float(row[name]))

    sentences = [
        words("long.control", first_value=read(first, "value"), first=first["month"], last_value=read(last, "value"), last=last["month"])
    ]
    if number(last, "mean") is not None:
        sentences.append(words("long.mean", mean=read(last, "mean")))
    if number(last, "lower") is not None:
        sentences.append(words("long.range", range=_range(last, metric, voice)))
    signals = [row for row in drawn if key_of(row.get("kind")) not in ("common_cause", "missing")]
    named = [_run_text(run, voice) for run in _runs(signals)]
    sentences.append(words("long.signals", n=len(signals), list="; ".join(named)) if signals else words("long.no_signals"))
    if target is not None:
        sentences.append(words("long.target", target=voice.value(metric, target)))
    return " ".join(sentences)


def _runs(signals: list[dict[str, object]]) -> list[list[dict[str, object]]]:
    """Return months with the same signal, one after the other, together."""
    runs: list[list[dict[str, object]]] = []
    for row in signals:
        follows = runs and pd.Period(str(runs[-1][-1]["month"])) + 1 == pd.Period(str(row["month"]))
        if follows and runs[-1][-1]["signal"] == row["signal"]:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _run_text(run: list[dict[str, object]], voice: Voice) -> str:
    words = voice.words
    first, last = str(run[0]["month"]), str(run[-1]["month"])
    when = words.month(first) if first == last else words("period.months", first=first, last=last)
    return words("chart.not_drawn_item", group=when, why=words(f"signal.{key_of(run[0]['signal'])}"))


def _range(row: Row, metric: str, voice: Voice) -> str:
    """Return the usual range in words; the limits of a share end at 0% and 100%."""
    low, high = float(row["lower"]), float(row["upper"])
    if voice.kind(metric) in FRACTIONS:
        low, high = max(low, 0.0), min(high, 1.0)
    return voice.words("long.interval_range", low=voice.value(metric, low), high=voice.value(metric, high))


def _table(rows: list[dict[str, object]], metric: str, voice: Voice) -> DataTable:
    words = voice.words
    counted = any(number(row, "denominator") is not None for row in rows)
    columns = [Column(words("table.month")), Column(words("table.value"), "number")]
    columns += [Column(words("table.n"), "number")] if counted else []
    columns += [Column(words("table.usual_range"), "number"), Column(words("table.signal"))]
    body = []
    for row in rows:
        value = number(row, "value")
        cells: list[str | Cell] = [words.month(str(row["month"]))]
        cells.append(voice.value(metric, value) if value is not None else Cell(why_not(row, voice), muted=True))
        if counted:
            people = number(row, "denominator")
            cells.append(words.number(people) if people is not None and value is not None else Cell(words("table.no_value"), muted=True))
        limited = number(row, "lower") is not None and number(row, "upper") is not None
        cells.append(_range(row, metric, voice) if limited else Cell(words("table.no_value"), muted=True))
        cells.append(words(f"signal.{key_of(row.get('signal'))}"))
        body.append(tuple(cells))
    return DataTable(words("caption.control", metric=voice.metric(metric)), tuple(columns), tuple(body))
