"""Numbers as they are printed, and which true numbers each could be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Words for numbers that a sentence writes out. *One* is left out: it is an article more often than a count.
_WRITTEN = {
    word: float(number)
    for words in ("two three four five six seven eight nine ten", "dos tres cuatro cinco seis siete ocho nueve diez")
    for number, word in enumerate(words.split(), start=2)
}

_NUMBER = re.compile(
    r"(?<![\w.,])(?P<sign>[+\N{MINUS SIGN}-])?"
    r"(?P<digits>\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?![\d\w])"
    r"(?P<percent>\s?%|\spercent\b|\sper cent\b|\spor ciento\b)?"
    r"(?:\s(?P<unit>points?|puntos?|times|veces|vez|months?|mes(?:es)?|years?|años?|days?|d[ií]as?|weeks?|semanas?)\b)?"
    r"|\b(?P<word>" + "|".join(_WRITTEN) + r")\b",
    re.IGNORECASE,
)
#: A part and its whole, in words between them.
_SHARE = re.compile(
    r"(?<![\w.,])(\w+(?:[.,]\d+)*)\s*(?:/|\bout of\b|\bof\b|\bde\b)\s*(?:the |all |las |los )?(\w+(?:[.,]\d+)*)", re.IGNORECASE
)
_DAYS = ("day", "días", "día", "dia")

#: Numbers of figures and tables, and of what is drawn in them, are no numbers of people.
_NUMBERED = re.compile(
    r"\b(?:figure|table|figura|tabla|cuadro)\s\d+\.?|\b\d+\s(?:steps?|groups?|metrics?|points? in time|pasos?|grupos?|indicador(?:es)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Printed:
    """A number as it stands in a text.

    Attributes
    ----------
    values : tuple of float
        What it can mean: ``1,450`` is 1450 in English and 1.45 in Spanish.
    decimals : int
    kind : {"percent", "days", "number"}
    """

    values: tuple[float, ...]
    decimals: int
    kind: str


def printed_numbers(text: str) -> Iterator[Printed]:
    """Yield the numbers of a text; differences (with a sign, or in points) and lengths of time in months and years are none of people's.

    Examples
    --------
    >>> [(one.values[0], one.kind) for one in printed_numbers("Three of 1,450, or 8.1%, after 12 days: −4 points in 6 months")]
    [(3.0, 'number'), (1450.0, 'number'), (8.1, 'percent'), (12.0, 'days')]
    >>> list(printed_numbers("Figure 2. Dot chart of 3 groups"))
    []
    """
    for found in _NUMBER.finditer(_NUMBERED.sub(" ", text)):
        unit = (found["unit"] or "").lower()
        if found["word"]:
            yield Printed((_WRITTEN[found["word"].lower()],), 0, "number")
        elif found["sign"] or (unit and not unit.startswith(_DAYS)):
            continue
        else:
            yield _read(found["digits"], "percent" if found["percent"] else "days" if unit else "number")


def printed_shares(text: str) -> Iterator[tuple[Printed, Printed]]:
    """Yield a part and its whole wherever a text gives both.

    Examples
    --------
    >>> [(part.values[0], whole.values[0]) for part, whole in printed_shares("3 of 12; tres de las 40; 5/9; 7 came, 8 did not")]
    [(3.0, 12.0), (3.0, 40.0), (5.0, 9.0)]
    """
    for found in _SHARE.finditer(text):
        both = [list(printed_numbers(one)) for one in found.groups()]
        if all(len(one) == 1 for one in both):
            yield both[0][0], both[1][0]


def _read(digits: str, kind: str) -> Printed:
    plain = re.sub(r"[\u00a0\u202f ]", "", digits)
    whole = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})*)(?:[.,](\d+))?", plain)
    marks = re.findall(r"[.,]", plain)
    if not marks:
        return Printed((float(plain),), 0, kind)
    decimals = len(re.split(r"[.,]", plain)[-1])
    as_decimal = float(re.sub(r"[.,](?=.*[.,])", "", plain).replace(",", "."))
    as_thousands = float(re.sub(r"[.,]", "", plain))
    if whole and decimals == 3 and len(set(marks)) == 1:
        return Printed((as_thousands, as_decimal) if len(marks) == 1 else (as_thousands,), 0 if len(marks) > 1 else 3, kind)
    return Printed((as_decimal,), decimals, kind)


def is_count(printed: Printed, count: float) -> bool:
    """Whether a printed number can be a count of people."""
    return printed.kind == "number" and any(value == count for value in printed.values)


def is_rounded(printed: Printed, true: float, *, scale: float = 1.0) -> bool:
    """Whether a printed number is a true one at the number of decimals printed, however halves are rounded.

    Examples
    --------
    >>> [is_rounded(one, 0.0811, scale=100) for one in printed_numbers("8% 8.1% 8.11% 8.2%")]
    [True, True, True, False]
    """
    if not math.isfinite(true):
        return False
    half = 0.5 * 10.0**-printed.decimals
    return any(abs(value - true * scale) <= half + 1e-9 for value in printed.values)
