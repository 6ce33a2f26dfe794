"""Times of day: durations between columns that carry them are fractions of days, whole days are said to be so."""

import numpy as np
import pandas as pd
import pytest

from acmlib.contract.periods import report_period
from acmlib.intake.build.assembly import is_view
from acmlib.intake.check.checks import check_tables
from acmlib.measures.compute import metric_table

WAIT = "metrics: {wait: {title: Wait, kind: duration, from: people, start: opened, end: closed, date: opened, better: lower}}\n"


def _requests(form: str, *, end: str | None = None, rows: int = 301) -> tuple[str, float]:
    """Return a file of requests and their median wait in days, by pandas."""
    opened = pd.Timestamp("2025-03-01 16:40") + pd.to_timedelta(np.arange(rows) * 13.7, "h")
    waited = pd.to_timedelta(np.round(np.linspace(0.3, 5.0, rows) ** 1.2 * 24 * 60), "min")
    frame = pd.DataFrame({"id": range(rows), "opened": opened.strftime(form), "closed": (opened + waited).strftime(end or form)})
    return frame.to_csv(index=False), float(np.median(waited / pd.Timedelta(days=1)))


def _median(tables) -> float:
    cells = metric_table(tables.contract, tables, report_period(tables.contract, "term"))
    return float(cells.query("metric == 'wait' and period == 'term' and dimension == 'all'")["value"].iloc[0])


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%m/%d/%Y %I:%M:%S %p"])
def test_durations_between_times_of_day_are_counted_to_the_minute(bench, form):
    csv, median = _requests(form)
    tables = bench.people(csv, top=WAIT)
    assert tables.columns("people")["opened"] == "DATE"  # its days are what they were: a due date is a whole day
    assert _median(tables) == pytest.approx(median, abs=1 / 1440)
    assert any(one.what.key == "moments" for one in check_tables(tables, tables.contract))


def test_whole_days_are_said_where_one_column_has_no_times_and_not_where_they_were_asked_for(bench):
    csv, _ = _requests("%Y-%m-%d %H:%M", end="%Y-%m-%d")
    tables = bench.people(csv, top=WAIT)
    assert _median(tables) == round(_median(tables))
    assert [one.column for one in check_tables(tables, tables.contract) if one.what.key == "times_cut"] == ["opened"]
    csv, _ = _requests("%Y-%m-%d %H:%M")
    tables = bench.people(csv, more="types: {opened: date, closed: date}", top=WAIT)
    assert not {"times_cut", "moments"} & {getattr(one.what, "key", "") for one in check_tables(tables, tables.contract)}


def test_a_mean_of_days_between_moments_is_a_finding_that_gives_the_expression_for_minutes(bench):
    csv, _ = _requests("%Y-%m-%d %H:%M")
    mean = "metrics: {wait: {title: Wait, kind: mean, from: people, value: VALUE, date: opened, better: lower}}\n"
    tables = bench.people(csv, top=mean.replace("VALUE", "closed - opened"))
    found = [one for one in check_tables(tables, tables.contract) if one.what.key == "times_cut"]
    assert "date_diff('minute', opened, closed)" in found[0].fix
    exact = bench.people(csv, top=mean.replace("VALUE", "\"date_diff('minute', opened, closed) / 1440.0\""))
    frame = pd.read_csv(bench.root / "data/people.csv", parse_dates=["opened", "closed"])
    assert _median(exact) == pytest.approx(((frame["closed"] - frame["opened"]) / pd.Timedelta(days=1)).mean())
    assert not [one for one in check_tables(exact, exact.contract) if one.what.key == "times_cut"]


def test_a_large_file_with_times_is_read_in_one_pass_and_means_the_same(bench):
    csv, median = _requests("%Y-%m-%d %H:%M:%S", rows=301)
    lines = csv.splitlines()
    large = "\n".join([lines[0] + ",note", *(f"{line},{'x' * 60}" for line in lines[1:] * 600)])
    tables = bench.people(large, top=WAIT)
    assert tables.inputs[0].rows == 301 * 600
    assert is_view(tables.connection, "typed", "people")  # the careful way makes a table
    assert _median(tables) == pytest.approx(median, abs=1 / 1440)
