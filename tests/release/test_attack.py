"""Invented contracts, attacked: nobody who reads all of their public releases and can compute works out a small count that was hidden.

Each contract has linked tables: four dimensions over the same people, one of which is made of another (sites of areas), metrics on a common
base, one cohort inside another, two contract years and the whole term, and two releases that readers put side by side. The attacker
(`tests/attacker.py`) shares no code with what decides. `make proofs` invents 340 contracts, `make test` twelve.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence

import duckdb
import numpy as np
import pandas as pd
import pytest
from attacker import Attacker, given_away_in_combination

from acmlib.contract.ids import IN_COMBINATION
from acmlib.contract.model import Contract
from acmlib.contract.periods import parse_period
from acmlib.measures.counting import Counted
from acmlib.measures.nests import crossed_groups, nested_cohorts
from acmlib.release import rule
from acmlib.release.ledger import Entry
from acmlib.release.offer import offered
from acmlib.release.past import Past, entry_of

#: Contracts to invent, in so many tests.
WORLDS, TESTS = (340, 20) if "PROOF_MONTHS" in os.environ else (12, 2)
MONTHS = [str(pd.Period("2024-07", "M") + at) for at in range(24)]
QUARTERS = {str(pd.Period(MONTHS[at], "M").asfreq("Q")): range(at, at + 3) for at in range(0, 24, 3)}
WINDOWS = {**QUARTERS, "P12M/2025-06": range(12), "P12M/2026-06": range(12, 24), "term": range(24)}
GROUPS = {"race": 5, "site": 4, "age": 4}
#: Which sites are in which area.
AREAS = {1: "north", 2: "north", 3: "south", 4: "west"}
STARTS, ENDS = dt.date(2024, 7, 1), dt.date(2026, 6, 30)
PARTED = {"placed", "kept", "quick", "met"}
#: Whoever knows that there are no fractions of people is asked about contracts of so many.
FEW = 150


def contract(minimum: int) -> Contract:
    shares = {
        "placed": {"that": "placed"},
        "kept": {"of": "placed", "that": "kept"},
        "quick": {"that": "placed and quick"},
        "met": {"that": "met"},
    }
    return Contract.model_validate({
        "id": "invented",
        "contract": {"title": "Invented", "provider": "A", "agency": "B", "program": "jobs", "starts": "2024-07-01", "ends": "2026-06-30"},
        "tables": {"participants": {"source": "data/invented/people.csv"}},
        "dimensions": {name: {"column": name} for name in (*GROUPS, "area")},
        "metrics": {
            **{name: {"title": name, "kind": "proportion", "from": "participants", "date": "left_on", **of} for name, of in shares.items()},
            "left": {"title": "Left", "kind": "count", "from": "participants", "date": "left_on"},
        },
        "privacy": {"minimum_count": minimum},
    })  # fmt: skip


def people(draw: np.random.Generator, size: int) -> pd.DataFrame:
    """Invent participants in groups of very different size; who is kept was placed, who was quick too."""
    spread = draw.choice([0.25, 0.45, 0.8])
    numbers = {name: np.minimum(draw.geometric(spread, size), most) for name, most in GROUPS.items()}
    frame = pd.DataFrame({f"dim_{name}": [f"{name} {at}" for at in own] for name, own in numbers.items()})
    placed = draw.random(size) < draw.uniform(0.05, 0.95)
    month = draw.integers(0, 24, size)
    return frame.assign(
        dim_area=[AREAS[at] for at in numbers["site"]],
        month=month,
        left_on=pd.to_datetime([f"{MONTHS[at]}-15" for at in month]),
        placed=placed,
        kept=placed & (draw.random(size) < 0.7),
        quick=draw.random(size) < draw.uniform(0.1, 0.9),
        met=draw.random(size) < 0.5,
        second=draw.random(size) < 0.1,
    )


def metric_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Count them by month, quarter, contract year and term, together and by group; of race also alone or in combination with another."""
    everybody = pd.Series(True, index=frame.index)
    of = {"placed": (everybody, frame["placed"]), "kept": (frame["placed"], frame["kept"]), "met": (everybody, frame["met"]),
          "quick": (everybody, frame["placed"] & frame["quick"]), "left": (None, everybody)}  # fmt: skip
    texts = {"all": everybody.map({True: "All participants"})} | {name: frame[f"dim_{name}"] for name in (*GROUPS, "area")}
    spans = {text: [at] for at, text in enumerate(MONTHS)} | {text: list(months) for text, months in WINDOWS.items()}
    inside = np.array([[at in span for span in spans.values()] for at in range(24)], dtype=float)
    parts = []
    for dimension, groups in [*texts.items(), (f"race{IN_COMBINATION}", texts["race"])]:
        rows = np.arange(len(frame))
        if dimension.endswith(IN_COMBINATION):
            also = np.flatnonzero(frame["second"] & groups.ne("race 1"))
            rows, groups = np.concatenate([rows, also]), pd.concat([groups, pd.Series("race 1", index=also)])
        group, names = pd.factorize(groups.to_numpy(), sort=True)
        for metric, (base, met) in of.items():
            counts = np.zeros((2, len(names), 24))
            for at, mask in enumerate((met, everybody if base is None else base)):
                np.add.at(counts[at], (group, frame["month"].to_numpy()[rows]), mask.to_numpy(dtype=float)[rows])
            above, below = (counts @ inside).reshape(2, -1)
            key = pd.MultiIndex.from_product([names, spans], names=["group", "period"]).to_frame(index=False)
            below = np.full(len(above), np.nan) if base is None else below
            parts.append(key.assign(metric=metric, dimension=dimension, numerator=above, denominator=below))
    table = pd.concat(parts, ignore_index=True)
    below = table["denominator"].where(table["denominator"] > 0)
    status = np.where(table["denominator"].eq(0), "no data", "shown")
    value = (table["numerator"] / below).fillna(table["numerator"].where(table["metric"].eq("left")))
    return table.assign(value=value, low=0.0, high=1.0, status=status)


