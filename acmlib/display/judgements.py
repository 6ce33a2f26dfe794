"""Every judgement as plain sentences, from the numbers it rests on. No sentence is stronger than its verdict."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from acmlib.analysis.equity.gaps import OF_COMPARATOR
from acmlib.contract.periods import contract_period
from acmlib.display.changes import between
from acmlib.display.claims import Claim, with_claims
from acmlib.display.comparisons import is_open, worst_first
from acmlib.display.rounding import difference, places_of
from acmlib.display.rows import Row, is_comparator, number
from acmlib.display.voice import FRACTIONS, Voice
from acmlib.measures.table import HIDDEN

#: Years of this contract's people: a gap that needs more to be settled cannot be settled in this contract.
WITHIN_REACH, DAYS_IN_YEAR = 2, 365.25

#: From the surest to the least sure; the verdict of several gaps is the first of these that one of them has.
VERDICTS = ("clear", "possible", "not seen", "not judged")


def key_of(value: object) -> str:
    """Return a word of the analysis as a key of the catalogues: ``common cause`` gives ``common_cause``; nothing gives ``missing``."""
    return "missing" if value is None or value != value else str(value).replace(" ", "_")


def comparator_name(row: Row, voice: Voice) -> str:
    """Return the comparator of a row as it reads in a sentence: a group, the target, everyone together."""
    basis = str(row.get("basis", "group"))
    if basis in ("target", "overall", "rest"):
        return voice.words(f"comparator.{basis}")
    return voice.people(str(row["dimension"]), str(row["comparator"]))


def comparator_statement(rows: Iterable[Row], voice: Voice) -> str | None:
    """Return what the groups of a family are compared with and how it was chosen, for the line under a figure; None if with nothing.

    Which of several groups is the best may be chance, and another one next month: that is said unless all others are clearly behind.
    """
    compared = [row for row in rows if number(row, "comparator_value") is not None]
    if not compared:
        return None
    voice = voice.about(str(compared[0]["metric"]))
    name = comparator_name(compared[0], voice)
    if str(compared[0].get("basis")) != "best":
        return name
    close = any(row.get("verdict") != "clear" for row in compared if not is_comparator(row))
    told = voice.words("comparator.best", group=name, minimum=voice.contract.statistics.minimum_n)
    return voice.words("comparator.close", best=told) if close else told


def is_better_off(row: Row, voice: Voice) -> bool:
    """Return whether a gap is in the group's favour, by the metric's direction of improvement."""
    gap = number(row, "outcome_gap") or 0.0
    definition = voice.definition(str(row["metric"]))
    return gap < 0 if definition is not None and definition.better == "lower" else gap > 0


def verdict_words(row: Row, voice: Voice) -> str:
    """Return the verdict on a gap in two or three words, as it stands beside a mark."""
    if is_comparator(row):
        return voice.words("verdict.comparator")
    verdict = str(row.get("verdict", "not judged"))
    if verdict in ("clear", "possible") and is_better_off(row, voice):
        return voice.words(f"verdict.{verdict}_better")
    return voice.words(f"verdict.{key_of(verdict)}")


def gap_sentence(row: Row, voice: Voice) -> str:
    """Return what is known about one gap: both results with their counts, how sure it is, and what would settle it.

    Parameters
    ----------
    row : mapping or Series
        One row of `acmlib.analysis.equity.disparities`.
    """
    metric, verdict = str(row["metric"]), str(row.get("verdict", "not judged"))
    voice = voice.about(metric)
    value, gap, base = (number(row, name) for name in ("value", "outcome_gap", "comparator_value"))
    group = voice.people(str(row["dimension"]), str(row["group"]))
    if is_comparator(row) and value is not None:
        return voice.words("gap.is_comparator", group=group, result=_result(row, voice))
    if verdict == "not judged" or value is None or gap is None or base is None:
        return _not_judged(row, group, voice)
    places = voice.places(metric, [(value, base)])
    apart, none = (voice.apart(metric, one, base, places) for one in (value, base))
    side = "same" if apart == none else "lower" if gap < 0 else "higher"
    sentences = [voice.words(f"gap.finding_{side}", group=group, result=_result(row, voice, places),
                             gap=voice.apart(metric, value, base, places, signed=False),
                             comparator_value=voice.value(metric, base, places), comparator=comparator_name(row, voice))]  # fmt: skip
    ratio = number(row, "outcome_ratio")
    if ratio is not None and side != "same":
        sentences.append(voice.words("gap.ratio", ratio=ratio))
    return with_claims(" ".join([*sentences, *_certainty(row, verdict, voice)]), gap_claim(row))


def gap_claim(row: Row) -> Claim:
    """Return what a sentence with both numbers of a gap claims."""
    gap = number(row, "outcome_gap")
    found = {name: number(row, name) for name in ("value", "comparator_value")}
    return Claim(
        "gap",
        str(row["metric"]),
        str(row["period"]),
        str(row["dimension"]),
        (str(row["group"]),),
        comparator=str(row["comparator"]) if str(row.get("basis", "group")) in ("best", "group") else str(row.get("basis")),
        verdict=str(row.get("verdict", "")),
        direction="" if gap is None else "lower" if gap < 0 else "higher" if gap > 0 else "same",
        numbers=tuple((name, value) for name, value in found.items() if value is not None),
    )


def served_claim(row: Row) -> Claim:
    """Return what a sentence about a group's share of those served claims."""
    found = {name: number(row, name) for name in ("share", "base_share")}
    return Claim(
        "served",
        str(row["metric"]),
        str(row["period"]),
        str(row["dimension"]),
        (str(row["group"]),),
        verdict=str(row.get("verdict", "")),
        about=str(row.get("base", "")),
        numbers=tuple((name, value) for name, value in found.items() if value is not None),
    )


