"""What the other contracts of a programme have shown already: results that may stand beside a contract's own.

Taken from the public editions in the ledger alone, so that nothing is told of a contract that everybody was not told first, and written
beside the contract as a file that somebody looks at before it is used.
"""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.model import Contract, Edition
from acmlib.contract.record_files import PEERS
from acmlib.contract.records import Peer
from acmlib.contract.workspace import contract_folder
from acmlib.measures.intervals import wilson
from acmlib.measures.table import ALL, SHOWN, UNRELIABLE
from acmlib.release.ledger import read_ledger
from acmlib.release.past import Past

COLUMNS = ("contract", "number", "title", "metric", "period", "numerator", "denominator")
#: Of a peer as a page shows it.
BESIDE = ["number", "title", "metric", "period", "value", "low", "high"]


def beside(peers: Sequence[Peer], contract: Contract, edition: Edition) -> pd.DataFrame:
    """Return the peers of a contract as an edition shows them: shares with intervals, rounded to whole percent, and no counts.

    Parameters
    ----------
    peers : sequence of Peer
        Of params/<id>/peers.csv.
    contract : Contract
    edition : str
        Titles of other contracts stand in the internal edition only.

    Returns
    -------
    DataFrame
        Columns `BESIDE`, by `number`: a contract's place in its programme, drawn at random once. `low` and `high` are Wilson's.
    """
    rows = []
    for one in sorted(peers, key=lambda one: one.number):
        low, high = wilson(one.numerator, one.denominator, contract.statistics.level)
        shares = (round(float(share), 2) for share in (one.numerator / one.denominator, low, high))
        rows.append((one.number, one.title if edition == "internal" else None, one.metric, one.period, *shares))
    return pd.DataFrame(rows, columns=BESIDE)


def own_beside(peers: Sequence[Peer], table: pd.DataFrame) -> pd.DataFrame:
    """Return a contract's own totals in the periods of its peers: rows of its metric table."""
    wanted = {(one.metric, one.period) for one in peers}
    totals = table[table["dimension"].eq(ALL)]
    known = [pair in wanted for pair in zip(totals["metric"].tolist(), totals["period"].tolist(), strict=True)]
    return totals[np.array(known, dtype=bool)].reset_index(drop=True)


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
        Columns `COLUMNS`, a row a contract, metric and its last contract year (or the whole contract), as last shown; by number.

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
        if loaded is None or loaded.contract.program != own.contract.program or "public" not in loaded.editions:
            continue
        cells = Past(loaded, [entry for entry in read_ledger(other, root) if entry.edition == "public"]).cells
        if len(cells):
            told = cells["dimension"].eq(ALL) & cells["metric"].isin(shares) & cells["status"].isin([SHOWN, UNRELIABLE])
            told &= cells["period"].str.startswith("P") | cells["period"].eq("term")
            rows = cells.loc[told, ["metric", "period", "numerator", "denominator"]].sort_values("period")
            for metric, period, above, below in rows.itertuples(index=False):
                window = "term" if period == "term" else "year"
                found[other, metric, window] = (other, 0, str(loaded.contract.title), metric, period, f"{above:.0f}", f"{below:.0f}")
    rows = pd.DataFrame([found[key] for key in sorted(found)], columns=list(COLUMNS))
    rows["number"] = rows["contract"].map(_numbers(own, list(rows["contract"].unique()), root))
    return rows.sort_values(["number", "metric", "period"], ignore_index=True)


def _numbers(own: Contract, others: Sequence[str], root: Path) -> Mapping[str, int]:
    """Return the numbers of contracts in their programme: those of the files written before, for new ones drawn at random."""
    known: dict[str, int] = {}
    for one in contract_ids(root):
        if load_contract(one, root=root).contract.program == own.contract.program:
            path = root / contract_folder(one) / PEERS
            with path.open(encoding="utf-8", newline="") if path.is_file() else io.StringIO() as file:
                known |= {row["contract"]: int(row["number"]) for row in csv.DictReader(file) if (row.get("number") or "").isdigit()}
    new = [one for one in others if one not in known]
    free = [number for number in range(1, len(known) + len(new) + 1) if number not in known.values()]
    secrets.SystemRandom().shuffle(new)
    return known | dict(zip(new, free, strict=False))


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
            f"{contract}: no other contract of its programme has handed out a public edition with a share that both measure; release "
            f"theirs first (acm run ID --edition public --release)"
        )
    path = root / contract_folder(contract) / PEERS
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([list(COLUMNS), *rows.to_numpy().tolist()])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path, rows["contract"].nunique()
