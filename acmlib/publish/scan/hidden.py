"""Hidden numbers on a page: a count or rate of a hidden cell, in any printed rounding, where that cell is spoken of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from acmlib.contract.ids import MetricId
from acmlib.contract.plain_text import seen
from acmlib.display.voice import FRACTIONS, Voice
from acmlib.measures.table import KEY_COLUMNS
from acmlib.publish.scan.axes import values_on
from acmlib.publish.scan.marks import FEWEST, drawn_values
from acmlib.publish.scan.names import EVERYBODY, Group, NamedCells, Names
from acmlib.publish.scan.numbers import Printed, is_count, is_rounded, printed_numbers, printed_shares
from acmlib.publish.scan.statements import Statement

Kind = TypeVar("Kind")

#: Prose that names no metric, nor stands under one, is about nothing that is counted here (*seven parents of Oak Hill said*), unless it
#: tells both counts of a hidden share: *Oak Hill: 3 of 12*.
PROSE = frozenset({"sentence", "text", "heading", "title of the page"})

#: Columns whose numbers are worked out from released cells, or were agreed: they stand in rows of hidden cells by right.
DERIVED = ("usual_range", "target", "base_share", "to_parity", "gap", "ratio", "change")


@dataclass(frozen=True)
class _Cell:
    """One cell with its numbers."""

    metric: str
    period: str
    dimension: str
    group: str
    numerator: float
    denominator: float
    value: float
    kind: str

    def holds(self, printed: Printed) -> bool:
        """Whether a printed number is one of this cell's: its counts, what the one leaves of the other, or its value."""
        if printed.kind == "number" and any(is_count(printed, count) for count in self.counts):
            return True
        if self.kind in FRACTIONS:
            if printed.kind == "percent":
                return is_rounded(printed, self.share, scale=100)
            return printed.kind == "number" and (
                (printed.decimals >= 2 and is_rounded(printed, self.share))
                or (printed.decimals >= 1 and is_rounded(printed, self.share, scale=100))
            )
        if self.kind == "count" or printed.kind == "percent":
            return False
        return (printed.decimals >= 1 or printed.kind == "days" or self.kind != "duration") and is_rounded(printed, self.value)

    @property
    def share(self) -> float:
        """The value of a share; where too few people have one, the value of its two counts, which are printed side by side."""
        known = self.value == self.value or self.kind != "proportion" or not self.denominator > 0
        return self.value if known else self.numerator / self.denominator

    def is_told_whole(self, text: str) -> bool:
        """Whether a text gives both counts of a share: *3 of 12*."""
        return any(is_count(part, self.numerator) and is_count(whole, self.denominator) for part, whole in printed_shares(text))

    @property
    def counts(self) -> tuple[float, ...]:
        """Counts of people that the cell would disclose; 0 and everybody disclose none."""
        remainder = self.denominator - self.numerator if self.kind == "proportion" else math.nan
        return tuple(count for count in (self.numerator, self.denominator, remainder) if count > 0)

    def __str__(self) -> str:
        return f"{self.metric}, {self.group}, {self.period}"


