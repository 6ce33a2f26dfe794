"""Surveys: one entry of the contract becomes a share for each question; what is wrong in it is told at the question."""

import pytest

from acmlib.contract.load import parse_contract
from acmlib.contract.survey_metrics import survey_metrics

SURVEY = """\
surveys:
  exit:
    title: Exit survey
    from: participants
    date: sent_on
    not_answered: ["9", "99"]
    dimensions: [site]
    questions:
      - kind: scale
        scale: {"1": {en: "No", es: "No"}, "2": Neither, "3": {en: "Yes", es: "Sí"}}
        positive: ["3"]
        negative: ["1"]
        ask: {helpful: {en: Did it help?, es: ¿Sirvió?}, listened: Did we listen?}
      - kind: yes_no
        positive: [Y, "1"]
        negative: [N]
        ask: {again: Would you come again?}
      - kind: choice
        options: {bus: The bus, "two words": Two}
        ask: {barrier: What was hard?}
      - kind: open
        ask: {better: What could be better?}
"""


def test_many_sister_questions_in_one_entry_become_shares(contract_text):
    contract = parse_contract("harbor", contract_text + SURVEY)
    made = [name for name in contract.metrics if name.startswith("exit_")]
    assert made == [
        "exit_answered", "exit_helpful", "exit_helpful_negative", "exit_helpful_neutral", "exit_listened", "exit_listened_negative",
        "exit_listened_neutral", "exit_again", "exit_barrier_bus", "exit_barrier_two_words",
    ]  # fmt: skip
    helpful = contract.metrics["exit_helpful"]
    assert helpful.title.translations == {"en": "Did it help?: Yes", "es": "¿Sirvió?: Sí"}
    assert (helpful.kind, helpful.dimensions, helpful.audience) == ("proportion", ("site",), "public")
    # What adds up to all answers is for those who hold the records, and is not compared between groups.
    negative = contract.metrics["exit_helpful_negative"]
    assert (negative.better, negative.dimensions, negative.audience) == ("lower", (), "provider")


def test_codes_for_no_answer_are_named_once_and_count_nowhere(contract_text):
    import duckdb

    contract = parse_contract("harbor", contract_text + SURVEY)
    rows = [("3", "1"), ("1", "9"), ("9", "99"), ("3.0", None), (None, None)]
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t (helpful VARCHAR, listened VARCHAR, again VARCHAR, barrier VARCHAR, better VARCHAR)")
    connection.executemany("INSERT INTO t VALUES (?, ?, NULL, NULL, NULL)", rows)

    def share(name: str) -> tuple[int, int]:
        metric = contract.metrics[name]
        of = metric.of or "true"
        found = connection.execute(f"SELECT count(*) FILTER (WHERE ({of}) AND ({metric.that})), count(*) FILTER (WHERE {of}) FROM t")
        return found.fetchall()[0]

    assert share("exit_helpful") == (2, 3)
    assert share("exit_listened") == (0, 1)
    assert share("exit_answered") == (3, 5)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("from: participants\n    date: sent", "from: people\n    date: sent", "surveys.exit.answered is 'people'; there is no such table"),
        ("dimensions: [site]", "dimensions: [sit]", "is 'sit'; there is no such dimension; did you mean 'site'?"),
        ('positive: ["3"]', 'positive: ["4"]', "surveys.exit.questions.0 has the code 4, which is off the scale; use 1, 2, 3"),
        ('negative: ["1"]', 'negative: ["3"]', "surveys.exit.questions.0 counts 3 as positive and as negative; choose one"),
        ("kind: choice", "kind: open", "has options, which questions of kind open do not use"),
        ("        options: {bus", "        option: {bus", "surveys.exit.questions.2.option is not a known key; did you mean 'options'?"),
        ("again: Would", "helpful: Would", "surveys.exit asks helpful twice; name each question once"),
        ("date: sent_on", "date: sent_on; drop", "surveys.exit"),
        ("date: sent_on", "waves: [{title: One, period: Y1}]", "surveys.exit has waves and no date; give the column of the day"),
        (
            "not_answered:",
            "waves: [{title: One, period: 2024}]\n    not_answered:",
            "waves.0.period is '2024'; use a year of",
        ),
        (
            "not_answered:",
            "waves: [{title: One, period: P6M/2025-11}]\n    not_answered:",
            "waves.0.period is 'P6M/2025-11'; use a year of the contract as Y1, a half-year of it as P6M/2025-12",
        ),
        (
            "not_answered:",
            "waves: [{title: One, period: 2031Q1}]\n    not_answered:",
            "'2031Q1'; it lies outside the term",
        ),
        (
            "not_answered:",
            "waves: [{title: One, period: Y1}, {title: Two, period: 2024Q4}]\n    not_answered:",
            "waves.1.period is '2024Q4', which begins before Y1 ends; give waves in order, none within another",
        ),
    ],
)
def test_what_is_wrong_in_a_survey_is_told_where_it_was_written(errors, contract_text, old, new, message):
    found = errors((old, new), text=contract_text + SURVEY)
    assert any(message in error for error in found), found


def test_a_question_does_not_replace_a_metric_of_the_same_name(errors, contract_text):
    text = contract_text + "  exit_helpful: {title: Other, kind: count, date: enrolled_on}\n" + SURVEY
    assert any("becomes the metric exit_helpful, which is there already; use another name" in error for error in errors(text=text))


def test_a_contract_without_surveys_has_no_more_metrics(contract_text):
    assert survey_metrics(parse_contract("harbor", contract_text).surveys) == {}


def test_public_editions_leave_out_the_answers_that_add_up(repository):
    import pandas as pd

    from acmlib.contract.load import load_contract
    from acmlib.contract.periods import parse_period
    from acmlib.measures.table import METRIC_COLUMNS
    from acmlib.release.offer import offered

    contract = load_contract("harbor-youth-jobs", root=repository)
    row = dict.fromkeys(METRIC_COLUMNS, 100.0) | {
        "period": "P12M/2026-06",
        "dimension": "all",
        "group": "All participants",
        "status": "shown",
    }
    table = pd.DataFrame([row | {"metric": name} for name in ("early_helpful", "early_helpful_negative", "early_helpful_neutral")])
    assert list(offered(table, contract, parse_period("2026-06"))["metric"]) == ["early_helpful"]
