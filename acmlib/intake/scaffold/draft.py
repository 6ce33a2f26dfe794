"""A first contract file for a provider's export: columns are guessed, what only people know is marked."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import duckdb

from acmlib.contract.errors import ContractError
from acmlib.contract.load import parse_contract
from acmlib.contract.model import Table
from acmlib.contract.schema import EDITOR_LINE
from acmlib.contract.standards import canonical
from acmlib.contract.workspace import CONTRACT_FILE, contract_folder
from acmlib.intake.connection import Workspace, quoted
from acmlib.intake.read.columns import SQL_TYPES, Column, ColumnError, typed
from acmlib.intake.read.files import EXCEL_ENDINGS, SourceError, find_files
from acmlib.intake.read.reading import read_raw
from acmlib.intake.read.sheets import largest_sheet
from acmlib.intake.scaffold.suggested import DUE, Seen, metric_lines, yes_of

#: A text column with from 2 to this many values may split people into groups.
MOST_GROUPS = 30

#: Values up to this length are codes that a reader needs words for.
LONGEST_CODE = 3

#: Words in column names that say what a column is, most telling first.
_ID = re.compile(r"(^|_)(id|identifier|personal_?id|client_?no|number|key)$|^id_", re.IGNORECASE)
_RACE = re.compile(r"race|ethnic", re.IGNORECASE)
_BIRTH = re.compile(r"birth|born|(^|_)dob($|_)", re.IGNORECASE)
_AGE = re.compile(r"(^|_)age($|_)", re.IGNORECASE)
#: What a database notes about a row, and nobody is split or served by.
_AUDIT = re.compile(r"(^|_)(user|users|created|updated|modified|deleted|edited|inserted|loaded|export|exported|version|entered_by)(_|$)")
#: When a row was written down: an entry only where no other date is known of every row.
_CREATED = re.compile(r"(^|_)(created|opened)(_|$)")
#: Who did the work, which is no group of those who were served.
_STAFF = re.compile(r"(^|_)(case_?manager|manager|worker|staff|coach|tutor|counselor|caseworker)(_name)?$")
#: What came of somebody: to compare its groups would compare those who finished with those who did not.
_STATE = re.compile(r"(^|_)(status|outcome|result|resolution|disposition)(_|$)")
_BANDS = "[0, 14, 16, 18, 21, 25, 35, 50, 65]"
_PRIVATE = re.compile(r"name$|phone|email|address|(^|_)ssn|birth|born|(^|_)dob($|_)|(^|_)zip", re.IGNORECASE)


def scaffold_contract(contract_id: str, source: Path, *, root: Path = Path()) -> Path:
    """Write ``params/<id>/contract.yml`` for a file of a provider.

    Parameters
    ----------
    contract_id
        Name of the new contract.
    source
        The file, in the workspace.
    root
        The workspace.

    Returns
    -------
    Path
        Where the contract file is.

    Raises
    ------
    ContractError
        If the id is none, the contract exists already, the file lies outside the workspace or cannot be read.
    """
    folder = contract_folder(contract_id)
    path = root / folder / CONTRACT_FILE
    if path.exists():
        raise ContractError([f"{folder}/{CONTRACT_FILE}: is there already; use another id, or edit it"])
    text = scaffold(contract_id, source, root=root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def scaffold(contract_id: str, source: Path, *, root: Path = Path()) -> str:
    """Return the text of a contract file for a file of a provider: it loads, and says in comments what to check and fill in.

    Raises
    ------
    ContractError
        As `scaffold_contract`.
    """
    folder = contract_folder(contract_id)
    home = root.resolve()
    place = (source if source.is_absolute() else Path.cwd() / source).resolve()
    if not place.is_relative_to(home) and (root / source).resolve().is_relative_to(home):
        place = (root / source).resolve()
    if not place.is_relative_to(home):
        raise ContractError([f"{folder}/{CONTRACT_FILE}: '{source.name}' lies outside the workspace; copy it to data/{contract_id}/ first"])
    name = place.relative_to(home).as_posix()
    if name.lower().endswith(EXCEL_ENDINGS) and (sheet := largest_sheet(place)):
        name = f"{name}#{sheet}"
    try:
        seen = _look(name, root)
    except (SourceError, ColumnError) as error:
        raise ContractError([f"{folder}/{CONTRACT_FILE}: tables.participants.source is '{name}'; {error}"]) from None
    text = _contract_text(contract_id, name, seen)
    parse_contract(contract_id, text)  # what is written must load
    return text


def _look(name: str, root: Path) -> list[Seen]:
    """Return what the columns of a file look like."""
    table = Table(source=name)
    workspace = Workspace()
    try:
        workspace.connection.execute("CREATE SCHEMA raw")
        raw = read_raw("participants", table, find_files(name, root=root), workspace)
        columns, _ = typed("participants", table, raw, workspace.connection)
        sql = [f"({column.value}){'::' + SQL_TYPES[column.kind] if column.kind else ''}" for column in columns]
        asked = ", ".join(f"count(DISTINCT {v}), count({v}), min({v})::VARCHAR, max({v})::VARCHAR" for v in sql)
        row = workspace.connection.execute(f"SELECT count(*), {asked} FROM ({raw.query})").fetchall()[0]
        kinds = [_kind(column, raw.types) for column in columns]
        values = [_few(column, raw.query, workspace) if kind == "text" else () for column, kind in zip(columns, kinds, strict=True)]
    finally:
        workspace.close()
    found, taken = [], set[str]()
    for i, column in enumerate(columns):
        ours = _our_name(column.source, taken)
        taken.add(ours)
        different, filled, first, last = row[1 + 4 * i : 5 + 4 * i]
        known = any(canonical(part) for value in values[i] for part in value.split(";"))
        codes = values[i] if values[i] and all(len(value) <= LONGEST_CODE for value in values[i]) else ()
        kind = "race" if known and _RACE.search(column.source) else kinds[i]
        found.append(Seen(ours, column.source, kind, different, filled, row[0], first or "", last or "", codes))
    return found


def _kind(column: Column, types: dict[str, str]) -> str:
    given = types.get(column.source, "")
    if column.kind:
        return column.kind
    return "date" if given.startswith(("DATE", "TIMESTAMP")) else "text" if given == "VARCHAR" else "number"


def _few(column: Column, query: str, workspace: Workspace) -> tuple[str, ...]:
    """Return the values of a column of texts if there are few."""
    name = quoted(column.source)
    rows = workspace.connection.execute(
        f"SELECT DISTINCT trim({name}) FROM ({query}) WHERE {name} IS NOT NULL ORDER BY 1 LIMIT {MOST_GROUPS + 1}"
    ).fetchall()
    return tuple(row[0] for row in rows) if len(rows) <= MOST_GROUPS else ()


def _our_name(theirs: str, taken: set[str]) -> str:
    """Return a name for a column that can be written in expressions without quotes."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", theirs)
    name = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:50] or "column"
    name = name if name[0].isalpha() else f"column_{name}"
    name = name if name not in _reserved() else f"{name}_"
    return next(option for option in (name, *(f"{name}_{i}" for i in range(2, 10_000))) if option not in taken)


