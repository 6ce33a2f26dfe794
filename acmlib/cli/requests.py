"""Is there such an edition, language, period or report at all? Said before anything is read or started."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import acmlib
from acmlib.contract.errors import choose
from acmlib.contract.periods import parse_period
from acmlib.contract.selectors import EDITIONS
from acmlib.publish.jobs import RequestError

#: Catalogues of words. `acmlib.display.words` reads them, and brings a second of imports that a batch with nothing to do should not pay.
LANGUAGES = Path(acmlib.__file__).parent / "display" / "languages"


def check_request(asked: Mapping[str, str | None], root: Path) -> None:
    """Refuse what no contract could have.

    Parameters
    ----------
    asked : mapping
        ``report``, ``period``, ``edition`` and ``language``, as far as they were named.

    Raises
    ------
    RequestError
        Naming the option, what was given and what there is.
    """
    languages = sorted(path.stem for path in LANGUAGES.glob("*.toml"))
    notebooks = sorted(path.stem for path in (root / "notebooks").glob("*.ipynb"))
    report = (asked["report"] or "").partition("-")[0] or None
    for option, given, known in (("edition", asked["edition"], EDITIONS), ("language", asked["language"], languages)):
        if given is not None and given not in known:
            raise RequestError(f"--{option} {given}: {choose(given, known)}")
    if report is not None and report not in notebooks:
        raise RequestError(f"--report {asked['report']}: there is no notebooks/{report}.ipynb; {choose(report, notebooks)}")
    if asked["period"] is not None:
        try:
            parse_period(asked["period"], starts=dt.date.min, ends=dt.date.max)
        except ValueError as error:
            raise RequestError(f"--{error}") from error
