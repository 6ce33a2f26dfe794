"""Starter sets: whole in both languages, every figure with its source, and nothing half."""

from pathlib import Path

import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.starters import STARTERS, load_starter, starter_names

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", starter_names(ROOT))
def test_a_set_is_whole_in_both_languages_and_every_figure_has_its_source(name):
    starter = load_starter(name, ROOT)
    texts = [starter.title, *starter.questions, *starter.survey]
    for measure in starter.measures:
        texts += [measure.title, measure.definition, *measure.cuts, *measure.data]
        texts += [*(one for one in (measure.benchmark.open, measure.benchmark.of) if one)]
        assert measure.kind != "duration" or measure.better == "lower", f"{measure.id}: a wait is better when it is shorter"
        assert measure.benchmark.open or (measure.benchmark.source and measure.benchmark.year and measure.benchmark.where)
    assert all(set(text.translations) == {"en", "es"} for text in texts)


def test_there_is_a_set_for_each_service_that_cities_begin_with():
    named = {"job_placement", "tutoring", "home_visiting", "housing", "reentry", "early_childhood", "service_requests"}
    assert named <= set(starter_names(ROOT))


@pytest.mark.parametrize(
    ("change", "said"), [(("year: 2024", "yeer: 2024"), "yeer"), (("      year: 2024\n", ""), "needs value, of, source, year and where")]
)
def test_a_figure_without_its_source_is_refused_with_file_and_line(tmp_path, change, said):
    (tmp_path / STARTERS).mkdir(parents=True)
    text = (ROOT / STARTERS / "tutoring.yml").read_text().replace(*change)
    (tmp_path / STARTERS / "tutoring.yml").write_text(text)
    with pytest.raises(ContractError, match="templates/starters/tutoring") as raised:
        load_starter("tutoring", tmp_path)
    assert said in str(raised.value)
    with pytest.raises(ContractError, match="did you mean 'tutoring'"):
        load_starter("tutorin", tmp_path)
