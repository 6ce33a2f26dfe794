"""What both real data sets need: copies of the data in a workspace, and contracts from one template."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from string import Template

import pandas as pd

from acmlib.contract.load import load_contract
from acmlib.contract.periods import parse_period
from acmlib.intake import open_tables
from acmlib.measures.compute import metric_table


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


def metric_tables(root: Path, ids: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return the metric table of each contract of a workspace, as the product computes it before anything is hidden."""
    found = {}
    for contract_id in ids:
        contract = load_contract(contract_id, root=root)
        period = parse_period(contract.period or "term", starts=contract.contract.starts, ends=contract.contract.ends)
        with open_tables(contract, root=root, period=period) as tables:
            found[contract_id] = metric_table(contract, tables, period)
    return found


def pick(cells: pd.DataFrame, metric: str, dimension: str = "all", period: str = "term") -> pd.DataFrame:
    """Return the cells of one metric, split and period, by group."""
    chosen = cells["metric"].eq(metric) & cells["dimension"].eq(dimension) & cells["period"].eq(period)
    return cells[chosen].set_index("group")
