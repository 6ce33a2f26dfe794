"""A page about several contracts, from what their own finished pages released: nothing is counted anew, nothing hidden is derived."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from acmlib.analysis.peers import MINIMUM_UNITS
from acmlib.analysis.peers import funnel as limits
from acmlib.display.charts.across import across_contracts, has_months
from acmlib.display.charts.beside import beside_others
from acmlib.display.charts.funnel import funnel
from acmlib.display.objects import Bullets, Cell, Chart, Column, DataTable, Display, Fold, Prose, Section, TitleBlock
from acmlib.display.standing import changes_in_words, no_gap_in_words
from acmlib.display.voice import Voice
from acmlib.display.words import Words

#: Rows of the table that stand open, and panels of a figure: what somebody looks at; the rest is folded, or said to be missing.
MOST_ROWS, MOST_PANELS = 40, 24

#: Shared gaps that are listed, those that most contracts share first; and contracts that are named with each, the worst first.
MOST_SHARED, MOST_NAMED = 15, 12

#: Groups of a program that are listed.
MOST_GROUPS = 60


@dataclass(frozen=True)
class Member:
    """One contract of a program, as its newest dashboard has it."""

    contract: str
    title: str
    standing: Mapping[str, Any]  #: From `acmlib.display.standing`; empty where no dashboard was made.
    overdue: int  #: Promises overdue; `seen_by`: the edition whose readers see these, where there are others; else empty.
    seen_by: str
    meeting: dt.date | None  #: The next one; `over` where it is past.
    over: bool
    until: dt.date | None  #: Last day of its data.
    #: Released months of its main metric: ``denominator``, ``value`` and ``status``, indexed by month.
    months: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def main(self) -> Mapping[str, Any]:
        """Its main figure; empty if it has none."""
        return next(iter(self.standing.get("figures") or ()), {})


@dataclass(frozen=True)
class Program:
    """The contracts of a program, worst first; of all programs where `name` is empty."""

    name: str
    edition: str
    words: Words
    members: tuple[Member, ...]
    voices: Mapping[str, Voice]  #: Id of a main metric to the words of one contract that has it.
    missing: tuple[str, ...] = ()  #: Titles of contracts without a dashboard; known in the internal edition.

    @property
    def until(self) -> dt.date | None:
        """Last day of the newest data."""
        return max((one.until for one in self.members if one.until), default=None)

    @property
    def table(self) -> pd.DataFrame:
        """One row a contract: main metric, numbers as released, what is overdue, days to the next decision."""
        return pd.DataFrame([_row(one, self.until) for one in self.members])

    def alike(self) -> dict[str, tuple[Member, ...]]:
        """Return the contracts that have the same main metric over the same period, by metric; only where there are several."""
        found: dict[str, tuple[Member, ...]] = {}
        for metric in dict.fromkeys(str(one.main.get("metric", "")) for one in self.members):
            have = [one for one in self.members if one.main.get("metric") == metric and one.main.get("number") is not None]
            same = Counter((one.main.get("window"), one.main.get("short"), one.main.get("kind")) for one in have)
            if metric in self.voices and same and same.most_common(1)[0][1] > 1:
                key = same.most_common(1)[0][0]
                found[metric] = tuple(one for one in have if (one.main.get("window"), one.main.get("short"), one.main.get("kind")) == key)
        return found


def _row(one: Member, until: dt.date | None) -> dict[str, Any]:
    main, decision = one.main, one.standing.get("decision")
    return {
        "contract": one.title,
        "metric": main.get("short", ""),
        **{name: main.get(name) for name in ("state", "certain", "change", "window", "numerator", "denominator", "number", "low", "high")},
        "clear_gaps": len(one.standing.get("gaps") or ()) + int(one.standing.get("more_gaps") or 0),
        "overdue": one.overdue,
        "data_until": one.until,
        "days_late": (until - one.until).days if until and one.until and not one.standing.get("ended") else None,
        "next_meeting": one.meeting,
        "days_to_decision": (dt.date.fromisoformat(decision) - until).days if decision and until else None,
    }


def title(program: Program, report: str) -> TitleBlock:
    """Return the head of the page: which program, how many contracts, how many of them need attention."""
    words, members = program.words, program.members
    counts = {
        "missed": sum(one.main.get("state") == "missed" and bool(one.main.get("certain")) for one in members),
        "gaps": sum(bool(one.standing.get("gaps")) for one in members),
        "overdue": sum(bool(one.overdue) for one in members),
    }
    parts = [words(f"index.with_{key}", n=n) for key, n in counts.items() if n]
    facts = [(words("facts.edition"), words(f"edition.{program.edition}"))]
    if program.until:
        facts.append((words("facts.as_of"), words.date(program.until)))
    named = program.name.replace("-", " ").replace("_", " ").strip() or words("portfolio.all")
    counted = words("index.counted", n=len(members))
    return TitleBlock(f"{report}: {named}", f"{counted}: {words.list(parts)}" if parts else counted, tuple(facts))


def contracts(program: Program) -> Section:
    """Return one row a contract, worst first; after the first forty the rest is folded."""
    words = program.words
    if not program.members:
        return Section(words("portfolio.empty"), (Prose((words("portfolio.empty_do"),)),), contents=words("portfolio.contracts_short"))
    keys = ["contract", "main", "gaps", "change", "overdue", "data_until", "next_meeting", "decision"]
    # What is the same of all is no column: the head of the page says to when the data are.
    alike = {"data_until"} if all(one.until == program.until for one in program.members) else set()
    alike |= set() if any(one.standing.get("decision") for one in program.members) else {"decision"}
    shown = [place for place, key in enumerate(keys) if key not in alike]
    columns = tuple(Column(words(f"portfolio.{keys[place]}")) for place in shown)
    every = [_cells(one, program) for one in program.members]
    rows = [tuple(cells[place] for place in shown) for cells in every]
    caption = words("portfolio.contracts_caption")
    body: list[Display] = [DataTable(caption, columns, tuple(rows[:MOST_ROWS]))]
    if len(rows) > MOST_ROWS:
        rest = tuple(rows[MOST_ROWS:])
        more = words("portfolio.more", n=len(rest))
        body.append(Fold(more, (DataTable(f"{caption}, {more}", columns, rest),)))
    if program.missing:
        key = "missing" if len(program.missing) <= MOST_NAMED else "missing_among"
        body.append(Prose((words(f"portfolio.{key}", n=len(program.missing), list=words.list(program.missing[:MOST_NAMED])),)))
    return Section(words("portfolio.contracts"), tuple(body), contents=words("portfolio.contracts_short"))


def _cells(one: Member, program: Program) -> tuple[str | Cell, ...]:
    words, main, until = program.words, one.main, program.until
    nothing = Cell(words("portfolio.none"), muted=True)
    target = main.get("state") in ("met", "missed")
    sure = "" if main.get("certain") else "_unsure"
    unjudged = "index.no_target" if main.get("state") == "none agreed" else "portfolio.not_judged"
    verdict = words(f"index.{main['state']}{sure}", target=main["target"]) if target else words(unjudged)
    late = (until - one.until).days if until and one.until and not one.standing.get("ended") else 0
    given = one.standing.get("decision")
    decision = dt.date.fromisoformat(given) if given else None
    days = (decision - until).days if decision and until else None
    changes, any_changed = changes_in_words(one.standing, words)
    return (
        one.title,
        Cell(f"{main['short']} {main['value']}", detail=verdict) if main else nothing,
        _gaps(one, words),
        changes if any_changed else Cell(changes, muted=True),
        _overdue(one, words),
        Cell(words.date(one.until), detail=words("portfolio.late", n=late) if late > 0 else "") if one.until else nothing,
        Cell(words.date(one.meeting), detail=words("index.meeting_over") if one.over else "") if one.meeting else nothing,
        Cell(words("portfolio.days", n=days), detail=words.date(decision)) if decision and days is not None else nothing,
    )


def _overdue(one: Member, words: Words) -> str | Cell:
    """Return how many promises are overdue; where there are others, of whose page these are."""
    if one.seen_by:
        return Cell(words.number(one.overdue), detail=words(f"index.seen_by_{one.seen_by}"))
    return words.number(one.overdue) if one.overdue else Cell(words("portfolio.none"), muted=True)


def _gaps(one: Member, words: Words) -> Cell:
    """Return the clear gaps of a contract with how many people they are about, or why there is none."""
    found = list(one.standing.get("gaps") or ())
    if not found:
        return Cell(no_gap_in_words(one.standing, words), muted=True)
    people = [*(one.standing.get("gap_people") or ()), *[0] * len(found)]
    gaps = [words("portfolio.gap_people", gap=gap, n=n) if n else gap for gap, n in zip(found, people, strict=False)]
    more = int(one.standing.get("more_gaps") or 0)
    return Cell("; ".join(gaps), detail=words("index.more_gaps", n=more) if more else "")


def side_by_side(program: Program) -> tuple[Section, ...]:
    """Return, for each main metric that several contracts have, their results beside each other, never as a ranking.

    Up to seven contracts are dots with intervals; from eight on shares stand in a funnel with exact limits of chance.
    """
    return tuple(_beside(metric, members, program) for metric, members in program.alike().items())


def _beside(metric: str, members: tuple[Member, ...], program: Program) -> Section:
    words, voice = program.words, program.voices[metric]
    period, short = str(members[0].main["window"]), str(members[0].main["short"])
    ordered = sorted(members, key=lambda one: one.title)
    figures = [one.main for one in ordered]
    caption = words("portfolio.beside_caption", metric=short, period=words.period(period))
    counted = all(one["numerator"] is not None and one["denominator"] is not None for one in figures)
    said = [words("portfolio.own_mix")]
    drawn: Chart | DataTable
    if members[0].main["kind"] == "proportion" and counted and len(members) >= MINIMUM_UNITS:
        units = limits(
            pd.Series([float(one["numerator"]) for one in figures], index=[one.contract for one in ordered]),
            [float(one["denominator"]) for one in figures],
            better=str(members[0].main["better"]),
        )
        names = {one.contract: one.title for one in ordered}
        drawn = funnel(units, metric=metric, period=period, voice=voice, names=names, caption=caption)
        notes = [words("chart.funnel_note"), words("portfolio.own_targets")]
        spread = bool(units["adjusted"].iloc[0])
        said.insert(0, words("portfolio.overdispersed" if spread else "portfolio.not_overdispersed"))
    else:
        columns = {"value": "number", "low": "low", "high": "high"}
        rows = [
            {"label": one.title, "own": False, "detail": _target(one, words), **{name: one.main[key] for name, key in columns.items()}}
            for one in ordered[:MOST_ROWS]
        ]
        drawn = beside_others(pd.DataFrame(rows), metric=metric, voice=voice, period=period, caption=caption)
        notes = [words("portfolio.intervals")]
    if isinstance(drawn, Chart):  # the voice is that of one contract: its target is not the others'
        drawn = replace(drawn, notes=tuple(notes))
    left_out = sum(one.main.get("metric") == metric for one in program.members) - len(members)
    if left_out:
        said.append(words("portfolio.other_window", n=left_out))
    heading = words("portfolio.beside", metric=short, n=len(members))
    return Section(heading, (drawn, Prose(tuple(said))), contents=heading)


def _target(one: Member, words: Words) -> str:
    """Return a contract's own target of its main figure; empty if it has none."""
    return words("chart.target", value=one.main["target"]) if one.main["target"] else ""


