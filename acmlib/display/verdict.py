"""The first sentences of a page: the facts of `acmlib.display.facts` in words, each with the numbers it rests on.

People first, the service as the actor, no jargon. `lead` is one or two sentences, the worst clear thing first; `more` says what else is
clear, where the difference opens, what is well, and last what cannot be judged.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pandas as pd

from acmlib.analysis.pathway import is_on_pathway
from acmlib.contract.model import Contract
from acmlib.display.changes import change_numbers
from acmlib.display.claims import Claim, with_claims
from acmlib.display.cohorts import cohort_news
from acmlib.display.comparisons import comparisons
from acmlib.display.facts import BAD, ORDER, Fact
from acmlib.display.judgements import comparator_name, gap_claim, served_claim
from acmlib.display.rows import Row
from acmlib.display.voice import Voice
from acmlib.display.words import sentence_start

#: No more clear findings than this are told one by one above the pictures.
MOST_TOLD = 2


@dataclass(frozen=True)
class Verdict:
    """The first sentences of a page."""

    lead: tuple[str, ...]
    more: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = field(default=())  #: What they rest on: those of `lead` first.


def verdict(
    facts: Sequence[Fact],
    voice: Voice,
    *,
    gaps: pd.DataFrame,
    stage_gaps: pd.DataFrame,
    ended: bool,
    depends: Collection[tuple[str, str, str]] = (),
    bases: dict[tuple[str, str], str] | None = None,
) -> Verdict:
    """Return the first sentences of a page.

    Parameters
    ----------
    gaps : DataFrame
        What *no gap seen* rests on.
    stage_gaps : DataFrame
        Where gaps open along the pathway; may be empty.
    ended : bool
        Whether the contract is over: then it is told in the past.
    depends : collection of (metric, dimension, group)
        Gaps whose verdict would be another against another comparator.
    bases : mapping of (base, dimension) to str, optional
        What the base of each representation is called.
    """
    teller = _Writer(voice, ended, frozenset(depends), bases or {}, gaps)
    bad = [one for one in facts if one.kind in BAD]
    main = [one for one in facts if one.kind in ("missed", "recovered", "short", "met", "no target", "not judged", "nobody")][:1]
    first = _first(bad, main)
    rest = [one for one in facts if one not in first]
    lead = teller.lead(first)
    if not bad:
        lead += tuple(teller.quiet_gaps() for one in rest if one.kind == "no gap")
    opens = [teller.opens(one, stage_gaps) for one in first if one.kind == "gap"]
    more = [
        *filter(None, opens),
        *teller.more([one for one in rest if one.kind in BAD], [one for one in rest if one.kind not in BAD], told_bad=bool(bad)),
    ]
    return Verdict(lead, tuple(more), (*first, *rest))


def one_sentence(
    fact: Fact,
    voice: Voice,
    *,
    ended: bool,
    gaps: pd.DataFrame,
    depends: Collection[tuple[str, str, str]] = (),
    bases: dict[tuple[str, str], str] | None = None,
) -> str:
    """Return one fact as the sentence that every page says of it; parameters as of `verdict`."""
    return _Writer(voice, ended, frozenset(depends), bases or {}, gaps).one(fact)


def _first(bad: Sequence[Fact], main: Sequence[Fact]) -> tuple[Fact, ...]:
    """Choose what the first sentences are about: the two worst clear things; of two gaps the one of the missed main metric."""
    if not bad:
        return tuple(main)
    short = [one for one in main if one.kind == "short"]
    if short and bad[0].kind == "gap":
        return (bad[0], short[0])
    if bad[0].kind == "missed":
        same = [one for one in bad[1:] if one.kind == "gap" and one.metric == bad[0].metric]
        return (bad[0], *(same or bad[1:])[:1])
    return tuple(bad[:MOST_TOLD])


@dataclass(frozen=True)
class _Writer:
    voice: Voice
    ended: bool
    depends: frozenset[tuple[str, str, str]]
    bases: dict[tuple[str, str], str]
    gaps: pd.DataFrame

    def _words(self, key: str, **values: object) -> str:
        """Return a text, in its past form for a contract that is over."""
        words = self.voice.words
        past = f"first.{key}_ended"
        return words(past if self.ended and words.has(past) else f"first.{key}", **values)

    def lead(self, facts: Sequence[Fact]) -> tuple[str, ...]:
        """Return the first sentences; a gap of the metric just named does not repeat its name."""
        told: list[str] = []
        for before, one in zip([None, *facts], facts, strict=False):
            same = before is not None and before.kind == "missed" and one.kind == "gap" and one.metric == before.metric
            told.append(with_claims(self._gap_again(one), *self._claims(one)) if same else self.one(one))
        return tuple(filter(None, told))

    def _claims(self, fact: Fact) -> tuple[Claim, ...]:
        """Return what the sentence about a fact claims."""
        known, metric = fact.verdict, fact.metric
        if fact.kind in ("gap", "possible"):
            row = fact.comparison.worst if fact.comparison else None
            return (gap_claim(row),) if row is not None else ()
        if fact.kind == "served":
            return (served_claim(fact.rows[0]),)
        if known is None or fact.kind in ("not judged", "nobody", "no target"):
            return ()
        if fact.kind in ("worse", "better", "changed"):
            numbers = (("before", known.change.before), ("after", known.change.after))
            return (Claim("change", metric, known.period, verdict=known.change.state, numbers=numbers),)
        if known.target.state not in ("met", "missed"):
            return ()
        sure = known.target.certain and not fact.kind.startswith("short")
        return (Claim("target", metric, known.period, "all", verdict=known.target.state, certain=sure, numbers=(("value", known.value),)),)

    def one(self, fact: Fact) -> str:
        """Return one fact as a sentence, with what it claims."""
        told = self._one(fact)
        return with_claims(told, *self._claims(fact)) if told else ""

    def _one(self, fact: Fact) -> str:
        if fact.kind in ("gap", "possible"):
            return self._gap(fact)
        if fact.kind == "served":
            return self._served(fact)
        if fact.kind in ("worse", "better", "changed"):
            return self.change(fact)
        if fact.kind in ("not judged", "nobody"):
            return self._words(f"silent_{fact.reason.replace(' ', '_')}", metric=self.voice.short(fact.metric))
        if fact.kind == "no gap":
            return self.quiet_gaps()
        if fact.kind == "gap closed":
            return cohort_news(fact.rows[0], self.voice)
        return self._target(fact)

    def _target(self, fact: Fact) -> str:
        known = fact.verdict
        if known is None:
            return ""
        told = self.voice.result_clause(fact.metric, known.value)
        if fact.kind == "no target":
            return self._words("no_target", told=told)
        key = fact.kind.replace(" ", "_")
        if key.startswith("recovered"):
            numbers = {**change_numbers(known, self.voice), "target": self.voice.value(fact.metric, known.target.in_force)}
            return self._words(key, told=told, period=known.period, month=known.change.since, **numbers)
        key = key if known.target.certain or key.startswith("short") else f"{key}_unsure"
        return self._words(key, told=told, target=self.voice.value(fact.metric, known.target.value))

    def _sides(self, fact: Fact) -> dict[str, str]:
        """Return the two groups and their two numbers."""
        row = fact.comparison.worst if fact.comparison else None
        if row is None:
            return {}
        voice, dimension = self.voice, str(row["dimension"])
        basis = str(row.get("basis", "group"))
        others = comparator_name(row, voice) if basis in ("target", "overall", "rest") else voice.people(dimension, str(row["comparator"]))
        return {
            "people": voice.people(dimension, str(row["group"])),
            "others": others,
            "value": voice.value(fact.metric, float(row["value"])),
            "other": voice.value(fact.metric, float(row["comparator_value"])),
            "told": voice.result_clause(fact.metric, float(row["value"])),
        }

    def _gap_again(self, fact: Fact) -> str:
        sides = self._sides(fact)
        return sentence_start(self.voice.words("first.gap_again", **sides)) + self._doubt(fact) if sides else ""

    def _gap(self, fact: Fact) -> str:
        sides = self._sides(fact)
        if not sides:
            return ""
        return self._words(fact.kind, metric=self.voice.short(fact.metric), **sides) + (self._doubt(fact) if fact.kind == "gap" else "")

    def _doubt(self, fact: Fact) -> str:
        row = fact.comparison.worst if fact.comparison else None
        depends = row is not None and (fact.metric, str(row["dimension"]), str(row["group"])) in self.depends
        return " " + self.voice.words("first.depends") if depends else ""

    def _served(self, fact: Fact) -> str:
        row, voice = fact.rows[0], self.voice
        dimension = str(row["dimension"])
        base = self.bases.get((str(row["base"]), dimension), str(row["base"]))
        people = voice.people(dimension, str(row["group"]))
        return sentence_start(self._words("served", people=people, share=row["share"], base_share=row["base_share"], base=base))

    def change(self, fact: Fact) -> str:
        """Return a change with both numbers and both times."""
        known = fact.verdict
        if known is None:
            return ""
        change, voice = known.change, self.voice
        numbers = {"metric": voice.short(fact.metric), **change_numbers(known, voice)}
        key = change.state
        if change.before != change.before:
            since = f"{key}_unnumbered_since" if change.since else f"{key}_unnumbered"
            return voice.words(f"change.{since}", metric=voice.short(fact.metric), month=change.since)
        if change.since:
            return self._words(f"{key}_since", month=change.since, **numbers)
        periods = {"before_period": change.before_period, "after_period": change.after_period}
        return self._words(f"{key}_periods", **numbers, **periods)

    def quiet_gaps(self) -> str:
        """Return what is said where no gap was found: never more than was compared and may be shown."""
        outcomes = {one.outcome for one in comparisons(self.gaps, self.voice.contract) if one.metric in set(self.gaps["metric"])}
        if "possible" in outcomes:
            return self.voice.words("first.no_gap_possible")
        if outcomes == {"not seen"}:
            return self.voice.words("first.no_gap", claim=Claim("gaps", verdict="none"))
        hidden = any(row.get("verdict") == "hidden" or row.get("status") == "hidden" for row in self.gaps.to_dict("records"))
        if outcomes & {"not seen", "partly"}:
            return self.voice.words("first.no_gap_hidden" if hidden else "first.no_gap_partly")
        why = next(iter(outcomes)) if outcomes in ({"hidden"}, {"immature"}) else "unjudged"
        return self.voice.words(f"first.gaps_{why}")

    def opens(self, fact: Fact, stage_gaps: pd.DataFrame) -> str:
        """Return at which step the gap of a group opens; nothing where that is not known."""
        row = opening(fact, stage_gaps, self.voice.contract)
        if row is None:
            return ""
        voice, dimension = self.voice, str(row["dimension"])
        return voice.words(
            "first.opens",
            stage=voice.words.list([voice.stage(name) for name in stages_of(row)]),
            people=voice.people(dimension, str(row["group"])),
            others=voice.people(dimension, str(row["comparator"])),
            conversion=row["conversion"],
            other=row["comparator_conversion"],
        )

    def more(self, bad: Sequence[Fact], rest: Sequence[Fact], *, told_bad: bool) -> list[str]:
        """Return the sentences after the first: what else is clear, what is near, what is well, what cannot be judged."""
        of = {kind: [one for one in rest if one.kind == kind] for kind in ORDER}
        said = [self.one(one) for one in bad[:MOST_TOLD]]
        if len(bad) > MOST_TOLD:
            said.append(self.voice.words("first.further", n=len(bad) - MOST_TOLD))
        recovered = [*of["recovered"], *of["recovered other"]]
        said += [*map(self.one, recovered), *self._listed("short", of["short"]), *self._listed("met", of["met"])]
        # What is near a target, one way or the other, stands on its tile; of what improved the next sentences tell.
        improved, back = ({one.metric for one in facts} for facts in (of["better"], recovered))
        met = [one for one in of["met other"] if one.metric not in improved]
        said += self._listed("met other", [one for one in met if one.verdict and one.verdict.target.certain])
        changed = [one for one in (*of["better"], *of["changed"]) if one.metric not in back]
        said += [*map(self.change, changed[:MOST_TOLD]), *map(self.one, (*of["gap closed"][:1], *of["possible"][:1]))]
        said += [self.quiet_gaps()] if told_bad and of["no gap"] else []
        return [*filter(None, said), *self._silent([*of["not judged"], *of["nobody"]])]

    def _silent(self, facts: Sequence[Fact]) -> list[str]:
        """Return the metrics that cannot be judged, those with one reason in one sentence."""
        found = []
        for reason in dict.fromkeys(one.reason for one in facts):
            names = [self.voice.short(one.metric) for one in facts if one.reason == reason]
            found.append(self._words(f"silent_{reason.replace(' ', '_')}", metric=self.voice.words.list(names)))
        return found

    def _listed(self, kind: str, facts: Sequence[Fact]) -> list[str]:
        """Return several facts about targets in one sentence: the sure ones, then those too close to be sure."""
        found = []
        for sure in (True, False):
            some = [one for one in facts if one.verdict is not None and one.verdict.target.certain == sure]
            if not some:
                continue
            if len(some) == 1 and not kind.endswith("other"):
                found.append(self.one(some[0]))
                continue
            items = [
                self.voice.words(
                    "first.item",
                    metric=self.voice.short(one.metric),
                    value=self.voice.value(one.metric, one.verdict.value),
                    target=self.voice.value(one.metric, one.verdict.target.value),
                )
                for one in some
                if one.verdict is not None
            ]
            key = "list_met" if kind.startswith("met") else "list_short"
            names = self.voice.words.list([self.voice.short(one.metric) for one in some])
            found.append(self._words(key if sure else f"{key}_unsure", list="; ".join(items), names=names))
        return found


def stages_of(row: Row) -> tuple[str, ...]:
    """Return the steps that a row of where a gap opens takes together."""
    names = row.get("stages")
    return tuple(names) if isinstance(names, (list, tuple)) else (str(row["stage"]),)


def opening(fact: Fact, stage_gaps: pd.DataFrame, contract: Contract) -> Row | None:
    """Return the row of the step at which the gap of a fact opens; None where that is not known, or where chance could explain it."""
    worst = fact.comparison.worst if fact.comparison else None
    if worst is None or stage_gaps.empty or not is_on_pathway(fact.metric, contract):
        return None
    same = stage_gaps["dimension"].eq(worst["dimension"]) & stage_gaps["group"].eq(worst["group"]) & stage_gaps["opens"].eq(True)
    rows = stage_gaps[same & stage_gaps["final_gap"].le(-contract.statistics.materiality) & stage_gaps["difference_high"].lt(0)]
    rows = rows[rows["conversion"].notna() & rows["comparator_conversion"].notna()] if "comparator_conversion" in rows else rows.iloc[:0]
    return rows.iloc[0].to_dict() if len(rows) else None
