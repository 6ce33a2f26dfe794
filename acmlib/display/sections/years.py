"""Year by year: each figure in every contract year that is over, with the target of that year."""

from __future__ import annotations

from collections.abc import Sequence

from acmlib.analysis.verdicts import MetricVerdict
from acmlib.analysis.views import contract_years
from acmlib.contract.ids import ALL, ALL_PARTICIPANTS
from acmlib.contract.periods import parse_period
from acmlib.contract.targets import window_target
from acmlib.display.charts.group_over_time import group_over_time
from acmlib.display.objects import Cell, Chart, Column, DataTable
from acmlib.display.report import Report
from acmlib.display.rows import number


def by_year(report: Report, metrics: Sequence[str]) -> DataTable | None:
    """Return figures by contract year, with their targets; a year of which not everything is known yet has none.

    None where no contract year of these figures is known.
    """
    words, voice, cells = report.words, report.voice, report.cells
    every = contract_years(report.contract)
    totals = cells[cells["dimension"].eq(ALL) & cells["period"].isin(every)]
    own = {(str(row["metric"]), str(row["period"])): row for row in totals.to_dict("records")}
    wanted = [metric for metric in metrics if any((metric, year) in own for year in every)]
    years = [year for year in every if any((metric, year) in own for metric in wanted)]
    if not wanted:
        return None
    rows = []
    for metric in wanted:
        known = report.verdict(metric)
        found: list[Cell | str] = []
        for year in years:
            if (metric, year) not in own:
                found.append(Cell(voice.status("immature"), muted=True))
                continue
            row = own[metric, year]
            value, above, below = (number(row, name) for name in ("value", "numerator", "denominator"))
            if value is None and year == known.period and known.value == known.value:
                value = known.value  # of few people: as the page says it elsewhere, with its interval
            if value is None:
                found.append(Cell(voice.status(str(row["status"])), muted=True))
                continue
            target = _target(report, known, year)
            detail = words("time.year_target", target=voice.value(metric, target)) if target == target else ""
            found.append(Cell(voice.result(metric, value, above, below), detail=detail))
        rows.append((voice.short(metric), *found))
    numbered = [(place, year) for place, year in enumerate(every, start=1) if year in years]
    columns = [Column(words("time.year", n=place, month=parse_period(year).months[-1])) for place, year in numbered]
    return DataTable(words("time.years"), (Column(words("time.column_figure")), *columns), tuple(rows))


def chart_by_year(report: Report, known: MetricVerdict) -> Chart | None:
    """Return the contract years of a figure of which this edition shows nothing shorter; None where fewer than two are shown."""
    cells, years = report.cells, contract_years(report.contract)
    own = cells[cells["metric"].eq(known.metric) & cells["dimension"].eq(ALL) & cells["period"].isin(years)]
    if report.assessment.view != "years" or own["value"].notna().sum() < 2:
        return None
    caption = report.words("caption.by_year", metric=report.voice.metric(known.metric))
    return group_over_time(own.reset_index(drop=True), voice=report.voice, groups=[ALL_PARTICIPANTS], caption=caption)


def _target(report: Report, known: MetricVerdict, year: str) -> float:
    """Return the target of a year, weighted by the people of its months as far as these are shown; NaN if none was agreed."""
    definition = report.voice.definition(known.metric)
    if definition is None or known.metric not in report.assessment.metrics:
        return float("nan")
    months, points = set(parse_period(year).months), known.points
    people = points["denominator"].dropna().items() if "denominator" in points else ()
    inside = {str(one): float(n) for one, n in people if set(parse_period(str(one)).months) <= months}
    return window_target(definition, inside or dict.fromkeys(sorted(months), 1.0), as_of=report.date)
