"""A contract of a few dozen people: nearly everything is small, and what is left must give nothing away."""

from pathlib import Path

from acmlib.contract.load import load_contract
from acmlib.release import make_release

ROOT = Path(__file__).resolve().parents[2]


def test_a_contract_of_few_people_shows_one_total_a_metric_and_says_why_the_rest_is_hidden():
    release = make_release(load_contract("prairie-youth-jobs", root=ROOT), root=ROOT)
    seen = release.cells[release.cells["numerator"].notna()]
    assert len(seen) > 0
    assert set(seen["dimension"]) == {"all"}
    assert seen["metric"].is_unique
    assert not seen["metric"].str.contains(":", regex=False).any()
    assert release.reasons["reason"].ne("").all()
