"""SQL expressions in contract files: one scalar expression over the columns of a table, and nothing that reaches beyond it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

from acmlib.contract.errors import choose

#: Functions that an expression may call: each depends on its arguments only. Everything else is refused, so that no function
#: of a later DuckDB reaches a file, a setting or the clock. Operators are functions to DuckDB, hence the signs.
ALLOWED_FUNCTIONS = frozenset(
    """
    + - * / // % ** ^ & | ~ << >> || = <> < > <= >= ~~ !~~ ~~* !~~* ^@ -> ->>
    abs ceil ceiling exp fdiv floor fmod greatest least ln log log10 log2 mod pow power round round_even sign sqrt trunc isnan isfinite
    coalesce if ifnull nullif constant_or_null
    century date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek
    dayofyear days_in_month epoch isodow isoyear last_day make_date make_timestamp month monthname quarter strftime strptime
    time_bucket to_days to_hours to_minutes to_months to_quarters to_seconds to_weeks to_years try_strptime week weekday weekofyear
    year yearweek hour minute second working_day working_days
    concat concat_ws contains ends_with ilike_escape instr lcase left len length like_escape lower lpad ltrim not_ilike_escape
    not_like_escape position prefix regexp_extract regexp_full_match regexp_matches regexp_replace replace reverse right rpad rtrim
    split split_part starts_with str_split string_split strip_accents strlen strpos substr substring suffix translate trim ucase upper
    array_contains array_length array_to_string list_concat list_contains list_distinct list_filter list_has list_has_all list_has_any
    list_max list_min list_pack list_sort list_sum list_transform list_unique list_value row
    """.split()  # noqa: SIM905 (a table of words reads better than 150 quoted ones)
)

#: Words that DuckDB takes for the clock or the session when no column has their name.
_REPLACE = ("replace", "regexp_replace")
_CLOCK = frozenset(
    """
    current_date current_time current_timestamp localtime localtimestamp today user current_user session_user current_role
    current_schema current_catalog current_database
    """.split()  # noqa: SIM905 (as above)
)

#: Longest text that lpad() and rpad() may make.
LONGEST_FILLED = 100
#: How many times longer a text may become by replace() in replace().
MOST_GROWN = 1000

#: Kinds of node in DuckDB's syntax tree that a scalar expression consists of.
_ALLOWED_NODES = frozenset(
    {"BETWEEN", "CASE", "CAST", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION", "OPERATOR", "TYPE"}
)

_REFUSED_NODES = {
    "SUBQUERY": "a subquery",
    "WINDOW": "a window function (over)",
    "STAR": "a star",
    "PARAMETER": "a parameter",
    "LAMBDA": "a lambda",
    "COLLATE": "a collation",
}

_FORM = "use one SQL expression over the table's columns, as: placed_on <= exited_on + interval 183 day"


@dataclass(frozen=True)
class Checked:
    """What is known about an expression without any data."""

    columns: tuple[str, ...] = ()  #: Columns that it uses, in order of appearance.
    problem: str | None = None  #: Why it is refused, and what is allowed; None if it is fine.


#: Earlier results, by text: contracts share many expressions, and the parser needs a connection.
_known: dict[str, Checked] = {}
_MOST_KNOWN = 20_000
#: Syntax trees of the statements read last, as DuckDB writes them (JSON).
_trees: dict[str, str] = {}
_MOST_TREES = 1_000


def check_expression(expression: str) -> Checked:
    """Find out whether a text is one harmless scalar SQL expression, and which columns it uses. Nothing is run.

    DuckDB's own parser reads it. Refused are: more than an expression, subqueries, aggregates, window functions, stars, parameters,
    comments, columns of other tables, and every function but those in `ALLOWED_FUNCTIONS`.

    Examples
    --------
    >>> check_expression("placed_on <= exited_on + interval 183 day").columns
    ('placed_on', 'exited_on')
    >>> check_expression("(select max(x) from y)").problem
    "has a subquery; use one SQL expression over the table's columns, as: placed_on <= exited_on + interval 183 day"
    """
    return check_expressions([expression])[expression]


def check_expressions(expressions: Iterable[str]) -> dict[str, Checked]:
    """Check many expressions at once, as `check_expression` does each."""
    wanted = dict.fromkeys(expressions)
    new = [expression for expression in wanted if expression not in _known]
    if len(_known) + len(new) > _MOST_KNOWN:
        _known.clear()
        new = list(wanted)
    _read_together([form for expression in new for form in _forms(expression)])
    for expression in new:
        _known[expression] = _check(expression)
    return {expression: _known[expression] for expression in wanted}


def remember(checked: Mapping[str, Checked]) -> None:
    """Take over the results of another process, by text, so that its expressions need not be checked again."""
    _known.update(checked)


def parse(expression: str) -> dict[str, Any]:
    """Return DuckDB's syntax tree of an expression that has been checked."""
    tree: dict[str, Any] = _syntax(_forms(expression)[0])["statements"][0]["node"]["select_list"][0]
    return tree


