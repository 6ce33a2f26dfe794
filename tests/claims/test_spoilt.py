"""The checker can fail: each kind of claim, spoilt, is found to be false; and texts keep their claims on the way to the page."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from claims_truth import Judge, false_claims, shown_by, truth_of
from opened import opened

from acmlib.display.claims import Claim, ClaimedText, claims_of, together, with_claims
from acmlib.display.objects import Bullets, Prose, Section
from acmlib.display.words import Words

ROOT = Path(__file__).resolve().parents[2]


@cache
def judge():
    return Judge(opened("summit-youth-jobs"), truth_of("summit-youth-jobs", ROOT))


@cache
def claims():
    report = judge().report
    return claims_of(shown_by(ROOT / "notebooks" / "end_of_contract.ipynb", report, ROOT))


def first(kind, **known):
    return next(one for one in claims() if one.kind == kind and all(getattr(one, name) == value for name, value in known.items()))


def moved(claim, name, by):
    return replace(claim, numbers=tuple((one, value + by if one == name else value) for one, value in claim.numbers))


def test_what_the_report_says_is_true():
    assert [why for one in claims() if (why := judge().why_false(one))] == []


def test_a_number_that_is_not_the_one_in_the_data_is_found():
    told = first("cohorts", verdict="closed")
    assert judge().why_false(told) == ""
    for name in ("value_before", "value_after"):
        assert judge().why_false(moved(told, name, 0.01))


@pytest.mark.parametrize("verdict", ["widened", "no clear change", "turned"])
def test_another_verdict_on_a_cohort_is_found(verdict):
    assert judge().why_false(replace(first("cohorts", verdict="closed"), verdict=verdict))


def test_a_target_said_to_be_missed_or_clearly_met_is_found():
    told = first("target", verdict="met")
    assert judge().why_false(replace(told, verdict="missed"))
    unsure = [one for one in claims() if one.kind == "target" and not one.certain]
    assert any(judge().why_false(replace(one, certain=True)) for one in unsure)


def test_a_count_of_what_is_shown_is_no_count_of_all():
    told = first("count", about="targets met")
    assert judge().why_false(moved(told, "n", 1)) and judge().why_false(moved(told, "of", -1))
    assert judge().why_false(replace(moved(told, "of", -1), shown_only=True)) == "", "of those shown here: fewer may be meant"


def test_no_gap_is_said_only_of_everything():
    """Harbor has a clear gap: that there is none is false, and so is a clear gap where there is none."""
    harbor = truth_of("harbor-youth-jobs", ROOT)
    found = Judge(opened("harbor-youth-jobs"), harbor)
    assert found.why_false(Claim("gaps", "placed_6m", verdict="none")).startswith("Black or African American has a clear gap")
    gaps = harbor.views["rolling"].gaps
    quiet = gaps[gaps["verdict"].eq("not seen")].iloc[0]
    key = tuple(str(quiet[name]) for name in ("metric", "period", "dimension"))
    assert found.why_false(Claim("gaps", *key, groups=(str(quiet["group"]),), verdict="clear"))


def test_nothing_is_not_said_of_what_other_readers_hold():
    assert judge().why_false(Claim("nothing", about="actions")) == "5 actions were written"


def test_a_superlative_is_one_of_everybody():
    rows = judge().truth.table
    rows = rows[rows["metric"].eq("placed_6m") & rows["period"].eq("term") & rows["dimension"].eq("race_ethnicity")]
    best, worst = (str(rows.loc[rows["value"].idxmax(), "group"]), str(rows.loc[rows["value"].idxmin(), "group"]))
    assert judge().why_false(Claim("largest", "placed_6m", "term", "race_ethnicity", (worst,), direction="lower")) == ""
    assert judge().why_false(Claim("largest", "placed_6m", "term", "race_ethnicity", (best,), direction="lower"))


def test_a_number_of_people_beyond_the_contract_is_found():
    assert judge().why_false(Claim("people", numbers=(("n", 3994.0),)))


def test_texts_keep_their_claims_when_they_are_joined_and_put_into_others():
    claim = Claim("gaps", verdict="none")
    words = Words("en")
    inner = with_claims("No gap.", claim)
    assert claims_of(together([inner, "More."])) == (claim,)
    assert claims_of(words("first.picture_results", metric=inner)) == (claim,)
    section = Section("Heading", (Bullets((inner,)), Prose(("plain",))))
    assert claims_of(section) == (claim,) and claims_of(Prose(("plain",))) == ()
    assert ClaimedText("a", (claim,)) == "a"


def test_a_spoilt_page_is_caught():
    report, truth = judge().report, judge().truth
    told = first("cohorts", verdict="closed")
    spoilt = Section(with_claims("The gap for Hispanic participants widened.", replace(told, verdict="widened")))
    assert [why for _, why in false_claims(spoilt, report, truth)] == ["said widened, is closed"]
