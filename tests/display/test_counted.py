"""A contract that counts requests has pages that say requests: nobody reads *participants* where none are."""

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from acmlib.contract.load import load_contract
from acmlib.contract.values import Text
from acmlib.display import sections as show
from acmlib.display.nouns import words_of
from acmlib.display.report import open_report
from acmlib.intake.presets.preset import preset_contract

PEOPLE = re.compile(r".{0,30}\b(?:people|persons?|participants?|personas?|participantes?)\b.{0,30}", re.IGNORECASE)

#: Of forty requests of a borough, so many take forty days to close; the others ten.
SLOW = {"BRONX": 13, "QUEENS": 9}


@pytest.fixture(scope="module")
def opened(repository, tmp_path_factory):
    """Reports of two years of invented requests of a portal, by the preset for them; a third borough has too few."""
    root = tmp_path_factory.mktemp("requests")
    shutil.copytree(repository / "templates/presets", root / "templates/presets")
    (root / "data/requests").mkdir(parents=True)
    rows = ["unique_key,created_date,closed_date,due_date,agency,complaint_type,borough,incident_zip,status,open_data_channel_type"]
    for number in range(1200):
        borough = "STATEN ISLAND" if number % 30 == 15 else ("BRONX", "QUEENS")[number % 2]
        came = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=14 * number)
        closed = came + timedelta(days=40 if number // 2 % 40 < SLOW.get(borough, 0) else 10)
        dates = ",".join(f"{day:%Y-%m-%dT%H:%M:%S.000}" for day in (came, closed, came + timedelta(days=20)))
        rows.append(f"{number},{dates},DOT,Pothole,{borough},1045{number % 3},Closed,PHONE")
    (root / "data/requests/311.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    preset_contract("requests", "open311", root / "data/requests", root=root)
    file = root / "params/requests/contract.yml"
    text = file.read_text(encoding="utf-8").replace("languages: [en]", "languages: [en, es]")
    for placeholder in ("Name of the provider", "Name of the agency", "name-of-the-program"):
        text = text.replace(placeholder, "streets")
    file.write_text(text, encoding="utf-8")
    return cache(lambda language: open_report("requests", None, "provider", language, None, root))


@pytest.mark.parametrize(("language", "noun", "needed"), [
    ("en", "requests", r"about \d+ more requests would have been needed"),
    ("es", "solicitudes", r"habrían hecho falta cerca de \d+ solicitudes más"),
])  # fmt: skip
def test_pages_of_requests_name_requests_and_no_people(opened, language, noun, needed):
    report = opened(language)
    parts = {
        "first": show.first_screen(report), "questions": show.discussion(report), "trends": show.trends(report),
        "groups": show.groups_over_time(report), "all": show.all_comparisons(report), "results": show.results(report),
        "outcomes": show.outcomes(report, "closed_30d", "neighborhood"), "days": show.outcomes(report, "days_to_close", "neighborhood"),
        "read": show.how_to_read(report), "source": show.provenance(report),
    }  # fmt: skip
    told = {name: " ".join(map(repr, part)) if isinstance(part, tuple) else repr(part) for name, part in parts.items()}
    assert {name: found for name, text in told.items() if (found := sorted(set(PEOPLE.findall(text))))} == {}
    assert re.search(needed, told["outcomes"])
    assert f"30 {noun}" in told["read"] and f"30 {noun}" in told["source"]


def test_what_is_counted_is_known_where_all_metrics_count_the_same(opened, repository):
    contract = opened("en").contract
    one = contract.metrics["closed_30d"].model_copy(update={"counted": None})
    mixed = contract.model_copy(update={"metrics": {**contract.metrics, "closed_30d": one}})
    found = [words_of(each, "en")("chart.n", n=2) for each in (contract, mixed, load_contract("harbor-youth-jobs", root=repository))]
    assert found == ["2 requests", "2 people or requests", "2 people"]


def test_metrics_that_count_different_things_each_name_their_own(opened):
    """Requests on one line, visits on the next, and both where a sentence is about both; nobody reads *people* where none are."""
    report = opened("en")
    visits = {"counted": Text.model_validate("visit"), "counted_many": Text.model_validate("visits")}
    one = report.contract.metrics["closed_30d"].model_copy(update=visits)
    contract = report.contract.model_copy(update={"metrics": {**report.contract.metrics, "closed_30d": one}})
    release = replace(report.release, contract=contract)
    mixed = replace(report, release=release, voice=replace(report.voice, contract=contract, words=words_of(contract, "en")))
    told = {metric: repr(show.outcomes(mixed, metric, "neighborhood")) for metric in ("closed_30d", "days_to_close")}
    assert re.search(r"\d+ visits", told["closed_30d"]) and not re.search(r"\d requests|requests in", told["closed_30d"])
    assert re.search(r"\d+ requests", told["days_to_close"]) and "visit" not in told["days_to_close"]
    assert "30 requests or visits" in repr(show.how_to_read(mixed)) or "30 visits or requests" in repr(show.how_to_read(mixed))
    assert not PEOPLE.search(" ".join(told.values()) + repr(show.first_screen(mixed)))
