"""What an expression implies about its columns: which date must follow which within a time, and which texts a column is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from acmlib.contract.expressions import parse, syntax_nodes

_BELOW = {"COMPARE_LESSTHAN", "COMPARE_LESSTHANOREQUALTO"}
_ABOVE = {"COMPARE_GREATERTHAN", "COMPARE_GREATERTHANOREQUALTO"}
_DIFFERENCES = {"date_diff", "datediff", "date_sub", "datesub"}  # of age() the later date comes first, as of a minus sign


@cache
def within(expression: str, derived: tuple[tuple[str, str], ...] = ()) -> tuple[tuple[str, str], ...]:
    """Return (result, start) for each date that an expression requires within a time after another; conditions joined by OR are left out.

    Parameters
    ----------
    expression : str
        A condition that has been checked.
    derived : tuple of (column, expression)
        Columns that are computed from others.

    Examples
    --------
    >>> within("placed_on <= enrolled_on + interval 183 day and wage > 15"), within("date_diff('day', enrolled_on, placed_on) <= 183")
    ((('placed_on', 'enrolled_on'),), (('placed_on', 'enrolled_on'),))
    >>> within("days <= 183", (("days", "placed_on - enrolled_on"),)), within("a <= b + 30 or a < b")
    ((('placed_on', 'enrolled_on'),), ())
    >>> within("placed_on - interval 183 day <= enrolled_on"), within("enrolled_on - placed_on >= -183")
    ((('placed_on', 'enrolled_on'),), (('placed_on', 'enrolled_on'),))
    """
    known = dict(derived)
    return tuple(dict.fromkeys(pair for node in _all_of(parse(expression)) if (pair := _pair(node, known))))


def _all_of(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the conditions that must all hold."""
    if node.get("type") == "CONJUNCTION_AND":
        for child in node["children"]:
            yield from _all_of(child)
    else:
        yield node


def _pair(node: Mapping[str, Any], derived: Mapping[str, str]) -> tuple[str, str] | None:
    kind = node.get("type")
    if kind not in _BELOW | _ABOVE:
        return None
    small, large = (node["left"], node["right"]) if kind in _BELOW else (node["right"], node["left"])
    column, start = _column(small), _column(large)
    if column is None and _name(small) == "-" and start is not None:
        earlier = [found for one in _parts(small) if (found := _column(one))]
        return (earlier[0], start) if len(earlier) == 1 else None
    if column is None and _is_below_zero(small):
        pair = _difference(large)
        return pair[::-1] if pair else None
    if column is None:
        return _difference(small)
    later = [_column(one) for one in _parts(large) if _column(one)] if _name(large) in ("+", "date_add") else []
    if len(later) == 1 and later[0] != column:
        return column, str(later[0])
    folded = {name.casefold(): text for name, text in derived.items()}
    return _difference(parse(folded[column.casefold()])) if large.get("class") == "CONSTANT" and column.casefold() in folded else None


def _is_below_zero(node: Mapping[str, Any]) -> bool:
    """Whether a node is a number below zero; DuckDB 1 and 2 write it down differently."""
    given = node.get("literal") or node.get("value") if node.get("class") == "CONSTANT" else None
    return isinstance(given, dict) and str(given.get("text", given.get("value"))).startswith("-")


def _difference(node: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the two columns of a difference in time, the later one first."""
    columns = [found for one in _parts(node) if (found := _column(one))]
    if len(columns) != 2:
        return None
    if _name(node) in ("-", "age"):
        return columns[0], columns[1]
    return (columns[1], columns[0]) if _name(node) in _DIFFERENCES else None


def _column(node: Any) -> str | None:
    while isinstance(node, dict) and node.get("class") == "CAST":
        node = node["child"]
    return node["column_names"][0] if isinstance(node, dict) and node.get("class") == "COLUMN_REF" else None


def _name(node: Mapping[str, Any]) -> str:
    return str(node.get("function_name", "")).lower()


def _parts(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the arguments of a function."""
    found: list[dict[str, Any]] = []
    for value in node.values():
        given = value if isinstance(value, list) else [value]
        for one in given:
            if isinstance(one, dict):
                inner = one.get("expression", one)
                if isinstance(inner, dict) and "class" in inner:
                    found.append(inner)
    return found


@cache
def compared(expression: str) -> tuple[tuple[str, str], ...]:
    """Return (column, text) for each text with which an expression compares a column for being equal.

    Examples
    --------
    >>> compared("placed = 'Yes' or status in ('Open', 'New') and lower(site) = 'north' and left(name, 1) = 'A'")
    (('placed', 'Yes'), ('status', 'Open'), ('status', 'New'))
    """
    found: dict[tuple[str, str], None] = {}
    for node in syntax_nodes(parse(expression)):
        kind = node.get("type")
        if kind in ("COMPARE_EQUAL", "COMPARE_NOTEQUAL", "COMPARE_DISTINCT_FROM", "COMPARE_NOT_DISTINCT_FROM"):
            sides = [node["left"], node["right"]]
        elif kind in ("COMPARE_IN", "COMPARE_NOT_IN"):
            sides = list(node["children"])
        else:
            continue
        columns = [column for side in sides if (column := _bare(side))]
        texts = [text for side in sides if (text := _text(side)) is not None]
        found |= {(columns[0], text): None for text in texts} if len(columns) == 1 else {}
    return tuple(found)


@cache
def loosely_compared(expression: str) -> tuple[tuple[str, str], ...]:
    """Return (column, text) for each text with which a column is compared whatever its capitals or ending; of ``Yes%`` it is ``Yes``.

    Examples
    --------
    >>> loosely_compared("placed like 'Yes%' or lower(trim(status)) = 'hired' or site = 'North'")
    (('placed', 'Yes'), ('status', 'hired'))
    """
    found: dict[tuple[str, str], None] = {}
    for node in syntax_nodes(parse(expression)):
        folds = node.get("type") in ("COMPARE_EQUAL", "COMPARE_IN")
        sides = _parts(node) if folds or _name(node) in ("~~", "~~*") else []
        columns = [column for side in sides if (column := _folded(side) if folds else _bare(side) or _folded(side))]
        texts = [text.strip("%") for side in sides if (text := _text(side))]
        found |= {(columns[0], text): None for text in texts if text} if len(columns) == 1 else {}
    return tuple(found)


def _folded(node: Mapping[str, Any]) -> str | None:
    """Return the column of which a function takes the letters without their capitals or blanks."""
    inner = _parts(node) if _name(node) in ("lower", "upper", "lcase", "ucase", "trim") else []
    return (_bare(inner[0]) or _folded(inner[0])) if len(inner) == 1 else None


def _bare(node: Mapping[str, Any]) -> str | None:
    return node["column_names"][0] if node.get("class") == "COLUMN_REF" else None


def _text(node: Mapping[str, Any]) -> str | None:
    """Return a literal text; DuckDB 1 and 2 write it down differently."""
    if node.get("class") != "CONSTANT":
        return None
    if literal := node.get("literal"):
        return str(literal["text"]) if literal.get("kind") == "STRING" else None
    value = node.get("value") or {}
    is_text = str((value.get("type") or {}).get("id", "")).upper() == "VARCHAR" and not value.get("is_null")
    return str(value["value"]) if is_text else None
