"""The picture of results by group that fits a dimension: a map where its boundaries stand beside the contract, else dots with intervals."""

from __future__ import annotations

import pandas as pd

from acmlib.contract.workspace import find_root
from acmlib.display.boundaries import boundaries
from acmlib.display.charts.frames import one_of
from acmlib.display.charts.outcomes import outcomes_by_group
from acmlib.display.charts.place_map import place_map
from acmlib.display.objects import Chart
from acmlib.display.report import Report


def results_picture(report: Report, gaps: pd.DataFrame) -> Chart:
    """Return the results of one metric by the groups of one dimension as a map or as dots with intervals.

    Parameters
    ----------
    report : Report
    gaps : DataFrame
        Rows of `report.gaps` of one metric and dimension.
    """
    dimension = one_of(gaps, "dimension")
    given = boundaries(report.contract, dimension, find_root())
    if given is None:
        return outcomes_by_group(gaps, voice=report.voice)
    settings = report.contract.dimensions[dimension].geometry
    return place_map(gaps, given, voice=report.voice, name=settings.name if settings else "name")
