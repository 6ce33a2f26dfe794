"""What the other contracts of a programme have published: results that may stand beside a contract's own.

They come from the public editions in the ledger only, so that nothing is shown that was not public before, and are written beside the
contract as a file that somebody can check before it is used.
"""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from acmlib.analysis.standardise import indirect
from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.model import Contract
from acmlib.contract.record_files import PEERS
from acmlib.contract.spreadsheets import csv_text, unguarded
from acmlib.contract.workspace import contract_folder, find_root
from acmlib.display.nouns import words_of
from acmlib.display.own import theme
from acmlib.display.peer_group import PeerGroup
from acmlib.display.voice import Voice
from acmlib.display.words import Words
from acmlib.measures.table import ALL
from acmlib.publish.exchange import COLUMNS as EXCHANGED_COLUMNS
from acmlib.publish.exchange import FIGURES, imported_figures, own_figures, public_figures, what_changed
from acmlib.publish.jobs import PLAIN_LANGUAGE

COLUMNS = (
    *("contract", "number", "title", "metric", "period", "numerator", "denominator"),
    *("named", "contact", "adjusted_by", "expected", "changed"),
)


def peers_of(contract: str, *, root: Path) -> pd.DataFrame:
    """Return the released totals of the other contracts of a contract's programme, for the shares that both measure.

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
    mine = public_figures(own, root)
    shares = {name for name, metric in own.metrics.items() if metric.kind == "proportion"}
    found: list[tuple[object, ...]] = []
    for other, title, named, contact, figures in _others(own, root):
        totals = figures[figures["dimension"].eq(ALL) & figures["metric"].isin(shares)].sort_values("period")
        window = totals["period"].eq("term").map({True: "term", False: "year"})
        newest = totals.groupby([totals["metric"], window], sort=True).tail(1)
        for metric, period, _, _, above, below, did in newest[[*FIGURES, "changed"]].itertuples(index=False, name=None):
            by, expected = _expected(mine, figures, metric, period, tuple(own.dimensions))
            found.append((other, 0, title, metric, period, int(above), int(below), named, contact, by, expected, did))
    rows = pd.DataFrame(found, columns=list(COLUMNS))
    rows["number"] = rows["contract"].map(_numbers(own, list(rows["contract"].unique()), root))
    return rows.sort_values(["number", "metric", "period"], ignore_index=True)


def _others(own: Contract, root: Path) -> Iterator[tuple[str, str, bool, str, pd.DataFrame]]:
    """Yield the other contracts of a contract's programme, here and at other agencies: id, title, may be named, contact, public figures.

    Beside each figure stands in ``changed`` what was done before the metric got better.
    """
    for other in contract_ids(root):
        loaded = None if other == own.id else load_contract(other, root=root)
        if loaded is not None and loaded.contract.program == own.contract.program and "public" in loaded.editions:
            figures = public_figures(loaded, root)
            did = what_changed(other, root)
            figures["changed"] = [did.get(metric, "") for metric in figures["metric"]]
            yield other, str(loaded.contract.title), loaded.peers.may_be_named, loaded.peers.contact or "", figures
    sent: dict[tuple[str, str, str, str], list[tuple[object, ...]]] = {}
    for one in imported_figures(root):
        if one.program == own.contract.program:
            row = (one.metric, one.period, one.dimension, one.group, float(one.numerator), float(one.denominator), one.changed)
            sent.setdefault((one.agency, one.contract, one.title, one.contact), []).append(row)
    for (agency, contract, title, contact), rows in sent.items():
        yield f"{agency}: {contract}", f"{title} ({agency})", True, contact, pd.DataFrame(rows, columns=[*FIGURES, "changed"])


def _expected(mine: pd.DataFrame, theirs: pd.DataFrame, metric: str, period: str, dimensions: Sequence[str]) -> tuple[str, float | str]:
    """Return the first dimension by which both contracts show everybody, and what this one's rates would give with the other's mix."""
    for dimension in dimensions:
        ours, others = (
            one[one["metric"].eq(metric) & one["period"].eq(period) & one["dimension"].isin([dimension, ALL])].set_index(
                ["dimension", "group"]
            )
            for one in (mine, theirs)
        )
        if ALL not in others.index or dimension not in others.index or dimension not in ours.index:
            continue
        groups, total = others.loc[dimension], others.loc[ALL].iloc[0]
        rates = ours.loc[dimension].reindex(groups.index)
        if groups["denominator"].sum() == total["denominator"] and rates["denominator"].gt(0).all():
            strata = (groups["denominator"], rates["numerator"], rates["denominator"])
            return dimension, round(indirect(total["numerator"], *strata).expected, 1)
    return "", ""


def _numbers(own: Contract, others: Sequence[str], root: Path) -> Mapping[str, int]:
    """Return the numbers of contracts in their programme: those of the files written before, for new ones drawn at random."""
    known: dict[str, int] = {}
    for one in contract_ids(root):
        if load_contract(one, root=root).contract.program == own.contract.program:
            path = root / contract_folder(one) / PEERS
            with path.open(encoding="utf-8", newline="") if path.is_file() else io.StringIO() as file:
                known |= {
                    unguarded(row["contract"]): int(row["number"]) for row in csv.DictReader(file) if (row.get("number") or "").isdigit()
                }
    new = [one for one in others if one not in known]
    free = [number for number in range(1, len(known) + len(new) + 1) if number not in known.values()]
    secrets.SystemRandom().shuffle(new)
    return known | dict(zip(new, free, strict=False))


def open_peers(program: str, edition: str = "public", language: str = PLAIN_LANGUAGE, root: Path | None = None) -> PeerGroup:
    """Open the public figures of the contracts of a program that may be named, here and at agencies that sent a file.

    Parameters
    ----------
    program : str
        As the contract files name it; its metrics are the shares among the headlines of contracts of this workspace.
    edition : str
        ``public``: it is for other agencies.

    Raises
    ------
    ContractError
        If a contract file or a file of another agency cannot be read.
    ValueError
        If it is another edition, or a file of the ledger cannot be read.
    """
    if edition != "public":
        raise ValueError(f"edition is {edition!r}; a page for a peer group is made of public figures alone: use public")
    root = root or find_root()
    words, voices = Words(language), dict[str, Voice]()
    for name in contract_ids(root):
        contract = load_contract(name, root=root)
        if contract.contract.program == program:
            spoken = Voice(words_of(contract, language), contract)
            voices = {metric: spoken for metric, one in contract.metrics.items() if one.kind == "proportion" and one.headline} | voices
    rows = [one.model_dump() for one in (*own_figures(root), *imported_figures(root)) if one.program == program]
    figures = pd.DataFrame(rows, columns=list(EXCHANGED_COLUMNS))
    figures["name"] = figures["title"] + " (" + figures["agency"] + ")"
    theme()
    return PeerGroup(program, words, figures, voices)


def write_peers(contract: str, *, root: Path) -> tuple[Path, int]:
    """Write what `peers_of` returns beside the contract, as ``params/<id>/peers.csv``; return the file and how many contracts are in it.

    Raises
    ------
    ContractError, ValueError
        As `peers_of`; ValueError too if no other contract of the programme has shown anything that could stand beside this one.
    """
    rows = peers_of(contract, root=root)
    if rows.empty:
        raise ValueError(
            f"{contract}: no other contract of its program has handed out a public edition with a share that both measure; release "
            f"theirs first (acm run ID --edition public --release)"
        )
    path = root / contract_folder(contract) / PEERS
    lines = [[cell if isinstance(cell, str) else str(cell).lower() for cell in row] for row in rows.to_numpy().tolist()]
    path.write_text(csv_text([COLUMNS, *lines]), encoding="utf-8")
    return path, rows["contract"].nunique()