class Withheld:
    """The hidden cells of a release, for searching pages; never given to a notebook.

    Parameters
    ----------
    hidden : DataFrame
        From `acmlib.publish.scan.withheld.withheld`.
    shown : DataFrame
        Cells of the release: what they show explains a number.
    voice : Voice
        How the page names groups, metrics and periods.
    """

    def __init__(self, hidden: pd.DataFrame, shown: pd.DataFrame, voice: Voice) -> None:
        self._names = Names(pd.concat([hidden[list(KEY_COLUMNS)], shown[list(KEY_COLUMNS)]]), voice)
        self._hidden = _by_group(hidden[hidden["numerator"].notna() | hidden["value"].notna()], voice)
        self._shown = _by_group(shown[shown["value"].notna() | shown["numerator"].notna()], voice)
        self._shares_by_day = [one for one in shown["metric"].unique() if MetricId.parse(one).days is not None]
        self._agreed = _agreed(voice)
        self._derived = frozenset(voice.words(f"table.{key}") for key in DERIVED)
        self._minimum = voice.contract.privacy.minimum_count

    def found(self, statements: Iterable[Statement]) -> Iterator[str]:
        """Yield where a hidden number stands, and whose it is; the number itself is not repeated."""
        for statement in statements:
            cells = self._drawn(statement) if statement.marks else self._cells(statement)
            if cells:
                where = f" under '{statement.sections[0]}'" if statement.sections else ""
                more = f" and {len(cells) - 1} more" if len(cells) > 1 else ""
                yield f"a hidden number stands in the {statement.place}{where}: {cells[0]}{more}"

    def _cells(self, statement: Statement) -> list[_Cell]:
        """Return the hidden cells whose numbers a statement prints."""
        # A number under its heads is no name, though there be a grade called 6.
        text = seen(statement.text).strip()
        own = NamedCells(text) if statement.heads and text.isdigit() else self._names.named(text)
        numbers = list(printed_numbers(own.rest))
        if not numbers or self._derived & set(statement.heads):
            return []
        groups, metrics, periods = self._named(statement, own)
        hidden = _about(self._hidden, groups, metrics, periods)
        if not metrics and statement.place in PROSE:
            hidden = [cell for cell in hidden if cell.is_told_whole(own.rest)]
        elif not metrics:
            # About what the numbers are, nobody says: only what could be nothing else is taken for a hidden number.
            numbers = [one for one in numbers if one.decimals or (one.kind == "number" and max(one.values) < self._minimum)]
        unexplained = self._unexplained(numbers, groups, metrics, periods) if hidden else []
        return [cell for cell in hidden if any(cell.holds(one) for one in unexplained)]

    def _unexplained(
        self, numbers: list[Printed], groups: frozenset[Group], metrics: frozenset[str], periods: frozenset[str]
    ) -> list[Printed]:
        """Return the numbers that are neither those of a cell that is shown nor a target or benchmark."""
        # A wait stands in one table with the shares of those whose wait was over by a day.
        related = metrics | {one for one in self._shares_by_day if MetricId.parse(one).key in metrics}
        shown = _about(self._shown, groups | {EVERYBODY}, related, periods)
        return [one for one in numbers if not any(cell.holds(one) for cell in shown) and not self._is_agreed(one, metrics)]

    def _named(self, statement: Statement, own: NamedCells) -> tuple[frozenset[Group], frozenset[str], frozenset[str]]:
        """Return the groups, metrics and periods that a statement is about, as far as it or what stands around it names them.

        No groups where its numbers are about nothing: neither a group nor a period with a metric is named.
        """
        heads = NamedCells.together([own, *map(self._names.named, statement.heads)])
        captions = [self._names.named(text) for text in statement.captions]
        around = (heads, *captions, *(self._names.named(text) for text in statement.sections))
        metrics, periods = _nearest(lambda one: one.metrics, *around), _nearest(lambda one: one.periods, *around)
        # In a picture a number is beside its group; what stands alone is an axis.
        groups = _nearest(lambda one: one.groups, heads, *(captions if statement.place != "picture" else ()))
        if groups - {EVERYBODY}:
            return groups, metrics, periods
        return frozenset({EVERYBODY}) if heads.periods and metrics else frozenset(), metrics, periods

    def _drawn(self, statement: Statement) -> list[_Cell]:
        """Return the hidden cells whose values the marks of a picture show."""
        scopes = [self._names.named(text) for text in (*statement.captions, statement.text)]
        metrics, periods = _nearest(lambda one: one.metrics, *scopes), _nearest(lambda one: one.periods, *scopes)
        if not metrics:
            return []
        all_hidden, all_shown = (_about(cells, cells, metrics, periods) for cells in (self._hidden, self._shown))
        hidden, shown = _families(all_hidden), _families(all_shown)
        found = [
            cell
            for family, cells in hidden.items()
            if len(shown.get(family, ())) >= FEWEST
            for drawn in [drawn_values(statement.marks, [one.value for one in shown[family]], [one.value for one in cells])]
            for cell in cells
            if cell.value in drawn
        ]
        if statement.axis is not None:
            fit = [cell for cell in all_hidden if (cell.kind in FRACTIONS) == statement.axis.percent]
            drawn = values_on(statement.axis, statement.marks, [one.value for one in all_shown], [one.value for one in fit])
            found += [cell for cell in fit if cell.value in drawn]
        return list(dict.fromkeys(found))

    def _is_agreed(self, printed: Printed, metrics: frozenset[str]) -> bool:
        """Whether a printed number is a target or a benchmark, which stand beside hidden cells too."""
        names = {MetricId.parse(metric).key for metric in metrics} or {name for name, _ in self._agreed}
        return any(is_rounded(printed, value) for name in names for value in self._agreed.get((name, printed.kind), ()))


def _nearest(what: Callable[[NamedCells], frozenset[Kind]], *scopes: NamedCells) -> frozenset[Kind]:
    """Return what the nearest scope names that names anything of the kind."""
    return next((found for scope in scopes if (found := what(scope))), frozenset())


def _about(cells: dict[Group, list[_Cell]], groups: Iterable[Group], metrics: frozenset[str], periods: frozenset[str]) -> list[_Cell]:
    return [
        cell
        for group in groups
        for cell in cells.get(group, ())
        if (not metrics or cell.metric in metrics) and (not periods or cell.period in periods)
    ]


def _families(cells: Iterable[_Cell]) -> dict[tuple[str, ...], list[_Cell]]:
    """Return the cells that one figure draws on one scale: the groups of a period, or the periods of a group."""
    found: dict[tuple[str, ...], list[_Cell]] = {}
    for cell in cells:
        if not math.isnan(cell.value):
            found.setdefault((cell.metric, cell.dimension, cell.period), []).append(cell)
            found.setdefault((cell.metric, cell.dimension, cell.group, str(len(cell.period))), []).append(cell)
    return found


def _by_group(cells: pd.DataFrame, voice: Voice) -> dict[Group, list[_Cell]]:
    found: dict[Group, list[_Cell]] = {}
    kinds = {metric: voice.kind(metric) for metric in cells["metric"].unique()}
    columns = [cells[name].tolist() for name in (*KEY_COLUMNS, "numerator", "denominator", "value")]
    for metric, period, dimension, group, numerator, denominator, value in zip(*columns, strict=True):
        cell = _Cell(metric, period, dimension, group, numerator, denominator, value, kinds[metric])
        found.setdefault((cell.dimension, cell.group), []).append(cell)
    return found


def _agreed(voice: Voice) -> dict[tuple[str, str], tuple[float, ...]]:
    """Return the targets and benchmarks of each metric, by the kind of number that they are printed as."""
    found: dict[tuple[str, str], tuple[float, ...]] = {}
    for name, metric in voice.contract.metrics.items():
        values = (*(target.value for target in metric.target), *(benchmark.value for benchmark in metric.benchmarks))
        if metric.kind in FRACTIONS:
            found[name, "percent"] = tuple(value * 100 for value in values)
        else:
            found[name, "number"] = found[name, "days"] = values
    return found
