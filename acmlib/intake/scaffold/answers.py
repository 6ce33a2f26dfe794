"""What the values of a column say: yes or no, success, or nothing at all."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

from acmlib.intake.scaffold import wording
from acmlib.intake.scaffold.profile import MOST_GROUPS, ColumnProfile
from acmlib.intake.scaffold.submissions import SUCCESS


def silent_numbers(one: ColumnProfile) -> dict[str, str]:
    """Return the numbers of a column that say nothing: 8, 9 and 99 beyond a scale that ends before them."""
    values = whole_numbers(one)
    if not values or one.kind == "race":
        return {}
    plain = sorted(int(value) for value in values if value not in wording.SILENT or int(value) in (7, 8, 9))
    run = [plain[0]] if plain and plain[0] in (0, 1) else []
    for number in plain[1:]:
        if run and number == run[-1] + 1:
            run.append(number)
    out = [value for value in values if int(value) not in run]
    known = len(run) >= 2 and out and all(value in wording.SILENT for value in out)
    return {value: wording.SILENT[value] for value in out} if known else {}


def whole_numbers(one: ColumnProfile) -> list[str]:
    """Return the values of a column if all are small whole numbers."""
    return list(one.values) if one.values and all(re.fullmatch(r"-?\d{1,3}", value) for value in one.values) else []


def yes_of(one: ColumnProfile, silent: Mapping[str, Mapping[str, str]]) -> str | None:
    """Return the expression that holds where a column of yes and no says yes; None if it is no such column.

    Examples
    --------
    >>> yes_of(ColumnProfile("housed", "Housed", "text", 2, 9, 9, "N", "Y", {"N": 4, "Y": 5}), {})
    "housed = 'Y'"
    >>> yes_of(
    ...     ColumnProfile("attended", "Attended", "integer", 4, 9, 9, "0", "99", {"0": 1, "1": 2, "8": 3, "99": 3}),
    ...     {"attended": {"8": "", "99": ""}},
    ... )
    'attended = 1'
    >>> yes_of(ColumnProfile("job", "Job", "text", 3, 9, 9, values={"Employed": 4, "Not employed": 3, "Not reached": 2}), {})
    "job = 'Employed'"
    >>> yes_of(ColumnProfile("sex", "Sex", "text", 2, 9, 9, "F", "M", {"F": 4, "M": 5}), {}) is None
    True
    """
    values = [value.removesuffix(".0") for value in one.values if value not in silent.get(one.ours, {})]
    if set(values) == {"0", "1"}:
        return f"{one.ours} = 1"
    if one.kind == "boolean" and one.different == 2:
        return one.ours
    word = _word_of_yes(one, values)
    return f"{one.ours} = '{word}'" if word else None


def _word_of_yes(one: ColumnProfile, values: Sequence[str]) -> str | None:
    """Return the word that says yes where the values of a column say it or its opposite; None if they say more."""
    said = [value for value in values if not wording.UNKNOWN.search(value)]
    if pair := next((pair for pair in itertools.product(said, said) if _is_denied(*pair)), None):
        return pair[0] if set(said) == set(pair) else None
    yes, no = ([value for value in values if value.lower() in words] for words in (wording.YES, wording.NO))
    if len(yes) == len(no) == 1 and {*said} <= {*yes, *no}:
        return yes[0]
    here, away = ([value for value in values if value.lower() in words] for words in (wording.PRESENT, wording.ABSENT))
    shown = re.search(r"attend|present|show|status", one.ours)
    return here[0] if shown and len(here) == 1 and away and len(here) + len(away) == len(values) else None


def _is_denied(yes: str, no: str) -> bool:
    return no.lower() in (f"not {yes.lower()}", f"un{yes.lower()}")


def successes(one: ColumnProfile) -> tuple[str, ...]:
    """Return the values of a result in words that are success; none if it is no such column."""
    if not wording.STATE.search(one.ours) or one.kind != "text" or not 2 <= len(one.values) <= 2 * MOST_GROUPS:
        return ()
    good = tuple(value for value in one.values if SUCCESS.search(value))
    return good if len(good) < len(one.values) else ()
