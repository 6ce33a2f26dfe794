"""Slides, hand-outs and answers for trainers: files that open anywhere."""

import re
import shutil
from pathlib import Path

import pytest

from acmlib.publish.training import LESSONS, make_training

ROOT = Path(__file__).parents[2]


def test_what_a_trainer_gets_needs_no_internet_and_keeps_answers_apart(tmp_path):
    shutil.copytree(ROOT / LESSONS, tmp_path / LESSONS)
    made = {path.name: (tmp_path / path).read_text() for path in make_training(tmp_path, language="es", seeds=(1, 2))}
    assert set(made) == {"slides.es.html", "level_1.es.html", "level_2.es.html", "level_3.es.html", "answers.es.html"}
    for page in made.values():
        assert "<script" not in page
        assert not re.search(r'(?:src|href)="', page)
        assert '<html lang="es">' in page
    assert made["slides.es.html"].count("<section>") == 7
    assert "Nivel 1" in made["level_1.es.html"]
    assert made["answers.es.html"].count("<h2>") == 6
    assert "River Road" not in made["level_1.es.html"]
    with pytest.raises(ValueError, match="there are no lessons in 'pt'"):
        make_training(tmp_path, language="pt")
