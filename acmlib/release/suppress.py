"""What an edition hides: small counts by the rule, and what a reader could work them out from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract
from acmlib.contract.periods import Period
from acmlib.measures.table import CROSS, SHARE_CODE
from acmlib.release.blocks import Blocks
from acmlib.release.building import Part
from acmlib.release.coding import Promise, coded, told, without_codes
from acmlib.release.counts import Counted, counted, unify
from acmlib.release.decision import LOWER, Between, Decision
from acmlib.release.history import History, history_of, too_close
from acmlib.release.ledger import Entry, Method, shown_again, shown_by_quarter
from acmlib.release.lines import Row, distinct, rows_of, total_place
from acmlib.release.primary import primary
from acmlib.release.protect import Guard, Need, protect
from acmlib.release.recut import Tied, of_the_same_people, tied_cells
from acmlib.release.select import grain_of, one_grain, select_cells
from acmlib.release.size import beside_totals, crowded, left_out
from acmlib.release.spans import months_of
from acmlib.release.thresholds import way_to
from acmlib.release.waits import BLOCK

#: Weight from which a cell is a last resort: totals of everybody and headline figures.
LAST_RESORT = 100.0
#: What it costs to hide how long waits were: as much as a month of everybody.
WAIT = 20.0
#: Why a cell is hidden of which readers have figures in other groups.
GROUPS_AS_THEY_WERE = "beside groups as they were"
#: A number and everything it is made of are hidden together: a rate with its denominator gives the count away.
HIDDEN_TOGETHER = ["numerator", "denominator", "value", "low", "high"]
#: Gathers the cells that pages may show with a threshold, and what is left out then.
Gather = Callable[[Contract], tuple[pd.DataFrame, pd.DataFrame]]
KEY = ["metric", "period", "dimension", "group"]


def _weights(cells: pd.DataFrame, contract: Contract, history: History) -> np.ndarray:
    """Say what hiding each cell costs: few, small and unimportant ones are hidden first, headline totals last."""
    size = cells["denominator"].fillna(cells["numerator"]).fillna(0).to_numpy()
    headline = (
        cells["metric"].str.partition("@")[0].map({name: metric.headline for name, metric in contract.metrics.items()}).eq(True).to_numpy()
    )
    weight = 1 + 0.02 * np.log1p(size) + 0.2 * headline
    weight = np.where(cells["dimension"].str.contains(CROSS, regex=False), weight - 0.3, weight)
    total = cells["dimension"].eq("all").to_numpy()
    grain = grain_of(cells["period"]).map({"month": 20.0, "rolling": 3 * LAST_RESORT}).fillna(LAST_RESORT).to_numpy()
    weight = np.where(total, grain + weight + LAST_RESORT * headline, weight)
    weight = np.where(cells["period"].str.startswith(f"P{BLOCK}M/"), WAIT, weight)
    # What was shown before cannot be hidden any more.
    weight = np.where([history.seen(cell) for cell in range(len(cells))], np.inf, weight)
    return np.where(size > 0, weight, np.inf)


def choose(table: pd.DataFrame, contract: Contract, period: Period, earlier: Sequence[Entry] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cells of a release with true counts, and those that are left out because another grain is shown.

    Parameters
    ----------
    table : DataFrame
        The whole metric table.
    contract : Contract
    period : Period
        The period reported on.
    earlier : sequence of Entry
        What readers have been given before.

    Returns
    -------
    cells, left : DataFrame
    """
    cells = select_cells(table, contract, period)
    reason = primary(cells, counted(contract), contract.privacy, minimum_n=contract.statistics.minimum_n)
    return one_grain(cells, reason, shown_by_quarter(earlier))


def decide(
    cells: pd.DataFrame, table: pd.DataFrame, contract: Contract, earlier: Sequence[Entry] = (), *, left: pd.DataFrame | None = None,
    gather: Gather | None = None,
) -> Decision:  # fmt: skip
    """Decide for all cells of a release together which are hidden: a higher `minimum_count` hides whatever a lower one does.

    Parameters
    ----------
    cells : DataFrame
        The cells that pages may show, from `acmlib.release.select.select_cells`, with true counts.
    table : DataFrame
        The whole metric table: the months that windows are made of.
    contract : Contract
        Its `privacy` rule applies.
    earlier : sequence of Entry
        What readers have been given before.
    left : DataFrame, optional
        Cells that are not shown at all (`acmlib.release.select.one_grain`): their small counts must not follow from what is.
    gather : callable, optional
        Gathers what pages may show with another threshold, and what is left out then; the same cells if absent.

    Returns
    -------
    Decision
    """
    cells = cells.reset_index(drop=True)
    minimum, meanings = contract.privacy.minimum_count, unify(counted(contract), table)
    between, way = Between(), way_to(minimum)
    for tried in way[:-1]:
        other = contract.model_copy(update={"privacy": contract.privacy.model_copy(update={"minimum_count": tried})})
        theirs, out = (cells, left) if gather is None else gather(other)
        decision = _decide(theirs.reset_index(drop=True), table, other, meanings, earlier, out, between)
        between = between.narrowed(theirs, decision, below=tried < minimum)
    return _decide(cells, table, contract, meanings, earlier, left, between)


