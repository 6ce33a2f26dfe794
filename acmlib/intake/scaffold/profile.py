"""What files look like: the columns of each, what they hold, and by which columns the files belong together."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path, PurePosixPath

import duckdb
from pydantic import TypeAdapter

from acmlib.contract.model import Table
from acmlib.contract.places import Source, is_database
from acmlib.contract.standards import canonical
from acmlib.intake.build.period_columns import COUNT, FEWEST, periods_named, with_periods_as_rows
from acmlib.intake.build.submitted_periods import named_month
from acmlib.intake.connection import Workspace, quoted
from acmlib.intake.read.columns import SQL_TYPES, Column, ColumnError, typed
from acmlib.intake.read.databases import table_names
from acmlib.intake.read.files import find_files
from acmlib.intake.read.forms import TIME
from acmlib.intake.read.reading import RawTable, read_raw
from acmlib.intake.read.remote import expanded, table_files
from acmlib.intake.read.sheets import sheets_with_rows
from acmlib.intake.read.withheld import withheld

#: A column with up to this many values may split people into groups.
MOST_GROUPS = 30
#: The name of a column that may say to which month or year a count belongs, and its most values.
PERIOD_NAME = re.compile(r"(^|_)(month|quarter|week|period|year|fy|reporting_date)($|_)|^sheet$")
MOST_PERIODS = 400
#: So many rows, or this share of them, in a month far from all others are typing errors.
FEW, RARE = 2, 0.002
#: Share of the cells that are races in a column that is not called so.
MOSTLY_RACES = 0.8
RACE = re.compile(r"race|ethnic|raza|etni[ac]", re.IGNORECASE)
#: Files that hold several tables.
DATABASES = frozenset({".db", ".db3", ".sqlite", ".sqlite3"})
#: Kinds of columns of files that have types.
_NATIVE = {"date": ("DATE", "TIMESTAMP"), "text": ("VARCHAR",), "boolean": ("BOOLEAN",),
           "integer": ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT")}  # fmt: skip
#: The school year that `acm new` takes a year such as 2024-25 for begins in July.
SCHOOL_YEAR = 7
#: Words that keep their capital letter inside a title.
_NAMES = re.compile(
    r"English|Spanish|Hispanic|Latin|Black|White|Asian|African|American|Indian|Alaska|Hawaiian|Native|Medicai?d|Medicare|^.$"
)
#: Columns of a file that says what codes mean.
CODE_LIST = frozenset({"code", "label"})


@cache
def _reserved() -> frozenset[str]:
    """Return the words of SQL that cannot be a bare column name, or only in front of a bracket, as ``left``."""
    words = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
    with duckdb.connect() as connection:
        return frozenset(word for (word,) in connection.execute(words).fetchall())


@dataclass(frozen=True)
class ColumnProfile:
    """What a column looks like: names, kind, how many different values and filled cells, the first and last, and all if they are few.

    Of dates, `first` and `last` leave out days far from all others; `times` says whether they carry times of day. `counts` says
    whether the cells are whole numbers or say that one is withheld (<11), and `total` is their sum.
    """

    ours: str
    theirs: str
    kind: str
    different: int
    filled: int
    rows: int
    first: str = ""
    last: str = ""
    values: Mapping[str, int] = field(default_factory=dict)
    times: bool = False
    counts: bool = False
    total: float = 0

    @property
    def words(self) -> str:
        """Its name as a title: theirs if it is made of words, *Age at Entry* as *Age at entry*, *Race/Ethnicity* as *Race/ethnicity*."""
        if re.fullmatch(r"[A-Za-z]+(/[A-Za-z]+)+", self.theirs):
            return self.theirs.capitalize()
        if not re.search(r"\w \w", self.theirs):
            return self.ours.replace("_", " ").strip().capitalize()
        first, *rest = self.theirs.split()
        return " ".join([first, *(one.lower() if one.istitle() and not _NAMES.search(one) else one for one in rest)])

    @property
    def stem(self) -> str:
        """Its name without what keeps it from being a word of SQL."""
        return self.ours.rstrip("_")

    @property
    def event(self) -> str:
        """The name of a date without the word date: *Closed*, *Due*."""
        return re.sub(r"[ _]?(date|on|at|day|dt|dttm|timestamp)$", "", self.words, flags=re.IGNORECASE).strip() or self.words

    @property
    def full(self) -> bool:
        """Whether nearly every row has it."""
        return self.rows > 0 and self.filled >= 0.98 * self.rows


@dataclass(frozen=True)
class FileProfile:
    """A source that becomes a table: its columns, and whether some were periods (`Table.periods_in_columns`).

    `earlier` holds for each pair of dates the share of rows in which the first is earlier, `waits` the median days between them there.
    """

    source: str
    name: str
    columns: tuple[ColumnProfile, ...]
    earlier: Mapping[tuple[str, str], float] = field(default_factory=dict)
    waits: Mapping[tuple[str, str], float] = field(default_factory=dict)
    periods: bool | str = False

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.columns[0].rows if self.columns else 0


def sources_in(places: Sequence[Path | str], root: Path) -> list[str]:
    """Return the sources of files, folders and addresses: of a database each table, as ``sqlite:///data/x/cases.db#clients``.

    Raises
    ------
    SourceError
        If a folder holds nothing that can be read, or a database cannot be reached.
    """
    found: list[str] = []
    for path in places:
        if isinstance(path, str):
            found += _tables_of(path, root)
        elif path.is_dir():
            bases = [one for one in sorted(path.iterdir()) if one.suffix.lower() in DATABASES]
            files = () if bases and len(list(path.iterdir())) == len(bases) else find_files(_relative(path, root), root=root)
            found += [one for base in bases for one in sources_in([base], root)]
            found += [one for file in files for one in sources_in([file.path], root)]
        elif path.suffix.lower() in DATABASES:
            found += _tables_of(f"sqlite:///{_relative(path, root)}", root)
        else:
            name = _relative(path, root)
            found += [f"{name}#{sheet}" for sheet in sheets_with_rows(path, name)] or [name]
    return list(dict.fromkeys(found))


def _relative(path: Path, root: Path) -> str:
    return path.resolve().relative_to(root.resolve()).as_posix()


def _tables_of(address: str, root: Path) -> list[str]:
    """Return the sources behind an address: each table of a database, unless one is named."""
    bare, _, table = TypeAdapter(Source).validate_python(address).partition("#")
    if not is_database(bare) or table:
        return [address]
    return [f"{address}#{name}" for name in table_names(address, root=root, expand=expanded)]


def source_keys(source: str) -> dict[str, str]:
    """Return the keys of a table that say where its rows are.

    Examples
    --------
    >>> source_keys("sqlite:///data/x/cases.db#clients"), source_keys("data/x/book.xlsx#May")
    ({'source': 'sqlite:///data/x/cases.db', 'table': 'clients'}, {'source': 'data/x/book.xlsx#May'})
    """
    if not is_database(source):
        return {"source": source}
    address, _, table = source.partition("#")
    return {"source": address, "table": table}


def file_profiles(sources: Sequence[str], root: Path, workspace: Workspace, is_sent: Callable[[FileProfile], bool]) -> list[FileProfile]:
    """Return what files look like, read into the schema ``seen`` of a workspace.

    Columns called after periods become rows where `is_sent` says that these are counts: Q1 is a question of other files.

    Raises
    ------
    SourceError, ColumnError
        If one cannot be read.
    """
    workspace.connection.execute("CREATE SCHEMA raw; CREATE SCHEMA seen")

    def look(name: str, source: str, periods: bool | str = False) -> FileProfile:
        return _look(name, source, root, workspace, is_sent, periods)

    files: list[FileProfile] = []
    for source in sources:
        place = source.rpartition("#")[2] if is_database(source) else PurePosixPath(source.partition("#")[0]).name
        name = our_name(place.partition("?")[0].partition(".")[0], {one.name for one in files})
        files.append(look(name, source))
    return _as_series(files, look)


def _look(
    name: str, source: str, root: Path, workspace: Workspace, is_sent: Callable[[FileProfile], bool], periods: bool | str
) -> FileProfile:
    """Return what a source looks like; `periods` are those that its columns are called after, if that is known."""
    plain = Table.model_validate(source_keys(source))
    raw = read_raw(name, plain, table_files(name, plain, root=root)[0], workspace)
    if periods := periods or _periods_across(source, raw.columns):
        table = plain.model_copy(update={"kind": "counts", "periods_in_columns": periods})
        with suppress(ColumnError):  # two columns of one period, or one that has the name of a new one
            across = with_periods_as_rows(name, table, raw, workspace.connection, SCHOOL_YEAR)
            known = replace(across, query=f"SELECT * FROM ({across.query}) WHERE {quoted(COUNT)} IS NOT NULL")  # months to come are blank
            found = _profile(name, table, known, workspace)
            if is_sent(found):
                return found
    return _profile(name, plain, raw, workspace)


def _profile(name: str, table: Table, raw: RawTable, workspace: Workspace) -> FileProfile:
    """Return what a table looks like, and keep it in the schema ``seen``."""
    columns, _ = typed(name, table, raw, workspace.connection)
    if timed := {column.name for column in columns if column.times and column.kind == "date"}:
        table = Table.model_validate({**table.model_dump(), "types": dict.fromkeys(timed, "datetime")})
        columns = [replace(column, times=column.name in timed) for column in typed(name, table, raw, workspace.connection)[0]]
    named: list[tuple[str, Column]] = []
    for column in columns:
        if not column.name.startswith(TIME):
            named.append((our_name(column.source, {ours for ours, _ in named}), column))
    sql = ", ".join(f"({c.value}){'::' + SQL_TYPES[c.kind] if c.kind else ''} AS {quoted(ours)}" for ours, c in named)
    workspace.connection.execute(f"CREATE OR REPLACE TABLE seen.{quoted(name)} AS SELECT {sql} FROM ({raw.query})")
    asked = ", ".join(f"count(DISTINCT {v}), count({v}), min({v})::VARCHAR, max({v})::VARCHAR" for v in (quoted(ours) for ours, _ in named))
    row = workspace.connection.execute(f"SELECT count(*), {asked} FROM seen.{quoted(name)}").fetchall()[0]
    found = []
    for i, (ours, column) in enumerate(named):
        different, filled, first, last = row[1 + 4 * i : 5 + 4 * i]
        one = ColumnProfile(
            ours, column.source, _kind(column, raw.types), different, filled, row[0], first or "", last or "", times=column.times
        )
        found.append(_closer(one, name, workspace, native=raw.types.get(column.source, "")))
    dates = [one.ours for one in found if one.kind == "date" and one.filled]
    earlier = _of_pairs(name, dates, "coalesce(avg(({0}::DATE < {1}::DATE)::INT), 0)", workspace)
    lasted = "median(epoch({1}::TIMESTAMP) - epoch({0}::TIMESTAMP)) FILTER ({1} >= {0}) / 86400"
    waits = _of_pairs(name, dates, lasted, workspace)
    source = f"{table.source}#{table.table}" if table.table else str(table.source)
    return FileProfile(source, name, tuple(found), earlier, waits, table.periods_in_columns)


def _periods_across(source: str, columns: Sequence[str]) -> bool | str:
    """Return whether a file has a column for each period; of names without a year the first month, whose year is in the file's name."""
    if len(periods_named(columns, fiscal=SCHOOL_YEAR)) >= FEWEST:
        return True
    bare = [month for name in columns if (month := named_month(f"{name.strip()} 2000"))]
    quarters = [name for name in columns if re.fullmatch(r"Q(uarter|TR)? ?[1-4]", name.strip(), re.IGNORECASE)]
    if len(bare) < FEWEST and len(quarters) < FEWEST:
        return False
    first = int(bare[0][5:7]) if bare else 1
    fiscal, year = re.search(r"FY ?'?(?:20)?(\d\d)(?!\d)", source, re.IGNORECASE), re.search(r"(?<!\d)20(\d\d)(?!\d)", source)
    if fiscal:
        first = first if bare else SCHOOL_YEAR
        return f"20{int(fiscal[1]) - (first > 1):02d}-{first:02d}"
    return f"20{year[1] if year else '00'}-{first:02d}"


