"""A figure whose records failed their last spot check says so wherever it stands: on its tile, under its charts."""

from __future__ import annotations

from acmlib.analysis.spot_checks import last_failed
from acmlib.contract.ids import MetricId
from acmlib.display.objects import Prose
from acmlib.display.report import Report


def doubt(report: Report, metric: str, *, short: bool = False) -> str:
    """Return the warning that belongs beside a metric; empty where its last spot check was passed, or none was made.

    Parameters
    ----------
    metric : str
        Metric id; of ``in_programme@180d`` the check of ``in_programme`` counts.
    short : bool
        For a tile.
    """
    check = last_failed(report.records.checks).get(MetricId.parse(metric).key)
    if check is None:
        return ""
    if report.release.decided_by == "public":  # the files of a few people were wrong: how few is not for everybody
        return report.words("checked.beside_short_public") if short else report.words("checked.beside_public", date=check.date)
    return report.words(
        "checked.beside_short" if short else "checked.beside", right=check.records - check.errors, n=check.records, date=check.date
    )


def doubts(report: Report, metric: str) -> list[Prose]:
    """Return the warning as a paragraph under a chart; nothing where there is none."""
    told = doubt(report, metric)
    return [Prose((told,))] if told else []