def over_time(program: Program) -> tuple[Section, ...]:
    """Return, for each main metric that several contracts have, a small panel each on one scale; the worst contracts if there are many."""
    words, found = program.words, []
    for metric, members in program.alike().items():
        known = [one for one in members if has_months(one.months)]
        if len(known) < 2:
            continue
        shown, short = known[:MOST_PANELS], str(members[0].main["short"])
        caption = words("portfolio.over_time_caption", metric=short)
        drawn = across_contracts([(one.title, one.months) for one in shown], metric=metric, voice=program.voices[metric], caption=caption)
        rest = len(known) - len(shown)
        note = (Prose((words("portfolio.not_drawn", n=rest),)),) if rest else ()
        heading = words("portfolio.over_time", metric=short)
        found.append(Section(heading, (drawn, *note), contents=heading))
    return tuple(found)


def served(program: Program) -> tuple[Section, ...]:
    """Return who is served across the contracts, added up from what each page shows; nothing where no page shows it."""
    words = program.words
    people: Counter[tuple[str, str]] = Counter()
    of: Counter[tuple[str, str]] = Counter()
    for one in program.members:
        for dimension, group, n in one.standing.get("served") or ():
            people[dimension, group] += n
            of[dimension, group] += 1
    if not people:
        return ()
    order = sorted(people, key=lambda key: (-sum(n for other, n in of.items() if other[0] == key[0]), key[0], -people[key], key[1]))
    columns = (
        Column(words("portfolio.dimension")),
        Column(words("table.group")),
        Column(words("portfolio.people"), "number"),
        Column(words("portfolio.contracts_of"), "number"),
    )
    rows = tuple(
        (dimension, group, words.number(people[dimension, group]), words.number(of[dimension, group])) for dimension, group in order
    )
    table = DataTable(words("portfolio.served_caption"), columns, rows[:MOST_GROUPS], row_header=1)
    return (Section(words("portfolio.served"), (table, Prose((words("portfolio.served_note"),))), contents=words("portfolio.served")),)


