"""What can be chosen in the parameters of a notebook, for completion with the Tab key."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

from acmlib.contract.model import EDITIONS
from acmlib.contract.workspace import find_root
from acmlib.display.words import languages


def report_choices(root: Path | None = None) -> SimpleNamespace:
    """Return contracts, editions, languages and notebooks as attributes: ``report_choices().contracts.`` and the Tab key.

    Parameters
    ----------
    root : Path, optional
        The workspace; found by walking up from the current folder if absent.

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


def _named(values: list[str] | tuple[str, ...]) -> SimpleNamespace:
    """Return values as attributes; a name that begins with a digit gets an underscore before it."""
    return SimpleNamespace(**{re.sub(r"^(?=\d)", "_", re.sub(r"\W", "_", value)): value for value in values})
