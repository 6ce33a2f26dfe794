"""Pages about the contracts of a program: notebooks that are ``per: program``, made from the finished pages of the contracts.

They lie in ``outputs/programs/``: a page for each program of several contracts, and one for all contracts where there are several programs.
They are made after the pages of the contracts, which they read: `release.csv` and `run.json`, and no data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pandas as pd

from acmlib.contract.errors import ContractError, choose
from acmlib.contract.ids import ALL, MetricId
from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.locks import locked
from acmlib.contract.model import Edition
from acmlib.contract.workspace import find_root
from acmlib.display.nouns import words_of
from acmlib.display.own import theme
from acmlib.display.portfolio import Member, Program
from acmlib.display.voice import Voice
from acmlib.display.words import Words
from acmlib.publish.engine import CellError, KernelError, execute, notebook_parameters
from acmlib.publish.exporter import ExportError, export_page
from acmlib.publish.folders import make_folder
from acmlib.publish.index import write_index
from acmlib.publish.jobs import OUTPUTS, PLAIN_LANGUAGE
from acmlib.publish.limits import ORDINARY, Limits
from acmlib.publish.outcomes import Failure
from acmlib.publish.portfolio import ContractLine, lines
from acmlib.publish.reports import ALWAYS, PROGRAM, REQUESTED, Declared, declared_reports
from acmlib.publish.run_record import records
from acmlib.publish.safe_csv import read_release
from acmlib.publish.scan import machine_secrets, scan_page
from acmlib.publish.store import PROGRAMS, write_text

#: Name of the page of all contracts in its address.
ALL_PROGRAMS = "all"


@dataclass(frozen=True, order=True)
class ProgramPage:
    """One page about the contracts of a program: report, program (empty: all contracts), edition and language."""

    report: str
    program: str
    edition: str
    language: str

    @property
    def path(self) -> Path:
        """The page, from ``outputs/``.

        Examples
        --------
        >>> ProgramPage("portfolio", "Youth employment", "internal", "es").path.as_posix()
        'programs/portfolio-youth-employment.internal.es.html'
        """
        program = re.sub(r"[^a-z0-9]+", "-", self.program.lower()).strip("-") or ("program" if self.program else ALL_PROGRAMS)
        language = "" if self.language == PLAIN_LANGUAGE else f".{self.language}"
        return Path(PROGRAMS, f"{self.report}-{program}.{self.edition}{language}.html")

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the notebook."""
        return {"program": self.program, "edition": self.edition, "language": self.language}


def plan_programs(
    root: Path, *, report: str | None = None, edition: str | None = None, language: str | None = None
) -> tuple[ProgramPage, ...]:
    """Return the pages about programs that the finished pages of a workspace give.

    Parameters
    ----------
    report, edition, language : str, optional
        Only these; a report that is made on request only if it is asked for.
    """
    reports = [one for one in declared_reports(root) if one.per == PROGRAM and (one.name == report or (not report and one.made == ALWAYS))]
    if not reports:
        return ()
    languages = sorted({str(page.get("language", PLAIN_LANGUAGE)) for _, record in records(root) for page in record["pages"].values()})
    found = []
    for one in reports:
        for each_edition in one.editions:
            if edition not in (None, each_edition):
                continue
            for program in _programs(_lines(root, each_edition, PLAIN_LANGUAGE), alone=one.made == REQUESTED):
                found += [ProgramPage(one.name, program, each_edition, each) for each in languages if language in (None, each)]
    return tuple(found)


def _programs(every: Iterable[ContractLine], *, alone: bool) -> list[str]:
    """Return the programs of several contracts; the empty one, all contracts, where contracts have different programs or none.

    A report that was asked for is made of programs of one contract, too: others may stand beside it that are not in this workspace.
    """
    members = [one.program for one in every if one.standing]
    if alone:
        return sorted({name for name in members if name})
    several = sorted(name for name, number in Counter(members).items() if name and number > 1)
    return [*several, *([""] if len(members) > 1 and len(set(members)) > 1 else [])]


def _lines(root: Path, edition: str, language: str) -> tuple[ContractLine, ...]:
    """Return the contracts by what their pages say: to the public what was handed out to the public, to the agency what it has."""
    if edition == "internal":
        return lines(records(root), language=language)
    found = []
    for folder, record in records(root):
        pages = {name: page for name, page in record["pages"].items() if not page.get("draft")}
        if record["edition"] == edition and pages:
            found.append((folder, {**record, "pages": pages}))
    return lines(found, language=language)


def open_program(program: str = "", edition: str = "internal", language: str = PLAIN_LANGUAGE, root: Path | None = None) -> Program:
    """Open the finished pages of the contracts of a program.

    Parameters
    ----------
    program : str
        As the contract files name it; all contracts if empty.
    edition : str
        ``internal``: for the agency, by each contract's provider page where there is one; ``provider`` or ``public``: pages of this
        edition alone, and none that are drafts.

    Returns
    -------
    Program
        Contracts worst first. Without any where no pages have been made.

    Raises
    ------
    ValueError
        If there is no such program or edition.
    """
    root = root or find_root()
    if edition not in get_args(Edition):
        raise ValueError(f"edition is {edition!r}; {choose(edition, get_args(Edition))}")
    every = [one for one in _lines(root, edition, language) if one.standing]
    known = sorted({one.program for one in every if one.program})
    if program and every and program not in known:
        raise ValueError(f"program '{program}': {choose(program, known)}")
    chosen = [one for one in every if program in ("", one.program)]
    words = Words(language)
    voices: dict[str, Voice] = {}
    for one in chosen:
        metric = _main(one)
        if metric and metric not in voices:
            voice = _voice(one, metric, language, root)
            voices |= {metric: voice} if voice else {}
    theme()
    missing = _without_dashboard({one.contract for one in every}, program, language, root) if edition == "internal" else ()
    return Program(program, edition, words, tuple(_member(one, root) for one in chosen), voices, missing)


