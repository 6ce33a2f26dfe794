"""Tables and queries of databases, through SQLAlchemy, in a session that only reads."""

from __future__ import annotations

import datetime as dt
import decimal
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from acmlib.contract.errors import choose
from acmlib.contract.model import Table
from acmlib.intake.read.files import SourceError, UnreachableError, column_names

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection

#: Rows that are taken over at a time.
BATCH = 50_000

#: Seconds to wait for a PostgreSQL server to accept a connection.
PATIENCE = 15

#: What a driver says if it reached the server, and the server does not let this user in.
_REFUSED = re.compile(
    r"password|authentication|access denied|login failed|permission denied for database|role .* does not exist", re.IGNORECASE
)
_NO_DATABASE = re.compile(r"database .* does not exist|unknown database|cannot open database", re.IGNORECASE)
_WRITES = re.compile(r"read[- ]?only|readonly|data-modifying", re.IGNORECASE)
_TEXT = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)


def fetch_rows(table: Table, place: Path, *, root: Path, expand: Callable[[str], str]) -> str:
    """Write the rows of a table or query to a Parquet file, with the types of the database.

    Parameters
    ----------
    table : Table
        With a database as its source, and `query` or `table`.
    root : Path
        The workspace: the file of an SQLite database is inside it.
    expand : callable
        Puts the values of environment variables into a text.

    Returns
    -------
    str
        The ending of the file's name.

    Raises
    ------
    UnreachableError
        If there is no such server, or it does not answer.
    SourceError
        If it does not let the user in, has no such database or table, or the query is wrong or writes.
    """
    with _connected(table.source, root, expand) as connection:
        names, parts = _rows(connection, table)
        dateless = connection.dialect.name == "sqlite"
    if len(set(names)) < len(names):
        raise SourceError("gives two columns the same name; name them in the query with AS")
    whole = pa.concat_tables(parts, promote_options="permissive")
    pq.write_table(_with_dates(whole) if dateless else whole, place)
    return ".parquet"


def table_names(source: str, *, root: Path, expand: Callable[[str], str]) -> list[str]:
    """Name the tables of a database that the user may see; its views, if it has no tables.

    Raises
    ------
    SourceError
        As `fetch_rows`.
    """
    with _connected(source, root, expand) as connection:
        import sqlalchemy

        looked = sqlalchemy.inspect(connection)
        return sorted(looked.get_table_names() or looked.get_view_names())


@contextmanager
def _connected(source: str, root: Path, expand: Callable[[str], str]) -> Iterator[Connection]:
    """Open a session that only reads."""
    try:
        import sqlalchemy
    except ImportError:
        raise SourceError("is a database, which needs a further package: pip install -e '.[databases]'; or ask for CSV") from None
    engine = _engine(source, root, expand)
    try:
        try:
            connection = engine.connect()
        except sqlalchemy.exc.DBAPIError as error:
            raise _not_connected(str(error.orig), source) from None
        with connection:
            _only_reading(connection)
            yield connection
    finally:
        engine.dispose()


def _with_dates(table: pa.Table) -> pa.Table:
    """Return a table with its texts that are all dates, or moments, as such: SQLite has no type for them, and keeps them as ISO texts."""
    for at, field in enumerate(table.schema):
        column = table.column(at)
        if not pa.types.is_string(field.type):
            continue
        filled = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
        for kind in (pa.date32(), pa.timestamp("us")) if filled.null_count < len(filled) else ():
            with suppress(pa.ArrowInvalid):
                table = table.set_column(at, field.name, filled.cast(kind))
                break
    return table


def _engine(source: str, root: Path, expand: Callable[[str], str]) -> Any:
    import sqlalchemy

    try:
        url = sqlalchemy.make_url(source)
        url = url.set(username=expand(url.username or "") or None, password=expand(url.password or "") or None,
                      host=expand(url.host or "") or None, database=expand(url.database or "") or None)  # fmt: skip
        more: dict[str, Any] = {}
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() == "postgresql":
            more = {"connect_timeout": PATIENCE}
        if url.get_backend_name() == "sqlite":
            url = _sqlite(url, root)
        return sqlalchemy.create_engine(url, connect_args=more, poolclass=sqlalchemy.NullPool, hide_parameters=True)
    except (sqlalchemy.exc.NoSuchModuleError, ImportError) as error:
        wanted = getattr(error, "name", None) or source.partition(":")[0]
        raise SourceError(
            f"needs the driver '{wanted}', which is not installed: pip install -e '.[databases]' brings PostgreSQL's"
        ) from None
    except sqlalchemy.exc.ArgumentError:
        raise SourceError("is no address of a database; write it as postgresql://HOST/DATABASE") from None


def _sqlite(url: URL, root: Path) -> URL:
    path = (root / (url.database or "")).resolve()
    if not path.is_relative_to(root.resolve()) and not path.is_relative_to((root / "data").resolve()):
        raise SourceError("is a link that leads out of the workspace; put the file itself there")
    if not path.is_file():
        raise SourceError("is a file that is not there; write it as sqlite:///data/<id>/cases.db")
    return url.set(database=f"file:{path}", query={"mode": "ro", "uri": "true"})


