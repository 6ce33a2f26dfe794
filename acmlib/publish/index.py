"""``outputs/index.html``: the way in, for people. What is due comes first, then what is there, and what a newer run failed to make."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Mapping
from html import escape
from pathlib import Path, PurePath
from typing import Any

from acmlib.contract.model import EDITIONS
from acmlib.contract.plain_text import plain
from acmlib.display.objects import Cell, Column, DataTable
from acmlib.display.page import Layout
from acmlib.display.words import Words
from acmlib.publish.agenda import due
from acmlib.publish.exporter import ExportError, stylesheet
from acmlib.publish.jobs import OUTPUTS
from acmlib.publish.locks import locked
from acmlib.publish.scan import machine_secrets, scan_page
from acmlib.publish.store import INDEX, records, write_text

#: What the index says of each page, in this order; the names are keys of the catalogue.
COLUMNS = ("report", "period", "edition", "language", "made", "data")

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#main">{skip}</a>
<header><div class="title"><h1>{title}</h1><p class="subtitle">{subtitle}</p></div></header>
{contents}
<main id="main" tabindex="-1">
{body}
</main>
</body>
</html>
"""


def write_index(root: Path, *, language: str = "en") -> Path:
    """Write the index of everything in ``outputs/`` and return where it is.

    Parameters
    ----------
    root : Path
        The workspace.
    language : str
        Language of the fixed words; titles of pages are in the language of the page.

    Raises
    ------
    ExportError
        If something is on it that may not be handed out; the last good index stays.
    """
    path = root / OUTPUTS / INDEX
    with locked(root / OUTPUTS):
        page = plain(index_page(list(records(root)), Words(language)))
        problems = scan_page(page, machine_secrets(root), style=stylesheet())
        if problems:
            raise ExportError(f"{INDEX} was not written: {'; '.join(problems)}")
        write_text(path, page)
    return path


def index_page(found: list[tuple[Path, dict[str, Any]]], words: Words) -> str:
    """Return the index as one page without script.

    Parameters
    ----------
    found : list of (folder, run record)
        Each folder of pages, relative to the index, with what its ``run.json`` holds.
    words : Words
        Fixed words of the index.
    """
    contracts: dict[str, list[tuple[Path, dict[str, Any]]]] = {}
    for folder, record in found:
        contracts.setdefault(record["contract"], []).append((folder, record))
    title, listed = words("index.title"), escape(words("index.contracts"))
    sections = [_contract(name, folders, words) for name, folders in sorted(contracts.items())]
    agenda = _agenda(contracts, words)
    links = "".join(f'<li><a href="#{escape(name)}">{escape(_title(folders))}</a></li>' for name, folders in sorted(contracts.items()))
    contents = f'<nav class="contents" aria-labelledby="contents-title"><h2 id="contents-title">{listed}</h2><ol>{links}</ol></nav>'
    style = stylesheet()
    return _PAGE.format(
        language=words.language,
        digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        title=escape(title),
        subtitle=escape(words("index.subtitle", n=len(contracts))),
        style=style,
        skip=escape(words("page.skip")),
        contents=contents if links else "",
        body="\n".join([*agenda, *sections]) or f"<p>{escape(words('index.empty'))}</p>",
    )


def _agenda(contracts: Mapping[str, list[tuple[Path, dict[str, Any]]]], words: Words) -> list[str]:
    """Return the next meetings in their order and the actions that are overdue; nothing where nothing is due."""
    rows = []
    for folders in contracts.values():
        known = due([{"edition": record["edition"], **page} for _, record in folders for page in record["pages"].values()])
        if known.meeting or known.overdue:
            late = "; ".join(words("index.overdue_action", what=what, owner=owner, date=day) for what, owner, day in known.overdue)
            when = words("index.meeting_over", date=known.meeting) if known.over else words.date(known.meeting or dt.date.max)
            meeting = when if known.meeting else Cell(words("table.no_value"), muted=True)
            rows.append((known.meeting or dt.date.max, (_title(folders), meeting, late or Cell(words("table.no_value"), muted=True))))
    if not rows:
        return []
    columns = tuple(Column(words(f"index.{key}")) for key in ("contract", "next_meeting", "overdue"))
    table = DataTable(words("index.due_caption"), columns, tuple(row for _, row in sorted(rows, key=lambda one: one[0])))
    layout = Layout(words)
    return [f"<section>{layout.heading(words('index.due'), 2)}\n{layout.html(table)}</section>"]


