"""Periods of a submission as people write them: months, quarters and fiscal ones."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from contextlib import suppress

from acmlib.contract.model import Contract
from acmlib.contract.periods import add_months, parse_period

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_SPANISH = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def fiscal_start(contract: Contract) -> int | None:
    """Return the month in which the contract's fiscal year starts, if the contract says so."""
    return contract.fiscal_year_starts if "fiscal_year_starts" in contract.model_fields_set else None


def normal_periods(given: Iterable[str], fiscal: int | None = None) -> dict[str, str | None]:
    """Return the periods that the texts of one column mean: 2010-11 is a month beside 2010-10, and a school year beside 2012-13.

    Parameters
    ----------
    fiscal : int, optional
        As in `normal_period`.

    Examples
    --------
    >>> normal_periods(["2010-10", "2010-11"], 7), normal_periods(["2010-11", "2012-13"], 7)
    ({'2010-10': '2010-10', '2010-11': '2010-11'}, {'2010-11': 'P12M/2011-06', '2012-13': 'P12M/2013-06'})
    """
    texts = list(given)
    months = any(_MONTH.fullmatch(text.strip()) and _fiscal_year(text.strip(), 1) is None for text in texts)
    return {text: normal_period(text, None if months and _MONTH.fullmatch(text.strip()) else fiscal) for text in texts}


def normal_period(given: str, fiscal: int | None = None) -> str | None:
    """Return the period that a text of a submission means, or None. A week is of the month in which its Monday lies.

    Parameters
    ----------
    fiscal : int, optional
        Month in which the fiscal year starts: quarters and years are fiscal then, and FY2026 is the year that ends in 2026.

    Examples
    --------
    >>> [normal_period(text) for text in ("2026-05", "2026-05-31", "2026-5", "May 2026", "05/2026", "2022", "2026 Q2", "2022.0", "soon")]
    ['2026-05', '2026-05', '2026-05', '2026-05', '2026-05', '2022', '2026Q2', '2022', None]
    >>> [normal_period(text) for text in ("45658", "2025-01-01 to 2025-01-31", "2025-01-01 to 2025-03-31", "2025-01-31 00:00:00", "20251")]
    ['2025-01', '2025-01', None, '2025-01', None]
    >>> [normal_period(text) for text in ("2026-W01", "2026W27", "Week 14, 2026", "2026-W60")]
    ['2025-12', '2026-06', '2026-03', None]
    >>> [normal_period(text, 7) for text in ("FY2025 Q1", "Q3 2025", "2024-25 Q4", "Jul-24", "202407")]
    ['2024Q3', '2025Q1', '2025Q2', '2024-07', '2024-07']
    >>> [normal_period(text, 7) for text in ("2024-25", "SY 2024-2025", "FY25", "2024-26", "2025")]
    ['P12M/2025-06', 'P12M/2025-06', 'P12M/2025-06', None, None]
    """
    text = " ".join(given.strip().removesuffix(".0").split())
    if re.fullmatch(r"[34]\d{4}", text):  # the number of a day in a spreadsheet, 1982 to 2036
        return f"{dt.date(1899, 12, 30) + dt.timedelta(days=int(text)):%Y-%m}"
    if week := re.fullmatch(r"(?P<y>\d{4})-?W(?P<w>\d{2})|(?:Week|Wk) ?(?P<w2>\d{1,2}),? ?(?P<y2>\d{4})", text, re.IGNORECASE):
        with suppress(ValueError):
            monday = dt.date.fromisocalendar(int(week["y"] or week["y2"]), int(week["w"] or week["w2"]), 1)
            return f"{monday:%Y-%m}"
        return None
    quarter = _quarter(text, fiscal)
    if quarter is not None:
        return quarter or None
    if fiscal is not None and (year := _fiscal_year(text, fiscal)):
        return year
    for pattern, form in (
        (r"(\d{4})-?(\d{2})-?\d{2}(?:[ T]\d{1,2}:.*| ?(?:to|-|–) ?\1-\2-\d{2})?", "{0}-{1}"),
        (r"(\d{4})(?=[-/ M]|\d{2}$)[-/ ]?M?(\d{1,2})", "{0}-{1:0>2}"),
        (r"(?P<m>\d{1,2})[-/](?P<y>\d{4})", "{1}-{0:0>2}"),
        (r"(\d{4})", "{0}"),
    ):
        found = re.fullmatch(pattern, text)
        if found:
            if len(found.groups()) == 1 and fiscal not in (None, 1):
                return None  # a fiscal year is no calendar year; it has no place between months and quarters
            try:
                return parse_period(form.format(*found.groups())).text
            except ValueError:
                return None
    return named_month(text)


