"""An attacker who knows everything shown finds no hidden count: invented contracts, small and large, sparse and full.

The attacker (`tests/attacker.py`) shares no code with what decides; it is told more than any reader knows.
"""

from __future__ import annotations

import itertools
import os

import numpy as np
import pandas as pd
import pytest
from attacker import Attacker
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from acmlib.contract.model import Contract
from acmlib.release import protect, size
from acmlib.release.counts import counted
from acmlib.release.explain import SENTENCES
from acmlib.release.primary import primary
from acmlib.release.spans import months_of
from acmlib.release.suppress import Decision, decide

GROUPS = {"race": 5, "site": 3, "age": 4}
METRICS = ("placed", "kept", "met")
MONTHS = [
    f"{year}-{month:02d}"
    for year, month in [*((2024, m) for m in range(7, 13)), *((2025, m) for m in range(1, 13)), *((2026, m) for m in range(1, 7))]
]
#: Two years that overlap in nothing, one that overlaps both, and the whole contract: each by its months.
WINDOWS = {"P12M/2025-06": range(12), "P12M/2025-12": range(6, 18), "P12M/2026-06": range(12, 24), "term": range(24)}
#: So many contracts are invented; `make proofs` tries many more.
MANY = "PROOF_MONTHS" in os.environ
#: Contracts of so many people are small.
FEW = 150
#: What is hidden is known to every hypothesis test by these few numbers.
WORLDS = st.fixed_dictionaries({
    "seed": st.integers(0, 10_000), "size": st.sampled_from([20, 60, 150, 400, 1500]), "spread": st.sampled_from([0.25, 0.45, 0.8]),
    "windows": st.sets(st.sampled_from(list(WINDOWS)), min_size=1).map(sorted), "months": st.booleans(), "pairs": st.booleans(),
})  # fmt: skip


def contract(minimum: int = 11, *, coded: bool = False) -> Contract:
    return Contract.model_validate(
        {
            "id": "demo",
            "contract": {"title": "Demo", "provider": "A", "agency": "B", "program": "jobs", "starts": "2024-07-01", "ends": "2026-06-30"},
            "tables": {"participants": {"source": "data/demo.csv"}},
            "dimensions": {name: {"column": name} for name in GROUPS},
            "metrics": {
                name: {"title": name, "kind": "proportion", "that": f"{name} = 1", "date": "left_on"}
                | ({"of": "placed = 1"} if name == "kept" else {})
                for name in METRICS
            },
            "privacy": {"minimum_count": minimum, "code_shares": coded},
        }
    )


