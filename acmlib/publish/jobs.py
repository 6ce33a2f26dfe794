"""Which pages a contract gets: one job for each report, period, edition and language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from acmlib.contract.audiences import records_for
from acmlib.contract.errors import choose
from acmlib.contract.load import load_contract, load_records
from acmlib.contract.model import EDITIONS, Contract, Edition
from acmlib.contract.periods import Period, month_text, report_period
from acmlib.contract.records import Records, Topic

Choice = TypeVar("Choice", bound=str)

#: Folders of a workspace that reports are made from and written to.
NOTEBOOKS = "notebooks"
OUTPUTS = "outputs"

DASHBOARD = "dashboard"
DEEP_DIVE = "deep_dive"
END_OF_CONTRACT = "end_of_contract"

#: Kinds of topic that the deep dive notebook answers. Topics of other kinds stay on the roadmap.
DEEP_DIVE_KINDS = frozenset({"access", "outcomes", "retention"})

#: The language of the plain file name; other languages have theirs in the name, as ``dashboard.es.html``.
PLAIN_LANGUAGE = "en"


class RequestError(ValueError):
    """Something asked for does not exist; the message says what does."""


@dataclass(frozen=True, order=True)
class Job:
    """One page to make: these values are also the parameters of the notebook.

    Attributes
    ----------
    contract : str
        Id of the contract: the name of its folder under ``params/``.
    report : str
        Name of a notebook in ``notebooks/``, without its ending.
    topic : str or None
        Id of the roadmap topic that a deep dive is about.
    period : str
        A month, quarter, year or ``term``.
    edition : str
        ``internal``, ``provider`` or ``public``.
    language : str
        ``en``, ``es``, ...
    pdf : bool
        Whether a PDF is made beside the page.

    Examples
    --------
    >>> job = Job("harbor-youth-jobs", "deep_dive", "placement", "2026-06", "provider", "es")
    >>> job.name, job.page.as_posix()
    ('deep_dive-placement', 'outputs/harbor-youth-jobs/2026-06/provider/deep_dive-placement.es.html')
    """

    contract: str
    report: str
    topic: str | None
    period: str
    edition: Edition
    language: str
    pdf: bool = False

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

    A contract always gets a dashboard; a deep dive for each topic of its roadmap whose month has come; the end-of-contract report once it
    has ended. Whatever is not asked for comes from the contract file: its period, its editions, its languages.

    Parameters
    ----------
    contract : str
        Id of the contract.
    root : Path
        Folder that holds ``params/`` and ``notebooks/``.
    report : str, optional
        Only this report: ``dashboard``, ``deep_dive`` (all topics due), ``deep_dive-placement`` (one topic, due or not), or any notebook.
    period, edition, language : str, optional
        Only these.

    Returns
    -------
    tuple of Job
        In the order dashboard, deep dives, end of contract. Empty if the report asked for is one that this contract does not get (yet).

    Raises
    ------
    ContractError
        If the contract file or what is written beside it is wrong.
    RequestError
        If the report, edition, language or topic does not exist, or the period is none.
    """
    loaded = load_contract(contract, root=root)
    try:
        asked = report_period(loaded, period)
    except ValueError as error:
        raise RequestError(str(error)) from error
    editions = _chosen("edition", edition, EDITIONS) or loaded.editions
    languages = _chosen("language", language, loaded.languages) or loaded.languages
    records = load_records(contract, root, contract=loaded)
    return tuple(
        Job(contract, name, topic, asked.text, each_edition, each_language)
        for each_edition in editions
        for name, topic in _reports(loaded, asked, report, records_for(records, each_edition), each_edition, root)
        for each_language in languages
    )


def _reports(
    contract: Contract, period: Period, report: str | None, records: Records, edition: Edition, root: Path
) -> list[tuple[str, str | None]]:
    """Return the reports, each with its topic, that fit what was asked."""
    topics = records.roadmap
    due: list[tuple[str, str | None]] = [
        (DEEP_DIVE, topic.id) for topic in topics if topic.kind in DEEP_DIVE_KINDS and is_due(topic, period)
    ]
    last: list[tuple[str, str | None]] = [(END_OF_CONTRACT, None)] if contract.contract.ends <= period.end else []
    if report is None:
        return [(DASHBOARD, None), *((name, None) for name in _of_the_meeting(records, edition, root)), *due, *last]
    if report == DEEP_DIVE:
        return due
    if report == END_OF_CONTRACT:
        return last
    name, _, topic = report.partition("-")
    known = [path.stem for path in sorted((root / NOTEBOOKS).glob("*.ipynb"))]
    if name not in known:
        raise RequestError(f"--report {report}: there is no {NOTEBOOKS}/{name}.ipynb; {choose(name, known)}")
    ids = [topic.id for topic in topics]
    if topic and topic not in ids:
        raise RequestError(f"--report {report}: params/{contract.id}/roadmap.yml has no such topic for this edition; {choose(topic, ids)}")
    return [(name, topic or None)]


def _of_the_meeting(records: Records, edition: Edition, root: Path) -> list[str]:
    """Return the pages around a meeting: each only where somebody wrote what it shows."""
    written = {"plan": bool(records.plan or records.calendar), "minutes": bool(records.meetings)}
    return [name for name, there in written.items() if there and (root / NOTEBOOKS / f"{name}.ipynb").is_file()]


def is_due(topic: Topic, period: Period) -> bool:
    """Return whether the month of a topic has come by the end of `period`, and it was not dropped."""
    return topic.status != "dropped" and (period.grain == "term" or topic.month <= month_text(period.end))


def _chosen(what: str, given: str | None, allowed: Sequence[Choice]) -> tuple[Choice, ...]:
    """Return what was asked for, alone, or nothing."""
    if given is not None and given not in allowed:
        raise RequestError(f"--{what} {given}: {choose(given, allowed)}")
    return tuple(choice for choice in allowed if choice == given)
