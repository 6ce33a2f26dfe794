"""Which metrics a new contract may have: a count, times between dates, what was due, and columns of yes and no."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: The day something should have happened; nobody enters or reaches anything by it.
DUE = re.compile(r"(^|_)(due|deadline|expected|planned|scheduled)(_|$)")
#: The end of a piece of work: how long it took is the usual question.
_DONE = re.compile(r"(^|_)(closed|close|resolved|completed|finished)(_|$)")
#: What nobody wishes for.
_UNWANTED = re.compile(r"arrest|dropp?ed|dropout|evict|violation|incident|missed|absent|no_show|returned_to|complaint")
_YES = frozenset({"y", "yes", "t", "true"})
_NO = frozenset({"n", "no", "f", "false"})
#: Further dates, and columns of yes and no, that are proposed at most.
MOST = 3


@dataclass(frozen=True)
class Seen:
    """What a column of the file looks like: names, type, how many different values, the first and last, and all if they are few codes."""

    ours: str
    theirs: str
    kind: str
    different: int
    filled: int
    rows: int
    first: str
    last: str
    codes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Its name as a title."""
        return self.ours.replace("_", " ").strip().capitalize()


def yes_of(one: Seen) -> str | None:
    """Return the expression that holds where a column of yes and no says yes; None if it is no such column.

    Examples
    --------
    >>> yes_of(Seen("housed", "Housed", "text", 2, 9, 9, "N", "Y", ("N", "Y")))
    "housed = 'Y'"
    >>> yes_of(Seen("attended", "Attended", "integer", 2, 9, 9, "0", "1"))
    'attended = 1'
    >>> yes_of(Seen("sex", "Sex", "text", 2, 9, 9, "F", "M", ("F", "M"))) is None
    True
    """
    if one.kind in ("integer", "number") and one.different == 2 and {one.first, one.last} <= {"0", "1", "0.0", "1.0"}:
        return f"{one.ours} = 1"
    if one.kind == "boolean" and one.different == 2:
        return one.ours
    yes = [code for code in one.codes if code.lower() in _YES]
    no = [code for code in one.codes if code.lower() in _NO]
    return f"{one.ours} = '{yes[0]}'" if len(one.codes) == 2 and len(yes) == len(no) == 1 else None


def metric_lines(dates: Sequence[Seen], due: Sequence[Seen], flags: Sequence[Seen], person: Seen | None) -> list[str]:
    """Return the metrics of a new contract file as lines of YAML.

    Parameters
    ----------
    dates
        Dates of what happened; the first is the entry.
    due
        Days when something should have happened.
    flags
        Columns of yes and no.
    person
        The column that names people where they have several rows.
    """
    entry = dates[0] if dates else None
    dated = [f"    date: {entry.ours}"] if entry else []
    count = "Participants" if person is None else "Rows"
    lines = ["metrics:", "  participants:", f"    title: {count}", "    kind: count", "    better: neither", "    headline: true", *dated]
    if person:
        lines += ["  people:", "    title: Different people", "    kind: count", "    distinct: person", "    better: neither", *dated]
    if entry is None:
        return lines
    headline = "true"
    for one in dates[1 : MOST + 1]:
        lines += _took(entry, one, headline) if _DONE.search(one.ours) else _reached(entry, one, headline)
        headline = "false"
    for done in [one for one in dates[1:] if _DONE.search(one.ours)][:1]:
        for one in due[:1]:
            lines += _on_time(done, one)
    for one in flags[:MOST]:
        lines += [
            f"  {one.ours}_yes:",
            f"    title: {one.words}      # CHECK: is this a result? Guessed from its two values; blank is left out",
            "    kind: proportion",
            f"    of: {one.ours} is not null",
            f"    that: {yes_of(one)}",
            *dated,
            f"    better: {'lower ' if _UNWANTED.search(one.ours) else 'higher'}                    # CHECK: higher, lower or neither",
        ]
    return lines


def _took(entry: Seen, one: Seen, headline: str) -> list[str]:
    """Return the days from entry to the end of the work."""
    return [
        f"  days_to_{one.ours}:",
        f"    title: Days from {entry.words.lower()} to {one.words.lower()}      # guessed from the names of both columns",
        "    kind: duration",
        f"    start: {entry.ours}",
        f"    end: {one.ours}                   # blank: still open, and not left out",
        f"    date: {entry.ours}",
        "    better: lower",
        "    # standard: 14 days               # CHECK: what the contract says",
        f"    headline: {headline}",
    ]


def _on_time(done: Seen, due: Seen) -> list[str]:
    """Return the share of what was due that was done by then."""
    return [
        f"  {done.ours}_on_time:",
        f"    title: {done.words} by {due.words.lower()}      # guessed from the names of both columns",
        "    kind: proportion",
        f"    of: {due.ours} is not null",
        f"    that: {done.ours} <= {due.ours}",
        f"    date: {due.ours}",
        "    better: higher",
    ]


def _reached(entry: Seen, one: Seen, headline: str) -> list[str]:
    """Return the share of those who entered that reached a date in half a year."""
    return [
        f"  {one.ours.rstrip('_')}_6m:",
        f"    title: {one.words} within 6 months of {entry.words.lower()}      # CHECK: is this an outcome?",
        "    kind: proportion",
        f"    of: {entry.ours} is not null",
        f"    that: {one.ours} <= {entry.ours} + interval 183 day",
        f"    date: {entry.ours}",
        "    window: 183 days                  # knowable only half a year later",
        "    better: higher                    # CHECK: higher, lower or neither",
        "    # target: [{value: 0.40, from: 2025-01-01}]",
        f"    headline: {headline}",
    ]
