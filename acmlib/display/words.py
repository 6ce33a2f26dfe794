"""The fixed words of a page with the values that belong into them: numbers, dates and lists as the language writes them."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from copy import copy
from functools import cache, lru_cache
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, parse_pattern

from acmlib.display.catalogues import WordsError, placeholders, regional
from acmlib.display.claims import Claim, claims_of, with_claims
from acmlib.display.rounding import needs_decimal

#: The region whose numbers and dates a language takes where a page names none: readers are in the United States.
REGIONS = {"en": "US", "es": "US"}

#: The rest of a longer list is counted, not named.
MOST_LISTED = 12

#: In Spanish "y" before the sound i is "e": "evaluadas e inscritas", but "agua y hielo".
_Y_BEFORE_I = re.compile(r"\by (?=(?:h?[ií])(?![eaoéáó]))", re.IGNORECASE)

#: In Spanish a quarter has an article inside a sentence: "en el 3.er trimestre de 2024", "del 1.er trimestre al 2.º trimestre".
_QUARTER_AFTER = re.compile(r"\b(en|desde|hasta|de|a) (?=[1-4]\.(?:er|º) trimestre)", re.IGNORECASE)

#: The sign for "less than zero": a screen reader says "minus", a hyphen it often leaves out.
MINUS = "\N{MINUS SIGN}"

Wording = Literal["equity", "neutral"]

_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_QUARTER = re.compile(r"^(\d{4})Q([1-4])$")
_YEAR = re.compile(r"^\d{4}$")
_COUNTED_YEAR = re.compile(r"^(FY|Y)(\d+)$")
_ROLLING = re.compile(r"^P(\d+)M/(\d{4}-\d{2})$")

#: A pattern of numbers, taken apart once; Babel would do that for every number.
_pattern = cache(parse_pattern)


@lru_cache(maxsize=4096)
def _written(write: Callable[..., str], first: Any, second: Any, locale: str) -> str:
    """Return a number or a date as Babel writes it, from its two arguments, with a true minus; a page says most of them several times."""
    return write(first, second, locale=locale).replace("-", MINUS)


class Words:
    """The fixed words of one language and wording.

    Calling it returns a text with its values filled in; its methods write single numbers, dates and periods.

    Parameters
    ----------
    language : str
        ``en``, ``es`` or any other language with a catalogue. A region may follow (``en-GB``): it changes spelling and how numbers and
        dates look. Without one, English and Spanish are those of the United States (`REGIONS`).
    wording : {'equity', 'neutral'}
        Neutral wording replaces the texts that have a neutral alternative.
    since : date, optional
        The first day of which there are data: a rolling window that begins before it has only the months from there on.
    ended : bool
        Whether the contract is over: its whole term is no longer *to date*.
    counted : (str, str), optional
        What is counted where it is not people, singular and plural: ``("request", "requests")``. Texts that have an alternative under
        ``[counted]`` then name it.

    Examples
    --------
    >>> words = Words("en")
    >>> words("chart.n", n=1450)
    '1,450 people'
    >>> words.percent(0.2), words.points(-0.13), words.period("P12M/2026-05")
    ('20%', '\N{MINUS SIGN}13 points', '12 months to May 2026')
    >>> Words("en", since=dt.date(2026, 1, 1)).period("P12M/2026-05")
    '5 months to May 2026'
    >>> Words("en", counted=("request", "requests"))("chart.n", n=1450)
    '1,450 requests'
    """

    def __init__(
        self, language: str = "en", wording: Wording = "equity", *, since: dt.date | None = None, counted: tuple[str, str] | None = None,
        ended: bool = False,
    ) -> None:  # fmt: skip
        self.language = language
        self.wording = wording
        self._counted = counted
        #: Whether a page's metrics count different things: a text about one of them names its own.
        self.mixed = False
        self._tables = (*(("counted",) if counted else ()), *(("neutral",) if wording == "neutral" else ()))
        self._since, self._ended = since, ended
        self.locale = Locale.parse(f"{language}-{REGIONS[language]}" if language in REGIONS else language, sep="-")
        self._locale = str(self.locale)
        self._texts = regional(language)
        self._percents = [_pattern(self.locale.percent_formats[None].pattern.replace("##0", form)) for form in ("##0", "##0.0", "##0.00")]
        self._formats: dict[str, Callable[[Any], str]] = {
            "text": str, "number": self.number, "decimal": self.decimal, "percent": self.percent, "points": self.points,
            "size": self.size, "ratio": self.decimal, "days": self.days, "date": self.date, "month": self.month, "period": self.period,
            "list": self.list, "brief": self.brief, "start": sentence_start,
        }  # fmt: skip

    def __call__(self, key: str, *, claim: Any = (), **values: Any) -> str:
        """Return the text of `key` with its placeholders filled.

        Plural forms are chosen by the value of ``n``. With a `claim` (or several), and where a value makes one, the text
        carries it (`acmlib.display.claims.ClaimedText`).

        Raises
        ------
        WordsError
            If the catalogue has no such key, or the text needs a value that was not given (or is NaN).
        """
        text = self.template(key, values.get("n"))
        if self._counted and "counted" not in values:
            values["counted"] = self._counted[self._plural(values.get("n")) != "one"]
        filled = {}
        for name, kind in placeholders(text).items():
            given = values.get(name)
            if given is None or (isinstance(given, float) and math.isnan(given)):
                raise WordsError(f"{self._where(key)} needs a value for {name!r}; given: {', '.join(sorted(values)) or 'none'}")
            filled[name] = _Ready(self._formats[kind](given))
        nested = [found for given in values.values() for found in claims_of(given)]
        said = self._euphonic(text.format(**filled))
        return with_claims(said, *((claim,) if isinstance(claim, Claim) else claim), *nested)

    def counting(self, counted: tuple[str, str] | None) -> Words:
        """Return the same words with another name of what is counted (singular, plural); None: people."""
        found = copy(self)
        found._counted = counted
        found._tables = (*(("counted",) if counted else ()), *(one for one in self._tables if one != "counted"))
        return found

    @property
    def several(self) -> str:
        """What is counted, in the plural; empty where it is people."""
        return self._counted[1] if self._counted else ""

    def template(self, key: str, n: float | None = None) -> str:
        """Return the text of `key` as the catalogue has it, in the plural form for `n`."""
        names = (*(f"{table}.{key}" for table in self._tables), key)
        entry = next((self._texts[name] for name in names if name in self._texts), None)
        if entry is None:
            raise WordsError(f"{self._where(key)} is not there; add it to every file in acmlib/display/languages")
        return entry if isinstance(entry, str) else entry.get(self._plural(n), entry["other"])

    def _plural(self, n: float | None) -> str:
        """Return the plural form that a number takes; that of several without one."""
        return "other" if n is None or n != n else str(self.locale.plural_form(abs(n)))

    def party(self, owner: str) -> str:
        """Return whose step something is: agency and provider in words, any other name as it was given."""
        return self(f"party.{owner}") if self.has(f"party.{owner}") else owner

    def has(self, key: str) -> bool:
        """Return whether the catalogue has `key`."""
        return key in self._texts

    def _where(self, key: str) -> str:
        return f"acmlib/display/languages/{self.locale.language}.toml: {key}"

    def number(self, value: float) -> str:
        """Return a count, or another number to at most one decimal, from a thousand on to none: ``1,450``."""
        return _written(format_decimal, round(float(value), int(abs(value) < 1000)) + 0.0, _pattern("#,##0.#"), self._locale)

    def decimal(self, value: float, places: int = 2) -> str:
        """Return a number to a fixed number of decimals: ``0.66``."""
        return _written(format_decimal, float(value) + 0.0, _pattern(f"#,##0.{'0' * places}"), self._locale)

    def percent(self, value: float, places: int = 0) -> str:
        """Return a fraction as a whole percent; below 1% and above 99% to one decimal, so that only none reads 0% and only all 100%."""
        pattern = self._percents[max(places, needs_decimal(value))]
        return _written(format_percent, float(value) + 0.0, pattern, self._locale)

    def points(self, value: float, *, signed: bool = True) -> str:
        """Return a difference of two fractions in percentage points, with its sign: 0.25 - 0.38 gives ``-13 points``."""
        return self.points_of(_shown(value * 100), signed=signed)

    def size(self, value: float) -> str:
        """Return the size of a difference in percentage points, without its sign: ``13 points``."""
        return self.points(value, signed=False)

    def points_of(self, points: float, *, signed: bool = True) -> str:
        """Return so many percentage points, to at most one decimal: ``+22.6 points``."""
        number = _written(format_decimal, abs(points), _pattern("#,##0.#"), self._locale)
        sign = "" if not signed or not points else "+" if points > 0 else MINUS
        return self("unit.points", n=points, number=sign + number)

    def days(self, value: float, places: int = 0) -> str:
        """Return a number of days: ``12 days``; below ten to a tenth, ``2.6 days``; of `Lasting` in its unit, ``2 working days``."""
        return self(f"unit.{value.unit if isinstance(value, Lasting) else 'days'}", n=round(float(value), places or int(abs(value) < 10)))

    def money(self, value: float, currency: str) -> str:
        """Return an amount in whole units of a currency: ``$1,450,000``."""
        whole = re.sub(r"\.0+", "", self.locale.currency_formats["standard"].pattern)  # without decimals
        return format_currency(round(value), currency, locale=self.locale, currency_digits=False, format=whole).replace("-", MINUS)

    def date(self, value: dt.date) -> str:
        """Return a day: ``June 30, 2026``."""
        return format_date(value, format="long", locale=self.locale)

    def day(self, value: dt.date) -> str:
        """Return a day without its year, for a table: ``Jun 30``."""
        return _written(format_skeleton, "MMMd", value, self._locale)

    def month(self, value: dt.date | str) -> str:
        """Return a month: ``June 2026``. Takes a date in it or ``2026-06``; a quarter or year is returned as `period` does."""
        return self._in_time(value, "yMMMM", "yQQQQ")

    def short_month(self, value: dt.date | str) -> str:
        """Return a month for an axis: ``Jun 2026``; a quarter as ``Q2 2026``."""
        return self._in_time(value, "yMMM", "yQQQ")

    def _in_time(self, value: dt.date | str, month: str, quarter: str) -> str:
        """Return a month or a quarter, each by its CLDR skeleton; any other period as `period` does."""
        if isinstance(value, str):
            if found := _QUARTER.match(value):
                # The region's "1er" and "3.º" of CLDR are no Spanish; the language's "1.er" and "3.er" are.
                locale = "es" if self.locale.language == "es" else self._locale
                return _written(format_skeleton, quarter, dt.date(int(found[1]), 3 * int(found[2]), 1), locale)
            if not _MONTH.match(value):
                return self.period(value)
            value = dt.date.fromisoformat(f"{value}-01")
        return _written(format_skeleton, month, value, self._locale)

    def period(self, text: str) -> str:
        """Return a period of the metric table in words.

        Raises
        ------
        WordsError
            If it is none of the forms of the metric table.
        """
        if _MONTH.match(text) or _QUARTER.match(text):
            return self.month(text)
        if _YEAR.match(text):
            return text
        if found := _COUNTED_YEAR.match(text):
            return self("period.fiscal_year" if found[1] == "FY" else "period.contract_year", n=found[2])
        if found := _ROLLING.match(text):
            return self("period.rolling", n=self._months(int(found[1]), found[2]), month=found[2])
        if text == "term":
            return self("period.term_ended" if self._ended else "period.term")
        raise WordsError(f"period is {text!r}; use 2026-06, 2026Q2, 2026, FY2026, Y2, P12M/2026-06 or term")

    def brief(self, text: str) -> str:
        """Return a period of the metric table in few letters: ``12 months to Nov 2025``."""
        if found := _ROLLING.match(text):
            return self("period.rolling_brief", n=self._months(int(found[1]), found[2]), month=self.short_month(found[2]))
        return self.short_month(text)

    def _months(self, number: int, last: str) -> int:
        """Return how many months a rolling window really has."""
        if self._since is None:
            return number
        year, month = (int(part) for part in last.split("-"))
        return max(1, min(number, 12 * (year - self._since.year) + month - self._since.month + 1))

    def either(self, items: Iterable[str]) -> str:
        """Return several texts as a choice: ``requests, visits, or people``."""
        return self._euphonic(str(format_list([*items], style="or", locale=self.locale)))

    def list(self, items: Iterable[str]) -> str:
        """Return several texts as one: ``a, b, and c``; of more than `MOST_LISTED` the first, and how many more there are."""
        given = [str(item) for item in items]
        if len(given) > MOST_LISTED:
            given[MOST_LISTED:] = [self("list.more", n=len(given) - MOST_LISTED)]
        joined = str(format_list(given, style="standard", locale=self.locale))
        return self._euphonic(joined)

    def _euphonic(self, text: str) -> str:
        """Return a text with the *e* that stands for *y* in Spanish before the sound i, and quarters with their article."""
        if self.locale.language != "es":
            return text
        said = _Y_BEFORE_I.sub("e ", text)
        return _QUARTER_AFTER.sub(lambda found: found[1] + ("l " if found[1].lower() in ("de", "a") else " el "), said)


def sentence_start(text: str) -> str:
    """Return a text with a capital first letter, as it begins a sentence.

    Examples
    --------
    >>> sentence_start("participants aged 14 to 15")
    'Participants aged 14 to 15'
    """
    return text[:1].upper() + text[1:]


class Lasting(float):
    """A length of time that is written in its own unit wherever a text takes days: ``working_days``, ``hours``, ``minutes``."""

    unit: str = "days"


class _Ready(str):
    """A value already written; a format kind after its colon is not applied twice."""

    __slots__ = ()

    def __format__(self, kind: str) -> str:
        return str(self)


def _shown(points: float) -> float:
    """Return the number of points as it is printed, so that 'one point' agrees with the 1 a reader sees."""
    points = round(points, 6)
    # Adding 0 turns a minus zero into zero: a difference that is printed as none has no sign.
    return (round(points, 1) if abs(points) < 1 else float(round(points))) + 0.0