def syntax_nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield the nodes of an expression, in the order of the text."""
    return _nodes(tree)


@cache
def parser() -> duckdb.DuckDBPyConnection:
    """Return the connection that reads expressions, and nothing else: opened once a process, which takes as long as 40 expressions."""
    return duckdb.connect(":memory:", config={"threads": 1, "enable_external_access": False})


@cache
def time_zones() -> frozenset[str]:
    """Return the names of the time zones that DuckDB knows."""
    return frozenset(row[0] for row in parser().execute("SELECT name FROM pg_timezone_names()").fetchall())


def _forms(expression: str) -> tuple[str, str]:
    """Return two statements: alone, brackets must balance; in brackets, an alias or a second column is no expression any more."""
    return f"SELECT {expression}", f"SELECT (\n{expression}\n)"


def _check(expression: str) -> Checked:
    if any(kind == duckdb.token_type.comment for _, kind in duckdb.tokenize(expression)):
        return Checked(problem=f"has a comment; {_FORM}")
    trees = [_syntax(form) for form in _forms(expression)]
    failed = next((tree for tree in trees if isinstance(tree, str)), None)
    if failed is not None:
        return Checked(problem=f"cannot be read as SQL ({failed}); {_FORM}")
    if not all(_is_single(tree) for tree in trees):
        return Checked(problem=f"is more than one expression; {_FORM}")
    columns: dict[str, None] = {}
    for node in _nodes(trees[1]["statements"][0]["node"]["select_list"][0]):
        problem = _problem(node)
        if problem:
            return Checked(problem=problem)
        if node["class"] == "COLUMN_REF":
            columns[node["column_names"][0]] = None
    return Checked(columns=tuple(columns))


def _read_together(statements: Sequence[str]) -> None:
    """Read many statements by one: DuckDB takes as long for one of them alone as for all. One that it cannot read is left to `_syntax`."""
    if len(_trees) + len(statements) > _MOST_TREES:
        _trees.clear()
    if statements:
        with contextlib.suppress(duckdb.Error):
            rows = parser().execute("SELECT one, json_serialize_sql(one) FROM (SELECT unnest(?) AS one)", [list(statements)]).fetchall()
            _trees.update(rows)


def _syntax(statement: str) -> Any:
    """Return DuckDB's syntax tree of a statement, or the complaint of its parser."""
    try:
        text = _trees.get(statement) or parser().execute("SELECT json_serialize_sql(?)", [statement]).fetchall()[0][0]
    except duckdb.Error as error:
        return str(error).partition("\n")[0]
    tree = json.loads(text)
    return str(tree.get("error_message", "no SQL")).partition("\n")[0] if tree["error"] else tree


