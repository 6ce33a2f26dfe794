"""Technical text that must not reach a page: tracebacks, warnings, code, paths, raw values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acmlib.contract.plain_text import seen
from acmlib.publish.places import PLACE

_PATH = "a path of the machine that made it"

#: Messages of programs, and the inside of a notebook. None of it is meant for a reader.
_LEAKS = (
    (re.compile(r"Traceback \(most recent call last\)"), "the trace of an error"),
    (re.compile(r"\x1b\["), "terminal colour codes, as errors have them"),
    (re.compile(r"^\s*(?:[A-Z]\w*)?(?:Error|Exception): \S", re.MULTILINE), "the message of an error"),
    (re.compile(r"\b[A-Z]\w*Warning: \S"), "a warning of a program"),
    (PLACE, _PATH),
    (re.compile(r"\bsite-packages\b|\bipykernel_\d"), _PATH),
    (re.compile(r"\bIn \[\d*\]:|\bOut\[\d+\]:"), "a notebook's cell number"),
    (re.compile(r"^\s*(?:import [\w.]+(?: as \w+)?\s*$|from [\w.]+ import \w)", re.MULTILINE), "code"),
    (re.compile(r"^\s*(?:contract|period|edition|language|topic) = ['\"]", re.MULTILINE), "parameters of the notebook"),
    (re.compile(r"(?<![\w-])(?:nan|NaN|NaT|<NA>|inf)(?![\w-])"), "a raw missing value (nan) instead of words"),
    (re.compile(r"<(?:[\w.]+\.)?\w+ object at 0x[0-9a-f]+>"), "an object without a page form"),
)


def leaks(text: str) -> Iterator[str]:
    """Yield the technical output found in a text.

    Examples
    --------
    >>> list(leaks("FutureWarning: read from /home/ana/data.csv"))
    ["there is a warning of a program: 'FutureWarning: r'", 'there is a path of the machine that made it']
    """
    shown = f"{text}\n{seen(text)}"  # both: what is taken out of a text as it is seen may be what a terminal wrote
    for pattern, what in _LEAKS:
        found = pattern.search(shown)
        if found:
            # A path is not said again: reasons are kept beside the pages.
            said = "" if what == _PATH else f": {' '.join(found.group().split())[:80]!r}"
            yield f"there is {what}{said}"
