"""Labels of groups."""

from display_frames import CONTRACT, voice

from acmlib.contract.model import Text
from acmlib.display.voice import Voice
from acmlib.display.words import Words


def test_coded_groups_take_the_prefix_of_their_dimension_and_named_ones_do_not():
    site = CONTRACT.dimensions["site"].model_copy(update={"prefix": Text.model_validate({"en": "District", "es": "Distrito"})})
    contract = CONTRACT.model_copy(update={"dimensions": {**CONTRACT.dimensions, "site": site}})
    english, spanish = (Voice(Words(language), contract) for language in ("en", "es"))
    assert (english.group("site", "4"), spanish.group("site", "4")) == ("District 4", "Distrito 4")
    assert english.group("site", "Not recorded") == voice().group("site", "Not recorded")
    assert english.group("race_ethnicity", "White") == "White"


def test_a_median_that_fewer_than_half_have_reached_is_said_to_be_not_reached():
    """Its cell is shown and has no number."""
    assert voice().status("shown") == "not reached by half so far"
    assert Voice(Words("es"), CONTRACT).status("shown") == "la mitad aún no lo alcanza"
