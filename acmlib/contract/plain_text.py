"""Text without what can turn it around: characters that make a reader see other words than are there."""

from __future__ import annotations

#: Marks that embed, override or isolate a direction of writing (https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings),
#: and control characters other than the ends of lines and tabs. Letters of right-to-left scripts need none of them.
_TURNING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\r"]
_NOT_SHOWN = dict.fromkeys([*_TURNING, *_CONTROLS, 0xFEFF])


def plain(text: str) -> str:
    r"""Return a text without marks that turn it around and without control characters.

    Examples
    --------
    >>> plain("Harbor \u202eskroW")
    'Harbor skroW'
    """
    return text.translate(_NOT_SHOWN)
