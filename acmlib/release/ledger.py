"""What readers have been given: the cells of every release that was handed out, kept so that the next one is decided together with them.

``ledger/<contract>/<period>-<edition>-<digest>.csv`` holds one release as it was shown: hidden cells are empty there too, and nothing
of the submitted data is in it. The first line says under which rule and with which groups. Making the same release again adds nothing; a
release that was corrected is a second file beside the first, because readers may still have that one. Files whose pages were never
handed to anybody may be deleted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pandas as pd

from acmlib.contract.model import Contract, Privacy
from acmlib.measures.table import ALL, HIDDEN, KEY_COLUMNS, SHARE_CODE
from acmlib.release.spans import Span

#: How a release is decided: by linear programs; without dimensions of many groups of which nearly all are small; where nearly everything
#: is small, as one total a metric; or, where there is too much to decide, without more and more of it (`acmlib.release.size`).
Method: TypeAlias = Literal[
    "linear programs", "without crossed groups", "without large dimensions", "headline groups only", "fewer dimensions", "totals only"
]  # fmt: skip

#: Folder of the ledger in a workspace; `make clean` leaves it.
LEDGER = "ledger"

KEYS = list(KEY_COLUMNS)
#: What is kept of a cell beside its key: its numbers as shown, and its first and last month as numbers (empty where there are no dates).
KEPT = [*KEYS, "numerator", "denominator", "status", "first", "last"]
#: Of a dimension: what decides who is in which group.
GROUPING = ("column", "standard", "ethnicity", "separator", "bands", "merge", "not_recorded")


@dataclass(frozen=True)
class Entry:
    """One release as readers have it.

    Parameters
    ----------
    period : str
    made_at : str
        When it was made: orders the entries.
    method : str
        How it was decided (`acmlib.release.suppress.Decision`).
    rule : mapping
        The privacy rule that decided.
    grouping : mapping
        Dimension to what decided who is in which group.
    cells : DataFrame
        Columns `KEPT`, and `SHARE_CODE` if any hidden share has a code.
    """

    period: str
    made_at: str
    method: Method
    rule: Mapping[str, Any]
    grouping: Mapping[str, Any]
    cells: pd.DataFrame = field(repr=False)

    @property
    def when(self) -> list[Span]:
        """The months of each cell."""
        pairs = zip(self.cells["first"], self.cells["last"], strict=True)
        return [(int(first), int(last)) if first == first else None for first, last in pairs]


def deciding_rule(rule: Privacy) -> dict[str, Any]:
    """Return what of a rule decides which cells are hidden."""
    # What is not used is left out, so that entries from before it was there are the same.
    unused = {"code_shares"} if not rule.code_shares else set()
    return rule.model_dump(mode="json", exclude={"names", "unsuppressed_internal", *unused})


def grouping(contract: Contract) -> dict[str, Any]:
    """Return for each dimension what decides who is in which group."""
    return {name: dimension.model_dump(mode="json", include=set(GROUPING)) for name, dimension in contract.dimensions.items()}


def has_codes(cells: pd.DataFrame) -> bool:
    """Say whether any hidden share of some cells has a code: if so, readers know something of those without one, too."""
    return SHARE_CODE in cells and bool(cells[SHARE_CODE].ne("").any())


def entry_of(contract: Contract, period: str, cells: pd.DataFrame, *, when: Sequence[Span], method: Method) -> Entry:
    """Return the entry that a release makes.

    Parameters
    ----------
    contract : Contract
    period : str
    cells : DataFrame
        Metric table as released.
    when : sequence of spans
        The months of each cell, from `acmlib.release.spans.months_of`.
    method : str
        How it was decided.
    """
    ends = [span or (float("nan"), float("nan")) for span in when]
    kept = cells.assign(first=[float(first) for first, _ in ends], last=[float(last) for _, last in ends])
    kept = kept[[*KEPT, *([SHARE_CODE] if has_codes(cells) else [])]].reset_index(drop=True)
    made_at = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
    return Entry(period, made_at, method, deciding_rule(contract.privacy), grouping(contract), kept)


def write_entry(entry: Entry, edition: str, folder: Path) -> Path:
    """Write an entry under the name that its content and edition give it.

    Parameters
    ----------
    entry : Entry
    edition : str
    folder : Path
        Where to; it is made if it is not there.

    Returns
    -------
    Path
    """
    text = entry.cells.to_csv(index=False, lineterminator="\n")
    about = {"period": entry.period, "method": entry.method, "rule": entry.rule, "grouping": entry.grouping}
    digest = hashlib.sha256((json.dumps(about, sort_keys=True) + text).encode()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{entry.period}-{edition}-{digest}.csv"
    path.write_text(json.dumps({**about, "edition": edition, "made_at": entry.made_at}) + "\n" + text, encoding="utf-8")
    return path


def shown_by_quarter(entries: Sequence[Entry]) -> set[str]:
    """Name the metrics whose totals readers have seen by quarter.

    Parameters
    ----------
    entries : sequence of Entry
    """
    found: set[str] = set()
    for entry in entries:
        cells = entry.cells
        found |= set(cells.loc[cells["dimension"].eq(ALL) & cells["period"].str.fullmatch(r"\d{4}Q[1-4]"), "metric"])
    return found


def released(contract: str, root: Path) -> dict[str, Path]:
    """Return the files of what readers have been given: one for each content, by its digest; editions show the same cells.

    Parameters
    ----------
    contract : str
    root : Path
    """
    files: dict[str, Path] = {}
    for path in sorted((root / LEDGER / contract).glob("*.csv")):
        files.setdefault(digest_of(path.name), path)
    return files


def digest_of(name: str) -> str:
    """Return the digest in the name of an entry's file.

    Examples
    --------
    >>> digest_of("2026-06-provider-0a1b2c3d4e5f.csv")
    '0a1b2c3d4e5f'
    """
    return Path(name).stem.rpartition("-")[2]


def read_ledger(contract: str, root: Path) -> tuple[Entry, ...]:
    """Return what readers of a contract's reports have been given, in the order in which it was made.

    Parameters
    ----------
    contract : str
        Id of the contract.
    root : Path
        The workspace.

    Returns
    -------
    tuple of Entry
        The same cells in two editions are one entry.

    Raises
    ------
    ValueError
        If a file cannot be read: what readers know is not guessed.
    """
    return tuple(sorted((_read(path) for path in released(contract, root).values()), key=lambda entry: (entry.made_at, entry.period)))


def _read(path: Path) -> Entry:
    try:
        with path.open(encoding="utf-8") as file:
            about = json.loads(file.readline())
            cells = pd.read_csv(file, dtype=dict.fromkeys([*KEYS, "status", SHARE_CODE], str), keep_default_na=False, na_values={
                name: [""] for name in ("numerator", "denominator", "first", "last")
            })  # fmt: skip
        kept = cells[[*KEPT, *cells.columns.intersection([SHARE_CODE])]]
        return Entry(about["period"], about["made_at"], about["method"], about["rule"], about["grouping"], kept)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(f"ledger/{path.parent.name}/{path.name}: cannot be read ({error}); restore the file from a backup") from error


def shown_again(
    cells: pd.DataFrame, must_hide: pd.Series, entries: Sequence[Entry], contract: Contract, period: str
) -> tuple[pd.Series, Method, pd.Series | None] | None:
    """Return what a release of this period hid, how that was decided, and its codes, if nothing shown has changed since.

    Parameters
    ----------
    cells : DataFrame
        The cells that pages may show, with true counts.
    must_hide : Series of bool
        What the rule hides by itself.
    entries : sequence of Entry
    contract : Contract
    period : str

    Returns
    -------
    (Series of bool, str, Series of str or None) or None
        The Series aligned with `cells`; None if the release has to be decided.
    """
    rule, groups = deciding_rule(contract.privacy), grouping(contract)
    for entry in reversed(entries):
        if (entry.period, entry.rule, entry.grouping) != (period, rule, groups) or len(entry.cells) != len(cells):
            continue
        both = cells[KEYS].merge(entry.cells, on=KEYS, how="left", validate="one_to_one")
        hidden = both["status"].eq(HIDDEN)
        same = [both[name].fillna(-1).sub(cells[name].fillna(-1).to_numpy()).abs().lt(1e-6) for name in ("numerator", "denominator")]
        if both["status"].notna().all() and (hidden | (same[0] & same[1])).all() and not (must_hide.to_numpy() & ~hidden).any():
            codes = pd.Series(both[SHARE_CODE].to_numpy(), index=cells.index) if has_codes(entry.cells) else None
            return pd.Series(hidden.to_numpy(), index=cells.index), entry.method, codes
    return None
