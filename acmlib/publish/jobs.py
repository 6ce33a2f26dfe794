"""Which pages a contract gets: one job for each report, period, edition and language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from acmlib.contract.errors import choose
from acmlib.contract.periods import Period, month_text, report_period
from acmlib.contract.selectors import EDITIONS, Edition
from acmlib.publish.reports import (
    ALWAYS,
    CONTRACT,
    ENDED,
    NOTEBOOKS,
    RECORDED,
    REGISTER,
    REQUESTED,
    TOPICS,
    DeclarationError,
    Declared,
    declared_reports,
    find_report,
)

if TYPE_CHECKING:
    from acmlib.contract.model import Contract
    from acmlib.contract.records import Records, Topic

Choice = TypeVar("Choice", bound=str)

#: Folder of a workspace that pages are written to.
OUTPUTS = "outputs"

#: The language of the plain file name; other languages have theirs in the name, as ``dashboard.es.html``.
PLAIN_LANGUAGE = "en"


class RequestError(ValueError):
    """Something asked for does not exist; the message says what does."""


@dataclass(frozen=True, order=True)
class Job:
    """One page to make: these values are also the parameters of the notebook.

    Examples
    --------
    >>> job = Job("harbor-youth-jobs", "deep_dive", "placement", "2026-06", "provider", "es")
    >>> job.name, job.page.as_posix()
    ('deep_dive-placement', 'outputs/harbor-youth-jobs/2026-06/provider/deep_dive-placement.es.html')
    """

    contract: str  #: Id of the contract: the name of its folder under ``params/``.
    report: str  #: Name of a notebook in ``notebooks/``, without its ending.
    topic: str | None  #: Id of the roadmap topic that a deep dive is about.
    period: str  #: A month, quarter, year or ``term``.
    edition: Edition  #: ``internal``, ``provider`` or ``public``.
    language: str  #: ``en``, ``es``, ...
    pdf: bool = False  #: Whether a PDF is made beside the page.
    appendix: bool = False  #: Whether the numbers behind the charts and all else that is folded stand open, and so are printed.
    to_release: bool = False  #: Whether the page is to be handed out: a public one is entered in the ledger then; else it is a draft.

    @property
    def name(self) -> str:
        """The report with its topic, if it has one: ``deep_dive-placement``."""
        return f"{self.report}-{self.topic}" if self.topic else self.report

    @property
    def notebook(self) -> Path:
        """The notebook, from the root of the workspace."""
        return Path(NOTEBOOKS, f"{self.report}.ipynb")

    @property
    def folder(self) -> Path:
        """Where the page, its release and its record go, from the root of the workspace."""
        return Path(OUTPUTS, self.contract, self.period, self.edition)

    @property
    def page(self) -> Path:
        """The finished page, from the root of the workspace."""
        language = "" if self.language == PLAIN_LANGUAGE else f".{self.language}"
        return self.folder / f"{self.name}{language}.html"

    @property
    def pdf_page(self) -> Path:
        """The PDF beside the page, from the root of the workspace."""
        return self.page.with_suffix(".pdf")

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the notebook: selectors only."""
        given = {"contract": self.contract, "period": self.period, "edition": self.edition, "language": self.language}
        return given | ({"topic": self.topic} if self.topic else {})

    def __str__(self) -> str:
        return f"{self.contract} {self.name} {self.period} {self.edition} {self.language}"


