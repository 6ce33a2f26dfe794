"""The handout of one meeting: pages, PDFs, calendar and reply form for one audience, as a folder and a ZIP, with a draft e-mail.

Nothing is made here: pages come from one edition's folder in ``outputs/``, and only those that the run record there knows by their hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from pathlib import Path
from typing import Any

from acmlib.contract.audiences import records_for
from acmlib.contract.figures import figure_ids
from acmlib.contract.model import Contract, Edition
from acmlib.contract.periods import Period
from acmlib.contract.promises import known_records, meeting_of
from acmlib.contract.records import Records
from acmlib.contract.spreadsheets import csv_text
from acmlib.display.nouns import words_of
from acmlib.display.voice import Voice
from acmlib.display.words import Words
from acmlib.publish.calendar_file import write_calendar
from acmlib.publish.jobs import OUTPUTS
from acmlib.publish.run_record import read_record
from acmlib.publish.store import RELEASE
from acmlib.release.handouts import keep_copy
from acmlib.release.ledger import HANDOUTS

RECORD = "run.json"
CALENDAR, RESPONSES, CHECKSUMS = "calendar.ics", "responses.csv", "SHA256SUMS"

#: The time that every file in a ZIP has, so that the same handout is the same bytes.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class HandoutError(Exception):
    """Why there is nothing to hand out, or why it must not be; with what to do."""


@dataclass(frozen=True)
class Handout:
    """A handout that was gathered."""

    #: `folder`, `archive`, `mail`: the folder, the ZIP of it, and the mail draft with the ZIP attached.
    folder: Path
    archive: Path
    mail: Path
    files: tuple[str, ...]


def gather(
    contract: Contract, records: Records, period: Period, edition: Edition, *, root: Path, language: str, now: dt.datetime
) -> Handout:
    """Gather what the readers of one edition get for one meeting.

    Parameters
    ----------
    records : Records
        All records of the contract; what the readers may see is chosen here.
    now : datetime
        In UTC.

    Raises
    ------
    HandoutError
        If there is no page of this edition and period, or one in its folder is not what the run record says.
    """
    pages = _pages(contract, period, edition, root)
    mine = records_for(known_records(records, contract, period), edition)
    words = words_of(contract, language)
    folder = root / HANDOUTS / contract.id / f"{period.text}-{edition}"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name, source in pages.items():
        shutil.copyfile(source, folder / name)
    write_calendar(folder / CALENDAR, contract, mine, edition, words, after=period.end, stamp=now)
    if edition == "provider":
        read = " ".join(
            path.read_text(encoding="utf-8") for name, path in pages.items() if name.startswith("pre_read.") and path.suffix == ".html"
        )
        (folder / RESPONSES).write_text(_reply_form(contract, period, words, read), encoding="utf-8")
    files = sorted(path.name for path in folder.iterdir())
    sums = "".join(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in files)
    (folder / CHECKSUMS).write_text(sums, encoding="utf-8")
    archive = _zipped(folder, contract, period, edition)
    if edition == "provider":
        _keep(contract, period, root)
    mail = folder.parent / f"{archive.stem}.eml"
    mail.write_bytes(bytes(_mail(contract, mine, period, edition, words, archive, _titles(contract, period, edition, root))))
    return Handout(folder, archive, mail, (*files, CHECKSUMS))


def _record(contract: Contract, period: Period, edition: Edition, root: Path) -> dict[str, Any]:
    folder = root / OUTPUTS / contract.id / period.text / edition
    if not (folder / RECORD).is_file():
        make = f"acm run {contract.id} --period {period.text} --edition {edition}"
        raise HandoutError(f"{OUTPUTS}/{contract.id}/{period.text}/{edition}: no page is there; make them first: {make}")
    return read_record(folder / RECORD)


def _pages(contract: Contract, period: Period, edition: Edition, root: Path) -> dict[str, Path]:
    """Return the finished pages and PDFs of one edition's folder, each the very file that the run record knows."""
    record = _record(contract, period, edition, root)
    folder = root / OUTPUTS / contract.id / period.text / edition
    found: dict[str, Path] = {}
    for name, page in sorted(record["pages"].items()):
        known = {name: page.get("sha256"), str(Path(name).with_suffix(".pdf")): page.get("pdf_sha256")}
        for file, digest in known.items():
            if digest is None:
                continue
            shown = f"{OUTPUTS}/{contract.id}/{period.text}/{edition}/{file}"
            if page.get("edition", record.get("edition")) != edition or record.get("edition") != edition:
                raise HandoutError(f"{shown}: is a page of another edition; make the pages again with --force")
            if not (folder / file).is_file() or hashlib.sha256((folder / file).read_bytes()).hexdigest() != digest:
                raise HandoutError(f"{shown}: is not the page that was made; make it again with --force")
            found[file] = folder / file
    if not found:
        raise HandoutError(f"{OUTPUTS}/{contract.id}/{period.text}/{edition}: no page was finished; see acm run")
    return found


