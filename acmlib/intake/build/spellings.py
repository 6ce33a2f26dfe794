"""Are two texts one under two spellings? Names of groups, and texts that a contract compares with."""

from __future__ import annotations

import html
import re
import unicodedata
from contextlib import suppress
from difflib import SequenceMatcher

#: Most different values of a column that is compared with texts.
MOST_VALUES = 200
#: Two names of which so much is alike (difflib) may be one.
LIKENESS = 0.88
#: Letters of a name in which two that changed places are a typing error, or in which one letter is another.
MIN_EXCHANGED = 5
#: Letters of a name that may have been cut off within a word.
MIN_CUT = 12
#: Words that tell places apart although they look alike; of words up to this length a letter does.
_OPPOSITES, SHORT = frozenset({"north", "south", "east", "west", "upper", "lower", "inner", "outer"}), 3

#: Spellings of yes and no that people and programs mix, and of sexes.
_ALIKE = (
    frozenset({"yes", "y", "true", "t", "1", "1.0", "x", "si", "sí", "s", "checked", "ja", "oui", "✓", "✔", "☑", "✅"}),
    frozenset({"no", "n", "false", "f", "0", "0.0", "unchecked", "nein", "non"}),
)
_SEXES = (frozenset({"female", "f", "woman", "women", "girl", "mujer"}), frozenset({"male", "m", "man", "men", "boy", "hombre"}))

#: Words for one result; a file that has two of them may mean the same.
_SYNONYMS = (
    frozenset({"placed", "hired", "employed", "got job", "job placed", "obtained employment"}),
    frozenset({"completed", "graduated", "finished"}),
    frozenset({"housed", "moved in", "permanently housed"}),
)
_SUFFIX = re.compile(
    r"\b(ctr|cntr|center|centre|centro|street|st|avenue|ave|building|bldg|office|site|branch|campus|school|sch|inc|llc|the|of|and|to"
    r"|years?|yrs?|ages?|aged)\b"
)
_WORDS = {"saint": "st", "mount": "mt", "fort": "ft", "n": "north", "s": "south", "e": "east", "w": "west"} | {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7"
}  # fmt: skip
#: A code before or behind a name: 01 - North, North (01).
_CODED = re.compile(r"^\d+\s*[-–:.]\s*(?=\D)|\s*\(\d+\)$")


def is_near(value: str, wanted: str) -> bool:
    """Whether two texts are the same but for capitals, blanks and signs, or are both yes, or both no.

    Examples
    --------
    >>> is_near("YES", "Yes"), is_near("1", "Yes"), is_near("Placed - full time", "Placed (full-time)"), is_near("No", "Yes")
    (True, True, True, False)
    """
    one, other = value.strip().casefold(), wanted.strip().casefold()
    if one == other or any(one in group and other in group for group in _ALIKE):
        return True
    bare = ["".join(sign for sign in text if sign.isalnum()) for text in (one, other)]
    return bool(bare[0]) and bare[0] == bare[1]


def may_be(value: str, wanted: str) -> bool:
    """Whether a text may mean another one: more is said behind it, one letter is wrong, or it is another word for the same result.

    Examples
    --------
    >>> [
    ...     may_be(*pair)
    ...     for pair in (("Yes - full time", "Yes"), ("Yess", "Yes"), ("Complete", "Completed"), ("Not", "No"), ("None", "Done"))
    ... ]
    [True, True, True, False, False]
    """
    one, other = value.strip().casefold(), wanted.strip().casefold()
    return any({one, other} <= group for group in _SYNONYMS) or (
        bool(other) and (re.match(rf"{re.escape(other)}\s*[^\w\s]", one) is not None or _one_letter(one, other))
    )


