"""The commands of `acm`. What they need is imported when they run, so that `acm --help` answers at once."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from acmlib.cli import cases, console, meetings, starting, watching
from acmlib.cli.selection import DONE, FAILED, INTERRUPTED, Command, chosen_contracts, stops_at, workspace
from acmlib.publish.limits import ORDINARY, Limits

app = typer.Typer(
    name="acm",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    help="""Reports for Active Contract Management: one contract file and the provider's data become pages for a meeting.

Each contract has a folder in [b]params/[/b] with a [b]contract.yml[/b]. Pages go to [b]outputs/[/b]: begin with its index.html.""",
    epilog="First steps:  [b]acm list[/b]   then   [b]acm check[/b]   then   [b]acm run --all[/b]",
)

Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="Contracts: names of folders in params/.", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="All contracts in params/.")]


def main() -> None:
    """Run `acm` and end with its exit status."""
    try:
        app(prog_name="acm")
    except SystemExit as end:  # Typer turns Ctrl-C into this status, without a word
        if end.code == INTERRUPTED:
            console.note("stopped; pages that were finished are in place, the others are as they were")
        raise


@app.command(
    cls=Command,
    epilog="""Examples:

[b]acm run harbor-youth-jobs[/b]   every page this contract gets, for its own period

[b]acm run --all --period 2026-06 --edition provider[/b]   what goes to the providers before the June meetings

[b]acm run harbor-youth-jobs --report deep_dive-placement --language es[/b]   one topic of the roadmap, in Spanish

