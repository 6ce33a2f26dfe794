"""What is hidden, and why; and what the thresholds beside one have decided already."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from acmlib.measures.table import KEY_COLUMNS
from acmlib.release.ledger import Method
from acmlib.release.reader import Flags

#: Why a cell is hidden that the threshold next to this one hides.
LOWER, HIGHER = "hidden with a lower threshold", "hidden with a higher threshold"


@dataclass(frozen=True)
class Decision:
    """What is hidden, and why.

    Parameters
    ----------
    hidden : Series of bool
        Aligned with the cells that were decided on.
    reason : Series of str
        ``small numerator``, ``small denominator``, ``small remainder``, ``protects <cell>`` or empty.
    method : str
        How it was decided: by linear programs, or by a rule that is cheaper and hides more, never less (`acmlib.release.ledger.Method`).
    lost : tuple of str
        Hidden counts that follow from what readers have already, whatever this release hides.
    share_code : Series of str, optional
        What is said of hidden shares (`acmlib.release.coding`); none if absent.
    """

    hidden: pd.Series
    reason: pd.Series
    method: Method = "linear programs"
    lost: tuple[str, ...] = ()
    share_code: pd.Series | None = None


@dataclass(frozen=True)
class Between:
    """What the nearest thresholds on both sides decided: what the lower one hides is hidden, what the higher one shows is shown.

    Parameters
    ----------
    lower, higher : Decision, optional
        With `hidden` indexed by the keys of the cells.
    """

    lower: Decision | None = None
    higher: Decision | None = None

    def narrowed(self, cells: pd.DataFrame, decision: Decision, *, below: bool) -> Between:
        """Return what is known when one more threshold has decided, below the one that is wanted or above."""
        keyed = replace(decision, hidden=pd.Series(decision.hidden.to_numpy(), index=_keys(cells)))
        return replace(self, lower=keyed) if below else replace(self, higher=keyed)

    def hides(self, cells: pd.DataFrame) -> Flags:
        """Say which cells the lower threshold hides; none that it does not know."""
        return _flags(self.lower, cells, unknown=False)

    def shows(self, cells: pd.DataFrame) -> Flags:
        """Say which cells the higher threshold shows; none that it does not know."""
        return ~_flags(self.higher, cells, unknown=True)

    def within(self, cells: pd.DataFrame, decision: Decision, rule: Flags) -> Decision:
        """Return a decision, or, if it shows too little or cannot protect all with less, one that shows what the higher threshold shows.

        What protects all that is small by a higher threshold protects what is small by a lower one, too.

        Parameters
        ----------
        cells : DataFrame
        decision : Decision
            With the threshold in between.
        rule : array of bool
            What is hidden without regard to what readers could work out.

        Returns
        -------
        Decision
        """
        if self.lower is not None and decision.method == "linear programs":
            decision = replace(decision, method=self.lower.method)
        if self.higher is None:
            return decision
        shows = self.shows(cells)
        if not (decision.hidden & shows).any() and set(decision.lost) <= set(self.higher.lost):
            return decision
        reason = decision.reason.where(rule, HIGHER).where(~shows, "")
        return Decision(pd.Series(~shows, index=decision.hidden.index), reason, self.higher.method, self.higher.lost)


def _keys(cells: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(cells[list(KEY_COLUMNS)])


def _flags(decision: Decision | None, cells: pd.DataFrame, *, unknown: bool) -> Flags:
    hidden = pd.Series(unknown, index=_keys(cells)) if decision is None else decision.hidden.reindex(_keys(cells), fill_value=unknown)
    return np.asarray(hidden, dtype=bool)