def released(frame: pd.DataFrame, table: pd.DataFrame, own: Contract, periods: Sequence[str]) -> list[Entry]:
    """Make the public releases of some periods, each knowing of those before."""
    with duckdb.connect() as connection:
        connection.register("participants", frame)
        crossed, nested = crossed_groups(own, connection), nested_cohorts(own, connection)
    entries: list[Entry] = []
    for text in periods:
        period = parse_period(text)
        over = [one for one in table["period"].unique() if parse_period(one, starts=STARTS, ends=ENDS).end <= period.end]
        known = table[table["period"].isin(over)]
        cells = offered(known, own, period)
        counted = Counted(known, crossed, nested, findings=(), inputs=())
        decision = rule.decide(cells, counted, own, last={}, past=Past(own, entries))
        shown = decision.cells.copy()
        shown.loc[decision.hidden, ["numerator", "denominator", "value"]] = np.nan
        shown.loc[decision.hidden, "status"] = "hidden"
        entries.append(entry_of(own, text, "public", shown))
    return entries


def world(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Contract]:
    draw = np.random.default_rng(seed)
    frame = people(draw, int(draw.choice([20, 60, 150, 400, 1500])))
    return frame, metric_table(frame), contract(int(draw.choice([5, 11, 16])))


def attacker(table: pd.DataFrame, own: Contract, entries: Sequence[Entry]) -> Attacker:
    plain = table[~table["dimension"].str.endswith(IN_COMBINATION)]
    reader = Attacker(plain, PARTED, MONTHS[0], MONTHS[-1], own.privacy.minimum_count, [("site", "area")])
    for entry in entries:
        reader.read(row for row in entry.cells if not row[2].endswith(IN_COMBINATION))
    return reader


@pytest.mark.parametrize("part", range(TESTS))
def test_no_hidden_count_of_an_invented_contract_can_be_worked_out(part: int) -> None:
    hidden = shown = 0
    for seed in range(part, WORLDS, TESTS):
        frame, table, own = world(seed)
        entries = released(frame, table, own, ["2026-01", "2026-06"])
        reader = attacker(table, own, entries)
        for whole in (False, True) if len(frame) <= FEW else (False,):
            assert reader.recovered(whole=whole)[1] == [], f"contract {seed}"
        for entry in entries:
            assert given_away_in_combination(entry.cells, own.privacy.minimum_count, IN_COMBINATION) == [], f"contract {seed}"
        hidden += sum(row[-1] == "hidden" for row in entries[-1].cells)
        shown += sum(row[-1] != "hidden" for row in entries[-1].cells)
    assert hidden and shown, "nothing was attacked"


def test_a_rule_without_its_audit_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "attack", lambda *_: ([], set()))
    caught = {False: False, True: False}
    for seed in range(12):
        frame, table, own = world(seed)
        if len(frame) == FEW:
            reader = attacker(table, own, released(frame, table, own, ["2026-06"]))
            caught = {whole: before or bool(reader.recovered(whole=whole)[1]) for whole, before in caught.items()}
    assert caught == {False: True, True: True}


def test_groups_alone_beside_groups_in_combination_are_caught() -> None:
    table = metric_table(people(np.random.default_rng(1), 150))
    both = table[table["dimension"].isin(["race", f"race{IN_COMBINATION}"]) & table["period"].eq("term")]
    assert given_away_in_combination(entry_of(contract(11), "2026-06", "public", both).cells, 11, IN_COMBINATION)
