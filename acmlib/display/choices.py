"""For the first notebook of the day: what can be chosen, with completion by the Tab key, and what is due."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from acmlib.contract.errors import ContractError
from acmlib.contract.load import load_contract, load_records
from acmlib.contract.model import EDITIONS
from acmlib.contract.workspace import find_root
from acmlib.display.catalogues import languages


def report_choices(root: Path | None = None) -> SimpleNamespace:
    """Return contracts, editions, languages and notebooks as attributes: ``report_choices().contracts.`` and the Tab key.

    Examples
    --------
    >>> report_choices().contracts.harbor_youth_jobs, report_choices().editions.provider
    ('harbor-youth-jobs', 'provider')
    """
    home = root or find_root()
    contracts = sorted(path.parent.name for path in (home / "params").glob("*/contract.yml"))
    notebooks = sorted(path.stem for path in (home / "notebooks").glob("*.ipynb"))
    return SimpleNamespace(
        contracts=_named(contracts), editions=_named(EDITIONS), languages=_named(languages()), notebooks=_named(notebooks)
    )


def what_is_due(root: Path | None = None, on: dt.date | None = None) -> pd.DataFrame:
    """Return a row a contract: who, until when, the next meeting, and what waits for somebody. For those who make the pages.

    Parameters
    ----------
    on : date, optional
        The day that overdue and due are judged on; today if absent.

    Returns
    -------
    DataFrame
        Columns ``contract, title, provider, ends, next_meeting, overdue`` (open actions after their day) and ``topics`` (of the roadmap,
        whose month has come and that are not done); a contract that cannot be read says so in ``title``. The next meeting first.
    """
    home, today = root or find_root(), on or dt.datetime.now(tz=dt.UTC).date()
    rows: list[dict[str, object]] = []
    for name in sorted(path.parent.name for path in (home / "params").glob("*/contract.yml")):
        try:
            contract = load_contract(name, root=home)
            records = load_records(name, home, contract=contract)
        except ContractError as error:
            rows.append({"contract": name, "title": f"cannot be read ({len(error.errors)} errors): acm check {name}"})
            continue
        terms = contract.contract
        late = sum(action.status == "open" and action.due is not None and action.due < today for action in records.actions)
        due = [topic.id for topic in records.roadmap if topic.status not in ("done", "dropped") and topic.month <= f"{today:%Y-%m}"]
        rows.append({"contract": name, "title": str(terms.title), "provider": terms.provider, "ends": terms.ends,
                     "next_meeting": terms.next_meeting, "overdue": late, "topics": ", ".join(due)})  # fmt: skip
    columns = ["contract", "title", "provider", "ends", "next_meeting", "overdue", "topics"]
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values(["next_meeting", "contract"], na_position="last", ignore_index=True)


def _named(values: list[str] | tuple[str, ...]) -> SimpleNamespace:
    """Return values as attributes; a name that begins with a digit gets an underscore before it."""
    return SimpleNamespace(**{re.sub(r"^(?=\d)", "_", re.sub(r"\W", "_", value)): value for value in values})