def _kind(column: Column, types: Mapping[str, str]) -> str:
    given = types.get(column.source, "")
    if column.kind:
        return "date" if column.kind == "datetime" else column.kind
    return next((kind for kind, starts in _NATIVE.items() if given.startswith(starts)), "number")


def _closer(one: ColumnProfile, name: str, workspace: Workspace, *, native: str) -> ColumnProfile:
    """Return a column with its values if they are few, as a race if it is one, and with the dates between which most lie."""
    cell, table = quoted(one.ours), f"seen.{quoted(name)}"
    if one.kind == "date" and one.filled:
        months = workspace.connection.execute(
            f"SELECT strftime({cell}, '%Y-%m'), count(*), min({cell}::DATE)::VARCHAR, max({cell}::DATE)::VARCHAR FROM {table} "
            f"WHERE {cell} IS NOT NULL GROUP BY 1 ORDER BY 1"
        ).fetchall()
        kept = _without_strays(months, one.filled)
        return replace(one, first=kept[0][2], last=kept[-1][3], times=one.times or native.startswith("TIMESTAMP"))
    if one.kind in ("text", "integer", "number") and one.filled:
        counts, total = _counted(cell, table, workspace)
        one = replace(one, counts=counts, total=total)
    most = MOST_PERIODS if PERIOD_NAME.search(one.ours) else MOST_GROUPS
    if one.kind in ("text", "integer", "number", "boolean") and 0 < one.different <= most:
        rows = workspace.connection.execute(
            f"SELECT trim({cell}::VARCHAR), count(*) FROM {table} WHERE {cell} IS NOT NULL GROUP BY 1 ORDER BY 1"
        ).fetchall()
        one = replace(one, values=dict(rows))
        if one.kind == "text" and _is_race(one):
            return replace(one, kind="race")
    return one


