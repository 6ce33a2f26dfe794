"""Named bases to compare those served with: residents, eligible people, by group."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pandas as pd

from acmlib.contract.errors import ContractError
from acmlib.contract.model import Contract, Dimension
from acmlib.intake.build.acs import acs_rows, place_rows
from acmlib.intake.build.categories import group_order, grouped
from acmlib.intake.build.totals import is_total
from acmlib.intake.read.delimited import csv_form, csv_rows
from acmlib.intake.read.files import SourceError, find_files

COLUMNS = ("group", "people", "margin_of_error")
_YEAR = re.compile(r"(^|_|\b)(year|yr|vintage|date|period|a\u00f1o)($|_|\b)", re.IGNORECASE)


def read_population(contract: Contract, dimension: str, root: Path = Path()) -> pd.DataFrame:
    """Return the population that a dimension is compared with.

    Parameters
    ----------
    dimension
        Name of one of its dimensions that has a population.

    Returns
    -------
    DataFrame
        Columns group (text), people (float), margin_of_error (float, in people; NaN if the source gives none); one row per group, in
        the order of pages. Groups have the names that participants' groups have. ``attrs["totals"]``: rows that were left out because
        they are totals of the others; ``attrs["rows"]``: (group, people) of all rows as they are written; ``attrs["years"]``: the years
        that a file holds beside each other; ``attrs["twice"]``: whether each of its rows is there more than once.

    Raises
    ------
    ContractError
        If the file is missing or has no such columns, or a number is none.
    KeyError
        If the dimension has no population.
    """
    settings = contract.dimensions[dimension]
    population = settings.population
    if population is None:
        raise KeyError(f"dimensions.{dimension} has no population")
    key = f"dimensions.{dimension}.population"
    noticed: dict[str, object] = {}
    if population.file is None:
        rows = [(group, people, float("nan")) for group, people in population.groups.items()]
    else:
        try:
            if population.table is None:
                rows, noticed = _file_rows(population.file, dimension, root)
            elif settings.geography:
                rows = place_rows(population, root, _number, _margin)
            else:
                rows = acs_rows(population, root, _number, _margin, bands=settings.bands)
        except SourceError as error:
            raise ContractError([contract.located(f"{key}.file", f"is '{population.file}'; {error}")]) from None
    given = tuple((group, people) for group, people, _ in rows)
    totals = [] if len(rows) == 1 else [group for group, _, _ in rows if is_total(group) and group not in (settings.order or ())]
    rows = [one for one in rows if one[0] not in totals]
    frame = pd.DataFrame([(_group(group, settings), people, margin) for group, people, margin in rows], columns=list(COLUMNS))
    # Margins of groups that are put together add up as squares (Census Bureau, ACS handbook: derived estimates).
    squares = frame.assign(margin_of_error=frame["margin_of_error"] ** 2).groupby("group", sort=False)
    summed = squares[["people", "margin_of_error"]].sum(min_count=1)
    summed["margin_of_error"] = summed["margin_of_error"] ** 0.5
    ordered = summed.loc[list(group_order(settings, summed.index))].reset_index()
    ordered = ordered.astype({"group": "str", "people": float, "margin_of_error": float})
    ordered.attrs |= {"totals": tuple(totals), "rows": given if population.table is None else (), **noticed}
    return ordered


def _group(given: str, dimension: Dimension) -> str:
    return given if dimension.bands else grouped(given, dimension).group


def _file_rows(name: str, dimension: str, root: Path) -> tuple[list[tuple[str, float, float]], dict[str, object]]:
    file = find_files(name, root=root)[0]
    if file.kind != "csv":
        raise SourceError("is no CSV file; use a CSV with the columns group, people and optionally margin_of_error")
    form = csv_form(file)
    missing = [column for column in COLUMNS[:2] if column not in form.columns]
    if missing:
        raise SourceError(f"has no column {missing[0]}; its columns are {', '.join(form.columns)}; use group, people, margin_of_error")
    found, whole = [], list[tuple[str, ...]]()
    for number, row in csv_rows(file, form):
        if "dimension" in row and row["dimension"] not in ("", dimension):
            continue
        people, margin = _number(row.get("people", "")), _margin(row.get("margin_of_error", ""))
        if people is None or people != people or people < 0 or margin is None:
            raise SourceError(f"has no number of people in row {number}; write whole numbers")
        found.append((row["group"], people, margin))
        whole.append(tuple(row.get(column, "") for column in form.columns))
    if not found:
        raise SourceError(f"has no row for {dimension}")
    years = next((at for at, column in enumerate(form.columns) if _YEAR.search(column)), None)
    several = () if years is None else tuple(sorted({row[years] for row in whole if row[years]}))
    return found, {"years": several, "twice": min(Counter(whole).values()) > 1}


#: What the Census Bureau writes in place of an estimate or a margin (ACS handbook, jam values and their signs): there is none.
NO_ESTIMATE = frozenset({-666666666, -999999999, -888888888, -222222222, -333333333})
#: A margin of an estimate that is controlled to a fixed number: it has no sampling error.
CONTROLLED = -555555555
_SIGNS = frozenset({"*****", "***", "**", "-", "--", "n", "(x)", "x", "null", "na", "n/a"})


def _number(text: str) -> float | None:
    """Return a number, NaN for a blank or for what says that there is no estimate, None for what is no number.

    Examples
    --------
    >>> _number("16,920"), _number("-666666666"), _number("some")
    (16920.0, nan, None)
    """
    bare = text.replace(",", "").strip().lstrip("±").strip()
    if not bare or bare.casefold() in _SIGNS:
        return float("nan")
    try:
        number = float(bare)
    except ValueError:
        return None
    return float("nan") if number in NO_ESTIMATE else number


def _margin(text: str) -> float | None:
    """Return a margin of error: 0 where the Census Bureau says that an estimate is controlled, NaN where it gives none.

    Examples
    --------
    >>> _margin("-555555555"), _margin("*****"), _margin("±31"), _margin("-222222222"), _margin("**")
    (0.0, 0.0, 31.0, nan, nan)
    """
    number = _number(text)
    if text.strip() == "*****" or number == CONTROLLED:
        return 0.0
    return None if number is not None and number < 0 else number
