"""The picture of results by group that fits a dimension: a map where its boundaries stand beside the contract, else dots with intervals."""

from __future__ import annotations

import pandas as pd

from acmlib.contract.workspace import find_root
from acmlib.display.boundaries import boundaries
from acmlib.display.charts.frames import not_drawn, one_of, released
from acmlib.display.charts.outcomes import outcomes_by_group
from acmlib.display.charts.place_map import place_map
from acmlib.display.objects import Chart, Prose
from acmlib.display.report import Report
from acmlib.display.rows import records
from acmlib.display.voice import Voice


def groups_picture(gaps: pd.DataFrame, voice: Voice) -> Chart | Prose:
    """Return the results of one metric by the groups of one dimension as dots with intervals; why, where none is shown."""
    rows = records(gaps)
    if any(released(row) for row in rows):
        return outcomes_by_group(gaps, voice=voice)
    return Prose(not_drawn(rows, voice, one_of(gaps, "dimension")))


def results_picture(report: Report, gaps: pd.DataFrame) -> Chart | Prose:
    """Return the results of one metric by the groups of one dimension as a map or as dots with intervals."""
    dimension = one_of(gaps, "dimension")
    given = boundaries(report.contract, dimension, find_root())
    if given is None:
        return groups_picture(gaps, report.voice)
    settings = report.contract.dimensions[dimension].geometry
    return place_map(gaps, given, voice=report.voice, name=settings.name if settings else "name")
