"""Counts that the sender withholds: what nobody here knows follows from no public edition either."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from acmlib.contract.load import load_contract
from acmlib.contract.periods import report_period
from acmlib.intake.build.sources import open_tables
from acmlib.measures.counting import count
from acmlib.measures.table import SUPPRESSED_BY_SENDER
from acmlib.release.editions import Release, make_release
from acmlib.release.ledger import Entry

CONTRACT = """\
contract: {title: Withheld, provider: Provider, agency: Agency, program: Program, starts: 2025-01-01, ends: 2025-12-31}
period: 2025-12
editions: [internal, public]
tables:
  sent: {kind: counts, source: data/sent.csv}
dimensions: {race: {title: Race, standard: omb-2024}}
metrics:
  enrolled: {title: Enrolled, kind: count, from: sent}
"""
GROUPS = {
    "White": 400,
    "Black or African American": 300,
    "Asian": 120,
    "American Indian or Alaska Native": 90,
    "Multiracial and/or Multiethnic": 60,
    "Middle Eastern or North African": 45,
    "Native Hawaiian or Pacific Islander": 30,
}


def public(folder: Path, withheld: dict[str, int], *, earlier: Sequence[Entry] = ()) -> Release:
    """Make the public edition of a year in which the sender writes <11 for some groups, and tells the total of everybody."""
    (folder / "params" / "sent").mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "params" / "sent" / "contract.yml").write_text(CONTRACT)
    people = {group: withheld.get(group, people) for group, people in GROUPS.items()}
    rows = [f"2025,race,{group},enrolled,{'<11' if group in withheld else size}," for group, size in people.items()]
    total = f"2025,,,enrolled,{sum(people.values())},"
    (folder / "data" / "sent.csv").write_text("\n".join(["period,dimension,group,measure,numerator,denominator", total, *rows, ""]))
    contract = load_contract("sent", root=folder)
    with open_tables(contract, root=folder, period=report_period(contract)) as tables:
        counted = count(contract, tables)
    return make_release(contract, root=folder, edition="public", counted=counted, earlier=earlier)


@pytest.mark.parametrize("withheld", [{"Asian": 7}, {"Asian": 1}])
def test_what_the_sender_withholds_cannot_be_subtracted(tmp_path: Path, withheld: dict[str, int]) -> None:
    made = public(tmp_path, withheld)
    cells = made.handed_out[made.handed_out["metric"].eq("enrolled")]
    total = cells[cells["dimension"].eq("all") & cells["numerator"].notna()]
    groups = cells[cells["dimension"].eq("race")]
    assert len(total) and len(groups), "a total and groups are shown"
    for _, year in groups.groupby("period"):
        told = year["status"].eq("shown")
        assert year.loc[year["group"].isin(withheld), "status"].eq(SUPPRESSED_BY_SENDER).all()
        beside = year[~told & ~year["group"].isin(withheld)]["group"]
        assert told.sum() >= 2 and sum(GROUPS[group] for group in beside) >= 11


def test_many_withheld_counts_leave_no_split_by_group(tmp_path: Path) -> None:
    made = public(tmp_path, {"Asian": 1, "Middle Eastern or North African": 1})
    assert not made.handed_out["dimension"].eq("race").any(), "their sum would say that each is one person"


def test_a_group_withheld_in_one_release_and_sent_in_the_next_gives_the_hidden_one_beside_it_no_number(tmp_path: Path) -> None:
    first = public(tmp_path, {"Asian": 7})
    again = public(tmp_path, {}, earlier=[first.entry])
    cells = again.handed_out[again.handed_out["dimension"].eq("race") & again.handed_out["period"].eq("2025")]
    assert len(cells) and cells.loc[cells["group"].eq("Native Hawaiian or Pacific Islander"), "status"].eq("hidden").all()
