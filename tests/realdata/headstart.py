"""A workspace with Head Start grants as contracts (counts per programme and year), one over all grants too; the product stays as it is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from realdata.files import copy_data, write_contract

TEMPLATE = Path(__file__).with_suffix(".yml")
#: Contract over all grants; facts.json was computed on these.
POOLED = "headstart-all"
FILE = "pir_clean_2019_2022.csv.gz"


def write_workspace(shared: Path, root: Path, *, every: int = 18) -> dict[str, str]:
    """Write params/ and data/ below `root`; return {contract id: grant number} of every so-manieth grant (212 of 3,806 at 18)."""
    source = shared / "headstart"
    copy_data(source, root / "data" / "headstart", only=FILE)
    rows = pd.read_csv(source / FILE, usecols=["grant_number", "grantee_name"], dtype=str)
    grants = rows.drop_duplicates("grant_number").sort_values("grant_number").iloc[::every]
    ids = {}
    for grant, name in grants[["grant_number", "grantee_name"]].itertuples(index=False):
        contract = f"headstart-{grant}".lower()
        ids[contract] = grant
        write_contract(TEMPLATE, root, contract, title=f"Head Start {grant}", provider=name, where=f"grant_number = '{grant}'")
    write_contract(TEMPLATE, root, POOLED, title="Head Start, all grants", provider="All grant recipients", where="true")
    return ids
