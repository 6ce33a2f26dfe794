"""The page of the meeting that decides which contracts to begin with: a register screened, each place on the list with its reasons."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from acmlib.analysis.pilots import ENDED, NO_SERVICE, ONE_OFF, meetings, screen
from acmlib.contract.pilots import CRITERIA, MOST, Criterion, PilotScreen, load_pilot_screen
from acmlib.contract.workspace import find_root
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Fold, Prose, Section, TitleBlock
from acmlib.display.words import Words
from acmlib.intake.read.register import read_register, with_answers

#: Contracts listed with their reasons in a tier, named in a line, and named of those that are not on the list.
MOST_ROWS, MOST_NAMED, MOST_LEFT = 40, 5, 60
#: Points from which a criterion speaks for a contract; below it speaks against.
FOR = 2
_LEFT = {ENDED: "ended", ONE_OFF: "one_off", NO_SERVICE: "no_service"}


@dataclass(frozen=True)
class Shortlist:
    """A register that was screened."""

    name: str  #: Name of the register's file.
    date: dt.date  #: The day from which months left are counted.
    settings: PilotScreen
    words: Words
    contracts: pd.DataFrame  #: From `acmlib.analysis.pilots.screen`.

    @property
    def listed(self) -> pd.DataFrame:
        """The contracts on the list, the most suitable first."""
        return self.contracts[self.contracts["left_out"].eq("")]

    @property
    def proposed(self) -> pd.DataFrame:
        """The contracts of all tiers but the last."""
        return self.listed[self.listed["tier"].ne(self.settings.tiers[-1].name)]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria that count."""
        return tuple(name for name in CRITERIA if self.settings.weights.get(name, 0))

    @property
    def open_questions(self) -> dict[Criterion, int]:
        """For how many contracts on the list a criterion is not known; the criteria with the most weight first."""
        unknown = {name: int(self.listed[f"points_{name}"].isna().sum()) for name in self.criteria}
        return {name: unknown[name] for name in sorted(unknown, key=lambda name: -self.settings.weights[name]) if unknown[name]}


def open_register(
    register: str, answers: str = "", settings: str = "templates/pilots.yml", on: str = "", language: str = "en", root: Path | None = None
) -> Shortlist:
    """Read a register of contracts and screen it.

    Parameters
    ----------
    register : str
        The register, from the root of the workspace: CSV, Excel or OCDS JSON.
    answers : str
        What people know about its contracts, as `with_answers` reads it; none if empty.
    on : str
        The day from which months left are counted; today if empty.

    Raises
    ------
    ContractError, ValueError
        If a file cannot be read or a day is none.
    """
    home = root or find_root()
    day = dt.date.fromisoformat(on) if on else dt.datetime.now().astimezone().date()
    found = read_register(home / register)
    found = with_answers(found, home / answers) if answers else found
    used = load_pilot_screen(home / settings)
    return Shortlist(Path(register).name, day, used, Words(language), screen(found, used, date=day))


def title(shortlist: Shortlist, report: str) -> TitleBlock:
    """Return the head of the page: how many contracts suit best, of how many."""
    words, listed = shortlist.words, shortlist.listed
    numbers = [words("pilots.in_tier", n=int(listed["tier"].eq(tier.name).sum()), tier=tier.name) for tier in shortlist.settings.tiers]
    said = words("pilots.screened", n=len(shortlist.contracts), listed=len(listed), list=words.list(numbers))
    facts = ((words("pilots.register"), shortlist.name), (words("pilots.on"), words.date(shortlist.date)))
    return TitleBlock(report, said, facts)


def tiers(shortlist: Shortlist) -> tuple[Section, ...]:
    """Return a section for each tier but the last: its contracts, arguments for and against them, and unanswered questions."""
    words, found = shortlist.words, []
    if shortlist.proposed.empty:
        why = "pilots.none_listed" if shortlist.listed.empty else "pilots.none_do" if shortlist.open_questions else "pilots.none_low"
        return (Section(words("pilots.none"), (Prose((words(why),)),), contents=words("pilots.none_short")),)
    for tier in shortlist.settings.tiers[:-1]:
        contracts = shortlist.proposed[shortlist.proposed["tier"].eq(tier.name)]
        if len(contracts):
            heading = words("pilots.tier", tier=tier.name, n=len(contracts), cadence=words(_cadence(tier.cadence)))
            found.append(Section(heading, _table(contracts, tier.name, shortlist), contents=words("pilots.tier_short", tier=tier.name)))
    return tuple(found)


def later(shortlist: Shortlist) -> tuple[Section, ...]:
    """Return the contracts of the last tier, folded; nothing where there are none."""
    words, tier = shortlist.words, shortlist.settings.tiers[-1]
    rest = shortlist.listed[shortlist.listed["tier"].eq(tier.name)]
    if rest.empty:
        return ()
    heading = words("pilots.later", n=len(rest), tier=tier.name)
    said = Prose((words("pilots.later_note", cadence=words(_cadence(tier.cadence))),))
    return (Section(heading, (said, Fold(words("pilots.later_short"), _table(rest, tier.name, shortlist))), contents=heading),)


def _cadence(cadence: str) -> str:
    return f"pilots.cadence.{cadence.replace(' ', '_')}"


def _table(contracts: pd.DataFrame, tier: str, shortlist: Shortlist) -> tuple[Display, ...]:
    words = shortlist.words
    columns = tuple(Column(words(f"pilots.{key}")) for key in ("contract", "score", "for", "against", "unknown"))
    rows = tuple(_cells(row, shortlist) for _, row in contracts.head(MOST_ROWS).iterrows())
    table = DataTable(words("pilots.caption", tier=tier), columns, rows)
    rest = len(contracts) - MOST_ROWS
    return (table, Prose((words("pilots.more", n=rest),))) if rest > 0 else (table,)