Exit status: 0 if every page asked for was made, 1 if one was not, 2 if the request was not clear, 3 if figures were left out of them
because the check of the data found errors.""",
)
def run(
    ids: Ids = None,
    every: All = False,
    report: Annotated[
        str | None, typer.Option(help="One of `acm list --reports`, or of one topic: deep_dive-TOPIC. All that are due.")
    ] = None,
    period: Annotated[str | None, typer.Option(help="2026-06, 2026Q2, 2026 or term. The contract's own.")] = None,
    edition: Annotated[str | None, typer.Option(help="internal, provider or public. All of the contract's.")] = None,
    language: Annotated[str | None, typer.Option(help="en or es. All of the contract's.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Pages made at the same time. One per core.")] = None,
    warm: Annotated[bool, typer.Option("--warm/--no-warm", help="Fork kernels from one that is ready, where this is possible.")] = True,
    force: Annotated[bool, typer.Option("--force", help="Make pages that are up to date, too.")] = False,
    cell_seconds: Annotated[float, typer.Option(min=0.1, help="Longest time of one cell of a notebook.")] = ORDINARY.cell_seconds,
    report_seconds: Annotated[float, typer.Option(min=0.1, help="Longest time of all its cells.")] = ORDINARY.report_seconds,
    scheduler: Annotated[str | None, typer.Option(help="A Dask cluster makes the pages: tcp://HOST:8786, or local.")] = None,
    root: Annotated[str | None, typer.Option(help="The workspace: a folder, or s3://BUCKET/FOLDER. ACM_ROOT, or where you are.")] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="A PDF beside each page, tagged for screen readers; whoever makes the page needs Pango.")
    ] = False,
    release: Annotated[
        bool, typer.Option("--release", help="Hand them out: what public pages show is entered in the ledger. Without it they are drafts.")
    ] = False,
    appendix: Annotated[bool, typer.Option("--appendix", help="Pages with all numbers unfolded, so that they are printed.")] = False,
    outputs: Annotated[Path | None, typer.Option(help="Folder for pages of a workspace at an address that can only be read.")] = None,
) -> None:
    """Make the pages of contracts: those whose notebook, contract files, data or library have changed since they were made.

    A page that cannot be made leaves the last good one in place; the others are made all the same.

    What failed is listed at the end with what to do, and in outputs/failures.json.
    """
    from acmlib.cli.running import RunOptions, make_reports
    from acmlib.publish.jobs import RequestError

    place = root or os.environ.get("ACM_ROOT") or ""
    if pdf and scheduler in (None, "local"):  # other workers say for themselves whether they can
        _require_pdf()
    asked = {"report": report, "period": period, "edition": edition, "language": language}
    limits = Limits(cell_seconds=cell_seconds, report_seconds=report_seconds)
    how = RunOptions(jobs, warm, force, limits, scheduler, pdf, appendix, release)
    chosen = functools.partial(chosen_contracts, ids, every)
    with stops_at(RequestError):
        status = make_reports(place if "://" in place else workspace(root), chosen, asked, how, outputs=outputs)
    raise typer.Exit(status)


@app.command(cls=Command, epilog="Examples:   [b]acm check[/b]   all contracts      [b]acm check harbor-youth-jobs[/b]   one")
def check(
    ids: Ids = None,
    counts: Annotated[bool, typer.Option("--counts", help="Print what became of every row; it counts people: keep it inside.")] = False,
    explained: Annotated[str | None, typer.Option("--explain", metavar="METRIC", help="Only print its first rows as counted.")] = None,
) -> None:
    """Check notebooks, contract files and data, say what to correct and who can, and what the pages of each edition will show.

    Without an ID all contracts are checked. Errors stop a figure or a report; warnings and notes tell what a number means. What became of
    every row is printed with --counts, and kept in outputs/ID/PERIOD/internal/checks.csv.

    Exit status 1 if there is an error.
    """
    from acmlib.cli.checking import check_notebooks, keep_counts, look_at

    root = workspace()
    if explained is not None:
        _explain(chosen_contracts(ids, not ids, root), explained, root)
        return
    wrong_notebooks = check_notebooks(root)
    for problem in wrong_notebooks:
        console.error(problem)
    errors = len(wrong_notebooks)
    for contract in chosen_contracts(ids, not ids, root):
        looked = look_at(contract, root=root)
        console.findings(contract, looked.findings, looked.counts)
        console.previews(looked.previews)
        if counts and looked.counts is not None:
            console.table("What became of every row", list(looked.counts.columns), looked.counts.astype(str).values.tolist(), lines=False)
        keep_counts(contract, looked, root=root)
        errors += sum(finding.severity == "error" for finding in looked.findings)
    raise typer.Exit(FAILED if errors else DONE)


@app.command("list", cls=Command)
def list_contracts(
    reports: Annotated[bool, typer.Option("--reports", help="The reports instead: notebooks, and when each is made.")] = False,
) -> None:
    """List the contracts in params/: who, from when to when, in which editions and languages. With --reports the reports there are."""
    if reports:
        _list_reports(workspace())
        return
    from acmlib.contract.errors import ContractError
    from acmlib.contract.load import load_contract

    root = workspace()
    rows = []
    for contract in chosen_contracts(None, True, root):
        try:
            loaded = load_contract(contract, root=root)
        except ContractError as error:
            rows.append((contract, f"cannot be read ({len(error.errors)} errors): acm check {contract}", "", "", "", ""))
            continue
        terms = loaded.contract
        term = f"{terms.starts:%Y-%m-%d} to {terms.ends:%Y-%m-%d}"
        given = f"{', '.join(loaded.editions)}; {', '.join(loaded.languages)}"
        rows.append((contract, str(terms.title), terms.provider, term, loaded.period or "term", given))
    console.table("Contracts", ("id", "title", "provider", "term", "period", "editions; languages"), rows, lines=False)


def _list_reports(root: Path) -> None:
    """List what the notebooks declare, then what keeps others from being reports."""
    from acmlib.publish.reports import declaration_problems, declared_reports

    rows = []
    for one in declared_reports(root):
        titles = "; ".join(f"{language}: {title}" for language, title in one.titles.items())
        rows.append((one.name, titles, f"{one.made}: {', '.join(one.of)}" if one.of else one.made, one.per, ", ".join(one.parameters)))
    console.table("Reports", ("name", "title", "made", "per", "parameters"), rows, lines=False)
    for problem in declaration_problems(root):
        console.error(problem)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Open the notebooks in JupyterLab. Whatever follows is passed on: acm lab --no-browser --port 9999."""
    root = workspace()
    places = [f"--ServerApp.root_dir={root}", "--LabApp.default_url=/lab/tree/notebooks/start.ipynb"]
    places.append("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")  # it asks nobody outside
    surroundings = {**os.environ, "ACM_ROOT": str(root), "JUPYTER_PREFER_ENV_PATH": "1"}
    ended = subprocess.run([sys.executable, "-m", "jupyterlab", *places, *context.args], env=surroundings, check=False)  # noqa: S603 -- our own interpreter
    raise typer.Exit(ended.returncode)


def _explain(contracts: Sequence[str], metric: str, root: Path) -> None:
    """Print the first rows of a metric as counted. They are rows of people, so they go to the console alone."""
    from acmlib.cli.checking import explain
    from acmlib.contract.errors import ContractError

    for contract in contracts:
        with stops_at(ContractError):
            rows = explain(contract, metric, root=root)
        console.table(
            f"{contract}: first rows of {metric}, as counted", [str(name) for name in rows], rows.to_numpy().tolist(), lines=False
        )


def _require_pdf() -> None:
    """End early, with what to do, where this machine cannot make PDFs."""
    from acmlib.publish.pdf import PdfError, require_pdf

    with stops_at(PdfError):
        require_pdf()


#: Commands of other modules, each with its examples.
_FURTHER: tuple[tuple[Callable[..., None], str], ...] = (
    *(
        (command, meetings.EXAMPLES[command.__name__])
        for command in (meetings.meeting, meetings.handout, meetings.actions, meetings.spot_check)
    ),
    *(
        (command, starting.EXAMPLES[command.__name__])
        for command in (
            starting.new,
            starting.start,
            starting.pilots,
            starting.peers,
            starting.contracts,
            starting.starters,
            starting.training,
        )
    ),
    (cases.case_pull, cases.EXAMPLES),
    (watching.watch, watching.EXAMPLES["watch"]),
)
for further, examples in _FURTHER:
    app.command(cls=Command, epilog=examples)(further)