def shared_gaps(program: Program) -> Section:
    """Return the clear gaps that several contracts have: same figure, same dimension, same group."""
    words = program.words
    who: dict[tuple[str, ...], list[str]] = {}
    for one in program.members:
        for key in dict.fromkeys(tuple(each) for each in one.standing.get("gap_keys") or ()):
            who.setdefault(key, []).append(one.title)
    several = sorted(((key, titles) for key, titles in who.items() if len(titles) > 1), key=lambda pair: (-len(pair[1]), pair[0]))
    short = words("portfolio.shared_short")
    if not several:
        return Section(words("portfolio.shared_none"), (Prose((words("portfolio.shared_none_note"),)),), contents=short)
    items = tuple(
        words(
            "portfolio.shared_gap" if len(titles) <= MOST_NAMED else "portfolio.shared_gap_among",
            metric=key[0],
            dimension=key[1],
            group=key[2],
            n=len(titles),
            list=words.list(titles[:MOST_NAMED]),
        )
        for key, titles in several[:MOST_SHARED]
    )
    heading = words("portfolio.shared", n=len(several))
    return Section(heading, (Bullets(items),), question=words("portfolio.shared_ask"), contents=short)


def how_to_read(program: Program) -> Section:
    """Return what the page is made from, and what it does not say."""
    words = program.words
    items = tuple(words(f"portfolio.{key}") for key in ("read_from", "read_order", "read_sides", "read_gaps"))
    return Section(words("read.heading"), (Bullets(items),), contents=words("read.short"))
