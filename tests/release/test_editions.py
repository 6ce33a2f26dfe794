"""What each edition shows of the sample contracts."""

from __future__ import annotations

import datetime as dt
import itertools
import subprocess
import sys
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.ids import IN_COMBINATION, MetricId
from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.model import Edition
from acmlib.contract.periods import report_period
from acmlib.contract.records import Action, Records
from acmlib.display.voice import Voice
from acmlib.display.words import Words
from acmlib.intake.build.sources import open_tables
from acmlib.intake.findings import Message
from acmlib.measures.counting import Counted, count
from acmlib.measures.table import ALL, ALL_PARTICIPANTS, KEY_COLUMNS, OTHER_GROUPS
from acmlib.release import rule
from acmlib.release.editions import Release, make_release, unknown_groups
from acmlib.release.ledger import Entry
from acmlib.release.past import Past

#: What a verdict is about; a frame has some of these columns.
ABOUT = (*KEY_COLUMNS, "id", "earlier_period", "basis", "comparator", "comparator_group", "by", "place")
ROOT = Path(__file__).resolve().parents[2]
KEYS = list(KEY_COLUMNS)
CONTRACTS = contract_ids(ROOT)
PUBLIC = [name for name in CONTRACTS if "public" in load_contract(name, root=ROOT).editions]


@cache
def counted(name: str) -> Counted:
    contract = load_contract(name, root=ROOT)
    with open_tables(contract, root=ROOT, period=report_period(contract)) as tables:
        return count(contract, tables)


@cache
def release(name: str, edition: Edition) -> Release:
    return make_release(load_contract(name, root=ROOT), root=ROOT, edition=edition, counted=counted(name), earlier=())


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_internal_edition_shows_true_counts(name: str) -> None:
    made = release(name, "internal")
    assert made.hidden == 0 and not made.suppressed
    true = made.handed_out.merge(counted(name).table, on=KEYS, suffixes=("", "_true"))
    assert len(true) == len(made.handed_out)
    assert (true["numerator"].fillna(-1) == true["numerator_true"].fillna(-1)).all()


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_provider_edition_shows_true_totals_and_no_group_of_fewer_than_ten(name: str) -> None:
    made, whole = release(name, "provider").handed_out, release(name, "internal").handed_out
    totals = [frame[frame["dimension"].eq(ALL)].reset_index(drop=True) for frame in (made, whole)]
    assert totals[0][[*KEYS, "numerator", "denominator"]].equals(totals[1][[*KEYS, "numerator", "denominator"]])
    groups = made[made["dimension"].ne(ALL) & made["status"].isin(["shown", "unreliable"])]
    people = groups["denominator"].fillna(groups["numerator"])
    assert not people.between(1, 9).any()
    assert groups["group"].eq(OTHER_GROUPS).any() == (name != "nsw-job-training")
    together = made[made["group"].eq(OTHER_GROUPS) & (made["numerator"] > 0)]
    assert not together["status"].eq("no data").any(), "a count of groups that were put together is a count"
    assert release(name, "provider").hidden == 0, "groups are put together, never hidden"
    rows = groups.assign(people=people, alone=groups["dimension"].str.removesuffix(IN_COMBINATION))
    both = rows[rows["dimension"].ne(rows["alone"])].merge(
        rows[rows["dimension"].eq(rows["alone"])], on=["metric", "period", "alone", "group"], how="left", suffixes=("", "_alone")
    )
    assert not (both["people"] - both["people_alone"].fillna(0)).between(1, 9).any()
    assert both.loc[both["people"].gt(0), "people_alone"].notna().all(), "put together, and given away in combination"


