"""A workspace with the 22 course presentations of OULAD as contracts, and one contract over all of them; no line of the product changes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd

from realdata.files import copy_data, write_contract

TEMPLATE = Path(__file__).with_suffix(".yml")
#: Contract over all presentations; facts.json was computed on these.
POOLED = "oulad-all"
#: Contract over the presentations of one module.
MODULE = "oulad-module-bbb"
#: Codes of presentations end in the month that the course begins in.
MONTHS = {"B": "02", "J": "10"}


def write_workspace(shared: Path, root: Path) -> list[str]:
    """Write params/ and data/ below `root`; return the ids of the 22 contracts, POOLED and MODULE not among them."""
    source = shared / "oulad"
    copy_data(source, root / "data" / "oulad")
    with gzip.open(source / "course.csv.gz", "rt") as file:
        courses = pd.read_csv(file)
    ids = []
    for module, presentation, days in courses.itertuples(index=False):
        starts = pd.Timestamp(f"{presentation[:4]}-{MONTHS[presentation[4]]}-01")
        ids.append(f"oulad-{module}-{presentation}".lower())
        write_contract(
            TEMPLATE,
            root,
            ids[-1],
            title=f"{module} {presentation}",
            starts=f"{starts:%Y-%m-%d}",
            ends=f"{starts + pd.Timedelta(days=int(days)):%Y-%m-%d}",
            provider=f"Module team {module}",
            where=f"code_module = '{module}' and code_presentation = '{presentation}'",
        )
    for contract, where in ((POOLED, "true"), (MODULE, f"code_module = '{MODULE[-3:].upper()}'")):
        write_contract(
            TEMPLATE, root, contract, title=contract, starts="2013-02-01", ends="2015-08-01", provider="Several module teams", where=where
        )
    return ids
