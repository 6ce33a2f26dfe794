"""Who is there at each step? A bar a step, of one length, parted into the shares of the groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, ORANGE, PAPER, RULE, WIDTH, Sheet, text_width, wrap
from acmlib.display.charts.frames import chart_of
from acmlib.display.objects import Chart, DataTable
from acmlib.display.voice import Voice

#: Height of a bar, room below it, and paper between two parts, in points.
BAR, GAP, BETWEEN = 18.0, 10.0, 1.5

#: A part of a group each, in the order of the groups; there are no more colors that everybody can tell apart.
COLORS = (BLUE, ORANGE, GREY, INK)

#: Side of the square before the name of a group, and room behind the name.
SQUARE, AFTER = 10.0, 16.0


@dataclass(frozen=True)
class Whole:
    """Everybody at one step."""

    name: str  #: As it stands above the bar: the step, and how many people.
    #: Group to its share, in the order of the groups; empty where it may not be shown.
    shares: Mapping[str, float] = field(default_factory=dict)
    why: str = ""  #: Why there are no shares, in words.


def composition(
    wholes: Sequence[Whole], *, dimension: str, voice: Voice, caption: str, data: DataTable, notes: Sequence[str] = ()
) -> Chart:  # fmt: skip
    """Return who is there at each step as bars, one below the other.

    Parameters
    ----------
    wholes : sequence of Whole
        In the order of the way; those with shares have the same groups.

    Raises
    ------
    ValueError
        If fewer than two bars could be drawn, which would compare nothing, or if there are more groups than colors.
    """
    drawn = [one for one in wholes if one.shares]
    if len(drawn) < 2:
        raise ValueError(f"composition: {len(drawn)} step has shares; give two or more")
    if len(drawn[0].shares) > len(COLORS):
        raise ValueError(f"composition: {len(drawn[0].shares)} groups; put the smallest together until there are {len(COLORS)}")
    words = voice.words
    told = [_sentence(one, dimension, voice) for one in drawn]
    first, last = drawn[0], drawn[-1]
    moved = max(first.shares, key=lambda group: abs(last.shares[group] - first.shares[group]))
    alt = words("alt.composition", n=len(drawn), dimension=voice.dimension(dimension), group=voice.group(dimension, moved),
                first=first.shares[moved], last=last.shares[moved])  # fmt: skip
    return chart_of(_draw(wholes, dimension, voice), alt, told, data, caption, notes, voice)


def _sentence(whole: Whole, dimension: str, voice: Voice) -> str:
    parts = [
        voice.words("composition.part", group=voice.group(dimension, group), share=share) for group, share in whole.shares.items()
    ]  # fmt: skip
    return voice.words("composition.sentence", name=whole.name, list="; ".join(parts))


def _draw(wholes: Sequence[Whole], dimension: str, voice: Voice) -> str:
    groups = next(list(one.shares) for one in wholes if one.shares)
    names = [voice.group(dimension, group) for group in groups]
    key = _key(names)
    heads = [wrap(one.name, WIDTH) for one in wholes]
    sheet = Sheet((key[-1][1] + 1) * LINE + 4 + sum(len(head) * LINE + BAR + GAP for head in heads))
    for name, color, (x, row) in zip(names, COLORS, key, strict=False):
        sheet.mark([x + SQUARE / 2], [row * LINE + LINE / 2], shape="s", size=SQUARE, color=color)
        sheet.text(x + SQUARE + 4, row * LINE + LINE / 2, name, middle=True)
    y = (key[-1][1] + 1) * LINE + 4
    for head, one in zip(heads, wholes, strict=True):
        for line in head:
            sheet.text(0, y + LINE - 5, line)
            y += LINE
        _bar(sheet, one, names, y, voice)
        y += BAR + GAP
    return sheet.svg()


def _key(names: Sequence[str]) -> list[tuple[float, int]]:
    """Return where the name of each group stands: how far from the left, in which line."""
    places: list[tuple[float, int]] = []
    x, line = 0.0, 0
    for name in names:
        wide = SQUARE + 4 + text_width(name)
        if x and x + wide > WIDTH:
            x, line = 0.0, line + 1
        places.append((x, line))
        x += wide + AFTER
    return places


def _bar(sheet: Sheet, whole: Whole, names: Sequence[str], y: float, voice: Voice) -> None:
    """Draw the parts of one whole, each with its share where there is room; an empty frame with the reason where it is not shown."""
    if not whole.shares:
        sheet.line([0.5, WIDTH - 0.5, WIDTH - 0.5, 0.5, 0.5], [y, y, y + BAR, y + BAR, y], color=RULE, width=0.8)
        sheet.text(6, y + BAR / 2, whole.why, color=GREY, middle=True)
        return
    x = 0.0
    for name, color, share in zip(names, COLORS, whole.shares.values(), strict=False):
        width, text = share * WIDTH, voice.words.percent(share)
        if share > 0:
            end = x + max(width - BETWEEN, 0.5)
            sheet.band([(x, y), (end, y), (end, y + BAR), (x, y + BAR)], color=color, title=f"{whole.name}, {name}: {text}")
        if width > text_width(text, "bold") + BETWEEN + 3:
            sheet.text(x + (width - BETWEEN) / 2, y + BAR / 2, text, color=PAPER, align="center", middle=True, bold=True)
        x += width
