"""Public figures of contracts that agreed to be named, as a file that agencies exchange: nothing else can be in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pandas as pd
from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from acmlib.contract.errors import ContractError, described
from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.model import Contract
from acmlib.contract.spreadsheets import guarded, unguarded
from acmlib.contract.values import Model, Name, String
from acmlib.measures.table import ALL, SHOWN, UNRELIABLE
from acmlib.release.ledger import read_ledger
from acmlib.release.past import Past

#: Folder of a workspace for files that other agencies sent.
EXCHANGED = "peers"
#: Columns of a file, in this order; a file with any other is refused.
COLUMNS = ("agency", "contract", "title", "contact", "program", "metric", "period", "dimension", "group", "numerator", "denominator")
#: Those of a contract's public figures.
FIGURES = list(COLUMNS[5:])


class Figure(Model):
    """One public figure: a share of a group, or of everyone, over a contract year or the whole contract."""

    agency: String = Field(min_length=1)
    contract: String = Field(min_length=1)
    title: String = Field(min_length=1)
    contact: String = ""
    program: String = Field(min_length=1)
    metric: Name
    period: String = Field(pattern=r"^(P\d+M/\d{4}-\d{2}|term)$")
    dimension: Name
    group: String = Field(min_length=1)
    numerator: int = Field(ge=0)
    denominator: int = Field(ge=1)

    @model_validator(mode="after")
    def _is_a_share(self) -> Self:
        if self.numerator > self.denominator:
            raise PydanticCustomError("order", "has a numerator above its denominator")
        return self


def public_figures(contract: Contract, root: Path) -> pd.DataFrame:
    """Return the shares that the public editions of a contract have shown, of its contract years and the whole contract, as last shown.

    Parameters
    ----------
    contract : Contract
    root : Path
        The workspace, for its ledger.

    Returns
    -------
    DataFrame
        ``metric, period, dimension, group, numerator, denominator``; without rows where nothing was handed out.

    Raises
    ------
    ValueError
        If a file of the ledger cannot be read.
    """
    cells = Past(contract, [entry for entry in read_ledger(contract.id, root) if entry.edition == "public"]).cells
    shares = [name for name, metric in contract.metrics.items() if metric.kind == "proportion"]
    people = [ALL, *(name for name, one in contract.dimensions.items() if one.kind == "people")]
    rows = cells[cells["metric"].isin(shares) & cells["dimension"].isin(people) & cells["status"].isin([SHOWN, UNRELIABLE])]
    rows = rows[rows["period"].str.startswith("P12M/") | rows["period"].eq("term")]
    return rows.drop_duplicates(FIGURES[:4], keep="last")[FIGURES].reset_index(drop=True)


def export_figures(path: Path, *, root: Path) -> int:
    """Write the public figures of the contracts that may be named; return how many contracts are in the file.

    Parameters
    ----------
    path : Path
        The file to write: CSV.
    root : Path
        The workspace.

    Raises
    ------
    ContractError, ValueError
        If a contract file or ledger cannot be read, or no contract that may be named has handed out a public edition.
    """
    lines, contracts = [], 0
    for name in contract_ids(root):
        contract = load_contract(name, root=root)
        if not contract.peers.may_be_named:
            continue
        terms, found = contract.contract, public_figures(contract, root)
        head = (terms.agency, contract.id, str(terms.title), contract.peers.contact or "", terms.program)
        texts = [(*head, *row) for row in found.itertuples(index=False, name=None)]
        lines += [[guarded(text) if isinstance(text, str) else int(text) for text in row] for row in texts]
        contracts += bool(texts)
    if not lines:
        raise ValueError(
            "no contract may be named and has handed out a public edition; write peers: {may_be_named: true} into contract.yml where the "
            "provider agrees, and release: acm run ID --edition public --release"
        )
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([COLUMNS, *lines])
    path.write_bytes(text.getvalue().encode())
    return contracts


def import_figures(path: Path, *, root: Path) -> tuple[Path, int]:
    """Check a file that another agency exported, and put it into ``peers/`` of the workspace; return where, and how many contracts it has.

    Parameters
    ----------
    path, root : Path

    Raises
    ------
    ContractError
        With every row that is no public figure, and if there is any other column.
    """
    figures = list(_read(path))
    place = root / EXCHANGED / path.name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(path.read_bytes())
    return place, len({one.contract for one in figures})


def imported_figures(root: Path) -> list[Figure]:
    """Return all figures that other agencies sent.

    Raises
    ------
    ContractError
        If a file has been changed into something else.
    """
    return [figure for path in sorted((root / EXCHANGED).glob("*.csv")) for figure in _read(path)]


def _read(path: Path) -> Iterator[Figure]:
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ContractError([f"{path.name}: cannot be read ({error}); give a file that acm peers export wrote"]) from error
    if not rows or tuple(rows[0]) != COLUMNS:
        raise ContractError(
            [f"{path.name}: columns are {', '.join(rows[0]) if rows else 'none'}; allowed are exactly {', '.join(COLUMNS)}"]
        )
    wrong: list[str] = []
    for line, row in enumerate(rows[1:], start=2):
        given = dict(zip(COLUMNS, map(unguarded, row), strict=False))
        counts = {name: int(given[name]) for name in COLUMNS[-2:] if given.get(name, "").isdecimal()}
        try:
            yield Figure.model_validate({**given, **counts})
        except ValidationError as error:
            wrong += [f"{path.name}: line {line}: {key} {message}" for key, message in described(error, Figure)]
    if wrong:
        raise ContractError(wrong)
