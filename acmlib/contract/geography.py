"""Codes of places as the Census Bureau writes them: ZIP codes, census tracts, counties; and what spreadsheets make of them."""

from __future__ import annotations

import re
from typing import Literal

Geography = Literal["zip", "tract", "county"]

#: Digits of a code, and of longer codes that begin with it: ZIP+4; block groups and blocks of a tract; tracts and blocks of a county.
_DIGITS = {"zip": (5, 9), "tract": (11, 12, 15), "county": (5, 11, 12, 15)}
#: A code may have lost the zeros that it began with (one of a state, two of a ZIP code), and have become a number with a point.
_LOST = {"zip": 2, "tract": 1, "county": 1}
#: What stands before the digits: 1400000US of the tables of the ACS (14000US for short), 860Z200US of their ZIP code tabulation areas,
#: ZCTA5 of their names.
_BEFORE = re.compile(r"^(\w{5}(\w\w)?US|ZCTA5? |ZIP( code)? )", re.IGNORECASE)
#: What stands for no ZIP code.
_NONE = frozenset({"00000", "99999"})


def place_code(text: str, geography: Geography) -> str | None:
    """Return the code of a place, with its zeros and without what is more than it; None if a text is none.

    Source: Census Bureau, Understanding Geographic Identifiers (GEOIDs). A ZIP code is taken for its tabulation area.

    Examples
    --------
    >>> [place_code(text, "zip") for text in ("2138", "02138-1234", "860Z200US02138", "601.0", "Cambridge", "99999")]
    ['02138', '02138', '02138', '00601', None, None]
    >>> place_code("1400000US01001020100", "tract"), place_code("1001020100", "tract"), place_code("250173521011002", "tract")
    ('01001020100', '01001020100', '25017352101')
    >>> place_code("1001", "county"), place_code("0500000US25017", "county"), place_code("25017352101", "county")
    ('01001', '25017', '25017')
    """
    bare = _BEFORE.sub("", text.strip()).removesuffix(".0")
    digits = bare.replace("-", "").replace(" ", "") if geography == "zip" else bare
    if not re.fullmatch(r"[0-9]+", digits):
        return None
    size = next((size for size in _DIGITS[geography] if size - _LOST[geography] <= len(digits) <= size), None)
    code = digits.zfill(size)[: _DIGITS[geography][0]] if size else None
    return None if code in _NONE else code
