"""One job, from notebook to a page that is fit to be handed out: check, run, export, scan. Nothing here touches ``outputs/``."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import re
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat

from acmlib.contract.errors import ContractError, choose
from acmlib.contract.load import load_contract, load_records
from acmlib.contract.model import Contract
from acmlib.contract.periods import report_period
from acmlib.display.handover import handing_over
from acmlib.display.words import Words
from acmlib.intake.check.bases import bases_in_error
from acmlib.publish.agenda import agenda
from acmlib.publish.engine import CellError, KernelError, execute, notebook_parameters
from acmlib.publish.exporter import ExportError, export_page
from acmlib.publish.folders import REMEDY
from acmlib.publish.inventory import Inventory, MadeFrom
from acmlib.publish.jobs import OUTPUTS, Job
from acmlib.publish.library import versions
from acmlib.publish.limits import ORDINARY, Limits
from acmlib.publish.outcomes import Failure, JobError, Made
from acmlib.publish.pdf import PdfError, page_pdf, require_pdf
from acmlib.publish.reports import SELECTORS, find_report
from acmlib.publish.safe_csv import release_csv
from acmlib.publish.scan import Door
from acmlib.publish.shared import share
from acmlib.release.editions import Release
from acmlib.release.ledger import RELEASED, stage

#: What the system says when there is no space, or no right, to write.
UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM})


def run_job(
    job: Job, *, root: Path, working: Path, run: str, limits: Limits = ORDINARY, made_from: MadeFrom | None = None
) -> Made | Failure:
    """Make the page of one job in a working folder.

    Parameters
    ----------
    working : Path
        A private folder, on the same file system as ``outputs/``.
    run : str
        Id of the run that this job is part of.
    made_from : MadeFrom, optional
        Digests of what the page is made from, if they were taken already. Jobs with the same ones share their work.

    Returns
    -------
    Made or Failure
        A failure for everything a person can put right: contract, data, notebook, unfit page. Anything else is a defect and raises.
    """
    try:
        return _make(job, root, working, run, limits, made_from or Inventory(root).made_from(job))
    except ContractError as error:
        do = f"correct it; `acm check {job.contract}` lists everything that is wrong"
        return Failure.of(job, where=f"params/{job.contract}", what=_plain(str(error), root), do=do)
    except JobError as error:
        return Failure.of(job, where=error.where, what=_plain(error.what, root), do=error.do)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        return Failure.of(job, where=f"{OUTPUTS}/", what=f"cannot be written: {error.strerror}", do=REMEDY)


def _make(job: Job, root: Path, working: Path, run: str, limits: Limits, made_from: MadeFrom) -> Made:
    started = time.monotonic()
    if job.pdf:
        require_pdf()  # before a notebook runs for nothing
    check_parameters(job, root)
    contract = load_contract(job.contract, root=root)
    shared = share(job, contract, root, working, made_from.shared)
    door = Door(shared.release, shared.counted.table, shared.secrets, language=job.language)
    door.check_texts(root)
    try:
        with handing_over(shared.handed):
            executed = execute(root / job.notebook, job.parameters, folder=root, limits=limits)
    except CellError as error:
        raise _cell_error(job, root, CellError(error.index, door.reason(error.message))) from error
    except KernelError as error:
        do = "run it again, with --jobs 1 if memory is short; --no-warm starts kernels of another kind"
        raise JobError(job.notebook.as_posix(), str(error), do) from error
    report = report_title(job, contract, root)
    title = f"{contract.contract.title.in_language(job.language)}: {report}, {Words(job.language).period(job.period)}"
    try:
        page = export_page(executed, title=title, language=job.language, wording=contract.wording, appendix=job.appendix)
        pdf = page_pdf(page) if job.pdf else None
    except (ExportError, PdfError) as error:
        raise JobError(job.notebook.as_posix(), door.reason(str(error)), f"correct the notebook; {_reproduce(job)}") from error
    cells = release_csv(shared.release.handed_out)
    problems = (*door.page(page, executed), *door.table(cells), *(door.pdf(pdf) if pdf is not None else ()))
    if problems:
        do = f"the page was not written; look for it in {job.notebook.as_posix()}, or in the data and notes that it shows"
        raise JobError(f"{job.notebook.as_posix()}, finished page", "; ".join(problems), do)
    record = _record(job, contract, shared.release, run)
    record |= {"title": title, "report_title": report, "made_from": asdict(made_from), "seconds": round(time.monotonic() - started, 2)}
    return _staged(job, page, pdf, cells, shared.release, record, working)


def check_parameters(job: Job, root: Path) -> None:
    """Refuse a notebook and a job that do not speak of the same parameters; papermill would only warn, and run with the defaults.

    Raises
    ------
    JobError
        If the notebook is missing, has a parameter that is no selector, or lacks one that the job sets.
    """
    where = job.notebook.as_posix()
    if not (root / job.notebook).is_file():
        known = [path.stem for path in sorted((root / job.notebook).parent.glob("*.ipynb"))]
        raise JobError(where, "there is no such notebook", choose(job.report, known))
    given = notebook_parameters(root / job.notebook)
    if not given:
        raise JobError(where, "no cell is tagged 'parameters'", f"give the cell with {', '.join(SELECTORS[:4])} this tag")
    for name in given:
        if name not in SELECTORS:
            raise JobError(where, f"parameter '{name}' is no selector", choose(name, SELECTORS))
    for name in job.parameters:
        if name not in given:
            raise JobError(where, f"the parameters cell has no '{name}'", f"add it; the cell has: {', '.join(given)}")


def _cell_error(job: Job, root: Path, error: CellError) -> JobError:
    """Name the cell as a person counts it: among the code cells of the stored notebook, with the heading above it."""
    cells = nbformat.read(root / job.notebook, as_version=4).cells
    tagged = next((place for place, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])), -1)
    place = error.index - 1 if error.index > tagged else error.index
    number = sum(cell.cell_type == "code" for cell in cells[: place + 1])
    headings = re.findall(r"^#+ +(.+)$", "\n".join(cell.source for cell in cells[:place] if cell.cell_type == "markdown"), re.MULTILINE)
    section = f" ({headings[-1].strip()})" if headings else ""
    return JobError(f"{job.notebook.as_posix()}, code cell {number}{section}", error.message, _reproduce(job))


def _reproduce(job: Job) -> str:
    chosen = ", ".join(f'{name} = "{value}"' for name, value in job.parameters.items())
    return f"open it with `acm lab`, set {chosen}, and run all cells"


def report_title(job: Job, contract: Contract, root: Path) -> str:
    """Return what a page is, in its language: the title of the roadmap topic, or the name of the report."""
    for topic in load_records(job.contract, root).roadmap if job.topic else ():
        if topic.id == job.topic:
            return topic.title.in_language(job.language)
    return find_report(job.report, root).title(job.language)


def _record(job: Job, contract: Contract, release: Release, run: str) -> dict[str, Any]:
    """Return where a page comes from: enough to make it again and to see what has changed since."""
    period = report_period(contract, job.period)
    return {
        "run": run,
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        **asdict(job),
        "page": job.page.name,
        "contract_title": contract.contract.title.in_language(job.language),
        "provider": contract.contract.provider,
        "contact": contract.contract.contact,
        "first_day": period.start.isoformat(),
        "data_until": period.end.isoformat(),
        "inputs": _plain_data(release.inputs),
        **({} if release.draft or release.entry is None else {RELEASED: release.entry.content}),
        "rule": release.rule.model_dump(mode="json", exclude={"names"}),  # those may stand in no text, nor beside the pages
        "bases_in_error": sorted(bases_in_error(release.findings)),
        "versions": versions(),
        **_plain_data(agenda(contract, release, job.language)),
    }


def _staged(job: Job, page: str, pdf: bytes | None, cells: str, release: Release, record: dict[str, Any], working: Path) -> Made:
    """Write page, PDF and release into the working folder."""
    folder = working / hashlib.sha256(str(job).encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)  # an earlier try may have died half way
    content, table = page.encode(), cells.encode()
    record |= {"sha256": hashlib.sha256(content).hexdigest(), "release_sha256": hashlib.sha256(table).hexdigest()}
    entry = None if release.draft or release.entry is None else stage(release.entry, folder / "entry.json")
    pdf_path = folder / "page.pdf" if pdf is not None else None
    made = Made(job, folder / "page.html", folder / "release.csv", record, entry, pdf_path, release.decided_with)
    made.page.write_bytes(content)
    made.release.write_bytes(table)
    if made.pdf is not None and pdf is not None:
        made.pdf.write_bytes(pdf)
        record["pdf_sha256"] = hashlib.sha256(pdf).hexdigest()
    return made


def _plain_data(given: Any) -> Any:
    """Return models, dataclasses, paths and dates as JSON holds them, and texts without their claims: the batch reads a record, too."""
    if hasattr(given, "model_dump"):
        return given.model_dump(mode="json")
    if hasattr(given, "__dataclass_fields__"):
        return {name: _plain_data(getattr(given, name)) for name in given.__dataclass_fields__}
    if isinstance(given, Mapping):
        return {str(key): _plain_data(value) for key, value in given.items()}
    if isinstance(given, list | tuple | set | frozenset):
        return [_plain_data(value) for value in given]
    return given if given is None or isinstance(given, bool | int | float) else str(given)


def _plain(message: str, root: Path) -> str:
    """Return a message without terminal colours and without the workspace's place on this machine."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", message).strip()
    return plain.replace(f"{root.resolve()}{os.sep}", "").replace(str(root.resolve()), ".")
