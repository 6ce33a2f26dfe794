"""Every setting under ``statistics:`` acts and is printed: changed, a result changes, and so does what the page says of it.

Verdicts that two editions share are the same.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from acmlib.analysis.assessment import Assessment, assess
from acmlib.contract.load import load_contract
from acmlib.contract.model import Statistics
from acmlib.contract.periods import report_period
from acmlib.contract.record_files import load_records
from acmlib.display import sections as show
from acmlib.display.judgements import comparator_statement
from acmlib.display.report import Report
from acmlib.display.voice import Voice
from acmlib.display.words import Words
from acmlib.intake import open_tables, read_population
from acmlib.measures.compute import metric_table
from acmlib.measures.counting import count
from acmlib.release.editions import make_release

REPOSITORY = Path(__file__).resolve().parents[2]
CONTRACT = "harbor-youth-jobs"
#: Every field of ``statistics:`` and a value that is not its default.
OTHERWISE = {
    "level": 0.8,
    "minimum_n": 120,
    "materiality": 0.25,
    "power": 0.5,
    "comparator": "rest",
    "control_chart_points": 30,
    "rolling_months": 6,
}


@pytest.fixture(scope="module")
def assessed():
    """Assess the contract with changed settings; what only `level` and `rolling_months` change is counted once."""
    contract = load_contract(CONTRACT, root=REPOSITORY)
    period, records = report_period(contract), load_records(CONTRACT, REPOSITORY, contract=contract)
    populations = {
        name: read_population(contract, name, REPOSITORY) for name, one in contract.dimensions.items() if one.population is not None
    }
    counted: dict[tuple[object, ...], pd.DataFrame] = {}
    with open_tables(contract, root=REPOSITORY, period=period) as tables:

        def with_settings(**changed: object) -> Assessment:
            mine = contract.model_copy(update={"statistics": contract.statistics.model_copy(update=changed)})
            key = (mine.statistics.level, mine.statistics.rolling_months)
            if key not in counted:
                counted[key] = metric_table(mine, tables, period)
            return assess(counted[key], mine, records, populations, period)

        yield with_settings


def said(found: Assessment) -> dict[str, object]:
    """What pages read: verdicts on gaps, on change, on targets, charts, and what would settle a gap."""
    gaps = found.gaps.set_index(["metric", "dimension", "group"])
    verdicts = {
        "gaps": tuple(gaps["verdict"]),
        "limits": tuple(gaps["gap_low"].round(9).fillna(-9)),
        "needed": tuple(gaps["needed"].fillna(-9)),
        "comparators": tuple(gaps["comparator"].fillna("")),
        "windows": tuple(sorted(set(found.gaps["period"]))),
        "trial": tuple(bool(one.points["trial"].iloc[-1]) for one in found.metrics.values() if len(one.points)),
    }
    return verdicts | {
        "change": tuple((one.change.low, one.change.state) for one in found.metrics.values() if not np.isnan(one.change.low))
    }


@pytest.fixture(scope="module")
def default(assessed):
    return said(assessed())


def test_every_setting_is_tried():
    assert set(OTHERWISE) == set(Statistics.model_fields)


@pytest.mark.parametrize("setting", sorted(OTHERWISE))
def test_every_setting_changes_a_result(assessed, default, setting):
    changed = said(assessed(**{setting: OTHERWISE[setting]}))
    assert {name for name in default if changed[name] != default[name]}


@pytest.fixture(scope="module")
def printed():
    """Return what pages print of the settings of a contract, in a language: how to read it, its rules, and what a gap is compared with."""
    contract = load_contract(CONTRACT, root=REPOSITORY)
    with open_tables(contract, root=REPOSITORY, period=report_period(contract)) as tables:
        counted = count(contract, tables)
    made = {}

    def with_settings(language: str, **changed: object) -> str:
        mine = contract.model_copy(update={"statistics": contract.statistics.model_copy(update=changed)})
        comparator = mine.statistics.comparator  # its words come with the gaps; the other settings are read from the contract
        made[comparator] = made.get(comparator) or make_release(mine, root=REPOSITORY, counted=counted)
        release = replace(made[comparator], contract=mine)
        report = Report(release, Voice(Words(language, mine.wording), mine, as_of=release.period.end))
        told = comparator_statement(report.gaps_of("placed_6m", "race_ethnicity").to_dict("records"), report.voice)
        return str((show.how_to_read(report), show.provenance(report), told))

    return with_settings


#: How a page prints the other value of each setting.
PRINTED = {
    "level": ("Intervals are 80%.", "Los intervalos son del 80%."),
    "minimum_n": ("at least 120 people", "al menos 120 personas"),
    "materiality": ("25 points", "25 puntos"),
    "power": ("chance of 50%", "probabilidad del 50%"),
    "comparator": ("everyone else", "todas las demás personas"),
    "control_chart_points": ("fewer than 30 points", "menos de 30 puntos"),
    "rolling_months": ("over 6 months together", "sobre 6 meses juntos"),
}


@pytest.mark.parametrize("setting", sorted(OTHERWISE))
def test_every_setting_is_printed_as_it_acts(printed, setting):
    for language, text in zip(("en", "es"), PRINTED[setting], strict=True):
        assert text in printed(language, **{setting: OTHERWISE[setting]})
        assert text not in printed(language)


@pytest.mark.parametrize("name", ["riverside-youth-jobs", "harbor-youth-jobs"])
def test_verdicts_that_two_editions_share_are_the_same(name):
    contract = load_contract(name, root=REPOSITORY)
    keys = ["metric", "period", "dimension", "group", "basis"]
    with open_tables(contract, root=REPOSITORY, period=report_period(contract)) as tables:
        counted = count(contract, tables)
    made = {
        edition: make_release(contract, root=REPOSITORY, edition=edition, earlier=(), counted=counted).assessment
        for edition in ("internal", "provider", "public")
    }
    internal = pd.concat([getattr(made["internal"], frame) for frame in ("gaps", "earlier_gaps", "term_gaps")])
    internal = internal.drop_duplicates(keys).set_index(keys)["verdict"]
    for edition in ("provider", "public"):
        shown = made[edition].gaps
        shown = shown[shown["outcome_gap"].notna()].set_index(keys)["verdict"]
        both = shown.index.intersection(internal.index)
        assert len(both) > 0
        assert (shown[both] == internal[both]).all()
        for metric, one in made[edition].metrics.items():
            theirs = made["internal"].metrics[metric]
            if one.change.state != "hidden" and one.change.before == one.change.before:
                assert (one.change.state, one.change.basis, one.change.since) == (
                    theirs.change.state, theirs.change.basis, theirs.change.since,
                )  # fmt: skip