def _decide(
    cells: pd.DataFrame, table: pd.DataFrame, contract: Contract, meanings: Mapping[str, Counted], earlier: Sequence[Entry],
    left: pd.DataFrame | None, between: Between,
) -> Decision:  # fmt: skip
    """Decide with one threshold: what a lower one hides is hidden, what a higher one shows is shown."""
    reason = primary(cells, meanings, contract.privacy, minimum_n=contract.statistics.minimum_n)
    reason = reason.mask(between.hides(cells) & reason.eq(""), LOWER)
    tied = tied_cells(cells, months_of(cells, table, contract), contract, meanings, earlier)
    reason, contract = _tie(tied, reason), without_codes(contract) if tied else contract
    history = history_of(cells, table, contract, meanings, of_the_same_people(contract, earlier), reason.ne(""))
    weight = _weights(cells, contract, history)
    weight[between.shows(cells)] = np.inf
    close = too_close(history, weight, reason.ne(""))
    reason = reason.mask(close & reason.eq(""), "small difference from another period")
    # What was hidden before stays hidden, so that one release does not show what another one hides.
    reason = reason.mask(pd.Series(history.before, dtype=object).eq(True) & reason.eq(""), "hidden in an earlier release")
    rule = reason.ne("").to_numpy()
    method: Method = "linear programs"
    if (beside := beside_totals(cells, reason)).any():
        reason, method = reason.mask(beside & reason.eq(""), "too little to show"), "totals only"
    unshown = set() if left is None else distinct(rows_of(left, months_of(left, table, contract), history.lines, meanings))
    if method == "linear programs" and (many := crowded(cells, reason)).any():
        reason, method = reason.mask(many & reason.eq(""), "too many small groups"), "without large dimensions"
    blocks = _blocks(history, weight, meanings, contract, unshown, told(cells, history, contract, meanings, earlier))
    hidden = reason.ne("").to_numpy().copy()
    parts = blocks.of_totals()
    guards = [_guard(part, history, contract) for part in parts]
    because = protect(guards, hidden, weight)
    large = left_out(blocks.of_groups(hidden), history, hidden, contract)
    reason, method, hidden = reason.mask(large.cells, large.reason), large.method or method, hidden | large.cells
    parts += large.parts
    guards += [_guard(part, history, contract, large.free) for part in parts[len(guards) :]]
    because |= protect(guards, hidden, weight)
    lost = _lost(parts, guards)
    if lost:
        parts += blocks.wider(sorted(lost))
        guards += [_guard(part, history, contract, large.free) for part in parts[len(guards) :]]
        because |= protect(guards, hidden, weight)
        lost = _lost(parts, guards)
    while further := [cell for one in tied for cell in one.further(hidden)]:
        reason[further], hidden[further] = GROUPS_AS_THEY_WERE, True
        because |= protect(guards, hidden, weight)
        lost = _lost(parts, guards)
    for cell, (number, row) in because.items():
        reason[cell] = _protects(cells, parts[number], row, hidden)
    names = tuple(_count(history, row) for row in sorted(lost))
    if contract.privacy.code_shares and lost:  # without codes less is known
        return _decide(cells, table, without_codes(contract), meanings, earlier, left, between)
    said = coded(cells, reason, contract, meanings)
    return between.within(cells, Decision(pd.Series(hidden, index=cells.index), reason, method, names, said), rule)


def decide_again(
    cells: pd.DataFrame, table: pd.DataFrame, contract: Contract, earlier: Sequence[Entry], period: str, *,
    left: pd.DataFrame | None = None, gather: Gather | None = None,
) -> Decision:  # fmt: skip
    """Decide as `decide`; a period that was released before, of which nothing shown has changed, is decided as it was.

    Parameters
    ----------
    cells, table, contract, earlier, left, gather
        As for `decide`.
    period : str
        The period reported on.

    Returns
    -------
    Decision
    """
    reason = primary(cells, counted(contract), contract.privacy, minimum_n=contract.statistics.minimum_n)
    again = shown_again(cells, reason.ne(""), earlier, contract, period)
    if again is None:
        return decide(cells, table, contract, earlier, left=left, gather=gather)
    hidden, method, said = again
    return Decision(hidden, reason.mask(hidden & reason.eq(""), "hidden in this period's release already"), method, share_code=said)


