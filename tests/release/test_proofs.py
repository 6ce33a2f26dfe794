"""Public releases of many months, attacked together: no small count that was ever hidden can be worked out.

In `make test` four months of one contract. `make proofs` attacks a year of every contract, also with a corrected month and a threshold that
was changed on the way, and 340 invented contracts.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from attacker import Attacker, brought_back

from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.model import Contract
from acmlib.contract.periods import report_period
from acmlib.intake.build.sources import open_tables
from acmlib.measures.counting import Counted, count
from acmlib.measures.table import OTHER_GROUPS
from acmlib.release import rule
from acmlib.release.editions import make_release
from acmlib.release.ledger import Entry
from acmlib.release.past import ReleaseError

ROOT = Path(__file__).resolve().parents[2]
MANY = "PROOF_MONTHS" in os.environ
MONTHS = int(os.environ.get("PROOF_MONTHS", "4"))
#: What is planted in the middle of the year.
STORIES = ("nothing happens", "a month is corrected", "the threshold is changed") if MANY else ("a month is corrected",)
ALL_CONTRACTS = contract_ids(ROOT)
CONTRACTS = [name for name in ALL_CONTRACTS if load_contract(name, root=ROOT).period != "term"] if MANY else ["harbor-youth-jobs"]
#: Kinds whose numerator is a part of their denominator.
PARTED = ("proportion", "duration", "retention")


def counts(contract: Contract, period: str) -> Counted:
    with open_tables(contract, root=ROOT, period=report_period(contract, period)) as tables:
        return count(contract, tables)


@cache
def sample_counts(name: str, period: str) -> Counted:
    return counts(load_contract(name, root=ROOT), period)


def before_correction(contract: Contract, month: str) -> Contract:
    """Return the contract as it was while every seventh person of a month had not been reported yet."""
    table, date = next((m.from_, m.date) for m in contract.metrics.values() if m.date and contract.tables[m.from_].kind == "rows")
    missing = f"coalesce(strftime({date}, '%Y-%m') <> '{month}' or _row % 7 <> 2, true)"
    where = contract.tables[table].where
    then = contract.tables[table].model_copy(update={"where": f"({where}) and {missing}" if where else missing})
    return contract.model_copy(update={"tables": {**contract.tables, table: then}})


def released(contract: Contract, periods: list[str], earlier: list[Entry], *, corrected: bool = True) -> list[Entry]:
    entries = list(earlier)
    for period in periods:
        data = sample_counts(contract.id, period) if corrected else counts(contract, period)
        try:
            made = make_release(contract, root=ROOT, period=period, edition="public", earlier=entries, counted=data, draft=False)
        except ReleaseError:  # a release that cannot pass is not made: readers get nothing of it
            continue
        assert made.entry is not None
        entries.append(made.entry)
    assert entries or "public" not in contract.editions, "a contract with a public edition has one"
    return entries


def reader(contract: Contract, table: pd.DataFrame, minimum: int = 11) -> Attacker:
    kinds = {name: metric.kind for name, metric in contract.metrics.items()}
    plain = table[~table["dimension"].str.contains(r" x | \(alone", regex=True)]
    of = {one: kinds.get(one.partition("@")[0], "proportion") for one in plain["metric"].unique()}
    parted = {one for one, kind in of.items() if kind in PARTED and one != first_stage(contract)}
    merged = [(one, two) for two, made in contract.dimensions.items() if made.merge
              for one, other in contract.dimensions.items() if one != two and (other.column or one) == (made.column or two)]  # fmt: skip
    people = plain[~plain["metric"].map(of).isin(["mean", "sum", "median", "rate"])]
    starts, ends = contract.contract.starts, contract.contract.ends
    return Attacker(people, parted, f"{starts:%Y-%m}", f"{ends:%Y-%m}", minimum, merged)


def first_stage(contract: Contract) -> str:
    return f"stage:{contract.pathway.stages[0].stage}" if contract.pathway else ""


def attack(contract: Contract, story: str, entries: list[Entry], table: pd.DataFrame) -> None:
    attacker = reader(contract, table)
    for entry in entries:
        attacker.read(entry.cells)
    for whole in (False, True):
        hidden, found = attacker.recovered(whole=whole)
        sys.stdout.write(f"{contract.id}, {story}{', whole people' if whole else ''}: {hidden} small counts hidden, {len(found)} found\n")
        assert found == [], story


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("name", CONTRACTS)
def test_no_small_count_of_any_release_can_be_worked_out(name: str, story: str) -> None:
    contract = load_contract(name, root=ROOT)
    last = pd.Period(contract.period, "M")
    periods = [str(last - (MONTHS - 1 - number)) for number in range(MONTHS)]
    before, after = periods[: MONTHS // 2], periods[MONTHS // 2 :]
    changed = contract.model_copy(update={"privacy": contract.privacy.model_copy(update={"minimum_count": 16})})
    if story == "a month is corrected":
        entries = released(before_correction(contract, str(last - MONTHS // 2 - 2)), before, [], corrected=False)
    else:
        entries = released(contract, before, [])
    entries = released(changed if story == "the threshold is changed" else contract, after, entries)
    attack(contract, story, entries, sample_counts(name, periods[-1]).table)


def test_the_attacker_finds_what_hiding_small_counts_alone_gives_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof that can fail: without secondary suppression and without the audit there is much to find."""
    contract = load_contract("harbor-youth-jobs", root=ROOT)
    data = sample_counts(contract.id, "2026-06")
    monkeypatch.setattr(rule, "attack", lambda *_: ([], set()))
    monkeypatch.setattr(rule, "fine_enough", lambda cells, *_: pd.Series(True, index=cells.index))
    entry = make_release(contract, root=ROOT, edition="public", earlier=(), counted=data).entry
    assert entry is not None
    attacker = reader(contract, data.table)
    attacker.read(entry.cells)
    assert attacker.recovered()[1] and attacker.recovered(whole=True)[1]


@pytest.mark.parametrize("name", ALL_CONTRACTS)
def test_no_provider_page_brings_a_small_group_back(name: str) -> None:
    contract = load_contract(name, root=ROOT)
    data = sample_counts(name, report_period(contract).text)
    made = make_release(contract, root=ROOT, edition="provider", counted=data)
    whole = make_release(contract, root=ROOT, edition="internal", counted=data)
    true = whole.handed_out[whole.handed_out["status"].isin(["shown", "unreliable", "no data"])]
    assert brought_back(made.handed_out, true, contract.privacy.minimum_group, OTHER_GROUPS) == []
    naive = whole.handed_out[~whole.handed_out["denominator"].between(1, 9)]
    if name == "prairie-youth-jobs":
        assert brought_back(naive, true, contract.privacy.minimum_group, OTHER_GROUPS), "a proof that can fail"


@pytest.mark.parametrize("name", ["northern-youth-jobs", "harbor-youth-jobs"])
def test_readers_are_taken_to_know_only_what_is_true_of_the_counts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, attack = [], rule.attack
    monkeypatch.setattr(rule, "attack", lambda knowledge, *others: seen.append(knowledge) or attack(knowledge, *others))
    make_release(load_contract(name, root=ROOT), root=ROOT, edition="public")
    assert seen
    for knowledge in seen:
        assert (knowledge.parts @ knowledge.truth >= -1e-6).all()
        assert abs(knowledge.equations @ knowledge.truth).max() < 1e-6
