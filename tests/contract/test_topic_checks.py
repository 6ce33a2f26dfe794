"""Topics that no deep dive could keep are refused, with what to do."""

import pytest

from acmlib.contract.model import Contract
from acmlib.contract.records import Records, Topic
from acmlib.contract.topic_checks import topic_contradictions

CONTRACT = Contract.model_validate(
    {
        "id": "demo",
        "contract": {"title": "Demo", "provider": "A", "agency": "B", "program": "jobs", "starts": "2025-01-01", "ends": "2026-12-31"},
        "tables": {"participants": {"source": "data/demo.csv"}},
        "dimensions": {"race": {"column": "race"}, "site": {"column": "site"}},
        "metrics": {
            "placed": {"title": "Placed", "kind": "proportion", "that": "placed"},
            "satisfied": {"title": "Satisfied", "kind": "proportion", "that": "satisfied", "dimensions": ["race"]},
        },
    }
)


def told(**topic):
    given = {"id": "one", "month": "2026-03", "kind": "outcomes", "title": "One", "metric": "placed", "dimension": "race", **topic}
    return list(topic_contradictions(Records(roadmap=(Topic.model_validate(given),)), "params/demo", CONTRACT))


def test_a_topic_with_metric_and_dimension_is_kept():
    assert told() == []
    assert told(data_by="2026-04-02") == [], "the meeting about March is in April, and its data are due two weeks before it"
    assert told(kind="voice", metric=None, dimension=None) == []


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        ({"dimension": None}, "topics.one has no dimension; a deep dive is about one metric by one dimension: give both"),
        ({"metric": None, "dimension": None}, "has no metric and no dimension"),
        ({"metric": "satisfied", "dimension": "site"}, "dimension is 'site'; satisfied is counted by race only"),
        ({"kind": "retention"}, "needs a metric of kind retention"),
        ({"data_by": "2026-06-01"}, "data_by is 2026-06-01, after the meeting about 2026-03; use a day before it"),
    ],
)
def test_what_no_page_can_be_made_for_is_refused(topic, message):
    (found,) = told(**topic)
    assert message in found
