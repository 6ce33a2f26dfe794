"""What both real data sets need: copies of the data in a workspace, and contracts from one template."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from string import Template


def copy_data(source: Path, to: Path, *, only: str = "*.csv.gz") -> None:
    """Copy data files into a workspace: contracts read nothing outside it."""
    to.mkdir(parents=True)
    for path in source.glob(only):
        shutil.copy(path, to / path.name)


def write_contract(template: Path, root: Path, contract: str, **values: str) -> None:
    """Write the contract file of one unit of a data set: the template with its names filled in, in quotes that YAML takes as they are."""
    quoted = {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}
    path = root / "params" / contract / "contract.yml"
    path.parent.mkdir(parents=True)
    path.write_text(Template(template.read_text(encoding="utf-8")).substitute(quoted), encoding="utf-8")
