"""The form of a meeting: a YAML file that is filled in during the meeting and read back by `acmlib.contract.record_files`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from acmlib.contract.model import Contract
from acmlib.contract.records import Action, Records
from acmlib.contract.values import Text

#: How many promises the form has room for.
ROOM = 3


def meeting_form(contract: Contract, records: Records, day: dt.date, *, period: str | None) -> str:
    """Return the form for one meeting, with who usually comes and with every promise that is open.

    As it stands it is a meeting at which nothing was decided: what begins with ``#`` is an example to be filled in.

    Parameters
    ----------
    period : str, optional
        The period whose pages are on the table; none at a kick-off.
    """
    lines = [
        f"# {contract.contract.title}: meeting of {day}. Fill it in during the meeting, then: acm meeting {contract.id} --on {day}",
        "# To use a line that begins with '#', take the '#' away. Texts with a comma or a colon stand in quotes.",
        f'period: "{period}"' if period else "period: null                  # the period that was discussed, as 2026-05",
        "",
        "attending:                    # party: agency, provider, residents or other",
        *_attending(records, contract),
        "",
        "shown: []                     # pages on the table, as [dashboard, deep_dive-placement]",
        "",
        "followed_up:                  # what became of what was promised: done, open (with a new due) or dropped",
        *_followed_up(records, day),
        "",
        "answered:                     # questions of the agenda that were answered",
        '#  - {question: "Why ...?", answer: "Because ...", by: Name}',
        "",
        "decisions:                    # audience: internal, provider (if absent) or public",
        '#  - {what: "We ...", by: Name}',
        "",
        "promises:                     # who does what by when; each becomes an action",
    ]
    for number in range(1, ROOM + 1):
        lines += [f'#  - {{id: "{day}-{number}", what: "...", owner: Name, party: provider, due: {day + dt.timedelta(days=28)},']
        lines += ["#     metric: null, dimension: null, group: null, expected: null, seen_by: null, evidence: null}"]
    following = ("celebrated: null              # the one thing that went well", "next_meeting: null            # if not by the calendar")
    return "\n".join([*lines, "", *following]) + "\n"


def _attending(records: Records, contract: Contract) -> Iterator[str]:
    """Yield those who came last time, or an example of each party."""
    last = records.meetings[-1].attending if records.meetings else ()
    for one in last:
        role = f", role: {_text(one.role)}" if one.role else ""
        yield f"  - {{name: {_quoted(one.name)}, party: {one.party}{role}}}"
    if not last:
        yield f"#  - {{name: Name, party: agency}}       # {contract.contract.agency}"
        yield f"#  - {{name: Name, party: provider}}     # {contract.contract.provider}"


def _followed_up(records: Records, day: dt.date) -> Iterator[str]:
    """Yield a line for each open action, what is overdue first."""
    waiting = [action for action in records.actions if action.status == "open" and action.agreed_on <= day]
    for action in sorted(waiting, key=lambda one: (one.due is None, one.due or day, one.id)):
        yield f"#  - {{id: {_quoted(action.id)}, status: done, done_on: {day}}}   # {_line(action, day)}"
    if not waiting:
        yield "#  nothing was promised that is still open"


def _line(action: Action, day: dt.date) -> str:
    due = "no day agreed" if action.due is None else f"{'overdue since' if action.due < day else 'due'} {action.due}"
    return " ".join(f"{action.what} ({action.owner}, {due})".split())


def _text(text: Text) -> str:
    """Return a text as YAML, in all its languages."""
    if "" in text.translations:
        return _quoted(str(text))
    return "{" + ", ".join(f"{language}: {_quoted(said)}" for language, said in text.translations.items()) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