def people(seed: int, size: int, spread: float) -> pd.DataFrame:
    """Invent participants, in groups of very different size; who is kept was placed."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({name: np.minimum(draw.geometric(spread, size), number) for name, number in GROUPS.items()})
    placed = draw.random(size) < draw.uniform(0.05, 0.95)
    return frame.assign(
        month=draw.integers(0, 24, size), placed=placed, kept=placed & (draw.random(size) < 0.7), met=draw.random(size) < 0.5
    )


def metric_table(frame: pd.DataFrame, *, pairs: bool) -> pd.DataFrame:
    """Count them by month and window, together and by group; a group that is known is there in every period, with nobody if need be."""
    texts = {"all": pd.Series("All participants", index=frame.index)} | {name: frame[name].map("group {}".format) for name in GROUPS}
    if pairs:
        texts["race x site"] = texts["race"] + " x " + texts["site"]
    spans = {text: [at] for at, text in enumerate(MONTHS)} | {text: list(months) for text, months in WINDOWS.items()}
    parts = []
    for metric, (dimension, groups) in itertools.product(METRICS, texts.items()):
        base = frame["placed"] if metric == "kept" else pd.Series(True, index=frame.index)
        both = pd.DataFrame({"numerator": base & frame[metric], "denominator": base, "month": frame["month"], "group": groups})
        months = both.groupby(["group", "month"]).sum().astype(float).unstack(fill_value=0.0)
        for text, inside in spans.items():
            counts = {name: months[name].reindex(columns=inside, fill_value=0.0).sum(axis=1) for name in ("numerator", "denominator")}
            parts.append(pd.DataFrame(counts).reset_index().assign(metric=metric, period=text, dimension=dimension))
    table = pd.concat(parts, ignore_index=True)
    status = np.where(table["denominator"] > 0, "shown", "no data")
    return table.assign(value=table["numerator"] / table["denominator"].where(table["denominator"] > 0), low=0.0, high=1.0, status=status)


def chosen(table: pd.DataFrame, *, windows: list[str], months: bool) -> pd.DataFrame:
    """Groups in some windows, totals in these and perhaps by month; pairs in the last window."""
    total, pair = table["dimension"].eq("all"), table["dimension"].str.contains(" x ", regex=False)
    keep = table["period"].isin(windows) & (~pair | table["period"].eq(windows[-1])) | (months & total & table["period"].isin(MONTHS))
    return table[keep].reset_index(drop=True)


def attacker(cells: pd.DataFrame, table: pd.DataFrame, hidden: pd.Series, minimum: int, codes: pd.Series | None = None) -> Attacker:
    """Return somebody who has read a release, all dimensions and pairs of it, and what it says of hidden shares."""
    when = months_of(cells, table, contract(minimum))
    shown = cells.assign(first=[span[0] for span in when], last=[span[1] for span in when])
    shown.loc[hidden.to_numpy(), ["numerator", "denominator"]] = np.nan
    shown.loc[hidden.to_numpy(), "status"] = "hidden"
    if codes is not None:
        shown["share_code"] = codes.to_numpy()
    dimensions = [name for name in table["dimension"].unique() if name != "all"]
    reader = Attacker(table, set(METRICS), dimensions, minimum)
    reader.read(shown)
    return reader


@settings(max_examples=200 if MANY else 10, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(world=WORLDS, minimum=st.sampled_from([5, 11, 16]))
def test_no_hidden_count_can_be_worked_out(world: dict, minimum: int) -> None:
    table = metric_table(people(world["seed"], world["size"], world["spread"]), pairs=world["pairs"])
    cells = chosen(table, windows=world["windows"], months=world["months"])
    decision = decide(cells, table, contract(minimum))
    # With few people nearly everything is hidden, and what of the rest could stand for what is not found in every case.
    assert decision.lost == () or world["size"] <= FEW
    assert attacker(cells, table, decision.hidden, minimum).recovered()[1] == []


@settings(max_examples=40 if MANY else 2, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(world=WORLDS, minimum=st.sampled_from([5, 11, 16]))
def test_nor_by_somebody_who_knows_that_there_are_no_fractions_of_people(world: dict, minimum: int) -> None:
    table = metric_table(people(world["seed"], world["size"], world["spread"]), pairs=world["pairs"])
    cells = chosen(table, windows=world["windows"], months=world["months"])
    assert attacker(cells, table, decide(cells, table, contract(minimum)).hidden, minimum).recovered_of_whole_people() == []


@settings(max_examples=40 if MANY else 5, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(world=WORLDS, minimum=st.sampled_from([5, 11, 16]))
def test_nor_by_somebody_who_is_told_on_which_side_hidden_shares_lie(world: dict, minimum: int) -> None:
    table = metric_table(people(world["seed"], world["size"], world["spread"]), pairs=world["pairs"])
    cells = chosen(table, windows=world["windows"], months=world["months"])
    decision = decide(cells, table, contract(minimum, coded=True))
    assert decision.lost == () or world["size"] <= FEW
    reader = attacker(cells, table, decision.hidden, minimum, decision.share_code)
    assert reader.recovered()[1] == []
    if world["size"] <= FEW:
        assert reader.recovered_of_whole_people() == []


@settings(max_examples=30 if MANY else 2, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(world=WORLDS, minimum=st.sampled_from([5, 11, 16]))
def test_nor_where_large_blocks_are_decided_step_by_step(world: dict, minimum: int) -> None:
    """A few groups at a time, and with months merged: taken for large, small contracts are decided so too."""
    table = metric_table(people(world["seed"], world["size"], world["spread"]), pairs=world["pairs"])
    cells = chosen(table, windows=world["windows"], months=world["months"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protect, "LARGE", 1)
        decision = decide(cells, table, contract(minimum))
    assert decision.lost == () or world["size"] <= FEW
    reader = attacker(cells, table, decision.hidden, minimum)
    assert reader.recovered()[1] == []
    if MANY and world["size"] <= FEW:
        assert reader.recovered_of_whole_people() == []


def test_hiding_small_counts_alone_is_recovered_by_this_attacker() -> None:
    table = metric_table(people(2, 150, 0.45), pairs=False)
    cells = chosen(table, windows=["P12M/2025-06", "P12M/2026-06", "term"], months=False)
    small = cells["numerator"].between(1, 10) | (cells["denominator"] - cells["numerator"]).between(1, 10)
    reader = attacker(cells, table, small, 11)
    assert reader.recovered()[1] and reader.recovered_of_whole_people()


@settings(max_examples=30 if MANY else 5, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(world=WORLDS, thresholds=st.sets(st.integers(2, 22), min_size=2, max_size=2).map(sorted))
def test_a_higher_threshold_hides_whatever_a_lower_one_does(world: dict, thresholds: list[int]) -> None:
    table = metric_table(people(world["seed"], world["size"], world["spread"]), pairs=world["pairs"])
    cells = chosen(table, windows=world["windows"], months=world["months"])
    lower, higher = (decide(cells, table, contract(minimum)) for minimum in thresholds)
    assert not (lower.hidden & ~higher.hidden).any()
    assert set(lower.lost) <= set(higher.lost)


# Contracts too large to be decided figure by figure show less, say so, and give nothing away.


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return metric_table(people(3, 900, 0.45), pairs=True)


@pytest.fixture(scope="module")
def cells(table: pd.DataFrame) -> pd.DataFrame:
    return chosen(table, windows=["P12M/2025-06", "P12M/2026-06"], months=True)


def with_headline(*names: str) -> Contract:
    """Return the contract with these headline metrics."""
    agreed = contract()
    metrics = {name: metric.model_copy(update={"headline": name in names}) for name, metric in agreed.metrics.items()}
    return agreed.model_copy(update={"metrics": metrics})


def decided(cells: pd.DataFrame, table: pd.DataFrame, most: float, agreed: Contract) -> Decision:
    """Decide with another limit of work, and of groups that are many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(size, "MOST_WORK", most)
        patch.setattr(size, "MANY_GROUPS", 4)
        return decide(cells, table, agreed)


