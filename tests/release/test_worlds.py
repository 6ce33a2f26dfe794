"""Contracts as they happen: sites open and close, one file is counted in several words, and a contract changes between two editions.

Their readers think of every kind of person there could be (`kinds_of_people`), which no other attacker here does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from kinds_of_people import Mask, TypeAttacker

from acmlib.contract.load import load_contract
from acmlib.contract.selectors import Edition
from acmlib.measures.table import OTHER_GROUPS
from acmlib.release.editions import Release, make_release
from acmlib.release.ledger import Entry

REGIONS = {"North": "I", "East": "I", "Mid": "I", "South": "II", "West": "II", "Hill": "III", "Dale": "III"}
FIRST, LAST = "2024-07", "2026-06"
TOGETHER = [("site", "region"), ("race",), ("placed", "kept")]


def everybody(people: pd.DataFrame) -> pd.Series:
    return people["month"] >= 0


def placed(people: pd.DataFrame) -> pd.Series:
    return people["placed"] == 1


def kept(people: pd.DataFrame) -> pd.Series:
    return people["kept"] == 1


COUNTS: dict[str, tuple[Mask | None, Mask | None]] = {
    "left": (everybody, None),
    "placed": (placed, everybody),
    "share": (placed, everybody),
    "kept": (kept, placed),
    "days": (None, everybody),
}
METRICS: dict[str, dict[str, Any]] = {
    "left": {"title": "Left", "kind": "count", "date": "left_on"},
    "placed": {"title": "Placed", "kind": "proportion", "that": "placed = 1", "date": "left_on"},
    "share": {"title": "Share placed", "kind": "proportion", "that": "placed = 1", "date": "left_on"},
    "kept": {"title": "Kept", "kind": "proportion", "of": "placed = 1", "that": "kept = 1", "date": "left_on"},
    "days": {"title": "Days", "kind": "mean", "value": "days", "date": "left_on"},
}


def people_of(seed: int, *, few: int | None = None, late: Sequence[str] = ("Mid",)) -> pd.DataFrame:
    """Invent people of sites of very different size; some sites open in the second year only.

    `few` is how many sites are small, and all others large.
    """
    draw = np.random.default_rng(seed)
    rows = []
    sizes = draw.choice([4, 7, 13, 26, 61, 141], len(REGIONS))
    if few is not None:
        sizes = draw.permutation([*[draw.integers(9, 20)] * few, *draw.integers(120, 300, len(REGIONS) - few)])
    for (site, region), number in zip(REGIONS.items(), sizes.tolist(), strict=True):
        months = draw.integers(12 if site in late else 0, 24, number)
        race = draw.choice(["A", "B", "C"], number, p=[0.6, 0.34, 0.06])
        for month, one in zip(months.tolist(), race, strict=True):
            reached = draw.random() < 0.6
            rows.append((site, region, one, month, int(reached), int(reached and draw.random() < 0.5), int(draw.integers(1, 90))))
    people = pd.DataFrame(rows, columns=["site", "region", "race", "month", "placed", "kept", "days"])
    return people.assign(left_on=[f"{pd.Period(FIRST, 'M') + month}-05" for month in people["month"]])


def made(
    root: Path,
    people: pd.DataFrame,
    metrics: Mapping[str, Mapping[str, Any]],
    *,
    edition: Edition = "public",
    period: str = "2026-06",
    earlier: Sequence[Entry] = (),
    **own: Any,
) -> Release:
    for folder in ("data", "params"):
        (root / folder / "home").mkdir(parents=True, exist_ok=True)
    people.drop(columns="month").to_csv(root / "data" / "home" / "people.csv", index=False)
    whole = {
        "contract": {"title": "H", "provider": "A", "agency": "B", "program": "h", "starts": "2024-07-01", "ends": "2026-06-30"},
        "tables": {"people": {"source": "data/home/people.csv"}},
        "metrics": {name: {"from": "people", **metric} for name, metric in metrics.items()},
        "dimensions": {"site": {"kind": "site"}, "region": {"kind": "place"}, "race": {}},
        "editions": ["internal", "provider", "public"],
        "period": period,
        **own,
    }
    (root / "params" / "home" / "contract.yml").write_text(json.dumps(whole), encoding="utf-8")
    return make_release(load_contract("home", root=root), root=root, edition=edition, earlier=earlier, verdicts=False)


def true_cells(root: Path, people: pd.DataFrame, metrics: Mapping[str, Mapping[str, Any]], **own: Any) -> pd.DataFrame:
    return made(root, people, metrics, edition="internal", **own).handed_out


def assert_groups_could_be_large(people: pd.DataFrame, cells: pd.DataFrame, true: pd.DataFrame, minimum: int = 10) -> int:
    """Nobody can tell that a group of a provider page has fewer people than a minimum; returns how many such groups there are."""
    checked = 0
    for period, page in cells.groupby("period"):
        attacker = TypeAttacker(people, TOGETHER, COUNTS, FIRST, LAST)
        attacker.read(page, other=OTHER_GROUPS)
        for row in true[true["period"].eq(period) & true["dimension"].ne("all") & true["metric"].isin(COUNTS)].itertuples():
            number, column = (row.numerator, "numerator") if row.metric == "left" else (row.denominator, "denominator")
            if 0 < number < minimum:
                checked += 1
                most = attacker.most((row.metric, column, str(period), row.dimension, row.group))
                assert most >= minimum - 1e-6, (period, row.metric, row.dimension, row.group, number, most)
    return checked


#: Which metric is split by what: metrics that count some of the same people are not all split alike.
SPLITS = [
    {"left": ["site", "region", "race"]},
    {"left": ["site", "region"], "kept": ["site"], "placed": ["region"]},
    {"kept": ["site", "race"], "placed": ["region", "race"], "days": ["site"]},
]


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("seed", range(2))
def test_no_reader_of_a_provider_page_can_tell_that_a_group_is_small(seed: int, split: dict[str, list[str]], tmp_path: Path) -> None:
    people = people_of(seed)
    metrics = {name: {**METRICS[name], "dimensions": names} for name, names in split.items()}
    true = true_cells(tmp_path, people, metrics)
    cells = made(tmp_path, people, metrics, edition="provider").handed_out
    periods = ["P12M/2025-06", "P12M/2026-06", "term"]
    assert assert_groups_could_be_large(people, cells[cells["period"].isin(periods)], true[true["period"].isin(periods)])


WINDOWS = ("P12M/2025-06", "P12M/2026-06", "term")


def secrets_of(true: pd.DataFrame) -> dict[str, tuple[str, str, str, str, str]]:
    """Return the counts from 1 to 10 of groups and of everybody in the windows of a public table, offered or not."""
    found = {}
    for row in true[true["metric"].isin(COUNTS) & true["period"].isin(WINDOWS)].itertuples():
        for column, of, number in zip(("numerator", "denominator"), COUNTS[row.metric], (row.numerator, row.denominator), strict=True):
            if of is not None and 0 < number < 11:
                key = (row.metric, column, row.period, row.dimension, row.group)
                found[str(key)] = key
    return found


def assert_nothing_follows(attacker: TypeAttacker, secrets: Mapping[str, tuple[str, str, str, str, str]]) -> None:
    for name, (low, high, true) in attacker.intervals(secrets).items():
        assert high - low > 1 - 1e-6, (name, low, high, true)


def test_a_closed_site_does_not_hide_that_the_other_one_of_its_region_is_small(tmp_path: Path) -> None:
    """Mid is not open yet: East is its region less North. To put Mid together with others would hide nobody."""
    sizes = {"North": 60, "East": 3, "South": 20, "West": 50, "Hill": 70, "Dale": 80}
    rows = [(site, REGIONS[site], "A", 3, 1, 0, 5) for site, number in sizes.items() for _ in range(number)]
    rows += [("Mid", "I", "A", 15, 1, 0, 5)] * 30
    people = pd.DataFrame(rows, columns=["site", "region", "race", "month", "placed", "kept", "days"])
    people = people.assign(left_on=["2024-10-05" if month == 3 else "2025-10-05" for month in people["month"]])
    metrics = metrics_by({"left": ["site", "region"]})
    true, cells = true_cells(tmp_path, people, metrics), made(tmp_path, people, metrics, edition="provider").handed_out
    year = cells[cells["period"].eq("P12M/2025-06")]
    assert year["dimension"].eq("site").sum() > 2
    assert assert_groups_could_be_large(people, year, true[true["period"].eq("P12M/2025-06")]) == 1


def metrics_by(split: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Any]]:
    return {name: {**METRICS[name], "dimensions": list(names)} for name, names in split.items()}


#: What a contract is in the edition of 2025-06, in that of 2026-06, and the new names of its metrics.
CHANGES = [
    ({"placed": ["site"]}, {"placed": ["region"]}, {}),
    ({"placed": ["site", "race"]}, {"share": ["site", "race"]}, {}),
    ({"placed": ["site"], "left": ["site"]}, {"placed": ["site", "region"], "left": ["region"]}, {"minimum_count": 11}),
    ({"share": ["site"], "kept": ["site"]}, {"placed": ["region"], "kept": ["site"]}, {}),
]


@pytest.mark.parametrize("change", range(len(CHANGES)))
@pytest.mark.parametrize("seed", [0, 3])
def test_nothing_follows_from_two_editions_between_which_the_contract_changed(seed: int, change: int, tmp_path: Path) -> None:
    people, (before, after, privacy) = people_of(10 + seed, few=1), CHANGES[change]
    first = people[people["month"] < 12]
    early = made(tmp_path, first, metrics_by(before), period="2025-06")
    late = made(tmp_path, people, metrics_by(after), earlier=[early.entry] if early.entry else [], privacy=privacy)
    attacker = TypeAttacker(people, TOGETHER, COUNTS, FIRST, LAST)
    attacker.read(early.handed_out)
    attacker.read(late.handed_out)
    whole = metrics_by({name: ["site", "region", "race"] for name in {*before, *after}})
    true = true_cells(tmp_path, people, whole)
    secrets, shown = secrets_of(true), late.handed_out[late.handed_out["status"].eq("shown")]
    assert secrets and shown["dimension"].ne("all").any()
    assert_nothing_follows(attacker, secrets)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_follows_from_editions_at_the_ends_of_fiscal_years_across_contract_years(seed: int, tmp_path: Path) -> None:
    people, metrics = people_of(20 + seed, few=1), metrics_by({"left": ["site", "region"], "placed": ["site", "race"]})
    own: dict[str, Any] = {"fiscal_year_starts": 10}
    attacker, earlier = TypeAttacker(people, TOGETHER, COUNTS, FIRST, LAST), list[Entry]()
    for period in ("2025-06", "2025-09", "2026-06"):
        release = made(tmp_path, people, metrics, period=period, earlier=earlier, **own)
        attacker.read(release.handed_out)
        earlier += [release.entry] if release.entry else []
    assert len(earlier) == 3
    assert release.handed_out.query("status == 'shown'")["dimension"].ne("all").any()
    true = true_cells(tmp_path, people, metrics_by({name: ["site", "region", "race"] for name in metrics}), **own)
    secrets = secrets_of(true)
    assert secrets
    assert_nothing_follows(attacker, secrets)