@cache
def _reserved() -> frozenset[str]:
    """Return the words of SQL that cannot be a bare column name, or only in front of a bracket, as ``left``."""
    words = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
    with duckdb.connect() as connection:
        return frozenset(word for (word,) in connection.execute(words).fetchall())


def _plain(text: str) -> str:
    """Return a text as YAML: bare if nothing in it means anything there."""
    return (
        text
        if re.fullmatch(r"[A-Za-z_][\w /.-]*\w|[A-Za-z]", text) and text.lower() not in _YAML_WORDS
        else json.dumps(text, ensure_ascii=False)
    )


_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def _contract_text(contract_id: str, source: str, seen: Sequence[Seen]) -> str:
    """Put the file together: parties, table, dimensions, metrics."""
    identifier = _id_of(seen)
    person = _person_of(seen, identifier)
    known = [one for one in seen if one.kind == "date" and one.filled and not _BIRTH.search(one.ours)]
    due = [one for one in known if DUE.search(one.ours)]
    noted = [one for one in known if one not in due]
    dates = [one for one in noted if not _AUDIT.search(one.ours)]
    if not any(one.filled == one.rows for one in dates):
        dates += [one for one in noted if _CREATED.search(one.ours) and one not in dates]
    dates.sort(key=lambda one: (-one.filled, one.first))
    flags = [one for one in seen if yes_of(one) and not _AUDIT.search(one.ours) and not _PRIVATE.search(one.ours)]
    starts = min((one.first[:10] for one in dates), default="2025-01-01")[:8] + "01"
    ends = max((one.last[:10] for one in dates), default="2025-12-31")
    title = contract_id.replace("-", " ").replace("_", " ").title()
    lines = [
        EDITOR_LINE,
        "# Written by `acm new` from the columns of one file. Go through the lines marked CHECK, then run: acm check " + contract_id,
        "contract:",
        f"  title: {_plain(title)}          # CHECK; in two languages: {{en: ..., es: ...}}",
        "  provider: Name of the provider      # CHECK",
        "  agency: Name of the agency          # CHECK",
        "  program: name-of-the-program        # CHECK",
        f"  starts: {starts}                  # CHECK: first and last day of the contract (guessed from the dates in the file)",
        f"  ends: {max(ends, starts)}",
        "",
        *_table_lines(source, seen, identifier, dates, person),
        "",
        *_dimension_lines(seen, identifier),
        "",
        *metric_lines(dates, due, flags, person),
        "",
        "privacy: {minimum_count: 11}          # counts from 1 to 10 are hidden",
        "editions: [provider]                  # internal, provider, public",
        "languages: [en]                       # en, es",
        "period: term                          # or a month as 2026-05, a quarter as 2026Q2",
    ]
    return "\n".join(lines) + "\n"