def _result(row: Row, voice: Voice, places: int = 0) -> str:
    return voice.result(str(row["metric"]), float(row["value"]), number(row, "numerator"), number(row, "denominator"), places)


def worth_speaking_of(metric: str, voice: Voice) -> str:
    """Return the smallest gap worth speaking of in words: *5 points* of shares, *10%* (of the comparator) of all other kinds."""
    if voice.kind(metric) in FRACTIONS:
        return voice.words.size(voice.contract.statistics.materiality)
    return voice.words.percent(OF_COMPARATOR)


def _certainty(row: Row, verdict: str, voice: Voice) -> list[str]:
    metric = str(row["metric"])
    low, high = number(row, "gap_low"), number(row, "gap_high")
    interval = None
    if low is not None and high is not None:
        ends = between(metric, low, high, voice)
        interval = voice.words("long.interval_range", low=ends[0], high=ends[1])
    material = worth_speaking_of(metric, voice)
    sentences = [voice.words(f"gap.{key_of(verdict)}", interval=interval, material=material)]
    needed, hidden, people = (number(row, name) for name in ("needed", "could_hide", "to_parity_fixed"))
    if verdict in ("clear", "possible") and is_better_off(row, voice):
        sentences.append(voice.words(f"gap.better_{verdict}"))
    elif verdict == "clear" and people is not None and people > 0 and voice.kind(metric) == "proportion":
        sentences.append(voice.words("gap.to_parity_fixed", n=people))
    if verdict == "possible" and needed is not None and needed > 0:
        sentences.append(_to_settle(row, needed, voice))
    if verdict == "not seen" and hidden is not None:
        sentences.append(voice.words("gap.could_hide", gap=voice.gap(metric, hidden, signed=False)))
    return sentences


def _to_settle(row: Row, needed: float, voice: Voice) -> str:
    """Say how many more people would settle a possible gap, or that more would be needed than come in `WITHIN_REACH` years.

    For a contract that is over: how many it would have taken.
    """
    contract = voice.contract.contract
    if voice.as_of is not None and voice.as_of >= contract.ends:
        return voice.words("gap.not_settled", n=about(needed))
    basis, own, others = str(row.get("basis", "group")), number(row, "denominator"), number(row, "comparator_denominator")
    together = {"target": own, "overall": others}.get(basis, (own or 0.0) + (others or 0.0)) or 0.0
    years = contract_period(voice.contract, str(row["period"])).days / DAYS_IN_YEAR
    if needed > WITHIN_REACH * together / years:
        return voice.words("gap.out_of_reach", n=about(needed), years=WITHIN_REACH)
    return voice.words("gap.needed_alone" if basis == "target" else "gap.needed", n=about(needed))


def about(people: float) -> float:
    """Return a number of people that rests on an estimate to two digits: no more are known.

    Examples
    --------
    >>> about(1952), about(228), about(97)
    (2000, 230, 97)
    """
    return round(people, 2 - len(str(int(people)))) if people >= 100 else people


def _not_judged(row: Row, group: str, voice: Voice) -> str:
    status = key_of(row.get("status", "no data"))
    people = number(row, "denominator")
    if status == "unreliable" and people is not None:
        return voice.words("gap.not_judged_unreliable", group=group, n=people)
    unbounded = "open" if is_open(row, voice.contract.statistics.minimum_n) else "other"
    known = status if status in ("hidden", "immature", "no_data", "in_error") else unbounded
    return voice.words(f"gap.not_judged_{'together' if known == 'hidden' and voice.decided_by == 'groups' else known}", group=group)


def worst_off(rows: Iterable[Row], voice: Voice) -> tuple[str, list[Row]]:
    """Return (verdict, rows) of the surest kind of gap to a group's disadvantage, that of most people first.

    Gaps in a group's favour are not counted: they are told, but they are not what a meeting has to act on.
    """
    judged = [row for row in rows if not is_comparator(row) and number(row, "outcome_gap") is not None]
    for verdict in ("clear", "possible"):
        found = [row for row in judged if row.get("verdict") == verdict and not is_better_off(row, voice)]
        if found:
            return verdict, sorted(found, key=worst_first)
    seen = any(row.get("verdict") in VERDICTS[:3] for row in judged)
    return ("not seen" if seen else "not judged"), []


