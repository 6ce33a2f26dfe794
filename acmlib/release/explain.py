"""Why a cell is hidden, for the people who make reports: never for a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from acmlib.measures.table import ALL, HIDDEN, KEY_COLUMNS, SHARE_CODE, code_of
from acmlib.release.decision import HIGHER, LOWER
from acmlib.release.editions import Release

#: Between the parts of a cell's name.
BETWEEN = " / "
#: How the reasons of `acmlib.release.size` begin.
TOO_MANY = "this contract has too many figures to decide on each of them, so that "
#: Reasons of `acmlib.release.suppress`, in a sentence.
SENTENCES = {
    "small numerator": "its numerator is from 1 to {below} people",
    "small denominator": "it rests on {below} people or fewer",
    "small remainder": "from 1 to {below} people are counted in its denominator and not in its numerator",
    "extreme share of a small group": "it would say the same of nearly everybody in a small group",
    "small difference from another period": "beside another period that is shown, the difference would be a count from 1 to {below}",
    "too little to show": "nearly everything in this contract is small, so that only one total a metric is shown",
    "too many small groups": "nearly all of this dimension's many groups are small, so that none of them is shown",
    "too large for crossed groups": f"{TOO_MANY}no crossed groups are shown",
    "too large for dimensions of many groups": f"{TOO_MANY}no dimension of many groups is shown",
    "too large for groups of all metrics": f"{TOO_MANY}groups are shown of headline metrics only",
    "too large for all dimensions": f"{TOO_MANY}dimensions of most groups are not shown",
    "beside groups as they were": "readers have figures of the groups as they were; beside those it would give away what is hidden, or was",
    LOWER: "a lower minimum_count hides it too: without it, a reader could work out even smaller counts",
    HIGHER: "a higher minimum_count hides it too, and less than that does not protect all small counts here",
    "hidden in an earlier release": "an earlier release hid it; shown now, it would give away what was hidden then",
    "hidden in this period's release already": "this period was released before with this cell hidden; readers get the same again",
    "protects what an earlier release hid": "with earlier releases a reader could work out a small count that they hid",
}


def matching(release: Release, wanted: str) -> pd.DataFrame:
    """Return the cells whose name holds all parts asked for.

    Parameters
    ----------
    release : Release
    wanted : str
        ``metric / period / dimension / group``, or some of these in any order, in small or capital letters.

    Returns
    -------
    DataFrame
        Metric table.
    """
    parts = [part.strip().lower() for part in wanted.split("/") if part.strip()]
    # A rolling window is written with a stroke itself.
    parts = [f"{one}/{two}" if re.fullmatch(r"p\d+m", one) else one for one, two in zip(parts, [*parts[1:], ""], strict=True)]
    parts = [part for number, part in enumerate(parts) if not (number and parts[number - 1].endswith(f"/{part}"))]
    names = release.cells[list(KEY_COLUMNS)].astype(str).apply(lambda column: column.str.lower())
    fit = pd.Series(True, index=release.cells.index)
    for part in parts:
        fit &= names.eq(part).any(axis=1)
    return release.cells[fit]


def explain(release: Release, wanted: str) -> Iterator[str]:
    """Say of each cell asked for whether and why it is hidden, and what it would give away if it were shown.

    Parameters
    ----------
    release : Release
    wanted : str
        As in `matching`.

    Yields
    ------
    str
        A sentence or two a cell; then which groups would show more together.

    Raises
    ------
    ValueError
        If there is no such cell.
    """
    found = matching(release, wanted)
    if found.empty:
        known = ", ".join(sorted(release.cells["metric"].unique()))
        raise ValueError(
            f"cell is '{wanted}'; there is none. Use metric / period / dimension / group, or a part of it. Metrics are: {known}"
        )
    reasons = release.reasons.set_index(list(KEY_COLUMNS))["reason"] if len(release.reasons) else pd.Series(dtype=str)
    for cell in found.itertuples(index=False):
        key = (str(cell.metric), str(cell.period), str(cell.dimension), str(cell.group))
        name = BETWEEN.join(key)
        if cell.status != HIDDEN:
            yield f"{name}: not hidden ({cell.status})."
            continue
        side, limit = code_of(getattr(cell, SHARE_CODE, "")) or ("", 0.0)
        said = f" Pages say that the share is {limit:.0%} or {'less' if side == '<=' else 'more'}." if side else ""
        yield f"{name}: hidden, because {_sentence(release, str(reasons.get(key, '')))}.{said}{_equations(release, key)}"
    for suggestion in release.merges:
        if found["dimension"].eq(suggestion.dimension).any():
            yield f"More could be shown together, if it makes sense to those who are counted: {suggestion}."


def _sentence(release: Release, reason: str) -> str:
    if reason.startswith("protects ") and BETWEEN in reason:
        return f"with it a reader could work out {reason.removeprefix('protects ')}, which holds a small count"
    return SENTENCES.get(reason, "with it a reader could work out other hidden cells").format(below=release.rule.minimum_count - 1)


def _equations(release: Release, key: tuple[str, ...]) -> str:
    """Name the other hidden cells of the sums that the cell stands in: if it were the only one, it would follow by subtraction."""
    metric, period, dimension, group = key
    cells = release.cells[release.cells["metric"].eq(metric) & release.cells["status"].eq(HIDDEN)]
    if dimension != ALL:
        beside = cells[cells["period"].eq(period) & cells["dimension"].isin([dimension, ALL]) & cells["group"].ne(group)]
        others = beside["group"].tolist()
        equation = f"All participants = the groups of {dimension}, in {period}"
    else:
        others = cells.loc[cells["dimension"].eq(ALL) & cells["period"].ne(period), "period"].tolist()
        equation = "longer periods = the periods that they are made of"
    listed = ", ".join(map(str, others[:6])) + (", ..." if len(others) > 6 else "")
    return f" It stands in: {equation}; hidden there too: {listed or 'nothing'}."
