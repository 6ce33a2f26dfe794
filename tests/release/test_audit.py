"""A reader can work out no more, and no less, than others have computed: goldens i1 and i2."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from goldens import compare, folder
from scipy import sparse

from acmlib.release.audit import System, feasible_intervals, from_sums
from acmlib.release.protect import Guard, Need, protect

#: Rows of i1 are cells; these are the totals inside a dimension that are no plain "Total".
UNIONS = {"EU": ["Portugal", "Spain"], "nonEU": ["Iceland"], "Total": ["EU", "nonEU"]}
LABELS = ["d1", "d2", "d3"]


def tables(shared: Path) -> Iterator[tuple[str, str, pd.DataFrame, System]]:
    """Give each table and pattern of i1 with its system of equations."""
    given = pd.read_csv(folder(shared, "i1") / "input.csv", dtype=dict.fromkeys(LABELS, str))
    for (table, pattern), found in given.groupby(["table_id", "pattern"], sort=False):
        rows = found.reset_index(drop=True)
        dims = [label for label in LABELS if rows[label].notna().all()]
        place = {key: at for at, key in enumerate(rows[dims].itertuples(index=False, name=None))}
        sums = []
        for side, label in enumerate(dims):
            levels = [level for level in rows[label].unique() if level != "Total"]
            totals = UNIONS if str(table).endswith("_eu") and "EU" in levels else {"Total": levels}
            for key, at in place.items():
                if key[side] in totals:
                    sums.append((at, [place[*key[:side], part, *key[side + 1 :]] for part in totals[key[side]]]))
        yield str(table), str(pattern), rows, from_sums(rows["value"], sums)


def test_limits_of_hidden_counts_are_those_of_the_peer(shared: Path) -> None:
    expected = pd.read_csv(folder(shared, "i1") / "expected.csv", dtype=dict.fromkeys(LABELS, str))
    for table, pattern, rows, system in tables(shared):
        low, high = feasible_intervals(system, rows["status"].eq("published").to_numpy())
        wanted = expected[expected["table_id"].eq(table) & expected["pattern"].eq(pattern)]
        got = wanted.merge(rows.assign(our_low=low, our_high=high), on=LABELS, how="left", validate="one_to_one")
        compare("i1", wanted.reset_index(drop=True), got["our_low"], 0, value="low").check()
        compare("i1", wanted.reset_index(drop=True), got["our_high"], 0, value="high").check()


def test_naive_patterns_are_mended_with_few_further_cells(shared: Path) -> None:
    summary = pd.read_csv(folder(shared, "i1") / "expected_summary.csv")
    ours = theirs = 0
    for table, pattern, rows, system in tables(shared):
        if pattern != "naive":
            continue
        peer = summary.loc[summary["table_id"].eq(table) & summary["pattern"].ne("naive"), "secondary"]
        counts = rows["value"].to_numpy(float)
        totals = rows[LABELS].eq("Total").sum(axis=1).to_numpy()
        weight = 1 + 0.001 * np.log1p(counts) + 0.3 * (totals > 0) + 1000.0 * (totals == rows[LABELS].notna().sum(axis=1))
        must = rows["status"].eq("primary").to_numpy()
        none, hidden = np.zeros(len(counts)), must.copy()
        block = dataclasses.replace(system.block(), given=counts == 0)
        guard = Guard(block, Need(none, none, none + 2), np.arange(len(counts)), none > 0)
        protect([guard], hidden, weight)
        low, high = feasible_intervals(system, ~hidden)
        assert not guard.lost, table
        assert not (hidden & (low == high)).any(), f"{table}: a hidden count follows from what is shown"
        if len(peer):
            ours, theirs = ours + int((hidden & ~must).sum()), theirs + int(peer.sum())
    assert theirs > 0
    assert ours <= 1.2 * theirs


def test_links_rates_and_overlapping_periods_give_what_the_peer_found(shared: Path) -> None:
    given = pd.read_csv(folder(shared, "i2") / "input.csv")
    expected = pd.read_csv(folder(shared, "i2") / "expected.csv")
    for case, rows in given.groupby("case_id", sort=False):
        cells = rows[rows["kind"].eq("cell")]
        place = {name: at for at, name in enumerate(cells["item"])}
        equations = [terms(text.split(":")[1].split("=")[0], place) for text in rows.loc[rows["kind"].eq("equation"), "item"]]
        unequal = []
        for text in rows.loc[rows["kind"].eq("inequality"), "item"]:
            least, middle, most = text.split(": ")[1].split(" <= ")
            unequal += [terms(middle, place)] if least != "-inf" else []
            unequal += [-terms(middle, place)] if most != "inf" else []
        lower = np.zeros(len(cells))
        for text in rows.loc[rows["kind"].eq("bound"), "item"]:
            least, name, _ = text.split(" <= ")
            lower[place[name]] = float(least)
        matrix = sparse.csr_array(np.array(equations).reshape(-1, len(cells)))
        system = System(cells["true_value"].to_numpy(float), matrix, sparse.csr_array(np.array(unequal)) if unequal else None, lower)
        low, high = feasible_intervals(system, cells["shown"].eq("published").to_numpy())
        wanted = expected[expected["case_id"].eq(case)].reset_index(drop=True)
        at = [place[name] for name in wanted["cell"]]
        compare("i2", wanted, low[at], 0, value="int_low").check()
        compare("i2", wanted, high[at], 0, value="int_high").check()


def terms(text: str, place: dict[str, int]) -> np.ndarray:
    """Read ``+1*x -0.08*n`` as a row of coefficients."""
    row = np.zeros(len(place))
    for number, name in re.findall(r"([+-][\d.e+]*?)\*(\w+)", text):
        row[place[name]] = float(number)
    return row
