"""The layout shared by figures with one row a group: the group's name above its own strip of the scale, what it amounts to at the right.

Names stand above the strips, not beside them: long names stay horizontal and whole on a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from acmlib.display.charts.canvas import BAND, GREY, INK, LINE, RULE, WIDTH, LinearScale, Sheet, text_width, wrap

#: Height of the strip itself, below the name.
STRIP = 17.0

#: Room between two rows.
GAP = 4.0

#: Narrowest strip that can still be read.
NARROWEST = 150.0


@dataclass(frozen=True)
class StripRow:
    """One row: its name, a grey remark after the name, and at the right a value (bold) with a word or two under or after it."""

    name: str
    remark: str = ""
    value: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Strips:
    """A sheet with its rows laid out: `places` are the middles of the strips, `x` the scale they share."""

    sheet: Sheet
    x: LinearScale
    places: tuple[float, ...]
    top: float
    bottom: float


def lay_out(
    entries: Sequence[StripRow], *, low: float, high: float, ticks: Sequence[float], tick_text: Callable[[float], str], header: float,
    beside: float = 0.0,
) -> Strips:  # fmt: skip
    """Return a sheet with names, remarks, values and the axis in place.

    `header` points are left free at the top, `beside` points at the right of the scale, for the labels of marks.
    """
    room = min(max((_width(one) for one in entries), default=0.0), WIDTH - NARROWEST)
    right = [wrap(_beside(one), room) if _width(one) > room else [_beside(one)] for one in entries]
    names = [wrap(f"{one.name} {one.remark}".strip(), WIDTH - 4) for one in entries]
    heights = [len(name) * LINE + max(STRIP, len(side) * LINE) + GAP for name, side in zip(names, right, strict=True)]
    end = WIDTH - room - 14
    bottom = header + sum(heights)
    sheet = Sheet(bottom + 24)
    x = LinearScale(low, high, 8, end - beside)
    y, places = header, []
    for entry, name, side, height in zip(entries, names, right, heights, strict=True):
        _write_name(sheet, entry, name, y)
        middle = y + len(name) * LINE + STRIP / 2 - 1
        _write_side(sheet, entry, side, middle, WIDTH - room)
        places.append(middle)
        y += height
    sheet.segments([span for place in places for tick in ticks for span in [across(x(tick), place)]], color=BAND, width=1)
    _axis(sheet, x, ticks, tick_text, bottom)
    return Strips(sheet, x, tuple(places), header, bottom)


def across(x: float, middle: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the vertical line through one strip at `x`."""
    return (x, middle - STRIP / 2), (x, middle + STRIP / 2)


def _beside(entry: StripRow) -> str:
    return f"{entry.value} {entry.verdict}".strip()


def _width(entry: StripRow) -> float:
    return text_width(entry.value, "bold") + 6 + text_width(entry.verdict) + 2


def _write_name(sheet: Sheet, entry: StripRow, lines: Sequence[str], y: float) -> None:
    """Write the name in ink and the remark after it in grey, over as many lines as they need."""
    left = len(entry.name)
    for number, line in enumerate(lines):
        own, rest = line[: max(left, 0)], line[max(left, 0) :]
        baseline = y + LINE * (number + 1) - 4
        if own.strip():
            sheet.text(0, baseline, own.rstrip())
        if rest.strip():
            sheet.text(text_width(own.rstrip()) + 6 if own.strip() else 0, baseline, rest.strip(), color=GREY)
        left -= len(line) + 1


def _write_side(sheet: Sheet, entry: StripRow, lines: Sequence[str], middle: float, x: float) -> None:
    for number, line in enumerate(lines):
        own = entry.value if number == 0 and line.startswith(entry.value) else ""
        rest = line[len(own) :].strip()
        place = middle + number * LINE
        if own:
            sheet.text(x, place, own, bold=True, middle=True)
        if rest:
            sheet.text(x + (text_width(own, "bold") + 5 if own else 0), place, rest, color=INK, middle=True)


def _axis(sheet: Sheet, x: LinearScale, ticks: Sequence[float], tick_text: Callable[[float], str], y: float) -> None:
    """Draw the axis with its ticks; every tick has its number, or every second, ..., so that none lies on another."""
    sheet.line([x.start - 4, x.end + 4], [y] * 2, color=RULE, width=0.9)
    sheet.segments([((x(tick), y), (x(tick), y + 4)) for tick in ticks], color=RULE, width=0.9)
    texts = [(tick_text(tick), text_width(tick_text(tick)) / 2) for tick in ticks]
    places = [(max(x(tick), half), half, text) for tick, (text, half) in zip(ticks, texts, strict=True)]
    for step in range(1, len(places) + 1):
        written = places[::step]
        if all(one[0] + one[1] + 6 <= after[0] - after[1] for one, after in pairwise(written)):
            break
    for centre, _, text in written:
        sheet.text(centre, y + 16, text, align="center", color=GREY)
