"""JSON and files of statistics programs as rows of texts."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from acmlib.intake.read.files import SourceError, SourceFile, column_names
from acmlib.intake.read.ocds import contract_rows, is_ocds
from acmlib.intake.read.sheets import Sheet, cell_text

#: A JSON file with more bytes than this is refused: it is read at once.
MAX_JSON = 1 << 29

#: Share of the values of a column that must have labels for the labels to be its values.
LABELLED = 0.8

#: Formats of Stata that count periods since 1960, and how many of them are in a year; the library gives the bare number.
STATA_PERIODS = {"%tm": 12, "%tq": 4, "%th": 2}

#: Formats of SPSS for a month, a quarter or a week; the library makes dates of them only when asked.
SPSS_PERIODS = ["MOYR6", "MOYR8", "QYR6", "QYR8", "WKYR8", "WKYR10"]


def read_records(file: SourceFile) -> Sheet:
    """Return the columns and rows of a JSON file, or of one of SPSS, Stata or SAS.

    JSON: a list of objects, an object that holds one such list (``{"results": [...]}``, GeoJSON), or an object a line. Objects in objects
    become columns such as ``address.zip``; lists of words become one text with ; between them. Releases and records of the Open Contracting
    Data Standard become a row a contract (`acmlib.intake.read.ocds`).
    SPSS, Stata, SAS: values that have labels are read as these; what the file declares as missing is blank, but in columns of labels its
    label says why ("Refused").

    Raises
    ------
    SourceError
        If the file cannot be read, or has no rows.
    """
    if file.kind == "json":
        records = [_flat(record) for record in _json(file)]
        names = list(dict.fromkeys(name for record in records for name in record))
        rows: Iterator[list[str | None]] = ([cell_text(record.get(name)) for name in names] for record in records)
    else:
        names, columns = _labelled(file)
        rows = ([cell_text(cell) for cell in row] for row in zip(*columns, strict=True))
    if not names:
        raise SourceError("holds no rows with names; ask for a list of objects, or for CSV")
    return Sheet(column_names(list(names)), rows, 2)


def _json(file: SourceFile) -> list[Mapping[str, Any]]:
    if file.path.stat().st_size > MAX_JSON:
        raise SourceError("is too large for JSON; ask for CSV or Parquet")
    try:
        text = file.path.read_text(encoding="utf-8-sig")
        if file.path.name.lower().endswith((".jsonl", ".ndjson")):
            given: Any = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            given = json.loads(text)
    except (ValueError, RecursionError):
        raise SourceError("is no JSON that can be read; ask for the file again") from None
    if is_ocds(given):
        rows = contract_rows(given)
        if not rows:
            raise SourceError("holds releases without contracts; ask for those with awards and contracts")
        return list(rows)
    if isinstance(given, dict):
        lists = _lists(given)
        if len(lists) != 1:
            raise SourceError(f"is an object with {len(lists)} lists of objects; send the one list that holds the rows")
        given = lists[0]
    if not isinstance(given, list) or not all(isinstance(record, dict) for record in given):
        raise SourceError("is no list of objects; send one object a row")
    return [{**record["properties"], **_point(record)} if isinstance(record.get("properties"), dict) else record for record in given]


def _lists(given: Mapping[str, Any]) -> list[list[Any]]:
    """Return the lists of objects in an object; if it has none, those in the objects that it holds, level by level."""
    level: list[Mapping[str, Any]] = [given]
    while level:
        values = [value for one in level for value in one.values()]
        if lists := [value for value in values if isinstance(value, list) and value and isinstance(value[0], dict)]:
            return lists
        level = [value for value in values if isinstance(value, dict)]
    return []


def _point(feature: Mapping[str, Any]) -> dict[str, Any]:
    """Return the place of a GeoJSON point."""
    shape = feature.get("geometry") or {}
    pair = shape.get("coordinates") if isinstance(shape, dict) and shape.get("type") == "Point" else None
    return {"longitude": pair[0], "latitude": pair[1]} if isinstance(pair, list) and len(pair) >= 2 else {}


def _flat(record: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            plain = [str(one) for one in value if not isinstance(one, dict | list)]
            found[before + name] = ";".join(plain) if len(plain) == len(value) else json.dumps(value, ensure_ascii=False)
        else:
            found[before + name] = value
    return found


def _labelled(file: SourceFile) -> tuple[list[str], list[Sequence[Any]]]:
    """Return the columns of a file of a statistics program, labels in place of codes."""
    try:
        import pyreadstat
    except ImportError:
        raise SourceError(f"ends in '{file.path.suffix}', which needs a further package: pip install pyreadstat; or ask for CSV") from None
    ending = file.path.suffix.lower()
    readers: dict[str, Callable[..., Any]] = {".sav": pyreadstat.read_sav, ".zsav": pyreadstat.read_sav, ".por": pyreadstat.read_por,
                                              ".dta": pyreadstat.read_dta, ".sas7bdat": pyreadstat.read_sas7bdat,
                                              ".xpt": pyreadstat.read_xport}  # fmt: skip
    more: dict[str, Any] = {"user_missing": True} if ending in (".sav", ".zsav", ".dta", ".sas7bdat") else {}
    if ending in (".sav", ".zsav", ".por"):
        more["extra_date_formats"] = SPSS_PERIODS
    try:
        data, about = readers[ending](str(file.path), output_format="dict", **more)
    except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError, OSError, ValueError):
        raise SourceError("cannot be read; ask for the file again, or for CSV") from None
    names = list(data)
    for name in names if ending == ".dta" else ():
        if periods := STATA_PERIODS.get(about.original_variable_types[name][:3]):
            data[name] = [_first_day(value, periods) for value in data[name]]
    return names, [_one(list(data[name]), about.variable_value_labels.get(name, {}), about.missing_ranges.get(name, [])) for name in names]


def _first_day(count: Any, periods: int) -> Any:
    """Return the first day of a month, quarter or half-year that is counted since 1960; a code of a missing value stays as it is."""
    if not isinstance(count, int | float) or math.isnan(count):
        return count
    years, period = divmod(int(count), periods)
    return dt.date(1960 + years, 1 + period * 12 // periods, 1)


def _one(values: Sequence[Any], labels: Mapping[Any, str], missing: Sequence[Mapping[str, Any]]) -> list[Any]:
    present = {value for value in values if value is not None and not (isinstance(value, float) and math.isnan(value))}
    if labels and sum(value in labels for value in present) >= LABELLED * max(len(present), 1):
        return [labels.get(value, value) if value in present else None for value in values]
    silent = {value for value in present if _says_missing(labels.get(value, ""))}
    return [value if value in present - silent and not _is_missing(value, missing) else None for value in values]


def _says_missing(label: str) -> bool:
    """Whether the label of a value says that there is none: Missing, Not applicable, Refused."""
    return bool(re.search(r"missing|not (applicable|available|asked|reported|recorded|stated)|refus|declin|don.?t know|unknown|^n/?a$",
                          label, re.IGNORECASE))  # fmt: skip


def _is_missing(value: Any, ranges: Sequence[Mapping[str, Any]]) -> bool:
    try:
        return any(one["lo"] <= value <= one["hi"] for one in ranges)
    except TypeError:
        return False
