"""What is said first: the facts of a report, the sentences they make, and which pictures carry them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from acmlib.analysis.equity.gaps import NOT_JUDGED
from acmlib.display.claims import Claim
from acmlib.display.facts import Fact, facts
from acmlib.display.report import Report
from acmlib.display.verdict import Verdict, one_sentence, opening, verdict

#: The pictures that carry the first sentences.
PICTURES = 2

#: Facts that have a picture of their own on the first screen: of groups, and, one of them, over time.
SHOWN = ("gap", "possible", "served")
MOVED = ("worse", "better", "changed")

#: Comparators whose choice must not decide what a page says first.
CHOICES = ("best", "overall", "rest")

#: How many reports keep their first sentences: the title, questions, pictures and record of a page all ask for them.
REPORTS = 4

#: A line over time needs this many points.
FEWEST_POINTS = 4


@lru_cache(maxsize=REPORTS)
def report_facts(report: Report) -> tuple[Fact, ...]:
    """Return what the numbers of a report say, worst clear thing first."""
    known = report.assessment.metrics
    return facts(
        known,
        report.gaps,
        report.served,
        report.contract,
        main=report.main,
        headline=report.headline,
        cohorts=report.assessment.cohorts,
        compared=report.comparisons,
    )


@lru_cache(maxsize=REPORTS)
def first_words(report: Report) -> Verdict:
    """Return the first sentences of a report; where it shows contract years, that these are not the last 12 months of other editions."""
    found = verdict(
        report_facts(report),
        report.voice,
        gaps=report.gaps,
        stage_gaps=report.assessment.stage_gaps,
        ended=report.ended,
        depends=comparator_dependent(report),
        bases=base_names(report),
    )
    years = [report.words("first.years", n=report.contract.statistics.rolling_months)] if report.assessment.view == "years" else []
    dated = any(one.period.startswith("P") for one in report.assessment.metrics.values())
    return replace(found, more=(*_whole_term(report), *found.more, *(years if dated else [])))


def _whole_term(report: Report) -> list[str]:
    """Return the main result over the whole term of a contract that is over, where the first sentence tells another window."""
    results, words = report.assessment.term_results, report.words
    if not report.ended or results.empty or report.verdict(report.main).period in ("", "term"):
        return []
    rows = results[results["metric"].eq(report.main) & results["value"].notna()].to_dict("records")
    if not rows:
        return []
    value, target, state, certain = (rows[0][name] for name in ("value", "target", "state", "certain"))
    if state not in ("met", "missed"):
        return []
    verdict_ = words(f"tile.{state}" if certain else f"tile.{state}_unsure", target=report.voice.value(report.main, target))
    claim = Claim("target", report.main, "term", "all", verdict=str(state), certain=bool(certain), numbers=(("value", float(value)),))
    return [words("first.term", claim=claim, value=report.voice.value(report.main, value), verdict=verdict_)]


def fact_sentence(report: Report, fact: Fact) -> str:
    """Return one fact as a sentence, the same on every page of a report."""
    return one_sentence(
        fact, report.voice, ended=report.ended, gaps=report.gaps, depends=comparator_dependent(report), bases=base_names(report)
    )  # fmt: skip


@lru_cache(maxsize=REPORTS)
def comparator_dependent(report: Report) -> frozenset[tuple[str, str, str]]:
    """Return the gaps (metric, dimension, group) that are clear, and are not against another choice of comparator that can be judged."""
    every = report.assessment.by_comparator
    rows = every[every["basis"].isin(CHOICES) & every["verdict"].ne(NOT_JUDGED)]
    sure = rows["verdict"].eq("clear") & rows["worse"].eq(True)
    held = sure.groupby([rows["metric"], rows["dimension"], rows["group"]]).all()
    return frozenset((str(metric), str(dimension), str(group)) for metric, dimension, group in held[~held].index)


def base_names(report: Report) -> dict[tuple[str, str], str]:
    """Return what the base of each representation is called, as it reads after *of*."""
    found = {}
    for one in report.contract.representation:
        for dimension in one.dimensions:
            population = report.contract.dimensions[dimension].population
            name = report.voice.metric(one.base) if one.base != "population" else one.base
            if one.base == "population" and population is not None:
                name = population.of.in_language(report.voice.language)
            found[one.base, dimension] = name
    return found


def drawn_over_time(report: Report) -> str:
    """Return the metric that is drawn over time on the first screen: one that changed, else the main one; empty where none is."""
    changed = [one.metric for one, _ in pictured(report) if one.kind in MOVED]
    if changed or sum(room for _, room in pictured(report)) >= PICTURES:
        return changed[0] if changed else ""
    return report.main if _can_be_drawn(report, report.main) else ""


def _can_be_drawn(report: Report, metric: str) -> bool:
    points = report.trend(metric)
    return bool(len(points)) and bool(points["value"].notna().sum() >= FEWEST_POINTS)


def served_first(report: Report) -> frozenset[tuple[str, str]]:
    """Return the bases and dimensions whose picture of who is served stands on the first screen."""
    found = [one.rows[0] for one, _ in pictured(report) if one.kind == "served"]
    return frozenset((str(row["base"]), str(row["dimension"])) for row in found)


def pictured(report: Report) -> list[tuple[Fact, int]]:
    """Return the facts that have a picture on the first screen, and how many pictures each takes."""
    found: list[tuple[Fact, int]] = []
    for one in first_words(report).facts:
        needed = sum(room for _, room in found)
        if needed >= PICTURES:
            break
        if one.kind in MOVED and not any(before.kind in MOVED for before, _ in found) and _can_be_drawn(report, one.metric):
            found.append((one, 1))
        elif one.kind in SHOWN and (one.comparison is not None or one.kind == "served"):
            with_steps = one.kind != "served" and not needed and opening(one, report.assessment.stage_gaps, report.contract) is not None
            found.append((one, 2 if with_steps else 1))
    return found
