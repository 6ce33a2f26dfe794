"""Cells in which a sender of counts withholds a number: <11, n<10, *, suppressed. They are no typing errors, and no zeros."""

from __future__ import annotations

import re

from acmlib.intake.connection import literal

#: Before the name of a column of counts: whether its cell is withheld.
WITHHELD = "_withheld_"

#: How a withheld count is written.
_MARKS = (
    r"\(?n?\s*(<|≤|<=|&lt;|less than|fewer than|under|below|at most|no more than)\s*=?\s*"
    r"(\d{1,3}|five|ten|eleven|twenty)\s*(\*|%|[a-z]{4,14})?\)?"
    r"|\d{1,2}\s*(-|–|to)\s*\d{1,2}|\d{1,2} or (fewer|less)|\*+|†|‡|s|\(s\)|\[c\]|ds|supp?(ressed|\.)?( (for|to|due) .*)?"
    r"|(data|counts?) suppressed|redacted|masked|withheld|hidden|not (shown|disclosed)|too (few|small)( to (report|show|display))?"
    r"|n\s?too\s?small|small n|suprimido|oculto|menos de \d{1,3}|\d{1,2} o menos"
)


def is_withheld(cell: str) -> bool:
    """Whether a cell of a column of counts says that its number is withheld.

    Examples
    --------
    >>> [is_withheld(cell) for cell in ("<11", "n < 10", "*", "Suppressed", "fewer than 5", "10 or fewer", "1-10", "12", "")]
    [True, True, True, True, True, True, True, False, False]
    """
    return bool(re.fullmatch(_MARKS, cell.strip().lower()))


def withheld(text: str) -> str:
    """Return SQL for `is_withheld` of a text; false of no text."""
    return f"coalesce(regexp_full_match(lower(trim({text})), {literal(_MARKS)}), false)"
