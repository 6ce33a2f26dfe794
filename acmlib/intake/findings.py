"""Findings: what is wrong with what was sent, why it matters, how to fix it and who fixes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning", "note"]

#: From what stops a number from being right to what is merely good to know.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

#: How many row numbers or values a finding lists.
EXAMPLES = 5


#: The part of a sentence that lists rows or values.
_LISTING = re.compile(r" \(\{examples\}\)|: \{examples\}")


class Said(str):
    """A sentence with a count of rows, values or people in it, and what of it others may read.

    Made by `said`. It is the whole sentence, for those who send and check the data; `coded` gives the one for the pages of others.
    """

    __slots__ = ("least", "nouns", "number", "template", "written")

    template: str
    number: int
    nouns: tuple[str, str]
    written: str
    least: int

    def coded(self, minimum: int, *, examples: bool) -> str:
        """Return the sentence with a count from 1 to `minimum` - 1 in words.

        Parameters
        ----------
        minimum : int
            The smallest count that may be shown.
        examples : bool
            Whether rows and values may be listed; beside a small count they never are, they would tell it.
        """
        if examples and not 0 < self.least < minimum:
            return str(self)
        counted = f"fewer than {minimum} {self.nouns[1]}" if 0 < self.number < minimum else self.written
        return _LISTING.sub("", self.template).replace("{count}", counted)


def said(
    template: str, count: int, one: str, many: str | None = None, *, examples: str = "", written: str = "", least: int | None = None
) -> Said:
    """Return a sentence with a count in it.

    Parameters
    ----------
    template : str
        Holds ``{count}``, the count with its noun, and ``{examples}`` if rows or values are listed.
    count : int
    one, many : str
        The noun.
    examples : str
        Which rows or values.
    written : str
        The count as it is said where it is not small; with its noun if absent.
    least : int, optional
        The smallest count that `examples` tell; `count` if absent.

    Examples
    --------
    >>> sentence = said("{count} without an id ({examples})", 3, "row", examples="row 3, 17 and 20")
    >>> str(sentence)
    '3 rows without an id (row 3, 17 and 20)'
    >>> sentence.coded(11, examples=True)
    'fewer than 11 rows without an id'
    """
    nouns = (one, many or one + "s")
    written = written or number_of(count, *nouns)
    sentence = Said(template.replace("{count}", written).replace("{examples}", examples))
    sentence.template, sentence.number, sentence.nouns, sentence.written = template, count, nouns, written
    sentence.least = count if least is None else least
    return sentence


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


def findings_for(findings: Sequence[Finding], edition: str, minimum: int) -> tuple[Finding, ...]:
    """Return findings as the readers of an edition may see them: small counts in words outside the internal edition.

    Parameters
    ----------
    findings : sequence of Finding
    edition : str
        ``internal`` leaves everything; ``public`` lists no rows and no values either, which say nothing to those who have not sent them.
    minimum : int
        The smallest count that may be shown.

    Examples
    --------
    >>> what = said("{count} without an id", 3, "row")
    >>> finding = Finding("error", "people", "id", what, 3, "They are in no number", (), "fill it in", "provider")
    >>> [str(one.what) for one in findings_for([finding], "public", 11)], findings_for([finding], "internal", 11)[0].rows
    (['fewer than 11 rows without an id'], 3)
    """
    if edition == "internal":
        return tuple(findings)

    def coded(text: str) -> str:
        return text.coded(minimum, examples=edition != "public") if isinstance(text, Said) else text

    return tuple(replace(one, what=coded(one.what), why=coded(one.why), rows=one.rows if one.rows >= minimum else 0) for one in findings)


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
