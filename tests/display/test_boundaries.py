"""Maps: boundaries stand beside the contract, and what is wrong with them is said with the file's name."""

import json
import shutil

import pytest
from display_frames import boundaries as squares
from display_frames import place_gaps, voice

from acmlib import open_report
from acmlib.cli.checking import check_contract
from acmlib.contract.load import load_contract
from acmlib.display.boundaries import boundaries
from acmlib.display.charts.place_map import GeometryError, place_map
from acmlib.display.pictures import results_picture

POINT = '{"type": "FeatureCollection", "features": [{"properties": {"name": "x"}, "geometry": {"type": "Point"}}]}'


@pytest.fixture()
def samples(tmp_path, repository):
    """The sample whose neighborhoods have boundaries, to write on."""
    for folder in ("params", "data"):
        shutil.copytree(repository / folder / "harbor-youth-jobs", tmp_path / folder / "harbor-youth-jobs")
    shutil.copytree(repository / "notebooks", tmp_path / "notebooks")
    return tmp_path


def test_a_dimension_with_boundaries_is_a_map_and_others_are_dots(samples, monkeypatch):
    monkeypatch.chdir(samples)
    report = open_report("harbor-youth-jobs", edition="internal", root=samples)
    places, races = (results_picture(report, report.gaps_of("placed_6m", by)) for by in ("neighborhood", "race_ethnicity"))
    assert places.alt.startswith("Map of 4 places") and races.alt.startswith("Dot chart")
    for name in ("Old Port", "Mill Hill", "Eastgate", "Saltmarsh"):
        assert name in places.svg


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (None, "params/harbor-youth-jobs/neighborhoods.geojson: is not there; put it beside contract.yml"),
        ("{", "neighborhoods.geojson: is no JSON"),
        ('{"type": "Polygon"}', "neighborhoods.geojson: type is 'Polygon'; use a GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection", "features": [{"properties": {"NAME": "x"}}]}', "feature 1 has no property 'name'; it has NAME"),
        (
            '{"type": "FeatureCollection", "features": [{"properties": {"name": "x"}, "geometry": {"type": "Point"}}]}',
            "is a Point; use Polygon",
        ),
    ],
)
def test_what_is_wrong_with_boundaries_is_an_error_of_the_check(samples, written, message):
    path = samples / "params" / "harbor-youth-jobs" / "neighborhoods.geojson"
    path.write_text(written) if written is not None else path.unlink()
    with pytest.raises(GeometryError, match=message.replace("(", r"\(")):
        boundaries(load_contract("harbor-youth-jobs", root=samples), "neighborhood", samples)
    assert any("neighborhoods.geojson" in str(one) for one in check_contract("harbor-youth-jobs", root=samples))


def test_boundaries_of_other_places_are_refused():
    given = json.loads(json.dumps(squares()).replace("North", "N").replace("South", "S").replace("East", "E").replace("West", "W"))
    with pytest.raises(GeometryError, match="no place is one of the groups North, South"):
        place_map(place_gaps(), given, voice=voice())


def test_a_place_too_small_for_its_name_gets_a_letter():
    small = json.loads(json.dumps(squares()).replace("[0, 1]", "[0.99, 1]"))
    small["features"][0]["properties"]["name"] = "North"
    gaps = place_gaps().replace({"group": {"East": "The eastern quarter behind the railway"}})
    small["features"][2]["properties"]["name"] = "The eastern quarter behind the railway"
    drawing = place_map(gaps, small, voice=voice()).svg
    assert ">A 42%<" in drawing and "The eastern quarter behind the railway</text>" in drawing
