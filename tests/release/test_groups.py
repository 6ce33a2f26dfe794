"""Groups that a provider page puts together, where metrics are split by different dimensions."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from acmlib.contract.ids import IN_COMBINATION
from acmlib.contract.load import load_contract
from acmlib.measures.table import OTHER_GROUPS
from acmlib.release.editions import make_release

#: Site: region and people. East and South make up the second region.
SITES = {"North": ("I", 100), "Mid": ("I", 30), "East": ("II", 3), "South": ("II", 40)}


def test_a_small_site_does_not_follow_from_its_region_where_another_split_has_one_small_group_only(tmp_path: Path) -> None:
    """Who was paid of the three who were placed is split by programme, which is one: no other split could hide that."""
    people = [(site, region) for site, (region, number) in SITES.items() for _ in range(number)]
    rows = pd.DataFrame(people, columns=["site", "region"]).assign(kind="Jobs", left_on="2025-05-01", placed=0, paid=0)
    rows.loc[:2, "placed"] = 1
    for folder in ("data", "params"):
        (tmp_path / folder / "home").mkdir(parents=True)
    rows.to_csv(tmp_path / "data" / "home" / "people.csv", index=False)
    own = {"kind": "proportion", "from": "people", "date": "left_on"}
    whole = {
        "contract": {"title": "H", "provider": "A", "agency": "B", "program": "h", "starts": "2024-07-01", "ends": "2026-06-30"},
        "tables": {"people": {"source": "data/home/people.csv"}},
        "metrics": {
            "paid": {"title": "Paid", "of": "placed = 1", "that": "paid = 1", "dimensions": ["kind"], **own},
            "placed": {"title": "Placed", "that": "placed = 1", "dimensions": ["site", "region"], **own},
        },
        "dimensions": {"kind": {"kind": "service"}, "site": {"kind": "site"}, "region": {"kind": "place"}},
        "period": "2026-06",
    }
    (tmp_path / "params" / "home" / "contract.yml").write_text(json.dumps(whole), encoding="utf-8")
    cells = make_release(load_contract("home", root=tmp_path), root=tmp_path, edition="provider").cells
    placed = cells[cells["metric"].eq("placed") & cells["denominator"].gt(0)]
    told = placed.groupby("period")["group"].agg(set)
    assert len(told) and all("All participants" in groups for groups in told)
    assert not any({"II", "South"} <= groups for groups in told), "East follows"


def workspace(root: Path, people: pd.DataFrame, metrics: dict[str, dict[str, object]], dimensions: dict[str, object]) -> Path:
    """Lay out a contract over these people."""
    for folder in ("data", "params"):
        (root / folder / "home").mkdir(parents=True)
    people.to_csv(root / "data" / "home" / "people.csv", index=False)
    whole = {
        "contract": {"title": "H", "provider": "A", "agency": "B", "program": "h", "starts": "2024-07-01", "ends": "2026-06-30"},
        "tables": {"people": {"source": "data/home/people.csv"}},
        "metrics": {name: {"title": name, "date": "left_on", **own} for name, own in metrics.items()},
        "dimensions": dimensions,
        "period": "2026-06",
    }
    (root / "params" / "home" / "contract.yml").write_text(json.dumps(whole), encoding="utf-8")
    return root


def test_where_everybody_are_fewer_than_ten_the_total_is_told_and_no_group(tmp_path: Path) -> None:
    people = pd.DataFrame({"site": ["North"] * 4 + ["East"] * 3, "region": ["I"] * 4 + ["II"] * 3, "left_on": "2025-05-01"})
    dimensions = {"site": {"kind": "site"}, "region": {"kind": "place"}}
    root = workspace(tmp_path, people, {"left": {"kind": "count", "from": "people"}}, dimensions)
    cells = make_release(load_contract("home", root=root), root=root, edition="provider").cells
    term = cells[cells["period"].eq("term")]
    assert term[["group", "numerator"]].to_numpy().tolist() == [["All participants", 7.0]]


#: Three races, and what people who tick several of them are together.
RACES = ("White", "Asian", "Black or African American")
SEVERAL = "Multiracial and/or Multiethnic"
TICKED = [ticked for size in (1, 2, 3) for ticked in itertools.combinations(RACES, size)]


@pytest.mark.parametrize("seed", range(4))
def test_no_small_group_follows_from_groups_alone_beside_those_in_combination(seed: int, tmp_path: Path) -> None:
    """The unknowns of this attacker are how many people ticked each set of races: all groups and their sums are sums of these."""
    numbers = np.random.default_rng(seed).choice([0, 1, 3, 6, 12, 40, 90], len(TICKED), p=[0.15, 0.15, 0.15, 0.15, 0.15, 0.15, 0.1])
    rows = [";".join(ticked) for ticked, number in zip(TICKED, numbers, strict=True) for _ in range(number)]
    for folder in ("data", "params"):
        (tmp_path / folder / "home").mkdir(parents=True)
    pd.DataFrame({"race": [*rows, *["White"] * 30], "left_on": "2025-05-01"}).to_csv(tmp_path / "data" / "home" / "people.csv", index=False)
    numbers[0] += 30
    whole = {
        "contract": {"title": "H", "provider": "A", "agency": "B", "program": "h", "starts": "2024-07-01", "ends": "2026-06-30"},
        "tables": {"people": {"source": "data/home/people.csv"}},
        "metrics": {"left": {"title": "Left", "kind": "count", "from": "people", "date": "left_on"}},
        "dimensions": {"race": {"standard": "omb-2024", "separator": ";"}},
        "period": "2026-06",
    }
    (tmp_path / "params" / "home" / "contract.yml").write_text(json.dumps(whole), encoding="utf-8")
    cells = make_release(load_contract("home", root=tmp_path), root=tmp_path, edition="provider").cells
    term = cells[cells["period"].eq("term")]
    in_group = {
        **{(f"race{IN_COMBINATION}", race): [race in ticked for ticked in TICKED] for race in RACES},
        **{("race", race): [ticked == (race,) for ticked in TICKED] for race in RACES},
        ("race", SEVERAL): [len(ticked) > 1 for ticked in TICKED],
    }
    members = {place: np.array(own, dtype=float) for place, own in in_group.items()}
    shown = set(zip(term["dimension"], term["group"], strict=True))
    told = [np.ones(len(TICKED)), *(own for place, own in members.items() if place in shown)]
    if ("race", OTHER_GROUPS) in shown:
        told.append(sum(own for place, own in members.items() if place[0] == "race" and place not in shown))
    assert len(told) > 1 and len(shown) > 2
    secrets = [*members.values(), *(members[f"race{IN_COMBINATION}", race] - members["race", race] for race in RACES)]
    for secret in (one for one in secrets if 0 < one @ numbers < 10):
        ends = [linprog(sign * secret, A_eq=np.array(told), b_eq=np.array(told) @ numbers).x @ secret for sign in (1, -1)]
        assert ends[1] - ends[0] > 1 - 1e-6, (secret, numbers, shown)
