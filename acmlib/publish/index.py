"""``outputs/index.html``: the portfolio and the way in, for people. One row a contract, what needs attention first, with its pages.

It links to the pages about programs (`acmlib.publish.programs`) that have been made.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any

from acmlib.contract.locks import locked
from acmlib.contract.plain_text import plain
from acmlib.display.standing import changes_in_words, no_gap_in_words
from acmlib.display.words import Words
from acmlib.publish.exporter import TEMPLATES, ExportError, stylesheet
from acmlib.publish.jobs import OUTPUTS, PLAIN_LANGUAGE
from acmlib.publish.portfolio import ContractLine, PageLink, lines
from acmlib.publish.reports import FIRST_REPORT
from acmlib.publish.run_record import records
from acmlib.publish.scan import machine_secrets, scan_page
from acmlib.publish.store import INDEX, PROGRAMS, write_text

#: Address and text of a link.
Link = tuple[str, str]

#: What the index says of each contract, in this order; the names are keys of the catalogue.
COLUMNS = ("contract", "main", "others", "gaps", "changes", "overdue", "next_meeting", "pages")

#: Marks beside the words of a target; never alone.
MARKS = {"met": "\N{CHECK MARK}", "missed": "\N{MULTIPLICATION X}"}

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
<body class="portfolio">
<a class="skip" href="#main">{skip}</a>
<header><h1>{heading}</h1><p class="subtitle">{subtitle}</p></header>
<main id="main" tabindex="-1">
{body}
</main>
</body>
</html>
"""


def write_index(root: Path) -> Path:
    """Write the index of everything in ``outputs/``, and return where it is.

    Raises
    ------
    ExportError
        If something is on it that may not be handed out; the last good index stays.
    """
    path = root / OUTPUTS / INDEX
    with locked(root / OUTPUTS):
        every = lines(records(root), language=PLAIN_LANGUAGE)
        _write(path, index_page(every, Words(PLAIN_LANGUAGE), programs=_program_pages(root)), root)
    return path


def _program_pages(root: Path) -> list[list[Link]]:
    """Return the pages about programs that have been made: the links to one page, in the language of the index and then in others."""
    found: dict[str, list[Link]] = {}
    for page in sorted((root / OUTPUTS / PROGRAMS).glob("*.html"), key=lambda page: (page.name.split(".")[:2], page.name.count("."))):
        name, edition, *language = page.name.removesuffix(".html").split(".")
        title = re.search(r"<title>([^<]*)</title>", page.read_text(encoding="utf-8"))
        reader = Words(PLAIN_LANGUAGE)(f"index.for_{edition}")
        links = found.setdefault(f"{name}.{edition}", [])
        text = language[0].upper() if links and language else f"{unescape(title.group(1)) if title else name} ({reader})"
        links.append((f"{PROGRAMS}/{page.name}", text))
    return list(found.values())


def _write(path: Path, page: str, root: Path) -> None:
    page = plain(page)
    problems = scan_page(page, machine_secrets(root), style=index_style())
    if problems:
        raise ExportError(f"{path.name} was not written: {'; '.join(problems)}")
    write_text(path, page)


def index_style() -> str:
    """Return the style sheet of the index: the pages' own, and what its table needs."""
    return stylesheet() + (TEMPLATES / "acm_page" / "portfolio.css").read_text(encoding="utf-8")


def index_page(found: Sequence[ContractLine], words: Words, *, programs: Sequence[Sequence[Link]] = ()) -> str:
    """Return the index as one page without script.

    Parameters
    ----------
    found : sequence of Line
        The contracts, worst first.
    programs : sequence of sequences of (address, text)
        The pages about programs, each in its languages: linked below the title.
    """
    style, heading = index_style(), _heading(found, words)
    until = [one.until for one in found if one.until]
    clock = words("index.subtitle", date=max(until)) if until else ""
    links = [" ".join(f'<a href="{escape(address)}">{escape(text)}</a>' for address, text in page) for page in programs]
    subtitle = escape(f"{words('index.inside')} {clock}".rstrip()) + (
        f" {escape(words('index.programs'))} {', '.join(links)}." if links else ""
    )
    return _PAGE.format(
        language=words.language,
        digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        title=escape(words("index.title")),
        heading=escape(heading),
        subtitle=subtitle,
        style=style,
        skip=escape(words("page.skip")),
        body=_table(found, words) if found else f"<p>{escape(words('index.empty'))}</p>",
    )