def _id_of(seen: Sequence[Seen]) -> Seen | None:
    """Return the column that names people: called an id, and different in every row."""
    unique = [one for one in seen if one.rows and one.filled == one.rows == one.different]
    return next((one for one in unique if _ID.search(one.ours)), None)


def _person_of(seen: Sequence[Seen], identifier: Seen | None) -> Seen | None:
    """Return the column that names people who have several rows: called an id, in every row, and the same in some."""
    named = [one for one in seen if _ID.search(one.ours) and one.rows and one.filled == one.rows and 2 * one.different <= one.rows]
    return named[0] if named and identifier is None else None


def _table_lines(source: str, seen: Sequence[Seen], identifier: Seen | None, dates: Sequence[Seen], person: Seen | None) -> list[str]:
    renamed = [one for one in seen if one.ours != one.theirs]
    private = [one.ours for one in seen if (_PRIVATE.search(one.ours) or _STAFF.search(one.ours)) and one is not identifier]
    lines = ["tables:", "  participants:", f"    source: {_plain(source)}"]
    if renamed:
        lines += [
            "    columns:                          # ours: theirs",
            *(f"      {_plain(one.ours)}: {_plain(one.theirs)}" for one in renamed),
        ]
    if identifier:
        lines.append(f"    id: {identifier.ours:<30} # names a participant; duplicates are reported")
    elif person:
        lines.append(f"    person: {person.ours:<26} # guessed from its name: it has {person.different:,} values in {person.rows:,} rows")
    else:
        lines.append(
            "    # id: participant_id              # CHECK: no column names each participant; give it, so that duplicates are found"
        )
    if dates:
        lines.append(f"    entered: {dates[0].ours:<25} # CHECK: date of entry; no other date should come before it")
    if private:
        lines.append(f"    private: [{', '.join(private)}]   # never reach a page")
    coded = [one for one in seen if one.codes and one is not identifier and not yes_of(one) and one.ours not in private]
    if coded:
        lines.append("    # recode:                         # CHECK: codes to words; those left out stay as they are and are reported")
    for one in coded:
        lines.append(f"    #   {one.ours}: {{{', '.join(f'{json.dumps(code)}: ...' for code in one.codes)}}}")
    return lines


def _dimension_lines(seen: Sequence[Seen], identifier: Seen | None) -> list[str]:
    found: list[str] = []
    for one in seen:
        if one is identifier or yes_of(one) or any(sign.search(one.ours) for sign in (_ID, _PRIVATE, _AUDIT, _STAFF, _STATE)):
            continue
        if one.kind == "race":
            found.append(f"  {one.ours}: {{title: {_plain(one.words)}, column: {one.ours}, standard: omb-2024}}")
        elif one.kind in ("integer", "number") and _AGE.search(one.ours):
            found.append(f"  {one.ours}: {{title: {_plain(one.words)}, column: {one.ours}, bands: {_BANDS}}}   # CHECK: lower edges")
        elif one.kind == "text" and 2 <= one.different <= MOST_GROUPS:
            found.append(f"  {one.ours}: {{title: {_plain(one.words)}, column: {one.ours}}}")
    if not found:
        return [
            "# dimensions:                          # CHECK: no column splits people into groups",
            "#   site: {title: Site, column: site}",
        ]
    return ["dimensions:                           # CHECK: how participants are split; remove what is none", *found]
