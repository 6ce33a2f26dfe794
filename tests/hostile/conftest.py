"""A contract in which every text that people, providers and files can give is hostile, made into pages by the real pipeline."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

#: What each place says: script, handlers, a link that runs, a style that hides the page, an end of every attribute, a bidi override.
#: `{0}` is the number of the place, by which it is found again on a page.
PAYLOAD = (
    "H{0:02d}H <script>window.ran={0}</script><img src=x onerror=window.ran={0}>\"'><svg onload=window.ran={0}>"
    '<a href="javascript:window.ran={0}">a</a><style>body{{{{display:none}}}}</style> \u202egnp.evil\u202c {{{{ran}}}} H{0:02d}E'
)

#: The same for places that name a group or a column: a formula first.
FORMULA = f'=HYPERLINK("https://evil.example/{{0}}";"x") {PAYLOAD}'

#: The same for the name of a file, as far as file names and contracts allow.
FILE = "=1+1 <img src=x onerror=window.ran={0}>\"'&<b> \u202egnp\u202c H{0:02d}E"

CONTRACT = "hostile-jobs"


@dataclass
class Hostile:
    """Gives each place its text, and remembers which place it was."""

    places: dict[int, str] = field(default_factory=dict)

    def __call__(self, place: str, template: str = PAYLOAD) -> str:
        number = len(self.places) + 1
        self.places[number] = place
        return template.format(number).replace("{{", "{").replace("}}", "}")


@dataclass(frozen=True)
class Attacked:
    """The workspace with its pages, and the places that were attacked by number."""

    root: Path
    places: dict[int, str]
    pages: list[Path]
    failures: tuple


class _Dumper(yaml.SafeDumper):
    """Writes every value out: anchors are not allowed in our files."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _dumped(content: dict) -> str:
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True)


def _contract(bad: Hostile, sites: list[str], header: str, file: str) -> dict:
    target = {"value": 0.4, "from": dt.date(2024, 1, 1), "label": bad("label of a target")}
    benchmark = {
        "kind": "peer", "value": 0.45, "source": bad("source of a benchmark"), "date": 2024, "population": bad("population of a benchmark"),
        "comparability": bad("comparability of a benchmark"),
    }  # fmt: skip
    return {
        "contract": {
            "title": bad("title of the contract"), "provider": bad("name of the provider"), "agency": bad("name of the agency"),
            "program": bad("name of the programme"), "starts": dt.date(2024, 1, 1), "ends": dt.date(2025, 12, 31),
            "contact": bad("contact"), "about": bad("about the contract"),
        },
        "tables": {
            "participants": {
                "source": file, "columns": {"participant_id": "pid", "race": header}, "id": "participant_id",
                "recode": {"race": {"1": bad("recoded cell", FORMULA)}},
            }
        },
        "dimensions": {
            "site": {"title": bad("title of a dimension"), "kind": "site", "labels": {sites[1]: bad("label of a group")}},
            "race": {
                "title": "Race", "separator": "@@", "merge": {bad("merged group", FORMULA): ["c", "d"]},
                "population": {"file": f"data/{CONTRACT}/population.csv", "of": bad("people of a population"),
                               "source": bad("source of a population"), "date": 2023},
            },
        },
        "metrics": {
            "placed": {
                "title": bad("title of a metric"), "description": bad("description of a metric"), "kind": "proportion",
                "of": "joined is not null", "that": "placed is not null", "date": "joined", "headline": True,
                "target": [target], "benchmarks": [benchmark],
            },
            "enrolled": {"title": "Enrolled", "kind": "count", "of": "joined is not null", "date": "joined", "headline": True},
            "wage": {"title": "Wage", "kind": "mean", "value": "wage", "date": "joined", "unit": bad("unit of a metric"), "headline": True},
        },
        "representation": [{"served": "enrolled", "base": "population", "dimensions": ["race"]}],
        "pathway": {
            "date": "joined",
            "stages": [
                {"stage": "joined", "owner": bad("owner of a stage"), "reached": "joined is not null", "title": bad("title of a stage")},
                {"stage": "placed", "owner": "provider", "reached": "placed is not null", "title": "Placed"},
            ],
        },
        "editions": ["provider"], "languages": ["en"], "period": "2025-12",
    }  # fmt: skip