def _tie(tied: Sequence[Tied], reason: pd.Series) -> pd.Series:
    """Give a reason to all cells that must be hidden because others are that hang together with them."""
    reason = reason.copy()
    while further := [cell for one in tied for cell in one.further(reason.ne("").to_numpy())]:
        reason[further] = GROUPS_AS_THEY_WERE
    return reason


def _blocks(history: History, weight: np.ndarray, meanings: Mapping[str, Counted], contract: Contract, unshown: set[Row],
            known: Sequence[Promise]) -> Blocks:  # fmt: skip
    """Prepare to divide what is known and what could be shown into blocks."""
    # Empty groups are shown as empty, so that a hidden group is known to hold somebody.
    whole = {one.denominator or one.numerator for one in meanings.values() if one.people or one.denominator}
    return Blocks(
        history.lines, history.rows, given=history.past.shown, hold=frozenset(np.flatnonzero(np.isinf(weight)).tolist()),
        more=frozenset(row for row in history.past.hidden | unshown if history.is_small(row)),
        full=frozenset(history.lines.whom[text] for text in whole) if contract.privacy.show_zeros else frozenset(),
        promises=known,
    )  # fmt: skip


def _guard(part: Part, history: History, contract: Contract, free: frozenset[Row] = frozenset()) -> Guard:
    """State what each count needs: a small one the whole range of the rule, any other that is not free at least a few values."""
    counts = np.array([history.lines.value(row) for row in part.rows])
    small = np.array([history.is_small(row) for row in part.rows], dtype=bool)
    most = contract.privacy.minimum_count - 1.0
    need = Need(
        np.where(small, most - counts, 0.0), np.where(small, counts - 1.0, 0.0), np.full(len(counts), float(contract.privacy.least_values))
    )
    # A large number of everybody may follow from other periods of everybody: it is nobody's secret.
    total = total_place(history.lines)
    secret = small | np.array([row[1] != total and row not in free for row in part.rows], dtype=bool)
    return Guard(part.block, need, np.flatnonzero(part.own & secret), part.more)


def _lost(parts: Sequence[Part], guards: Sequence[Guard]) -> set[Row]:
    """Return the counts that no block protects."""
    lost = {part.rows[row] for part, guard in zip(parts, guards, strict=True) for row in guard.lost}
    safe = {part.rows[row] for part, guard in zip(parts, guards, strict=True) for row in guard.rows if row not in guard.lost}
    return lost - safe


def _protects(cells: pd.DataFrame, part: Part, row: int, hidden: np.ndarray) -> str:
    """Name the first hidden cell that shows a count."""
    showing = [cell for cell in part.block.cell[part.block.row == row] if hidden[cell]]
    return "protects " + " / ".join(str(one) for one in cells.loc[showing[0], KEY]) if showing else "protects what an earlier release hid"


def _count(history: History, row: tuple[int, int, int, int]) -> str:
    """Name a count for the people who make reports."""
    whom, place, start, after = row
    texts, places = list(history.lines.whom), {at: key for key, at in history.lines.place.items()}
    return f"{texts[whom]}, {' / '.join(places[place])}, months {start} to {after - 1}"


def hide(cells: pd.DataFrame, hidden: pd.Series, share_code: pd.Series | None = None) -> pd.DataFrame:
    """Empty hidden cells; their status becomes ``hidden``.

    Parameters
    ----------
    cells : DataFrame
        Metric table.
    hidden : Series of bool
        Aligned with `cells`.
    share_code : Series of str, optional
        What is said of hidden shares.

    Returns
    -------
    DataFrame
        Metric table, with `SHARE_CODE` if something is said; numerator, denominator, value, low and high of hidden cells are NaN.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {"numerator": [4.0, 40], "denominator": [20.0, 80], "value": [0.2, 0.5], "low": 0.0, "high": 1.0, "status": "shown"}
    ... )
    >>> hide(cells, pd.Series([True, False])).values.tolist()
    [[nan, nan, nan, nan, nan, 'hidden'], [40.0, 80.0, 0.5, 0.0, 1.0, 'shown']]
    """
    released = cells.copy()
    released.loc[hidden.to_numpy(), HIDDEN_TOGETHER] = np.nan
    released.loc[hidden.to_numpy(), "status"] = "hidden"
    return released if share_code is None else released.assign(**{SHARE_CODE: share_code.to_numpy()})
