"""A metric month by month, with the limits of its usual ups and downs, its target, and what was done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import pandas as pd

from acmlib.contract.periods import parse_period
from acmlib.display.charts.control_drawing import Run, compared_runs, draw
from acmlib.display.charts.frames import chart_of, in_words, monthly, range_in_words, unfinished_notes, why_not
from acmlib.display.charts.targets import target_steps
from acmlib.display.judgements import key_of, variation_clause
from acmlib.display.objects import Cell, Chart, DataTable
from acmlib.display.rows import Row, number
from acmlib.display.tables import heads
from acmlib.display.voice import FRACTIONS, Voice

#: So many points of a phase have limits, unless these would fit nothing.
LIMITED = 6

#: Limits and marks of all months fit neither those before a change nor those since: what became better would mark the time before as worse.
UNMARKED = {"mean": None, "lower": None, "upper": None, "kind": "common cause", "signal": "none"}


def control_chart(
    points: pd.DataFrame, *, metric: str, voice: Voice, actions: Sequence[tuple[dt.date, str]] = (), verdict: str = "",
    runs: Sequence[Run] = (),
) -> Chart:  # fmt: skip
    """Return the control chart of one metric's monthly totals.

    Parameters
    ----------
    points : DataFrame
        What `acmlib.analysis.control_charts.xmr` returned, indexed by month (``2026-05``). May be added: ``denominator``,
        ``status``, ``target`` (of each month; drawn as steps; the contract's target if absent), ``open`` (few people: an open mark),
        ``unfinished`` (the month is not over). Months without a value are left open in the line and named under it.
    actions : sequence of (date, text)
        Agreed actions to mark, in order; they are numbered on the chart and told under it.
    verdict : str
        What is judged of the change, for the alternative text; what the rules of the chart say of the last point if empty.
    runs : sequence of (first month, last month, mean)
        Months before and since a change, drawn with their means instead of limits and marks over all months; not where a run has no point
        of its own.

    Raises
    ------
    ValueError
        If no month has a value: there is nothing to draw; say so in a sentence instead.
    """
    voice, rows = voice.about(metric), monthly(points)
    words = voice.words
    runs = runs if compared_runs(rows, runs) else ()
    rows = [{**row, **UNMARKED} for row in rows] if runs else rows
    drawn = [row for row in rows if number(row, "value") is not None]
    if not drawn:
        raise ValueError(f"control chart of {metric}: no month has a value; show a sentence instead of a figure")
    if "target" not in points:
        rows = [{**row, "target": voice.target(metric)} for row in rows]
    target, steps = number(rows[-1], "target"), target_steps(rows, metric, voice)
    first, last = (parse_period(str(row["month"])) for row in (rows[0], rows[-1]))
    actions = [one for one in actions if first.start <= one[0] <= last.end]  # what has no mark needs no words
    notes = [*_notes(rows, drawn, actions, voice, levels=bool(runs)), *([steps] if steps else [])]
    period = words("period.months", first=rows[0]["month"], last=rows[-1]["month"])
    caption = words("caption.control_months", metric=voice.metric(metric), period=period)
    notes += voice.fine_print(period=period, metric=metric, with_target=target is None and not steps, caption=caption)
    alt = words("alt.control", n=len(drawn), metric=voice.metric(metric), first=drawn[0]["month"], last=drawn[-1]["month"],
                variation=verdict.rstrip(".") or variation_clause(drawn[-1], voice))  # fmt: skip
    told = [*_description(drawn, metric, voice, None if steps else target, runs), *([steps] if steps else [])]
    return chart_of(draw(rows, metric, voice, actions, runs), alt, told, _table(rows, metric, voice), caption, notes, voice)


def _in_last_phase(drawn: Sequence[Row]) -> int:
    """Return how many points the limits of the last phase rest on."""
    return sum(number(row, "phase") == number(drawn[-1], "phase") for row in drawn)


def _notes(
    rows: Sequence[Row], drawn: Sequence[Row], actions: Sequence[tuple[dt.date, str]], voice: Voice, *, levels: bool
) -> Iterator[str]:  # fmt: skip
    """Yield what the marks do not say: actions, months that are not drawn, limits that are on trial or missing, open marks."""
    words, limited = voice.words, number(drawn[-1], "lower") is not None
    if actions:
        acts = enumerate(actions, start=1)
        yield " ".join(words("chart.action", code=code, date=date, what=what.rstrip(".") + ".") for code, (date, what) in acts)
    missing = [row for row in rows if number(row, "value") is None]
    if missing:
        items = (words("chart.not_drawn_item", group=words.month(str(row["month"])), why=why_not(row, voice)) for row in missing)
        yield words("chart.not_drawn", list="; ".join(items))
    if limited and drawn[-1].get("trial"):
        yield words("control.trial", n=_in_last_phase(drawn), needed=voice.contract.statistics.control_chart_points)
    if levels:
        yield words("control.levels")
    elif not limited and _in_last_phase(drawn) >= LIMITED:
        yield words("control.no_limits")
    if any(bool(row.get("open")) for row in drawn):
        yield words("figure.open")
    yield from unfinished_notes(drawn, voice)


def _means(drawn: list[dict[str, object]], runs: Sequence[tuple[str, str, float]]) -> list[tuple[str, str, float]]:
    """Return the means that are drawn: first month, last month, mean; of the months before and since a change, else of each phase."""
    if runs:
        return list(runs)
    phases: dict[object, list[dict[str, object]]] = {}
    for row in drawn:
        phases.setdefault(row.get("phase"), []).append(row)
    known = [(rows, mean) for rows in phases.values() if (mean := number(rows[-1], "mean")) is not None]
    return [(str(rows[0]["month"]), str(rows[-1]["month"]), mean) for rows, mean in known]


def _description(
    drawn: list[dict[str, object]], metric: str, voice: Voice, target: float | None, runs: Sequence[tuple[str, str, float]]
) -> Iterator[str]:  # fmt: skip
    words, first, last = voice.words, drawn[0], drawn[-1]
    ends = {"first_value": in_words(first, metric, voice), "last_value": in_words(last, metric, voice)}
    yield words("long.control", first=first["month"], last=last["month"], **ends)
    means = [(voice.value(metric, mean), words("period.months", first=start, last=end)) for start, end, mean in _means(drawn, runs)]
    if len(means) > 1:
        yield words("long.means", list=words.list([words("long.mean_item", mean=mean, period=when) for mean, when in means]))
    elif means:
        yield words("long.mean", mean=means[0][0])
    if number(last, "lower") is not None:
        yield words("long.range", range=_range(last, metric, voice))
    signals = [row for row in drawn if key_of(row.get("kind")) not in ("common_cause", "missing")]
    named = [_run_text(run, voice) for run in _runs(signals)]
    yield words("long.signals", n=len(signals), list="; ".join(named)) if signals else words("long.no_signals")
    if target is not None:
        yield words("long.target", target=voice.value(metric, target))


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
    return range_in_words((max(low, 0.0), min(high, 1.0)) if voice.kind(metric) in FRACTIONS else (low, high), metric, voice)


def _table(rows: list[dict[str, object]], metric: str, voice: Voice) -> DataTable:
    words, nothing = voice.words, Cell(voice.words("table.no_value"), muted=True)
    counted = ("table.n",) if any(number(row, "denominator") is not None for row in rows) else ()
    columns = heads(words, "table.month", numbers=("table.value", *counted, "table.usual_range"), then=("table.signal",))
    body = []
    for row in rows:
        value, people = number(row, "value"), number(row, "denominator")
        limited = number(row, "lower") is not None and number(row, "upper") is not None
        told = words.number(people) if people is not None and value is not None else nothing
        body.append((
            words.month(str(row["month"])),
            voice.value(metric, value) if value is not None else Cell(why_not(row, voice), muted=True),
            *([told] if counted else []),
            _range(row, metric, voice) if limited else nothing,
            words(f"signal.{key_of(row.get('signal'))}"),
        ))  # fmt: skip
    return DataTable(words("caption.control", metric=voice.metric(metric)), columns, tuple(body))
