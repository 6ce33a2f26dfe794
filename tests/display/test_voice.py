"""Labels of groups."""

import pytest
from display_frames import CONTRACT, voice
from opened import opened

from acmlib.contract.model import Metric, Text
from acmlib.display.changes import between
from acmlib.display.voice import Voice
from acmlib.display.words import Words


def test_coded_groups_take_the_prefix_of_their_dimension_and_named_ones_do_not():
    site = CONTRACT.dimensions["site"].model_copy(update={"prefix": Text.model_validate({"en": "District", "es": "Distrito"})})
    contract = CONTRACT.model_copy(update={"dimensions": {**CONTRACT.dimensions, "site": site}})
    english, spanish = (Voice(Words(language), contract) for language in ("en", "es"))
    assert (english.group("site", "4"), spanish.group("site", "4")) == ("District 4", "Distrito 4")
    assert english.group("site", "Not recorded") == voice().group("site", "Not recorded")
    assert english.group("race_ethnicity", "White") == "White"


def test_groups_that_were_put_together_do_not_take_the_phrase_of_their_dimension():
    spoken = CONTRACT.dimensions["site"].model_copy(update={"phrase": Text.model_validate("families who speak {group}")})
    speaks = Voice(Words("en"), CONTRACT.model_copy(update={"dimensions": {**CONTRACT.dimensions, "site": spoken}}))
    assert speaks.people("site", "Spanish") == "families who speak Spanish"
    assert speaks.people("site", "Other groups") == "participants of the other groups"


def test_a_median_that_fewer_than_half_have_reached_is_said_to_be_not_reached():
    """Its cell is shown and has no number."""
    assert voice().status("shown") == "not reached by half so far"
    assert Voice(Words("es"), CONTRACT).status("shown") == "la mitad aún no lo alcanza"


def test_both_ends_of_an_interval_of_money_are_told_as_finely():
    speaks = opened("nsw-job-training", None, "provider").voice
    assert between("earnings_1978", -6416.2, 62.49, speaks) == ("−$6,416", "+$62")
    assert between("earnings_1978", -15.5, 62.49, speaks) == ("−$15.50", "+$62.49")


@pytest.mark.parametrize(
    ("metric", "value", "target", "read"),
    [
        ("placed", 0.349, 0.35, ("34.9%", "35%")),
        ("placed", 0.3496, 0.35, ("34.96%", "35%")),
        ("placed", 0.35, 0.35, ("35%", "35%")),
        ("placed", 0.31, 0.35, ("31%", "35%")),
        ("placed", 0.376, 0.379, ("37.6%", "37.9%")),  # a window's target is a mean of dated ones
        ("placed", 0.353, 0.35, ("35%", "35%")),  # met: it reads as at the target, and is
        ("wait", 9.8, 10.0, ("9.8 days", "10 days")),
        ("wait", 10.4, 10.0, ("10.4 days", "10 days")),
        ("score", 3.36, 3.4, ("3.36", "3.40")),
        ("score", 37110.8, 4.0, ("37,111", "4")),
        ("pay", 6348.8, 6349.0, ("$6,348.80", "$6,349.00")),
    ],
)
def test_a_result_never_reads_like_a_target_that_it_misses(metric, value, target, read):
    kinds = {
        "placed": {"kind": "proportion", "of": "true", "that": "true", "target": [{"value": 0.35}] if target == 0.35 else []},
        "wait": {"kind": "duration", "start": "a", "end": "b", "better": "lower", "target": [{"value": 10}]},
        "score": {"kind": "mean", "of": "true", "value": "a", "better": "higher"},
        "pay": {"kind": "mean", "of": "true", "value": "a", "unit": "dollars", "better": "higher"},
    }
    metrics = {name: Metric.model_validate({"title": name, **kind}) for name, kind in kinds.items()}
    spoken = Voice(Words("en"), CONTRACT.model_copy(update={"metrics": metrics}), beside={metric: ((value, target),)})
    assert (spoken.value(metric, value), spoken.value(metric, target)) == read
