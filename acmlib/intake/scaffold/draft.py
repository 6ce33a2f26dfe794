"""A first contract file for a provider's files: a guess says from what it is; what only people know is an error until it is given."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from acmlib.contract.errors import ContractError
from acmlib.contract.kinds import KINDS
from acmlib.contract.load import parse_contract
from acmlib.contract.periods import add_months, month_end, month_text
from acmlib.contract.places import is_remote
from acmlib.contract.schema import EDITOR_LINE
from acmlib.contract.starters import Starter
from acmlib.contract.workspace import CONTRACT_FILE, contract_folder
from acmlib.intake.read.columns import ColumnError
from acmlib.intake.read.files import SourceError
from acmlib.intake.scaffold.links import FileLink, look_at_files
from acmlib.intake.scaffold.placeholders import NO_TERM, PLACEHOLDERS
from acmlib.intake.scaffold.profile import SCHOOL_YEAR, ColumnProfile, FileProfile, sources_in
from acmlib.intake.scaffold.roles import Roles, code_lists, entered_elsewhere, roles_of
from acmlib.intake.scaffold.submissions import Submission
from acmlib.intake.scaffold.suggested import HEADLINES, MOST_METRICS, PEOPLE, UNITS, Proposal, as_starter, proposals, unit_of
from acmlib.intake.scaffold.tables import dimension_lines, plain, table_lines

#: Databases that only Access reads.
ACCESS = frozenset({".mdb", ".accdb"})
#: From this day of a month on, its data are taken to be whole.
NEARLY_OVER = 25
#: Of a term that is longer the first rows are taken for older cases: nobody contracts for so many years.
LONGEST_TERM = 10
#: Metrics of this rank or less are results in so many words.
RESULT = 1


@dataclass(frozen=True)
class DraftAnswers:
    """What only people know; empty is not answered: the guess stays, or a placeholder that is an error until it is replaced."""

    title: str = ""
    provider: str = ""
    agency: str = ""
    program: str = ""
    starts: str = ""
    ends: str = ""
    people: str = ""
    main: str = ""
    target: str = ""
    period: str = ""


@dataclass(frozen=True)
class Drafted:
    """What was seen in the files, and the guesses that a person may confirm."""

    files: tuple[tuple[FileProfile, Roles], ...]
    links: tuple[FileLink, ...]
    metrics: tuple[tuple[str, Proposal], ...]
    missing: tuple[str, ...]
    guesses: DraftAnswers
    left_out: tuple[str, ...] = ()


def write_draft(contract_id: str, drafted: Drafted, answers: DraftAnswers, root: Path) -> Path:
    """Write ``params/<id>/contract.yml`` of a draft; placeholders stand for what is not answered. Return where it is."""
    path = root / contract_folder(contract_id) / CONTRACT_FILE
    text = contract_text(contract_id, drafted, answers)
    parse_contract(contract_id, text)  # what is written must load
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def draft(contract_id: str, sources: Path | str | Sequence[Path | str], *, root: Path = Path(), starter: Starter | None = None) -> Drafted:
    """Look at files and guess what a contract over them may be.

    Parameters
    ----------
    sources
        Files or folders in the workspace, or addresses: ``https://...``, or a database, of which each table is looked at.
    starter
        Measures that contracts of this service usually have: metrics of the files that mean the same take their names.

    Raises
    ------
    ContractError
        If the id is none, the contract exists already, a file lies outside the workspace or cannot be read.
    """
    path = f"{contract_folder(contract_id)}/{CONTRACT_FILE}"
    if (root / path).exists():
        raise ContractError([f"{path}: is there already; use another id, or edit it"])
    files, links = _looked_at(_places([sources] if isinstance(sources, Path | str) else sources, contract_id, root), path, root)
    seen = _seen(files, links)
    found = {file.name: proposals(file, roles) for file, roles in seen}
    own = _measured(seen, found, links)
    names = _joined_to(own, links)
    used = [(file, roles) for file, roles in seen if file.name in names]
    listed = [(file.name, one) for file, _ in used if file.name in own for one in found[file.name]]
    named, missing = as_starter([one for _, one in listed], starter)
    sent = {file.name for file, roles in used if roles.sent is not None}
    metrics = _unique([(name, one) for (name, _), one in zip(listed, named, strict=True)], sent)
    kept = tuple(link for link in links if {link.many, link.one} <= names)
    left = tuple(f"{file.source} ({file.rows:,} rows)" for file, _ in seen if file.name not in names)
    return Drafted(tuple(used), kept, tuple(metrics), tuple(missing), _guesses(contract_id, used, metrics), left)


def _looked_at(places: Sequence[Path | str], path: str, root: Path) -> tuple[list[FileProfile], list[FileLink]]:
    try:
        return look_at_files(sources_in(places, root), root)
    except (SourceError, ColumnError) as error:
        names = ", ".join(one.name if isinstance(one, Path) else str(urlsplit(one).hostname or one) for one in places)
        raise ContractError([f"{path}: {names}; {error}"]) from None
    except ValidationError as error:  # an address that may not stand in a contract file
        raise ContractError([f"--from: {error.errors()[0]['msg']}"]) from None


def _joined_to(own: set[str], links: Sequence[FileLink]) -> set[str]:
    """Return files with those that they are joined with, and those that these are joined with."""
    joined = own | {link.one for link in links if link.many in own}
    return joined | {link.one for link in links if link.many in joined}


def _seen(files: Sequence[FileProfile], links: Sequence[FileLink]) -> list[tuple[FileProfile, Roles]]:
    """Return what the columns of files are for; lists of codes are no tables, and a single file is called after its rows."""
    lists = code_lists(files)
    of_codes = {one.source for named in lists.values() for one in named.values()}
    seen = [(one, roles_of(one, lists.get(one.name, {}))) for one in files if one.source not in of_codes]
    leads = {(link.many, link.one) for link in links}
    seen = [(file, entered_elsewhere(roles, [one for one in seen if (file.name, one[0].name) in leads])) for file, roles in seen]
    if len(seen) == 1:
        file, roles = seen[0]
        name = "counts" if roles.sent else {"enrollment": "participants"}.get(unit := unit_of(file, roles), UNITS[unit])
        seen = [(replace(file, name=name), roles)]
    return seen


def _measured(
    seen: Sequence[tuple[FileProfile, Roles]], found: Mapping[str, Sequence[Proposal]], links: Sequence[FileLink]
) -> set[str]:  # fmt: skip
    """Name the files whose rows are measured: what is known of sites or of neighborhoods is detail of the rows of others."""
    results = {name for name, listed in found.items() if any(one.rank <= RESULT for one in listed)}
    own = {name for name, listed in found.items() if len(seen) == 1 or any(one.kind != "count" for one in listed)}
    own = own or {max(seen, key=lambda pair: pair[0].rows)[0].name}  # nothing looks like a result: the most rows are what is counted
    dated = {file.name for file, roles in seen if roles.entry}
    detail = {link.one for link in links if link.many in dated} - dated
    if own & results:  # what is undated beside results is detail
        detail |= own - dated
    return own - (detail - results)


def _places(sources: Sequence[Path | str], contract_id: str, root: Path) -> list[Path | str]:
    """Return where files and folders are, addresses as they are; databases of Access are refused."""
    places = [one if isinstance(one, str) and is_remote(one) else _inside(Path(one), contract_id, root) for one in sources]
    paths = [one for place in places if isinstance(place, Path) for one in (place, *place.glob("*"))]
    if base := next((one for one in paths if one.suffix.lower() in ACCESS), None):
        how = "save the tables that you need as CSV (in Access: External Data, Export, Text File), one file each"
        raise ContractError([f"{base.name}: is a database of Access; {how}"])
    return places


def _inside(source: Path, contract_id: str, root: Path) -> Path:
    """Return where a file is, in the workspace or refused."""
    home = root.resolve()
    place = (source if source.is_absolute() else Path.cwd() / source).resolve()
    if not place.is_relative_to(home) and (root / source).resolve().is_relative_to(home):
        place = (root / source).resolve()
    if not place.is_relative_to(home):
        message = f"'{source.name}' lies outside the workspace; copy it to data/{contract_id}/ first"
        raise ContractError([f"{contract_folder(contract_id)}/{CONTRACT_FILE}: {message}"])
    return place


def _unique(metrics: list[tuple[str, Proposal]], counts: set[str]) -> list[tuple[str, Proposal]]:
    """Give metrics of several files different names; those of counts say what they are called in their file."""
    ids, found = [one.id for _, one in metrics], []
    for name, one in metrics:
        if ids.count(one.id) > 1:
            sent = {"measure": one.id} if name in counts else {}
            one = replace(one, id=f"{name}_{one.id}"[:60], lines={**sent, **one.lines})
        found.append((name, one))
    return found


def _guesses(contract_id: str, used: Sequence[tuple[FileProfile, Roles]], metrics: Sequence[tuple[str, Proposal]]) -> DraftAnswers:
    """Guess title, term and period: from the first entry to the end of the month in which something happened last."""
    title = contract_id.replace("-", " ").replace("_", " ").title()
    entries = [roles.entry for _, roles in used if roles.entry]
    events = [one.last for _, roles in used for one in (roles.entry, *roles.dates) if one is not None and one.last]
    word = _people(used, metrics)
    if len(used) == 1 and (sent := used[0][1].sent) is not None:
        return replace(_of_submission(title, sent), people=word)
    if not entries or not events:
        return DraftAnswers(title=title, people=word)
    first, last = dt.date.fromisoformat(min(one.first for one in entries)[:10]), dt.date.fromisoformat(max(events)[:10])
    ends = month_end(last)
    if ends.year - first.year > LONGEST_TERM:
        first = ends.replace(year=ends.year - LONGEST_TERM, day=1)
    month = month_text(last) if last == ends or last.day >= NEARLY_OVER else add_months(month_text(last), -1)
    period = month if month >= month_text(first) else "term"
    return DraftAnswers(title=title, people=word, starts=first.replace(day=1).isoformat(), ends=ends.isoformat(), period=period)


def _people(used: Sequence[tuple[FileProfile, Roles]], metrics: Sequence[tuple[str, Proposal]]) -> str:
    """Return what those served are called, by what is counted or by the columns that name them; empty if neither says."""
    names = " ".join(one.ours for _, roles in used for one in (roles.identifier, roles.person) if one)
    word = next((many for one, many in PEOPLE.items() if one in names), "")
    counted = {one.lines.get("counted", "") for _, one in metrics if KINDS[one.kind].by_people}
    return UNITS.get(counted.pop(), word) if len(counted) == 1 else word


def _of_submission(title: str, sent: Submission) -> DraftAnswers:
    """Guess term and period of a file of counts: from its first period to its last."""
    starts, ends = sent.first.start.isoformat(), sent.last.end
    return DraftAnswers(title=title, starts=starts, ends=ends.isoformat(), period=month_text(ends))


def contract_text(contract_id: str, drafted: Drafted, answers: DraftAnswers) -> str:
    """Return the text of a contract file: it loads; what was guessed says from what."""
    guessed = drafted.guesses
    given = DraftAnswers(**{one.name: getattr(answers, one.name) or getattr(guessed, one.name) for one in fields(DraftAnswers)})
    lines = [
        EDITOR_LINE,
        f'# Written by `acm new`. Lines with "guessed" say from what: correct them; then run: acm check {contract_id}',
        *_agreed_lines(given, answers, dated=bool(guessed.starts)),
        "",
        "tables:",
    ]
    for file, roles in drafted.files:
        links = [link for link in drafted.links if link.many == file.name]
        lines += table_lines(file, roles, links, several=len(drafted.files) > 1)
    lines += [f"# not used, nothing in it looks like a result: {source}; to use it see docs/how_to_data.md" for source in drafted.left_out]
    if any(roles.sent is not None and roles.sent.fiscal for _, roles in drafted.files):
        lines += ["", f"fiscal_year_starts: {SCHOOL_YEAR}      # guessed: the month in which a year such as 2024-25 starts"]
    lines += ["", *dimension_lines(drafted.files), "", "metrics:", *_metric_lines(drafted.metrics, answers)]
    lines += [_choice(one) for _, roles in drafted.files for one in roles.states]
    lines += ["", "# Usual for this service, and not in the files:", *drafted.missing] if drafted.missing else []
    last = dt.date.fromisoformat(given.ends or NO_TERM[1])
    unfinished = guessed.period not in ("", "term", month_text(last))
    why = "guessed: the last month that is over in the files" if unfinished else "or a month as 2026-05, a quarter as 2026Q2"
    lines += ["", f"period: {given.period or 'term'}      # {why}"]
    return "\n".join(lines) + "\n"


def _choice(one: ColumnProfile) -> str:
    """Return a line that asks which words of a result are success."""
    words = ", ".join(f"'{value}'" for value in one.values)
    return f"# also possible: a share of {plain(one.words)}, with  that: {one.ours} in (...)  and those of {words} that are success"


def _agreed_lines(given: DraftAnswers, answers: DraftAnswers, *, dated: bool) -> list[str]:
    """Return the lines of what was agreed; `dated` says whether the term is that of dates in the files."""
    lines = ["contract:", f"  title: {plain(given.title)}" + ("" if answers.title else "      # in two languages: {en: ..., es: ...}")]
    lines += [f"  {key}: {plain(getattr(given, key) or PLACEHOLDERS[key])}" for key in PLACEHOLDERS]
    if given.people:
        lines.append(f"  people: {plain(given.people)}" + ("" if answers.people else "      # guessed from names of columns"))
    why = "      # guessed: first entry, and end of the month of the last event in the files" if dated and not answers.starts else ""
    lines.append(f"  starts: {given.starts or NO_TERM[0]}{why}")
    return [
        *lines,
        f"  ends: {given.ends}" if given.ends else f"  ends: {NO_TERM[1]}      # the files have no dates: give the first and the last day",
    ]


def outcomes(drafted: Drafted) -> list[tuple[str, Proposal]]:
    """Return the metrics that may be the purpose of the contract, with their tables, the likeliest first."""
    return _outcomes(drafted.metrics)[0]


def _outcomes(metrics: Sequence[tuple[str, Proposal]]) -> tuple[list[tuple[str, Proposal]], list[tuple[str, Proposal]]]:
    counts = sum(one.kind == "count" for _, one in metrics)
    others = sorted([(table, one) for table, one in metrics if one.kind != "count"], key=lambda pair: pair[1].rank)
    room = MOST_METRICS - min(counts, 3)
    return others[:room], others[room:]


def _metric_lines(metrics: Sequence[tuple[str, Proposal]], answers: DraftAnswers) -> list[str]:
    counts = [(table, one) for table, one in metrics if one.kind == "count"]
    kept, rest = _outcomes(metrics)
    main = answers.main if answers.main in {one.id for _, one in kept} else (kept[0][1].id if kept else "")
    lines = []
    for table, one in counts:
        body = {"kind": "count", **_from(table), **one.lines, "better": "neither"}
        keys = ", ".join(f"{key}: {_quoted(value)}" for key, value in body.items())
        lines.append(f"  {one.id}: {{title: {_title(one)}, {keys}}}      # {one.guessed}")
    for at, (table, one) in enumerate(kept):
        headline = at < HEADLINES or one.id == main
        lines += _block(table, one, answers) if one.id == main else _flow(table, one, headline=headline)
    lines += [f"# also possible: {one.title}, from {one.guessed}" for _, one in rest]
    return lines


def _title(one: Proposal) -> str:
    """Return a title as YAML; titles of starter sets are YAML already."""
    return one.title if one.title.startswith("{") else plain(one.title)


def _from(table: str) -> dict[str, str]:
    return {} if table == "participants" else {"from": table}


def _block(table: str, one: Proposal, answers: DraftAnswers) -> list[str]:
    """Return the metric that is the purpose of the contract, a line a key."""
    lines = [f"  {one.id}:", f"    title: {_title(one)}      # guessed from {one.guessed}", f"    kind: {one.kind}"]
    for key, value in {**_from(table), **one.lines}.items():
        safe = _quoted(value) if re.search(r":(\s|$)|\s#", value) else value  # an answer such as Exited: employed
        lines.append(f"    {key}: {safe}" + (f"      # {one.check[key]}" if key in one.check else ""))
    lines += [f"    better: {one.better}      # guessed"] if one.better != "higher" else []
    target = "target: [{value: ..., from: ...}]      # what the contract promises"
    lines.append(f"    target: {answers.target}" if answers.main == one.id and answers.target else f"    # {target}")
    return [
        *lines,
        "    headline: true",
        "    main: true" + ("" if answers.main == one.id else "      # guessed: the purpose of the contract"),
    ]


def _flow(table: str, one: Proposal, *, headline: bool) -> list[str]:
    """Return another metric in few lines."""
    start = f"  {one.id}: {{title: {_title(one)}, kind: {one.kind},"
    parts = [f"{key}: {value if key == 'at' else _quoted(value)}" for key, value in {**_from(table), **one.lines}.items()]
    parts += [f"better: {one.better}"] if one.better != "higher" else []
    parts += ["headline: true"] if headline else []
    return [f"{start}      # guessed from {one.guessed}", " " * (len(one.id) + 5) + ", ".join(parts) + "}"]


def _quoted(text: str) -> str:
    """Return an expression inside braces of YAML: bare where nothing in it means anything there."""
    return text if not re.search(r"[,\[\]{}#:&*!|>%@`\"]", text) else json.dumps(text, ensure_ascii=False)
