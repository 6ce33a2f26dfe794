"""Names of race and ethnicity categories in the federal standard, and the words in which files write them.

Source: Office of Management and Budget, Statistical Policy Directive No. 15, revision of March 2024 (89 FR 22182): seven minimum
categories in one question with several answers; and of October 1997 (62 FR 58782): five races and a separate question on ethnicity.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

AIAN = "American Indian or Alaska Native"
ASIAN = "Asian"
BLACK = "Black or African American"
HISPANIC = "Hispanic or Latino"
MENA = "Middle Eastern or North African"
NHPI = "Native Hawaiian or Pacific Islander"
WHITE = "White"
MULTIPLE = "Multiracial and/or Multiethnic"

#: The seven minimum categories of 2024, in the directive's order.
OMB_2024 = (AIAN, ASIAN, BLACK, HISPANIC, MENA, NHPI, WHITE)

#: The groups into which participants are divided for comparisons: one category alone, or several together.
OMB_2024_GROUPS = (*OMB_2024, MULTIPLE)
GROUPS = OMB_2024_GROUPS

#: Spellings found in files, without capitals and signs. Codes such as B or 2 are not here: they differ between systems (recode them).
_SPELLINGS: Mapping[str, str] = {
    "american indian": AIAN,
    "alaska native": AIAN,
    "american indian alaska native": AIAN,
    "american indian or alaskan native": AIAN,
    "american indian alaska native or indigenous": AIAN,
    "native american": AIAN,
    "aian": AIAN,
    "ai an": AIAN,
    "am indian": AIAN,
    "nativa americana": AIAN,
    "nativo americano": AIAN,
    "asian or asian american": ASIAN,
    "asian american": ASIAN,
    "asiatica": ASIAN,
    "asiatico": ASIAN,
    "black": BLACK,
    "african american": BLACK,
    "black african american": BLACK,
    "negra": BLACK,
    "negro": BLACK,
    "negra o afroamericana": BLACK,
    "negro o afroamericano": BLACK,
    "afroamericana": BLACK,
    "afroamericano": BLACK,
    "black african american or african": BLACK,
    "hispanic": HISPANIC,
    "latino": HISPANIC,
    "latina": HISPANIC,
    "latino a": HISPANIC,
    "hispanic latino a": HISPANIC,
    "latinx": HISPANIC,
    "latine": HISPANIC,
    "hispanic latino": HISPANIC,
    "hispana": HISPANIC,
    "hispano": HISPANIC,
    "hispana latina": HISPANIC,
    "hispano latino": HISPANIC,
    "hispana o latina": HISPANIC,
    "hispano o latino": HISPANIC,
    "hispanic or latina": HISPANIC,
    "hispanic latina e o": HISPANIC,
    "hispanic latina latino latinx": HISPANIC,
    "hispanic latino of any race": HISPANIC,
    "hispanic or latino of any race": HISPANIC,
    "middle eastern": MENA,
    "north african": MENA,
    "middle eastern north african": MENA,
    "mena": MENA,
    "native hawaiian": NHPI,
    "pacific islander": NHPI,
    "native hawaiian pacific islander": NHPI,
    "native hawaiian or other pacific islander": NHPI,
    "native hawaiian other pacific islander": NHPI,
    "other pacific islander": NHPI,
    "hawaiian or pacific islander": NHPI,
    "nhpi": NHPI,
    "caucasian": WHITE,
    "blanca": WHITE,
    "blanco": WHITE,
    "white or caucasian": WHITE,
    "multi": MULTIPLE,
    "mixed": MULTIPLE,
    "multiracial": MULTIPLE,
    "multi racial": MULTIPLE,
    "multiethnic": MULTIPLE,
    "biracial": MULTIPLE,
    "mixed race": MULTIPLE,
    "multiple races": MULTIPLE,
    "more than one race": MULTIPLE,
    "two or more races": MULTIPLE,
    "two or more": MULTIPLE,
    "2 or more races": MULTIPLE,
    "2 or more": MULTIPLE,
    "multirracial": MULTIPLE,
    "dos o mas razas": MULTIPLE,
    "multiracial or multiethnic": MULTIPLE,
}

_SIGNS = re.compile(r"[\W_]+")
_BESIDE = re.compile(r"not hispanic or latino|non hispanic")


def bare(text: str) -> str:
    """Return the words of a text in small letters without accents and signs, for comparing spellings.

    Examples
    --------
    >>> bare("Don’t know"), bare("Se negó"), bare("中文"), bare("—")
    ('don t know', 'se nego', '中文', '')
    """
    letters = (sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))
    return " ".join(_SIGNS.sub(" ", "".join(letters)).split())


def plain(text: str) -> str:
    """Return a text `bare` and without ``non-Hispanic`` and ``alone`` at its end.

    Examples
    --------
    >>> plain("Black/African-American (non-Hispanic)"), plain("Asiática"), plain("White alone, not Hispanic or Latino")
    ('black african american', 'asiatica', 'white')
    """
    words = bare(text)
    return _BESIDE.sub("", words).strip().removesuffix(" alone") or words


def canonical(text: str) -> str | None:
    """Return the category of the 2024 standard that a text names, or None if it names none.

    Examples
    --------
    >>> canonical("black"), canonical("Native Hawaiian or Other Pacific Islander"), canonical("Klingon")
    ('Black or African American', 'Native Hawaiian or Pacific Islander', None)
    """
    return _BY_SPELLING.get(plain(text))


_BY_SPELLING: Mapping[str, str] = {**_SPELLINGS, **{plain(name): name for name in GROUPS}}
