"""The first sentences of a page: the worst clear thing first, with both numbers, and nothing stronger than its numbers."""

from dataclasses import replace

import pandas as pd
import pytest
from display_frames import CONTRACT, cells, gaps, voice

from acmlib.analysis.equity import disparities
from acmlib.analysis.verdicts import ChangeVerdict, MetricVerdict, TargetVerdict
from acmlib.display.comparisons import comparisons
from acmlib.display.facts import facts
from acmlib.display.verdict import verdict

MISSED = TargetVerdict(value=0.4, in_force=0.4, state="missed", certain=True)
MET = TargetVerdict(value=0.25, in_force=0.25, state="met", certain=True)
NONE = pd.DataFrame()
MAIN = MetricVerdict("placed_6m", "P12M/2025-12", 188, 584, 0.32, 0.28, 0.36, "shown", target=MISSED)


def said(known=MAIN, found=NONE, served=NONE, *, language="en", ended=False, depends=(), wording="equity"):
    told = facts({known.metric: known}, found, served, CONTRACT, main="placed_6m", headline=("placed_6m",))
    return verdict(told, voice(language, wording), gaps=found, stage_gaps=NONE, ended=ended, depends=depends)


def quiet(*rows):
    return disparities(cells(rows), comparator="best")


def test_the_missed_main_target_comes_first_with_both_numbers_and_the_group_that_is_behind() -> None:
    lead = " ".join(said(found=gaps()).lead)
    assert lead.startswith("Misses its main target: Placed in a job within 6 months: 32% (target 40%).")
    assert lead.endswith("Black participants 20%, White participants 40%.")


def test_in_spanish_the_same_is_said_of_people() -> None:
    lead = " ".join(said(found=gaps(), language="es").lead)
    assert "No alcanza su meta principal" in lead and "ersonas negras o afroamericanas: 20%; personas blancas: 40%" in lead


def test_a_miss_that_may_be_chance_is_not_called_a_miss() -> None:
    unsure = replace(MAIN, target=replace(MISSED, certain=False))
    lead = " ".join(said(unsure).lead)
    assert "could be chance" in lead and "Misses" not in lead


def test_a_clear_gap_leads_where_the_target_is_met_and_the_target_follows() -> None:
    told = said(replace(MAIN, target=MET), gaps())
    assert told.lead[0].startswith("The service works less well for Black participants")
    assert "20%" in told.lead[0] and "40%" in told.lead[0]
    assert any("Meets its main target" in one for one in told.more)


def test_a_gap_whose_verdict_depends_on_the_comparison_says_so() -> None:
    key = ("placed_6m", "race_ethnicity", "Black or African American")
    assert "Compared with others, this gap is not clear." in " ".join(said(found=gaps(), depends={key}).lead)
    assert "Compared with others" not in " ".join(said(found=gaps()).lead)


def test_an_ended_contract_is_told_in_the_past() -> None:
    assert said(ended=True).lead[0].startswith("Missed its main target")
    assert said(replace(MAIN, target=MET), ended=True).lead[0].startswith("Met its main target")
    without = replace(MAIN, target=TargetVerdict())
    assert said(without, ended=True).lead[0].startswith("No target was agreed")
    assert said(without).lead[0].startswith("No target is agreed")


@pytest.mark.parametrize(
    ("status", "words"),
    [("hidden", "Hidden for privacy"), ("immature", "Not yet knowable"), ("no data", "No data"), ("unreliable", "Too few people to judge")],
)
def test_the_reasons_of_silence_each_have_their_words(status: str, words: str) -> None:
    known = MetricVerdict("placed_6m", "P12M/2025-12", status=status)
    assert said(known).lead[0].startswith(words)


def test_no_gap_is_said_only_if_every_group_could_be_compared_and_is_shown() -> None:
    everyone = quiet(("White", 400, 1000), ("Asian", 399, 1000))
    assert said(replace(MAIN, target=MET), everyone).lead[-1] == "No clear gap between groups is seen."
    small = quiet(("White", 400, 1000), ("Asian", 399, 1000), ("Multiracial and/or Multiethnic", 5, 12))
    assert "some are too small to say" in said(replace(MAIN, target=MET), small).lead[-1]
    hidden = quiet(("White", 400, 1000), ("Asian", 399, 1000), ("Multiracial and/or Multiethnic", 4, 12, "hidden"))
    assert "shown here; others are hidden for privacy" in said(replace(MAIN, target=MET), hidden).lead[-1]


def test_where_nothing_can_be_compared_no_absence_of_gaps_is_said() -> None:
    small = quiet(("White", 4, 10), ("Asian", 3, 9))
    assert said(replace(MAIN, target=MET), small).lead[-1] == "Groups are too small to say whether results are equal."
    early = quiet(("White", 4, 10, "immature"), ("Asian", 3, 9, "immature"))
    assert said(replace(MAIN, target=MET), early).lead[-1].startswith("Whether results are equal cannot be known yet")
    hidden = quiet(("White", 4, 10, "hidden"), ("Asian", 3, 9, "hidden"))
    assert "cannot be shown here" in said(replace(MAIN, target=MET), hidden).lead[-1]