@pytest.mark.parametrize("name", PUBLIC)
def test_the_public_edition_is_small_by_design_and_shows_no_small_count(name: str) -> None:
    contract, made = load_contract(name, root=ROOT), release(name, "public").handed_out
    assert not made["dimension"].str.contains(" x | \\(alone", regex=True).any()
    assert made.loc[made["dimension"].ne(ALL), "period"].str.fullmatch(r"P12M/\d{4}-\d{2}|term").all()
    assert made.loc[made["dimension"].eq(ALL), "period"].str.fullmatch(r"P12M/\d{4}-\d{2}|\d{4}Q[1-4]|term").all()
    shown = made[made["status"].isin(["shown", "unreliable"])]
    kinds = shown["metric"].str.partition("@")[0].map({one: metric.kind for one, metric in contract.metrics.items()}).fillna("proportion")
    parts = shown[kinds.isin(["proportion", "retention", "duration"]) & shown["denominator"].notna()]
    assert not shown.loc[kinds.isin(["proportion", "retention", "duration", "count"]), "numerator"].between(1, 10).any()
    assert not (parts["denominator"] - parts["numerator"]).between(1, 10).any()


def verdicts(made: Release) -> dict[tuple[str, ...], object]:
    """Return every verdict that pages of a release may word: of gaps, of who is served, of metrics and of actions."""
    found: dict[tuple[str, ...], object] = {}
    for field in fields(made.assessment):
        frame = getattr(made.assessment, field.name)
        if isinstance(frame, pd.DataFrame) and "verdict" in frame:
            # A row without numbers is left out; of actions the words stay.
            told = frame if field.name == "action_outcomes" else frame[frame.select_dtypes("number").notna().any(axis=1)]
            for row in told.astype(object).to_dict("records"):
                found[field.name, *(str(row.get(name)) for name in ABOUT)] = row["verdict"]
    for name, one in made.assessment.metrics.items():
        if one.status != "hidden":
            found |= {("target", name, one.period): (one.target.state, one.target.certain)}
            found |= {("change", name, one.period): (one.change.state, one.change.basis, one.change.reason)}
    return found


@pytest.mark.parametrize("name", CONTRACTS)
def test_editions_share_every_verdict(name: str) -> None:
    words = {edition: verdicts(release(name, edition)) for edition in load_contract(name, root=ROOT).editions}
    assert len(words) > 1
    for (first, one), (second, other) in itertools.combinations(words.items(), 2):
        shared = one.keys() & other.keys()
        assert {about: one[about] for about in shared} == {about: other[about] for about in shared}, (first, second)
        assert sum(word in ("clear", "possible", "not seen") for about in shared for word in [one[about]]) >= 20, "nothing was compared"


def test_a_group_named_for_protection_that_does_not_exist_is_refused_with_place_and_allowed_values() -> None:
    contract = load_contract("harbor-youth-jobs", root=ROOT)
    privacy = contract.privacy.model_copy(update={"hide_last": {"site": ("Nowhere",)}})
    wrong = contract.model_copy(update={"privacy": privacy})
    told = r"contract\.yml: privacy\.hide_last\.site names 'Nowhere', and there is no such group of site; use one of"
    with pytest.raises(ContractError, match=told):
        make_release(wrong, root=ROOT, edition="public", counted=counted("harbor-youth-jobs"), earlier=())
    assert make_release(wrong, root=ROOT, edition="public", period="2025-06", earlier=()).entry, "it may not have been there yet"


def test_a_group_that_a_promise_misspells_is_told_with_the_file_of_the_meeting() -> None:
    contract, meeting = load_contract("harbor-youth-jobs", root=ROOT), dt.date(2026, 5, 21)
    given = {"agreed_on": meeting, "what": "Call", "owner": "Dana", "party": "provider", "status": "open", "dimension": "site"}
    row, promise = (Action.model_validate({**given, "id": name, "group": "Eastgate", "metric": "placed_6m"}) for name in ("A1", "P1"))
    records = Records(actions=(row, promise.model_copy(update={"meeting": meeting})), rows=(row,))
    first, second = unknown_groups(contract, records, counted("harbor-youth-jobs").table)
    assert first.startswith(
        "params/harbor-youth-jobs/actions.csv: action A1 names 'Eastgate', and there is no such group of site; use one of"
    )
    assert second.startswith("params/harbor-youth-jobs/meetings/2026-05-21.yml: promises P1 names 'Eastgate'")


