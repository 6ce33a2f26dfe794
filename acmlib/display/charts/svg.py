"""A matplotlib drawing made small: about a third of its size, looking the same.

Rounding also keeps the seventh digit of a value out of the hands of readers who were given two.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"scale\([^)]*\)|-?\d+\.\d{3,}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_GLYPH = re.compile(r'<use xlink:href="#DejaVuSans(-Bold)?-([0-9a-f]+)"(?: transform="translate\(([\d.]+) 0\)")?/>')
_GLYPH_NAME = re.compile(r'id="DejaVuSans(-Bold)?-([0-9a-f]+)"')
_OUTLINE = re.compile(r'(<path id="[gb][0-9a-f]+" d=")([^"]*)" transform="scale\(0\.015625\)"')
_INTEGER = re.compile(r"-?\d+(?:\.\d+)?")
_PATH = re.compile(r' d="[^"]*"')
_IDS = re.compile(r' id="(?:line2d|text|patch|figure)_\d+"')
_TIGHT = re.compile(r"(?<=[MLQCZz]) | (?=[MLQCZz] )| (?=[zZ]\b)| (?=\")")
_SPACE = re.compile(r">\s+<")
_HEAD = re.compile(r"^.*?(?=<svg )", re.DOTALL)
_PATH_BREAK = re.compile(r"\s*\n\s*")


def slim(drawing: str) -> str:
    """Return an SVG of matplotlib's without comments, names nobody refers to, and digits nobody sees."""
    text = _COMMENT.sub("", _HEAD.sub("", drawing, count=1))
    text = _PATH_BREAK.sub(" ", _SPACE.sub("><", text))
    text = _PATH.sub(lambda found: _TIGHT.sub("", found[0]), _IDS.sub("", _NUMBER.sub(_rounded, text)))
    text = _GLYPH_NAME.sub(lambda found: f'id="{_glyph(found)}"', text)
    text = _OUTLINE.sub(_coarser, text)
    return _GLYPH.sub(_use, text).strip()


def _rounded(found: re.Match[str]) -> str:
    """Return a position to a hundredth; sizes of text stay as they are."""
    return found[0] if found[0].startswith("scale") else f"{float(found[0]):.2f}".rstrip("0").rstrip(".")


def _glyph(found: re.Match[str]) -> str:
    """Return a short name for a letter's outline: matplotlib's names are half the weight of a figure."""
    return f"{'b' if found[1] else 'g'}{found[2]}"


def _coarser(found: re.Match[str]) -> str:
    """Return a letter's outline on a grid of 400 units to its size instead of 6,400: a fortieth of a pixel as it is shown."""
    outline = _INTEGER.sub(lambda one: str(round(float(one[0]) / 16)), found[2])
    return f'{found[1]}{outline}" transform="scale(0.25)"'


def _use(found: re.Match[str]) -> str:
    place = f' x="{found[3]}"' if found[3] else ""
    return f'<use xlink:href="#{_glyph(found)}"{place}/>'
