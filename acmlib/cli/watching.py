"""The command that waits for files and makes drafts of what arrived."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from acmlib.cli import console
from acmlib.cli.selection import DONE, FAILED, MISUSED, chosen_contracts, workspace
from acmlib.publish.limits import ORDINARY

EXAMPLES = {
    "watch": "Examples:   [b]acm watch harbor-youth-jobs[/b]   until Ctrl-C      "
    "[b]acm watch --all --report dashboard --edition internal[/b]   one page of each contract"
}


def watch(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Contracts: names of folders in params/.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All contracts in params/.")] = False,
    report: Annotated[str | None, typer.Option(help="One of `acm list --reports`. All that are due.")] = None,
    period: Annotated[str | None, typer.Option(help="2026-06, 2026Q2, 2026 or term. The contract's own.")] = None,
    edition: Annotated[str | None, typer.Option(help="internal, provider or public. All of the contract's.")] = None,
    language: Annotated[str | None, typer.Option(help="en or es. All of the contract's.")] = None,
    seconds: Annotated[float, typer.Option(min=0.2, help="Seconds from one look at the files to the next.")] = 2.0,
) -> None:
    """Wait for files: when one of a contract's files changes, say what arrived, check it and make drafts of its pages. Ctrl-C ends it.

    Watched are params/ID/ and the files and folders that the contract names. A file that is still growing is left until it is complete.
    """
    from acmlib.publish.watching import arrivals

    root = workspace()
    contracts = chosen_contracts(ids, every, root)
    console.note(f"watching the files of {', '.join(contracts)}; Ctrl-C ends it")
    asked = {"report": report, "period": period, "edition": edition, "language": language}
    try:
        for arrived in arrivals(contracts, root, every=seconds):
            for one in arrived:
                console.note(f"{dt.datetime.now().astimezone():%H:%M:%S} {one.contract}: {'; '.join(one.files)}")
                _make(one.contract, asked, root)
    except KeyboardInterrupt:
        console.note("no longer watching; pages that were finished are in place")
        raise typer.Exit(DONE) from None


def _make(contract: str, asked: dict[str, str | None], root: Path) -> None:
    """Check one contract and make drafts of its pages. Whatever is wrong is said, and the watch goes on."""
    from acmlib.cli.checking import look_at
    from acmlib.cli.running import RunOptions, make_reports
    from acmlib.publish.jobs import RequestError

    found = [finding for finding in look_at(contract, root=root).findings if finding.severity != "note"]
    if found:
        console.findings(contract, found)
    how = RunOptions(processes=None, warm=True, force=False, limits=ORDINARY, scheduler=None)
    try:
        status = make_reports(root, lambda _: (contract,), asked, how)
    except RequestError as error:
        console.error(str(error))
        status = MISUSED
    if status in (FAILED, MISUSED):
        console.note(f"{contract}: not all pages were made; the watch goes on")
