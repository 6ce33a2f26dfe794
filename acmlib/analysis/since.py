"""Records since the last meeting: promises kept and missed, replies, feedback given to clients."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from acmlib.analysis.obligations import PromiseSummary, promise_summaries
from acmlib.contract.meetings import Decision
from acmlib.contract.records import Action, Records
from acmlib.contract.replies import Response
from acmlib.contract.voices import Heard


@dataclass(frozen=True)
class SinceLast:
    """What the records tell of the time between the last meeting and a day.

    Attributes
    ----------
    meeting : date or None
        The last meeting; None if none is recorded, and then everything else is about the whole contract so far.
    decided : tuple of Decision
        What that meeting decided.
    promised : tuple of Action
        What was promised there.
    kept : tuple of Action
        Done since then.
    missed : tuple of Action
        Fell due since then and is still open.
    overdue : tuple of Action
        All that is open after its day, the longest first.
    rates : tuple of KeptRate
        By party, of everything that was ever due.
    replies : tuple of Response
        What readers answered to figures since then.
    told : tuple of Heard
        What people who spoke were told since then.
    """

    meeting: dt.date | None
    decided: tuple[Decision, ...]
    promised: tuple[Action, ...]
    kept: tuple[Action, ...]
    missed: tuple[Action, ...]
    overdue: tuple[Action, ...]
    rates: tuple[PromiseSummary, ...]
    replies: tuple[Response, ...]
    told: tuple[Heard, ...]


def since_last_time(records: Records, day: dt.date) -> SinceLast:
    """Return what happened since the last meeting on or before a day.

    Parameters
    ----------
    records : Records
        As the readers of an edition may see them.
    day : date
        The data cut-off of the page: promises are judged on it, as everywhere on the page.

    Returns
    -------
    SinceLast
    """
    last = max((meeting for meeting in records.meetings if meeting.date <= day), key=lambda meeting: meeting.date, default=None)
    since = last.date if last else dt.date.min
    open_ = [action for action in records.actions if action.status == "open" and action.due is not None and action.due < day]
    overdue = sorted(open_, key=lambda action: (action.due or day, action.id))
    agreed = [action for action in records.actions if action.agreed_on <= day]
    return SinceLast(
        meeting=last.date if last else None,
        decided=last.decisions if last else (),
        promised=tuple(action for action in agreed if last and action.agreed_on == last.date),
        kept=tuple(action for action in agreed if action.done_on is not None and since <= action.done_on),
        missed=tuple(action for action in overdue if action.due is not None and action.due >= since),
        overdue=tuple(overdue),
        rates=promise_summaries(agreed, day),
        replies=tuple(one for one in records.responses if one.on > since),
        told=tuple(one for one in records.voices.heard if one.told_on is not None and one.told_on >= since),
    )
