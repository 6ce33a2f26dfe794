"""What is left out of a release without looking at each figure: where little could be shown, or deciding all of it would take too long.

Both hide more, never less, than the rule for small counts; what is left still goes through the linear programs, except crossed groups of
which readers have seen nothing (`_is_unseen` says why that is safe). How much work lies ahead is read off the blocks before any program for
groups is solved: counts, no clock, so that the same data are decided alike everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract
from acmlib.measures.table import ALL, CROSS
from acmlib.release.building import Part
from acmlib.release.history import History
from acmlib.release.ledger import Method
from acmlib.release.lines import Row, distinct, is_pair, total_place
from acmlib.release.merged import WORTH
from acmlib.release.reader import Flags

#: A release has so many cells at least, and the rule hides this share of them by itself, if only totals are shown.
LARGE, SPARSE = 250, 0.75
#: A dimension of more groups than this is not shown of a metric of which the rule hides that share of it; nor if there is too much
#: to decide.
MANY_GROUPS = 12
#: Work (see `work`) in all blocks above which less is shown: half a minute or so of a processor (benchmarks/release.py), beside what
#: cannot be saved.
MOST_WORK = 4.0
#: In one block so many of the counts that this release hides are dear; what was hidden for these lets the others move. Of what earlier
#: releases hid all are: little can be done for them any more, and that takes long to find out.
DEAR = 50
#: So much work is one.
UNIT = 1e9
#: Where months can be merged (`acmlib.release.merged`) the same takes this share of the time, if no dimensions are crossed.
MERGED = 0.25


def beside_totals(cells: pd.DataFrame, reason: pd.Series) -> pd.Series:
    """Say which cells go where nearly everything is small: all but one total a metric, as the little more would give the rest away.

    One window only, so that nothing follows by subtraction; no stages, whose totals are each other's parts.

    Parameters
    ----------
    cells : DataFrame
        The cells that pages may show, with true counts.
    reason : Series of str
        Why the rule hides a cell; empty where it does not.

    Returns
    -------
    Series of bool
        Aligned with the cells; none of them where enough can be shown.
    """
    if len(cells) <= LARGE or reason.ne("").mean() <= SPARSE:
        return pd.Series(False, index=cells.index)
    totals = cells[cells["dimension"].eq(ALL) & ~cells["metric"].str.contains(":", regex=False)]
    wide = totals[~totals["period"].str.fullmatch(r"\d{4}(-\d{2}|Q[1-4])")]
    last = wide.assign(_term=wide["period"].eq("term")).sort_values(["_term", "period"], ascending=[True, False], kind="stable")
    return pd.Series(~cells.index.isin(last.drop_duplicates("metric").index), index=cells.index)


def crowded(cells: pd.DataFrame, reason: pd.Series) -> pd.Series:
    """Say which cells go because nearly all of a large dimension's groups are small: the few others would take long to decide.

    Parameters
    ----------
    cells, reason
        As for `beside_totals`.

    Returns
    -------
    Series of bool
    """
    keys = [cells["metric"], cells["dimension"]]
    share = reason.ne("").groupby(keys).transform("mean")
    return share.gt(SPARSE) & cells.groupby(["metric", "dimension"])["group"].transform("nunique").gt(MANY_GROUPS)


@dataclass(frozen=True)
class Large:
    """What of a large contract is not shown, so that the rest can be decided.

    Attributes
    ----------
    parts : list of Part
        The blocks of groups that are left to be decided.
    reason : Series of str
        Why a cell is left out; empty for those that stay, or are hidden already.
    free : frozenset of rows
        What only cells that are left out count: if it is not small, it protects nothing, and may follow from what is shown.
    method : str or None
        The last step taken; None if all can be decided.
    """

    parts: list[Part]
    reason: pd.Series
    free: frozenset[Row]
    method: Method | None

    @property
    def cells(self) -> Flags:
        """The cells that are left out."""
        return self.reason.ne("").to_numpy()


def left_out(parts: list[Part], history: History, hidden: Flags, contract: Contract) -> Large:
    """Say what of a large contract is not shown, so that the rest can be decided: what matters least to readers first.

    Totals of everybody always stay.

    Parameters
    ----------
    parts : list of Part
        The blocks of groups.
    history : History
    hidden : array of bool, shape (cells,)
        What is hidden so far.
    contract : Contract

    Returns
    -------
    Large
    """
    found = Large(parts, pd.Series("", index=history.cells.index), frozenset(), None)
    # What earlier releases hid must be looked at even if this one shows no groups at all.
    most = MOST_WORK + _all(parts, history, hidden, history.cells["dimension"].ne(ALL).to_numpy() & ~hidden)
    for method, why, going in _steps(history.cells, contract):
        if _all(found.parts, history, hidden, found.cells) <= most:
            break
        reason = found.reason.mask(going & found.reason.eq("") & ~hidden, why)
        kept = [part for part in parts if not _is_unseen(part, history, hidden | reason.ne("").to_numpy())]
        free = distinct(compress(history.rows, reason.ne(""))) - distinct(compress(history.rows, reason.eq("")))
        found = Large(kept, reason, frozenset(free), method)
    return found


def _all(parts: list[Part], history: History, hidden: Flags, out: Flags) -> float:
    """Return the work of all blocks."""
    return sum(work(part, history, hidden, out) for part in parts)


def work(part: Part, history: History, hidden: Flags, out: Flags) -> float:
    """Measure how much deciding of one block lies ahead.

    A hidden count beside others of the same cohort that readers see may ask for programs, which take as long as the square of what is not
    certain in the block. Where readers see nothing of a cohort, groups exchange people, and hardly a program is asked.

    Parameters
    ----------
    part : Part
    history : History
    hidden : array of bool, shape (cells,)
        What is hidden so far, and must not be worked out.
    out : array of bool, shape (cells,)
        What else is left out: of that, small counts must not be worked out.

    Returns
    -------
    float
        Hidden counts, of this release `DEAR` at most, times squares; in thousand millions.
    """
    block = part.block
    known, must = block.known(hidden | out), part.more.copy()
    must[block.row[hidden[block.cell]]] = True
    must[[row for row in set(block.row[out[block.cell]].tolist()) if history.is_small(part.rows[row])]] = True
    whom = np.array([row[0] for row in part.rows], dtype=np.intp)
    # Of two dimensions that are crossed, readers see sums: the groups of each.
    somebody = np.array([history.lines.value(row) > 0 for row in part.rows], dtype=bool)
    told = somebody & known & (part.own | _is_crossed(part, history))
    seen = np.isin(whom, whom[told])
    size = block.rows.shape[1] * len(np.unique(whom[seen])) / max(len(np.unique(whom)), 1)
    asked = must & part.own & seen & ~known
    each = UNIT / MERGED if _merges(part) and not _is_crossed(part, history) else UNIT
    return float((min(int((asked & ~part.more).sum()), DEAR) + int((asked & part.more).sum())) * size**2 / each)


def _merges(part: Part) -> bool:
    """Say whether a block's periods begin and end in few months, so that no cell tells most of the others apart."""
    ends = {month for row in part.rows for month in row[2:]}
    return part.block.of is not None and len(ends) - 1 <= WORTH * len(np.unique(part.block.of[2]))


