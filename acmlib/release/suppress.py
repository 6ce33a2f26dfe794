"""Which cells of a release are hidden: small counts, and what a reader needs to work them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract, Privacy
from acmlib.measures.table import ALL, CROSS
from acmlib.release.book import Book, months_of
from acmlib.release.counts import Counted, counted, unify
from acmlib.release.cover import protect_by_swaps
from acmlib.release.history import History, history_of, protect_past, too_close
from acmlib.release.ledger import Entry, Method, shown_again
from acmlib.release.links import enter_cells, link_groups, link_parts, link_time, shows_matrix
from acmlib.release.monthly import monthly_counts
from acmlib.release.protect import LAST_RESORT, Cells, Protection, protect
from acmlib.release.select import grain_of
from acmlib.release.swaps import Swaps
from acmlib.release.tables import swap_halves

#: Columns that are emptied together: a rate with its denominator gives the count away.
HIDDEN_TOGETHER = ["numerator", "denominator", "value", "low", "high"]
KEY = ["metric", "period", "dimension", "group"]
#: Above so many counts hiding is decided by swaps, which are quick and safe but may hide more than the fewest cells.
LARGE = 250


#: Share of a metric's months (or quarters) that the rule hides by itself above which none of them are shown.
TOO_FINE = 0.2
#: Share of cells that the rule hides by itself above which a large release shows totals only.
SPARSE = 0.75


@dataclass(frozen=True)
class Decision:
    """What is hidden, and why.

    Parameters
    ----------
    hidden : Series of bool
        Aligned with the cells that were decided on.
    reason : Series of str
        ``small numerator``, ``small denominator``, ``small remainder``, ``protects <cell>`` or empty.
    exposed : tuple of str
        Hidden cells that are not proven safe beside the others of this release.
    open_counts : int
        Small counts, of this release and earlier ones, that are not proven safe from somebody who has all releases.
    method : str
        How it was decided: with the fewest cells hidden; by swaps, which hide more and never less; or as totals only.
    """

    hidden: pd.Series
    reason: pd.Series
    exposed: tuple[str, ...] = ()
    method: Method = "fewest cells"
    open_counts: int = 0


def small(counts: pd.Series, privacy: Privacy) -> pd.Series:
    """Say which counts are too small to show.

    Parameters
    ----------
    counts : Series of float
        People; NaN is not a count and not small.
    privacy : Privacy
        `minimum_count` and `show_zeros` apply.

    Returns
    -------
    Series of bool

    Examples
    --------
    >>> small(pd.Series([0, 1, 10, 11, float("nan")]), Privacy()).tolist()
    [False, True, True, False, False]
    """
    too_small = counts.lt(privacy.minimum_count) & counts.gt(0)
    return too_small if privacy.show_zeros else too_small | counts.eq(0)


def primary(cells: pd.DataFrame, meanings: Mapping[str, Counted], privacy: Privacy, *, minimum_n: int = 30) -> pd.Series:
    """Say why a cell may not be shown by itself: a small numerator, denominator or difference of the two.

    Parameters
    ----------
    cells : DataFrame
        Metric table with true counts.
    meanings : mapping
        From `acmlib.release.counts.counted`: sums of wages and months of exposure are no counts of people.
    privacy : Privacy
    minimum_n : int
        Groups of fewer people are small where shares are extreme.

    Returns
    -------
    Series of str
        Empty where nothing is small.

    Examples
    --------
    >>> cells = pd.DataFrame({"numerator": [5.0, 40.0, 40.0, 12.0], "denominator": [50.0, 45.0, 80.0, 12.0]})
    >>> primary(cells.assign(metric="placed", dimension="site"), {"placed": Counted("met", "all")}, Privacy()).tolist()
    ['small numerator', 'small remainder', '', 'extreme share of a small group']
    """
    people = cells["metric"].map({metric: meaning.people for metric, meaning in meanings.items()})
    parts = cells["metric"].map({metric: meaning.parts for metric, meaning in meanings.items()})
    of_people = cells["metric"].map({metric: meaning.parts or not meaning.people for metric, meaning in meanings.items()})
    reason = pd.Series("", index=cells.index)
    group = parts & cells["dimension"].ne(ALL) & cells["denominator"].gt(0) & cells["denominator"].lt(minimum_n)
    share = cells["numerator"] / cells["denominator"]
    reason[group & (share.lt(privacy.extreme_share) | share.gt(1 - privacy.extreme_share))] = "extreme share of a small group"
    if privacy.protect_complement:
        reason[parts & small(cells["denominator"] - cells["numerator"], privacy)] = "small remainder"
    reason[of_people & small(cells["denominator"], privacy)] = "small denominator"
    reason[people & small(cells["numerator"], privacy)] = "small numerator"
    return reason


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
    # What was shown before cannot be hidden any more.
    weight = np.where([history.seen(cell) for cell in range(len(cells))], np.inf, weight)
    return np.where(size > 0, weight, np.inf)


def _too_fine(cells: pd.DataFrame, reason: pd.Series) -> pd.Series:
    """Say which months and quarters of totals are hidden because many of their kind are: the few left would be hidden to protect those."""
    grain = grain_of(cells["period"]).where(cells["dimension"].eq(ALL))
    fine = grain.isin(["month", "quarter"])
    hidden = reason[fine].ne("").groupby([cells.loc[fine, "metric"], grain[fine]]).transform("mean")
    return hidden.reindex(cells.index, fill_value=0.0) > TOO_FINE


def _assemble(
    cells: pd.DataFrame, table: pd.DataFrame, contract: Contract, meanings: Mapping[str, Counted]
) -> tuple[Book, list[list[int]]]:
    """Write down all counts and how they add up."""
    book = Book()
    shown = enter_cells(book, cells, months_of(cells, table, contract), meanings)
    link_parts(book, meanings)
    link_groups(book, contract.dimensions)
    link_time(book, monthly_counts(table, meanings), small=contract.privacy.minimum_count - 1)
    whole = {meaning.denominator or meaning.numerator for meaning in meanings.values() if meaning.people or meaning.denominator}
    for (whom, *_), at in book.position.items():
        # Empty groups are shown as empty, so that a hidden group is known to hold somebody.
        if contract.privacy.show_zeros and whom in whole and book.truth[at] >= 1:
            book.least[at] = 1.0
    return book, shown


def decide(cells: pd.DataFrame, table: pd.DataFrame, contract: Contract, earlier: Sequence[Entry] = ()) -> Decision:
    """Decide for all cells of a release together which are hidden.

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

    Returns
    -------
    Decision
    """
    cells = cells.reset_index(drop=True)
    meanings = unify(counted(contract), table)
    reason = primary(cells, meanings, contract.privacy, minimum_n=contract.statistics.minimum_n)
    history = history_of(cells, table, contract, meanings, earlier, reason.ne(""))
    weight = _weights(cells, contract, history)
    reason = reason.mask(_too_fine(cells, reason) & reason.eq(""), "too few people in most such periods")
    close = too_close(history, weight, reason.ne(""))
    reason = reason.mask(close & reason.eq(""), "small difference from another period")
    # What was hidden before stays hidden, so that one release does not show what another one hides.
    reason = reason.mask(pd.Series(history.before, dtype=object).eq(True) & reason.eq(""), "hidden in an earlier release")
    if len(cells) > LARGE and reason.ne("").mean() > SPARSE:
        decision = _totals_only(cells, reason)
    else:
        decision = _decide_alone(cells, table, contract, meanings, reason, weight, known=history.before)
    # With the fewest cells hidden, everything in this release has been audited already.
    return decision if not earlier and decision.method == "fewest cells" else _with_past(decision, history, weight, contract.privacy)


def decide_again(cells: pd.DataFrame, table: pd.DataFrame, contract: Contract, earlier: Sequence[Entry], period: str) -> Decision:
    """Decide as `decide`; a period that was released before, of which nothing shown has changed, is decided as it was.

    Parameters
    ----------
    cells, table, contract, earlier
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
        return decide(cells, table, contract, earlier)
    hidden, method = again
    return Decision(hidden, reason.mask(hidden & reason.eq(""), "hidden in this period's release already"), method=method)