def _without_dashboard(known: set[str], program: str, language: str, root: Path) -> tuple[str, ...]:
    """Return the titles of the contracts of a program without a dashboard; of one that cannot be read its id, among all programs."""
    found = []
    for name in contract_ids(root):
        if name in known:
            continue
        try:
            terms = load_contract(name, root=root).contract
        except ContractError:
            found += [] if program else [name]
            continue
        if program in ("", terms.program):
            found.append(terms.title.in_language(language))
    return tuple(found)


def _main(line: ContractLine) -> str:
    """Return the metric id of a contract's main figure; empty if it has none."""
    figures = line.standing.get("figures") or ()
    return str(figures[0]["metric"]) if figures else ""


def _voice(line: ContractLine, metric: str, language: str, root: Path) -> Voice | None:
    """Return the words of a contract; None where its file cannot be read now or has lost the metric since."""
    try:
        contract = load_contract(line.contract, root=root)
    except ContractError:
        return None
    if MetricId.parse(metric).key not in contract.metrics:
        return None
    return Voice(words_of(contract, language), contract)


def _member(line: ContractLine, root: Path) -> Member:
    due, metric = line.due, _main(line)
    months = _months(root / OUTPUTS / line.release, metric) if line.release and metric else pd.DataFrame()
    return Member(line.contract, line.title, line.standing, len(due.overdue), due.seen_by, due.meeting, due.over, line.until, months)


def _months(path: Path, metric: str) -> pd.DataFrame:
    """Return the released months of a metric's totals."""
    if not path.is_file():
        return pd.DataFrame()
    cells = read_release(path)
    own = cells[cells["metric"].eq(metric) & cells["dimension"].eq(ALL) & cells["period"].str.fullmatch(r"\d{4}-\d{2}")]
    return own.set_index("period").sort_index()[["denominator", "value", "status"]]


def make_program_pages(
    root: Path, asked: tuple[str | None, str | None, str | None] = (None, None, None), limits: Limits = ORDINARY
) -> tuple[tuple[str, ...], tuple[Failure, ...]]:
    """Make the pages about programs, and write the index that leads to them.

    Parameters
    ----------
    asked : tuple
        Report, edition and language; None for all that are due.

    Returns
    -------
    (tuple of str, tuple of Failure)
        The pages that were made, from the workspace; and why others were not. The last good page stays then.
    """
    planned = plan_programs(root, report=asked[0], edition=asked[1], language=asked[2])
    if not planned and not (root / OUTPUTS / PROGRAMS).exists():
        return (), ()
    reports = {one.name: one for one in declared_reports(root)}
    made, failures = [], []
    make_folder(root / OUTPUTS / PROGRAMS)
    with locked(root / OUTPUTS / PROGRAMS):
        for page in planned:
            problem = _make(page, reports[page.report], root, limits)
            if problem is None:
                made.append(Path(OUTPUTS, page.path).as_posix())
            else:
                failures.append(problem)
        if asked == (None, None, None):
            requested = tuple(f"{one.name}-" for one in reports.values() if one.per == PROGRAM and one.made == REQUESTED)
            _remove_others({page.path.name for page in planned}, requested, root)
    write_index(root)
    return tuple(made), tuple(failures)


def _remove_others(planned: set[str], requested: tuple[str, ...], root: Path) -> None:
    """Remove the pages of programs that there are no longer, but none that somebody asked for: `requested` begins their names."""
    for path in (root / OUTPUTS / PROGRAMS).glob("*.html"):
        if path.name not in planned and not path.name.startswith(requested):
            path.unlink()


def _make(page: ProgramPage, declared: Declared, root: Path, limits: Limits) -> Failure | None:
    """Make one page; why not, if that fails."""
    title = f"{declared.title(page.language)}: {page.program or Words(page.language)('portfolio.all')}"
    problem = make_page(declared, page.parameters, root / OUTPUTS / page.path, title=title, root=root, limits=limits)
    return Failure(page.program or ALL_PROGRAMS, page.report, "", page.edition, page.language, *problem) if problem else None


def make_page(
    declared: Declared, parameters: Mapping[str, str], path: Path, *, title: str, root: Path, limits: Limits = ORDINARY
) -> tuple[str, str, str] | None:
    """Make a page that is not about one contract: run its notebook, look at what comes out, write it.

    Parameters
    ----------
    parameters : mapping
        Of the notebook; ``language`` among them.

    Returns
    -------
    (where, what, do) or None
        Why the page was not written, and what to do; the one that was there stays. None if it was written.
    """
    lacks = [name for name in parameters if name not in notebook_parameters(root / declared.notebook)]
    if lacks:
        return declared.notebook, f"the parameters cell has no '{lacks[0]}'", "add it"
    try:
        executed = execute(root / declared.notebook, dict(parameters), folder=root, limits=limits)
        content = export_page(executed, title=title, language=parameters["language"])
    except (CellError, KernelError, ExportError) as error:
        what = str(error).replace(str(root.resolve()), ".")
        return declared.notebook, what, f"open it with `acm lab`, set {dict(parameters)}, and run all cells"
    problems = scan_page(content, machine_secrets(root), notebook=executed)
    if problems:
        return f"{declared.notebook}, finished page", "; ".join(problems), "correct the notebook; the page was not written"
    write_text(path, content)
    return None