def flip_sentence(*, comparator: str, verdict: str, voice: Voice) -> str:
    """Return that the verdict would be another one against another comparator (its name in words); see `equity.comparators`."""
    return voice.words("gap.flips", comparator=comparator, verdict=voice.words(f"verdict.{key_of(verdict)}"))


def variation_clause(point: Row, voice: Voice) -> str:
    """Return what a control chart says of change over time, without a full stop; `point` has the ``variation`` of a row of `xmr`."""
    return voice.words(f"variation.{key_of(point.get('variation'))}")


def representation_sentence(row: Row, voice: Voice, *, base: str, places: int | None = None) -> str:
    """Return what is known about one group's share of those served; `row` is one of `disproportionality`.

    The verdict is on how often people of the group take part, not on the ratio of shares, whose ceiling differs from group to group.
    Percents have so many `places` as those of the figure that it describes; as few as add up, if it stands alone.
    """
    dimension, voice = str(row["dimension"]), voice.about(str(row["metric"]))
    group = voice.people(dimension, str(row["group"]))
    share, own, gap = (number(row, name) for name in ("share", "base_share", "representation_gap"))
    if share is None or own is None or gap is None:
        return voice.words("representation.not_judged", group=group)
    shares = shares_in_words(row, voice, places_of([(share, own)]) if places is None else places)
    sentences = [voice.words("representation.finding", group=group, base=base, **shares)]
    ratio, times, needed, fixed = (
        number(row, name) for name in ("representation_ratio", "participation_ratio", "to_parity_growing", "to_parity_fixed")
    )
    if ratio is not None:
        sentences.append(voice.words("representation.ratio", ratio=ratio))
    verdict = key_of(row.get("verdict", "not judged"))
    if verdict in ("clear", "possible", "not_seen") and times is not None and not is_comparator(row):
        sentences.append(voice.words(f"representation.{verdict}", ratio=times, comparator=comparator_name(row, voice)))
    if gap < 0 and verdict in ("clear", "possible"):
        sentences += [voice.words("parity.growing", n=needed)] if needed is not None and needed > 0 else []
        sentences += [voice.words("parity.fixed", n=fixed)] if fixed is not None and fixed > 0 else []
    return with_claims(" ".join(sentences), served_claim(row))


def share_places(rows: Iterable[Row]) -> int:
    """Return to how many places the shares of the groups of a figure are printed; those that are not shown do not count."""
    return places_of((number(row, "share"), number(row, "base_share")) for row in rows)


def shares_in_words(row: Row, voice: Voice, places: int) -> dict[str, str]:
    """Return a group's share of those served, its share of the base, and the gap between them, as they are read together."""
    share, own = (number(row, name) or 0.0 for name in ("share", "base_share"))
    words = voice.words
    gap = words.points_of(difference(share, own, places))
    return {"share": words.percent(share, places), "base_share": words.percent(own, places), "gap": gap}


def representation_heading(shares: pd.DataFrame, voice: Voice, base: str) -> str:
    """Return the finding of `disproportionality` for one dimension as a heading."""
    rows, voice = shares.to_dict("records"), voice.about(str(shares["metric"].iloc[0]))
    for verdict in ("clear", "possible"):
        found = [row for row in rows if row.get("verdict") == verdict and (number(row, "representation_gap") or 0.0) < 0]
        if found:
            groups = [voice.people(str(row["dimension"]), str(row["group"])) for row in found]
            return voice.words(f"representation.heading_{verdict}", claim=[served_claim(row) for row in found], list=groups, base=base)
    if not any(row.get("verdict") in VERDICTS[:3] for row in rows):
        hidden = any(row.get("status") == HIDDEN for row in rows)
        return voice.words("representation.heading_hidden" if hidden else "representation.heading_not_judged", base=base)
    # That no group is under-served is said of all only if all are shown.
    some = any(number(row, "share") is None for row in rows)
    metric, period, dimension = (str(rows[0][name]) for name in ("metric", "period", "dimension"))
    claim = Claim("served", metric, period, dimension, verdict="none", about=str(rows[0].get("base", "")), shown_only=some)
    return voice.words("representation.heading_not_seen_shown" if some else "representation.heading_not_seen", claim=claim, base=base)


def unknown_bounds_sentence(row: Row, voice: Voice) -> str:
    """Return what the people without a recorded group could do to a gap; `row` is one of `unknown_bounds`. Empty where there are none."""
    people, low, high = (number(row, name) for name in ("unknown", "gap_lowest", "gap_highest"))
    if not people or low is None or high is None:
        return ""
    metric = str(row["metric"])
    voice = voice.about(metric)
    group = voice.people(str(row["dimension"]), str(row["group"]))
    sign = "sign_holds" if bool(row.get("sign_holds")) else "sign_open"
    sentence = voice.words("bounds.sentence", n=people, group=group, low=voice.gap(metric, low), high=voice.gap(metric, high))
    return f"{sentence} {voice.words(f'bounds.{sign}')}"


def not_legal(voice: Voice) -> str:
    """Return the statement that stands on every page with gaps."""
    return voice.words("gaps.not_legal")
