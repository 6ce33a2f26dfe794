"""What pages are made with: a bill of materials (CycloneDX 1.6) and a table of licences, from the lock and what is installed.

python requirements/bill.py --licences docs/licences.md --bill dist/acm-workbooks.cdx.json
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

#: Of what is not installed here since it is for another system.
ELSEWHERE = "see its index page (for another system or Python than this one)"


@dataclass(frozen=True)
class Package:
    """A package of the lock.

    `marker` says where it is installed, empty for everywhere; `hashes` are SHA-256 of its files.
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def licence(self) -> str:
        """The licence that its own metadata state."""
        try:
            about = metadata(self.name)
        except PackageNotFoundError:
            return ELSEWHERE
        if about["Version"] != self.version:
            return ELSEWHERE
        classified = [one.split(" :: ")[-1] for one in about.get_all("Classifier", []) if one.startswith("License :: ")]
        first_line = (about.get("License") or "").strip().splitlines()[:1]
        stated = about.get("License-Expression") or ", ".join(one for one in classified if one != "OSI Approved") or "".join(first_line)
        return stated[:80] or "not stated"


def packages(lock: str) -> tuple[Package, ...]:
    """Return the packages of a lock.

    Examples
    --------
    >>> packages("a==1.0 ; python_version < '3.12' --hash=sha256:00")
    (Package(name='a', version='1.0', marker="python_version < '3.12'", hashes=('00',)),)
    """
    head = re.compile(r"([A-Za-z0-9._-]+)==([^\s;]+)(?: ; ([^\\]*?))?\s*(?:\\|--|$)")
    blocks = [(head.match(block), block) for block in re.split(r"\n(?=[A-Za-z0-9])", lock)]
    return tuple(
        Package(one[1], one[2], (one[3] or "").strip(), tuple(re.findall(r"--hash=sha256:(\w+)", block))) for one, block in blocks if one
    )


def bill(found: tuple[Package, ...], project: dict[str, Any]) -> dict[str, Any]:
    """Return the bill of materials: the same bytes for the same lock."""
    components = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{one.name}@{one.version}",
            "name": one.name,
            "version": one.version,
            "purl": f"pkg:pypi/{one.name}@{one.version}",
            "licenses": [{"license": {"name": one.licence}}],
            "properties": [{"name": "python:marker", "value": one.marker}] if one.marker else [],
            "externalReferences": [
                {"type": "distribution", "url": f"pkg:pypi/{one.name}@{one.version}", "hashes": [{"alg": "SHA-256", "content": digest}]}
                for digest in one.hashes
            ],
        }
        for one in found
    ]
    name, version = project["name"], project["version"]
    about = {
        "type": "application",
        "bom-ref": f"{name}@{version}",
        "name": name,
        "version": version,
        "licenses": [{"license": {"id": "MIT"}}],
    }
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": about}, "components": components}


def table(found: tuple[Package, ...]) -> str:
    """Return the licences as a Markdown page."""
    rows = "\n".join(f"| {one.name} | {one.version} | {one.licence.replace('|', '/')} |" for one in found)
    intro = "What `make reports` installs, with the licence that each package states of itself. `make bill` writes this page anew."
    return f"# Licences of what pages are made with\n\n{intro}\n\n| package | version | licence |\n| --- | --- | --- |\n{rows}\n"


def main() -> None:
    """Write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--licences", type=Path)
    parser.add_argument("--bill", type=Path)
    asked = parser.parse_args()
    found = packages((HERE / "pages.lock").read_text(encoding="utf-8"))
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if asked.licences:
        asked.licences.write_text(table(found), encoding="utf-8")
    if asked.bill:
        asked.bill.parent.mkdir(exist_ok=True)
        asked.bill.write_text(json.dumps(bill(found, project), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
