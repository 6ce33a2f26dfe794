"""What a release hides, with the true numbers: for the last look at finished pages, and for nothing else."""

from __future__ import annotations

import pandas as pd

from acmlib.measures.table import HIDDEN, KEY_COLUMNS, SHARE_CODE, share_codes
from acmlib.release.editions import Release
from acmlib.release.waits import released_waits

#: The true numbers of a cell; its interval follows from them.
TRUE_NUMBERS = ["numerator", "denominator", "value"]


def withheld(release: Release, table: pd.DataFrame) -> pd.DataFrame:
    """Return the hidden cells of a release with their true numbers, so that a page can be searched for them.

    Not part of the release, and not in what `acmlib.release` offers: a notebook is given the release alone. `acmlib.publish` calls
    this in its own process, after the notebook has ended.

    Parameters
    ----------
    release : Release
    table : DataFrame
        The whole metric table that it was decided from (`acmlib.release.editions.Counted`).

    Returns
    -------
    DataFrame
        metric, period, dimension, group, numerator, denominator, value of each hidden cell, and the code of its share; of waits too,
        whose half-years are no periods of the metric table.
    """
    keys = list(KEY_COLUMNS)
    cells = release.handed_out
    hidden = cells[keys].assign(**{SHARE_CODE: share_codes(cells)})[cells["status"].eq(HIDDEN)]
    waits = released_waits(table, release.contract, suppressed=False)
    true = pd.concat([table[[*keys, *TRUE_NUMBERS]], waits[[*keys, *TRUE_NUMBERS]]], ignore_index=True)
    return hidden.merge(true, on=keys, how="left").reset_index(drop=True)