def is_alike(one: str, other: str, *, rare: bool = False) -> bool:
    """Whether two names of groups may be one, spelled differently: capitals, signs, accents, an abbreviation, a letter.

    Parameters
    ----------
    rare : bool
        Whether one of them has few rows beside the other, as typing errors have.

    Examples
    --------
    >>> is_alike("North Ctr.", "North Center"), is_alike("Male", "Female"), is_alike("District 4", "District 5")
    (True, False, False)
    >>> is_alike("Nroth", "North"), is_alike("Ward AB", "Ward BA"), is_alike("Ward II", "Ward III"), is_alike("F", "Female")
    (True, False, False, True)
    >>> is_alike("West Midlands Region", "East Midlands Region"), is_alike("Migrant HS", "Migrant EHS")
    (False, False)
    >>> is_alike("Saint Mary's", "St. Marys"), is_alike("01 - North", "North"), is_alike("Main & Oak", "Oak and Main"), is_alike("1", "01")
    (True, True, True, True)
    """
    a, b = _plain(one), _plain(other)
    if a == b or any({a, b} <= sex for sex in _SEXES):
        return True
    bare = [_CODED.sub("", name.strip()) for name in (one, other)]
    if bare[0] == bare[1] and (one.strip() in bare or other.strip() in bare):
        return True
    if re.findall(r"\d+", a) != re.findall(r"\d+", b) or not a or not b:
        return False
    short, long = ("".join(_SUFFIX.sub(" ", name).split()) for name in (a, b))
    if (short and short == long) or (" " in a and sorted(a.replace(" and ", " ").split()) == sorted(b.replace(" and ", " ").split())):
        return True
    if _is_cut(*sorted((a, b), key=len)) or _are_initials(one, b) or _are_initials(other, a):
        return True
    pairs = list(zip(a.split(), b.split(), strict=True)) if len(a.split()) == len(b.split()) else []
    if len(pairs) > 1 and all(_abbreviates(x, y) for x, y in pairs):
        return True
    if any(x != y and ({x, y} <= _OPPOSITES or max(len(x), len(y)) <= SHORT) for x, y in pairs):
        return False
    close = min(len(a), len(b)) >= 6 and abs(len(a) - len(b)) <= 2 and SequenceMatcher(None, a, b).ratio() >= LIKENESS
    return close or _exchanged(a, b) or (rare and _one_letter(a, b))


def _plain(name: str) -> str:
    """Return a name in small letters without accents and signs, its numbers and usual abbreviations in one form."""
    text = html.unescape(name)
    with suppress(UnicodeError):
        text = text.encode("cp1252").decode("utf-8")  # JardÃ­n
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(sign for sign in decomposed if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf")
    text = re.sub(r"^(\d{5})-\d{4}$", r"\1", re.sub(r"(\d)\.0$", r"\1", text.strip()))
    text = re.sub(r"(\d) ?(?:to|thru|through) ?(\d)", r"\1 \2", re.sub(r"['’`]", "", text).replace("&", " and "))
    words = re.sub(r"[^\w]+", " ", text).split()
    words = [_WORDS.get(word, word) for word in words] if len(words) > 1 else words
    return " ".join(word.lstrip("0") or "0" if word.isdigit() else word for word in words)


def _is_cut(short: str, long: str) -> bool:
    return len(short) >= MIN_CUT and long.startswith(short) and long[len(short)] != " "


def _are_initials(name: str, words: str) -> bool:
    first = "".join(word[0] for word in words.split() if word not in ("of", "the", "and"))
    return len(name) > 1 and name.isalpha() and name.isupper() and name.casefold() == first


def _exchanged(one: str, other: str) -> bool:
    """Whether two names differ in two neighboring letters that changed places."""
    apart = [at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b] if len(one) == len(other) >= MIN_EXCHANGED else []
    return len(apart) == 2 and apart[1] == apart[0] + 1 and one[apart[0]] == other[apart[1]] and one[apart[1]] == other[apart[0]]


def _one_letter(one: str, other: str) -> bool:
    """Whether two texts differ in one letter, not the first one: left out, or of a long text another one."""
    short, long = sorted((one, other), key=len)
    if len(long) <= SHORT or short[:1] != long[:1] or len(long) - len(short) > 1:
        return False
    apart = [at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b]
    if len(short) == len(long):
        return len(apart) == 1 and len(long) >= MIN_EXCHANGED and (short[apart[0]] + long[apart[0]]).isalpha()
    at = apart[0] if apart else len(short)
    return long[:at] + long[at + 1 :] == short and long[at].isalpha()


def _abbreviates(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (short == long or len(short) >= 2)


def other_spellings(values: dict[str, int], wanted: list[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Return which values are one of some texts in another spelling, and which may be, with how often they come up."""
    left = {value: number for value, number in values.items() if value not in wanted}
    near = {value: number for value, number in left.items() if any(is_near(value, one) for one in wanted)}
    may = {value: number for value, number in left.items() if value not in near and any(may_be(value, one) for one in wanted)}
    return near, may