@pytest.mark.parametrize("name", PUBLIC)
def test_what_pages_are_given_beside_the_release_tells_nothing_of_a_cell_that_is_not_shown(name: str) -> None:
    made = release(name, "public")
    shown = set(made.handed_out.loc[made.handed_out["status"].ne("hidden"), KEYS].itertuples(index=False, name=None))
    for field in fields(made.assessment):
        frame = getattr(made.assessment, field.name)
        if isinstance(frame, pd.DataFrame) and len(frame):
            numbers = frame.select_dtypes("number").notna().any(axis=1)
            if not set(KEYS) <= set(frame.columns):
                assert not numbers.any(), f"{field.name} is of no cell in particular"
                continue
            told = set(frame.loc[numbers, KEYS].astype(str).itertuples(index=False, name=None))
            assert told <= shown, field.name
    assert made.inputs == () and made.before is None
    assert not any(
        character.isdigit() for one in made.findings if isinstance(one.what, Message) for character in str(one.what.values.get("count", ""))
    )


def test_a_result_of_the_whole_contract_that_is_not_known_yet_is_not_said_to_be_hidden() -> None:
    results = release("summit-youth-jobs", "public").assessment.term_results.set_index("metric")
    assert results.loc["placed_6m", "status"] == "immature", "some left less than six months ago"
    assert results.loc["enrolled", "status"] == "shown"


@pytest.mark.parametrize("name", PUBLIC)
def test_where_a_small_correction_is_not_shown_nothing_on_the_page_tells_it(name: str) -> None:
    """An earlier edition showed one more in each numerator: all earlier figures stay, also in what is worked out from them."""
    first = release(name, "public")
    assert first.entry is not None
    shares = {metric for metric, one in first.contract.metrics.items() if one.kind == "proportion"}
    size = len(KEYS)
    cells = tuple(
        (*row[:size], row[size] + 1, *row[size + 1 :])
        if row[0] in shares and row[-1] == "shown" and row[size] + 1 <= row[size + 1] - first.rule.minimum_count
        else row
        for row in first.entry.cells
    )
    entry = replace(first.entry, cells=cells)
    moved = {row[:size]: row[size] for row, before in zip(cells, first.entry.cells, strict=True) if row != before}
    assert moved
    made = make_release(first.contract, root=ROOT, edition="public", counted=counted(name), earlier=(entry,))
    told = made.handed_out[made.handed_out["status"].eq("shown")].set_index(KEYS)
    kept = told.loc[[key for key in moved if key in told.index]]
    assert len(kept)
    assert kept["numerator"].tolist() == [moved[key] for key in kept.index]
    assert np.allclose(kept["value"], kept["numerator"] / kept["denominator"])
    for metric, one in made.assessment.metrics.items():
        if (key := (metric, one.period, ALL, ALL_PARTICIPANTS)) in moved and one.numerator == one.numerator:
            assert one.numerator == moved[key] and np.isclose(one.value, moved[key] / one.denominator)
    gaps = made.assessment.gaps
    for row in gaps[gaps["numerator"].notna()].to_dict("records"):
        if (key := tuple(row[one] for one in KEYS)) in moved:
            assert row["numerator"] == moved[key]


def told_by(made: Release) -> set[tuple[str, ...]]:
    cells = made.handed_out
    return set(cells.loc[cells["status"].ne("hidden"), KEYS].astype(str).itertuples(index=False, name=None))


@pytest.mark.parametrize("name", PUBLIC)
def test_numbers_that_follow_from_several_cells_are_told_only_where_all_of_these_are_shown(name: str) -> None:
    made = release(name, "public")
    shown, cells = told_by(made), made.handed_out.set_index(KEYS)
    steps = made.assessment.stage_gaps
    for row in steps[steps["final_gap"].notna()].to_dict("records") if len(steps) else []:
        for group in (row["group"], row["comparator"]):
            assert {(step, row["period"], row["dimension"], group) for step in steps["metric"].unique()} <= shown
    for frame in (made.assessment.gaps, made.assessment.by_comparator):
        rows = frame[frame["basis"].eq("overall") & frame["outcome_gap"].notna()]
        for row in rows.to_dict("records"):
            places = (row["dimension"], row["group"]), (ALL, ALL_PARTICIPANTS)
            own, everybody = (cells.loc[(row["metric"], row["period"], *place), "value"] for place in places)
            assert row["outcome_gap"] == pytest.approx(own - everybody) or np.isnan(own) or np.isnan(everybody), row
    served = made.assessment.served
    for row in served[served["share"].notna()].to_dict("records") if len(served) else []:
        assert (row["metric"], row["period"], ALL, ALL_PARTICIPANTS) in shown


