"""Positions of marks in a drawing, read back as values: the released values on the scale tell where a hidden one would lie."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from acmlib.publish.scan.tree import Node

#: Points are written to a hundredth; a mark lies where a value does if it is no further than this.
NEAR = 0.016

#: So many different released values at least fix a scale: any two marks would fit two of them.
FEWEST = 3

#: A name of a mark's shape, as the drawing program gives them; letters have shorter ones.
_SHAPE = re.compile(r"#[a-z][0-9a-f]{8,}")

#: A mark that is drawn around (0, 0) and moved to its place.
_PLACED = re.compile(r"translate\((-?\d+(?:\.\d+)?)[ ,](-?\d+(?:\.\d+)?)\)")

#: The points of one line of a path; lines of two points are rules and intervals, closed ones are areas.
_LINE = re.compile(r"M[^Mz]*(?![^M]*z)", re.IGNORECASE)
_POINT = re.compile(r"[ML]\s*(-?\d+(?:\.\d+)?)[ ,](-?\d+(?:\.\d+)?)")


def mark_positions(drawing: Node) -> tuple[tuple[float, float], ...]:
    """Return where a drawing has marks: shapes that are defined once and placed several times, circles, and the corners of curves.

    Examples
    --------
    >>> from acmlib.publish.scan.tree import read_tree
    >>> mark_positions(read_tree('<svg><use xlink:href="#m0123456789" x="10.5" y="20"/><circle cx="1" cy="2" r="3"/></svg>'))
    ((10.5, 20.0), (1.0, 2.0))
    """
    found = []
    for node in drawing.all("use", "circle", "rect"):
        given = node.attributes
        if node.tag == "use" and not _SHAPE.fullmatch(given.get("xlink:href", "") or given.get("href", "")):
            continue
        x, y = (given.get("cx"), given.get("cy")) if node.tag == "circle" else (given.get("x"), given.get("y"))
        if x and y and _is_number(x) and _is_number(y):
            found.append((float(x), float(y)))
    for node in drawing.all("path"):
        if placed := _PLACED.fullmatch(node.attributes.get("transform", "")):
            found.append((float(placed[1]), float(placed[2])))
        elif "id" not in node.attributes:  # one with a name is a shape of a mark or a letter
            found += _corners(node.attributes.get("d", ""))
    return tuple(found)


def _corners(path: str) -> list[tuple[float, float]]:
    """Return the points of the curves of a path, which may be drawn without marks.

    Examples
    --------
    >>> _corners("M1 2L3 4L5 6")
    [(1.0, 2.0), (3.0, 4.0), (5.0, 6.0)]
    >>> _corners("M1 2L3 4M5 6L7 8"), _corners("M1 2L3 4L5 6z")
    ([], [])
    """
    lines = [[(float(x), float(y)) for x, y in _POINT.findall(line)] for line in _LINE.findall(path)]
    return [point for line in lines if len(line) > 2 for point in line]


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def drawn_values(positions: Sequence[tuple[float, float]], released: Iterable[float], hidden: Iterable[float]) -> frozenset[float]:
    """Return which hidden values are drawn.

    Where marks lie at all released values on one straight scale, across or upwards, a mark at the place of a hidden value shows it.

    Parameters
    ----------
    released : iterable of float
        Values that the drawing may show; three different ones at least, else nothing can be said.

    Examples
    --------
    >>> marks = [(100 + 200 * value, 50.0) for value in (0.2, 0.35, 0.41, 0.081)]
    >>> drawn_values(marks, released=[0.2, 0.35, 0.41], hidden=[0.081, 0.5])
    frozenset({0.081})
    """
    often = Counter(released)
    known = sorted(often)
    sought = [value for value in set(hidden) if all(abs(value - one) > 1e-9 for one in known)]
    if len(known) < FEWEST or not sought:
        return frozenset()
    found: set[float] = set()
    for axis in (0, 1):
        here = Counter(position[axis] for position in set(positions))
        places = sorted(here, reverse=axis == 1)
        for first, last in itertools.combinations(places, 2):
            step = (last - first) / (known[-1] - known[0])
            at = [first + step * (value - known[0]) for value in known]
            # A value that comes four times has four marks: months in a row, one mark each, are no scale of whole numbers.
            if all(_how_many(place, here) >= often[value] for value, place in zip(known, at, strict=True)):
                free = [place for place in places if not _near(place, at)]
                found |= {value for value in sought if _near(first + step * (value - known[0]), free)}
    return frozenset(found)


def _how_many(place: float, here: Mapping[float, int]) -> int:
    """Return how many marks lie at a place."""
    return sum(number for one, number in here.items() if abs(place - one) <= NEAR)


def _near(place: float, places: Iterable[float]) -> bool:
    return any(abs(place - one) <= NEAR for one in places)
