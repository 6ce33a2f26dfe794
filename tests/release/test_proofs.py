"""Releases of many months, three editions, attacked together: no small count that was ever hidden can be worked out.

In `make test` two months of one contract (25 s on a busy machine). `make proofs` attacks a year of every contract, also with a
corrected month and a threshold that was changed on the way.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pandas as pd
import pytest
from attacker import Attacker

from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.model import EDITIONS, Contract
from acmlib.contract.periods import report_period
from acmlib.intake.build.sources import open_tables
from acmlib.measures.table import ALL
from acmlib.release import make_release
from acmlib.release.counts import counted as cohorts
from acmlib.release.editions import Counted, count
from acmlib.release.ledger import Entry

ROOT = Path(__file__).resolve().parents[2]
MONTHS = int(os.environ.get("PROOF_MONTHS", "2"))
#: What is planted: a month corrected, a threshold raised, in the middle of the year.
STORIES = ("nothing happens", "a month is corrected", "the threshold is raised")
CONTRACTS = contract_ids(ROOT) if "PROOF_MONTHS" in os.environ else ("harbor-youth-jobs",)
#: Here nearly everything is hidden, and codes would let what is left be worked out: none are given.
WITHOUT_CODES = {"prairie-youth-jobs"}
STORIES_HERE = STORIES if "PROOF_MONTHS" in os.environ else STORIES[:1]


def counts(contract: Contract, period: str) -> Counted:
    with open_tables(contract, root=ROOT, period=report_period(contract, period)) as tables:
        return count(contract, tables)


def before_correction(contract: Contract, month: str) -> Contract:
    """Return the contract as it was while every seventh person of a month had not been reported yet."""
    table, date = next((m.from_, m.date) for m in contract.metrics.values() if m.date and contract.tables[m.from_].kind == "rows")
    missing = f"coalesce(strftime({date}, '%Y-%m') <> '{month}' or _row % 7 <> 2, true)"
    where = contract.tables[table].where
    then = contract.tables[table].model_copy(update={"where": f"({where}) and {missing}" if where else missing})
    return contract.model_copy(update={"tables": {**contract.tables, table: then}})


def released(contract: Contract, periods: list[str], earlier: list[Entry]) -> list[Entry]:
    """Return what readers have after these months too, in all editions."""
    entries = list(earlier)
    for period in periods:
        data = counts(contract, period)
        for edition in EDITIONS:
            entries.append(make_release(contract, root=ROOT, period=period, edition=edition, earlier=entries, counted=data).entry)
    return entries


@pytest.mark.parametrize("name", CONTRACTS)
def test_no_small_count_of_any_release_can_be_worked_out(name: str) -> None:
    contract = load_contract(name, root=ROOT)
    if contract.period == "term":
        pytest.skip("has no months")
    last = pd.Period(contract.period, "M")
    periods = [str(last - (MONTHS - 1 - number)) for number in range(MONTHS)]
    before, after = periods[: MONTHS // 2], periods[MONTHS // 2 :]
    raised = contract.model_copy(update={"privacy": contract.privacy.model_copy(update={"minimum_count": 16})})
    half = released(contract, before, [])
    for story in STORIES_HERE:
        first = half
        if story == STORIES[1]:
            uncorrected = before_correction(contract, str(last - MONTHS // 2 - 2))
            assert not counts(uncorrected, before[-1]).table.equals(counts(contract, before[-1]).table)
            first = released(uncorrected, before, [])
        entries = released(raised if story == STORIES[2] else contract, after, first)
        attack(contract, story, entries, counts(contract, periods[-1]))


@pytest.mark.parametrize("name", CONTRACTS)
def test_nor_if_it_is_said_on_which_side_hidden_shares_lie(name: str) -> None:
    contract = load_contract(name, root=ROOT)
    if contract.period == "term":
        pytest.skip("has no months")
    coded = contract.model_copy(update={"privacy": contract.privacy.model_copy(update={"code_shares": True})})
    periods = [str(pd.Period(contract.period, "M") - number) for number in reversed(range(min(MONTHS, 4)))]
    # The last release gives no codes any more: readers still know those before it.
    entries = released(contract, periods[-1:], released(coded, periods[:-1], []))
    assert name in WITHOUT_CODES or entries[0].cells["share_code"].ne("").any()
    attack(coded, "shares are coded", entries, counts(coded, periods[-1]))


def attack(contract: Contract, story: str, entries: list[Entry], data: Counted) -> None:
    parted = {metric for metric, meaning in cohorts(contract).items() if meaning.parts}
    share = f"{entries[-1].cells['status'].eq('hidden').sum()} of {len(entries[-1].cells)} cells hidden at the end"
    dimensions = [name for name in data.table["dimension"].unique() if name != ALL]
    attacker = Attacker(data.table, parted, dimensions)
    for entry in entries:
        attacker.read(entry.cells, entry.rule["minimum_count"])
    hidden, found = attacker.recovered()
    sys.stdout.write(f"{contract.id}, {story}: {hidden} small counts hidden, {len(found)} found; {share}\n")
    sys.stdout.flush()
    assert hidden > 0, story
    assert found == [], story


def test_the_attacker_finds_what_hiding_small_counts_alone_gives_away() -> None:
    contract = load_contract("harbor-youth-jobs", root=ROOT)
    table = counts(contract, "2026-06").table
    release = make_release(contract, root=ROOT, period="2026-06", earlier=())
    cells = release.entry.cells.drop(columns=["numerator", "denominator", "status"]).merge(
        table, on=["metric", "period", "dimension", "group"]
    )
    small = cells["numerator"].between(1, 10) | (cells["denominator"] - cells["numerator"]).between(1, 10)
    naive = cells.assign(status=cells["status"].mask(small, "hidden"))
    naive.loc[small, ["numerator", "denominator"]] = float("nan")
    attacker = Attacker(table, {metric for metric, meaning in cohorts(contract).items() if meaning.parts}, ["gender"])
    attacker.read(naive)
    assert attacker.recovered()[1]
