"""A public release is decided together with all earlier ones: readers put them side by side."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from acmlib.contract.errors import ContractError
from acmlib.contract.ids import MetricId
from acmlib.contract.model import Contract
from acmlib.contract.periods import contract_period
from acmlib.measures.cells import result_of
from acmlib.measures.meanings import Meaning
from acmlib.measures.persons import Ends
from acmlib.measures.spans import Span, spans_of
from acmlib.measures.table import ALL, HIDDEN, KEY_COLUMNS, NUMBER_COLUMNS, SHOWN, UNRELIABLE, grain_of
from acmlib.release.counts import SAME, Counts, Number, as_counts
from acmlib.release.ledger import LEDGER, Entry

KEYS = list(KEY_COLUMNS)
#: Settings of a dimension that decide who is in which group.
GROUPING = {"column", "standard", "ethnicity", "separator", "bands", "merge", "not_recorded"}
#: A restated cell: its key, the numbers shown before and in which period's release, the numbers shown now, whether the earlier ones stay.
RESTATED = [*KEYS, "released", "numerator_before", "denominator_before", "numerator", "denominator", "stays", "reason"]


class ReleaseError(ContractError):
    """A release that cannot be made; the message says why, and what can be done."""


def grouping(contract: Contract) -> dict[str, str]:
    """Return for each dimension a digest of what decides who is in which group."""
    texts = {name: one.model_dump_json(include=GROUPING) for name, one in contract.dimensions.items()}
    return {name: hashlib.sha256(json.dumps(json.loads(text), sort_keys=True).encode()).hexdigest()[:12] for name, text in texts.items()}


def entry_of(contract: Contract, period: str, edition: str, cells: pd.DataFrame) -> Entry:
    """Return the entry that a metric table makes in the ledger once it is handed out."""
    rows = cells[[*KEYS, "numerator", "denominator", "status"]].astype(object)
    kept = tuple(rows.where(rows.notna(), None).itertuples(index=False, name=None))
    made_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return Entry(period, edition, made_at, contract.privacy.minimum_count, grouping(contract), kept)


@dataclass(frozen=True)
class Past:
    """What earlier public editions of a contract have shown."""

    contract: Contract
    entries: Sequence[Entry] = ()
    #: Of means and sums the ends of their values: sums of two values are told as counts.
    ends: Mapping[str, Ends] = field(default_factory=dict)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Every cell as editions showed it, what was shown last at the end, with `grouping` of its dimension and `released` (first in)."""
        columns = [*KEYS, "numerator", "denominator", "status", "grouping", "released"]
        first: dict[tuple[object, ...], str] = {}
        for entry in self.entries:
            for row in entry.cells:
                cell = (*row, entry.grouping.get(row[2], ""))
                first[cell] = first.pop(cell, entry.period)  # at the end again: a correction that was taken back is not the newest figure
        known = pd.DataFrame([(*cell, period) for cell, period in first.items()], columns=columns)
        return as_counts(known.astype({"numerator": "float64", "denominator": "float64"}), self.ends)

    @cached_property
    def _given(self) -> dict[tuple[str, ...], list[tuple[float, float]]]:
        """Each cell that was shown to its numbers, those shown last at the end."""
        found: dict[tuple[str, ...], list[tuple[float, float]]] = defaultdict(list)
        rows = self.cells[self.cells["status"].isin([SHOWN, UNRELIABLE])]
        for *key, above, below in rows[[*KEYS, "numerator", "denominator"]].itertuples(index=False, name=None):
            found[tuple(key)].append((above, below))
        return dict(found)

    @property
    def least(self) -> int:
        """The lowest threshold that any edition was decided with."""
        return min((entry.minimum_count for entry in self.entries), default=self.contract.privacy.minimum_count)

    @property
    def splits(self) -> set[tuple[str, str]]:
        """Metrics and dimensions of which readers have seen groups, and ``all`` where they have seen quarters."""
        rows = self.cells[self.cells["status"].ne(HIDDEN)]
        rows = rows[rows["dimension"].ne(ALL) | grain_of(rows["period"]).eq("quarter")]
        return set(zip(rows["metric"], rows["dimension"], strict=True))

    def applied(self, cells: pd.DataFrame, hidden: pd.Series, table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
        """Return which cells are hidden, with what earlier editions add, and whose earlier figures stay.

        A cell that was hidden stays hidden. One that was shown with other numbers is shown with its new ones only if each number differs
        from those shown by nothing or by `minimum_count` at least. A new cell is hidden if its groups were made otherwise when an earlier
        edition showed the same months of their dimension, or if it is of a new split and readers know one that `table` has no longer.
        """
        hides = set(self.cells.loc[self.cells["status"].eq(HIDDEN), KEYS].itertuples(index=False, name=None))
        keys = list(zip(*(cells[name].tolist() for name in KEYS), strict=True))
        given = [self._given.get(key, []) for key in keys]
        numbers = cells[["numerator", "denominator"]].itertuples(index=False, name=None)
        stays = [any(self._is_close(now, one) for one in shown) for now, shown in zip(numbers, given, strict=True)]
        recut = self._recut(cells, table) & ~pd.Series(list(map(bool, given)), index=cells.index, dtype=bool)
        return hidden | recut | np.array([key in hides for key in keys], dtype=bool), pd.Series(stays, index=cells.index, dtype=bool)

    def earlier(self, cells: pd.DataFrame, stays: pd.Series) -> pd.DataFrame:
        """Return cells with the earlier figures where these stay; without a result where none follows from the two that were shown."""
        keys = zip(*(cells.loc[stays, name].tolist() for name in KEYS), strict=True)
        shown = [(key[0], *self._given[key][-1]) for key in keys]
        figures = [(*numbers, *result_of(self.contract, metric, *numbers)) for metric, *numbers in shown]
        told = pd.DataFrame(figures, columns=list(NUMBER_COLUMNS), index=cells.index[stays], dtype=float)
        return cells.assign(**{name: cells[name].mask(stays, told[name]) for name in NUMBER_COLUMNS})

    def numbers(self, counts: Counts, meanings: Mapping[str, Meaning]) -> set[Number]:
        """Return the numbers of people that earlier editions have shown and that still hold: readers know them, whatever is hidden now."""
        cells = self.cells[self.cells["status"].ne(HIDDEN) & self.cells["metric"].isin(list(meanings))]
        cells = cells[pd.MultiIndex.from_frame(cells[["dimension", "group"]]).isin(list(counts.places))]
        own = counts.shown_by(cells, self.contract, meanings)
        told = cells[["numerator", "denominator"]].to_dict("records")
        return {
            number
            for numbers, shown in zip(own, told, strict=True)
            for column, number in numbers.items()
            if abs(counts.true(number) - shown[column]) < SAME
        }

    def restated(self, cells: pd.DataFrame, stays: pd.Series | bool = False, *, given: int = 0) -> pd.DataFrame:
        """List the figures that readers were shown before with other numbers.

        What a release restates, pages tell that are made when readers have it, too: those in another language, those for the parties.

        Parameters
        ----------
        stays : Series of bool
            Whose earlier figures stay.
        given : int
            How many entries were there before this release, if one of them is of it.

        Returns
        -------
        DataFrame
            Columns `RESTATED`; `reason` is a text in one or more languages, or None where the contract gives none.
        """
        told = [self, replace(self, entries=self.entries[:given])] if given else [self]
        return pd.concat([one._moved(cells, stays) for one in told]).drop_duplicates(KEYS, ignore_index=True)

    def gives_away(self, told: str) -> str:
        """Return the message that no release can be made; `told` says what gives a count away."""
        of, least = self.contract.id, self.contract.privacy.minimum_count
        if not self.entries:
            return (
                f"params/{of}: so few people are counted that a public edition would give away a count below {least} ({told}), "
                f"whatever it hides; so none is made. Leave public out of editions, or give the contract longer"
            )
        return (
            f"{LEDGER}/{of}: together, the {len(self.entries)} public editions handed out so far give away a count below {least} ({told}), "
            f"whatever a new one hides; so none is made. If groups, metrics or privacy.minimum_count were changed since, undo that. What "
            f"is out cannot be taken back: to go on all the same, write why into privacy.given_away in params/{of}/contract.yml, or leave "
            f"public out of editions"
        )

    def _is_close(self, now: Sequence[float], before: Sequence[float]) -> bool:
        """Say whether a correction is too small to be shown: of the numerator, the denominator, or those in one and not the other."""
        above, below = (one - other for one, other in zip(now, before, strict=True))
        return any(SAME < abs(one) < self.contract.privacy.minimum_count - SAME for one in (above, below, below - above))

    def _recut(self, cells: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
        """Say which cells lie beside figures of the same months that can no longer be put beside them.

        These are groups that were made otherwise, and metrics or their splits that are counted no more: a site that was hidden once would
        follow from the other sites of its region, if regions took the place of sites.
        """
        made, left = grouping(self.contract), set(table[["metric", "dimension"]].drop_duplicates().itertuples(index=False, name=None))
        remade, gone, known = set[tuple[str, Span]](), set[Span](), set[tuple[str, str]]()
        told = self.cells[["metric", "dimension", "grouping", "period"]].drop_duplicates()
        for (metric, dimension, then, _), span in zip(told.itertuples(index=False), spans_of(told, self.contract), strict=True):
            known.add((metric, dimension))
            remade |= {(dimension, span)} if dimension != ALL and then != made.get(dimension) else set()
            gone |= {span} if (metric, dimension) not in left else set()
        beside = [
            {then for name, then in remade if name == dimension} | (gone if (metric, dimension) not in known else set())
            for metric, dimension in zip(cells["metric"].tolist(), cells["dimension"].tolist(), strict=True)
        ]
        met = [
            any(first < end and start < after for start, end in spans)
            for spans, (first, after) in zip(beside, spans_of(cells, self.contract), strict=True)
        ]
        return pd.Series(met, index=cells.index, dtype=bool)

    def _moved(self, cells: pd.DataFrame, stays: pd.Series | bool) -> pd.DataFrame:
        """List the figures that readers were shown last with other numbers."""
        before = self.cells[self.cells["status"].isin([SHOWN, UNRELIABLE])].drop_duplicates(KEYS, keep="last")
        now = cells[[*KEYS, "numerator", "denominator"]].assign(stays=stays)[cells["status"].isin([SHOWN, UNRELIABLE])]
        both = now.merge(before.drop(columns=["status", "grouping"]), on=KEYS, suffixes=("", "_before"))
        moved = [both[name].fillna(-1).sub(both[f"{name}_before"].fillna(-1)).abs().gt(SAME) for name in ("numerator", "denominator")]
        changed = both[moved[0] | moved[1] | both["stays"]]
        reasons = [self.reason(metric, period) for metric, period in zip(changed["metric"], changed["period"], strict=True)]
        return changed.assign(reason=pd.Series(reasons, index=changed.index, dtype=object))[RESTATED].reset_index(drop=True)

    def reason(self, metric: str, period: str) -> object:
        """Return why figures of these months were corrected, as far as the contract says."""
        shown = contract_period(self.contract, period)
        for one in self.contract.restatements:
            told = contract_period(self.contract, one.period)
            if told.start <= shown.end and shown.start <= told.end and (not one.metrics or MetricId.parse(metric).key in one.metrics):
                return one.reason
        return None
