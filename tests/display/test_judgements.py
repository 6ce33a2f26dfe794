"""Sentences of judgement: exact, with their numbers, and never stronger than the verdict."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from display_frames import cells, gaps, points, voice

from acmlib.analysis.equity import disparities, disproportionality, unknown_bounds
from acmlib.display.judgements import (
    about,
    comparator_statement,
    gap_sentence,
    not_legal,
    representation_heading,
    representation_sentence,
    unknown_bounds_sentence,
    variation_clause,
)
from acmlib.display.words import Words


def sentence(group, language="en", wording="equity", **settings):
    found = gaps(**settings)
    return gap_sentence(found[found["group"] == group].iloc[0], voice(language, wording))


def test_the_guide_s_gap_reads_with_both_results_their_counts_gap_and_ratio():
    found = disparities(cells([("White", 40, 100), ("Black or African American", 20, 100)]), comparator="White")
    text = gap_sentence(found.iloc[1], voice())
    assert text.startswith(
        "Black participants: 20% (20 of 100), 20 points below the 40% of White participants. That is 0.50 times as much."
    )


def test_the_guide_s_share_reads_with_gap_and_ratio():
    served = cells([("Youth of color", 100, 100), ("White youth", 300, 300)], metric="enrolled").assign(
        value=[100.0, 300.0], denominator=np.nan, low=np.nan, high=np.nan
    )
    shares = disproportionality(served, pd.DataFrame({"group": ["Youth of color", "White youth"], "people": [380, 620]}))
    text = representation_sentence(shares.iloc[0], voice(), base="young people in the county")
    assert text.startswith(
        "Participants in the group “Youth of color”: 25% of those served, "
        "against 38% of young people in the county (\N{MINUS SIGN}13 points)."
    )
    assert "a ratio of 0.66" in text
    assert "0.54 times as often" in text
    heading = representation_heading(shares, voice(), "young people in the county")
    assert heading == "The service reaches participants in the group “Youth of color” less than their share of young people in the county"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("wording", ["equity", "neutral"])
def test_no_sentence_is_stronger_than_its_verdict(language, wording):
    """Only a clear gap is called clear; a possible one says that it is not settled; one not seen says what could hide."""
    strong = {"en": ["is clear"], "es": ["es clara"]}[language]
    open_words = {
        "en": ["cannot settle", "could still be hidden", "not judged"],
        "es": ["no bastan", "podría ocultarse", "no se puede juzgar"],
    }[language]
    found = gaps()
    for _, row in found.iterrows():
        text = gap_sentence(row, voice(language, wording))
        if row["group"] == "White":
            continue
        assert any(word in text for word in strong) == (row["verdict"] == "clear"), text
        assert any(word in text for word in open_words) == (row["verdict"] != "clear"), text


def test_a_possible_gap_says_how_many_more_people_would_settle_it():
    found = gaps()
    row = found[found["verdict"] == "possible"].iloc[0]
    assert f"about {Words('en').number(about(row['needed']))} more participants" in gap_sentence(row, voice())
    assert about(1952) == 2000, "no more digits than are known"


def test_a_gap_that_needs_more_than_two_years_of_people_cannot_be_settled_in_this_contract():
    """Two years of 100 and 100 people are 400 of a 12-month window: 399 more are within reach, 401 are not."""
    row = {
        **gaps()[lambda rows: rows["verdict"] == "possible"].iloc[0],
        "period": "P12M/2026-05",
        "denominator": 100,
        "comparator_denominator": 100,
    }
    assert "about 400 more participants, in the two groups together, would settle it" in gap_sentence({**row, "needed": 399}, voice())
    assert "cannot be settled in this contract: about 400 more participants would be needed, more than come in 2 years" in gap_sentence(
        {**row, "needed": 401}, voice()
    )
    assert "no se podrá decidir en este contrato" in gap_sentence({**row, "needed": 401}, voice("es"))
    of_target = gap_sentence({**row, "needed": 199, "basis": "target", "comparator": "target"}, voice())
    assert "about 200 more participants would settle it" in of_target
    assert "cannot be settled" in gap_sentence({**row, "needed": 201, "basis": "target", "comparator": "target"}, voice())


@pytest.mark.parametrize(("language", "told"), [("en", "could not be settled in this contract: about 400"), ("es", "No se pudo decidir")])
def test_a_gap_of_a_contract_that_is_over_is_not_said_to_wait_for_more_people(language: str, told: str):
    row = gaps()[lambda rows: rows["verdict"] == "possible"].iloc[0]
    speaks = voice(language)
    ended = replace(speaks, as_of=speaks.contract.contract.ends)
    assert told in gap_sentence({**row, "needed": 401}, ended) and told not in gap_sentence({**row, "needed": 401}, speaks)


def test_a_gap_not_seen_says_how_large_a_gap_could_hide_and_never_equal():
    text = sentence("Asian")
    assert "No gap of 5 points or more is seen" in text
    assert "That does not show equal results: a gap of up to" in text


def test_a_hidden_group_is_named_and_its_numbers_are_not():
    text = sentence("American Indian or Alaska Native")
    assert text == "American Indian or Alaska Native participants: not judged, because the numbers are hidden to protect privacy."


def test_a_better_result_is_no_shortfall():
    found = disparities(cells([("North", 40, 100), ("South", 80, 100)], dimension="site"), comparator="North")
    assert "are the better ones" in gap_sentence(found.iloc[1], voice())


def test_lower_is_better_turns_the_reading_round():
    rows = cells([("North", 40, 100), ("South", 80, 100)], metric="days_to_start", dimension="site")
    found = disparities(rows, comparator="North", better={"days_to_start": "lower"}, materiality={"days_to_start": 0.05})
    assert "better ones" not in gap_sentence(found.iloc[1], voice())


def test_comparators_that_are_no_group_are_named_in_words():
    found = disparities(cells([("North", 40, 100), ("South", 80, 100)], dimension="site"), comparator="overall")
    assert "of all participants together" in gap_sentence(found.iloc[0], voice())
    found = disparities(cells([("North", 20, 100)], dimension="site"), comparator="target", targets={"placed_6m": 0.4})
    assert "20 points below the 40% of the target" in gap_sentence(found.iloc[0], voice())


@pytest.mark.parametrize(("second", "close"), [(190, True), (100, False)])
def test_that_the_best_group_may_be_best_by_chance_is_said_unless_all_others_are_clearly_behind(second: int, close: bool):
    found = disparities(cells([("White", 200, 400), ("Asian", second, 400), ("Black or African American", 100, 400)]))
    told = comparator_statement(found.to_dict("records"), voice())
    assert told == "White participants, the best-performing group with at least 30 people" + "; others may be as good" * close
    open_cases = found.assign(verdict=found["verdict"].mask(found["group"].eq("Asian"), "not judged"))
    assert str(comparator_statement(open_cases.to_dict("records"), voice())).endswith("; others may be as good"), "nobody knows of them"


def test_change_over_time_reads_as_what_it_is():
    chart = points()
    assert variation_clause(chart.iloc[-1], voice()) == "Improving: more than the usual ups and downs"
    steady = points(np.tile([0.40, 0.41], 12))
    assert variation_clause(steady.iloc[-1], voice()) == "No real change: the usual ups and downs"


def test_people_without_a_recorded_group_are_counted_against_each_gap():
    rows = [("White", 80, 200), ("Black or African American", 40, 200), ("Not asked", 10, 40)]
    bounds = unknown_bounds(disparities(cells(rows), comparator="White"))
    text = unknown_bounds_sentence(bounds.iloc[1], voice())
    assert text.startswith("40 people have no group recorded. Depending on who they are, the gap for Black participants lies between")


def test_every_gap_page_can_say_that_it_is_no_legal_finding():
    assert "not a legal finding" in not_legal(voice())
    assert "no una conclusión jurídica" in not_legal(voice("es"))
