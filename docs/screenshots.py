"""Make the README's pictures anew from a real page: `make screenshots`.

The page is made in a workspace of its own, so that nobody's outputs are touched; Chromium takes the pictures.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from acmlib.publish.batch import run_jobs
from acmlib.publish.jobs import plan_jobs

DOCS = Path(__file__).parent
REPOSITORY = DOCS.parent
CONTRACT, EDITION = "harbor-youth-jobs", "provider"

#: Picture to width, height and colour scheme of the window.
PICTURES = {"dashboard.png": (1240, 1080, "light"), "dashboard-phone-dark.png": (360, 780, "dark")}


def main() -> None:
    """Make one dashboard and photograph its first screen."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("make screenshots: there is no Chromium here; install it (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = _dashboard(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name in PICTURES:
            _photograph(browser, page, name)
        browser.close()


def _dashboard(root: Path) -> Path:
    """Return a sample dashboard, made as `acm run` makes it."""
    for name in ("params", "data", "notebooks"):
        shutil.copytree(REPOSITORY / name, root / name)
    jobs = plan_jobs(CONTRACT, root=root, report="dashboard", edition=EDITION, language="en")
    failures = run_jobs(jobs, root=root)
    if failures:
        sys.exit(f"make screenshots: {failures[0].where}: {failures[0].what}")
    return root / jobs[0].page


def _photograph(browser: Browser, page: Path, name: str) -> None:
    """Write the first screen of a page as a picture."""
    width, height, scheme = PICTURES[name]
    tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light")
    tab.goto(page.as_uri())
    tab.screenshot(path=DOCS / name)
    tab.close()


if __name__ == "__main__":
    main()
