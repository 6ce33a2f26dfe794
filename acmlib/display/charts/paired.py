"""Two values a row, joined: served against base, now against before, a group against its comparator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from acmlib.display.charts.canvas import BLUE, INK, LINE, ORANGE, RULE, WIDTH, LinearScale, Sheet, nice_range, text_width
from acmlib.display.charts.strips import StripRow, lay_out

#: Shape, colour, size, hollow.
Mark = tuple[str, str, float, bool]

#: The value that a figure is about, and what it is held against.
SHARES: tuple[Mark, Mark] = (("o", BLUE, 8.5, False), ("D", ORANGE, 7.5, True))

#: A group that is behind and what it is compared with, as in a figure of results by group.
GROUPS: tuple[Mark, Mark] = (("s", ORANGE, 8.5, False), ("D", INK, 7.5, False))

#: Room of a mark before its name, and between two names, in points.
KEY, BETWEEN = 15.0, 20.0


@dataclass(frozen=True)
class Pair:
    """One row: its name, a remark, the two values (None: not drawn), and what they amount to."""

    entry: StripRow
    first: float | None
    second: float | None


def draw_pairs(
    pairs: Sequence[Pair], *, first: str, second: str, text: Callable[[float], str], ceiling: float | None = None,
    tick_text: Callable[[float], str] | None = None, marks: tuple[Mark, Mark] = SHARES,
) -> str:  # fmt: skip
    """Return the drawing of paired values from zero.

    `first` and `second` name the two marks, `text` tells values 0.01 apart; `tick_text` writes the axis, `text` if absent.
    """
    values = [one for pair in pairs for one in (pair.first, pair.second) if one is not None]
    _, high, ticks = nice_range([0.0, *values], floor=0, ceiling=ceiling, unit=0.01)
    # Two long names stand below each other.
    below = KEY + text_width(first) + BETWEEN + KEY + text_width(second) > WIDTH
    widest = max((text_width(text(one)) for one in values), default=0.0)
    strips = lay_out(
        [pair.entry for pair in pairs], low=0, high=high, ticks=ticks, tick_text=tick_text or text,
        header=8 + LINE * (2 if below else 1), beside=widest + 4,
    )  # fmt: skip
    _key(strips.sheet, marks, (first, second), below=below)
    for pair, place in zip(pairs, strips.places, strict=True):
        _pair(strips.sheet, pair, place, strips.x, text, marks, (first, second))
    return strips.sheet.svg()


def _key(sheet: Sheet, marks: tuple[Mark, Mark], names: tuple[str, str], *, below: bool) -> None:
    """Write the names of the two marks above the rows, each beside its mark."""
    x, y = 6.0, 8.0
    for (shape, color, size, hollow), text in zip(marks, names, strict=True):
        sheet.mark([x], [y], shape=shape, size=size, color=color, hollow=hollow)
        sheet.text(x + 9, y, text, middle=True)
        x, y = (x, y + LINE) if below else (x + 9 + text_width(text) + BETWEEN, y)


def _pair(
    sheet: Sheet, pair: Pair, y: float, x: LinearScale, text: Callable[[float], str], marks: tuple[Mark, Mark], names: tuple[str, str]
) -> None:  # fmt: skip
    """Draw the marks of a row, joined, each value on its outer side."""
    if pair.first is not None and pair.second is not None:
        sheet.line([x(pair.first), x(pair.second)], [y] * 2, color=RULE, width=2)
    both = ((names[1], pair.second, pair.first, marks[1]), (names[0], pair.first, pair.second, marks[0]))
    for name, value, other, (shape, color, size, hollow) in both:
        if value is None:
            continue
        title = f"{pair.entry.name}, {name}: {text(value)}"
        sheet.mark([x(value)], [y], shape=shape, size=size, color=color, hollow=hollow, titles=[title])
        label, wide = text(value), text_width(text(value))
        left = other is not None and (value < other or (value == other and name == names[1]))
        if left and x(value) - 8 - wide < -2:
            continue
        sheet.text(x(value) - 8 if left else x(value) + 8, y, label, align="right" if left else "left", middle=True)
