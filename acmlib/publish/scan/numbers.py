"""Numbers as they are printed, and which true numbers each could be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Words for numbers that a sentence writes out. *One* is left out: it is an article more often than a count.
_TEENS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
)
_TENS = ("twenty thirty forty fifty sixty seventy eighty ninety", "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_ONES = ("one two three four five six seven eight nine", "uno dos tres cuatro cinco seis siete ocho nueve")
_TWENTIES = "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"


def _written() -> dict[str, float]:
    """Return the words for 2 to 99, in English and Spanish, each with its number."""
    found = {word: float(number) for words in _TEENS for number, word in enumerate(words.split(), start=2)}
    found |= {word: float(number) for number, word in enumerate(_TWENTIES.split(), start=21)}
    for tens, ones, between in zip(_TENS, _ONES, ("-", " y "), strict=True):
        for ten, word in enumerate(tens.split(), start=2):
            found.setdefault(word, 10.0 * ten)
            found |= {f"{word}{between}{one}": 10.0 * ten + number for number, one in enumerate(ones.split(), start=1)}
    return found


_WRITTEN = _written()

_NUMBER = re.compile(
    r"(?:(?<![\w.,])(?P<sign>[+\N{MINUS SIGN}-])?"
    r"(?P<digits>\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?![\d\w])"
    r"|(?<!\w)(?P<word>" + "|".join(sorted(_WRITTEN, key=len, reverse=True)) + r")\b)"
    r"(?P<percent>\s?%|\spercent\b|\sper cent\b|\spor ciento\b)?"
    r"(?:\s(?P<unit>points?|puntos?|times|veces|vez|months?|mes(?:es)?|years?|años?|days?|d[ií]as?|hours?|horas?|minutes?|minutos?|weeks?|semanas?)\b)?",
    re.IGNORECASE,
)
#: Other marks of decimals: a raised dot, and the Arabic one.
_DECIMALS = str.maketrans("·٫", "..")
#: A part and its whole, in words between them.
_SHARE = re.compile(
    r"(?<![\w.,])(\w+(?:[.,]\d+)*)\s*(?:/|\bout of\b|\bof\b|\bde\b)\s*(?:the |all |las |los )?(\w+(?:[.,]\d+)*)", re.IGNORECASE
)
_DAYS = ("day", "días", "día", "dia", "hour", "hora", "minut")

#: Numbers of figures and tables, and of what is drawn in them, are no numbers of people.
_NUMBERED = re.compile(
    r"\b(?:figure|table|figura|tabla|cuadro)\s\d+\.?|\b\d+\s(?:steps?|groups?|metrics?|points? in time|pasos?|grupos?|indicador(?:es)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Printed:
    """A number as it stands in a text."""

    values: tuple[float, ...]  #: What it can mean: ``1,450`` is 1450 in English and 1.45 in Spanish.
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
    plain = text if text.isascii() else text.translate(_DECIMALS)
    for found in _NUMBER.finditer(_NUMBERED.sub(" ", plain)):
        unit = (found["unit"] or "").lower()
        if found["sign"] or (unit and not unit.startswith(_DAYS)):
            continue
        kind = "percent" if found["percent"] else "days" if unit else "number"
        yield Printed((_WRITTEN[found["word"].lower()],), 0, kind) if found["word"] else _read(found["digits"], kind)


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
