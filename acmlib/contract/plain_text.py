"""Text without invisible or direction-changing characters, and text normalised for searching."""

from __future__ import annotations

import re
import unicodedata

#: Marks that embed, override or isolate a direction of writing (https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings),
#: and control characters other than the ends of lines and tabs. Letters of right-to-left scripts need none of them.
_TURNING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\r"]
_NOT_SHOWN = re.compile(f"[{re.escape(''.join(map(chr, [*_TURNING, *_CONTROLS, 0xFEFF])))}]")


def plain(text: str) -> str:
    r"""Return a text without marks that turn it around and without control characters.

    Examples
    --------
    >>> plain("Harbor \u202eskroW")
    'Harbor skroW'
    """
    return _NOT_SHOWN.sub("", text)


#: Characters without a shape: soft hyphens, joiners, marks of direction, selectors of variants. They come along when text is copied.
_SHAPELESS = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f]")

#: Raised, lowered and circled numerals are numbers of their own, not further digits of the one before. The expression begins with one class
#: of characters, which is sought several times as fast as two.
_RAISED, _CIRCLED = "\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089", "\u2460-\u2473"
_SET_APART = re.compile(f"[{_RAISED}{_CIRCLED}](?:(?<=[{_RAISED}])[{_RAISED}]+)?")

#: Hyphens and dashes, which programs put in each other's place.
_DASHES = re.compile("[\u2010-\u2015\u2212]")


def seen(text: str) -> str:
    r"""Return a text as it is searched for numbers and names: each character in its plain form, those without a shape left out.

    Examples
    --------
    >>> seen("HY-\u200b00012, ８％ of 37\u00b9")
    'HY-00012, 8% of 37 1 '
    """
    if text.isascii():
        return text
    apart = _SET_APART.sub(lambda found: f" {found[0]} ", _SHAPELESS.sub("", plain(text)))
    return unicodedata.normalize("NFKC", apart)


def alike(text: str) -> str:
    r"""Return a text as it is compared with ids and names: as `seen`, in small letters, with single spaces and one kind of dash.

    Examples
    --------
    >>> alike("HY\u201100012 \n Ana\u00a0RUIZ")
    'hy-00012 ana ruiz'
    """
    return " ".join(_DASHES.sub("-", seen(text)).casefold().split())