def _cells(row: pd.Series, shortlist: Shortlist) -> tuple[str | Cell, ...]:
    words = shortlist.words
    reasons = reasons_of(row, shortlist)
    who = " · ".join(str(row[name]) for name in ("provider", "agency") if name in row and isinstance(row[name], str) and row[name])
    ends = words("pilots.ends", date=row["ends"].date(), n=round(row["months_left"]))
    listed = tuple(Cell("; ".join(said) if said else words(f"pilots.nothing_{side}"), muted=not said) for side, said in reasons.items())
    score = Cell(words.number(round(row["score"])), detail=words("pilots.known", n=int(row["known"]), of=len(shortlist.criteria)))
    return (Cell(str(row["title"]), detail=". ".join(filter(None, (str(row["id"]), who, ends)))), score, *listed)


def reasons_of(row: pd.Series, shortlist: Shortlist) -> dict[str, list[str]]:
    """Return what speaks for a contract, what against it, and what is not known, in words; the criteria that weigh most first."""
    words, found = shortlist.words, {"for": list[str](), "against": list[str](), "unknown": list[str]()}
    amounts = {name: row[name] for name in ("clients", "value") if name in row and pd.notna(row[name])}
    for name in sorted(shortlist.criteria, key=lambda name: -shortlist.settings.weights[name]):
        points = row[f"points_{name}"]
        side = "unknown" if pd.isna(points) else "for" if points >= FOR else "against"
        amount = {"n": round(row["months_left"]) if name == "months_left" else round(amounts.get(name, 0))}
        found[side].append(words(f"pilots.{side}_{name}", **(amount if name in ("months_left", "clients", "value") else {})))
    return found


def to_ask(shortlist: Shortlist) -> tuple[Section, ...]:
    """Return the unanswered questions about the contracts on the list, those with the most weight first."""
    words, listed = shortlist.words, shortlist.listed
    unknown = shortlist.open_questions
    if not unknown:
        return ()
    columns = (Column(words("pilots.question")), Column(words("pilots.open"), "number"))
    rows = tuple((words(f"pilots.ask_{name}"), words.number(n)) for name, n in unknown.items())
    table = DataTable(words("pilots.ask_caption", n=len(listed)), columns, rows)
    return (Section(words("pilots.ask"), (table, Prose((words("pilots.ask_note"),))), contents=words("pilots.ask_short")),)


def calendar(shortlist: Shortlist) -> tuple[Section, ...]:
    """Return the meetings of the next twelve months if all tiers but the last are begun with."""
    words, held = shortlist.words, meetings(shortlist.proposed, shortlist.date)
    if held.empty:
        return ()
    columns = (Column(words("pilots.month")), Column(words("pilots.meetings"), "number"), Column(words("pilots.with")))
    rows = []
    for month, each in held.groupby("month"):
        named = list(each["title"].head(MOST_NAMED))
        text = words("pilots.named_more", list="; ".join(named), n=len(each) - MOST_NAMED) if len(each) > MOST_NAMED else "; ".join(named)
        rows.append((words.month(str(month)), words.number(len(each)), text))
    heading = words("pilots.calendar", n=len(held))
    table = DataTable(words("pilots.calendar_caption"), columns, tuple(rows), notes=(words("pilots.calendar_note"),))
    return (Section(heading, (table,), contents=words("pilots.calendar_short")),)


def left_out(shortlist: Shortlist) -> tuple[Section, ...]:
    """Return the contracts that are not on the list, with the reason."""
    words = shortlist.words
    out = shortlist.contracts[shortlist.contracts["left_out"].ne("")]
    if out.empty:
        return ()
    parts: list[Display] = []
    for why, contracts in out.groupby("left_out"):
        items = tuple(f"{row.title} ({row.id})" for row in contracts.head(MOST_LEFT).itertuples())
        rest = len(contracts) - len(items)
        more = (words("pilots.and_more", n=rest),) if rest > 0 else ()
        parts.append(
            Fold(words(f"pilots.left_{_LEFT[str(why)]}", n=len(contracts), days=shortlist.settings.shortest), (Bullets((*items, *more)),))
        )
    return (Section(words("pilots.left", n=len(out)), tuple(parts), contents=words("pilots.left_short")),)


def decisions(shortlist: Shortlist) -> Section:
    """Return what the meeting decides."""
    words, first = shortlist.words, shortlist.proposed.head(MOST_NAMED)
    if len(first):
        proposal, ask = words("pilots.decide_which", list=words.list(first["title"])), ["decide_ask"] if shortlist.open_questions else []
        items = (proposal, *(words(f"pilots.{key}") for key in ("decide_who", *ask, "decide_when")))
    else:
        key = "decide_register" if shortlist.listed.empty else "decide_answers" if shortlist.open_questions else "decide_weights"
        items = (words(f"pilots.{key}"),)
    return Section(words("pilots.decide"), (Bullets(items),), contents=words("pilots.decide_short"))


def how_to_read(shortlist: Shortlist) -> Section:
    """Return what the score is made of, and what it does not say."""
    words, weights = shortlist.words, shortlist.settings.weights
    named = words.list(words("pilots.weight", what=words(f"pilots.criterion_{name}"), n=weights[name]) for name in shortlist.criteria)
    items = (
        words("pilots.read_score", most=MOST),
        words("pilots.read_weights", list=named),
        words("pilots.read_words"),
        words("pilots.read_use"),
    )
    return Section(words("read.heading"), (Bullets(items),), contents=words("read.short"))
