"""Twelve monthly editions in a row of every sample: each planted change is told in the month it can be known, and stays told.

``make twelve`` makes the pages (about 170, several minutes) and reads them; `make test` does not.
"""

import re
import shutil
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pypdf
import pytest
import yaml
from lxml import html

from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.periods import add_months
from acmlib.publish.batch import run_jobs
from acmlib.publish.jobs import plan_jobs

REPOSITORY = Path(__file__).resolve().parents[2]
TRUTH = yaml.safe_load((REPOSITORY / "tests" / "truth.yml").read_text(encoding="utf-8"))
STORIES = [(name, story) for name, truth in TRUTH.items() for story in truth.get("monthly", ())]
EDITIONS = ("provider", "public")


@dataclass(frozen=True)
class Edition:
    """What one month's dashboard says: its first sentences and those below them, its headings, what changed since the last one."""

    month: str
    first: str
    headings: str
    since: str

    @property
    def changes(self) -> set[str]:
        """Metrics that are said to have changed, each with the direction."""
        (told,) = re.findall(r"Over time: ([^|]*)", self.headings) or [""]
        found = re.findall(r"([A-Z][^;|]*?) (?:has|have) (improved|become worse|risen|fallen)", told)
        return {f"{name} has {what}" for names, what in found for name in re.split(r", and | and |, ", names)}

    @property
    def behind(self) -> set[str]:
        """Groups that are said to be served less well, or to be fewer among those served than outside."""
        return set(re.findall(r"works less well for (.+?):", self.first)) | set(re.findall(r"([A-Z][^.]+?) are \d+% of those", self.first))


def read(page: Path, month: str) -> Edition:
    document = html.parse(str(page)).getroot()

    def texts(path: str) -> list[str]:
        return [" ".join(one.text_content().split()) for one in document.xpath(path)]

    since = texts("//h2[starts-with(normalize-space(), 'Since ')]/ancestor::*[self::section or self::details][1]")
    return Edition(month, " ".join(texts("//p[@class='said' or @class='more']")), " | ".join(texts("//h2")), " ".join(since))


@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    """Make all pages as `acm run` does, and read them: contract and edition to the twelve dashboards, the oldest first."""
    root = tmp_path_factory.mktemp("twelve")
    for folder in ("params", "data", "notebooks"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    jobs = []
    for name in contract_ids(root):
        contract = load_contract(name, root=root)
        if contract.period is None or contract.period == "term":
            continue
        for edition in (one for one in EDITIONS if one in contract.editions):
            for back in range(11, -1, -1):
                period = add_months(contract.period, -back)
                jobs += plan_jobs(name, root=root, report="dashboard", period=period, edition=edition, language="en")
    assert run_jobs(jobs, root=root) == (), "a page was refused"
    found: dict[tuple[str, str], list[Edition]] = {}
    for job in jobs:
        found.setdefault((job.contract, job.edition), []).append(read(root / job.page, job.period))
    return found


@pytest.mark.parametrize(("name", "story"), STORIES, ids=lambda one: one if isinstance(one, str) else one["says"])
def test_a_planted_story_is_told_from_the_month_in_which_it_can_be_known_and_stays_told(editions, name, story):
    for one in editions[name, "provider"]:
        known = story.get("from", "") <= one.month <= story.get("until", "9999")
        told = story["says"] in f"{one.first} | {one.headings}" or story["says"] in one.changes  # two changes share one heading
        assert told == known, (one.month, one.first, one.headings)


def test_no_change_over_time_is_taken_back(editions):
    taken_back = [
        (key, later.month, earlier.changes - later.changes)
        for key, made in editions.items()
        for earlier, later in pairwise(made)
        if earlier.changes - later.changes
    ]
    assert taken_back == []
    assert any(one.changes for made in editions.values() for one in made)


def test_a_group_that_is_no_longer_said_to_be_behind_is_named_in_what_changed_since(editions):
    unsaid = []
    for key, made in editions.items():
        for earlier, later in pairwise(made):
            unsaid += [
                (key, later.month, group, later.since)
                for group in earlier.behind - later.behind
                if group not in f"{later.first} {later.since}"
            ]
    assert unsaid == []


def test_nothing_is_said_to_have_changed_where_nothing_was_planted(editions):
    planted = {name for name, truth in TRUTH.items() if truth["signals"] or "closed_gap" in truth}
    said = {
        (name, one.month, change) for (name, _), made in editions.items() if name not in planted for one in made for change in one.changes
    }
    assert said == set()


def test_the_agenda_of_every_contract_is_one_printed_sheet_in_each_language(tmp_path):
    for folder in ("params", "data", "notebooks"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    planned = [job for name in contract_ids(tmp_path) for job in plan_jobs(name, root=tmp_path, report="agenda", edition="provider")]
    jobs = [replace(job, pdf=True) for job in planned]
    assert run_jobs(jobs, root=tmp_path) == ()
    assert {str(job): len(pypdf.PdfReader(tmp_path / job.pdf_page).pages) for job in jobs} == {str(job): 1 for job in jobs}
    assert {job.language for job in jobs} == {"en", "es"}