#: Limits of work and headline metrics; how the contract is decided then, of which dimensions and metrics groups are shown.
STEPS = [
    (0.02, ["placed"], "without crossed groups", {"race", "site", "age"}, set(METRICS)),
    (0.0003, ["placed"], "without large dimensions", {"site", "age"}, set(METRICS)),
    (0.0, ["placed"], "headline groups only", {"site", "age"}, {"placed"}),
    (0.0, [], "fewer dimensions", {"site"}, set(METRICS)),
]


@pytest.mark.parametrize(("most", "headline", "method", "dimensions", "metrics"), STEPS)
def test_the_larger_a_contract_the_less_is_shown_and_why_is_said(
    cells: pd.DataFrame, table: pd.DataFrame, most: float, headline: list[str], method: str, dimensions: set[str], metrics: set[str]
) -> None:
    agreed = with_headline(*headline)
    decision = decided(cells, table, most, agreed)
    assert decision.method == method
    groups = cells[~decision.hidden & cells["dimension"].ne("all") & cells["denominator"].gt(0)]
    assert set(groups["dimension"]) == dimensions
    assert set(groups["metric"]) == metrics
    small = primary(cells, counted(agreed), agreed.privacy).ne("")
    assert decision.hidden[small].all(), "what the rule hides is hidden however little is looked at"
    total = cells["dimension"].eq("all")
    assert (decision.hidden == decided(cells, table, 1.0, agreed).hidden)[total].all(), "totals of everybody stay"
    said = decision.reason[decision.reason.str.startswith("too large")]
    assert len(said) and said.isin(SENTENCES.keys()).all()
    assert attacker(cells, table, decision.hidden, 11).recovered()[1] == []


@settings(max_examples=100 if MANY else 5, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(world=WORLDS, most=st.sampled_from([0.0, 1e-5, 1e-4, 1e-3, 1e-2]), headline=st.sets(st.sampled_from(METRICS)))
def test_of_what_is_left_nothing_can_be_worked_out(world: dict, most: float, headline: set[str]) -> None:
    table = metric_table(people(world["seed"], world["size"], world["spread"]), pairs=world["pairs"])
    cells = chosen(table, windows=world["windows"], months=world["months"])
    decision = decided(cells, table, most, with_headline(*headline))
    assert decision.lost == () or world["size"] <= FEW
    assert attacker(cells, table, decision.hidden, 11).recovered()[1] == []
