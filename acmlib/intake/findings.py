"""Findings: what is wrong with what was sent, why it matters, how to fix it and who fixes it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
Who = Literal["agency", "provider"]

#: From what stops a number from being right to what is merely good to know.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

#: How many row numbers or values a finding lists.
EXAMPLES = 5

#: Letters of an item of a list; of a longer one the begin is told.
_LONGEST = 80


class Message(str):
    """A sentence in English that can be translated: it carries the key of its text in the catalogues, and its values.

    Made by `message`. Values are texts that are the same in every language (names of columns), `NounCount` and `ListText`.
    """

    __slots__ = ("key", "values")

    key: str
    values: Mapping[str, Any]


class NounCount(str):
    """A count with its noun, in English, or the `share` it is; where it is not `exact`, only that there are some."""

    __slots__ = ("exact", "noun", "number", "share")

    number: int
    noun: str
    exact: bool
    share: str


class ListText(str):
    """Some values in English, `more` of them left out. `of` says of what: ``row``, ``line``, ``share``, or nothing."""

    __slots__ = ("items", "more", "of")

    items: tuple[Any, ...]
    more: int
    of: str


class CountedMessage(Message):
    """A sentence with a count of rows, values or people in it. It is the whole sentence, for those who send and check the data."""

    __slots__ = ()

    def without_counts(self) -> Message:
        """Return the sentence for the pages of others: with no count in it, and without rows and values, which could be counted."""
        words = {name: word for name, word in IN_WORDS.items() if name in self.values}
        return message(self.key, **{**self.values, **words, "examples": "", "count": amount(0, self.values["count"].noun, exact=False)})


#: Plural of the nouns that do not take an s.
PLURALS = {"person": "people", "category": "categories"}
#: What is counted of time and letters says nothing of people.
NO_DATA = frozenset({"day", "month", "character"})
#: Counts beside the one of a finding, and what is said for them where no count is.
IN_WORDS: Mapping[str, str] = {"filled": "many", "people": "many", "others": "others"}
#: Before what is listed: in brackets or after a colon, gone with it.
LISTING = re.compile(r" \(\{examples\}\)|: \{examples\}")


@cache
def texts() -> Mapping[str, str]:
    """Return the English text of every sentence by its key, as ``findings.toml`` has them; pages take theirs from it too."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def message(key: str, **values: str) -> Message:
    """Return the sentence with this key in ``findings.toml``, with what stands in its braces.

    With a count of data it is a `CountedMessage`: ``{count}`` is the count with its noun, from `amount`, and ``{examples}`` are rows or
    values, from `listed`, in brackets or after a colon: both go with them. Values that the text does not name are left out.

    Examples
    --------
    >>> sentence = message("no_file", list="2026-03")
    >>> str(sentence), sentence.key
    ('no file for 2026-03', 'no_file')
    >>> sentence = message("no_id", count=amount(3, "row"), examples=listed([3, 17, 20], of="row"))
    >>> str(sentence)
    '3 rows without an id (row 3, 17, 20)'
    >>> str(sentence.without_counts())
    'some rows without an id'
    """
    text = texts()[key]
    values = {name: value for name, value in {"examples": "", **values}.items() if f"{{{name}}}" in text}
    filled = text if values.get("examples") else LISTING.sub("", text)
    for name, value in values.items():
        filled = filled.replace(f"{{{name}}}", value)
    count = values.get("count")
    sentence = (CountedMessage if isinstance(count, NounCount) and count.noun not in NO_DATA else Message)(filled)
    sentence.key, sentence.values = key, values
    return sentence


def amount(number: int, noun: str, *, exact: bool = True, share: str = "") -> NounCount:
    """Return a count with its noun, or the share of all that it is.

    Examples
    --------
    >>> amount(1200, "row"), amount(40, "row", share="14%"), amount(3, "person", exact=False)
    ('1,200 rows', '14% of rows', 'some people')
    """
    many = PLURALS.get(noun, f"{noun}s")
    counted = NounCount(f"{share} of {many}" if share else number_of(number, noun, many) if exact else f"some {many}")
    counted.number, counted.noun, counted.exact, counted.share = number, noun, exact, share
    return counted