def _decide_alone(
    cells: pd.DataFrame, table: pd.DataFrame, contract: Contract, meanings: Mapping[str, Counted], reason: pd.Series, weight: np.ndarray,
    known: Sequence[bool | None],
) -> Decision:  # fmt: skip
    """Decide as if this were the first release."""
    book, shown = _assemble(cells, table, contract, meanings)
    problem = _problem(book, shown, weight, contract.privacy)
    must = reason.ne("").to_numpy()
    large = len(book.truth) > LARGE
    if large:
        outcome = protect_by_swaps(
            problem,
            Swaps(problem.system, problem.shows, swap_halves(book)),
            must,
            among=_split(book) & ~_decided(shown, known, len(book.truth)),
        )
    else:
        outcome = protect(problem, must)
    hidden = pd.Series(outcome.hidden, index=cells.index)
    method: Method = "swaps" if large else "fewest cells"
    return Decision(hidden, _reasons(reason, outcome, shown, cells), _exposed(outcome, shown, cells), method)


def _decided(shown: list[list[int]], before: Sequence[bool | None], counts: int) -> np.ndarray:
    """Say which counts stand in cells that were released before: they were protected then, and stay as they were."""
    decided = np.zeros(counts, dtype=bool)
    decided[[at for positions, status in zip(shown, before, strict=True) if status is not None for at in positions]] = True
    return decided


