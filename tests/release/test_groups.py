"""Groups that a provider page puts together, where metrics are split by different dimensions."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from acmlib.contract.load import load_contract
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
