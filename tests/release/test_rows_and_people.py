"""Rows that are visits, and sums that are counts: privacy is by person, and no number of people passes under another kind's name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from attacker import months_of
from scipy import stats

from acmlib.contract.load import load_contract
from acmlib.contract.model import Contract
from acmlib.contract.selectors import Edition
from acmlib.measures.table import ALL
from acmlib.release.editions import make_release

#: Site: area, people, visits of each. The five of East come often; in area N are North and East alone.
SITES = {"North": ("N", 150, 3), "South": ("S", 120, 2), "East": ("N", 5, 14), "West": ("S", 70, 2), "Mid": ("S", 90, 2)}
METRICS = {
    "visits": {"title": "Visits", "kind": "count", "of": "true"},
    "seen": {"title": "People seen", "kind": "count", "of": "true", "distinct": "person"},
    "well": {"title": "Went well", "kind": "proportion", "that": "well = 1"},
    "fell": {"title": "Falls, as a mean", "kind": "mean", "value": "fell"},
    "falls": {"title": "Falls", "kind": "sum", "value": "fell"},
    "score": {"title": "Score", "kind": "mean", "value": "score"},
}
#: Three answers, and as many as a month has days.
SPREAD = {"three": "well + fell", "many": "day(visited_on)"}
#: The same falls in other codes: what is added for each, and what for everybody.
CODED = {"one_or_two": (1, 1), "nothing_or_five": (5, 0), "yes_minus_no": (-2, 1)}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    draw, people = np.random.default_rng(3), iter(range(10_000))
    found = [
        (f"p{person}", site, area, pd.Timestamp("2024-07-01") + pd.Timedelta(days=int(draw.integers(0, 729))), draw.random() < 0.6,
         draw.random() < 0.04, draw.integers(1, 6))
        for site, (area, number, visits) in SITES.items() for person in [next(people) for _ in range(number)] for _ in range(visits)
    ]  # fmt: skip
    made = pd.DataFrame(found, columns=["person_id", "site", "area", "visited_on", "well", "fell", "score"])
    return made.astype({"well": int, "fell": int})


@pytest.fixture(scope="module")
def workspace(rows: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("visits")
    for folder in ("data", "params"):
        (root / folder / "home").mkdir(parents=True)
    rows.to_csv(root / "data" / "home" / "visits.csv", index=False)
    return root


def contract_of(root: Path, *names: str, starts: str = "2024-07-01") -> Contract:
    terms = {"title": "Home", "provider": "A", "agency": "B", "program": "home", "starts": starts, "ends": "2026-06-30"}
    whole = {
        "contract": terms,
        "tables": {"visits": {"source": "data/home/visits.csv", "person": "person_id"}},
        "metrics": {name: {**metric_of(name), "from": "visits", "date": "visited_on"} for name in names},
        "dimensions": {"site": {"kind": "site"}, "area": {"kind": "place"}},
        "editions": ["internal", "provider", "public"],
        "period": "2026-06",
    }
    (root / "params" / "home" / "contract.yml").write_text(json.dumps(whole), encoding="utf-8")
    return load_contract("home", root=root)


def metric_of(name: str) -> dict[str, str]:
    if name in SPREAD:
        return {"title": name, "kind": "mean", "value": SPREAD[name]}
    if name not in CODED:
        return METRICS[name]
    each, everybody = CODED[name]
    return {"title": name, "kind": "mean", "value": f"{each} * fell + {everybody}"}


def people_of(rows: pd.DataFrame, period: str, dimension: str, group: str, chosen: str = "person_id == person_id") -> int:
    month = (rows["visited_on"].dt.year - 2024) * 12 + rows["visited_on"].dt.month - 7
    first, after = months_of(period, "2024-07", "2026-06")
    own = rows[month.ge(first) & month.lt(after) & (rows[dimension].eq(group) if dimension != ALL else True)]
    return int(own.query(chosen)["person_id"].nunique())


@pytest.mark.parametrize("names", [("visits",), ("well",), ("score", "visits"), tuple(METRICS)])
def test_many_visits_of_few_people_are_not_shown_to_the_public(names: tuple[str, ...], workspace: Path, rows: pd.DataFrame) -> None:
    cells = make_release(contract_of(workspace, *names), root=workspace, edition="public", earlier=()).cells
    shown = cells[cells["status"].eq("shown")]
    assert shown["dimension"].eq("area").any() or shown["dimension"].eq("site").any(), "groups of many people are shown"
    for one in shown.itertuples():
        assert people_of(rows, one.period, one.dimension, one.group) >= 11, one
        if one.metric == "well":
            assert people_of(rows, one.period, one.dimension, one.group, "well == 1") >= 11, one


@pytest.mark.parametrize("names", [("visits",), ("seen",), ("well",), ("seen", "visits")])
def test_few_people_do_not_follow_from_an_area_and_its_other_site(names: tuple[str, ...], workspace: Path) -> None:
    cells = make_release(contract_of(workspace, *names), root=workspace, edition="public", earlier=()).cells
    assert (cells["group"].eq("East") & cells["status"].eq("hidden")).any(), "East is offered, and hidden"
    for _, own in cells[cells["dimension"].ne(ALL)].groupby(["metric", "period"]):
        told = set(own.loc[own["status"].eq("shown"), "group"])
        assert not {"N", "North"} <= told and not {"S", "North"} <= told, own
        assert not {*SITES} - {"East"} <= told, own


@pytest.mark.parametrize("name", ["fell", "falls"])
def test_a_mean_or_sum_of_yes_and_no_is_a_count_of_people(name: str, workspace: Path) -> None:
    contract = contract_of(workspace, name, "score")
    cells = make_release(contract, root=workspace, edition="public", earlier=()).cells
    true = make_release(contract, root=workspace, edition="internal").cells
    small = true[true["metric"].eq(name) & true["numerator"].round().between(1, 10)]
    both = cells.merge(small[["metric", "period", "dimension", "group"]])
    assert len(small) and both["status"].eq("hidden").all()
    assert cells.loc[cells["metric"].eq("score"), "status"].eq("shown").any(), "a score is no count"


@pytest.mark.parametrize("name", CODED)
def test_two_values_in_any_code_are_hidden_like_yes_and_no(name: str, workspace: Path) -> None:
    """Mean 1.04 of 50 people whose answers are 1 and 2: two of them said 2."""
    told = {}
    for one in ("fell", name):
        cells = make_release(contract_of(workspace, one, "score"), root=workspace, edition="public", earlier=()).cells
        told[one] = cells[cells["metric"].eq(one)].set_index(["period", "dimension", "group"])["status"].to_dict()
        assert set(cells.loc[cells["metric"].eq("score"), "status"]) == {"hidden", "shown"}, "a score is no count"
    assert told["fell"] and told[name] == told["fell"]


def answers(cells: pd.DataFrame) -> np.ndarray:
    """Work out how many gave each of the answers 0, 1 and 2: from the number, the sum and, by the limits, the sum of squares."""
    n, total, reach = cells["denominator"], cells["numerator"], (cells["high"] - cells["low"]) / 2
    squares = (reach / stats.t.ppf(0.975, n - 1)) ** 2 * n * (n - 1) + total**2 / n
    return np.linalg.solve([[1, 1, 1], [0, 1, 2], [0, 1, 4]], np.array([n, total, squares])).T


def test_limits_of_a_mean_of_three_answers_would_say_how_many_gave_each(workspace: Path, rows: pd.DataFrame) -> None:
    contract = contract_of(workspace, *SPREAD)
    true = make_release(contract, root=workspace, edition="internal").cells
    term = true[true["metric"].eq("three") & true["period"].eq("term") & true["dimension"].eq(ALL)]
    assert answers(term)[0] == pytest.approx((rows["well"] + rows["fell"]).value_counts().sort_index()), "the attack works"
    public = make_release(contract, root=workspace, edition="public", earlier=())
    shown = public.cells[public.cells["status"].eq("shown")]
    three, many = (shown[shown["metric"].eq(name)] for name in SPREAD)
    assert len(three) > 5 and three["value"].notna().all() and three[["low", "high"]].isna().all(axis=None)
    assert many[["low", "high"]].notna().all(axis=None), "of many different values nothing follows"
    gaps = public.assessment.gaps
    assert gaps.loc[gaps["metric"].eq("three"), ["gap_low", "needed", "could_hide"]].isna().all(axis=None)


def test_one_figure_that_stays_without_limits_takes_none_from_the_others(workspace: Path) -> None:
    contract = contract_of(workspace, *SPREAD)
    first = make_release(contract, root=workspace, edition="public", earlier=())
    corrected = ["many", "P12M/2025-06", ALL, "All participants"]
    entry = first.entry
    assert entry is not None
    told = [(*one[:4], one[4] - 40, one[5] - 3, one[6]) if [*one[:4]] == corrected else one for one in entry.cells]
    again = make_release(contract, root=workspace, edition="public", earlier=(replace(entry, cells=tuple(told)),))
    many = again.cells[again.cells["metric"].eq("many") & again.cells["value"].notna()]
    assert many.loc[many["low"].isna(), ["metric", "period", "dimension", "group"]].to_numpy().tolist() == [corrected]
    before, after = (one.assessment.metrics for one in (first, again))
    assert before["many"].low < before["many"].value and after["many"].low == before["many"].low
    assert np.isnan(after["three"].low)


def test_a_mean_of_nearly_only_the_lowest_answer_says_how_few_gave_another(tmp_path: Path) -> None:
    """Of 60 people in East four answered 2 and all others 1, on a scale from 1 to 5."""
    people = [(f"p{at}", ("North", "South", "Mid", "Hill", "Shore")[at // 100], 1 + at % 5) for at in range(500)]
    people += [(f"e{at}", "East", 2 if at < 4 else 1) for at in range(60)]
    cells = released_of(tmp_path, people, "score")
    shown = set(cells.loc[cells["dimension"].eq("site") & cells["period"].eq("term") & cells["status"].eq("shown"), "group"])
    assert len(shown) == 4 and "East" not in shown, "and one is hidden beside it"


def released_of(root: Path, people: list[tuple[str, str, int]], name: str, edition: Edition = "public") -> pd.DataFrame:
    made = pd.DataFrame(people, columns=["person_id", "site", "score"]).assign(visited_on="2025-09-03", area="N", well=1, fell=0)
    for folder in ("data", "params"):
        (root / folder / "home").mkdir(parents=True)
    made.to_csv(root / "data" / "home" / "visits.csv", index=False)
    return make_release(contract_of(root, name), root=root, edition=edition, earlier=()).cells


@pytest.mark.parametrize("edition", ["provider", "public"])
@pytest.mark.parametrize("both", [3, 30])
def test_few_people_who_came_to_two_sites_do_not_follow_from_these_and_everybody(both: int, edition: Edition, tmp_path: Path) -> None:
    people = [(f"p{at}", ("North", "South")[at % 2], 3) for at in range(200)]
    people += [(f"p{at}", ("South", "North")[at % 2], 3) for at in range(both)]
    cells = released_of(tmp_path, people, "seen", edition)
    term = cells[cells["period"].eq("term") & cells["status"].eq("shown") & cells["dimension"].isin([ALL, "site"])]
    assert len(term) == (3 if both >= 11 else 2), term


def test_few_people_who_came_in_several_of_three_years_do_not_follow_from_the_term(tmp_path: Path) -> None:
    """Each year has 100 people of its own and two of the year before."""
    people = [(f"p{at}", "North", f"{2023 + at // 100}-09-03") for at in range(300)]
    people += [(f"p{at}", "North", f"{2024 + at // 100}-09-03") for at in (0, 1, 100, 101)]
    made = pd.DataFrame(people, columns=["person_id", "site", "visited_on"]).assign(area="N", well=1, fell=0, score=3)
    for folder in ("data", "params"):
        (tmp_path / folder / "home").mkdir(parents=True)
    made.to_csv(tmp_path / "data" / "home" / "visits.csv", index=False)
    contract = contract_of(tmp_path, "seen", starts="2023-07-01")
    cells = make_release(contract, root=tmp_path, edition="public", earlier=()).cells
    everybody = cells[cells["dimension"].eq(ALL) & ~cells["period"].str.contains("Q")].set_index("period")
    assert set(everybody.index) == {"P12M/2024-06", "P12M/2025-06", "P12M/2026-06", "term"}
    assert everybody["status"].eq("shown").sum() == 3


def test_few_people_who_came_in_several_of_25_years_do_not_follow_from_any_way_to_make_up_the_term(tmp_path: Path) -> None:
    """Each year has 120 people of its own. Three of the first came again in three others; two came in two quarters of the fifth."""
    visits = [(f"p{at}", f"{2001 + at // 120}-{7 + at % 6:02d}-03") for at in range(3000)]
    visits += [("p0", "2004-03-05"), ("p1", "2009-03-05"), ("p2", "2016-03-05"), ("p480", "2006-02-05"), ("p481", "2006-02-05")]
    made = pd.DataFrame(visits, columns=["person_id", "visited_on"]).assign(site="North", area="N", well=1, fell=0, score=3)
    for folder in ("data", "params"):
        (tmp_path / folder / "home").mkdir(parents=True)
    made.to_csv(tmp_path / "data" / "home" / "visits.csv", index=False)
    contract = contract_of(tmp_path, "seen", starts="2001-07-01")
    cells = make_release(contract, root=tmp_path, edition="public", earlier=(), verdicts=False).cells
    everybody = cells[cells["dimension"].eq(ALL) & cells["status"].eq("shown")]
    shown = {
        months_of(text, "2001-07", "2026-06"): people for text, people in zip(everybody["period"], everybody["numerator"], strict=True)
    }
    assert len(shown) > 60 and sum(after - first == 12 for first, after in shown) > 20
    for (first, after), people in shown.items():
        sums: dict[int, set[float]] = {first: {0.0}}
        for month in range(first, after):
            for (begin, end), more in shown.items():
                if begin == month and end <= after and (begin, end) != (first, after):
                    sums.setdefault(end, set()).update(one + more for one in sums.get(month, ()))
        assert not [one for one in sums.get(after, ()) if 0 < one - people < 11], (first, after)


def test_the_provider_sees_no_group_of_few_people_with_many_visits(workspace: Path, rows: pd.DataFrame) -> None:
    cells = make_release(contract_of(workspace, "visits", "well"), root=workspace, edition="provider").cells
    assert not cells["group"].eq("East").any() and cells["dimension"].eq("area").any()
    assert people_of(rows, "term", "site", "East") == 5


def test_people_of_two_small_sites_are_not_counted_twice_and_do_not_pass_as_many(tmp_path: Path) -> None:
    """Six people come to both small sites: together these have six, not twelve."""
    people = [(f"p{at}", "North" if at < 60 else "South") for at in range(100)]
    people += [(f"p{at}", site) for at in range(100, 106) for site in ("East", "West")]
    made = pd.DataFrame([*people, *people], columns=["person_id", "site"])
    made = made.assign(visited_on="2026-03-02", area="N", well=1, fell=0, score=3)
    for folder in ("data", "params"):
        (tmp_path / folder / "home").mkdir(parents=True)
    made.to_csv(tmp_path / "data" / "home" / "visits.csv", index=False)
    cells = make_release(contract_of(tmp_path, "visits", "seen"), root=tmp_path, edition="provider").cells
    term = cells[cells["period"].eq("term") & cells["dimension"].eq("site")]
    told = {(metric, group): people for metric, group, people in term[["metric", "group", "numerator"]].itertuples(index=False)}
    assert told == {("visits", "North"): 120, ("visits", "Other groups"): 104, ("seen", "North"): 60}


@pytest.mark.parametrize("edition", ["provider", "public"])
def test_visits_of_nobody_knows_whom_are_not_shown_by_themselves(edition: Edition, tmp_path: Path) -> None:
    people = [(f"p{at}", ("North", "South", "Mid", "Hill", "Shore")[at % 5]) for at in range(300)] * 2 + [(None, "East")] * 40
    made = pd.DataFrame(people, columns=["person_id", "site"])
    made = made.assign(visited_on="2024-09-02", area="N", well=1, fell=0, score=3)
    for folder in ("data", "params"):
        (tmp_path / folder / "home").mkdir(parents=True)
    made.to_csv(tmp_path / "data" / "home" / "visits.csv", index=False)
    cells = make_release(contract_of(tmp_path, "visits", "seen"), root=tmp_path, edition=edition).cells
    shown = cells[cells["dimension"].eq("site") & cells["status"].eq("shown") & cells["metric"].eq("visits") & cells["value"].gt(0)]
    assert len(shown) and not shown["group"].eq("East").any()
    everybody = cells[cells["metric"].eq("seen") & cells["period"].eq("term") & cells["dimension"].eq(ALL)]
    assert everybody["numerator"].tolist() == [300]


def test_few_people_who_came_later_for_the_first_time_do_not_follow_from_the_term(tmp_path: Path) -> None:
    """Three of 203 people came in the second year only: the term less the first year."""
    visits = [(f"p{at}", ("North", "South")[at % 2], f"2024-{7 + at % 6:02d}-03") for at in range(200)]
    visits += [(f"p{at}", site, "2025-08-03") for at, (_, site, _) in enumerate(visits[:150])]
    visits += [(f"p{at}", "North", "2025-09-03") for at in range(200, 203)]
    made = pd.DataFrame(visits, columns=["person_id", "site", "visited_on"]).assign(area="N", well=1, fell=0, score=3)
    for folder in ("data", "params"):
        (tmp_path / folder / "home").mkdir(parents=True)
    made.to_csv(tmp_path / "data" / "home" / "visits.csv", index=False)
    cells = make_release(contract_of(tmp_path, "seen"), root=tmp_path, edition="public", earlier=()).cells
    shown = cells[cells["status"].eq("shown") & cells["value"].gt(0)]
    assert len(shown) >= 3
    for place in ((ALL, "All participants"), ("site", "North")):
        own = shown[shown["dimension"].eq(place[0]) & shown["group"].eq(place[1])].set_index("period")["numerator"]
        assert not {"term", "P12M/2025-06"} <= set(own.index), own


def test_few_people_who_came_in_both_years_do_not_follow_from_the_term(tmp_path: Path) -> None:
    """Four came in both years: 200 and 150, less 346 in the term."""
    visits = [(f"p{at}", ("North", "South")[at % 2], f"2024-{7 + at % 6:02d}-03") for at in range(200)]
    visits += [(f"p{at}", ("North", "South")[at % 2], f"2025-{7 + at % 6:02d}-03") for at in range(196, 346)]
    made = pd.DataFrame(visits, columns=["person_id", "site", "visited_on"]).assign(area="N", well=1, fell=0, score=3)
    for folder in ("data", "params"):
        (tmp_path / folder / "home").mkdir(parents=True)
    made.to_csv(tmp_path / "data" / "home" / "visits.csv", index=False)
    cells = make_release(contract_of(tmp_path, "seen"), root=tmp_path, edition="public", earlier=()).cells
    everybody = cells[cells["dimension"].eq(ALL) & ~cells["period"].str.contains("Q")].set_index("period")
    assert set(everybody.index) == {"P12M/2025-06", "P12M/2026-06", "term"}
    assert everybody["status"].eq("shown").sum() == 2