def _counted(cell: str, table: str, workspace: Workspace) -> tuple[bool, float]:
    """Return whether all cells are whole numbers, or say that one is withheld, and some are numbers; and the sum of the numbers."""
    number, text = rf"regexp_full_match({cell}::VARCHAR, '\d[\d,]*(\.0*)?')", f"{cell}::VARCHAR"
    total = f"coalesce(sum(try_cast(replace({text}, ',', '') AS DOUBLE)) FILTER ({number}), 0)"
    asked = f"SELECT count(*) FILTER ({number}), count(*) FILTER ({number} OR {withheld(text)}), count({cell}), {total} FROM {table}"
    some, known, filled, total = workspace.connection.execute(asked).fetchall()[0]
    return bool(some > 0 and known == filled), float(total)


def _is_race(one: ColumnProfile) -> bool:
    """Whether a column holds races: it is called so and one value is a race, or most of its cells are."""
    known = {value: any(canonical(part) for part in re.split(r"[;,]", value)) for value in one.values}
    rows = sum(number for value, number in one.values.items() if known[value] and not value.isdigit())
    return any(known.values()) and (bool(RACE.search(one.theirs)) or rows >= MOSTLY_RACES * one.filled)


def _without_strays(months: list[tuple[str, int, str, str]], filled: int) -> list[tuple[str, int, str, str]]:
    """Leave out months at both ends that hold hardly a row and lie more than a year from the next."""
    kept = list(months)

    def far(one: str, other: str) -> bool:
        return abs((int(one[:4]) - int(other[:4])) * 12 + int(one[5:]) - int(other[5:])) > 12

    while len(kept) > 1 and kept[0][1] <= max(FEW, RARE * filled) and far(kept[0][0], kept[1][0]):
        kept.pop(0)
    while len(kept) > 1 and kept[-1][1] <= max(FEW, RARE * filled) and far(kept[-1][0], kept[-2][0]):
        kept.pop()
    return kept


