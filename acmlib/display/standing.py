"""How a contract stands, in a few words and numbers: what the index says of it, and what the next edition is compared with.

Kept in the record of each dashboard (``run.json``), so that neither needs the data again. It holds no more than the page says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acmlib.analysis.verdicts import MetricVerdict
from acmlib.contract.calendar import entries, entries_for
from acmlib.contract.ids import MetricId
from acmlib.display.changes import change_numbers
from acmlib.display.comparisons import UNJUDGED, people_behind
from acmlib.display.facts import BAD, Fact
from acmlib.display.report import Report
from acmlib.display.rows import number
from acmlib.display.sections.opening_facts import first_words, report_facts
from acmlib.display.words import Words

#: Columns of `Report.gaps` that name a gap, for whoever asks which contracts share one.
GAP_KEYS = ("metric", "dimension", "group")

#: No index names more gaps of one contract than this; the rest are counted.
MOST_GAPS = 2


def standing(report: Report) -> dict[str, Any]:
    """Return how a contract stands by its report.

    Parameters
    ----------
    report : Report
        A dashboard's: every number in it may be shown to its readers.

    Returns
    -------
    dict
        ``lead`` (the first sentences), ``figures`` (one a headline metric, the main one first: ``metric``, ``short``, ``value``,
        ``target``, ``state``, ``certain``, ``changed``; as numbers ``kind``, ``better``, ``window``, ``numerator``, ``denominator``,
        ``number``, ``low``, ``high``, None where not shown), ``gaps`` (the clear ones, in words), ``gap_people`` (of each),
        ``more_gaps`` (how many more),
        ``gap_keys`` (of each clear gap metric, dimension and group, by their names), ``served`` (dimension, group, people),
        ``worked`` (actions after which the figures got better: ``metric``, ``group``, ``what``),
        ``decision`` (day on which the next award is decided, None if none is planned or it is not for these readers),
        ``rank`` (sorts contracts, worst first), ``program``, ``ended``; all plain JSON values.
    """
    facts = report_facts(report)
    told = [one for one in facts if one.kind in ("gap", "served")]
    gaps = [_gap(one, report) for one in told]
    metrics = [name for name in dict.fromkeys((report.main, *report.headline)) if name]
    bad = [BAD.index(one.kind) for one in facts if one.kind in BAD]
    known = {name: report.verdict(name) for name in metrics if name in report.assessment.metrics}
    return {
        "program": report.contract.contract.program,
        "ended": report.ended,
        "lead": list(first_words(report).lead),
        "figures": [_figure(one, report) for one in known.values()],
        "gaps": gaps[:MOST_GAPS],
        "gap_people": [round(people_behind(one.comparison)) if one.comparison else 0 for one in told[:MOST_GAPS]],
        "more_gaps": max(0, len(gaps) - MOST_GAPS),
        "gap_keys": [_gap_key(one, report) for one in facts if one.kind == "gap" and one.comparison and one.comparison.worst],
        "served": _served(report),
        "decision": _decision(report),
        "worked": _worked(report),
        "gaps_silence": _gaps_silence(report),
        "rank": [min(bad, default=len(BAD)), -len(bad)],
    }


def _gaps_silence(report: Report) -> str:
    """Return why no clear gap is told: none is seen among those judged, or, where nothing could be judged, what most often kept it."""
    outcomes = [one.outcome for one in report.comparisons]
    if any(one not in UNJUDGED for one in outcomes):
        return "none"
    return max(outcomes, key=outcomes.count).replace(" ", "_") if outcomes else "none_compared"


def no_gap_in_words(standing: Mapping[str, Any], words: Words) -> str:
    """Return what is said where a contract has no clear gap: that none is seen, or why none can be; a dash of pages of earlier versions."""
    why = standing.get("gaps_silence")
    return words(f"index.gaps_{why}") if why else words("table.unjudged")


def changes_in_words(standing: Mapping[str, Any], words: Words) -> tuple[str, bool]:
    """Return the headline figures that changed for sure, or that none did or none could be judged; and whether any did."""
    figures = standing.get("figures") or ()
    changed = [one for one in figures if one.get("changed")]
    if not changed:
        return words(
            "index.no_change" if any(one.get("change") == "no clear change" for one in figures) else "index.change_unjudged"
        ), False
    return "; ".join(words(f"index.change_{one['change']}", metric=one["short"], changed=one["changed"]) for one in changed), True


def _figure(known: MetricVerdict, report: Report) -> dict[str, Any]:
    """Return one headline figure in words."""
    voice, change = report.voice, known.change
    agreed = report.contract.metrics.get(MetricId.parse(known.metric).key)
    shown = known.value == known.value
    changed = ""
    if change.state in ("better", "worse", "higher", "lower") and change.before == change.before:
        changed = report.words("index.changed", **change_numbers(known, voice))
    return {
        "metric": known.metric,
        "short": voice.short(known.metric),
        "value": voice.value(known.metric, known.value) if shown else voice.status(known.status),
        "target": voice.value(known.metric, known.target.value) if known.target.value == known.target.value else "",
        "state": known.target.state if shown else "not judged",
        "certain": bool(known.target.certain),
        "change": change.state,
        "changed": changed,
        "kind": voice.kind(known.metric),
        "better": str(agreed.better) if agreed else "neither",
        "window": known.period,
        **{
            name: float(one) if one == one else None
            for name, one in (
                ("numerator", known.numerator),
                ("denominator", known.denominator),
                ("number", known.value),
                ("low", known.low),
                ("high", known.high),
            )
        },
    }


def _gap_key(fact: Fact, report: Report) -> list[str]:
    """Return the names of metric, dimension and group of a clear gap."""
    row = fact.comparison.worst if fact.comparison else None
    if row is None:
        return []
    metric, dimension, group = (str(row[name]) for name in GAP_KEYS)
    return [report.voice.short(metric), report.voice.dimension(dimension), report.voice.group(dimension, group)]


def _served(report: Report) -> list[list[Any]]:
    """Return how many people of each group are served, once for each dimension; groups that are not shown are left out."""
    found, metric_of = [], dict[str, tuple[str, str]]()
    for row in report.served.to_dict("records"):
        dimension = str(row["dimension"])
        if metric_of.setdefault(dimension, (str(row["metric"]), str(row["period"]))) != (str(row["metric"]), str(row["period"])):
            continue
        people = number(row, "numerator")
        if people is not None:
            found.append([report.voice.dimension(dimension), report.voice.group(dimension, str(row["group"])), people])
    return found


def _worked(report: Report) -> list[dict[str, str]]:
    """Return the actions that these readers know and after which the figures changed as expected."""
    voice, outcomes = report.voice, report.assessment.action_outcomes
    known = {action.id: action for action in report.records.actions}
    found = []
    for row in outcomes[outcomes["verdict"].eq("signal") & outcomes["id"].isin(list(known))].to_dict("records"):
        group = voice.group(str(row["dimension"]), str(row["group"])) if isinstance(row["group"], str) else ""
        found.append({"metric": str(row["metric"]), "group": group, "what": known[str(row["id"])].what.in_language(voice.language)})
    return found


def _decision(report: Report) -> str | None:
    """Return the day by which the next award is decided, where the plan names it and the readers may know."""
    calendar = report.records.calendar
    if calendar is None:
        return None
    days = entries_for(entries(calendar, report.contract), report.release.edition)
    return next((one.day.isoformat() for one in days if one.kind == "decision"), None)


def _gap(fact: Fact, report: Report) -> str:
    """Return a clear gap as an index names it: what of, and both groups with their numbers."""
    voice = report.voice
    row = fact.rows[0] if fact.rows else fact.comparison.worst if fact.comparison else None
    if row is None:
        return ""
    group = voice.group(str(row["dimension"]), str(row["group"]))
    if fact.kind == "served":
        return report.words("index.served", group=group, share=row["share"], base=row["base_share"])
    basis = str(row.get("basis", "group"))
    others = (
        report.words(f"comparator.{basis}")
        if basis in ("target", "overall", "rest")
        else voice.group(str(row["dimension"]), str(row["comparator"]))
    )
    value, other = number(row, "value"), number(row, "comparator_value")
    return report.words(
        "index.gap",
        metric=voice.short(fact.metric),
        group=group,
        value=voice.value(fact.metric, value if value is not None else float("nan")),
        others=others,
        other=voice.value(fact.metric, other if other is not None else float("nan")),
    )
