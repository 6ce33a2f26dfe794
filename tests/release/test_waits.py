"""How long waits are leaves only where it tells of no small count, and in half-years that never overlap."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from acmlib.contract.load import parse_contract
from acmlib.contract.periods import report_period
from acmlib.intake import open_tables
from acmlib.release import make_release
from acmlib.release.editions import count
from acmlib.release.waits import released_waits
from acmlib.release.withheld import withheld

CONTRACT = """\
contract: {title: Waits, provider: A, agency: B, program: jobs, starts: 2025-01-01, ends: 2027-12-31}
tables: {participants: {source: data/waits/participants.csv, id: person}}
dimensions: {site: {column: site}}
metrics:
  days: {title: Days, kind: duration, start: came, end: seen, date: came, standard: 10, better: lower}
  seen_ever: {title: Seen, kind: proportion, that: seen is not null, date: came}
period: 2026-06
"""


@pytest.fixture
def workspace(tmp_path):
    """Write a contract with 40 people a month, of whom in the second half-year 30 are seen early, some late and the others never."""

    def write(late):
        folder = tmp_path / "params" / "waits"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "contract.yml").write_text(CONTRACT, encoding="utf-8")
        rows = []
        for month in range(18):
            day = dt.date(2025 + month // 12, month % 12 + 1, 3)
            for person in range(40):
                wait = 4 if person < 20 else 9 if person < 30 else 30 if person - 30 < (late if month == 11 else 0) else None
                rows.append((f"p{month}-{person}", "North", day, day + dt.timedelta(days=wait) if wait else None))
        (tmp_path / "data" / "waits").mkdir(parents=True, exist_ok=True)
        pd.DataFrame(rows, columns=["person", "site", "came", "seen"]).to_csv(tmp_path / "data/waits/participants.csv", index=False)
        return parse_contract("waits", CONTRACT)

    return write


def told(contract, root, **options):
    release = make_release(contract, root=root, edition="provider", earlier=[], **options)
    rows = release.waits.set_index(["period", "metric"])
    return {key: (row["numerator"], row["denominator"]) if row["status"] == "shown" else row["status"] for key, row in rows.iterrows()}


def test_waits_are_told_of_the_last_two_half_years_of_which_all_is_known(workspace, tmp_path):
    found = told(workspace(0), tmp_path)
    assert found == {
        (period, f"days@{day}d"): (count, 240.0)
        for period in ("P6M/2025-06", "P6M/2025-12")
        for day, count in ((5, 120.0), (10, 180.0), (20, 180.0), (40, 180.0))
    }


def test_a_half_year_that_is_not_over_or_not_known_to_its_longest_wait_is_not_told(workspace, tmp_path):
    contract = workspace(0)
    assert set(told(contract, tmp_path, period="2025-12")) == {("P6M/2025-06", f"days@{day}d") for day in (5, 10, 20, 40)}
    assert told(contract, tmp_path, period="2025-06") == {}


def test_a_time_that_would_tell_of_a_few_people_is_hidden(workspace, tmp_path):
    found = told(workspace(7), tmp_path)
    assert found["P6M/2025-12", "days@40d"] == (187.0, 240.0)
    assert found["P6M/2025-12", "days@10d"] == found["P6M/2025-12", "days@20d"] == "hidden", "seven were seen after that"
    assert found["P6M/2025-12", "days@5d"] == (120.0, 240.0)


def test_what_another_metric_shows_of_the_same_people_counts_too():
    months = [f"2025-{month:02d}" for month in range(1, 7)]
    contract = parse_contract("waits", CONTRACT)

    def rows(metric, number):
        return pd.DataFrame({"metric": metric, "period": months, "dimension": "all", "group": "All participants",
                             "numerator": float(number), "denominator": 40.0, "value": number / 40, "low": np.nan, "high": np.nan,
                             "status": "shown"})  # fmt: skip

    waits = [rows(f"days@{day}d", 20) for day in (5, 10, 20, 40)]
    apart = released_waits(pd.concat([*waits, rows("days", 30)]), contract, suppressed=True)
    near = released_waits(pd.concat([*waits, rows("days", 30), rows("seen_ever", 21)]), contract, suppressed=True)
    assert set(apart["status"]) == {"shown"} and set(near["status"]) == {"hidden"}
    assert near[["numerator", "denominator", "value", "low", "high"]].isna().all(axis=None)


def test_no_cell_of_the_release_says_how_long_waits_are(workspace, tmp_path):
    """They are decided apart; what is decided together must not hold them too."""
    release = make_release(workspace(0), root=tmp_path, edition="provider", earlier=[])
    assert not release.cells["metric"].str.contains("@").any()
    assert release.handed_out["metric"].str.contains("@").sum() == len(release.waits) == 8


def test_the_door_knows_the_true_numbers_of_hidden_waits(workspace, tmp_path):
    contract = workspace(3)
    with open_tables(contract, root=tmp_path, period=report_period(contract, None)) as tables:
        counted = count(contract, tables)
    release = make_release(contract, root=tmp_path, edition="provider", earlier=[], counted=counted)
    hidden = withheld(release, counted.table)
    waits = hidden[hidden["period"].str.startswith("P6M/")]
    assert len(waits) == release.waits["status"].eq("hidden").sum() > 0
    assert set(waits["numerator"]) == {180.0} and set(waits["denominator"]) == {240.0}
