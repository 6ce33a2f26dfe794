"""What figures of shares by day have in common: the scale from 0 to 100%, a curve for each group or period, and the people behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from acmlib.display.charts.canvas import BAND, GREY, LINE, RULE, LinearScale, Sheet
from acmlib.display.charts.frames import bounds, hover, value_of
from acmlib.display.rows import Row
from acmlib.display.voice import Voice

#: Height of the plot, and its left edge.
HEIGHT, LEFT = 150.0, 48.0

#: Shape, colour and hollow of the marks of a curve.
Style = tuple[str, str, bool]


def curve_sheet(curves: int, times: Sequence[int], top: float, right: float, voice: Voice) -> tuple[Sheet, LinearScale, LinearScale]:
    """Return a sheet with room for so many curves and their counts, its scale of days, and that of shares with its three lines drawn."""
    sheet = Sheet(top + HEIGHT + 26 + LINE * (curves + 1) + 8)
    x, y = LinearScale(0, max(times), LEFT, right - 6), LinearScale(0, 1, top + HEIGHT, top)
    for level in (0.0, 0.5, 1.0):
        sheet.line([LEFT - 6, right], [y(level)] * 2, color=RULE if level == 0 else BAND, width=0.9)
        sheet.text(LEFT - 8, y(level), voice.words.percent(level), color=GREY, align="right", middle=True)
    return sheet, x, y


def draw_marks(
    sheet: Sheet, rows: Sequence[Row], names: Sequence[str], style: Style, x: LinearScale, y: LinearScale, voice: Voice, metric: str
) -> None:
    """Draw the intervals and the marks of one curve; `names` are what the marks are called when they are pointed at."""
    shape, color, hollow = style
    points = [(x(float(row["days"])), y(value_of(row))) for row in rows]
    spans = [((place, y(ends[0])), (place, y(ends[1]))) for (place, _), row in zip(points, rows, strict=True) if (ends := bounds(row))]
    sheet.segments(spans, color=color, width=1.2)
    titles = [hover(name, row, voice, metric) for name, row in zip(names, rows, strict=True)]
    sheet.mark([one for one, _ in points], [one for _, one in points], shape=shape, size=8, color=color, hollow=hollow, titles=titles)


def write_counts(sheet: Sheet, title: str, counts: Iterable[tuple[Style, Iterable[tuple[float, str]]]], top: float) -> None:
    """Write how many people are behind each point, a line a curve behind its mark: (place, number) of each."""
    sheet.text(LEFT - 32, top + LINE * 1.2, title, color=GREY)
    for line, ((shape, color, hollow), numbers) in enumerate(counts, start=2):
        baseline = top + LINE * (line + 0.2)
        sheet.mark([LEFT - 26], [baseline - 4], shape=shape, size=7, color=color, hollow=hollow)
        for place, text in numbers:
            sheet.text(place, baseline, text, align="center")
