"""The drawing of a control chart: points, limits, stepped target, new starts, actions and labels that stand apart."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence

from acmlib.contract.periods import parse_period
from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, ORANGE, RULE, TEXT, WIDTH, LinearScale, Sheet, spread, text_width
from acmlib.display.charts.targets import draw_target, targets_of
from acmlib.display.judgements import key_of
from acmlib.display.rows import number
from acmlib.display.voice import FRACTIONS, MEDIANS, Voice

Point = Mapping[str, object]

#: Shape, size and colour of a point by what it means: never colour alone.
MARKS = {
    "common_cause": ("o", 5.0, GREY, False), "improvement": ("D", 8.0, BLUE, False), "concern": ("s", 8.0, ORANGE, False),
    "neutral_high": ("^", 8.5, INK, True), "neutral_low": ("v", 8.5, INK, True),
}  # fmt: skip

#: Left edge, and height of the plot.
LEFT, PLOT = 6.0, 126.0

#: Room above the plot: without anything, for the words of signals, for a line of text.
EMPTY, WORDS = 10.0, 24.0


#: A run of months (two period texts: first and last) and its mean.
Run = tuple[str, str, float]


def draw(rows: Sequence[Point], metric: str, voice: Voice, actions: Sequence[tuple[dt.date, str]], runs: Sequence[Run] = ()) -> str:
    """Return the drawing; each row is a point with its month, its limits and its ``target``; `runs` are compared by their means."""
    compared = compared_runs(rows, runs)
    labels = _labels(rows, metric, voice, centre=not compared)
    right = WIDTH - max(text_width(text, "bold" if bold else "normal") for _, text, bold in labels) - 12
    x = LinearScale(0, max(len(rows) - 1, 1), LEFT + 4, right - 6)
    dated = _placed(rows, actions, x)
    phases = _phases(rows)
    means = compared or (_phase_means(rows, phases) if len(phases) > 1 else [])
    lines = bool(dated) + bool(means)
    signals = any(_kind(row) not in ("common_cause", "missing") for row in rows)
    top = EMPTY + LINE * lines if lines else WORDS if signals else EMPTY
    bottom = top + PLOT
    sheet, y = Sheet(bottom + 26), _heights(rows, voice.kind(metric) in FRACTIONS, bottom, top)
    _limits(sheet, rows, phases, x, y)
    for members, mean in compared:
        sheet.line(_span(members, x), [y(mean)] * 2, color=INK, width=1.8)
    _name_means(sheet, means, metric, voice, x)
    draw_target(sheet, rows, x, y)
    _actions(sheet, dated, top, bottom)
    _months(sheet, rows, voice, x, bottom)
    _line(sheet, rows, x, y)
    _points(sheet, rows, metric, voice, x, y)
    _name_signals(sheet, rows, voice, x, y)
    for place, (_, text, bold) in zip(spread([y(value) for value, _, _ in labels], low=top, high=bottom), labels, strict=True):
        sheet.text(right + 6, place, text, bold=bold, middle=True, color=INK if bold else GREY)
    return sheet.svg()


def _kind(row: Point) -> str:
    return key_of(row.get("kind"))


def _heights(rows: Sequence[Point], fraction: bool, bottom: float, top: float) -> LinearScale:
    values = [value for row in rows for name in ("value", "lower", "upper") if (value := number(row, name)) is not None]
    values += targets_of(rows)
    low, high = min(values), max(values)
    pad = (high - low or abs(high) or 1) * 0.06
    return (
        LinearScale(max(low - pad, 0.0), min(high + pad, 1.0), bottom, top) if fraction else LinearScale(low - pad, high + pad, bottom, top)
    )


def _phases(rows: Sequence[Point]) -> list[list[int]]:
    """Return the places of the points of each phase: limits start anew with a new one."""
    found: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        found.setdefault(int(number(row, "phase") or 0), []).append(place)
    return list(found.values())


def compared_runs(rows: Sequence[Point], runs: Sequence[Run]) -> list[tuple[list[int], float]]:
    """Return the places of the points that lie wholly in each run, and its mean; nothing where a run has no point of its own."""
    found = []
    for first, last, mean in runs:
        start, end = parse_period(first).start, parse_period(last).end
        times = [parse_period(str(row["month"])) for row in rows]
        members = [place for place, time in enumerate(times) if start <= time.start and time.end <= end]
        if not members or mean != mean:
            return []
        found.append((members, mean))
    return found


def _phase_means(rows: Sequence[Point], phases: Sequence[list[int]]) -> list[tuple[list[int], float]]:
    means = [(members, number(rows[members[-1]], "mean")) for members in phases]
    return [(members, mean) for members, mean in means if mean is not None]


def _labels(rows: Sequence[Point], metric: str, voice: Voice, *, centre: bool) -> list[tuple[float, str, bool]]:
    """Return what stands at the right edge: (value, text, bold); the mean of all months only as the `centre` of what did not change."""
    last = [row for row in rows if number(row, "value") is not None][-1]
    value = number(last, "value") or 0.0
    labels = [(value, voice.value(metric, value), True)]
    middle = (("mean", _mean_key(metric, voice)),) if centre else ()
    for name, key in (*middle, ("upper", "chart.limit"), ("lower", "chart.limit")):
        one = number(last, name)
        if one is not None:
            shown = min(max(one, 0.0), 1.0) if voice.kind(metric) in FRACTIONS else one
            labels.append((shown, voice.words(key, value=voice.value(metric, shown)), False))
    target = number(rows[-1], "target")
    if target is not None:
        labels.append((target, voice.words("chart.target", value=voice.value(metric, target)), False))
    return labels


def _span(members: Sequence[int], x: LinearScale) -> tuple[float, float]:
    """Return half a step beyond the first and last point of a phase, but never into the labels at the right."""
    return max(x(members[0] - 0.4), LEFT), min(x(members[-1] + 0.4), x.end + 6)


def _limits(sheet: Sheet, rows: Sequence[Point], phases: Sequence[Sequence[int]], x: LinearScale, y: LinearScale) -> None:
    """Draw mean and limits of each phase; a new phase starts with a new step."""
    for members in phases:
        row, ends = rows[members[-1]], _span(members, x)
        lower, mean, upper = (number(row, name) for name in ("lower", "mean", "upper"))
        if lower is not None and upper is not None:
            above, below = y(min(upper, y.high)), y(max(lower, y.low))
            sheet.band([(ends[0], above), (ends[1], above), (ends[1], below), (ends[0], below)])
            sheet.segments([((ends[0], edge), (ends[1], edge)) for edge in (above, below)], color=RULE, width=0.9, dash=(2, 2))
        if mean is not None:
            sheet.line(ends, [y(mean)] * 2, color=RULE, width=1.0)


def _mean_key(metric: str, voice: Voice) -> str:
    """Return how a mean is named: of medians (waits) it is that of the points drawn, another number than the median of all people."""
    return "chart.mean_of_points" if voice.kind(metric) in MEDIANS else "chart.mean"


def _name_means(sheet: Sheet, means: Sequence[tuple[Sequence[int], float]], metric: str, voice: Voice, x: LinearScale) -> None:
    """Write each mean at the top, over the months that it is the mean of."""
    free = LEFT
    for members, mean in means:
        text, (start, end) = voice.words(_mean_key(metric, voice), value=voice.value(metric, mean)), _span(members, x)
        half = text_width(text) / 2
        centre = max((start + end) / 2, free + half)
        if centre + half <= WIDTH:
            sheet.text(centre, LINE - 4, text, align="center", color=GREY)
            free = centre + half + 8


def _placed(rows: Sequence[Point], actions: Sequence[tuple[dt.date, str]], x: LinearScale) -> list[tuple[float, str, str]]:
    """Return where actions within the months shown stand, their numbers and what they are."""
    found = []
    for code, (date, what) in enumerate(actions, start=1):
        for at, row in enumerate(rows):
            period = parse_period(str(row["month"]))
            if period.contains(date):
                found.append((x(at + (date - period.start).days / period.days - 0.5), str(code), what))
    return sorted(found)


def _actions(sheet: Sheet, dated: Sequence[tuple[float, str, str]], top: float, bottom: float) -> None:
    """Draw a line at each action with its number, and what it is where that has room beside it; all stand under the chart in words."""
    free, baseline = -6.0, top - EMPTY + 6
    for one, (place, code, what) in enumerate(dated):
        half = text_width(code, "bold") / 2
        centre = max(place, free + 6 + half)
        sheet.line([place] * 2, [baseline + 3, bottom], color=INK, width=0.9)
        sheet.text(centre, baseline, code, align="center", bold=True)
        end = dated[one + 1][0] - 12 if one + 1 < len(dated) else WIDTH
        before, free = free, centre + half
        if text_width(what) <= end - free - 6:
            sheet.text(free + 6, baseline, what)
            free += 6 + text_width(what)
        elif text_width(what) <= centre - half - before - 14:
            sheet.text(centre - half - 6, baseline, what, align="right")


def _months(sheet: Sheet, rows: Sequence[Point], voice: Voice, x: LinearScale, bottom: float) -> None:
    """Write the first and last month and as many Januaries as have room."""
    sheet.line([LEFT, x.end + 6], [bottom + 6] * 2, color=RULE, width=0.9)
    free, last = -1.0, len(rows) - 1
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
        sheet.line([x(place)] * 2, [bottom + 6, bottom + 10], color=RULE, width=0.9)
        sheet.text(centre, bottom + 22, text, align="center", color=GREY)
        free = centre + half + 10


def _line(sheet: Sheet, rows: Sequence[Point], x: LinearScale, y: LinearScale) -> None:
    """Draw the values as a line broken where a month is missing; the way to an unfinished one is dashed."""
    run: list[tuple[float, float]] = []
    for place, row in [*enumerate(rows), (len(rows), {})]:
        value = number(row, "value")
        unfinished = bool(row.get("unfinished"))
        if value is not None and not unfinished:
            run.append((x(place), y(value)))
            continue
        if len(run) > 1:
            sheet.line([one for one, _ in run], [one for _, one in run], color=GREY, width=1.2)
        if value is not None and run:
            sheet.line([run[-1][0], x(place)], [run[-1][1], y(value)], color=GREY, width=1.2, dash=(1.5, 2))
        run = []


def _points(sheet: Sheet, rows: Sequence[Point], metric: str, voice: Voice, x: LinearScale, y: LinearScale) -> None:
    """Draw the marks by what they mean; open where few people stand behind them or the month is not over."""
    for place, row in enumerate(rows):
        value = number(row, "value")
        if value is None:
            continue
        shape, size, color, hollow = MARKS.get(_kind(row), MARKS["common_cause"])
        few = bool(row.get("open")) or bool(row.get("unfinished"))
        title = voice.words("chart.point", month=str(row["month"]), result=voice.result(metric, value, None, number(row, "denominator")))
        sheet.mark([x(place)], [y(value)], shape=shape, size=size + (1.5 if few else 0), color=color, hollow=hollow or few, titles=[title])


def _runs(rows: Sequence[Point]) -> list[list[int]]:
    """Return the places of signals of one kind that follow each other."""
    kinds = itertools.groupby(enumerate(rows), key=lambda one: _kind(one[1]))
    return [[place for place, _ in run] for kind, run in kinds if kind not in ("common_cause", "missing")]


def _name_signals(sheet: Sheet, rows: Sequence[Point], voice: Voice, x: LinearScale, y: LinearScale) -> None:
    """Write what a run of signals means beside it, on the side away from the mean, where no other word stands."""
    taken: list[tuple[float, float, float]] = []
    for members in _runs(rows):
        row = rows[members[-1]]
        text = voice.words(f"signal_short.{_kind(row)}")
        above = (number(row, "side") or 0) >= 0
        values = [y(number(rows[one], "value") or 0.0) for one in members]
        half = text_width(text) / 2
        centre = min(max(sum(x(one) for one in members) / len(members), LEFT + half), x.end - half + 6)
        below = max(values) + 9 + TEXT * 0.75
        baseline = min(values) - 9 if above or below > y.start + 3 else below
        # A word does not lie on the line of a limit: it moves above it.
        edges = [y(edge) for name in ("lower", "upper") if (edge := number(row, name)) is not None]
        baseline = min([baseline, *(edge - 4 for edge in edges if baseline - TEXT < edge < baseline + 3)])
        free = all(abs(baseline - at) >= LINE or centre + half < left or centre - half > end for left, end, at in taken)
        if free and baseline - TEXT >= y.end - WORDS + EMPTY:
            sheet.text(centre, baseline, text, align="center")
            taken.append((centre - half - 4, centre + half + 4, baseline))
