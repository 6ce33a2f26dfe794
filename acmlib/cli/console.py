"""Output of the command line: a progress bar and tables on a terminal, one line per job in a log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pandas as pd

    from acmlib.cli.preview import EditionPreview
    from acmlib.intake.findings import Finding
    from acmlib.publish.jobs import Job
    from acmlib.publish.outcomes import Failure

Done = Callable[["Job", "Failure | None"], None]

#: Width of tables in a log or a file, where a terminal's width is unknown.
LOG_WIDTH = 160


def _console(*, stderr: bool = False) -> Console:
    """Return a console on the stream as it is now; texts of contracts and data are never read as markup, nor as names of emoji."""
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=LOG_WIDTH)


def note(text: str) -> None:
    """Print a line of information."""
    _console().print(text, soft_wrap=True)


def error(text: str) -> None:
    """Print what is wrong with the request."""
    _console(stderr=True).print(f"acm: {text}", soft_wrap=True)


@contextmanager
def progress(total: int) -> Iterator[Done]:
    """Give a function to call with each job that ends: it moves a bar on a terminal, and prints a line elsewhere."""
    console = _console()
    if not console.is_terminal:
        yield lambda job, failure: console.print(_line(job, failure), soft_wrap=True)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # on a terminal only

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("pages", total=total)

        def done(job: Job, failure: Failure | None) -> None:
            if failure:
                bar.console.print(_line(job, failure))
            bar.advance(task)

        yield done


def _line(job: Job, failure: Failure | None) -> str:
    return f"failed  {job}" if failure else f"made    {job.page.as_posix()}"


def failures(found: Sequence[Failure]) -> None:
    """Print what was not made, where it stopped and what to do."""
    if found:
        asked = [f"{one.contract}\n{one.report} {one.period} {one.edition} {one.language}" for one in found]
        rows = [(job, one.where, one.what, one.do) for job, one in zip(asked, found, strict=True)]
        table("Not made", ("contract and report", "where", "what", "what to do"), rows)


def findings(contract: str, found: Sequence[Finding], counts: pd.DataFrame | None = None) -> None:
    """Print what is to be corrected or known about a contract's file and data."""
    if not found:
        note(f"{contract}: nothing found, all is as the contract says{_looked_at(counts)}")
        return
    rows = [(one.severity, ".".join(filter(None, (one.table, one.column))), one.what, one.why, one.fix, one.who) for one in found]
    table(contract, ("severity", "where", "what", "why it matters", "how to correct it", "who"), rows)


def _looked_at(counts: pd.DataFrame | None) -> str:
    """Return what was looked at, in brackets."""
    if counts is None:
        return ""
    from acmlib.intake.findings import number_of

    files, rows = int(counts["of"].eq("file").sum()), int(counts.loc[counts["of"].eq("file"), "rows"].sum())
    metrics, groups = counts.loc[counts["of"].eq("metric"), "name"].nunique(), int(counts["of"].eq("group").sum())
    seen = [number_of(rows, "row"), number_of(files, "file"), number_of(metrics, "metric"), number_of(groups, "group")]
    return f" (looked at {', '.join(seen)}; what became of every row: --counts)"


def previews(found: Sequence[EditionPreview]) -> None:
    """Print what the pages of each edition will show, and what would show more."""
    from acmlib.cli.preview import HEADS

    if found:
        table("What each edition will show", HEADS, [row for one in found for row in one.rows], lines=False)
    for one in found:
        for text in one.more:
            note(f"  {one.rows[0][0]}: {text}")


def table(title: str, heads: Iterable[str], rows: Iterable[Sequence[str]], *, lines: bool = True) -> None:
    """Print rows under their heads, with a line between rows unless each is one line itself."""
    shown = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, show_lines=lines)
    for head in heads:
        shown.add_column(head, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(str(value)) for value in row))
    _console().print(shown)


def relative_path(path: Path) -> str:
    """Return a path as seen from here, if it is below here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
