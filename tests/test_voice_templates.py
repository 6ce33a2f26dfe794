"""The instruments in templates/voice: each in both languages, and its YAML reads what the instrument asks."""

import re
from pathlib import Path

import pytest
import yaml

from acmlib.contract.load import parse_contract
from acmlib.contract.records import Note
from acmlib.contract.voices import Voices

VOICE = Path(__file__).parents[1] / "templates" / "voice"
INSTRUMENTS = ("resident_survey", "exit_survey", "focus_group", "town_hall", "consent")

BARE = """\
contract: {title: T, provider: P, agency: A, program: p, starts: 2025-01-01, ends: 2026-12-31}
metrics:
  asked: {title: Asked, kind: count, from: TABLE, date: sent_on}
"""


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_instrument_is_there_in_both_languages_with_the_yaml_that_reads_it(name):
    assert {path.name for path in VOICE.glob(f"{name}.*")} == {f"{name}.en.md", f"{name}.es.md", f"{name}.yml"}


@pytest.mark.parametrize("name", ["resident_survey", "exit_survey"])
def test_a_survey_reads_every_question_it_asks_and_no_other(name):
    text = (VOICE / f"{name}.yml").read_text(encoding="utf-8")
    contract = parse_contract("demo", BARE.replace("TABLE", name) + text)
    (survey,) = contract.surveys.values()
    read = {column: wording for block in survey.questions for column, wording in block.ask.items()}
    for language in ("en", "es"):
        form = (VOICE / f"{name}.{language}.md").read_text(encoding="utf-8")
        asked = re.findall(r"^\d\. `(\w+)`", form, flags=re.MULTILINE)
        assert sorted(asked) == sorted(read)
        options = {code for block in survey.questions for code in block.options}
        assert set(re.findall(r"\(`(\w+)`\)", form)) == options
    assert all({"en", "es"} <= set(wording.translations) for wording in read.values())
    assert sum(metric.startswith(next(iter(contract.surveys))) for metric in contract.metrics) > len(read)


@pytest.mark.parametrize("name", ["focus_group", "town_hall"])
def test_events_are_read_as_they_stand(name):
    voices = Voices.model_validate(yaml.safe_load((VOICE / f"{name}.yml").read_text(encoding="utf-8")))
    assert voices.events[0].kind == name.replace("_", " ").replace("-", " ")
    assert voices.heard[0].event == voices.events[0].id


def test_a_quote_with_this_head_may_be_read_by_others():
    head = yaml.safe_load((VOICE / "consent.yml").read_text(encoding="utf-8"))
    assert not Note.model_validate({**head, "text": "It helped.", "file": "x.md"}).is_withheld


def test_every_instrument_has_a_filled_example_whose_parts_are_read():
    text = (VOICE / "examples.md").read_text(encoding="utf-8")
    headings = {line.removeprefix("## ").lower().replace(" ", "_") for line in text.splitlines() if line.startswith("## ")}
    assert headings == set(INSTRUMENTS)
    heard, head = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL))
    event = yaml.safe_load((VOICE / "focus_group.yml").read_text(encoding="utf-8"))
    assert Voices.model_validate({**event, **heard}).heard[0].event == "focus-2026-05"
    assert not Note.model_validate({**head, "text": "It helped.", "file": "x.md"}).is_withheld
    (sent,) = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    asked = re.findall(r"^\d\. `(\w+)`", (VOICE / "exit_survey.en.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(asked) <= set(sent.splitlines()[0].split(","))
    assert len({row.count(",") for row in sent.splitlines()}) == 1
