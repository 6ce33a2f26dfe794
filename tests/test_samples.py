"""The samples say what they were made to say: the planted truth is in the files, and the product finds it and nothing else."""

import csv
import datetime as dt
import hashlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import yaml

from acmlib.analysis import actions, overview
from acmlib.analysis.control_charts import Rebase
from acmlib.analysis.over_time import points_over_time
from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.model import Contract
from acmlib.contract.periods import parse_period
from acmlib.contract.record_files import load_records
from acmlib.intake import Finding, check_tables, open_tables, read_population
from acmlib.measures.compute import metric_table

REPOSITORY = Path(__file__).resolve().parents[1]
TRUTH = yaml.safe_load((REPOSITORY / "tests" / "truth.yml").read_text(encoding="utf-8"))
#: Real data, which no script makes.
REAL = "nsw-job-training"
PROVIDERS = ("harbor", "northern", "riverside", "lakeside", "prairie", "summit")


@dataclass(frozen=True)
class Sample:
    """A sample contract as the product sees it before anything is hidden: what is not there cannot show up on a page either."""

    contract: Contract
    cells: pd.DataFrame
    findings: tuple[Finding, ...]

    @property
    def date(self) -> dt.date:
        return parse_period(self.contract.period or "", starts=self.contract.contract.starts, ends=self.contract.contract.ends).end

    def cell(self, metric: str, dimension: str = "all", group: str = "All participants", period: str = "term") -> pd.Series:
        cells = self.cells
        chosen = cells["metric"].eq(metric) & cells["dimension"].eq(dimension) & cells["group"].eq(group) & cells["period"].eq(period)
        assert chosen.sum() == 1, (metric, dimension, group, period)
        return cells[chosen].iloc[0]

    def signals(self, metric: str) -> list[str]:
        """Months in which the chart of a metric signals."""
        records = load_records(self.contract.id, REPOSITORY)
        points = self.points(metric, actions.rebases(records.actions, metric.partition("@")[0]))
        return list(points.index[points["signal"].ne("none")]) if len(points) else []

    def points(self, metric: str, rebases: Sequence[Rebase] = ()) -> pd.DataFrame:
        totals = self.cells[self.cells["metric"].eq(metric) & self.cells["dimension"].eq("all")]
        better = overview.directions(self.contract)[metric]
        return points_over_time(totals, self.contract, None, better, date=self.date, rebases=rebases)


@pytest.fixture(scope="module")
def samples() -> dict[str, Sample]:
    made = {}
    for name in TRUTH:
        contract = load_contract(name, root=REPOSITORY)
        period = parse_period(contract.period or "", starts=contract.contract.starts, ends=contract.contract.ends)
        with open_tables(contract, root=REPOSITORY, period=period) as tables:
            made[name] = Sample(contract, metric_table(contract, tables, period), check_tables(tables, contract))
    return made


def test_the_generator_writes_the_same_bytes_again(tmp_path):
    subprocess.run([sys.executable, REPOSITORY / "data" / "generate_samples.py", "--to", tmp_path], check=True)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    kept = {
        path.relative_to(REPOSITORY / "data"): path
        for folder in tmp_path.iterdir()
        for path in (REPOSITORY / "data" / folder.name).iterdir()
    }
    assert made.keys() == kept.keys()
    assert [str(name) for name in made if made[name] != kept[name].read_bytes()] == []


def test_every_sample_contract_has_its_truth_and_loads_with_all_its_records():
    assert set(contract_ids(REPOSITORY)) == set(TRUTH)
    for name in TRUTH:
        contract = load_contract(name, root=REPOSITORY)
        records = load_records(name, REPOSITORY, contract=contract)
        assert set(contract.languages) == {"en", "es"}
        assert records.roadmap
        assert records.plan
        assert records.notes
        titles = [metric.title for metric in contract.metrics.values()] + [topic.title for topic in records.roadmap]
        assert all({"en", "es"} <= set(title.translations) for title in titles), name


def test_six_providers_of_one_programme_serve_60_to_900_young_people():
    for provider in PROVIDERS:
        contract = load_contract(f"{provider}-youth-jobs", root=REPOSITORY)
        with open_tables(contract, root=REPOSITORY) as tables:
            people = tables.connection.execute("SELECT count(*) FROM participants").fetchall()[0][0]
        assert contract.contract.program == "youth-employment"
        assert 60 <= people <= 900, provider


