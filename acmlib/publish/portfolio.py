"""What the index says of each contract: one line each, made from the records of its pages and from nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from acmlib.contract.model import EDITIONS
from acmlib.publish.agenda import SPEAKS, DueDates, due
from acmlib.publish.reports import FIRST_REPORT
from acmlib.publish.store import RELEASE

Record = Mapping[str, Any]


@dataclass(frozen=True)
class PageLink:
    """One page as the index offers it."""

    report: str
    title: str
    edition: str
    language: str
    period: str
    draft: bool  #: Not handed out, and not offered for it.
    address: str  #: From the index; empty if the page is not there.
    pdf: str  #: Address of the PDF beside it; empty if there is none.
    failed: Record  #: Day and place of a newer run that did not make it; empty if none failed.


@dataclass(frozen=True)
class ContractLine:
    """One contract."""

    contract: str
    title: str
    program: str
    standing: Record  #: From `acmlib.display.standing`; empty where no dashboard was made.
    due: DueDates
    until: dt.date | None  #: Last day of the data of its newest period.
    pages: tuple[PageLink, ...]  #: Pages of its newest period.
    earlier: tuple[PageLink, ...]  #: Pages of the periods before, the latest first.
    release: str = ""  #: Address of the numbers that `standing` speaks of, from the index; empty where no dashboard was made.


def lines(found: Iterable[tuple[Path, Record]], *, language: str) -> tuple[ContractLine, ...]:
    """Return one line a contract, worst first.

    Parameters
    ----------
    found : iterable of (folder, run record)
        Each folder of pages, relative to the index, with what its ``run.json`` holds.
    language : str
        Language of the index: where a contract has its dashboard in it, that one speaks.
    """
    contracts: dict[str, list[tuple[Path, Record]]] = {}
    for folder, record in found:
        contracts.setdefault(str(record["contract"]), []).append((folder, record))
    every = [page for folders in contracts.values() for _, one in folders for page in one["pages"].values()]
    clock = max((str(page.get("made_at", "")) for page in every), default="")
    made = [_line(name, folders, language, clock) for name, folders in contracts.items()]
    return tuple(sorted(made, key=lambda one: (*_rank(one), one.title)))


def _rank(line: ContractLine) -> tuple[int, int, int]:
    """Return what contracts are sorted by: their worst clear finding, how many there are, what is overdue."""
    first, count = line.standing.get("rank", (99, 0))
    return int(first), int(count), -len(line.due.overdue)


def _line(contract: str, folders: Sequence[tuple[Path, Record]], language: str, clock: str) -> ContractLine:
    pages = [
        ({"edition": record["edition"], "period": record["period"], **page}, _link(folder, record, file, page))
        for folder, record in folders
        for file, page in sorted(record["pages"].items())
    ]
    newest = max((str(page.get("data_until") or "") for page, _ in pages), default="")
    current = [(page, link) for page, link in pages if str(page.get("data_until") or "") == newest]
    speaks = _speaker([page for page, _ in current], language)
    titled = sorted((page for page, _ in pages if page.get("contract_title")), key=lambda page: str(page.get("made_at", "")))
    titled.sort(key=lambda page: page.get("language") == language)
    standing = speaks.get("standing") or {}
    older = sorted((link for page, link in pages if str(page.get("data_until") or "") != newest), key=lambda one: one.period, reverse=True)
    return ContractLine(
        contract=contract,
        title=str(titled[-1]["contract_title"]) if titled else contract,
        program=str(standing.get("program", "")),
        standing=standing,
        due=due([page for page, _ in pages], clock=clock),
        until=dt.date.fromisoformat(newest) if newest else None,
        pages=tuple(sorted((link for _, link in current), key=_order)),
        earlier=tuple(older),
        release=PurePath(contract, speaks["period"], speaks["edition"], RELEASE).as_posix() if speaks else "",
    )


def _speaker(pages: Sequence[Record], language: str) -> Record:
    """Return the page that speaks for a contract, the newest: what the index says is no more than provider and agency know."""
    able = sorted((page for page in pages if page.get("standing")), key=lambda page: str(page.get("made_at", "")), reverse=True)
    return min(able, key=lambda page: (SPEAKS.index(page["edition"]), page.get("language") != language), default={})


def _link(folder: Path, record: Record, file: str, page: Record) -> PageLink:
    made = bool(page.get("sha256"))
    return PageLink(
        report=str(page.get("report") or file.partition(".")[0]),
        title=str(page.get("report_title") or file.partition(".")[0]),
        edition=str(record["edition"]),
        language=str(page.get("language", "en")),
        period=str(record["period"]),
        draft=bool(page.get("draft")),
        address=PurePath(folder, file).as_posix() if made else "",
        pdf=PurePath(folder, file).with_suffix(".pdf").as_posix() if page.get("pdf_sha256") else "",
        failed=page.get("failed") or {},
    )


def _order(link: PageLink) -> tuple[bool, str, int, str]:
    """Dashboards first, then report by report; editions from the agency outwards."""
    return link.report != FIRST_REPORT, link.title if link.language == "en" else link.report, EDITIONS.index(link.edition), link.language
