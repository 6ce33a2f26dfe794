"""How wide text is at most: the letters of DejaVu Sans, the widest of the fonts that readers' machines are likely to have.

Charts are laid out with these widths, so that labels do not collide whichever font a browser takes. Widths in hundredths of the size of
the text, rounded up; measured with FreeType from DejaVu Sans 2.37 (Verdana is as wide, Arial, Segoe UI, Roboto and Helvetica are narrower).
"""

from __future__ import annotations

_NORMAL = {
    28: "'ijlìíîïĩīĭįıĵĺļ",
    29: "ł",
    30: "IJÌÍÎÏĨĪĬĮİĴ",
    32: " ,.\xa0·‘’",
    34: "/:;\\|¦",
    35: "ŀ",
    36: "fſ",
    37: "-\xad",
    38: "ľ",
    40: "()[]tţťŧ",
    41: "!¡²³¹",
    42: "rŕŗř",
    46: '"',
    48: "ªº",
    50: "*_`§¨¯°´¸–",
    52: "“”",
    53: "szśŝşšźżž",
    54: "?¿",
    55: "cçćĉċč",
    56: "LĳĹĻĽĿ",
    57: "Ł",
    58: "Fkķĸ",
    59: "Ĳ•",
    60: "vxyýÿŷ",
    61: "PÞ",
    62: "TYaeo«»ÝàáâãäåèéêëðòóôõöøāăąēĕėęěōŏőŢŤŦŶŸ",
    63: "ß",
    64: "$0123456789ESbdghnpqu{}¢£¤¥µ¶ÈÉÊËñùúûüþďđĒĔĖĘĚĝğġģĥńņňŋŚŜŞŠũūŭůűų",
    66: "KĶ",
    69: "ABVXZÀÁÂÃÄÅĀĂĄŹŻŽ",
    70: "CRÇĆĈĊČħŔŖŘ",
    74: "UÙÚÛÜŨŪŬŮŰŲ",
    75: "NÑŃŅŇŊ",
    76: "HĤ",
    77: "◇△▽",
    78: "&DGÐĎĐĜĞĠĢ",
    79: "OQÒÓÔÕÖØŌŎŐ",
    82: "wŉŵ",
    84: "#+<=>^~¬±×÷−✓✕✗→←↑↓≥≤",
    87: "M",
    88: "●○",
    92: "Ħ",
    95: "■□",
    96: "%",
    97: "¼½¾",
    98: "mÆ",
    99: "WæŴ",
    100: "@©®—…",
    103: "œ",
    107: "Œ",
}

_BOLD = {
    31: "'",
    35: " ijl\xa0ìíîïĩīĭįıĵĺļ",
    37: "/\\|¦",
    38: ",.IJ·ÌÍÎÏĨĪĬĮİĴł‘’",
    40: ":;",
    42: "-\xad",
    44: "f²³¹ſ",
    46: "!()[]¡",
    48: "tľţťŧ",
    50: "_`r§¨¯°´¸ŕŗř–",
    53: '"*',
    56: "ŀ",
    57: "ªº",
    59: "?z¿źżž",
    60: "csçćĉċčśŝşš",
    64: "L¤¶ĹĻĽĿ•",
    65: "x«»Ł",
    66: "vyýÿŷ“”",
    67: "kķĸ",
    68: "aeàáâãäåèéêëāăąēĕėęě",
    69: "EFToÈÉÊËðòóôõöøĒĔĖĘĚĳōŏőŢŤŦ",
    70: "$0123456789¢£¥",
    72: "bdghnpqu{}ßñùúûüþďđĝğġģĥńņňŋũūŭůűų",
    73: "SYZÝŚŜŞŠŶŸŹŻŽ",
    74: "CPµÇÞĆĈĊČ",
    75: "Ĳ",
    77: "B◇△▽",
    78: "AKRVXÀÁÂÃÄÅĀĂĄĶŔŖŘ",
    80: "ħ",
    82: "UÙÚÛÜŨŪŬŮŰŲ",
    83: "GĜĞĠĢ",
    84: "#+<=>DHN^~¬±ÐÑ×÷ĎĐĤŃŅŇŊ−✓✕✗→←↑↓≥≤",
    86: "OQÒÓÔÕÖØŌŎŐ",
    88: "&●○",
    93: "wŵ",
    95: "■□",
    98: "Ħ",
    99: "ŉ",
    100: "@M©®—…",
    101: "%",
    104: "¼½¾",
    105: "mæ",
    109: "Æ",
    110: "œ",
    111: "WŴ",
    117: "Œ",
}

#: Width of a letter that is not listed: as wide as the widest that are.
_UNKNOWN = 105

_WIDTHS = {
    weight: {letter: width for width, letters in table.items() for letter in letters}
    for weight, table in (("normal", _NORMAL), ("bold", _BOLD))
}


def width(text: str, size: float, weight: str = "normal") -> float:
    """Return how wide a text is at most, in the units of `size`.

    Examples
    --------
    >>> width("mi", 100)
    126.0
    """
    table = _WIDTHS[weight]
    return sum(table.get(letter, _UNKNOWN) for letter in text) * size / 100
