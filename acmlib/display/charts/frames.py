"""What figures share: which rows may be drawn, what is said of those that may not, and how a cell reads in a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from acmlib.contract.periods import parse_period
from acmlib.display.charts.canvas import nice_range
from acmlib.display.objects import Cell, Chart, DataTable
from acmlib.display.rows import Row, is_comparator, number, records
from acmlib.display.voice import FRACTIONS, Voice

#: Statuses whose values are released. Only these are ever drawn or printed.
RELEASED = ("shown", "unreliable")

#: Kinds whose values may be below 0: a change of a score, a gain in wages, minutes late of who came early.
SIGNED = frozenset({"mean", "median", "sum"})

#: So many groups are drawn and listed at most: nobody reads three hundred.
MOST_GROUPS = 12
_SUREST = ("clear", "possible", "not seen")

#: What a control chart says of a month that is not released: nothing.
UNKNOWN: Mapping[str, Any] = {"value": None, "kind": None, "signal": "none", "side": None}


def monthly(points: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a control chart with their month; the value of a month that is not released is gone."""
    rows = [{"month": str(month)[:7], **row} for month, row in zip(points.index, records(points), strict=True)]
    return [row if row.get("status", "shown") in RELEASED else {**row, **UNKNOWN} for row in rows]


def chart_of(svg: str, alt: str, told: Iterable[str], data: DataTable, caption: str, notes: Iterable[str], voice: Voice) -> Chart:
    """Return a figure; `told` are the sentences of its long description, `notes` those of its small print."""
    return Chart(svg, alt, " ".join(told), data, caption, tuple(notes), voice.words("page.data_details"))


def value_of(row: Row) -> float:
    """Return the value of a row that is drawn; 0 where there is none."""
    return number(row, "value") or 0.0


def in_words(row: Row, metric: str, voice: Voice) -> str:
    """Return the value of a row that is drawn as it is read."""
    return voice.value(metric, value_of(row))


def bounds(row: Row) -> tuple[float, float] | None:
    """Return the ends of a row's interval; None where it has none."""
    low, high = number(row, "low"), number(row, "high")
    return None if low is None or high is None else (low, high)


def range_in_words(ends: tuple[float, float], metric: str, voice: Voice) -> str:
    """Return an interval or the limits of a chart as they are read: *12% to 18%*."""
    return voice.words("long.interval_range", low=voice.value(metric, ends[0]), high=voice.value(metric, ends[1]))


def known_numbers(rows: Iterable[Row], *names: str) -> list[float]:
    """Return the numbers of rows that are there."""
    return [one for row in rows for name in names if (one := number(row, name)) is not None]


def value_range(values: Sequence[float], metric: str, voice: Voice) -> tuple[float, float, list[float]]:
    """Return (low, high, ticks) of a scale for values of a metric, from 0 unless some are below; that of a share ends at 100%."""
    signed = voice.kind(metric) in SIGNED and min(values, default=0) < 0
    return nice_range(values, floor=None if signed else 0, ceiling=1 if voice.kind(metric) in FRACTIONS else None, unit=voice.unit(metric))


def unfinished_notes(rows: Sequence[Row], voice: Voice) -> list[str]:
    """Return a sentence for each period of which not all days are counted: it is not over, or began before the contract."""
    known = [str(row["month"]) for row in rows if row.get("unfinished") and number(row, "value") is not None]
    starts = voice.contract.contract.starts
    early = {month for month in known if parse_period(month).start < starts}
    return [voice.words("figure.began_before" if month in early else "figure.unfinished", month=month) for month in known]


def one_of(frame: pd.DataFrame, column: str) -> str:
    """Return the one value of a column that all rows share.

    Raises
    ------
    ValueError
        If the frame is empty or mixes values: a figure shows one metric, period and dimension.
    """
    values = frame[column].unique().tolist()
    if len(values) != 1:
        raise ValueError(f"figure: {column} holds {', '.join(map(str, values)) or 'nothing'}; give rows of one {column}")
    return str(values[0])


