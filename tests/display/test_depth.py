"""What stands behind a gap: on the sample with a planted one, and on the same gap split over places."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from opened import opened

from acmlib.analysis.equity import decompose
from acmlib.display import sections as show
from acmlib.display.report import Report

ROOT = Path(__file__).resolve().parents[2]
METRIC, DIMENSION, GROUP = "placed_6m", "race_ethnicity", "Black or African American"


@cache
def harbor(language: str = "en") -> Report:
    return opened("harbor-youth-jobs", None, "provider", language)


def by_site(*, where: bool, hidden: bool = False) -> Report:
    """Split the planted gap over two invented sites: all of it in where people are served, or all of it in results at the same site."""
    given = harbor()
    worst = given.gaps_of(METRIC, DIMENSION).set_index("group").loc[GROUP]
    counts = (90, 10, 10, 90) if where else (50, 50, 50, 50)  # in North and South: of the group, of its comparator
    rates = (0.2, 0.6, 0.2, 0.6) if where else (0.2, 0.2, 0.6, 0.6)
    groups = [f"{group} x {site}" for group in (GROUP, worst["comparator"]) for site in ("North", "South")]
    pairs = pd.DataFrame({"group": groups, "denominator": counts, "numerator": [n * rate for n, rate in zip(counts, rates, strict=True)]})
    pairs = pairs.assign(metric=METRIC, period=worst["period"], dimension=f"{DIMENSION} x site", status="shown")
    pairs["value"] = pairs["numerator"] / pairs["denominator"]
    key = {"metric": METRIC, "period": worst["period"], "dimension": DIMENSION, "group": GROUP}
    parts = decompose(pairs, GROUP, worst["comparator"], by="site").assign(**key, comparator_group=worst["comparator"], by="site")
    if hidden:  # as an edition leaves it out
        parts[parts.select_dtypes("number").columns] = np.nan
    assessment = replace(given.assessment, decompositions=parts)
    return replace(given, release=replace(given.release, assessment=assessment))


def test_a_gap_that_holds_under_every_comparator_is_said_to() -> None:
    told = show.comparisons(harbor(), METRIC, DIMENSION)
    assert told.heading == "The service does clearly worse for Black participants, whatever the comparison"
    for comparator in ("Against the target", "Against the best group", "Against everyone else"):
        assert comparator in str(told)


def test_under_one_comparator_nothing_is_said_to_hold_whatever_the_comparison() -> None:
    given = harbor()
    every = given.assessment.by_comparator
    only = replace(given.assessment, by_comparator=every[every["basis"].eq("best")])
    assert show.comparisons(replace(given, release=replace(given.release, assessment=only)), METRIC, DIMENSION) is None
    alone = every[every["basis"].eq("best") | every["group"].ne(GROUP)]  # of this group, these readers see one comparison
    shown = replace(given, release=replace(given.release, assessment=replace(given.assessment, by_comparator=alone)))
    assert show.comparisons(shown, METRIC, DIMENSION).heading == (
        "Among the groups that can be compared here, none is clearly behind, whatever the comparison"
    )


def test_no_group_is_said_to_be_no_worse_where_none_was_judged() -> None:
    """All that is left is a gap without a verdict: a table of dashes must not stand under *none is clearly behind*."""
    given = harbor()
    every = given.assessment.by_comparator
    unjudged = replace(given.assessment, by_comparator=every.assign(verdict="not judged", worse=False))
    assert show.comparisons(replace(given, release=replace(given.release, assessment=unjudged)), METRIC, DIMENSION) is None
    once = every[every["basis"].eq("best")].assign(basis="target", verdict="not judged")
    apart = replace(given.assessment, by_comparator=pd.concat([every[every["basis"].eq("best")], once]))
    assert show.comparisons(replace(given, release=replace(given.release, assessment=apart)), METRIC, DIMENSION) is None


def test_what_matching_the_best_group_would_mean_is_told_in_people_with_an_interval() -> None:
    told = str(show.outcomes(harbor(), METRIC, DIMENSION))
    assert "If every group had results like those of" in told
    assert "(95% interval " in told
    assert "If every group" not in str(show.outcomes(harbor(), METRIC, "gender"))  # no clear gap there


@pytest.mark.parametrize(("where", "heading"), [(True, "mostly in where people are served"), (False, "mostly in different results")])
def test_a_gap_is_taken_apart_by_place(where: bool, heading: str) -> None:
    (told,) = show.places(by_site(where=where), METRIC, DIMENSION)
    assert heading in told.heading
    assert "Describes where the gap lies, not why" in str(told)


def test_a_gap_is_not_split_on_part_of_the_places() -> None:
    (told,) = show.places(by_site(where=True, hidden=True), METRIC, DIMENSION)
    assert told.heading == "Whether the gap lies in where people are served cannot be shown"


def test_where_the_contract_crosses_nothing_there_is_nothing_to_take_apart() -> None:
    assert show.places(harbor(), METRIC, DIMENSION) == ()


def test_results_that_are_all_hidden_have_no_empty_chart_and_are_not_said_to_be_beyond_judging():
    shown = opened("nsw-job-training", None, "public", "en", "employment")
    for section in (show.outcomes(shown, *show.subject(shown)), show.findings(shown)):
        assert "hidden for privacy" in str(section) and not any(hasattr(one, "svg") for one in section.body)
    told = str(show.comparisons(shown, *show.subject(shown))) + str(show.topic_questions(shown))
    assert "not part of this edition" in told and "can be judged" not in told and "cannot be judged" not in told


def test_of_groups_with_too_few_people_no_comparison_is_shown_as_possible() -> None:
    """Twenty people are too few to judge, against a target too."""
    given = opened("prairie-youth-jobs", None, "internal", "en")
    assert given.assessment.by_comparator["verdict"].eq("possible").any()
    assert show.comparisons(given, "enrolled_30d", "race_ethnicity") is None
