"""Results over the term, each half-year against its own targets: of a report at the end of a contract, and half-way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from acmlib.contract.ids import MetricId
from acmlib.contract.kinds import main_id
from acmlib.contract.periods import add_months, month_text
from acmlib.contract.survey_metrics import survey_metrics
from acmlib.display.claims import Claim
from acmlib.display.judgements import key_of
from acmlib.display.objects import Cell, Column, DataTable, Section
from acmlib.display.report import Report
from acmlib.display.rows import records
from acmlib.display.words import sentence_start


def results(report: Report) -> Section:
    """Return every result over the whole term and in each half-year, against the targets of that time."""
    words, voice = report.words, report.voice
    term = overall(report)
    periods = report.assessment.periodic_results
    spans = list(dict.fromkeys(periods["period"]))
    metrics = [own for name in _resulting(report) if (own := main_id(report.contract, name)) in {*term, *periods["metric"]}]
    columns = (
        Column(words("results.column_metric")),
        *(Column(sentence_start(words.period(span)), "number") for span in spans),
        Column(words("results.column_term" if report.ended else "results.column_latest"), "number"),
        Column(words("results.column_state")),
    )
    by_span = {(str(row["metric"]), str(row["period"])): row for row in records(periods)}
    rows = tuple(
        (
            voice.metric(metric),
            *(_in_span(report, by_span.get((metric, span))) for span in spans),
            *_over_term(report, metric, term.get(metric)),
        )
        for metric in metrics
    )
    caption = words("results.caption", start=report.contract.contract.starts, end=report.date)
    months = any(row["months_judged"] and row["value"] == row["value"] and row["target"] == row["target"] for row in by_span.values())
    judged = any(row["state"] in ("met", "missed") for row in (*term.values(), *by_span.values()))
    notes = (*([words("results.note")] if judged else []), *([words("results.note_months")] if months else []))
    return Section(results_heading(report, term), (DataTable(caption, columns, rows, notes=notes),), contents=words("results.short"))


def _resulting(report: Report) -> list[str]:
    """Return the metrics that are results: not the answers to a survey, unless something was promised of them."""
    answers = survey_metrics(report.contract.surveys)
    return [name for name, one in report.contract.metrics.items() if name not in answers or one.target or one.headline]


def overall(report: Report) -> dict[str, Mapping[Any, Any]]:
    """Return, for each metric, the result of the whole term once it is over, of its last window before."""
    wanted = [main_id(report.contract, name) for name in report.contract.metrics]
    if report.ended:
        rows = report.assessment.term_results
        return {str(row["metric"]): row for row in records(rows[rows["metric"].isin(wanted)])}
    found: dict[str, Mapping[Any, Any]] = {}
    for metric in wanted:
        known = report.assessment.metrics.get(metric)
        if known is not None and known.period:
            shared = {name: getattr(known, name) for name in ("metric", "period", "denominator", "value", "status")}
            found[metric] = {**shared, "target": known.target.value, "state": known.target.state, "certain": known.target.certain}
    return found


def results_heading(report: Report, term: Mapping[str, Mapping[Any, Any]]) -> str:
    """Say the main figure with its target first, then how many targets were met: of all that were agreed, or of those shown here."""
    words, voice = report.words, report.voice
    judged = [row for row in term.values() if row["state"] in ("met", "missed") and row["value"] == row["value"]]
    # Whatever was agreed at any time counts: a target that had ended by the last day was one of the term.
    agreed = {name for name, row in term.items() if report.contract.metrics[MetricId.parse(name).key].target}
    hidden = any(term[name]["value"] != term[name]["value"] for name in agreed)
    if not judged:
        return words("results.heading_none_ended" if report.ended else "results.heading_none")
    met = sum(row["state"] == "met" for row in judged)
    claim = Claim(
        "count", period="term" if report.ended else "", about="targets met", numbers=(("n", met), ("of", len(judged))), shown_only=hidden
    )
    key = f"results.counted{'_shown' if hidden else ''}{'' if report.ended else '_so_far'}"
    counted = words(key, claim=claim, n=met, of=len(judged))
    main = term.get(report.main)
    if main is None or main not in judged:
        return sentence_start(counted)
    state = _claim(main)
    values = {name: voice.value(report.main, float(main[name])) for name in ("value", "target")}
    sure = "" if main["certain"] else "_unsure"
    return words(f"results.heading_{main['state']}{sure}", claim=state, metric=voice.short(report.main), counted=counted, **values)


def _in_span(report: Report, row: Mapping[str, Any] | None) -> str | Cell:
    """Return a result of one half-year, in public editions of one contract year, with its target and how many months met theirs."""
    words = report.words
    if row is None:
        return Cell(words("results.not_yet"), muted=True)
    metric = str(row["metric"])
    if row["value"] != row["value"]:
        return Cell(report.voice.status(str(row["status"])), muted=True)
    shown = report.voice.value(metric, float(row["value"]))
    if row["target"] != row["target"]:
        return shown
    target = report.voice.value(metric, float(row["target"]))
    detail = words(f"results.span_{key_of(row['state'])}", target=target)
    months = words("results.span_months", met=row["months_met"], n=row["months_judged"]) if row["months_judged"] else ""
    return Cell(shown, detail="; ".join(part for part in (detail, months) if part))


def _over_term(report: Report, metric: str, row: Mapping[Any, Any] | None) -> tuple[str | Cell, str | Cell]:
    """Return the result of the whole term and whether it met the target of the whole term."""
    voice = report.voice.about(metric)
    words = voice.words
    if row is None:
        return Cell(words("results.not_yet"), muted=True), Cell(words("table.no_value"), muted=True)
    if row["value"] != row["value"]:
        return Cell(voice.status(str(row["status"])), muted=True), Cell(words("results.not_judged"), muted=True)
    value, people = float(row["value"]), row["denominator"]
    counted = words("chart.n", n=people) if people == people else ""
    if counted and (last := known_until(report, metric)):
        counted = words("results.term_until", people=counted, month=last)
    shown = Cell(voice.value(metric, value), detail=counted)
    told = state_words(report, row)
    return shown, told if str(row["state"]) in ("met", "missed") else Cell(told, muted=True)


def known_until(report: Report, metric: str) -> str:
    """Return the last month whose results are known, of a contract that is over; empty where that is its last.

    It is empty too where everybody counts for as long as they are known: of a metric of retention.
    """
    definition = report.contract.metrics[MetricId.parse(metric).key]
    if definition.kind == "retention":
        return ""
    last = report.verdict(metric).period.rpartition("/")[2]
    if definition.window:  # the term has more months than the window of a verdict, which need not end with the last one known
        still_open = report.release.period.end - dt.timedelta(days=definition.window - 1)
        last = add_months(month_text(still_open), -1)
    return last if report.ended and last and last < month_text(report.contract.contract.ends) else ""


def state_words(report: Report, row: Mapping[Any, Any]) -> str:
    """Return whether a result of the term met its target, and whether that is certain."""
    words, metric, state = report.words, str(row["metric"]), str(row["state"])
    if state not in ("met", "missed"):
        return words(f"results.{key_of(state)}")
    certain = words("results.certain" if row["certain"] else "results.uncertain")
    target = report.voice.value(metric, float(row["target"]))
    return words("results.state", claim=_claim(row), state=words(f"results.{state}"), certain=certain, target=target)


def _claim(row: Mapping[str, Any]) -> Claim:
    """Return what is claimed of a result that is met or missed."""
    numbers = (("value", float(row["value"])),)
    return Claim(
        "target", str(row["metric"]), str(row["period"]), "all", verdict=str(row["state"]), certain=bool(row["certain"]), numbers=numbers
    )
