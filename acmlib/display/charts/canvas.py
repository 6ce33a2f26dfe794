"""The sheet that every figure is drawn on: sizes, colours, scales and the way from marks to SVG.

A figure is laid out in points on a sheet 5 inches wide, the top left corner being (0, 0). Text is live: it can be selected, it is read by
search and it takes the font of the page. Colours are classes of the page's style sheet, so that a figure follows light and dark and paper;
each element carries its light colour as well, for programs that know no style sheet of ours (WeasyPrint, JupyterLab before a run).
A figure is a string built here: a millisecond, and the same bytes each time. What draws with matplotlib or seaborn takes fifty times as
long, has no values on hover, and writes text whose width nobody checks against its neighbours; it is for the analyst's own figures
(`acmlib.display.own`), which the house style makes look alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from acmlib.display.charts import letters

#: Width of every figure in points (5 inches: 480 pixels).
WIDTH = 360.0

#: Size of all text in points: 16 pixels where a figure has its full width, 12.2 on a phone of 390 pixels.
TEXT = 12.0

#: Room between two lines of text.
LINE = 16.0

#: Points of the drawing to CSS pixels of the page.
PIXELS = 4 / 3

#: The four colours: ink, a grey for what is context, and a duo that all kinds of colour blindness tell apart.
#: Their contrast on white is 19, 7, 10 and 4.6.
INK, GREY, BLUE, ORANGE = "#0b0c0c", "#505a5f", "#12436D", "#C7511F"

#: Lines that only guide the eye; 4.0 on white.
RULE = "#7a8287"

#: Bands behind marks; carry no meaning of their own.
BAND = "#eceef0"

#: What lies under a figure: the inside of hollow marks, the rim of filled ones.
PAPER = "#ffffff"

#: Classes of the style sheet: the letter after ``f`` (fill) or ``s`` (stroke).
CLASSES = {INK: "i", GREY: "g", BLUE: "b", ORANGE: "o", RULE: "r", BAND: "n", PAPER: "p"}

#: Baseline of text below its middle, in sizes of text.
_MIDDLE = 0.35

_ANCHORS = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}


@lru_cache(maxsize=4096)
def text_width(text: str, weight: str = "normal") -> float:
    """Return the width of a text in points at the size that figures use, in the widest font a reader is likely to have.

    Examples
    --------
    >>> text_width("Black or African American") < WIDTH / 2
    True
    """
    return letters.width(text, TEXT, weight)


def wrap(text: str, width: float) -> list[str]:
    """Return a text in lines of at most `width` points; a single longer word keeps its line.

    Examples
    --------
    >>> wrap("Native Hawaiian or Pacific Islander", 140)
    ['Native Hawaiian or', 'Pacific Islander']
    """
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


@dataclass(frozen=True)
class LinearScale:
    """A straight map from values to points on the sheet.

    Examples
    --------
    >>> LinearScale(0, 1, 10, 110)(0.5)
    60.0
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a value lies on the sheet."""
        span = self.high - self.low or 1.0
        return self.start + (value - self.low) / span * (self.end - self.start)


def nice_range(
    values: Sequence[float], *, floor: float | None = None, ceiling: float | None = None, steps: int = 5, unit: float
) -> tuple[float, float, list[float]]:
    """Return (low, high, ticks) around the finite `values`, at round numbers and within `floor` and `ceiling`.

    Ticks are multiples of `unit`, the smallest difference that their printed numbers tell apart.

    Examples
    --------
    >>> nice_range([0.18, 0.43], floor=0, ceiling=1, unit=0.01)[2]
    [0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45]
    >>> nice_range([0.03, 0.055], floor=0, ceiling=1, unit=0.01)[2]
    [0.03, 0.04, 0.05, 0.06]
    """
    finite = [float(one) for one in values if one is not None and math.isfinite(one)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    if low == high:
        low, high = low - (abs(low) * 0.1 or 1), high + (abs(high) * 0.1 or 1)
    if floor is not None:
        low = max(low, floor)
    step = _step((high - low) / unit / steps)
    first, last = math.floor(low / unit / step + 1e-9), math.ceil(high / unit / step - 1e-9)
    ticks = [round(one * step * unit, 10) for one in range(first, last + 1)]
    if floor is not None:
        ticks = [one for one in ticks if one >= floor - 1e-9]
    if ceiling is not None:
        ticks = [one for one in ticks if one <= ceiling + 1e-9]
    return ticks[0], ticks[-1], ticks


def _step(least: float) -> float:
    """Return the smallest of the whole numbers 1, 2, 5, 10, 20, 25, 50, ... that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(max(least, 1.0)))
    steps = (round(factor * size) for size in (power, power * 10) for factor in (1, 2, 2.5, 5) if (factor * size).is_integer())
    return next(one for one in steps if one >= least - 1e-9)


