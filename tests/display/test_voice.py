"""Labels of groups."""

from display_frames import CONTRACT, voice
from opened import opened

from acmlib.contract.model import Text
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
