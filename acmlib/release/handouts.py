"""What the parties were handed for a meeting: a copy of the metric table beside the handout, so that later pages tell what changed."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from acmlib.contract.model import Contract
from acmlib.contract.periods import Period, contract_period
from acmlib.measures.table import KEY_COLUMNS, METRIC_COLUMNS, OTHER_GROUPS, SHOWN, UNRELIABLE
from acmlib.release.ledger import HANDOUTS
from acmlib.release.past import Past

#: What decides whether a figure is another one.
_NUMBERS = ["numerator", "denominator", "value"]


@dataclass(frozen=True)
class LastHandout:
    """What was handed out for the last meeting about an earlier period."""

    period: Period
    #: Figures that have other numbers now: key columns, `value_before`, `value`, `reason` (a text, or None where the contract gives none).
    #: None where the copy is missing or is not what was handed out.
    changed: pd.DataFrame | None


def keep_copy(table: Path, contract: str, period: Period, root: Path) -> Path:
    """Copy the metric table that pages were made from beside their handout; the digest of its content is part of its name."""
    folder = root / HANDOUTS / contract
    for old in folder.glob(f"{period.text}-provider.*.csv"):
        old.unlink()
    return Path(shutil.copyfile(table, folder / f"{period.text}-provider.{_digest(table)}.csv"))


def compare_with_last_handout(contract: Contract, period: Period, cells: pd.DataFrame, root: Path) -> LastHandout | None:
    """Compare what was handed out last, for an earlier period, with the figures of today.

    Parameters
    ----------
    cells : DataFrame
        Metric table of an edition for the agency or the provider, as it shows it now.

    Returns
    -------
    LastHandout or None
        None where nothing was handed out.
    """
    folder = root / HANDOUTS / contract.id
    names = {path.name.partition("-provider")[0] for path in folder.glob("*-provider*")}
    known = [one for name in names if (one := _period(contract, name)) is not None and one.end < period.end]
    if not known:
        return None
    last = max(known, key=lambda one: (one.end, one.start))
    found = sorted(folder.glob(f"{last.text}-provider.*.csv"))
    if len(found) != 1 or found[0].name.split(".")[-2] != _digest(found[0]):
        return LastHandout(last, None)
    before = pd.read_csv(found[0], dtype=dict.fromkeys(KEY_COLUMNS, "str"), keep_default_na=False, na_values=[""])
    return LastHandout(last, _changed(before, cells, contract, last) if list(before.columns) == list(METRIC_COLUMNS) else None)


def _changed(before: pd.DataFrame, now: pd.DataFrame, contract: Contract, given: Period) -> pd.DataFrame:
    """List the figures of periods that were over then and have other numbers now.

    A wait that was open then and is over now is no correction: of waits only another number of people is.
    """
    told = [frame[frame["status"].isin([SHOWN, UNRELIABLE]) & frame["group"].ne(OTHER_GROUPS)] for frame in (before, now)]
    keys = list(KEY_COLUMNS)
    told[1] = told[1].astype(dict.fromkeys(keys, "str"))
    both = told[0].merge(told[1], on=keys, suffixes=("_before", ""))
    waits = both["metric"].map(lambda name: name in contract.metrics and contract.metrics[name].kind == "duration")
    moved = pd.Series(False, index=both.index)
    for name in _NUMBERS:
        then, since = both[f"{name}_before"].fillna(-1), both[name].fillna(-1)
        moved |= then.sub(since).abs().gt(1e-9 * since.abs().clip(lower=1)) & ~(waits & (name != "denominator"))
    over = {name: contract_period(contract, name).end <= given.end for name in both["period"].unique()}
    changed = both[moved & both["period"].map(over)]
    reasons = _reasons(changed, contract)
    return changed.assign(reason=pd.Series(reasons, index=changed.index, dtype=object)).reset_index(drop=True)


def _reasons(changed: pd.DataFrame, contract: Contract) -> Sequence[object]:
    past = Past(contract)
    return [past.reason(metric, period) for metric, period in zip(changed["metric"], changed["period"], strict=True)]


def _period(contract: Contract, text: str) -> Period | None:
    try:
        return contract_period(contract, text)
    except ValueError:  # the file is none of ours
        return None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
