"""The parts of a contract agree: names exist, each kind of metric has what it needs, and nothing is without effect."""

import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.load import parse_contract


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "    that: placed_on <= exited_on + interval 183 day\n",
            "",
            "metrics.placed_6m.that is missing; a metric of kind proportion needs that",
        ),
        ("kind: count", "kind: mean", "metrics.enrolled.value is missing; a metric of kind mean needs value"),
        ("kind: count", "kind: rate", "metrics.enrolled.exposure is missing"),
        ("kind: count", "kind: duration, start: a", "metrics.enrolled.end is missing; a metric of kind duration needs start, end"),
        ("kind: count", "kind: retention, start: a, end: b", "metrics.enrolled.at is missing"),
        ("kind: count", "kind: count, value: x", "metrics.enrolled.value has no effect in a metric of kind count"),
        ("    date: exited_on\n", "", "metrics.placed_6m.window needs a date to count from"),
        ("kind: count", "kind: count, from: people", "metrics.enrolled.from is 'people'; there is no such table; allowed are participants"),
        ("kind: count", "kind: count, dimensions: [sit]", "there is no such dimension; did you mean 'site'? allowed are age, site"),
        ("metrics:", "pairs: [[site, ages]]\nmetrics:", "pairs.0.1 is 'ages'; there is no such dimension; did you mean 'age'?"),
        ("metrics:", "pairs: [[site, site]]\nmetrics:", "pairs.0 names site twice"),
        ("metrics:", "representation: [{served: placed_6m, dimensions: [site]}]\nmetrics:", "use a metric of kind count: enrolled"),
        ("metrics:", "representation: [{served: enrolled, dimensions: [site]}]\nmetrics:", "'site', which has no population"),
        ("metrics:", "period: 2026-13\nmetrics:", "period is '2026-13'; use a month as 2026-05"),
        ("metrics:", "period: 2020-01\nmetrics:", "before the contract starts"),
        ("metrics:", "period: P12M/2026-05\nmetrics:", "a report is made for a month, a quarter, a year or term"),
        ("metrics:", "editions: [public]\nprivacy: {minimum_count: 1}\nmetrics:", "privacy.minimum_count is 1, which hides nothing"),
        ("metrics:", "statistics: {comparator: bets}\nmetrics:", "ok"),
        ("site: {column: site}", "all: {column: site}", "dimensions.all is the name for everyone together"),
        (
            "site: {column: site}",
            "race: {standard: omb-2024, labels: {Multiracial: Multiracial}}",
            "dimensions.race.labels.Multiracial is no group of omb-2024; did you mean 'Multiracial and/or Multiethnic'?",
        ),
        ("column: site}", "column: site, not_recorded: [Unknown]}", "has no 'Not recorded' in not_recorded"),
        ("column: site}", "column: site, merge: {a: [x, y], b: [y]}}", "merges a group into two"),
        ("id: participant_id", "measures: {enrolled: {numerator: n}}", "tables.participants.measures is for tables of kind counts"),
        ("id: participant_id", "kind: counts", "metrics.placed_6m.of has no effect: what a table of counts holds is named by measure"),
        ("id: participant_id", "join: {table: surveys, on: [a]}", "tables.participants.join.0.table is 'surveys'; there is no such table"),
        ("id: participant_id", "join: {table: participants, on: [a]}", "joined to participants in turn"),
        ("id: participant_id", "columns: {dim_site: Site}", "begins with dim_, dimalone_ or _"),
    ],
)
def test_contradictions_are_refused(errors, contract_text, old, new, message):
    if message == "ok":  # a group's name that no part of the file lists may still be in the data
        from acmlib.contract.load import parse_contract

        assert parse_contract("harbor", contract_text.replace(old, new, 1)).statistics.comparator == "bets"
        return
    found = errors((old, new))
    assert any(message in error for error in found), found


