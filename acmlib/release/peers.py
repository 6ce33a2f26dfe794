"""What the other contracts of a programme have shown already: results that may stand beside a contract's own.

Taken from the ledger alone, so that nothing is told of a contract that its own readers were not told first, and written beside the
contract as a file that somebody looks at before it is used: a page is made from files, not from what other pages happened to show.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.record_files import PEERS
from acmlib.contract.workspace import contract_folder
from acmlib.measures.table import ALL, SHOWN, UNRELIABLE
from acmlib.release.ledger import read_ledger
from acmlib.release.past import Past

COLUMNS = ("contract", "title", "metric", "period", "numerator", "denominator")


def peers_of(contract: str, *, root: Path) -> pd.DataFrame:
    """Return the released totals of the other contracts of a contract's programme, for the shares that both measure.

    Parameters
    ----------
    contract : str
        Id of the contract.
    root : Path
        The workspace.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, a row a contract, metric and its last rolling window (or the whole contract), as last released; sorted.

    Raises
    ------
    ContractError
        If a contract file cannot be read.
    ValueError
        If a file of the ledger cannot be read.
    """
    own = load_contract(contract, root=root)
    shares = [name for name, metric in own.metrics.items() if metric.kind == "proportion"]
    found: dict[tuple[str, str, str], tuple[object, ...]] = {}
    for other in contract_ids(root):
        loaded = None if other == contract else load_contract(other, root=root)
        if loaded is None or loaded.contract.program != own.contract.program:
            continue
        cells = Past(loaded, read_ledger(other, root)).cells
        if len(cells):
            told = cells["dimension"].eq(ALL) & cells["metric"].isin(shares) & cells["status"].isin([SHOWN, UNRELIABLE])
            told &= cells["period"].str.startswith("P") | cells["period"].eq("term")
            rows = cells.loc[told, ["metric", "period", "numerator", "denominator"]].sort_values("period")
            for metric, period, above, below in rows.itertuples(index=False):
                window = "term" if period == "term" else "rolling"
                found[other, metric, window] = (other, str(loaded.contract.title), metric, period, f"{above:.0f}", f"{below:.0f}")
    return pd.DataFrame([found[key] for key in sorted(found)], columns=list(COLUMNS))


def write_peers(contract: str, *, root: Path) -> tuple[Path, int]:
    """Write what `peers_of` returns beside the contract, as ``params/<id>/peers.csv``; return the file and how many contracts are in it.

    Parameters
    ----------
    contract : str
    root : Path

    Raises
    ------
    ContractError, ValueError
        As `peers_of`; ValueError too if no other contract of the programme has shown anything that could stand beside this one.
    """
    rows = peers_of(contract, root=root)
    if rows.empty:
        raise ValueError(
            f"{contract}: no other contract of its programme has been reported on with a share that both measure; run their reports first"
        )
    path = root / contract_folder(contract) / PEERS
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([list(COLUMNS), *rows.to_numpy().tolist()])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path, rows["contract"].nunique()