class Sheet:
    """One figure while it is drawn. All positions in points from the top left corner.

    Parameters
    ----------
    height, width : float
        Size in points.
    """

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def line(
        self, xs: Sequence[float], ys: Sequence[float], *, color: str = INK, width: float = 1.5, dash: tuple[float, ...] | None = None
    ) -> None:
        """Draw a line through points."""
        self._path(_way(zip(xs, ys, strict=True)), color, width, dash)

    def segments(
        self,
        pairs: Sequence[tuple[tuple[float, float], tuple[float, float]]],
        *,
        color: str,
        width: float,
        dash: tuple[float, ...] | None = None,
    ) -> None:
        """Draw separate straight lines of one look, as one element of the drawing."""
        if pairs:
            self._path("".join(_way(pair) for pair in pairs), color, width, dash)

    def _path(self, way: str, color: str, width: float, dash: tuple[float, ...] | None) -> None:
        dashed = f' stroke-dasharray="{" ".join(_short(one * width) for one in dash)}"' if dash else ""
        style = f'fill="none"{look(stroke=color)} stroke-width="{_short(width)}" stroke-linejoin="round"{dashed}'
        self._add("path", f'd="{way}" {style}', "")

    def band(self, corners: Sequence[tuple[float, float]], *, color: str = BAND, title: str = "") -> None:
        """Fill an area."""
        self._add("path", f'd="{_way(corners)}z"{look(fill=color)}', title)

    def mark(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        *,
        shape: str = "o",
        size: float = 7,
        color: str = BLUE,
        hollow: bool = False,
        titles: Sequence[str] = (),
    ) -> None:
        """Draw marks: ``o`` dot, ``D`` diamond, ``s`` square, ``^`` ``v`` triangles; hollow ones are open inside, others have a rim.

        `titles` are shown on hover, one a mark.
        """
        paint = look(fill=PAPER if hollow else color, stroke=color if hollow else PAPER)
        paint += f' stroke-width="{1.6 if hollow else 0.8}"'
        for number, (x, y) in enumerate(zip(xs, ys, strict=True)):
            title = titles[number] if titles else ""
            if shape == "o":
                self._add("circle", f'cx="{_short(x)}" cy="{_short(y)}" r="{_short(size / 2)}"{paint}', title)
            else:
                self._add("path", f'd="{_outline(shape, size)}" transform="translate({_short(x)} {_short(y)})"{paint}', title)

    def text(
        self, x: float, y: float, text: str, *, color: str = INK, align: str = "left", bold: bool = False, middle: bool = False
    ) -> None:
        """Write one horizontal line; `y` is its baseline, or its middle."""
        paint = "" if color == INK else look(fill=color)
        place = f'x="{_short(x)}" y="{_short(y + _MIDDLE * TEXT if middle else y)}"'
        weight = ' font-weight="700"' if bold else ""
        self._parts.append(f"<text {place}{_ANCHORS[align]}{paint}{weight}>{escape(text, quote=False)}</text>")

    def _add(self, name: str, attributes: str, title: str) -> None:
        inside = f"><title>{escape(title, quote=False)}</title></{name}>" if title else "/>"
        self._parts.append(f"<{name} {attributes}{inside}")

    def svg(self) -> str:
        """Return the drawing: no date, no random ids, positions to a hundredth of a point."""
        size = f'viewBox="0 0 {_short(self.width)} {_short(self.height)}" width="{round(self.width * PIXELS)}"'
        style = f'height="{round(self.height * PIXELS)}" font-size="{_short(TEXT)}" font-family="sans-serif" fill="{INK}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" {size} {style}>{"".join(self._parts)}</svg>'


def look(**paints: str) -> str:
    """Return the attributes of colours: classes of the style sheet, and the light colours where there is no style sheet."""
    classes = " ".join(what[0] + CLASSES[color] for what, color in paints.items() if color in CLASSES)
    colors = "".join(f' {what}="{color}"' for what, color in paints.items())
    return (f' class="{classes}"' if classes else "") + colors


def _short(number: float) -> str:
    """Return a position to a hundredth of a point: more digits would put the seventh digit of a value into readers' hands."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _way(points: Iterable[tuple[float, float]]) -> str:
    return "".join(f"{'L' if number else 'M'}{_short(x)} {_short(y)}" for number, (x, y) in enumerate(points))


@lru_cache(maxsize=64)
def _outline(shape: str, size: float) -> str:
    """Return the outline of a mark around (0, 0)."""
    half, tip = size / 2, size / math.sqrt(2)
    corners = {
        "s": ((-half, -half), (half, -half), (half, half), (-half, half)),
        "D": ((0.0, -tip), (tip, 0.0), (0.0, tip), (-tip, 0.0)),
        "^": ((0.0, -half), (half, half), (-half, half)),
        "v": ((0.0, half), (half, -half), (-half, -half)),
    }[shape]
    return _way(corners) + "z"


def spread(positions: Sequence[float], gap: float = LINE, *, low: float = -math.inf, high: float = math.inf) -> list[float]:
    """Return positions moved apart so that labels do not overlap, in the order given, as near to their places as one pass finds.

    Examples
    --------
    >>> spread([100, 102, 140], gap=14)
    [94.0, 108.0, 140.0]
    """
    order = sorted(range(len(positions)), key=lambda one: positions[one])
    clusters: list[tuple[list[int], float]] = []
    for one in order:
        clusters.append(([one], float(positions[one])))
        while len(clusters) > 1 and _top(clusters[-1], gap) < _bottom(clusters[-2], gap) + gap - 1e-9:
            (first, centre), (second, other) = clusters[-2:]
            members = first + second
            middle = (centre * len(first) + other * len(second)) / len(members)
            clusters[-2:] = [(members, middle)]
    placed = [0.0] * len(positions)
    for members, centre in clusters:
        half = gap * (len(members) - 1) / 2
        centre = min(max(centre, low + half), high - half)
        for rank, one in enumerate(members):
            placed[one] = centre - half + gap * rank
    return placed


def _top(cluster: tuple[list[int], float], gap: float) -> float:
    return cluster[1] - gap * (len(cluster[0]) - 1) / 2


def _bottom(cluster: tuple[list[int], float], gap: float) -> float:
    return cluster[1] + gap * (len(cluster[0]) - 1) / 2
