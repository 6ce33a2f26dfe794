"""All comparisons at once: a row a metric, a column a dimension, in each cell the gap that matters most with its mark and number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from acmlib.display.charts.canvas import BLUE, GREY, ORANGE, look
from acmlib.display.comparisons import is_open, worst_first
from acmlib.display.judgements import is_better_off, key_of, verdict_words
from acmlib.display.objects import Cell, Column, DataTable, Picture
from acmlib.display.rows import is_comparator, number, records
from acmlib.display.voice import Voice

#: From what a meeting has to know first to what it cannot know. A group that is better off than its comparator is no news.
ORDER = ("clear", "possible", "not_seen", "better", "not_judged")

#: Icons, beside the words that say the same: full and hollow square, circle, triangle, dash.
ICONS = {
    "clear": ("M3 3H13V13H3z", {"fill": ORANGE}),
    "possible": ("M3.5 3.5H12.5V12.5H3.5z", {"stroke": ORANGE}),
    "not_seen": ("M8 3.5A4.5 4.5 0 1 0 8.01 3.5z", {"fill": BLUE}),
    "better": ("M8 3L14 13H2z", {"fill": BLUE}),
    "not_judged": ("M3 8H13", {"stroke": GREY}),
}


def comparison_matrix(gaps: pd.DataFrame, *, voice: Voice, caption: str | None = None, notes: Sequence[str] = ()) -> DataTable:
    """Return every metric by every dimension, worst first: mark, gap and the group it is about.

    Parameters
    ----------
    gaps : DataFrame
        Rows of `acmlib.analysis.equity.disparities` of any metrics and dimensions, one period each.

    Returns
    -------
    DataTable
        Metrics with the worst verdicts first (sizes in days and in points have no order), dimensions in the order of the contract, the same
        every month. Pairs that nobody compares read *not compared*.

    Raises
    ------
    ValueError
        If there is no row.
    """
    if gaps.empty:
        raise ValueError("comparison_matrix: no gaps are given; say in a sentence why nothing is compared")
    words = voice.words
    found = {pair: _worst(rows, voice) for pair, rows in _families(gaps).items()}
    metrics = _worst_first({pair: state for pair, (state, _) in found.items()})
    dimensions = sorted({by for _, by in found}, key=[*voice.contract.dimensions, *(by for _, by in found)].index)
    columns = (Column(words("table.metric")), *(Column(_title(voice.dimension(one))) for one in dimensions))
    nothing = Cell(words("verdict.none"), muted=True)
    body: list[tuple[str | Cell, ...]] = []
    for metric in metrics:
        cells = [_cell(*found[metric, by], voice) if (metric, by) in found else nothing for by in dimensions]
        body.append((voice.short(metric), *cells))
    circles = [words("figure.matrix_note")] if any(state == "not_seen" for state, _ in found.values()) else []
    return DataTable(caption or words("figure.matrix_caption"), columns, tuple(body), notes=(*circles, *notes))


def _title(dimension: str) -> str:
    return dimension[:1].upper() + dimension[1:]


def _families(gaps: pd.DataFrame) -> dict[tuple[str, str], list[dict[str, object]]]:
    found: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in records(gaps):
        found.setdefault((str(row["metric"]), str(row["dimension"])), []).append(row)
    return found


def _state(row: Mapping[str, object], voice: Voice) -> str:
    verdict = key_of(row.get("verdict", "not judged"))
    if verdict in ("clear", "possible"):
        return "better" if is_better_off(row, voice) else verdict
    return verdict if verdict in ORDER else "not_judged"


def _of_alike(state: str, row: Mapping[str, object]) -> tuple[float, float]:
    """Return what sorts rows of one verdict: gaps as everywhere; where none is seen, the largest that could hide."""
    if state in ("clear", "possible"):
        return worst_first(row)
    return -(number(row, "could_hide") or 0.0), -abs(number(row, "outcome_gap") or 0.0)


def _worst(rows: Sequence[Mapping[str, object]], voice: Voice) -> tuple[str, Mapping[str, object]]:
    """Return the row that matters most and what is known of it; of several alike the one that every other sentence names, too."""
    judged = [(_state(row, voice), row) for row in rows if not is_comparator(row)] or [("not_judged", rows[0])]
    least = voice.contract.statistics.minimum_n  # of groups that are not judged, why most people are not
    return min(judged, key=lambda one: (ORDER.index(one[0]), *_of_alike(*one), not is_open(one[1], least)))


def _worst_first(states: Mapping[tuple[str, str], str]) -> list[str]:
    """Return the metrics, those with the worst verdicts first; of those alike the first that is given."""
    verdicts: dict[str, list[int]] = {}
    for (metric, _), state in states.items():
        verdicts.setdefault(metric, []).append(ORDER.index(state))
    return sorted(verdicts, key=lambda one: sorted(verdicts[one]))


def _icon(state: str, alt: str = "") -> Picture:
    path, paint = ICONS[state]
    style = look(**paint) if "fill" in paint else f'fill="none"{look(**paint)} stroke-width="2"'
    size = 'class="chart" width="16" height="16" viewBox="0 0 16 16"'
    return Picture(f'<svg xmlns="http://www.w3.org/2000/svg" {size}><path d="{path}" {style}/></svg>', alt)


def _cell(state: str, row: Mapping[str, object], voice: Voice) -> Cell:
    """Return mark, number and words of one comparison."""
    metric = str(row["metric"])
    voice = voice.about(metric)
    words = voice.words
    if state == "not_judged":
        status = str(row.get("status"))
        why = words("figure.open_cases" if is_open(row, voice.contract.statistics.minimum_n) else "figure.too_few")
        why = voice.status(status) if status in ("hidden", "immature") else why
        return Cell(why, muted=True, picture=_icon(state))
    if state == "not_seen":
        most = number(row, "could_hide")
        if most is None:
            return Cell(words("verdict.not_seen"), picture=_icon(state))
        return Cell(words("figure.could_hide", size=voice.gap(metric, most, signed=False)), picture=_icon(state, words("verdict.not_seen")))
    value, other = (number(row, name) for name in ("value", "comparator_value"))
    places = voice.places(metric, [(value, other)])
    gap = voice.apart(metric, value or 0.0, other or 0.0, places)
    text = words("figure.gap_of", gap=gap, verdict=verdict_words(row, voice))
    dimension, group = str(row["dimension"]), str(row["group"])
    named = voice.group(dimension, group)  # a bare number beside a gap would read as its size
    return Cell(text, picture=_icon(state), detail=voice.people(dimension, group) if named.isdecimal() else named)
