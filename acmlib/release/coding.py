"""Codes of hidden shares of groups, "25% or less", and what a reader learns from them, and from there being none.

A code says on which side of the scale a hidden share lies, never more than the rule says itself: it is so wide that all counts that are
hidden fit into it. It is given whatever a cell is hidden for; a group of which nothing is said lies in between, or is too small for a code.
Both are known to readers, who know the rule, and so to the programs that look for other counts (`Promise`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract, Privacy
from acmlib.measures.table import ALL, CROSS, HIDDEN, IN_COMBINATION
from acmlib.release.counts import Counted
from acmlib.release.history import History
from acmlib.release.ledger import Entry
from acmlib.release.lines import Lines, Row, rows_of
from acmlib.release.reader import Flags

#: How wide a code can be, in percent: the narrowest that holds all counts that the rule hides.
WIDTHS = (5, 10, 20, 25, 30, 40, 50)
#: Widths are whole multiples of this, so that a share beyond one is beyond it by so much of a person at least, in hundredths.
STEP = 5
#: A share that is known has three rows: numerator, denominator and rest.
WHOLE = 3


def codes(cells: pd.DataFrame, hidden: Flags, privacy: Privacy, parts: Collection[str]) -> pd.Series:
    """Return the code of each hidden share of a group.

    Parameters
    ----------
    cells : DataFrame
        Metric table with true counts.
    hidden : array of bool, shape (cells,)
    privacy : Privacy
    parts : Collection of str
        Metrics whose numerator is a part of their denominator.

    Returns
    -------
    Series of str
        ``<=25%``, ``>=75%`` and the like; empty where there is none.

    Examples
    --------
    >>> cells = pd.DataFrame({"metric": "placed", "dimension": "site", "numerator": [4.0, 52, 25, 0], "denominator": [60.0, 60, 60, 15]})
    >>> codes(cells, np.ones(4, bool), Privacy(), {"placed"}).tolist()
    ['<=20%', '>=80%', '', '']
    """
    found = pd.Series("", index=cells.index, dtype="str")
    for cell in np.flatnonzero(hidden & of_groups(cells, parts)).tolist():
        found.iloc[cell] = _code(float(cells["numerator"].iloc[cell]), float(cells["denominator"].iloc[cell]), _least(privacy))
    return found


def of_groups(cells: pd.DataFrame, parts: Collection[str]) -> Flags:
    """Say which cells are shares that can have a code: of groups, not crossed, nor counted beside others."""
    beside = cells["dimension"].str.contains(CROSS, regex=False) | cells["dimension"].str.endswith(IN_COMBINATION)
    return np.asarray(cells["metric"].isin(parts) & cells["dimension"].ne(ALL) & ~beside, dtype=bool)


def _least(privacy: Privacy) -> int:
    """Return how many people a code must leave room for: the largest count that the rule hides, and as many values as must be possible."""
    return max(privacy.minimum_count - 1, privacy.least_values - 1)


def _width(people: float, least: int) -> int | None:
    """Return the narrowest width, in percent, in which so many of some people fit; None if half of them are too few."""
    return next((width for width in WIDTHS if width * people >= 100 * least), None)


def _code(met: float, people: float, least: int) -> str:
    width = _width(people, least)  # none for what is not a number: nothing is known of it yet
    if width is not None and 100 * met <= width * people:
        return f"<={width}%"
    if width is not None and 100 * (people - met) <= width * people:
        return f">={100 - width}%"
    return ""


@dataclass(frozen=True)
class Promise:
    """Something that is known of a hidden share: so many times its numerator and denominator, together, are not less than a number.

    Attributes
    ----------
    numerator, denominator : Row
    met, people : float
        How many times each counts.
    spare : float
        By how much the true counts are above.
    """

    numerator: Row
    denominator: Row
    met: float
    people: float
    spare: float


def promises(rows: Iterable[tuple[Row, ...]], lines: Lines, privacy: Privacy) -> list[Promise]:
    """Return what is known of shares of groups if they are hidden: of those with a code, and of those without.

    Parameters
    ----------
    rows : iterable of tuples of rows
        Numerator, denominator and rest of each share of a group; fewer of what is not known yet.
    lines : Lines
    privacy : Privacy

    Returns
    -------
    list of Promise
    """
    least, found = _least(privacy), []
    for numerator, denominator, _ in (share for share in dict.fromkeys(rows) if len(share) == WHOLE):
        met, people = lines.value(numerator), lines.value(denominator)
        for of_met, of_people, beside in _known(met, people, least):
            spare = max(of_met * met + of_people * people - beside, 0.0)
            found.append(Promise(numerator, denominator, of_met, of_people, spare))
    return found


def _known(met: float, people: float, least: int) -> Sequence[tuple[float, float, float]]:
    """Return what is known of a share: times its numerator and times its denominator are not less than a number."""
    width = _width(people, least)
    if width is None:  # no code fits
        return [(0.0, -1.0, -(math.ceil(100 * least / WIDTHS[-1]) - 1.0))]
    narrower = [one for one in WIDTHS if one < width]
    sizes = [(0.0, 1.0, float(math.ceil(100 * least / width)))]
    sizes += [(0.0, -1.0, 1.0 - math.ceil(100 * least / narrower[-1]))] if narrower else []
    share, code = width / 100, _code(met, people, least)
    if code.startswith("<"):
        return [*sizes, (-1.0, share, 0.0)]
    if code:
        return [*sizes, (1.0, share - 1, 0.0)]
    return [*sizes, (1.0, -share, STEP / 100), (-1.0, 1 - share, STEP / 100)]


def told(
    cells: pd.DataFrame, history: History, contract: Contract, meanings: Mapping[str, Counted], earlier: Sequence[Entry]
) -> list[Promise]:
    """Return what readers know of hidden shares of groups, from this release and earlier ones that gave codes."""
    parts = {name for name, meaning in meanings.items() if meaning.parts}
    found: list[Promise] = []
    if contract.privacy.code_shares:
        found += promises(itertools.compress(history.rows, of_groups(cells, parts)), history.lines, contract.privacy)
    for entry in (entry for entry in earlier if entry.rule.get("code_shares")):
        mine = of_groups(entry.cells, parts) & entry.cells["status"].eq(HIDDEN).to_numpy()
        rows = itertools.compress(rows_of(entry.cells, entry.when, history.lines, meanings), mine)
        found += promises(rows, history.lines, Privacy.model_validate(entry.rule))
    return list(dict.fromkeys(found))


def coded(cells: pd.DataFrame, reason: pd.Series, contract: Contract, meanings: Mapping[str, Counted]) -> pd.Series | None:
    """Return the codes of hidden shares, if the contract asks for them; none of what is not shown at all."""
    if not contract.privacy.code_shares:
        return None
    looked_at = reason.ne("") & ~reason.str.startswith("too ")
    return codes(cells, looked_at.to_numpy(), contract.privacy, {name for name, meaning in meanings.items() if meaning.parts})


def without_codes(contract: Contract) -> Contract:
    """Return a contract that asks for no codes: no program looks at groups that were cut anew, and elsewhere codes may tell too much."""
    return contract.model_copy(update={"privacy": contract.privacy.model_copy(update={"code_shares": False})})