@dataclass(frozen=True)
class Finding:
    """One thing that somebody should look at. It never holds a participant's id, nor a value of a private column."""

    #: error: numbers are wrong or missing until it is fixed; warning: numbers may be wrong; note: how something was read.
    severity: Severity
    #: `table`, `column`: where; column is None if it is about the whole table.
    table: str
    column: str | None
    what: str  #: What was seen, with counts and the first row numbers.
    rows: int  #: How many rows are concerned; 0 if the finding is not about rows.
    why: str  #: What it does to the numbers.
    metrics: tuple[str, ...]  #: Ids of the metrics that use the column or table.
    fix: str  #: What to do.
    who: Who  #: Who can do it: the provider its data, the agency its contract file.

    @classmethod
    def of(
        cls,
        key: str,
        severity: Severity,
        who: Who,
        table: str,
        column: str | None = None,
        rows: int = 0,
        /,
        *,
        noun: str = "row",
        metrics: tuple[str, ...] = (),
        why: str = "",
        fix: str = "",
        **values: str,
    ) -> Finding:
        """Return a finding whose three sentences stand in ``findings.toml`` under `key`, ``<key>_why`` and ``<key>_fix``.

        Parameters
        ----------
        why, fix : str
            Another key, or a `Message`.
        **values : str
            What stands in the braces of the three. `count` is that of `rows`, with its `noun`, if it is not given.

        Examples
        --------
        >>> str(Finding.of("no_file", "warning", "provider", "people", list="2026-03"))
        'warning: people: no file for 2026-03. These months are empty. provider to fix: send these files, or a file without rows if ...'
        """
        values = {"count": amount(rows, noun), **values}

        def sentence(given: str) -> Message:
            return given if isinstance(given, Message) else message(given, **values)

        return cls(severity, table, column, sentence(key), rows, sentence(why or f"{key}_why"), metrics, sentence(fix or f"{key}_fix"), who)

    def __str__(self) -> str:
        where = self.table + (f".{self.column}" if self.column else "")
        used = f" Used by {', '.join(self.metrics)}." if self.metrics else ""
        return f"{self.severity}: {where}: {self.what}. {self.why}.{used} {self.who} to fix: {self.fix}."


def findings_for(findings: Sequence[Finding], edition: str) -> tuple[Finding, ...]:
    """Return findings as the readers of an edition may see them: with counts, rows and values in the internal edition only.

    Examples
    --------
    >>> finding = Finding.of("no_id", "error", "provider", "people", "id", 300)
    >>> [str(one.what) for one in findings_for([finding], "public")], findings_for([finding], "internal")[0].rows
    (['some rows without an id'], 300)
    """
    if edition == "internal":
        return tuple(findings)

    def uncounted(text: str) -> str:
        return text.without_counts() if isinstance(text, CountedMessage) else text

    return tuple(replace(one, what=uncounted(one.what), why=uncounted(one.why), rows=0) for one in findings)


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


def listed(values: Sequence[Any], *, most: int = EXAMPLES, of: str = "", more: int = 0) -> ListText:
    """Return the first few of some values as words.

    Parameters
    ----------
    values : sequence
        Texts or numbers; (file, row) for rows of several files; (group, share) for shares.
    most : int
        How many are named.
    of : str
        ``row``, ``line``, ``share``, or nothing.
    more : int
        How many there are beyond `values`.

    Examples
    --------
    >>> listed([3, 7, 9, 12], most=2), listed([("a.csv", 3)], of="row"), listed([("Declined", 0.07)], of="share")
    ('3, 7 and 2 more', 'a.csv row 3', 'Declined 7%')
    """
    items, rest = tuple(values[:most]), max(len(values) - most, 0) + more
    several = any(isinstance(one, tuple) for one in items)
    shown = ", ".join(_item(one, of) for one in items) + (f" and {rest} more" if rest else "")
    found = ListText(f"{of} {shown}" if of in ("row", "line") and not several else shown)
    found.items, found.more, found.of = items, rest, of
    return found


def shortened(text: str) -> str:
    """Return an item of a list whole, or its begin and an ellipsis: nothing ends in the middle of a word as if that were all.

    Examples
    --------
    >>> shortened("Black or African American (2025-02)"), len(shortened("a" * 200))
    ('Black or African American (2025-02)', 80)
    """
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _item(one: Any, of: str) -> str:
    if isinstance(one, tuple):
        return f"{one[0]} {one[1]:.0%}" if of == "share" else f"{one[0]} row {one[1]}"
    return shortened(str(one))
