"""A small map of places from boundaries beside the contract (GeoJSON), with the value written in each place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from acmlib.display.charts.canvas import BAND, BLUE, INK, LINE, ORANGE, PAPER, WIDTH, LinearScale, Sheet, text_width
from acmlib.display.charts.frames import chart_of, in_words, not_drawn, one_of, released, value_of
from acmlib.display.charts.outcomes import gap_table, kind_of_mark
from acmlib.display.judgements import verdict_words
from acmlib.display.objects import Chart
from acmlib.display.rows import Row, number, records
from acmlib.display.voice import Voice

Ring = list[tuple[float, float]]

#: Height that a map may take, in points.
TALLEST = 260.0

#: How a place is filled by the verdict on it; the key says it in words. Others keep the colour of the ground.
FILLS = {"clear": ORANGE, "clear_better": BLUE, "comparator": BLUE}


class GeometryError(ValueError):
    """Boundaries that cannot be drawn, or that fit no group."""


def rings_of(geometry: Mapping[str, Any], name: str) -> dict[str, list[Ring]]:
    """Return the outlines of each place by its name.

    Parameters
    ----------
    geometry : mapping
        A GeoJSON FeatureCollection in longitude and latitude (RFC 7946).
    name : str
        Property of a feature that holds the name of the group.

    Raises
    ------
    GeometryError
        If it is no such collection, or a feature has no such property.

    Examples
    --------
    >>> place = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    >>> rings_of({"type": "FeatureCollection", "features": [{"properties": {"name": "North"}, "geometry": place}]}, "name")
    {'North': [[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)]]}
    """
    if geometry.get("type") != "FeatureCollection":
        raise GeometryError(f"geometry: type is {geometry.get('type')!r}; use a GeoJSON FeatureCollection")
    found: dict[str, list[Ring]] = {}
    for nth, feature in enumerate(geometry.get("features", ()), start=1):
        label = (feature.get("properties") or {}).get(name)
        if label is None:
            known = ", ".join(sorted(feature.get("properties") or {})) or "none"
            raise GeometryError(f"geometry: feature {nth} has no property {name!r}; it has {known}")
        found.setdefault(str(label), []).extend(_rings(feature.get("geometry") or {}))
    return found


def _rings(shape: Mapping[str, Any]) -> Iterator[Ring]:
    if shape.get("type") not in ("Polygon", "MultiPolygon"):
        raise GeometryError(f"geometry: a place is a {shape.get('type')}; use Polygon or MultiPolygon")
    given = shape["coordinates"]
    for polygon in [given] if shape["type"] == "Polygon" else given:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]


def place_map(gaps: pd.DataFrame, geometry: Mapping[str, Any], *, voice: Voice, name: str = "name") -> Chart:
    """Return the results of one metric by place as a map; what `outcomes_by_group` draws as dots.

    Parameters
    ----------
    gaps : DataFrame
        Rows of `acmlib.analysis.equity.disparities` of one metric, period and dimension.
    geometry : mapping
        GeoJSON FeatureCollection; places of no row are drawn without a value.
    name : str
        Property that holds the name of the group.

    Raises
    ------
    GeometryError
        If no place has the name of a group.
    """
    metric, period, dimension = (one_of(gaps, column) for column in ("metric", "period", "dimension"))
    rows, words, rings = records(gaps), voice.words, rings_of(geometry, name)
    values = {str(row["group"]): row for row in rows}
    if not values.keys() & rings.keys():
        raise GeometryError(f"geometry: no place is one of the groups {', '.join(values)}; the places are {', '.join(rings)}")
    named = words("caption.outcomes", metric=voice.metric(metric), dimension=voice.dimension(dimension), period=period)
    shown = [row for row in rows if released(row) and row["group"] in rings]
    named_groups = [(voice.group(dimension, str(row["group"])), row) for row in shown]
    told = [words("figure.beside_one", label=group, value=in_words(row, metric, voice)) for group, row in named_groups]
    alt = words("figure.map_alt", n=len(shown), metric=voice.metric(metric), list=" ".join(told))
    notes = (*not_drawn(rows, voice, dimension), *voice.fine_print(period=words.period(period), window=period, metric=metric))
    table = gap_table(gaps, voice=voice, caption=named)
    return chart_of(_draw(rings, values, metric, dimension, voice), alt, told, table, named, notes, voice)


def _draw(rings: Mapping[str, list[Ring]], values: Mapping[str, Row], metric: str, dimension: str, voice: Voice) -> str:
    x, y = _scales(rings)
    verdicts = {group: kind_of_mark(row, voice) for group, row in values.items() if released(row)}
    letters = _letters(rings, verdicts, dimension, voice, x)
    key = {kind: group for group, kind in reversed(verdicts.items()) if kind in FILLS}  # the first group of a kind says what it is called
    sheet = Sheet(y.start + 6 + LINE * (len(key) + len(letters)))
    for place, outlines in rings.items():
        title = _title(place, values, metric, dimension, voice)
        for ring in outlines:
            way = [(x(one), y(other)) for one, other in ring]
            sheet.band(way, color=FILLS.get(verdicts.get(place, ""), BAND), title=title)
            sheet.line([one for one, _ in way], [one for _, one in way], color=PAPER, width=1.2)
    for place in [one for one in rings if one in verdicts]:
        left, top = _middle(max(rings[place], key=len))
        shown = [letters.get(place, "") or voice.group(dimension, place), in_words(values[place], metric, voice)]
        color, lines = PAPER if verdicts[place] in FILLS else INK, [" ".join(shown)] if place in letters else shown
        for line, text in enumerate(lines):
            middle = y(top) + LINE * (line - (len(lines) - 1) / 2)
            sheet.text(x(left), middle, text, bold=True, align="center", middle=True, color=color)
    below = y.start + 6 + LINE / 2
    for nth, kind in enumerate(sorted(key)):
        sheet.mark([6], [below + LINE * nth], shape="s", size=9, color=FILLS[kind])
        sheet.text(16, below + LINE * nth, verdict_words(values[key[kind]], voice), middle=True)
    for nth, (place, letter) in enumerate(letters.items(), start=len(key)):
        sheet.text(2, below + LINE * nth, letter, bold=True, middle=True)
        sheet.text(16, below + LINE * nth, voice.group(dimension, place), middle=True)
    return sheet.svg()


def _scales(rings: Mapping[str, list[Ring]]) -> tuple[LinearScale, LinearScale]:
    """Return the scales of longitude and latitude that fit all places on the sheet."""
    points = [point for outlines in rings.values() for ring in outlines for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # One degree of longitude is shorter than one of latitude, by the cosine of the latitude: right enough for a city.
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = min((WIDTH - 4) / ((east - west) * squeeze or 1), TALLEST / ((north - south) or 1))
    return LinearScale(west, east, 2, 2 + (east - west) * squeeze * scale), LinearScale(south, north, 2 + (north - south) * scale, 2)


def _letters(rings: Mapping[str, list[Ring]], verdicts: Mapping[str, str], dimension: str, voice: Voice, x: LinearScale) -> dict[str, str]:
    """Return a letter for each place whose name is wider than the place; the names stand below the map."""
    small = []
    for place in verdicts:
        across = [x(one) for ring in rings.get(place, ()) for one, _ in ring]
        if across and text_width(voice.group(dimension, place), "bold") > max(across) - min(across):
            small.append(place)
    return {place: chr(ord("A") + nth) for nth, place in enumerate(small)}


def _title(place: str, values: Mapping[str, Mapping[str, object]], metric: str, dimension: str, voice: Voice) -> str:
    row, label = values.get(place), voice.group(dimension, place)
    if row is None or not released(row):
        return f"{label}: {voice.words('status.no_data')}"
    return f"{label}: {voice.result(metric, value_of(row), number(row, 'numerator'), number(row, 'denominator'))}"


def _middle(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the centre of an outline: of its area, or of its corners where it has none."""
    area, x, y = 0.0, 0.0, 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    if not area:
        return sum(one for one, _ in ring) / len(ring), sum(one for _, one in ring) / len(ring)
    return x / (3 * area), y / (3 * area)