def _title(folders: list[tuple[Path, dict[str, Any]]]) -> str:
    """Return the contract's title as its latest page has it, else its id."""
    titled = [page for _, record in folders for page in record["pages"].values() if page.get("contract_title")]
    return str(max(titled, key=_made_at)["contract_title"]) if titled else str(folders[0][1]["contract"])


def _made_at(page: Mapping[str, Any]) -> str:
    return str(page.get("made_at", ""))


def _contract(name: str, folders: list[tuple[Path, dict[str, Any]]], words: Words) -> str:
    """Return one contract: a heading and a table of its pages, the latest period first."""
    title = _title(folders)
    by_edition = sorted(folders, key=lambda one: EDITIONS.index(one[1]["edition"]))
    latest_first = sorted(by_edition, key=lambda one: str(one[1]["period"]), reverse=True)
    rows = "\n".join(
        _row(folder, record, file, words) for folder, record in latest_first for file in sorted(record["pages"], key=_plain_first)
    )
    # Roles keep it a table for screen readers when a narrow screen stacks its rows.
    heads = "".join(f'<th scope="col" role="columnheader">{escape(words(f"index.{key}"))}</th>' for key in COLUMNS)
    head = f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
    caption = f"<caption>{escape(words('index.caption', title=title))}</caption>"
    table = f'<table class="wide" role="table">{caption}{head}\n<tbody role="rowgroup">\n{rows}\n</tbody></table>'
    heading = f'<h2 id="{escape(name)}">{escape(title)}</h2>'
    return f'<section aria-labelledby="{escape(name)}">{heading}\n<div class="table-block">{table}</div></section>'


def _plain_first(file: str) -> tuple[str, int, str]:
    """Sort the pages of a folder by report; the plain name before those that name another language."""
    return file.partition(".")[0], file.count("."), file


def _row(folder: Path, record: Mapping[str, Any], file: str, words: Words) -> str:
    """Return one page: a link to it if it is there, and what a newer run said if that did not make it."""
    page = record["pages"][file]
    language = page.get("language", words.language)
    title = str(page.get("report_title") or file.partition(".")[0])
    name = escape(title)
    shown = f'<a href="{escape(PurePath(folder, file).as_posix())}" lang="{escape(language)}" hreflang="{escape(language)}">{name}</a>'
    shown = shown if page.get("sha256") else name
    if page.get("pdf_sha256"):
        pdf = escape(PurePath(folder, file).with_suffix(".pdf").as_posix())
        shown += f' <a href="{pdf}" hreflang="{escape(language)}" aria-label="{escape(words("index.pdf", title=title))}">PDF</a>'
    if page.get("failed"):
        key = "index.stale" if page.get("sha256") else "index.missing"
        shown += f'<br><span class="small">{escape(words(key, date=_day(page["failed"]["at"]), where=page["failed"]["where"]))}</span>'
    cells = {
        "period": words.period(record["period"]),
        "edition": words(f"edition.{record['edition']}"),
        "language": Words(language)("language.name"),
        "made": words.date(_day(page["made_at"])) if page.get("made_at") else "",
        "data": _data(page, words),
    }
    labels = {key: escape(words(f"index.{key}")) for key in COLUMNS}
    shown_cells = "".join(f'<td role="cell" data-label="{labels[key]}">{escape(cells[key])}</td>' for key in COLUMNS[1:])
    return f'<tr role="row"><th scope="row" role="rowheader">{shown}</th>{shown_cells}</tr>'


def _day(moment: str) -> dt.date:
    return dt.datetime.fromisoformat(moment).date()


def _data(page: Mapping[str, Any], words: Words) -> str:
    """Return the last day of the period and the number of rows read."""
    if not page.get("data_until"):
        return ""
    rows = sum(int(one["rows"]) for one in page.get("inputs", []))
    return words("index.until", date=dt.date.fromisoformat(page["data_until"]), n=rows)
