"""One shift gives one opinion: twelve monthly editions in a row, after the change at Northern in July 2025."""

from pathlib import Path

import pytest

from acmlib.analysis.actions import rebases
from acmlib.analysis.judging import metric_verdicts
from acmlib.analysis.views import view_of
from acmlib.contract.load import load_contract
from acmlib.contract.periods import add_months, parse_period, report_period
from acmlib.contract.record_files import load_records
from acmlib.intake import open_tables
from acmlib.measures.compute import metric_table

REPOSITORY = Path(__file__).resolve().parents[2]
MONTHS = [add_months("2025-07", number) for number in range(12)]
CHANGED = "2025-07"


@pytest.fixture(scope="module")
def verdicts():
    contract = load_contract("northern-youth-jobs", root=REPOSITORY)
    records = load_records(contract.id, REPOSITORY, contract=contract)
    agreed = {name: rebases(records.actions, name) for name in contract.metrics}
    small = contract.model_copy(update={"dimensions": {}, "pairs": (), "representation": ()})
    found = {}
    with open_tables(contract, root=REPOSITORY, period=report_period(contract, MONTHS[-1])) as tables:
        for month in MONTHS:
            period = report_period(contract, month)
            table = metric_table(small, tables, period)
            found[month] = {
                view: metric_verdicts(
                    table, view_of(table, small, period, view), small, date=parse_period(month).end, rebases=agreed, view=view
                )
                for view in ("rolling", "years")
            }
    return found


@pytest.mark.parametrize("metric", ["days_to_enrol", "enrolled_30d"])
def test_one_shift_gives_one_opinion_and_keeps_it(verdicts, metric):
    said = [verdicts[month]["rolling"][metric].change for month in MONTHS]
    states = [one.state for one in said]
    first = states.index("better")
    assert set(states[:first]) <= {"not judged", "no clear change"}
    assert states[first:] == ["better"] * (len(MONTHS) - first)
    assert {one.since for one in said[first:]} == {CHANGED}


def test_an_agreed_change_is_said_with_its_action_three_months_after_it(verdicts):
    said = [verdicts[month]["rolling"]["days_to_enrol"].change for month in MONTHS]
    assert [one.reason for one in said[:2]] == ["too few months since"] * 2
    assert all((one.basis, one.actions) == ("phases", ("N1",)) for one in said[2:])
    assert all(one.before > 20 > 12 > one.after for one in said[2:])


def test_verdicts_on_change_do_not_depend_on_the_view(verdicts):
    shared = 0
    for month in MONTHS:
        rolling, years = (verdicts[month][view] for view in ("rolling", "years"))
        for metric in set(rolling) & set(years):
            shared += 1
            assert repr(years[metric].change) == repr(rolling[metric].change)  # NaN is NaN in words
    assert shared > 50
