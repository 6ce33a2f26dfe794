"""The last look at what lies beside pages: the release as a table, and texts such as records and reasons."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator

from acmlib.contract.spreadsheets import starts_formula
from acmlib.measures.table import HIDDEN, METRIC_COLUMNS, NUMBER_COLUMNS
from acmlib.publish.scan.secrets import NO_SECRETS, Secrets


def scan_release(content: str, secrets: Secrets = NO_SECRETS) -> tuple[str, ...]:
    r"""Return what keeps ``release.csv`` from being handed out: numbers in hidden rows, formulas, ids, names, paths.

    Examples
    --------
    >>> head = "metric,period,dimension,group,numerator,denominator,value,low,high,status"
    >>> scan_release(f"{head}\nplaced,2026,site,North,,,,,,hidden\n")
    ()
    >>> scan_release(f"{head}\nplaced,2026,site,=1+1,3.0,,,,,hidden\n")
    ('line 2 is hidden and has a numerator', 'line 2 begins a text as a formula does')
    """
    rows = csv.reader(io.StringIO(content, newline=""))
    if tuple(next(rows, ())) != METRIC_COLUMNS:
        return ("release.csv has other columns than the metric table",)
    problems = [problem for number, row in enumerate(rows, start=2) for problem in _row(row, number)]
    return tuple(dict.fromkeys([*problems, *secrets.found(content)]))


def _row(row: list[str], number: int) -> Iterator[str]:
    cells = dict(zip(METRIC_COLUMNS, row, strict=False))
    hidden = cells.get("status") == HIDDEN
    for column in NUMBER_COLUMNS:
        text = cells.pop(column, "")
        if text and hidden:
            yield f"line {number} is hidden and has a {column}"
        elif text and not _is_number(text):
            yield f"line {number} has no number as {column}"
    if any(map(starts_formula, cells.values())):
        yield f"line {number} begins a text as a formula does"


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
