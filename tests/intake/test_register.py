"""Registers of contracts, as cities publish them and as the Open Contracting Data Standard has them."""

import json

import pandas as pd
import pytest

from acmlib.contract.errors import ContractError
from acmlib.intake.read.register import read_register


def test_a_citys_table(tmp_path):
    path = tmp_path / "register.csv"
    path.write_text(
        "Purchase Order Contract Number;Purchase Order Description;Vendor Name;Start Date;End Date;Award Amount;Equity\n"
        '007;Tutoring;A;07/01/2025;06/30/2027;"$1,200,000.00";high\n12;Home visits;B;01/01/2026;12/31/2026;300;\n'
    )
    found = read_register(path)
    assert found["id"].tolist() == ["007", "12"]
    assert found["value"].tolist() == [1_200_000, 300]
    assert found["ends"].dt.strftime("%Y-%m-%d").tolist() == ["2027-06-30", "2026-12-31"]
    assert found["equity"].tolist()[0] == "high"


def test_releases_are_ordered_by_time_and_not_by_text(tmp_path):
    term = {"startDate": "2026-01-01T00:00:00Z", "endDate": "2027-12-31T00:00:00Z"}

    def release(date, title, contract):
        return {"ocid": "x-1", "date": date, "contracts": [{"id": contract, "title": title, "period": term}]}

    path = tmp_path / "releases.json"
    # 23:00 at -05:00 is four o'clock of the next day, after one o'clock: as text it comes before.
    releases = [release("2026-01-02T01:00:00Z", "first", 1), release("2026-01-01T23:00:00-05:00", "corrected", "1")]
    path.write_text(json.dumps({"releases": releases}))
    found = read_register(path)
    assert found["title"].tolist() == ["corrected"]


def test_a_workbook_may_begin_with_a_cover_and_a_flattened_one_is_named(tmp_path):
    path = tmp_path / "register.xlsx"
    contracts = pd.DataFrame({"Contract Number": ["1"], "Title": ["Tutoring"], "Start Date": ["2026-01-01"], "End Date": ["2026-12-31"]})
    with pd.ExcelWriter(path) as book:
        pd.DataFrame().to_excel(book, sheet_name="Cover", index=False)
        pd.DataFrame({"Notes": ["as of July", "all departments"]}).to_excel(book, sheet_name="Notes", index=False)
        contracts.to_excel(book, sheet_name="Contracts", index=False)
    assert read_register(path)[["id", "title"]].to_numpy().tolist() == [["1", "Tutoring"]]
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"ocid": ["x-1"], "id": ["1"]}).to_excel(book, sheet_name="0. Releases", index=False)
        pd.DataFrame({"ocid": ["x-1"], "contracts/0/id": ["1"]}).to_excel(book, sheet_name="5. Contract", index=False)
    with pytest.raises(ContractError, match=r"flattened from OCDS; give the \.json file"):
        read_register(path)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("r.csv", "Contract Number,Title,Start Date\n1,a,2026-01-01\n", "ends"),
        ("r.csv", "id,title,starts,ends\n1,a,2026-01-01,2026-31-12\n", "row 2: ends is '2026-31-12'"),
        ("r.csv", "id,title,starts,ends\n", "at least one contract"),
        ("r.json", '{"x": 1}', "cannot be read"),
        ("r.json", "{", "cannot be read"),
        ("r.xlsx", "no workbook, or one with a password", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(ContractError, match=r"r\.(csv|json|xlsx)") as raised:
        read_register(tmp_path / name)
    assert said in str(raised.value)
    with pytest.raises(ContractError, match="no such file"):
        read_register(tmp_path / "none.csv")
