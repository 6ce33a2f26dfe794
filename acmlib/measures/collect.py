"""From the result of the one query to arrays, groups by months, that windows can add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from acmlib.contract.ids import DimensionId, pair
from acmlib.measures.arrays import Array
from acmlib.measures.plan import Slot
from acmlib.measures.sql import ANSWERS, DAY_BITS, TICK_BITS, QueryColumns
from acmlib.measures.table import ALL, ALL_PARTICIPANTS
from acmlib.measures.windows import Axis

#: Digits kept of a sum of fractions: threads add them in any order, which leaves the last of a float's 15 to 17 digits to chance.
DIGITS = 12


class Spread(NamedTuple):
    """Sums of values after subtracting `centre`: how many, their sum, their squares. Groups by ticks."""

    number: Array
    total: Array
    squares: Array
    centre: float


#: Different times, in minutes or seconds, that curves are made of; of more, these many are put together, the fewest that do.
MOST_MOMENTS, TOGETHER = 20_000, (1, 5, 15, 60)


class Days(NamedTuple):
    """Histogram of durations: an entry or more for a group, tick, duration and state."""

    group: NDArray[np.int64]
    tick: NDArray[np.int64]
    days: Array
    still: NDArray[np.bool_]
    number: Array


class Values(NamedTuple):
    """Every different value of a group and tick, and how often it occurs."""

    group: NDArray[np.int64]
    tick: NDArray[np.int64]
    value: Array
    number: Array


@dataclass
class GroupSeries:
    """All numbers of one strand and one dimension."""

    groups: list[str]  #: Names of the groups.
    present: Array  #: 1 where something was sent for the tick, else 0.
    sums: dict[Slot, Array] = field(default_factory=dict)  #: Slot to array (groups, ticks).
    spreads: dict[Slot, Spread] = field(default_factory=dict)
    days: dict[Slot, Days] = field(default_factory=dict)
    values: dict[Slot, Values] = field(default_factory=dict)
    withheld: Array | None = None  #: Above 0 where the sender of counts withholds one.


Blocks = dict[str | None, dict[str, GroupSeries]]


def collect(result: pa.Table, layout: QueryColumns, axis: Axis, *, entered: str | None) -> Blocks:
    """Blocks by date expression and dimension.

    Parameters
    ----------
    result : Arrow table
        From `acmlib.measures.sql.query`.
    entered : str or None
        Date expression of entry: a month in which somebody entered was submitted, so that no event in it is a real zero.

    Returns
    -------
    dict
        Date expression to dimension to `Block`.
    """
    cut = result.column("cut").to_numpy()
    blocks: Blocks = {date: {} for date in layout.strands}
    centres: dict[tuple[str | None, Slot], float] = {}
    for dimension in layout.cuts:
        part = result.filter(pa.array(cut == layout.mask(layout.counted[dimension])))
        part, labels = _labelled(part, layout, dimension)
        codes, names = pd.factorize(labels, sort=True)
        if dimension == ALL and not len(names):  # nobody yet: everyone together are none
            names = np.array([ALL_PARTICIPANTS], dtype=object)
        for number, date in enumerate(layout.strands):
            mine = part.column("strand").to_numpy() == number
            at = _Places(codes[mine], part.column("tick").to_numpy()[mine].astype(np.int64), len(names), 1 if date is None else len(axis))
            blocks[date][dimension] = _block(part.filter(pa.array(mine)), layout, date, at, list(names), centres)
    for per_dimension in blocks.values():
        sent = per_dimension[ALL].present
        if entered in blocks and sent.shape == blocks[entered][ALL].present.shape:
            sent = np.maximum(sent, blocks[entered][ALL].present)
        for block in per_dimension.values():
            block.present = sent
    return blocks


def collect_days(result: pa.Table, layout: QueryColumns, lasting: Sequence[tuple[str | None, Slot]], blocks: Blocks) -> None:
    """Add the histograms of durations to blocks.

    Parameters
    ----------
    result : Arrow table
        From `acmlib.measures.sql.days_query`.
    lasting : sequence
        Date expression and slot by number, as in the plan.
    blocks : dict
        From `collect`; changed in place. A group without any duration stays without.
    """
    cut = result.column("cut").to_numpy()
    for dimension in layout.cuts:
        part, labels = _labelled(result.filter(pa.array(cut == layout.mask(layout.lasting[dimension]))), layout, dimension)
        key, rows = part.column("key").to_numpy().astype(np.int64), _floats(part, "rows")
        slot, tick, code = key >> (DAY_BITS + TICK_BITS), (key >> DAY_BITS) % (1 << TICK_BITS), key % (1 << DAY_BITS)
        codes, names = pd.factorize(labels)
        for number, (date, one) in enumerate(lasting):
            block, mine = blocks[date][dimension], slot == number
            group = pd.Index(block.groups).get_indexer(pd.Index(names))[codes[mine]] if len(names) else codes[mine]
            block.days[one] = Days(group, tick[mine], _in_days(code[mine] >> 1, one), (code[mine] & 1).astype(bool), rows[mine])


def _in_days(times: NDArray[np.int64], slot: Slot) -> Array:
    """Return times in the metric's unit; of very many different moments to some minutes or seconds, for a curve has a step at each."""
    if len(np.unique(times)) > MOST_MOMENTS:
        # Up: what is over by a mark, which is a whole number of the metric's units, stays over by it, and nothing else is.
        rounded = (-(-times // step) * step for step in TOGETHER)
        times = next((one for one in rounded if len(np.unique(one)) <= MOST_MOMENTS), -(-times // TOGETHER[-1]) * TOGETHER[-1])
    return np.asarray(times / slot.per_unit)


def collect_values(result: pa.Table, layout: QueryColumns, listed: Sequence[tuple[str | None, Slot]], blocks: Blocks) -> None:
    """Add the lists of values to blocks.

    Parameters
    ----------
    result : Arrow table
        From `acmlib.measures.sql.values_query`.
    listed : sequence
        Date expression and slot by number, as in the plan.
    blocks : dict
        From `collect`; changed in place.
    """
    cut = result.column("cut").to_numpy()
    for dimension, keys in layout.cuts.items():
        part, labels = _labelled(result.filter(pa.array(cut == layout.mask(keys))), layout, dimension)
        key = part.column("key").to_numpy().astype(np.int64)
        value, rows = part.column("value").to_numpy().astype(np.float64), _floats(part, "rows")
        codes, names = pd.factorize(labels)
        for number, (date, one) in enumerate(listed):
            block, mine = blocks[date][dimension], (key >> TICK_BITS) == number
            group = pd.Index(block.groups).get_indexer(pd.Index(names))[codes[mine]] if len(names) else codes[mine]
            block.values[one] = Values(group, key[mine] % (1 << TICK_BITS), value[mine], rows[mine])


def stacked(blocks: Sequence[GroupSeries], slots: Iterable[Slot | None]) -> GroupSeries:
    """Return the groups of several dimensions of one strand, one below the other, with what these slots hold of them."""
    first, sizes = blocks[0], [len(block.groups) for block in blocks]
    made = GroupSeries([group for block in blocks for group in block.groups], first.present)
    if any(block.present is not first.present for block in blocks):
        sent = [np.broadcast_to(block.present, (size, block.present.shape[1])) for block, size in zip(blocks, sizes, strict=True)]
        made.present = np.concatenate(sent)
    if any(block.withheld is not None for block in blocks):
        made.withheld = np.concatenate([np.zeros_like(block.present) if block.withheld is None else block.withheld for block in blocks])
    for slot in set(slots):
        if slot in first.sums:
            made.sums[slot] = np.concatenate([block.sums[slot] for block in blocks])
        elif slot in first.spreads:
            number, total, squares, centres = zip(*(block.spreads[slot] for block in blocks), strict=True)  # all have the same centre
            made.spreads[slot] = Spread(np.concatenate(number), np.concatenate(total), np.concatenate(squares), centres[0])
        elif slot in first.days:
            made.days[slot] = Days(*_joined([block.days[slot] for block in blocks], sizes))
        elif slot in first.values:
            made.values[slot] = Values(*_joined([block.values[slot] for block in blocks], sizes))
    return made


def _joined(entries: Sequence[Days] | Sequence[Values], sizes: Sequence[int]) -> list[Any]:
    """Return the columns of several lists of entries, whose groups are then numbered as one below the other."""
    groups = [one[0] + start for one, start in zip(entries, np.cumsum([0, *sizes]), strict=False)]
    return [np.concatenate(column) for column in (groups, *list(zip(*entries, strict=True))[1:])]


class _Places(NamedTuple):
    """Group and tick of each row, and how many there are of both."""

    group: NDArray[np.int64]
    tick: NDArray[np.int64]
    groups: int
    ticks: int

    def fill(self, numbers: Any) -> Array:
        cell = self.group * self.ticks + self.tick
        filled: Array = np.bincount(cell, weights=numbers, minlength=self.groups * self.ticks).astype(np.float64)
        return filled.reshape(self.groups, self.ticks)


def _labelled(part: pa.Table, layout: QueryColumns, dimension: str) -> tuple[pa.Table, NDArray[np.object_]]:
    """Return the rows of a cut and their groups; rows of several answers once for each."""
    if dimension == ALL:
        return part, np.full(part.num_rows, ALL_PARTICIPANTS, dtype=object)
    texts = [part.column(key).to_pandas().astype(object).fillna("").to_numpy() for key in layout.cuts[dimension]]
    if not DimensionId.parse(dimension).combined:
        labels = texts[0]
        for text in texts[1:]:
            labels = np.array([pair(one, other) for one, other in zip(labels, text, strict=True)], dtype=object)
        return part, labels
    # Whoever gave no answer is in no group here; the dimension itself counts them as not recorded.
    answers = [text.split(ANSWERS) if text else [] for text in texts[0]]
    rows = np.repeat(np.arange(len(answers)), [len(one) for one in answers])
    return part.take(pa.array(rows)), np.array([answer for one in answers for answer in one], dtype=object)


def _block(
    rows: pa.Table, layout: QueryColumns, date: str | None, at: _Places, names: list[str], centres: dict[tuple[str | None, Slot], float]
) -> GroupSeries:
    block = GroupSeries(names, (at.fill(_floats(rows, "rows")) > 0).astype(np.float64))
    for (strand, slot), column in layout.slots.items():
        if strand != date:
            continue
        if slot.kind == "spread":
            number, total, variance = (_floats(rows, f"{column}_{part}") for part in ("n", "sum", "var"))
            # Everyone together comes first, and gives the centre for all groups.
            centre = centres.setdefault((date, slot), significant(total.sum() / max(number.sum(), 1)).item())
            moved = total - number * centre
            squares = variance * number + moved**2 / np.maximum(number, 1)
            block.spreads[slot] = Spread(at.fill(number), at.fill(moved), at.fill(squares), centre)
        else:
            block.sums[slot] = at.fill(_floats(rows, column))
    return block


def _floats(rows: pa.Table, column: str) -> Array:
    """Return a column as floats, 0 where it adds nothing."""
    return np.asarray(np.nan_to_num(rows.column(column).to_numpy().astype(np.float64)))


def significant(numbers: Any) -> Array:
    """Numbers rounded to `DIGITS` digits, wherever the point stands.

    Examples
    --------
    >>> significant(0.1 + 0.2).item(), significant(1234567890.12345678).item()
    (0.3, 1234567890.12)
    """
    given = np.asarray(numbers, dtype=np.float64)
    size = np.floor(np.log10(np.abs(given), out=np.zeros_like(given), where=given != 0))
    scale = 10.0 ** np.clip(DIGITS - 1 - size, -300, 300)
    return np.asarray(np.round(given * scale) / scale)