def _split(book: Book) -> np.ndarray:
    """Say which counts are of groups, or are divided into groups; months and quarters of the total follow from other periods at most."""
    divided = {(whom, span) for whom, dimension, _, span in book.position if dimension != ALL}
    return np.array([(whom, span) in divided for whom, _, _, span in book.position], dtype=bool)


def _with_past(decision: Decision, history: History, weight: np.ndarray, privacy: Privacy) -> Decision:
    """Hide what this release and earlier ones would give away together."""
    hidden, because, open_ = protect_past(history, decision.hidden, weight, least_values=privacy.least_values)
    reason = decision.reason.copy()
    reason[list(because)] = "protects a small count together with others"
    return replace(decision, hidden=hidden, reason=reason, open_counts=len(open_))


def _totals_only(cells: pd.DataFrame, reason: pd.Series) -> Decision:
    """Show one total a metric and nothing else: where nearly everything is small, what little could be shown would give the rest away.

    One window only, so that nothing follows by subtraction; no stages, whose totals are each other's parts.
    """
    totals = cells[cells["dimension"].eq("all") & ~cells["metric"].str.contains(":", regex=False)]
    wide = totals[~totals["period"].str.fullmatch(r"\d{4}(-\d{2}|Q[1-4])")]
    last = wide.assign(_term=wide["period"].eq("term")).sort_values(["_term", "period"], ascending=[True, False], kind="stable")
    keep = last.drop_duplicates("metric").index
    hidden = pd.Series(~cells.index.isin(keep), index=cells.index) | reason.ne("")
    return Decision(hidden, reason.mask(hidden & reason.eq(""), "too little to show"), method="totals only")


def _sensitive(truth: np.ndarray, privacy: Privacy) -> np.ndarray:
    """Say which counts the rule hides."""
    return np.asarray((truth >= 1) & (truth < privacy.minimum_count))


def _problem(book: Book, shown: list[list[int]], weight: np.ndarray, privacy: Privacy) -> Cells:
    """State what each count needs: a small one the whole range of the rule, any other (and what no cell shows) three values."""
    system = book.system()
    truth = system.truth
    shows = shows_matrix(shown, len(truth))
    ranged = _sensitive(truth, privacy) & (np.asarray(shows.sum(axis=0)).ravel() > 0)
    least = np.where(ranged, 1.0, truth)
    most = np.where(ranged, privacy.minimum_count - 1.0, truth)
    return Cells(system, shows, weight, least, most, least_values=privacy.least_values)


def _name(cells: pd.DataFrame, row: int) -> str:
    """Name a cell by its key."""
    return " / ".join(str(part) for part in cells.loc[row, KEY])


def _reasons(reason: pd.Series, outcome: Protection, shown: list[list[int]], cells: pd.DataFrame) -> pd.Series:
    """Add to each further cell which cell it protects."""
    owner: dict[int, int] = {}
    for row in range(len(cells)):
        for at in shown[row]:
            if outcome.hidden[row]:
                owner.setdefault(at, row)
    reason = reason.copy()
    reason[reason.eq("") & outcome.hidden[: len(cells)]] = "protects other cells"
    for row, count in outcome.because.items():
        reason[row] = "protects " + (_name(cells, owner[count]) if count in owner else "other cells")
    return reason


def _exposed(outcome: Protection, shown: list[list[int]], cells: pd.DataFrame) -> tuple[str, ...]:
    """Name the hidden cells whose counts follow from earlier releases."""
    unsafe = set(outcome.unsafe)
    return tuple(_name(cells, row) for row in range(len(cells)) if outcome.hidden[row] and unsafe & set(shown[row]))


def hide(cells: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    """Empty hidden cells; their status becomes ``hidden``.

    Parameters
    ----------
    cells : DataFrame
        Metric table.
    hidden : Series of bool
        Aligned with `cells`.

    Returns
    -------
    DataFrame
        Metric table; numerator, denominator, value, low and high of hidden cells are NaN.

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
    return released