def plan_jobs(
    contract: str,
    *,
    root: Path,
    report: str | None = None,
    period: str | None = None,
    edition: str | None = None,
    language: str | None = None,
) -> tuple[Job, ...]:
    """Return the pages that one contract gets.

    Each notebook says in its metadata when it is made (`acmlib.publish.reports`): always, for each topic of the roadmap of certain kinds
    whose month has come, where something was recorded, once the contract has ended, or only on request. Whatever is not asked for comes
    from the contract file: its period, its editions, its languages. A topic that is done keeps the period of its own month.

    Parameters
    ----------
    root : Path
        Folder that holds ``params/`` and ``notebooks/``.
    report : str, optional
        Only this report: the name of a notebook, as ``deep_dive`` (all topics due), or ``deep_dive-placement`` (one topic, due or not).
    period, edition, language : str, optional
        Only these.

    Returns
    -------
    tuple of Job
        In the order of `declared_reports`. Empty if the report asked for is one that this contract does not get (yet).

    Raises
    ------
    ContractError
        If the contract file or what is written beside it is wrong.
    RequestError
        If the report, edition, language or topic does not exist, or the period is none.
    """
    from acmlib.contract.audiences import records_for  # not needed while nothing has changed
    from acmlib.contract.load import load_contract, load_records

    loaded = load_contract(contract, root=root)
    try:
        asked = report_period(loaded, period)
    except ValueError as error:
        raise RequestError(str(error)) from error
    editions = _chosen("edition", edition, EDITIONS) or loaded.editions
    languages = _chosen("language", language, loaded.languages) or loaded.languages
    records = load_records(contract, root, contract=loaded)
    months = _months_of_done(records, asked) if report is None or "-" not in report else {}
    due: dict[Edition, list[tuple[str, str | None]]] = {}
    refused: RequestError | None = None
    for one in editions:  # a topic may be for some readers only
        try:
            due[one] = _reports(loaded, asked, report, records_for(records, one), root)
        except RequestError as error:
            refused = refused or error
    if refused is not None and not due:
        raise refused
    return tuple(
        Job(contract, name, topic, months.get(topic or "", asked.text), each_edition, each_language)
        for each_edition, reports in due.items()
        for name, topic in reports
        if each_edition in find_report(name, root).editions
        for each_language in languages
    )


def _months_of_done(records: Records, asked: Period) -> dict[str, str]:
    """Give the month of each topic that is done: its page stays as it was when it was discussed, and is not made anew with later data."""
    done = (topic for topic in records.roadmap if topic.status == "done")
    return {topic.id: topic.month for topic in done if topic.month < month_text(asked.end)}


def _reports(contract: Contract, period: Period, report: str | None, records: Records, root: Path) -> list[tuple[str, str | None]]:
    """Return the reports, each with its topic, that fit what was asked."""
    if report is None:
        return [pair for one in declared_reports(root) if one.per == CONTRACT for pair in _due(one, contract, period, records)]
    whole = (root / NOTEBOOKS / f"{report}.ipynb").is_file()
    name, _, topic = (report, "", "") if whole else report.partition("-")
    try:
        declared = find_report(name, root)
    except DeclarationError as error:
        raise RequestError(f"--report {report}: {error}") from error
    if declared.per == REGISTER:
        raise RequestError(f"--report {report}: is about a register of contracts; acm pilots REGISTER --page")
    if declared.per != CONTRACT:
        raise RequestError(f"--report {report}: is about the contracts of a program, not about one; acm run --all --report {name}")
    if not topic:
        return [(name, None)] if declared.made in (REQUESTED, RECORDED) else _due(declared, contract, period, records)
    ids = [one.id for one in records.roadmap]
    if topic not in ids:
        raise RequestError(f"--report {report}: params/{contract.id}/roadmap.yml has no such topic for this edition; {choose(topic, ids)}")
    if "topic" not in declared.parameters:
        raise RequestError(f"--report {report}: {declared.notebook} is about no topic; use --report {name}")
    return [(name, topic)]


def _due(declared: Declared, contract: Contract, period: Period, records: Records) -> list[tuple[str, str | None]]:
    """Return the pages that one report has for a contract and period without being asked for."""
    if declared.made == TOPICS:
        return [(declared.name, topic.id) for topic in records.roadmap if topic.kind in declared.of and is_due(topic, period)]
    due = {
        ALWAYS: True,
        RECORDED: any(bool(getattr(records, name)) for name in declared.of),
        ENDED: contract.contract.ends <= period.end,
        REQUESTED: False,
    }
    return [(declared.name, None)] if due[declared.made] else []


def is_due(topic: Topic, period: Period) -> bool:
    """Return whether the month of a topic has come by the end of `period`, and it was not dropped."""
    return topic.status != "dropped" and (period.grain == "term" or topic.month <= month_text(period.end))


def _chosen(what: str, given: str | None, allowed: Sequence[Choice]) -> tuple[Choice, ...]:
    """Return what was asked for, alone, or nothing."""
    if given is not None and given not in allowed:
        raise RequestError(f"--{what} {given}: {choose(given, allowed)}")
    return tuple(choice for choice in allowed if choice == given)
