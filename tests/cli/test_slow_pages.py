"""What will take long is said by `acm check`, before anybody waits for a page."""

from pathlib import Path

from acmlib.cli import checking
from acmlib.contract.load import load_contract
from acmlib.contract.periods import report_period
from acmlib.measures.counting import count_sources

ROOT = Path(__file__).parents[2]


def test_a_note_names_the_dimension_that_makes_pages_slow_and_says_how_long_they_take(monkeypatch):
    contract = load_contract("riverside-youth-jobs", root=ROOT)
    table = count_sources(contract, root=ROOT, period=report_period(contract)).table
    assert not checking.slow_pages(contract, table)
    monkeypatch.setattr(checking, "MANY_FIGURES", len(table))
    monkeypatch.setattr(checking, "FIGURES_A_SECOND", len(table) // 30)
    (note,) = checking.slow_pages(contract, table)
    groups = {name: table.loc[table["dimension"].eq(name), "group"].nunique() for name in contract.dimensions}
    widest = max(groups, key=lambda name: groups[name])
    assert note.severity == "note" and note.table.endswith(f"contract.yml: dimensions.{widest}")
    assert f"{groups[widest]} groups, {table['metric'].nunique()} metrics" in str(note.what) and f"{len(table):,} figures" in str(note.what)
    assert "takes about 30 seconds" in str(note.why)
    found = checking.check_contract("riverside-youth-jobs", root=ROOT)
    assert [str(one) for one in found if "figures" in str(one.what)] == [str(note)]