def _fiscal_year(text: str, fiscal: int) -> str | None:
    """Return the twelve months of a fiscal or school year; None if the text is none, or its two years do not follow each other."""
    named = re.fullmatch(r"(?:FY|SFY|FFY|SY|AY) ?'?(\d{4}|\d{2})", text, re.IGNORECASE)
    both = re.fullmatch(r"(?:(?:FY|SFY|FFY|SY|AY|school year) ?)?(\d{4})[-/–](\d{4}|\d{2})", text, re.IGNORECASE)
    if not named and not (both and int(both[1]) % 100 + 1 == int(both[2]) % 100 + (100 if int(both[2]) % 100 == 0 else 0)):
        return None
    ends = int(named[1]) % 100 + 2000 if named else int(both[1]) + 1  # type: ignore[index]
    return f"P12M/{add_months(f'{ends}-{fiscal:02d}', -1)}" if fiscal > 1 else f"{ends}"


def named_month(text: str) -> str | None:
    """Return the month of a text such as *May 2026*, *Jul-24*, *Sept. 2025* or *julio de 2025*; None if it is none.

    Examples
    --------
    >>> named_month("Sept. 2025"), named_month("julio de 2025"), named_month("24-ago"), named_month("Market 2025")
    ('2025-09', '2025-07', '2024-08', None)
    """
    named = re.fullmatch(r"([A-Za-z]{3,})\.?(?: del?)?[- /',]+(\d{4}|\d{2})", text)
    named = named or re.fullmatch(r"(\d{4}|\d{2})[- ]([A-Za-z]{3,})", text)
    if not named:
        return None
    word, year = (named[1].lower(), named[2]) if named[1].isalpha() else (named[2].lower(), named[1])
    both = zip(_MONTHS, _SPANISH, strict=True)
    month = next((number for number, names in enumerate(both, start=1) if any(name.startswith(word) for name in names)), None)
    return f"{year if len(year) == 4 else '20' + year}-{month:02d}" if month else None


def _quarter(text: str, fiscal: int | None) -> str | None:
    """Return a calendar quarter, an empty text if a quarter cannot be placed in the calendar, or None if the text is no quarter."""
    year = r"(?P<fy>FY|SFY|FFY)? ?'?(?P<year>(?:20)?\d\d)(?P<to>[-/]\d{2,4})?"
    found = re.fullmatch(rf"{year}[- /,]*Q(?:uarter|TR)? ?(?P<q>[1-4])", text, re.IGNORECASE)
    found = found or re.fullmatch(rf"Q(?:uarter|TR)? ?(?P<q>[1-4])[- /,]*(?:of )?{year}", text, re.IGNORECASE)
    if not found:
        return None
    if len(found["year"]) == 2 and not found["fy"]:
        return None
    number = int(found["year"]) if len(found["year"]) == 4 else 2000 + int(found["year"])
    number += 1 if found["to"] else 0  # 2024-25 ends in 2025
    if (found["fy"] or found["to"]) and fiscal is None:
        return ""
    start = fiscal or 1
    if start % 3 != 1:
        return ""
    month = start + 3 * (int(found["q"]) - 1) - (12 if start > 1 else 0)
    calendar_year, month = (number, month) if month >= 1 else (number - 1, month + 12)
    return f"{calendar_year}Q{(month + 2) // 3}"