def _is_crossed(part: Part, history: History) -> bool:
    """Say whether a block looks after two dimensions crossed."""
    pairs = {at for (dimension, _), at in history.lines.place.items() if is_pair(dimension)}
    return all(part.rows[row][1] in pairs for row in np.flatnonzero(part.own))


def _is_unseen(part: Part, history: History, hidden: Flags) -> bool:
    """Say whether a block looks after two dimensions crossed of which this release shows nothing, and no earlier one showed groups.

    Readers know no more of a pair than of two dimensions that a contract does not cross: it is nobody at the least, and at the most the
    smaller of its two groups. Those that are shown are not small, so that a small pair does not follow from them. Groups of several
    releases, in years that overlap, may tell more: then programs are asked.
    """
    shown, total = part.block.row[~hidden[part.block.cell]], total_place(history.lines)
    return _is_crossed(part, history) and not part.own[shown].any() and all(row[1] == total for row in history.past.shown)


def _steps(cells: pd.DataFrame, contract: Contract) -> Iterator[tuple[Method, str, pd.Series]]:
    """Yield what can be left out, step by step: how that is called, the reason, and which cells."""
    group, pair = cells["dimension"].ne(ALL), cells["dimension"].str.contains(CROSS, regex=False)
    if pair.any():
        yield "without crossed groups", "too large for crossed groups", pair
    size = cells.groupby("dimension")["group"].transform("nunique").where(group, 0)
    if size.gt(MANY_GROUPS).any():
        yield "without large dimensions", "too large for dimensions of many groups", size.gt(MANY_GROUPS)
    headline = cells["metric"].str.partition("@")[0].isin([name for name, metric in contract.metrics.items() if metric.headline])
    if headline.any():
        yield "headline groups only", "too large for groups of all metrics", group & ~headline
    for most in sorted(size[group].unique(), reverse=True):
        yield "fewer dimensions", "too large for all dimensions", size.ge(most)
