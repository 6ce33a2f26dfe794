"""Which small groups would show more together than each for itself: offered to the people who make reports, never done unasked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from acmlib.contract.model import Contract
from acmlib.release.counts import Counted
from acmlib.release.primary import primary

#: More groups than this are not put together: nobody knows who they are any more.
MOST_TOGETHER = 4
#: How the reasons begin for which a figure is hidden by itself. One that protects others would only hide again.
BY_RULE = ("small", "extreme")
#: A group is small if the rule hides this share of its figures.
MOSTLY = 0.5
#: Columns that are added up.
COUNTS = ["numerator", "denominator"]


@dataclass(frozen=True)
class Suggestion:
    """Groups of a dimension that would show more if they were one.

    Parameters
    ----------
    dimension : str
    groups : tuple of str
        The smallest first.
    now, then : int
        How many of their figures are shown, and how many would be.

    Examples
    --------
    >>> print(Suggestion("race", ("Asian", "Pacific Islander"), now=0, then=3))
    dimensions: {race: {merge: {"Asian and Pacific Islander": [Asian, Pacific Islander]}}} would show 3 figures instead of 0
    """

    dimension: str
    groups: tuple[str, ...]
    now: int
    then: int

    def __str__(self) -> str:
        name = ", ".join(self.groups[:-1]) + " and " + self.groups[-1]
        merge = f'dimensions: {{{self.dimension}: {{merge: {{"{name}": [{", ".join(self.groups)}]}}}}}}'
        return f"{merge} would show {self.then} figures instead of {self.now}"


def suggestions(
    cells: pd.DataFrame, hidden: pd.Series, reason: pd.Series, contract: Contract, meanings: Mapping[str, Counted]
) -> Iterator[Suggestion]:
    """Yield for each dimension the groups that should be put together, if any would show more.

    What is gained is counted by the rule alone: figures that are hidden to protect others come on top, so that it is at most so much.

    Parameters
    ----------
    cells : DataFrame
        The cells of a release, with true counts.
    hidden, reason : Series
        What is hidden and why, aligned with `cells`.
    contract : Contract
    meanings : mapping
        From `acmlib.release.counts.counted`.

    Yields
    ------
    Suggestion
    """
    for name, dimension in contract.dimensions.items():
        rows = cells[cells["dimension"].eq(name) & ~cells["group"].isin(list(dimension.not_recorded))]
        if dimension.bands or dimension.ordered or rows.empty:
            continue  # neighbours could be put together, which bands can say better
        by_rule = reason[rows.index].str.startswith(BY_RULE).groupby(rows["group"]).mean()
        small = by_rule.index[by_rule.ge(MOSTLY)]
        people = rows[rows["group"].isin(small)].groupby("group")["denominator"].max().sort_values(kind="stable")
        # All together are everybody.
        sizes = range(2, min(MOST_TOGETHER, len(people), rows["group"].nunique() - 1) + 1)
        found = [_tried(rows, hidden, people.index[:size], contract, meanings) for size in sizes]
        best = max(found, key=lambda one: (one.then - one.now, -len(one.groups)), default=None)
        if best is not None and best.then > best.now:
            yield best


def _tried(rows: pd.DataFrame, hidden: pd.Series, groups: pd.Index, contract: Contract, meanings: Mapping[str, Counted]) -> Suggestion:
    """Say what some groups would show together."""
    mine = rows[rows["group"].isin(groups)]
    keys = ["metric", "period", "dimension"]
    together = mine.groupby(keys, sort=False)[COUNTS].sum(min_count=1).reset_index().assign(group="together")
    reason = primary(together, meanings, contract.privacy, minimum_n=contract.statistics.minimum_n)
    then = int((reason.eq("") & together["denominator"].fillna(together["numerator"]).gt(0)).sum())
    now = int((~hidden[mine.index] & mine["denominator"].fillna(mine["numerator"]).gt(0)).sum())
    return Suggestion(str(rows["dimension"].iloc[0]), tuple(map(str, groups)), now, then)
