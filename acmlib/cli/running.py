"""`acm run`: plan the pages, skip those that are up to date, make the others and report the result."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from acmlib.cli import console
from acmlib.cli.requests import check_request
from acmlib.cli.selection import DONE, FAILED, LEFT_OUT
from acmlib.contract.ids import MetricId
from acmlib.contract.kinds import IN_ERROR
from acmlib.contract.private_folders import PrivateFolder
from acmlib.contract.workspace import contract_ids
from acmlib.publish.inventory import Inventory, named_sources
from acmlib.publish.jobs import OUTPUTS, Job, RequestError
from acmlib.publish.limits import Limits
from acmlib.publish.outcomes import Failure
from acmlib.publish.reports import PROGRAM, declaration_problems, declared_reports, stored_outputs
from acmlib.publish.run_record import RECORD, read_record
from acmlib.publish.store import INDEX, PROGRAMS, RELEASE
from acmlib.publish.warm import can_fork, warm_kernels

if TYPE_CHECKING:
    from acmlib.publish.storage import Storage


@dataclass(frozen=True)
class RunOptions:
    """How pages are made: how many at a time, from warm kernels, all or what changed, within limits, by a cluster, with PDFs, unfolded."""

    processes: int | None
    warm: bool
    force: bool
    limits: Limits
    scheduler: str | None
    pdf: bool = False
    appendix: bool = False
    release: bool = False


def make_reports(
    place: Path | str,
    chosen: Callable[[Path], tuple[str, ...]],
    asked: dict[str, str | None],
    how: RunOptions,
    *,
    outputs: Path | None = None,
) -> int:
    """Make pages, report the result and return the exit status (`acmlib.cli.selection`).

    Parameters
    ----------
    place : Path or str
        The workspace: a folder, or an address in object storage.
    chosen : callable
        Returns the contracts asked for, from the folder of the workspace.
    asked : dict
        Report, period, edition and language, as far as they were named.
    outputs : Path, optional
        Folder for the pages, if the workspace is at an address.

    Raises
    ------
    RequestError
        If no contract has what was asked for.
    """
    try:
        if isinstance(place, Path):
            if outputs is not None:
                what = "is for a workspace at an address; pages of a folder go to its outputs/: leave it out, or copy them"
                raise RequestError(f"--outputs {what}")
            return _make(place, chosen(place), asked, how, Inventory(place), None)
        with _copied(place, chosen, outputs) as (root, contracts, storage):
            inventory = Inventory(root, published=storage.published if storage else None)
            return _make(root, contracts, asked, how, inventory, storage)
    except OSError as error:
        console.error(error.strerror or str(error))
        return FAILED


def _make(
    root: Path, contracts: Sequence[str], asked: dict[str, str | None], how: RunOptions, inventory: Inventory, storage: Storage | None
) -> int:
    check_request(asked, root)
    if asked["report"] is not None and _is_per_program(asked["report"], root):
        return _make_programs(root, asked, how, storage, asked_for=True)
    # Its imports take longer than planning. Where all plans are remembered there may be nothing to make; else `run_jobs` starts it.
    planned = not how.force and all(inventory.is_planned(contract, **asked) for contract in contracts)
    with warm_kernels() if how.warm and how.scheduler is None and not planned and can_fork() else nullcontext():
        return _plan_and_make(root, contracts, asked, how, inventory, storage)


def _plan_and_make(
    root: Path, contracts: Sequence[str], asked: dict[str, str | None], how: RunOptions, inventory: Inventory, storage: Storage | None
) -> int:
    """Find which pages have to be made, make them and report the result."""
    planned, refused = _planned(contracts, asked, inventory)
    planned = [replace(job, pdf=how.pdf, appendix=how.appendix, to_release=how.release) for job in planned]
    for told in (*declaration_problems(root), *stored_outputs(sorted({job.report for job in planned}), root)):
        console.note(told)
    if not planned and not refused:
        console.note(f"nothing to make: {_why_nothing(asked, root)}")
    after = {**asked, "edition": None, "language": None}
    stale = [job for job in planned if how.force or not inventory.is_current(job)]
    if len(stale) < len(planned):
        console.note(f"{len(planned) - len(stale)} of {len(planned)} pages are up to date; --force makes them again")
    if not stale and not refused:
        inventory.keep()
        left = _programs_after(contracts, asked, root) and storage is None and not (root / OUTPUTS / PROGRAMS).exists()
        programs = _make_programs(root, after, how, storage) if left else DONE  # the run before was stopped, or met other contracts
        return programs or _status(root, planned)
    from acmlib.publish.batch import run_jobs

    with console.progress(len(stale)) as done:
        failures = run_jobs(
            stale,
            root=root,
            processes=how.processes,
            warm=how.warm,
            limits=how.limits,
            scheduler=how.scheduler,
            storage=storage,
            refused=refused,
            inventory=inventory,
            done=done,
            note=console.note,
        )
    console.failures(failures)
    programs = _make_programs(root, after, how, storage) if _programs_after(contracts, asked, root) else DONE
    _say_what_was_made(stale, failures, root, storage)
    return FAILED if failures or programs else _status(root, planned)


def _why_nothing(asked: dict[str, str | None], root: Path) -> str:
    """Return why no page is due, for whoever asked."""
    report, edition = asked["report"], asked["edition"]
    declared = next((one for one in declared_reports(root) if one.name == report), None)
    if declared is not None and edition and edition not in declared.editions:
        return f"{report} has no {edition} edition; use {' or '.join(declared.editions)}"
    return "none of these contracts gets that report in that period"


def _say_what_was_made(jobs: Sequence[Job], failures: Sequence[Failure], root: Path, storage: Storage | None) -> None:
    failed = {(one.contract, one.report, one.period, one.edition, one.language) for one in failures}
    made = sum((job.contract, job.name, job.period, job.edition, job.language) not in failed for job in jobs)
    way_in = f"{storage.url}/{OUTPUTS}/{INDEX}" if storage else console.relative_path((root / OUTPUTS / INDEX).resolve())
    unmade = sum(bool(one.contract) for one in failures)
    console.note(f"{made} page{'' if made == 1 else 's'} made, {unmade} not; the way in: {way_in}")


def _programs_after(contracts: Sequence[str], asked: dict[str, str | None], root: Path) -> bool:
    """Return whether pages about programs follow those of contracts: when all contracts were asked for, and every report."""
    every = asked["report"] is None and len(contracts) > 1 and set(contracts) == set(contract_ids(root))
    return every and any(one.per == PROGRAM for one in declared_reports(root))


def _is_per_program(report: str, root: Path) -> bool:
    """Return whether a report is about the contracts of a program."""
    return any(one.name == report and one.per == PROGRAM for one in declared_reports(root))


def _make_programs(root: Path, asked: dict[str, str | None], how: RunOptions, storage: Storage | None, *, asked_for: bool = False) -> int:
    """Make the pages about programs from the pages of contracts that are there."""
    from acmlib.publish.batch import make_programs

    if storage is not None:
        storage.pull_records(root)
    with warm_kernels(wanted=how.warm):
        made, failures = make_programs(root, (asked["report"], asked["edition"], asked["language"]), how.limits)
    if storage is not None:
        storage.put(root, f"{OUTPUTS}/{INDEX}", *made)
    console.failures(failures)
    for page in made:
        console.note(f"made    {page}")
    if asked_for and not made and not failures:
        console.note(
            "nothing to make: a program needs two contracts whose dashboards have been made in that edition, not as drafts; "
            "acm run --all makes them, with --release those of public editions"
        )
    return FAILED if failures else DONE


def _status(root: Path, made: Sequence[Job]) -> int:
    """Return the exit status of pages that were made, and name the figures that are not in them because of errors in the data."""
    wrong: dict[str, dict[str, None]] = {}
    for path in dict.fromkeys((root / job.page).parent / RELEASE for job in made):
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:  # without pandas: that nothing is to be made is said at once
                names = [MetricId.parse(row["metric"]).key for row in csv.DictReader(file) if row.get("status") == IN_ERROR]
            bases = [f"who is served by {name}" for name in sorted(_bases_in_error(path.with_name(RECORD)))]
            wrong.setdefault(path.relative_to(root).parts[1], {}).update(dict.fromkeys([*names, *bases]))
    for contract, metrics in wrong.items():
        if metrics:
            console.error(
                f"{contract}: not published, because the check found errors in the data: {', '.join(metrics)}; see: acm check {contract}"
            )
    return LEFT_OUT if any(wrong.values()) else DONE


def _bases_in_error(record: Path) -> set[str]:
    """Return the dimensions of the pages of a folder whose population has an error."""
    pages = read_record(record).get("pages", {})
    return {name for page in pages.values() for name in page.get("bases_in_error", ())}


def _planned(contracts: Sequence[str], asked: dict[str, str | None], inventory: Inventory) -> tuple[list[Job], list[Failure]]:
    """Return the pages that contracts get, and why some get none; refuse what none of them has."""
    from acmlib.contract.errors import ContractError

    planned: list[Job] = []
    refused: list[Failure] = []
    misused: list[str] = []
    for contract in contracts:
        try:
            planned += inventory.plan(contract, **asked)
        except (ContractError, RequestError) as error:
            do = f"correct it, then: acm check {contract}" if isinstance(error, ContractError) else "ask for something that exists"
            named = (asked["report"] or "all", asked["period"] or "", asked["edition"] or "", asked["language"] or "")
            refused.append(Failure(contract, *named, where=f"params/{contract}", what=str(error), do=do))
            misused += [str(error)] if isinstance(error, RequestError) else []
    if misused and len(misused) == len(contracts):  # nobody has what was asked for
        raise RequestError("\n".join(dict.fromkeys(misused)))
    return planned, refused


@contextmanager
def _copied(
    url: str, chosen: Callable[[Path], tuple[str, ...]], outputs: Path | None
) -> Iterator[tuple[Path, tuple[str, ...], Storage | None]]:
    """Yield a private copy of what a batch needs from an address, the contracts chosen, and the storage if pages go back there."""
    from acmlib.contract.errors import ContractError
    from acmlib.publish.storage import Storage
    from acmlib.publish.storage_kinds import StorageError

    storage = Storage(url)
    if storage.read_only and outputs is None:
        raise StorageError(f"{url}: can only be read; name a folder for the pages with --outputs FOLDER")
    with closing(PrivateFolder()) as private:
        root = private.path
        storage.pull(root, "params", "notebooks")
        if not any((root / "params").glob("*/contract.yml")):
            raise StorageError(f"{url}: has no params/ID/contract.yml; check the address, and that the server lists its folders")
        contracts = chosen(root)
        for contract in contracts:
            try:
                storage.pull(root, *named_sources(contract, root))
            except ContractError:  # told when it is planned
                continue
        if outputs is None:
            storage.pull(root, "ledger")
            storage.pull_records(root)
            yield root, contracts, storage
            return
        outputs.mkdir(parents=True, exist_ok=True)
        for name, target in ((OUTPUTS, outputs), ("ledger", outputs / ".ledger")):
            target.mkdir(exist_ok=True)
            (root / name).symlink_to(target.resolve())
        yield root, contracts, None
