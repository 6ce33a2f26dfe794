"""A figure of matplotlib or seaborn as a drawing of the page: live text, the page's colours, no style of its own."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from typing import Any
from xml.etree import ElementTree as ET

from acmlib.display.charts.canvas import CLASSES, PIXELS

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"

#: What a drawing is saved with: letters as letters, names that depend on nothing but what is drawn.
_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "acm", "svg.image_inline": True}
_NO_METADATA: Any = {"Date": None, "Creator": None, "Format": None, "Type": None}

#: Parts of a style that are attributes of their own; the font is the page's.
_ATTRIBUTES = frozenset(
    ("fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "opacity",
     "fill-opacity", "stroke-opacity", "font-size", "font-weight", "text-anchor")
)  # fmt: skip

_KNOWN = {color.lower(): letter for color, letter in CLASSES.items()} | {"#000000": "i", "#ffffff": "p"}
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_FONT = re.compile(r"(?:(?P<weight>bold|\d+) )?(?P<size>[\d.]+)px")
_PLACED = re.compile(r"translate\((?P<x>-?[\d.]+)[ ,](?P<y>-?[\d.]+)\)")
_UNTURNED = re.compile(r"rotate\(-?0(?:\.0+)?[^)]*\)")


class PictureInsideError(ValueError):
    """A figure contains a raster image, whose content no reader or program could check."""


def page_drawing(figure: Any) -> tuple[str, float]:
    """Return a figure as SVG for a page, and its width in points.

    Raises
    ------
    PictureInsideError
        If it holds an image of pixels (``imshow``, rasterized marks).
    """
    import matplotlib as mpl

    target = io.StringIO()
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Tight layout not applied")  # what does not fit is measured by the caller
        figure.savefig(target, format="svg", metadata=_NO_METADATA, bbox_inches="tight", pad_inches=0.04, facecolor="none")
    root = ET.fromstring(target.getvalue())  # noqa: S314 -- written by matplotlib a line above
    width, height = (float(one) for one in root.get("viewBox", "0 0 360 216").split()[2:])
    names = f"x{hashlib.sha256(target.getvalue().encode()).hexdigest()[:6]}"
    used = _used_names(root)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
            elif child.tag == f"{{{_SVG}}}image":
                raise PictureInsideError("the figure holds an image of pixels; draw marks and lines (no imshow, no rasterized=True)")
    for node in root.iter():
        _restyle(node, names, used)
    attributes = {"class": "chart", "viewBox": f"0 0 {_short(width)} {_short(height)}", "width": _short(width * PIXELS),
                  "height": _short(height * PIXELS), "font-family": "sans-serif"}  # fmt: skip
    root.attrib.clear()
    root.attrib.update(attributes)
    return _text(root), width


def _used_names(root: ET.Element) -> set[str]:
    """Return the names that something refers to; all others say only what matplotlib calls its parts."""
    refers = (value for node in root.iter() for key, value in node.attrib.items() if key in (_LINK, "clip-path"))
    return {value.removeprefix("#").removeprefix("url(#").removesuffix(")") for value in refers}


def _restyle(node: ET.Element, names: str, used: set[str]) -> None:
    """Turn an element's style into attributes, its colours into classes of the style sheet, its names into names of this drawing alone."""
    for part in node.attrib.pop("style", "").split(";"):
        key, _, value = (one.strip() for one in part.partition(":"))
        if key == "font" and (found := _FONT.search(value)):
            node.set("font-size", found["size"])
            if found["weight"]:
                node.set("font-weight", found["weight"])
        elif key in _ATTRIBUTES:
            node.set(key, value.removesuffix("px"))
    if node.get("id") in used:
        node.set("id", f"{names}-{node.get('id')}")
    else:
        node.attrib.pop("id", None)
    if _LINK in node.attrib:
        node.set("href", f"#{names}-{node.attrib.pop(_LINK).removeprefix('#')}")
    if "clip-path" in node.attrib:
        node.set("clip-path", f"url(#{names}-{node.attrib['clip-path'].removeprefix('url(#')}")
    known = [f"{what[0]}{_KNOWN[color]}" for what in ("fill", "stroke") if (color := node.get(what, "").lower()) in _KNOWN]
    if known:
        node.set("class", " ".join(known))
    if node.tag == f"{{{_SVG}}}text":
        _place(node)
    for key, value in node.attrib.items():
        node.set(key, _NUMBER.sub(lambda found: _short(float(found[0])), value))
    if "d" in node.attrib:
        node.set("d", " ".join(node.attrib["d"].split()))


def _place(node: ET.Element) -> None:
    """Give a text that is not turned its place as x and y."""
    turned = _UNTURNED.sub("", node.get("transform", "")).strip()
    if found := _PLACED.fullmatch(turned):
        node.set("x", found["x"])
        node.set("y", found["y"])
        turned = ""
    node.attrib.pop("transform", None)
    if turned:
        node.set("transform", turned)


def _short(number: float) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _text(root: ET.Element) -> str:
    ET.register_namespace("", _SVG)
    text = ET.tostring(root, encoding="unicode")
    return re.sub(r">\s+<", "><", text)