def test_the_sum_of_the_known_groups_does_not_tell_how_many_are_of_unknown_group() -> None:
    contract = load_contract("bright-steps-tutoring", root=ROOT)
    strict = contract.model_copy(update={"privacy": contract.privacy.model_copy(update={"minimum_count": 16})})
    open_, made = (make_release(one, root=ROOT, edition="public", earlier=(), counted=counted(contract.id)) for one in (contract, strict))
    family = ["enrolled", "P12M/2026-08", "race_ethnicity"]
    cells = made.handed_out
    mine = cells[cells["metric"].eq(family[0]) & cells["period"].eq(family[1])]
    hidden = mine[mine["status"].eq("hidden") & mine["dimension"].eq(family[2])]["group"]
    assert hidden.isin(contract.dimensions[family[2]].not_recorded).any(), "11 people of unknown group, 16 are the minimum"
    assert (*family[:2], ALL, ALL_PARTICIPANTS) in told_by(made), "otherwise nothing could be subtracted"
    for one, told in ((open_, True), (made, False)):
        rows = one.assessment.served
        rows = rows[rows["metric"].eq(family[0]) & rows["period"].eq(family[1]) & rows["dimension"].eq(family[2])]
        assert len(rows) and rows[["share", "unknown", "share_lowest"]].notna().any().eq(told).all()
        of_unknown = one.assessment.bounds
        of_unknown = of_unknown[of_unknown["dimension"].eq(family[2]) & of_unknown["unknown"].gt(0)]
        shown = told_by(one)
        for row in of_unknown.to_dict("records"):
            unknown = {(row["metric"], row["period"], family[2], group) for group in contract.dimensions[family[2]].not_recorded}
            assert unknown & shown, row


def test_a_provider_page_puts_no_group_together_for_a_result_that_it_does_not_compare() -> None:
    made = release("lakeside-youth-jobs", "provider")
    gaps = made.assessment.gaps
    placed = gaps[gaps["metric"].eq("placed_6m") & gaps["dimension"].isin(["race_ethnicity", "gender"])]
    assert len(placed) and placed["status"].eq("shown").all() and placed["denominator"].ge(10).all()
    assert not made.handed_out["status"].eq("hidden").any(), "nothing is hidden from those who hold the records"
    words = Voice(Words("en"), made.contract, decided_by=made.decided_by)
    assert words.status("hidden") == "put together with other groups"


def test_readers_are_taken_to_know_which_groups_of_two_dimensions_meet() -> None:
    crossed = counted("riverside-youth-jobs").crossed
    met = crossed[crossed["first"].eq("race_ethnicity") & crossed["second"].eq("youth_of_color")]
    assert {"White", "Youth of color"} <= set(met["second_group"]) and len(met) > 2, "a merged group holds its parts"


def test_after_an_edition_that_gave_a_count_away_none_is_made_until_somebody_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    contract = load_contract("harbor-youth-jobs", root=ROOT)
    with monkeypatch.context() as patch:
        patch.setattr(rule, "attack", lambda *_: ([], set()))
        given = make_release(contract, root=ROOT, edition="public", counted=counted(contract.id), earlier=()).entry
    assert given is not None
    with pytest.raises(ContractError, match=r"give away a count below 11 \(wage\).*write why into privacy\.given_away"):
        make_release(contract, root=ROOT, edition="public", counted=counted(contract.id), earlier=(given,))
    known = contract.model_copy(update={"privacy": contract.privacy.model_copy(update={"given_away": "edition of June was made by hand"})})
    made = make_release(known, root=ROOT, edition="public", counted=counted(contract.id), earlier=(given,))
    then = {row[:4] for row in given.cells if row[-1] != "hidden"}
    now = set(made.cells.loc[made.cells["status"].ne("hidden"), KEYS].itertuples(index=False, name=None))
    assert now < then, "what was hidden stays hidden, and more is"