def _heading(found: Sequence[ContractLine], words: Words) -> str:
    """Say how many contracts there are, and how many of them need attention, worst first."""
    if not found:
        return words("index.title")
    missed = sum(_main(one).get("state") == "missed" and bool(_main(one).get("certain")) for one in found)
    gaps = sum(bool(one.standing.get("gaps")) for one in found)
    late = sum(bool(one.due.overdue) for one in found)
    parts = [words(f"index.with_{key}", n=n) for key, n in (("missed", missed), ("gaps", gaps), ("overdue", late)) if n]
    counted = words("index.counted", n=len(found))
    return f"{counted}: {words.list(parts)}" if parts else counted


def _table(found: Sequence[ContractLine], words: Words) -> str:
    # Roles keep it a table for screen readers when a narrow screen stacks its rows.
    labels = {key: escape(words(f"index.{key}")) for key in COLUMNS}
    heads = "".join(f'<th scope="col" role="columnheader">{labels[key]}</th>' for key in COLUMNS)
    head = f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
    rows = "\n".join(_row(one, words, labels) for one in found)
    caption = f"<caption>{escape(words('index.caption'))}</caption>"
    return f'<table class="wide" role="table">{caption}{head}\n<tbody role="rowgroup">\n{rows}\n</tbody></table>'


def _row(line: ContractLine, words: Words, labels: Mapping[str, str]) -> str:
    """Return one contract."""
    cells = {
        "main": _target(_main(line), words),
        "others": _others(line, words),
        "gaps": _gaps(line, words),
        "changes": _changes(line, words),
        "overdue": _late(line, words),
        "next_meeting": _meeting(line, words),
        "pages": _pages(line, words),
    }
    nothing = f'<span class="muted">{escape(words("index.nothing"))}</span>'
    shown = "".join(f'<td role="cell" data-label="{labels[key]}">{cells[key] or nothing}</td>' for key in COLUMNS[1:])
    return f'<tr role="row" id="{escape(line.contract)}"><th scope="row" role="rowheader">{escape(line.title)}</th>{shown}</tr>'


def _main(line: ContractLine) -> Mapping[str, Any]:
    figures = list(line.standing.get("figures") or ())
    return dict(figures[0]) if figures else {}


def _others(line: ContractLine, words: Words) -> str:
    """Return how many of the other headline targets are met, clearly missed, and short of by no more than chance could explain."""
    figures = [one for one in line.standing.get("figures", ())[1:] if one["state"] in MARKS]
    met = sum(one["state"] == "met" for one in figures)
    missed = sum(one["state"] == "missed" and bool(one["certain"]) for one in figures)
    counts = (("met", MARKS["met"], met), ("missed", MARKS["missed"], missed), ("short", "", len(figures) - met - missed))
    return ", ".join(f"{mark} {escape(words(f'index.count_{key}', n=n))}".strip() for key, mark, n in counts if n)


def _target(figure: Mapping[str, Any], words: Words) -> str:
    """Return the main figure beside its target: mark, word and both numbers."""
    if not figure:
        return ""
    state, sure = str(figure["state"]), bool(figure["certain"])
    text = words("index.figure", metric=figure["short"], value=figure["value"])
    if state not in MARKS:
        note = words("index.no_target") if state == "none agreed" else ""
        return escape(text) + (f' <span class="muted">{escape(note)}</span>' if note else "")
    key = f"index.{state}" if sure else f"index.{state}_unsure"
    mark = f"{MARKS[state]}\N{NO-BREAK SPACE}" if sure else ""
    return f'{escape(text)} <strong class="{state if sure else "unsure"}">{mark}{escape(words(key, target=figure["target"]))}</strong>'


def _gaps(line: ContractLine, words: Words) -> str:
    """Return the clear gaps; what is said where there is none depends on whether anything could be compared."""
    gaps = [escape(one) for one in line.standing.get("gaps", ())]
    if gaps:
        more = int(line.standing.get("more_gaps", 0))
        return "; ".join(gaps) + (f" {escape(words('index.more_gaps', n=more))}" if more else "")
    if not line.standing:
        return ""
    return f'<span class="muted">{escape(no_gap_in_words(line.standing, words))}</span>'


def _changes(line: ContractLine, words: Words) -> str:
    """Return the figures that changed for sure, from what to what; else whether any could be judged."""
    if not line.standing:
        return ""
    text, changed = changes_in_words(line.standing, words)
    return escape(text) if changed else f'<span class="muted">{escape(text)}</span>'


