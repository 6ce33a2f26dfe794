"""`acm explain` says why a cell is hidden. (2 s)"""

from pathlib import Path

import pytest

from acmlib.contract.load import load_contract
from acmlib.release import Release, make_release
from acmlib.release.explain import explain

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def release() -> Release:
    return make_release(load_contract("nsw-job-training", root=ROOT), root=ROOT, earlier=())


def test_every_hidden_cell_has_a_reason_and_names_what_hides_with_it(release: Release) -> None:
    said = list(explain(release, "employed_1978"))
    assert len(said) == release.cells["metric"].eq("employed_1978").sum()
    assert sum("hidden, because" in sentence for sentence in said) == release.hidden
    by_group = {sentence.split(": ")[0]: sentence for sentence in said}
    own = by_group["employed_1978 / term / race_ethnicity / White or other"]
    assert "from 1 to 10 people are counted in its denominator and not in its numerator" in own
    other = by_group["employed_1978 / term / race_ethnicity / Black"]
    assert "could work out employed_1978 / term / race_ethnicity / White or other" in other
    assert other.endswith("in term; hidden there too: Hispanic, White or other.")


def test_a_cell_that_does_not_exist_is_refused_with_what_there_is(release: Release) -> None:
    with pytest.raises(ValueError, match=r"cell is 'nosuch'; there is none.*Metrics are: earnings_1978, employed_1978, participants"):
        list(explain(release, "nosuch"))


def test_groups_that_would_show_more_together_are_suggested() -> None:
    release = make_release(load_contract("northern-youth-jobs", root=ROOT), root=ROOT, earlier=(), suggest=True)
    told = [sentence for sentence in explain(release, "placed_6m / race_ethnicity") if "More could be shown" in sentence]
    assert len(told) == 1
    (suggestion,) = (one for one in release.merges if one.dimension == "race_ethnicity")
    assert suggestion.then > suggestion.now
    assert " and ".join((", ".join(suggestion.groups[:-1]), suggestion.groups[-1])) in told[0]
    small = release.cells[release.cells["dimension"].eq("race_ethnicity") & release.cells["group"].isin(suggestion.groups)]
    assert small["status"].eq("hidden").any()