def test_deciding_what_to_hide_prints_nothing():
    """The solver writes its licence from C++, to the output that other programs read."""
    name = next(one for one in PUBLIC if "lakeside" in one)
    code = f"from acmlib.display.report import open_report; open_report({name!r}, edition='public')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    closed = subprocess.run(["sh", "-c", 'exec "$0" -c "$1" >&-', sys.executable, code], cwd=ROOT, capture_output=True, text=True)
    assert closed.returncode == 0, closed.stderr


def test_pages_made_after_a_release_tell_what_it_restated_as_those_made_with_it() -> None:
    contract, table = load_contract("northern-youth-jobs", root=ROOT), counted("northern-youth-jobs")
    first = make_release(contract, root=ROOT, period="2025-12", edition="public", earlier=()).entry
    assert first is not None
    about = next(row[:4] for row in first.cells if row[0] == "enrolled" and row[1:3] == ("2025Q3", ALL))
    moved = tuple((*row[:4], row[4] + 20, *row[5:]) if row[:4] == about else row for row in first.cells)
    first = replace(first, cells=moved)
    english = make_release(contract, root=ROOT, edition="public", counted=table, earlier=(first,))
    assert english.entry is not None and english.restatements[KEYS].to_numpy().tolist() == [list(about)]
    known = (first, english.entry)
    spanish = make_release(contract, root=ROOT, edition="public", counted=table, earlier=known)
    assert spanish.entry is not None and spanish.entry.content == english.entry.content
    pd.testing.assert_frame_equal(spanish.restatements, english.restatements)
    told = [make_release(contract, root=ROOT, counted=table, earlier=one, verdicts=False).restatements for one in (known[:1], known)]
    assert len(told[0]) == 1
    pd.testing.assert_frame_equal(*told)


def test_a_correction_that_was_taken_back_is_not_the_newest_figure() -> None:
    contract = load_contract("northern-youth-jobs", root=ROOT)
    about = ("enrolled", "2025Q3", ALL, ALL_PARTICIPANTS)
    cells = pd.DataFrame([(*about, 100.0, np.nan, "shown")], columns=[*KEYS, "numerator", "denominator", "status"])
    entries = [
        Entry(period, "public", "2026-01-01T00:00:00+00:00", 11, {}, ((*about, people, None, "shown"),))
        for period, people in (("2025-12", 100.0), ("2026-03", 130.0), ("2026-06", 100.0))
    ]
    past, same, close = Past(contract, entries), cells, cells.assign(numerator=103.0, value=np.nan, low=np.nan, high=np.nan)
    assert past.restated(same, pd.Series([False])).empty
    hidden, stays = past.applied(close, pd.Series([False]), close)
    assert not hidden.any() and stays.all()
    assert past.earlier(close, stays)["numerator"].tolist() == [100.0]


@pytest.mark.parametrize(("name", "metric"), [("northern-youth-jobs", "in_programme"), ("harbor-youth-jobs", "days_to_enrol")])
def test_a_metric_for_the_parties_is_in_no_public_edition_at_none_of_its_times(name: str, metric: str) -> None:
    contract = load_contract(name, root=ROOT)
    apart = contract.metrics[metric].model_copy(update={"audience": "provider"})
    less = contract.model_copy(update={"metrics": {**contract.metrics, metric: apart}})
    told = [make_release(one, root=ROOT, edition="public", counted=counted(name), earlier=()) for one in (contract, less)]
    own = [one.handed_out["metric"].map(lambda of: MetricId.parse(of).key).eq(metric).sum() for one in told]
    assert own[0] and not own[1]
    assert not [of for of, one in told[1].assessment.metrics.items() if MetricId.parse(of).key == metric and one.value == one.value]
