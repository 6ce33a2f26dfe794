"""The sheet that every figure is drawn on: sizes, colours, scales and one quick way from marks to SVG.

A figure is laid out in points on a sheet 4.8 inches wide, the top left corner being (0, 0). Positions are worked out before drawing
(no tight layout, no tick machinery), so that each figure is drawn once: a third of the time of an ordinary matplotlib figure, and the
same bytes each time.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator

from acmlib.display.charts.svg import slim

#: Width of every figure in points (4.8 inches).
WIDTH = 345.6

#: Size of all text in points. On a phone of 320 px a figure is 296 px wide: 296 / 345.6 x 10.6 = 9.1 px, above the 9 px that we hold to.
TEXT = 10.6

#: Room between two lines of text.
LINE = 14.5

#: The four colours: ink, a grey for what is context, and a duo that all kinds of colour blindness tell apart.
#: Their contrast on white is 19, 7, 10 and 4.6.
INK, GREY, BLUE, ORANGE = "#0b0c0c", "#505a5f", "#12436D", "#C7511F"

#: Lines that only guide the eye; 4.0 on white.
RULE = "#7a8287"

#: Bands behind marks; carry no meaning of their own.
BAND = "#eceef0"

FAMILY = "DejaVu Sans"

_SETTINGS: Any = {
    "svg.fonttype": "path",
    "svg.hashsalt": "acm",
    "svg.image_inline": True,
    "font.family": FAMILY,
    "font.size": TEXT,
    "axes.unicode_minus": True,
    "path.simplify": False,
    "text.parse_math": False,
}

_NO_METADATA: Any = {"Date": None, "Creator": None, "Format": None, "Type": None}


@lru_cache(maxsize=4)
def _font(weight: str) -> Any:
    return get_font(findfont(FontProperties(family=FAMILY, weight=weight)))


# A font reads its file as it goes. Processes that are forked share the place in the file, and would read each other's glyphs; matplotlib
# forgets its own fonts for the same reason.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_font.cache_clear)


@lru_cache(maxsize=4096)
def text_width(text: str, weight: str = "normal") -> float:
    """Return the width of a text in points at the size that figures use.

    Examples
    --------
    >>> text_width("Black or African American") < WIDTH / 2
    True
    """
    font = _font(weight)
    font.set_size(TEXT, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0] / 64)


def wrap(text: str, width: float, weight: str = "normal") -> list[str]:
    """Return a text in lines of at most `width` points; a single longer word keeps its line.

    Examples
    --------
    >>> wrap("Native Hawaiian or Pacific Islander", 130)
    ['Native Hawaiian or', 'Pacific Islander']
    """
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", weight) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


@dataclass(frozen=True)
class Scale:
    """A straight map from values to points on the sheet.

    Examples
    --------
    >>> Scale(0, 1, 10, 110)(0.5)
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
    locator = MaxNLocator(steps, steps=[1, 2, 2.5, 5, 10], integer=True)
    ticks = [float(one) * unit for one in locator.tick_values(low / unit, high / unit)]
    if floor is not None:
        ticks = [one for one in ticks if one >= floor - 1e-9]
    if ceiling is not None:
        ticks = [one for one in ticks if one <= ceiling + 1e-9]
    ticks = [round(one, 10) for one in ticks]
    return ticks[0], ticks[-1], ticks


class Sheet:
    """One figure while it is drawn. All positions in points from the top left corner.

    Parameters
    ----------
    height, width : float
        Size in points.
    """

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        with mpl.rc_context(_SETTINGS):
            self.figure = Figure(figsize=(width / 72, height / 72))
            FigureCanvasSVG(self.figure)
        self.figure.patch.set_alpha(0)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        # A figure of matplotlib has 72 points to the inch in SVG and its origin at the bottom.
        return x / self.width, 1 - y / self.height

    def line(
        self, xs: Sequence[float], ys: Sequence[float], *, color: str = INK, width: float = 1.5, dash: tuple[float, ...] | None = None
    ) -> None:
        """Draw a line through points."""
        placed = [self._place(x, y) for x, y in zip(xs, ys, strict=True)]
        style: Any = (0, dash) if dash else "-"
        self.figure.add_artist(
            Line2D([x for x, _ in placed], [y for _, y in placed], color=color, linewidth=width, linestyle=style, solid_capstyle="butt",
                   solid_joinstyle="round", transform=self.figure.transFigure)
        )  # fmt: skip

    def segments(
        self,
        pairs: Sequence[tuple[tuple[float, float], tuple[float, float]]],
        *,
        color: str,
        width: float,
        dash: tuple[float, ...] | None = None,
    ) -> None:
        """Draw separate straight lines of one look, as one element of the drawing."""
        xs = [x for (x1, _), (x2, _) in pairs for x in (x1, x2, math.nan)]
        ys = [y for (_, y1), (_, y2) in pairs for y in (y1, y2, math.nan)]
        if pairs:
            self.line(xs, ys, color=color, width=width, dash=dash)

    def band(self, corners: Sequence[tuple[float, float]], *, color: str = BAND) -> None:
        """Fill an area."""
        placed = [self._place(x, y) for x, y in corners]
        self.figure.add_artist(Polygon(placed, closed=True, facecolor=color, edgecolor="none", transform=self.figure.transFigure))

    def mark(
        self, xs: Sequence[float], ys: Sequence[float], *, shape: str = "o", size: float = 7, color: str = BLUE, hollow: bool = False
    ) -> None:
        """Draw marks: ``o`` dot, ``D`` diamond, ``s`` square, ``^`` triangle; hollow ones are white inside, others have a white rim."""
        placed = [self._place(x, y) for x, y in zip(xs, ys, strict=True)]
        self.figure.add_artist(
            Line2D(
                [x for x, _ in placed],
                [y for _, y in placed],
                linestyle="none",
                marker=shape,
                markersize=size,
                color=color,
                markerfacecolor="#ffffff" if hollow else color,
                markeredgecolor=color if hollow else "#ffffff",
                markeredgewidth=1.6 if hollow else 0.8,
                transform=self.figure.transFigure,
            )
        )

    def text(
        self, x: float, y: float, text: str, *, color: str = INK, align: str = "left", bold: bool = False, middle: bool = False
    ) -> None:
        """Write one horizontal line; `y` is its baseline, or its middle."""
        px, py = self._place(x, y)
        self.figure.text(px, py, text, color=color, ha=align, va="center_baseline" if middle else "baseline",
                         fontweight="bold" if bold else "normal", fontsize=TEXT, family=FAMILY, parse_math=False)  # fmt: skip

    def svg(self) -> str:
        """Return the drawing: text as paths, no date, no random ids, positions to a hundredth of a point."""
        with mpl.rc_context(_SETTINGS):
            target = io.StringIO()
            self.figure.savefig(target, format="svg", metadata=_NO_METADATA)
        return slim(target.getvalue())


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