def _late(line: ContractLine, words: Words) -> str:
    """Return how many promises are overdue, of those that the readers of its dashboard see; which they are is on the dashboard."""
    if not line.due.overdue and not line.standing:
        return ""
    n, seen_by = words.number(len(line.due.overdue)), line.due.seen_by
    some = f' <span class="muted">{escape(words(f"index.seen_by_{seen_by}"))}</span>' if seen_by else ""
    return (f"<strong>{n}</strong>" if line.due.overdue else n) + some


def _meeting(line: ContractLine, words: Words) -> str:
    """Return the next meeting, when its data are due, and when the next award is decided."""
    meeting, data, decision = line.due.meeting, line.due.data, line.standing.get("decision")
    told = [escape(words.day(meeting))] if meeting else []
    if meeting and line.due.over:
        told = [f'{told[0]} <span class="muted">{escape(words("index.meeting_over"))}</span>']
    elif meeting and data:
        told.append(f'<span class="muted">{escape(words("index.data_due", date=words.day(data)))}</span>')
    if decision:
        told.append(f'<span class="muted">{escape(words("index.decision", date=dt.date.fromisoformat(decision)))}</span>')
    return "<br>".join(told)


def _pages(line: ContractLine, words: Words) -> str:
    """Return the dashboards by reader, with their languages; the other pages of the period, and earlier periods, folded."""
    first = [one for one in line.pages if one.report == FIRST_REPORT]
    others = [one for one in line.pages if one.report != FIRST_REPORT]
    folded = [_titled(others, words)] if others else []
    for period in dict.fromkeys(one.period for one in line.earlier):
        of = [one for one in line.earlier if one.period == period]
        folded.append(f'<p class="small">{escape(words.period(period))}</p>{_titled(of, words)}')
    more = len(others) + len(line.earlier)
    fold = f"<details><summary>{escape(words('index.more_pages', n=more))}</summary>{''.join(folded)}</details>" if more else ""
    return f"{_by_reader(first, words)} {fold}" if fold else _by_reader(first, words)


def _titled(links: Sequence[PageLink], words: Words) -> str:
    """Return pages one line a report, each by reader."""
    lines_: list[str] = []
    for report in dict.fromkeys(one.address.rpartition("/")[2].partition(".")[0] or one.title for one in links):
        of = [one for one in links if (one.address.rpartition("/")[2].partition(".")[0] or one.title) == report]
        title = next((one.title for one in of if one.language == words.language), of[0].title)
        lines_.append(f"<li>{escape(title)}: {_by_reader(of, words)}</li>")
    return f"<ul>{''.join(lines_)}</ul>"


def _by_reader(links: Sequence[PageLink], words: Words) -> str:
    """Return links by reader, *agency · provider ES*, and what a newer run failed to make."""
    parts = []
    for edition in dict.fromkeys(one.edition for one in links):
        of = [one for one in links if one.edition == edition]
        draft = any(one.draft for one in of) and edition != "internal"
        shown = " ".join(_anchor(one, words, number) for number, one in enumerate(of))
        told = f' <span class="muted">{escape(words("index.draft"))}</span>' if draft else ""
        parts.append(f'<span class="reader">{shown}{told}</span>')
    failed = next((one for one in links if one.failed), None)
    note = ""
    if failed is not None:
        key = "index.stale" if failed.address else "index.missing"
        day = dt.datetime.fromisoformat(failed.failed["at"]).date()
        note = f'<br><span class="small">{escape(words(key, date=day, where=failed.failed["where"]))}</span>'
    return " · ".join(parts) + note


def _anchor(link: PageLink, words: Words, number: int) -> str:
    """Return one link: the first of an edition says for whom it is, the others in which language."""
    reader, tongue = words(f"index.for_{link.edition}"), Words(link.language)("language.name")
    shown = reader if number == 0 else link.language.upper()
    if not link.address:
        return escape(shown)
    about = words("index.link", title=link.title, reader=reader, language=tongue)
    language = escape(link.language)
    made = f'<a href="{escape(link.address)}" hreflang="{language}" aria-label="{escape(f"{shown}: {about}")}">{escape(shown)}</a>'
    if link.pdf:
        name = escape(words("index.pdf", title=about))
        made += f' <a href="{escape(link.pdf)}" hreflang="{language}" aria-label="{name}">PDF</a>'
    return made
