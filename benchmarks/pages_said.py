"""What a reader of a dashboard sees, measured on finished pages: first picture, tiles, change, words before the fold, paper, bytes.

    python benchmarks/pages_said.py outputs                   # all dashboards in a folder, one line each
    python benchmarks/pages_said.py outputs --without-browser # what needs no Chromium

A picture counts as seen first if its top half lies within the first screen: 1280 x 800, and a phone's 390 x 844. Words are those that
stand open on the page: nothing folded, no footer, no table of a figure's data.
"""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import Any

from lxml import html

SCREENS = {"wide": (1280, 800), "phone": (390, 844)}
_TOP = """() => { const found = [...document.querySelectorAll('svg[role=img]')].filter(one => one.getBoundingClientRect().height > 20);
return found.length ? found[0].getBoundingClientRect().top + found[0].getBoundingClientRect().height / 2 : null }"""
_MAIN = """() => { const found = document.querySelector('main figure svg[role=img], main .beside svg[role=img]');
return found ? found.getBoundingClientRect().top + found.getBoundingClientRect().height / 2 : null }"""


def words_before_the_fold(page: html.HtmlElement) -> int:
    """Count the words that stand open: not folded, not in the footer, not in a drawing."""
    texts = page.xpath("//body//text()[not(ancestor::details or ancestor::footer or ancestor::nav or ancestor::*[local-name()='svg'])]")
    return len(re.findall(r"\w[\w'’%.,-]*", " ".join(texts)))


def of_page(path: Path) -> dict[str, Any]:
    """Return what one finished dashboard says without a browser."""
    page = html.parse(str(path)).getroot()
    tiles = page.xpath("//ul[contains(@class, 'tiles')]/li")
    drawn = [one for one in tiles if one.xpath(".//*[local-name()='svg' and @role='img']")]
    texts = [" ".join(one.text_content().split()) for one in tiles]
    unjudged = re.compile(
        r"too few (months|people) to see|cannot be judged|no dates|"
        r"muy poc\w+ (meses|personas) para ver|sin fechas no se ve|no se puede valorar el cambio"
    )
    return {
        "kB": round(path.stat().st_size / 1000),
        "words": words_before_the_fold(page),
        "figures": len(tiles),
        "with line": len(drawn),
        "change judged": sum(not unjudged.search(one) for one in texts),
    }


def in_browser(paths: list[Path]) -> dict[Path, dict[str, Any]]:
    """Return where the first picture stands on each screen, and how many printed pages there are."""
    from playwright.sync_api import sync_playwright

    found: dict[Path, dict[str, Any]] = {path: {} for path in paths}
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        for name, (width, height) in SCREENS.items():
            context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=True)
            tab = context.new_page()
            for path in paths:
                tab.goto(path.resolve().as_uri())
                first, main = tab.evaluate(_TOP), tab.evaluate(_MAIN)
                found[path][f"first on {name}"] = first is not None and first <= height
                found[path][f"figure on {name}"] = main is not None and main <= height
                if name == "wide":
                    paper = tab.pdf(format="Letter", prefer_css_page_size=True)
                    found[path]["paper"] = len(re.findall(rb"/Type\s*/Page\b(?!s)", paper))
            context.close()
        browser.close()
    return found


def main() -> None:
    """Print one line a dashboard, and the totals that bars are set on."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("outputs", type=Path)
    asked.add_argument("--without-browser", action="store_true")
    given = asked.parse_args()
    paths = sorted(given.outputs.glob("*/*/*/dashboard*.html"))
    browser = {} if given.without_browser else in_browser(paths)
    lines = {path: of_page(path) | browser.get(path, {}) for path in paths}
    for path, line in lines.items():
        told = "  ".join(f"{name} {int(value)}" for name, value in line.items())
        print(f"{path.relative_to(given.outputs).as_posix():62}{told}")
    total = {name: [line[name] for line in lines.values() if name in line] for name in next(iter(lines.values()), {})}
    print(
        f"\n{len(lines)} dashboards",
        *(f"{name}: {min(of):.0f} to {max(of):.0f}, sum {sum(of):.0f}" for name, of in total.items()),
        sep="\n",
    )


if __name__ == "__main__":
    main()