def _not_connected(message: str, source: str) -> SourceError:
    """Say why there is no connection. The driver's own words may name the user and addresses inside the house: they are left out."""
    if _NO_DATABASE.search(message):
        return SourceError("names a database that its server does not have; ask for its name")
    if _REFUSED.search(message):
        how = (
            "the environment variables that it names"
            if "${" in source
            else "PGUSER and PGPASSWORD, or write postgresql://${USER}:${PASSWORD}@HOST/DATABASE"
        )
        return SourceError(f"does not let this user in; check {how}")
    return UnreachableError("cannot be reached; look whether the network or the VPN is on, and the address and port are right")


def _only_reading(connection: Connection) -> None:
    """Make the session read-only where the database supports it; nothing is ever committed."""
    import sqlalchemy

    kind = connection.dialect.name
    if kind == "postgresql":
        connection.execution_options(postgresql_readonly=True)
        _without_infinity(connection)
    elif kind in ("mysql", "mariadb"):
        connection.execute(sqlalchemy.text("SET SESSION TRANSACTION READ ONLY"))
        connection.rollback()


def _without_infinity(connection: Connection) -> None:
    """Read PostgreSQL's dates ``infinity`` (no end) and those after 9999 as blank: Python has no such dates, and the driver stops."""
    import psycopg
    from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader

    adapters = cast(Any, connection.connection.driver_connection).adapters
    for name, loader in (("date", DateLoader), ("timestamp", TimestampLoader), ("timestamptz", TimestamptzLoader)):

        def load(self: Any, data: Any, own: Any = loader) -> Any:
            try:
                return own.load(self, data)
            except psycopg.DataError:
                return None

        adapters.register_loader(name, type(loader.__name__, (loader,), {"load": load}))


def _rows(connection: Connection, table: Table) -> tuple[tuple[str, ...], list[pa.Table]]:
    import sqlalchemy

    asked = _asked(connection, table)
    try:
        result = connection.execution_options(stream_results=True).execute(asked)
        names = column_names(list(result.keys()))
        parts = [_part(names, [])]
        while rows := result.fetchmany(BATCH):
            parts.append(_part(names, rows))
        return names, parts
    except sqlalchemy.exc.DBAPIError as error:
        raise _wrong(error, table) from None
    except sqlalchemy.exc.SQLAlchemyError:
        raise SourceError("has a query that cannot be run; try it in a program for this database") from None


def _asked(connection: Connection, table: Table) -> Any:
    """Return the statement: the query of the contract file, or one for all rows of a table."""
    import sqlalchemy

    if table.query is not None:
        bare = _TEXT.sub("", table.query).strip().rstrip(";").strip()
        if not re.match(r"(select|with|values|table)\b", bare, re.IGNORECASE):
            raise SourceError("has a query that does not begin with SELECT; only such queries are run")
        if ";" in bare:
            raise SourceError("has a query with several statements; write one SELECT")
        return sqlalchemy.text(table.query.strip().rstrip(";").replace(":", r"\:"))
    schema, _, name = (table.table or "").rpartition(".")
    looked = sqlalchemy.inspect(connection)
    found = [*looked.get_table_names(schema or None), *looked.get_view_names(schema or None)]
    if name not in found:
        raise SourceError(f"has no table '{table.table}' that this user may see; {choose(name, found) if found else 'it has none here'}")
    return sqlalchemy.select(sqlalchemy.text("*")).select_from(sqlalchemy.table(name, schema=schema or None))


def _wrong(error: Any, table: Table) -> SourceError:
    message = str(error.orig)
    if _WRITES.search(message):
        return SourceError("has a query that would change the database; it is read only: write a SELECT")
    if re.search(r"permission denied|not permitted|denied on object", message, re.IGNORECASE):
        return SourceError(f"does not let this user read {table.table or 'what the query asks for'}; ask for the right to read it")
    if error.connection_invalidated:
        return UnreachableError("broke off while its rows were read; run it again")
    # Of errors in values the driver quotes the value, and with it a participant.
    told = "" if "DataError" in type(error).__name__ else f" ({message.strip().splitlines()[0]})"
    return SourceError(f"has a query that cannot be run{told}; try it in a program for this database")


def _part(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pa.table([_array(list(column)) for column in columns], names=list(names))


def _array(values: list[Any]) -> pa.Array:
    """Return a column as Arrow has it: decimals as numbers, moments with the zone of the session, everything else not plain as text."""
    plain = [_plain(value) for value in values]
    try:
        return pa.array(plain)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else str(value) for value in plain], pa.string())


def _plain(value: Any) -> Any:
    if value is None or (isinstance(value, str | bool | int | float | dt.date) and not isinstance(value, dt.datetime)):
        return value
    if isinstance(value, dt.datetime):
        place = value.tzinfo is dt.UTC or getattr(value.tzinfo, "key", None)  # what is no place, as minutes before UTC, is left out
        return value if place else value.replace(tzinfo=None)
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, uuid.UUID | dt.time):
        return str(value)
    if isinstance(value, list | tuple):
        return ";".join(str(one) for one in value)
    return value if isinstance(value, bytes) else str(value)