def _of_pairs(name: str, dates: Sequence[str], sql: str, workspace: Workspace) -> dict[tuple[str, str], float]:
    """Return what an aggregate says of each two dates of a table, where it says something."""
    pairs = list(itertools.permutations(dates, 2))
    asked = ", ".join(sql.format(quoted(a), quoted(b)) for a, b in pairs)
    row = workspace.connection.execute(f"SELECT {asked} FROM seen.{quoted(name)}").fetchall()[0] if pairs else ()
    return {pair: value for pair, value in zip(pairs, row, strict=True) if value is not None}


def _as_series(files: Sequence[FileProfile], look: Callable[[str, str, bool | str], FileProfile]) -> list[FileProfile]:
    """Put files with the same columns together: one source for all of them, by what their names have in common."""
    found: list[FileProfile] = []
    for one in files:
        like = [other for other in files if _signature(other) == _signature(one) and "#" not in other.source]
        source = _series(like, files) if "#" not in one.source else None
        if source is None:
            found.append(one)
        elif one is like[0]:
            path = PurePosixPath(source)
            taken = {other.name for other in files}
            name = our_name(re.sub(r"[\W\d_]+$", "", path.name.partition("*")[0]) or path.parent.name, taken)
            found.append(look(name, source, one.periods))
    return found


def _signature(file: FileProfile) -> tuple[bool | str, frozenset[str]]:
    """Return what files of a series have in common; months in columns without a year are of one year."""
    return file.periods, frozenset(column.theirs.casefold() for column in file.columns)


def _series(like: Sequence[FileProfile], files: Sequence[FileProfile]) -> str | None:
    """Return the source of several files of the same columns; None if it would be that of others too, or they are lists of codes."""
    paths = [PurePosixPath(other.source) for other in like]
    if (
        len(like) < 2
        or len({path.parent for path in paths}) > 1
        or {column.theirs.strip().lower() for column in like[0].columns} == CODE_LIST
    ):
        return None
    source = f"{paths[0].parent}/{_common([path.name for path in paths])}*{''.join(paths[0].suffixes)}"
    matched = [other for other in files if PurePosixPath(other.source.partition("#")[0]).match(source)]
    return source if len(matched) == len(like) else None


def _common(names: Sequence[str]) -> str:
    first, last = min(names), max(names)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return re.sub(r"\d[\d_-]*$", "", first[:same])


def our_name(theirs: str, taken: set[str]) -> str:
    """Return a name for a column that can be written in expressions without quotes.

    Examples
    --------
    >>> our_name("Núm. de caso", set()), our_name("ClientID", set()), our_name("Left", {"left_"})
    ('num_de_caso', 'client_id', 'left__2')
    """
    letters = unicodedata.normalize("NFKD", theirs.replace("#", " no ").replace("ß", "ss")).encode("ascii", "ignore").decode()
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z]{2})", "_", letters)
    name = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:50].strip("_") or "column"
    name = name if name[0].isalpha() else f"column_{name}"
    name = name if name not in _reserved() else f"{name}_"
    return next(option for option in (name, *(f"{name}_{i}" for i in range(2, 10_000))) if option not in taken)
