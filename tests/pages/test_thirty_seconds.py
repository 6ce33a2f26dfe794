"""What a reader with thirty seconds takes from the first screen alone: what is missed, for whom, how sure, what is next.

Only what stands whole within the window of a desk, or within the first two of a phone, is read, and held against ``truth.yml``: of every
sample its last month, and the months in which what was planted can first be known.
"""

import shutil
from pathlib import Path

import pytest
import yaml

from acmlib.publish.batch import run_jobs
from acmlib.publish.jobs import plan_jobs

pytestmark = [pytest.mark.pages, pytest.mark.browser]

REPOSITORY = Path(__file__).resolve().parents[2]
TRUTH = yaml.safe_load((REPOSITORY / "tests" / "truth.yml").read_text(encoding="utf-8"))
SCREENS = [(name, month, told) for name, truth in TRUTH.items() for month, told in truth["thirty_seconds"].items()]
#: Width and height of a window, and how many of them are read.
DESK, PHONE = (1280, 800, 1), (390, 844, 2)

#: The texts that stand whole within a height, of pages and drawings; what is folded or for screen readers alone is not seen.
READ = """height => {
  const seen = [], all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (all.nextNode()) {
    const text = all.currentNode, range = document.createRange();
    if (!text.data.trim() || text.parentElement.closest('title, desc, style, nav')) continue;
    range.selectNodeContents(text);
    const boxes = [...range.getClientRects()].filter(box => box.width > 1 && box.height > 1 && box.right > 0);
    if (boxes.length && boxes.every(box => box.bottom <= height)) seen.push(text.data);
  }
  return seen.join(' ').replace(/\\s+/g, ' ');
}"""


@pytest.fixture(scope="module")
def dashboards(published, tmp_path_factory):
    """Return the provider's dashboard of each contract and month: of last months those of the session, others made here."""
    found = {(one.contract, one.period): published.root / one.page for one in published.jobs
             if (one.report, one.edition, one.language) == ("dashboard", "provider", "en")}  # fmt: skip
    root = tmp_path_factory.mktemp("thirty")
    for folder in ("params", "data", "notebooks"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    earlier = [(name, month) for name, month, _ in SCREENS if (name, month) not in found]
    jobs = [
        job
        for name, month in earlier
        for job in plan_jobs(name, root=root, report="dashboard", period=month, edition="provider", language="en")
    ]
    assert run_jobs(jobs, root=root) == ()
    return found | {(one.contract, one.period): root / one.page for one in jobs}


@pytest.fixture(scope="module")
def read(browser, dashboards):
    """Read the first screen of a dashboard."""

    def text(name, month, size):
        width, height, screens = size
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(dashboards[name, month].as_uri())
        seen = page.evaluate(READ, height * screens)
        page.close()
        return seen

    return text


def percent(counts):
    return f"{100 * counts['numerator'] / counts['denominator']:.0f}%"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(("name", "month", "told"), SCREENS, ids=lambda one: one if isinstance(one, str) else "")
def test_the_first_screen_tells_what_is_missed_for_whom_how_sure_and_what_is_next(read, name, month, told, size):
    seen = read(name, month, size)
    main = f"{percent(told['main'])} {told['main']['verdict']}"
    wanted = [main, *told["whom"], *map(percent, told.get("shares", ())), *told["sure"], *([told["next"]] if "next" in told else [])]
    wanted += told.get("pictured", ()) if size == DESK else ()
    assert [one for one in wanted if one not in seen] == [], seen


def test_of_a_longer_page_the_first_screen_is_less_than_all(read):
    name, month, _ = SCREENS[0]
    assert len(read(name, month, DESK)) < len(read(name, month, (1280, 5000, 1))) / 2
