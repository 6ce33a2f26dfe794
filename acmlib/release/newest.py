"""How far the data reach, as far as the readers of an edition may know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from acmlib.contract.periods import month_end
from acmlib.intake.check.newest import Newest
from acmlib.measures.table import NUMBER_COLUMNS


def newest_for(found: Sequence[Newest], rule: str, cells: pd.DataFrame) -> tuple[Newest, ...]:
    """Return how far the data reach, as far as an edition may say it.

    The newest day of a small site is a day of one person: by the public rule only the quarter of a whole table is told, and where small
    groups are put together only sites that are groups of their own.

    Parameters
    ----------
    found : sequence of Newest
    rule : str
        ``true``, ``groups`` or ``public``.
    cells : DataFrame
        Metric table of the edition.
    """
    if rule == "public":
        whole = [one for one in found if not one.group]
        return tuple(replace(one, day=month_end(one.day.replace(month=(one.day.month + 2) // 3 * 3, day=1))) for one in whole)
    shown = cells.loc[cells[list(NUMBER_COLUMNS)].notna().any(axis=1), ["dimension", "group"]].drop_duplicates()
    known = set(shown.itertuples(index=False, name=None))
    return tuple(one for one in found if rule == "true" or not one.group or (one.dimension, one.group) in known)
