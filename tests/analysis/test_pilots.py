"""The pilot screen: what the register does not say is a question, never a zero; what is no service for people is not on the list."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from acmlib.analysis.pilots import ENDED, NO_SERVICE, ONE_OFF, screen
from acmlib.contract.errors import ContractError
from acmlib.contract.pilots import CRITERIA, load_pilot_screen

SETTINGS = load_pilot_screen(Path(__file__).parents[2] / "templates" / "pilots.yml")
DAY = dt.date(2026, 7, 1)


def register(**columns):
    base = {"id": ["1"], "title": ["Job placement for young people"], "starts": ["2025-07-01"], "ends": ["2028-06-30"]}
    return pd.DataFrame(base | columns)


def test_what_is_not_known_is_no_zero():
    unknown = screen(register(), SETTINGS, date=DAY).iloc[0]
    bad = screen(register(harm=["low"], data=["no"], room=["0"], equity=["low"]), SETTINGS, date=DAY).iloc[0]
    assert unknown["score"] == 100
    assert unknown["known"] == 3  # serves people, months left, length
    assert unknown["tier"] == "C"  # too little is known for more
    assert bad["known"] == 7
    assert bad["score"] == pytest.approx(100 * (3 * 3 + 2 * 3 + 1 * 3) / (3 * (3 + 2 + 1 + 2 + 2 + 1 + 3)))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": ["Purchase of office furniture"]}, NO_SERVICE),
        ({"title": ["Contract 77"], "category": ["works"]}, NO_SERVICE),
        ({"ends": ["2025-08-15"]}, ENDED),
        ({"starts": ["2026-06-15"], "ends": ["2026-08-15"]}, ONE_OFF),
        ({}, ""),
    ],
)
def test_left_out_with_the_reason(change, why):
    assert screen(register(**change), SETTINGS, date=DAY)["left_out"].tolist() == [why]


def test_order_is_by_tier_then_score_and_left_out_last():
    rows = pd.DataFrame({
        "id": ["a", "b", "c", "d"], "title": ["Tutoring", "Tutoring", "Street paving", "Home visiting"], "starts": "2025-07-01",
        "ends": ["2028-06-30", "2026-12-31", "2028-06-30", "2028-06-30"], "clients": [400, 400, None, 20],
        "equity": ["high", "high", None, "low"], "data": "yes", "value": [100, 200, 300, 400],
    })  # fmt: skip
    found = screen(rows, SETTINGS, date=DAY)
    assert found["id"].tolist() == ["a", "b", "d", "c"]
    assert found["points_value"].tolist() == [0, 1, 3, 2]
    assert found.columns[:3].tolist() == ["id", "title", "starts"]


def test_settings_that_make_no_sense_are_refused_with_the_line(tmp_path):
    text = (Path(__file__).parents[2] / "templates" / "pilots.yml").read_text().replace("[6, 12, 18]", "[18, 12, 6]")
    (tmp_path / "pilots.yml").write_text(text.replace("people: 3 ", "peple: 3 "))
    with pytest.raises(ContractError) as raised:
        load_pilot_screen(tmp_path / "pilots.yml")
    assert "peple" in str(raised.value)
    assert "line" in str(raised.value)
    assert set(SETTINGS.weights) == set(CRITERIA)
