"""Public figures of contracts that agreed to be named, as a file that agencies exchange; anything else is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import pandas as pd
from pydantic import Field, ValidationError, model_validator

from acmlib.contract.errors import ContractError, described, refusal
from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.model import Contract
from acmlib.contract.spreadsheets import csv_text, unguarded
from acmlib.contract.values import Model, Name, String
from acmlib.contract.yaml_reader import read_text
from acmlib.measures.table import ALL, SHOWN, UNRELIABLE
from acmlib.publish.jobs import PLAIN_LANGUAGE
from acmlib.publish.run_record import records
from acmlib.release.ledger import read_ledger
from acmlib.release.past import Past

#: Folder of a workspace for files that other agencies sent.
EXCHANGED = "peers"
#: Columns of a file, in this order; a file with any other is refused.
COLUMNS = (
    "agency",
    "contract",
    "title",
    "contact",
    "program",
    "metric",
    "period",
    "dimension",
    "group",
    "numerator",
    "denominator",
    "changed",
)
#: Those of a contract's public figures.
FIGURES = list(COLUMNS[5:-1])


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
    changed: String = ""

    @model_validator(mode="after")
    def _is_a_share(self) -> Self:
        if self.numerator > self.denominator:
            raise refusal("has a numerator above its denominator")
        return self


def public_figures(contract: Contract, root: Path) -> pd.DataFrame:
    """Return the shares that the public editions of a contract have shown, of its contract years and the whole contract, as last shown.

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

    Raises
    ------
    ContractError, ValueError
        If a contract file or ledger cannot be read, or no contract that may be named has handed out a public edition.
    """
    figures = list(own_figures(root))
    if not figures:
        raise ValueError(
            "no contract may be named and has handed out a public edition; write peers: {may_be_named: true} into contract.yml where the "
            "provider agrees, and release: acm run ID --edition public --release"
        )
    path.write_bytes(csv_text([COLUMNS, *(list(one.model_dump().values()) for one in figures)], line_end="\r\n").encode())
    return len({one.contract for one in figures})


def own_figures(root: Path) -> Iterator[Figure]:
    """Yield the public figures of the contracts of a workspace that may be named.

    Raises
    ------
    ContractError, ValueError
        If a contract file or ledger cannot be read.
    """
    for name in contract_ids(root):
        contract = load_contract(name, root=root)
        if not contract.peers.may_be_named:
            continue
        terms, did = contract.contract, what_changed(name, root)
        head = {"agency": terms.agency, "contract": name, "title": str(terms.title), "contact": contract.peers.contact or ""}
        for row in public_figures(contract, root).to_dict("records"):
            counts = {key: int(row[key]) for key in ("numerator", "denominator")}
            told = did.get(str(row["metric"]), "") if row["dimension"] == ALL else ""
            yield Figure.model_validate({**head, "program": terms.program, **row, **counts, "changed": told})


def what_changed(contract: str, root: Path) -> Mapping[str, str]:
    """Return by metric the actions after which figures of a contract got better, as its newest page handed out to the public says."""
    pages = [
        page
        for _, record in records(root)
        if record["contract"] == contract and record["edition"] == "public"
        for page in record["pages"].values()
        if page.get("standing") and not page.get("draft")
    ]
    newest: Mapping[str, Any] = max(
        pages, key=lambda page: (str(page.get("data_until") or ""), page.get("language") == PLAIN_LANGUAGE), default={}
    )
    found: dict[str, list[str]] = {}
    for one in newest.get("standing", {}).get("worked", ()):
        found.setdefault(one["metric"], []).append(f"{one['what']} ({one['group']})" if one["group"] else one["what"])
    return {metric: "; ".join(texts) for metric, texts in found.items()}


def import_figures(path: Path, *, root: Path) -> tuple[Path, int]:
    """Check a file that another agency exported, and put it into ``peers/`` of the workspace; return where, and how many contracts it has.

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
    allowed = "give a file that acm peers export wrote"
    try:
        rows = list(csv.reader(io.StringIO(read_text(path, name=path.name, allowed=allowed))))
    except csv.Error as error:
        raise ContractError([f"{path.name}: cannot be read ({error}); {allowed}"]) from error
    if not rows or tuple(rows[0]) not in (COLUMNS, COLUMNS[:-1]):  # earlier files have no column for actions
        raise ContractError(
            [f"{path.name}: columns are {', '.join(rows[0]) if rows else 'none'}; allowed are exactly {', '.join(COLUMNS)}"]
        )
    wrong: list[str] = []
    for line, row in enumerate(rows[1:], start=2):
        given = dict(zip(rows[0], map(unguarded, row), strict=False))
        counts = {name: int(given[name]) for name in FIGURES[-2:] if given.get(name, "").isdecimal()}
        try:
            yield Figure.model_validate({**given, **counts})
        except ValidationError as error:
            wrong += [f"{path.name}: line {line}: {key} {message}" for key, message in described(error, Figure)]
    if wrong:
        raise ContractError(wrong)