def test_targets_follow_each_other_without_overlap_or_hole(errors, contract_text):
    from acmlib.contract.load import parse_contract

    one = "target: [{value: 0.40, from: 2024-07-01}]"
    found = errors((one, "target: [{value: 0.3, from: 2024-07-01, to: 2025-07-01}, {value: 0.4, from: 2025-06-01}]"))
    assert "metrics.placed_6m.target.1 overlaps target.0 in time" in found[0]
    hole = errors((one, "target: [{value: 0.3, from: 2024-07-01, to: 2025-06-30}, {value: 0.4, from: 2026-01-01}]"))
    assert "from 2025-07-01 to 2025-12-31 no target would be in force" in hole[0]
    fine = "target: [{value: 0.3, to: 2025-05-31}, {value: 0.4, from: 2025-06-01, label: second year}, {value: 0.5, from: 2026-06-01}]"
    assert len(parse_contract("harbor", contract_text.replace(one, fine)).metrics["placed_6m"].target) == 3


def test_a_contract_has_one_main_metric(errors, contract_text):
    two = "".join(f"  m{n}: {{title: M{n}, kind: count, date: enrolled_on, main: true}}\n" for n in range(1, 3))
    assert "metrics.m2.main is true, and so is metrics.m1.main" in errors(text=contract_text + two)[0]


def test_pathway_stages_are_named_once_and_exist_in_a_table_of_rows(errors):
    way = (
        "pathway: [{stage: referred, owner: agency, reached: 'true'}, {stage: referred, owner: provider, reached: a is not null}]\nmetrics:"
    )
    assert "pathway.stages.1.stage is 'referred', as in pathway.stages.0" in errors(("metrics:", way))[0]


def test_a_sixth_headline_metric_is_refused_and_five_are_not(errors, contract_text):
    from acmlib.contract.load import parse_contract

    five = "".join(f"  m{n}: {{title: M{n}, kind: count, date: enrolled_on, headline: true}}\n" for n in range(1, 6))
    parse_contract("harbor", contract_text + five)
    (found,) = errors(text=contract_text + five + "  m6: {title: M6, kind: count, date: enrolled_on, headline: true}\n")
    assert "metrics.m6.headline is true, headline metric number 6; a meeting discusses at most 5: use false" in found


def test_what_metrics_count_has_a_singular_and_a_plural_for_each(errors, contract_text):
    """Without its plural a thing would silently be called people on every page."""
    from acmlib.contract.load import parse_contract

    visits, calls = ", counted: visit, counted_many: visits", ", counted: call"
    lines = "  m1: {{title: M1, kind: count, date: enrolled_on{}}}\n  m2: {{title: M2, kind: count, date: enrolled_on{}}}\n"
    missing = "metrics.m2.counted_many is missing; metrics count different things"
    people = contract_text.replace("contract:\n", "contract:\n  people: calls\n", 1)
    assert missing in errors(text=people + lines.format(", counted: visit", calls))[0]
    assert missing in errors(text=contract_text + lines.format(visits, calls))[0]
    assert "metrics.m2.counted is missing" in errors(text=contract_text + lines.format("", ", counted_many: visits"))[0]
    for text in (people + lines.format(visits, calls), people + lines.format("", calls), contract_text + lines.format(visits, "")):
        assert parse_contract("harbor", text)


def test_a_contradiction_is_told_without_repeating_all_that_was_given():
    text = """contract: {title: T, provider: A, agency: B, program: p, starts: 2024-07-01, ends: 2026-06-30}
tables: {participants: {source: data/x/p.csv, periods_in_columns: true}}
dimensions: {race: {phrase: students}}
metrics: {n: {title: N, kind: count}}
"""
    with pytest.raises(ContractError) as wrong:
        parse_contract("x", text)
    where = "params/x/contract.yml"
    assert wrong.value.errors == (
        f"{where}: tables.participants has periods_in_columns, which makes counts of its cells; use it with kind: counts (line 2)",
        f"{where}: dimensions.race has a phrase without {{group}}; write it as: students in grade {{group}} (line 3)",
    )
