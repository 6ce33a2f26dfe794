"""Findings: what is wrong with what was sent, why it matters, how to fix it and who fixes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

Severity = Literal["error", "warning", "note"]

#: From what stops a number from being right to what is merely good to know.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

#: How many row numbers or values a finding lists.
EXAMPLES = 5


class Message(str):
    """A sentence in English that can be translated: it carries the key of its text in the catalogues, and its values.

    Made by `message` and `counted_message`. Values are texts that are the same in every language (names of columns),
    `NounCount` and `ListText`.
    """

    __slots__ = ("key", "values")

    key: str
    values: Mapping[str, str]


class NounCount(str):
    """A count with its noun, in English; where it is not `exact`, only that there are some."""

    __slots__ = ("exact", "noun", "number")

    number: int
    noun: str
    exact: bool


class ListText(str):
    """Some values in English, `more` of them left out. `of` says of what: ``row``, ``line``, ``share``, or nothing."""

    __slots__ = ("items", "more", "of")

    items: tuple[Any, ...]
    more: int
    of: str


class CountedMessage(Message):
    """A sentence with a count of rows, values or people in it, and what of it others may read.

    Made by `counted_message`. It is the whole sentence,
    for those who send and check the data; `without_counts` gives the one for the pages of others.
    """

    __slots__ = ("template",)

    template: str

    def without_counts(self) -> Message:
        """Return the sentence with no count in it, and without rows and values, which could be counted."""
        values, count = {**self.values, "examples": ""}, self.values["count"]
        values["count"] = amount(0, count.noun, exact=False) if isinstance(count, NounCount) else count
        return _filled(Message, self.key, self.template, values)


#: Plural of the nouns that do not take an s.
PLURALS = {"person": "people", "category": "categories"}
#: Before what is listed: in brackets or after a colon, gone with it.
_LISTING = re.compile(r" \(\{examples\}\)|: \{examples\}")

T = TypeVar("T", bound=Message)


def _filled(kind: type[T], key: str, template: str, values: Mapping[str, str]) -> T:
    text = template if values.get("examples") else _LISTING.sub("", template)
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    sentence = kind(text)
    sentence.key, sentence.values = key, dict(values)
    return sentence


def message(key: str, template: str, **values: str) -> Message:
    """Return a sentence that can be translated.

    Parameters
    ----------
    key : str
        Of its text in the catalogues of pages, without ``finding.``.
    template : str
        The English text, with a name in braces for each value. The English catalogue has the same one; a test compares them.
    **values : str
        What stands there.

    Examples
    --------
    >>> sentence = message("no_file", "no file for {list}", list="2026-03")
    >>> str(sentence), sentence.key
    ('no file for 2026-03', 'no_file')
    """
    return _filled(Message, key, template, values)


def amount(number: int, noun: str, *, exact: bool = True) -> NounCount:
    """Return a count with its noun.

    Examples
    --------
    >>> amount(1200, "row"), amount(3, "person", exact=False)
    ('1,200 rows', 'some people')
    """
    many = PLURALS.get(noun, f"{noun}s")
    counted = NounCount(number_of(number, noun, many) if exact else f"some {many}")
    counted.number, counted.noun, counted.exact = number, noun, exact
    return counted


def counted_message(
    key: str, template: str, count: int, noun: str, *, examples: str = "", written: str = "", **values: str
) -> CountedMessage:
    """Return a sentence with a count in it.

    Parameters
    ----------
    key, template
        As for `message`. The template holds ``{count}``, the count with its noun, and ``{examples}`` where rows or values are listed, in
        brackets or after a colon: both go with them.
    examples : str
        Which rows or values, from `listed`.
    written : str
        The count as it is written where it is not small; with its noun if absent.
    **values : str
        What else stands in the template.

    Examples
    --------
    >>> sentence = counted_message("no_id", "{count} without an id ({examples})", 3, "row", examples=listed([3, 17, 20], of="row"))
    >>> str(sentence)
    '3 rows without an id (row 3, 17, 20)'
    >>> str(sentence.without_counts())
    'some rows without an id'
    """
    counted = amount(count, noun)
    if written:
        counted = NounCount(written)
        counted.number, counted.noun, counted.exact = count, noun, True
    sentence = _filled(CountedMessage, key, template, {**values, "count": counted, "examples": examples})
    sentence.template = template
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


def findings_for(findings: Sequence[Finding], edition: str) -> tuple[Finding, ...]:
    """Return findings as the readers of an edition may see them: with counts, rows and values in the internal edition only.

    Examples
    --------
    >>> what = counted_message("no_id", "{count} without an id ({examples})", 300, "row")
    >>> finding = Finding("error", "people", "id", what, 300, "They are in no number", (), "fill it in", "provider")
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


def _item(one: Any, of: str) -> str:
    if isinstance(one, tuple):
        return f"{one[0]} {one[1]:.0%}" if of == "share" else f"{one[0]} row {one[1]}"
    return str(one)[:40]
