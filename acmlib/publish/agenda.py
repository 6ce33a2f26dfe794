"""Due dates of a contract, stored with each page, so that the index need not read any contract."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from acmlib.contract.calendar import entries, entries_for, meeting_after
from acmlib.contract.model import Contract
from acmlib.display.nouns import words_of
from acmlib.display.report import Report, results_and_targets, waits_of_everyone
from acmlib.display.standing import standing
from acmlib.display.voice import Voice
from acmlib.release.editions import Release

#: Whose page the index quotes where a contract has several: it says no more than provider and agency both know.
SPEAKS = ("provider", "public", "internal")


@dataclass(frozen=True)
class DueDates:
    """What is due: the next meeting, whether it was over when the page was made, overdue actions as (what, owner, day), its data.

    ``seen_by`` is the edition whose readers know these actions, where there are others; empty where they are all.
    """

    meeting: dt.date | None
    over: bool
    overdue: tuple[tuple[str, str, dt.date], ...]
    data: dt.date | None = None
    seen_by: str = ""


def agenda(contract: Contract, release: Release, language: str) -> dict[str, Any]:
    """Return what a page's record says of the contract: its next meeting and the day its data are due, overdue actions, how it stands.

    Parameters
    ----------
    release : Release
        Its records are those that the readers of its edition may see.
    language : str
        Of what the actions are called.
    """
    until = min(release.period.end, contract.contract.ends)
    beside = results_and_targets(release.assessment) if release.assessment is not None else {}
    voice = Voice(words_of(contract, language), contract, as_of=until, beside=beside, waits=waits_of_everyone(release))
    late = [one for one in release.records.actions if one.status == "open" and one.due is not None and one.due < until]
    records = release.records
    meeting = contract.contract.next_meeting or meeting_after(until, records.calendar, contract, records.meetings)
    planned = entries(records.calendar, contract, records.meetings) if records.calendar else ()
    days = entries_for(planned, release.edition)
    data = next((one.day.isoformat() for one in days if one.kind == "data_due" and one.meeting == meeting), None)
    return {
        "next_meeting": meeting.isoformat() if meeting else None,
        "data_due": data,
        "overdue": [{"what": one.what.in_language(language), "owner": one.owner, "due": str(one.due)} for one in late],
        "partly": "actions" in release.kinds_not_shown,
        "draft": bool(getattr(release, "draft", False)),
        "standing": standing(Report(release, voice)) if release.assessment is not None else None,
    }


def due(pages: list[Mapping[str, Any]], *, clock: str = "") -> DueDates:
    """Return what is due by the newest page that was made of a contract's last period.

    Parameters
    ----------
    pages : list of mapping
        What the records say of a contract's pages.
    clock : str
        The moment by which a meeting is over: one for all contracts; when the newest page was made if empty.

    Examples
    --------
    >>> page = {"edition": "provider", "period": "2026-06", "made_at": "2026-07-02T09:30:00+00:00", "next_meeting": "2026-07-16"}
    >>> due([page])
    DueDates(meeting=datetime.date(2026, 7, 16), over=False, overdue=(), data=None, seen_by='')
    """
    made = [page for page in pages if page.get("made_at")]
    if not made:
        return DueDates(None, False, ())
    newest = max(made, key=lambda page: (str(page.get("data_until")), -SPEAKS.index(page["edition"]), page["made_at"]))
    day = dt.date.fromisoformat(newest["next_meeting"]) if newest.get("next_meeting") else None
    over = day is not None and day < dt.datetime.fromisoformat(clock or newest["made_at"]).date()
    late = tuple((one["what"], one["owner"], dt.date.fromisoformat(one["due"])) for one in newest.get("overdue", ()))
    data = dt.date.fromisoformat(newest["data_due"]) if newest.get("data_due") else None
    return DueDates(day, over, late, data, newest["edition"] if newest.get("partly") else "")