def test_the_real_trial_is_the_file_it_was_taken_from():
    with (REPOSITORY / "data" / REAL / "participants.csv").open(newline="", encoding="utf-8") as file:
        values = "\n".join(",".join(row[1:]) for row in csv.reader(file))
    # nsw_mixtape of the package causaldata 0.1.5 without its first column, which is the same in all 445 rows
    assert hashlib.sha256(values.encode()).hexdigest() == "d4a459b05a7bfc0efbc50c7d0cec22bc9ba75aa648006e3a4f986cb94fb4b4c7"


def test_the_real_trial_has_no_dates_and_its_comparison_arm_is_a_benchmark():
    contract = load_contract(REAL, root=REPOSITORY)
    metric = contract.metrics["employed_1978"]
    assert metric.date is None
    arm = metric.benchmarks[0]
    assert (arm.numerator, arm.denominator) == tuple(TRUTH[REAL]["comparison"].values())
    assert arm.value == pytest.approx(arm.numerator / arm.denominator, abs=5e-7)


@pytest.mark.parametrize("name", TRUTH)
def test_what_is_planted_is_clear_and_nothing_else(samples, name):
    sample = samples[name]
    gaps = overview.gaps(sample.cells, sample.contract, date=sample.date)
    clear = gaps[gaps["verdict"].eq("clear")]
    found = set(clear[["metric", "dimension", "group"]].itertuples(index=False, name=None))
    planted = {(one["metric"], one["dimension"], one["group"]) for one in TRUTH[name]["clear"]}
    follows = {(metric, one["dimension"], one["group"]) for one in TRUTH[name]["clear"] for metric in one.get("follows", ())}
    assert planted <= found
    assert found <= planted | follows


@pytest.mark.parametrize("name", [name for name in TRUTH if name not in (REAL, "prairie-youth-jobs")])
def test_charts_signal_where_something_changed_and_nowhere_else(samples, name):
    sample = samples[name]
    # No page charts the single times of a wait: its median is charted.
    metrics = [metric for metric in sample.cells["metric"].unique() if not metric.startswith(("reached:", "days_to_enrol@"))]
    assert {metric for metric in metrics if sample.signals(metric)} <= set(TRUTH[name]["signals"])


def test_harbor_places_one_group_half_as_often_and_the_gap_opens_at_one_stage(samples):
    truth, sample = TRUTH["harbor-youth-jobs"]["clear"][0], samples["harbor-youth-jobs"]
    where = {"metric": truth["metric"], "dimension": truth["dimension"]}
    for cell, fact in (
        (sample.cell(**where, group=truth["group"]), truth["term"]),
        (sample.cell(**where, group=truth["group"], period="P12M/2025-11"), truth["last_12_months"]),
        (sample.cell(**where, group=truth["best"]["group"]), truth["best"]),
    ):
        assert (cell["numerator"], cell["denominator"]) == (fact["numerator"], fact["denominator"])
    stages = {stage: (sample.cell(f"stage:{stage}", truth["dimension"], truth["group"])["value"],
                      sample.cell(f"stage:{stage}", truth["dimension"], truth["best"]["group"])["value"])
              for stage in ("assessed", "enrolled", "started", "placed")}  # fmt: skip
    opens = {stage for stage, (ours, best) in stages.items() if best - ours > 0.2}
    assert opens == {truth["opens_at"]["stage"]}


def test_northern_streamlined_intake_in_month_13_and_its_chart_starts_anew_there(samples):
    truth, sample = TRUTH["northern-youth-jobs"], samples["northern-youth-jobs"]
    assert sample.signals("enrolled_30d")
    assert sample.signals("days_to_enrol") == []  # the rebase of action N1 explains the change
    whole = sample.points("days_to_enrol")
    assert whole["signal"].ne("none").sum() > 12
    months = sample.cells[sample.cells["metric"].eq("enrolled_30d") & sample.cells["dimension"].eq("all")]
    months = months[months["period"].str.fullmatch(r"\d{4}-\d{2}") & months["status"].ne("immature")]
    after = months["period"] >= truth["change"]["month"]
    for part, fact in ((months[~after], truth["before"]["enrolled_30d"]), (months[after], truth["after"]["enrolled_30d"])):
        assert (part["numerator"].sum(), part["denominator"].sum()) == (fact["numerator"], fact["denominator"])


