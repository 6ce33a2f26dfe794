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
    paper = {f"level_{level}-group_{seed}.es.html" for level in (1, 2, 3) for seed in (1, 2)}
    assert set(made) == {"slides.es.html", "answers.es.html", *paper}
    for page in made.values():
        assert "<script" not in page
        assert not re.search(r'(?:src|href)="(?!#)', page)
        assert '<html lang="es">' in page
    assert made["slides.es.html"].count("<section>") == 7
    assert "Nivel 1" in made["level_1-group_2.es.html"]
    for name in paper:  # what a group without a computer needs: the tables and figures of its own contract
        assert made[name].count("<table") >= 2 - name.startswith("level_3") and made[name].count("<svg") == 1
    assert "seed=2" in made["level_2-group_2.es.html"] and made["level_1-group_1.es.html"] != made["level_1-group_2.es.html"]
    assert made["answers.es.html"].count("<h2>") == 6
    assert "grupo: River Road" in made["answers.es.html"] and not any("grupo: River Road" in made[name] for name in paper)
    with pytest.raises(ValueError, match="there are no lessons in 'pt'"):
        make_training(tmp_path, language="pt")