def released(row: Row) -> bool:
    """Return whether the row's value may be drawn."""
    return row.get("status", "shown") in RELEASED and number(row, "value") is not None


def most_telling(gaps: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the `MOST_GROUPS` groups that tell most, in the order given, and how many are left out.

    First comes the group that others are compared with, then the surest and largest gaps.
    """
    rows = records(gaps)
    if len(rows) <= MOST_GROUPS:
        return gaps, 0

    def rank(at: int) -> tuple[bool, bool, int, float]:
        row = rows[at]
        verdict = str(row.get("verdict"))
        sure = _SUREST.index(verdict) if verdict in _SUREST else len(_SUREST)
        return not is_comparator(row), not released(row), sure, -abs(number(row, "outcome_gap") or 0.0)

    return gaps.iloc[sorted(sorted(range(len(rows)), key=rank)[:MOST_GROUPS])], len(rows) - MOST_GROUPS


def not_drawn(rows: Iterable[Row], voice: Voice, dimension: str, *, period: bool = False) -> tuple[str, ...]:
    """Return one sentence naming the groups that are not drawn and why (and the privacy rule if it is why), or nothing."""
    missing = [row for row in rows if not released(row)]
    if not missing:
        return ()
    items = dict.fromkeys(
        voice.words("chart.not_drawn_item", group=_name(row, voice, dimension, period=period), why=why_not(row, voice)) for row in missing
    )
    sentences = [voice.words("chart.not_drawn", list="; ".join(items))]
    if any(row.get("status") == "hidden" for row in missing):
        rule, privacy = "hidden_rule" if voice.decided_by == "public" else "hidden_groups", voice.contract.privacy
        sentences.append(voice.words(f"status.{rule}", minimum=privacy.minimum_count, least=privacy.minimum_group))
    return (" ".join(sentences),)


def _name(row: Row, voice: Voice, dimension: str, *, period: bool) -> str:
    name = voice.group(dimension, str(row["group"]))
    return f"{name}, {voice.words.period(str(row['period']))}" if period else name


def why_not(row: Row, voice: Voice) -> str:
    """Return in words why a row's value cannot be shown; of too few people how many they are."""
    people = number(row, "denominator")
    if row.get("status") == "unreliable" and people is not None:
        return voice.words("status.unreliable_n", n=people)
    return _status(row, voice)


def _status(row: Row, voice: Voice) -> str:
    status = str(row.get("status"))
    if status == "shown" and (number(row, "denominator") or 0) > 0:  # people, and no value: of a wait, half of them wait still
        return voice.status(status)
    return voice.status(status if status in ("hidden", "unreliable", "immature", "in error", "suppressed by sender") else "no data")


def hover(name: str, row: Row, voice: Voice, metric: str) -> str:
    """Return what a mark says when it is pointed at: whose result it is, of how many people, and its interval."""
    told = f"{name}: {voice.result(metric, value_of(row), number(row, 'numerator'), number(row, 'denominator'))}"
    ends = bounds(row)
    return f"{told}, {range_in_words(ends, metric, voice)}" if ends else told


def value_cell(row: Row, voice: Voice, metric: str, places: int = 0) -> str | Cell:
    """Return a row's value for a table: the value (of a share with so many places), or in words why there is none."""
    value = number(row, "value")
    if not released(row) or value is None:
        return Cell(why_not(row, voice), muted=True)
    text = voice.value(metric, value, places)
    return text if row.get("status") != "unreliable" else f"{text} ({voice.words('status.unreliable')})"


def count_cell(row: Row, voice: Voice, name: str) -> str | Cell:
    """Return a count of a row for a table; a code says nothing of counts."""
    count = number(row, name)
    if row.get("status", "shown") not in RELEASED or count is None:
        return Cell(voice.words("table.no_value") if row.get("status") in RELEASED else _status(row, voice), muted=True)
    return voice.words.number(count)


def interval_cell(row: Row, voice: Voice, metric: str) -> str | Cell:
    """Return a row's interval for a table."""
    ends = bounds(row)
    return range_in_words(ends, metric, voice) if ends and released(row) else Cell(voice.words("table.no_value"), muted=True)
