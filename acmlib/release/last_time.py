"""The edition that readers had last: which it was, how that is known, and what of it they knew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from acmlib.analysis.before import Before, Known, assess_before, previous_period
from acmlib.analysis.views import View
from acmlib.contract.model import Contract, Edition
from acmlib.contract.periods import Period, parse_period
from acmlib.contract.records import Records
from acmlib.measures.table import HIDDEN, KEY_COLUMNS
from acmlib.release.leave_out import leave_out_of_before
from acmlib.release.ledger import Entry


@dataclass(frozen=True)
class LastTime:
    """The edition before this one.

    Attributes
    ----------
    period : Period
    known : {"meeting", "release", "period"}
        As in `acmlib.analysis.before.Before`.
    day : date or None
        The day of the meeting, or of the release.
    entry : Entry or None
        What the ledger holds of it.
    """

    period: Period
    known: Known
    day: dt.date | None = None
    entry: Entry | None = None


def last_time(contract: Contract, records: Records, period: Period, edition: Edition, entries: Sequence[Entry] = ()) -> LastTime | None:
    """Return the last edition of an earlier period that these readers were given.

    Everybody has what the ledger holds. The parties have what lay on the table of their last meeting; where no meeting names an earlier
    period, the report of the period before stands for it.

    Parameters
    ----------
    contract : Contract
    records : Records
        All of them, as known at the meeting that the pages are made for.
    period : Period
        The period reported on.
    edition : str
    entries : sequence of Entry
        The ledger, where the public rule decides.
    """
    released = [
        LastTime(_period(one.period, contract), "release", dt.datetime.fromisoformat(one.made_at).date(), one)
        for one in entries
        if one.edition == edition
    ]
    met = [
        LastTime(_period(one.period, contract), "meeting", one.date)
        for one in records.meetings
        if one.period is not None and edition != "public"
    ]
    for known in (released, met):
        earlier = [one for one in known if one.period.end < period.end]
        if earlier:
            return max(earlier, key=lambda one: (one.period.end, one.day or dt.date.min))
    before = previous_period(period, contract) if edition != "public" else None
    return LastTime(before, "period") if before is not None else None


def _period(text: str, contract: Contract) -> Period:
    agreed = contract.contract
    return parse_period(text, starts=agreed.starts, ends=agreed.ends, fiscal_year_starts=contract.fiscal_year_starts)


def as_it_was(
    last: LastTime,
    table: pd.DataFrame,
    contract: Contract,
    records: Records,
    populations: Mapping[str, pd.DataFrame],
    period: Period,
    *,
    shown: pd.DataFrame | None,
) -> Before | None:
    """Return what was known at the last edition, with the data of today.

    Parameters
    ----------
    last : LastTime
    table : DataFrame
        The whole metric table, true numbers.
    contract : Contract
    records : Records
    populations : mapping
        Dimension to its base population.
    period : Period
        The period reported on.
    shown : DataFrame or None
        Metric table of the edition now, where the public rule decides: nothing is told of a cell that is hidden now or was hidden then.
    """
    view: View = "rolling" if shown is None else "years"
    before = assess_before(table, contract, records, populations, period, since=last.period, view=view)
    if before is None:
        return None
    before = replace(before, known=last.known, day=last.day)
    return before if shown is None else leave_out_of_before(before, _shown_both_times(shown, last.entry))


def _shown_both_times(cells: pd.DataFrame, entry: Entry | None) -> pd.DataFrame:
    keys = list(KEY_COLUMNS)
    now = cells.loc[cells["status"].ne(HIDDEN), keys]
    if entry is None:
        return now
    then = pd.DataFrame([row[: len(keys)] for row in entry.cells if row[-1] != HIDDEN], columns=keys).astype("str")
    return now.astype("str").merge(then, on=keys)
