"""What the analyst sees of a metric's first rows, and what `acm new` never makes a dimension of."""

from __future__ import annotations

import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.load import parse_contract
from acmlib.intake.check.explained import explained_rows
from acmlib.intake.scaffold.draft import DraftAnswers, contract_text, draft

PEOPLE = "id,name,entered,placed\n" + "".join(f"p{i},Ana {i},{'2025-01-05' if i % 2 else ''},2025-02-0{i}\n" for i in range(1, 9))
METRICS = """\
metrics:
  placed: {title: Placed, kind: proportion, from: people, of: entered is not null, that: placed <= date '2025-02-04', date: entered}
"""


def test_the_first_five_rows_of_a_cohort_as_counted(bench):
    tables = bench.people(PEOPLE, "id: id\nprivate: [name]\n", top=METRICS)
    found = explained_rows(tables, tables.contract, "placed")
    assert list(found) == ["row", "entered", "placed", "= of", "= that"]
    assert found["row"].tolist() == ["people.csv 2", "people.csv 4", "people.csv 6", "people.csv 8"]
    assert found["= that"].tolist() == ["true", "true", "false", "false"]
    with pytest.raises(ContractError, match="--explain 'placd': there is no such metric in test; did you mean 'placed'"):
        explained_rows(tables, tables.contract, "placd")


def test_columns_that_a_database_notes_are_no_dimension_and_no_outcome(bench):
    rows = "".join(f"{i},{'NS'[i % 2]},2025-01-{1 + i % 28:02d},u{i % 3},2025-03-{1 + i % 28:02d}\n" for i in range(60))
    path = bench.write("data/a/export.csv", "PersonalID,Site,EntryDate,UserID,DateUpdated\n" + rows)
    contract = parse_contract("a", contract_text("a", draft("a", path, root=bench.root), DraftAnswers()))
    assert set(contract.dimensions) == {"site"} and set(contract.metrics) == {"participants"}
