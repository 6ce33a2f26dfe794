"""A metric month by month, with the limits of its usual ups and downs, its target, and what was done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from acmlib.contract.periods import parse_period
from acmlib.display.charts.control_drawing import Run, draw
from acmlib.display.charts.frames import monthly, unfinished_notes, why_not
from acmlib.display.charts.targets import target_steps
from acmlib.display.judgements import key_of, variation_sentence
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.rows import Row, number
from acmlib.display.voice import FRACTIONS, Voice

#: So many points of a phase have limits, unless these would fit nothing.
LIMITED = 6


def control_chart(
    points: pd.DataFrame, *, metric: str, voice: Voice, actions: Sequence[tuple[dt.date, str]] = (), target: float | None = None,
    caption: str | None = None, verdict: str = "", runs: Sequence[Run] = (),
) -> Chart:  # fmt: skip
    """Return the control chart of one metric's monthly totals.

    Parameters
    ----------
    points : DataFrame
        What `acmlib.analysis.control_charts.xmr` returned, indexed by month (``2026-05``). May be added: ``denominator``,
        ``status``, ``target`` (of each month; drawn as steps), ``open`` (few people: an open mark), ``unfinished`` (the month is not over).
        Months without a value are left open in the line and named under it.
    actions : sequence of (date, text)
        Agreed actions to mark, in order; they are numbered on the chart and told under it.
    target : float, optional
        For points without a ``target`` of their own, in the units of the metric; the contract's target if absent.
    verdict : str
        What is judged of the change, for the alternative text; what the rules of the chart say of the last point if empty.
    runs : sequence of (first month, last month, mean)
        Months before and since a change, drawn with their means instead of the mean of all months; not where a run has no point of its own.

    Raises
    ------
    ValueError
        If no month has a value: there is nothing to draw; say so in a sentence instead.
    """
    rows = monthly(points)
    drawn = [row for row in rows if number(row, "value") is not None]
    if not drawn:
        raise ValueError(f"control chart of {metric}: no month has a value; show a sentence instead of a figure")
    if "target" not in points:
        agreed = voice.target(metric) if target is None else target
        rows = [{**row, "target": agreed} for row in rows]
    target = number(rows[-1], "target")
    first, last = (parse_period(str(row["month"])) for row in (rows[0], rows[-1]))
    actions = [one for one in actions if first.start <= one[0] <= last.end]  # what has no mark needs no words
    svg = draw(rows, metric, voice, actions, runs)
    notes = [" ".join(_action_notes(actions, voice))] if actions else []
    missing = [row for row in rows if number(row, "value") is None]
    if missing:
        items = [
            voice.words("chart.not_drawn_item", group=voice.words.month(str(row["month"])), why=why_not(row, voice)) for row in missing
        ]
        notes.append(voice.words("chart.not_drawn", list="; ".join(items)))
    if any(bool(row.get("trial")) and number(row, "lower") is not None for row in drawn[-1:]):
        notes.append(voice.words("control.trial", n=_in_last_phase(drawn), needed=voice.contract.statistics.control_chart_points))
    words = voice.words
    if number(drawn[-1], "lower") is None and _in_last_phase(drawn) >= LIMITED:
        notes.append(words("control.no_limits"))
    notes += [words("figure.open")] if any(bool(row.get("open")) for row in drawn) else []
    notes += unfinished_notes(drawn, voice)
    notes += [steps] if (steps := target_steps(rows, metric, voice)) else []
    period = words("period.months", first=rows[0]["month"], last=rows[-1]["month"])
    named = caption or words("caption.control_months", metric=voice.metric(metric), period=period)
    alt = words("alt.control", n=len(drawn), metric=voice.metric(metric), first=drawn[0]["month"], last=drawn[-1]["month"],
                variation=verdict.rstrip(".") or variation_sentence(drawn[-1], voice, full_stop=False))  # fmt: skip
    return Chart(
        svg=svg,
        alt=alt,
        long_description=_description(drawn, metric, voice, None if steps else target) + (f" {steps}" if steps else ""),
        data=_table(rows, metric, voice),
        caption=named,
        notes=(*notes, *voice.fine_print(period=period, metric=metric, with_target=target is None and not steps, caption=named)),
        label=words("page.data_details"),
    )


def _in_last_phase(drawn: Sequence[Row]) -> int:
    """Return how many points the limits of the last phase rest on."""
    return sum(number(row, "phase") == number(drawn[-1], "phase") for row in drawn)


def _action_notes(actions: Sequence[tuple[dt.date, str]], voice: Voice) -> list[str]:
    return [
        voice.words("chart.action", code=number, date=date, what=what.rstrip(".") + ".")
        for number, (date, what) in enumerate(actions, start=1)
    ]


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
