"""A hundred invented contracts, small and seeded, of all kinds of metric: no sentence of theirs is false, in no edition."""

import os
import random
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from claims_truth import false_claims, shown_by, truth_of

from acmlib.contract.records import Topic
from acmlib.display import sections as show
from acmlib.display.claims import claims_of
from acmlib.display.report import open_report

ROOT = Path(__file__).resolve().parents[2]
EACH = 5
#: Ten in the suite; a hundred with ``INVENTED=100``, as before a release.
BATCHES = int(os.environ.get("INVENTED", "10")) // EACH
EDITIONS = ("internal", "provider", "public")


def invent(root, seed):
    """Write a contract and its rows: groups of unlike sizes and results, with or without a change, a target, people of unknown group."""
    rng = random.Random(seed)
    name = f"invented-{seed}"
    groups = [f"Group {letter}" for letter in "ABCDE"[: rng.randint(2, 5)]] + (["Not asked"] if rng.random() < 0.3 else [])
    weights = [rng.choice([1, 3, 10, 30]) for _ in groups]
    rates = {group: rng.choice([0.2, 0.35, 0.5, 0.65]) for group in groups}
    ended = rng.random() < 0.5
    starts, months = date(2024, 1, 1), rng.choice([8, 14, 24])
    better = rng.choice(["higher", "higher", "lower"])
    lines = ["id,came,race,site,placed,wait,score"]
    for number in range(rng.choice([60, 200, 500])):
        came = starts + timedelta(days=rng.randrange(months * 30))
        group = rng.choices(groups, weights)[0]
        changed = 0.2 if seed % 3 == 0 and came > starts + timedelta(days=months * 15) else 0.0
        placed = came + timedelta(days=rng.randrange(100)) if rng.random() < rates[group] + changed else ""
        answered = came + timedelta(days=rng.randrange(40)) if rng.random() < 0.9 else ""
        lines.append(
            f"{number},{came},{group},{rng.choice(['North', 'South'])},{placed},{answered},{rng.gauss(50 + 20 * rates[group], 10):.1f}"
        )
    contract = {
        "contract": {
            "title": name, "provider": "Works", "agency": "City", "program": "jobs", "starts": starts,
            "ends": starts + timedelta(days=months * 30 if ended else 1500),
        },
        "tables": {"participants": {"source": f"data/{name}/participants.csv", "id": "id"}},
        "dimensions": {"race": {"column": "race"}, "site": {"column": "site"}},
        "metrics": {
            "placed": {
                "title": "Placed", "kind": "proportion", "of": "came is not null", "that": "placed <= came + interval 90 day",
                "date": "came", "window": "90 days", "better": better, "headline": True, **({"target": 0.4} if rng.random() < 0.7 else {}),
            },
            "came": {"title": "Came", "kind": "count", "of": "came is not null", "date": "came", "headline": True},
            "wait": {"title": "Days to an answer", "kind": "duration", "start": "came", "end": "wait", "date": "came", "better": "lower"},
            "score": {"title": "Score", "kind": "mean", "value": "score", "date": "came"},
        },
        "editions": list(EDITIONS),
        "period": f"{(starts + timedelta(days=months * 30 - 1)):%Y-%m}",
    }  # fmt: skip
    for folder, file, text in (
        ("data", "participants.csv", "\n".join(lines)),
        ("params", "contract.yml", yaml.safe_dump(contract, sort_keys=False)),
    ):
        (root / folder / name).mkdir(parents=True)
        (root / folder / name / file).write_text(text + "\n", encoding="utf-8")
    return name


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_sentence_of_an_invented_contract_is_false(batch, tmp_path):
    wrong, said = [], 0
    for seed in range(batch * EACH, (batch + 1) * EACH):
        name = invent(tmp_path, seed)
        edition = EDITIONS[seed % 3]
        report, truth = open_report(name, None, edition, "en", None, tmp_path), truth_of(name, tmp_path)
        shown = shown_by(ROOT / "notebooks" / "dashboard.ipynb", report, ROOT)
        shown += [show.results(report), *show.parts(show.term_equity(report))]
        for kind, metric in (("outcomes", "placed"), ("access", "came"), ("timeliness", "wait"), ("outcomes", "score")):
            topic = Topic(id=metric, month="2024-06", kind=kind, title=metric, metric=metric, dimension="race")
            about = replace(report, topic=topic)
            deep = [
                show.findings(about),
                *show.parts(show.comparisons(about, metric, "race"), show.story(about, metric, "race"), show.unknowns(about)),
            ]
            assert metric.partition("@")[0] in {claim.metric.partition("@")[0] for claim in claims_of(deep)} | {metric}
            shown += deep
        said += len(claims_of(shown))
        wrong += [f"{name} {edition}: {claim}: {why}" for claim, why in false_claims(shown, report, truth)]
    sys.stdout.write(f"{EACH} invented contracts: {said} claims, {len(wrong)} false\n")
    assert wrong == []
    assert said > EACH