def test_who_is_clearly_under_served_is_said_although_no_result_differs() -> None:
    row = {"metric": "enrolled", "period": "P12M/2026-06", "dimension": "race_ethnicity", "group": "Asian", "base": "population",
           "verdict": "clear", "participation_ratio": 0.54, "representation_gap": -0.13, "share": 0.25, "base_share": 0.38}  # fmt: skip
    told = said(replace(MAIN, target=MET), served=pd.DataFrame([row]))
    assert "Asian participants are 25% of those served, but 38% of" in told.lead[0]


def test_a_change_is_told_with_both_numbers_and_when_it_began() -> None:
    change = ChangeVerdict("better", "phases", "2025-07", 0.54, 0.67, 0.13, 0.05, 0.2, "2024-07", "2026-05")
    told = said(replace(MAIN, target=MET, change=change))
    assert any("has improved: 54% before July 2025, 67% since." in one for one in told.more)


def test_a_change_whose_windows_are_not_on_the_page_has_no_numbers() -> None:
    change = ChangeVerdict("better", "shift", "2025-07")
    (one,) = [one for one in said(replace(MAIN, target=MET, change=change)).more if "improved" in one]
    assert one == "Placed in a job within 6 months has improved since July 2025." and "nan" not in one


def test_neutral_wording_speaks_of_differences() -> None:
    lead = " ".join(said(replace(MAIN, target=MET), quiet(("White", 400, 1000), ("Asian", 399, 1000)), wording="neutral").lead)
    assert "No clear difference between groups is seen." in lead and "gap" not in lead


def test_comparisons_are_ordered_worst_first_and_steps_of_one_gap_are_not_told_twice() -> None:
    found = pd.concat([quiet(("White", 400, 1000), ("Asian", 399, 1000)).assign(dimension="site"), gaps()], ignore_index=True)
    order = [(one.dimension, one.outcome) for one in comparisons(found, CONTRACT, main="placed_6m")]
    assert order == [("race_ethnicity", "clear"), ("site", "not seen")]
    steps = gaps().assign(metric="stage:placed")
    told = facts({"placed_6m": MAIN}, pd.concat([gaps(), steps], ignore_index=True), NONE, CONTRACT, main="placed_6m", headline=())
    assert [one.metric for one in told if one.kind == "gap"] == ["placed_6m"]


def test_a_possible_gap_leads_no_page_unless_it_is_of_a_headline_figure() -> None:
    """Of dozens of comparisons with whichever group is best, another one looks possible each month."""
    possible = quiet(("White", 62, 100), ("Asian", 46, 100)).assign(verdict="possible", gap_low=-0.29, gap_high=-0.02)
    for headline, kinds in (((), []), (("placed_6m",), ["possible"])):
        told = facts({"enrolled": replace(MAIN, metric="enrolled")}, possible, NONE, CONTRACT, main="enrolled", headline=headline)
        assert [one.kind for one in told if one.metric == "placed_6m" and one.comparison] == kinds


def test_a_gap_in_a_groups_favour_is_not_a_finding_against_it() -> None:
    better = disparities(cells([("White", 80, 200), ("Asian", 130, 200)]), comparator="White")
    told = facts({"placed_6m": MAIN}, better, NONE, CONTRACT, main="placed_6m", headline=())
    assert not [one for one in told if one.kind == "gap"]


def test_every_kind_of_fact_has_words_in_both_languages() -> None:
    change = ChangeVerdict("worse", "12 months", "", 0.5, 0.4, -0.1, -0.2, -0.01, "P12M/2025-06", "P12M/2026-06")
    found = gaps()
    for language in ("en", "es"):
        for state in ("better", "worse", "higher", "lower"):
            for target in (MISSED, MET, TargetVerdict(), replace(MET, certain=False), replace(MISSED, certain=False)):
                for ended in (False, True):
                    told = said(replace(MAIN, target=target, change=replace(change, state=state)), found, language=language, ended=ended)
                    assert told.lead and "nan" not in " ".join((*told.lead, *told.more))


def test_a_target_that_is_met_since_a_change_is_not_led_with_as_a_plain_miss() -> None:
    change = ChangeVerdict("better", "phases", "2025-07", 0.30, 0.45, 0.15, 0.05, 0.2, "2024-07", "2026-05")
    lead = said(replace(MAIN, change=change)).lead[0]
    assert lead.startswith("Misses its main target over the 12 months to December 2025") and "since July 2025 it stands at 45%" in lead
    still_short = replace(change, after=0.38)
    assert said(replace(MAIN, change=still_short)).lead[0].startswith("Misses its main target: ")