def _records(bad: Hostile, folder: Path, site: str) -> None:
    """Write everything that people write beside a contract."""
    day = dt.date(2025, 11, 10)
    topic = {"id": "placement", "month": "2025-12", "kind": "outcomes", "metric": "placed", "dimension": "site", "status": "ready"}
    topic |= {"title": bad("title of a topic"), "prepares": bad("who prepares a topic"), "data_needed": bad("data a topic needs")}
    plan = {"id": "who", "section": "implementation", "question": bad("question of the plan"), "answer": bad("answer of the plan")}
    review = {
        "scale": [bad("scale of ratings"), "good"],
        "ratings": [{"area": bad("area of a rating"), "rating": "good", "evidence": ["placed"], "text": bad("text of a rating")}],
        "spot_checks": [
            {"date": day, "what": bad("what a spot check looked at"), "records": 19, "errors": 2, "by": bad("who made a spot check")}
        ],
        "reflections": [{"from": "finance", "text": bad("reflection"), "audience": "provider"}],
        "exit_interview": [{"question": bad("question of the exit interview"), "answer": bad("answer of the exit interview")}],
        "right_of_reply": {"received": day, "text": bad("right of reply")},
        "lessons": [{"for": "solicitation", "text": bad("lesson")}],
    }
    for name, content in (("roadmap.yml", {"topics": [topic]}), ("plan.yml", {"questions": [plan]}), ("review.yml", review)):
        (folder / name).write_text(_dumped(content), encoding="utf-8")
    texts = bad("what was agreed"), bad("owner of an action"), bad("note on an action")
    cells = ["A1", "2025-11-10", texts[0], texts[1], "provider", "2025-11-30", "open", "placed", "site", site, texts[2]]
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    (folder / "actions.csv").write_text(
        f"id,agreed_on,what,owner,party,due,status,metric,dimension,group,note\n{quoted}\n", encoding="utf-8"
    )
    (folder / "notes").mkdir()
    for kind, name in (("note", "<img src=x onerror=window.ran=1>.md"), ("quote", "quote.md")):
        head = {
            "date": day,
            "kind": kind,
            "audience": "provider",
            "consent": True,
            "topic": "placement",
            "source": bad(f"source of a {kind}"),
        }
        link = (
            f"[a link](javascript:window.ran=1) ![a picture](https://evil.example/x.png) <https://evil.example/> {bad(f'text of a {kind}')}"
        )
        text = f"---\n{_dumped(head)}---\n{link}\n\n<iframe src=https://evil.example></iframe>\n"
        (folder / "notes" / name).write_text(text, encoding="utf-8")


def _rows(sites: list[str], header: str, seed: int = 7) -> str:
    """Write 480 people, two years, groups so large that something is shown of each."""
    rng = random.Random(seed)
    quote = lambda text: '"' + text.replace('"', '""') + '"'  # noqa: E731
    lines = [",".join(quote(name) for name in ("pid", header, "site", "joined", "placed", "wage"))]
    for i in range(960):
        joined = dt.date(2024, 1, 3) + dt.timedelta(days=round(i * 0.75))
        placed = joined + dt.timedelta(days=40) if rng.random() < (0.3 if i % 2 else 0.6) else ""
        cells = (f"HJ-{i:05d}", "1bcd"[i % 4], sites[i % 2], joined, placed, 15 + i % 7)
        lines.append(",".join(quote(str(cell)) for cell in cells))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def attacked(tmp_path_factory, repository, warm) -> Attacked:
    """Make the pages of the hostile contract as `acm run` makes them."""
    from acmlib.publish.batch import run_jobs
    from acmlib.publish.jobs import plan_jobs

    root = tmp_path_factory.mktemp("hostile")
    shutil.copytree(repository / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns("training", ".*"))
    params, data = root / "params" / CONTRACT, root / "data" / CONTRACT
    params.mkdir(parents=True)
    data.mkdir(parents=True)
    bad = Hostile()
    sites = [bad("cell of a file", FORMULA), bad("cell that has a label", FORMULA)]
    header = bad("header of a column")
    file = f"data/{CONTRACT}/{bad('name of a file', FILE)}.csv"
    (root / file).write_text(_rows(sites, header), encoding="utf-8")
    contract = _contract(bad, sites, header, file)
    merged = next(iter(contract["dimensions"]["race"]["merge"]))
    groups = [contract["tables"]["participants"]["recode"]["race"]["1"], "b", merged]
    people = "".join('"' + group.replace('"', '""') + f'",{count}\n' for group, count in zip(groups, (900, 900, 1800), strict=True))
    (data / "population.csv").write_text("group,people\n" + people, encoding="utf-8")
    (params / "contract.yml").write_text(_dumped(contract), encoding="utf-8")
    _records(bad, params, sites[0])
    failures = run_jobs(plan_jobs(CONTRACT, root=root), root=root, processes=1)
    pages = [*sorted((root / "outputs").glob("*/*/*/*.html")), root / "outputs" / "index.html"]
    return Attacked(root, bad.places, pages, failures)