def _is_single(tree: Any) -> bool:
    """Whether the tree is a SELECT of one thing, from nowhere, with no clause."""
    if len(tree["statements"]) != 1:
        return False
    node = tree["statements"][0]["node"]
    return bool(
        node["type"] == "SELECT_NODE"
        and len(node["select_list"]) == 1
        and node["from_table"]["type"] == "EMPTY"
        and not node["modifiers"]
        and not node["cte_map"]["map"]
        and not any(node.get(clause) for clause in ("where_clause", "group_expressions", "group_sets", "having", "qualify", "sample"))
        and not node["select_list"][0].get("alias")
    )


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield the nodes of an expression, in the order of the text."""
    if isinstance(tree, dict):
        if "class" in tree:
            yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)


def _problem(node: dict[str, Any]) -> str | None:
    """Return why a node may not stand in an expression, or None."""
    kind = node["class"]
    if kind not in _ALLOWED_NODES:
        return f"has {_REFUSED_NODES.get(kind, kind.lower().replace('_', ' '))}; {_FORM}"
    if kind == "COLUMN_REF" and len(node["column_names"]) > 1:
        return (
            f"names the column '{'.'.join(node['column_names'])}'; write the column's name alone, columns of other tables come through join"
        )
    if kind == "COLUMN_REF" and node["column_names"][0].lower() in _CLOCK:
        return f"uses {node['column_names'][0]}; write a date, as date '2026-05-31': a report must come out the same on every day"
    if kind == "FUNCTION":
        name = str(node["function_name"]).lower()
        if name not in ALLOWED_FUNCTIONS or node.get("schema") or node.get("catalog"):
            words = sorted(function for function in ALLOWED_FUNCTIONS if function[0].isalpha())
            return f"calls {name}(), which is not allowed in a contract; {choose(name, words, most=6)}"
        if node.get("filter") or node.get("distinct") or (node.get("order_bys") or {}).get("orders"):
            return f"has a clause inside {name}(); {_FORM}"
        if name in ("lpad", "rpad"):
            return _too_long(name, node)
        if name in _REPLACE and _grown(node) > MOST_GROWN:
            return f"may make texts more than {MOST_GROWN:,} times as long by {name}() in {name}(); replace with shorter texts"
    return None


def _given(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the arguments of a function, of DuckDB 1 and 2."""
    return node.get("children") or [one["expression"] for one in node.get("arguments") or ()]


def _text_of(node: dict[str, Any]) -> str | None:
    """Return the text of a constant; None if a node is none."""
    if node.get("class") != "CONSTANT":
        return None
    return str(node.get("literal", {}).get("text", (node.get("value") or {}).get("value", "")))


def _grown(node: dict[str, Any]) -> float:
    """Return how many times longer than a cell a text may become, by concatenation and by replacing one character with several."""
    if node["class"] == "FUNCTION" and str(node["function_name"]).lower() in _REPLACE:
        text, old, new = (*_given(node), {}, {}, {})[:3]
        known = [_text_of(one) for one in (old, new)]
        each = (
            LONGEST_FILLED
            if known[1] is None
            else len(known[1]) / max(1, len(known[0] or "") if "regexp" not in node["function_name"] else 1)
        )
        return _grown(text) * max(1.0, each) if text else 1.0
    parts = [one for key, value in node.items() if key != "class" for one in _topmost(value)]
    return sum(map(_grown, parts)) or 1.0


def _topmost(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the outermost nodes in a value."""
    if isinstance(value, dict):
        if "class" in value:
            yield value
        else:
            yield from (node for one in value.values() for node in _topmost(one))
    elif isinstance(value, list):
        yield from (node for one in value for node in _topmost(one))


def _too_long(name: str, node: dict[str, Any]) -> str | None:
    """Return why a text may not be filled up to the length that is asked for: each row could take gigabytes."""
    given = _given(node)
    length = (_text_of(given[1]) if len(given) > 1 else None) or ""
    if length.isdecimal() and int(length) <= LONGEST_FILLED:
        return None
    return f"fills texts with {name}() to a length that is no number up to {LONGEST_FILLED}; write the length, as lpad(zip, 5, '0')"