def _keep(contract: Contract, period: Period, root: Path) -> None:
    """Keep what the provider is handed, outside folder and ZIP: pages of later periods tell what has other numbers by then."""
    table = root / OUTPUTS / contract.id / period.text / "provider" / RELEASE
    made = {page.get("release_sha256") for page in _record(contract, period, "provider", root)["pages"].values()}
    if table.is_file() and hashlib.sha256(table.read_bytes()).hexdigest() in made:
        keep_copy(table, contract.id, period, root)


def _titles(contract: Contract, period: Period, edition: Edition, root: Path) -> list[str]:
    """Return what the pages are called, each with its file."""
    pages: Mapping[str, Mapping[str, Any]] = _record(contract, period, edition, root)["pages"]
    return [
        f"{page.get('report_title') or name} ({name})"
        for name, page in sorted(pages.items(), key=lambda one: Path(one[0]).stem)
        if page.get("sha256")
    ]


def _reply_form(contract: Contract, period: Period, words: Words, read: str) -> str:
    """Return an empty responses.csv: a line for each figure that the pre-read asks a reply to; without one, for all headline ones."""
    voice = Voice(words, contract, as_of=period.end)
    rows = [["period", "figure", "title", "reply", "text", "by", "on"]]
    texts = [words_of(contract, language) for language in contract.languages]
    places = {
        figure: max(read.find(escape(one(f"replies.{name}", id=figure))) for one in texts for name in ("answer_as", "answer_next"))
        for figure in figure_ids(contract)
    }
    for figure, place in sorted(places.items(), key=lambda one: one[1]):
        if read and place < 0:
            continue
        metric, _, dimension = figure.partition(".")
        definition = contract.metrics.get(metric)
        if definition is not None and definition.headline:
            by = words("replies.by_group", metric=voice.metric(metric), dimension=voice.dimension(dimension))
            rows.append([period.text, figure, by if dimension else voice.metric(metric), "", "", "", ""])
    return csv_text(rows)


def _zipped(folder: Path, contract: Contract, period: Period, edition: Edition) -> Path:
    """Put the folder into a ZIP beside it."""
    archive = folder.parent / f"{contract.id}-{period.text}-{edition}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as into:
        for path in sorted(folder.iterdir()):
            info = zipfile.ZipInfo(path.name, _ZIP_TIME)
            info.external_attr = 0o644 << 16
            into.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive


def _mail(
    contract: Contract, records: Records, period: Period, edition: Edition, words: Words, archive: Path, titles: Sequence[str]
) -> EmailMessage:
    """Return a draft: what is inside, for whom, when the meeting is and by when replies are due."""
    agreed = contract.contract
    title = agreed.title.in_language(words.locale.language)
    day = meeting_of(records, contract, period)
    lines = [words("mail.opening", contract=title, period=period.text), ""]
    if day is not None:
        lines.append(words("mail.meeting", date=day))
    if day is not None and records.calendar is not None and edition == "provider":
        lines.append(words("mail.replies", date=day - dt.timedelta(days=records.calendar.replies), file=RESPONSES))
    lines += ["", words("mail.inside"), *(f"- {one}" for one in titles)]
    lines += [f"- {words('mail.calendar')} ({CALENDAR})"] if records.calendar is not None else []
    lines += [f"- {words('mail.form')} ({RESPONSES})"] if edition == "provider" else []
    lines += ["", words(f"mail.readers_{edition}")]
    lines += [words("mail.contact", contact=agreed.contact)] if agreed.contact else []
    message = EmailMessage(policy=SMTP)
    message["Subject"] = re.sub(r"\s+", " ", words("mail.subject", contract=title, period=period.text))
    message["X-Unsent"] = "1"
    message.set_content("\n".join(lines) + "\n")
    message.add_attachment(archive.read_bytes(), maintype="application", subtype="zip", filename=archive.name)
    message.set_boundary(f"acm-{hashlib.sha256(archive.read_bytes()).hexdigest()[:24]}")
    return message
