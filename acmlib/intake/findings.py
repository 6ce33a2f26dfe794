"""Findings: what is wrong with what was sent, why it matters, how to fix it and who fixes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]

#: From what stops a number from being right to what is merely good to know.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

#: How many row numbers or values a finding lists.
EXAMPLES = 5


@dataclass(frozen=True)
class Finding:
    """One thing that somebody should look at. It never holds a participant's id, nor a value of a private column.

    Attributes
    ----------
    severity : {"error", "warning", "note"}
        error: numbers are wrong or missing until it is fixed; warning: numbers may be wrong; note: how something was read.
    table, column : str
        Where; column is None if it is about the whole table.
    what : str
        What was seen, with counts and the first row numbers.
    rows : int
        How many rows are concerned; 0 if the finding is not about rows.
    why : str
        What it does to the numbers.
    metrics : tuple of str
        Ids of the metrics that use the column or table.
    fix : str
        What to do.
    who : {"agency", "provider"}
        Who can do it: the provider its data, the agency its contract file.
    """

    severity: Severity
    table: str
    column: str | None
    what: str
    rows: int
    why: str
    metrics: tuple[str, ...]
    fix: str
    who: Literal["agency", "provider"]

    def __str__(self) -> str:
        where = self.table + (f".{self.column}" if self.column else "")
        used = f" Used by {', '.join(self.metrics)}." if self.metrics else ""
        return f"{self.severity}: {where}: {self.what}. {self.why}.{used} {self.who} to fix: {self.fix}."


def worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings without repetition: errors, warnings, notes; within these by table and column."""
    order = {severity: i for i, severity in enumerate(SEVERITIES)}
    return tuple(sorted(dict.fromkeys(findings), key=lambda f: (order[f.severity], f.table, f.column or "", f.what)))


def number_of(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> number_of(1, "row"), number_of(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(values: Sequence[object], *, most: int = EXAMPLES) -> str:
    """Return the first few of some values as words.

    Examples
    --------
    >>> listed([3, 7, 9, 12], most=2)
    '3, 7 and 2 more'
    """
    shown = ", ".join(str(value)[:40] for value in values[:most])
    return shown + (f" and {len(values) - most} more" if len(values) > most else "")
