"""Submitted counts in public: what the sender withholds, and what is small in one fiscal year, follows from no edition."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from acmlib.contract.load import load_contract
from acmlib.contract.model import Edition
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
    people = {group: withheld.get(group, people) for group, people in GROUPS.items()}
    rows = [f"2025,race,{group},enrolled,{'<11' if group in withheld else size}," for group, size in people.items()]
    return public_of(folder, CONTRACT, [f"2025,,,enrolled,{sum(people.values())},", *rows], earlier=earlier)


def public_of(
    folder: Path, contract_file: str, rows: Sequence[str], *, earlier: Sequence[Entry] = (), edition: Edition = "public"
) -> Release:
    """Make an edition of these counts."""
    (folder / "params" / "sent").mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "params" / "sent" / "contract.yml").write_text(contract_file)
    (folder / "data" / "sent.csv").write_text("\n".join(["period,dimension,group,measure,numerator,denominator", *rows, ""]))
    contract = load_contract("sent", root=folder)
    with open_tables(contract, root=folder, period=report_period(contract)) as tables:
        counted = count(contract, tables)
    return make_release(contract, root=folder, edition=edition, counted=counted, earlier=earlier)


def test_the_provider_reads_the_total_that_it_sent_and_no_number_of_what_it_withheld(tmp_path: Path) -> None:
    """What follows for the withheld group by subtraction the provider knows: it sent the total, and holds the records."""
    rows = [f"2025,,,enrolled,{sum(GROUPS.values())},", *(f"2025,race,{group},enrolled,{'<11' if group == 'Asian' else people},"
                                                       for group, people in GROUPS.items())]  # fmt: skip
    contract_file = CONTRACT.replace("editions: [internal, public]", "editions: [internal, provider]")
    cells = public_of(tmp_path, contract_file, rows, edition="provider").handed_out.query("period == '2025'").set_index("group")
    assert cells["numerator"]["All participants"] == sum(GROUPS.values())
    assert cells["status"]["Asian"] == SUPPRESSED_BY_SENDER and cells["numerator"].isna().sum() == 1


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


def test_a_small_count_of_a_fiscal_year_does_not_follow_from_the_other_years_and_the_whole_contract(tmp_path: Path) -> None:
    dates = "starts: 2023-07-01, ends: 2026-06-30}\nfiscal_year_starts: 7\nperiod: 2026-06\n"
    fiscal = CONTRACT.replace("starts: 2025-01-01, ends: 2025-12-31}\nperiod: 2025-12\n", dates)
    rows = []
    for year in ("FY2024", "FY2025", "FY2026"):
        people = GROUPS | ({"Asian": 5} if year == "FY2025" else {})
        rows += [f"{year},,,enrolled,{sum(people.values())},", *(f"{year},race,{group},enrolled,{n}," for group, n in people.items())]
    cells = public_of(tmp_path, fiscal, rows).handed_out.query("dimension == 'race'")
    hidden = cells[cells["status"].eq("hidden")].groupby("group")["period"].agg(set)
    assert "P12M/2025-06" in hidden["Asian"] and cells["status"].eq("shown").any()
    assert len(cells[cells["group"].eq("Asian")]) == 4, "three years and the whole contract are offered"
    assert all(len(periods) >= 2 for periods in hidden), "a year hidden alone is the whole contract less the other years"


@pytest.mark.parametrize("islander", [60, 200])
def test_a_withheld_group_does_not_follow_from_a_merged_group_and_its_other_parts(tmp_path: Path, islander: int) -> None:
    merged = {"Asian and others": ["Asian", "Native Hawaiian or Pacific Islander", "American Indian or Alaska Native"]}
    broad = f"broad: {{title: Broad, column: race, merge: {merged}}}"
    race = {"White": 400, "Black or African American": 300, merged["Asian and others"][1]: islander, merged["Asian and others"][2]: 90}
    race |= {"Multiracial and/or Multiethnic": 50, "Middle Eastern or North African": 45}
    whole = {"Asian and others": 7 + islander + 90} | {
        group: people for group, people in race.items() if group not in merged["Asian and others"]
    }
    rows = [f"2025,,,enrolled,{7 + sum(race.values())},", "2025,race,Asian,enrolled,<11,"]
    rows += [f"2025,{dimension},{group},enrolled,{n}," for dimension, own in (("race", race), ("broad", whole)) for group, n in own.items()]
    released = public_of(tmp_path, CONTRACT.replace("standard: omb-2024}}", f"standard: omb-2024}}, {broad}}}"), rows)
    cells = released.handed_out.query("period == '2025'").set_index(["dimension", "group"])["numerator"]
    parts = cells["race"][merged["Asian and others"]]
    assert cells["broad"]["Asian and others"] == 97 + islander, "the merged group is shown"
    assert parts.isna().sum() >= 2, "the merged group less the parts shown is more than the withheld group"
    assert cells["race"].notna().sum() >= 2


def test_a_small_group_does_not_follow_from_a_dimension_that_merges_others(tmp_path: Path) -> None:
    """The same groups stand in both dimensions: what is hidden beside a small one in the first must not be shown in the second."""
    broad = "broad: {title: Broad, column: race, merge: {Merged: [Multiracial and/or Multiethnic, Middle Eastern or North African]}}"
    race = {"White": 400, "Black or African American": 300, "Asian": 7, "American Indian or Alaska Native": 45}
    parts = {"Multiracial and/or Multiethnic": 20, "Middle Eastern or North African": 30}
    rows = [f"2025,,,enrolled,{sum(race.values()) + 50},"]
    own = (("race", race | parts), ("broad", race | {"Merged": 50}))
    rows += [f"2025,{dimension},{group},enrolled,{n}," for dimension, groups in own for group, n in groups.items()]
    released = public_of(tmp_path, CONTRACT.replace("standard: omb-2024}}", f"standard: omb-2024}}, {broad}}}"), rows)
    shown = released.handed_out.query("period == '2025'").set_index(["dimension", "group"])["numerator"]
    known = shown["race"].combine_first(shown["broad"].drop("Merged"))
    merged = shown["broad"]["Merged"]
    known["Merged"] = merged if merged == merged else known[list(parts)].sum(min_count=2)
    assert known.drop(list(parts)).isna().sum() >= 2 and shown["race"].notna().sum() >= 2
