"""The true numbers of cells that a release does not show: for the scan of finished pages only."""

from __future__ import annotations

import pandas as pd

from acmlib.measures.table import HIDDEN, KEY_COLUMNS
from acmlib.release.editions import Release

#: The true numbers of a cell; its interval follows from them.
TRUE_NUMBERS = ["numerator", "denominator", "value"]


def withheld(release: Release, table: pd.DataFrame) -> pd.DataFrame:
    """Return the hidden cells of a release with their true numbers, so that a page can be searched for them.

    `acmlib.publish` calls this in its own process, after the notebook has ended; a notebook is given the release alone.

    Parameters
    ----------
    table : DataFrame
        The whole metric table that it was decided from (`acmlib.measures.counting.Counted`).

    Returns
    -------
    DataFrame
        metric, period, dimension, group, numerator, denominator, value of each hidden cell.
    """
    keys = list(KEY_COLUMNS)
    cells = release.handed_out
    # The readers of a provider edition hold the records: groups are put together there, no number is a secret.
    cells = cells[cells["status"].eq(HIDDEN) & (release.decided_by == "public")]
    return cells[keys].merge(table[[*keys, *TRUE_NUMBERS]], on=keys, how="left").reset_index(drop=True)
