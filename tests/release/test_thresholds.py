"""A higher `minimum_count` never shows what a lower one hides: in whole releases, after others, where months give way to quarters."""

import itertools
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.model import Contract
from acmlib.measures.table import HIDDEN, KEY_COLUMNS
from acmlib.release import make_release
from acmlib.release.decision import HIGHER, Between, Decision
from acmlib.release.thresholds import way_to

ROOT = Path(__file__).resolve().parents[2]
#: With thresholds of 5, 11 and 16 this one is charted by month, by quarter, and not at all (placed_6m).
CONTRACTS = contract_ids(ROOT) if "PROOF_MONTHS" in os.environ else ("riverside-youth-jobs",)


def with_threshold(contract: Contract, minimum: int) -> Contract:
    return contract.model_copy(update={"privacy": contract.privacy.model_copy(update={"minimum_count": minimum})})


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_release_with_a_higher_threshold_hides_whatever_one_with_a_lower_does(name: str) -> None:
    contract = load_contract(name, root=ROOT)
    before = contract.period if contract.period == "term" else str(pd.Period(contract.period, "M") - 1)
    earlier = make_release(contract, root=ROOT, period=before, earlier=()).entry
    for known in ((), (earlier,)):
        status = {}
        for minimum in (5, 11, 16):
            released = make_release(with_threshold(contract, minimum), root=ROOT, earlier=known).handed_out
            status[minimum] = released.set_index(list(KEY_COLUMNS))["status"]
        assert status[5].eq(HIDDEN).sum() < status[16].eq(HIDDEN).sum()
        for lower, higher in itertools.combinations(status.values(), 2):
            both = lower.index.intersection(higher.index)
            shown = both[lower[both].eq(HIDDEN) & higher[both].ne(HIDDEN)]
            assert shown.tolist() == []


@given(st.integers(1, 1000))
def test_of_two_thresholds_one_is_decided_before_the_other_or_one_between_them_is(minimum: int) -> None:
    way = way_to(minimum)
    assert way[-1] == minimum and len(set(way)) == len(way)
    other = way_to(minimum + 1)
    assert minimum in other or minimum + 1 in way


def test_what_cannot_be_protected_with_less_is_hidden_as_a_higher_threshold_does() -> None:
    cells = pd.DataFrame({"metric": "placed", "period": "term", "dimension": "site", "group": ["north", "south", "east"]})
    higher = Decision(pd.Series([True, True, False]), pd.Series(["small numerator", "protects", ""]), "without large dimensions")
    own = Decision(pd.Series([True, False, False]), pd.Series(["small numerator", "", ""]), lost=("north",))
    between = Between().narrowed(cells, higher, below=False)
    found = between.within(cells, own, own.hidden.to_numpy())
    assert found.hidden.tolist() == [True, True, False]
    assert found.reason.tolist() == ["small numerator", HIGHER, ""]
    assert (found.method, found.lost) == ("without large dimensions", ())
