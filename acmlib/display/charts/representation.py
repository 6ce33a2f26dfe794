"""Who is served? Two marks a group: its share of those served and its share of the base."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from acmlib.display.charts.frames import chart_of, count_cell, not_drawn, one_of, released
from acmlib.display.charts.paired import Pair, draw_pairs
from acmlib.display.charts.strips import StripRow
from acmlib.display.judgements import key_of, representation_sentence, share_places, shares_in_words
from acmlib.display.objects import Cell, Chart, DataTable
from acmlib.display.rounding import percent_points
from acmlib.display.rows import Row, is_comparator, number, records
from acmlib.display.tables import heads
from acmlib.display.voice import Voice


def representation(shares: pd.DataFrame, *, voice: Voice, base: str, caption: str | None = None) -> Chart:
    """Return who is served against a named base, by the groups of one dimension.

    Parameters
    ----------
    shares : DataFrame
        Rows of `acmlib.analysis.equity.disproportionality` of one metric, period and dimension, in the order to be shown. Groups
        without a share (not recorded, hidden) are named under the figure with their counts.
    base : str
        Who the base is, as it reads after *against*: *young people aged 14 to 24 in the county*.
    """
    period, dimension, voice = one_of(shares, "period"), one_of(shares, "dimension"), voice.about(one_of(shares, "metric"))
    rows = records(shares)
    drawn = [row for row in rows if _drawable(row)]
    words = voice.words
    named = caption or words("caption.representation", base=base, dimension=voice.dimension(dimension), period=period)
    told = [representation_sentence(row, voice, base=base, places=share_places(drawn)) for row in drawn]
    notes = (
        words("representation.verdict_note"),
        *not_drawn([row for row in rows if not released(row)], voice, dimension),
        *_unknown(rows, voice, dimension),
        *voice.fine_print(period=words.period(period), base=base),
    )
    svg, alt = _draw(drawn, dimension, voice), _alt(drawn, dimension, voice, base)
    table = representation_table(shares, voice=voice, caption=named)
    return chart_of(svg, alt, told or [words("verdict.none")], table, named, notes, voice)


def _drawable(row: Row) -> bool:
    return released(row) and number(row, "share") is not None and number(row, "base_share") is not None


def _unknown(rows: Sequence[Row], voice: Voice, dimension: str) -> tuple[str, ...]:
    """Return the groups that are in none of the shares, with their counts."""
    outside = [row for row in rows if released(row) and not _drawable(row)]
    counted = [(voice.group(dimension, str(row["group"])), voice.words("chart.n", n=number(row, "value"))) for row in outside]
    items = [voice.words("chart.not_drawn_item", group=group, why=people) for group, people in counted]
    return (voice.words("representation.outside", list="; ".join(items)),) if items else ()


def _draw(rows: Sequence[Row], dimension: str, voice: Voice) -> str:
    words, places = voice.words, share_places(rows)
    pairs = [
        Pair(
            StripRow(
                voice.group(dimension, str(row["group"])),
                words("chart.n", n=number(row, "value")),
                shares_in_words(row, voice, places)["gap"],
                verdict_of_share(row, voice),
            ),
            number(row, "share"),
            number(row, "base_share"),
        )
        for row in rows
    ]
    served, base = words("chart.served"), words("chart.base")
    return draw_pairs(pairs, first=served, second=base, text=lambda one: words.percent(one, places), tick_text=words.percent, ceiling=1)


def verdict_of_share(row: Row, voice: Voice) -> str:
    """Return the verdict on how often a group takes part; the group that takes part most is the one that the others are compared with."""
    key = "comparator" if is_comparator(row) else key_of(row.get("verdict", "not judged"))
    return voice.words(f"verdict_short.{key}")


def _alt(rows: Sequence[Row], dimension: str, voice: Voice, base: str) -> str:
    words, label = voice.words, voice.dimension(dimension)
    short = [row for row in rows if (number(row, "representation_gap") or 0.0) < 0]
    if not rows:
        return words("alt.representation_none", base=base, dimension=label)
    if not short:
        return words("alt.representation_even", n=len(rows), base=base, dimension=label)
    worst = min(short, key=lambda row: number(row, "representation_gap") or 0.0)
    return words("alt.representation", n=len(rows), base=base, dimension=label, worst=voice.group(dimension, str(worst["group"])),
                 gap=number(worst, "representation_gap"))  # fmt: skip


def representation_table(shares: pd.DataFrame, *, voice: Voice, caption: str) -> DataTable:
    """Return who is served against the base as a table; groups outside the shares keep their row and their count."""
    words, rows, dimension = voice.words, records(shares), one_of(shares, "dimension")
    numbers = [f"table.{one}" for one in ("served", "share", "base_share", "gap", "ratio", "to_parity")]
    nothing = Cell(words("table.unjudged"), muted=True)

    places = share_places(row for row in rows if released(row))

    def cell(row: Row, name: str, form: Callable[[float], str]) -> str | Cell:
        value = number(row, name)
        return form(value) if released(row) and value is not None else nothing

    def share(row: Row, name: str) -> str | Cell:
        known = released(row) and number(row, "share") is not None
        return shares_in_words(row, voice, places)[name] if known else nothing

    def parity(row: Row) -> str | Cell:
        """Return the people that a group is short of; nobody where the two shares read the same."""
        pair = [percent_points(number(row, name) or 0.0, places) for name in ("share", "base_share")]
        return cell(row, "to_parity_growing", lambda people: words.number(0 if pair[0] == pair[1] else people))

    body = tuple(
        (
            voice.group(dimension, str(row["group"])),
            count_cell(row, voice, "value"),
            share(row, "share"),
            share(row, "base_share"),
            share(row, "gap"),
            cell(row, "representation_ratio", words.decimal),
            parity(row),
            verdict_of_share(row, voice),
        )
        for row in rows
    )
    return DataTable(caption, heads(words, "table.group", numbers=numbers, then=("table.verdict",)), body)