def test_riverside_serves_a_quarter_where_38_percent_live(samples):
    truth, sample = TRUTH["riverside-youth-jobs"]["representation"], samples["riverside-youth-jobs"]
    served = [sample.cell("enrolled", truth["dimension"], group)["value"] for group in (truth["group"], "White")]
    assert served == [truth["served"]["people"], truth["served"]["of"] - truth["served"]["people"]]
    base = read_population(sample.contract, truth["dimension"], REPOSITORY).set_index("group")["people"]
    assert (base[truth["group"]], base.sum()) == (truth["population"]["people"], truth["population"]["of"])


@pytest.mark.parametrize("name", [name for name in TRUTH if name != REAL])
def test_who_is_served_is_at_odds_with_the_population_at_riverside_only(samples, name):
    sample = samples[name]
    bases = {
        name: read_population(sample.contract, name, REPOSITORY)
        for name, dimension in sample.contract.dimensions.items()
        if dimension.population is not None
    }
    served = overview.served(sample.cells, sample.contract, bases) if sample.contract.representation else pd.DataFrame({"verdict": []})
    assert served["verdict"].eq("clear").any() == ("representation" in TRUTH[name])


def test_lakeside_meets_its_targets(samples):
    sample = samples["lakeside-youth-jobs"]
    promised = overview.targets(sample.contract, sample.date)
    for metric in TRUTH["lakeside-youth-jobs"]["targets_met"]:
        value = sample.cell(metric)["value"]
        assert value <= promised[metric] if sample.contract.metrics[metric].better == "lower" else value >= promised[metric]


def test_prairie_is_sparse_and_its_faults_are_found(samples):
    truth, sample = TRUTH["prairie-youth-jobs"], samples["prairie-youth-jobs"]
    said = [(finding.what, finding.rows) for finding in sample.findings]
    assert any(truth["silent_month"] in what for what, _ in said)
    assert any("before referred_on" in what and rows == truth["exit_before_referral"] for what, rows in said)
    for why, people in truth["why_unknown"].items():
        assert sample.cell("stage:referred", "race_ethnicity", why)["value"] == people


def test_summit_closed_a_gap_after_an_agreed_action(repository):
    truth = TRUTH["summit-youth-jobs"]["closed_gap"]
    rows = pd.read_csv(
        repository / "data/summit-youth-jobs/participants.csv", dtype={"race": "str"}, parse_dates=["enrolled_on", "placed_on"]
    )
    ours = rows[rows["race"].eq("H")]
    for fact in (truth["first"], truth["since"]):
        cohort = ours[ours["enrolled_on"].between(pd.Timestamp(fact["from"]), pd.Timestamp(fact["to"]))]
        placed = (cohort["placed_on"] - cohort["enrolled_on"]).dt.days <= 183
        assert (placed.sum(), len(cohort)) == (fact["numerator"], fact["denominator"])
    action = next(one for one in load_records("summit-youth-jobs", repository).actions if one.id == truth["action"])
    assert action.status == "done"
    assert action.group == truth["group"]


def test_summit_has_everything_that_the_report_at_the_end_needs(repository):
    records = load_records("summit-youth-jobs", repository)
    assert records.review is not None
    parts = ("spot_checks", "reflections", "exit_interview", "right_of_reply", "scale", "ratings", "lessons")
    assert all(getattr(records.review, part) for part in parts)
    assert {one.from_ for one in records.review.reflections} == {"frontline", "finance", "procurement"}
    assert {(one.kind, one.party) for one in records.deliverables} == {("report", "provider"), ("invoice", "agency")}


def test_tutoring_has_the_roadmap_of_the_guide_and_what_students_said(repository):
    records = load_records("bright-steps-tutoring", repository)
    topics = {topic.month: topic for topic in records.roadmap}
    assert (topics["2026-06"].metric, topics["2026-06"].dimension) == ("enrolled_30d", "race_ethnicity")
    assert (topics["2026-08"].metric, topics["2026-08"].dimension) == ("in_programme", "school")
    events = {event.id: event for event in records.voices.events}
    said = {events[theme.event].kind for theme in records.voices.themes if theme.topic == topics["2026-08"].id}
    assert said == {"focus group"}


def test_the_real_trial_comes_out_as_published(samples):
    sample = samples[REAL]
    for group, fact in TRUTH[REAL]["employed_1978"].items():
        cell = sample.cell("employed_1978", "race_ethnicity", group)
        assert (cell["numerator"], cell["denominator"]) == (fact["numerator"], fact["denominator"])
    assert set(sample.cells["period"]) == {"term"}
